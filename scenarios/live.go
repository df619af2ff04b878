package scenarios

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"eddy/sim/spec"
)

// liveSettings lists what may be set while a scenario runs: everything that
// has a meaning for what is under way. live keeps to it, and FORMAT.md's table
// is made of it.
var liveSettings = []struct {
	of   string
	path string // what paths to it begin with
	keys string
}{
	{"a producer", "producers.", "`emits`, `to` (another channel), `call` (another consumer), `rate` (of any kind but `replay`), `shape`, `users`, `think`, `instances`, `count`, `confirm`, `retry`, `timeout`, `buffer`, `loses`, `outbox` (of one that has it)"},
	{"a channel", "broker.channels.", "all but `type`, `from` and `partitions`"},
	{"the broker", "broker.", "`latency`, `rate`"},
	{"a consumer", "consumers.", "all but the channels that it reads, `start`, `starts` and `stops`"},
}

// liveAt says what may be set near a path.
func liveAt(path string) string {
	for _, s := range liveSettings {
		if strings.HasPrefix(path, s.path) {
			return "of " + s.of + " these may be set: " + strings.ReplaceAll(s.keys, "`", "")
		}
	}
	return "only values of producers, the broker, channels and consumers may be set"
}

// fixedKeys says for keys that cannot be set while a scenario runs what to do
// instead.
var fixedKeys = []struct{ begins, key, instead string }{
	{"producers.", "starts", "give it from the beginning, or stop and start the producer in the timeline"},
	{"consumers.", "starts", "give it from the beginning, or stop and start the consumer in the timeline"},
	{"consumers.", "stops", "stop the consumer in the timeline"},
	{"broker.channels.", "partitions", "events that are there would be in other partitions than their keys say; begin with as many as are needed"},
	{"broker.channels.", "from", "bind it from the beginning, and set where"},
}

// live says why a scenario cannot become another one while it runs, "" if it
// can: then they differ only in what may be set. What is accepted instead is
// told where it is not what liveAt says.
func live(from, to *spec.Scenario, path string) (problem, accepted string) {
	fixed := quoted(path) + " cannot be set while the scenario runs"
	if part, _ := cutStep(path); part == "timeline" || part == "variants" {
		return fixed, ""
	}
	if from.Broker.Like != to.Broker.Like || len(from.Producers) != len(to.Producers) || len(from.Consumers) != len(to.Consumers) || len(from.Broker.Channels) != len(to.Broker.Channels) {
		return fixed, ""
	}
	alignEvents(from, to)
	keepInstances(from, to, path)
	for i := range to.Events {
		name := to.Events[i].Name
		if !slices.ContainsFunc(from.Events, func(t spec.EventType) bool { return t.Name == name }) {
			return "while the scenario runs no other event, " + quoted(name) + ", can come into being", "declare it under events"
		}
	}
	rest := *to
	rest.Hash, rest.Timeline, rest.Variant, rest.Set = from.Hash, from.Timeline, from.Variant, from.Set
	rest.Producers, rest.Consumers = slices.Clone(to.Producers), slices.Clone(to.Consumers)
	rest.Broker.Channels = slices.Clone(to.Broker.Channels)
	rest.Broker.Latency, rest.Broker.Rate = from.Broker.Latency, from.Broker.Rate
	for i := range rest.Producers {
		if problem := liveProducer(&from.Producers[i], &rest.Producers[i]); problem != "" {
			return problem, ""
		}
	}
	for i := range rest.Broker.Channels {
		liveChannel(&from.Broker.Channels[i], &rest.Broker.Channels[i])
	}
	for i := range rest.Consumers {
		liveConsumer(&from.Consumers[i], &rest.Consumers[i])
	}
	if reflect.DeepEqual(*from, rest) {
		return "", ""
	}
	for _, k := range fixedKeys {
		if strings.HasPrefix(path, k.begins) && strings.HasSuffix(path, "."+k.key) {
			return fixed, k.instead
		}
	}
	return fixed, ""
}

// keepInstances leaves consumers the instances they begin with where only the
// bounds of their autoscaler change: those hold at once, and are no order for
// another number.
func keepInstances(from, to *spec.Scenario, path string) {
	for i := range to.Consumers {
		if strings.Contains(path, ".autoscale") && from.Consumers[i].Autoscale != nil {
			to.Consumers[i].Instances = from.Consumers[i].Instances
		}
	}
}

// alignEvents numbers the events of a changed scenario as the first has them:
// what a change no longer emits, or emits earlier, changes no number. It does
// nothing where there are others than in the first.
func alignEvents(from, to *spec.Scenario) {
	number := map[string]int{}
	for i := range from.Events {
		number[from.Events[i].Name] = i
	}
	for i := range to.Events {
		k, known := number[to.Events[i].Name]
		if !known || !reflect.DeepEqual(from.Events[k], to.Events[i]) {
			return
		}
	}
	align := func(emits []spec.Choice) {
		for i := range emits {
			emits[i].Value = number[to.Events[emits[i].Value].Name]
		}
	}
	for i := range to.Producers {
		align(to.Producers[i].Emits)
		if a, b := &from.Producers[i].Rate, &to.Producers[i].Rate; a.Kind == spec.Replay && b.Kind == spec.Replay && a.File == b.File {
			*b = *a // a trace may be large: one copy is enough
		}
	}
	for i := range to.Consumers {
		for h := range to.Consumers[i].Handlers {
			for k := range to.Consumers[i].Handlers[h].Steps {
				align(to.Consumers[i].Handlers[h].Steps[k].Emits)
			}
		}
	}
	to.Events = from.Events
}

