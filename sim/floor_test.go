package sim_test

import (
	"math"
	"math/bits"
	"testing"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/measure"
)

// The floor is workload W3 (see w3) written for nothing but W3: what the
// machine asks for the same events when no scenario has to be understood. It
// is the yardstick that the engine's speed is told by, so it may use whatever
// holds for W3 alone:
//
//   - there are never more than 17 pending entries: 12 workers, 4 producers and
//     the oldest backoff (they are all equally long, so they end in the order
//     in which they began);
//   - an entry is one word, the time above the place, so the earlier of two is
//     the smaller number and a choice without a branch;
//   - random numbers come from one cheap stream, an exponential from an integer
//     ziggurat, and the coin of failing from spare bits of the same draw;
//   - rings never hold more than 255 copies (the chance is below 10^-40).
//
// It does not use what is no longer a simulation of W3's parts: it keeps four
// producers although their sum is a Poisson process too, and each worker's own
// completion although the next of them is memoryless.
type floor struct {
	rng uint64

	keys  [32]uint64 // when the entry of each place is due, above the place
	first [4]uint64  // the earliest of each subscriber's workers, and of the producers
	held  [32]uint64 // the copy that each worker holds

	queues [floorSubs]floorQueue

	backoffs           [256]floorReturn
	backHead, backTail uint8
	oldest             uint64 // the key of the one that ends first

	buried int64 // copies that the undertaker was given
	stats  [floorSubs]floorStats
}

// Places: eight to a subscriber (four workers, and one that takes what finds
// no free worker and is never looked at), then the backoff, then the producers.
// At one instant a lower place goes first: completions, timers, arrivals.
const (
	floorSubs    = 3
	floorWorkers = 4
	floorBack    = 24
	floorSources = 28
	placeBits    = 5
	idle         = math.MaxUint64
)

// A copy is the instant of publication above its failing bit above the number
// of attempts before this one.
const (
	attemptBits  = 2
	attemptMask  = 1<<attemptBits - 1
	failsBit     = 1 << attemptBits
	publishedBit = attemptBits + 1
	floorBackoff = 100_000_000 // ns
)

// floorQueue is a subscription: what has never been delivered in the order of
// entry, and what came back, oldest first, which goes before it by its age.
type floorQueue struct {
	free       uint64 // bit w: worker w has nothing to do
	head, tail uint8
	returned   uint8
	ring       [256]uint64
	back       [256]uint64
}

type floorReturn struct{ key, copy, sub uint64 }

// floorStats are a subscriber's numbers; the histogram has 512 buckets to an
// octave, as the engine's.
type floorStats struct {
	attempts, failed, dead int64
	busy, sum              uint64 // ns
	peak                   uint8  // most copies waiting
	hist                   [55 * 512]uint32
}

func (s *floorStats) record(v uint64) {
	s.sum += v
	shift := uint(bits.Len64(v|512)) - 10
	s.hist[shift<<9+uint(v>>shift)]++
}

// floorGaps is an exponential distribution as a ziggurat of 256 layers
// (G. Marsaglia and W. W. Tsang, "The ziggurat method for generating random
// variables", 2000) in integers: layer i reaches to wide/2^6 ns.
type floorGaps struct {
	layer [256]struct{ inside, wide uint32 }
	fall  [256]float64 // the density at each layer's edge
	mean  float64      // ns
}

const (
	zigguratTail = 7.69711747013104972      // where the last layer ends
	zigguratArea = 0.0039496598225815571993 // of each layer
	zigguratBits = 6
)

var floorWork, floorGap = *newFloorGaps(2_500_000), *newFloorGaps(4_000_000)

func newFloorGaps(mean float64) *floorGaps {
	g := &floorGaps{mean: mean}
	wide := func(x float64) uint32 { return uint32(math.Round(x * mean * (1 << zigguratBits))) }
	inside := func(share float64) uint32 { return uint32(share * (1 << 32)) }
	edge, last := zigguratTail, zigguratTail
	base := zigguratArea / luck.Exp(-edge)
	g.layer[0].inside, g.layer[0].wide, g.fall[0] = inside(edge/base), wide(base), 1
	g.layer[255].wide, g.fall[255] = wide(edge), luck.Exp(-edge)
	for i := 254; i >= 1; i-- {
		edge = -luck.Log(zigguratArea/edge + luck.Exp(-edge))
		g.layer[i+1].inside = inside(edge / last)
		g.layer[i].wide, g.fall[i] = wide(edge), luck.Exp(-edge)
		last = edge
	}
	return g
}

