package sim_test

import (
	"flag"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// forever is a duration that no benchmark reaches, in seconds: 34 years.
const forever = 1 << 30

// growing is an engine in its steady state that a benchmark runs on and on:
// the testing package calls a benchmark several times, and what it takes to
// get there (a million copies, say) is paid once.
type growing struct {
	build func() *spec.Scenario
	warm  int64 // ns until the steady state
	chunk int64 // ns between looks at the count
	ready func(testing.TB, *sim.Engine)

	engine *sim.Engine
	until  int64
}

func (g *growing) run(b *testing.B) {
	b.ReportAllocs()
	if g.engine == nil {
		g.engine, g.until = sim.New(g.build(), sim.Options{}), g.warm
		g.engine.Run(g.until)
	}
	if g.ready != nil {
		g.ready(b, g.engine)
	}
	start, deliveries := g.engine.Deliveries(), int64(0)
	b.ResetTimer()
	for deliveries < int64(b.N) {
		g.until += g.chunk
		if !g.engine.Run(g.until) {
			b.Fatal("the run ended")
		}
		deliveries = g.engine.Deliveries() - start
	}
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(deliveries), "ns/delivery")
	if g.ready != nil {
		g.ready(b, g.engine)
	}
}

// BenchmarkMM1 is one queue, one worker, 80 % busy.
func BenchmarkMM1(b *testing.B) {
	g := growing{build: func() *spec.Scenario { return mmc(80, 100, 1, forever) }, warm: 100e9, chunk: 10e9}
	g.run(b)
}

// BenchmarkMM16 is one queue, sixteen workers, 80 % busy.
func BenchmarkMM16(b *testing.B) {
	g := growing{build: func() *spec.Scenario { return mmc(1280, 100, 16, forever) }, warm: 10e9, chunk: 1e9}
	g.run(b)
}

// BenchmarkPending is what a delivery costs with a great many copies in the
// system: waiting in one queue, or each with a timer of its own.
func BenchmarkPending(b *testing.B) {
	for _, n := range []int64{1_000, 100_000, 1_000_000} {
		waiting := growing{
			build: func() *spec.Scenario { return waitingCopies(n) },
			warm:  n*1000 + 100e6, // 1,000 a millisecond
			chunk: 1e9,
			ready: func(b testing.TB, e *sim.Engine) {
				if l := e.Result().Ledger; l.Waiting < n*9/10 || l.Waiting > n*11/10 {
					b.Fatalf("%d copies wait, not %d", l.Waiting, n)
				}
			},
		}
		b.Run(fmt.Sprintf("waiting=%d", n), waiting.run)
		delayed := growing{
			build: func() *spec.Scenario { return delayedCopies(n) },
			warm:  4e9, // four means: within 2 % of the steady state
			chunk: max(1e9/n, 1) * 1000,
			ready: func(b testing.TB, e *sim.Engine) {
				if l := e.Result().Ledger; l.Delayed < n*8/10 || l.Delayed > n*12/10 {
					b.Fatalf("%d copies are delayed, not %d", l.Delayed, n)
				}
			},
		}
		b.Run(fmt.Sprintf("timers=%d", n), delayed.run)
	}
}

// waitingCopies is a queue that n copies rush into and that is then fed as
// fast as it is emptied.
func waitingCopies(n int64) *spec.Scenario {
	rush := producer("rush", spec.Arrivals{Kind: spec.Burst, Gap: spec.Const(float64(spec.Millisecond)), Size: 1000}, 0)
	rush.Count = n
	return scenario("waiting", forever, spec.Scenario{
		Events:    []spec.EventType{event("e")},
		Producers: []spec.Producer{producer("p", every(spec.Millisecond), 0), rush},
		Broker:    spec.Broker{Channels: []spec.Channel{queue("q")}},
		Consumers: []spec.Consumer{consumer("c", 0, 1, 1, work(spec.Const(float64(spec.Millisecond))))},
	})
}

