package experiment

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// stepPath is the path of a step as a setting names it.
func stepPath(c *spec.Consumer, handler, step int) string {
	path := "consumers." + c.Name + ".handle"
	if p := c.Handlers[handler].Pattern.Text; len(c.Handlers) > 1 || p != "#" {
		path += "." + p
	}
	return path + "[" + strconv.Itoa(step) + "]"
}

// storm says where tries of calls that time out would keep a consumer
// overrun once it is: its load times the tries is more than it can do.
func (f *foresight) storm(i int) {
	c, load := &f.sc.Consumers[i], f.t.state[i].limit()
	if load <= 0 || load >= 1 || c.Backlog != spec.Unlimited || c.Autoscale != nil {
		return
	}
	most := max(1, int(comfortable/load))
	tries := 0
	var mend []spec.Setting
	note := func(path string, timeout spec.Nanos, r spec.Retry, b *spec.Breaker) {
		n := r.Attempts
		if timeout == 0 || b != nil || (n != spec.Unlimited && float64(n)*load <= 1) || n == 1 {
			return
		}
		if n == spec.Unlimited || tries == spec.Unlimited {
			tries = spec.Unlimited
		} else {
			tries = max(tries, n)
		}
		mend = append(mend, change(path+".retry.attempts", strconv.Itoa(most))...)
	}
	for j := range f.sc.Producers {
		if p := &f.sc.Producers[j]; p.Call == i && p.Users == 0 {
			note("producers."+p.Name, p.Timeout, p.Retry, nil)
		}
	}
	for j := range f.sc.Consumers {
		o := &f.sc.Consumers[j]
		if o.Concurrency != spec.Unlimited && o.Instances*o.Concurrency <= f.t.state[i].workers {
			continue // fewer callers than workers cannot overrun them
		}
		for h := range o.Handlers {
			for k := range o.Handlers[h].Steps {
				if s := &o.Handlers[h].Steps[k]; s.Verb == spec.Call && s.Callee == i {
					note(stepPath(o, h, k), s.Timeout, s.Retry, s.Breaker)
				}
			}
		}
	}
	if len(mend) == 0 {
		return
	}
	times, ev := "any number of tries", []sim.Evidence{evidence("utilisation", load)}
	if tries != spec.Unlimited {
		times = fmt.Sprintf("%d tries are ρ %s", tries, sim.Digits(load*float64(tries)))
		ev = append(ev, evidence("with_retries", load*float64(tries)))
	}
	f.say(sim.SeverityWarning, "retry_amplification", "consumers."+c.Name,
		fmt.Sprintf("once %s is too slow for its callers they try again, and its ρ of %s times %s: more than it can do, so it may stay overrun when the cause is gone", c.Name, sim.Digits(load), times),
		fmt.Sprintf("ρ at most %s even then", sim.Digits(load*float64(most))), mend, ev...)
}

// chain says how available what a producer calls is: the product of all that
// must be well at the same moment.
func (f *foresight) chain(i int) {
	p := &f.sc.Producers[i]
	if p.Call == spec.None {
		return
	}
	x := callChain{f: f}
	answered := x.product(p.Call, 0)
	if answered > answeredFrom {
		return
	}
	text := fmt.Sprintf("%s will have an answer to %s of its requests: ", p.Name, sim.PercentText(answered))
	if names := x.named(); len(names) > 1 {
		text += fmt.Sprintf("each needs %s at the same moment, and their availabilities multiply", sim.Listed(names))
	} else {
		text += "it needs an answer from " + sim.Listed(names)
	}
	predicted, mend := x.mend(p.Call, answered)
	f.say(sim.SeverityWarning, "sync_chain", "producers."+p.Name, text, predicted, mend, evidence("product", answered), evidence("parts", float64(len(x.parts))))
}

// callChain follows calls from a consumer to all that its answer needs.
type callChain struct {
	f     *foresight
	parts []int
	known map[int]float64
}

