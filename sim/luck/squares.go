package luck

import "math/bits"

// Key selects one of many independent functions from counters to random bits.
// Its hexadecimal digits are irregular, as the Squares generator asks for; make
// one with NewKey only.
type Key uint64

// Bits returns the 64 random bits of a counter under the key: Squares with
// five rounds (B. Widynski, "Squares: a fast counter-based RNG",
// arXiv:2004.06278, squares64). Any counter is as good as any other.
func (k Key) Bits(ctr uint64) uint64 {
	y := ctr * uint64(k)
	z := y + uint64(k)
	x := bits.RotateLeft64(y*y+y, 32)
	x = bits.RotateLeft64(x*x+z, 32)
	x = bits.RotateLeft64(x*x+y, 32)
	t := x*x + z
	x = bits.RotateLeft64(t, 32)
	return t ^ (x*x+y)>>32
}

// Uniform returns the uniform variate of a counter in the open interval (0,1):
// (n + 1/2) / 2^52 where n is the top 52 bits. It is exact, and so is 1 minus
// it; the smallest is 2^-53, the largest 1 - 2^-53.
func (k Key) Uniform(ctr uint64) float64 {
	return (float64(int64(k.Bits(ctr)>>12)) + 0.5) * 0x1p-52
}

// NewKey returns the key of one purpose of one component. The seed already
// includes the replication. Equal arguments give equal keys; different ones
// give different keys but for chance (there are about 2^55 keys).
func NewKey(seed uint64, component, purpose string) Key {
	h := mix64(seed + golden)
	h = mix64(h ^ hashText(component))
	h = mix64(h + golden ^ hashText(purpose))
	return keyFrom(h)
}

// keyFrom turns a hash into a key of the kind the paper's key generator makes:
// of the eight upper hexadecimal digits no two are equal and none is zero, the
// same of the eight lower ones, and the last digit is odd.
func keyFrom(h uint64) Key {
	upper, h := eightDigits(h, false)
	lower, _ := eightDigits(h, true)
	return Key(upper<<32 | lower)
}

// eightDigits picks eight different digits out of 1 … 15, the last one odd if
// asked, and returns them with the state of the hash after it.
func eightDigits(h uint64, odd bool) (digits, next uint64) {
	pool := [15]uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	left := len(pool)
	take := func(i int) uint64 {
		d := pool[i]
		left--
		pool[i] = pool[left]
		return d
	}
	var last uint64
	count := 8
	if odd {
		// The odd digits stand at the even places of the untouched pool.
		h += golden
		last = take(int(mix64(h)>>32%8) * 2)
		count = 7
	}
	for range count {
		h += golden
		digits = digits<<4 | take(int(mix64(h)>>32%uint64(left)))
	}
	if odd {
		digits = digits<<4 | last
	}
	return digits, h
}
