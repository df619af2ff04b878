package theory

import "eddy/sim/luck"

// Transform is the Laplace transform E[e^(−sX)] of a time, for s ≥ 0.
type Transform func(s float64) float64

// ConstantTransform is that of a time that is always the same.
func ConstantTransform(value float64) Transform {
	return func(s float64) float64 { return luck.Exp(-s * value) }
}

// ErlangTransform is that of so many exponential phases with this mean together.
func ErlangTransform(phases int, mean float64) Transform {
	return func(s float64) float64 { return power(1/(1+float64(s*mean)/float64(phases)), phases) }
}

// UniformTransform is that of a time spread evenly from low ≥ 0 to high > low.
func UniformTransform(low, high float64) Transform {
	return func(s float64) float64 {
		x := s * (high - low)
		if x == 0 {
			return luck.Exp(-s * low)
		}
		return luck.Exp(-s*low) * (-luck.Expm1(-x) / x)
	}
}

// Transform is that of a time of two phases.
func (p Phases) Transform() Transform {
	return func(s float64) float64 {
		a, b := p.Rate1/(p.Rate1+s), p.Rate2/(p.Rate2+s)
		if p.Alternative {
			return float64(p.First*a) + float64((1-p.First)*b)
		}
		return a * b
	}
}

// GIM1 is GI/M/1 first come first served: independent gaps with this transform
// and mean 1/lambda, exponential service at rate mu. Delayed is what arrivals
// see. Source: Kleinrock, Queueing Systems I, 6.4.
func GIM1(gap Transform, lambda, mu float64) (Queue, error) {
	if lambda >= mu {
		return Queue{}, ErrUnstable
	}
	sigma := gim1Root(gap, mu)
	return lossless(lambda, 1/mu, 1, sigma, sigma/(mu*(1-sigma))), nil
}

// GIM1WaitQuantile is the p-quantile of the wait in GI/M/1, from
// P(W > t) = σe^(−μ(1−σ)t); 0 ≤ p < 1. Source: as GIM1.
func GIM1WaitQuantile(gap Transform, lambda, mu, p float64) (float64, error) {
	if lambda >= mu {
		return 0, ErrUnstable
	}
	sigma := gim1Root(gap, mu)
	return exponentialQuantile(sigma, mu*(1-sigma), p), nil
}

// gim1Root is the root σ in (0, 1) of σ = A*(μ(1−σ)). The difference of the two
// sides is convex, above 0 at 0 and below 0 just before its other root, 1.
func gim1Root(gap Transform, mu float64) float64 {
	low, high := 0.0, 1-1e-9
	for range 100 {
		mid := low + float64((high-low)/2)
		if gap(mu*(1-mid)) > mid {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// Modulated is a two-state Markov-modulated Poisson process: arrivals at rate
// Low for an exponential time with mean LowFor, then at High for HighFor.
type Modulated struct{ Low, High, LowFor, HighFor float64 }

// Rate is its mean rate of arrivals. Source: Fischer and Meier-Hellstern 1993.
func (m Modulated) Rate() float64 {
	return (float64(m.Low*m.LowFor) + float64(m.High*m.HighFor)) / (m.LowFor + m.HighFor)
}

// MMPPM1 is MMPP/M/1 first come first served, service at rate mu. Delayed is
// what arrivals see. Source: Neuts 1981, matrix-geometric solution; the rate
// matrix by its fixed-point iteration.
func MMPPM1(arrivals Modulated, mu float64) (Queue, error) {
	lambda := arrivals.Rate()
	if lambda >= mu {
		return Queue{}, ErrUnstable
	}
	up, down := 1/arrivals.LowFor, 1/arrivals.HighFor
	rates := matrix{{arrivals.Low, 0}, {0, arrivals.High}}
	// leave is −A1: out of a state with somebody inside, by anything.
	leave := matrix{{arrivals.Low + up + mu, -up}, {-down, arrivals.High + down + mu}}
	var r matrix
	for range 1_000_000 {
		next := rates.times(leave.minus(r.scaled(mu)).inverse())
		same := next == r
		r = next
		if same {
			break
		}
	}
	// Nobody inside: π0·(B + μR) = 0, so π0 is orthogonal to its first column.
	first := [2]float64{-(arrivals.Low + up) + float64(mu*r[0][0]), down + float64(mu*r[1][0])}
	empty := [2]float64{first[1], -first[0]}
	identity := matrix{{1, 0}, {0, 1}}
	all := identity.minus(r).inverse()
	sum := rowSum(all.after(empty))
	empty[0], empty[1] = empty[0]/sum, empty[1]/sum
	inside := rowSum(all.after(all.after(r.after(empty))))
	sees := (float64(empty[0]*arrivals.Low) + float64(empty[1]*arrivals.High)) / lambda
	return lossless(lambda, 1/mu, 1, 1-sees, inside/lambda-1/mu), nil
}

// matrix is two by two.
type matrix [2][2]float64

func (a matrix) times(b matrix) (c matrix) {
	for i := range 2 {
		for j := range 2 {
			c[i][j] = float64(a[i][0]*b[0][j]) + float64(a[i][1]*b[1][j])
		}
	}
	return c
}

// after is the row v times a.
func (a matrix) after(v [2]float64) [2]float64 {
	return [2]float64{
		float64(v[0]*a[0][0]) + float64(v[1]*a[1][0]),
		float64(v[0]*a[0][1]) + float64(v[1]*a[1][1]),
	}
}

func (a matrix) minus(b matrix) (c matrix) {
	for i := range 2 {
		for j := range 2 {
			c[i][j] = a[i][j] - b[i][j]
		}
	}
	return c
}

func (a matrix) scaled(by float64) (c matrix) {
	for i := range 2 {
		for j := range 2 {
			c[i][j] = a[i][j] * by
		}
	}
	return c
}

func (a matrix) inverse() matrix {
	det := float64(a[0][0]*a[1][1]) - float64(a[0][1]*a[1][0])
	return matrix{{a[1][1] / det, -a[0][1] / det}, {-a[1][0] / det, a[0][0] / det}}
}

func rowSum(v [2]float64) float64 { return v[0] + v[1] }
