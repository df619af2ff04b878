package sim_test

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// findingCase is a scenario, and what must or must not be said of it.
type findingCase struct {
	name     string
	code     string
	at       string // the component
	severity sim.FindingSeverity
	says     string // in the text; "" when it must not be found
	scenario func() *spec.Scenario
}

const absent = "" // nothing is said

// with changes a scenario that is made for one test.
func with(sc *spec.Scenario, change func(*spec.Scenario)) *spec.Scenario {
	change(sc)
	return sc
}

func twoQueues(seconds int64, steps ...spec.Step) *spec.Scenario {
	sc := scenario("two", seconds, spec.Scenario{
		Events:    []spec.EventType{event("e")},
		Producers: []spec.Producer{producer("p", poisson(10), 0)},
		Broker:    spec.Broker{Channels: []spec.Channel{queue("q"), queue("dlq")}},
		Consumers: []spec.Consumer{consumer("c", 0, 1, 1, steps...)},
	})
	sc.Broker.Channels[0].Store.DeadLetter = 1
	return sc
}

// keyed gives the events of a scenario keys.
func keyed(sc *spec.Scenario, keys int64, skew float64) *spec.Scenario {
	sc.Keys = []spec.KeySpace{{Name: "k", Count: keys, Skew: skew}}
	sc.Events[0].Key = 0
	return sc
}

func stream(name string, partitions int) spec.Channel {
	ch := queue(name)
	ch.Type, ch.Partitions, ch.Session = spec.Stream, partitions, 10*spec.Second
	return ch
}

func streamed(partitions, instances int, rate int64, work spec.Nanos) *spec.Scenario {
	return keyed(scenario("stream", 300, spec.Scenario{
		Events:    []spec.EventType{event("e")},
		Producers: []spec.Producer{producer("p", poisson(rate), 0)},
		Broker:    spec.Broker{Channels: []spec.Channel{stream("log", partitions)}},
		Consumers: []spec.Consumer{consumer("c", 0, instances, 1, workFor(work))},
	}), 100_000, 0)
}

func workFor(d spec.Nanos) spec.Step { return work(exponential(d)) }

// asked is a scenario of synchronous calls: p asks front, which asks each of
// the others in turn.
func asked(seconds int64, rate int64, timeout spec.Nanos, fails ...float64) *spec.Scenario {
	p := producer("p", poisson(rate), spec.None)
	p.Call, p.Timeout = 0, timeout
	sc := scenario("calls", seconds, spec.Scenario{Events: []spec.EventType{event("e")}, Producers: []spec.Producer{p}})
	front := consumer("front", 0, 1, 20)
	for i, chance := range fails {
		front.Handlers[0].Steps = append(front.Handlers[0].Steps, spec.Step{Verb: spec.Call, Chance: 1, Callee: i + 1, Timeout: spec.Second, Retry: spec.Retry{Attempts: 1}})
		sc.Consumers = append(sc.Consumers, consumer(fmt.Sprintf("part%d", i), 0, 1, 20, work(spec.Const(1e6)), fail(chance)))
	}
	sc.Consumers = append([]spec.Consumer{front}, sc.Consumers...)
	for i := range sc.Consumers {
		sc.Consumers[i].From = nil
	}
	return sc
}

// scaled is a load that goes up and down under an autoscaler.
func scaled(window, cooldown spec.Nanos) *spec.Scenario {
	sc := mmc(100, 10, 1, 600)
	c := &sc.Consumers[0]
	c.Instances = 10
	c.Autoscale = &spec.Autoscale{Min: 1, Max: 40, On: spec.OnBacklog, Target: 1.5, Every: 5 * spec.Second, Window: window, Cooldown: cooldown}
	c.StartTime = spec.Const(20e9)
	return sc
}

// emitting is one consumer that sends on to its own queue with a chance.
func emitting(chance float64) *spec.Scenario {
	sc := mmc(10, 1000, 1, 60)
	sc.Consumers[0].Handlers[0].Steps = append(sc.Consumers[0].Handlers[0].Steps,
		spec.Step{Verb: spec.Emit, Chance: chance, Emits: []spec.Choice{{Value: 0, Weight: 1}}, To: 0, Count: 1})
	return sc
}

