package luck

import (
	"math"
	"slices"
	"testing"

	"eddy/sim/spec"
)

type family struct {
	name  string
	dist  spec.Dist
	cdf   func(x float64) float64 // written apart from the package, with the standard library
	atoms bool                    // single values have a chance of their own
	tail  float64                 // shape of a heavy tail: no moment test at or below 4
}

func stdNorm(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// simpsonGamma integrates the gamma density, in s = x^shape for shapes below 1
// so that it stays finite.
func simpsonGamma(shape, scale float64) func(float64) float64 {
	lg, _ := math.Lgamma(shape)
	return func(x float64) float64 {
		x /= scale
		power := min(shape, 1)
		top := math.Pow(x, power)
		density := func(s float64) float64 {
			if s == 0 {
				if shape > 1 {
					return 0
				}
				return math.Exp(-lg) / power
			}
			v := math.Pow(s, 1/power)
			return math.Exp(shape*math.Log(v)-v-lg) / (power * s)
		}
		const n = 400
		sum := density(0) + density(top)
		for i := 1; i < n; i++ {
			sum += float64(2+2*(i%2)) * density(top*float64(i)/n)
		}
		return sum * top / (3 * n)
	}
}

// families has at least one of each family and of each way it is computed.
func families() []family {
	latencies := []float64{1, 2, 2.5, 9, 30}
	exp := func(mean float64) func(float64) float64 {
		return func(x float64) float64 { return 1 - math.Exp(-x/mean) }
	}
	list := []family{
		{name: "exp", dist: spec.Dist{Kind: spec.Exponential, Mean: 20}, cdf: exp(20)},
		{name: "uniform", dist: spec.Dist{Kind: spec.Uniform, Min: 5, Max: 9}, cdf: func(x float64) float64 { return (x - 5) / 4 }},
		{name: "triangular", dist: spec.Dist{Kind: spec.Triangular, Min: 1, Mode: 2, Max: 6}, cdf: func(x float64) float64 {
			if x < 2 {
				return (x - 1) * (x - 1) / 5
			}
			return 1 - (6-x)*(6-x)/20
		}},
		{name: "triangular at its min", dist: spec.Dist{Kind: spec.Triangular, Min: 1, Mode: 1, Max: 6}, cdf: func(x float64) float64 { return 1 - (6-x)*(6-x)/25 }},
		{name: "normal", dist: spec.Dist{Kind: spec.Normal, Mean: 10, SD: 2}, cdf: func(x float64) float64 { return stdNorm((x - 10) / 2) }},
		{name: "normal, cut", dist: spec.Dist{Kind: spec.Normal, Mean: 1, SD: 2}, cdf: func(x float64) float64 { return stdNorm((x - 1) / 2) }, atoms: true},
		{name: "lognormal sd", dist: spec.Dist{Kind: spec.Lognormal, Mean: 10, SD: 5, HasSD: true}, cdf: func(x float64) float64 {
			s := math.Sqrt(math.Log(1.25))
			return stdNorm((math.Log(x) - math.Log(10) + s*s/2) / s)
		}},
		{name: "lognormal p99", dist: spec.Dist{Kind: spec.Lognormal, Mean: 12, P99: 40}, cdf: func(x float64) float64 {
			z := 2.3263478740408408
			s := z - math.Sqrt(z*z-2*math.Log(40.0/12))
			return stdNorm((math.Log(x) - math.Log(12) + s*s/2) / s)
		}},
		{name: "lognormal median", dist: spec.Dist{Kind: spec.Lognormal, Median: 12, P99: 40}, cdf: func(x float64) float64 {
			return stdNorm(math.Log(x/12) / (math.Log(40.0/12) / 2.3263478740408408))
		}},
		{name: "gamma 0.25", dist: spec.Dist{Kind: spec.Gamma, Mean: 10, SD: 20}, cdf: simpsonGamma(0.25, 40)},
		{name: "gamma 4", dist: spec.Dist{Kind: spec.Gamma, Mean: 10, SD: 5}, cdf: simpsonGamma(4, 2.5)},
		{name: "gamma 10^6", dist: spec.Dist{Kind: spec.Gamma, Mean: 10, SD: 0.01}, cdf: func(x float64) float64 {
			// Wilson and Hilferty's cube is good enough at this shape.
			return stdNorm((math.Cbrt(x/10) - 1 + 1/9e6) * 3e3)
		}},
		{name: "erlang 1", dist: spec.Dist{Kind: spec.Erlang, K: 1, Mean: 3}, cdf: exp(3)},
		{name: "erlang 3", dist: spec.Dist{Kind: spec.Erlang, K: 3, Mean: 6}, cdf: func(x float64) float64 {
			return 1 - math.Exp(-x/2)*(1+x/2+x*x/8)
		}},
		{name: "weibull 0.7", dist: spec.Dist{Kind: spec.Weibull, Shape: 0.7, Mean: 10}, cdf: func(x float64) float64 {
			return 1 - math.Exp(-math.Pow(x*math.Gamma(1+1/0.7)/10, 0.7))
		}},
		{name: "weibull 3", dist: spec.Dist{Kind: spec.Weibull, Shape: 3, Mean: 10}, cdf: func(x float64) float64 {
			return 1 - math.Exp(-math.Pow(x*math.Gamma(1+1.0/3)/10, 3))
		}},
		{name: "pareto 1.5", dist: spec.Dist{Kind: spec.Pareto, Min: 2, Shape: 1.5}, cdf: func(x float64) float64 { return 1 - math.Pow(2/x, 1.5) }, tail: 1.5},
		{name: "pareto 9", dist: spec.Dist{Kind: spec.Pareto, Min: 2, Shape: 9}, cdf: func(x float64) float64 { return 1 - math.Pow(2/x, 9) }},
		{name: "hyperexp 1", dist: spec.Dist{Kind: spec.Hyperexp, Mean: 10, SCV: 1}, cdf: exp(10)},
		{name: "hyperexp 4", dist: spec.Dist{Kind: spec.Hyperexp, Mean: 10, SCV: 4}, cdf: func(x float64) float64 {
			p := (1 + math.Sqrt(3.0/5)) / 2
			return 1 - p*math.Exp(-2*p*x/10) - (1-p)*math.Exp(-2*(1-p)*x/10)
		}},
		{name: "empirical", dist: spec.Dist{Kind: spec.Empirical, Values: latencies}, cdf: func(x float64) float64 {
			for i := 1; i < 5; i++ {
				if x < latencies[i] {
					return (float64(i-1) + (x-latencies[i-1])/(latencies[i]-latencies[i-1])) / 4
				}
			}
			return 1
		}},
		{name: "empirical steps", dist: spec.Dist{Kind: spec.Empirical, Values: latencies, Steps: true}, atoms: true, cdf: func(x float64) float64 {
			n := 0
			for _, v := range latencies {
				if v <= x {
					n++
				}
			}
			return float64(n) / 5
		}},
	}
	mix := spec.Dist{Kind: spec.Mix, Parts: []spec.MixPart{
		{Weight: 0.9, Dist: spec.Dist{Kind: spec.Exponential, Mean: 5}},
		{Weight: 0.1, Dist: spec.Dist{Kind: spec.Exponential, Mean: 100}},
	}}
	list = append(list,
		family{name: "mix", dist: mix, cdf: func(x float64) float64 { return 1 - 0.9*math.Exp(-x/5) - 0.1*math.Exp(-x/100) }},
		family{name: "mix with an atom", dist: spec.Dist{Kind: spec.Mix, Parts: []spec.MixPart{
			{Weight: 0.25, Dist: spec.Const(7)}, {Weight: 0.75, Dist: mix},
		}}, atoms: true, cdf: func(x float64) float64 {
			f := 0.75 * (1 - 0.9*math.Exp(-x/5) - 0.1*math.Exp(-x/100))
			if x >= 7 {
				f += 0.25
			}
			return f
		}})
	return list
}

func drawn(d spec.Dist, n int) []float64 {
	s, k := Compile(d), NewKey(2024, "fit", "draw")
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = s.Draw(k, Counter(Identity(3, uint64(i)), 1, 0))
	}
	return xs
}

