package experiment

import (
	"math"
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// results makes one run per mean, with the latency's count and sd given.
func results(count int64, sd float64, means ...float64) []*sim.Result {
	runs := make([]*sim.Result, len(means))
	for i, m := range means {
		runs[i] = &sim.Result{
			Run: sim.RunInfo{Seed: 1, Replication: i, Ended: sim.EndedDuration, Events: 100},
			Consumers: []sim.ConsumerResult{{Name: "pay.ment", Latency: sim.Latency{
				Count: count, Mean: sim.Num(m), SD: sim.Num(sd), P50: sim.Num(m), P99: sim.Num(3 * m), P999: sim.Num(4 * m),
			}}},
		}
	}
	return runs
}

func find(t *testing.T, metrics []Metric, path string) Metric {
	t.Helper()
	for _, m := range metrics {
		if m.Path == path {
			return m
		}
	}
	t.Fatalf("no metric %s", path)
	return Metric{}
}

// The worked example is Student's own kind: five values with mean 3, sample
// standard deviation √2.5, and t(4, 97.5 %) = 2.776 from the printed tables.
func TestIntervalByHand(t *testing.T) {
	runs := results(1e6, 1, 1, 2, 3, 4, 5)
	for i, r := range runs {
		r.Consumers[0].Rate = sim.Num(float64(i + 1))
	}
	m := find(t, Summarise(&spec.Scenario{}, runs), "consumers.pay.ment.rate")
	half := 2.776445105 * math.Sqrt(2.5) / math.Sqrt(5)
	if m.Mean.Value != 3 || math.Abs(m.SD.Value-math.Sqrt(2.5)) > 1e-15 || m.N != 5 || m.Unit != "/s" || m.Note != "" {
		t.Errorf("%+v", m)
	}
	if math.Abs(m.Low.Value-(3-half)) > 1e-9 || math.Abs(m.High.Value-(3+half)) > 1e-9 {
		t.Errorf("interval %g to %g, want 3 ± %g", m.Low.Value, m.High.Value, half)
	}
}

// The quantiles of printed t tables, which give five digits.
func TestStudentT(t *testing.T) {
	for nu, want := range map[int]float64{1: 12.706, 2: 4.3027, 4: 2.7764, 9: 2.2622, 29: 2.0452, 99: 1.9842, 1000: 1.9623} {
		if got := studentT(nu); math.Abs(got-want) > 6e-5*want/2 {
			t.Errorf("t(%d) = %g, want %g", nu, got, want)
		}
		if got := studentT(nu); got != tenDigits(got) {
			t.Errorf("t(%d) = %v has more than ten digits", nu, got)
		}
	}
}

func TestNoIntervalWithoutEnough(t *testing.T) {
	path := "consumers.pay.ment.latency."
	check := func(name string, sc *spec.Scenario, runs []*sim.Result, key, note string) {
		t.Helper()
		m := find(t, Summarise(sc, runs), key)
		if m.Low.Valid || m.High.Valid || !strings.Contains(m.Note, note) {
			t.Errorf("%s: %s is %+v, want the note %q", name, key, m, note)
		}
	}
	plain := &spec.Scenario{}
	check("two runs", plain, results(1e6, 1, 1, 2), path+"mean", "fewer than 3 runs")
	check("one run", plain, results(1e6, 1, 1), path+"mean", "fewer than 3 runs")
	check("input", plain, results(1e6, 1, 1, 2, 3), "run.seed", "given, not measured")
	check("input", plain, results(1e6, 1, 1, 2, 3), "run.replication", "given, not measured")
	check("nothing seen", plain, results(1e6, 1, 1, 2, 3), "consumers.pay.ment.wait.mean", "no run has a value")
	check("few observations", plain, results(149, 1, 1, 1, 1), path+"p99", "not enough tail: 1.49 independent")
	check("alike observations", plain, results(1e6, 1, 1, 2, 3, 4, 5), path+"p50", "not enough tail: 0.2 independent")

	gone := results(1e6, 1, 1, 2, 3, 4)
	gone[2].Consumers[0].Latency.Mean = sim.Number{}
	check("one absent", plain, gone, path+"mean", "no value in 1 of 4 runs")

	heavy := &spec.Scenario{Consumers: []spec.Consumer{{Name: "x", Handlers: []spec.Handler{{Steps: []spec.Step{
		{Work: spec.Dist{Kind: spec.Mix, Parts: []spec.MixPart{{Weight: 1, Dist: spec.Dist{Kind: spec.Pareto, Min: 1, Shape: 1.5}}}}},
	}}}}}}
	check("pareto", heavy, results(1e6, 1, 1, 2, 3), path+"mean", "infinite variance of consumers.x")
}

func TestIntervalWhereThereIsEnough(t *testing.T) {
	metrics := Summarise(&spec.Scenario{}, results(151, 1, 1, 1, 1))
	for _, key := range []string{"p50", "p99", "mean"} {
		m := find(t, metrics, "consumers.pay.ment.latency."+key)
		if !m.Low.Valid || m.Note != "" || m.Low != m.Mean || m.SD != sim.Num(0) {
			t.Errorf("%+v", m)
		}
	}
	if m := find(t, metrics, "consumers.pay.ment.latency.p999"); m.Low.Valid {
		t.Errorf("%+v", m)
	}
}

func TestEveryNumberInTheDocumentsOrder(t *testing.T) {
	runs := results(10, 1, 1, 2, 3)
	var want []string
	runs[0].Tree().Walk(func(path []string, _ *sim.Leaf) { want = append(want, sim.PathString(path)) })
	got := Summarise(&spec.Scenario{}, runs)
	if len(got) != len(want) {
		t.Fatalf("%d metrics for %d numbers", len(got), len(want))
	}
	for i, m := range got {
		if m.Path != want[i] {
			t.Fatalf("metric %d is %s, want %s", i, m.Path, want[i])
		}
	}
}

// A type that only the second run has seen stands at its place, with a note.
func TestNumbersThatOnlySomeRunsHave(t *testing.T) {
	runs := results(10, 1, 1, 2, 3)
	class := func(name string, done int64) sim.ClassResult { return sim.ClassResult{Name: name, Done: done} }
	runs[0].Consumers[0].ByType = []sim.ClassResult{class("a", 1), class("c", 1)}
	runs[1].Consumers[0].ByType = []sim.ClassResult{class("a", 2), class("b", 7), class("c", 2)}
	runs[2].Consumers[0].ByType = []sim.ClassResult{class("c", 3)}
	var order []string
	for _, m := range Summarise(&spec.Scenario{}, runs) {
		if rest, ok := strings.CutPrefix(m.Path, "consumers.pay.ment.by_type."); ok && strings.HasSuffix(rest, ".done") {
			order = append(order, rest)
			switch rest {
			case "b.done":
				if m.N != 1 || m.Mean != sim.Num(7) || m.SD.Valid || m.Low.Valid || m.Note != "no value in 2 of 3 runs" {
					t.Errorf("%+v", m)
				}
			case "c.done":
				if m.N != 3 || m.Mean != sim.Num(2) || !m.Low.Valid {
					t.Errorf("%+v", m)
				}
			}
		}
	}
	if strings.Join(order, " ") != "a.done b.done c.done" {
		t.Errorf("order %v", order)
	}
}

func TestJudge(t *testing.T) {
	path := []string{"consumers", "pay.ment", "latency", "mean"}
	sc := &spec.Scenario{Expect: []spec.Expectation{
		{Text: "surely below", Path: path, Op: spec.Less, Value: 100},
		{Text: "surely not below", Path: path, Op: spec.Less, Value: 0.1},
		{Text: "perhaps", Path: path, Op: spec.GreaterEqual, Value: 3},
		{Text: "always", Path: []string{"ledger", "lost"}, Op: spec.Equal, Value: 0},
		{Text: "not always", Path: path, Op: spec.Equal, Value: 1},
		{Text: "never", Path: path, Op: spec.NotEqual, Value: 17},
		{Text: "now and then", Path: path, Op: spec.NotEqual, Value: 1},
		{Text: "absent", Path: []string{"consumers", "pay.ment", "wait", "mean"}, Op: spec.Less, Value: 1},
	}}
	runs := results(1e6, 1, 1, 2, 3, 4, 5)
	want := []sim.Verdict{
		sim.Pass, sim.Failed, sim.Inconclusive, sim.Pass, sim.Failed, sim.Pass, sim.Inconclusive, sim.Inconclusive,
	}
	for i, e := range Judge(sc, runs, Summarise(sc, runs)) {
		if e.Verdict != want[i] || e.Expect != sc.Expect[i].Text {
			t.Errorf("%s: %s, want %s", e.Expect, e.Verdict, want[i])
		}
	}
	// Two runs have no interval: they must agree.
	two := results(1e6, 1, 1, 5)
	got := Judge(sc, two, Summarise(sc, two))
	if got[0].Verdict != sim.Pass || got[1].Verdict != sim.Failed || got[2].Verdict != sim.Inconclusive {
		t.Errorf("%+v", got[:3])
	}
}
