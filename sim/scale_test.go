package sim_test

import (
	"fmt"
	"slices"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// everything is a scenario of so many cells, each a producer, a channel and
// consumers of one kind in turn: queues, topics, streams, buses, calls, orders
// with limits and times to live, retries with dead letters, autoscalers; with
// something that goes wrong, or is set, in half of them.
func everything(cells, instances int) *spec.Scenario {
	sc := spec.Scenario{Events: []spec.EventType{event("e")}}
	keyed(&sc, 1000, 1)
	b := &builder{sc: &sc, instances: instances}
	for i := range cells {
		b.name = fmt.Sprint(i)
		[]func(){b.queue, b.topic, b.stream, b.bus, b.calls, b.limits}[i%6]()
		if i%2 == 0 {
			b.fault(i / 2)
		}
	}
	whole := scenario("everything", 2, sc)
	b.set(whole)
	return whole
}

// builder adds cells to a scenario.
type builder struct {
	sc        *spec.Scenario
	name      string
	instances int
	sets      []int // entries of the timeline that set something
}

func (b *builder) channel(c spec.Channel) int {
	b.sc.Broker.Channels = append(b.sc.Broker.Channels, c)
	return len(b.sc.Broker.Channels) - 1
}

func (b *builder) produce(to int) *spec.Producer {
	b.sc.Producers = append(b.sc.Producers, producer("p"+b.name, poisson(20), to))
	return &b.sc.Producers[len(b.sc.Producers)-1]
}

func (b *builder) consume(name string, from int, steps ...spec.Step) *spec.Consumer {
	c := consumer(name+b.name, from, b.instances, 2, append([]spec.Step{work(exponential(30 * ms))}, steps...)...)
	b.sc.Consumers = append(b.sc.Consumers, c)
	return &b.sc.Consumers[len(b.sc.Consumers)-1]
}

func (b *builder) queue() {
	dead := b.channel(queue("dead" + b.name))
	q := queue("q" + b.name)
	q.Store.DeadLetter, q.Store.AckTimeout, q.Store.Capacity, q.Store.Overflow = dead, 100*ms, 50, spec.Block
	at := b.channel(q)
	b.produce(at)
	c := b.consume("c", at, fail(0.2))
	c.Autoscale = &spec.Autoscale{Min: 1, Max: 2 * b.instances, On: spec.OnBacklog, Target: 2, Every: 100 * ms, Window: 200 * ms, Cooldown: 300 * ms}
}

func (b *builder) topic() {
	at := b.channel(topic("t" + b.name))
	b.produce(at)
	b.consume("x", at)
	b.consume("y", at).Idempotent = true
}

func (b *builder) stream() {
	s := stream("s"+b.name, 6)
	s.Session, s.Rebalance, s.Assign = 200*ms, 50*ms, spec.Assign(len(b.sc.Consumers)%4)
	s.Retention.Events = 20
	at := b.channel(s)
	b.produce(at)
	b.consume("g", at, fail(0.1)).Commit = 250 * ms
	late := b.consume("l", at)
	late.Starts, late.From[0].Earliest = spec.Second, true
}

func (b *builder) bus() {
	at := b.channel(queue("bq" + b.name))
	bus := queue("b" + b.name)
	bus.Type = spec.Bus
	bus.Rules = []spec.Rule{{Name: "all", To: []int{at}}}
	b.produce(b.channel(bus))
	b.consume("b", at)
}

func (b *builder) calls() {
	p := b.produce(spec.None)
	p.Timeout, p.Retry.Attempts = 200*ms, 2
	backend := b.consume("z", 0, fail(0.1))
	backend.From, backend.Backlog = nil, 3
	callee := len(b.sc.Consumers) - 1
	st := spec.Step{Verb: spec.Call, Chance: 1, Callee: callee, Timeout: 100 * ms, Retry: spec.Retry{Attempts: 2}}
	st.Breaker = &spec.Breaker{Errors: 0.5, Window: 10, Open: 300 * ms}
	b.consume("f", 0, st).From = nil
	p.Call = callee + 1
}

// limits is a queue by priority or last in first out, with a time to live, a
// capacity, a delay and a window of duplicates, filled from an outbox, in bursts.
func (b *builder) limits() {
	dead := b.channel(queue("gone" + b.name))
	q := queue("r" + b.name)
	q.Store.Order, q.Store.TTL, q.Store.Capacity, q.Store.Overflow = spec.Order(1+len(b.sc.Producers)%2), 80*ms, 10, spec.DropOld
	q.Store.DeadLetter, q.Store.Delay, q.Store.Dedup, q.Store.Requeue = dead, exponential(5*ms), spec.Second, spec.RequeueBack
	p := b.produce(b.channel(q))
	p.Rate = spec.Arrivals{Kind: spec.Burst, Size: 5, Gap: exponential(200 * ms)}
	p.Kind, p.Outbox = spec.DatabaseProducer, &spec.Outbox{Poll: 30 * ms, Batch: 3}
	c := b.consume("r", p.To, fail(0.1))
	c.AckBefore, c.Prefetch = len(b.sc.Producers)%4 == 0, 4
}

// fault does one thing to the newest components, at an instant of its own.
func (b *builder) fault(i int) {
	at := 500*ms + int64(i%100)*7*ms
	consumer := spec.Ref{Kind: spec.ConsumerComponent, Index: len(b.sc.Consumers) - 1}
	producer := spec.Ref{Kind: spec.ProducerComponent, Index: len(b.sc.Producers) - 1}
	channel := spec.Ref{Kind: spec.ChannelComponent, Index: len(b.sc.Broker.Channels) - 1}
	a := spec.Action{At: at, A: consumer, For: 300 * ms, Count: 1, Chance: 0.5, Times: 3, By: exponential(5 * ms)}
	a.Kind = []spec.ActionKind{
		spec.CrashAction, spec.SlowAction, spec.FailAction, spec.PauseAction, spec.CutAction, spec.ScaleAction, spec.DelayAction, spec.DropAction,
		spec.OutageAction, spec.DuplicateAction, spec.SurgeAction, spec.StopAction, spec.PurgeAction, spec.SetAction,
	}[i%14]
	switch a.Kind {
	case spec.CutAction, spec.DelayAction, spec.DropAction:
		a.B = spec.Ref{Kind: spec.BrokerComponent}
	case spec.OutageAction, spec.DuplicateAction:
		a.A = channel
	case spec.PurgeAction:
		a.A, a.For = channel, 0
	case spec.SurgeAction, spec.StopAction:
		a.A = producer
	case spec.SetAction:
		b.sets = append(b.sets, len(b.sc.Timeline))
		a.A, a.Path = spec.Ref{}, "consumers."+b.sc.Consumers[consumer.Index].Name
		a.Count = consumer.Index
	}
	b.sc.Timeline = append(b.sc.Timeline, a)
}

// set gives the entries of the timeline that set something what they make of
// the scenario, which is whole now.
func (b *builder) set(sc *spec.Scenario) {
	for _, k := range b.sets {
		a := &sc.Timeline[k]
		changed := *sc
		changed.Timeline = nil
		changed.Consumers = slices.Clone(sc.Consumers)
		c := &changed.Consumers[a.Count]
		c.Concurrency, c.Prefetch, c.Retry.Attempts, c.Idempotent = 3, 3, 2, true
		a.Changed = &changed
	}
}

// TestAThousandComponents runs all features at once among more than a thousand
// components and ten thousand instances, under every check.
func TestAThousandComponents(t *testing.T) {
	sc := everything(350, 22)
	components := len(sc.Producers) + len(sc.Broker.Channels) + len(sc.Consumers)
	instances := 0
	for _, c := range sc.Consumers {
		instances += c.Instances
	}
	if components < 1000 || instances < 10_000 {
		t.Fatalf("only %d components and %d instances", components, instances)
	}
	r := run(t, sc, sim.Options{Verify: true})
	if r.Run.Ended != sim.EndedDuration || r.Ledger.Done < 10_000 {
		t.Errorf("it ended as %s with %d done", r.Run.Ended, r.Ledger.Done)
	}
	again := run(t, everything(350, 22), sim.Options{})
	if again.Run.Fingerprint != r.Run.Fingerprint {
		t.Errorf("fingerprints %016x and %016x", r.Run.Fingerprint, again.Run.Fingerprint)
	}
	small := everything(60, 2)
	small.Duration = spec.Second * 3 / 2
	if r := run(t, small, sim.Options{Verify: true}); r.Ledger.Done < 1000 {
		t.Errorf("%d done under every check", r.Ledger.Done)
	}
}
