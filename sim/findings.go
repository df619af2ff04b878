package sim

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"eddy/sim/spec"
)

// Thresholds of findings.
const (
	saturatedFrom = 0.98 // utilisation that counts as all workers busy, with a backlog that grows
	nearFrom      = 0.85
	comfortable   = 0.8 // utilisation that a proposed number of instances aims at
	growthFrom    = 0.01
	// minTail is how many observations beyond a quantile make it worth showing.
	minTail = 1.5
	// fewest observations of a latency that a run should have.
	fewest = 30
)

// findings says what the numbers of a result mean, the worst first.
func (e *Engine) findings(r *Result) []Finding {
	f := finder{e: e, r: r}
	for i := range e.consumers {
		f.load(i)
		f.failures(i)
		f.doubles(i)
	}
	for i := range e.stores {
		f.leases(&e.stores[i])
	}
	for i := range e.channels {
		f.routing(i)
	}
	for i := range e.producers {
		f.blocked(i)
	}
	f.run()
	rank := map[FindingSeverity]int{SeverityError: 0, SeverityWarning: 1, SeverityInfo: 2}
	slices.SortStableFunc(f.out, func(a, b Finding) int { return cmp.Compare(rank[a.Severity], rank[b.Severity]) })
	return f.out
}

type finder struct {
	e   *Engine
	r   *Result
	out []Finding
}

func (f *finder) say(s FindingSeverity, code, component, text string, ev ...Evidence) *Finding {
	f.out = append(f.out, Finding{Severity: s, Code: code, Component: component, Text: text, Evidence: ev})
	return &f.out[len(f.out)-1]
}

func count(name string, n int64) Evidence   { return Evidence{name, Num(float64(n))} }
func value(name string, v float64) Evidence { return Evidence{name, Num(v)} }
func digits(v float64) string               { return strconv.FormatFloat(v, 'g', 3, 64) }
func perSecondText(v float64) string        { return strconv.FormatFloat(v, 'f', decimals(v), 64) + "/s" }
func times(n int64, one, many string) string {
	return strconv.FormatInt(n, 10) + " " + plural(n, one, many)
}
func (f *finder) consumerPath(i int) string { return f.e.names.Component(f.e.consumers[i].component) }
func percentText(share float64) string      { return strconv.FormatFloat(100*share, 'f', 1, 64) + " %" }

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func decimals(v float64) int {
	switch v = math.Abs(v); {
	case v >= 100:
		return 0
	case v >= 10:
		return 1
	}
	return 2
}

// demand is how much work reaches a consumer.
type demand struct {
	rho      float64 // worker-seconds asked for per worker-second there is
	inflow   float64 // copies per second
	growth   float64 // copies per second by which its backlog grows
	overflow int64   // copies refused or dropped for want of room
	held     bool    // producers held back
}

// demandOn measures the load on a consumer: what comes in, times the
// worker-seconds that a copy has taken, over the workers there were. Where
// consumers share a store each is given the part of it that it did.
func (f *finder) demandOn(i int) (demand, bool) {
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	span := seconds(f.e.now - f.e.warm)
	left := k.n.done + k.n.dead + k.n.dropped + k.n.lost - k.base.done - k.base.dead - k.base.dropped - k.base.lost
	if span <= 0 || left == 0 || !c.Utilisation.Valid || c.InstanceSeconds.Value == 0 {
		return demand{}, false
	}
	var d demand
	for _, src := range k.sources {
		s := &f.e.stores[src.store]
		share := f.shareOf(k, s)
		in := float64(s.n.in-s.base.in) / span
		d.inflow += float64(share * in)
		d.growth += float64(share * (in - float64(s.left-s.baseLeft)/span))
		d.overflow += s.n.rejected - s.base.rejected
		if s.limited {
			d.overflow += s.n.dropped - s.base.dropped
		}
		d.held = d.held || s.withheld.len() > 0
	}
	perCopy := c.BusySeconds.Value / float64(left)
	workers := c.InstanceSeconds.Value / span * float64(k.workers)
	d.rho = d.inflow * perCopy / workers
	return d, true
}

