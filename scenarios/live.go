package scenarios

import (
	"reflect"
	"slices"

	"eddy/sim/spec"
)

// liveWords lists what may be set while a scenario runs.
const liveWords = "what may be set while it runs: a producer's rate (within its kind), think, retry, timeout, buffer and loses; " +
	"a broker's latency and rate; a channel's capacity, overflow (but block), delay, ttl, ack_timeout, max_deliveries and dedup; " +
	"a consumer's instances, concurrency (from one number to another), prefetch, backlog, idempotent, recognise, start_time, retry, and the values of its steps"

// live says whether a changed scenario differs from the first only in what may
// be set while it runs.
func live(from, to *spec.Scenario) bool {
	if len(from.Producers) != len(to.Producers) || len(from.Consumers) != len(to.Consumers) || len(from.Broker.Channels) != len(to.Broker.Channels) {
		return false
	}
	rest := *to
	rest.Hash, rest.Timeline, rest.Set = from.Hash, from.Timeline, from.Set
	rest.Producers, rest.Consumers = slices.Clone(to.Producers), slices.Clone(to.Consumers)
	rest.Broker.Channels = slices.Clone(to.Broker.Channels)
	rest.Broker.Latency, rest.Broker.Rate = from.Broker.Latency, from.Broker.Rate
	for i := range rest.Producers {
		if !liveProducer(&from.Producers[i], &rest.Producers[i]) {
			return false
		}
	}
	for i := range rest.Broker.Channels {
		if !liveStore(&from.Broker.Channels[i].Store, &rest.Broker.Channels[i].Store) {
			return false
		}
	}
	for i := range rest.Consumers {
		if !liveConsumer(&from.Consumers[i], &rest.Consumers[i]) {
			return false
		}
	}
	return reflect.DeepEqual(*from, rest)
}

// liveProducer puts back what may differ; it is false where that is not enough.
func liveProducer(from, to *spec.Producer) bool {
	if from.Rate.Kind != to.Rate.Kind || (from.Rate.Kind == spec.Replay && !reflect.DeepEqual(from.Rate, to.Rate)) {
		return false
	}
	to.Rate, to.Think, to.Retry = from.Rate, from.Think, from.Retry
	to.Timeout, to.Buffer, to.Loses = from.Timeout, from.Buffer, from.Loses
	return true
}

func liveStore(from, to *spec.Store) bool {
	if (from.Overflow == spec.Block) != (to.Overflow == spec.Block) {
		return false
	}
	to.Capacity, to.Overflow, to.Delay, to.TTL = from.Capacity, from.Overflow, from.Delay, from.TTL
	to.AckTimeout, to.MaxDeliveries, to.Dedup = from.AckTimeout, from.MaxDeliveries, from.Dedup
	return true
}

func liveConsumer(from, to *spec.Consumer) bool {
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
			if a[i].Verb != b[i].Verb || a[i].To != b[i].To || a[i].Callee != b[i].Callee || (a[i].Breaker == nil) != (b[i].Breaker == nil) {
				return false
			}
			b[i] = a[i]
		}
		to.Handlers[h].Steps = b
	}
	if (from.Concurrency == spec.Unlimited) == (to.Concurrency == spec.Unlimited) {
		to.Concurrency = from.Concurrency
	}
	to.Instances, to.Prefetch, to.Backlog = from.Instances, from.Prefetch, from.Backlog
	to.Idempotent, to.Recognise, to.StartTime, to.Retry = from.Idempotent, from.Recognise, from.StartTime, from.Retry
	return true
}

// keepChange notes what the kth change of the timeline makes of the scenario.
func (l *loader) keepChange(k int, changed *spec.Scenario, c change) {
	if l.errors > 0 || changed == nil {
		return
	}
	if !live(l.doc, changed) {
		l.fail(c.pathNode, c.at, quoted(c.path)+" cannot be set while the scenario runs", liveWords, "")
		return
	}
	for i := range l.doc.Timeline {
		a := &l.doc.Timeline[i]
		if a.Kind != spec.SetAction {
			continue
		}
		if k == 0 {
			changed.Timeline = nil
			a.Changed = changed
			return
		}
		k--
	}
}
