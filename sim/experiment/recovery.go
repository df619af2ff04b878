package experiment

import (
	"eddy/sim"
	"eddy/sim/spec"
)

// disturbance is a stretch of the timeline in which something is wrong.
type disturbance struct{ begin, end int64 } // ns

// disturbances are the stretches in which entries of the timeline that end
// disturb the system, those that overlap taken together, in order of time.
func disturbances(sc *spec.Scenario) []disturbance {
	var merged []disturbance
	for i := range sc.Timeline {
		a := &sc.Timeline[i]
		end, ok := endOf(sc, i)
		if !ok || end >= sc.Duration {
			continue
		}
		merged = merge(merged, disturbance{a.At, end})
	}
	return merged
}

// Stretch is a time of a run, in ns.
type Stretch struct{ From, To int64 }

// Troubled are the stretches in which the timeline disturbs the system, in
// order of time; those that overlap are taken together.
func Troubled(sc *spec.Scenario) []Stretch {
	var all []Stretch
	for _, d := range disturbances(sc) {
		all = append(all, Stretch{d.begin, d.end})
	}
	return all
}

// endOf is when the trouble that an entry of the timeline makes is over, false
// if it makes none or lasts.
func endOf(sc *spec.Scenario, i int) (int64, bool) {
	a := &sc.Timeline[i]
	switch a.Kind {
	case spec.CrashAction:
		if a.Restarts {
			return a.At + a.Restart, true
		}
	case spec.StopAction, spec.PauseAction:
		if a.For == 0 {
			return mendedAt(sc, a)
		}
	case spec.SlowAction, spec.FailAction, spec.OutageAction, spec.CutAction, spec.DelayAction, spec.DropAction, spec.SurgeAction:
	default:
		return 0, false
	}
	return a.At + a.For, a.For > 0
}

// mendedAt is when a later entry starts again what this one stops.
func mendedAt(sc *spec.Scenario, stop *spec.Action) (int64, bool) {
	for i := range sc.Timeline {
		b := &sc.Timeline[i]
		if (b.Kind == spec.StartAction || b.Kind == spec.ResumeAction) && b.A == stop.A && b.At > stop.At {
			return b.At, true
		}
	}
	return 0, false
}

// merge puts a stretch into a sorted list of stretches that do not overlap.
func merge(list []disturbance, d disturbance) []disturbance {
	var out []disturbance
	for _, other := range list {
		if other.end < d.begin || d.end < other.begin {
			out = append(out, other)
			continue
		}
		d.begin, d.end = min(d.begin, other.begin), max(d.end, other.end)
	}
	at := len(out)
	for at > 0 && out[at-1].begin > d.begin {
		at--
	}
	return append(out[:at:at], append([]disturbance{d}, out[at:]...)...)
}

// recovering looks at an engine at every step to see how much waits. The
// recovery time of a disturbance is from its end until no more waits than ever
// did before the first one began (after the warm-up, if that was before): in
// front of consumers, or with producers that cannot get rid of it. The run's is
// that of the disturbance it took the longest to recover from; absent if one
// was not recovered from before the next began, or the run ended. It is known
// to one step. Looking changes nothing.
type recovering struct {
	*sim.Engine
	step, duration, warmup int64
	at, aim                int64         // where it is, and the moment looked at next
	rest                   []disturbance // the first is the one looked at
	read                   map[int32]bool
	now                    sim.Snapshot
	calm                   bool // before the first disturbance
	before                 int64
	longest                int64
	failed                 bool
	slot                   *sim.Number
}

// recoverySteps is how finely a run is looked at: its duration over this.
const recoverySteps = 600

func newRecovering(sc *spec.Scenario, e *sim.Engine, found []disturbance, slot *sim.Number) *recovering {
	r := &recovering{
		Engine: e, step: max(sc.Duration/recoverySteps, 100*spec.Millisecond), duration: sc.Duration, warmup: sc.Warmup,
		rest: found, calm: true, slot: slot,
	}
	r.Snapshot(&r.now)
	r.read = readStores(sc, e, &r.now)
	return r
}

// readStores says of each store whether it is in front of somebody.
func readStores(sc *spec.Scenario, e *sim.Engine, now *sim.Snapshot) map[int32]bool {
	unread, read := unreadChannels(sc), map[int32]bool{}
	for _, s := range now.Stores {
		read[s.Component] = !unread[e.Names().Component(s.Component)]
	}
	return read
}

// unreadChannels are those in front of nobody: what is there does not wait.
func unreadChannels(sc *spec.Scenario) map[string]bool {
	unread := map[string]bool{}
	for i := range sc.Broker.Channels {
		unread["channels."+sc.Broker.Channels[i].Name] = true
	}
	for i := range sc.Consumers {
		for _, from := range sc.Consumers[i].From {
			delete(unread, "channels."+sc.Broker.Channels[from.Channel].Name)
		}
	}
	return unread
}

// next is the moment to look at next.
func (r *recovering) next() int64 {
	next := min(r.at+r.step, r.duration)
	if len(r.rest) > 0 && r.at < r.rest[0].begin && r.rest[0].begin < next {
		next = r.rest[0].begin - 1 // how it was just before
	}
	r.aim = next
	return min(max(next, r.at+1), r.duration)
}

// arrive looks at the moment that next said.
func (r *recovering) arrive() {
	r.Snapshot(&r.now)
	r.at = max(r.now.At, r.aim)
	r.look()
}

func (r *recovering) end() {
	if !r.failed && len(r.rest) == 0 {
		*r.slot = sim.Num(float64(r.longest) / 1e9)
	}
}

// look takes note of how much waits now.
func (r *recovering) look() {
	for len(r.rest) > 1 && r.now.At >= r.rest[1].begin {
		r.failed, r.rest = true, r.rest[1:]
	}
	if len(r.rest) == 0 {
		return
	}
	d, waits := r.rest[0], waiting(&r.now, r.read)
	switch {
	case r.now.At < d.begin:
		if r.calm && (r.now.At >= r.warmup || r.warmup >= d.begin) {
			r.before = max(r.before, waits)
		}
	case r.now.At < d.end:
		r.calm = false
	case waits <= r.before:
		r.longest = max(r.longest, r.now.At-d.end)
		r.rest = r.rest[1:]
	}
	if r.now.At >= d.begin {
		r.calm = false
	}
}

// waiting is how many copies are in front of somebody, and unsent events are
// there.
func waiting(now *sim.Snapshot, read map[int32]bool) int64 {
	n := int64(0)
	for i := range now.Stores {
		if s := &now.Stores[i]; read[s.Component] {
			n += s.Ready + s.Delayed + s.Leased
		}
	}
	for i := range now.Producers {
		n += int64(now.Producers[i].Buffered + now.Producers[i].Outbox)
	}
	return n
}
