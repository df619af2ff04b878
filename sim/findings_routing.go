package sim

import (
	"fmt"
	"slices"

	"eddy/sim/spec"
)

// routing says what was published for nobody.
func (f *finder) routing(i int) {
	ch := &f.e.channels[i]
	path := f.e.names.Component(ch.component)
	if n := ch.unrouted - ch.baseUnrouted; n > 0 {
		why := "nobody had subscribed to " + ch.spec.Name
		switch {
		case ch.spec.Type == spec.Bus:
			why = "no rule of " + ch.spec.Name + " matched and it has no otherwise"
		case len(ch.stores) > 0 || len(ch.bound) > 0:
			why = "nobody who had subscribed to " + ch.spec.Name + " wanted them"
		}
		share := float64(n) / float64(max(1, ch.entered-ch.baseEntered))
		x := f.say(SeverityWarning, "unrouted", path,
			fmt.Sprintf("%s, so %s (%s) went nowhere, although the publish was confirmed", why, times(n, "event", "events"), percentText(share)),
			count("unrouted", n), value("share", share))
		f.route(x, i, n)
	}
	f.rules(ch)
	f.unread(i)
}

// unread says what lies in a channel that nobody reads. A dead-letter queue
// is there to be looked at by people.
func (f *finder) unread(i int) {
	ch := &f.e.channels[i]
	if (ch.spec.Type != spec.Queue && ch.stream == nil) || f.isDeadLetterQueue(i) {
		return
	}
	path := f.e.names.Component(ch.component)
	if ch.stream != nil {
		if len(ch.stream.groups) == 0 && ch.entered > 0 {
			f.say(SeverityWarning, "unread", path,
				fmt.Sprintf("nobody reads %s, so %s for nothing", ch.spec.Name, times(ch.entered, "event was published to it", "events were published to it")),
				count("events", ch.entered))
		}
		return
	}
	if s := &f.e.stores[ch.stores[0]]; len(s.readers) == 0 && s.inside.Level() > 0 {
		x := f.say(SeverityWarning, "unread", path,
			fmt.Sprintf("nobody reads %s, so %s in it for ever", ch.spec.Name, times(s.inside.Level(), "copy waits", "copies wait")),
			count("waiting", s.inside.Level()))
		f.readers(x, i)
	}
}

// route proposes somewhere to go for what a bus or a topic had nowhere to send:
// a queue that is there for what is left over, or subscribers from the start.
func (f *finder) route(x *Finding, channel int, lost int64) {
	ch := &f.e.sc.Broker.Channels[channel]
	if ch.Type == spec.Bus {
		for i := range f.e.sc.Broker.Channels {
			if f.isDeadLetterQueue(i) {
				to := f.e.sc.Broker.Channels[i].Name
				x.mend("0 unrouted, about "+perSecondText(float64(lost)/f.span)+" go to "+to, set("broker.channels."+ch.Name+".otherwise", to))
				return
			}
		}
		return
	}
	var change []spec.Setting
	for i := range f.e.sc.Consumers {
		c := &f.e.sc.Consumers[i]
		if c.Starts > 0 && slices.ContainsFunc(c.From, func(s spec.Source) bool { return s.Channel == channel && s.Where == nil }) {
			change = append(change, set("consumers."+c.Name+".starts", "0"))
		}
	}
	if len(change) > 0 {
		x.mend("0 unrouted, who subscribes does so from the start", change...)
	}
}