// random is the next 64 bits of the stream (Wang Yi's wyrand).
func (f *floor) random() uint64 { return wyrand(&f.rng) }

func wyrand(state *uint64) uint64 {
	*state += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(*state, *state^0xe7037ed1a0b428db)
	return hi ^ lo
}

// A draw is 8 bits for the layer, 24 for the coin and 32 for the place in it.
const failsBelow = 1 << 24 / 10

// draw turns 64 random bits into nanoseconds; rare says that it could not.
func (g *floorGaps) draw(r uint64) (ns uint64, rare bool) {
	l := g.layer[uint8(r)]
	x := r >> 32
	return x * uint64(l.wide) >> (32 + zigguratBits), x >= uint64(l.inside)
}

// drawRare is a draw outside of its layer's safe part, about 1 in 50.
//
//go:noinline
func (g *floorGaps) drawRare(r uint64, state *uint64) uint64 {
	for {
		ns, rare := g.draw(r)
		if !rare {
			return ns
		}
		i := uint8(r)
		u := (float64(wyrand(state)>>12) + 0.5) * 0x1p-52
		if i == 0 {
			return uint64((zigguratTail - luck.Log(u)) * g.mean)
		}
		if g.fall[i]+u*(g.fall[i-1]-g.fall[i]) < luck.Exp(-float64(ns)/g.mean) {
			return ns
		}
		r = wyrand(state)
	}
}

func newFloor(seed uint64) *floor {
	f := &floor{rng: seed, oldest: idle}
	for i := range f.keys {
		f.keys[i] = idle
	}
	for i := range f.queues {
		f.queues[i].free = 1<<floorWorkers - 1
		f.first[i] = idle
	}
	for p := uint64(floorSources); p < floorSources+4; p++ {
		f.keys[p] = f.gap()<<placeBits | p
	}
	f.first[3] = f.earliest(floorSources)
	return f
}

// earliest is the first of the four entries from a place on.
func (f *floor) earliest(place uint64) uint64 {
	k := (*[4]uint64)(f.keys[place&31&^3:])
	return min(min(k[0], k[1]), min(k[2], k[3]))
}

// run lets everything happen up to an instant in ns, 0 … 2^58.
func (f *floor) run(until int64) {
	end := uint64(until)<<placeBits | 1<<placeBits - 1
	for {
		key := min(min(f.first[0], f.first[1]), min(f.first[2], f.first[3]), f.oldest)
		if key > end {
			return
		}
		now, place := key>>placeBits, key&(1<<placeBits-1)
		switch {
		case place < floorBack:
			f.completed(now, place)
		case place >= floorSources:
			f.arrived(now, place)
		default:
			f.backoffEnds(now)
		}
	}
}

// gap is the time to a producer's next event.
func (f *floor) gap() uint64 {
	r := f.random()
	ns, rare := floorGap.draw(r)
	if rare {
		return floorGap.drawRare(r, &f.rng)
	}
	return ns
}

// arrived is an event of the producer at a place: a copy to every subscriber.
func (f *floor) arrived(now, place uint64) {
	f.keys[place&31] = (now+f.gap())<<placeBits | place
	f.first[3] = f.earliest(floorSources)
	copy := now << publishedBit
	for s := range uint64(floorSubs) {
		q := &f.queues[s]
		// Without branches, as either is likely: a copy that finds every worker
		// busy stays in the ring, and the place that nobody looks at gets it.
		w := uint64(bits.TrailingZeros64(q.free | 1<<floorWorkers))
		waits := w / floorWorkers
		q.free &= q.free - 1
		q.ring[q.tail] = copy
		q.tail += uint8(waits)
		f.stats[s].peak = max(f.stats[s].peak, q.tail-q.head)
		key, held, work := f.begin(s<<3|w, now, copy)
		f.keys[s<<3|w], f.held[s<<3|w] = key, held
		f.stats[s].busy += work & (waits - 1)
		f.first[s] = f.earliest(s << 3)
	}
}

