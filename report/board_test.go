package report

import (
	"context"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim/experiment"
	"eddy/sim/spec"
)

// boarded compares a built-in's base and variants in so many pairs.
func boarded(t *testing.T, name string, pairs int, variants ...string) *Compared {
	t.Helper()
	text, fsys, ok := scenarios.Builtin(name)
	if !ok {
		t.Fatalf("there is no scenario %s", name)
	}
	var list []*spec.Scenario
	var resolved [][]byte
	for _, v := range append([]string{""}, variants...) {
		sc, ds := scenarios.Load(text, scenarios.Options{Name: name, Variant: v, FS: fsys})
		if sc == nil {
			t.Fatal(ds)
		}
		list, resolved = append(list, sc), append(resolved, scenarios.Resolved(sc))
	}
	got, err := experiment.Against(list, experiment.Options{Replications: pairs}).WithShapes().Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return &Compared{Comparison: got, Resolved: resolved, Version: "test"}
}

// TestBoardIsTheReport: what the board says is what the printed report says.
func TestBoardIsTheReport(t *testing.T) {
	c := boarded(t, "sync-vs-events", 3, scenarios.Variants(mustText(t, "sync-vs-events"))[0])
	b := c.Board()
	var out strings.Builder
	if err := TextCompared(&out, c, TextOptions{Width: 200}); err != nil {
		t.Fatal(err)
	}
	printed := strings.Join(strings.Fields(out.String()), " ")
	if len(b.Words) == 0 || len(b.Rows) < 5 || len(b.Changes) == 0 || b.Pairs != 3 {
		t.Fatalf("the board is nearly empty: %+v", b)
	}
	for _, w := range b.Words {
		if !strings.Contains(printed, w.Text) {
			t.Errorf("the report does not say %q", w.Text)
		}
	}
	if b.Keys <= len(b.Changes) {
		t.Errorf("%d of %d places differ", len(b.Changes), b.Keys)
	}
	seen := map[rune]int{}
	for _, r := range b.Rows {
		seen[r.Standing]++
		if strings.HasSuffix(r.Label, "p99") != (r.Of != "") && !strings.HasSuffix(r.Label, "p50") {
			t.Errorf("%s is of %q observations", r.Label, r.Of)
		}
		if r.Standing != StandsSame && !strings.Contains(printed, r.Difference) {
			t.Errorf("the report does not have %s: %s", r.Label, r.Difference)
		}
	}
	if seen[StandsA]+seen[StandsB] == 0 {
		t.Errorf("nobody is better in anything: %v", seen)
	}
	if len(b.Flows) == 0 || len(b.Flows[0].A) != boardPoints || len(b.Course) == 0 {
		t.Fatalf("the board has no shapes: %d flows, %d steps", len(b.Flows), len(b.Course))
	}
	for _, f := range b.Flows {
		for i := 1; i < len(f.A); i++ {
			if f.A[i].Share < f.A[i-1].Share || f.A[i].Share > 1 {
				t.Fatalf("the distribution of %s falls", f.Name)
			}
		}
		if f.TopA > 1 || f.TopB > 1 {
			t.Errorf("more than all of %s were completed", f.Name)
		}
	}
}

func mustText(t *testing.T, name string) []byte {
	t.Helper()
	text, _, ok := scenarios.Builtin(name)
	if !ok {
		t.Fatalf("there is no scenario %s", name)
	}
	return text
}
