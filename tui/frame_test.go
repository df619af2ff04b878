package tui

import (
	"math"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// TestCompletions: the rate of completions is that of the arrivals in a system
// that keeps up, also where more end in a window than are kept.
func TestCompletions(t *testing.T) {
	for _, duration := range []string{"10m", "10h"} {
		sc := load(t, "name: x\nduration: "+duration+"\nproducers:\n  p: {emits: e, to: q, rate: poisson(100/s)}\nbroker: {channels: {q: {type: queue}}}\nconsumers:\n  c: {from: q, work: 1ms}\n")
		f := FrameAt(sc, sim.Options{}, 10*spec.Minute)
		if got := f.completions(); math.Abs(got-100) > 15 {
			t.Errorf("%s: %v completed a second, not about 100", duration, got)
		}
	}
}
