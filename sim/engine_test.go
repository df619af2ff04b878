package sim_test

import (
	"math"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

func run(t testing.TB, sc *spec.Scenario, o sim.Options) *sim.Result {
	t.Helper()
	e := sim.New(sc, o)
	e.RunAll()
	if v := e.Violations(); len(v) > 0 {
		t.Fatalf("%d invariants broken, first: %s", len(v), v[0])
	}
	r := e.Result()
	if !r.Ledger.Balanced {
		t.Fatalf("the ledger does not balance: %+v", r.Ledger)
	}
	return r
}

func TestMM1WaitsAsTheoryPredicts(t *testing.T) {
	// λ 80/s, μ 100/s: W = 1/(μ−λ) = 50 ms, ρ = 0.8.
	r := run(t, mmc(80, 100, 1, 20000), sim.Options{Verify: false})
	got := r.Consumers[0].Latency.Mean.Value
	if math.Abs(got-0.05) > 0.003 {
		t.Errorf("mean latency %v s, want 0.05", got)
	}
	if u := r.Consumers[0].Utilisation.Value; math.Abs(u-0.8) > 0.01 {
		t.Errorf("utilisation %v, want 0.8", u)
	}
}

func TestInvariantsHoldInW3(t *testing.T) {
	r := run(t, w3(20), sim.Options{Verify: true})
	if r.Consumers[0].Done == 0 || r.Consumers[0].Retries == 0 {
		t.Errorf("nothing was done or retried: %+v", r.Consumers[0])
	}
}

func TestSameSeedSameRun(t *testing.T) {
	a, b := run(t, w3(5), sim.Options{}), run(t, w3(5), sim.Options{})
	if a.Run.Fingerprint != b.Run.Fingerprint {
		t.Errorf("fingerprints %016x and %016x", a.Run.Fingerprint, b.Run.Fingerprint)
	}
	if c := run(t, w3(5), sim.Options{Replication: 1}); c.Run.Fingerprint == a.Run.Fingerprint {
		t.Errorf("another replication has the same fingerprint")
	}
}

// TestCallsInACircleEndAsLivelock: calls that call in a circle without taking
// time, with workers without end, end by name rather than in a stack or memory
// without end.
func TestCallsInACircleEndAsLivelock(t *testing.T) {
	again := spec.Step{Verb: spec.Call, Chance: 1, Callee: 0, Timeout: 8 * ms, Continue: true}
	other := spec.Step{Verb: spec.Call, Chance: 1, Callee: 1, Timeout: 5 * ms, Continue: true}
	sc := spec.Scenario{Events: []spec.EventType{event("e")}, Producers: []spec.Producer{producer("p", poisson(10), spec.None)}}
	sc.Consumers = []spec.Consumer{consumer("c", 0, 1, spec.Unlimited, other, again), consumer("d", 0, 1, 3)}
	sc.Consumers[0].From, sc.Consumers[1].From = nil, nil
	sc.Producers[0].Call = 0
	whole := scenario("circle", 1, sc)
	e := sim.New(whole, sim.Options{})
	e.RunAll()
	if ended, _ := e.Ended(); ended != sim.EndedLivelock && ended != sim.EndedMaxPending {
		t.Errorf("it ended as %s", ended)
	}
}