// TestFit is Kolmogorov and Smirnov's test of every family against a distribution function
// written apart from the package. 1.95/√n is exceeded by chance once in a
// thousand; the seed is fixed.
func TestFit(t *testing.T) {
	const n = 40000
	for _, c := range families() {
		if err := Check(c.dist); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		xs := drawn(c.dist, n)
		slices.Sort(xs)
		worst := 0.0
		for i := 0; i < n; {
			j := i + 1
			for j < n && xs[j] == xs[i] {
				j++
			}
			f := c.cdf(xs[i])
			worst = max(worst, math.Abs(float64(j)/n-f))
			if !c.atoms {
				worst = max(worst, math.Abs(float64(i)/n-f))
			}
			if own := CDF(c.dist, xs[i]); math.Abs(own-f) > 1e-6 {
				t.Fatalf("%s: CDF(%v) = %v, should be %v", c.name, xs[i], own, f)
			}
			i = max(j, i+20)
		}
		if limit := 1.95 / math.Sqrt(n); worst > limit {
			t.Errorf("%s: draws are %.4f from the distribution, limit %.4f", c.name, worst, limit)
		}
	}
}

// TestMoments compares Mean and Variance with those of the draws, in standard
// errors estimated from the draws.
func TestMoments(t *testing.T) {
	const n = 60000
	for _, c := range families() {
		if c.tail > 0 && c.tail <= 4 {
			continue
		}
		mean, ok := Mean(c.dist)
		variance, finite := Variance(c.dist)
		if !ok || !finite {
			t.Fatalf("%s has no moments", c.name)
		}
		var first, second, fourth float64
		for _, x := range drawn(c.dist, n) {
			off := x - mean
			first += off
			second += off * off
			fourth += off * off * off * off
		}
		first, second, fourth = first/n, second/n, fourth/n
		if z := first / math.Sqrt(second/n); math.Abs(z) > 4 {
			t.Errorf("%s: mean of the draws is %.1f standard errors from %v", c.name, z, mean)
		}
		if z := (second - variance) / math.Sqrt((fourth-second*second)/n); math.Abs(z) > 4.5 {
			t.Errorf("%s: variance of the draws %v is %.1f standard errors from %v", c.name, second, z, variance)
		}
	}
}

