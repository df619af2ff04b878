package experiment

import (
	"fmt"

	"eddy/sim"
)

// Runner is one run to be simulated: a *sim.Engine, or something that drives
// one or two of them.
type Runner interface {
	// RunAll simulates to the end. An error says that the run cannot be
	// trusted; there is no result then.
	RunAll() error
	// Interrupt makes RunAll return soon. Any goroutine may call it.
	Interrupt()
	// Progress is the instant reached, in ns, and the number of events
	// handled. Any goroutine may call it.
	Progress() (now, events int64)
	// Result tells what was measured, after RunAll.
	Result() *sim.Result
}

// Panic is the error of an experiment one of whose runs panicked: a mistake in
// the program, not in the scenario.
type Panic struct {
	Replication int
	Value       any
	Stack       []byte
}

func (p *Panic) Error() string {
	return fmt.Sprintf("replication %d panicked: %v", p.Replication, p.Value)
}
