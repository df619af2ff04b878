package measure

import "math/bits"

// Gauge follows a level that is a whole number, such as the events in a queue
// or their bytes, and its integral over simulated time. The zero value is a
// level of 0 since time 0. Levels and times are in 0…2^62; times never go
// back from call to call.
//
// The integral of a step function that is 0 before its first step is
// now·level − Σ timeᵢ·deltaᵢ. Keeping that sum, in two's complement, leaves
// nothing to look up when the level changes: no time of the last change.
type Gauge struct {
	level     int64
	max, min  int64
	paidHi    uint64 // −Σ timeᵢ·deltaᵢ since the start, as if all of the
	paidLo    uint64 // level at the start had come at that moment
	restarted int64  // ns: where the statistics begin
}

// Add changes the level by delta at time now (ns).
func (g *Gauge) Add(now, delta int64) {
	g.level += delta
	g.max = max(g.max, g.level)
	g.min = min(g.min, g.level)
	g.pay(now, delta)
}

// pay subtracts now·delta.
func (g *Gauge) pay(now, delta int64) {
	hi, lo := bits.Mul64(uint64(now), uint64(delta))
	hi -= uint64(now) & uint64(delta>>63) // what a negative delta counts 2^64 too much
	var borrow uint64
	g.paidLo, borrow = bits.Sub64(g.paidLo, lo, 0)
	g.paidHi, _ = bits.Sub64(g.paidHi, hi, borrow)
}

// Inc is Add(now, 1), quicker: most levels change by one.
func (g *Gauge) Inc(now int64) {
	g.level++
	g.max = max(g.max, g.level)
	var borrow uint64
	g.paidLo, borrow = bits.Sub64(g.paidLo, uint64(now), 0)
	g.paidHi -= borrow
}

// Dec is Add(now, -1), quicker.
func (g *Gauge) Dec(now int64) {
	g.level--
	g.min = min(g.min, g.level)
	var carry uint64
	g.paidLo, carry = bits.Add64(g.paidLo, uint64(now), 0)
	g.paidHi += carry
}

// Times is the gauge of a level that was always n times this one, n ≥ 0.
func (g *Gauge) Times(n int64) Gauge {
	hi, lo := bits.Mul64(g.paidLo, uint64(n))
	return Gauge{
		level: g.level * n, max: g.max * n, min: g.min * n,
		paidHi: hi + g.paidHi*uint64(n), paidLo: lo, restarted: g.restarted,
	}
}

// Set changes the level to level at time now (ns).
func (g *Gauge) Set(now, level int64) { g.Add(now, level-g.level) }

// Level is the present level.
func (g *Gauge) Level() int64 { return g.level }

// Max is the highest level since the start of the statistics. A level that
// lasts no time counts.
func (g *Gauge) Max() int64 { return g.max }

// Min is the lowest level since the start of the statistics. A level that
// lasts no time counts. Below 0 it is proof of a bug in what is measured.
func (g *Gauge) Min() int64 { return g.min }

// Restart begins the statistics anew at time now (ns): the integral is 0 and
// the highest and the lowest level are the present one, which stays.
func (g *Gauge) Restart(now int64) {
	g.max, g.min = g.level, g.level
	g.paidHi, g.paidLo = 0, 0
	g.pay(now, g.level)
	g.restarted = now
}

// Integral is ∫ level dt from the start of the statistics to now (ns), in
// level·ns, exact.
func (g *Gauge) Integral(now int64) U128 {
	return U128{g.paidHi, g.paidLo}.AddMul(uint64(now), uint64(g.level))
}

// Mean is the time average of the level from the start of the statistics to
// now (ns), rounded once; false when no time has passed.
func (g *Gauge) Mean(now int64) (float64, bool) {
	if now <= g.restarted {
		return 0, false
	}
	return g.Integral(now).Over(uint64(now - g.restarted)), true
}