func TestMomentsThatAreInfinite(t *testing.T) {
	pareto := func(shape float64) spec.Dist { return spec.Dist{Kind: spec.Pareto, Min: 3, Shape: shape} }
	if _, ok := Mean(pareto(1)); ok {
		t.Error("pareto with shape 1 has a mean")
	}
	if m, ok := Mean(pareto(1.5)); !ok || relative(m, 9) > 1e-15 {
		t.Errorf("pareto(3, 1.5) has mean %v, should be 9", m)
	}
	if _, ok := Variance(pareto(2)); ok {
		t.Error("pareto with shape 2 has a variance")
	}
	mix := spec.Dist{Kind: spec.Mix, Parts: []spec.MixPart{{Weight: 0.99, Dist: spec.Const(1)}, {Weight: 0.01, Dist: pareto(0.9)}}}
	if _, ok := Mean(mix); ok {
		t.Error("a mix with a part without mean has a mean")
	}
	mix.Parts[0].Weight, mix.Parts[1].Weight = 1, 0
	if m, ok := Mean(mix); !ok || m != 1 {
		t.Errorf("a part without weight counts: mean %v", m)
	}
}

// TestMonotone: a larger uniform never gives a smaller value, whatever the family.
func TestMonotone(t *testing.T) {
	for _, c := range append(families(), extremes()...) {
		if c.dist.Kind == spec.Mix {
			continue
		}
		s := Compile(c.dist)
		last := math.Inf(-1)
		for i := range 20001 {
			u := (float64(i) + 0.5) / 20001
			x := s.at(u, 1-u)
			if x < last {
				t.Fatalf("%s: %v at u = %v after %v", c.name, x, u, last)
			}
			last = x
		}
	}
}

// extremes are as far as Check lets one go.
func extremes() []family {
	return []family{
		{name: "pareto 0.001", dist: spec.Dist{Kind: spec.Pareto, Min: 1e100, Shape: 0.001}},
		{name: "weibull 0.01", dist: spec.Dist{Kind: spec.Weibull, Shape: 0.01, Mean: 1e100}},
		{name: "weibull 10^6", dist: spec.Dist{Kind: spec.Weibull, Shape: 1e6, Mean: 10}},
		{name: "lognormal cv 1000", dist: spec.Dist{Kind: spec.Lognormal, Mean: 1e6, SD: 1e9, HasSD: true}},
		{name: "lognormal p99", dist: spec.Dist{Kind: spec.Lognormal, Median: 1, P99: 1e29}},
		{name: "lognormal limit", dist: spec.Dist{Kind: spec.Lognormal, Mean: 100, P99: 1496.8}},
		{name: "gamma cv 1000", dist: spec.Dist{Kind: spec.Gamma, Mean: 1e6, SD: 1e9}},
		{name: "gamma cv tiny", dist: spec.Dist{Kind: spec.Gamma, Mean: 1e90, SD: 1e-90}},
		{name: "erlang huge", dist: spec.Dist{Kind: spec.Erlang, K: 1 << 30, Mean: 1e6}},
		{name: "hyperexp 10^6", dist: spec.Dist{Kind: spec.Hyperexp, Mean: 1e6, SCV: 1e6}},
		{name: "hyperexp 1+", dist: spec.Dist{Kind: spec.Hyperexp, Mean: 1e6, SCV: math.Nextafter(1, 2)}},
		{name: "normal, all cut", dist: spec.Dist{Kind: spec.Normal, Mean: 0, SD: 1e100}},
		{name: "uniform wide", dist: spec.Dist{Kind: spec.Uniform, Min: -1e100, Max: 1e100}},
	}
}