// own is the share of what a consumer is asked that does not fail by itself.
func (x *callChain) own(c int) float64 {
	s := &x.f.t.state[c]
	asked, failed := 0.0, 0.0
	for event := range s.kinds {
		rate := x.f.t.asked[c][event].rate
		asked += rate
		failed += float64(rate * s.kinds[event].fail)
	}
	if asked == 0 {
		return 1
	}
	return 1 - failed/asked
}

// product is the availability of a consumer and all that it must ask, each call
// tried at least so often.
func (x *callChain) product(consumer, tries int) float64 {
	x.known, x.parts = map[int]float64{}, nil
	return x.available(consumer, tries)
}

func (x *callChain) available(c, tries int) float64 {
	if a, ok := x.known[c]; ok {
		return a
	}
	x.known[c] = 1 // in a circle of calls each counts once
	x.parts = append(x.parts, c)
	least := 1.0
	for _, h := range x.f.sc.Consumers[c].Handlers {
		all := 1.0
		for _, s := range h.Steps {
			if s.Verb == spec.Call && !s.Continue && s.When == nil {
				callee := x.available(s.Callee, tries)
				if s.Retry.Attempts != spec.Unlimited {
					all *= 1 - float64(s.Chance*theory.GivenUp(1-callee, max(tries, s.Retry.Attempts)))
				}
			}
		}
		least = math.Min(least, all)
	}
	x.known[c] = float64(x.own(c) * least)
	return x.known[c]
}

// named are the parts with what they answer by themselves.
func (x *callChain) named() []string {
	var names []string
	for _, c := range x.parts {
		name := x.f.sc.Consumers[c].Name
		if own := x.own(c); own < 1 {
			name += " (" + sim.PercentText(own) + ")"
		}
		names = append(names, name)
	}
	return names
}

// mend proposes to try calls again, where those who are called have time for it.
func (x *callChain) mend(root int, before float64) (string, []spec.Setting) {
	const most = 5
	parts := append([]int(nil), x.parts...)
	for n := 2; n <= most; n++ {
		after := x.product(root, n)
		if after < answeredFrom && n < most {
			continue
		}
		if 1-after > (1-before)/2 {
			return "", nil
		}
		var mend []spec.Setting
		for _, c := range parts {
			if x.f.t.state[c].limit()*theory.Attempts(1-x.own(c), n) >= nearFrom {
				return "", nil
			}
			o := &x.f.sc.Consumers[c]
			for h := range o.Handlers {
				for k := range o.Handlers[h].Steps {
					s := &o.Handlers[h].Steps[k]
					if s.Verb == spec.Call && !s.Continue && s.Retry.Attempts != spec.Unlimited && s.Retry.Attempts < n && x.own(s.Callee) < 1 {
						mend = append(mend, change(stepPath(o, h, k)+".retry.attempts", strconv.Itoa(n))...)
					}
				}
			}
		}
		return fmt.Sprintf("%s answered, with up to %d tries of each call", sim.PercentText(after), n), mend
	}
	return "", nil
}

// draws is how often a handler's work is drawn to know how long it takes.
const draws = 20_000

