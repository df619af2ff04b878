package reference

import (
	"math"

	"eddy/sim/spec"
)

// wait returns the backoff after the nth failed try, ns: u is the draw of its
// jitter, last the wait before it (0: none yet).
func wait(b *spec.Backoff, n int, u float64, last int64) int64 {
	plain := plainWait(b, n)
	switch b.Jitter {
	case spec.FullJitter:
		return rounded(u * plain)
	case spec.EqualJitter:
		return rounded(plain/2 + float64(u*(plain/2)))
	case spec.DecorrelatedJitter:
		base := float64(b.Base)
		last := max(base, float64(last)) // it may be another consumer's
		return rounded(capped(b, base+float64(u*(float64(3*last)-base))))
	}
	return rounded(plain)
}

// plainWait is the backoff without jitter.
func plainWait(b *spec.Backoff, n int) float64 {
	switch b.Kind {
	case spec.ConstantBackoff:
		return float64(b.Base)
	case spec.LinearBackoff:
		return capped(b, float64(n)*float64(b.Base))
	case spec.ExponentialBackoff:
		v := float64(b.Base)
		for range n - 1 {
			v *= b.Times
		}
		return capped(b, v)
	case spec.ListBackoff:
		return float64(b.List[min(n, len(b.List))-1])
	}
	return 0
}

func capped(b *spec.Backoff, v float64) float64 {
	if b.Max > 0 {
		v = min(v, float64(b.Max))
	}
	return min(v, float64(spec.MaxDuration))
}

func rounded(v float64) int64 { return int64(math.Floor(v + 0.5)) }
