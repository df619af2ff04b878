package sim

import (
	"math"
	"testing"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// TestKeySpread draws keys and puts them into partitions as a stream does.
func TestKeySpread(t *testing.T) {
	const draws, partitions = 200_000, 6
	for _, keys := range []spec.KeySpace{{Count: 7}, {Count: 1000, Skew: 1.2}, {Count: 50_000, Skew: 0.8}, {Count: 1 << 40}, {Count: 1 << 40, Skew: 1.01}} {
		e := &Engine{}
		st := &stream{partitions: make([]partition, partitions)}
		zipf := luck.NewZipf(keys.Count, keys.Skew)
		drawn := make([]float64, partitions)
		for i := range draws {
			drawn[e.partitionOf(st, &event{key: zipf.Pick((float64(i) + 0.5) / draws)})] += 1.0 / draws
		}
		spread := NewKeySpread(&keys)
		shares, largest := spread.Shares(partitions), spread.Largest
		sum := 0.0
		for i, want := range drawn {
			sum += shares[i]
			// Keys too seldom to be counted one by one are drawn as a sample.
			if math.Abs(shares[i]-want) > 0.006 {
				t.Errorf("%+v: partition %d gets %.4f, not %.4f", keys, i, want, shares[i])
			}
		}
		if math.Abs(sum-1) > 1e-9 || largest <= 0 || largest > 1 {
			t.Errorf("%+v: the shares add up to %v, the largest key has %v", keys, sum, largest)
		}
	}
}
