package theory_test

import (
	"eddy/sim"
	"eddy/sim/spec"
)

// counted is a station whose producer stops after so many events.
func counted(n int64, sc spec.Scenario) spec.Scenario {
	return changed(sc, func(sc *spec.Scenario) { sc.Producers[0].Count = n })
}

// constantWork is a consumer whose work takes this long every time.
func constantWork(workers int, ns spec.Nanos) spec.Consumer {
	return consumer("c", 0, 1, workers, work(constant(ns)))
}

func waitMax(r *sim.Result) float64 { return ms(r.Consumers[0].Wait.Max) }

func latencyMin(c int) reader {
	return func(r *sim.Result) float64 { return ms(r.Consumers[c].Latency.Min) }
}

func latencyMax(c int) reader {
	return func(r *sim.Result) float64 { return ms(r.Consumers[c].Latency.Max) }
}

func done(c int) reader {
	return func(r *sim.Result) float64 { return float64(r.Consumers[c].Done) }
}

func dropped(r *sim.Result) float64 { return float64(r.Channels[0].Dropped) }

func expired(r *sim.Result) float64 { return float64(r.Channels[0].Expired) }

// exactModels have no luck in them: each number can be had with a pencil, and
// must be right to the nanosecond. They end when there is nothing left to do.
func exactModels() []model {
	const pencil = "by hand"
	ten := func(change func(*spec.Scenario)) spec.Scenario {
		return counted(10, changed(station(burst(10, constant(100*msec)), constantWork(1, 10*msec)), change))
	}
	spread := func(sc *spec.Scenario) { // one event of each priority, 0 to 2, in turn
		sc.Events = []spec.EventType{event("e0"), event("e1"), event("e2")}
		for i := range sc.Events {
			sc.Events[i].Priority[0].Value = i
		}
	}
	models := []model{
		{
			name: "D/D/1", shows: "an event every 10 ms, 7 ms of work, 1000 of them", seconds: 20,
			scenario: counted(1000, station(every(10*msec), constantWork(1, 7*msec))),
			probes: []probe{
				always("longest wait, ms", 0, waitMax), always("mean latency, ms", 7, latencyMean(0)),
				always("utilisation (7 s of 10.007 s)", 7/10.007, utilisation(0)), always("done", 1000, done(0)),
			},
		},
		{
			name: "D/D/1 above its capacity", shows: "an event every 10 ms, 20 ms of work, 500 of them: the nth waits (n − 1)·10 ms", seconds: 20,
			scenario: counted(500, station(every(10*msec), constantWork(1, 20*msec))),
			probes: []probe{
				always("mean wait, ms", 2495, waitMean(0)), always("longest wait, ms", 4990, waitMax),
				always("greatest depth", 250, func(r *sim.Result) float64 { return number(r.Channels[0].Depth.Max) }),
				always("utilisation", 10/10.01, utilisation(0)),
			},
		},
		{
			name: "D[5]/D/1", shows: "bursts of 5 every 100 ms, 10 ms of work", seconds: 20,
			scenario: counted(500, station(burst(5, constant(100*msec)), constantWork(1, 10*msec))),
			probes: []probe{
				always("mean wait, ms", 20, waitMean(0)), always("longest wait, ms", 40, waitMax), always("mean latency, ms", 30, latencyMean(0)),
			},
		},
		{
			name: "D[6]/D/2", shows: "bursts of 6 every 100 ms, 10 ms of work, two workers", seconds: 20,
			scenario: counted(600, station(burst(6, constant(100*msec)), constantWork(2, 10*msec))),
			probes:   []probe{always("mean wait, ms", 10, waitMean(0)), always("longest wait, ms", 20, waitMax)},
		},
		{
			name: "Three instances in turn", shows: "round robin: every third event each", seconds: 20,
			scenario: counted(900, station(every(10*msec), consumer("c", 0, 3, 1, work(constant(msec))))),
			probes: []probe{
				always("done by the first", 300, func(r *sim.Result) float64 { return float64(r.Consumers[0].ByInstance[0].Done) }),
				always("done by the second", 300, func(r *sim.Result) float64 { return float64(r.Consumers[0].ByInstance[1].Done) }),
				always("done by the third", 300, func(r *sim.Result) float64 { return float64(r.Consumers[0].ByInstance[2].Done) }),
			},
		},
		{
			name: "A burst into a full queue", shows: "10 at once, capacity 4, one worker: 5 are taken, 5 dropped", seconds: 1,
			scenario: limited(ten(func(*spec.Scenario) {}), 4, spec.DropNew),
			probes:   []probe{always("dropped", 5, dropped), always("done", 5, done(0)), always("longest wait, ms", 40, waitMax)},
		},
		{
			name: "A burst into a queue that blocks", shows: "10 at once, capacity 4: nothing is lost, the last leaves the producer late", seconds: 1,
			scenario: limited(ten(func(*spec.Scenario) {}), 4, spec.Block),
			probes: []probe{
				always("dropped", 0, dropped), always("done", 10, done(0)),
				always("mean time from creation to effect, ms", 55, endToEndMean(0)), always("mean completion, ms", 55, completionMean),
			},
		},
		{
			name: "A burst with a time to live", shows: "10 at once, 10 ms of work, ttl 35 ms: those that would wait 0 to 30 ms are done", seconds: 1,
			scenario: mortal(ten(func(*spec.Scenario) {}), 35*msec),
			probes: []probe{
				always("expired", 6, expired), always("done", 4, done(0)), always("longest wait, ms", 30, waitMax),
				always("time in the queue of all, ms", (10+20+30+40+6*35)/10.0, func(r *sim.Result) float64 { return ms(r.Channels[0].LittlesLaw.W) }),
			},
		},
		{
			name: "A time to live that ends as the worker is free", shows: "ttl 30 ms: at age ≥ ttl it expires, so who would start at 30 ms does not", seconds: 1,
			scenario: mortal(ten(func(*spec.Scenario) {}), 30*msec),
			probes:   []probe{always("expired", 7, expired), always("done", 3, done(0))},
		},
		{
			name: "Last come, first served", shows: "an event every 10 ms, 25 ms of work, 4 of them", seconds: 1,
			scenario: lastFirst(counted(4, station(every(10*msec), constantWork(1, 25*msec)))),
			// Created at 10, 20, 30, 40; started at 10, 35 (the one of 30), 60 (of 40), 85 (of 20).
			probes: []probe{always("mean wait, ms", (0+5+20+65)/4.0, waitMean(0)), always("longest wait, ms", 65, waitMax)},
		},
		{
			name: "Three bursts, three priorities", shows: "one producer for each of three priorities sends two at once", seconds: 1,
			scenario: changed(ten(spread), func(sc *spec.Scenario) {
				sc.Broker.Channels[0].Store.Order = spec.Priority
				sc.Producers = nil
				for i, name := range []string{"low", "middle", "high"} {
					p := producer(name, burst(2, constant(100*msec)), 0)
					p.Emits, p.Count = []spec.Choice{{Value: i, Weight: 1}}, 2
					sc.Producers = append(sc.Producers, p)
				}
			}),
			// All six are there before the first is sent: arrivals come before deliveries.
			probes: []probe{
				always("mean wait of the urgent, ms", 5, classWait(0)), always("mean wait of the middle, ms", 25, classWait(1)),
				always("mean wait of the others, ms", 45, classWait(2)),
			},
		},
		{
			name: "Constant links", shows: "publish 3 ms, deliver 2 ms, ack 4 ms, work 10 ms, prefetch 1", seconds: 5,
			scenario: counted(100, changed(station(every(20*msec), constantWork(1, 10*msec)), func(sc *spec.Scenario) {
				sc.Broker.Latency = spec.Latency{Publish: constant(3 * msec), Deliver: constant(2 * msec), Ack: constant(4 * msec)}
			})),
			probes: []probe{
				always("mean latency, ms", 15, latencyMean(0)), always("mean time to confirm, ms", 6, confirmMean(0)),
				always("time in the queue, ms", 16, func(r *sim.Result) float64 { return ms(r.Channels[0].LittlesLaw.W) }),
				always("share of the latency on the network", 5/15.0, blame(sim.Network)),
			},
		},
		{
			name: "A chain of three", shows: "emissions with 5 ms of work each and links of 1 ms", seconds: 5,
			scenario: counted(100, changed(station(every(20*msec), consumer("c", 0, 1, 1, work(constant(5*msec)), emit(1))), func(sc *spec.Scenario) {
				sc.Broker.Channels = append(sc.Broker.Channels, queue("q2"), queue("q3"))
				sc.Broker.Latency.Publish = constant(msec)
				sc.Consumers = append(sc.Consumers, consumer("d", 1, 1, 1, work(constant(5*msec)), emit(2)), consumer("f", 2, 1, 1, work(constant(5*msec))))
			})),
			probes: []probe{
				always("mean end to end, ms", 18, endToEndMean(2)), always("mean completion, ms", 18, completionMean),
				always("mean latency at the last, ms", 6, latencyMean(2)),
			},
		},
		{
			name: "A poison event", shows: "4 attempts of 5 ms, 10, 20 and 40 ms apart, then the dead-letter queue", seconds: 5,
			scenario: counted(20, changed(station(every(100*msec), consumer("c", 0, 1, spec.Unlimited, work(constant(5*msec)), fail(1))), func(sc *spec.Scenario) {
				sc.Broker.Channels = append(sc.Broker.Channels, queue("dead"))
				sc.Broker.Channels[0].Store.DeadLetter = 1
				sc.Consumers[0].Retry = spec.ConsumerRetry{Attempts: 4, Backoff: spec.Backoff{Kind: spec.ExponentialBackoff, Base: 10 * msec, Times: 2}}
				sc.Consumers = append(sc.Consumers, consumer("undertaker", 1, 1, spec.Unlimited, work(constant(msec))))
			})),
			probes: []probe{
				always("attempts", 80, func(r *sim.Result) float64 { return float64(r.Consumers[0].Attempts) }),
				always("dead-lettered", 20, func(r *sim.Result) float64 { return float64(r.Channels[0].DeadLettered) }),
				always("mean latency at the undertaker, ms", 4*5+10+20+40+1, latencyMean(1)),
			},
		},
		{
			name: "A lease shorter than the work", shows: "ack_timeout 10 ms, work 25 ms: three deliveries, three effects", seconds: 5,
			scenario: counted(20, changed(station(every(100*msec), constantWork(spec.Unlimited, 25*msec)), func(sc *spec.Scenario) {
				sc.Broker.Channels[0].Store.AckTimeout = 10 * msec
			})),
			probes: []probe{
				always("deliveries", 60, func(r *sim.Result) float64 { return float64(r.Channels[0].Delivered) }),
				always("duplicates", 40, func(r *sim.Result) float64 { return float64(r.Consumers[0].Duplicates) }),
				always("mean latency, ms", 25, latencyMean(0)),
			},
		},
		{
			name: "A burst at a broker with a limited rate", shows: "broker.rate 100/s: 5 at once are taken in 10 ms apart", seconds: 5,
			scenario: counted(50, changed(station(burst(5, constant(200*msec)), constantWork(spec.Unlimited, msec)), func(sc *spec.Scenario) {
				sc.Broker.Rate = perSecond(100)
			})),
			probes: []probe{
				always("mean time to confirm, ms", 20, confirmMean(0)),
				always("shortest latency, ms", 1, latencyMin(0)), always("longest latency, ms", 41, latencyMax(0)),
			},
		},
		{
			name: "An outbox", shows: "an event every 10 ms from 10 ms on, a poll every 40 ms: the one at the instant of a poll waits for the next", seconds: 5,
			scenario: counted(100, changed(station(every(10*msec), constantWork(spec.Unlimited, 0)), func(sc *spec.Scenario) {
				sc.Producers[0].Outbox = &spec.Outbox{Poll: 40 * msec, Batch: 100}
			})),
			probes: []probe{
				always("mean latency, ms", 25, latencyMean(0)), always("shortest latency, ms", 10, latencyMin(0)), always("longest latency, ms", 40, latencyMax(0)),
			},
		},
		{
			name: "Users without luck", shows: "closed loop: think 30 ms, 10 ms there and 10 ms back: each acts every 50 ms", seconds: 9.99, warmup: 1.01,
			scenario: changed(station(every(msec), constantWork(spec.Unlimited, 5*msec)), func(sc *spec.Scenario) {
				sc.Producers = []spec.Producer{users("u", 4, constant(30*msec), 0)}
				sc.Broker.Latency.Publish = constant(10 * msec)
			}),
			// The nth act of each is at 30 + 50n ms: from 1.03 s to 10.98 s.
			probes: []probe{
				always("events created", 800, func(r *sim.Result) float64 { return float64(r.Producers[0].Created) }),
				always("mean time to confirm, ms", 20, confirmMean(0)),
			},
		},
	}
	for i := range models {
		models[i].runs, models[i].source = 2, pencil
		models[i].short = true
	}
	return models
}
