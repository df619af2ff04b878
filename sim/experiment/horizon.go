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
// replication before Student's interval for a mean or a quantile of waits covers
// what it says: with fewer, the means of runs are so skewed (most a little too
// low, a few far too high) that it covers less than 90 %, and what a run leaves
// out of the steady state when it starts empty is no longer small.
const leastMean = 8

// horizon is how many independent observations of the wait at each consumer a
// run has, by theory; infinite where theory does not limit them.
type horizon struct {
	consumers map[string]float64
	flow      float64 // of a scenario with a single flow
}

// horizonOf works a scenario's horizon out. In heavy traffic the number in a
// queue with c servers that are held for s on average forgets like a Brownian
// motion that is reflected at 0: in the time T there are
//
//	T·(c/s)·(1−ρ)² / ((1+ρ)·(ca²+cs²))
//
// independent observations, exactly for M/M/1. Source: Whitt 1989, Planning
// queueing simulations. Where there is no steady state nothing is limited: what
// runs measure is then what happens until their end.
func horizonOf(sc *spec.Scenario) horizon {
	h := horizon{consumers: map[string]float64{}, flow: math.Inf(1)}
	if !Predictable(sc) || changesForGood(sc) {
		return h
	}
	t := solve(sc, true)
	seconds := float64(sc.Duration-sc.Warmup) / 1e9
	for i := range sc.Consumers {
		s := &t.state[i]
		spread := s.gapSCV + s.serviceSCV()
		if sc.Consumers[i].Autoscale != nil || s.servers == 0 || s.hold <= 0 || spread <= 0 || s.load <= 0 || s.load >= 1 {
			continue
		}
		idle := 1 - s.load
		n := float64(seconds*float64(s.servers)/s.hold) * float64(idle*idle) / float64((1+s.load)*spread)
		h.consumers[sc.Consumers[i].Name] = n
		h.flow = min(h.flow, n)
	}
	return h
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

// short is why a column can have no interval for want of time, "" if it may.
func (t *table) short(path []string) string {
	h := &t.horizon
	n := math.Inf(1)
	switch {
	case len(path) >= 4 && path[0] == "consumers" && waits(path[2:]):
		if of, ok := h.consumers[path[1]]; ok {
			n = of
		}
	case h.consumers != nil && len(path) == 4 && path[0] == "flows" && path[2] == "completion" && t.flows() == 1:
		n = h.flow
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
