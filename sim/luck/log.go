package luck

import "math"

// Log reduces x to 2^k · z with z in about [0.68, 1.37), takes from a table a
// 20-bit approximation of 1/z, and adds a short series for what is left:
// log x = k·log 2 + log c + log(1+r) with r = z/c - 1, |r| ≤ 2^-8. The idea of
// the table is P. Tang's (ACM TOMS 16, 1990); splitting z in two makes r exact
// without a fused multiply-add. The table's entry around z = 1 is exactly 1
// and log 1 = 0, which keeps the result accurate near the zero of log.
const (
	logTableBits = 7
	logTableSize = 1 << logTableBits
	logOffset    = 0x3fe6000000000000 - 1<<(51-logTableBits) // bits of the lower end of z

	ln2Hi = 0x1.62e42fefa38p-1   // log 2 to 2^-42, so that k·ln2Hi is exact
	ln2Lo = 0x1.ef35793c7673p-45 // and the rest
	zHigh = 1<<64 - 1<<27        // the upper 26 bits of a significand

	minNormal = 0x1p-1022
)

// logEntry belongs to one interval of z: inv ≈ 1/z with 20 bits, and
// -log(inv) = hi + lo with hi a multiple of 2^-42.
type logEntry struct{ inv, hi, lo float64 }

// logReduce returns k and the table's index of a positive normal number, and z
// in two parts so short that their products with inv are exact.
func logReduce(bits uint64) (k float64, entry *logEntry, zhi, zlo float64) {
	tmp := bits - logOffset
	entry = &logTable[tmp>>(52-logTableBits)&(logTableSize-1)]
	k = float64(int64(tmp) >> 52)
	zbits := bits - tmp&(0xfff<<52)
	zhi = math.Float64frombits(zbits & zHigh)
	zlo = math.Float64frombits(zbits) - zhi
	return k, entry, zhi, zlo
}

// Log returns the natural logarithm of x, within 0.65 ulp. Log(0) = -Inf,
// Log(+Inf) = +Inf, Log(x < 0) = NaN.
func Log(x float64) float64 {
	bits := math.Float64bits(x)
	scale := 0.0
	if bits-0x0010000000000000 >= 0x7ff0000000000000-0x0010000000000000 {
		if !(x > 0) || x > math.MaxFloat64 {
			return logSpecial(x)
		}
		bits = math.Float64bits(x * 0x1p52)
		scale = 52
	}
	k, e, zhi, zlo := logReduce(bits)
	k -= scale
	r := (float64(zhi*e.inv) - 1) + float64(zlo*e.inv)
	w := float64(k*ln2Hi) + e.hi
	hi := w + r
	lo := ((w - hi) + r) + (float64(k*ln2Lo) + e.lo)
	r2 := float64(r * r)
	p := -1.0/6 + float64(r*(1.0/7))
	p = (-1.0/4 + float64(r*(1.0/5))) + float64(r2*p)
	p = (-1.0/2 + float64(r*(1.0/3))) + float64(r2*p)
	return hi + (lo + float64(r2*p))
}

func logSpecial(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case x > 0:
		return x
	}
	return math.NaN()
}

// log2sum returns log x for a positive finite x as a sum hi + lo, good to
// about 2^-67 of its value.
func log2sum(x float64) (hi, lo float64) {
	scale := 0.0
	if x < minNormal {
		x *= 0x1p52
		scale = 52
	}
	k, e, zhi, zlo := logReduce(math.Float64bits(x))
	k -= scale
	r, rlo := twoSum(float64(zhi*e.inv)-1, float64(zlo*e.inv))
	w := float64(k*ln2Hi) + e.hi
	hi = w + r
	lo = ((w - hi) + r) + (rlo + (float64(k*ln2Lo) + e.lo))
	// - r²/2, with the error of the square and the cross term.
	sq, sqlo := twoProd(r, r)
	half := float64(-0.5 * sq)
	s := hi + half
	lo += ((hi - s) + half) - (float64(0.5*sqlo) + float64(r*rlo))
	p := -1.0/8 + float64(r*(1.0/9))
	p = (-1.0/6 + float64(r*(1.0/7))) + float64(sq*p)
	p = (-1.0/4 + float64(r*(1.0/5))) + float64(sq*p)
	lo += float64(float64(r*sq) * (1.0/3 + float64(r*p)))
	return fastTwoSum(s, lo)
}

// Log1p returns log(1+x), within 2 ulp, also for tiny x. Log1p(-1) = -Inf,
// Log1p(x < -1) = NaN.
func Log1p(x float64) float64 {
	if !(x > -1) || x > math.MaxFloat64 {
		return logSpecial(1 + x)
	}
	u, err := twoSum(1, x)
	if u == 1 {
		return x
	}
	return Log(u) + err/u
}

// twoSum returns a + b rounded, and the rounding error, exactly (D. Knuth).
func twoSum(a, b float64) (sum, err float64) {
	sum = a + b
	t := sum - a
	return sum, (a - (sum - t)) + (b - t)
}

// fastTwoSum is twoSum for |a| ≥ |b| (T. Dekker).
func fastTwoSum(a, b float64) (sum, err float64) {
	sum = a + b
	return sum, b - (sum - a)
}

// twoProd returns a·b rounded, and the rounding error, exactly (G. Veltkamp
// and T. Dekker), for factors below 2^970.
func twoProd(a, b float64) (prod, err float64) {
	ah, al := split(a)
	bh, bl := split(b)
	prod = float64(a * b)
	err = ((float64(ah*bh) - prod) + float64(ah*bl) + float64(al*bh)) + float64(al*bl)
	return prod, err
}

// split returns the upper and the lower half of a significand.
func split(a float64) (hi, lo float64) {
	t := float64(a * (1<<27 + 1))
	hi = t - (t - a)
	return hi, a - hi
}
