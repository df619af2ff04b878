package measure

import (
	"math"
	"math/big"
	"math/bits"
)

// Histogram is a distribution of durations in nanoseconds, 0 … 2^63−1: exact
// count, sum, sum of squares, least and greatest, and quantiles within 0.1 %.
// The zero value is empty. A page of 512 buckets (2 KiB) is allocated when
// the first value falls into it; after that, recording allocates nothing. A
// Histogram must not be copied once it has been used.
type Histogram struct {
	count   uint64
	sum     U128
	squares [3]uint64 // Σ v², low word first
	short   int64     // how far the least is below 2^63−1, so that 0 is a good start
	max     int64
	pages   pageTable
	wraps   *pageTable // how often each counter has wrapped; nil until one has
}

// Counters are of 32 bits because what they cost is the cache they fill.
type (
	page      [pageSize]uint32
	pageTable [pages]*page
)

// Record counts a duration of v ns and returns its bucket, see Index. It
// panics when v is negative.
func (h *Histogram) Record(v int64) (bucket int) {
	b := bucketOf(v) // of a negative v beyond all pages
	if b >= Buckets {
		panicNegative()
	}
	u := uint64(v)
	h.count++
	h.short = max(h.short, math.MaxInt64-v)
	h.max = max(h.max, v)
	// The upper words change so seldom that a branch, which is foreseen, is
	// quicker than carrying into them each time.
	if h.sum.Lo += u; h.sum.Lo < u {
		h.sum.Hi++
	}
	hi, lo := bits.Mul64(u, u)
	if h.squares[0] += lo; h.squares[0] < lo {
		hi++ // at most 2^62 before
	}
	if hi != 0 {
		h.addSquares(hi)
	}
	if p := h.pages[b>>pageBits]; p != nil {
		if n := p[b%pageSize] + 1; n != 0 {
			p[b%pageSize] = n
			return int(b)
		}
	}
	h.countRare(b)
	return int(b)
}

// RecordZeros counts n durations of 0 ns.
func (h *Histogram) RecordZeros(n uint64) {
	if n == 0 {
		return
	}
	h.count += n
	h.short = math.MaxInt64
	p := h.pages[0]
	if p == nil {
		p = h.pages.open(0)
	}
	before := p[0]
	p[0] += uint32(n)
	if p[0] < before {
		h.wrapped(0)
	}
	if n>>32 != 0 {
		h.wrappedTimes(0, uint32(n>>32))
	}
}

// addSquares adds to the upper words of the sum of squares.
func (h *Histogram) addSquares(hi uint64) {
	var carry uint64
	h.squares[1], carry = bits.Add64(h.squares[1], hi, 0)
	h.squares[2] += carry
}

// countRare counts in a bucket whose page is new or whose counter wraps. It is
// kept out of Record for the sake of the registers there.
//
//go:noinline
func (h *Histogram) countRare(bucket uint) {
	p := h.pages[bucket>>pageBits]
	if p == nil {
		p = h.pages.open(bucket >> pageBits)
	}
	p[bucket%pageSize]++
	if p[bucket%pageSize] == 0 {
		h.wrapped(bucket)
	}
}

func panicNegative() { panic("measure: a negative duration") }

// open allocates a page.
func (t *pageTable) open(i uint) *page {
	t[i] = new(page)
	return t[i]
}

// wrapped carries from a 32-bit counter.
func (h *Histogram) wrapped(bucket uint) { h.wrappedTimes(bucket, 1) }

func (h *Histogram) wrappedTimes(bucket uint, times uint32) {
	if h.wraps == nil {
		h.wraps = new(pageTable)
	}
	p := h.wraps[bucket>>pageBits]
	if p == nil {
		p = h.wraps.open(bucket >> pageBits)
	}
	p[bucket%pageSize] += times
}

// Index is the number of the bucket that v ≥ 0 falls into, 0 … Buckets−1. It
// never falls as v rises.
func (h *Histogram) Index(v int64) int { return int(bucketOf(v)) }

// Count is the number of durations recorded.
func (h *Histogram) Count() uint64 { return h.count }

// Sum is the sum of the durations in ns, exact.
func (h *Histogram) Sum() U128 { return h.sum }

// Min is the least duration in ns, exact; 0 when there is none.
func (h *Histogram) Min() int64 {
	if h.count == 0 {
		return 0
	}
	return math.MaxInt64 - h.short
}

// Max is the greatest duration in ns, exact; 0 when there is none.
func (h *Histogram) Max() int64 { return h.max }

// Mean is the arithmetic mean in ns, rounded once; false when there is none.
func (h *Histogram) Mean() (float64, bool) {
	if h.count == 0 {
		return 0, false
	}
	return h.sum.Over(h.count), true
}

// SD is the sample standard deviation in ns, √((n·Σv² − (Σv)²) / (n·(n−1))),
// with the integers exact, the quotient rounded and the root of it rounded;
// false below two durations.
func (h *Histogram) SD() (float64, bool) {
	if h.count < 2 {
		return 0, false
	}
	n := new(big.Int).SetUint64(h.count)
	squares := new(big.Int).SetUint64(h.squares[2])
	squares.Lsh(squares, 128).Or(squares, U128{h.squares[1], h.squares[0]}.Big())
	sum := h.sum.Big()
	spread := squares.Mul(squares, n)
	spread.Sub(spread, sum.Mul(sum, sum))
	pairs := new(big.Int).SetUint64(h.count - 1)
	variance, _ := new(big.Rat).SetFrac(spread, pairs.Mul(pairs, n)).Float64()
	return math.Sqrt(variance), true
}
