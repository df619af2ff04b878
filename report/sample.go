package report

import "eddy/sim"

// sample chooses families of events: a root event and everything that follows
// from it is kept or left out as a whole, by a hash of the root's id, so the
// same families are kept whatever the seed and whatever else happens, and by
// every export alike.
type sample struct {
	all       bool
	threshold uint64 // families whose hash is below are kept
	source    func(int32) string
	salts     []uint64 // hash of each source's name, 0: not yet known
}

// newSample keeps a share, 0 to 1, of the families.
func newSample(names Names, share float64) sample {
	s := sample{source: names.Source}
	switch {
	case share >= 1:
		s.all = true
	case share > 0:
		s.threshold = uint64(share*(1<<53)) << 11
	}
	return s
}

// keeps says whether the record's family is in the sample.
func (s *sample) keeps(r *sim.Record) bool {
	if s.all {
		return true
	}
	root := r.Root
	if root.Source == sim.NoEvent {
		root = r.Event
	}
	if root.Source == sim.NoEvent {
		return true
	}
	return mix(s.salt(root.Source)^mix(uint64(root.Number))) < s.threshold
}

// salt is the FNV-1a hash of a source's name: the name and not its index, so
// that a producer more in the scenario changes nobody else's sample.
func (s *sample) salt(source int32) uint64 {
	for int(source) >= len(s.salts) {
		s.salts = append(s.salts, 0)
	}
	if s.salts[source] == 0 {
		h := uint64(14695981039346656037)
		for _, c := range []byte(s.source(source)) {
			h = (h ^ uint64(c)) * 1099511628211
		}
		s.salts[source] = h | 1
	}
	return s.salts[source]
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of
// the answer depends on every bit of x.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