// completed is the end of an attempt; its worker takes the next copy.
func (f *floor) completed(now, place uint64) {
	s := place >> 3 & 3
	q, st := &f.queues[s], &f.stats[s]
	st.attempts++
	if copy := f.held[place&31]; copy&failsBit == 0 {
		st.record(now - copy>>publishedBit)
	} else {
		f.failed(now, s, copy&^failsBit)
	}
	copy := q.ring[q.head]
	var any uint64
	if q.head != q.tail {
		any = 1
	}
	if q.returned > 0 {
		copy, any = q.eldest(copy, any)
	} else {
		q.head += uint8(any)
	}
	key, held, work := f.begin(place, now, copy)
	if any == 0 {
		key = idle
	}
	f.keys[place&31], f.held[place&31] = key, held
	st.busy += work & -any
	q.free |= (any ^ 1) << (place & 7)
	f.first[s] = f.earliest(s << 3)
}

// begin is the key, the copy and the ns of an attempt that begins at a place.
func (f *floor) begin(place, now, copy uint64) (key, held, work uint64) {
	r := f.random()
	work, rare := floorWork.draw(r)
	if rare {
		work = floorWork.drawRare(r, &f.rng)
	}
	fails := (r>>8&(1<<24-1) - failsBelow) >> 63
	return (now+work)<<placeBits | place, copy | fails<<attemptBits, work
}

// failed makes a copy wait for its next attempt, or buries it after the last.
func (f *floor) failed(now, s, copy uint64) {
	f.stats[s].failed++
	if copy&attemptMask == attemptMask {
		f.stats[s].dead++
		f.buried++
		return
	}
	if f.backTail-f.backHead == 255 {
		panic("floor: too many copies back off")
	}
	f.backoffs[f.backTail] = floorReturn{(now+floorBackoff)<<placeBits | floorBack, copy + 1, s}
	f.backTail++
	f.oldest = f.backoffs[f.backHead].key
}

// backoffEnds gives the copy whose backoff is over to a worker, or back to its
// subscription.
func (f *floor) backoffEnds(now uint64) {
	r := f.backoffs[f.backHead]
	f.backHead++
	f.oldest = idle
	if f.backHead != f.backTail {
		f.oldest = f.backoffs[f.backHead].key
	}
	s := r.sub & 3
	q := &f.queues[s]
	if q.free == 0 {
		q.giveBack(r.copy)
		return
	}
	place := s<<3 | uint64(bits.TrailingZeros64(q.free))&3
	q.free &= q.free - 1
	key, held, work := f.begin(place, now, r.copy)
	f.keys[place&31], f.held[place&31] = key, held
	f.stats[s].busy += work
	f.first[s] = f.earliest(s << 3)
}

// giveBack puts a copy to its place among the returned, the eldest last.
func (q *floorQueue) giveBack(copy uint64) {
	i := int(q.returned)
	for ; i > 0 && q.back[i-1] < copy; i-- {
		q.back[i] = q.back[i-1]
	}
	q.back[i] = copy
	q.returned++
}

// eldest takes the copy that entered first, given the head of the ring, if any.
func (q *floorQueue) eldest(head, any uint64) (copy, one uint64) {
	if last := q.back[q.returned-1]; any == 0 || last < head {
		q.returned--
		return last, 1
	}
	q.head++
	return head, 1
}

// delivered is how many copies workers have been given and have done with.
func (f *floor) delivered() int64 {
	n := f.buried
	for i := range f.stats {
		n += f.stats[i].attempts
	}
	return n
}

// BenchmarkFloorW3 is what BenchmarkW3 is measured against.
func BenchmarkFloorW3(b *testing.B) {
	b.ReportAllocs()
	f := newFloor(1)
	f.run(10e9)
	start, deliveries := f.delivered(), int64(0)
	b.ResetTimer()
	for until := int64(10e9); deliveries < int64(b.N); {
		until += 1e8
		f.run(until)
		deliveries = f.delivered() - start
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(deliveries), "ns/delivery")
	f.checkRings(b)
}

