package kernel

import "math/bits"

// Widths of the three parts that Order packs into one number, highest first.
const (
	ClassBits     = 3  // what kind of thing it is: 8 classes
	ComponentBits = 18 // who asked for it: 262,144 components
	CountBits     = 43 // that component's own count: 8 × 10^12 requests
)

// Item is one entry of the future: something to happen at a time.
type Item struct {
	At   int64  // simulated time in nanoseconds, ≥ 0
	Ord  uint64 // place among the things of one instant, see Order
	Data uint64 // the owner's; never looked at
}

// Order packs what decides between two things of the same instant: first the
// class (below 2^ClassBits), then the component (below 2^ComponentBits), then
// that component's own count (below 2^CountBits). It panics when one is out of
// range: a part that overflowed into the next would silently reorder the run.
func Order(class uint8, component uint32, count uint64) uint64 {
	if uint64(class)>>ClassBits|uint64(component)>>ComponentBits|count>>CountBits != 0 {
		panic("kernel: order out of range")
	}
	return uint64(class)<<(ComponentBits+CountBits) | uint64(component)<<CountBits | count
}

// Before says whether a comes strictly before b. It is the only definition of
// order there is: by time, then by Ord. Both times must be ≥ 0.
func Before(a, b Item) bool { return before(&a, &b) != 0 }

// before is 1 where a comes before b and 0 where it does not. It compares
// (At, Ord) as one number of 128 bits by the borrow of a subtraction, because
// which of two future events is earlier is a coin toss to a branch predictor.
func before(a, b *Item) uint64 {
	_, borrow := bits.Sub64(a.Ord, b.Ord, 0)
	_, borrow = bits.Sub64(uint64(a.At), uint64(b.At), borrow)
	return borrow
}
