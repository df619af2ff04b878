package experiment

import (
	"math"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// batches are arrivals that come many at one instant: bursts, and the polls of
// an outbox.
type batches struct {
	each  float64 // batches a second
	size  float64 // mean number in one
	pairs float64 // mean of size × (size − 1): how many others there are beside one
	// spread is the squared coefficient of variation of the time between them.
	spread float64
	mixed  bool // of several kinds, which theory does not tell apart
}

func (b batches) rate() float64 { return float64(b.each * b.size) }

// part is what is left where each event goes this way with a chance.
func (b batches) part(p float64) batches {
	b.size = float64(b.size * p)
	b.pairs = float64(b.pairs * p * p)
	return b
}

// join adds others. Those of several kinds are one by their means.
func (b *batches) join(o batches) {
	switch {
	case o.each == 0:
	case b.each == 0:
		*b = o
	default:
		all := b.each + o.each
		b.size = (float64(b.each*b.size) + float64(o.each*o.size)) / all
		b.pairs = (float64(b.each*b.pairs) + float64(o.each*o.pairs)) / all
		b.each, b.spread, b.mixed = all, 1, true
	}
}

// bursts is a stream of bursts of one size.
func bursts(a *spec.Arrivals) stream {
	s := renewal(a.Gap, float64(a.Size))
	n := float64(a.Size)
	s.batches = batches{each: s.rate / n, size: n, pairs: float64(n * (n - 1)), spread: s.scv}
	// Even bursts that come like clockwork are bursts.
	s.scv = math.Max(s.scv, 1) * n
	return s
}

// polled is a producer's events as they leave its outbox: what came since the
// last poll, at once; no more than the polls can take.
func polled(made stream, p *spec.Producer) stream {
	poll := float64(p.Outbox.Poll) / 1e9
	n := float64(max(1, p.Instances))
	most := float64(p.Outbox.Batch)
	size := math.Min(most, made.rate*poll/n)
	if size <= 0 {
		return made
	}
	spread := 0.0
	if n > 1 {
		spread = 1
	}
	pairs := float64(size * size) // as of a Poisson number
	if made.rate*poll/n >= most {
		pairs = float64(most * (most - 1))
	}
	out := made
	out.poisson, out.evenSCV = false, 0
	out.rate = float64(size * n / poll)
	out.batches = batches{each: n / poll, size: size, pairs: pairs, spread: spread}
	if made.waits == Unsure {
		out.waits = Unsure
	}
	return out
}

// burstWait is what batches add to the mean wait of a line that gives so many a
// second to others, by the fluid limit: a batch is worked off at the speed that
// the others leave, who meet what is left of it, and one in a batch waits for
// half of it. It is false where a batch is not worked off before the next comes
// in time enough for that to be so.
//
// Source: Newell 1982, Applications of Queueing Theory, chapter 2; for the wait
// within a batch Burke 1975.
func (l line) burstWait(s *station) (float64, bool) {
	b := l.batches
	capacity := float64(l.servers) / s.hold
	others := max(0, l.rate-b.rate())
	spare := capacity - others
	if spare <= 0 {
		return 0, false
	}
	within := b.pairs / b.size / (2 * capacity) // of one in a batch: for those before it
	beside := b.size / float64(l.servers)
	if beside < 1 { // they do not fill the servers
		within *= beside
	}
	gone := b.size / spare // seconds
	gap := 1 / b.each
	// What others meet: the triangle under what is left of a batch.
	left := float64(b.pairs+b.size) / (2 * spare) * b.each
	mean := (float64(b.rate()*within) + float64(others*left/capacity)) / l.rate
	fits := 0.6
	if b.spread > 0.05 { // batches at random meet each other
		fits = 0.2
	}
	return mean, gone <= fits*gap && !b.mixed
}

// regularity is Krämer and Langenbach-Belz's correction of Allen and Cunneen's
// wait for gaps that are not exponential. Source: Krämer and Langenbach-Belz
// 1976, Approximate formulae for the delay in the queueing system GI/G/1.
func regularity(load, gapSCV, serviceSCV float64) float64 {
	switch {
	case gapSCV == 1 || load <= 0:
		return 1
	case gapSCV+serviceSCV <= 0:
		return 0
	case gapSCV < 1:
		d := 1 - gapSCV
		return luck.Exp(-2 * (1 - load) / (3 * load) * float64(d*d) / (gapSCV + serviceSCV))
	}
	return luck.Exp(-(1 - load) * (gapSCV - 1) / (gapSCV + float64(4*serviceSCV)))
}