// delayedCopies is a queue in which each copy waits for an exponential time of
// mean 1 s before it is ready: n of them at n events a second.
func delayedCopies(n int64) *spec.Scenario {
	q := queue("q")
	q.Store.Delay = exponential(spec.Second)
	return scenario("timers", forever, spec.Scenario{
		Events:    []spec.EventType{event("e")},
		Producers: []spec.Producer{producer("p", poisson(n), 0)},
		Broker:    spec.Broker{Channels: []spec.Channel{q}},
		Consumers: []spec.Consumer{consumer("c", 0, 1, 1)},
	})
}

// BenchmarkComponents is what a delivery costs among many components: n
// queues, each with its own producer and consumer, 80 % busy.
func BenchmarkComponents(b *testing.B) {
	for _, n := range []int{10, 100, 1_000, 10_000} {
		g := growing{
			build: func() *spec.Scenario { return manyQueues(n) },
			warm:  min(25e12/int64(n), 100e9), // two million deliveries, or fewer
			chunk: 125e6,                      // ten to a queue, so that counting them does not show
		}
		b.Run(fmt.Sprint(n), g.run)
	}
}

func manyQueues(n int) *spec.Scenario {
	sc := spec.Scenario{Events: []spec.EventType{event("e")}}
	for i := range n {
		name := strconv.Itoa(i)
		sc.Producers = append(sc.Producers, producer("p"+name, poisson(80), i))
		sc.Broker.Channels = append(sc.Broker.Channels, queue("q"+name))
		sc.Consumers = append(sc.Consumers, consumer("c"+name, i, 1, 1, work(exponential(10*spec.Millisecond))))
	}
	return scenario("components", forever, sc)
}

// heapInUse is how many bytes are reachable.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// runDeliveries runs an engine until it has sent so many copies.
func runDeliveries(t testing.TB, e *sim.Engine, n int64) {
	t.Helper()
	for e.Deliveries() < n {
		if !e.Run(e.Now() + 1e9) {
			t.Fatal("the run ended")
		}
	}
}

// TestMemoryIsFlat runs ten times as long and looks for what was kept.
func TestMemoryIsFlat(t *testing.T) {
	const short, long, allowed = 300_000, 3_000_000, 1 << 20
	e := sim.New(w3(forever), sim.Options{})
	runDeliveries(t, e, short)
	before := heapInUse()
	runDeliveries(t, e, long)
	after := heapInUse()
	t.Logf("%d bytes after %d deliveries, %d after %d", before, short, after, long)
	if after-before > allowed {
		t.Errorf("%d bytes more after %d deliveries than after %d", after-before, long, short)
	}
	runtime.KeepAlive(e)
}

// BenchmarkLong creates as many events as -benchtime=Nx asks for, a hundred
// million say, and tells by how much memory has grown since the first
// hundredth of them. Without such a -benchtime it is skipped.
func BenchmarkLong(b *testing.B) {
	asked, _ := strings.CutSuffix(flag.Lookup("test.benchtime").Value.String(), "x")
	n, err := strconv.ParseInt(asked, 10, 64)
	if err != nil || n < 1_000_000 {
		b.Skip("asks for -benchtime=100000000x")
	}
	b.ReportAllocs()
	e := sim.New(w3(forever), sim.Options{})
	runEvents(b, e, int64(b.N)/100)
	before := heapInUse()
	b.ResetTimer()
	runEvents(b, e, int64(b.N))
	b.StopTimer()
	b.ReportMetric(float64(heapInUse()-before), "heap-growth-B")
	_, events := e.Progress()
	b.ReportMetric(float64(events), "events")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(e.Deliveries()), "ns/delivery")
	runtime.KeepAlive(e)
}

func runEvents(b *testing.B, e *sim.Engine, n int64) {
	b.Helper()
	for {
		if _, events := e.Progress(); events >= n {
			return
		}
		if !e.Run(e.Now() + 1e9) {
			b.Fatal("the run ended")
		}
	}
}
