package reference

import (
	"math"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// process is when a source of an open loop creates events. It runs in an inner
// time of its own, ns from the source's start, which the tempo turns into
// instants.
type process struct {
	s       *source
	rate    *spec.Arrivals
	tempo   tempo
	n       int64 // arrivals asked for
	isOver  bool  // there are no more
	inner   int64 // of the last one
	base    int64 // inner time at which the present rate began
	skipped int64 // arrivals before that
	early   int64 // how much an evenly spaced process is ahead of its grid, ns

	high  bool  // MMPP: the state
	until int64 // MMPP: when it ends, inner time
	stays int64 // MMPP: stays drawn
}

func newProcess(s *source) *process {
	p := s.p
	a := &process{s: s, rate: &p.spec.Rate, tempo: tempo{start: max(p.spec.Starts, p.w.now), end: p.w.sc.Duration, shape: p.spec.Shape}}
	a.tempo.surges = append(a.tempo.surges, p.surges...)
	switch a.rate.Kind {
	case spec.Every:
		a.early = a.phase()
	case spec.MMPP:
		a.until = a.stay()
	}
	return a
}

// next is the instant of the next arrival, if it comes within the run.
func (a *process) next() (at int64, ever bool) {
	a.n++
	a.isOver = false
	switch rate := a.rate; rate.Kind {
	case spec.Replay:
		if a.n > int64(len(rate.Rows)) {
			return a.ends()
		}
		return a.tempo.start + rate.Rows[a.n-1].At, true
	case spec.Every:
		if rate.Rate.Events == 0 {
			return a.ends()
		}
		a.inner = a.evenly()
	case spec.Poisson:
		if rate.Rate.Events == 0 {
			return a.ends()
		}
		a.inner += a.gap(spec.Dist{Kind: spec.Exponential, Mean: interval(rate.Rate)})
	case spec.MMPP:
		if !a.modulated() {
			return a.ends()
		}
	default: // Renewal, Burst
		a.inner += a.gap(rate.Gap)
	}
	return a.tempo.instant(a.inner)
}

// ends notes that there are no more arrivals.
func (a *process) ends() (int64, bool) {
	a.n--
	a.isOver = true
	return 0, false
}

// change lets the process go on at another rate after the gap that is under way.
func (a *process) change(was spec.ArrivalKind) {
	a.base, a.skipped, a.early = a.inner, a.n, 0
	if a.rate.Kind == spec.MMPP && was != spec.MMPP {
		a.high = false
		a.until = a.inner + a.stay()
	}
}

// wake lets a process that stood still begin now.
func (a *process) wake() {
	w := a.s.p.w
	if a.rate.Kind == spec.Replay {
		for a.n < int64(len(a.rate.Rows)) && a.tempo.start+a.rate.Rows[a.n].At <= w.now {
			a.n++ // those are over
		}
		return
	}
	a.inner = max(0, w.now-a.tempo.start)
	if len(a.tempo.shape) > 0 || len(a.tempo.surges) > 0 {
		a.inner = int64(math.Ceil(a.tempo.passed(float64(w.now)) - 0.5))
	}
	a.base, a.skipped, a.early = a.inner, a.n, 0
	a.until = max(a.until, a.inner)
}

// surge lets the inner time pass faster.
func (a *process) surge(s *surge) {
	if a != nil {
		a.tempo.surges = append(a.tempo.surges, s)
	}
}

// again is the instant of the arrival that next told last, at the present tempo.
func (a *process) again() (at int64, ever bool) {
	if a.isOver {
		return 0, false
	}
	return a.tempo.instant(a.inner)
}

// evenly is the next inner time of an evenly spaced process.
func (a *process) evenly() int64 {
	rate := a.rate
	if rate.Jitter == 0 {
		return a.base + share(uint64(a.n-a.skipped), rate.Rate) - a.early
	}
	u := a.s.p.w.uniform(a.s.p.spec.Name, "gap", luck.Identity(a.s.luck, uint64(a.n)), 0)
	gap := interval(rate.Rate) * (1 + float64(rate.Jitter*(float64(2*u)-1)))
	next := a.inner + rounded(gap)
	if a.n == 1 {
		next = max(0, next-a.early)
	}
	return next
}

func interval(r spec.Rate) float64 { return float64(r.Per) / float64(r.Events) }

func (a *process) gap(d spec.Dist) int64 {
	p := a.s.p
	return p.w.newDraw(p.spec.Name, "gap", d).nanos(luck.Identity(a.s.luck, uint64(a.n)), 0)
}

// phase is the random share of the interval by which instances of an evenly
// spaced process beyond the first are shifted, to an earlier time.
func (a *process) phase() int64 {
	if a.s.index == 0 || a.rate.Rate.Events == 0 {
		return 0
	}
	u := a.s.p.w.uniform(a.s.p.spec.Name, "phase", luck.Identity(a.s.luck, 0), 0)
	return int64(math.Floor(u * interval(a.rate.Rate)))
}

// modulated moves on to the next event of a two-state Poisson process: a unit
// exponential is used up at the rate of one state after the other. It is false
// when the run ends before it.
func (a *process) modulated() bool {
	p := a.s.p
	unit := -luck.Log(p.w.uniform(p.spec.Name, "gap", luck.Identity(a.s.luck, uint64(a.n)), 0))
	for a.inner <= spec.MaxDuration {
		rate := a.rate.Low
		if a.high {
			rate = a.rate.High
		}
		perNano := float64(rate.Events) / float64(rate.Per)
		used := float64(a.until-a.inner) * perNano // by the end of this stay
		if unit <= used {
			a.inner += rounded(unit / perNano)
			return true
		}
		unit -= used
		a.inner = a.until
		a.high = !a.high
		a.until += a.stay()
	}
	return false
}

// stay draws how long the present state lasts, ns.
func (a *process) stay() int64 {
	a.stays++
	mean := a.rate.LowFor
	if a.high {
		mean = a.rate.HighFor
	}
	p := a.s.p
	u := p.w.uniform(p.spec.Name, "stay", luck.Identity(a.s.luck, uint64(a.stays)), 0)
	return rounded(-mean * luck.Log(u))
}
