package luck

import "math"

// Zipf draws keys 0 … count-1, key i with a chance in proportion to
// (i+1)^-skew.
//
// The first zipfHead keys have an exact table of cumulative weights. The sum
// from there on is Euler and Maclaurin's formula at half-integers with its first two
// corrections, which leaves out less than 10^-13 of the total; it is inverted
// by the integral and then settled with the sum itself. So one uniform decides,
// a larger uniform never gives a smaller key, and the chance of every key is
// within 10^-12 (absolute) of what it should be.
type Zipf struct {
	count int64
	skew  float64
	head  []float64 // cumulative weights of the first keys
	guide []int32   // guide[i]: the first key that u ≥ i/zipfGuide can give
	total float64
	from  float64 // weight of the head
	lower float64 // where the tail's integral begins: head + 1/2
	start float64 // the corrections there
}

const (
	zipfHead  = 4096
	zipfGuide = 1024
)

// NewZipf prepares a choice among count ≥ 1 keys; skew ≥ 0 and finite, 0 makes
// all alike.
func NewZipf(count int64, skew float64) *Zipf {
	z := &Zipf{count: count, skew: skew}
	if skew == 0 {
		return z
	}
	z.head = make([]float64, min(count, zipfHead))
	for i := range z.head {
		z.from += Pow(float64(i+1), -skew)
		z.head[i] = z.from
	}
	z.total = z.from
	if count > zipfHead {
		z.lower = zipfHead + 0.5
		z.start = z.correction(z.lower)
		z.total += z.tail(float64(count))
	}
	z.guide = make([]int32, zipfGuide+1)
	for i := range z.guide {
		at := float64(i) / zipfGuide * z.total
		z.guide[i] = int32(firstAbove(z.head, 0, len(z.head), at))
	}
	return z
}

// Pick returns the key that the uniform u chooses, 0 < u < 1.
func (z *Zipf) Pick(u float64) int64 {
	if z.skew == 0 {
		return min(int64(u*float64(z.count)), z.count-1)
	}
	at := u * z.total
	if at >= z.from {
		return z.pickTail(at - z.from)
	}
	i := int(u * zipfGuide)
	low, high := int(z.guide[i]), int(z.guide[i+1])
	return int64(min(firstAbove(z.head, low, high, at), len(z.head)-1))
}

// pickTail returns the first key whose cumulative weight beyond the head
// exceeds at.
func (z *Zipf) pickTail(at float64) int64 {
	if z.count <= zipfHead {
		return z.count - 1
	}
	// n counts from 1; the integral up to n + 1/2 is almost the sum up to n.
	n := int64(min(z.inverse(at)+0.5, float64(z.count)))
	n = min(max(n, zipfHead+1), z.count)
	for n > zipfHead+1 && z.tail(float64(n-1)) > at {
		n--
	}
	for n < z.count && z.tail(float64(n)) <= at {
		n++
	}
	return n - 1
}

// tail returns Σ j^-skew for j = zipfHead+1 … n.
func (z *Zipf) tail(n float64) float64 {
	upper := n + 0.5
	return z.integral(upper) + (z.correction(upper) - z.start)
}

// correction is -f'/24 + 7 f”'/5760 for f(x) = x^-s.
func (z *Zipf) correction(x float64) float64 {
	s := z.skew
	first := s * Pow(x, -s-1) / 24
	third := s * (s + 1) * (s + 2) * Pow(x, -s-3) * 7 / 5760
	return first - third
}

// integral returns ∫ x^-s dx from lower to upper: with e = 1-s and
// l = log(upper/lower) it is lower^e (exp(e·l) - 1)/e.
func (z *Zipf) integral(upper float64) float64 {
	l := Log(upper / z.lower)
	e := 1 - z.skew
	y := e * l
	ratio := 1.0
	if math.Abs(y) > 1e-15 {
		ratio = Expm1(y) / y
	}
	return Pow(z.lower, e) * l * ratio
}

// inverse returns upper with integral(upper) = at.
func (z *Zipf) inverse(at float64) float64 {
	e := 1 - z.skew
	t := at / Pow(z.lower, e)
	y := e * t
	switch {
	case y <= -1:
		return math.MaxFloat64
	case math.Abs(y) > 1e-15:
		t *= Log1p(y) / y
	}
	return min(z.lower*Exp(t), math.MaxFloat64)
}
