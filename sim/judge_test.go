package sim_test

import (
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// TestJudgeNeedsObservations holds the verdicts on one result: what is absent,
// or rests on too little, proves nothing either way.
func TestJudgeNeedsObservations(t *testing.T) {
	latency := func(n int64) sim.Latency {
		l := sim.Latency{Count: n}
		if n > 0 {
			one := sim.Num(1)
			l.Mean, l.Min, l.P50, l.P90, l.P95, l.P99, l.P999, l.Max = one, one, one, one, one, one, one, one
		}
		return l
	}
	for _, c := range []struct {
		quantile     string
		observations int64
		want         sim.Verdict // of a bound that holds; of one that does not, fail or the same
	}{
		{"p50", 0, sim.Inconclusive},
		{"p50", 2, sim.Inconclusive},
		{"p50", 3, sim.Pass},
		{"p90", 14, sim.Inconclusive},
		{"p90", 15, sim.Pass},
		{"p95", 29, sim.Inconclusive},
		{"p95", 30, sim.Pass},
		{"p99", 149, sim.Inconclusive},
		{"p99", 150, sim.Pass},
		{"p999", 1499, sim.Inconclusive},
		{"p999", 1500, sim.Pass},
		{"mean", 0, sim.Inconclusive},
		{"mean", 1, sim.Pass},
		{"max", 1, sim.Pass},
		{"count", 0, sim.Pass},
		{"sd", 1, sim.Inconclusive}, // one observation has none
	} {
		r := &sim.Result{Consumers: []sim.ConsumerResult{{Name: "c", Latency: latency(c.observations)}}}
		path := []string{"consumers", "c", "latency", c.quantile}
		judged := sim.Judge(r, []spec.Expectation{
			{Text: "holds", Path: path, Op: spec.Less, Value: 2000},
			{Text: "is broken", Path: path, Op: spec.Greater, Value: 2000},
		})
		broken := c.want
		if broken == sim.Pass {
			broken = sim.Failed
		}
		if judged[0].Verdict != c.want || judged[1].Verdict != broken {
			t.Errorf("%s of %d observations: %s and %s, want %s and %s", c.quantile, c.observations, judged[0].Verdict, judged[1].Verdict, c.want, broken)
		}
	}
}

// TestJudgeKnowsNoQuantileByItsName lets things be called as quantiles are.
func TestJudgeKnowsNoQuantileByItsName(t *testing.T) {
	r := &sim.Result{Consumers: []sim.ConsumerResult{{Name: "p99", Done: 3}}}
	got := sim.Judge(r, []spec.Expectation{{Path: []string{"consumers", "p99", "done"}, Op: spec.Equal, Value: 3}})
	if got[0].Verdict != sim.Pass {
		t.Errorf("%+v", got[0])
	}
}

// TestJudgeOfARunCutShort holds that what stopped early can break an
// expectation and keep none, and that what ended by itself keeps it.
func TestJudgeOfARunCutShort(t *testing.T) {
	for ended, kept := range map[sim.Ended]sim.Verdict{
		sim.EndedDuration: sim.Pass, sim.EndedExhausted: sim.Pass, sim.EndedDeadlock: sim.Pass,
		sim.EndedInterrupted: sim.Inconclusive, sim.EndedMaxEvents: sim.Inconclusive,
		sim.EndedMaxPending: sim.Inconclusive, sim.EndedLivelock: sim.Inconclusive,
	} {
		r := &sim.Result{Ledger: sim.Ledger{Lost: 3}}
		r.Run.Ended = ended
		path := []string{"ledger", "lost"}
		got := sim.Judge(r, []spec.Expectation{{Path: path, Op: spec.Less, Value: 4}, {Path: path, Op: spec.Equal, Value: 0}})
		if got[0].Verdict != kept || got[1].Verdict != sim.Failed || (got[0].Open != "") != (kept == sim.Inconclusive) {
			t.Errorf("%s: %+v", ended, got)
		}
	}
}