// checkRings fails where a ring may have run over: its head meets its tail
// only by way of 255 waiting copies.
func (f *floor) checkRings(t testing.TB) {
	t.Helper()
	for i := range f.stats {
		if f.stats[i].peak > 200 {
			t.Fatalf("%d copies waited in a ring of 256", f.stats[i].peak)
		}
	}
}

// floorTotals are the numbers of all subscribers together.
type floorTotals struct {
	attempts, failed, dead, done float64
	utilisation, latency         float64 // latency in seconds
	median, p95                  float64
}

func (f *floor) totals(seconds float64) floorTotals {
	var t floorTotals
	var hist [len(f.stats[0].hist)]uint64
	for i := range f.stats {
		s := &f.stats[i]
		t.attempts += float64(s.attempts)
		t.failed += float64(s.failed)
		t.dead += float64(s.dead)
		t.utilisation += float64(s.busy) / 1e9 / seconds / floorWorkers / floorSubs
		t.latency += float64(s.sum) / 1e9
		for b, n := range s.hist {
			hist[b] += uint64(n)
		}
	}
	t.done = t.attempts - t.failed
	t.latency /= t.done
	quantile := func(p float64) float64 {
		left := p * t.done
		for b, n := range hist {
			if left -= float64(n); left <= 0 {
				return float64(measure.BucketMiddle(b)) / 1e9
			}
		}
		return math.NaN()
	}
	t.median, t.p95 = quantile(0.5), quantile(0.95)
	return t
}

func engineTotals(r *sim.Result) floorTotals {
	var t floorTotals
	for _, c := range r.Consumers[:floorSubs] {
		t.attempts += float64(c.Attempts)
		t.failed += float64(c.FailedAttempts)
		t.dead += float64(c.DeadLettered)
		t.done += float64(c.Done)
		t.utilisation += c.Utilisation.Value / floorSubs
		t.latency += c.Latency.Mean.Value / floorSubs
		t.median += c.Latency.P50.Value / floorSubs
		t.p95 += c.Latency.P95.Value / floorSubs
	}
	return t
}

// near fails where a number is further from the wanted one than a share of it.
func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	t.Logf("%s: %.6g, wanted %.6g (%+.2f %%)", what, got, want, 100*(got/want-1))
	if !(math.Abs(got-want) <= share*want) {
		t.Errorf("%s: %v, wanted %v within %v %%", what, got, want, 100*share)
	}
}

// TestFloorAgreesWithTheEngine sees to it that the yardstick simulates what the
// engine does. Allowed is about four standard errors of 200 s.
func TestFloorAgreesWithTheEngine(t *testing.T) {
	const seconds = 200
	f := newFloor(1)
	f.run(seconds * 1e9)
	f.checkRings(t)
	got, want := f.totals(seconds), engineTotals(run(t, w3(seconds), sim.Options{}))
	near(t, "attempts", got.attempts, want.attempts, 0.015)
	near(t, "utilisation", got.utilisation, want.utilisation, 0.02)
	near(t, "mean latency", got.latency, want.latency, 0.04)
	near(t, "median latency", got.median, want.median, 0.03)
	near(t, "95th percentile", got.p95, want.p95, 0.03)
	near(t, "attempts a copy", got.attempts/(got.done+got.dead), want.attempts/(want.done+want.dead), 0.004)
	near(t, "dead letters", got.dead, want.dead, 0.7) // 60 ± 8 each
}

// TestFloorAgreesWithTheory holds a longer run of the floor to what can be
// worked out: 1 + 0.1 + 0.01 + 0.001 attempts of 2.5 ms for each of 1,000
// copies a second on four workers, and a ten-thousandth of the copies dead.
func TestFloorAgreesWithTheory(t *testing.T) {
	const seconds = 4000
	f := newFloor(2)
	f.run(seconds * 1e9)
	f.checkRings(t)
	got := f.totals(seconds)
	copies := got.done + got.dead
	near(t, "copies", copies, floorSubs*1000*seconds, 0.002)
	near(t, "attempts a copy", got.attempts/copies, 1.111, 0.001)
	near(t, "utilisation", got.utilisation, 1.111*1000*2.5e-3/floorWorkers, 0.004)
	near(t, "dead share", got.dead/copies, 1e-4, 0.12) // 1,200 ± 35
}
