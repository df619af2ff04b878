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
		f.say(SeverityWarning, "unrouted", path,
			fmt.Sprintf("%s, so %s (%s) went nowhere, although the publish was confirmed", why, times(n, "event", "events"), percentText(share)),
			count("unrouted", n), value("share", share))
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
		f.say(SeverityWarning, "unread", path,
			fmt.Sprintf("nobody reads %s, so %s in it for ever", ch.spec.Name, times(s.inside.Level(), "copy waits", "copies wait")),
			count("waiting", s.inside.Level()))
	}
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
