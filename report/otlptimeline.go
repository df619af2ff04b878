package report

import (
	"eddy/sim/spec"
)

// actionWords are what the timeline does, in the words of the format.
var actionWords = [...]string{
	spec.CrashAction: "crash", spec.SlowAction: "slow", spec.FailAction: "fail", spec.ScaleAction: "scale", spec.StopAction: "stop",
	spec.StartAction: "start", spec.OutageAction: "outage", spec.CutAction: "cut", spec.DelayAction: "delay", spec.DropAction: "drop",
	spec.DuplicateAction: "duplicate", spec.SurgeAction: "surge", spec.PurgeAction: "purge", spec.PauseAction: "pause",
	spec.ResumeAction: "resume", spec.EmitAction: "emit", spec.SetAction: "set",
}

// timeline writes what was done to the system as a trace of its own: a span of
// the whole run, and one below it for each entry, in the service of what it is
// about, for as long as it lasted. Nothing where there was none.
func (t *OTLP) timeline() {
	sc := t.origin.Scenario
	trace := [2]uint64{mix(t.run ^ 0x74696d656c696e65), mix(t.run^0x65766572) | 1}
	root := otlpSpan{
		trace: trace, id: mix(trace[0]^trace[1]) | 1, kind: kindInternal, operation: "run", destination: sc.Name, action: "run",
		instance: -1, partition: -1,
	}
	var whole *service
	for i := range sc.Timeline {
		a := &sc.Timeline[i]
		if a.At > t.last {
			continue
		}
		if whole == nil {
			whole = &service{scenario: sc, kind: "scenario", name: sc.Name}
			t.services = append(t.services, whole)
			t.write(whole, root, t.last)
		}
		s := root
		s.id, s.parent = mix(root.id^mix(uint64(i)+1))|1, root.id
		s.from, s.action = a.At, actionWords[a.Kind]
		s.operation, s.destination = s.action, refName(sc, a.A)
		if a.B.Kind != spec.NoComponent {
			s.destination += " – " + refName(sc, a.B)
		}
		t.write(t.serviceOf(a.A, whole), s, min(a.At+lasts(a), t.last))
	}
}

// lasts is for how long an entry of the timeline is in force, in ns; 0 where it
// is done at once, or not undone.
func lasts(a *spec.Action) int64 {
	if a.Kind == spec.CrashAction && a.Restarts {
		return max(a.Restart, a.For)
	}
	return a.For
}

// refName is the component that the timeline names.
func refName(sc *spec.Scenario, r spec.Ref) string {
	switch r.Kind {
	case spec.ProducerComponent:
		return sc.Producers[r.Index].Name
	case spec.ChannelComponent:
		return sc.Broker.Channels[r.Index].Name
	case spec.ConsumerComponent:
		return sc.Consumers[r.Index].Name
	case spec.BrokerComponent:
		return "broker"
	}
	return sc.Name
}

// serviceOf is the service of a component that the timeline names, that of the
// scenario where it is none that anything was recorded of.
func (t *OTLP) serviceOf(r spec.Ref, whole *service) *service {
	kinds := map[spec.ComponentKind]string{
		spec.ProducerComponent: "producers", spec.ChannelComponent: "channels", spec.ConsumerComponent: "consumers",
	}
	for _, p := range t.services {
		if p != nil && p.kind == kinds[r.Kind] && p.name == refName(t.origin.Scenario, r) {
			return p
		}
	}
	return whole
}
