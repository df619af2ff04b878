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
	last       int64 // the last key that can be drawn
	skew       float64
	head       []float64 // cumulative weights of the first keys
	guide      []int32   // guide[i]: the first key that u ≥ i/zipfGuide can give
	total      float64
	from       float64 // weight of the head
	lower      float64 // where the tail's integral begins: head + 1/2
	lowerPower float64 // lower^(1-skew)
	start      float64 // the corrections there
}

const (
	zipfHead  = 4096
	zipfGuide = 1024
	zipfSteep = 64 // with a larger skew the keys beyond the head weigh less than 10^-230
)

// NewZipf prepares a choice among count ≥ 1 keys; skew ≥ 0 and finite, 0 makes
// all alike.
func NewZipf(count int64, skew float64) *Zipf {
	z := &Zipf{last: count - 1, skew: skew}
	if skew == 0 {
		return z
	}
	z.fillHead(count)
	z.total = z.from
	if count > zipfHead && skew <= zipfSteep {
		z.last = count - 1
		z.lower = zipfHead + 0.5
		z.lowerPower = Pow(z.lower, 1-skew)
		z.start = z.correction(z.lower, Pow(z.lower, -skew))
		z.total += z.tail(float64(count))
	}
	z.guide = make([]int32, zipfGuide+1)
	for i := range z.guide {
		z.guide[i] = int32(firstAbove(z.head, 0, len(z.head), float64(i)/zipfGuide*z.total))
	}
	return z
}

// fillHead sums the weights of the first keys, and finds the last of them whose
// weight is not too small to count.
func (z *Zipf) fillHead(count int64) {
	z.head = make([]float64, min(count, zipfHead))
	for i := range z.head {
		sum := z.from + Pow(float64(i+1), -z.skew)
		if sum > z.from {
			z.last = int64(i)
		}
		z.from = sum
		z.head[i] = sum
	}
}

// Head is the chance of each of the first keys, at most 4096 of them.
func (z *Zipf) Head() []float64 {
	if z.skew == 0 {
		n := z.last + 1
		all := make([]float64, min(n, zipfHead))
		for i := range all {
			all[i] = 1 / float64(n)
		}
		return all
	}
	all := make([]float64, len(z.head))
	before := 0.0
	for i, sum := range z.head {
		all[i] = (sum - before) / z.total
		before = sum
	}
	return all
}

// Pick returns the key that the uniform u chooses, 0 < u < 1.
func (z *Zipf) Pick(u float64) int64 {
	if z.skew == 0 {
		return min(int64(u*float64(z.last+1)), z.last)
	}
	at := float64(u * z.total)
	if at >= z.from {
		return z.pickTail(at - z.from)
	}
	i := int(u * zipfGuide)
	return int64(firstAbove(z.head, int(z.guide[i]), int(z.guide[i+1]), at))
}

// pickTail returns the first key whose cumulative weight beyond the head
// exceeds at.
func (z *Zipf) pickTail(at float64) int64 {
	if z.last < zipfHead {
		return z.last
	}
	// Keys count from 0 and ranks from 1; the integral up to n + 1/2 is almost
	// the sum up to rank n, so the search ends within a step or two.
	first, end := int64(zipfHead+1), z.last+1
	n := min(max(int64(min(z.inverse(at)+0.5, float64(end))), first), end)
	low, high := z.bracket(n, first, end, at)
	for low < high {
		middle := low + (high-low)/2
		if z.tail(float64(middle)) > at {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low - 1
}

// bracket narrows first … end to ranks between which the sum passes at,
// with steps that double, beginning at n.
func (z *Zipf) bracket(n, first, end int64, at float64) (low, high int64) {
	low, high = first, end
	if z.tail(float64(n)) > at {
		high = n
		for step := int64(1); high > first; step *= 2 {
			below := max(high-step, first)
			if z.tail(float64(below)) <= at {
				return below + 1, high
			}
			high = below
		}
		return low, high
	}
	low = min(n+1, end)
	for step := int64(1); low < end; step *= 2 {
		above := min(low+step-1, end)
		if z.tail(float64(above)) > at {
			return low, above
		}
		low = min(above+1, end)
	}
	return low, high
}

// tail returns Σ j^-s for the ranks j = zipfHead+1 … n: the integral of
// f(x) = x^-s from the lower end to n + 1/2, and the change of the corrections
// -f'/24 + 7f”'/5760 over it. With e = 1-s and l = log(upper/lower) the integral
// is lower^e (exp(e·l) - 1)/e.
func (z *Zipf) tail(n float64) float64 {
	upper := n + 0.5
	l := Log(upper / z.lower)
	e := 1 - z.skew
	y := e * l
	ratio := 1.0
	if math.Abs(y) > 1e-15 {
		ratio = Expm1(y) / y
	}
	f := z.lowerPower / z.lower * Exp(-float64(z.skew*l))
	return float64(z.lowerPower*l*ratio) + (z.correction(upper, f) - z.start)
}

// correction takes x and f = x^-s.
func (z *Zipf) correction(x, f float64) float64 {
	first := z.skew * f / (24 * x)
	third := (z.skew + 1) * (z.skew + 2) / (240 * x * x) * 7
	return first - float64(first*third)
}

// inverse returns the upper end up to which the integral is at.
func (z *Zipf) inverse(at float64) float64 {
	t := at / z.lowerPower
	y := (1 - z.skew) * t
	switch {
	case y <= -1:
		return math.MaxFloat64
	case math.Abs(y) > 1e-15:
		t *= Log1p(y) / y
	}
	return min(z.lower*Exp(t), math.MaxFloat64)
}
