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

// recovering is an engine that stops at every step to see how much waits. The
// recovery time of a disturbance is from its end until no more waits than ever
// did before the first one began (after the warm-up, if that was before): in
// front of consumers, or with producers that cannot get rid of it. The run's is
// that of the disturbance it took the longest to recover from; absent if one
// was not recovered from before the next began, or the run ended. It is known
// to one step. Looking changes nothing.
type recovering struct {
	*sim.Engine
	step, duration, warmup int64
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
		rest: found, calm: true, slot: slot, read: map[int32]bool{},
	}
	r.Snapshot(&r.now)
	unread := unreadChannels(sc)
	for _, s := range r.now.Stores {
		r.read[s.Component] = !unread[r.Names().Component(s.Component)]
	}
	return r
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

func (r *recovering) RunAll() error {
	at := int64(0)
	for goOn := true; goOn; {
		next := min(at+r.step, r.duration)
		if len(r.rest) > 0 && at < r.rest[0].begin && r.rest[0].begin < next {
			next = r.rest[0].begin - 1 // how it was just before
		}
		goOn = r.Run(min(max(next, at+1), r.duration))
		r.Snapshot(&r.now)
		at = max(r.now.At, next)
		r.look()
	}
	if !r.failed && len(r.rest) == 0 {
		*r.slot = sim.Num(float64(r.longest) / 1e9)
	}
	return nil
}

// look takes note of how much waits now.
func (r *recovering) look() {
	for len(r.rest) > 1 && r.now.At >= r.rest[1].begin {
		r.failed, r.rest = true, r.rest[1:]
	}
	if len(r.rest) == 0 {
		return
	}
	d, waits := r.rest[0], r.waiting()
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

// waiting is how many copies and unsent events are there.
func (r *recovering) waiting() int64 {
	n := int64(0)
	for i := range r.now.Stores {
		if s := &r.now.Stores[i]; r.read[s.Component] {
			n += s.Ready + s.Delayed + s.Leased
		}
	}
	for i := range r.now.Producers {
		n += int64(r.now.Producers[i].Buffered + r.now.Producers[i].Outbox)
	}
	return n
}
