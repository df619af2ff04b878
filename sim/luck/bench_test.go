package luck

import (
	"testing"

	"eddy/sim/spec"
)

var sink float64

func BenchmarkUniform(b *testing.B) {
	k := NewKey(1, "web", "gap")
	for i := range b.N {
		sink = k.Uniform(Counter(uint64(i), 1, 2))
	}
}

func BenchmarkLog(b *testing.B) {
	x, sum := 0.3, 0.0
	for range b.N {
		sum += Log(x)
		x += 0x1p-40
	}
	sink = sum
}

func BenchmarkExp(b *testing.B) {
	x, sum := 0.3, 0.0
	for range b.N {
		sum += Exp(x)
		x += 0x1p-40
	}
	sink = sum
}

func BenchmarkDraw(b *testing.B) {
	k := NewKey(1, "web", "gap")
	for _, c := range []struct {
		name string
		d    spec.Dist
	}{
		{"constant", spec.Const(5e6)},
		{"exp", spec.Dist{Kind: spec.Exponential, Mean: 5e6}},
		{"normal", spec.Dist{Kind: spec.Normal, Mean: 5e6, SD: 1e6}},
		{"lognormal", spec.Dist{Kind: spec.Lognormal, Mean: 5e6, P99: 2e7}},
		{"gamma", spec.Dist{Kind: spec.Gamma, Mean: 5e6, SD: 3e6}},
		{"weibull", spec.Dist{Kind: spec.Weibull, Mean: 5e6, Shape: 0.7}},
		{"pareto", spec.Dist{Kind: spec.Pareto, Min: 5e6, Shape: 1.7}},
		{"hyperexp", spec.Dist{Kind: spec.Hyperexp, Mean: 5e6, SCV: 4}},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := Compile(c.d)
			var sum int64
			for i := range b.N {
				sum += s.Nanos(k, Counter(uint64(i)*golden, 1, 2))
			}
			sink = float64(sum)
		})
	}
}
