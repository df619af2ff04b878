package theory_test

import (
	"math"

	"eddy/sim/spec"
	"eddy/sim/theory"
)

// mg1 is a station with one worker and any service.
func mg1(lambda int64, service spec.Dist) spec.Scenario {
	return station(poisson(lambda), consumer("c", 0, 1, 1, work(service)))
}

func generalModels() []model {
	const source = "Pollaczek 1930, Khinchine 1932: MG1"
	var out []model
	for _, m := range []struct {
		name    string
		service spec.Dist
		second  float64 // of the service time over its mean squared; the mean is 10 ms
		limit   float64
	}{
		{"uniform", uniform(0, 20*msec), 4.0 / 3, 0},
		{"triangular", spec.Dist{Kind: spec.Triangular, Min: 0, Mode: float64(6 * msec), Max: float64(24 * msec)}, 1 + (576.0+36-144)/18/100, 0},
		{"normal", spec.Dist{Kind: spec.Normal, Mean: float64(10 * msec), SD: float64(2 * msec)}, 1.04, 0},
		{"lognormal", spec.Dist{Kind: spec.Lognormal, Mean: float64(10 * msec), SD: float64(10 * msec), HasSD: true}, 2, 0.08},
		{"gamma", spec.Dist{Kind: spec.Gamma, Mean: float64(10 * msec), SD: float64(5 * msec)}, 1.25, 0},
		{"Weibull", spec.Dist{Kind: spec.Weibull, Shape: 2, Mean: float64(10 * msec)}, 4 / math.Pi, 0},
		{"Pareto", spec.Dist{Kind: spec.Pareto, Min: float64(8 * msec), Shape: 5}, 1 + 1.0/15, 0},
		{"Erlang-4", erlang(4, 10*msec), 1.25, 0},
		{"mixed", spec.Dist{Kind: spec.Mix, Parts: []spec.MixPart{
			{Weight: 0.75, Dist: constant(5 * msec)}, {Weight: 0.25, Dist: exponential(25 * msec)},
		}}, 0.75*0.25 + 0.25*2*6.25, 0.08},
		{"recorded", spec.Dist{Kind: spec.Empirical, Steps: true, Values: []float64{
			float64(2 * msec), float64(6 * msec), float64(10 * msec), float64(22 * msec),
		}}, (4 + 36 + 100 + 484) / 4 / 100.0, 0},
	} {
		q := must(theory.MG1(65, theory.Moments{Mean: 0.01, Second: m.second / 1e4}))
		probes := append(ofWait(q), mean("mean depth", q.Waiting, depth(0)))
		widened(m.limit, probes)
		out = append(out, model{
			name: "M/G/1, " + m.name + " service", shows: "the distribution of service: its spread decides the wait",
			source: source, scenario: mg1(65, m.service), seconds: 250, warmup: 15, probes: probes,
		})
	}
	for _, m := range []struct {
		lambda  int64
		workers int
		name    string
	}{{70, 1, "M/D/1 at load 0.7"}, {140, 2, "M/D/2 at load 0.7"}, {640, 8, "M/D/8 at load 0.8"}} {
		lambda := float64(m.lambda)
		out = append(out, model{
			name: m.name, shows: "constant service; quantiles of a distribution without a formula in one line",
			source: "Crommelin 1932, Franx 2001: MDC, MDCWaitQuantile", short: m.workers == 2,
			scenario: station(poisson(m.lambda), consumer("c", 0, 1, m.workers, work(constant(10*msec)))),
			seconds:  40 + 12_000/lambda, warmup: 5,
			probes: widened(0.08, ofQueue(lambda, must(theory.MDC(lambda, 0.01, m.workers)), func(p float64) float64 {
				return must(theory.MDCWaitQuantile(lambda, 0.01, m.workers, p))
			})),
		})
	}
	for _, m := range []struct {
		name    string
		service spec.Dist
		phases  theory.Phases
		limit   float64
	}{
		{"M/E2/1", erlang(2, 10*msec), theory.Phases{Rate1: 200, Rate2: 200}, 0.06},
		{"M/H2/1", hyperexp(10*msec, 4), theory.BalancedPhases(0.01, 4), 0.12},
	} {
		moments := m.phases.Moments()
		probes := ofQueue(65, must(theory.MG1(65, moments)), func(p float64) float64 {
			return must(theory.PhasesWaitQuantile(65, m.phases, p))
		})
		probes = append(probes, mean("mean square of wait, ms²", 1e6*must(theory.MG1WaitSecond(65, moments)), waitSecond(0)))
		widened(m.limit, probes)
		probes[len(probes)-1].limit = 0.25
		out = append(out, model{
			name: m.name, shows: "service more regular, or more bursty, than exponential: mean, spread and tail of the wait",
			source:   "Pollaczek 1930, Khinchine 1932, Takács 1962: MG1, MG1WaitSecond, PhasesWaitQuantile",
			scenario: mg1(65, m.service), seconds: 400, warmup: 20, probes: probes,
		})
	}
	return append(out, infiniteModels()...)
}

// infiniteModels have a worker for everybody.
func infiniteModels() []model {
	// A lognormal with mean 50 ms and median 40 ms: σ² = 2·ln(5/4).
	sigma := math.Sqrt(2 * math.Log(1.25))
	const z95, z99 = 1.6448536269514722, 2.3263478740408408
	p95, p99 := 40*math.Exp(sigma*z95), 40*math.Exp(sigma*z99)
	lognormal := spec.Dist{Kind: spec.Lognormal, Median: float64(40 * msec), P99: p99 * float64(msec)}
	return []model{
		{
			name: "M/G/∞, lognormal service", shows: "concurrency unlimited: nobody waits, latency is service, fitted by median and p99",
			source:   "Takács 1962: the mean number is λE[S], whatever the distribution",
			scenario: station(poisson(200), consumer("c", 0, 1, spec.Unlimited, work(lognormal))), seconds: 30, warmup: 2,
			probes: []probe{
				mean("mean in system", 10, inSystem(0)),
				mean("mean latency, ms", 50, latencyMean(0)),
				quantile("p50 of latency, ms", 40, latencyP(0, 0.5)),
				quantile("p95 of latency, ms", p95, latencyP(0, 0.95)),
				quantile("p99 of latency, ms", p99, latencyP(0, 0.99)),
				always("mean wait, ms", 0, waitMean(0)),
			},
		},
		{
			name: "M/M/∞ that fills up", shows: "a run from empty without a warm-up: the start is counted as it is",
			source:   "Tijms 2003, 1.1: FillingUp",
			scenario: station(poisson(400), consumer("c", 0, 1, spec.Unlimited, work(exponential(250*msec)))), seconds: 0.5, runs: 400,
			probes: []probe{mean("mean in system over the first 0.5 s", theory.FillingUp(400, 0.25, 0.5), inSystem(0))},
		},
	}
}
