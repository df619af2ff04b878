package theory_test

import (
	"math"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// service is a consumer that only answers calls.
func service(name string, workers, backlog int, steps ...spec.Step) spec.Consumer {
	c := consumer(name, 0, 1, workers, steps...)
	c.From, c.Backlog = nil, backlog
	return c
}

// ask is a step that calls the consumer with this index.
func ask(callee int) spec.Step {
	return spec.Step{Verb: spec.Call, Chance: 1, Callee: callee, Retry: spec.Retry{Attempts: 1}}
}

// asking is a producer that calls the first of some consumers.
func asking(arrivals spec.Arrivals, consumers ...spec.Consumer) spec.Scenario {
	p := producer("p", arrivals, spec.None)
	p.Call = 0
	return spec.Scenario{
		Events: []spec.EventType{event("e")}, Producers: []spec.Producer{p},
		Broker: spec.Broker{Channels: []spec.Channel{queue("q")}}, Consumers: consumers,
	}
}

func responseMean(r *sim.Result) float64 { return ms(r.Producers[0].Response.Mean) }

func availability(r *sim.Result) float64 { return number(r.Producers[0].Availability) }

// ofCalls is the share of a producer's calls that ended in one way.
func ofCalls(n func(*sim.Calls) int64) reader {
	return func(r *sim.Result) float64 {
		c := &r.Producers[0].Calls
		return share(n(c), c.OK+c.Failed+c.TimedOut+c.Refused)
	}
}

func refused(c *sim.Calls) int64  { return c.Refused }
func timedOut(c *sim.Calls) int64 { return c.TimedOut }

// attemptRate is how many attempts a consumer makes each second.
func attemptRate(c int, seconds float64) reader {
	return func(r *sim.Result) float64 { return float64(r.Consumers[c].Attempts) / seconds }
}

func callModels() []model {
	return append(append(refusalModels(), chainModels()...), impatientCallModels()...)
}

// refusalModels are stations that refuse who finds no room.
func refusalModels() []model {
	var out []model
	b := theory.ErlangB(5, 4)
	for _, m := range []struct {
		name    string
		service spec.Dist
	}{
		{"Calls at M/M/5/5", exponential(10 * msec)},
		{"Calls at M/G/5/5, lognormal service", spec.Dist{Kind: spec.Lognormal, Mean: float64(10 * msec), SD: float64(15 * msec), HasSD: true}},
	} {
		out = append(out, model{
			name: m.name, shows: "backlog 0: a call is refused unless a worker is free, whatever the distribution of the work",
			source: "Erlang 1917, Sevastyanov 1957: ErlangB", seconds: 50, warmup: 2,
			scenario: asking(poisson(400), service("c", 5, 0, work(m.service))),
			probes: []probe{
				mean("share refused", b, ofCalls(refused)),
				mean("availability", 1-b, availability),
				mean("utilisation", 4*(1-b)/5, utilisation(0)),
				mean("mean response, ms", 10, responseMean),
			},
		})
	}
	room := theory.MMCK(220, 100, 2, 6)
	machines := theory.FiniteSource(12, 10, 100, 1)
	return append(
		out,
		model{
			name: "Calls at M/M/2/6", shows: "backlog 4 above the capacity: refused at once, the others wait",
			source: "Kleinrock I, 3.6: MMCK", seconds: 150, warmup: 2,
			scenario: asking(poisson(220), service("c", 2, 4, work(exponential(10*msec)))),
			probes: []probe{
				mean("share refused", room.Lost, ofCalls(refused)),
				mean("mean response, ms", 1000*room.Sojourn, responseMean),
				mean("utilisation", room.Utilisation, utilisation(0)),
			},
		},
		model{
			name: "M/M/1//12 by calls", shows: "12 users who call, wait for the answer and think: the closed loop of a front end",
			source: "Palm 1947: FiniteSource", seconds: 200, warmup: 5,
			scenario: changed(asking(spec.Arrivals{}, service("c", 1, spec.Unlimited, work(exponential(10*msec)))), func(sc *spec.Scenario) {
				p := users("u", 12, exponential(100*msec), spec.None)
				p.Call = 0
				sc.Producers = []spec.Producer{p}
			}),
			probes: []probe{
				mean("utilisation", machines.Utilisation, utilisation(0)),
				mean("calls, /s", 100*machines.Utilisation, created(0)),
				mean("mean response, ms", 1000*12/(100*machines.Utilisation)-100, responseMean),
			},
		},
	)
}

// chainModels are callers that are held while they wait for an answer.
func chainModels() []model {
	// The caller works 5 ms, then waits for 4 ms of links and the callee's 6 ms.
	held := theory.Moments{Mean: 0.015, Second: 0.015*0.015 + 0.005*0.005 + 0.006*0.006}
	caller := must(theory.MG1(50, held))
	inner := must(theory.MMC(60, 100, 1))
	const fails = 0.3
	tries, given := theory.Attempts(fails, 3), theory.GivenUp(fails, 3)
	// A call that succeeds has tried k times, 10 ms each, with 20 ms between two.
	spent, chance := 0.0, (1-fails)/(1-given)
	for k := 1; k <= 3; k++ {
		spent += chance * (float64(k)*10 + float64(k-1)*20)
		chance *= fails
	}
	return []model{
		{
			name: "A caller that is held: M/G/1", shows: "a worker waits for the answer, so what it calls is part of its own service",
			source: "Pollaczek 1930, Khinchine 1932: MG1 with service exponential 5 ms + 2·2 ms + exponential 6 ms", seconds: 250, warmup: 10,
			scenario: changed(asking(poisson(50), service("front", 1, spec.Unlimited, work(exponential(5*msec)), ask(1)),
				service("back", spec.Unlimited, spec.Unlimited, work(exponential(6*msec)))), func(sc *spec.Scenario) {
				sc.Broker.Latency.Call = constant(2 * msec)
			}),
			probes: []probe{
				mean("mean response, ms", 4+1000*caller.Sojourn, responseMean),
				mean("utilisation of the caller", caller.Utilisation, utilisation(0)),
				mean("answers of the callee, /s", 50, func(r *sim.Result) float64 { return float64(r.Consumers[1].Served.OK) / 250 }),
				mean("mean response of the callee, ms", 6, func(r *sim.Result) float64 { return ms(r.Consumers[1].Served.Response.Mean) }),
			},
		},
		{
			name: "M/M/∞ that calls M/M/1", shows: "calls wait at the callee, first come first served; who calls waits with them",
			source: "Doob 1953, Burke 1956: MMC", seconds: 250, warmup: 10,
			scenario: asking(poisson(60), service("front", spec.Unlimited, spec.Unlimited, work(exponential(30*msec)), ask(1)),
				service("back", 1, spec.Unlimited, work(exponential(10*msec)))),
			probes: []probe{
				wide(0.06, mean("mean response, ms", 30+1000*inner.Sojourn, responseMean)),
				mean("mean response of the callee, ms", 1000*inner.Sojourn, func(r *sim.Result) float64 { return ms(r.Consumers[1].Served.Response.Mean) }),
				mean("utilisation of the callee", 0.6, utilisation(1)),
			},
		},
		{
			name: "A chain of three calls", shows: "each part fails by itself: the availability of the whole is the product",
			source: "independent failures: 0.98 · 0.95 · 0.9", seconds: 60, warmup: 1,
			scenario: asking(poisson(200), service("a", spec.Unlimited, spec.Unlimited, work(exponential(2*msec)), fail(0.02), ask(1)),
				service("b", spec.Unlimited, spec.Unlimited, work(exponential(3*msec)), fail(0.05), ask(2)),
				service("c", spec.Unlimited, spec.Unlimited, work(exponential(4*msec)), fail(0.1))),
			probes: []probe{
				mean("availability", 0.98*0.95*0.9, availability),
				mean("mean response of the answered, ms", 9, responseMean),
				mean("calls of the last, /s", 200*0.98*0.95, attemptRate(2, 60)),
			},
		},
		{
			name: "Calls that are tried three times", shows: "retries of a caller: load, availability, and the time they take",
			source: "truncated geometric distribution: Attempts, GivenUp", seconds: 60, warmup: 1,
			scenario: changed(asking(poisson(200), service("c", spec.Unlimited, spec.Unlimited, work(exponential(10*msec)), fail(fails))), func(sc *spec.Scenario) {
				sc.Producers[0].Retry = spec.Retry{Attempts: 3, Backoff: spec.Backoff{Kind: spec.ConstantBackoff, Base: 20 * msec}}
			}),
			probes: []probe{
				mean("availability", 1-given, availability),
				mean("calls, /s", 200*tries, attemptRate(0, 60)),
				mean("mean response of the answered, ms", spent, responseMean),
			},
		},
	}
}

// impatientCallModels are callers that do not wait for ever.
func impatientCallModels() []model {
	const late = 15.0 // ms, with exponential work of mean 10 ms
	missed := math.Exp(-late / 10)
	inTime := 10 - late*missed/(1-missed) // mean of an exponential time known to be below the timeout
	// A caller whose breaker opens at every failure, for 1 s; it calls every 10.3 ms.
	const fails, short = 0.05, 97.0
	return []model{
		{
			name: "Calls with a timeout", shows: "the caller gives up after 15 ms; the callee finishes in vain",
			source: "truncated exponential distribution", seconds: 60, warmup: 1,
			scenario: changed(asking(poisson(200), service("c", spec.Unlimited, spec.Unlimited, work(exponential(10*msec)))), func(sc *spec.Scenario) {
				sc.Producers[0].Timeout = 15 * msec
			}),
			probes: []probe{
				mean("share timed out", missed, ofCalls(timedOut)),
				mean("availability", 1-missed, availability),
				mean("mean response of the answered, ms", inTime, responseMean),
				mean("answers too late, /s", 200*missed, func(r *sim.Result) float64 { return float64(r.Consumers[0].Served.Late) / 60 }),
				mean("busy workers", 2, func(r *sim.Result) float64 { return number(r.Consumers[0].BusySeconds) / 60 }),
			},
		},
		{
			name: "A breaker that opens at every failure", shows: "a renewal cycle: 1/p calls, then 97 that are short-circuited in the second it is open",
			source: "renewal reward: 97 / (97 + 1/p)", seconds: 1500, warmup: 10,
			scenario: changed(asking(every(10_300*spec.Microsecond), service("front", spec.Unlimited, spec.Unlimited, func() spec.Step {
				s := ask(1)
				s.Breaker = &spec.Breaker{Errors: 1, Window: 1, Open: spec.Second}
				return s
			}()), service("back", spec.Unlimited, spec.Unlimited, work(constant(msec)), fail(fails))), func(*spec.Scenario) {}),
			probes: []probe{
				mean("share short-circuited", short/(short+1/fails), func(r *sim.Result) float64 {
					c := &r.Consumers[0].Calls
					return share(c.ShortCircuited, c.OK+c.Failed+c.ShortCircuited)
				}),
				mean("availability", (1/fails-1)/(short+1/fails), availability),
			},
		},
	}
}
