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
		s.order.pushToPlace(p, p.ev.priority)
	}
	e.mark(s)
}
