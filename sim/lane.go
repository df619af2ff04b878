package sim

import "eddy/sim/kernel"

// lane holds entries of one component and class that were asked for in the
// order in which they come due, as those of a constant backoff are. Only the
// first of them is in the list of future entries, so that the list stays short
// and the cost of everything else in it does not grow with the number of
// copies that wait. Each keeps the place it was given when it was asked for:
// the order of the run is the same with and without.
type lane struct {
	rest deque[kernel.Item] // behind the one in the list
	last int64              // when the last comes due
	busy bool               // one is in the list
}

// takes says whether an entry at an instant comes after all that are inside.
func (l *lane) takes(t int64) bool { return !l.busy || t >= l.last }

// enterLane adds an entry that the lane takes.
func (e *Engine) enterLane(l *lane, it kernel.Item) {
	l.last = it.At
	if l.busy {
		l.rest.push(it)
		return
	}
	l.busy = true
	e.future.Push(it)
}

// followLane puts the next entry of a lane into the list, when the one that
// was there has come due.
func (e *Engine) followLane(l *lane) {
	if l.rest.len() > 0 {
		e.future.Push(l.rest.pop())
		return
	}
	l.busy = false
}
