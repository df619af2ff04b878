package reference

import (
	"math"
	"slices"

	"eddy/sim/spec"
)

// tempo is how fast the inner time of an arrival process passes: as fast as
// the shape says, times every surge that lasts.
type tempo struct {
	start, end int64 // of the source, and of the run
	shape      []spec.ShapePoint
	surges     []*surge
}

// surge is a factor from one instant on, to another or for good.
type surge struct {
	from, to int64
	times    float64
}

// instant is when the inner time is reached, to the nearest ns; it is false if
// that is not within the run.
func (t *tempo) instant(inner int64) (at int64, ever bool) {
	if len(t.shape) == 0 && len(t.surges) == 0 {
		return t.start + inner, true
	}
	want := float64(inner)
	if t.passed(float64(t.end)+1) < want {
		return 0, false
	}
	// The last whole ns by half a ns after which not all of it had passed.
	low, high := t.start-1, t.end+1
	for high-low > 1 {
		middle := low + (high-low)/2
		if t.passed(float64(middle)+0.5) >= want {
			high = middle
		} else {
			low = middle
		}
	}
	if half := float64(high) + 0.5; t.passed(half) == want && t.passed(half-0.25) < want {
		high++ // in the very middle between two
	}
	return max(t.start, high), true
}

// passed is the inner time that has passed by an instant, ns: the area under
// the speed, which is straight between two breaks.
func (t *tempo) passed(at float64) float64 {
	area, from := 0.0, float64(t.start)
	for _, to := range append(t.breaks(), math.Inf(1)) {
		to = min(to, at)
		if to > from {
			area += float64(t.speed(from+(to-from)/2) * (to - from))
			from = to
		}
	}
	return area
}

// breaks are the instants at which the speed changes, in order.
func (t *tempo) breaks() []float64 {
	var all []float64
	for _, p := range t.shape {
		all = append(all, float64(p.At), float64(p.At+p.Ramp))
	}
	for _, s := range t.surges {
		all = append(all, float64(s.from), float64(s.to))
	}
	slices.Sort(all)
	return all
}

// speed is how fast the inner time passes at an instant that is no break.
func (t *tempo) speed(at float64) float64 {
	v := shapeAt(t.shape, at)
	for _, s := range t.surges {
		if at >= float64(s.from) && at < float64(s.to) {
			v *= s.times
		}
	}
	return v
}

// shapeAt is the factor of a shape at an instant: the last point before it
// holds, on the way from where those before it have led.
func shapeAt(points []spec.ShapePoint, at float64) float64 {
	for i := len(points) - 1; i >= 0; i-- {
		p := points[i]
		if float64(p.At) > at {
			continue
		}
		if at >= float64(p.At+p.Ramp) {
			return p.Times
		}
		from := shapeAt(points[:i], float64(p.At))
		return from + float64((p.Times-from)*((at-float64(p.At))/float64(p.Ramp)))
	}
	return 1
}
