package sim

import (
	"strconv"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// KeySpread says how the keys of a space spread over partitions by Kafka's
// partitioner. The keys beyond the first few thousand are taken to spread evenly,
// which they do to within the root of their number.
type KeySpread struct {
	Largest float64 // share of the most frequent key, 0 to 1
	weights []float64
	hashes  []int
	rest    float64 // of the keys beyond
}

// NewKeySpread looks at the keys of a space.
func NewKeySpread(keys *spec.KeySpace) *KeySpread {
	k := &KeySpread{weights: luck.NewZipf(keys.Count, keys.Skew).Head(), rest: 1}
	k.hashes = make([]int, len(k.weights))
	var room [20]byte
	for i, p := range k.weights {
		k.hashes[i] = int(murmur2(strconv.AppendInt(room[:0], int64(i), 10)) & 0x7fffffff)
		k.Largest = max(k.Largest, p)
		k.rest -= p
	}
	if int64(len(k.weights)) == keys.Count || k.rest < 0 {
		k.rest = 0
	}
	return k
}

// Shares is the part of the events that each of so many partitions ≥ 1 gets, 0
// to 1.
func (k *KeySpread) Shares(partitions int) []float64 {
	shares := make([]float64, partitions)
	for i, p := range k.weights {
		shares[k.hashes[i]%partitions] += p
	}
	for i := range shares {
		shares[i] += k.rest / float64(partitions)
	}
	return shares
}