// limited bounds the queue of a scenario.
func limited(sc *spec.Scenario, capacity int, o spec.Overflow) *spec.Scenario {
	sc.Broker.Channels[0].Store.Capacity, sc.Broker.Channels[0].Store.Overflow = capacity, o
	return sc
}

func leased(timeout spec.Nanos, idempotent bool) *spec.Scenario {
	sc := mmc(10, 10, 8, 300)
	sc.Broker.Channels[0].Store.AckTimeout = timeout
	sc.Consumers[0].Idempotent = idempotent
	return sc
}

func busWith(where string, otherwise int) *spec.Scenario {
	sc := mmc(10, 100, 1, 60)
	bus := queue("b")
	bus.Type, bus.Otherwise = spec.Bus, otherwise
	bus.Rules = []spec.Rule{{Name: "mine", To: []int{0}, Where: &spec.Filter{Tests: []spec.Test{{
		Attribute: spec.TypeAttribute, Match: spec.Match{Kind: spec.EqualMatch, Value: spec.Value{Text: where}},
	}}}}}
	sc.Broker.Channels = append(sc.Broker.Channels, bus)
	sc.Producers[0].To = 1
	return sc
}

var findingCases = []findingCase{
	{"too much work", "saturated", "consumers.c", sim.SeverityError, "c cannot keep up: 1", func() *spec.Scenario { return mmc(12, 10, 1, 600) }},
	{"room enough", "saturated", "consumers.c", "", absent, func() *spec.Scenario { return mmc(8, 10, 1, 600) }},
	{
		"a surge that is over", "saturated", "consumers.c", "", absent,
		func() *spec.Scenario {
			return with(mmc(8, 20, 1, 600), func(sc *spec.Scenario) {
				sc.Producers[0].Shape = []spec.ShapePoint{{At: 100 * spec.Second, Times: 4}, {At: 130 * spec.Second, Times: 1}}
			})
		},
	},
	{"one stuck copy", "saturated", "consumers.c", sim.SeverityError, "has finished nothing in", func() *spec.Scenario {
		sc := mmc(10, 10, 1, 60)
		sc.Consumers[0].Handlers[0].Steps = []spec.Step{work(spec.Const(1e6)), {Verb: spec.Fail, Chance: 1, FailChance: 1}}
		sc.Consumers[0].Retry.Attempts = spec.Unlimited
		sc.Consumers[0].Retry.Backoff = spec.Backoff{}
		sc.Broker.Channels[0].Store.Requeue = spec.RequeueFront
		return sc
	}},
	{"full and dropping", "saturated", "consumers.c", sim.SeverityError, "copies find no room", func() *spec.Scenario { return limited(mmc(20, 10, 1, 300), 50, spec.DropNew) }},
	{"full, and holding back", "saturated", "consumers.c", sim.SeverityError, "producers are held back", func() *spec.Scenario { return limited(mmc(20, 10, 1, 300), 50, spec.Block) }},
	{"full some day", "saturated", "consumers.c", sim.SeverityError, "its queue is full ", func() *spec.Scenario { return limited(mmc(12, 10, 1, 300), 100_000, spec.DropNew) }},
	{"the way to the broker", "saturated", "consumers.c", sim.SeverityError, "for the way from the broker and back", func() *spec.Scenario {
		return with(mmc(20, 100, 1, 300), func(sc *spec.Scenario) {
			sc.Broker.Latency.Deliver, sc.Broker.Latency.Ack = spec.Const(50e6), spec.Const(50e6)
		})
	}},
	{"asked too much", "saturated", "consumers.front", sim.SeverityError, "nobody waited for any more", func() *spec.Scenario {
		return with(asked(300, 30, spec.Second, 0), func(sc *spec.Scenario) {
			sc.Consumers[0].Concurrency = 1
			sc.Consumers[0].Handlers[0].Steps = []spec.Step{workFor(50 * spec.Millisecond)}
		})
	}},
	{"asked a little", "saturated", "consumers.front", "", absent, func() *spec.Scenario { return asked(300, 30, spec.Second, 0) }},
	{"more partitions' worth than there are", "saturated", "consumers.c", sim.SeverityError, "cannot keep up", func() *spec.Scenario { return streamed(2, 4, 30, 100*spec.Millisecond) }},
	{"partitions enough", "saturated", "consumers.c", "", absent, func() *spec.Scenario { return streamed(8, 4, 30, 50*spec.Millisecond) }},
	{"a broker that takes in less", "saturated", "broker", sim.SeverityError, "the broker takes in at most 50/s", func() *spec.Scenario {
		return with(mmc(100, 1000, 1, 60), func(sc *spec.Scenario) { sc.Broker.Rate = perSecond(50) })
	}},
	{"a broker that takes in more", "saturated", "broker", "", absent, func() *spec.Scenario {
		return with(mmc(100, 1000, 1, 60), func(sc *spec.Scenario) { sc.Broker.Rate = perSecond(150) })
	}},
	{"an outbox that sends less", "saturated", "producers.p", sim.SeverityError, "the outbox of p sends at most 5/s", func() *spec.Scenario {
		return with(mmc(10, 100, 1, 300), func(sc *spec.Scenario) { sc.Producers[0].Outbox = &spec.Outbox{Poll: spec.Second, Batch: 5} })
	}},
	{"an outbox that sends more", "saturated", "producers.p", "", absent, func() *spec.Scenario {
		return with(mmc(10, 100, 1, 300), func(sc *spec.Scenario) { sc.Producers[0].Outbox = &spec.Outbox{Poll: spec.Second, Batch: 50} })
	}},

	{"nine tenths", "near_saturation", "consumers.c", sim.SeverityWarning, "c is busy 9", func() *spec.Scenario { return mmc(92, 100, 1, 600) }},
	{"seven tenths", "near_saturation", "consumers.c", "", absent, func() *spec.Scenario { return mmc(70, 100, 1, 600) }},
	{"nine tenths by chance", "near_saturation", "consumers.c", "", absent, func() *spec.Scenario { return mmc(8, 10, 1, 10) }},

	{"six for four", "idle_members", "subscriptions.log/c", sim.SeverityWarning, "c has 6 instances for 4 partitions, so 2 are idle", func() *spec.Scenario { return streamed(4, 6, 10, 10*spec.Millisecond) }},
	{"four for four", "idle_members", "subscriptions.log/c", "", absent, func() *spec.Scenario { return streamed(4, 4, 10, 10*spec.Millisecond) }},

	{"one key leads", "hot_partition", "subscriptions.log/c", sim.SeverityWarning, "times the mean", func() *spec.Scenario { return keyed(streamed(8, 8, 40, 10*spec.Millisecond), 1000, 2) }},
	{"one key too much", "hot_partition", "subscriptions.log/c", sim.SeverityError, "its backlog grows by", func() *spec.Scenario { return keyed(streamed(8, 8, 40, 60*spec.Millisecond), 1000, 2) }},
	{"even keys", "hot_partition", "subscriptions.log/c", "", absent, func() *spec.Scenario { return streamed(8, 8, 40, 10*spec.Millisecond) }},

	{"shorter than the work", "lease_too_short", "channels.q", sim.SeverityWarning, "the ack timeout of 200ms is shorter than the slowest work of c", func() *spec.Scenario { return leased(200*spec.Millisecond, false) }},
	{"longer than the work", "lease_too_short", "channels.q", "", absent, func() *spec.Scenario { return leased(30*spec.Second, false) }},
	{"held in advance", "lease_too_short", "channels.q", sim.SeverityWarning, "takes 50 in advance for 1 worker", func() *spec.Scenario {
		return with(mmc(8, 10, 1, 300), func(sc *spec.Scenario) {
			sc.Consumers[0].Prefetch = 50
			sc.Broker.Channels[0].Store.AckTimeout, sc.Broker.Channels[0].Store.AckClockLease = spec.Second, true
			sc.Consumers[0].Handlers[0].Steps = []spec.Step{work(spec.Const(110e6))}
			sc.Consumers[0].Idempotent = true
		})
	}},

	{"tried again and again", "retry_amplification", "consumers.c", sim.SeverityError, "retries multiply the load on c by", func() *spec.Scenario { return twoQueues(600, workFor(70*spec.Millisecond), fail(0.5)) }},
	{"tried again with room", "retry_amplification", "consumers.c", "", absent, func() *spec.Scenario { return twoQueues(600, workFor(30*spec.Millisecond), fail(0.5)) }},
	{"too much without retries", "retry_amplification", "consumers.c", "", absent, func() *spec.Scenario { return twoQueues(600, workFor(120*spec.Millisecond), fail(0.1)) }},

	{"often the last attempt", "poison", "consumers.c", sim.SeverityWarning, "failed all 5 attempts and went to the dead-letter queue", func() *spec.Scenario {
		return twoQueues(600, workFor(10*spec.Millisecond), spec.Step{Verb: spec.Fail, Chance: 1, FailChance: 0.05, Poison: true})
	}},
	{"seldom the last attempt", "poison", "consumers.c", sim.SeverityInfo, "failed all 5 attempts", func() *spec.Scenario {
		return twoQueues(600, workFor(10*spec.Millisecond), spec.Step{Verb: spec.Fail, Chance: 1, FailChance: 0.002, Poison: true})
	}},
	{"never the last attempt", "poison", "consumers.c", "", absent, func() *spec.Scenario { return twoQueues(600, workFor(10*spec.Millisecond), fail(0.01)) }},
	{"dead letters of age", "poison", "consumers.c", "", absent, func() *spec.Scenario {
		return with(twoQueues(300, workFor(80*spec.Millisecond)), func(sc *spec.Scenario) { sc.Broker.Channels[0].Store.TTL = 100 * spec.Millisecond })
	}},

	{"for ever", "unbounded_retry", "consumers.c", sim.SeverityWarning, "c has no limit of attempts", func() *spec.Scenario {
		return with(twoQueues(300, workFor(10*spec.Millisecond), fail(0.1)), func(sc *spec.Scenario) { sc.Consumers[0].Retry.Attempts = spec.Unlimited })
	}},
	{"bounded by the channel", "unbounded_retry", "consumers.c", "", absent, func() *spec.Scenario {
		return with(twoQueues(300, workFor(10*spec.Millisecond), fail(0.1)), func(sc *spec.Scenario) {
			sc.Consumers[0].Retry.Attempts, sc.Broker.Channels[0].Store.MaxDeliveries = spec.Unlimited, 4
		})
	}},

	{"nowhere to go", "no_dead_letter", "consumers.c", sim.SeverityError, "without a dead-letter queue", func() *spec.Scenario {
		return with(twoQueues(300, workFor(10*spec.Millisecond), fail(0.5)), func(sc *spec.Scenario) { sc.Broker.Channels[0].Store.DeadLetter = spec.None })
	}},
	{"dropped on purpose", "no_dead_letter", "consumers.c", "", absent, func() *spec.Scenario {
		return with(twoQueues(300, workFor(10*spec.Millisecond), fail(0.5)), func(sc *spec.Scenario) { sc.Consumers[0].Retry.ThenDrop = true })
	}},
	{"somewhere to go", "no_dead_letter", "consumers.c", "", absent, func() *spec.Scenario { return twoQueues(300, workFor(10*spec.Millisecond), fail(0.5)) }},

	{"several workers", "order_broken", "consumers.c", sim.SeverityWarning, "several workers of c take events of one key at a time", func() *spec.Scenario { return keyed(mmc(20, 10, 4, 300), 5, 0) }},
	{"a crash", "order_broken", "consumers.c", sim.SeverityWarning, "what a crash returned is delivered again and comes late, so 10 effects", func() *spec.Scenario {
		return with(keyed(mmc(30, 25, 1, 300), 1, 0), func(sc *spec.Scenario) {
			sc.Broker.Channels[0].Store.Requeue, sc.Consumers[0].Prefetch = spec.RequeueBack, 10
			sc.Timeline = []spec.Action{{At: 100 * spec.Second, Kind: spec.CrashAction, A: spec.Ref{Kind: spec.ConsumerComponent}, Count: 1, For: spec.Second}}
		})
	}},
	{"one worker", "order_broken", "consumers.c", "", absent, func() *spec.Scenario { return keyed(mmc(5, 10, 1, 300), 5, 0) }},
	{"no keys", "order_broken", "consumers.c", "", absent, func() *spec.Scenario { return mmc(20, 10, 4, 300) }},

	{"done twice", "duplicates_without_idempotence", "consumers.c", sim.SeverityWarning, "leases ran out while the work went on, and c does not recognise", func() *spec.Scenario { return leased(200*spec.Millisecond, false) }},
	{"recognised", "duplicates_without_idempotence", "consumers.c", "", absent, func() *spec.Scenario { return leased(200*spec.Millisecond, true) }},
	{"done once", "duplicates_without_idempotence", "consumers.c", "", absent, func() *spec.Scenario { return leased(30*spec.Second, false) }},

	{"no rule", "unrouted", "channels.b", sim.SeverityWarning, "no rule of b matched and it has no otherwise", func() *spec.Scenario { return busWith("other", spec.None) }},
	{"a rule for nothing", "unrouted", "channels.b", sim.SeverityWarning, "the rule mine of b matched none of", func() *spec.Scenario { return busWith("other", 0) }},
	{"a rule for all", "unrouted", "channels.b", "", absent, func() *spec.Scenario { return busWith("e", spec.None) }},
	{"no subscriber", "unrouted", "channels.t", sim.SeverityWarning, "nobody had subscribed to t", func() *spec.Scenario {
		return with(mmc(10, 100, 1, 60), func(sc *spec.Scenario) {
			sc.Broker.Channels = append(sc.Broker.Channels, topic("t"))
			sc.Producers = append(sc.Producers, producer("other", poisson(1), 1))
		})
	}},

	{"nobody reads", "unread", "channels.spare", sim.SeverityWarning, "nobody reads spare", func() *spec.Scenario {
		return with(mmc(10, 100, 1, 60), func(sc *spec.Scenario) {
			sc.Broker.Channels = append(sc.Broker.Channels, queue("spare"))
			sc.Producers = append(sc.Producers, producer("other", poisson(1), 1))
		})
	}},
	{"dead letters wait for people", "unread", "channels.dlq", "", absent, func() *spec.Scenario { return twoQueues(300, workFor(10*spec.Millisecond), fail(0.5)) }},

	{"held back", "blocked_producer", "producers.p", sim.SeverityWarning, "q was full, so p was held back", func() *spec.Scenario {
		return with(limited(mmc(9, 10, 1, 300), 5, spec.Block), func(sc *spec.Scenario) { sc.Producers[0].Buffer = 100_000 })
	}},
	{"held back too long", "blocked_producer", "producers.p", sim.SeverityError, "dropped", func() *spec.Scenario {
		return with(limited(mmc(20, 10, 1, 300), 5, spec.Block), func(sc *spec.Scenario) { sc.Producers[0].Buffer = 10 })
	}},
	{"not held back", "blocked_producer", "producers.p", "", absent, func() *spec.Scenario { return limited(mmc(5, 10, 1, 300), 500, spec.Block) }},

	{"refused", "blind_drop", "channels.q", sim.SeverityWarning, "q was full and refused", func() *spec.Scenario { return limited(mmc(9, 10, 1, 300), 3, spec.Reject) }},
	{"dropped", "blind_drop", "channels.q", sim.SeverityWarning, "q was full and dropped", func() *spec.Scenario { return limited(mmc(9, 10, 1, 300), 3, spec.DropOld) }},
	{"too old", "blind_drop", "channels.q", sim.SeverityInfo, "too old when a worker was free", func() *spec.Scenario {
		return with(mmc(9, 10, 1, 300), func(sc *spec.Scenario) { sc.Broker.Channels[0].Store.TTL = 300 * spec.Millisecond })
	}},
	{"given up, not pushed out", "blind_drop", "channels.q", "", absent, func() *spec.Scenario {
		return with(limited(twoQueues(300, workFor(10*spec.Millisecond), fail(0.5)), 1000, spec.DropOld), func(sc *spec.Scenario) {
			sc.Broker.Channels[0].Store.DeadLetter = spec.None
		})
	}},
	{"removed unread", "blind_drop", "subscriptions.log/c", sim.SeverityWarning, "the retention of log removed", func() *spec.Scenario {
		return with(streamed(4, 1, 20, 100*spec.Millisecond), func(sc *spec.Scenario) { sc.Broker.Channels[0].Retention.Time = 20 * spec.Second })
	}},

	{"restless", "flapping", "consumers.c", sim.SeverityWarning, "the autoscaler of c answers to what was true before", func() *spec.Scenario { return scaled(5*spec.Second, 0) }},
	{"calm", "flapping", "consumers.c", "", absent, func() *spec.Scenario {
		return with(scaled(2*spec.Minute, 5*spec.Minute), func(sc *spec.Scenario) {
			sc.Consumers[0].Autoscale.On, sc.Consumers[0].Autoscale.Target = spec.OnUtilisation, 0.7
			sc.Consumers[0].Instances = 15
		})
	}},

	{"several parts that fail", "sync_chain", "producers.p", sim.SeverityWarning, "each needs front, part0 (94.5%) and part1 (94.9%) at the same moment, and their availabilities multiply to 89.7%", func() *spec.Scenario { return asked(300, 10, 5*spec.Second, 0.05, 0.05) }},
	{"and who calls them", "sync_chain", "consumers.front", sim.SeverityWarning, "front calls part0 (94.5%) and part1 (94.9%) while it works", func() *spec.Scenario { return asked(300, 10, 5*spec.Second, 0.05, 0.05) }},
	{"several parts that do not", "sync_chain", "producers.p", "", absent, func() *spec.Scenario { return asked(300, 10, 5*spec.Second, 0, 0) }},
	{"each waits for the other", "sync_chain", "run", sim.SeverityError, "deadlock: every worker of", func() *spec.Scenario {
		// Both are asked at the same instant, and then ask each other.
		return with(asked(30, 50, 0, 0), func(sc *spec.Scenario) {
			back := spec.Step{Verb: spec.Call, Chance: 1, Callee: 0, Retry: spec.Retry{Attempts: 1}}
			sc.Consumers[1].Handlers[0].Steps = append(sc.Consumers[1].Handlers[0].Steps, back)
			sc.Consumers[0].Handlers[0].Steps[0].Timeout = 0
			sc.Producers[0].Rate = every(spec.Second)
			other := producer("other", every(spec.Second), spec.None)
			other.Call = 1
			sc.Producers = append(sc.Producers, other)
			sc.Consumers[0].Concurrency, sc.Consumers[1].Concurrency = 1, 1
			sc.Consumers[0].Handlers[0].Steps = append([]spec.Step{work(spec.Const(1e6))}, sc.Consumers[0].Handlers[0].Steps...)
		})
	}},
	{"calls that pile up, before the warm-up and after", "saturated", "consumers.part0", sim.SeverityError, "so its backlog grows by 10/s", func() *spec.Scenario {
		return with(asked(60, 20, spec.None, 0), func(sc *spec.Scenario) {
			sc.Warmup = 30 * spec.Second
			sc.Producers[0].Rate, sc.Producers[0].Timeout = every(50*spec.Millisecond), 0
			sc.Consumers[0].Concurrency = spec.Unlimited
			sc.Consumers[0].Handlers[0].Steps[0].Timeout = 0
			sc.Consumers[1].Concurrency = 1
			sc.Consumers[1].Handlers[0].Steps = []spec.Step{work(spec.Const(float64(100 * spec.Millisecond)))}
		})
	}},

	{"without end", "loop", "run", sim.SeverityError, "what c emits comes back as new work without end", func() *spec.Scenario { return emitting(1) }},
	{"with an end", "loop", "run", "", absent, func() *spec.Scenario { return emitting(0.5) }},

	{"ten minutes for a p99 of 100", "short_run", "consumers.c", sim.SeverityWarning, "consumers.c.latency.p99 rests on", func() *spec.Scenario {
		return with(mmc(1, 10, 1, 100), func(sc *spec.Scenario) {
			sc.Expect = []spec.Expectation{{Text: "x", Path: []string{"consumers", "c", "latency", "p99"}, Op: spec.Less, Value: 10}}
		})
	}},
	{"enough for its p99", "short_run", "consumers.c", "", absent, func() *spec.Scenario {
		return with(mmc(10, 20, 1, 100), func(sc *spec.Scenario) {
			sc.Expect = []spec.Expectation{{Text: "x", Path: []string{"consumers", "c", "latency", "p99"}, Op: spec.Less, Value: 10}}
		})
	}},
	{"hardly anything", "short_run", "consumers.c", sim.SeverityInfo, "so its quantiles say little", func() *spec.Scenario { return mmc(1, 10, 1, 10) }},
	{"a reader of dead letters", "short_run", "consumers.undertaker", "", absent, func() *spec.Scenario {
		return with(twoQueues(300, workFor(10*spec.Millisecond), spec.Step{Verb: spec.Fail, Chance: 1, FailChance: 0.002, Poison: true}), func(sc *spec.Scenario) {
			sc.Consumers = append(sc.Consumers, consumer("undertaker", 1, 1, 1))
		})
	}},
}

