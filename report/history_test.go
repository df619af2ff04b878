package report

import (
	"math"
	"testing"

	"eddy/sim"
)

// However long a line gets, what is kept is bounded, covers all of it and
// hides neither peaks nor the mean.
func TestHistoryIsBounded(t *testing.T) {
	for _, n := range []int{1, 2, mostBuckets, mostBuckets + 1, 12345} {
		h := &History{}
		sum := 0.0
		for i := range n {
			v := float64(i % 97)
			if i == n/2 {
				v = 1000
			}
			sum += v
			h.Add(Sample{At: int64(i), Component: "c", Metric: "m", Value: sim.Num(v)})
		}
		line := h.of("c", "m")
		if len(line.buckets) > mostBuckets || n >= mostBuckets && len(line.buckets) < mostBuckets/2 {
			t.Errorf("%d samples are %d buckets", n, len(line.buckets))
		}
		if got := line.peak().Value; got != 1000 {
			t.Errorf("the peak of %d is %g", n, got)
		}
		total, count := 0.0, 0
		for i, b := range line.buckets {
			total, count = total+b.sum, count+b.n
			if i > 0 && b.at <= line.buckets[i-1].at {
				t.Fatalf("bucket %d is at %d after %d", i, b.at, line.buckets[i-1].at)
			}
			if b.low > b.mean() || b.mean() > b.high {
				t.Errorf("low %g, mean %g, high %g", b.low, b.mean(), b.high)
			}
		}
		if count != n || math.Abs(total-sum) > 1e-6 {
			t.Errorf("%d of %d samples, sum %g of %g", count, n, total, sum)
		}
		if last := line.buckets[len(line.buckets)-1].at; last != int64(n-1) {
			t.Errorf("the last of %d is at %d", n, last)
		}
	}
}

func TestHistoryHasGaps(t *testing.T) {
	h := &History{}
	for i := range 10 {
		v := sim.Num(float64(i))
		if i >= 3 && i < 6 {
			v = sim.Number{}
		}
		h.Add(Sample{At: int64(i), Component: "c", Metric: "m", Value: v})
		h.Add(Sample{At: int64(i), Component: "c", Metric: "never"})
	}
	if got := h.of("c", "m").runs(); len(got) != 2 || len(got[0]) != 3 || len(got[1]) != 4 {
		t.Errorf("stretches %v", got)
	}
	if h.of("c", "never") != nil || h.of("d", "m") != nil {
		t.Error("there is a line of nothing")
	}
	absent, there := bucket{at: 1}, bucket{at: 2, low: -3, high: -1, sum: -4, n: 2}
	if got := absent.with(there); got != there {
		t.Errorf("%+v", got)
	}
}

func TestHistoryLeavesOutWhatThereIsNoRoomFor(t *testing.T) {
	h := &History{}
	for i := range mostTracks + 5 {
		h.Add(Sample{Component: "c" + string(rune('a'+i%26)) + string(rune('0'+i/26)), Metric: "m", Value: sim.Num(1)})
	}
	if len(h.tracks) != mostTracks || len(h.left) != 5 {
		t.Errorf("%d lines, %d left out", len(h.tracks), len(h.left))
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		top  float64
		unit sim.Unit
	}{
		{1, sim.UnitShare},
		{173, sim.UnitOne},
		{0.0034, sim.UnitSeconds},
		{1, sim.UnitOne},
		{134, sim.UnitSeconds},
		{4000, sim.UnitSeconds},
		{3e6, sim.UnitSeconds},
	} {
		got := ticksTo(c.top, c.unit)
		last := got[len(got)-1]
		if got[0] != 0 || len(got) < 2 || len(got) > 6 || last < c.top*0.999 || last > c.top*2.6 {
			t.Errorf("ticks to %g: %v", c.top, got)
		}
	}
	for text, want := range map[string]string{"1.50/s": "1.5/s", "50.0ms": "50ms", "100ms": "100ms", "2m24s": "2m24s", "10": "10", "0.5": "0.5", "1.00GiB": "1GiB"} {
		if got := tickText(text); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}
