package tui

import (
	"fmt"
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// large is a scenario of about n components: chains of a producer, a queue and
// a consumer that emits into the next.
func large(n int) string {
	var p, ch, c strings.Builder
	for i := range n / 3 {
		fmt.Fprintf(&p, "  source-%d: {emits: e, to: queue-%d, rate: poisson(2/s)}\n", i, i)
		fmt.Fprintf(&ch, "    queue-%d: {type: queue}\n", i)
		if next := i + 1; next%5 != 0 && next < n/3 {
			fmt.Fprintf(&c, "  worker-%d:\n    from: queue-%d\n    handle:\n      - work: exp(5ms)\n      - {emit: f, to: queue-%d}\n", i, i, next)
		} else {
			fmt.Fprintf(&c, "  worker-%d: {from: queue-%d, work: exp(5ms)}\n", i, i)
		}
	}
	return "name: large\nduration: 1m\nproducers:\n" + p.String() + "broker:\n  channels:\n" + ch.String() + "consumers:\n" + c.String()
}

// TestBudget: 60 components, and 500, are laid out once, and after that a
// drawing does little: not more than a bound on what it allocates, which is the
// same on every machine. What it takes in time is for benchmarks.
func TestBudget(t *testing.T) {
	for _, c := range []struct {
		components  int
		first, next float64 // allocations
	}{{60, 15_000, 1_000}, {500, 40_000, 1_200}} {
		f := FrameAt(load(t, large(c.components)), sim.Options{}, 5*spec.Second)
		s := NewScreen("large")
		first := testing.AllocsPerRun(1, func() {
			s = NewScreen("large")
			s.Draw(f, 120, 36)
		})
		checkWidths(t, s.Draw(f, 120, 36), 120, 36)
		next := testing.AllocsPerRun(5, func() { s.Draw(f, 120, 36) })
		t.Logf("%d components: %.0f allocations at first, then %.0f", c.components, first, next)
		if first > c.first || next > c.next {
			t.Errorf("%d components: the first drawing allocates %.0f times, others %.0f times", c.components, first, next)
		}
		if s.layout.laid != 1 {
			t.Errorf("%d components: laid out %d times", c.components, s.layout.laid)
		}
		s.Draw(f, 140, 36)
		if s.layout.laid != 2 {
			t.Errorf("%d components: another size is not laid out anew", c.components)
		}
	}
}