// shareOf is the part of a store's copies that a consumer took.
func (f *finder) shareOf(k *consumer, s *store) float64 {
	if len(s.readers) == 1 {
		return 1
	}
	var all int64
	for _, r := range s.readers {
		o := &f.e.consumers[r]
		all += o.n.received - o.base.received
	}
	if all == 0 {
		return 0
	}
	return float64(k.n.received-k.base.received) / float64(all)
}

func (f *finder) load(i int) {
	d, ok := f.demandOn(i)
	if !ok {
		return
	}
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	u := c.Utilisation.Value
	grows := d.growth > growthFrom*d.inflow && d.rho >= 1
	if u >= saturatedFrom && (grows || d.overflow > 0 || d.held) {
		f.saturated(i, d)
		return
	}
	if u > nearFrom {
		n := int(math.Ceil(float64(k.spec.Instances) * u / comfortable))
		x := f.say(SeverityWarning, "near_saturation", f.consumerPath(i),
			fmt.Sprintf("%s is busy %s of the time; waits grow without bound from here on", k.spec.Name, percentText(u)),
			value("utilisation", u))
		f.scale(x, k, n, u)
	}
	f.amplified(i, d)
}

func (f *finder) saturated(i int, d demand) {
	k := &f.e.consumers[i]
	rho := max(d.rho, f.r.Consumers[i].Utilisation.Value)
	text := fmt.Sprintf("%s cannot keep up: work for %s of its workers' time arrives (ρ %s)", k.spec.Name, percentText(rho), digits(rho))
	ev := []Evidence{value("utilisation", rho)}
	if d.growth > 0 {
		text += ", its backlog grows by " + perSecondText(d.growth)
		ev = append(ev, value("growth", d.growth))
	}
	if d.overflow > 0 {
		text += fmt.Sprintf("; %s found no room", times(d.overflow, "copy", "copies"))
		ev = append(ev, count("overflow", d.overflow))
	}
	if t, ok := f.untilFull(k, d); ok {
		text += fmt.Sprintf("; full in %s s", digits(t))
		ev = append(ev, value("full_in", t))
	}
	n := int(math.Ceil(float64(k.spec.Instances) * rho / comfortable))
	ev = append(ev, count("instances_needed", int64(n)))
	f.scale(f.say(SeverityError, "saturated", f.consumerPath(i), text, ev...), k, n, rho)
	f.amplified(i, d)
}

// untilFull is how many seconds pass until a limited store of a consumer is full.
func (f *finder) untilFull(k *consumer, d demand) (float64, bool) {
	for _, src := range k.sources {
		s := &f.e.stores[src.store]
		if room := s.capacity - s.ready.Level(); s.limited && room > 0 && d.growth > 0 {
			return float64(room) / d.growth, true
		}
	}
	return 0, false
}

// scale proposes a number of instances.
func (f *finder) scale(x *Finding, k *consumer, n int, rho float64) {
	if n <= k.spec.Instances {
		n = k.spec.Instances + 1
	}
	x.Change = []spec.Setting{{Path: "consumers." + k.spec.Name + ".instances", Value: strconv.Itoa(n)}}
	x.Predicted = "ρ " + digits(rho*float64(k.spec.Instances)/float64(n))
}

// amplified says where retries, not first attempts, make the load too high.
func (f *finder) amplified(i int, d demand) {
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	first := c.Attempts - c.Retries
	if first <= 0 || c.Retries == 0 {
		return
	}
	factor := float64(c.Attempts) / float64(first)
	if d.rho < 1 || d.rho/factor >= 1 {
		return
	}
	f.say(SeverityError, "retry_amplification", f.consumerPath(i),
		fmt.Sprintf("retries multiply the load on %s by %s: without them it would be at ρ %s", k.spec.Name, digits(factor), digits(d.rho/factor)),
		value("attempts_per_copy", factor), value("utilisation", d.rho), value("without_retries", d.rho/factor))
}

