package luck

import "math"

// Exp reduces x to (128·n + i)·log 2/128 + r, |r| ≤ log 2/256, and returns
// 2^n · 2^(i/128) · exp(r) with the middle factor from a table and a short
// series for the last (P. Tang, ACM TOMS 15, 1989).
const (
	expTableBits = 7
	expTableSize = 1 << expTableBits

	expInvStep = 0x1.71547652b82fep0 * expTableSize    // 128 / log 2
	expStepHi  = 0x1.62e42fefap-1 / expTableSize       // log 2 / 128 with 35 bits: its product with the step number is exact
	expStepLo  = 0x1.cf79abc9e3b398p-40 / expTableSize // and the rest
	roundShift = 0x1.8p52                              // adding and subtracting it rounds to the nearest whole number

	expOverflow  = 0x1.62e42fefa39efp9  // log of the largest float64
	expUnderflow = -0x1.74910d52d3051p9 // log of half the smallest
)

// expEntry is 2^(i/128) = value·(1 + tail).
type expEntry struct{ value, tail float64 }

// expReduce returns the table's entry, the exponent n and exp(r)·(1 + tail) - 1
// for x + xlo.
func expReduce(x, xlo float64) (value float64, n int64, tmp float64) {
	shifted := float64(x*expInvStep) + roundShift
	step := shifted - roundShift
	j := int64(step)
	r := (x - float64(step*expStepHi)) - float64(step*expStepLo)
	r += xlo
	e := &expTable[j&(expTableSize-1)]
	r2 := float64(r * r)
	p := (1.0/2 + float64(r*(1.0/6))) + float64(r2*(1.0/24+float64(r*(1.0/120))))
	return e.value, j >> expTableBits, e.tail + (r + float64(r2*p))
}

// Exp returns e^x, within 0.53 ulp where the result is a normal number. Above
// 709.78 it is +Inf, below -745.13 it is 0.
func Exp(x float64) float64 { return expSum(x, 0) }

// expSum returns e^(x + xlo) for an xlo that is small beside x.
func expSum(x, xlo float64) float64 {
	switch {
	case x > expOverflow:
		return math.Inf(1)
	case x < expUnderflow:
		return 0
	case x != x:
		return x
	}
	value, n, tmp := expReduce(x, xlo)
	if n > -1022 && n < 1023 {
		scale := math.Float64frombits(math.Float64bits(value) + uint64(n)<<52)
		return scale + float64(scale*tmp)
	}
	// Near the ends the power of two is applied in two steps.
	half := n / 2
	y := (value + float64(value*tmp)) * pow2(half)
	return y * pow2(n-half)
}

// pow2 returns 2^n for |n| ≤ 1022.
func pow2(n int64) float64 { return math.Float64frombits(uint64(n+1023) << 52) }

// Expm1 returns e^x - 1, within 2 ulp, also for tiny x.
func Expm1(x float64) float64 {
	switch {
	case x > 700:
		return Exp(x) - 1
	case x < -50:
		return -1
	case x > -0x1p-54 && x < 0x1p-54, x != x:
		return x
	}
	value, n, tmp := expReduce(x, 0)
	scale := float64(value * pow2(n))
	return (scale - 1) + float64(scale*tmp)
}

// Pow returns x^y for x ≥ 0, within 1 ulp where the result is a normal number.
// Pow(x, 0) = 1, Pow(0, y) is 0 or +Inf by the sign of y; a negative x gives NaN.
func Pow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case x != x || y != y || x < 0:
		return math.NaN()
	case x == 0 || x > math.MaxFloat64:
		if (x == 0) == (y > 0) {
			return 0
		}
		return math.Inf(1)
	case y > 0x1p66 || y < -0x1p66: // also the infinities
		if (x > 1) == (y > 0) {
			return math.Inf(1)
		}
		return 0
	}
	hi, lo := log2sum(x)
	p, plo := twoProd(hi, y)
	return expSum(p, plo+float64(lo*y))
}
