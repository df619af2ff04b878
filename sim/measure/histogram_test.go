package measure_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"eddy/sim/measure"
)

// duration draws durations of every length, the ends among them.
func duration() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Map(word(), func(w uint64) int64 { return int64(w >> 1) }),
		rapid.Int64Range(0, 2000),
		rapid.SampledFrom([]int64{0, 1, 1023, 1024, 1 << 62, math.MaxInt64}),
	)
}

func record(values ...int64) *measure.Histogram {
	h := new(measure.Histogram)
	for _, v := range values {
		h.Record(v)
	}
	return h
}

// within says whether got is v but for 0.1 %.
func within(got, v int64) bool {
	off := new(big.Int).Sub(big.NewInt(got), big.NewInt(v))
	return off.Abs(off).Mul(off, big.NewInt(1000)).Cmp(big.NewInt(v)) <= 0
}

// agrees compares everything a histogram says with what a sorted slice of
// the same values says.
func agrees(t rapid.TB, h *measure.Histogram, values []int64) {
	t.Helper()
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	sum, squares := new(big.Int), new(big.Int)
	for _, v := range sorted {
		sum.Add(sum, big.NewInt(v))
		squares.Add(squares, new(big.Int).Mul(big.NewInt(v), big.NewInt(v)))
	}
	if h.Count() != uint64(n) || exact(h.Sum()).Cmp(sum) != 0 {
		t.Fatalf("count %d, sum %v; want %d, %v", h.Count(), h.Sum().Big(), n, sum)
	}
	mean, ok := h.Mean()
	if ok != (n > 0) {
		t.Fatalf("mean ok = %v of %d", ok, n)
	}
	sd, sdOK := h.SD()
	if sdOK != (n > 1) {
		t.Fatalf("sd ok = %v of %d", sdOK, n)
	}
	if n == 0 {
		if _, ok := h.Quantile(1, 2); ok || h.Min() != 0 || h.Max() != 0 || h.CountFrom(0) != 0 {
			t.Fatal("an empty histogram says something")
		}
		return
	}
	if h.Min() != sorted[0] || h.Max() != sorted[n-1] {
		t.Fatalf("%d…%d, want %d…%d", h.Min(), h.Max(), sorted[0], sorted[n-1])
	}
	exactMean := new(big.Rat).SetFrac(sum, big.NewInt(int64(n)))
	if want, _ := exactMean.Float64(); mean != want {
		t.Fatalf("mean %v, want %v", mean, want)
	}
	if n > 1 {
		// Otherwise than in the code: the squares of the distances from the
		// exact mean, at 2000 bits.
		variance := new(big.Rat)
		for _, v := range sorted {
			d := new(big.Rat).Sub(new(big.Rat).SetInt64(v), exactMean)
			variance.Add(variance, d.Mul(d, d))
		}
		variance.Quo(variance, new(big.Rat).SetInt64(int64(n-1)))
		root := new(big.Float).SetPrec(2000).SetRat(variance)
		want, _ := root.Sqrt(root).Float64()
		if sd != want && sd != math.Nextafter(want, math.Inf(1)) && sd != math.Nextafter(want, 0) {
			t.Fatalf("sd %v, want %v", sd, want)
		}
	}
	for _, q := range [][2]uint64{{0, 1}, {1, 1000}, {1, 2}, {9, 10}, {19, 20}, {99, 100}, {999, 1000}, {1, 1}, {math.MaxUint64 - 1, math.MaxUint64}, {math.MaxUint64, math.MaxUint64}} {
		rank := new(big.Int).Mul(big.NewInt(int64(n)), new(big.Int).SetUint64(q[0]))
		den := new(big.Int).SetUint64(q[1])
		rank.Add(rank, den).Sub(rank, big.NewInt(1)).Quo(rank, den)
		want := sorted[max(rank.Int64(), 1)-1]
		got, ok := h.Quantile(q[0], q[1])
		if !ok || !within(got, want) || got < h.Min() || got > h.Max() {
			t.Fatalf("quantile %d/%d = %d (%v), want %d", q[0], q[1], got, ok, want)
		}
		bucket, ok := h.QuantileIndex(q[0], q[1])
		if !ok || bucket != h.Index(want) {
			t.Fatalf("quantile %d/%d in bucket %d (%v), want %d", q[0], q[1], bucket, ok, h.Index(want))
		}
		from := uint64(0)
		for _, v := range sorted {
			if h.Index(v) >= bucket {
				from++
			}
		}
		if got := h.CountFrom(bucket); got != from {
			t.Fatalf("%d from bucket %d on, want %d", got, bucket, from)
		}
	}
	if h.CountFrom(-1) != h.Count() || h.CountFrom(h.Index(h.Max())+1) != 0 || h.CountFrom(math.MaxInt) != 0 {
		t.Fatal("CountFrom beyond the ends")
	}
}

func TestHistogramAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(duration(), 0, 100).Draw(t, "values")
		agrees(t, record(values...), values)
	})
}

func TestHistogramAtSize(t *testing.T) {
	values := durations()
	agrees(t, record(values...), values)
}

func TestHistogramExtremes(t *testing.T) {
	for _, values := range [][]int64{
		{},
		{0},
		{0, 0},
		{1},
		{1 << 62},
		{math.MaxInt64},
		{math.MaxInt64, math.MaxInt64},
		{0, math.MaxInt64},
		{0, 1, 1 << 62, math.MaxInt64},
		slices.Repeat([]int64{math.MaxInt64}, 1000),
		slices.Repeat([]int64{math.MaxInt64, math.MaxInt64 - 1}, 1000), // sd ½, where floats see none
	} {
		agrees(t, record(values...), values)
	}
}

func TestQuantileOfNonsense(t *testing.T) {
	h := record(1, 2, 3)
	for _, q := range [][2]uint64{{1, 0}, {0, 0}, {2, 1}} {
		if _, ok := h.Quantile(q[0], q[1]); ok {
			t.Errorf("there is a quantile %d/%d", q[0], q[1])
		}
	}
}

// TestBuckets walks the edges of every bucket: they meet without a gap, the
// middle is inside, and nothing is more than 0.1 % from it.
func TestBuckets(t *testing.T) {
	var h measure.Histogram
	for bucket, low := 0, int64(0); bucket < measure.Buckets; bucket++ {
		high := int64(math.MaxInt64)
		if bucket+1 < measure.Buckets {
			// The next bucket begins above twice the distance to the middle.
			middle := measure.BucketMiddle(bucket)
			high = middle + (middle - low)
			if h.Index(high+1) == bucket {
				high++ // an even number of values has two middles
			}
		}
		middle := measure.BucketMiddle(bucket)
		for _, v := range []int64{low, middle, high} {
			if h.Index(v) != bucket {
				t.Fatalf("%d is in bucket %d, want %d (%d…%d)", v, h.Index(v), bucket, low, high)
			}
			if !within(middle, v) {
				t.Fatalf("%d is too far from %d in bucket %d", v, middle, bucket)
			}
		}
		if bucket < 1024 && (low != int64(bucket) || high != low) {
			t.Fatalf("bucket %d is %d…%d", bucket, low, high)
		}
		low = high + 1
		if bucket+1 < measure.Buckets && h.Index(low) != bucket+1 {
			t.Fatalf("%d is in bucket %d, want %d", low, h.Index(low), bucket+1)
		}
	}
}

func TestRecordReturnsTheBucket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h measure.Histogram
		v := duration().Draw(t, "v")
		if got := h.Record(v); got != h.Index(v) || h.CountFrom(got) != 1 || h.CountFrom(got+1) != 0 {
			t.Fatalf("%d was recorded in bucket %d, want %d", v, got, h.Index(v))
		}
	})
}

// TestHistogramMerge: parts merged in either order, and in either grouping,
// are the whole; the merged one is left alone.
func TestHistogramMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []int64 { return rapid.SliceOfN(duration(), 0, 30).Draw(t, name) }
		a, b, c := draw("a"), draw("b"), draw("c")
		all := slices.Concat(a, b, c)

		left := record(a...)
		left.Merge(record(b...))
		left.Merge(record(c...))
		agrees(t, left, all)

		tail := record(c...)
		tail.Merge(record(b...))
		right := record(a...)
		right.Merge(tail)
		agrees(t, right, all)
		agrees(t, tail, slices.Concat(b, c))

		right.Reset()
		agrees(t, right, nil)
		right.Merge(left)
		agrees(t, right, all)
	})
}

