package measure

import "math/bits"

// Merge adds what o has recorded, as if it had been recorded here: merging
// parts gives the same as recording the whole, in whatever order. o, which
// must be another, stays as it is.
func (h *Histogram) Merge(o *Histogram) {
	for i, from := range o.pages {
		if from != nil {
			h.mergePage(uint(i), from)
		}
	}
	if o.wraps != nil {
		h.mergeWraps(o.wraps)
	}
	h.count += o.count
	h.short = max(h.short, o.short)
	h.max = max(h.max, o.max)
	h.sum = h.sum.Add(o.sum)
	var carry uint64
	for i, s := range o.squares {
		h.squares[i], carry = bits.Add64(h.squares[i], s, carry)
	}
}

// mergePage adds the low halves of the counts of a page.
func (h *Histogram) mergePage(i uint, from *page) {
	p := h.pages[i]
	if p == nil {
		p = h.pages.open(i)
	}
	for j, n := range from {
		p[j] += n
		if p[j] < n {
			h.wrapped(i<<pageBits + uint(j))
		}
	}
}

// mergeWraps adds the high halves of the counts.
func (h *Histogram) mergeWraps(from *pageTable) {
	if h.wraps == nil {
		h.wraps = new(pageTable)
	}
	for i, p := range from {
		if p == nil {
			continue
		}
		if h.wraps[i] == nil {
			h.wraps.open(uint(i))
		}
		for j, n := range p {
			h.wraps[i][j] += n
		}
	}
}

// Reset forgets what was recorded and keeps the memory.
func (h *Histogram) Reset() {
	h.pages.clear()
	if h.wraps != nil {
		h.wraps.clear()
	}
	h.count, h.short, h.max = 0, 0, 0
	h.sum, h.squares = U128{}, [3]uint64{}
}

func (t *pageTable) clear() {
	for _, p := range t {
		if p != nil {
			*p = page{}
		}
	}
}
