package sim

import "eddy/sim/spec"

// discipline holds the ready copies of a store and says which is next. Copies
// that have gone for another reason stay inside until they come up.
type discipline struct {
	order  spec.Order
	place  spec.Requeue
	levels []level // one; with priorities ten, the most urgent last
	next   int64   // place of the next copy at the back
	under  int64   // place of the last one put below a stack, going down
	fronts int64   // copies returned to the front so far
	// lastPlace is the place of the last copy at the back of its level.
	lastPlace int64
}

// level is the copies of one priority.
type level struct {
	fresh    deque[*copyRec] // by place, ascending
	original []returned      // heap: copies that go back to their place
	front    deque[*copyRec] // returned copies that go before all, in order of return
}

// returned is a copy on its way back to its place; the smallest key is next.
type returned struct {
	key  int64
	copy *copyRec
}

// spot is where in a discipline a copy was found.
type spot struct {
	level int
	from  uint8
}

const (
	inFresh uint8 = iota
	inOriginal
	inFront
)

func newDiscipline(st *spec.Store) discipline {
	n := 1
	if st.Order == spec.Priority {
		n = 10
	}
	return discipline{order: st.Order, place: st.Requeue, levels: make([]level, n)}
}

func (d *discipline) levelOf(priority int8) *level {
	if len(d.levels) == 1 {
		return &d.levels[0]
	}
	return &d.levels[priority]
}

// key orders returned copies: the smallest is next. One that was put below a
// stack is there for as long as it is a stack.
func (d *discipline) key(c *copyRec) int64 {
	switch {
	case d.order == spec.LIFO:
		return -c.place
	case c.place < 0:
		return c.age
	}
	return c.place
}

// newPlace is the place of a copy that enters.
func (d *discipline) newPlace() int64 {
	d.next++
	return d.next
}

// pushFresh adds a copy that enters, or comes ready for the first time.
func (d *discipline) pushFresh(c *copyRec, priority int8) {
	l := d.levelOf(priority)
	if n := l.fresh.len(); n > 0 && c.place < d.lastPlace {
		// It waited out a delay that others did not have.
		l.add(returned{d.key(c), c})
		return
	}
	d.lastPlace = max(d.lastPlace, c.place)
	l.fresh.push(c)
}

// pushToPlace adds a copy to its place.
func (d *discipline) pushToPlace(c *copyRec, priority int8) {
	d.levelOf(priority).add(returned{d.key(c), c})
}

// pushReturned adds a copy that was returned.
func (d *discipline) pushReturned(c *copyRec, priority int8) {
	l := d.levelOf(priority)
	c.front = 0
	switch d.place {
	case spec.RequeueOriginal:
		l.add(returned{d.key(c), c})
	case spec.RequeueFront:
		d.fronts++
		c.front = d.fronts
		l.front.push(c)
	case spec.RequeueBack:
		if d.order == spec.LIFO {
			d.under--
			c.place = d.under
			c.age = d.newPlace()
			l.fresh.pushFront(c)
			return
		}
		c.place = d.newPlace()
		c.age = c.place
		d.lastPlace = c.place
		l.fresh.push(c)
	}
}

// pushBack adds a copy that was set aside to where it was: its place, or in the
// order of return before all others.
func (d *discipline) pushBack(c *copyRec, priority int8) {
	if c.front == 0 {
		d.pushToPlace(c, priority)
		return
	}
	l := d.levelOf(priority)
	l.front.push(c)
	for i := l.front.len() - 1; i > 0 && (*l.front.at(i - 1)).front > c.front; i-- {
		a, b := l.front.at(i-1), l.front.at(i)
		*a, *b = *b, *a
	}
}

