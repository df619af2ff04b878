package sim_test

import (
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// The benchmarks here carry the same load, 1,280 events a second of 10 ms for
// 16 workers, by each way there is, so that what a way costs stands side by
// side: ns/event, and no allocation in the steady state.

func carried(channel spec.Channel, instances, concurrency int, more ...spec.Channel) *spec.Scenario {
	return scenario("carried", forever, spec.Scenario{
		Events:    []spec.EventType{event("e")},
		Producers: []spec.Producer{producer("p", poisson(1280), 0)},
		Broker:    spec.Broker{Channels: append([]spec.Channel{channel}, more...)},
		Consumers: []spec.Consumer{consumer("c", len(more), instances, concurrency, work(exponential(10*spec.Millisecond)))},
	})
}

// carry runs a scenario on and on.
func carry(b *testing.B, sc *spec.Scenario) {
	b.ReportAllocs()
	e := sim.New(sc, sim.Options{})
	until := 100 * spec.Second
	e.Run(until)
	_, before := e.Progress()
	events := int64(0)
	b.ResetTimer()
	for events < int64(b.N) {
		until += spec.Second / 10
		if !e.Run(until) {
			b.Fatal("the run ended")
		}
		_, now := e.Progress()
		events = now - before
	}
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
	if l := e.Result().Ledger; l.Waiting > 10_000 {
		b.Fatalf("it is not in a steady state: %d events wait", l.Waiting)
	}
}

func BenchmarkQueue(b *testing.B) { carry(b, carried(queue("q"), 4, 4)) }

// BenchmarkQueueOfKeys is the queue with the keys that the stream has.
func BenchmarkQueueOfKeys(b *testing.B) { carry(b, keyed(carried(queue("q"), 4, 4), 10_000, 0)) }

// BenchmarkStream has forty partitions, so that few are overloaded by chance.
func BenchmarkStream(b *testing.B) {
	carry(b, keyed(carried(stream("s", 40), 4, 4), 10_000, 0))
}

// BenchmarkCommit commits once a second, and has all that is done since kept.
func BenchmarkCommit(b *testing.B) {
	sc := keyed(carried(stream("s", 40), 4, 4), 10_000, 0)
	sc.Consumers[0].Commit = spec.Second
	carry(b, sc)
}

// BenchmarkBus has a rule by type, which matches, and one by a field, which does not.
func BenchmarkBus(b *testing.B) {
	bus := queue("b")
	bus.Type = spec.Bus
	match := func(text string) *spec.Filter {
		m := spec.Match{Kind: spec.PatternMatch, Pattern: spec.Pattern{Text: text, Words: []string{text}}}
		return &spec.Filter{Tests: []spec.Test{{Attribute: spec.TypeAttribute, Match: m}}}
	}
	bus.Rules = []spec.Rule{{Name: "all", Where: match("e"), To: []int{1}}, {Name: "none", Where: match("other"), To: []int{1}}}
	carry(b, carried(bus, 4, 4, queue("q")))
}

func BenchmarkCall(b *testing.B) {
	sc := carried(queue("q"), 4, 4)
	sc.Producers[0].To, sc.Producers[0].Call = spec.None, 0
	sc.Consumers[0].From = nil
	carry(b, sc)
}
