package cases

import "eddy/sim/spec"

// timeline lets a few things go wrong at random instants; any may last, and
// overlap with others.
func (a *drawing) timeline() {
	if !a.coin() {
		return
	}
	for range 1 + a.Choose(6) {
		a.sc.Timeline = append(a.sc.Timeline, a.action())
	}
}

// instant is within the run, on a coarse grid or anywhere.
func (a *drawing) instant() spec.Nanos {
	ms := Ms(float64(a.Choose(int(a.sc.Duration / spec.Millisecond))))
	if a.fine {
		a.used++
		return ms + int64(a.used*a.used*11+a.used)
	}
	return ms
}

// longer is a duration of up to about 100 ms.
func (a *drawing) longer() spec.Nanos { return a.duration() * spec.Nanos(1+a.Choose(5)) }

func (a *drawing) action() spec.Action {
	act := spec.Action{At: a.instant(), Event: spec.None}
	kind := a.Choose(int(spec.SetAction) + 6)
	switch { // those with most to them come more often
	case kind < int(spec.SetAction):
		act.Kind = spec.ActionKind(kind)
	case kind < int(spec.SetAction)+4:
		act.Kind = spec.CrashAction
	default:
		act.Kind = spec.DropAction
	}
	consumer := spec.Ref{Kind: spec.ConsumerComponent, Index: a.Choose(len(a.sc.Consumers))}
	producer := spec.Ref{Kind: spec.ProducerComponent, Index: a.Choose(len(a.sc.Producers))}
	channel := spec.Ref{Kind: spec.ChannelComponent, Index: a.Choose(len(a.sc.Broker.Channels))}
	broker := spec.Ref{Kind: spec.BrokerComponent}
	lasts := true
	switch act.Kind {
	case spec.CrashAction:
		act.A, act.Count = consumer, []int{1, 2, spec.Unlimited}[a.Choose(3)]
		if !a.oneIn(3) {
			act.Restarts, act.Restart = true, a.longer()
		}
	case spec.SlowAction:
		act.A, act.Times = consumer, []float64{3, 0.5, 10}[a.Choose(3)]
	case spec.FailAction:
		act.A, act.Chance = consumer, a.chance()
	case spec.ScaleAction:
		act.A, act.Count = consumer, a.Choose(5)
	case spec.StopAction, spec.StartAction:
		act.A = consumer
		if a.oneIn(3) {
			act.A = producer
		}
		lasts = act.Kind == spec.StopAction
	case spec.OutageAction:
		act.A = channel
		if a.coin() {
			act.A = broker
		}
	case spec.CutAction, spec.DelayAction, spec.DropAction:
		act.A, act.B = a.ends(consumer, producer, broker)
		act.By, act.Chance = a.durations(), a.chance()
	case spec.DuplicateAction:
		act.A, act.Chance = channel, a.chance()
	case spec.SurgeAction:
		act.A, act.Times = producer, []float64{2.9013, 0.4771, 5.3037, 1.9013}[a.Choose(4)]
	case spec.PauseAction:
		act.A = consumer
	case spec.ResumeAction:
		act.A, lasts = consumer, false
	case spec.PurgeAction:
		act.A, lasts = channel, false
	case spec.EmitAction:
		act.Event, act.B, act.Count, lasts = a.Choose(len(a.sc.Events)), channel, 1+a.Choose(3), false
	}
	if lasts && !a.oneIn(4) {
		act.For = a.longer()
	}
	return act
}

// ends are two ends of a connection: of either with the broker, or of a call.
func (a *drawing) ends(consumer, producer, broker spec.Ref) (from, to spec.Ref) {
	other := spec.Ref{Kind: spec.ConsumerComponent, Index: a.Choose(len(a.sc.Consumers))}
	switch a.Choose(4) {
	case 0:
		return consumer, broker
	case 1:
		return broker, producer
	case 2:
		return producer, consumer
	}
	if other == consumer {
		return broker, consumer
	}
	return consumer, other
}
