package sim

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"eddy/sim/spec"
)

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
	x := f.say(SeverityError, "loop", "run",
		fmt.Sprintf("%s: %s cut after %d hops", who, times(cut, "chain was", "chains were"), MaxHops), count("loop_cut", cut))
	f.thinOut(x)
}

// thinOut proposes to emit only so often that events die out.
func (f *finder) thinOut(x *Finding) {
	sc := f.e.sc
	if len(sc.Consumers)*len(sc.Events) > mostFollowed {
		return
	}
	thinned := map[string]float64{} // by the path of a step: what its chance is multiplied by
	var change []spec.Setting
	for i := range sc.Consumers {
		gain := f.returns(i, thinned)
		if gain < 1 {
			continue
		}
		f.eachStep(i, func(h, s int, st *spec.Step) {
			if st.Verb != spec.Emit || !f.leadsTo(st.To, i, map[int]bool{}) {
				return
			}
			path := f.stepPath(i, h, s)
			percent := math.Floor(1e4*st.Chance*dyingGain/gain) / 100
			thinned[path] = percent / 100 / st.Chance
			change = append(change, set(path+".chance", strconv.FormatFloat(percent, 'g', 4, 64)+"%"))
		})
	}
	if len(change) > 0 {
		x.mend(fmt.Sprintf("each event comes back at most %s time on average, no chain is cut", digits(dyingGain/(1-dyingGain))), change...)
	}
}

const (
	// dyingGain is how many events of a loop a proposal lets each cause.
	dyingGain = 0.5
	// mostFollowed bounds the work of following events through a large scenario.
	mostFollowed = 10_000
)

// returns is how many events come back to a consumer, on average, for each
// that it handles, if it sends on none of those that come back: the most of
// any event type. Conditions are taken to hold.
func (f *finder) returns(consumer int, thinned map[string]float64) float64 {
	most := 0.0
	for event := range f.e.sc.Events {
		sent := map[[2]int]float64{{consumer, event}: 1}
		back := 0.0
		for range MaxHops {
			next := map[[2]int]float64{}
			for i := range f.e.sc.Consumers {
				for e := range f.e.sc.Events {
					if n := sent[[2]int{i, e}]; n > 0 {
						f.causes(i, e, n, thinned, next)
					}
				}
			}
			for e := range f.e.sc.Events {
				back += next[[2]int{consumer, e}]
				delete(next, [2]int{consumer, e})
			}
			if len(next) == 0 {
				break
			}
			sent = next
		}
		most = max(most, min(back, 1e9))
	}
	return most
}

// causes adds, by consumer and event type, what n events that a consumer
// handles make others handle.
func (f *finder) causes(consumer, event int, n float64, thinned map[string]float64, next map[[2]int]float64) {
	c := &f.e.sc.Consumers[consumer]
	h := slices.IndexFunc(c.Handlers, func(h spec.Handler) bool { return MatchPattern(h.Pattern.Words, f.e.sc.Events[event].Name) })
	if h < 0 {
		return
	}
	for s := range c.Handlers[h].Steps {
		st := &c.Handlers[h].Steps[s]
		often := n * float64(st.Count) * st.Chance
		if less, ok := thinned[f.stepPath(consumer, h, s)]; ok {
			often *= less
		}
		if st.Verb != spec.Emit || often <= 0 {
			continue
		}
		for _, to := range f.givenTo(st.To, map[int]bool{}) {
			for _, e := range st.Emits {
				next[[2]int{to, e.Value}] += float64(often * e.Weight)
			}
		}
	}
}

// givenTo are the consumers that are given what is published to a channel; of
// those that compete for a queue the first stands for all.
func (f *finder) givenTo(channel int, seen map[int]bool) []int {
	if channel == spec.None || seen[channel] {
		return nil
	}
	seen[channel] = true
	var all []int
	for i := range f.e.sc.Consumers {
		reads := slices.ContainsFunc(f.e.sc.Consumers[i].From, func(s spec.Source) bool { return s.Channel == channel })
		if reads && (len(all) == 0 || f.e.sc.Broker.Channels[channel].Type != spec.Queue) {
			all = append(all, i)
		}
	}
	for _, to := range f.e.channels[channel].targets() {
		all = append(all, f.givenTo(to, seen)...)
	}
	return all
}

// leadsTo says whether what is published to a channel may come to a consumer,
// by way of others, too.
func (f *finder) leadsTo(channel, consumer int, seen map[int]bool) bool {
	if channel == spec.None || seen[channel] {
		return false
	}
	seen[channel] = true
	found := false
	for _, to := range f.givenTo(channel, map[int]bool{}) {
		found = found || to == consumer
		f.eachStep(to, func(_, _ int, st *spec.Step) {
			found = found || (st.Verb == spec.Emit && f.leadsTo(st.To, consumer, seen))
		})
	}
	return found
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
