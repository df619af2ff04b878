package experiment

import (
	"math"

	"eddy/sim"
	"eddy/sim/spec"
)

// looked is an engine that stops on its way to be looked at: for how long it
// takes to recover, and for its shape. Looking changes nothing: the result is
// that of a run straight to the end, and what one looks for does not depend on
// what else is looked for.
type looked struct {
	*sim.Engine
	sc         *spec.Scenario
	recovering *recovering // may be nil
	sketch     *sketch     // may be nil
}

func (l *looked) RunAll() error {
	if l.sketch != nil {
		l.sketch.begin(l.sc, l.Engine)
	}
	var now sim.Snapshot
	for goOn := true; goOn; {
		recovery, course := l.stops()
		goOn = l.Run(min(recovery, course))
		if l.recovering != nil && (recovery <= course || !goOn) {
			l.recovering.arrive()
		}
		if l.sketch != nil && (course <= recovery || !goOn) {
			l.Snapshot(&now)
			l.sketch.take(&now)
		}
	}
	if l.recovering != nil {
		l.recovering.end()
	}
	if l.sketch != nil {
		l.sketch.end(l.sc, l.Engine)
	}
	return nil
}

// stops are the moments that each wants to see next.
func (l *looked) stops() (recovery, course int64) {
	recovery, course = math.MaxInt64, math.MaxInt64
	if l.recovering != nil {
		recovery = l.recovering.next()
	}
	if l.sketch != nil {
		course = min(l.sketch.next, l.sc.Duration)
	}
	return recovery, course
}
