package scenarios

import (
	"fmt"

	"eddy/sim/spec"
)

// Most of what one scenario may have.
const (
	maxComponents = 10_000
	maxInstances  = 100_000
	maxCount      = 1_000_000_000
)

var producerKind = enumForm(
	choice[spec.ProducerKind]{"users", spec.UsersProducer},
	choice[spec.ProducerKind]{"sensor", spec.SensorProducer},
	choice[spec.ProducerKind]{"timer", spec.TimerProducer},
	choice[spec.ProducerKind]{"database", spec.DatabaseProducer},
	choice[spec.ProducerKind]{"service", spec.ServiceProducer},
)

func producerObject() *object[spec.Producer] {
	type S = spec.Producer
	o := &object[S]{
		title: "a producer",
		start: func(*loader, *node) S {
			return S{To: spec.None, Call: spec.None, Instances: 1, Count: spec.Unlimited, Confirm: true, Retry: noRetry(), Buffer: 1000}
		},
		keys: []key[S]{
			bind("about", textForm, func(s *S) *string { return &s.About }, "What the source is."),
			bind("kind", producerKind, func(s *S) *spec.ProducerKind { return &s.Kind },
				"The label of the source: `users`, `sensor`, `timer`, `database` or `service`. A sensor without `rate` emits every(1s, jitter=10%), a timer every(1s).", dflt("service")),
			bind("emits", eventChoices, func(s *S) *[]spec.Choice { return &s.Emits }, "The event it creates, or a map from events to shares.", required),
			bind("to", refForm(channels), func(s *S) *int { return &s.To }, "The channel it publishes to. Exactly one of `to` and `call`."),
			bind("call", refForm(consumers), func(s *S) *int { return &s.Call }, "The consumer it calls and waits for; see *Calls*. Exactly one of `to` and `call`."),
			bind("rate", arrivalsForm, func(s *S) *spec.Arrivals { return &s.Rate }, "When events are created; see *Rates*. Either this or `users`."),
			bind("shape", list(shapeObject().form(), "a list of {at, times, ramp}", 1), func(s *S) *[]spec.ShapePoint { return &s.Shape }, "Multiplies the rate over time; the last entry holds until the next."),
			bind("users", wholeForm[int](1, 1_000_000), func(s *S) *int { return &s.Users }, "So many users instead of a rate: each acts, waits for the answer, thinks, and acts again.").writeIf(func(s *S) bool { return s.Users > 0 }),
			bind("think", distForm(clockQuantity), func(s *S) *spec.Dist { return &s.Think }, "How long a user thinks; goes with `users`.").writeIf(func(s *S) bool { return s.Users > 0 }),
			bind("instances", wholeForm[int](1, maxInstances), func(s *S) *int { return &s.Instances }, "So many independent sources, each of this rate.", dflt("1")),
			bind("starts", durationForm, func(s *S) *spec.Nanos { return &s.Starts }, "When it begins.", dflt("0")),
			bind("count", countForm[int64](1, 1_000_000_000_000), func(s *S) *int64 { return &s.Count }, "It stops after so many events, all instances together.", dflt("unlimited")),
			bind("confirm", boolForm, func(s *S) *bool { return &s.Confirm }, "Waits for the broker's answer before an event counts as published.", dflt("true")),
			bind("retry", tryObject(3).form(), func(s *S) *spec.Retry { return &s.Retry }, "Tries again what was rejected or not answered, and calls that failed.", dflt("one attempt")),
			bind("timeout", limitForm, func(s *S) *spec.Nanos { return &s.Timeout }, "How long it waits for the confirm or the answer.", dflt("none")),
			bind("buffer", wholeForm[int](0, maxCount), func(s *S) *int { return &s.Buffer }, "Events held while the broker blocks; more are dropped and counted.", dflt("1000")),
			bind("loses", chanceForm, func(s *S) *float64 { return &s.Loses }, "Dual write: so often the business change happens and its event never leaves.", dflt("0")),
			bind("outbox", outboxObject().pointer(), func(s *S) **spec.Outbox { return &s.Outbox }, "Events leave in polled batches; for `kind: database`."),
		},
		finish: finishProducer,
		extra:  producerExtra,
	}
	return o.build()
}

