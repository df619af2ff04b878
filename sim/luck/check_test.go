package luck

import (
	"math"
	"strings"
	"testing"

	"eddy/sim/spec"
)

func TestCheckErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	mix := func(parts ...spec.MixPart) spec.Dist { return spec.Dist{Kind: spec.Mix, Parts: parts} }
	for _, c := range []struct {
		d    spec.Dist
		says string
	}{
		{spec.Const(nan), "finite"},
		{spec.Const(inf), "finite"},
		{spec.Const(1e101), "at most 1e+100"},
		{spec.Dist{Kind: spec.Exponential, Mean: -1}, "mean must not be negative"},
		{spec.Dist{Kind: spec.Uniform, Min: 3, Max: 2}, "min must be at most max"},
		{spec.Dist{Kind: spec.Triangular, Min: 3, Mode: 2, Max: 9}, "min must be at most mode"},
		{spec.Dist{Kind: spec.Triangular, Min: 1, Mode: 20, Max: 9}, "mode must be at most max"},
		{spec.Dist{Kind: spec.Normal, Mean: 1, SD: -1}, "sd must not be negative"},
		{spec.Dist{Kind: spec.Normal, Mean: -1, SD: 1}, "mean must not be negative"},
		{spec.Dist{Kind: spec.Lognormal, Mean: 0, SD: 1, HasSD: true}, "mean must be more than 0"},
		{spec.Dist{Kind: spec.Lognormal, Mean: 1, SD: 1001, HasSD: true}, "at most 1000 times"},
		{spec.Dist{Kind: spec.Lognormal, Mean: 10, P99: 160}, "at most 14.968 times the mean (it is 16 times"},
		{spec.Dist{Kind: spec.Lognormal, Mean: 10, P99: 9}, "p99 must be at least the mean"},
		{spec.Dist{Kind: spec.Lognormal, Median: 10, P99: 9}, "p99 must be at least the median"},
		{spec.Dist{Kind: spec.Lognormal, P99: 9}, "mean or the median"},
		{spec.Dist{Kind: spec.Gamma, Mean: 1, SD: -1}, "sd must not be negative"},
		{spec.Dist{Kind: spec.Gamma, Mean: 0, SD: 1}, "mean must be more than 0"},
		{spec.Dist{Kind: spec.Erlang, Mean: 1}, "k must be at least 1"},
		{spec.Dist{Kind: spec.Weibull, Mean: 1}, "shape must be at least 0.01"},
		{spec.Dist{Kind: spec.Weibull, Mean: -1, Shape: 1}, "mean must not be negative"},
		{spec.Dist{Kind: spec.Pareto, Shape: 1}, "min must be more than 0"},
		{spec.Dist{Kind: spec.Pareto, Min: 1}, "shape must be more than 0"},
		{spec.Dist{Kind: spec.Hyperexp, Mean: 1, SCV: 0.5}, "scv must be at least 1"},
		{spec.Dist{Kind: spec.Hyperexp, Mean: 1, SCV: 1e7}, "scv must be at most"},
		{mix(), "at least one part"},
		{mix(spec.MixPart{Weight: 0.9, Dist: spec.Const(1)}), "sum to 100% (they sum to 90%)"},
		{mix(spec.MixPart{Weight: -0.5}, spec.MixPart{Weight: 1.5}), "part 1 of the mix: its weight"},
		{mix(spec.MixPart{Weight: 1, Dist: spec.Dist{Kind: spec.Erlang}}), "part 1 of the mix: k must"},
		{spec.Dist{Kind: spec.Empirical}, "at least one value"},
		{spec.Dist{Kind: spec.Empirical, Values: []float64{1, nan}}, "value 2 of empirical"},
		{spec.Dist{Kind: spec.Empirical, Values: []float64{2, 1}}, "sorted"},
		{spec.Dist{Kind: 99}, "unknown family"},
	} {
		err := Check(c.d)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: says %v, should say %q", c.d, err, c.says)
		}
	}
	deep := spec.Const(1)
	for range 20 {
		deep = mix(spec.MixPart{Weight: 1, Dist: deep})
	}
	if Check(deep) == nil {
		t.Error("mixes nested 20 deep pass")
	}
}

// FuzzCheckedDistributionsWork: whatever Check lets pass can be compiled and
// drawn from.
func FuzzCheckedDistributionsWork(f *testing.F) {
	f.Add(uint8(spec.Gamma), 10.0, 5.0, 0.0, 0.0, 3)
	f.Add(uint8(spec.Lognormal), 10.0, 5.0, 12.0, 0.0, 3)
	f.Add(uint8(spec.Weibull), 10.0, 5.0, 12.0, 0.3, 3)
	f.Fuzz(func(t *testing.T, kind uint8, a, b, c, shape float64, n int) {
		d := spec.Dist{
			Kind: spec.DistKind(kind % uint8(spec.Empirical)), Mean: a, SD: b, Min: a, Mode: b, Max: c, P99: c,
			Median: b, HasSD: n%2 == 0, Shape: shape, SCV: b, K: n,
		}
		if Check(d) != nil {
			return
		}
		s := Compile(d)
		for ctr := range uint64(20) {
			x := s.Draw(0x548c9decbce65297, ctr)
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Fatalf("%+v draws %v", d, x)
			}
		}
		if m, ok := Mean(d); ok && math.IsNaN(m) {
			t.Fatalf("%+v has mean %v", d, m)
		}
		if v, ok := Variance(d); ok && math.IsNaN(v) {
			t.Fatalf("%+v has variance %v", d, v)
		}
		for _, p := range []float64{0, 1e-300, 0.5, 1 - 0x1p-53, 1} {
			if x := Quantile(d, p); math.IsNaN(x) || math.IsInf(x, 0) {
				t.Fatalf("%+v has %v-quantile %v", d, p, x)
			}
		}
	})
}