// peek finds the next copy; it is false if there is none.
func (d *discipline) peek(e *Engine) (*copyRec, spot, bool) {
	if l := &d.levels[0]; d.order == spec.FIFO && len(l.original) == 0 && l.front.len() == 0 && l.fresh.len() > 0 {
		// Mostly nothing was returned and nothing has gone.
		if c := *l.fresh.at(0); c.state != copyGone {
			return c, spot{0, inFresh}, true
		}
	}
	for k := len(d.levels) - 1; k >= 0; k-- {
		l := &d.levels[k]
		e.sweep(l, d.order)
		if l.front.len() > 0 {
			return *l.front.at(0), spot{k, inFront}, true
		}
		n := l.fresh.len()
		switch {
		case n == 0 && len(l.original) == 0:
			continue
		case n == 0:
			return l.original[0].copy, spot{k, inOriginal}, true
		}
		c := *l.fresh.at(0)
		if d.order == spec.LIFO {
			c = *l.fresh.at(n - 1)
		}
		if len(l.original) > 0 && l.original[0].key < d.key(c) {
			return l.original[0].copy, spot{k, inOriginal}, true
		}
		return c, spot{k, inFresh}, true
	}
	return nil, spot{}, false
}

// remove takes out the copy that peek found.
func (d *discipline) remove(at spot) {
	l := &d.levels[at.level]
	switch {
	case at.from == inFront:
		l.front.pop()
	case at.from == inOriginal:
		l.take()
	case d.order == spec.LIFO:
		l.fresh.popBack()
	default:
		l.fresh.pop()
	}
}

// oldest finds the ready copy with the first place; it is false if there is none.
func (d *discipline) oldest(e *Engine) (*copyRec, bool) {
	var best *copyRec
	consider := func(c *copyRec) {
		if c.state == copyReady && (best == nil || c.age < best.age) {
			best = c
		}
	}
	for k := range d.levels {
		l := &d.levels[k]
		e.sweepFront(l)
		if l.fresh.len() > 0 {
			consider(*l.fresh.at(0))
		}
		if d.order == spec.LIFO {
			for _, r := range l.original {
				consider(r.copy)
			}
			if d.under < 0 {
				// Copies put below the stack are younger than they lie.
				for j := range l.fresh.len() {
					consider(*l.fresh.at(j))
				}
			}
		} else {
			e.sweep(l, d.order)
			if len(l.original) > 0 {
				consider(l.original[0].copy)
			}
		}
		for j := range l.front.len() {
			consider(*l.front.at(j))
		}
	}
	return best, best != nil
}

// sweep lets go of copies that have gone and would come up next.
func (e *Engine) sweep(l *level, order spec.Order) {
	for l.front.len() > 0 && (*l.front.at(0)).state == copyGone {
		e.unrefCopy(l.front.pop())
	}
	for len(l.original) > 0 && l.original[0].copy.state == copyGone {
		e.unrefCopy(l.take())
	}
	if order == spec.LIFO {
		for n := l.fresh.len(); n > 0 && (*l.fresh.at(n - 1)).state == copyGone; n-- {
			e.unrefCopy(l.fresh.popBack())
		}
		return
	}
	e.sweepFront(l)
}

func (e *Engine) sweepFront(l *level) {
	for l.fresh.len() > 0 && (*l.fresh.at(0)).state == copyGone {
		e.unrefCopy(l.fresh.pop())
	}
}

// add puts a returned copy into the heap.
func (l *level) add(r returned) {
	l.original = append(l.original, r)
	for i := len(l.original) - 1; i > 0; {
		up := (i - 1) / 2
		if l.original[up].key <= l.original[i].key {
			break
		}
		l.original[up], l.original[i] = l.original[i], l.original[up]
		i = up
	}
}

// take takes the first returned copy out of the heap.
func (l *level) take() *copyRec {
	first := l.original[0].copy
	n := len(l.original) - 1
	l.original[0] = l.original[n]
	l.original = l.original[:n]
	for i := 0; ; {
		least := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < n && l.original[c].key < l.original[least].key {
				least = c
			}
		}
		if least == i {
			return first
		}
		l.original[i], l.original[least] = l.original[least], l.original[i]
		i = least
	}
}
