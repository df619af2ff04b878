package theory_test

import (
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// classWait reads the mean wait of a priority, the most urgent is 0.
func classWait(i int) reader {
	return func(r *sim.Result) float64 { return ms(r.Consumers[0].ByPriority[i].Wait.Mean) }
}

// prioritised lets a station's events have priorities, the most urgent first.
func prioritised(sc spec.Scenario, weights ...float64) spec.Scenario {
	return changed(sc, func(sc *spec.Scenario) {
		sc.Broker.Channels[0].Store.Order = spec.Priority
		sc.Events[0].Priority = nil
		for i, w := range weights {
			sc.Events[0].Priority = append(sc.Events[0].Priority, spec.Choice{Value: 9 - i, Weight: w})
		}
	})
}

func lastFirst(sc spec.Scenario) spec.Scenario {
	return changed(sc, func(sc *spec.Scenario) { sc.Broker.Channels[0].Store.Order = spec.LIFO })
}

func disciplineModels() []model {
	exp10 := theory.Moments{Mean: 0.01, Second: 0.0002, Third: 6e-6}
	const10 := theory.Moments{Mean: 0.01, Second: 0.0001, Third: 1e-6}
	two := must(theory.Priority([]theory.Class{{Lambda: 21, Service: exp10}, {Lambda: 49, Service: exp10}}))
	three := must(theory.Priority([]theory.Class{{Lambda: 14, Service: const10}, {Lambda: 21, Service: const10}, {Lambda: 35, Service: const10}}))
	double := must(theory.PriorityMMC([]float64{60, 80}, 100, 2))
	urgent, bulk := theory.Moments{Mean: 0.002, Second: 8e-6}, theory.Moments{Mean: 0.02, Second: 0.0004}
	unlike := must(theory.Priority([]theory.Class{{Lambda: 60, Service: urgent}, {Lambda: 25, Service: bulk}}))
	mm1, md1 := must(theory.MMC(65, 100, 1)), must(theory.MG1(65, const10))
	return []model{
		{
			name: "M/M/1, two priorities", shows: "strict priority, a service is not interrupted",
			source: "Cobham 1954: Priority", seconds: 400, warmup: 20,
			scenario: prioritised(mmc(70, 100, 1), 0.3, 0.7),
			probes: []probe{
				mean("mean wait of the urgent, ms", 1000*two[0], classWait(0)),
				wide(0.07, mean("mean wait of the others, ms", 1000*two[1], classWait(1))),
				wide(0.07, mean("mean wait of all, ms (conservation)", 1000*must(theory.MMC(70, 100, 1)).Wait, waitMean(0))),
			},
		},
		{
			name: "M/D/1, three priorities", shows: "priorities 9, 8, 7; constant work", source: "Cobham 1954: Priority", seconds: 300, warmup: 20,
			scenario: prioritised(mg1(70, constant(10*msec)), 0.2, 0.3, 0.5),
			probes: []probe{
				mean("mean wait of the first, ms", 1000*three[0], classWait(0)),
				mean("mean wait of the second, ms", 1000*three[1], classWait(1)),
				mean("mean wait of the third, ms", 1000*three[2], classWait(2)),
			},
		},
		{
			name: "M/M/2, two priorities", shows: "priorities with two workers", source: "Cobham 1954: PriorityMMC", seconds: 250, warmup: 10,
			scenario: prioritised(mmc(140, 100, 2), 60.0/140, 80.0/140),
			probes: []probe{
				mean("mean wait of the urgent, ms", 1000*double[0], classWait(0)),
				wide(0.07, mean("mean wait of the others, ms", 1000*double[1], classWait(1))),
			},
		},
		{
			name: "M/G/1, two priorities with unlike work", shows: "two event types, two handlers, a priority each",
			source: "Cobham 1954: Priority", seconds: 300, warmup: 20,
			scenario: changed(mmc(60, 100, 1), func(sc *spec.Scenario) {
				sc.Events = []spec.EventType{event("urgent"), event("bulk")}
				sc.Events[0].Priority = []spec.Choice{{Value: 5, Weight: 1}}
				sc.Producers = []spec.Producer{producer("u", poisson(60), 0), producer("b", poisson(25), 0)}
				sc.Producers[1].Emits = []spec.Choice{{Value: 1, Weight: 1}}
				sc.Broker.Channels[0].Store.Order = spec.Priority
				sc.Consumers[0].Handlers = []spec.Handler{
					{Pattern: named("urgent"), Steps: []spec.Step{work(exponential(2 * msec))}},
					{Pattern: everything(), Steps: []spec.Step{work(constant(20 * msec))}},
				}
			}),
			probes: []probe{
				mean("mean wait of the urgent, ms", 1000*unlike[0], classWait(0)),
				mean("mean wait of the bulk, ms", 1000*unlike[1], classWait(1)),
			},
		},
		{
			name: "M/M/1, last come first served", shows: "lifo: the same mean, a larger spread", source: "Takács 1963: MG1LastFirstWaitSecond", seconds: 500, warmup: 20,
			scenario: lastFirst(mmc(65, 100, 1)),
			probes: []probe{
				mean("mean wait, ms", 1000*mm1.Wait, waitMean(0)),
				mean("mean depth", mm1.Waiting, depth(0)),
				wide(0.3, mean("mean square of wait, ms²", 1e6*must(theory.MG1LastFirstWaitSecond(65, exp10)), waitSecond(0))),
			},
		},
		{
			name: "M/D/1, last come first served", shows: "lifo with constant work", source: "Takács 1963: MG1LastFirstWaitSecond", seconds: 500, warmup: 20,
			scenario: lastFirst(mg1(65, constant(10*msec))),
			probes: []probe{
				mean("mean wait, ms", 1000*md1.Wait, waitMean(0)),
				wide(0.2, mean("mean square of wait, ms²", 1e6*must(theory.MG1LastFirstWaitSecond(65, const10)), waitSecond(0))),
			},
		},
		{
			name: "One worker, two queues in turn", shows: "a consumer of two queues: whatever the turn, the work that waits is that of one queue",
			source: "Kleinrock 1965, conservation law: MMC", seconds: 300, warmup: 20,
			scenario: changed(mmc(25, 100, 1), func(sc *spec.Scenario) {
				sc.Broker.Channels = append(sc.Broker.Channels, queue("q2"))
				sc.Producers = append(sc.Producers, producer("p2", poisson(40), 1))
				sc.Consumers[0].From = append(sc.Consumers[0].From, spec.Source{Channel: 1})
			}),
			probes: append(ofWait(mm1),
				mean("mean depth of both", mm1.Waiting, func(r *sim.Result) float64 { return depth(0)(r) + depth(1)(r) })),
		},
	}
}
