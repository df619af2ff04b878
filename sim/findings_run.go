package sim

import (
	"fmt"
	"slices"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

const (
	// minTail is how many observations must lie beyond a quantile to make it
	// worth showing.
	minTail = 1.5
	// flappingFrom is how many changes of direction make an autoscaler restless,
	// if they follow one another within flappingWithin times what it takes it to
	// see what a change did.
	flappingFrom   = 4
	flappingWithin = 5
	// enoughTail is how many observations beyond a quantile a proposed run has,
	// and mostLonger how many times as long as now it is at most.
	enoughTail = 10
	mostLonger = 10_000
)

// tails are the shares of observations that lie beyond each quantile.
var tails = map[string]float64{"p50": 0.5, "p90": 0.1, "p95": 0.05, "p99": 0.01, "p999": 0.001}

// thinTail says whether so many observations are too few to tell a quantile,
// if what is named so is one.
func thinTail(quantile string, observations int64) bool {
	tail, ok := tails[quantile]
	return ok && float64(observations)*tail < minTail
}

// run says what concerns the run as a whole.
func (f *finder) run() {
	for i := range f.e.consumers {
		f.scaling(&f.e.consumers[i])
	}
	f.loops()
	f.overInWarmup()
	f.shortForExpectations()
	f.shortForConsumers()
}

// scaling says where an autoscaler goes up and down again and again.
func (f *finder) scaling(c *consumer) {
	if c.scaler == nil || c.scaler.turns < flappingFrom {
		return
	}
	sp := c.scaler.spec
	pace := seconds(max(sp.Window, sp.Cooldown, sp.Every))
	if start, finite := luck.Mean(c.spec.StartTime); finite {
		pace = max(pace, start/nanosPerSecond) // until then a change shows no effect
	}
	if seconds(f.e.now)/float64(c.scaler.turns) > flappingWithin*pace {
		return
	}
	x := f.say(SeverityWarning, "flapping", f.consumerPath(int(c.index)),
		fmt.Sprintf("the autoscaler of %s answers to what was true before its last change, so it turned %s in %s", c.spec.Name,
			times(int64(c.scaler.turns), "time", "times"), times(int64(c.scaler.changes), "change", "changes")),
		count("turns", int64(c.scaler.turns)), count("changes", int64(c.scaler.changes)))
	x.mend("fewer turns, slower reactions", set("consumers."+c.spec.Name+".autoscale.cooldown", settingSeconds(4*pace)),
		set("consumers."+c.spec.Name+".autoscale.window", settingSeconds(2*pace)))
}

// shortForExpectations says where a run is too short for the tails that are
// asked for.
func (f *finder) shortForExpectations() {
	said := map[string]bool{}
	tree := f.r.Tree()
	for i := range f.e.sc.Expect {
		p := f.e.sc.Expect[i].Path
		name := PathString(p)
		n, observed := observations(tree, p)
		if !observed || said[name] || !thinTail(p[len(p)-1], n) {
			continue
		}
		said[name] = true
		x := f.say(SeverityWarning, "short_run", PathString(p[:min(2, len(p))]),
			fmt.Sprintf("%s rests on %s, too few to tell that quantile: run longer", name, times(n, "observation", "observations")),
			count("observations", n))
		f.longer(x, n, enoughTail/tails[p[len(p)-1]])
	}
}

// longer proposes so long a run that there are so many observations where now
// there are n.
func (f *finder) longer(x *Finding, n int64, wanted float64) {
	if n == 0 || f.span <= 0 {
		return
	}
	needed := seconds(f.e.sc.Warmup) + f.span*wanted/float64(n)
	if needed > mostLonger*seconds(f.e.sc.Duration) || slices.ContainsFunc(f.e.sc.Producers, func(p spec.Producer) bool {
		return p.Count != spec.Unlimited || p.Rate.Kind == spec.Replay
	}) {
		return
	}
	length := settingSeconds(needed)
	got := float64(n) * (roundUp(needed) - seconds(f.e.sc.Warmup)) / f.span
	x.mend("about "+digits(got)+" observations", set("duration", length))
}

// observations is how many observations the quantile at a path rests on;
// false where there is no such latency.
func observations(tree *Node, path []string) (int64, bool) {
	n := tree.Find(append(slices.Clone(path[:len(path)-1]), "count"))
	if n == nil || n.Leaf == nil {
		return 0, false
	}
	return n.Leaf.Int, true
}

// overInWarmup says that a run has nothing to tell but its ledger.
func (f *finder) overInWarmup() {
	run := &f.r.Run
	if !f.e.forgotten || f.r.Ledger.Created == 0 {
		return
	}
	f.say(SeverityWarning, "short_run", "run",
		fmt.Sprintf("the run was over at %s, before its warm-up of %s, so nothing but the ledger was measured", secondsText(run.EndedAt), secondsText(run.Warmup)),
		count("observations", 0))
}

// shortForConsumers says where hardly anything was measured. What reads a
// dead-letter queue is not meant to have much to do.
func (f *finder) shortForConsumers() {
	for i := range f.r.Consumers {
		c := &f.r.Consumers[i]
		if c.Done == 0 || c.Latency.Count >= fewest || f.readsDeadLetters(&f.e.sc.Consumers[i]) {
			continue
		}
		if c.Latency.Count == 0 {
			f.say(SeverityInfo, "short_run", f.consumerPath(i),
				fmt.Sprintf("nothing that %s did was measured from its beginning to its end, so it has no latency", c.Name), count("observations", 0))
			continue
		}
		x := f.say(SeverityInfo, "short_run", f.consumerPath(i),
			fmt.Sprintf("only %s of %s measured, so its quantiles say little: run longer than %s", times(c.Latency.Count, "copy", "copies"), c.Name+" "+
				plural(c.Latency.Count, "was", "were"), secondsText(f.span)), count("observations", c.Latency.Count))
		f.longer(x, c.Latency.Count, 2*fewest)
	}
}

func (f *finder) readsDeadLetters(c *spec.Consumer) bool {
	return slices.ContainsFunc(c.From, func(s spec.Source) bool { return f.isDeadLetterQueue(s.Channel) })
}
