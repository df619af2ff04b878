package luck

import "math"

// hyperexp is a mixture of two exponential phases with balanced means, that is
// with chance1·mean1 = chance2·mean2, for a given mean and squared coefficient
// of variation.
type hyperexp struct {
	chance1, chance2 float64
	rate1, rate2     float64 // 1/s for a mean in s
	log1, log2       float64 // of the chances
}

// newHyperexp follows p1 = (1 + √((c²-1)/(c²+1)))/2 and rate = 2p/mean. The
// smaller chance is computed without cancellation.
func newHyperexp(mean, scv float64) *hyperexp {
	s := math.Sqrt((scv - 1) / (scv + 1))
	h := &hyperexp{chance1: float64((1 + s) / 2), chance2: 1 / ((scv + 1) * (1 + s))}
	h.rate1 = float64(2*h.chance1) / mean
	h.rate2 = float64(2*h.chance2) / mean
	h.log1, h.log2 = Log(h.chance1), Log(h.chance2)
	return h
}

// tail returns the chance to exceed x.
func (h *hyperexp) tail(x float64) float64 {
	return float64(h.chance1*Exp(-float64(h.rate1*x))) + float64(h.chance2*Exp(-float64(h.rate2*x)))
}

// inverse returns x with tail(x) = q. The logarithm of the tail is convex, and
// each phase alone gives a lower bound of x, so Newton's steps from the larger
// bound go up to the solution and never past it.
func (h *hyperexp) inverse(q float64) float64 {
	logq := Log(q)
	average := float64(h.chance1*h.rate1) + float64(h.chance2*h.rate2)
	x := max(-logq/average, (h.log1-logq)/h.rate1, (h.log2-logq)/h.rate2)
	for range 100 {
		one := float64(h.chance1 * Exp(-float64(h.rate1*x)))
		two := float64(h.chance2 * Exp(-float64(h.rate2*x)))
		tail := one + two
		hazard := (float64(h.rate1*one) + float64(h.rate2*two)) / tail
		move := (Log(tail) - logq) / hazard
		if !(move > x*0x1p-48) {
			break
		}
		x += move
	}
	return x
}
