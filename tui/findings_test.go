package tui

import (
	"slices"
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// TestFindingLines: a finding has two lines, the chosen one four, and the first
// ones what is left over.
func TestFindingLines(t *testing.T) {
	long := strings.Repeat("words ", 20) // seven lines of twenty cells
	change := []spec.Setting{{Path: "a", Value: "1"}}
	list := []sim.Finding{{Text: long, Change: change}, {Text: "short"}, {Text: long}}
	for _, c := range []struct {
		chosen, rows int
		want         []int
	}{{-1, 6, []int{2, 2, 2}}, {-1, 8, []int{4, 2, 2}}, {-1, 12, []int{7, 2, 3}}, {2, 8, []int{2, 2, 4}}, {0, 1, []int{4, 2, 2}}} {
		if got := findingLines(list, c.chosen, 23, c.rows); !slices.Equal(got, c.want) {
			t.Errorf("chosen %d in %d rows: %v, not %v", c.chosen, c.rows, got, c.want)
		}
	}
}

// TestInspectorOvertaken: when a backlog is longer than what is kept of the
// latest events, the inspector still has those that were done after it.
func TestInspectorOvertaken(t *testing.T) {
	f := frames(t)["overloaded"]
	s := NewScreen("x")
	x := s.families(f)[0]
	e2e, n := f.EndToEnd()
	if x.Ended < 0 || n < 100 || float64(x.took(f.At()))/1e9 < e2e.P50 {
		t.Errorf("the slowest that is kept took %d and ended at %d, the median of %d is %v", x.took(f.At()), x.Ended, n, e2e.P50)
	}
	seen := map[sim.EventID]bool{}
	for _, y := range f.Families {
		if seen[y.Root] {
			t.Fatalf("%v is kept twice", y.Root)
		}
		seen[y.Root] = true
	}
}

// TestGoalInHeader: the header says what is expected of completions, and whether
// those of late meet it.
func TestGoalInHeader(t *testing.T) {
	text := overloaded + "expect:\n  - flows.order.completion.p95 < "
	for _, c := range []struct{ bound, want string }{{"10s", "goal p95 < 10s ✗"}, {"100s", "goal p95 < 1m40s ✓"}} {
		f := FrameAt(load(t, text+c.bound+"\n"), sim.Options{}, 150*spec.Second)
		if head := NewScreen("x").Draw(f, 160, 36).Lines()[1]; !strings.Contains(head, c.want) {
			t.Errorf("%s: the header is %s", c.bound, head)
		}
	}
}

// TestAbout: what a scenario of the gallery is about, and what to look at, stands
// beside the run as long as nothing more urgent does; zoomed, in full.
func TestAbout(t *testing.T) {
	sc := builtin(t, "retry-storm")
	m := newModel(Options{
		Name: sc.Name, Scenario: sc, Pace: 1,
		Gallery: []Entry{{Name: "other", About: "no"}, {Name: sc.Name, About: sc.About, YAML: "name: retry-storm\n# Look at: the statistics\n# after the trigger\n\nduration: 8m\n"}},
	})
	if err := m.begin(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.close)
	m.w, m.h = 120, 36
	press(m, "space")
	m.settle(t)
	for _, zoom := range []int{0, 3} {
		m.screen.Zoom = zoom
		text := strings.Join(strings.Fields(m.grid().String()), " ")
		for _, want := range []string{"○ A minute of slowness", "Look"} {
			if !strings.Contains(text, want) {
				t.Errorf("zoom %d: the overview does not say %q:\n%s", zoom, want, m.grid())
			}
		}
		if zoom == 3 && !strings.Contains(text, "Look at: the statistics after the trigger") {
			t.Errorf("zoomed, it is not in full:\n%s", m.grid())
		}
	}
}
