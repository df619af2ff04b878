package tui

import (
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"eddy/sim"
	"eddy/sim/spec"
)

// Duel is two runs at the same moment. Nobody changes it once it is published.
type Duel struct {
	A, B    *Frame
	At      int64 // ns; a run that ended before stands where it ended
	Pace    float64
	Paused  bool
	Redoing float64 // share of the way to another moment that is done; 0 when none is under way
}

// Duration is how long the longer of the two lasts, in ns.
func (d *Duel) Duration() int64 { return max(d.A.spec().Duration, d.B.spec().Duration) }

// Over says whether both have ended.
func (d *Duel) Over() bool { return d.A.Over() && d.B.Over() }

// lockstep runs two scenarios side by side on a goroutine of its own: whatever
// is done, both are at the same simulated moment afterwards. Commands are
// functions that it calls between two slices of work.
type lockstep struct {
	commands chan func(*lockstep)
	latest   atomic.Pointer[Duel]
	told     atomic.Pointer[func()]
	crashed  atomic.Pointer[func(*Crash)]
	done     chan struct{}
	ending   atomic.Bool // what takes long is given up

	// The rest belongs to the goroutine.
	sides   [2]*driver
	at      int64
	pace    float64
	paused  bool
	stopped bool
	chunk   int64 // ns of simulated time that a slice of work takes, about
	origin  int64 // simulated moment that pace is counted from
	since   time.Time
	shown   time.Time
	redoing float64
}

// newLockstep puts two scenarios at their start.
func newLockstep(a, b *spec.Scenario, o sim.Options, pace float64) *lockstep {
	l := &lockstep{commands: make(chan func(*lockstep), 64), done: make(chan struct{}), pace: pace, chunk: int64(spec.Millisecond)}
	l.tell(func() {}, func(*Crash) {})
	l.sides = [2]*driver{newDriver(a, o, pace), newDriver(b, o, pace)}
	l.restart()
	l.publish(true)
	return l
}

// tell says whom to tell that something is new while nothing moves, and of a crash.
func (l *lockstep) tell(news func(), crash func(*Crash)) {
	l.told.Store(&news)
	l.crashed.Store(&crash)
}

// run is the goroutine.
func (l *lockstep) run() {
	defer close(l.done)
	defer l.guarded()
	drive(l, l.commands)
}

func (l *lockstep) isStopped() bool { return l.stopped }

func (l *lockstep) news() { (*l.told.Load())() }

// guarded tells of a panic.
func (l *lockstep) guarded() {
	if v := recover(); v != nil {
		if c, ok := v.(*Crash); ok {
			(*l.crashed.Load())(c)
			return
		}
		(*l.crashed.Load())(&Crash{v, debug.Stack()})
	}
}

func (l *lockstep) still() bool { return l.paused || l.over() }

func (l *lockstep) over() bool {
	_, a := l.sides[0].engine.Ended()
	_, b := l.sides[1].engine.Ended()
	return a && b
}

// duration is how long the longer lasts.
func (l *lockstep) duration() int64 { return max(l.sides[0].sc.Duration, l.sides[1].sc.Duration) }

// restart counts the pace from the present moment on.
func (l *lockstep) restart() { l.origin, l.since = l.at, time.Now() }

// both does something to both runs at once. A panic of either is one of the
// caller's.
func (l *lockstep) both(do func(*driver)) {
	var group sync.WaitGroup
	var crash atomic.Pointer[Crash]
	for _, d := range l.sides {
		group.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					crash.CompareAndSwap(nil, &Crash{v, debug.Stack()})
				}
			}()
			do(d)
		})
	}
	group.Wait()
	if c := crash.Load(); c != nil {
		panic(c)
	}
}

// to brings both to a moment.
func (l *lockstep) to(until int64) {
	until = min(until, l.duration())
	l.both(func(d *driver) {
		d.pace = l.pace // how closely it is watched
		d.to(until)
	})
	l.at = max(l.at, until)
}

// move lets both go on for a slice of time, and waits when they are ahead.
func (l *lockstep) move() {
	target := due(l.origin, l.since, l.pace, l.duration())
	start := time.Now()
	until := min(target, l.at+l.chunk)
	l.to(until)
	l.chunk = fitted(l.chunk, time.Since(start), until < target)
	if l.pace > 0 && float64(target-l.at) > l.pace*0.5e9 {
		l.restart() // what a machine too slow for the pace cannot make up is given up
	}
	if l.still() {
		return
	}
	if time.Since(l.shown) >= publishEvery {
		l.publish(false)
	}
	if until >= target {
		await(l, l.commands, l.shown)
	}
}

// step lets the next thing happen in the first run, or in the second when the
// first is over, and brings the other to the same moment.
func (l *lockstep) step() {
	lead, other := l.sides[0], l.sides[1]
	if _, over := lead.engine.Ended(); over {
		lead, other = other, lead
	}
	lead.step(func(*World, *sim.Record) bool { return true })
	l.at = max(l.at, lead.engine.Now())
	other.to(l.at)
	l.restart()
}

// goTo runs both on to a moment, or again from the start when it has passed,
// and tells how far it has come when that takes longer than a blink.
func (l *lockstep) goTo(at int64) {
	at = max(0, min(at, l.duration()))
	if at < l.at {
		l.both(func(d *driver) { d.load(d.sc) })
		l.at = 0
	}
	from, start, told := l.at, time.Now(), time.Time{}
	const parts = 100
	for i := int64(1); i <= parts && !l.ending.Load(); i++ {
		l.to(from + (at-from)/parts*i + (at-from)%parts*i/parts)
		if time.Since(start) > blink && time.Since(told) > publishEvery {
			told = time.Now()
			l.redoing = float64(i) / parts
			l.publish(false)
			l.news()
		}
	}
	l.redoing = 0
	l.restart()
}

// publish makes a frame of both.
func (l *lockstep) publish(still bool) {
	l.shown = time.Now()
	l.both(func(d *driver) {
		d.pace, d.paused = l.pace, l.paused
		d.publish(still)
	})
	l.latest.Store(&Duel{
		A: l.sides[0].latest.Load(), B: l.sides[1].latest.Load(), At: l.at, Pace: l.pace, Paused: l.paused, Redoing: l.redoing,
	})
}

// ask hands a command to the goroutine; it never waits for the engines.
func (l *lockstep) ask(command func(*lockstep)) {
	select {
	case l.commands <- command:
	case <-l.done:
	}
}

// stop ends the goroutine and waits for that.
func (l *lockstep) stop() {
	l.ending.Store(true)
	l.ask(func(l *lockstep) { l.stopped = true })
	<-l.done
}

// DuelAt runs two scenarios to a moment and returns both there: what a shot is
// drawn of.
func DuelAt(a, b *spec.Scenario, o sim.Options, at int64) *Duel {
	l := newLockstep(a, b, o, 1)
	l.to(max(0, at))
	l.publish(true)
	d := *l.latest.Load()
	for _, f := range []**Frame{&d.A, &d.B} {
		c := **f
		c.Speed = 0
		*f = &c
	}
	return &d
}
