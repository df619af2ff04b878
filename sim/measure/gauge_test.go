package measure_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"eddy/sim/measure"
)

// levels is a gauge as anybody would believe it: the area of one rectangle
// after another.
type levels struct {
	level, max, min int64
	last, start     int64
	area            *big.Int
}

func (g *levels) until(now int64) {
	g.area.Add(g.area, new(big.Int).Mul(big.NewInt(now-g.last), big.NewInt(g.level)))
	g.last = now
}

func (g *levels) add(now, delta int64) {
	g.until(now)
	g.level += delta
	g.max = max(g.max, g.level)
	g.min = min(g.min, g.level)
}

func (g *levels) restart(now int64) {
	g.until(now)
	g.area.SetInt64(0)
	g.max, g.min, g.start = g.level, g.level, now
}

func TestGaugeAgainstTwin(t *testing.T) {
	const end = 1 << 62
	rapid.Check(t, func(t *rapid.T) {
		var g measure.Gauge
		w := levels{area: new(big.Int)}
		now := int64(0)
		pass := func(t *rapid.T) {
			longest := rapid.SampledFrom([]int64{0, 1, 1000, end}).Draw(t, "longest")
			now += rapid.Int64Range(0, min(longest, end-now)).Draw(t, "pass")
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				pass(t)
				most := rapid.SampledFrom([]int64{1, 1000, end}).Draw(t, "most")
				delta := rapid.Int64Range(-min(most, w.level), min(most, end-w.level)).Draw(t, "delta")
				g.Add(now, delta)
				w.add(now, delta)
			},
			"inc": func(t *rapid.T) {
				pass(t)
				if w.level == end {
					t.Skip("full")
				}
				g.Inc(now)
				w.add(now, 1)
			},
			"dec": func(t *rapid.T) {
				pass(t)
				if w.level == 0 {
					t.Skip("empty")
				}
				g.Dec(now)
				w.add(now, -1)
			},
			"set": func(t *rapid.T) {
				pass(t)
				level := rapid.Int64Range(0, end).Draw(t, "level")
				g.Set(now, level)
				w.add(now, level-w.level)
			},
			"restart": func(t *rapid.T) {
				pass(t)
				g.Restart(now)
				w.restart(now)
			},
			"": func(t *rapid.T) {
				w.until(now)
				if g.Level() != w.level || g.Max() != w.max || g.Min() != w.min {
					t.Fatalf("level %d in %d…%d, want %d in %d…%d", g.Level(), g.Min(), g.Max(), w.level, w.min, w.max)
				}
				if got := g.Integral(now); exact(got).Cmp(w.area) != 0 {
					t.Fatalf("integral %v, want %v", got.Big(), w.area)
				}
				mean, ok := g.Mean(now)
				if ok != (now > w.start) {
					t.Fatalf("mean ok = %v from %d to %d", ok, w.start, now)
				}
				if ok {
					want, _ := new(big.Rat).SetFrac(w.area, big.NewInt(now-w.start)).Float64()
					if mean != want {
						t.Fatalf("mean %v, want %v", mean, want)
					}
				}
			},
		})
	})
}

// TestGaugeShowsANegativeLevel: an owner that takes out more than was put in
// must be able to find out.
func TestGaugeShowsANegativeLevel(t *testing.T) {
	var g measure.Gauge
	g.Add(5, 2)
	g.Add(6, -3)
	g.Add(6, 1)
	if g.Min() != -1 {
		t.Errorf("min = %d", g.Min())
	}
}

func TestGaugeDoesNotAllocate(t *testing.T) {
	var g measure.Gauge
	now := int64(0)
	if n := testing.AllocsPerRun(100, func() {
		now++
		g.Add(now, now)
		g.Restart(now)
		g.Mean(now + 1)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestGaugeTimes: the gauge of a multiple is the one that followed it.
func TestGaugeTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1<<20).Draw(t, "n")
		var one, many measure.Gauge
		now := int64(0)
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			now += rapid.Int64Range(0, 1<<40).Draw(t, "pass")
			if rapid.IntRange(0, 5).Draw(t, "restart") == 0 {
				one.Restart(now)
				many.Restart(now)
			}
			level := rapid.Int64Range(0, 1<<20).Draw(t, "level")
			one.Set(now, level)
			many.Set(now, level*n)
		}
		if got := one.Times(n); got != many {
			t.Fatalf("%+v times %d is %+v, want %+v", one, n, got, many)
		}
	})
}
