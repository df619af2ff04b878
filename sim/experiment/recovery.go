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

// recovering looks at an engine to see how much waits. The recovery time of a
// disturbance is from its end until no more waits than ever did before the first
// one began (after the warm-up, if that was before): in front of consumers, or
// with producers that cannot get rid of it. The run's is that of the disturbance
// it took the longest to recover from; absent if one was not recovered from
// before the next began, or the run ended. It looks after every instant at which
// something happens, so that the time is exact; at a large system only at every
// step, to which it is known then. Looking changes nothing.
type recovering struct {
	*sim.Engine
	step, duration, warmup int64
	exact                  bool
	at, aim                int64         // where it is, and the moment looked at next
	rest                   []disturbance // the first is the one looked at
	stores                 []int32       // those in front of somebody, by their places in a Snapshot
	begun                  bool          // the first disturbance has
	before                 int64
	longest                int64
	failed                 bool
	slot                   *sim.Number
}

const (
	// recoverySteps is how finely a large system is looked at: its duration over
	// this.
	recoverySteps = 600
	// exactParts is how many stores and sources a system may have to be looked at
	// after every instant: so many take about as long to look at as the instant
	// itself.
	exactParts = 64
)

func newRecovering(sc *spec.Scenario, e *sim.Engine, found []disturbance, slot *sim.Number) *recovering {
	r := &recovering{
		Engine: e, step: max(sc.Duration/recoverySteps, 100*spec.Millisecond), duration: sc.Duration, warmup: sc.Warmup,
		rest: found, slot: slot,
	}
	var now sim.Snapshot
	e.Snapshot(&now)
	read := readStores(sc, e, &now)
	for i := range now.Stores {
		if read[now.Stores[i].Component] {
			r.stores = append(r.stores, int32(i))
		}
	}
	r.exact = len(r.stores)+e.Sources() <= exactParts
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
	if len(r.rest) == 0 {
		return r.duration // everything is known
	}
	d := r.rest[0]
	from, calm := r.calmFrom(), d.begin-1
	switch {
	case r.begun && r.at < d.end:
		r.aim = d.end
	case r.at < from:
		r.aim = from
	case r.at < calm:
		r.aim = min(r.follows(), calm)
	case r.at < d.end:
		r.aim = d.end
	default:
		r.aim = r.follows()
	}
	r.aim = min(r.aim, r.duration)
	return r.aim
}

// calmFrom is from when on it counts how much waits before the first
// disturbance: the end of the warm-up, if that is before it.
func (r *recovering) calmFrom() int64 {
	if r.warmup >= r.rest[0].begin {
		return 0
	}
	return r.warmup
}

// follows is the moment after this one that is looked at.
func (r *recovering) follows() int64 {
	if !r.exact {
		return r.at + r.step
	}
	at, ok := r.NextAt()
	if !ok {
		return r.duration
	}
	return max(at, r.at+1)
}

// arrive looks at the moment that next said.
func (r *recovering) arrive() {
	r.at = max(r.Now(), r.aim)
	for len(r.rest) > 1 && r.at >= r.rest[1].begin {
		r.failed, r.rest = true, r.rest[1:]
	}
	if len(r.rest) == 0 {
		return
	}
	d := r.rest[0]
	switch {
	case r.at < d.begin:
		if !r.begun && r.at >= r.calmFrom() {
			r.before = max(r.before, r.Outstanding(r.stores))
		}
	case r.at < d.end:
		r.begun = true
	case r.Outstanding(r.stores) <= r.before:
		r.begun = true
		r.longest = max(r.longest, r.at-d.end)
		r.rest = r.rest[1:]
	default:
		r.begun = true
	}
}

func (r *recovering) end() {
	if !r.failed && len(r.rest) == 0 {
		*r.slot = sim.Num(float64(r.longest) / 1e9)
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