func TestFindings(t *testing.T) {
	for _, c := range findingCases {
		t.Run(strings.ReplaceAll(c.code+"/"+c.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			found := run(t, c.scenario(), sim.Options{}).Findings
			for _, x := range found {
				wellSaid(t, x)
			}
			var said []string
			for _, x := range found {
				said = append(said, fmt.Sprintf("%s %s %s: %s", x.Severity, x.Code, x.Component, x.Text))
				if x.Code != c.code || x.Component != c.at {
					continue
				}
				if c.says == absent {
					t.Errorf("a false alarm: %s", x.Text)
					return
				}
				if x.Severity == c.severity && strings.Contains(x.Text, c.says) {
					return
				}
			}
			if c.says != absent {
				t.Errorf("%s at %s should say %q; what is said:\n%s", c.code, c.at, c.says, strings.Join(said, "\n"))
			}
		})
	}
}

// unwell is what no sentence of a finding may contain: numbers that are none,
// slips of a format, and numbers nobody reads.
var unwell = regexp.MustCompile(`NaN|Inf|%!|  |\d{5,}|[1-9]\d*\.\d{4}|0\.0*[1-9]\d{3}|[\d.]e[+-]\d|\.$|\b0 copies`)

// wellSaid fails a finding whose sentence or evidence is not fit to print.
func wellSaid(t *testing.T, x sim.Finding) {
	t.Helper()
	if x.Text == "" || unwell.MatchString(x.Text) || unwell.MatchString(x.Predicted) {
		t.Errorf("%s reads: %s (%s)", x.Code, x.Text, x.Predicted)
	}
	if len(x.Evidence) == 0 {
		t.Errorf("%s has no evidence", x.Code)
	}
	for _, e := range x.Evidence {
		if v := e.Value; !v.Valid || math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
			t.Errorf("%s: %s is %v", x.Code, e.Name, v)
		}
	}
}