// sameSettings says that two scenarios, one of which may become the other, are
// the same in all that may be set.
func sameSettings(a, b *spec.Scenario) bool {
	return reflect.DeepEqual(a.Producers, b.Producers) && reflect.DeepEqual(a.Broker, b.Broker) && reflect.DeepEqual(a.Consumers, b.Consumers)
}

// liveProducer puts back what may differ, or says why that is not enough.
func liveProducer(from, to *spec.Producer) string {
	switch {
	case (from.Users > 0) != (to.Users > 0):
		return "while the scenario runs users cannot become a rate, nor a rate users"
	case (from.Call == spec.None) != (to.Call == spec.None):
		return "while the scenario runs a producer that publishes cannot come to call, nor the other way round"
	case (from.Outbox == nil) != (to.Outbox == nil):
		return "while the scenario runs an outbox can neither be added nor taken away"
	case reflect.DeepEqual(from.Rate, to.Rate):
	case from.Rate.Kind == spec.Replay || to.Rate.Kind == spec.Replay:
		return "while the scenario runs a replayed trace can neither begin, nor end, nor be exchanged for another"
	}
	to.Emits, to.To, to.Call, to.Rate, to.Shape, to.Users, to.Think = from.Emits, from.To, from.Call, from.Rate, from.Shape, from.Users, from.Think
	to.Instances, to.Count, to.Confirm, to.Retry = from.Instances, from.Count, from.Confirm, from.Retry
	to.Timeout, to.Buffer, to.Loses, to.Outbox = from.Timeout, from.Buffer, from.Loses, from.Outbox
	return ""
}

// liveChannel puts back what may differ.
func liveChannel(from, to *spec.Channel) {
	exclusive := to.Store.KeyExclusive
	to.Where, to.Store, to.Retention, to.Assign = from.Where, from.Store, from.Retention, from.Assign
	to.Store.KeyExclusive = exclusive
	to.Rebalance, to.Session, to.Rules, to.Otherwise = from.Rebalance, from.Session, from.Rules, from.Otherwise
}

// liveConsumer puts back what may differ.
func liveConsumer(from, to *spec.Consumer) {
	to.From = slices.Clone(to.From)
	for k := range to.From {
		if k < len(from.From) && to.From[k].Channel == from.From[k].Channel {
			to.From[k].Where = from.From[k].Where
		}
	}
	fixed := *to
	*to = *from
	to.Name, to.About, to.From, to.Starts, to.Stops = fixed.Name, fixed.About, fixed.From, fixed.Starts, fixed.Stops
}

// tryChanges loads each change of the timeline alone, as it is applied while
// the scenario runs, and keeps what it makes of the scenario. It is false when
// the changes are too many for the values there are to try.
func (l *loader) tryChanges(root *node) bool {
	known, sound := l.reported(), l.errors == 0
	// The timeline is in the order of time, the changes in that of the text.
	slices.SortStableFunc(l.changes, func(a, b change) int { return cmp.Compare(a.when, b.when) })
	for k, c := range l.changes {
		if *l.budget -= root.size; *l.budget < 0 {
			return false
		}
		t := l.trial()
		var with *spec.Scenario
		if changed, ok := t.set(root, c); ok {
			with = t.read(changed)
		}
		l.adopt(t, known, c.pathNode, c.at, fmt.Sprintf("with %s set to %s: ", c.path, clip(flowText(c.value), 60)))
		if sound && t.errors == 0 {
			l.keepChange(k, with, c)
		}
	}
	if sound && l.errors == 0 {
		l.circlesOfChanges()
	}
	return true
}

// circlesOfChanges reports channels that would feed themselves with several
// changes of the timeline in force at once.
func (l *loader) circlesOfChanges() {
	all := l.doc.Broker
	all.Channels = slices.Clone(all.Channels)
	for _, a := range l.doc.Timeline {
		if a.Changed == nil {
			continue
		}
		for i, c := range a.Changed.Broker.Channels {
			to := &all.Channels[i]
			to.Rules = slices.Concat(to.Rules, c.Rules, []spec.Rule{{To: []int{c.Otherwise}}})
		}
	}
	l.circles(&all)
}

// keepChange notes what the kth change of the timeline makes of the scenario.
func (l *loader) keepChange(k int, changed *spec.Scenario, c change) {
	if problem, accepted := live(l.doc, changed, c.path); problem != "" {
		l.fail(c.pathNode, c.at, problem, cmp.Or(accepted, liveAt(c.path)), "")
		return
	}
	earlier := slices.ContainsFunc(l.changes[:k], func(o change) bool { return o.path == c.path })
	if !earlier && sameSettings(l.doc, changed) {
		l.warn(c.pathNode, c.at, "the run begins with this value, so setting it changes nothing", "another value; or, to take an earlier set back, for: at that one", "")
	}
	changed.Timeline = nil
	for i := range l.doc.Timeline {
		if l.doc.Timeline[i].Kind != spec.SetAction {
			continue
		}
		if k == 0 {
			l.doc.Timeline[i].Changed = changed
			return
		}
		k--
	}
}

// tooManyChanges reports that tryChanges gave up.
func (l *loader) tooManyChanges() {
	c := l.changes[len(l.changes)-1]
	l.fail(c.pathNode, c.at, "there are too many set entries for a scenario of this size",
		fmt.Sprintf("entries times values of the scenario are at most %s", thousands(maxTried)), "")
}
