package measure

import "math/bits"

// Buckets are log-linear: 512 to an octave, each as wide as every other of
// its octave, and below 1,024 each a single value. A bucket's middle is then
// within 1/1024 of everything in it. Buckets are numbered without gaps in the
// order of their values, so that bucket>>9 is the page and, but for the first
// page, every page is an octave.
const (
	pageBits = 9
	pageSize = 1 << pageBits
	pages    = 64 - pageBits // of 63-bit values

	// Buckets is the number of buckets: those of 0 … 2^63−1.
	Buckets = pages * pageSize
)

// bucketOf is the number of v's bucket; of a negative v, one beyond all.
func bucketOf(v int64) uint {
	shift := uint(bits.Len64(uint64(v)|pageSize)) - (pageBits + 1)
	return shift<<pageBits + uint(uint64(v)>>(shift%64)) // the remainder costs nothing and spares a test
}

// bucketRange is the least value of a bucket and how many there are.
func bucketRange(bucket int) (low, width int64) {
	shift := max(bucket>>pageBits-1, 0)
	return int64(bucket-shift<<pageBits) << shift, 1 << shift
}

// BucketMiddle is the value in the middle of bucket 0 … Buckets−1, the lower
// of two. It is within 1/1024 of each value in the bucket.
func BucketMiddle(bucket int) int64 {
	low, width := bucketRange(bucket)
	return low + (width-1)/2
}
