package experiment

import (
	"math"
	"strconv"

	"eddy/sim/spec"
)

// Whether runs are long enough for an interval must not be asked of the runs
// alone: those that happen to see no congestion agree with one another, seem
// long, and miss the truth. Queueing theory knows beforehand how slowly a busy
// queue forgets, whatever the dice.

// leastMean is how many independent observations there must be in one
// replication before an interval for a mean or a quantile of waits covers
// what it says: with fewer, the means of runs are so skewed (most a little too
// low, a few far too high) that no correction mends it, and what a run leaves
// out of the steady state when it starts empty is no longer small.
const leastMean = 8

// horizon is how many independent observations a run has of each consumer, by
// theory; infinite where theory does not limit them.
type horizon struct {
	consumers map[string]reach
	flow      float64 // of the completions of a scenario with a single flow
	slowest   float64 // how long the waits of that flow are, most of all, s
}

// reach is how many independent observations a run has of a queue.
type reach struct {
	time  float64 // of the number that wait, looked at all the time
	event float64 // of the waits of those that come
	wait  float64 // how long these are in heavy traffic, s
}

// horizonOf works a scenario's horizon out. In heavy traffic the number in a
// queue with c servers that are held for s on average forgets like a Brownian
// motion that is reflected at 0: in the time T there are
//
//	T·(c/s)·(1−ρ)² / ((1+ρ)·(ca²+cs²))
//
// independent observations, exactly for M/M/1. Source: Whitt 1989, Planning
// queueing simulations. Of the waits there are fewer, since the long ones come
// together. Where there is no steady state nothing is limited: what
// runs measure is then what happens until their end.
func horizonOf(sc *spec.Scenario) horizon {
	h := horizon{consumers: map[string]reach{}, flow: math.Inf(1)}
	seconds := float64(sc.Duration-sc.Warmup) / 1e9
	eachQueue(sc, func(i int, q busy) {
		idle := 1 - q.load
		n := float64(seconds*q.servers/q.hold) * float64(idle*idle) / float64((1+q.load)*q.spread)
		of := reach{time: n, event: float64(n * perEvent(q.load))}
		of.wait = float64(q.load*q.spread*q.hold) / (2 * q.servers * idle) // Kingman 1961
		h.consumers[sc.Consumers[i].Name] = of
		if of.event < h.flow {
			h.flow, h.slowest = of.event, of.wait
		}
	})
	return h
}

// busy is what heavy traffic depends on of a queue and its servers.
type busy struct {
	servers, hold float64 // how many, and for how many seconds a copy holds one
	load          float64 // utilisation, more than 0 and less than 1
	spread        float64 // squared coefficients of variation of gaps and holds, together; more than 0
}

// eachQueue tells of the queue before each consumer that has a steady state as
// far as theory knows.
func eachQueue(sc *spec.Scenario, tell func(consumer int, q busy)) {
	if !Predictable(sc) || changesForGood(sc) {
		return
	}
	t := solve(sc, true)
	for i := range sc.Consumers {
		s := &t.state[i]
		spread := s.gapSCV + s.serviceSCV()
		if sc.Consumers[i].Autoscale != nil || s.servers == 0 || !(s.hold > 0) || !(spread > 0) || !(s.load > 0) || s.load >= 1 {
			continue
		}
		tell(i, busy{servers: float64(s.servers), hold: s.hold, load: s.load, spread: spread})
	}
}

// perEvent is how many independent observations the waits of an M/M/1 queue
// with utilisation 0 < ρ < 1 are for each that its length over time is:
//
//	2ρ(1+ρ)(2−ρ) / (2+5ρ−4ρ²+ρ³)
//
// 0.62 at ρ = 0.5, 0.94 at 0.9, 1 in heavy traffic. Source: the sum of the serial
// correlations of waits in Daley 1968, The serial correlation coefficients of
// waiting times in a stationary single server queue.
func perEvent(rho float64) float64 {
	return float64(2*rho*(1+rho)*(2-rho)) / (2 + float64(rho*(5-float64(rho*(4-rho)))))
}

// changesForGood says whether the timeline makes another system of it: what
// theory says of the one that begins is not about the run then.
func changesForGood(sc *spec.Scenario) bool {
	for i := range sc.Timeline {
		switch sc.Timeline[i].Kind {
		case spec.StartAction, spec.ResumeAction, spec.PurgeAction, spec.EmitAction:
			continue
		}
		if _, ends := endOf(sc, i); !ends {
			return true
		}
	}
	return false
}

// expected is how many independent observations of what a column is about
// theory expects in a run; infinite and false where it does not know.
func (t *table) expected(path []string) (float64, bool) {
	h := &t.horizon
	switch {
	case len(path) >= 4 && path[0] == "consumers" && waits(path[2:]):
		of, ok := h.consumers[path[1]]
		switch {
		case !ok:
			return math.Inf(1), false
		case path[2] == "in_system":
			return of.time, true
		}
		return of.event, true
	case h.consumers != nil && len(path) == 4 && path[0] == "flows" && path[2] == "completion" && t.flows() == 1:
		return h.flow, !math.IsInf(h.flow, 1)
	}
	return math.Inf(1), false
}

// short is why a column can have no interval for want of time, "" if it may.
func (t *table) short(path []string) string {
	n, known := t.expected(path)
	if !known {
		return ""
	}
	key := path[len(path)-1]
	if share, ok := beyond[key]; ok {
		if tail := float64(n * share); tail < leastTail {
			return "not enough tail: theory expects " + threeDigits(tail) + " independent observations beyond it in a run"
		}
	} else if key != "mean" && key != "sd" {
		return ""
	}
	if n < leastMean {
		return "not enough time: theory expects " + threeDigits(n) + " independent observations in a run"
	}
	return ""
}

// waits says whether what is below a consumer tells of its queue.
func waits(path []string) bool {
	for _, key := range path {
		switch key {
		case "wait", "latency", "end_to_end", "in_system":
			return true
		}
	}
	return false
}

func threeDigits(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
