package sim

import (
	"strconv"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// KeyShares is the share of the events with keys of a space that each of so
// many partitions ≥ 1 gets by Kafka's partitioner, and the share of the most
// frequent key, 0 to 1. The keys beyond the first few thousand are taken to spread
// evenly, which they do to within the root of their number.
func KeyShares(keys *spec.KeySpace, partitions int) (shares []float64, largest float64) {
	shares = make([]float64, partitions)
	head := luck.NewZipf(keys.Count, keys.Skew).Head()
	rest := 1.0
	for i, p := range head {
		key := strconv.AppendInt(nil, int64(i), 10)
		shares[int(murmur2(key)&0x7fffffff)%partitions] += p
		rest -= p
		largest = max(largest, p)
	}
	if int64(len(head)) == keys.Count {
		rest = 0
	}
	for i := range shares {
		shares[i] += max(0, rest) / float64(partitions)
	}
	return shares, largest
}
