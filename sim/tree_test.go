package sim

import (
	"math"
	"slices"
	"testing"

	"eddy/sim/spec"
)

func treeFixture() *Result {
	return &Result{
		Run:    RunInfo{Seed: math.MaxInt64, Fingerprint: 0xbeef},
		Ledger: Ledger{Created: 7, Balanced: true},
		Subscriptions: []ChannelResult{
			{Name: "orders.eu/audit-log", Type: "topic", In: 4, Wait: Latency{Count: 4, P99: Num(0.25)}},
		},
		Consumers: []ConsumerResult{{
			Name:       "pay.ment",
			ByType:     []ClassResult{{Name: "order.placed", Done: 3}},
			ByInstance: []InstanceResult{{Done: 1}, {Done: 2, Utilisation: Num(0.5)}},
			Blame:      Shares{Behind: Num(1)},
		}},
		Findings: []Finding{{Code: "saturated", Evidence: []Evidence{{Name: "utilisation", Value: Num(1)}}}},
	}
}

func TestLookup(t *testing.T) {
	r := treeFixture()
	for _, c := range []struct {
		path []string
		want Number
		unit Unit
	}{
		{[]string{"ledger", "created"}, Num(7), UnitOne},
		{[]string{"subscriptions", "orders.eu/audit-log", "wait", "p99"}, Num(0.25), UnitSeconds},
		{[]string{"subscriptions", "orders.eu/audit-log", "wait", "p50"}, Number{}, UnitSeconds},
		{[]string{"consumers", "pay.ment", "by_type", "order.placed", "done"}, Num(3), UnitOne},
		{[]string{"consumers", "pay.ment", "by_instance", "1", "utilisation"}, Num(0.5), UnitShare},
		{[]string{"consumers", "pay.ment", "blame", "behind"}, Num(1), UnitShare},
		{[]string{"findings", "0", "evidence", "utilisation"}, Num(1), UnitOne},
	} {
		got, ok := r.Lookup(c.path)
		if !ok || got.Number != c.want || got.Unit != c.unit {
			t.Errorf("%s = %+v, %v; want %v %s", PathString(c.path), got, ok, c.want, c.unit)
		}
	}
	for _, path := range [][]string{nil, {"ledger"}, {"ledger", "made"}, {"ledger", "created", "p99"}, {"consumers", "pay", "ment"}} {
		if got, ok := r.Lookup(path); ok {
			t.Errorf("%s found %+v, want nothing", PathString(path), got)
		}
	}
	if seed, _ := r.Lookup([]string{"run", "seed"}); seed.Int != math.MaxInt64 {
		t.Errorf("seed = %d, want the whole integer", seed.Int)
	}
}

// Each visited path leads back to its leaf, no path comes twice, and kept
// paths stay what they were.
func TestWalkPathsAreLookups(t *testing.T) {
	r := treeFixture()
	tree := r.Tree()
	var paths [][]string
	var leaves []*Leaf
	tree.Walk(func(path []string, l *Leaf) {
		paths, leaves = append(paths, path), append(leaves, l)
	})
	seen := map[string]bool{}
	for i, path := range paths {
		if n := tree.Find(path); n == nil || n.Leaf != leaves[i] {
			t.Fatalf("%v does not lead back to its leaf", path)
		}
		if seen[PathString(path)] {
			t.Fatalf("%v visited twice", path)
		}
		seen[PathString(path)] = true
	}
	for _, want := range []string{"run.ended_at", "ledger.loop_cut", "consumers.pay.ment.by_instance.1.done"} {
		if !seen[want] {
			t.Errorf("%s not visited", want)
		}
	}
	for _, not := range []string{"findings.0.evidence.utilisation", "ledger.balanced", "run.ended"} {
		if seen[not] {
			t.Errorf("%s visited", not)
		}
	}
}

func TestTreeHasNoNaNAndNoDoubleKeys(t *testing.T) {
	r := &Result{
		Scenario:  ScenarioInfo{Set: []spec.Setting{{Path: "a", Value: "1"}, {Path: "b", Value: "2"}, {Path: "a", Value: "3"}}},
		Producers: []ProducerResult{{Name: "p", Rate: Num(math.NaN()), Blocked: Num(math.Inf(1))}},
	}
	for _, path := range [][]string{{"producers", "p", "rate"}, {"producers", "p", "blocked"}} {
		if l, ok := r.Lookup(path); !ok || l.Number.Valid {
			t.Errorf("%v = %+v, want an absent number", path, l)
		}
	}
	set := r.Tree().Find([]string{"scenario", "set"})
	var got []string
	for _, kid := range set.Kids {
		got = append(got, kid.Key+"="+kid.Leaf.Text)
	}
	if want := []string{"a=3", "b=2"}; !slices.Equal(got, want) {
		t.Errorf("set = %v, want %v", got, want)
	}
}

func TestJudge(t *testing.T) {
	r := treeFixture()
	path := func(p ...string) []string { return p }
	for _, c := range []struct {
		name string
		path []string
		op   spec.Operator
		than float64
		want Verdict
	}{
		{"less", path("ledger", "created"), spec.Less, 8, Pass},
		{"not less than itself", path("ledger", "created"), spec.Less, 7, Failed},
		{"at most itself", path("ledger", "created"), spec.LessEqual, 7, Pass},
		{"not at most less", path("ledger", "created"), spec.LessEqual, 6, Failed},
		{"greater", path("ledger", "created"), spec.Greater, 6, Pass},
		{"not greater than itself", path("ledger", "created"), spec.Greater, 7, Failed},
		{"at least itself", path("ledger", "created"), spec.GreaterEqual, 7, Pass},
		{"not at least more", path("ledger", "created"), spec.GreaterEqual, 8, Failed},
		{"equal", path("ledger", "created"), spec.Equal, 7, Pass},
		{"not equal", path("ledger", "created"), spec.NotEqual, 7, Failed},
		{"differs", path("ledger", "created"), spec.NotEqual, 8, Pass},
		{"a truth is 1", path("ledger", "balanced"), spec.Equal, 1, Pass},
		{"absent", path("subscriptions", "orders.eu/audit-log", "wait", "p50"), spec.Less, 9, Inconclusive},
		{"no such path", path("ledger", "made"), spec.NotEqual, 0, Inconclusive},
		{"an object", path("ledger"), spec.Less, 1, Inconclusive},
		{"a text", path("run", "ended"), spec.Equal, 0, Inconclusive},
	} {
		want := []spec.Expectation{{Text: "as written", Path: c.path, Op: c.op, Value: c.than, Why: "because"}}
		got := Judge(r, want)
		if len(got) != 1 || got[0].Verdict != c.want || got[0].Expect != "as written" || got[0].Why != "because" {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
			continue
		}
		if got[0].Value.Valid != (c.want != Inconclusive) {
			t.Errorf("%s: value %v with verdict %s", c.name, got[0].Value, c.want)
		}
	}
}
