package luck

// Chooser picks one of several things with given weights by inversion.
type Chooser struct {
	bounds []float64 // cumulative weights
	total  float64
	last   int // the last thing with a weight
}

// NewChooser prepares a choice. The weights are finite and ≥ 0, at least one of
// them is positive; they need not sum to 1.
func NewChooser(weights []float64) *Chooser {
	c := &Chooser{bounds: make([]float64, len(weights))}
	for i, w := range weights {
		c.total += w
		c.bounds[i] = c.total
		if w > 0 {
			c.last = i
		}
	}
	return c
}

// Pick returns the index that the uniform u chooses, 0 < u < 1. It never falls
// when u rises, and never returns a thing without weight.
func (c *Chooser) Pick(u float64) int {
	at := float64(u * c.total)
	if len(c.bounds) <= 8 {
		for i, bound := range c.bounds {
			if at < bound {
				return i
			}
		}
		return c.last
	}
	return min(firstAbove(c.bounds, 0, len(c.bounds), at), c.last)
}

// firstAbove returns the first index in [low, high) whose bound exceeds at, or
// high.
func firstAbove(bounds []float64, low, high int, at float64) int {
	for low < high {
		middle := int(uint(low+high) >> 1)
		if bounds[middle] > at {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}
