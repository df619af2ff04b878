package measure

import (
	"math"
	"math/big"
	"math/bits"
)

// U128 is a whole number of 128 bits: sums of nanoseconds and integrals over
// them outgrow 64 bits within a simulated second of a large enough system.
// The zero value is 0, two are equal when == says so, and operations wrap
// modulo 2^128, so that a subtraction may pass below zero on the way to a
// result that does not.
type U128 struct{ Hi, Lo uint64 }

// Add is u + v.
func (u U128) Add(v U128) U128 {
	lo, carry := bits.Add64(u.Lo, v.Lo, 0)
	hi, _ := bits.Add64(u.Hi, v.Hi, carry)
	return U128{hi, lo}
}

// Add64 is u + v.
func (u U128) Add64(v uint64) U128 {
	lo, carry := bits.Add64(u.Lo, v, 0)
	return U128{u.Hi + carry, lo}
}

// AddMul is u + a·b.
func (u U128) AddMul(a, b uint64) U128 {
	hi, lo := bits.Mul64(a, b)
	return u.Add(U128{hi, lo})
}

// Sub is u − v.
func (u U128) Sub(v U128) U128 {
	lo, borrow := bits.Sub64(u.Lo, v.Lo, 0)
	hi, _ := bits.Sub64(u.Hi, v.Hi, borrow)
	return U128{hi, lo}
}

// Cmp is −1, 0 or 1 as u is less than, equal to or greater than v.
func (u U128) Cmp(v U128) int {
	switch {
	case u == v:
		return 0
	case u.Hi < v.Hi || u.Hi == v.Hi && u.Lo < v.Lo:
		return -1
	}
	return 1
}

// Big is u as a big.Int of its own.
func (u U128) Big() *big.Int {
	hi := new(big.Int).SetUint64(u.Hi)
	return hi.Lsh(hi, 64).Or(hi, new(big.Int).SetUint64(u.Lo))
}

// Float is the float64 nearest to u, ties to even.
func (u U128) Float() float64 {
	if u.Hi != 0 {
		return nearest(u.Hi, u.Lo, false, 64)
	}
	return nearest(u.Lo, 0, false, 0)
}

// Over is the float64 nearest to the exact quotient u/d, ties to even: one
// rounding, the same on every processor. It panics when d is 0.
func (u U128) Over(d uint64) float64 {
	// Long division to 128 bits before the binary point and 128 after it. A
	// quotient that is not 0 is at least 2^-64, which leaves at least 64 bits
	// of it, and whether anything follows them.
	above, r := u.Hi/d, u.Hi%d
	whole, r := bits.Div64(r, u.Lo, d)
	after, r := bits.Div64(r, 0, d)
	beyond, r := bits.Div64(r, 0, d)
	switch {
	case above != 0:
		return nearest(above, whole, after|beyond|r != 0, 64)
	case whole != 0:
		return nearest(whole, after, beyond|r != 0, 0)
	}
	return nearest(after, beyond, r != 0, -64)
}

// nearest is the float64 nearest to (high·2^64 + low + a bit)·2^(exponent−64),
// where more says whether there is that bit, between 0 and 1. It is put
// together from integers because conversions differ between processors.
func nearest(high, low uint64, more bool, exponent int) float64 {
	if high == 0 {
		return 0
	}
	zeros := bits.LeadingZeros64(high)
	top := high<<zeros | low>>(64-zeros)
	const spare = 64 - 53 // bits of top beyond a float64's
	rest := top << (64 - spare)
	if more || low<<zeros != 0 {
		rest |= 1
	}
	mantissa := top >> spare // with its leading 1, which counts one into the exponent
	word := uint64(exponent+63-zeros+1022)<<52 + mantissa
	const half = 1 << 63
	if rest > half || rest == half && mantissa&1 == 1 {
		word++
	}
	return math.Float64frombits(word)
}
