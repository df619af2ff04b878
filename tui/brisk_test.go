package tui

import (
	"math"
	"slices"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
)

// played is the frame of a scenario at a moment, reached at a pace.
func played(sc *spec.Scenario, pace float64, at int64) (*driver, *Frame) {
	d := newDriver(sc, sim.Options{}, pace)
	d.to(at)
	d.paused = true
	d.publish(true)
	return d, d.latest.Load()
}

// TestBriskSeesTheSame: a run as fast as it goes shows what a slow one does:
// the same counts and levels at every sample, and quantiles within the width of
// a bucket.
func TestBriskSeesTheSame(t *testing.T) {
	for _, name := range []string{"order-fulfilment", "content-routing", "sync-vs-events", "stream-partitions", "poison-event", "autoscale-on-lag", "rebalance"} {
		t.Run(name, func(t *testing.T) {
			sc := builtin(t, name)
			at := min(sc.Duration, 90*spec.Second)
			_, slow := played(sc, 1, at)
			d, fast := played(sc, 0, at)
			if !d.history.brisk.on {
				t.Fatal("the fast run was not watched briskly")
			}
			if !slices.Equal(fast.Edges, slow.Edges) {
				t.Errorf("edges: %v, slow %v", fast.Edges, slow.Edges)
			}
			if !slices.Equal(fast.Points, slow.Points) || !slices.Equal(fast.Past.Levels, slow.Past.Levels) {
				t.Error("levels differ")
			}
			for e := range slow.Past.Edges {
				if !slices.Equal(fast.Past.Edges[e], slow.Past.Edges[e]) {
					t.Errorf("the samples of edge %d differ", e)
				}
			}
			for c := range slow.Past.By {
				sameBands(t, fast.Past.By[c], slow.Past.By[c], 0.01)
				for i, column := range slow.Past.Heats[c] {
					if total(fast.Past.Heats[c][i]) != total(column) {
						t.Fatalf("consumer %d, sample %d: %v effects, slow %v", c, i, total(fast.Past.Heats[c][i]), total(column))
					}
				}
			}
			if d.history.sieve == 0 {
				// A family is over when its store has heard of it, not when its work
				// is done: an answer's way later.
				got, want := meanMedian(fast.Past.EndTo), meanMedian(slow.Past.EndTo)
				if !(math.Abs(got-want) <= 0.01*want+2e-3) {
					t.Errorf("families take %v s, slow %v", got, want)
				}
			}
			if got, want := fast.completions(), slow.completions(); math.Abs(got-want) > 0.1*want {
				t.Errorf("%v completions a second, slow %v", got, want)
			}
		})
	}
}

// meanMedian is the mean of the samples' medians.
func meanMedian(bands []draw.Band) float64 {
	sum, n := 0.0, 0.0
	for _, b := range bands {
		if !math.IsNaN(b.P50) {
			sum, n = sum+b.P50, n+1
		}
	}
	return sum / n
}

func total(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

func sameBands(t *testing.T, got, want []draw.Band, share float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d samples, not %d", len(got), len(want))
	}
	near := func(a, b float64) bool {
		return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= share*b+1e-9
	}
	for i := range want {
		if !near(got[i].P50, want[i].P50) || !near(got[i].P95, want[i].P95) || !near(got[i].P99, want[i].P99) {
			t.Fatalf("sample %d: %v, not %v", i, got[i], want[i])
		}
	}
}

// TestPaceChanges: a run that is slow, fast and slow again counts as one that
// always was slow, and its families are whole or said to be cut.
func TestPaceChanges(t *testing.T) {
	sc := builtin(t, "order-fulfilment")
	d := newDriver(sc, sim.Options{}, 1)
	for i, until := range []int64{10_300, 20_700, 31_100, 45_500, 60_000} {
		d.pace = float64((i + 1) % 2)
		d.to(until * spec.Millisecond)
		if brisk := i%2 == 1; d.history.brisk.on != brisk {
			t.Fatalf("at pace %v the run is watched briskly: %v", d.pace, d.history.brisk.on)
		}
	}
	d.paused = true
	d.publish(true)
	got := d.latest.Load()
	_, want := played(sc, 1, 60*spec.Second)
	if !slices.Equal(got.Edges, want.Edges) {
		t.Errorf("edges: %v, not %v", got.Edges, want.Edges)
	}
	for c := range want.Past.By {
		sameBands(t, got.Past.By[c], want.Past.By[c], 0.01)
	}
	for _, f := range got.Families {
		if f.Ended < 0 && !f.Cut && d.history.alive[f.Root] == nil {
			t.Errorf("family %v is neither followed nor over nor said to be cut", f.Root)
		}
	}
}

// TestBuckets: every duration is within a hundredth of its bucket's middle, and
// buckets go up with durations.
func TestBuckets(t *testing.T) {
	last := -1
	for ns := int64(0); ns >= 0 && ns < math.MaxInt64/2; ns += max(1, ns/1000) {
		i := bucketOf(ns)
		if i < last {
			t.Fatalf("%d ns falls into bucket %d, below %d", ns, i, last)
		}
		last = i
		if middle := bucketSeconds(i) * 1e9; math.Abs(middle-float64(ns)) > 0.01*float64(ns) {
			t.Fatalf("the middle of the bucket of %d ns is %v", ns, middle)
		}
	}
	var s spread
	s.add(math.MaxInt64)
	s.add(-1)
	if s.n != 2 || s.low != 0 || s.high >= len(s.counts) {
		t.Errorf("%d in buckets %d … %d", s.n, s.low, s.high)
	}
}
