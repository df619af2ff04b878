package luck

import (
	"math"

	"eddy/sim/spec"
)

// Sampler draws from one distribution. It is compiled once and then only
// read, so any number of goroutines may share it.
type Sampler struct {
	form  form
	a, b  float64 // by form
	c     float64
	gamma *gammaTable
	hyper *hyperexp
	parts []*Sampler
	pick  *Chooser
	list  []float64
}

// form is how a sampler computes; a family may take different ones, such as
// the constant for a normal distribution without spread.
type form uint8

const (
	formConst     form = iota // a
	formExp                   // a: mean
	formUniform               // a: min, b: width
	formTriangle              // a: min, b: max, c: mode
	formNormal                // a: mean, b: sd
	formLognormal             // a: log median, b: sigma
	formGamma                 // a: log scale, b: shape, and the table
	formNearly                // a: mean, b: coefficient of variation
	formWeibull               // a: log scale, b: 1/shape
	formPareto                // a: log min, b: 1/shape
	formHyper                 //
	formMix                   //
	formLinear                // list
	formSteps                 // list
)

// Compile prepares a distribution for drawing. It must have passed Check.
func Compile(d spec.Dist) *Sampler {
	if degenerate(d) {
		return &Sampler{form: formConst, a: constantValue(d)}
	}
	switch d.Kind {
	case spec.Exponential:
		return &Sampler{form: formExp, a: d.Mean}
	case spec.Uniform:
		return &Sampler{form: formUniform, a: d.Min, b: d.Max - d.Min}
	case spec.Triangular:
		return &Sampler{form: formTriangle, a: d.Min, b: d.Max, c: d.Mode}
	case spec.Normal:
		return &Sampler{form: formNormal, a: d.Mean, b: d.SD}
	case spec.Lognormal:
		mu, sigma := lognormalParameters(d)
		return &Sampler{form: formLognormal, a: mu, b: sigma}
	case spec.Gamma:
		return compileGamma(d.Mean, d.SD/d.Mean)
	case spec.Erlang:
		return compileErlang(d)
	case spec.Weibull:
		return &Sampler{form: formWeibull, a: Log(d.Mean) - LogGamma(1+1/d.Shape), b: 1 / d.Shape}
	case spec.Pareto:
		return &Sampler{form: formPareto, a: Log(d.Min), b: 1 / d.Shape}
	case spec.Hyperexp:
		if d.SCV == 1 {
			return &Sampler{form: formExp, a: d.Mean}
		}
		return &Sampler{form: formHyper, hyper: newHyperexp(d.Mean, d.SCV)}
	case spec.Mix:
		return compileMix(d.Parts)
	case spec.Empirical:
		if d.Steps {
			return &Sampler{form: formSteps, list: d.Values}
		}
		return &Sampler{form: formLinear, list: d.Values}
	}
	return &Sampler{form: formConst, a: d.Mean}
}

// compileGamma takes the coefficient of variation, which is 1/√shape.
func compileGamma(mean, cv float64) *Sampler {
	shape := 1 / float64(cv*cv)
	switch {
	case cv == 1:
		return &Sampler{form: formExp, a: mean}
	case shape >= gammaNormalShape:
		return &Sampler{form: formNearly, a: mean, b: cv}
	}
	return &Sampler{form: formGamma, a: Log(mean) - Log(shape), b: shape, gamma: gammaTableFor(shape)}
}

func compileErlang(d spec.Dist) *Sampler {
	shape := float64(d.K)
	switch {
	case d.K == 1:
		return &Sampler{form: formExp, a: d.Mean}
	case shape >= gammaNormalShape:
		return &Sampler{form: formNearly, a: d.Mean, b: 1 / math.Sqrt(shape)}
	}
	return &Sampler{form: formGamma, a: Log(d.Mean) - Log(shape), b: shape, gamma: gammaTableFor(shape)}
}

func compileMix(parts []spec.MixPart) *Sampler {
	s := &Sampler{form: formMix}
	weights := make([]float64, len(parts))
	for i, p := range parts {
		weights[i] = p.Weight
		s.parts = append(s.parts, Compile(p.Dist))
	}
	s.pick = NewChooser(weights)
	return s
}

// lognormalParameters returns the mean and the standard deviation of the
// logarithm. For a mean and a 99th percentile, log(p99/mean) = zσ - σ²/2 has
// two solutions; the smaller σ is meant.
func lognormalParameters(d spec.Dist) (mu, sigma float64) {
	switch {
	case d.HasSD:
		cv := d.SD / d.Mean
		variance := Log1p(float64(cv * cv))
		return Log(d.Mean) - float64(variance/2), math.Sqrt(variance)
	case d.Mean > 0:
		ratio := Log(d.P99 / d.Mean)
		root := math.Sqrt(max(float64(z99*z99)-float64(2*ratio), 0))
		sigma = 2 * ratio / (z99 + root)
		return Log(d.Mean) - float64(sigma*sigma/2), sigma
	default:
		return Log(d.Median), Log(d.P99/d.Median) / z99
	}
}

// z99 is NormQuantile(0.99).
const z99 = 2.3263478740408408

