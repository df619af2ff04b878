package theory_test

import (
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// among is an event type with a text field that has one of some values.
func among(name, field string, shares map[string]float64, order ...string) spec.EventType {
	e := event(name)
	f := spec.Field{Name: field}
	for _, text := range order {
		f.Choices = append(f.Choices, spec.FieldChoice{Value: spec.Value{Text: text}, Weight: shares[text]})
	}
	e.Fields = []spec.Field{f}
	return e
}

func routeModels() []model {
	card, bank, rest := must(theory.MMC(60, 100, 1)), must(theory.MMC(30, 50, 1)), must(theory.MMC(10, 20, 1))
	pair := must(theory.MG1(50, theory.Moments{Mean: 1.2 * 0.01, Second: 0.8*0.0002 + 0.2*4*0.0002}))
	everyone := must(theory.MMC(100, 125, 1))
	return []model{
		{
			name: "A bus before three M/M/1", shows: "rules by a field, one rule for all, and what no rule of its own takes: a Jackson network of routes",
			source: "Poisson thinning; Jackson 1957: MMC", seconds: 300, warmup: 10,
			scenario: spec.Scenario{
				Events:    []spec.EventType{among("e", "by", map[string]float64{"card": 0.6, "bank": 0.3, "cash": 0.1}, "card", "bank", "cash")},
				Producers: []spec.Producer{producer("p", poisson(100), 0)},
				Broker: spec.Broker{Channels: []spec.Channel{
					func() spec.Channel {
						c := queue("b")
						c.Type = spec.Bus
						c.Rules = []spec.Rule{
							{Name: "cards", Where: equal("by", "card"), To: []int{1, 4}},
							{Name: "banks", Where: equal("by", "bank"), To: []int{2, 4}},
						}
						c.Otherwise = 3
						return c
					}(), queue("cards"), queue("banks"), queue("others"), queue("ruled"),
				}},
				Consumers: []spec.Consumer{
					consumer("card", 1, 1, 1, work(exponential(10*msec))),
					consumer("bank", 2, 1, 1, work(exponential(20*msec))),
					consumer("other", 3, 1, 1, work(exponential(50*msec))),
					consumer("audit", 4, 1, spec.Unlimited, work(constant(msec))),
				},
			},
			probes: []probe{
				mean("rate of cards, /s", 60, doneRate(0)),
				wide(0.06, mean("mean wait of cards, ms", 1000*card.Wait, waitMean(0))),
				wide(0.06, mean("mean wait of banks, ms", 1000*bank.Wait, waitMean(1))),
				wide(0.12, mean("mean wait of the others, ms", 1000*rest.Wait, waitMean(2))),
				mean("rate of what a rule took, /s", 90, doneRate(3)),
			},
		},
		{
			name: "A broker that duplicates", shows: "a fifth of the publishes arrive twice: 20 % more work and as many duplicates",
			source: "Bernoulli trials; Pollaczek 1930, Khinchine 1932: MG1 of the pair, whose second takes as long as its first (one event, one luck)", seconds: 300,
			scenario: doubled(),
			probes: []probe{
				mean("duplicates for one event", 0.2, func(r *sim.Result) float64 {
					return share(r.Consumers[0].Duplicates, r.Producers[0].Published)
				}),
				wide(0.06, mean("mean wait, ms", (1000*pair.Wait+0.2*(1000*pair.Wait+10))/1.2,
					func(r *sim.Result) float64 { return ms(r.Channels[0].Wait.Mean) })),
				mean("utilisation", 0.6, utilisation(0)),
			},
		},
		{
			name: "A broker that duplicates, and a window that recognises it", shows: "dedup ignores the second publish of an id: M/M/1 again",
			source: "Erlang 1917: MMC", seconds: 300,
			scenario: changed(doubled(), func(sc *spec.Scenario) {
				sc.Producers[0].Rate = poisson(80)
				sc.Consumers[0].Handlers[0].Steps = []spec.Step{work(exponential(8 * msec))}
				sc.Broker.Channels[0].Store.Dedup = spec.Minute
			}),
			probes: []probe{
				mean("ignored for one event", 0.2, func(r *sim.Result) float64 {
					return share(r.Channels[0].DuplicatesIgnored, r.Producers[0].Published)
				}),
				always("duplicates", 0, func(r *sim.Result) float64 { return float64(r.Consumers[0].Duplicates) }),
				wide(0.06, mean("mean wait, ms", 1000*must(theory.MMC(80, 125, 1)).Wait, waitMean(0))),
			},
		},
		{
			name: "Instances that follow the rate", shows: "104 events a second, 30 for each instance wanted: ceil(104/30) = 4, and no more changes",
			source: "counting", seconds: 300, warmup: 120, runs: 2,
			scenario: changed(station(every(spec.Second/104), consumer("c", 0, 1, 1, work(constant(5*msec)))), func(sc *spec.Scenario) {
				sc.Consumers[0].Autoscale = &spec.Autoscale{
					Min: 1, Max: 10, On: spec.OnRate, Target: 30, Every: 10 * spec.Second, Window: 30 * spec.Second, Cooldown: 30 * spec.Second,
				}
			}),
			probes: []probe{
				always("instances", 4, func(r *sim.Result) float64 { return number(r.Consumers[0].Instances.Mean) }),
				always("most instances", 4, func(r *sim.Result) float64 { return number(r.Consumers[0].Instances.Max) }),
			},
		},
		{
			name: "Two subscribers of unlike speed", shows: "each has a queue of its own: the slow one's does not slow the other",
			source: "Erlang 1917: MMC", seconds: 300, warmup: 20,
			scenario: changed(mmc(100, 125, 1), func(sc *spec.Scenario) {
				sc.Broker.Channels[0] = topic("t")
				sc.Consumers = append(sc.Consumers, consumer("slow", 0, 1, spec.Unlimited, work(exponential(500*msec))))
			}),
			probes: []probe{
				wide(0.06, mean("mean wait at the fast one, ms", 1000*everyone.Wait, waitMean(0))),
				mean("mean in system at the slow one", 50, inSystem(1)),
			},
		},
	}
}

// doubled is M/M/1 whose queue takes a fifth of what is published twice.
func doubled() spec.Scenario {
	return changed(mmc(50, 100, 1), func(sc *spec.Scenario) {
		sc.Timeline = []spec.Action{{Kind: spec.DuplicateAction, A: spec.Ref{Kind: spec.ChannelComponent}, Chance: 0.2}}
	})
}
