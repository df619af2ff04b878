package experiment

import (
	"fmt"
	"math"

	"eddy/sim/spec"
)

// fewScaled is from how many instances on one more or less does not matter much.
const fewScaled = 5

// instances is how many a consumer has: those that an autoscaler settles at, by
// its target, and as many as are written without one.
//
// The controller asks for ⌈n·v/target⌉, v what it looks at for each instance, so it
// rests where n·v is what n instances are meant for: the copies that come a second,
// the workers that are busy, or the copies in hand, with nobody in line.
func (t *traffic) instances(c *spec.Consumer, s *station) int {
	a := c.Autoscale
	if a == nil || a.Target <= 0 {
		return c.Instances
	}
	var needed float64
	switch a.On {
	case spec.OnRate:
		needed = s.fresh.rate / a.Target
	case spec.OnUtilisation:
		needed = s.busy / float64(max(1, c.Concurrency)) / a.Target
	case spec.OnBacklog:
		l := &t.sc.Broker.Latency
		inHand := s.busy + float64(s.rate*(meanOf(l.Deliver)+meanOf(l.Ack)))
		// Fewer than it has workers for would grow a line, which it sees too.
		needed = math.Max(inHand/a.Target, s.busy/float64(max(1, c.Concurrency)))
	}
	n := int(math.Min(math.Ceil(needed-1e-9), float64(a.Max)))
	n = max(n, a.Min, 1)
	sure := Approximate
	if n < fewScaled {
		sure = Unsure
	}
	if needed <= float64(a.Min) || n == a.Max {
		sure = Approximate
	}
	s.guesses.add(guess{
		fmt.Sprintf("its autoscaler is taken to have settled at %d instances, by its target; it may rest at one more or less, and it takes time to get there", n), sure, Unsure,
	})
	return n
}
