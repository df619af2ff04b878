package sim

// exclusiveKeys lets a store hand out one copy of a key at a time: the others
// of that key wait behind it, in their order, whoever is free.
type exclusiveKeys struct {
	inHand map[int64]uint32         // the copy of each key that is in hand, index+1
	parked map[int64]*deque[uint32] // ready copies of a key that is in hand
}

func newExclusiveKeys() *exclusiveKeys {
	return &exclusiveKeys{inHand: map[int64]uint32{}, parked: map[int64]*deque[uint32]{}}
}

// park sets the next copy of a store aside if another of its key is in hand,
// and says whether it did. It stays ready, and waits behind.
func (e *Engine) park(s *store, i uint32, at spot) bool {
	c := e.copies.at(i)
	key := c.ev.key
	if key < 0 || s.keys.inHand[key] == 0 {
		return false
	}
	s.order.remove(at)
	e.settleWait(s, c)
	c.cause = Behind
	c.parked = true
	list := s.keys.parked[key]
	if list == nil {
		list = &deque[uint32]{}
		s.keys.parked[key] = list
	}
	list.push(i)
	return true
}

// takeKey notes that a copy of a key is in hand.
func (s *store) takeKey(i uint32, c *copyRec) {
	if s.keys != nil && c.ev.key >= 0 {
		s.keys.inHand[c.ev.key] = i + 1
	}
}

// freeKey is a copy that is no longer in hand: the others of its key go back
// to their places.
func (e *Engine) freeKey(s *store, i uint32, c *copyRec) {
	if s.keys == nil || c.ev.key < 0 || s.keys.inHand[c.ev.key] != i+1 {
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
		k := list.pop()
		p := e.copies.at(k)
		p.parked = false
		if p.state == copyGone {
			e.unrefCopy(k)
			continue
		}
		e.settleBlame(p)
		p.cause = Queueing
		p.epoch = int32(len(s.history) - 1)
		s.order.pushToPlace(k, p, p.ev.priority)
	}
	e.mark(s)
}
