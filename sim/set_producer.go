package sim

import (
	"math"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// changeProducer lets a producer go on with other values. What has been
// published, and the gap before the next event, goes on as it began.
func (e *Engine) changeProducer(i int, from, to *spec.Producer) {
	p := &e.producers[i]
	p.follow(to)
	p.backoff.spec = to.Retry.Backoff
	if !same(&from.Think, &to.Think) {
		p.think = luck.Compile(to.Think)
	}
	e.changeSources(i, from, to)
}

// changeSources lets the instances of a producer go on at another rate, and
// with others beside them.
func (e *Engine) changeSources(i int, from, to *spec.Producer) {
	p := &e.producers[i]
	rate, shape := !same(&from.Rate, &to.Rate), !same(&from.Shape, &to.Shape)
	for k := range e.sources {
		s := &e.sources[k]
		if s.p != p {
			continue
		}
		if rate && !s.unborn {
			s.arrivals.changeRate(e.now, &to.Rate)
		}
		if shape && !s.unborn {
			s.arrivals.changeShape(e.now, to.Shape)
			e.tickAgain(uint32(k))
		}
		e.switchSource(uint32(k), int(s.instance) < to.Instances)
		if s.unborn || s.off {
			continue
		}
		if to.Users > 0 {
			e.moreUsers(uint32(k))
			continue
		}
		if (s.quiet || (rate && s.arrivals.ended)) && !p.spent() {
			s.quiet = false
			s.arrivals.wake(e.now)
			e.askTick(uint32(k))
		}
	}
}

// switchSource lets an instance of a producer create events, or not any more.
func (e *Engine) switchSource(k uint32, on bool) {
	s := &e.sources[k]
	switch {
	case s.unborn && on:
		p := s.p
		s.unborn = false
		begins := *p.spec
		begins.Starts = max(begins.Starts, e.now)
		s.arrivals = e.newArrivals(&begins, p.spec.Name, s.luck, int(s.instance))
		s.arrivals.follow(&p.spec.Rate)
		if p.speed != 1 {
			s.arrivals.respeed(e.now, p.speed)
		}
		e.beginSource(k)
	case !s.unborn && s.off == on:
		s.off = !on
		if on && !s.p.stopped {
			e.unpark(k)
		}
	}
}

// unpark lets the users of a source act again who would have while it was
// stopped.
func (e *Engine) unpark(k uint32) {
	s := &e.sources[k]
	parked := s.parked
	s.parked = nil
	for _, u := range parked {
		e.userThinks(k, u, e.now)
	}
}

// moreUsers lets users of a source begin who are new, or come back.
func (e *Engine) moreUsers(k uint32) {
	s := &e.sources[k]
	if s.p.spent() {
		return
	}
	for u := range s.p.spec.Users {
		switch {
		case u >= len(s.thoughts):
			s.thoughts = append(s.thoughts, 0)
		case !s.retired[uint32(u)]:
			continue // who has not left
		}
		delete(s.retired, uint32(u))
		e.userThinks(k, uint32(u), max(e.now, s.p.spec.Starts))
	}
}

// retire notes that a user of a source acts no more, for there are too many, or
// all events were created.
func (e *Engine) retire(s *source, user uint32) {
	if !e.disturbed {
		return // nobody will come back
	}
	if s.retired == nil {
		s.retired = map[uint32]bool{}
	}
	s.retired[user] = true
}

// tickAgain asks for a source's next event anew, when the process that it
// comes from passes at another speed.
func (e *Engine) tickAgain(k uint32) {
	s := &e.sources[k]
	if s.quiet || s.unborn || s.arrivals.ended || s.p.spec.Users > 0 || s.p.spec.Rate.Kind == spec.Replay {
		return
	}
	s.tickSerial++
	if s.quiet = s.p.spent(); s.quiet {
		return
	}
	if t := s.arrivals.again(e.now); t < never {
		e.at(t, classArrival, s.p.component, pack(kindTick, k, s.tickSerial))
	}
}

// changeRate gives a process another rate; the gap that is under way keeps its
// length, a process that stood still begins now.
func (a *arrivals) changeRate(now int64, r *spec.Arrivals) {
	was := a.spec.Kind
	a.follow(r)
	a.base, a.skipped, a.early = a.inner, a.n, 0
	if r.Kind == spec.MMPP && was != spec.MMPP {
		a.high = false
		a.stayEnd = a.inner + a.stay()
	}
}

// wake lets a process of which no arrivals were asked for go on from now.
func (a *arrivals) wake(now int64) {
	if a.spec.Kind == spec.Replay {
		for a.n < uint64(len(a.spec.Rows)) && a.start+a.spec.Rows[a.n].At <= now {
			a.n++ // those are over
		}
		return
	}
	a.inner = a.innerAt(now)
	a.last = now // which the rounded inner time may lie before
	a.base, a.skipped, a.early = a.inner, a.n, 0
	if a.spec.Kind == spec.MMPP {
		a.stayEnd = max(a.stayEnd, a.inner)
	}
}

// innerAt is the inner time of a process at an instant, the earlier one in the
// middle of two ns.
func (a *arrivals) innerAt(now int64) int64 {
	inner := float64(now - a.start)
	if a.pace != nil {
		inner = a.pace.innerAt(float64(now)) - a.origin
	}
	return int64(min(max(0, math.Ceil(inner-0.5)), float64(spec.MaxDuration)))
}

// changeShape lets the rate of a process follow another shape from now on.
func (a *arrivals) changeShape(now int64, points []spec.ShapePoint) {
	a.shape = newShape(points)
	a.repace(now)
}
