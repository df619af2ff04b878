package report

import "eddy/sim"

const (
	// mostBuckets is how many points of a line are kept, more than a chart
	// has pixels to tell apart.
	mostBuckets = 300
	// mostTracks is how many lines are kept, about 20 MB. Those of further
	// components are left out, and the report says so.
	mostTracks = 2000
)

// History keeps the samples of a run for the charts of a report, in bounded
// memory: when there are too many of a line, neighbours are put together, and
// their lowest, mean and highest value are kept.
type History struct {
	tracks []*track
	index  map[[2]string]*track
	left   map[string]bool // components that there was no room for
	end    int64           // ns
	warmup int64           // ns

	// Troubled are the times in which the timeline does something to the system.
	Troubled []Stretch
}

// bucket is some samples in a row; n is 0 where all were absent.
type bucket struct {
	at             int64 // ns, of the last
	low, high, sum float64
	n              int
}

func (b bucket) mean() float64 { return b.sum / float64(b.n) }

// with is both buckets in one; the other is the later.
func (b bucket) with(other bucket) bucket {
	both := bucket{other.at, min(b.low, other.low), max(b.high, other.high), b.sum + other.sum, b.n + other.n}
	switch {
	case b.n == 0:
		both.low, both.high = other.low, other.high
	case other.n == 0:
		both.low, both.high = b.low, b.high
	}
	return both
}

// track is one metric of one component.
type track struct {
	component, metric string
	buckets           []bucket
	per               int // samples a bucket
	filled            int // samples in the last bucket
}

// Add takes a sample. Those of one line come in the order of their time.
func (h *History) Add(s Sample) {
	if h.index == nil {
		h.index, h.left = map[[2]string]*track{}, map[string]bool{}
	}
	h.end = max(h.end, s.At)
	if t := h.track(s.Component, s.Metric); t != nil {
		t.add(&s)
	}
}

func (h *History) track(component, metric string) *track {
	key := [2]string{component, metric}
	t := h.index[key]
	if t == nil {
		if len(h.tracks) == mostTracks {
			h.left[component] = true
			return nil
		}
		t = &track{component: component, metric: metric, per: 1}
		h.index[key] = t
		h.tracks = append(h.tracks, t)
	}
	return t
}

func (t *track) add(s *Sample) {
	b := bucket{at: s.At}
	if s.Value.Valid {
		b = bucket{s.At, s.Value.Value, s.Value.Value, s.Value.Value, 1}
	}
	if t.filled < t.per && len(t.buckets) > 0 {
		last := &t.buckets[len(t.buckets)-1]
		*last = last.with(b)
		t.filled++
		return
	}
	if len(t.buckets) == mostBuckets {
		t.halve()
	}
	t.buckets = append(t.buckets, b)
	t.filled = 1
}

// halve puts each two neighbours together.
func (t *track) halve() {
	half := len(t.buckets) / 2
	for i := range half {
		t.buckets[i] = t.buckets[2*i].with(t.buckets[2*i+1])
	}
	t.buckets = t.buckets[:half]
	t.per *= 2
}

// peak is the highest value of the line, absent if it has none.
func (t *track) peak() sim.Number {
	var peak sim.Number
	for _, b := range t.buckets {
		if b.n > 0 && (!peak.Valid || b.high > peak.Value) {
			peak = sim.Num(b.high)
		}
	}
	return peak
}

// range3 is the lowest value of the line, its mean and its highest.
func (t *track) range3() (low, mean, high sim.Number) {
	sum, n := 0.0, 0
	for _, b := range t.buckets {
		if b.n == 0 {
			continue
		}
		if !low.Valid || b.low < low.Value {
			low = sim.Num(b.low)
		}
		if !high.Valid || b.high > high.Value {
			high = sim.Num(b.high)
		}
		sum, n = sum+b.sum, n+b.n
	}
	if n > 0 {
		mean = sim.Num(sum / float64(n))
	}
	return low, mean, high
}

// of is a line, nil if there is none with a value.
func (h *History) of(component, metric string) *track {
	if h == nil {
		return nil
	}
	t := h.index[[2]string{component, metric}]
	if t == nil || !t.peak().Valid {
		return nil
	}
	return t
}
