package luck

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// worst returns the largest error in ulp of f over the arguments, and where.
func worst(args []float64, f func(float64) float64, exact func(*big.Float) *big.Float) (worst, at float64) {
	for _, x := range args {
		if e := ulps(f(x), exact(bigNew(x))); e > worst {
			worst, at = e, x
		}
	}
	return worst, at
}

func bigExpm1(x *big.Float) *big.Float { return bigZero().Sub(bigExp(x), bigNew(1)) }
func bigLog1p(x *big.Float) *big.Float { return bigLog(bigZero().Add(x, bigNew(1))) }

// logArguments: every binade, the neighbourhood of 1, uniforms, table ends.
func logArguments(r *rand.Rand) []float64 {
	var xs []float64
	for e := -1074; e < 1024; e += 3 {
		xs = append(xs, math.Ldexp(1+r.Float64(), e))
	}
	for range 3000 {
		xs = append(xs, r.Float64(), 0.68+0.7*r.Float64(), 1+math.Ldexp(r.Float64()-0.5, -r.IntN(52)))
	}
	for i := range uint64(logTableSize) {
		end := math.Float64frombits(logOffset + i<<(52-logTableBits))
		xs = append(xs, end, math.Nextafter(end, 0))
	}
	return append(xs, 5e-324, math.MaxFloat64, math.Nextafter(1, 0), math.Nextafter(1, 2), 0x1p-53, 1-0x1p-53)
}

func spread(r *rand.Rand, low, high float64, n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = low + (high-low)*r.Float64()
	}
	return xs
}

func tiny(r *rand.Rand, n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = math.Ldexp(r.Float64()-0.5, -r.IntN(60))
	}
	return xs
}

func TestElementaryAccuracy(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	around0 := append(tiny(r, 3000), spread(r, -0.9, 5, 2000)...)
	for _, c := range []struct {
		name  string
		args  []float64
		f     func(float64) float64
		exact func(*big.Float) *big.Float
		limit float64
	}{
		{"Log", logArguments(r), Log, bigLog, 0.66},
		{"Log1p", append(around0, spread(r, 0, 1e6, 500)...), Log1p, bigLog1p, 2},
		{"Exp", append(append(tiny(r, 1000), spread(r, -708, 709.7, 4000)...), spread(r, -3, 3, 4000)...), Exp, bigExp, 0.53},
		{"Exp, subnormal results", spread(r, -745, -708.4, 300), Exp, bigExp, 1},
		{"Expm1", append(around0, spread(r, -45, 690, 2000)...), Expm1, bigExpm1, 2},
	} {
		got, at := worst(c.args, c.f, c.exact)
		t.Logf("%s: at most %.4f ulp (at %v) over %d arguments", c.name, got, at, len(c.args))
		if got > c.limit {
			t.Errorf("%s(%v) is %.3f ulp off, limit %v", c.name, at, got, c.limit)
		}
	}
}

func TestPowAccuracy(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	worst := 0.0
	for range 6000 {
		x := math.Ldexp(1+r.Float64(), r.IntN(80)-60)
		if r.IntN(2) == 0 {
			x = 1 + math.Ldexp(r.Float64()-0.5, -r.IntN(50))
		}
		y := (700*r.Float64() - 350) / max(math.Abs(Log(x)), 0x1p-40)
		if r.IntN(2) == 0 {
			y = math.Round(20*r.Float64()) / 4
		}
		e := ulps(Pow(x, y), bigExp(bigZero().Mul(bigNew(y), bigLog(bigNew(x)))))
		if e > worst {
			worst = e
		}
		if e > 0.6 {
			t.Errorf("Pow(%v, %v) is %.3f ulp off", x, y, e)
		}
	}
	t.Logf("Pow: at most %.4f ulp", worst)
}
