package sim

import (
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// link is one kind of connection of a component with the broker.
type link struct {
	sampler *luck.Sampler
	key     luck.Key
	fixed   bool
	delay   int64 // of a fixed one, ns
}

func (e *Engine) newLink(d spec.Dist, component, purpose string) link {
	l := link{sampler: luck.Compile(d), key: luck.NewKey(e.seed, component, purpose)}
	if d.Kind == spec.Constant {
		l.fixed = true
		l.delay = l.sampler.Nanos(l.key, 0)
	}
	return l
}

// direct says whether the link takes no time.
func (l *link) direct() bool { return l.fixed && l.delay == 0 }

// isFree says whether a message crosses the link at once: it takes no time, and
// nothing is on its way there from when it did, or was delayed, that must not be
// overtaken. last is when the message before on the same connection arrives.
func (l *link) isFree(now, last int64) bool { return l.direct() && last <= now }

// arrival is when a message sent now arrives. last is when the one before on
// the same connection does: a later message never overtakes.
func (l *link) arrival(now int64, last *int64, identity uint64, attempt int32) int64 {
	d := l.delay
	if !l.fixed {
		d = l.sampler.Nanos(l.key, luck.Counter(identity, uint32(attempt), 0))
	}
	t := max(now+d, *last)
	*last = t
	return t
}

// backoff is a compiled policy of waits between tries.
type backoff struct {
	spec spec.Backoff
	key  luck.Key
}

// wait is the time to wait after the nth failed try (from 1), ns; last is the
// wait before it, for decorrelated jitter.
func (b *backoff) wait(n int32, identity uint64, last int64) int64 {
	s := &b.spec
	var w float64
	switch s.Kind {
	case spec.ConstantBackoff:
		w = float64(s.Base)
	case spec.LinearBackoff:
		w = float64(float64(s.Base) * float64(n))
	case spec.ExponentialBackoff:
		w = float64(s.Base)
		for i := int32(1); i < n && w < float64(spec.MaxDuration); i++ {
			if s.Times == 1 || (s.Max > 0 && w >= float64(s.Max)) {
				break
			}
			w = float64(w * s.Times)
		}
	case spec.ListBackoff:
		w = float64(s.List[min(int(n), len(s.List))-1])
	default:
		return 0
	}
	top := float64(spec.MaxDuration)
	if s.Max > 0 {
		top = float64(s.Max)
	}
	w = min(w, top)
	u := 0.0
	if s.Jitter != spec.NoJitter {
		u = b.key.Uniform(luck.Counter(identity, uint32(n), 0))
	}
	switch s.Jitter {
	case spec.FullJitter:
		w = float64(w * u)
	case spec.EqualJitter:
		half := float64(w / 2)
		w = half + float64(half*u)
	case spec.DecorrelatedJitter:
		base := float64(s.Base)
		if s.Kind == spec.ListBackoff {
			base = float64(s.List[0])
		}
		prev := max(base, float64(last))
		w = min(top, base+float64(u*(float64(3*prev)-base)))
	}
	return int64(w + 0.5)
}

// limitReached says whether n tries use a limit up.
func limitReached(n int32, limit int) bool { return limit != spec.Unlimited && int(n) >= limit }
