package luck

import (
	"fmt"
	"math"
	"math/bits"
	"testing"
)

// TestSquaresKnown: the first outputs under the first key of the author's own
// list, as other implementations publish them.
func TestSquaresKnown(t *testing.T) {
	const key Key = 0x548c9decbce65297
	for ctr, want := range []uint64{0x36d88366cee633a5, 0x944716e00e60dfaa, 0xc8a8f4e0678654bf, 0x35cc666aab11c80d} {
		if got := key.Bits(uint64(ctr)); got != want {
			t.Errorf("counter %d: %#x, should be %#x", ctr, got, want)
		}
	}
}

// TestKeys: every key has the digits the generator asks for, and no two of
// many are equal.
func TestKeys(t *testing.T) {
	seen := map[Key]string{}
	for seed := range uint64(200) {
		for _, name := range []string{"", "a", "b", "ab", "web", "payment"} {
			for _, purpose := range []string{"", "a", "b", "gap", "work:0", "work:1"} {
				k := NewKey(seed, name, purpose)
				where := fmt.Sprint(seed, "/", name, "/", purpose)
				if other, ok := seen[k]; ok {
					t.Fatalf("%s and %s have the same key", where, other)
				}
				seen[k] = where
				if k&1 == 0 || !irregular(uint32(k)) || !irregular(uint32(k>>32)) {
					t.Fatalf("%s: key %016x is not of the right kind", where, uint64(k))
				}
			}
		}
	}
}

// irregular says whether the eight hexadecimal digits are different and not 0.
func irregular(digits uint32) bool {
	seen := 1
	for range 8 {
		seen |= 1 << (digits & 15)
		digits >>= 4
	}
	return bits.OnesCount(uint(seen)) == 9
}

func TestUniformIsOpenAndExact(t *testing.T) {
	for _, b := range []uint64{0, 1, 0xfff, 0x1000, math.MaxUint64, 1 << 63} {
		u, v := lowerUniform(b), upperUniform(b)
		if !(u > 0 && u < 1 && v > 0 && v < 1) || u+v != 1 || 1-u != v || 1-v != u {
			t.Errorf("bits %#x: u %v, 1-u %v", b, u, v)
		}
	}
	k := NewKey(1, "web", "gap")
	if k.Uniform(5) != lowerUniform(k.Bits(5)) {
		t.Error("Uniform is not made of the top bits")
	}
}

// counters gives the draws a run would make: consecutive events, a few
// attempts, a few indices.
func counters(n int) []uint64 {
	list := make([]uint64, 0, n)
	source := SourceID("web")
	for i := range uint64(n / 4) {
		id := Identity(source, i)
		list = append(list, Counter(id, 1, 0), Counter(id, 1, 1), Counter(id, 2, 0), Counter(Child(id, source, 0, 0), 1, 0))
	}
	return list
}

func correlation(xs, ys []float64) float64 {
	sum := 0.0
	for i := range xs {
		sum += (xs[i] - 0.5) * (ys[i] - 0.5)
	}
	return sum / float64(len(xs)) * 12
}

// TestIndependence looks for correlation between neighbours, between keys that
// differ in one character or in the seed's last bit, and between a draw and
// the draws next to it in event, attempt and index; and at every bit's balance.
func TestIndependence(t *testing.T) {
	const n = 200000
	list := counters(n)
	under := func(k Key) []float64 {
		us := make([]float64, n)
		for i, ctr := range list {
			us[i] = k.Uniform(ctr)
		}
		return us
	}
	base := under(NewKey(1, "web", "work"))
	limit := 4 / math.Sqrt(n)
	for lag := 1; lag <= 8; lag++ {
		if r := correlation(base[lag:], base[:n-lag]); math.Abs(r) > limit {
			t.Errorf("lag %d: correlation %.4f", lag, r)
		}
	}
	for name, k := range map[string]Key{
		"seed": NewKey(0, "web", "work"), "name": NewKey(1, "wec", "work"), "purpose": NewKey(1, "web", "worl"), "swapped": NewKey(1, "work", "web"),
	} {
		if r := correlation(base, under(k)); math.Abs(r) > limit {
			t.Errorf("key that differs in its %s: correlation %.4f", name, r)
		}
	}
	var ones [64]int
	for _, ctr := range list {
		b := NewKey(1, "web", "work").Bits(ctr)
		for i := range ones {
			ones[i] += int(b >> i & 1)
		}
	}
	for i, count := range ones {
		if off := math.Abs(float64(count)-n/2) / math.Sqrt(n/4); off > 4.5 {
			t.Errorf("bit %d is set %d times of %d", i, count, n)
		}
	}
}

// TestPairsFillTheSquare is a chi-squared test of pairs of neighbouring draws
// on a grid of 32 × 32.
func TestPairsFillTheSquare(t *testing.T) {
	const n, grid = 204800, 32
	k := NewKey(3, "payment", "work")
	var cells [grid * grid]int
	for i := range uint64(n) {
		id := Identity(9, i)
		x, y := k.Uniform(Counter(id, 1, 0)), k.Uniform(Counter(id, 2, 0))
		cells[int(x*grid)*grid+int(y*grid)]++
	}
	chi2, expected := 0.0, float64(n)/(grid*grid)
	for _, c := range cells {
		off := float64(c) - expected
		chi2 += off * off / expected
	}
	const degrees = grid*grid - 1
	if z := (chi2 - degrees) / math.Sqrt(2*degrees); math.Abs(z) > 4 {
		t.Errorf("chi-squared %.0f with %d degrees of freedom: %.1f standard deviations off", chi2, degrees, z)
	}
}

// TestCountersDoNotMeet: no two draws of many events share a counter.
func TestCountersDoNotMeet(t *testing.T) {
	seen := make(map[uint64]bool)
	for i := range uint64(2000) {
		id := Identity(SourceID("web"), i)
		for attempt := range uint32(8) {
			for index := range uint32(8) {
				ctr := Counter(id, attempt, index)
				for _, c := range []uint64{ctr, sub(ctr, 0), sub(ctr, 1)} {
					if seen[c] {
						t.Fatalf("event %d, attempt %d, index %d: counter met before", i, attempt, index)
					}
					seen[c] = true
				}
			}
		}
	}
}