func (f *finder) failures(i int) {
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	path := f.consumerPath(i)
	if n := c.DeadLettered + c.Dropped; n > 0 {
		f.say(SeverityWarning, "poison", path,
			fmt.Sprintf("%s failed every attempt at %s", times(n, "copy", "copies"), k.spec.Name), count("copies", n))
	}
	if c.Dropped > 0 && !k.spec.Retry.ThenDrop {
		x := f.say(SeverityError, "no_dead_letter", path,
			fmt.Sprintf("%s given up by %s had no dead-letter queue to go to and %s dropped", times(c.Dropped, "copy", "copies"),
				k.spec.Name, plural(c.Dropped, "was", "were")), count("dropped", c.Dropped))
		if len(k.sources) == 1 && f.e.stores[k.sources[0].store].spec.DeadLetter != spec.None {
			x.Text = fmt.Sprintf("%s given up by %s could not be dead-lettered (the queue was full, or they had failed there before) and %s dropped",
				times(c.Dropped, "copy", "copies"), k.spec.Name, plural(c.Dropped, "was", "were"))
		}
	}
	if c.FailedAttempts > 0 && k.spec.Retry.Attempts == spec.Unlimited && f.unlimitedDeliveries(k) {
		x := f.say(SeverityWarning, "unbounded_retry", path,
			fmt.Sprintf("%s tries again for ever: a copy that always fails is never given up (%s so far)", k.spec.Name,
				times(c.FailedAttempts, "failed attempt", "failed attempts")), count("failed_attempts", c.FailedAttempts))
		x.Change = []spec.Setting{{Path: "consumers." + k.spec.Name + ".retry.attempts", Value: "5"}}
	}
}

func (f *finder) unlimitedDeliveries(k *consumer) bool {
	for _, src := range k.sources {
		if f.e.stores[src.store].spec.MaxDeliveries != spec.Unlimited {
			return false
		}
	}
	return true
}

func (f *finder) doubles(i int) {
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	if c.Duplicates > 0 && !k.spec.Idempotent {
		x := f.say(SeverityWarning, "duplicates_without_idempotence", f.consumerPath(i),
			fmt.Sprintf("%s took effect more than once: %s", k.spec.Name, times(c.Duplicates, "duplicate", "duplicates")),
			count("duplicates", c.Duplicates))
		x.Change = []spec.Setting{{Path: "consumers." + k.spec.Name + ".idempotent", Value: "true"}}
		x.Predicted = "0 duplicates"
	}
	if c.OrderViolations > 0 {
		f.say(SeverityWarning, "order_broken", f.consumerPath(i),
			fmt.Sprintf("%s at %s came after a later event of the same key", times(c.OrderViolations, "effect", "effects"), k.spec.Name),
			count("order_violations", c.OrderViolations), value("share", float64(c.OrderViolations)/float64(max(1, c.Effects))))
	}
}

// leases says where an ack timeout is shorter than the work takes.
func (f *finder) leases(s *store) {
	if s.spec.AckTimeout == 0 {
		return
	}
	for _, r := range s.readers {
		k := &f.e.consumers[r]
		c := &f.r.Consumers[r]
		p99 := c.Service.P99
		if !p99.Valid || p99.Value <= seconds(s.spec.AckTimeout) {
			continue
		}
		beyond := k.service.CountFrom(k.service.Index(s.spec.AckTimeout))
		share := float64(beyond) / float64(k.service.Count())
		path := "broker.channels." + f.e.channels[s.channel].spec.Name
		x := f.say(SeverityWarning, "lease_too_short", f.e.names.Component(s.component),
			fmt.Sprintf("the ack timeout of %s s is shorter than %s's slowest work (p99 %s s): about %s of attempts are delivered again while they run",
				digits(seconds(s.spec.AckTimeout)), k.spec.Name, digits(p99.Value), percentText(share)),
			value("ack_timeout", seconds(s.spec.AckTimeout)), value("service_p99", p99.Value), value("share", share),
			count("timed_out", c.TimedOut))
		x.Change = []spec.Setting{{Path: path + ".ack_timeout", Value: strconv.Itoa(int(math.Ceil(2000*c.Service.Max.Value))) + "ms"}}
		x.Predicted = "no lease runs out during work"
	}
}

