package tui

import (
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
)

const (
	// publishEvery is the least time between two frames.
	publishEvery = time.Second / 30
	// resultEvery is how often the result is worked out while a run moves.
	resultEvery = 400 * time.Millisecond
	// slice is about how long the engine runs before commands are looked at.
	slice = 4 * time.Millisecond
	// blink is how long a run to an earlier moment may take without being shown.
	blink = 200 * time.Millisecond
)

// Crash is a panic of a goroutine of the screen.
type Crash struct {
	Value any
	Stack []byte
}

func (c *Crash) Error() string { return fmt.Sprint(c.Value) }

// driver runs an engine at a pace on a goroutine of its own. Commands are
// functions that it calls between two slices of work; what came of them is in
// the next frame.
type driver struct {
	options  sim.Options
	commands chan func(*driver)
	latest   atomic.Pointer[Frame]
	bound    atomic.Int64 // the moment that the run was last asked to go to, until its frame is there; -1 for none
	told     func(any)    // tells the screen that something is new while nothing moves
	crashed  func(*Crash)
	done     chan struct{}

	// The rest belongs to the goroutine.
	sc       *spec.Scenario
	world    *World
	engine   *sim.Engine
	history  *history
	pace     float64
	paused   bool
	stopped  bool
	chunk    int64 // ns of simulated time that a slice of work takes, about
	origin   int64 // simulated moment that pace is counted from
	since    time.Time
	result   *sim.Result
	resultAt time.Time
	waits    []draw.Band
	works    []draw.Band
	shown    time.Time
	halt     string
	breaks   []*breakpoint
	traps    []*trap
	chase    *chase // the event that is followed, nil for none
	added    int
	future   int64 // up to here another future was seen; 0 for none
	ghost    *Past // what it was like; nil for none
	forked   int64 // when it was left
	ahead    Past  // the farthest that the present scenario has come
	redoing  float64
	passing  bool // breakpoints do not count on the way to a moment
	rateAt   time.Time
	rateN    int64
	speed    float64
}

// newDriver makes a driver of a scenario, standing still at the start.
func newDriver(sc *spec.Scenario, o sim.Options, pace float64) *driver {
	d := &driver{
		options: o, commands: make(chan func(*driver), 64), done: make(chan struct{}),
		told: func(any) {}, crashed: func(*Crash) {}, pace: pace, chunk: int64(spec.Millisecond),
	}
	d.bound.Store(-1)
	d.load(sc)
	d.publish(true)
	return d
}

// arrived tells that the run is where it was asked to go, unless it has been
// asked to go elsewhere since.
func (d *driver) arrived(at int64) {
	d.publish(d.still())
	d.bound.CompareAndSwap(at, -1)
}

// load begins a scenario from its start.
func (d *driver) load(sc *spec.Scenario) {
	d.sc = sc
	if d.world == nil || d.world.Spec != sc {
		d.world = NewWorld(sc)
	}
	d.history = newHistory(d.world)
	o := d.options
	o.Observers = []sim.Observer{d.history}
	d.engine = sim.New(sc, o)
	d.result, d.halt = nil, ""
	d.attend()
	d.restart()
}

// restart counts the pace from the present moment on.
func (d *driver) restart() {
	d.origin, d.since = d.engine.Now(), time.Now()
	d.rateAt = time.Time{}
}

// run is the goroutine.
func (d *driver) run() {
	defer close(d.done)
	defer func() {
		if v := recover(); v != nil {
			d.crashed(&Crash{v, debug.Stack()})
		}
	}()
	drive(d, d.commands)
}

func (d *driver) isStopped() bool { return d.stopped }

func (d *driver) news() { d.told(nil) }

// still says whether nothing moves until somebody asks for it.
func (d *driver) still() bool {
	_, over := d.engine.Ended()
	return d.paused || over
}

