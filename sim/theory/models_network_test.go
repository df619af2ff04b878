package theory_test

import (
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// equal is a filter: the field has this text.
func equal(field, text string) *spec.Filter {
	return &spec.Filter{Tests: []spec.Test{{
		Attribute: spec.FieldAttribute, Field: field,
		Match: spec.Match{Kind: spec.EqualMatch, Value: spec.Value{Text: text}},
	}}}
}

func networkModels() []model {
	first, second := must(theory.MMC(56, 100, 1)), must(theory.MMC(56, 80, 1))
	wide2 := must(theory.MMC(56, 40, 2))
	visits := theory.Traffic([]float64{40, 0}, [][]float64{{0, 0.5}, {0.4, 0}})
	a, b := must(theory.MMC(visits[0], 100, 1)), must(theory.MMC(visits[1], 50, 1))
	west, east := must(theory.MMC(30, 50, 1)), must(theory.MMC(70, 100, 1))
	triple := must(theory.MG1Batch(20, 3, 9, theory.Moments{Mean: 0.01, Second: 0.0002}))
	mm1 := must(theory.MMC(60, 100, 1))
	return []model{
		{
			name: "M/M/1 → M/M/1", shows: "a handler that emits: a chain of two, the time of the whole family",
			source: "Burke 1956, Reich 1957: MMC, SumQuantile", seconds: 300, warmup: 10,
			scenario: changed(mmc(56, 100, 1), func(sc *spec.Scenario) {
				sc.Broker.Channels = append(sc.Broker.Channels, queue("q2"))
				sc.Consumers[0].Handlers[0].Steps = append(sc.Consumers[0].Handlers[0].Steps, emit(1))
				sc.Consumers = append(sc.Consumers, consumer("d", 1, 1, 1, work(exponential(12_500*spec.Microsecond))))
			}),
			probes: []probe{
				mean("mean latency at the first, ms", 1000*first.Sojourn, latencyMean(0)),
				mean("mean latency at the second, ms", 1000*second.Sojourn, latencyMean(1)),
				mean("mean end to end, ms", 1000*(first.Sojourn+second.Sojourn), endToEndMean(1)),
				mean("mean completion, ms", 1000*(first.Sojourn+second.Sojourn), completionMean),
				quantile("p50 of completion, ms", 1000*theory.SumQuantile([]float64{44, 24}, 0.5), completionP(0.5)),
				quantile("p95 of completion, ms", 1000*theory.SumQuantile([]float64{44, 24}, 0.95), completionP(0.95)),
				wide(0.07, quantile("p99 of completion, ms", 1000*theory.SumQuantile([]float64{44, 24}, 0.99), completionP(0.99))),
			},
		},
		{
			name: "M/M/2 → M/M/1 with a delayed emission", shows: "emit after 30 ms; what leaves two workers is Poisson again",
			source: "Burke 1956: MMC", seconds: 300, warmup: 10,
			scenario: changed(mmc(56, 40, 2), func(sc *spec.Scenario) {
				sc.Broker.Channels = append(sc.Broker.Channels, queue("q2"))
				late := emit(1)
				late.Delay = constant(30 * msec)
				sc.Consumers[0].Handlers[0].Steps = append(sc.Consumers[0].Handlers[0].Steps, late)
				sc.Consumers = append(sc.Consumers, consumer("d", 1, 1, 1, work(exponential(10*msec))))
			}),
			probes: []probe{
				wide(0.08, mean("mean wait at the first, ms", 1000*wide2.Wait, waitMean(0))),
				mean("mean wait at the second, ms", 1000*first.Wait, waitMean(1)),
				mean("mean end to end, ms", 1000*(wide2.Sojourn+0.03+first.Sojourn), endToEndMean(1)),
			},
		},
		{
			name: "Two queues with a loop", shows: "an open Jackson network: half of A's events go to B, 40 % of B's back to A",
			source: "Jackson 1957: Traffic, MMC", seconds: 300, warmup: 10,
			scenario: changed(mmc(40, 100, 1), func(sc *spec.Scenario) {
				sc.Broker.Channels = append(sc.Broker.Channels, queue("q2"))
				sc.Consumers[0].Handlers[0].Steps = append(sc.Consumers[0].Handlers[0].Steps, withChance(0.5, emit(1)))
				sc.Consumers = append(sc.Consumers, consumer("d", 1, 1, 1, work(exponential(20*msec)), withChance(0.4, emit(0))))
			}),
			probes: []probe{
				mean("rate of A, /s", visits[0], doneRate(0)),
				mean("rate of B, /s", visits[1], doneRate(1)),
				mean("mean in system at A", a.Inside, inSystem(0)),
				mean("mean in system at B", b.Inside, inSystem(1)),
				mean("mean completion, ms (all visits)", 1000*(a.Inside+b.Inside)/40, completionMean),
			},
		},
		{
			name: "A topic with filters and a bound queue", shows: "thinning: two subscribers and a queue each get their part of one Poisson stream",
			source: "Poisson thinning; Erlang 1917: MMC", seconds: 250, warmup: 10,
			scenario: spec.Scenario{
				Events: []spec.EventType{func() spec.EventType {
					e := event("e")
					e.Fields = []spec.Field{{Name: "region", Choices: []spec.FieldChoice{
						{Value: spec.Value{Text: "west"}, Weight: 0.3}, {Value: spec.Value{Text: "east"}, Weight: 0.7},
					}}}
					return e
				}()},
				Producers: []spec.Producer{producer("p", poisson(100), 0)},
				Broker: spec.Broker{Channels: []spec.Channel{topic("t"), func() spec.Channel {
					q := queue("q")
					q.From, q.Where = []int{0}, equal("region", "west")
					return q
				}()}},
				Consumers: []spec.Consumer{
					func() spec.Consumer {
						c := consumer("east", 0, 1, 1, work(exponential(10*msec)))
						c.From[0].Where = equal("region", "east")
						return c
					}(),
					consumer("west", 1, 1, 1, work(exponential(20*msec))),
					consumer("all", 0, 1, spec.Unlimited, work(exponential(20*msec))),
				},
			},
			probes: []probe{
				wide(0.07, mean("mean wait in the east, ms", 1000*east.Wait, waitMean(0))),
				wide(0.07, mean("mean wait in the west, ms", 1000*west.Wait, waitMean(1))),
				mean("rate of the west, /s", 30, doneRate(1)),
				mean("mean in system at who gets all", 2, inSystem(2)),
			},
		},
		{
			name: "Fork and join of two M/M/1", shows: "a topic with two subscribers; a family is complete when both are done",
			source: "Flatto and Hahn 1984, Nelson and Tantawi 1988: ForkJoinTwo", seconds: 300, warmup: 10,
			scenario: changed(mmc(60, 100, 1), func(sc *spec.Scenario) {
				sc.Broker.Channels[0] = topic("t")
				sc.Consumers = append(sc.Consumers, consumer("d", 0, 1, 1, work(exponential(10*msec))))
			}),
			probes: []probe{
				mean("mean completion, ms", 1000*must(theory.ForkJoinTwo(60, 100)), completionMean),
				mean("mean latency of one, ms", 1000*mm1.Sojourn, latencyMean(0)),
				mean("mean latency of the other, ms", 1000*mm1.Sojourn, latencyMean(1)),
			},
		},
		{
			name: "M/M/∞ → M[3]/M/1", shows: "a handler that emits three events at once",
			source: "Doob 1953 (what leaves M/M/∞ is Poisson), Burke 1975: MG1Batch", seconds: 300, warmup: 10,
			scenario: changed(station(poisson(20), consumer("c", 0, 1, spec.Unlimited, work(exponential(100*msec)))), func(sc *spec.Scenario) {
				sc.Broker.Channels = append(sc.Broker.Channels, queue("q2"))
				three := emit(1)
				three.Count = 3
				sc.Consumers[0].Handlers[0].Steps = append(sc.Consumers[0].Handlers[0].Steps, three)
				sc.Consumers = append(sc.Consumers, consumer("d", 1, 1, 1, work(exponential(10*msec))))
			}),
			probes: []probe{
				wide(0.06, mean("mean wait, ms", 1000*triple.Wait, waitMean(1))),
				mean("rate, /s", 60, doneRate(1)),
				mean("utilisation", 0.6, utilisation(1)),
			},
		},
		{
			name: "Links with latency around M/G/1", shows: "publish 4 ms, deliver 2 ms, ack 3 ms, prefetch 1: the lease, not the worker, is what is busy",
			source: "Pollaczek 1930, Khinchine 1932: MG1 with service 5 ms + exponential 5 ms", seconds: 250, warmup: 10,
			scenario: changed(mg1(65, exponential(5*msec)), func(sc *spec.Scenario) {
				sc.Broker.Latency = spec.Latency{Publish: constant(4 * msec), Deliver: constant(2 * msec), Ack: constant(3 * msec)}
			}),
			probes: func() []probe {
				q := must(theory.MG1(65, theory.Moments{Mean: 0.01, Second: 0.000125}))
				return []probe{
					mean("mean wait in the channel, ms", 1000*q.Wait, func(r *sim.Result) float64 { return ms(r.Channels[0].Wait.Mean) }),
					mean("mean wait to the start, ms", 1000*q.Wait+2, waitMean(0)),
					mean("mean latency, ms", 4+1000*q.Wait+2+5, latencyMean(0)),
					mean("mean leased", q.Utilisation, leased(0)),
					mean("utilisation", 65*0.005, utilisation(0)),
					mean("share of the latency on the network", 6/(4+1000*q.Wait+2+5), blame(sim.Network)),
					mean("share of the latency in the queue", 1000*q.Wait/(4+1000*q.Wait+2+5), blame(sim.Queueing)),
				}
			}(),
		},
		{
			name: "A broker with a limited rate: M/D/1", shows: "broker.rate 100/s takes one in every 10 ms",
			source: "Crommelin 1932: MDC, MDCWaitQuantile", seconds: 300, warmup: 10,
			scenario: changed(mmc(70, 100, 1), func(sc *spec.Scenario) {
				sc.Broker.Rate = perSecond(100)
				sc.Consumers[0] = consumer("c", 0, 1, spec.Unlimited, work(constant(0)))
			}),
			probes: []probe{
				mean("mean time to confirm, ms", 1000*must(theory.MDC(70, 0.01, 1)).Wait, confirmMean(0)),
				quantile("p95 of time to confirm, ms", 1000*must(theory.MDCWaitQuantile(70, 0.01, 1, 0.95)), confirmP(0, 0.95)),
				quantile("p95 of latency, ms", 1000*must(theory.MDCWaitQuantile(70, 0.01, 1, 0.95)), latencyP(0, 0.95)),
			},
		},
	}
}

func blame(c sim.Cause) reader {
	return func(r *sim.Result) float64 { return number(r.Consumers[0].Blame[c]) }
}