func finishProducer(f *fields, p *spec.Producer) {
	switch {
	case f.has("to") && f.has("call"):
		f.misplaced("call", "this producer has both to and call", "exactly one: to a channel, or call a consumer")
	case !f.has("to") && !f.has("call"):
		f.l.fail(f.node, f.at, "this producer has neither to nor call", "to: a channel it publishes to, or call: a consumer it asks", "")
	}
	finishRate(f, p)
	finishShape(f, p)
	finishOutbox(f, p)
	if p.Starts >= f.l.doc.Duration && f.sound("starts") && f.l.doc.Duration > 0 {
		f.l.warn(f.value("starts"), f.at.key("starts"), "this producer starts when the run is over", "starts below the duration, "+writeNanos(f.l.doc.Duration), "")
	}
}

func finishRate(f *fields, p *spec.Producer) {
	switch {
	case f.has("rate") && f.has("users"):
		f.misplaced("users", "this producer has both rate and users", "either a rate of its own, or users that act and think")
	case f.has("users") && !f.has("think"):
		f.l.fail(f.keyNode("users"), f.at, "users need think: how long each thinks between two events", "think: exp(5s)", "")
	case f.has("think") && !f.has("users"):
		f.misplaced("think", "think goes with users", "users: how many act and think; or a rate alone")
	case f.has("rate") || f.has("users"):
	case p.Kind == spec.SensorProducer:
		p.Rate = spec.Arrivals{Kind: spec.Every, Rate: spec.Rate{Events: 1, Per: spec.Second}, Jitter: 0.1}
	case p.Kind == spec.TimerProducer:
		p.Rate = spec.Arrivals{Kind: spec.Every, Rate: spec.Rate{Events: 1, Per: spec.Second}}
	default:
		f.l.fail(f.node, f.at, "this producer has neither rate nor users", "rate: poisson(120/s), or users: 200 with think: exp(5s)", "")
	}
}

func shapeObject() *object[spec.ShapePoint] {
	type S = spec.ShapePoint
	o := &object[S]{
		title: "an entry of shape",
		start: func(*loader, *node) S { return S{Times: 1} },
		keys: []key[S]{
			bind("at", durationForm, func(s *S) *spec.Nanos { return &s.At }, "When it begins.", required),
			bind("times", factorForm, func(s *S) *float64 { return &s.Times }, "The rate is multiplied by this.", required),
			bind("ramp", durationForm, func(s *S) *spec.Nanos { return &s.Ramp }, "How long the change takes, in a straight line.", dflt("0")),
		},
	}
	return o.build()
}

func finishShape(f *fields, p *spec.Producer) {
	if !f.has("shape") {
		return
	}
	switch {
	case f.has("users"):
		f.misplaced("shape", "shape multiplies a rate, and users have none", "rate: instead of users:")
	case p.Rate.Kind == spec.Replay:
		f.misplaced("shape", "a replayed trace has its own times, so shape cannot change them", "")
	}
	if f.bad["shape"] {
		return
	}
	items := f.value("shape").items
	for i := 1; i < len(p.Shape) && i < len(items); i++ {
		before, here, at := p.Shape[i-1], p.Shape[i], f.at.key("shape").item(i)
		switch {
		case here.At <= before.At:
			f.l.fail(items[i], at, fmt.Sprintf("this entry begins at %s, not after the one before it at %s", writeNanos(here.At), writeNanos(before.At)), "entries in order of time", "")
		case here.At < before.At+before.Ramp:
			f.l.fail(items[i], at, fmt.Sprintf("this entry begins at %s, before the ramp of the one before it ends at %s", writeNanos(here.At), writeNanos(before.At+before.Ramp)), "a shorter ramp, or a later at", "")
		}
	}
}

func outboxObject() *object[spec.Outbox] {
	type S = spec.Outbox
	o := &object[S]{
		title:  "an outbox",
		sample: "{poll: 500ms}",
		start:  func(*loader, *node) S { return S{Batch: 100} },
		keys: []key[S]{
			bind("poll", positiveForm, func(s *S) *spec.Nanos { return &s.Poll }, "Time between two polls.", required),
			bind("batch", wholeForm[int](1, maxCount), func(s *S) *int { return &s.Batch }, "At most so many events leave at one poll, the oldest first.", dflt("100")),
		},
	}
	return o.build()
}

func finishOutbox(f *fields, p *spec.Producer) {
	if !f.has("outbox") {
		return
	}
	if p.Kind != spec.DatabaseProducer && !f.bad["kind"] {
		f.misplaced("outbox", "only a database has an outbox", "kind: database")
	}
	if p.Loses > 0 {
		f.fail("loses", "with an outbox nothing is lost between the change and its event", "loses: 0, or no outbox")
	}
	if f.has("call") {
		f.misplaced("outbox", "an outbox publishes to a channel, and this producer calls", "to: a channel")
	}
}
