package luck

import (
	"math"
	"sort"

	"eddy/sim/spec"
)

// Quantile returns the smallest value that a draw stays at or below with
// chance p, for a distribution that passed Check; p outside [0, 1] is taken as
// its nearer end. At p = 1 it is the largest possible value, or
// math.MaxFloat64 where there is no largest.
func Quantile(d spec.Dist, p float64) float64 {
	switch {
	case !(p > 0):
		return smallest(d)
	case p >= 1:
		return largestOf(d)
	case d.Kind == spec.Mix && !degenerate(d):
		return mixQuantile(d, p)
	}
	return Compile(d).at(p, 1-p)
}

// CDF returns the chance that a draw is at most x, for a distribution that
// passed Check. It is exact to about 1 part in 10^12.
func CDF(d spec.Dist, x float64) float64 {
	if degenerate(d) {
		return indicator(x >= constantValue(d))
	}
	if x < smallest(d) {
		return 0
	}
	switch d.Kind {
	case spec.Exponential:
		return -Expm1(-x / d.Mean)
	case spec.Uniform:
		return min((x-d.Min)/(d.Max-d.Min), 1)
	case spec.Triangular:
		return triangleCDF(d, x)
	case spec.Normal:
		return NormCDF((x - d.Mean) / d.SD)
	case spec.Lognormal:
		mu, sigma := lognormalParameters(d)
		return NormCDF((Log(x) - mu) / sigma)
	case spec.Gamma:
		cv := d.SD / d.Mean
		return gammaDistribution(1/float64(cv*cv), x/d.Mean)
	case spec.Erlang:
		return gammaDistribution(float64(d.K), x/d.Mean)
	case spec.Weibull:
		logScale := Log(d.Mean) - LogGamma(1+1/d.Shape)
		return -Expm1(-Exp((Log(x) - logScale) * d.Shape))
	case spec.Pareto:
		return -Expm1(-float64(d.Shape * Log(x/d.Min)))
	case spec.Hyperexp:
		return 1 - newHyperexp(d.Mean, d.SCV).tail(x)
	case spec.Mix:
		sum := 0.0
		for _, p := range d.Parts {
			sum += float64(p.Weight * CDF(p.Dist, x))
		}
		return min(sum, 1)
	case spec.Empirical:
		return empiricalCDF(d, x)
	}
	return 0
}

func indicator(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func triangleCDF(d spec.Dist, x float64) float64 {
	width := d.Max - d.Min
	switch {
	case x >= d.Max:
		return 1
	case x <= d.Mode && d.Mode > d.Min:
		return (x - d.Min) / width * ((x - d.Min) / (d.Mode - d.Min))
	}
	return 1 - float64((d.Max-x)/width*((d.Max-x)/(d.Max-d.Mode)))
}

// gammaDistribution takes x in units of the mean. Above gammaNormalShape it
// inverts the expansion that draws there, by bisection over z.
func gammaDistribution(shape, x float64) float64 {
	if shape < gammaNormalShape {
		lower, _ := gammaCDF(shape, x*shape)
		return lower
	}
	cv := 1 / math.Sqrt(shape)
	low, high := -40.0, 40.0
	for range 80 {
		middle := (low + high) / 2
		if gammaNearNormal(cv, middle) > x {
			high = middle
		} else {
			low = middle
		}
	}
	return NormCDF(low)
}

// empiricalCDF counts the values up to x, and interpolates within the gap x
// falls in unless the values themselves are drawn.
func empiricalCDF(d spec.Dist, x float64) float64 {
	values := d.Values
	n := sort.Search(len(values), func(i int) bool { return values[i] > x })
	switch {
	case d.Steps:
		return float64(n) / float64(len(values))
	case n == 0:
		return 0
	case n == len(values):
		return 1
	}
	within := (x - values[n-1]) / (values[n] - values[n-1])
	return (float64(n-1) + within) / float64(len(values)-1)
}

// smallest returns the left end of the values a draw can take.
func smallest(d spec.Dist) float64 {
	if degenerate(d) {
		return constantValue(d)
	}
	switch d.Kind {
	case spec.Uniform, spec.Triangular, spec.Pareto:
		return d.Min
	case spec.Empirical:
		return d.Values[0]
	case spec.Mix:
		return fold(d.Parts, smallest, func(a, b float64) float64 { return min(a, b) })
	}
	return 0
}

// largestOf returns the right end of the values a draw can take.
func largestOf(d spec.Dist) float64 {
	if degenerate(d) {
		return constantValue(d)
	}
	switch d.Kind {
	case spec.Uniform, spec.Triangular:
		return d.Max
	case spec.Empirical:
		return d.Values[len(d.Values)-1]
	case spec.Mix:
		return fold(d.Parts, largestOf, func(a, b float64) float64 { return max(a, b) })
	}
	return math.MaxFloat64
}

// fold combines a number of every part that can be drawn.
func fold(parts []spec.MixPart, of func(spec.Dist) float64, combine func(a, b float64) float64) float64 {
	result, any := 0.0, false
	for _, p := range parts {
		switch {
		case p.Weight <= 0:
		case !any:
			result, any = of(p.Dist), true
		default:
			result = combine(result, of(p.Dist))
		}
	}
	return result
}

// mixQuantile bisects between the smallest and the largest quantile of the
// parts: at the one no part, at the other every part has reached p.
func mixQuantile(d spec.Dist, p float64) float64 {
	at := func(part spec.Dist) float64 { return Quantile(part, p) }
	low := fold(d.Parts, at, func(a, b float64) float64 { return min(a, b) })
	high := fold(d.Parts, at, func(a, b float64) float64 { return max(a, b) })
	if CDF(d, low) >= p {
		return low
	}
	for range 200 {
		middle := low + float64((high-low)/2)
		if middle <= low || middle >= high {
			break
		}
		if CDF(d, middle) >= p {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
