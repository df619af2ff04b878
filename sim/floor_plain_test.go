package sim_test

import (
	"testing"

	"eddy/sim/luck"
)

// The plain floor is W3 by hand in the way that one would write it without
// counting cycles: a heap of entries, a ring of copies for each subscriber, a
// draw for each question, an exponential as the logarithm of a uniform. It
// stands between the engine and the floor (see floor): what it takes more than
// the floor is the price of the plain way, what the engine takes more than it
// is the price of being general and of the measures.
type plainFloor struct {
	state   uint64
	now     int64
	entries []plainEntry // a heap of four children, the earliest first
	subs    [floorSubs]plainSub
	buried  int64
}

type plainKind uint8

const (
	plainArrival plainKind = iota
	plainCompletion
	plainReturn
)

type plainEntry struct {
	at   int64 // ns
	kind plainKind
	sub  uint8
	copy plainCopy
}

type plainCopy struct {
	published int64 // ns
	attempts  int32 // those begun
	fails     bool
}

// plainSub is a subscription and its workers: what never was delivered in the
// order of entry, and what came back, eldest last.
type plainSub struct {
	free       int
	ring       [1024]plainCopy
	head, tail uint
	back       []plainCopy
	floorStats
}

func newPlainFloor(seed uint64) *plainFloor {
	f := &plainFloor{state: seed}
	for i := range f.subs {
		f.subs[i].free = floorWorkers
	}
	for range 4 {
		f.push(plainEntry{at: f.exponential(4e6), kind: plainArrival})
	}
	return f
}

func (f *plainFloor) uniform() float64 {
	return (float64(wyrand(&f.state)>>12) + 0.5) * 0x1p-52
}

func (f *plainFloor) exponential(mean float64) int64 {
	return int64(-mean*luck.Log(f.uniform()) + 0.5)
}

func (f *plainFloor) push(e plainEntry) {
	f.entries = append(f.entries, e)
	i := len(f.entries) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if f.entries[parent].at <= e.at {
			break
		}
		f.entries[i] = f.entries[parent]
		i = parent
	}
	f.entries[i] = e
}

func (f *plainFloor) pop() plainEntry {
	top := f.entries[0]
	n := len(f.entries) - 1
	last := f.entries[n]
	f.entries = f.entries[:n]
	i := 0
	for 4*i+1 < n {
		least := 4*i + 1
		for c := least + 1; c < min(4*i+5, n); c++ {
			if f.entries[c].at < f.entries[least].at {
				least = c
			}
		}
		if last.at <= f.entries[least].at {
			break
		}
		f.entries[i] = f.entries[least]
		i = least
	}
	if n > 0 {
		f.entries[i] = last
	}
	return top
}

func (f *plainFloor) run(until int64) {
	for f.entries[0].at <= until {
		e := f.pop()
		f.now = e.at
		switch e.kind {
		case plainArrival:
			f.push(plainEntry{at: f.now + f.exponential(4e6), kind: plainArrival})
			for s := range f.subs {
				f.offer(uint8(s), plainCopy{published: f.now})
			}
		case plainCompletion:
			f.completed(e.sub, e.copy)
		case plainReturn:
			f.offer(e.sub, e.copy)
		}
	}
}

// offer gives a copy to a free worker or keeps it.
func (f *plainFloor) offer(sub uint8, c plainCopy) {
	s := &f.subs[sub]
	switch {
	case s.free > 0:
		s.free--
		f.begin(sub, c)
	case c.attempts > 0:
		s.giveBack(c)
	default:
		if s.tail-s.head == uint(len(s.ring)) {
			panic("floor: a ring is full")
		}
		s.ring[s.tail%uint(len(s.ring))] = c
		s.tail++
	}
}

func (f *plainFloor) begin(sub uint8, c plainCopy) {
	work := f.exponential(2.5e6)
	c.attempts++
	c.fails = f.uniform() < 0.1
	f.subs[sub].busy += uint64(work)
	f.push(plainEntry{at: f.now + work, kind: plainCompletion, sub: sub, copy: c})
}

func (f *plainFloor) completed(sub uint8, c plainCopy) {
	s := &f.subs[sub]
	s.attempts++
	switch {
	case !c.fails:
		s.record(uint64(f.now - c.published))
	case c.attempts == 4:
		s.failed++
		s.dead++
		f.buried++
	default:
		s.failed++
		f.push(plainEntry{at: f.now + floorBackoff, kind: plainReturn, sub: sub, copy: c})
	}
	if next, any := s.next(); any {
		f.begin(sub, next)
		return
	}
	s.free++
}

func (s *plainSub) giveBack(c plainCopy) {
	s.back = append(s.back, c)
	i := len(s.back) - 1
	for ; i > 0 && s.back[i-1].published < c.published; i-- {
		s.back[i] = s.back[i-1]
	}
	s.back[i] = c
}

// next takes the copy that entered first, if there is one.
func (s *plainSub) next() (c plainCopy, any bool) {
	n := len(s.back)
	waiting := s.head != s.tail
	first := &s.ring[s.head%uint(len(s.ring))]
	switch {
	case n > 0 && (!waiting || s.back[n-1].published < first.published):
		c = s.back[n-1]
		s.back = s.back[:n-1]
	case waiting:
		c = *first
		s.head++
	default:
		return c, false
	}
	return c, true
}

func (f *plainFloor) delivered() int64 {
	n := f.buried
	for i := range f.subs {
		n += f.subs[i].attempts
	}
	return n
}

// BenchmarkFloorW3Plain stands between BenchmarkW3 and BenchmarkFloorW3.
func BenchmarkFloorW3Plain(b *testing.B) {
	b.ReportAllocs()
	f := newPlainFloor(1)
	f.run(10e9)
	start, deliveries := f.delivered(), int64(0)
	b.ResetTimer()
	for until := int64(10e9); deliveries < int64(b.N); {
		until += 1e8
		f.run(until)
		deliveries = f.delivered() - start
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(deliveries), "ns/delivery")
}

// TestPlainFloorAgreesWithTheFloor holds one floor to the other over 1,000 s.
func TestPlainFloorAgreesWithTheFloor(t *testing.T) {
	const seconds = 1000
	f, p := newFloor(3), newPlainFloor(4)
	f.run(seconds * 1e9)
	p.run(seconds * 1e9)
	f.checkRings(t)
	var same floor
	for i := range p.subs {
		same.stats[i] = p.subs[i].floorStats
	}
	got, want := same.totals(seconds), f.totals(seconds)
	near(t, "attempts", got.attempts, want.attempts, 0.006)
	near(t, "utilisation", got.utilisation, want.utilisation, 0.008)
	near(t, "mean latency", got.latency, want.latency, 0.015)
	near(t, "median latency", got.median, want.median, 0.012)
	near(t, "95th percentile", got.p95, want.p95, 0.01)
	near(t, "attempts a copy", got.attempts/(got.done+got.dead), want.attempts/(want.done+want.dead), 0.002)
	near(t, "dead letters", got.dead, want.dead, 0.3) // 300 ± 17 each
}