// degenerate says whether only one value is possible.
func degenerate(d spec.Dist) bool {
	switch d.Kind {
	case spec.Constant:
		return true
	case spec.Uniform, spec.Triangular:
		return d.Min == d.Max
	case spec.Normal, spec.Gamma:
		return d.SD == 0
	case spec.Lognormal:
		switch {
		case d.HasSD:
			return d.SD == 0
		case d.Mean > 0:
			return d.P99 == d.Mean
		}
		return d.P99 == d.Median
	case spec.Exponential, spec.Erlang, spec.Weibull, spec.Hyperexp:
		return d.Mean == 0
	case spec.Empirical:
		return d.Values[0] == d.Values[len(d.Values)-1]
	case spec.Mix:
		return len(d.Parts) == 1 && degenerate(d.Parts[0].Dist)
	}
	return false
}

// constantValue returns the one value of a degenerate distribution.
func constantValue(d spec.Dist) float64 {
	switch d.Kind {
	case spec.Uniform, spec.Triangular:
		return d.Min
	case spec.Empirical:
		return d.Values[0]
	case spec.Mix:
		return constantValue(d.Parts[0].Dist)
	case spec.Lognormal:
		if !d.HasSD && d.Mean <= 0 {
			return d.Median
		}
	}
	return d.Mean
}

// IsConst says whether the sampler always gives the same value, and which.
func (s *Sampler) IsConst() (float64, bool) { return s.a, s.form == formConst }

// Draw returns the variate of a counter, in the unit of the distribution's
// parameters; it is always finite, and ≥ 0 for every family that has only such
// values. It is the inverse distribution function of k.Uniform(ctr), so it
// never falls when the uniform rises; only a mix takes further uniforms, at
// counters derived from ctr, to choose its branch.
func (s *Sampler) Draw(k Key, ctr uint64) float64 {
	switch s.form {
	case formConst:
		return s.a
	case formExp:
		return s.a * -Log(upperUniform(k.Bits(ctr)))
	case formMix:
		return s.parts[s.pick.Pick(k.Uniform(sub(ctr, 0)))].Draw(k, sub(ctr, 1))
	}
	bits := k.Bits(ctr)
	return s.at(lowerUniform(bits), upperUniform(bits))
}

// Nanos returns Draw as whole nanoseconds: rounded to the nearest, halves up,
// and kept within 0 and spec.MaxDuration.
func (s *Sampler) Nanos(k Key, ctr uint64) int64 {
	if s.form == formExp { // as Draw does, which is called mostly for this
		return roundNanos(float64(s.a * -Log(upperUniform(k.Bits(ctr)))))
	}
	return roundNanos(s.Draw(k, ctr))
}

func roundNanos(v float64) int64 {
	switch {
	case !(v > 0):
		return 0
	case v >= float64(spec.MaxDuration):
		return int64(spec.MaxDuration)
	}
	n := int64(v)
	if v-float64(n) >= 0.5 { // exact, unlike v + 0.5
		n++
	}
	return n
}

// lowerUniform and upperUniform return Key.Uniform's u and 1-u, both exact.
func lowerUniform(bits uint64) float64 { return (float64(int64(bits>>12)) + 0.5) * 0x1p-52 }
func upperUniform(bits uint64) float64 { return (float64(int64(^bits>>12)) + 0.5) * 0x1p-52 }

// at returns the quantile of u, where v = 1 - u; both are in (0,1).
func (s *Sampler) at(u, v float64) float64 {
	switch s.form {
	case formExp:
		return s.a * -Log(v)
	case formUniform:
		return s.a + float64(s.b*u)
	case formTriangle:
		return triangle(s.a, s.c, s.b, u, v)
	case formNormal:
		return max(s.a+float64(s.b*normQuantile2(u, v)), 0)
	case formLognormal:
		return finite(Exp(s.a + float64(s.b*normQuantile2(u, v))))
	case formGamma:
		return finite(Exp(s.a + s.gamma.logAt(normQuantile2(u, v))))
	case formNearly:
		return s.a * gammaNearNormal(s.b, normQuantile2(u, v))
	case formWeibull:
		return finite(Exp(s.a + float64(s.b*Log(-Log(v)))))
	case formPareto:
		return finite(Exp(s.a - float64(s.b*Log(v))))
	case formHyper:
		return s.hyper.inverse(v)
	case formLinear:
		return linear(s.list, u)
	case formSteps:
		return s.list[stepIndex(len(s.list), u)]
	}
	return s.a
}

// normQuantile2 is NormQuantile with 1-p at hand, so that it is exact in both
// tails.
func normQuantile2(u, v float64) float64 {
	if u <= 0.5 {
		return NormQuantile(u)
	}
	return -NormQuantile(v)
}

func finite(x float64) float64 { return min(x, math.MaxFloat64) }

// triangle inverts the triangular distribution from the nearer end.
func triangle(low, mode, high, u, v float64) float64 {
	width := high - low
	if float64(u*width) <= mode-low {
		return low + math.Sqrt(float64(u*width)*(mode-low))
	}
	return high - math.Sqrt(float64(v*width)*(high-mode))
}

// linear interpolates between order statistics: the ith of n values, counted
// from 0, stands at u = i/(n-1).
func linear(values []float64, u float64) float64 {
	at := float64(u * float64(len(values)-1))
	i := min(int(at), len(values)-2)
	return values[i] + float64((at-float64(i))*(values[i+1]-values[i]))
}

// stepIndex returns the smallest i with (i+1)/n ≥ u.
func stepIndex(n int, u float64) int {
	return min(max(int(math.Ceil(u*float64(n)))-1, 0), n-1)
}
