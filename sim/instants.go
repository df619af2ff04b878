package sim

// For whoever looks at a run more finely than a Snapshot can be taken. Looking
// changes nothing.

// NextAt is the instant, in ns, at which something happens next, perhaps beyond
// the end of the run; false when nothing can happen any more. After Run of that
// instant everything that belongs to it has happened.
func (e *Engine) NextAt() (at int64, ok bool) {
	if e.dirtyFirst < len(e.dirty) {
		return e.now, true
	}
	at, _, ok = e.future.Peek()
	return at, ok
}

// Outstanding is how many copies are ready, delayed or leased at some of the
// stores, named by their places in a Snapshot, and how many events producers
// hold that they could not send yet. It takes as long as there are stores named
// and sources.
func (e *Engine) Outstanding(stores []int32) int64 {
	n := int64(0)
	for _, i := range stores {
		s := &e.stores[i]
		n += s.ready.Level() + s.delayed + s.leased.Level()
	}
	for i := range e.sources {
		n += int64(e.sources[i].buffer.len() + e.sources[i].outbox.len())
	}
	return n
}

// Sources is how many sources of events there are: instances of producers, or
// users.
func (e *Engine) Sources() int { return len(e.sources) }
