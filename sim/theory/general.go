package theory

import (
	"math"

	"eddy/sim/luck"
)

// Moments are the first three of a time, about zero: E[S], E[S²], E[S³].
// Third is needed only where a comment says so.
type Moments struct{ Mean, Second, Third float64 }

// MG1 is M/G/1, first come first served. Source: Pollaczek 1930, Khinchine
// 1932: W = λE[S²] / (2(1−ρ)).
func MG1(lambda float64, service Moments) (Queue, error) {
	rho := float64(lambda * service.Mean)
	if rho >= 1 {
		return Queue{}, ErrUnstable
	}
	return lossless(lambda, service.Mean, 1, rho, lambda*service.Second/(2*(1-rho))), nil
}

// MG1WaitSecond is the mean square of the wait in M/G/1 first come first
// served; it uses service.Third. Source: Takács 1962:
// E[W²] = 2E[W]² + λE[S³] / (3(1−ρ)).
func MG1WaitSecond(lambda float64, service Moments) (float64, error) {
	q, err := MG1(lambda, service)
	if err != nil {
		return 0, err
	}
	return float64(2*q.Wait*q.Wait) + lambda*service.Third/(3*(1-q.Utilisation)), nil
}

// MG1LastFirstWaitSecond is the mean square of the wait in M/G/1 where the last
// to come is the first to be served, without interrupting anybody; it uses
// service.Third. The mean wait is that of MG1. Source: Takács 1963; Fuhrmann
// 1984: E[W²] is 1/(1−ρ) times that of first come first served.
func MG1LastFirstWaitSecond(lambda float64, service Moments) (float64, error) {
	second, err := MG1WaitSecond(lambda, service)
	if err != nil {
		return 0, err
	}
	return second / (1 - float64(lambda*service.Mean)), nil
}

// MG1Batch is M^[X]/G/1: batches arrive at rate batches, their size having
// this mean and mean square. Waits and numbers are of single jobs; Delayed is
// not given. Source: Burke 1975; Chaudhry and Templeton 1983: to the wait of a
// batch comes the work of those before a job in its own batch.
func MG1Batch(batches, size, sizeSecond float64, service Moments) (Queue, error) {
	lambda := batches * size
	rho := float64(lambda * service.Mean)
	if rho >= 1 {
		return Queue{}, ErrUnstable
	}
	own := (sizeSecond - size) * service.Mean / (2 * size * (1 - rho))
	return lossless(lambda, service.Mean, 1, 0, lambda*service.Second/(2*(1-rho))+own), nil
}

// Phases is a time of two exponential phases: in sequence each time (Erlang-2
// where the rates are equal), or, with Alternative, one of them, the first with
// chance First.
type Phases struct {
	Rate1, Rate2 float64
	Alternative  bool
	First        float64
}

// BalancedPhases is the hyperexponential time with this mean and squared
// coefficient of variation ≥ 1 whose two branches carry half of the mean each.
// Source: Tijms, A First Course in Stochastic Models, appendix B.
func BalancedPhases(mean, scv float64) Phases {
	p := float64((1 + math.Sqrt((scv-1)/(scv+1))) / 2)
	return Phases{Rate1: 2 * p / mean, Rate2: 2 * (1 - p) / mean, Alternative: true, First: p}
}

// Moments are those of the time.
func (p Phases) Moments() Moments {
	a, b := 1/p.Rate1, 1/p.Rate2
	if p.Alternative {
		q := 1 - p.First
		return Moments{
			Mean:   float64(p.First*a) + float64(q*b),
			Second: float64(2*p.First*a*a) + float64(2*q*b*b),
			Third:  float64(6*p.First*a*a*a) + float64(6*q*b*b*b),
		}
	}
	return Moments{
		Mean:   a + b,
		Second: 2 * (float64(a*a) + float64(a*b) + float64(b*b)),
		Third:  6 * (float64(a*a*a) + float64(a*a*b) + float64(a*b*b) + float64(b*b*b)),
	}
}

// PhasesWaitQuantile is the p-quantile of the wait in M/G/1 first come first
// served where service has two phases; 0 ≤ p < 1. Source: the Pollaczek-
// Khinchine transform, a ratio of quadratics here, taken apart into two
// exponentials (Kleinrock, Queueing Systems I, 5.7).
func PhasesWaitQuantile(lambda float64, service Phases, p float64) (float64, error) {
	m := service.Moments()
	rho := float64(lambda * m.Mean)
	if rho >= 1 {
		return 0, ErrUnstable
	}
	// W*(s) = (1−ρ)(a+s)(b+s) / ((a+s)(b+s) − λ·rest(s)), rest(s) = r0 + r1·s
	// the numerator of (1 − S*(s))/s.
	a, b := service.Rate1, service.Rate2
	r0, r1 := a+b, 1.0
	if service.Alternative {
		r0 = float64(service.First*b) + float64((1-service.First)*a)
	}
	half := float64((a + b - float64(lambda*r1)) / 2)
	root := math.Sqrt(float64(half*half) - (float64(a*b) - float64(lambda*r0)))
	fast, slow := half+root, half-root
	weight := func(r, other float64) float64 { return (1 - rho) * (a - r) * (b - r) / (other - r) / r }
	tail := func(t float64) float64 {
		return float64(weight(slow, fast)*luck.Exp(-slow*t)) + float64(weight(fast, slow)*luck.Exp(-fast*t))
	}
	return quantile(tail, p, m.Mean), nil
}