// move lets the run go on for a slice of time, and waits when it is ahead.
func (d *driver) move() {
	target := due(d.origin, d.since, d.pace, d.sc.Duration)
	start := time.Now()
	until := min(target, d.engine.Now()+d.chunk)
	d.to(until)
	d.chunk = fitted(d.chunk, time.Since(start), until < target)
	if d.pace > 0 && until < target && time.Since(d.since) > time.Second {
		d.catchUp(target)
	}
	if d.still() {
		return
	}
	if time.Since(d.shown) >= publishEvery {
		d.publish(false)
	}
	if until >= target {
		await(d, d.commands, d.shown)
	}
}

// catchUp gives up what a machine that is too slow for the pace cannot make up.
func (d *driver) catchUp(target int64) {
	if float64(target-d.engine.Now()) > d.pace*0.5e9 {
		d.origin, d.since = d.engine.Now(), time.Now()
	}
}

// watch decides how closely the run is watched: as fast as it goes, briskly.
func (d *driver) watch() {
	b := d.history.brisk
	switch brisk := d.pace <= 0 && d.history.watch == nil; {
	case brisk && !b.on:
		b.begin(d.engine)
	case !brisk && b.on:
		b.end(d.engine)
	}
}

// to runs up to and including a moment, taking samples on the way.
func (d *driver) to(until int64) {
	d.watch()
	if d.mayHalt() {
		d.carefully(until)
		return
	}
	for d.history.next <= until {
		if !d.engine.Run(d.history.next) && d.engine.Now() < d.history.next {
			return
		}
		d.history.sample(d.engine)
	}
	d.engine.Run(until)
}

// stepEvents is how many things may happen while n looks for its component.
const stepEvents = 5_000_000

// step lets things happen until a wanted one does, and returns it; nil when
// there was none.
func (d *driver) step(wanted func(*World, *sim.Record) bool) *sim.Record {
	h, w := d.history, d.world
	watch := lookout{wanted: func(r *sim.Record) bool { return wanted(w, r) }}
	if h.watch != nil {
		watch.family = h.watch.family
	}
	h.watch = &watch
	d.watch()
	for range stepEvents {
		more := d.engine.Step()
		for h.next <= d.engine.Now() {
			h.sample(d.engine)
		}
		if !more || watch.found != nil {
			break
		}
	}
	d.attend()
	d.restart()
	return watch.found
}

// redo runs a scenario from its start to a moment: the way back in time, and
// the way a change made now comes into the run. It tells how far it has come
// when that takes longer than a blink.
func (d *driver) redo(sc *spec.Scenario, until int64) {
	d.remember(sc, until)
	d.load(sc)
	d.reach(until)
	d.restart()
}

// remember keeps what was seen of a run that begins again: the charts show the
// future that a change leaves behind.
func (d *driver) remember(sc *spec.Scenario, until int64) {
	if d.ahead.Samples() < d.history.past.Samples() {
		d.ahead = d.history.past
	}
	if sc == d.sc {
		return
	}
	// Of the futures left by several changes, the one that reaches farthest
	// stays: a few seconds of the latest say less.
	if reach := d.ahead.Until(); reach > until+d.ahead.Step && (d.ghost == nil || reach >= d.ghost.Until()) {
		ghost := d.ahead
		d.ghost, d.forked = &ghost, until
	}
	d.ahead = Past{}
}

// forget lets go of the future that was left behind.
func (d *driver) forget() { d.future, d.ghost = 0, nil }

// reach runs on to a moment, past every breakpoint, and tells how far it has
// come when that takes longer than a blink.
func (d *driver) reach(until int64) {
	from := d.engine.Now()
	until = max(from, min(until, d.sc.Duration))
	start, told := time.Now(), time.Time{}
	d.passing = true
	d.attend()
	const parts = 200
	for i := int64(1); i <= parts; i++ {
		d.to(from + (until-from)/parts*i + (until-from)%parts*i/parts)
		if time.Since(start) > blink && time.Since(told) > publishEvery {
			told = time.Now()
			d.redoing = float64(i) / parts
			d.publish(false)
			d.told(nil)
		}
		if _, over := d.engine.Ended(); over {
			break
		}
	}
	d.passing = false
	d.attend()
	d.redoing = 0
}