// readers proposes what keeps a queue from filling that nobody reads: not to
// put anything there, or a consumer of such events that has time to read it, too.
func (f *finder) readers(x *Finding, channel int) {
	ch := &f.e.sc.Broker.Channels[channel]
	types := f.typesTo(channel)
	if len(ch.From) > 0 {
		if !f.isPublishedTo(channel) {
			x.mend("0 waiting: "+ch.Name+" gets no copies any more", set("broker.channels."+ch.Name+".from", "null"))
		}
		return
	}
	in := float64(f.e.channels[channel].entered-f.e.channels[channel].baseEntered) / f.span
	for i := range f.e.sc.Consumers {
		c := &f.e.sc.Consumers[i]
		if len(c.From) != 1 || c.From[0].Where != nil || f.e.sc.Broker.Channels[c.From[0].Channel].Type != spec.Queue || !f.handles(c.From[0].Channel, types) {
			continue
		}
		d, ok := f.demandOn(i)
		k := &f.e.consumers[i]
		rho := max(d.rho, d.busy) + float64(in*d.per)/max(f.workersOf(k, &f.r.Consumers[i]), 1e-9)
		if ok && rho < nearFrom {
			x.mend("0 waiting, "+c.Name+" reads it at ρ "+digits(rho),
				set("consumers."+c.Name+".from", "["+f.e.sc.Broker.Channels[c.From[0].Channel].Name+", "+ch.Name+"]"))
			return
		}
	}
}

// handles says whether all of some event types come to a channel already, so
// that who reads it knows them.
func (f *finder) handles(channel int, types []int) bool {
	known := f.typesTo(channel)
	return len(types) > 0 && !slices.ContainsFunc(types, func(e int) bool { return !slices.Contains(known, e) })
}

// isPublishedTo says whether anything but its bindings leads to a channel.
func (f *finder) isPublishedTo(channel int) bool {
	return f.isEmittedTo(channel) || f.isDeadLetterQueue(channel) ||
		slices.ContainsFunc(f.e.sc.Producers, func(p spec.Producer) bool { return p.To == channel })
}

// rules says which rules of a bus no event matched, of so many that one of a
// few per cent would have been seen.
func (f *finder) rules(ch *channel) {
	const enough = 10 * fewest
	if ch.entered < enough {
		return
	}
	for i, n := range ch.matched {
		if n == 0 {
			f.say(SeverityWarning, "unrouted", f.e.names.Component(ch.component),
				fmt.Sprintf("the rule %s of %s matched none of %s, so nothing went its way", ch.spec.Rules[i].Name, ch.spec.Name, times(ch.entered, "event", "events")),
				count("events", ch.entered))
		}
	}
}

// isDeadLetterQueue says whether any channel sends its dead letters to this one.
func (f *finder) isDeadLetterQueue(i int) bool {
	return slices.ContainsFunc(f.e.sc.Broker.Channels, func(c spec.Channel) bool { return c.Store.DeadLetter == i })
}

// typesTo are the event types that may come to a channel, in the scenario's
// order: what is published to it or to what leads to it.
func (f *finder) typesTo(channel int) []int {
	here := map[int]bool{}
	f.gatherTypes(channel, here, map[int]bool{})
	var all []int
	for i := range f.e.sc.Events {
		if here[i] {
			all = append(all, i)
		}
	}
	return all
}

func (f *finder) gatherTypes(channel int, types, seen map[int]bool) {
	if seen[channel] {
		return
	}
	seen[channel] = true
	sc := f.e.sc
	for i := range sc.Producers {
		if p := &sc.Producers[i]; p.To == channel {
			for _, e := range p.Emits {
				types[e.Value] = true
			}
			for _, row := range p.Rate.Rows {
				if row.Event != spec.None {
					types[row.Event] = true
				}
			}
		}
	}
	for i := range sc.Consumers {
		f.eachStep(i, func(_, _ int, st *spec.Step) {
			for _, e := range st.Emits {
				if st.To == channel {
					types[e.Value] = true
				}
			}
		})
	}
	for i := range sc.Broker.Channels {
		c := &sc.Broker.Channels[i]
		leads := c.Store.DeadLetter == channel || (c.Type == spec.Bus && c.Otherwise == channel) ||
			slices.ContainsFunc(c.Rules, func(r spec.Rule) bool { return slices.Contains(r.To, channel) })
		if leads || slices.Contains(sc.Broker.Channels[channel].From, i) {
			f.gatherTypes(i, types, seen)
		}
	}
}
