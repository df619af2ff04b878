package sim

import (
	"math"
	"math/bits"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// never is later than any instant of a run.
const never = math.MaxInt64

// arrivals produces the instants at which one source creates events. The
// process runs in an inner time, counted from the source's start, which its
// pace maps to simulated time.
type arrivals struct {
	spec    *spec.Arrivals
	src     uint64 // luck of this source
	n       uint64 // arrivals (or bursts) asked for
	inner   int64  // of the last one, ns
	last    int64  // simulated time of the last one
	start   int64
	pace    *shape // what shape and speed have made of the inner time; nil: it is simulated time
	key     luck.Key
	ended   bool // there is no next arrival
	steady  bool // a Poisson process that does not stand still
	gap     luck.Sampler
	shape   *shape  // of the scenario; nil: none
	speed   float64 // by surges
	origin  float64 // the inner time of the pace at the start
	early   int64   // evenly spaced: how much earlier than on the grid
	base    int64   // inner time at which the present rate began
	skipped uint64  // arrivals before that

	// Markov-modulated: the state, when it ends, and how many stays were drawn.
	high    bool
	stayEnd int64
	stays   uint64
	stayKey luck.Key
}

// follow lets the process go by a specification from now on.
func (a *arrivals) follow(r *spec.Arrivals) {
	a.spec = r
	a.steady = r.Kind == spec.Poisson && r.Rate.Events > 0
	switch r.Kind {
	case spec.Poisson:
		a.gap = *luck.Compile(spec.Dist{Kind: spec.Exponential, Mean: meanGap(r.Rate)})
	case spec.Renewal, spec.Burst:
		a.gap = *luck.Compile(r.Gap)
	}
}

func (e *Engine) newArrivals(p *spec.Producer, name string, src uint64, instance int) arrivals {
	a := arrivals{
		start: p.Starts, src: src,
		shape: newShape(p.Shape), speed: 1,
		key: luck.NewKey(e.seed, name, "gap"), stayKey: luck.NewKey(e.seed, name, "stay"),
	}
	if a.pace = a.shape; a.pace != nil {
		a.origin = a.pace.innerAt(float64(a.start))
	}
	a.follow(&p.Rate)
	switch r := &p.Rate; r.Kind {
	case spec.Every:
		if instance > 0 {
			u := luck.NewKey(e.seed, name, "phase").Uniform(luck.Counter(luck.Identity(src, 0), 0, 0))
			a.early = int64(u * meanGap(r.Rate))
		}
	case spec.MMPP:
		a.stayEnd = a.stay()
	}
	return a
}

// meanGap is the mean time between events in ns, infinite for a rate of 0.
func meanGap(r spec.Rate) float64 {
	if r.Events == 0 {
		return math.Inf(1)
	}
	return float64(r.Per) / float64(r.Events)
}

// next is the instant of the next arrival, never if there is none.
func (a *arrivals) next() int64 {
	a.n++
	if a.ended = !a.goOn() || a.inner < 0 || a.inner > spec.MaxDuration; a.ended {
		a.n--
		return never
	}
	if !a.steady && a.spec.Kind == spec.Replay {
		return a.start + a.inner
	}
	return a.place()
}

// goOn moves the inner time on to the next arrival; it is false where there is
// none.
func (a *arrivals) goOn() bool {
	if a.steady {
		a.draw()
		return true
	}
	switch r := a.spec; r.Kind {
	case spec.Every:
		switch {
		case r.Rate.Events == 0:
			return false
		case r.Jitter > 0:
			mean := meanGap(r.Rate)
			u := a.key.Uniform(luck.Counter(luck.Identity(a.src, a.n), 0, 0))
			a.advance(float64(mean * (1 + float64(r.Jitter*(float64(2*u)-1)))))
			if a.n == 1 {
				a.inner = max(0, a.inner-a.early)
			}
		default:
			a.inner = a.base + grid(a.n-a.skipped, r.Rate) - a.early
		}
	case spec.Poisson:
		return false
	case spec.Renewal, spec.Burst:
		a.draw()
	case spec.MMPP:
		return a.modulated()
	case spec.Replay:
		if a.n > uint64(len(r.Rows)) {
			return false
		}
		a.inner = r.Rows[a.n-1].At
	}
	return true
}

// place is the instant at which the inner time is reached.
func (a *arrivals) place() int64 {
	t := a.start + a.inner
	if a.pace != nil {
		t = a.pace.outer(float64(a.inner) + a.origin)
	}
	if t == never {
		return never
	}
	a.last = max(a.last, a.start, t)
	return a.last
}

// again is the instant of the arrival that next told last, at the present speed.
// Neither it nor those after it come before now, however the inner time is rounded.
func (a *arrivals) again(now int64) int64 {
	if a.inner < 0 || a.inner > spec.MaxDuration {
		return never
	}
	a.last = now
	return a.place()
}

// grid is ⌊n·per/events⌋, exactly; never when it is beyond every run.
func grid(n uint64, r spec.Rate) int64 {
	hi, lo := bits.Mul64(n, uint64(r.Per))
	if hi >= uint64(r.Events) {
		return never
	}
	q, _ := bits.Div64(hi, lo, uint64(r.Events))
	return int64(min(q, never))
}

// draw moves the inner time on by a drawn gap.
func (a *arrivals) draw() {
	a.inner += a.gap.Nanos(a.key, luck.Counter(luck.Identity(a.src, a.n), 0, 0))
}

// advance moves the inner time on by so many nanoseconds.
func (a *arrivals) advance(ns float64) {
	if ns >= float64(spec.MaxDuration) {
		a.inner = spec.MaxDuration + 1
		return
	}
	a.inner += int64(float64(ns) + 0.5)
}

// stay draws how long the present state of the modulated process lasts.
func (a *arrivals) stay() int64 {
	a.stays++
	mean := a.spec.LowFor
	if a.high {
		mean = a.spec.HighFor
	}
	u := a.stayKey.Uniform(luck.Counter(luck.Identity(a.src, a.stays), 0, 0))
	ns := float64(-mean * luck.Log(u))
	if ns >= float64(spec.MaxDuration) {
		return spec.MaxDuration
	}
	return int64(ns + 0.5)
}

// modulated moves on to the next event of the two-state process: one unit of
// exponential hazard is spent at the rate of each state in turn.
func (a *arrivals) modulated() bool {
	hazard := -luck.Log(a.key.Uniform(luck.Counter(luck.Identity(a.src, a.n), 0, 0)))
	for a.inner <= spec.MaxDuration {
		rate := a.spec.Low
		if a.high {
			rate = a.spec.High
		}
		left := float64(a.stayEnd - a.inner)
		if need := float64(hazard * meanGap(rate)); need <= left {
			a.inner += int64(need + 0.5)
			return true
		}
		if rate.Events > 0 {
			hazard -= left / meanGap(rate)
		}
		a.inner = a.stayEnd
		a.high = !a.high
		a.stayEnd += a.stay()
		if a.stayEnd == a.inner && a.spec.LowFor == 0 && a.spec.HighFor == 0 {
			return false
		}
	}
	return false
}

// shape maps the inner time of a process to simulated time, both from the
// beginning of the run: inner time passes `times` as fast, piecewise linear.
type shape struct{ pieces []piece }

// piece is a stretch over which the speed changes linearly, ns.
type piece struct {
	from  float64 // where it begins
	inner float64 // inner time there
	speed float64 // there
	slope float64 // change of speed per ns
}

func newShape(points []spec.ShapePoint) *shape {
	if len(points) == 0 {
		return nil
	}
	s := evenShape()
	for _, p := range points {
		s.ramp(float64(p.At), p.Times, float64(p.Ramp))
	}
	return s
}

// evenShape is the shape of a rate that never changes.
func evenShape() *shape { return &shape{pieces: []piece{{speed: 1}}} }

// ramp changes the speed linearly from at on, and holds it from at+length.
func (s *shape) ramp(at, speed, length float64) {
	for len(s.pieces) > 1 && s.pieces[len(s.pieces)-1].from >= at {
		s.pieces = s.pieces[:len(s.pieces)-1] // a ramp cut short by this one
	}
	last := s.pieces[len(s.pieces)-1]
	x := at - last.from
	now := last.speed + float64(last.slope*x)
	begin := piece{from: at, inner: last.innerAfter(x), speed: now}
	if length > 0 {
		begin.slope = (speed - now) / length
		s.pieces = append(s.pieces, begin, piece{from: at + length, inner: begin.innerAfter(length), speed: speed})
		return
	}
	begin.speed = speed
	s.pieces = append(s.pieces, begin)
}

// innerAfter is the inner time x ns after the piece's beginning.
func (p piece) innerAfter(x float64) float64 {
	return p.inner + float64(p.speed*x) + float64(float64(p.slope*float64(x*x))/2)
}

// innerAt is the inner time that has passed at x ns.
func (s *shape) innerAt(x float64) float64 {
	p := s.pieceAt(x)
	return p.innerAfter(x - p.from)
}

// pieceAt is the last piece that has begun at x ns.
func (s *shape) pieceAt(x float64) piece {
	i := len(s.pieces) - 1
	for i > 0 && s.pieces[i].from > x {
		i--
	}
	return s.pieces[i]
}

// changed is the shape from now on as another has it, so many times as fast.
func (s *shape) changed(now float64, as *shape, times float64) *shape {
	out := &shape{}
	for _, p := range s.pieces {
		if p.from < now {
			out.pieces = append(out.pieces, p)
		}
	}
	p := as.pieceAt(now)
	x := now - p.from
	inner := s.innerAt(now)
	out.pieces = append(out.pieces, piece{now, inner, float64((p.speed + float64(p.slope*x)) * times), float64(p.slope * times)})
	for _, p := range as.pieces {
		if p.from > now {
			last := out.pieces[len(out.pieces)-1]
			inner = last.innerAfter(p.from - last.from)
			out.pieces = append(out.pieces, piece{p.from, inner, float64(p.speed * times), float64(p.slope * times)})
		}
	}
	return out
}

// outer is the time at which the inner time is reached, never if it is not.
func (s *shape) outer(want float64) int64 {
	i := len(s.pieces) - 1
	for i > 0 && s.pieces[i].inner >= want {
		i--
	}
	p := s.pieces[i]
	need := want - p.inner
	// Solve speed·x + slope·x²/2 = need in the form that loses no digits.
	root := float64(p.speed*p.speed) + float64(2*float64(p.slope*need))
	div := p.speed + math.Sqrt(max(0, root))
	if div <= 0 {
		if need <= 0 {
			return int64(p.from)
		}
		return never
	}
	t := p.from + float64(2*need)/div
	if t >= float64(spec.MaxDuration) {
		return never
	}
	return int64(t + 0.5)
}

// respeed multiplies the speed of a process from now on: its shape goes on as it
// is, so many times as fast.
func (a *arrivals) respeed(now int64, times float64) {
	a.speed = times
	a.repace(now)
}

// repace lets the inner time pass from now on as the shape and the speed have it.
func (a *arrivals) repace(now int64) {
	if a.shape == nil {
		a.shape = evenShape()
	}
	if a.pace == nil {
		a.pace = evenShape()
	}
	a.pace = a.pace.changed(float64(now), a.shape, a.speed)
	a.origin = a.pace.innerAt(float64(a.start))
}
