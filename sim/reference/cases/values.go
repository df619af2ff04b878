package cases

import (
	"strings"

	"eddy/sim/spec"
)

// Ms is a number of milliseconds in nanoseconds.
func Ms(n float64) spec.Nanos { return spec.Nanos(n * 1e6) }

// ConstMs always takes that many milliseconds.
func ConstMs(n float64) spec.Dist { return spec.Const(n * 1e6) }

// Event is an event type with the format's defaults.
func Event(name string) spec.EventType {
	return spec.EventType{
		Name: name, Declared: true, Kind: spec.MessageEvent,
		Size: spec.Const(1024), Key: spec.None, Priority: One(0),
	}
}

// One is the weighted choice of one value.
func One(value int) []spec.Choice { return []spec.Choice{{Value: value, Weight: 1}} }

// Producer publishes event type 0 to channel 0, one every so many nanoseconds.
func Producer(name string, every spec.Nanos) spec.Producer {
	return spec.Producer{
		Name: name, Emits: One(0), To: 0, Call: spec.None,
		Rate:      spec.Arrivals{Kind: spec.Every, Rate: spec.Rate{Events: 1, Per: every}},
		Instances: 1, Count: spec.Unlimited, Confirm: true, Retry: spec.Retry{Attempts: 1}, Buffer: 1000,
	}
}

// Store is a store with the format's defaults.
func Store() spec.Store {
	return spec.Store{Capacity: spec.Unlimited, MaxDeliveries: spec.Unlimited, DeadLetter: spec.None}
}

// Queue is a queue with the format's defaults.
func Queue(name string) spec.Channel {
	return spec.Channel{Name: name, Type: spec.Queue, Store: Store(), Partitions: 1, Otherwise: spec.None}
}

// Topic is a topic with the format's defaults.
func Topic(name string) spec.Channel {
	ch := Queue(name)
	ch.Type = spec.Topic
	return ch
}

// Consumer reads channel 0 with one worker and the given steps for every event.
func Consumer(name string, steps ...spec.Step) spec.Consumer {
	c := spec.Consumer{
		Name: name, From: []spec.Source{{Channel: 0}}, Instances: 1, Concurrency: 1, Prefetch: 1, Backlog: spec.Unlimited,
		Retry: spec.ConsumerRetry{
			Attempts: 5,
			Backoff:  spec.Backoff{Kind: spec.ExponentialBackoff, Base: 100 * spec.Millisecond, Times: 2},
		},
	}
	if len(steps) > 0 {
		c.Handlers = []spec.Handler{{Pattern: Pattern("#"), Steps: steps}}
	}
	return c
}

// Pattern is a type pattern.
func Pattern(text string) spec.Pattern {
	return spec.Pattern{Text: text, Words: strings.Split(text, ".")}
}

// Work is a step that takes so long.
func Work(d spec.Dist) spec.Step { return spec.Step{Verb: spec.Work, Chance: 1, Work: d} }

// Fail is a step at which so many attempts fail.
func Fail(chance float64) spec.Step { return spec.Step{Verb: spec.Fail, Chance: 1, FailChance: chance} }

// FailOf is a step at which the first attempts of the numbered events fail.
func FailOf(attempts int, events ...int64) spec.Step {
	return spec.Step{Verb: spec.Fail, Chance: 1, FailEvents: events, FailAttempts: attempts}
}

// Emit is a step that publishes one event of the type to the channel.
func Emit(event, channel int) spec.Step {
	return spec.Step{Verb: spec.Emit, Chance: 1, Emits: One(event), To: channel, Count: 1}
}

// Scenario is one event type, "made", and whatever is added to it.
func Scenario(duration spec.Nanos) *spec.Scenario {
	return &spec.Scenario{Name: "case", Duration: duration, Seed: 1, Events: []spec.EventType{Event("made")}}
}