// TestExtremes: with the smallest and the largest uniform every family gives
// a finite value, and Nanos one that a duration can have.
func TestExtremes(t *testing.T) {
	const tiny = 0x1p-53
	for _, c := range append(families(), extremes()...) {
		if err := Check(c.dist); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.dist.Kind == spec.Mix {
			continue
		}
		s := Compile(c.dist)
		low, high := s.at(tiny, 1-tiny), s.at(1-tiny, tiny)
		if math.IsNaN(low) || math.IsNaN(high) || math.IsInf(low, 0) || math.IsInf(high, 0) || low > high {
			t.Errorf("%s: from %v to %v", c.name, low, high)
		}
		if low < 0 && c.dist.Kind != spec.Uniform {
			t.Errorf("%s: %v is negative", c.name, low)
		}
		if n := roundNanos(high); n < 0 || n > int64(spec.MaxDuration) {
			t.Errorf("%s: %v becomes %d ns", c.name, high, n)
		}
		if m, ok := Mean(c.dist); ok && math.IsNaN(m) {
			t.Errorf("%s: mean %v", c.name, m)
		}
		if v, ok := Variance(c.dist); ok && (math.IsNaN(v) || v < 0) {
			t.Errorf("%s: variance %v", c.name, v)
		}
	}
}

func TestRoundNanos(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want int64
	}{
		{-5, 0},
		{0, 0},
		{0.49999999999999994, 0},
		{0.5, 1},
		{1.5, 2},
		{2.4999, 2},
		{1 << 53, 1 << 53},
		{1e300, int64(spec.MaxDuration)},
		{math.MaxFloat64, int64(spec.MaxDuration)},
	} {
		if got := roundNanos(c.v); got != c.want {
			t.Errorf("%v becomes %d ns, should be %d", c.v, got, c.want)
		}
	}
}

func TestConst(t *testing.T) {
	for _, c := range []struct {
		d    spec.Dist
		want float64
	}{
		{spec.Const(7), 7},
		{spec.Dist{Kind: spec.Exponential}, 0},
		{spec.Dist{Kind: spec.Normal, Mean: 4}, 4},
		{spec.Dist{Kind: spec.Gamma, Mean: 4}, 4},
		{spec.Dist{Kind: spec.Lognormal, Mean: 4, HasSD: true}, 4},
		{spec.Dist{Kind: spec.Lognormal, Mean: 4, P99: 4}, 4},
		{spec.Dist{Kind: spec.Lognormal, Median: 4, P99: 4}, 4},
		{spec.Dist{Kind: spec.Uniform, Min: 3, Max: 3}, 3},
		{spec.Dist{Kind: spec.Empirical, Values: []float64{9}}, 9},
		{spec.Dist{Kind: spec.Mix, Parts: []spec.MixPart{{Weight: 1, Dist: spec.Const(5)}}}, 5},
	} {
		s := Compile(c.d)
		got, ok := s.IsConst()
		m, _ := Mean(c.d)
		v, _ := Variance(c.d)
		if !ok || got != c.want || s.Draw(1, 1) != c.want || m != c.want || v != 0 ||
			Quantile(c.d, 0.9) != c.want || CDF(c.d, c.want) != 1 || CDF(c.d, c.want-1) != 0 {
			t.Errorf("%+v: constant %v (%v), mean %v, variance %v", c.d, got, ok, m, v)
		}
	}
	if _, ok := Compile(spec.Dist{Kind: spec.Exponential, Mean: 1}).IsConst(); ok {
		t.Error("exp is taken for a constant")
	}
}

// TestQuantileOfAtoms: the smallest value with at least that chance below it.
func TestQuantileOfAtoms(t *testing.T) {
	steps := spec.Dist{Kind: spec.Empirical, Values: []float64{1, 2, 3, 4}, Steps: true}
	mix := spec.Dist{Kind: spec.Mix, Parts: []spec.MixPart{{Weight: 0.3, Dist: spec.Const(1)}, {Weight: 0.7, Dist: spec.Const(8)}}}
	for _, c := range []struct {
		d       spec.Dist
		p, want float64
	}{
		{steps, 0, 1},
		{steps, 0.25, 1},
		{steps, 0.2500001, 2},
		{steps, 0.5, 2},
		{steps, 1, 4},
		{mix, 0.29, 1},
		{mix, 0.3, 1},
		{mix, 0.31, 8},
		{mix, 1, 8},
		{spec.Dist{Kind: spec.Normal, Mean: 0, SD: 1}, 0.4, 0},
		{spec.Dist{Kind: spec.Pareto, Min: 3, Shape: 2}, 0, 3},
		{spec.Dist{Kind: spec.Pareto, Min: 3, Shape: 2}, 1, math.MaxFloat64},
	} {
		if got := Quantile(c.d, c.p); got != c.want {
			t.Errorf("Quantile(%v, %v) = %v, should be %v", c.d, c.p, got, c.want)
		}
	}
}