// TestCountsBeyond32Bits doubles a histogram until its counters have wrapped,
// beside a small one that is easy to see.
func TestCountsBeyond32Bits(t *testing.T) {
	h := record(5, 5, 5, 7_000_000)
	for range 40 {
		double := new(measure.Histogram)
		double.Merge(h)
		h.Merge(double)
	}
	const k = 1 << 40
	if h.Count() != 4*k || h.Sum().Cmp(measure.U128{}.AddMul(7_000_015, k)) != 0 {
		t.Errorf("count %d, sum %v", h.Count(), h.Sum().Big())
	}
	if got := h.CountFrom(6); got != k {
		t.Errorf("%d from bucket 6 on, want %d", got, uint64(k))
	}
	if got := h.CountFrom(0); got != 4*k {
		t.Errorf("%d in all, want %d", got, 4*uint64(k))
	}
	for _, q := range []struct{ num, want int64 }{{3 * k, 5}, {3*k + 1, measure.BucketMiddle(h.Index(7_000_000))}} {
		if got, _ := h.Quantile(uint64(q.num), 4*k); got != min(q.want, 7_000_000) {
			t.Errorf("the %d-th of 4·2^40 is %d, want %d", q.num, got, q.want)
		}
	}
	h.Reset()
	h.Record(5)
	agrees(t, h, []int64{5})
}

func TestNegativeDurationsPanic(t *testing.T) {
	for _, v := range []int64{-1, -1024, math.MinInt64} {
		var h measure.Histogram
		h.Record(3)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("recording %d did not panic", v)
				}
			}()
			h.Record(v)
		}()
		agrees(t, &h, []int64{3})
	}
}

func TestRecordingDoesNotAllocate(t *testing.T) {
	h := record(durations()...)
	var blame measure.Blame
	parts := [measure.Causes]int64{0: 1, 10: 2}
	values := durations()
	for _, v := range values {
		blame.Record(h.Index(v), &parts)
	}
	rng := rand.New(rand.NewPCG(7, 8))
	if n := testing.AllocsPerRun(1000, func() {
		v := values[rng.IntN(len(values))]
		blame.Record(h.Record(v), &parts)
	}); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
	h.Reset()
	blame.Reset()
	if n := testing.AllocsPerRun(10, func() {
		for _, v := range values[:1000] {
			blame.Record(h.Record(v), &parts)
		}
	}); n != 0 {
		t.Errorf("%v allocations after a reset", n)
	}
}

func ExampleHistogram() {
	var h measure.Histogram
	for _, ms := range []int64{1, 2, 3, 4, 100} {
		h.Record(ms * 1_000_000)
	}
	mean, _ := h.Mean()
	median, _ := h.Quantile(1, 2)
	fmt.Printf("%.0f %d\n", mean, median)
	// Output: 22000000 3000319
}

// TestRecordCarries brings a counter to 2^32 − 1 by doubling, and then one
// further by recording.
func TestRecordCarries(t *testing.T) {
	h := record(5)
	for range 31 { // n becomes 2n + 1
		double := new(measure.Histogram)
		double.Merge(h)
		h.Merge(double)
		h.Record(5)
	}
	if h.CountFrom(0) != 1<<32-1 {
		t.Fatalf("%d before", h.CountFrom(0))
	}
	for i := range uint64(3) {
		h.Record(5)
		if got := h.CountFrom(0); got != 1<<32+i || got != h.Count() {
			t.Fatalf("%d in buckets, %d counted, want %d", got, h.Count(), 1<<32+i)
		}
	}
}

// TestRecordZeros: many zeros at once are as good as one after another, and
// their counter wraps as that of any other value.
func TestRecordZeros(t *testing.T) {
	var one, many measure.Histogram
	many.RecordZeros(0)
	for _, v := range []int64{5, 0, 7, 0, 0} {
		one.Record(v)
		if v != 0 {
			many.Record(v)
		}
	}
	many.RecordZeros(3)
	if one.Count() != many.Count() || one.Min() != many.Min() || one.Max() != many.Max() || one.CountFrom(1) != many.CountFrom(1) {
		t.Fatalf("%d values from %d, %d", many.Count(), many.Min(), many.Max())
	}
	many.RecordZeros(1<<33 + 1<<32 - 2)
	if got, want := many.Count(), uint64(1<<33+1<<32+3); got != want || many.CountFrom(0) != want || many.CountFrom(1) != 2 {
		t.Errorf("%d values, %d in buckets, %d not 0, want %d", got, many.CountFrom(0), many.CountFrom(1), want)
	}
}
