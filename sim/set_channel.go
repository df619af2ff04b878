package sim

import (
	"cmp"
	"slices"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// changeChannel lets a channel go on with other values. What is in it is
// under the new ones from now on; a delivery under way keeps its clock.
func (e *Engine) changeChannel(c *channel, from, to *spec.Channel) {
	matched := make([]int64, len(to.Rules))
	for i := range to.Rules {
		if k := slices.IndexFunc(from.Rules, func(r spec.Rule) bool { return r.Name == to.Rules[i].Name }); k >= 0 {
			matched[i] = c.matched[k]
		}
	}
	c.spec, c.matched = to, matched
	for i := range e.stores {
		if s := &e.stores[i]; &e.channels[s.channel] == c {
			e.changeStore(s, &from.Store, to)
		}
	}
	if c.stream != nil && from.Retention != to.Retention {
		for i := range c.stream.partitions {
			e.retain(c, i)
		}
	}
}

func (e *Engine) changeStore(s *store, from *spec.Store, channel *spec.Channel) {
	to := &channel.Store
	s.spec, s.dedup = to, to.Dedup
	s.limited, s.capacity = to.Capacity != spec.Unlimited, int64(to.Capacity)
	s.ttl = to.TTL
	if s.group != nil {
		s.ttl = shorter(s.ttl, channel.Retention.Time)
	}
	if s.ttl > 0 && !s.mayExpire {
		s.mayExpire = true
		for _, r := range s.readers {
			e.consumers[r].swift = false
		}
	}
	if !same(&from.Delay, &to.Delay) {
		s.delays, s.delay = !to.Delay.IsZero(), luck.Compile(to.Delay)
	}
	s.order.place = to.Requeue
	if from.Order != to.Order {
		e.reorder(s, to)
	}
	s.loosened = s.loosened || (from.DeadLetter == spec.None) != (to.DeadLetter == spec.None)
	if s.withheld.len() > 0 {
		e.takeWithheld(s)
	}
	e.expireHead(s)
	e.watchHead(s)
	e.mark(s)
}

// reorder puts the ready copies of a store in another order. Those that were
// returned to the front stay there.
func (e *Engine) reorder(s *store, to *spec.Store) {
	before := s.order
	s.order = newDiscipline(to)
	s.order.next, s.order.under, s.order.fronts = before.next, before.under, before.fronts
	var back, front []*copyRec
	keep := func(list []*copyRec, c *copyRec) []*copyRec {
		if c.state == copyReady {
			return append(list, c)
		}
		e.unrefCopy(c)
		return list
	}
	for k := range before.levels {
		l := &before.levels[k]
		for l.front.len() > 0 {
			front = keep(front, l.front.pop())
		}
		for l.fresh.len() > 0 {
			back = keep(back, l.fresh.pop())
		}
		for _, r := range l.original {
			back = keep(back, r.copy)
		}
	}
	for _, c := range back {
		s.order.pushToPlace(c, c.ev.priority)
	}
	slices.SortFunc(front, func(a, b *copyRec) int { return cmp.Compare(a.front, b.front) })
	for _, c := range front {
		s.order.levelOf(c.ev.priority).front.push(c)
	}
}