// leases compares the ack timeout of what a consumer reads with its work.
func (f *foresight) leases(i int) {
	c, p := &f.sc.Consumers[i], &f.p.Consumers[i]
	if c.AckBefore || p.Rate == 0 {
		return
	}
	for _, from := range c.From {
		ch := &f.sc.Broker.Channels[from.Channel]
		if ch.Store.AckTimeout == 0 {
			continue
		}
		timeout := float64(ch.Store.AckTimeout)
		beyond, p99, p999 := f.longWork(c, from.Channel, timeout)
		if beyond < 0.01 {
			continue
		}
		f.say(sim.SeverityWarning, "lease_too_short", "channels."+ch.Name,
			fmt.Sprintf("the ack timeout of %s is shorter than the slowest work of %s (p99 %s), so about %s of attempts are delivered again while they run",
				sim.SecondsText(timeout/1e9), c.Name, sim.SecondsText(p99/1e9), sim.PercentText(beyond)),
			"next to no lease runs out during work", change("broker.channels."+ch.Name+".ack_timeout", sim.SettingSeconds(2*p999/1e9)),
			evidence("ack_timeout", timeout/1e9), evidence("service_p99", p99/1e9), evidence("share", beyond))
		if !c.Idempotent {
			f.say(sim.SeverityWarning, "duplicates_without_idempotence", "consumers."+c.Name,
				fmt.Sprintf("leases run out while the work goes on, and %s does not recognise what it has done: about %s of its effects are of an event that had one", c.Name, sim.PerSecondText(p.Rate*beyond)),
				"0 duplicates", change("consumers."+c.Name+".idempotent", "true"), evidence("rate", p.Rate*beyond), evidence("share", beyond))
		}
		return
	}
}

// longWork draws the work of a consumer on what a channel gives it: the share
// that is longer than a limit, and quantiles, all in nanoseconds. Calls count
// with nothing. It is all 0 where hardly any work can be longer.
func (f *foresight) longWork(c *spec.Consumer, channel int, limit float64) (beyond, p99, p999 float64) {
	total := 0.0
	for _, s := range f.t.channel[channel] {
		total += s.rate
	}
	var all []float64
	long := false
	for event, s := range f.t.channel[channel] {
		if h := handlerOf(f.sc, c, event); h != nil && s.rate > 0 {
			long = long || worksOf(h).mayBeLonger(limit)
		}
	}
	if !long {
		return 0, 0, 0
	}
	for event, s := range f.t.channel[channel] {
		h := handlerOf(f.sc, c, event)
		if h == nil || s.rate == 0 {
			continue
		}
		all = worksOf(h).draw(all, luck.NewKey(1, c.Name, f.sc.Events[event].Name), int(draws*s.rate/total))
	}
	if len(all) == 0 {
		return 0, 0, 0
	}
	slices.Sort(all)
	at := func(p float64) float64 { return all[min(len(all)-1, int(p*float64(len(all))))] }
	over := len(all) - sort.Search(len(all), func(i int) bool { return all[i] > limit })
	return float64(over) / float64(len(all)), at(0.99), at(0.999)
}

// works are the work steps of a handler whose length is known beforehand.
type works struct {
	dists  []spec.Dist
	chance []float64
}

func worksOf(h *spec.Handler) works {
	var w works
	for i := range h.Steps {
		if s := &h.Steps[i]; s.Verb == spec.Work && !s.WorkFromEvent && s.When == nil {
			w.dists, w.chance = append(w.dists, s.Work), append(w.chance, s.Chance)
		}
	}
	return w
}

// mayBeLonger says whether more than 1 % can be longer than a limit: not if
// that many parts of it stay below their quantiles, and these together below it.
func (w works) mayBeLonger(limit float64) bool { return !w.below(limit, 0.01) }

// below says that no more than so many can be longer than a limit.
func (w works) below(limit, share float64) bool {
	sum := 0.0
	for _, d := range w.dists {
		sum += luck.Quantile(d, 1-share/float64(len(w.dists)))
	}
	return sum <= limit
}

// draw adds so many draws of all the work.
func (w works) draw(all []float64, key luck.Key, n int) []float64 {
	samplers := make([]*luck.Sampler, len(w.dists))
	for i, d := range w.dists {
		samplers[i] = luck.Compile(d)
	}
	for k := range n {
		sum := 0.0
		for i, s := range samplers {
			at := luck.Counter(0, uint32(k), uint32(2*i))
			if w.chance[i] == 1 || key.Uniform(at) < w.chance[i] {
				sum += s.Draw(key, luck.Counter(0, uint32(k), uint32(2*i+1)))
			}
		}
		all = append(all, sum)
	}
	return all
}
