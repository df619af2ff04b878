package scenarios

import (
	"fmt"
	"slices"

	"eddy/sim/spec"
)

// warnIdle compares the members of a group with the partitions they share.
func (l *loader) warnIdle(i int, ch *spec.Channel) {
	n := l.doc.Consumers[i].Instances
	if ch.Type != spec.Stream || n <= max(ch.Partitions, l.busyMembers(i)) {
		return
	}
	l.finding("idle_members", consumers, i, fmt.Sprintf("it has %d instances for the %d partitions of %s, so %d would be idle", n, ch.Partitions, ch.Name, n-ch.Partitions),
		fmt.Sprintf("at most %d instances, or as many partitions", ch.Partitions))
}

// busyMembers is how many instances of a consumer can have something to read: a
// partition of one of its streams, which are shared together but for range, or
// copies of something that is no stream.
func (l *loader) busyMembers(i int) int {
	c := &l.doc.Consumers[i]
	together := map[spec.Assign]int{} // partitions
	most := 0
	for _, from := range c.From {
		ch := &l.doc.Broker.Channels[from.Channel]
		if ch.Type != spec.Stream {
			return c.Instances
		}
		if together[ch.Assign] += ch.Partitions; ch.Assign == spec.RangeAssign {
			together[ch.Assign] = ch.Partitions // each begins with the first instance
		}
		most = max(most, together[ch.Assign])
	}
	return most
}

// warnRules finds the rules of a bus that nothing can match, and the events
// that none of them can.
func (l *loader) warnRules(r *reach, i int) {
	c := &l.doc.Broker.Channels[i]
	matched := map[int]bool{}
	for _, rule := range c.Rules {
		dead := len(r.channels[i]) > 0
		for e := range r.channels[i] {
			if r.mayMatch(rule.Where, e) {
				dead = false
				matched[e] = true
			}
		}
		if dead {
			l.finding("unrouted", channels, i, fmt.Sprintf("no event that is published to it can match the rule %s", quoted(rule.Name)), "a where that matches, or no such rule")
		}
	}
	if c.Otherwise != spec.None {
		return
	}
	var lost []string
	for e := range r.channels[i] {
		if !matched[e] {
			lost = append(lost, r.s.Events[e].Name)
		}
	}
	if slices.Sort(lost); len(lost) > 0 {
		l.finding("unrouted", channels, i, fmt.Sprintf("no rule of it can match %s, so it goes nowhere", some(lost)), "a rule for it, or otherwise: the name of a channel")
	}
}
