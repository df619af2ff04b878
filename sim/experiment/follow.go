package experiment

import (
	"math"
	"slices"

	"eddy/sim"
	"eddy/sim/spec"
)

// A run is followed as a fluid: between two changes of the timeline or of a rate,
// what comes and what can be done are constant, and a backlog grows or shrinks
// by their difference; where there is none the wait is that of the steady state
// of that while. Sources: Newell 1982, Applications of Queueing Theory, chapter
// 2, for the backlogs; Green and Kolesar 1991, The pointwise stationary
// approximation, for the waits between them.

// PredictedRun is what one run of a scenario should measure of a consumer, from
// its warm-up to its end, with all that changes meanwhile.
type PredictedRun struct {
	Done     float64    // copies and calls done a second
	Busy     sim.Number // share of the workers' time that is worked, at most 1
	Wait     sim.Number // mean, from ready to the start of the first attempt
	Flow     Trust      // of Done and Busy
	Waits    Trust
	Backlogs []Backlog
}

// Backlog is one that builds up and, perhaps, is worked off.
type Backlog struct {
	Begins  float64    // s
	Peaks   float64    // s
	Most    float64    // copies
	Gone    sim.Number // s; absent where it is still there at the end
	Offered float64    // what came while it grew, in parts of what can be done; infinite where nothing could
}

// steadyRun is a run of a system that stays as it is.
func (c *PredictedConsumer) steadyRun() PredictedRun {
	share := 1.0
	if c.Growing.Valid && c.Rate > 0 {
		share = 1 - c.Growing.Value/c.Rate
	}
	share *= 1 - c.Lost.Value
	r := PredictedRun{Done: float64(c.Rate*share) - c.GivenUp, Busy: c.Utilisation, Wait: c.Wait, Flow: c.Flow, Waits: c.Waits}
	if r.Busy.Valid {
		r.Busy.Value = math.Min(1, r.Busy.Value*share)
	}
	return r
}

// solvings bounds how much is worked out to follow a run: places times event
// types times changes.
const solvings = 200_000

// ramps is in how many steps a ramp is followed.
const ramps = 12

