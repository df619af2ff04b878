package experiment

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"eddy/sim"
	"eddy/sim/spec"
)

// workQueue is an M/M/2 queue with failures and dead letters.
func workQueue(duration spec.Nanos) *spec.Scenario {
	store := func(dead int) spec.Store {
		return spec.Store{Capacity: spec.Unlimited, MaxDeliveries: spec.Unlimited, DeadLetter: dead}
	}
	return &spec.Scenario{
		Name: "work-queue", Duration: duration, Warmup: duration / 10, Seed: 1,
		Events: []spec.EventType{{
			Name: "job", Declared: true, Size: spec.Const(1024), Key: spec.None, Priority: []spec.Choice{{Weight: 1}},
		}},
		Producers: []spec.Producer{{
			Name: "web", Emits: []spec.Choice{{Weight: 1}}, Call: spec.None, Instances: 1, Count: spec.Unlimited,
			Rate:    spec.Arrivals{Kind: spec.Poisson, Rate: spec.Rate{Events: 100, Per: spec.Second}},
			Confirm: true, Retry: spec.Retry{Attempts: 1}, Buffer: 1000,
		}},
		Broker: spec.Broker{Channels: []spec.Channel{
			{Name: "jobs", Type: spec.Queue, Store: store(1), Otherwise: spec.None},
			{Name: "dead", Type: spec.Queue, Store: store(spec.None), Otherwise: spec.None},
		}},
		Consumers: []spec.Consumer{{
			Name: "worker", From: []spec.Source{{}}, Instances: 2, Concurrency: 1, Prefetch: 1, Backlog: spec.Unlimited,
			Handlers: []spec.Handler{{Pattern: spec.Pattern{Text: "#", Words: []string{"#"}}, Steps: []spec.Step{
				{Verb: spec.Work, Chance: 1, Work: spec.Dist{Kind: spec.Exponential, Mean: float64(12 * spec.Millisecond)}},
				{Verb: spec.Fail, Chance: 1, FailChance: 0.05},
			}}},
			Retry: spec.ConsumerRetry{Attempts: 3, Backoff: spec.Backoff{Kind: spec.ConstantBackoff, Base: 100 * spec.Millisecond, Times: 1}},
		}},
	}
}

func TestReplicationsOfTheEngine(t *testing.T) {
	sc := workQueue(20 * spec.Second)
	run := func(jobs int) Outcome {
		o, err := Of(sc, Options{Replications: 6, Jobs: jobs}).Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	want := run(1)
	if got := run(4); !reflect.DeepEqual(got, want) {
		t.Error("four jobs give another outcome than one")
	}
	single := sim.New(sc, sim.Options{})
	single.RunAll()
	if !reflect.DeepEqual(want.Runs[0], single.Result()) {
		t.Error("replication 0 is not the run without replications")
	}
	if want.Runs[0].Run.Fingerprint == want.Runs[1].Run.Fingerprint {
		t.Error("two replications have the same luck")
	}
}

type counter struct{ records int64 }

func (c *counter) Observe(*sim.Record) { c.records++ }

func TestVerifiedRunIsThePlainRun(t *testing.T) {
	sc := workQueue(5 * spec.Second)
	plain, err := Of(sc, Options{Replications: 2}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, watched := range []bool{false, true} {
		o := Options{Replications: 2, Verify: true}
		var c counter
		if watched {
			o.Watch = func(*Names) []Observer { return []Observer{&c} }
		}
		verified, err := Of(sc, o).Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(verified, plain) {
			t.Error("a verified run has another result")
		}
		if watched != (c.records > 0) {
			t.Errorf("%d records were watched", c.records)
		}
	}
}

// TestTwinsThatDiffer: twins of two scenarios stand for an engine that does
// not repeat itself. The difference is one microsecond in one event's work.
func TestTwinsThatDiffer(t *testing.T) {
	replayed := func(third spec.Nanos) *spec.Scenario {
		sc := workQueue(10 * spec.Second)
		rows := []spec.ReplayRow{}
		for i, work := range []spec.Nanos{0, 0, third, 0} {
			rows = append(rows, spec.ReplayRow{At: int64(i+1) * spec.Second, Size: spec.None, Priority: spec.None, Work: work, Fails: spec.None})
		}
		sc.Producers[0].Rate = spec.Arrivals{Kind: spec.Replay, Rows: rows}
		sc.Consumers[0].Handlers[0].Steps = []spec.Step{{Verb: spec.Work, Chance: 1, WorkFromEvent: true}}
		return sc
	}
	different := []*spec.Scenario{replayed(spec.Millisecond), replayed(spec.Millisecond + spec.Microsecond)}
	tw := newTwins(func(watch Observer) *sim.Engine {
		sc := different[0]
		different = different[1:]
		return sim.New(sc, sim.Options{Observers: []sim.Observer{watch}})
	})
	var m *Mismatch
	if err := tw.RunAll(); !errors.As(err, &m) {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(m.First, "done at consumers.worker at 3001000000 ns, event web:3") ||
		!strings.Contains(m.Second, "3001001000 ns") || m.Record < 3 {
		t.Errorf("got %v", m)
	}
}

func TestBrokenNamesWhatBroke(t *testing.T) {
	err := (&Broken{[]string{"a", "b", "c", "d", "e", "f", "g"}}).Error()
	if err != "an invariant did not hold: a; b; c; d; e; and 2 more" {
		t.Error(err)
	}
}

// allPast says whether so many runs are under way, each of them past an instant.
func allPast(x *Experiment, runs int, at int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, r := range x.active {
		if now, _ := r.Progress(); now < at {
			return false
		}
	}
	return len(x.active) == runs
}

func TestEnginesAreInterrupted(t *testing.T) {
	for _, verify := range []bool{false, true} {
		ctx, cancel := context.WithCancel(context.Background())
		x := Of(workQueue(1e6*spec.Second), Options{Replications: 2, Jobs: 2, Verify: verify})
		go func() { // stops it when both have come so far, however long that takes
			defer cancel()
			for !allPast(x, 2, 10*spec.Second) {
				time.Sleep(time.Millisecond)
			}
		}()
		o, err := x.Run(ctx)
		if err != nil || !o.Interrupted || len(o.Runs) != 1 {
			t.Fatalf("verify %v: %d runs, interrupted %v, %v", verify, len(o.Runs), o.Interrupted, err)
		}
		if r := o.Runs[0]; r.Run.Ended != sim.EndedInterrupted || r.Run.Events == 0 || !r.Ledger.Balanced {
			t.Errorf("verify %v: %+v %+v", verify, r.Run, r.Ledger)
		}
	}
}

// BenchmarkReplications says what further cores are worth: the time for eight
// runs with one job and with one for each core.
func BenchmarkReplications(b *testing.B) {
	sc := workQueue(200 * spec.Second)
	for name, jobs := range map[string]int{"one": 1, "cores": 0} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Of(sc, Options{Replications: 8, Jobs: jobs}).Run(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
