package measure

import "math/bits"

// CountFrom is the number of durations in bucket and all later ones.
func (h *Histogram) CountFrom(bucket int) uint64 {
	if h.count == 0 {
		return 0
	}
	bucket = max(bucket, 0)
	n := uint64(0)
	for i := h.lastPage(); i >= bucket>>pageBits; i-- {
		n += h.pageCount(i, max(bucket-i<<pageBits, 0))
	}
	return n
}

// QuantileIndex is the bucket of the ⌈n·num/den⌉-th smallest of the n
// durations, of the smallest where that is 0; false when there is none or
// num/den is not in 0…1.
func (h *Histogram) QuantileIndex(num, den uint64) (bucket int, ok bool) {
	if h.count == 0 || den == 0 || num > den {
		return 0, false
	}
	hi, lo := bits.Mul64(h.count, num)
	rank, rest := bits.Div64(hi, lo, den)
	if rest > 0 {
		rank++
	}
	// From above, since the quantiles people ask for are near the top.
	return h.fromAbove(h.count - max(rank, 1)), true
}

// Quantile is the ⌈n·num/den⌉-th smallest of the n durations in ns, within
// 0.1 %: the middle of its bucket, but never below the least nor above the
// greatest duration. It is false when there is none or num/den is not in
// 0…1.
func (h *Histogram) Quantile(num, den uint64) (int64, bool) {
	bucket, ok := h.QuantileIndex(num, den)
	if !ok {
		return 0, false
	}
	return min(max(BucketMiddle(bucket), h.Min()), h.Max()), true
}

// fromAbove is the bucket of the duration that exactly skip durations, fewer
// than there are, follow in order.
func (h *Histogram) fromAbove(skip uint64) int {
	i := h.lastPage()
	for {
		n := h.pageCount(i, 0)
		if skip < n {
			break
		}
		skip -= n
		i--
	}
	for j := pageSize - 1; ; j-- {
		n := h.bucketCount(i, j)
		if skip < n {
			return i<<pageBits + j
		}
		skip -= n
	}
}

// lastPage is the page of the greatest duration.
func (h *Histogram) lastPage() int { return int(bucketOf(h.max) >> pageBits) }

// pageCount is the number of durations in a page, from one of its buckets on.
func (h *Histogram) pageCount(i, from int) uint64 {
	n := uint64(0)
	if p := h.pages[i]; p != nil {
		for _, c := range p[from:] {
			n += uint64(c)
		}
	}
	if h.wraps != nil && h.wraps[i] != nil {
		for _, c := range h.wraps[i][from:] {
			n += uint64(c) << 32
		}
	}
	return n
}

// bucketCount is the number of durations in bucket j of page i.
func (h *Histogram) bucketCount(i, j int) uint64 {
	n := uint64(0)
	if p := h.pages[i]; p != nil {
		n = uint64(p[j])
	}
	if h.wraps != nil && h.wraps[i] != nil {
		n += uint64(h.wraps[i][j]) << 32
	}
	return n
}