// changesOf are the instants at which something changes, from 0 to the end, ns.
func changesOf(sc *spec.Scenario) []int64 {
	at := []int64{0, sc.Warmup, sc.Duration}
	for i := range sc.Timeline {
		a := &sc.Timeline[i]
		at = append(at, a.At)
		if end := lasts(sc, a); end <= spec.MaxDuration {
			at = append(at, end)
		}
		if a.Changed != nil {
			at = append(at, shapeChanges(a.Changed)...)
		}
	}
	at = append(at, shapeChanges(sc)...)
	for i := range sc.Consumers {
		c := &sc.Consumers[i]
		at = append(at, c.Starts+int64(math.Min(meanOf(c.StartTime)*1e9, float64(spec.MaxDuration))))
		if c.Stops > 0 {
			at = append(at, c.Stops)
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	end, _ := slices.BinarySearch(at, sc.Duration)
	return at[:end+1]
}

// shapeChanges are the instants at which producers change their rates.
func shapeChanges(sc *spec.Scenario) []int64 {
	var at []int64
	for i := range sc.Producers {
		p := &sc.Producers[i]
		at = append(at, p.Starts)
		for _, s := range p.Shape {
			at = append(at, s.At)
			for k := range int64(ramps) {
				if s.Ramp > 0 {
					at = append(at, s.At+s.Ramp/ramps*(k+1))
				}
			}
		}
	}
	return at
}

// pipe is one consumer as a fluid.
type pipe struct {
	backlog          float64 // copies
	in, out          float64 // copies since the start
	curve            []knot
	done, busy, able float64 // after the warm-up: copies, worker-seconds worked and available
	waited, unsure   float64 // after the warm-up: copy-seconds waited in a steady state, and those not known well
	came             float64 // after the warm-up: copies
	capacity         float64 // copies a second of one instance at its usual speed, as last known
	each             float64 // worker-seconds for a copy, likewise
	flow, waits      Trust
	backlogs         []Backlog
	aside            float64 // after the warm-up: copies of partitions that keep up while others do not
}

// knot is how many copies have come and gone at an instant, s.
type knot struct{ at, in, out float64 }

// stream of what is followed.
type follower struct {
	sc    *spec.Scenario
	pipes []pipe
	left  []float64 // by producer: events until it has made all it should; infinite without a limit
	held  []float64 // by producer: events held back
	quiet float64   // s: since when nothing happens any more; 0: to the end something does
	spent int
	most  int
	vague guessList
	// stormy: by consumer, its callers have tried again what took too long.
	stormy []bool
}

// follow works out what a run of the scenario should measure; nil where that is
// more than anybody waits for.
func follow(sc *spec.Scenario) ([]PredictedRun, guessList, bool) {
	f := &follower{sc: sc, pipes: make([]pipe, len(sc.Consumers)), held: make([]float64, len(sc.Producers)), stormy: make([]bool, len(sc.Consumers))}
	f.most = solvings / ((len(sc.Broker.Channels) + len(sc.Consumers)) * max(1, len(sc.Events)))
	for i := range sc.Producers {
		n := math.Inf(1)
		if sc.Producers[i].Count != spec.Unlimited {
			n = float64(sc.Producers[i].Count)
		}
		f.left = append(f.left, n)
	}
	at := changesOf(sc)
	if len(at) > f.most/2+2 {
		return nil, nil, false
	}
	for i := range at[:len(at)-1] {
		if !f.between(at[i], at[i+1]) {
			return nil, nil, false
		}
	}
	var runs []PredictedRun
	for i := range f.pipes {
		runs = append(runs, f.pipes[i].run(f.length()))
	}
	return runs, f.vague, true
}

// length is when the warm-up ends, and how long what counts lasts after it, s: a
// run is over when nothing can happen any more.
func (f *follower) length() (warmup, length float64) {
	warmup = float64(f.sc.Warmup) / 1e9
	end := float64(f.sc.Duration) / 1e9
	if f.quiet > 0 {
		end = f.quiet
		for i := range f.sc.Timeline {
			a := &f.sc.Timeline[i]
			for _, at := range []int64{a.At, lasts(f.sc, a)} {
				if at <= f.sc.Duration {
					end = math.Max(end, float64(at)/1e9)
				}
			}
		}
	}
	return warmup, math.Max(end-warmup, 1e-9)
}

// over is from when on nothing counts any more, s.
func (f *follower) over() float64 {
	warmup, length := f.length()
	return warmup + length
}

// isQuiet says whether nothing comes any more and nothing waits.
func (f *follower) isQuiet() bool {
	for i := range f.left {
		if f.left[i] > 0 || f.held[i] > 0 {
			return false
		}
	}
	for i := range f.pipes {
		if f.pipes[i].backlog > 0 {
			return false
		}
	}
	return true
}

// between follows the run from one change to the next.
func (f *follower) between(from, until int64) bool {
	// The middle of it, which is right for a step of a ramp.
	m := momentAt(f.sc, from)
	middle := momentAt(f.sc, from+(until-from)/2)
	m.rates = middle.rates
	start, end := float64(from)/1e9, float64(until)/1e9
	released := f.released(m)
	for now := start; now < end; {
		if f.quiet > 0 && now >= f.over() {
			return true
		}
		if f.spent++; f.spent > f.most {
			return false
		}
		for i := range m.rates {
			if f.left[i] <= 0 {
				m.rates[i] = 0
			}
		}
		for i := range f.pipes {
			m.backlog[i] = f.pipes[i].backlog > 0
		}
		more, rest := f.release(m, released, now, end)
		t := solveAt(m.sc, true, more)
		if f.strain(t, more) {
			t = solveAt(m.sc, true, more)
		}
		next := math.Min(end, rest)
		for i := range f.left {
			if t.made[i].rate > 0 {
				next = math.Min(next, now+math.Max(f.left[i]/t.made[i].rate, 1e-6))
			}
		}
		flows := make([]rates, len(f.pipes))
		for i := range f.pipes {
			flows[i] = f.rates(t, more, i)
			next = math.Min(next, now+flows[i].until(f.pipes[i].backlog))
		}
		next = math.Max(next, now+1e-9+float64(1e-15*now))
		length := next - now
		for i := range f.left {
			f.left[i] -= float64(t.made[i].rate * length)
			if base := t.made[i].rate; m.rates[i] > 0 && m.withheld[i] > 0 {
				f.held[i] += float64(base / m.rates[i] * m.withheld[i] * length)
			} else if m.withheld[i] > 0 {
				f.held[i] += float64(f.usual(m, i) * m.withheld[i] * length)
			}
		}
		for i := range f.pipes {
			f.pipes[i].advance(&flows[i], now, next, float64(f.sc.Warmup)/1e9)
			f.pipes[i].flow = max(f.pipes[i].flow, flowOf(m.vague))
			f.pipes[i].waits = max(f.pipes[i].waits, waitsOf(m.vague))
			if c := &m.sc.Consumers[i]; c.Starts > 0 && t.readsStreams(c) && !m.deaf[i] {
				f.pipes[i].waits = Unsure // its copies are ready only when it is there
			}
			if m.rejoins[i] && t.readsStreams(&m.sc.Consumers[i]) {
				f.pipes[i].waits = Unsure
				f.vague.add(guess{"who stands still while partitions are shared anew is not followed", Approximate, Unsure})
			}
		}
		now = next
		if f.quiet == 0 && f.isQuiet() {
			f.quiet = now
		}
	}
	f.vague.add(m.vague...)
	return true
}

// strain marks who takes part in calls that are not answered as fast as usual:
// how those who ask go on with their timeouts, tries and held workers is not
// followed. It is true where there is anybody.
func (f *follower) strain(t *traffic, m *moment) bool {
	const busy = 0.95
	found := false
	for i := range t.state {
		s := &t.state[i]
		if s.asked > 0 && (m.away[i] || m.backlog[i] || s.limit() > busy || f.stormy[i]) {
			m.strained[i], found = true, true
			f.stormy[i] = f.stormy[i] || f.isAskedAgain(i)
		}
	}
	for again := found; again; {
		again = false
		for i := range t.state {
			for _, k := range t.state[i].kinds {
				for _, c := range k.calls {
					if m.strained[c.callee] && !m.strained[i] {
						m.strained[i], again = true, true
					}
				}
			}
		}
	}
	if found {
		f.vague.add(guess{"calls to one that is overrun or away are not followed", Unsure, Unsure})
	}
	return found
}

// isAskedAgain says whether those who call a consumer try again what took too
// long: that may keep it overrun when the cause is gone.
func (f *follower) isAskedAgain(consumer int) bool {
	for i := range f.sc.Producers {
		if p := &f.sc.Producers[i]; p.Call == consumer && p.Timeout > 0 && p.Retry.Attempts != 1 {
			return true
		}
	}
	for i := range f.sc.Consumers {
		for _, h := range f.sc.Consumers[i].Handlers {
			for k := range h.Steps {
				if s := &h.Steps[k]; s.Verb == spec.Call && s.Callee == consumer && s.Timeout > 0 && s.Retry.Attempts != 1 {
					return true
				}
			}
		}
	}
	return false
}

func flowOf(g guessList) Trust  { flow, _ := g.trust(); return flow }
func waitsOf(g guessList) Trust { _, waits := g.trust(); return waits }

// usual is a producer's rate when nothing changes it.
func (f *follower) usual(m *moment, producer int) float64 {
	s, _ := arrivalsOf(m.sc, &m.sc.Producers[producer], 1)
	return s.rate
}

// soon is how long what was held back takes to come, s.
const soon = 0.5

// released says which producers may send what was held back.
func (f *follower) released(m *moment) []bool {
	free := make([]bool, len(f.held))
	for i := range f.held {
		free[i] = f.held[i] > 0 && m.withheld[i] == 0
	}
	return free
}

// release lets what was held back come, and says until when it does.
func (f *follower) release(m *moment, free []bool, now, end float64) (*moment, float64) {
	if !slices.Contains(free, true) {
		return m, end
	}
	length := math.Min(soon, end-now)
	with := *m
	with.rates = append([]float64(nil), m.rates...)
	for i := range free {
		if usual := f.usual(m, i); free[i] && usual > 0 {
			with.rates[i] += f.held[i] / usual / length
		}
		if free[i] {
			f.held[i], free[i] = 0, false
		}
	}
	return &with, now + length
}

// rates is what comes to a consumer and what it can do, a second.
type rates struct {
	in, capacity float64
	over         float64 // of what comes, to partitions that cannot do it; 0 where all wait in one line
	given, each  float64 // share given up; worker-seconds for a copy
	workers      float64
	wait         float64
	waits, flow  Trust
	extra        float64 // of a wait that is not known, s: at most so long
	load         float64
	lost         float64 // share that finds no room or gets too old
	fills        float64 // s that it takes until there is no room left, about
	settles      float64 // s until a steady state is reached
	spread       float64 // of what comes and is done, a second: variance over rate
}

// rates finds them, as things are at a moment.
func (f *follower) rates(t *traffic, m *moment, i int) rates {
	s, c := &t.state[i], &m.sc.Consumers[i]
	p := t.consumer(i)
	r := rates{in: s.fresh.rate, capacity: math.Inf(1), workers: float64(s.workers), waits: p.Waits, flow: p.Flow, load: s.limit()}
	pipe := &f.pipes[i]
	if m.deaf[i] {
		r.in = 0
	}
	if s.workers == 0 && c.Concurrency != spec.Unlimited {
		r.workers = float64(c.Instances * c.Concurrency)
	}
	switch {
	case m.isAway(i):
		r.capacity, r.waits = 0, Exact
		if m.absent[i] {
			r.workers = 0
		}
	case r.in == 0:
		r.capacity, r.waits, r.flow = pipe.capacity*float64(c.Instances)/m.slow(i), Exact, Exact
		if pipe.capacity == 0 {
			r.capacity = math.Inf(1)
		}
	case s.ends && s.lost > 0:
		// Nothing but what there is room for ever waits.
		r.lost, r.fills = s.lost, float64(s.wait)
	case r.load > 0:
		r.capacity = r.in / r.load
		if s.left > 0 {
			r.over, r.capacity = s.over, r.in-s.left
		}
		pipe.capacity = r.capacity / float64(c.Instances) * m.slow(i)
	}
	if r.in > 0 {
		r.given = s.dead / r.in
		r.each = s.busy / r.in
		pipe.each = r.each / m.slow(i)
	} else {
		r.each = pipe.each * m.slow(i)
	}
	r.spread = s.gapSCV + s.serviceSCV()
	if p.Wait.Valid {
		r.wait = p.Wait.Value
	} else if p.Stable && r.waits == Unsure && s.fresh.waits != Unsure && p.Flow != Unsure {
		r.wait, r.extra = p.wait, p.wait+s.hold
	}
	if r.load < 1 && s.servers > 0 {
		idle := 1 - r.load
		r.settles = float64((1+r.load)*r.spread*s.hold) / float64(float64(s.servers)*idle*idle)
	}
	return r
}

// until is how long a backlog lasts, seconds; infinite where it does not shrink.
func (r *rates) until(backlog float64) float64 {
	if backlog <= 0 || r.in >= r.capacity {
		return math.Inf(1)
	}
	if math.IsInf(r.capacity, 1) {
		return 1e-9
	}
	return math.Max(backlog/(r.capacity-r.in), 1e-9)
}

// advance goes on from one instant to the next, s.
func (p *pipe) advance(r *rates, now, next, warmup float64) {
	length := next - now
	if len(p.curve) == 0 {
		p.curve = append(p.curve, knot{at: now})
	}
	before := p.backlog
	out := math.Min(r.in, r.capacity)
	if before > 0 && !math.IsInf(r.capacity, 1) {
		out = r.capacity
	}
	p.backlog = math.Max(0, before+float64((r.in-out)*length))
	if p.backlog < 1e-6 || math.IsInf(r.capacity, 1) {
		p.backlog = 0
	}
	gone := math.Max(0, before+float64(r.in*length)-p.backlog)
	// Where only some partitions are overrun, their copies alone wait.
	aside := 0.0
	if r.over > 0 {
		aside = float64((r.in - r.over) * length)
	}
	if now >= warmup-1e-9 {
		p.aside += aside
	}
	p.in += float64(r.in*length) - aside
	p.out += gone - aside
	p.curve = append(p.curve, knot{next, p.in, p.out})
	p.note(r, before, now, next)
	if now < warmup-1e-9 {
		return
	}
	p.flow = max(p.flow, r.flow)
	p.came += float64(r.in * length)
	kept := gone * (1 - r.lost)
	p.done += float64(kept * (1 - r.given))
	p.busy += math.Min(float64(kept*r.each), math.Max(float64(r.workers*length), 0))
	p.able += float64(r.workers * length)
	p.steady(r, before, length)
}

// steady adds what is waited beside a backlog, and how much of it is not sure.
func (p *pipe) steady(r *rates, before, length float64) {
	in := float64(r.in * length)
	switch {
	case before > 0 || p.backlog > 0:
		// What a fluid leaves out: how far what came may be from its mean.
		drift := math.Abs(r.in-r.capacity) * length
		if sd := math.Sqrt(math.Max(0, r.spread) * in); drift < 3*sd && !math.IsInf(r.capacity, 1) && r.capacity > 0 {
			p.unsure += float64(sd / math.Max(r.capacity, 1e-9) * in / 2)
		}
	case r.waits == Unsure && r.extra == 0:
		p.waits = Unsure
	default:
		p.waited += float64(in * r.wait)
		p.unsure += float64(in * r.extra)
		if r.settles > length/2 || r.fills > length/5 {
			p.unsure += float64(in * r.wait)
		}
		if r.waits != Exact {
			p.waits = max(p.waits, Approximate)
		}
	}
}

// note keeps account of backlogs.
func (p *pipe) note(r *rates, before, now, next float64) {
	if before <= 0 && p.backlog > 0 {
		p.backlogs = append(p.backlogs, Backlog{Begins: now})
	}
	if len(p.backlogs) == 0 {
		return
	}
	b := &p.backlogs[len(p.backlogs)-1]
	if p.backlog > b.Most {
		b.Most, b.Peaks = p.backlog, next
		offered := math.Inf(1)
		if r.capacity > 0 {
			offered = r.in / r.capacity
		}
		b.Offered = math.Max(b.Offered, offered)
	}
	if before > 0 && p.backlog == 0 {
		b.Gone = sim.Num(next)
	}
}

// run sums it up.
func (p *pipe) run(warmup, length float64) PredictedRun {
	r := PredictedRun{Done: p.done / length, Flow: p.flow, Waits: max(p.waits, p.flow), Backlogs: p.backlogs}
	if p.able > 0 {
		r.Busy = sim.Num(math.Min(1, p.busy/p.able))
	}
	fluid, served := p.fluidWait(warmup)
	if served+p.aside <= 0 {
		return r
	}
	served += p.aside
	total := fluid + p.waited
	if len(p.backlogs) > 0 {
		r.Waits = max(r.Waits, Approximate)
	}
	if p.unsure > 0.15*total {
		r.Waits = Unsure
	}
	if r.Waits != Unsure {
		r.Wait = sim.Num(total / served)
	}
	return r
}

// fluidWait is how long all together waited that came after the warm-up and
// have gone, copy-seconds, and how many they are: what lies between the curves of
// what came and what went, first come first served.
func (p *pipe) fluidWait(warmup float64) (waited, copies float64) {
	first := -1.0
	for _, k := range p.curve {
		if k.at >= warmup-1e-9 {
			first = k.in
			break
		}
	}
	if first < 0 {
		return 0, 0
	}
	last := p.out
	if last <= first {
		return 0, 0
	}
	for i := 1; i < len(p.curve); i++ {
		a, b := p.curve[i-1], p.curve[i]
		waited += area(a.at, b.at, a.out, b.out, first, last) - area(a.at, b.at, a.in, b.in, first, last)
	}
	return math.Max(0, waited), last - first
}

// area is the integral of time over what passes between two instants, as far as
// it lies between the first and the last.
func area(from, until, low, high, first, last float64) float64 {
	l, h := math.Max(low, first), math.Min(high, last)
	if h <= l || high <= low {
		return 0
	}
	at := func(v float64) float64 { return from + float64((until-from)*((v-low)/(high-low))) }
	return float64((h - l) * (at(l) + at(h)) / 2)
}