// TestFindingsAreAllTried holds the table against the list of findings there are.
func TestFindingsAreAllTried(t *testing.T) {
	appears, doesNot := map[string]bool{}, map[string]bool{}
	for _, c := range findingCases {
		if c.says == absent {
			doesNot[c.code] = true
		} else {
			appears[c.code] = true
		}
	}
	for _, code := range []string{
		"saturated", "near_saturation", "idle_members", "hot_partition", "lease_too_short", "retry_amplification", "poison", "unbounded_retry",
		"no_dead_letter", "order_broken", "duplicates_without_idempotence", "unrouted", "unread", "blocked_producer", "blind_drop", "flapping",
		"sync_chain", "loop", "short_run",
	} {
		if !appears[code] || !doesNot[code] {
			t.Errorf("%s: must appear %v, must not %v", code, appears[code], doesNot[code])
		}
	}
}

// randomMMC is an M/M/c queue at a load, with so many servers, seen for ten minutes.
func randomMMC(seed int64, rho float64) *spec.Scenario {
	c := 1 + int(seed%8)
	mu := 5 + seed%37
	sc := mmc(1, mu, c, 600)
	// λ in events a minute, to come near any load.
	sc.Producers[0].Rate.Rate = spec.Rate{Events: int64(rho * float64(mu) * float64(c) * 60), Per: spec.Minute}
	sc.Seed = 1000 + seed
	return sc
}

func TestHealthyQueuesAreQuiet(t *testing.T) {
	for seed := range int64(50) {
		rho := 0.5 + 0.3*float64(seed)/49
		for _, x := range run(t, randomMMC(seed, rho), sim.Options{}).Findings {
			t.Errorf("seed %d, ρ %.2f: %s %s", seed, rho, x.Code, x.Text)
		}
	}
}

func TestOverloadIsFound(t *testing.T) {
	const runs = 30
	missed := 0
	for seed := range int64(runs) {
		sc := randomMMC(seed, 1.05)
		if !has(run(t, sc, sim.Options{}).Findings, "saturated") {
			missed++
			t.Logf("missed: seed %d, %d workers, %g/s", seed, sc.Consumers[0].Concurrency, sc.Producers[0].Rate.Rate.PerSecond())
		}
	}
	if missed > runs/10 {
		t.Errorf("%d of %d overloads of 5%% for ten minutes were missed", missed, runs)
	}
}

func has(found []sim.Finding, code string) bool {
	for _, x := range found {
		if x.Code == code {
			return true
		}
	}
	return false
}
