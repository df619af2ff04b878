package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// TestBudget: the first drawing of 60 components, and of 500, comes soon, and
// every one after that, whose layout is known, fits into a frame. The bounds
// are far above what a machine of its own needs, since tests share theirs.
func TestBudget(t *testing.T) {
	for _, c := range []struct {
		components  int
		first, next time.Duration
	}{{60, 2 * time.Second, 30 * time.Millisecond}, {500, 10 * time.Second, 60 * time.Millisecond}} {
		f := FrameAt(load(t, large(c.components)), sim.Options{}, 5*spec.Second)
		s := NewScreen("large")
		start := time.Now()
		checkWidths(t, s.Draw(f, 120, 36), 120, 36)
		first := time.Since(start)
		best := time.Hour
		for range 10 {
			start = time.Now()
			s.Draw(f, 120, 36)
			best = min(best, time.Since(start))
		}
		t.Logf("%d components: first %v, then %v", c.components, first, best)
		if first > c.first || best > c.next {
			t.Errorf("%d components: the first drawing took %v, others %v", c.components, first, best)
		}
	}
}
