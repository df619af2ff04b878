package experiment

import (
	"math"

	"eddy/sim"
	"eddy/sim/spec"
)

// looked is an engine that stops on its way to be looked at: for how long it
// takes to recover, for its worst minute, and for its shape. Looking changes nothing: the result is
// that of a run straight to the end, and what one looks for does not depend on
// what else is looked for.
type looked struct {
	*sim.Engine
	sc         *spec.Scenario
	recovering *recovering // may be nil
	worst      *worst      // may be nil
	sketch     *sketch     // may be nil
}

func (l *looked) RunAll() error {
	if l.sketch != nil {
		l.sketch.begin(l.sc, l.Engine)
	}
	var now sim.Snapshot
	for goOn := true; goOn; {
		recovery, minute, course := l.stops()
		next := min(recovery, minute, course)
		goOn = l.Run(next)
		if l.recovering != nil && (recovery == next || !goOn) {
			l.recovering.arrive()
		}
		if l.worst != nil && (minute == next || !goOn) {
			l.worst.arrive(l.Engine)
		}
		if l.sketch != nil && (course == next || !goOn) {
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
func (l *looked) stops() (recovery, minute, course int64) {
	recovery, minute, course = math.MaxInt64, math.MaxInt64, math.MaxInt64
	if l.recovering != nil {
		recovery = l.recovering.next()
	}
	if l.worst != nil {
		minute = l.worst.next()
	}
	if l.sketch != nil {
		course = min(l.sketch.next, l.sc.Duration)
	}
	return recovery, minute, course
}
