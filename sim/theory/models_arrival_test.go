package theory_test

import (
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

func arrivalModels() []model {
	var out []model
	for _, m := range []struct {
		name, shows string
		arrivals    spec.Arrivals
		gap         theory.Transform
		lambda      float64
		limit       float64
	}{
		{"D/M/1", "every: evenly spaced arrivals", every(14 * msec), theory.ConstantTransform(0.014), 1 / 0.014, 0.06},
		{"E3/M/1", "gaps drawn from a distribution", renewal(erlang(3, 14*msec)), theory.ErlangTransform(3, 0.014), 1 / 0.014, 0.06},
		{"H2/M/1", "gaps more bursty than Poisson", renewal(hyperexp(16*msec, 3)), theory.BalancedPhases(0.016, 3).Transform(), 1 / 0.016, 0.08},
		{"U/M/1", "gaps uniform between 4 and 24 ms", renewal(uniform(4*msec, 24*msec)), theory.UniformTransform(0.004, 0.024), 1 / 0.014, 0.08},
		{"Jittered gaps/M/1", "every 14 ms with jitter 80 %", spec.Arrivals{
			Kind: spec.Every, Rate: spec.Rate{Events: 1, Per: 14 * msec}, Jitter: 0.8,
		}, theory.UniformTransform(0.0028, 0.0252), 1 / 0.014, 0.06},
	} {
		probes := ofQueue(m.lambda, must(theory.GIM1(m.gap, m.lambda, 100)), func(p float64) float64 {
			return must(theory.GIM1WaitQuantile(m.gap, m.lambda, 100, p))
		})
		probes = widened(m.limit, probes)
		out = append(out, model{
			name: m.name, shows: m.shows, source: "Smith 1953, Kleinrock I, 6.4: GIM1, GIM1WaitQuantile",
			scenario: station(m.arrivals, consumer("c", 0, 1, 1, work(exponential(10*msec)))), seconds: 300, warmup: 15, probes: probes,
		})
	}
	fives := theory.Moments{Mean: 0.005, Second: 0.000025}
	service := theory.Moments{Mean: 0.005, Second: 0.00005}
	modulated := theory.Modulated{Low: 20, High: 120, LowFor: 0.2, HighFor: 0.1}
	regular := must(theory.GIM1(theory.ConstantTransform(0.014), 1/0.014, 100))
	mmpp := must(theory.MMPPM1(modulated, 100))
	periodic := must(theory.PeriodicWait(16, 0.020, 0.001))
	superposed := mmc(20, 100, 1)
	superposed.Producers = append(superposed.Producers, producer("p2", poisson(15), 0), producer("p3", poisson(30), 0))
	return append(out,
		model{
			name: "What Poisson arrivals see: M/M/2", shows: "an arrival finds what an observer finds at any time",
			source: "Wolff 1982 (PASTA), Erlang 1917: MMC, ErlangC", seconds: 150, warmup: 10,
			scenario: mmc(120, 100, 2),
			probes: []probe{
				mean("mean in system, over time", must(theory.MMC(120, 100, 2)).Inside, inSystem(0)),
				watched("mean in system, seen by arrivals", must(theory.MMC(120, 100, 2)).Inside, meanFound),
				watched("share of arrivals that find both workers busy", theory.ErlangC(2, 1.2), func(f *found) float64 { return f.atLeast(2) }),
			},
		},
		model{
			name: "What other arrivals see: D/M/1", shows: "evenly spaced arrivals find less than an observer does",
			source: "Kleinrock I, 6.4: GIM1", seconds: 250, warmup: 10,
			scenario: station(every(14*msec), consumer("c", 0, 1, 1, work(exponential(10*msec)))),
			probes: []probe{
				mean("mean in system, over time", regular.Inside, inSystem(0)),
				watched("mean in system, seen by arrivals", regular.Delayed/(1-regular.Delayed), meanFound),
				watched("share of arrivals that find the worker busy", regular.Delayed, func(f *found) float64 { return f.atLeast(1) }),
				mean("utilisation", regular.Utilisation, utilisation(0)),
			},
		},
		model{
			name: "M[4]/M/1", shows: "bursts of 4 with exponential gaps: the wait inside of one's own burst",
			source: "Burke 1975: MG1Batch", seconds: 250, warmup: 10,
			scenario: station(burst(4, exponential(32*msec)), consumer("c", 0, 1, 1, work(exponential(5*msec)))),
			probes:   ofWait(must(theory.MG1Batch(1/0.032, 4, 16, service))),
		},
		model{
			name: "M[10]/D/1", shows: "bursts of 10, constant work",
			source: "Burke 1975: MG1Batch", seconds: 250, warmup: 10,
			scenario: station(burst(10, exponential(80*msec)), consumer("c", 0, 1, 1, work(constant(5*msec)))),
			probes:   ofWait(must(theory.MG1Batch(1/0.080, 10, 100, fives))),
		},
		model{
			name: "MMPP/M/1", shows: "a rate that switches at random between 20 and 120 a second, above the capacity",
			source: "Neuts 1981: MMPPM1", seconds: 500, warmup: 10,
			scenario: station(spec.Arrivals{
				Kind: spec.MMPP, Low: perSecond(20), High: perSecond(120), LowFor: float64(200 * msec), HighFor: float64(100 * msec),
			}, consumer("c", 0, 1, 1, work(exponential(10*msec)))),
			probes: append(ofWait(mmpp), mean("rate, /s", modulated.Rate(), created(0)), mean("mean in system", mmpp.Inside, inSystem(0))),
		},
		model{
			name: "16·D/D/1", shows: "16 instances of an evenly spaced producer, each with a phase of its own",
			source: "Eckberg 1979, Roberts and Virtamo 1991: PeriodicWait", seconds: 1, warmup: 0.11, runs: 1000,
			scenario: changed(station(every(20*msec), consumer("c", 0, 1, 1, work(constant(1*msec)))), func(sc *spec.Scenario) {
				sc.Producers[0].Instances = 16
			}),
			probes: []probe{
				wide(0.06, mean("mean wait, ms", 1000*periodic, waitMean(0))),
				always("events created in one second", 800, func(r *sim.Result) float64 { return float64(r.Producers[0].Created) }),
			},
		},
		model{
			name: "Three Poisson producers at one queue", shows: "superposition: together they are one Poisson stream of 65 a second",
			source: "Erlang 1917: MMC", seconds: 300, warmup: 10, scenario: superposed,
			probes: ofWait(must(theory.MMC(65, 100, 1))),
		},
		model{
			name: "Poisson arrivals whose rate has a shape", shows: "shape: ×2 at 2 s, linearly down to ×0.5 from 4 s to 8 s; mean and variance of the count",
			source: "Lewis and Shedler 1979: the count is Poisson, its mean the integral of the rate", seconds: 10, runs: 2000,
			scenario: changed(station(poisson(20), consumer("c", 0, 1, spec.Unlimited, work(constant(0)))), func(sc *spec.Scenario) {
				sc.Producers[0].Shape = []spec.ShapePoint{{At: 2 * spec.Second, Times: 2}, {At: 4 * spec.Second, Times: 0.5, Ramp: 4 * spec.Second}}
			}),
			probes: []probe{
				// 20/s · (2 s·1 + 2 s·2 + 4 s·1.25 + 2 s·0.5) = 240
				mean("mean events", 240, func(r *sim.Result) float64 { return float64(r.Producers[0].Created) }),
				wide(0.15, mean("variance of events", 240, func(r *sim.Result) float64 {
					d := float64(r.Producers[0].Created) - 240
					return d * d
				})),
			},
		},
	)
}
