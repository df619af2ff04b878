package luck

import (
	"math"

	"eddy/sim/spec"
)

// Mean returns the expected value of a draw, in the unit of the parameters, for
// a distribution that passed Check. It is false where there is none: pareto with
// a shape up to 1, or more than a float64 holds.
func Mean(d spec.Dist) (float64, bool) {
	m := mean(d)
	return m, m <= math.MaxFloat64
}

// mean is Mean with +Inf for what does not exist.
func mean(d spec.Dist) float64 {
	if degenerate(d) {
		return constantValue(d)
	}
	switch d.Kind {
	case spec.Uniform:
		return d.Min + float64((d.Max-d.Min)/2)
	case spec.Triangular:
		return d.Min + ((d.Max-d.Min)+(d.Mode-d.Min))/3
	case spec.Normal:
		m, _ := cutNormal(d.Mean, d.SD)
		return m
	case spec.Lognormal:
		mu, sigma := lognormalParameters(d)
		if d.Mean > 0 {
			return d.Mean
		}
		return Exp(mu + float64(sigma*sigma/2))
	case spec.Pareto:
		if d.Shape <= 1 {
			return math.Inf(1)
		}
		return d.Min * (d.Shape / (d.Shape - 1))
	case spec.Mix:
		sum := 0.0
		for _, p := range d.Parts {
			if p.Weight > 0 {
				sum += float64(p.Weight * mean(p.Dist))
			}
		}
		return sum
	case spec.Empirical:
		m, _ := empiricalMoments(d.Values, d.Steps)
		return m
	}
	return d.Mean
}

// Variance returns the variance of a draw, in the square of the unit of the
// parameters, for a distribution that passed Check. It is false where there is
// none: pareto with a shape up to 2, or more than a float64 holds.
func Variance(d spec.Dist) (float64, bool) {
	v := variance(d)
	return v, v <= math.MaxFloat64
}

// variance is Variance with +Inf for what does not exist.
func variance(d spec.Dist) float64 {
	if degenerate(d) {
		return 0
	}
	switch d.Kind {
	case spec.Exponential:
		return d.Mean * d.Mean
	case spec.Uniform:
		w := d.Max - d.Min
		return float64(w*w) / 12
	case spec.Triangular:
		left, right, w := d.Mode-d.Min, d.Max-d.Mode, d.Max-d.Min
		return (float64(w*w) - float64(left*right)) / 18
	case spec.Normal:
		_, v := cutNormal(d.Mean, d.SD)
		return v
	case spec.Lognormal:
		if d.HasSD {
			return d.SD * d.SD
		}
		_, sigma := lognormalParameters(d)
		m := mean(d)
		return m * m * Expm1(float64(sigma*sigma))
	case spec.Gamma:
		return d.SD * d.SD
	case spec.Erlang:
		return d.Mean * d.Mean / float64(d.K)
	case spec.Weibull:
		return d.Mean * d.Mean * Expm1(LogGamma(1+2/d.Shape)-float64(2*LogGamma(1+1/d.Shape)))
	case spec.Pareto:
		if d.Shape <= 2 {
			return math.Inf(1)
		}
		over := d.Min / (d.Shape - 1)
		return over * over * (d.Shape / (d.Shape - 2))
	case spec.Hyperexp:
		return d.Mean * d.Mean * d.SCV
	case spec.Mix:
		return mixVariance(d)
	case spec.Empirical:
		_, v := empiricalMoments(d.Values, d.Steps)
		return v
	}
	return 0
}

func mixVariance(d spec.Dist) float64 {
	m := mean(d)
	if !(m <= math.MaxFloat64) {
		return math.Inf(1)
	}
	sum := 0.0
	for _, p := range d.Parts {
		if p.Weight > 0 {
			off := mean(p.Dist) - m
			sum += float64(p.Weight * (variance(p.Dist) + float64(off*off)))
		}
	}
	return sum
}

// cutNormal returns mean and variance of max(0, X), X normal. With α = m/s,
// density φ(α) and distribution Φ(α) they are mΦ + sφ and
// s²(Φ - φ²) + m²Φ(1-Φ) + msφ(1-2Φ).
func cutNormal(m, s float64) (mean, variance float64) {
	alpha := m / s
	below, above, density := NormCDF(-alpha), NormCDF(alpha), normDensity(alpha)
	mean = float64(m*above) + float64(s*density)
	variance = float64(s*s*(above-float64(density*density))) +
		float64(m*m*above*below) + float64(m*s*density*(below-above))
	return mean, variance
}

// empiricalMoments returns mean and variance of resampling the values: of the
// values themselves, or of a piecewise uniform density between neighbours.
func empiricalMoments(values []float64, steps bool) (mean, variance float64) {
	if steps {
		for _, v := range values {
			mean += v
		}
		mean /= float64(len(values))
		for _, v := range values {
			off := v - mean
			variance += float64(off * off)
		}
		return mean, variance / float64(len(values))
	}
	pieces := float64(len(values) - 1)
	for i := 1; i < len(values); i++ {
		mean += float64((values[i-1] + values[i]) / 2)
	}
	mean /= pieces
	for i := 1; i < len(values); i++ {
		a, b := values[i-1]-mean, values[i]-mean
		variance += (float64(a*a) + float64(a*b) + float64(b*b)) / 3
	}
	return mean, variance / pieces
}