// publish makes a frame of the present state. Everything in it is either
// copied or never changed again.
func (d *driver) publish(still bool) {
	now := time.Now()
	d.shown = now
	h := d.history
	if still || d.result == nil || now.Sub(d.resultAt) > resultEvery {
		d.result, d.resultAt = d.engine.Result(), now
		d.waits, d.works = bandsLately(h.waits), bandsLately(h.works)
	}
	d.measureSpeed(now)
	f := &Frame{
		World: d.world, Past: h.past, Result: d.result, Names: d.engine.Names(),
		Pace: d.pace, Paused: d.paused, Speed: d.speed, Halt: d.halt, Added: d.added, Future: d.future, Ghost: d.ghost, Forked: d.forked, Redoing: d.redoing,
		Waits: d.waits, Works: d.works,
	}
	d.engine.Snapshot(&f.Snap)
	if h.brisk.on {
		d.world.countEdges(&f.Snap, h.edges)
	}
	f.Points = nodePoints(d.world, &f.Snap)
	f.Past.Nodes, f.Past.Edges = slices.Clone(f.Past.Nodes), slices.Clone(f.Past.Edges)
	f.Past.By, f.Past.Heats = slices.Clone(f.Past.By), slices.Clone(f.Past.Heats)
	f.Edges = make([]float64, len(h.edges))
	for i, n := range h.edges {
		f.Edges[i] = float64(n)
	}
	f.Recent = latest(h.recent[:], h.nrecent, recentKept)
	if d.pace > 0 {
		f.Cross = latest(h.cross[:], h.ncross, crossings)
	}
	if still {
		f.Families = copied(slices.Concat(latest(h.late[:], h.nlate, overtaken), latest(h.ring[:], h.nring, families)))
	}
	if d.chase != nil && h.watch != nil && h.watch.family != nil {
		f.Followed = copied([]*Family{h.watch.family})[0]
		f.places = f.whereabouts()
	}
	d.latest.Store(f)
}

// bandsLately are the quantiles of the latest durations of each node.
func bandsLately(list []lately) []draw.Band {
	out := make([]draw.Band, len(list))
	for i := range list {
		out[i] = honest(slices.Clone(list[i].ring))
	}
	return out
}

// copied are families that the history will not change under their readers.
func copied(list []*Family) []*Family {
	out := make([]*Family, len(list))
	for i, f := range list {
		c := *f
		c.Steps = slices.Clone(f.Steps)
		out[i] = &c
	}
	return out
}

// latest is a copy of a ring's last entries, oldest first.
func latest[T any](ring []T, n, most int) []T {
	k := min(n, most, len(ring))
	out := make([]T, k)
	for i := range k {
		out[i] = ring[(n-k+i)%len(ring)]
	}
	return out
}

// measureSpeed counts events a second of the machine's time.
func (d *driver) measureSpeed(now time.Time) {
	_, n := d.engine.Progress()
	switch {
	case d.rateAt.IsZero():
		d.rateAt, d.rateN = now, n
	case now.Sub(d.rateAt) > time.Second/2:
		d.speed = float64(n-d.rateN) / now.Sub(d.rateAt).Seconds()
		d.rateAt, d.rateN = now, n
	}
}

// ask hands a command to the goroutine; it never waits for the engine.
func (d *driver) ask(command func(*driver)) {
	select {
	case d.commands <- command:
	case <-d.done:
	}
}

// stop ends the goroutine and waits for that.
func (d *driver) stop() {
	d.ask(func(d *driver) { d.stopped = true })
	<-d.done
}

// FrameAt runs a scenario to a moment and returns its frame there: what a shot
// is drawn of.
func FrameAt(sc *spec.Scenario, o sim.Options, at int64) *Frame {
	d := newDriver(sc, o, 1)
	d.to(max(0, min(at, sc.Duration)))
	d.paused = true
	d.publish(true)
	f := *d.latest.Load()
	f.Paused, f.Speed = false, 0
	return &f
}
