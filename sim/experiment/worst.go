package experiment

import (
	"eddy/sim"
	"eddy/sim/spec"
)

// minute is what availability is judged by: a mean over the whole run hides
// that nobody was answered for a while.
const minute = 60 * spec.Second

// worst looks at a run at the end of every whole minute after the warm-up, to
// tell the availability of each producer in its worst one: published / (published
// + rejected + dropped) of what was decided within it, calls that were answered
// counting as published. A minute in which nothing was decided does not count.
// Looking changes nothing.
type worst struct {
	at, duration int64 // the next moment to look at, ns
	begun        bool  // the state at the end of the warm-up is known
	before       []sim.ProducerState
	now          sim.Snapshot
	slots        []sim.Number // by producer
}

// newWorst is nil where there is no whole minute.
func newWorst(sc *spec.Scenario) *worst {
	if sc.Duration-sc.Warmup < minute {
		return nil
	}
	return &worst{at: sc.Warmup, duration: sc.Duration, slots: make([]sim.Number, len(sc.Producers))}
}

// next is the moment to look at next; the end where no other is left.
func (w *worst) next() int64 { return min(w.at, w.duration) }

// arrive looks at the moment that next said, if the run came that far.
func (w *worst) arrive(e *sim.Engine) {
	if w.at > w.duration || e.Now() < w.at {
		return
	}
	e.Snapshot(&w.now)
	for i := range w.slots {
		if w.begun {
			w.minute(i, &w.before[i], &w.now.Producers[i])
		}
	}
	w.begun = true
	w.before = append(w.before[:0], w.now.Producers...)
	w.at += minute
}

func (w *worst) minute(i int, before, now *sim.ProducerState) {
	good := now.Published - before.Published
	all := good + now.Rejected - before.Rejected + now.Dropped - before.Dropped
	if all <= 0 {
		return
	}
	share := float64(good) / float64(all)
	if !w.slots[i].Valid || share < w.slots[i].Value {
		w.slots[i] = sim.Num(share)
	}
}
