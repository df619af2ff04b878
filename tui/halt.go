package tui

import (
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
)

// breakpoint halts a run when its condition begins to hold.
type breakpoint struct {
	Text string
	Node int
	Of   func(*Point) float64
	Over float64
	held bool
}

// attend gives the history what is waited for at present.
func (d *driver) attend() {
	var family *Family
	if old := d.history.watch; old != nil {
		family = old.family
	}
	traps := d.traps
	if d.passing {
		traps = nil
	}
	switch {
	case d.chase == nil:
		family = nil
	case family == nil || family.Root != d.chase.root:
		family = &Family{Root: d.chase.root, Type: -1, Ended: -1}
	}
	d.history.watch = nil
	if family != nil || len(traps) > 0 {
		d.history.watch = &lookout{traps: traps, family: family}
	}
}

// mayHalt says whether the run has to be watched for where it halts.
func (d *driver) mayHalt() bool {
	return !d.passing && (len(d.breaks) > 0 || len(d.traps) > 0 || d.chase != nil && !d.chase.over)
}

// carefully is to with an eye on what halts the run, a millisecond at a time.
func (d *driver) carefully(until int64) {
	for at := d.engine.Now(); at < until; {
		at = min(until, at+spec.Millisecond, d.history.next)
		more := d.engine.Run(at)
		if d.history.next <= at {
			d.history.sample(d.engine)
		}
		if d.halts() || !more {
			return
		}
	}
}

// halts says whether something has happened at which the run halts; it is then
// paused, at the step that it waited for.
func (d *driver) halts() bool {
	if w := d.history.watch; w != nil && w.caught != nil {
		text, at := w.caught.Text, w.at
		if at < d.engine.Now() {
			d.redo(d.sc, at)
		}
		d.paused, d.halt = true, text
		w.caught = nil
		return true
	}
	return d.hits() || d.caughtUp()
}

// hits says whether a breakpoint's condition has begun to hold; the run is
// then paused.
func (d *driver) hits() bool {
	if len(d.breaks) == 0 {
		return false
	}
	d.engine.Snapshot(&d.history.snapshot)
	points := nodePoints(d.world, &d.history.snapshot)
	hit := false
	for _, b := range d.breaks {
		holds := b.Node < len(points) && b.Of(&points[b.Node]) > b.Over
		if holds && !b.held {
			hit, d.paused, d.halt = true, true, b.Text
		}
		b.held = holds
	}
	return hit
}

// chase is the event that is followed.
type chase struct {
	root   sim.EventID
	before float64 // the pace before
	over   bool    // it has been told that its family ended
}

// followedTime is about how many seconds of a watcher's time an event should
// take from its creation to the end.
const followedTime = 8

// slowEnough is a pace at which an event can be followed with the eyes.
func (d *driver) slowEnough() float64 {
	took := make([]float64, 0, recentKept)
	for _, c := range latest(d.history.recent[:], d.history.nrecent, recentKept) {
		took = append(took, c.Took)
	}
	wanted := 0.02
	if len(took) > 0 {
		wanted = bandOf(took).P50 / followedTime
	}
	if d.pace > 0 {
		wanted = min(wanted, d.pace)
	}
	slow := paces[0]
	for _, p := range paces {
		if p > 0 && p <= wanted {
			slow = p
		}
	}
	return slow
}

// follow begins to follow a family from a moment on, which may have passed.
func (d *driver) follow(root sim.EventID, from int64) {
	pace, before := d.slowEnough(), d.pace
	if d.chase != nil {
		before = d.chase.before
	}
	d.chase = &chase{root: root, before: before}
	d.pace, d.paused, d.halt = pace, false, ""
	// Its steps up to now were not kept: they are seen again.
	d.redo(d.sc, from)
}

// catch lets things happen until an event comes to a node, any new one for -1,
// and follows it from there.
func (d *driver) catch(node int) {
	r := d.step(func(w *World, r *sim.Record) bool {
		return r.Root.Source != sim.NoEvent && arrives(w, r, node) && (node >= 0 || r.Root == r.Event)
	})
	if r == nil {
		d.paused, d.halt = true, "no event came to it"
		return
	}
	d.follow(r.Root, d.engine.Now())
}

// letGo ends following; the pace is what it was before.
func (d *driver) letGo() {
	if d.chase != nil {
		d.pace, d.halt = d.chase.before, ""
		d.chase = nil
		d.attend()
		d.restart()
	}
}

// caughtUp says whether the family that is followed has ended; the run is then
// paused, once.
func (d *driver) caughtUp() bool {
	if d.chase == nil || d.chase.over || d.history.watch == nil {
		return false
	}
	f := d.history.watch.family
	if f == nil || len(f.Steps) == 0 || f.Ended < 0 || d.engine.Now() <= f.Ended {
		return false
	}
	id, _ := d.engine.Names().Event(f.Root)
	end := "all is done with it"
	if f.Failed || !f.done {
		end = "it came to nothing"
	}
	d.chase.over, d.paused, d.halt = true, true, id+": "+end+" after "+draw.Duration(nanos(f.Ended-f.Created))
	return true
}
