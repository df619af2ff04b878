package theory_test

import (
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

func closedModels() []model {
	finite := theory.FiniteSource(12, 1/0.1, 100, 1)
	paced := theory.PacedUsers(12, 10, 0.01)
	crowd := blockedUsers(6, 20, 100)
	return []model{
		{
			name: "Users and a slow link", shows: "closed loop: 10 users think, publish, and wait for the confirm",
			source: "Little 1961: users / (think + response)", seconds: 100, warmup: 2,
			scenario: changed(mmc(1, 100, 1), func(sc *spec.Scenario) {
				sc.Producers = []spec.Producer{users("u", 10, exponential(100*msec), 0)}
				sc.Broker.Latency.Publish = exponential(20 * msec)
				sc.Consumers[0] = consumer("c", 0, 1, spec.Unlimited, work(exponential(10*msec)))
			}),
			probes: []probe{
				mean("rate, /s", 10/0.14, created(0)),
				mean("mean time to confirm, ms", 40, confirmMean(0)),
				quantile("p95 of time to confirm, ms (Erlang-2)", 94.8772904, confirmP(0, 0.95)),
				mean("mean in system", 10/0.14*0.01, inSystem(0)),
			},
		},
		{
			name: "Users at a broker with a limited rate", shows: "closed loop of 12 users, broker.rate 100/s: they slow down by themselves",
			source: "Kendall 1953: PacedUsers", seconds: 150, warmup: 5,
			scenario: changed(mmc(1, 100, 1), func(sc *spec.Scenario) {
				sc.Producers = []spec.Producer{users("u", 12, exponential(100*msec), 0)}
				sc.Broker.Rate = perSecond(100)
				sc.Consumers[0] = consumer("c", 0, 1, spec.Unlimited, work(constant(0)))
			}),
			probes: []probe{
				mean("rate, /s", paced, created(0)),
				mean("mean time to confirm, ms", 1000*(12/paced-0.1), confirmMean(0)),
			},
		},
		{
			name: "Users at a queue that blocks", shows: "capacity 0 with block: the confirm comes when the worker starts, then the user thinks again",
			source: "Kleinrock I, 3.1: BirthDeath", seconds: 200, warmup: 5,
			scenario: changed(limited(mmc(1, 100, 1), 0, spec.Block), func(sc *spec.Scenario) {
				sc.Producers = []spec.Producer{users("u", 6, exponential(50*msec), 0)}
			}),
			probes: []probe{
				mean("rate, /s", crowd.rate, created(0)),
				mean("utilisation", crowd.rate/100, utilisation(0)),
				mean("mean time to confirm, ms", 1000*crowd.confirm, confirmMean(0)),
				mean("mean users blocked", crowd.rate*crowd.confirm, func(r *sim.Result) float64 {
					return number(r.Producers[0].Blocked) / 200
				}),
			},
		},
		{
			name: "M/M/1//12", shows: "12 events that always fail and come back after a constant 100 ms, to the back of the queue",
			source: "Palm 1947: FiniteSource; any distribution of the pause does (Baskett et al. 1975)", seconds: 200, warmup: 10,
			scenario: changed(mmc(1, 100, 1), func(sc *spec.Scenario) {
				sc.Producers[0].Rate = burst(12, constant(msec))
				sc.Producers[0].Count = 12
				sc.Broker.Channels[0].Store.Requeue = spec.RequeueBack
				sc.Consumers[0].Handlers[0].Steps = []spec.Step{work(exponential(10 * msec)), fail(1)}
				sc.Consumers[0].Retry.Backoff = spec.Backoff{Kind: spec.ConstantBackoff, Base: 100 * msec}
			}),
			probes: []probe{
				mean("utilisation", finite.Utilisation, utilisation(0)),
				mean("mean depth", finite.Waiting, depth(0)),
				mean("attempts, /s", 100*finite.Utilisation, func(r *sim.Result) float64 { return float64(r.Consumers[0].Attempts) / 200 }),
				always("in system", 12, inSystem(0)),
			},
		},
	}
}

// crowd is users at a queue without room that blocks.
type crowd struct{ rate, confirm float64 }

// blockedUsers is the chain of one worker and so many users, each of whom is
// held from publishing until the worker starts on it: with the worker busy and
// k held, the others think.
func blockedUsers(n int, lambda, mu float64) crowd {
	up, down := []float64{float64(n) * lambda}, []float64{mu}
	for held := range n {
		up = append(up, float64(n-held)*lambda)
		down = append(down, mu)
	}
	states := theory.BirthDeath(up, down)
	waiting := 0.0
	for k, p := range states {
		waiting += float64(max(0, k-1)) * p
	}
	rate := mu * (1 - states[0])
	return crowd{rate: rate, confirm: waiting / rate}
}
