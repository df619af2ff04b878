package experiment

import (
	"math"

	"eddy/sim/luck"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// attempt is what a handler does with one event of a type, in seconds.
type attempt struct {
	mean, second float64 // of the time a worker works, whether it fails or not
	done         float64 // mean of those that succeed
	fail         float64 // chance that an attempt fails
	poison       float64 // chance that an event fails at every attempt
	calls        []asked // what it asks of others
	exponential  bool    // nothing but one exponential piece of work
	guesses      guessList
}

// asked is a call: of whom, and how often an attempt makes it.
type asked struct {
	callee int
	often  float64
}

// attemptOf works out one attempt of a consumer on an event of a type.
// Its work takes so many times as long, and what would succeed fails with a
// chance. response is the mean time a call to a consumer takes, and its mean square, seconds.
func attemptOf(sc *spec.Scenario, c *spec.Consumer, event int, times, fails float64, response func(callee int) (mean, second float64)) attempt {
	var a attempt
	h := handlerOf(sc, c, event)
	if h == nil {
		a.guesses.add(guess{"no handler for " + sc.Events[event].Name, Exact, Exact})
		return a
	}
	alive, m1, m2 := 1.0, 0.0, 0.0 // of the attempts still under way
	works, plainWork := 0, true
	spend := func(often, mean, second float64) {
		x, xx := float64(often*mean), float64(often*second)
		m2 += float64(2*m1*x) + xx
		m1 += x
	}
	end := func(share float64) {
		a.mean += float64(share * m1)
		a.second += float64(share * m2)
	}
	for i := range h.Steps {
		s := &h.Steps[i]
		often, known := chance(sc, s.When, event)
		if !known {
			a.guesses.add(guess{"a condition that cannot be known beforehand is taken to hold", Unsure, Unsure})
		}
		often = float64(often * s.Chance)
		switch s.Verb {
		case spec.Work:
			mean, second, ok := workMoments(sc, s)
			if !ok {
				a.guesses.add(guess{"work with infinite variance", Exact, Unsure})
			}
			works++
			plainWork = plainWork && often == 1 && s.Work.Kind == spec.Exponential && !s.WorkFromEvent
			spend(often, float64(mean*times), float64(second*times*times))
		case spec.Call:
			mean, second := response(s.Callee)
			spend(often, mean, second)
			plainWork = false
			a.calls = append(a.calls, asked{s.Callee, float64(alive * often)})
			if s.Timeout > 0 || s.Retry.Attempts != 1 || s.Breaker != nil {
				a.guesses.add(guess{"timeouts, retries and breakers of calls are left out", Approximate, Approximate})
			}
		case spec.Fail:
			if s.FailFromEvent || len(s.FailEvents) > 0 {
				a.guesses.add(guess{"failures of single events are left out", Approximate, Approximate})
				continue
			}
			p := float64(often * s.FailChance)
			if s.Poison {
				a.poison += float64((1 - a.poison) * p)
			}
			end(alive * p)
			a.fail += float64(alive * p)
			alive -= float64(alive * p)
		}
	}
	end(alive)
	a.fail += float64(alive * fails)
	a.done = m1
	a.exponential = works == 1 && plainWork
	return a
}

// workMoments are the mean and mean square of a work step, seconds.
func workMoments(sc *spec.Scenario, s *spec.Step) (mean, second float64, ok bool) {
	if s.WorkFromEvent {
		return recordedWork(sc)
	}
	mean, _ = luck.Mean(s.Work)
	v, ok := luck.Variance(s.Work)
	mean /= 1e9
	if !ok {
		return mean, float64(mean * mean), false
	}
	return mean, v/1e18 + float64(mean*mean), true
}

// recordedWork are the moments of the work that replayed events bring.
func recordedWork(sc *spec.Scenario) (mean, second float64, ok bool) {
	n := 0.0
	for i := range sc.Producers {
		for _, r := range sc.Producers[i].Rate.Rows {
			if r.Work >= 0 {
				w := float64(r.Work) / 1e9
				n++
				mean += w
				second += float64(w * w)
			}
		}
	}
	if n == 0 {
		return 0, 0, true
	}
	return mean / n, second / n, true
}

// tries is how often a copy is tried on average, and the chance that it is given
// up, where most attempts are made (0: no limit).
func (a *attempt) tries(most int) (mean, givenUp float64) {
	// An ordinary failure strikes each attempt anew, a poisonous event all.
	ordinary := 0.0
	if a.poison < 1 {
		ordinary = max(0, (a.fail-a.poison)/(1-a.poison))
	}
	if ordinary >= 1 {
		ordinary = 1 - 1e-9
	}
	mean = float64((1 - a.poison) * theory.Attempts(ordinary, most))
	if most == 0 {
		if a.poison > 0 {
			mean += float64(a.poison * forEver)
		}
		return mean, 0
	}
	return mean + float64(a.poison*float64(most)),
		a.poison + float64((1-a.poison)*theory.GivenUp(ordinary, most))
}

// forEver is how often a copy is tried that always fails and is never given up.
const forEver = 1e9

// pauses is how long the backoffs of a copy are together on average, seconds,
// where most attempts are made (0: no limit).
func (a *attempt) pauses(b *spec.Backoff, most int) float64 {
	ordinary := 0.0
	if a.poison < 1 {
		ordinary = min(max(0, (a.fail-a.poison)/(1-a.poison)), 1-1e-9)
	}
	const last = 100 // failures, beyond which a backoff is as the one before
	sum, goes, always := 0.0, 1.0, a.poison
	for n := 1; n < last && (most == 0 || n < most); n++ {
		goes *= ordinary
		reached := float64((1-a.poison)*goes) + always
		if reached < 1e-12 {
			break
		}
		sum += float64(reached * meanBackoff(b, n))
	}
	return sum
}

// meanBackoff is the mean wait after the nth failure, seconds.
func meanBackoff(b *spec.Backoff, n int) float64 {
	wait := float64(b.Base) / 1e9
	switch b.Kind {
	case spec.NoBackoff:
		return 0
	case spec.LinearBackoff:
		wait *= float64(n)
	case spec.ExponentialBackoff:
		for range min(n-1, 64) {
			wait *= b.Times
		}
	case spec.ListBackoff:
		wait = 0
		if len(b.List) > 0 {
			wait = float64(b.List[min(n, len(b.List))-1]) / 1e9
		}
	}
	if b.Max > 0 {
		wait = math.Min(wait, float64(b.Max)/1e9)
	}
	wait = math.Min(wait, float64(spec.MaxDuration)/1e9)
	switch b.Jitter {
	case spec.FullJitter:
		return wait / 2
	case spec.EqualJitter:
		return wait * 3 / 4
	case spec.DecorrelatedJitter:
		return wait * 2
	}
	return wait
}
