package theory_test

import (
	"eddy/sim/spec"
	"eddy/sim/theory"
)

func markovModels() []model {
	var out []model
	for _, m := range []struct {
		name, shows     string
		lambda          int64
		workers         int
		seconds, warmup float64
		runs            int
		limit           float64
		short           bool
	}{
		{"M/M/1 at load 0.5", "arrivals, one queue, one worker", 50, 1, 300, 10, 0, 0, true},
		{"M/M/1 at load 0.7", "the same, busier", 70, 1, 400, 20, 0, 0.06, false},
		{"M/M/1 at load 0.9", "long memory: a warm-up that is long enough", 90, 1, 1000, 100, 0, 0.12, false},
		{"M/M/2 at load 0.7", "one consumer with concurrency 2", 140, 2, 200, 10, 0, 0.07, false},
		{"M/M/4 at load 0.8", "concurrency 4", 320, 4, 150, 10, 0, 0.1, false},
		{"M/M/16 at load 0.8", "concurrency 16", 1280, 16, 40, 3, 0, 0.12, false},
	} {
		lambda, mu := float64(m.lambda), 100.0
		probes := ofQueue(lambda, must(theory.MMC(lambda, mu, m.workers)), func(p float64) float64 {
			return must(theory.MMCWaitQuantile(lambda, mu, m.workers, p))
		})
		if m.workers == 1 {
			for _, p := range []float64{0.5, 0.95, 0.99} {
				probes = append(probes, quantile(percentile("latency", p), 1000*must(theory.MM1SojournQuantile(lambda, mu, p)), latencyP(0, p)))
			}
		}
		widened(m.limit, probes)
		out = append(out, model{
			name: m.name, shows: m.shows, source: "Erlang 1917: MMC, MMCWaitQuantile, MM1SojournQuantile",
			scenario: mmc(m.lambda, 100, m.workers), seconds: m.seconds, warmup: m.warmup, runs: m.runs, short: m.short, probes: probes,
		})
	}
	four := must(theory.MMC(280, 100, 4))
	out = append(out, model{
		name: "M/M/4 as four instances", shows: "competing consumers: a queue hands each copy to an idle instance",
		source: "Erlang 1917: MMC", seconds: 150, warmup: 10,
		scenario: station(poisson(280), consumer("c", 0, 4, 1, work(exponential(10*msec)))),
		probes:   append(ofWait(four), mean("mean depth", four.Waiting, depth(0))),
	})
	half := theory.ErlangTransform(2, 2.0/140)
	out = append(out, model{
		name: "Two instances that take everything: E2/M/1 each", shows: "prefetch unlimited: strict round robin splits a Poisson stream into Erlang-2 gaps",
		source: "Smith 1953, Kleinrock I, 6.4: GIM1", seconds: 200, warmup: 10,
		scenario: changed(station(poisson(140), consumer("c", 0, 2, 1, work(exponential(10*msec)))), func(sc *spec.Scenario) {
			sc.Consumers[0].Prefetch = spec.Unlimited
		}),
		probes: append(ofWait(must(theory.GIM1(half, 70, 100))),
			quantile("p95 of wait, ms", 1000*must(theory.GIM1WaitQuantile(half, 70, 100, 0.95)), waitP(0, 0.95)),
			always("mean depth (instances hold all)", 0, depth(0))),
	})
	unequal, busy, err := theory.TwoUnequal(100, 100, 50)
	if err != nil {
		panic(err)
	}
	out = append(out, model{
		name: "Two consumers of different speed at one queue", shows: "competing consumers taken together, round robin when both are idle",
		source: "Gumbel 1960, Singh 1970: TwoUnequal", seconds: 300, warmup: 10,
		scenario: changed(station(poisson(100), consumer("fast", 0, 1, 1, work(exponential(10*msec)))), func(sc *spec.Scenario) {
			sc.Consumers = append(sc.Consumers, consumer("slow", 0, 1, 1, work(exponential(20*msec))))
		}),
		probes: []probe{
			mean("mean depth", unequal.Waiting, depth(0)),
			mean("utilisation of the fast", busy[0], utilisation(0)),
			mean("utilisation of the slow", busy[1], utilisation(1)),
			mean("mean leased", unequal.Inside-unequal.Waiting, leased(0)),
			always("events not accounted for", 0, unaccounted),
		},
	})
	return out
}
