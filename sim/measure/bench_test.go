package measure_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"eddy/sim/measure"
)

// durations are exponential with a mean of 50 ms, drawn before the clock
// runs: they fall into some 4,000 buckets.
func durations() []int64 {
	rng := rand.New(rand.NewPCG(1, 2))
	out := make([]int64, 1<<16)
	for i := range out {
		out[i] = int64(-math.Log(1-rng.Float64()) * 50e6)
	}
	return out
}

func BenchmarkHistogramRecord(b *testing.B) {
	values := durations()
	var h measure.Histogram
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		h.Record(values[i&0xffff])
		i++
	}
}

func BenchmarkHistogramQuantiles(b *testing.B) {
	var h measure.Histogram
	for _, v := range durations() {
		h.Record(v)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, per1000 := range []uint64{500, 900, 950, 990, 999} {
			h.Quantile(per1000, 1000)
		}
	}
}

func BenchmarkGaugeAdd(b *testing.B) {
	var g measure.Gauge
	b.ReportAllocs()
	now := int64(0)
	for b.Loop() {
		now += 1000
		g.Add(now, 1-now>>10&1<<1)
	}
}

// BenchmarkBlameRecord gives queue, service and, to one in ten, a failed
// attempt and its backoff, as a work queue does.
func BenchmarkBlameRecord(b *testing.B) {
	values := durations()[:1<<12] // what is read must not be what is measured
	buckets := make([]int, len(values))
	parts := make([][measure.Causes]int64, len(values))
	sets := make([]uint, len(values))
	var h measure.Histogram
	rng := rand.New(rand.NewPCG(3, 4))
	for i, v := range values {
		buckets[i] = h.Index(v)
		parts[i] = [measure.Causes]int64{1: v / 2, 3: v - v/2}
		if rng.IntN(10) == 0 {
			parts[i][4], parts[i][5] = v, v
		}
		for cause, ns := range parts[i] {
			if ns != 0 {
				sets[i] |= 1 << cause
			}
		}
	}
	b.Run("search", func(b *testing.B) {
		var blame measure.Blame
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			blame.Record(buckets[i&0xfff], &parts[i&0xfff])
			i++
		}
	})
	b.Run("set", func(b *testing.B) {
		var blame measure.Blame
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			blame.RecordSet(buckets[i&0xfff], sets[i&0xfff], &parts[i&0xfff])
			i++
		}
	})
}
