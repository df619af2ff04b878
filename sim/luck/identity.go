package luck

const (
	// golden is 2^64 divided by the golden ratio, made odd: the usual stride
	// that spreads consecutive numbers over all 64 bits.
	golden = 0x9e3779b97f4a7c15
	// strideAttempt, strideIndex and strideSub are odd constants without a small linear
	// relation to one another (fractional digits of sqrt 2, sqrt 3 and sqrt 5),
	// so that the counters of one event's draws do not meet.
	strideAttempt = 0x6a09e667f3bcc909
	strideIndex   = 0xbb67ae8584caa73b
	strideSub     = 0x3c6ef372fe94f82b
)

// SourceID returns a stable 64-bit number for the name of a component.
func SourceID(component string) uint64 { return mix64(hashText(component)) }

// Identity returns the 64-bit luck identity of the nth event of a source. For
// one source it is a bijection of n.
func Identity(source, n uint64) uint64 { return mix64(source + (n+1)*golden) }

// Child returns the luck identity of the kth event that a step of a source
// (a consumer's SourceID) emits on behalf of the event with identity parent.
func Child(parent, source uint64, step, k uint64) uint64 {
	h := mix64(parent ^ source)
	return mix64(h + (step+1)*strideAttempt + (k+1)*golden)
}

// Counter returns the counter of one draw: which event, which attempt, which
// draw of that attempt. Identities are well mixed already and Key.Bits mixes
// the counter again, so a sum of odd multiples is enough here.
func Counter(identity uint64, attempt, index uint32) uint64 {
	return identity + uint64(attempt)*strideAttempt + uint64(index)*strideIndex
}

// sub returns the counter of the jth further uniform of the draw at ctr.
func sub(ctr, j uint64) uint64 { return mix64(ctr + (j+1)*strideSub) }

// hashText is FNV-1a with 64 bits, over the text and then its length.
func hashText(s string) uint64 {
	const prime = 0x100000001b3
	h := uint64(0xcbf29ce484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return (h ^ uint64(len(s))) * prime
}

// mix64 is a bijection of 64 bits in which every input bit moves every output
// bit: the finaliser of SplitMix64 in D. Stafford's variant 13.
func mix64(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