func (f *finder) routing(i int) {
	ch := &f.e.channels[i]
	path := f.e.names.Component(ch.component)
	if n := ch.unrouted - ch.baseUnrouted; n > 0 {
		f.say(SeverityWarning, "unrouted", path,
			fmt.Sprintf("%s published to %s %s taken by nobody", times(n, "event", "events"), ch.spec.Name, plural(n, "was", "were")),
			count("unrouted", n))
	}
	if ch.spec.Type != spec.Queue || f.isDeadLetterQueue(i) {
		return
	}
	if s := &f.e.stores[ch.stores[0]]; len(s.readers) == 0 && s.n.in > 0 && s.n.dead == 0 {
		f.say(SeverityWarning, "unread", path,
			fmt.Sprintf("nobody reads %s: %s in it", ch.spec.Name, times(s.inside.Level(), "copy waits", "copies wait")), count("waiting", s.inside.Level()))
	}
}

func (f *finder) isDeadLetterQueue(i int) bool {
	for j := range f.e.stores {
		if f.e.stores[j].spec.DeadLetter == i {
			return true
		}
	}
	return false
}

func (f *finder) blocked(i int) {
	p := &f.e.producers[i]
	r := &f.r.Producers[i]
	if !r.Blocked.Valid || r.Blocked.Value == 0 {
		return
	}
	share := r.Blocked.Value / seconds(f.e.now-f.e.warm) / float64(p.spec.Instances)
	severity, text := SeverityWarning, fmt.Sprintf("%s was held back by a full queue %s of the time", p.spec.Name, percentText(share))
	ev := []Evidence{value("blocked", r.Blocked.Value), value("share", share)}
	if r.Dropped > 0 {
		severity = SeverityError
		text += fmt.Sprintf(" and dropped %s that its buffer had no room for", times(r.Dropped, "event", "events"))
		ev = append(ev, count("dropped", r.Dropped))
	}
	f.say(severity, "blocked_producer", f.e.names.Component(p.component), text, ev...)
}

// run says what concerns the run as a whole.
func (f *finder) run() {
	l := &f.r.Ledger
	if l.LoopCut > 0 {
		f.say(SeverityError, "loop", "run",
			fmt.Sprintf("events cause events without end: %s cut after %d hops", times(l.LoopCut, "chain was", "chains were"), MaxHops),
			count("loop_cut", l.LoopCut))
	}
	f.short()
}

// short says where a run is too short for the tails that are asked for.
func (f *finder) short() {
	asked := map[string]bool{}
	for i := range f.e.sc.Expect {
		p := f.e.sc.Expect[i].Path
		tail, ok := map[string]float64{"p90": 0.1, "p95": 0.05, "p99": 0.01, "p999": 0.001}[p[len(p)-1]]
		if !ok {
			continue
		}
		at := append(slices.Clone(p[:len(p)-1]), "count")
		n, found := f.r.Lookup(at)
		name := PathString(p)
		if found && float64(n.Int)*tail < minTail && !asked[name] {
			asked[name] = true
			f.say(SeverityWarning, "short_run", PathString(p[:min(2, len(p))]),
				fmt.Sprintf("%s rests on %s: too few to tell that quantile; run longer, or with --replications", name,
					times(n.Int, "observation", "observations")), count("observations", n.Int))
		}
	}
	for i := range f.r.Consumers {
		c := &f.r.Consumers[i]
		if c.Done > 0 && c.Latency.Count < fewest {
			f.say(SeverityInfo, "short_run", f.consumerPath(i),
				fmt.Sprintf("only %s of %s %s measured: the quantiles say little", times(c.Latency.Count, "copy", "copies"), c.Name,
					plural(c.Latency.Count, "was", "were")), count("observations", c.Latency.Count))
		}
	}
}
