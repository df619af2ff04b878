package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"eddy/sim/spec"
)

// liveSettings lists what may be set while a scenario runs: what holds no
// state of its own that a change could contradict. live keeps to it, and
// FORMAT.md's table is made of it.
var liveSettings = []struct {
	of   string
	path string // what paths to it begin with
	keys string
}{
	{"a producer", "producers.", "`rate` (another of the same kind; not `replay`), `think`, `retry`, `timeout`, `buffer`, `loses`"},
	{"a channel", "broker.channels.", "`capacity`, `overflow` (but not from or to `block`), `delay`, `ttl`, `ack_timeout`, `max_deliveries`, `dedup`"},
	{"the broker", "broker.", "`latency`, `rate`"},
	{"a consumer", "consumers.", "`instances`, `concurrency` (from a number to a number), `prefetch`, `backlog`, `idempotent`, `recognise`, `start_time`, `retry` (but neither `backoff` with `sqs` nor `in: broker` with `kafka`), and of its steps every value but `to`, `breaker` and who is called"},
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

// live says why a scenario cannot become another one while it runs, "" if it
// can: then they differ only in what may be set.
func live(from, to *spec.Scenario, path string) string {
	fixed := quoted(path) + " cannot be set while the scenario runs"
	if part, _ := cutStep(path); part == "timeline" || part == "variants" {
		return fixed
	}
	if from.Broker.Like != to.Broker.Like || len(from.Producers) != len(to.Producers) || len(from.Consumers) != len(to.Consumers) || len(from.Broker.Channels) != len(to.Broker.Channels) {
		return fixed
	}
	rest := *to
	rest.Hash, rest.Timeline, rest.Variant, rest.Set = from.Hash, from.Timeline, from.Variant, from.Set
	rest.Producers, rest.Consumers = slices.Clone(to.Producers), slices.Clone(to.Consumers)
	rest.Broker.Channels = slices.Clone(to.Broker.Channels)
	rest.Broker.Latency, rest.Broker.Rate = from.Broker.Latency, from.Broker.Rate
	for i := range rest.Producers {
		if problem := liveProducer(&from.Producers[i], &rest.Producers[i]); problem != "" {
			return problem
		}
	}
	for i := range rest.Broker.Channels {
		if problem := liveStore(&from.Broker.Channels[i].Store, &rest.Broker.Channels[i].Store); problem != "" {
			return problem
		}
	}
	for i := range rest.Consumers {
		if problem := liveConsumer(&from.Consumers[i], &rest.Consumers[i]); problem != "" {
			return problem
		}
	}
	if !reflect.DeepEqual(*from, rest) {
		return fixed
	}
	return ""
}

// sameSettings says that two scenarios, one of which may become the other, are
// the same in all that may be set.
func sameSettings(a, b *spec.Scenario) bool {
	return reflect.DeepEqual(a.Producers, b.Producers) && reflect.DeepEqual(a.Broker, b.Broker) && reflect.DeepEqual(a.Consumers, b.Consumers)
}

// liveProducer puts back what may differ, or says why that is not enough.
func liveProducer(from, to *spec.Producer) string {
	switch {
	case reflect.DeepEqual(from.Rate, to.Rate):
	case from.Rate.Kind != to.Rate.Kind:
		return "while the scenario runs a rate cannot become one of another kind"
	case from.Rate.Kind == spec.Replay:
		return "while the scenario runs a replayed trace cannot be exchanged for another"
	}
	to.Rate, to.Think, to.Retry = from.Rate, from.Think, from.Retry
	to.Timeout, to.Buffer, to.Loses = from.Timeout, from.Buffer, from.Loses
	return ""
}

func liveStore(from, to *spec.Store) string {
	if (from.Overflow == spec.Block) != (to.Overflow == spec.Block) {
		return "while the scenario runs overflow can neither become block nor cease to be it"
	}
	to.Capacity, to.Overflow, to.Delay, to.TTL = from.Capacity, from.Overflow, from.Delay, from.TTL
	to.AckTimeout, to.MaxDeliveries, to.Dedup = from.AckTimeout, from.MaxDeliveries, from.Dedup
	return ""
}

func liveConsumer(from, to *spec.Consumer) string {
	if (from.Concurrency == spec.Unlimited) != (to.Concurrency == spec.Unlimited) {
		return "while the scenario runs concurrency can neither become unlimited nor cease to be it"
	}
	if from.Retry.ByTimeout != to.Retry.ByTimeout || from.Retry.Blocks != to.Retry.Blocks {
		return "while the scenario runs a retry that the broker's profile rules cannot become one of the scenario's own"
	}
	if !liveHandlers(from, to) {
		return "while the scenario runs only values within a step can be set"
	}
	to.Instances, to.Concurrency, to.Prefetch, to.Backlog = from.Instances, from.Concurrency, from.Prefetch, from.Backlog
	to.Idempotent, to.Recognise, to.StartTime, to.Retry = from.Idempotent, from.Recognise, from.StartTime, from.Retry
	return ""
}

// liveHandlers puts the values of steps back; false: the steps are others.
func liveHandlers(from, to *spec.Consumer) bool {
	if len(from.Handlers) != len(to.Handlers) {
		return false
	}
	to.Handlers = slices.Clone(to.Handlers)
	for h := range to.Handlers {
		a, b := from.Handlers[h].Steps, slices.Clone(to.Handlers[h].Steps)
		if len(a) != len(b) {
			return false
		}
		for i := range b {
			if a[i].Verb != b[i].Verb || a[i].To != b[i].To || a[i].Callee != b[i].Callee || !reflect.DeepEqual(a[i].Breaker, b[i].Breaker) {
				return false
			}
			b[i] = a[i]
		}
		to.Handlers[h].Steps = b
	}
	return true
}

// tryChanges loads each change of the timeline alone, as it is applied while
// the scenario runs, and keeps what it makes of the scenario. It is false when
// the changes are too many for the values there are to try.
func (l *loader) tryChanges(root *node) bool {
	known, sound := l.reported(), l.errors == 0
	// The timeline is in the order of time, the changes in that of the text.
	slices.SortStableFunc(l.changes, func(a, b change) int {
		switch {
		case a.when < b.when:
			return -1
		case a.when > b.when:
			return 1
		}
		return 0
	})
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
	return true
}

// keepChange notes what the kth change of the timeline makes of the scenario.
func (l *loader) keepChange(k int, changed *spec.Scenario, c change) {
	if problem := live(l.doc, changed, c.path); problem != "" {
		l.fail(c.pathNode, c.at, problem, liveAt(c.path), "")
		return
	}
	earlier := slices.ContainsFunc(l.changes[:k], func(o change) bool { return o.path == c.path })
	if !earlier && sameSettings(l.doc, changed) {
		l.warn(c.pathNode, c.at, "the run begins with this value, so setting it changes nothing", "another value; or, to take an earlier set back, for: at that one", "")
	}
	for i := range changed.Producers {
		if l.doc.Producers[i].Rate.Kind == spec.Replay {
			changed.Producers[i].Rate = l.doc.Producers[i].Rate // a trace may be large: one copy is enough
		}
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
