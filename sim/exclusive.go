package sim

// exclusiveKeys lets a store hand out one copy of a key at a time: the others
// of that key wait behind it, in their order, whoever is free.
type exclusiveKeys struct {
	inHand map[int64]*copyRec         // the copy of each key that is in hand
	parked map[int64]*deque[*copyRec] // ready copies of a key that is in hand
}

func newExclusiveKeys() *exclusiveKeys {
	return &exclusiveKeys{inHand: map[int64]*copyRec{}, parked: map[int64]*deque[*copyRec]{}}
}

// park sets the next copy of a store aside if another of its key is in hand,
// and says whether it did. It stays ready, and waits behind.
func (e *Engine) park(s *store, c *copyRec, at spot) bool {
	key := c.ev.key
	if key < 0 || s.keys.inHand[key] == nil {
		return false
	}
	s.order.remove(at)
	e.settleWait(s, c)
	c.cause = Behind
	c.parked = true
	list := s.keys.parked[key]
	if list == nil {
		list = &deque[*copyRec]{}
		s.keys.parked[key] = list
	}
	list.push(c)
	return true
}

// headOf is the next copy of a store that does not wait behind another one of
// its key.
func (e *Engine) headOf(s *store) (*copyRec, spot, bool) {
	for {
		c, at, ok := s.order.peek(e)
		if !ok || s.keys == nil || !e.park(s, c, at) {
			return c, at, ok
		}
		if s.shared {
			e.remindOthers(s) // they may be due, with nothing left here
		}
	}
}

// oldestOf is the ready copy of a store that entered first.
func (e *Engine) oldestOf(s *store) (*copyRec, bool) {
	best, found := s.order.oldest(e)
	if s.keys == nil {
		return best, found
	}
	for _, list := range s.keys.parked {
		for i := range list.len() {
			if c := *list.at(i); c.state == copyReady && (!found || c.age < best.age) {
				best, found = c, true
			}
		}
	}
	return best, found
}

// unparkAll puts all copies that wait behind others of their keys back to their
// places.
func (e *Engine) unparkAll(s *store) {
	for key, list := range s.keys.parked {
		delete(s.keys.parked, key)
		e.unparkList(s, list)
	}
}

// takeKey notes that a copy of a key is in hand.
func (s *store) takeKey(c *copyRec) {
	if c.ev.key >= 0 {
		s.keys.inHand[c.ev.key] = c
	}
}

// freeKey is a copy that is no longer in hand: the others of its key go back
// to their places.
func (e *Engine) freeKey(s *store, c *copyRec) {
	if c.ev.key < 0 || s.keys.inHand[c.ev.key] != c {
		return
	}
	key := c.ev.key
	delete(s.keys.inHand, key)
	list := s.keys.parked[key]
	if list == nil {
		return
	}
	delete(s.keys.parked, key)
	e.unparkList(s, list)
	e.watchHead(s)
	e.mark(s)
}

// unparkList puts the copies of one key back to their places.
func (e *Engine) unparkList(s *store, list *deque[*copyRec]) {
	for list.len() > 0 {
		p := list.pop()
		p.parked = false
		if p.state == copyGone {
			e.unrefCopy(p)
			continue
		}
		e.settleBlame(p)
		p.cause = Queueing
		p.epoch = int32(len(s.history) - 1)
		s.order.pushBack(p, p.ev.priority)
	}
}
