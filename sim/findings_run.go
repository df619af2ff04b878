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
	f.shortForExpectations()
	f.shortForConsumers()
}

// loops says that events caused events without end.
func (f *finder) loops() {
	cut := f.r.Ledger.LoopCut
	if cut == 0 {
		return
	}
	who := "events cause events without end"
	if names := f.inCycles(); len(names) > 0 {
		who = "what " + listed(names) + " " + plural(int64(len(names)), "emits", "emit") + " comes back as new work without end"
	}
	f.say(SeverityError, "loop", "run",
		fmt.Sprintf("%s: %s cut after %d hops", who, times(cut, "chain was", "chains were"), MaxHops), count("loop_cut", cut))
}

// inCycles are the consumers whose emissions may reach themselves.
func (f *finder) inCycles() []string {
	sc := f.e.sc
	readers := make([][]int, len(sc.Broker.Channels))
	for i := range sc.Consumers {
		for _, from := range sc.Consumers[i].From {
			readers[from.Channel] = append(readers[from.Channel], i)
		}
	}
	var names []string
	for i := range sc.Consumers {
		if f.comesBack(i, readers) {
			names = append(names, sc.Consumers[i].Name)
		}
	}
	return names
}

func (f *finder) comesBack(start int, readers [][]int) bool {
	seenChannel, seen := map[int]bool{}, map[int]bool{}
	var channel func(c int) bool
	consumer := func(k int) bool {
		for _, h := range f.e.sc.Consumers[k].Handlers {
			for _, st := range h.Steps {
				if st.Verb == spec.Emit && channel(st.To) {
					return true
				}
			}
		}
		return false
	}
	channel = func(c int) bool {
		if c == spec.None || seenChannel[c] {
			return false
		}
		seenChannel[c] = true
		for _, k := range readers[c] {
			if k == start {
				return true
			}
			if !seen[k] {
				seen[k] = true
				if consumer(k) {
					return true
				}
			}
		}
		return slices.ContainsFunc(f.e.channels[c].targets(), channel)
	}
	return consumer(start)
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
		f.say(SeverityWarning, "short_run", PathString(p[:min(2, len(p))]),
			fmt.Sprintf("%s rests on %s, too few to tell that quantile: run longer", name, times(n, "observation", "observations")),
			count("observations", n))
	}
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
		f.say(SeverityInfo, "short_run", f.consumerPath(i),
			fmt.Sprintf("only %s of %s measured, so its quantiles say little: run longer than %s", times(c.Latency.Count, "copy", "copies"), c.Name+" "+
				plural(c.Latency.Count, "was", "were"), secondsText(f.span)), count("observations", c.Latency.Count))
	}
}

func (f *finder) readsDeadLetters(c *spec.Consumer) bool {
	return slices.ContainsFunc(c.From, func(s spec.Source) bool { return f.isDeadLetterQueue(s.Channel) })
}
