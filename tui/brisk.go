package tui

import (
	"math"
	"math/bits"
	"slices"
	"sync"

	"eddy/sim"
	"eddy/tui/draw"
)

// brisk is how a run is watched that goes as fast as it can: what the screen
// shows is taken from snapshots and from how long things took, and records come
// of few families, so that watching hardly slows the run down. What crosses an
// edge is counted, but not seen one by one: nobody could follow it.
type brisk struct {
	h     *history
	on    bool
	sieve sim.Sieve
	ended spread   // since the last sample
	done  []spread // by consumer, since the last sample
}

// briskly is how many families of a run are followed at most, about.
const briskly = 1024

func newBrisk(h *history) *brisk {
	b := &brisk{h: h, sieve: h.sieve, done: make([]spread, len(h.w.Spec.Consumers))}
	events := 0.0
	for i := range h.w.Spec.Producers {
		events += roughRate(&h.w.Spec.Producers[i]) * float64(h.w.Spec.Duration) / 1e9
	}
	for events /= float64(int64(1) << b.sieve); events > briskly && b.sieve < 62; events /= 2 {
		b.sieve++
	}
	return b
}

// Done is an effect at a consumer.
func (b *brisk) Done(consumer int, took int64) { b.done[consumer].add(took) }

// Ended is a family of which nothing was lost.
func (b *brisk) Ended(at, took int64) {
	b.ended.add(took)
	b.h.complete(Completion{At: at, Took: float64(took) / 1e9, Stands: 1})
}

// begin watches a run briskly from now on. Families that the sieve does not let
// through are not followed to their end.
func (b *brisk) begin(e *sim.Engine) {
	b.on = true
	e.Thin(b.sieve, b)
	h := b.h
	h.settle()
	for root, f := range h.alive {
		if !b.sieve.Takes(root) {
			f.Cut = true
			delete(h.alive, root)
		}
	}
	b.ended.take(&h.ended)
	for c := range b.done {
		b.done[c].take(&h.done[c])
	}
}

// end goes back to records of everything.
func (b *brisk) end(e *sim.Engine) {
	b.on = false
	e.Thin(0, nil)
	e.Snapshot(&b.h.snapshot)
	b.h.w.countEdges(&b.h.snapshot, b.h.edges)
	b.ended.give(&b.h.ended)
	for c := range b.done {
		b.done[c].give(&b.h.done[c])
	}
}

// sample takes a sample of the durations.
func (b *brisk) sample() {
	past := &b.h.past
	past.EndTo = append(past.EndTo, b.ended.band())
	b.ended.reset()
	for c := range b.done {
		past.Heats[c] = append(past.Heats[c], b.done[c].heat())
		past.By[c] = append(past.By[c], b.done[c].band())
		b.done[c].reset()
	}
}

// countEdges adds up the steps of a snapshot that edgeOf would have found to
// move along each edge.
func (w *World) countEdges(s *sim.Snapshot, edges []int64) {
	clear(edges)
	add := func(edge int, n int64) {
		if edge >= 0 {
			edges[edge] += n
		}
	}
	for i := range s.Producers {
		p := &s.Producers[i]
		add(w.published[p.Component], p.Sent)
		add(w.called[p.Component], p.Asked)
	}
	for i := range s.Stores {
		t := &s.Stores[i]
		add(w.enqueued[t.Component], t.In)
		add(w.leased[t.Component], t.Delivered)
		add(w.dead[t.Component], t.DeadLettered)
	}
	for i := range s.Consumers {
		c := &s.Consumers[i]
		add(w.started[c.Component], c.Attempts)
		add(w.called[c.Component], c.Asked)
	}
	for _, m := range s.Emissions {
		if edge, ok := w.emitted[[2]int32{m.Component, m.Type}]; ok {
			edges[edge] += m.Sent
		}
	}
}

// spread counts durations in buckets of 1/64 of an octave, so that a quantile
// of it is right within a per cent.
type spread struct {
	n         int
	low, high int // all buckets with something in them lie in low … high, unless n is 0
	counts    [buckets]uint32
}

const buckets = 58*64 + 64

// rowOfBucket is the row of a heat map that each bucket belongs to.
var rowOfBucket = sync.OnceValue(func() *[buckets]uint8 {
	var rows [buckets]uint8
	for i := range rows {
		rows[i] = uint8(heatRow(bucketSeconds(i)))
	}
	return &rows
})

func (s *spread) add(ns int64) {
	i := bucketOf(ns)
	if s.n == 0 {
		s.low, s.high = i, i
	}
	s.low, s.high = min(s.low, i), max(s.high, i)
	s.n++
	s.counts[i]++
}

// band is the quantiles of what was counted.
func (s *spread) band() draw.Band {
	return draw.Band{P50: s.quantile(0.5), P95: s.quantile(0.95), P99: s.quantile(0.99)}
}

// quantile is the bucket's middle, in seconds, of what at least a share q does
// not exceed; not a number when there is nothing.
func (s *spread) quantile(q float64) float64 {
	if s.n == 0 {
		return math.NaN()
	}
	left := int(math.Ceil(q * float64(s.n)))
	for i := s.low; i < s.high; i++ {
		if left -= int(s.counts[i]); left <= 0 {
			return bucketSeconds(i)
		}
	}
	return bucketSeconds(s.high)
}

// heat is the column of a heat map.
func (s *spread) heat() []float64 {
	column := make([]float64, heatRows)
	if s.n == 0 {
		return column
	}
	rows := rowOfBucket()
	for i := s.low; i <= s.high; i++ {
		column[rows[i]] += float64(s.counts[i])
	}
	return column
}

func (s *spread) reset() {
	if s.n > 0 {
		clear(s.counts[s.low : s.high+1])
		s.n = 0
	}
}

// take moves durations in seconds into the spread.
func (s *spread) take(list *[]float64) {
	for _, v := range *list {
		s.add(int64(v * 1e9))
	}
	*list = (*list)[:0]
}

// give moves the spread into a list of durations in seconds.
func (s *spread) give(list *[]float64) {
	if s.n > 0 {
		for i := s.low; i <= s.high; i++ {
			*list = append(*list, slices.Repeat([]float64{bucketSeconds(i)}, int(s.counts[i]))...)
		}
	}
	s.reset()
}

// bucketOf is the bucket of a duration: what is below 128 ns one each, then 64
// to the octave.
func bucketOf(ns int64) int {
	v := uint64(max(ns, 0))
	shift := bits.Len64(v|127) - 7
	return shift<<6 + int(v>>shift)
}

// bucketSeconds is the middle of a bucket.
func bucketSeconds(i int) float64 {
	shift := max(0, i>>6-1)
	low := uint64(i-shift<<6) << shift
	return (float64(low) + float64(uint64(1)<<shift-1)/2) / 1e9
}
