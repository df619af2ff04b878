package luck

import (
	"math"
	"testing"

	"eddy/sim/spec"
)

func relative(got, want float64) float64 {
	if got == want {
		return 0
	}
	return math.Abs(got-want) / math.Abs(want)
}

func TestNormQuantileKnown(t *testing.T) {
	worst := 0.0
	for _, k := range knownNormal {
		off := relative(NormQuantile(k.p), k.z)
		worst = max(worst, off)
		if off > 1e-15 {
			t.Errorf("NormQuantile(%v) = %v, should be %v (off %.2g)", k.p, NormQuantile(k.p), k.z, off)
		}
	}
	t.Logf("off by at most %.2g", worst)
	if math.Abs(NormQuantile(0.99)-z99) > 1e-15 {
		t.Errorf("z99 is %v, should be %v", z99, NormQuantile(0.99))
	}
	for _, p := range []float64{-1, 2, math.NaN(), math.Inf(1)} {
		if z := NormQuantile(p); !math.IsNaN(z) {
			t.Errorf("NormQuantile(%v) = %v, should be NaN", p, z)
		}
	}
	if !math.IsInf(NormQuantile(0), -1) || !math.IsInf(NormQuantile(1), 1) {
		t.Error("the ends of NormQuantile are not infinite")
	}
}

func TestNormCDFKnown(t *testing.T) {
	worst := 0.0
	for _, k := range knownTail {
		off := relative(NormCDF(-k.z), k.tail)
		worst = max(worst, off)
		if off > 1e-12 {
			t.Errorf("NormCDF(-%v) = %v, should be %v (off %.2g)", k.z, NormCDF(-k.z), k.tail, off)
		}
		if got := NormCDF(k.z); math.Abs(got-(1-k.tail)) > 1e-15 {
			t.Errorf("NormCDF(%v) = %v, should be %v", k.z, got, 1-k.tail)
		}
	}
	t.Logf("off by at most %.2g", worst)
}

func TestLogGammaKnown(t *testing.T) {
	for _, k := range knownLogGamma {
		if off := math.Abs(LogGamma(k.x) - k.value); off > 4e-15*max(1, math.Abs(k.value)) {
			t.Errorf("LogGamma(%v) = %v, should be %v (off %.2g)", k.x, LogGamma(k.x), k.value, off)
		}
		if k.x > 0.9 && k.x < 1.1 && relative(LogGamma(k.x), k.value) > 1e-12 {
			t.Errorf("LogGamma(%v) has lost its relative accuracy", k.x)
		}
	}
}

// TestGammaKnown holds the distribution function, the solution and the table
// that draws take against values computed with 40 digits.
func TestGammaKnown(t *testing.T) {
	var worst struct{ cdf, solved, table float64 }
	for _, k := range knownGamma {
		lower, upper := gammaCDFLog(k.shape, Exp(k.logx), k.logx)
		cdf := max(relative(lower, k.lower), relative(upper, k.upper))
		z := normQuantile2(k.lower, k.upper)
		// What the rounding of log x, z and the given side alone must cost.
		slope, _ := gammaSlopes(k.shape, z, k.logx)
		due := 1e-15 * (math.Abs(k.logx) + 10*math.Abs(slope))
		solved := math.Abs(gammaSolve(k.shape, k.lower, k.upper, gammaGuess(k.shape, z))-k.logx) - due
		table := math.Abs(gammaTableFor(k.shape).logAt(z)-k.logx) - due
		worst.cdf, worst.solved, worst.table = max(worst.cdf, cdf), max(worst.solved, solved), max(worst.table, table)
		if cdf > 1e-11 || solved > 1e-11 || table > 1e-9 {
			t.Errorf("shape %v, log x %v: distribution off by %.2g, solution by %.2g, table by %.2g", k.shape, k.logx, cdf, solved, table)
		}
	}
	t.Logf("relative errors at most: distribution %.2g, solution %.2g, table %.2g", worst.cdf, worst.solved, worst.table)
}

// TestGammaTables: the interpolation is within its tolerance for every shape
// there may be, with a table of bearable size.
func TestGammaTables(t *testing.T) {
	for _, shape := range []float64{gammaMinShape, 1e-5, 1e-3, 0.02, 0.2, 0.5, 0.99, 1.01, 2, 3, 7.7, 64, 1000, 9.9e4} {
		table := newGammaTable(shape)
		off := table.error(shape)
		t.Logf("shape %8v: %5d intervals, log x off by %.2g between nodes", shape, len(table.nodes)-1, off)
		if off > 10*gammaTolerance {
			t.Errorf("shape %v: off by %.2g", shape, off)
		}
	}
}

// TestGammaNearNormal: where the expansion takes over, it agrees with the solution.
func TestGammaNearNormal(t *testing.T) {
	for z := -8.2; z < 8.3; z += 0.4 {
		want := Exp(gammaSolve(gammaNormalShape, NormCDF(z), NormCDF(-z), Log(gammaNormalShape))) / gammaNormalShape
		got := gammaNearNormal(1/math.Sqrt(gammaNormalShape), z)
		if relative(got, want) > 2e-11 {
			t.Errorf("z %.1f: expansion %v, solution %v", z, got, want)
		}
	}
}

// TestInverse: CDF(Quantile(p)) = p for every continuous family, in both tails.
func TestInverse(t *testing.T) {
	for _, c := range families() {
		if c.atoms {
			continue
		}
		for _, p := range []float64{1e-9, 1e-4, 0.01, 0.3, 0.5, 0.77, 0.99, 0.9999, 1 - 1e-9} {
			x := Quantile(c.dist, p)
			if x == 0 && c.dist.Kind == spec.Normal {
				continue // cut
			}
			if got := CDF(c.dist, x); math.Abs(got-p) > 1e-9*min(p, 1-p)+1e-13 {
				t.Errorf("%s: CDF(Quantile(%v)) = %v", c.name, p, got)
			}
		}
	}
}

// TestDrawIsQuantile: a draw is the quantile of its uniform.
func TestDrawIsQuantile(t *testing.T) {
	k := NewKey(7, "draw", "test")
	for _, c := range families() {
		if c.dist.Kind == spec.Mix {
			continue
		}
		s := Compile(c.dist)
		for ctr := range uint64(200) {
			draw, quantile := s.Draw(k, ctr), Quantile(c.dist, k.Uniform(ctr))
			if relative(draw, quantile) > 1e-15 {
				t.Fatalf("%s: draw %v, quantile %v", c.name, draw, quantile)
			}
		}
	}
}
