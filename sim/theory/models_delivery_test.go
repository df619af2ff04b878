package theory_test

import (
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// failing is M/M/1 at 40 arrivals a second whose handler fails two times in five.
func failing(change func(*spec.Scenario)) spec.Scenario {
	sc := mmc(40, 100, 1)
	sc.Consumers[0].Handlers[0].Steps = append(sc.Consumers[0].Handlers[0].Steps, fail(0.4))
	return changed(sc, change)
}

func requeue(to spec.Requeue) func(*spec.Scenario) {
	return func(sc *spec.Scenario) { sc.Broker.Channels[0].Store.Requeue = to }
}

func perDone(n func(*sim.ConsumerResult) int64) reader {
	return func(r *sim.Result) float64 { return share(n(&r.Consumers[0]), r.Consumers[0].Done) }
}

func attempts(c *sim.ConsumerResult) int64 { return c.Attempts }

func deliveryModels() []model {
	return append(append(feedbackModels(), retryModels()...), guaranteeModels()...)
}

func feedbackModels() []model {
	back := must(theory.Feedback(40, 100, 0.4))
	whole := must(theory.MMC(40, 60, 1))
	const pause = 0.05
	away := 40 * (theory.Attempts(0.4, 0) - 1) * pause
	held := theory.Occupied(theory.Moments{Mean: 0.005, Second: 0.00005}, 0.01, 0.3, 4)
	worker := must(theory.MG1(60, held))
	return []model{
		{
			name: "M/M/1 with feedback to the back", shows: "failures requeued behind all others, at once",
			source: "Takács 1963: Feedback, Attempts", seconds: 300, warmup: 10, scenario: failing(requeue(spec.RequeueBack)),
			probes: []probe{
				wide(0.06, mean("mean latency, ms", 1000*back.Sojourn, latencyMean(0))),
				wide(0.06, mean("mean in system", back.Inside, inSystem(0))),
				mean("utilisation", back.Utilisation, utilisation(0)),
				mean("attempts for one done", theory.Attempts(0.4, 0), perDone(attempts)),
				always("events not accounted for", 0, unaccounted),
			},
		},
		{
			name: "M/M/1 with feedback to its place", shows: "failures requeued where they were: a longer service, exponential again",
			source: "a geometric sum of exponential times is exponential: MMC, MM1SojournQuantile", seconds: 300, warmup: 10,
			scenario: failing(requeue(spec.RequeueOriginal)),
			probes: []probe{
				wide(0.06, mean("mean wait for the first attempt, ms", 1000*whole.Wait, waitMean(0))),
				wide(0.06, mean("mean latency, ms", 1000*whole.Sojourn, latencyMean(0))),
				wide(0.06, quantile("p50 of latency, ms", 1000*must(theory.MM1SojournQuantile(40, 60, 0.5)), latencyP(0, 0.5))),
				wide(0.07, quantile("p95 of latency, ms", 1000*must(theory.MM1SojournQuantile(40, 60, 0.95)), latencyP(0, 0.95))),
				mean("utilisation", whole.Utilisation, utilisation(0)),
			},
		},
		{
			name: "M/M/1 with feedback to the front", shows: "failures requeued before all others", source: "as above: MMC, MM1SojournQuantile",
			seconds: 300, warmup: 10, scenario: failing(requeue(spec.RequeueFront)),
			probes: []probe{
				wide(0.06, mean("mean latency, ms", 1000*whole.Sojourn, latencyMean(0))),
				wide(0.07, quantile("p95 of latency, ms", 1000*must(theory.MM1SojournQuantile(40, 60, 0.95)), latencyP(0, 0.95))),
			},
		},
		{
			name: "M/M/1 with feedback after a pause", shows: "failures that come back after a constant 50 ms",
			source: "Jackson 1957, Baskett et al. 1975: Feedback and a station without waiting", seconds: 300, warmup: 10,
			scenario: failing(func(sc *spec.Scenario) {
				requeue(spec.RequeueBack)(sc)
				sc.Consumers[0].Retry.Backoff = spec.Backoff{Kind: spec.ConstantBackoff, Base: 50 * msec}
			}),
			probes: []probe{
				wide(0.06, mean("mean depth", back.Waiting, depth(0))),
				wide(0.06, mean("mean in system", back.Inside+away, inSystem(0))),
				wide(0.06, mean("mean latency, ms", 1000*(back.Inside+away)/40, latencyMean(0))),
				mean("share of the latency in backoff", away/(back.Inside+away), blame(sim.BackingOff)),
			},
		},
		{
			name: "M/G/1 with retries in the worker", shows: "the worker is held over at most 4 attempts and the pauses between them",
			source: "Pollaczek 1930, Khinchine 1932: MG1 of Occupied", seconds: 250, warmup: 10,
			scenario: changed(mg1(60, exponential(5*msec)), func(sc *spec.Scenario) {
				sc.Consumers[0].Handlers[0].Steps = append(sc.Consumers[0].Handlers[0].Steps, fail(0.3))
				sc.Consumers[0].Retry = spec.ConsumerRetry{
					Attempts: 4, InWorker: true, ThenDrop: true, Backoff: spec.Backoff{Kind: spec.ConstantBackoff, Base: 10 * msec},
				}
			}),
			probes: []probe{
				wide(0.06, mean("mean wait for the first attempt, ms", 1000*worker.Wait, waitMean(0))),
				mean("utilisation", worker.Utilisation, utilisation(0)),
				wide(0.25, mean("share given up", theory.GivenUp(0.3, 4), droppedShare)),
			},
		},
	}
}

func retryModels() []model {
	out := []model{{
		name: "Retries and dead letters", shows: "at most 3 attempts, each fails with 0.4: how the load grows, how many are given up",
		source: "truncated geometric distribution: Attempts, GivenUp", seconds: 60, warmup: 1,
		scenario: changed(station(poisson(200), consumer("c", 0, 1, spec.Unlimited, work(exponential(10*msec)), fail(0.4))), func(sc *spec.Scenario) {
			sc.Broker.Channels = append(sc.Broker.Channels, queue("dead"))
			sc.Broker.Channels[0].Store.DeadLetter = 1
			sc.Consumers[0].Retry.Attempts = 3
			sc.Consumers = append(sc.Consumers, consumer("undertaker", 1, 1, spec.Unlimited, work(constant(0))))
		}),
		probes: []probe{
			mean("attempts for one event", theory.Attempts(0.4, 3), func(r *sim.Result) float64 {
				return share(r.Consumers[0].Attempts, r.Consumers[0].Done+r.Consumers[0].DeadLettered)
			}),
			mean("share dead-lettered", theory.GivenUp(0.4, 3), func(r *sim.Result) float64 {
				return share(r.Consumers[0].DeadLettered, r.Consumers[0].Done+r.Consumers[0].DeadLettered)
			}),
			mean("dead letters, /s", 200*theory.GivenUp(0.4, 3), doneRate(1)),
			mean("utilised workers", 200*0.01*theory.Attempts(0.4, 3), func(r *sim.Result) float64 {
				return number(r.Consumers[0].BusySeconds) / 60
			}),
		},
	}}
	// At most 4 attempts of 5 ms, half of which fail; the nth pause has this mean, ms.
	for _, m := range []struct {
		name    string
		backoff spec.Backoff
		pauses  [3]float64
		source  string
	}{
		{"full jitter", spec.Backoff{Kind: spec.ExponentialBackoff, Base: 10 * msec, Times: 2, Jitter: spec.FullJitter}, [3]float64{5, 10, 20}, "uniform 0…b"},
		{"equal jitter", spec.Backoff{Kind: spec.ExponentialBackoff, Base: 10 * msec, Times: 3, Max: 60 * msec, Jitter: spec.EqualJitter}, [3]float64{7.5, 22.5, 45}, "b/2 + uniform 0…b/2, at most 60 ms"},
		{"decorrelated jitter", spec.Backoff{Kind: spec.ExponentialBackoff, Base: 10 * msec, Times: 2, Jitter: spec.DecorrelatedJitter}, [3]float64{20, 35, 57.5}, "uniform base…3·last, whose mean is (base + 3·last)/2"},
	} {
		latency, chance, passed := 0.0, 0.5/(1-theory.GivenUp(0.5, 4)), 0.0
		backoff := 0.0
		for n := range 4 {
			if n > 0 {
				passed += m.pauses[n-1]
			}
			latency += chance * (float64(n+1)*5 + passed)
			backoff += chance * passed
			chance *= 0.5
		}
		out = append(out, model{
			name: "Backoff with " + m.name, shows: "the latency of those that were done in the end, and what of it was waiting to try again",
			source: "means of " + m.source + ", truncated geometric distribution", seconds: 60, warmup: 1,
			scenario: changed(station(poisson(200), consumer("c", 0, 1, spec.Unlimited, work(constant(5*msec)), fail(0.5))), func(sc *spec.Scenario) {
				sc.Consumers[0].Retry = spec.ConsumerRetry{Attempts: 4, Backoff: m.backoff}
			}),
			probes: []probe{
				mean("mean latency, ms", latency, latencyMean(0)),
				mean("share of the latency in backoff", backoff/latency, blame(sim.BackingOff)),
				mean("share of the latency in the attempt that succeeded", 5/latency, blame(sim.Service)),
			},
		})
	}
	return out
}

func guaranteeModels() []model {
	unlimited := func(lambda int64, steps ...spec.Step) spec.Scenario {
		return station(poisson(lambda), consumer("c", 0, 1, spec.Unlimited, steps...))
	}
	const batch = 25
	return []model{
		{
			name: "Leases that run out", shows: "ack_timeout 10 ms with exponential work of mean 10 ms: every late worker makes a duplicate",
			source: "a race of staggered exponential times: LeaseDeliveries, LeaseLatency", seconds: 60, warmup: 1,
			scenario: changed(unlimited(200, work(exponential(10*msec))), func(sc *spec.Scenario) {
				sc.Broker.Channels[0].Store.AckTimeout = 10 * msec
			}),
			probes: []probe{
				mean("deliveries for one event", theory.LeaseDeliveries(100, 0.01), func(r *sim.Result) float64 {
					return share(r.Channels[0].Delivered, r.Channels[0].In)
				}),
				mean("duplicates for one done", theory.LeaseDeliveries(100, 0.01)-1, perDone(func(c *sim.ConsumerResult) int64 { return c.Duplicates })),
				mean("mean latency, ms", 1000*theory.LeaseLatency(100, 0.01), latencyMean(0)),
				mean("mean in system", 200*theory.LeaseLatency(100, 0.01), inSystem(0)),
			},
		},
		{
			name: "Acknowledged before work", shows: "at most once: what fails is lost", source: "Bernoulli trials", seconds: 60, warmup: 1,
			scenario: changed(unlimited(200, work(exponential(10*msec)), fail(0.2)), func(sc *spec.Scenario) { sc.Consumers[0].AckBefore = true }),
			probes: []probe{
				mean("share lost", 0.2, func(r *sim.Result) float64 {
					return share(r.Consumers[0].Lost, r.Consumers[0].Lost+r.Consumers[0].Done)
				}),
				always("attempts beyond one for an event", 0, func(r *sim.Result) float64 { return float64(r.Consumers[0].Retries) }),
			},
		},
		{
			name: "Dual write", shows: "loses 5 %: events that are never sent", source: "Bernoulli trials", seconds: 60, warmup: 1,
			scenario: changed(unlimited(400, work(constant(0))), func(sc *spec.Scenario) { sc.Producers[0].Loses = 0.05 }),
			probes: []probe{
				mean("share unsent", 0.05, func(r *sim.Result) float64 { return share(r.Producers[0].Unsent, r.Producers[0].Created) }),
				mean("rate of the rest, /s", 380, doneRate(0)),
			},
		},
		{
			name: "Outbox", shows: "a poll every 100 ms that takes all: a wait uniform from 0 to 100 ms", source: "uniform distribution", seconds: 60, warmup: 1,
			scenario: changed(unlimited(200, work(constant(0))), func(sc *spec.Scenario) {
				sc.Producers[0].Outbox = &spec.Outbox{Poll: 100 * msec, Batch: 1_000_000}
			}),
			probes: []probe{
				mean("mean latency, ms", 50, latencyMean(0)),
				quantile("p50 of latency, ms", 50, latencyP(0, 0.5)),
				quantile("p95 of latency, ms", 95, latencyP(0, 0.95)),
				quantile("p99 of latency, ms", 99, latencyP(0, 0.99)),
				always("share of the latency in batch", 1, blame(sim.Batch)),
			},
		},
		{
			name: "Outbox with a small batch", shows: "a poll every 100 ms that takes at most 25 of 20 on average",
			source: "Bailey 1954: PolledWait", seconds: 200, warmup: 10,
			scenario: changed(unlimited(200, work(constant(0))), func(sc *spec.Scenario) {
				sc.Producers[0].Outbox = &spec.Outbox{Poll: 100 * msec, Batch: batch}
			}),
			probes: []probe{mean("mean latency, ms", 1000*must(theory.PolledWait(200, 0.1, batch)), latencyMean(0))},
		},
		{
			name: "A queue with a delay", shows: "each event is held back for an exponential time before it is ready",
			source: "Doob 1953 (moved independently, Poisson stays Poisson), Erlang 1917: MMC", seconds: 250, warmup: 10,
			scenario: changed(mmc(60, 100, 1), func(sc *spec.Scenario) { sc.Broker.Channels[0].Store.Delay = exponential(40 * msec) }),
			probes: func() []probe {
				q := must(theory.MMC(60, 100, 1))
				return []probe{
					mean("mean wait, ms", 1000*q.Wait, waitMean(0)),
					mean("mean latency, ms", 40+1000*q.Sojourn, latencyMean(0)),
					mean("mean depth", q.Waiting, depth(0)),
					mean("mean in system", 60*0.04+q.Inside, inSystem(0)),
				}
			}(),
		},
		{
			name: "Work that happens by chance", shows: "a step with a chance of 0.3 after one that always happens", source: "Pollaczek 1930, Khinchine 1932: MG1", seconds: 250, warmup: 10,
			scenario: changed(mmc(65, 100, 1), func(sc *spec.Scenario) {
				sc.Consumers[0].Handlers[0].Steps = []spec.Step{work(constant(4 * msec)), withChance(0.3, work(exponential(20*msec)))}
			}),
			// E[S] = 4 + 0.3·20 = 10 ms, E[S²] = 16 + 2·4·0.3·20 + 0.3·2·400 = 304 ms²
			probes: widened(0.07, ofWait(must(theory.MG1(65, theory.Moments{Mean: 0.01, Second: 0.000304})))),
		},
	}
}
