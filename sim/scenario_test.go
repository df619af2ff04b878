package sim_test

import "eddy/sim/spec"

// The builders here make small scenarios for tests, with the defaults that
// the format gives.

func store() spec.Store {
	return spec.Store{Capacity: spec.Unlimited, MaxDeliveries: spec.Unlimited, DeadLetter: spec.None}
}

func queue(name string) spec.Channel {
	return spec.Channel{Name: name, Type: spec.Queue, Store: store(), Otherwise: spec.None}
}

func topic(name string) spec.Channel {
	return spec.Channel{Name: name, Type: spec.Topic, Store: store(), Otherwise: spec.None}
}

func event(name string) spec.EventType {
	return spec.EventType{
		Name: name, Declared: true, Size: spec.Const(1024), Key: spec.None,
		Priority: []spec.Choice{{Value: 0, Weight: 1}},
	}
}

func producer(name string, rate spec.Arrivals, to int) spec.Producer {
	return spec.Producer{
		Name: name, Emits: []spec.Choice{{Value: 0, Weight: 1}}, To: to, Call: spec.None, Rate: rate,
		Instances: 1, Count: spec.Unlimited, Confirm: true, Retry: spec.Retry{Attempts: 1}, Buffer: 1000,
	}
}

func perSecond(n int64) spec.Rate { return spec.Rate{Events: n, Per: spec.Second} }

func poisson(n int64) spec.Arrivals { return spec.Arrivals{Kind: spec.Poisson, Rate: perSecond(n)} }

func every(ns spec.Nanos) spec.Arrivals {
	return spec.Arrivals{Kind: spec.Every, Rate: spec.Rate{Events: 1, Per: ns}}
}

func consumer(name string, from, instances, concurrency int, steps ...spec.Step) spec.Consumer {
	return spec.Consumer{
		Name: name, From: []spec.Source{{Channel: from}}, Instances: instances, Concurrency: concurrency,
		Prefetch: concurrency, Backlog: spec.Unlimited,
		Handlers: []spec.Handler{{Pattern: spec.Pattern{Text: "#", Words: []string{"#"}}, Steps: steps}},
		Retry: spec.ConsumerRetry{
			Attempts: 5,
			Backoff:  spec.Backoff{Kind: spec.ExponentialBackoff, Base: 100 * spec.Millisecond, Times: 2},
		},
	}
}

func work(d spec.Dist) spec.Step { return spec.Step{Verb: spec.Work, Chance: 1, Work: d} }

func fail(chance float64) spec.Step { return spec.Step{Verb: spec.Fail, Chance: 1, FailChance: chance} }

func exponential(mean spec.Nanos) spec.Dist {
	return spec.Dist{Kind: spec.Exponential, Mean: float64(mean)}
}

func scenario(name string, seconds int64, sc spec.Scenario) *spec.Scenario {
	sc.Name, sc.Duration, sc.Seed = name, seconds*spec.Second, 1
	return &sc
}

// mmc is one Poisson source, one queue and c workers with exponential work.
func mmc(lambda, mu int64, c int, seconds int64) *spec.Scenario {
	return scenario("mmc", seconds, spec.Scenario{
		Events:    []spec.EventType{event("e")},
		Producers: []spec.Producer{producer("p", poisson(lambda), 0)},
		Broker:    spec.Broker{Channels: []spec.Channel{queue("q")}},
		Consumers: []spec.Consumer{consumer("c", 0, 1, c, work(exponential(spec.Second/mu)))},
	})
}

// w3 is the workload that the engine's speed is told by: four Poisson
// producers to one topic, three subscribers with four workers each,
// exponential work, 10 % failures, constant backoff, at most four
// deliveries, dead letters.
func w3(seconds int64) *spec.Scenario {
	sc := spec.Scenario{Events: []spec.EventType{event("e")}}
	t, dead := topic("t"), queue("dead")
	t.Store.DeadLetter = 1
	sc.Broker.Channels = []spec.Channel{t, dead}
	for _, name := range []string{"p0", "p1", "p2", "p3"} {
		sc.Producers = append(sc.Producers, producer(name, poisson(250), 0))
	}
	for _, name := range []string{"c0", "c1", "c2"} {
		c := consumer(name, 0, 1, 4, work(exponential(2500*spec.Microsecond)), fail(0.1))
		c.Retry = spec.ConsumerRetry{Attempts: 4, Backoff: spec.Backoff{Kind: spec.ConstantBackoff, Base: 100 * spec.Millisecond}}
		sc.Consumers = append(sc.Consumers, c)
	}
	sc.Consumers = append(sc.Consumers, consumer("undertaker", 1, 1, 1))
	return scenario("w3", seconds, sc)
}
