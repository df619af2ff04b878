package experiment

import (
	"math"

	"eddy/sim/spec"
)

// beyond is the share of observations that lie beyond each quantile of a
// latency in the result document.
var beyond = map[string]float64{"p50": 0.5, "p90": 0.1, "p95": 0.05, "p99": 0.01, "p999": 0.001}

// leastTail is how many independent observations must lie beyond a quantile
// in one replication before the mean over replications means the quantile:
// with fewer, a run mostly reports its maximum.
const leastTail = 1.5

// thinTail is why a quantile has no interval, "" if it may have one or if the
// number is no quantile.
func (t *table) thinTail(c *column) string {
	n, _ := t.independent(c)
	return tooThin(c, n)
}

// thinPairs is the same of a difference. It is asked of the runs alone: what theory
// knows is how far runs are off together, which differences between runs on common
// luck are not.
func (t *table) thinPairs(c *column) string { return tooThin(c, t.shown(c)) }

// tooThin is why a quantile of so many independent observations has no interval,
// "" if it may have one or if the number is no quantile.
func tooThin(c *column, independent float64) string {
	share, ok := beyond[c.path[len(c.path)-1]]
	if !ok {
		return ""
	}
	tail := float64(independent * share)
	if tail >= leastTail {
		return ""
	}
	return "not enough tail: " + threeDigits(tail) + " independent observations beyond it in a run"
}

// contradicted is how many times fewer independent observations the runs must
// show than theory expects for theory to be wrong: by luck they show 3.5 times
// fewer in one of a thousand experiments of eight runs.
const contradicted = 4

// independent is how many independent observations each run has on average of
// what the column is about, infinite where neither theory nor the runs tell, and
// whether it is known rather than guessed from how the runs differ. Theory comes
// first: an interval that is given only when the runs happen to agree with one
// another covers less than one that is always given.
func (t *table) independent(c *column) (n float64, known bool) {
	expected, known := t.expected(c.path)
	shown := t.shown(c)
	if known && shown*contradicted >= expected {
		if count := t.sibling(c, "count"); count != nil {
			expected = math.Min(expected, fewestOf(count.present()))
		}
		return expected, true
	}
	return shown, false
}

// shown is how many independent observations each run seems to have of what the
// column is about, by how the runs differ; infinite where that cannot be told.
func (t *table) shown(c *column) float64 {
	count, mean, sd := t.sibling(c, "count"), t.sibling(c, "mean"), t.sibling(c, "sd")
	if count == nil || mean == nil || sd == nil {
		return math.Inf(1)
	}
	return effective(count.present(), mean.present(), sd.present())
}

// effective is the number of independent observations in one replication. If
// the observations of a run were independent, the variance of its mean would
// be their variance over their number; since waits in a queue are alike, it is
// more, and the number worth is their variance over the variance of the means
// between replications. It is never more than the observations there were in
// the run with the fewest.
func effective(counts, means, sds []float64) float64 {
	if len(counts) == 0 {
		return 0
	}
	least := fewestOf(counts)
	if len(means) < fewest || len(sds) == 0 {
		return least
	}
	within := 0.0
	for _, s := range sds {
		within += float64(s * s)
	}
	within /= float64(len(sds))
	_, between := meanSD(means)
	if between == 0 || within == 0 {
		return least
	}
	return math.Min(least, within/float64(between*between))
}

// fewestOf is the least of the counts, infinite if there is none.
func fewestOf(counts []float64) float64 {
	least := math.Inf(1)
	for _, n := range counts {
		least = math.Min(least, n)
	}
	return least
}

// heavyTails names the inputs of the scenario whose variance is infinite. No
// interval over replications can be trusted then: the largest value of the
// next run may outweigh all that were seen.
func heavyTails(sc *spec.Scenario) []string {
	var found []string
	look := func(where string, dists ...spec.Dist) {
		for _, d := range dists {
			if infiniteVariance(d) {
				found = append(found, where)
				return
			}
		}
	}
	for _, e := range sc.Events {
		look("events."+e.Name, e.Size)
	}
	for _, p := range sc.Producers {
		look("producers."+p.Name, p.Rate.Gap, p.Think)
	}
	l := sc.Broker.Latency
	look("broker.latency", l.Publish, l.Deliver, l.Ack, l.Call)
	for _, c := range sc.Broker.Channels {
		look("broker.channels."+c.Name, c.Store.Delay)
	}
	for _, c := range sc.Consumers {
		look("consumers."+c.Name, consumerDists(c)...)
	}
	for _, a := range sc.Timeline {
		look("timeline", a.By)
	}
	return found
}

func consumerDists(c spec.Consumer) []spec.Dist {
	dists := []spec.Dist{c.Recognise, c.StartTime}
	for _, h := range c.Handlers {
		for _, s := range h.Steps {
			dists = append(dists, s.Work, s.Delay)
		}
	}
	return dists
}

// infiniteVariance says whether a distribution's variance is infinite: a
// Pareto distribution's is for shapes up to 2, every other family's is not.
func infiniteVariance(d spec.Dist) bool {
	if d.Kind == spec.Pareto {
		return d.Shape <= 2
	}
	for _, part := range d.Parts {
		if part.Weight > 0 && infiniteVariance(part.Dist) {
			return true
		}
	}
	return false
}
