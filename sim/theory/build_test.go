package theory_test

import "eddy/sim/spec"

// The builders here make the scenarios that theory has an answer for, with the
// defaults that the format gives.

const msec = spec.Millisecond

func store() spec.Store {
	return spec.Store{Capacity: spec.Unlimited, MaxDeliveries: spec.Unlimited, DeadLetter: spec.None}
}

func queue(name string) spec.Channel {
	return spec.Channel{Name: name, Type: spec.Queue, Store: store(), Otherwise: spec.None}
}

func topic(name string) spec.Channel {
	c := queue(name)
	c.Type = spec.Topic
	return c
}

func event(name string) spec.EventType {
	return spec.EventType{
		Name: name, Declared: true, Size: spec.Const(1024), Key: spec.None,
		Priority: []spec.Choice{{Value: 0, Weight: 1}},
	}
}

func producer(name string, arrivals spec.Arrivals, to int) spec.Producer {
	return spec.Producer{
		Name: name, Emits: []spec.Choice{{Value: 0, Weight: 1}}, To: to, Call: spec.None, Rate: arrivals,
		Instances: 1, Count: spec.Unlimited, Confirm: true, Retry: spec.Retry{Attempts: 1}, Buffer: 1000,
	}
}

// users is a producer of that many instances of one user each.
func users(name string, n int, think spec.Dist, to int) spec.Producer {
	p := producer(name, spec.Arrivals{}, to)
	p.Users, p.Think, p.Instances = 1, think, n
	return p
}

func perSecond(n int64) spec.Rate { return spec.Rate{Events: n, Per: spec.Second} }

func poisson(n int64) spec.Arrivals { return spec.Arrivals{Kind: spec.Poisson, Rate: perSecond(n)} }

func every(ns spec.Nanos) spec.Arrivals {
	return spec.Arrivals{Kind: spec.Every, Rate: spec.Rate{Events: 1, Per: ns}}
}

func renewal(gap spec.Dist) spec.Arrivals { return spec.Arrivals{Kind: spec.Renewal, Gap: gap} }

func burst(size int, gap spec.Dist) spec.Arrivals {
	return spec.Arrivals{Kind: spec.Burst, Size: size, Gap: gap}
}

// consumer takes from one channel, as many as it works on.
func consumer(name string, from, instances, concurrency int, steps ...spec.Step) spec.Consumer {
	return spec.Consumer{
		Name: name, From: []spec.Source{{Channel: from}}, Instances: instances, Concurrency: concurrency,
		Prefetch: concurrency, Backlog: spec.Unlimited,
		Handlers: []spec.Handler{{Pattern: everything(), Steps: steps}},
		Retry:    spec.ConsumerRetry{Attempts: spec.Unlimited},
	}
}

func everything() spec.Pattern { return spec.Pattern{Text: "#", Words: []string{"#"}} }

func named(name string) spec.Pattern { return spec.Pattern{Text: name, Words: []string{name}} }

func work(d spec.Dist) spec.Step { return spec.Step{Verb: spec.Work, Chance: 1, Work: d} }

func fail(chance float64) spec.Step { return spec.Step{Verb: spec.Fail, Chance: 1, FailChance: chance} }

func emit(to int) spec.Step {
	return spec.Step{Verb: spec.Emit, Chance: 1, Emits: []spec.Choice{{Value: 0, Weight: 1}}, To: to, Count: 1}
}

func withChance(p float64, s spec.Step) spec.Step {
	s.Chance = p
	return s
}

func constant(ns spec.Nanos) spec.Dist { return spec.Const(float64(ns)) }

func exponential(mean spec.Nanos) spec.Dist {
	return spec.Dist{Kind: spec.Exponential, Mean: float64(mean)}
}

func erlang(k int, mean spec.Nanos) spec.Dist {
	return spec.Dist{Kind: spec.Erlang, K: k, Mean: float64(mean)}
}

func uniform(low, high spec.Nanos) spec.Dist {
	return spec.Dist{Kind: spec.Uniform, Min: float64(low), Max: float64(high)}
}

func hyperexp(mean spec.Nanos, scv float64) spec.Dist {
	return spec.Dist{Kind: spec.Hyperexp, Mean: float64(mean), SCV: scv}
}

// station is one producer, one queue, one consumer.
func station(arrivals spec.Arrivals, c spec.Consumer) spec.Scenario {
	return spec.Scenario{
		Events:    []spec.EventType{event("e")},
		Producers: []spec.Producer{producer("p", arrivals, 0)},
		Broker:    spec.Broker{Channels: []spec.Channel{queue("q")}},
		Consumers: []spec.Consumer{c},
	}
}

// mmc is Poisson arrivals at so many a second to one queue with so many
// workers, each with exponential work, mu a second.
func mmc(lambda, mu int64, workers int) spec.Scenario {
	return station(poisson(lambda), consumer("c", 0, 1, workers, work(exponential(spec.Second/mu))))
}

// changed is a scenario with something about it changed.
func changed(sc spec.Scenario, change func(*spec.Scenario)) spec.Scenario {
	change(&sc)
	return sc
}
