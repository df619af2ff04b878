package luck

import (
	"math"
	"testing"
)

func TestChooser(t *testing.T) {
	for _, weights := range [][]float64{{1}, {0, 3, 0, 1, 0}, {0.1, 0.2, 0.3, 0.4}, make20()} {
		c := NewChooser(weights)
		total := 0.0
		for _, w := range weights {
			total += w
		}
		const n = 100000
		counts := make([]int, len(weights))
		last := 0
		for i := range n {
			got := c.Pick((float64(i) + 0.5) / n)
			if got < last {
				t.Fatalf("%v: picks %d after %d", weights, got, last)
			}
			last = got
			counts[got]++
		}
		for i, w := range weights {
			if math.Abs(float64(counts[i])-w/total*n) > 1.01 || (w == 0 && counts[i] > 0) {
				t.Errorf("%v: %d picked %d times of %d", weights, i, counts[i], n)
			}
		}
		for _, u := range []float64{0x1p-53, 1 - 0x1p-53} {
			if i := c.Pick(u); weights[i] == 0 {
				t.Errorf("%v: u = %v picks %d", weights, u, i)
			}
		}
	}
}

func make20() []float64 {
	w := make([]float64, 20)
	for i := range w {
		w[i] = float64(i % 5)
	}
	return w
}

// TestZipfChances compares the chance of every key, as far as the table goes
// and beyond, with the plain sum: the first uniform of each key is found by
// the sum, and Pick must change there.
func TestZipfChances(t *testing.T) {
	const slack = 1e-12
	for _, skew := range []float64{0, 0.2, 0.8, 0.99, 1, 1 + 1e-9, 1.1, 2, 3.5, 20} {
		for _, count := range []int64{1, 2, 1000, zipfHead, zipfHead + 1, 300000} {
			z := NewZipf(count, skew)
			sums := make([]float64, count) // from the small end up, for accuracy
			sum := 0.0
			for i := count - 1; i >= 0; i-- {
				sums[i] = sum
				sum += math.Pow(float64(i+1), -skew)
			}
			for i := int64(0); i < count-1; i += 1 + i/7 {
				edge := 1 - sums[i]/sum // u below: key ≤ i
				if u := edge - slack; u > 0 && z.Pick(u) > i {
					t.Fatalf("skew %v, %d keys: u %v gives key %d, should be at most %d", skew, count, u, z.Pick(u), i)
				}
				if u := edge + slack; u < 1 && z.Pick(u) <= i {
					t.Fatalf("skew %v, %d keys: u %v gives key %d, should be above %d", skew, count, u, z.Pick(u), i)
				}
			}
		}
	}
}

func TestZipfExtremes(t *testing.T) {
	for _, skew := range []float64{0, 1e-12, 0.5, 1, 1.5, 5, 64, 65, 1e3, 1e300} {
		for _, count := range []int64{1, 2, 5000, 1 << 31} {
			z := NewZipf(count, skew)
			last := int64(0)
			for i := range 3000 {
				u := (float64(i) + 0.5) / 3000
				key := z.Pick(u)
				if key < last || key >= count {
					t.Fatalf("skew %v, %d keys: u %v gives %d after %d", skew, count, u, key, last)
				}
				last = key
			}
			if low, high := z.Pick(0x1p-53), z.Pick(1-0x1p-53); low != 0 || high < last || high >= count {
				t.Errorf("skew %v, %d keys: from %d to %d", skew, count, low, high)
			}
		}
	}
}

func BenchmarkZipf(b *testing.B) {
	k := NewKey(1, "web", "key")
	for name, z := range map[string]*Zipf{"head": NewZipf(4000, 1.1), "tail": NewZipf(1<<31, 0.5)} {
		b.Run(name, func(b *testing.B) {
			var sum int64
			for i := range b.N {
				sum += z.Pick(k.Uniform(uint64(i)))
			}
			sink = float64(sum)
		})
	}
}
