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
		f.overflow(&e.stores[i])
	}
	for i := range e.channels {
		f.routing(i)
	}
	for i := range e.producers {
		f.blocked(i)
	}
	for _, g := range e.groups {
		f.group(g)
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
func perSecondText(v float64) string { return strconv.FormatFloat(v, 'f', decimals(v), 64) + "/s" }

func times(n int64, one, many string) string {
	return strconv.FormatInt(n, 10) + " " + plural(n, one, many)
}

func (f *finder) consumerPath(i int) string { return f.e.names.Component(f.e.consumers[i].component) }

func percentText(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + " %" }

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
	k := &f.e.consumers[i]
	d, ok := f.demandOn(i)
	if !ok {
		f.stuck(k)
		return
	}
	c := &f.r.Consumers[i]
	u := c.Utilisation.Value
	grows := d.growth > growthFrom*d.inflow
	if (u >= saturatedFrom && (d.overflow > 0 || d.held)) || (grows && (d.rho >= 1 || u > nearFrom)) {
		f.saturated(i, d)
		return
	}
	if u > nearFrom {
		n := int(math.Ceil(float64(k.spec.Instances) * u / comfortable))
		x := f.say(SeverityWarning, "near_saturation", f.consumerPath(i),
			fmt.Sprintf("%s is busy %s of the time: waits grow steeply towards 100 %%, and nothing is left for a peak", k.spec.Name, percentText(u)),
			value("utilisation", u))
		f.scale(x, k, n, u)
	}
	f.amplified(i, d)
}

// stuck says where copies pile up at a consumer that has finished none.
func (f *finder) stuck(k *consumer) {
	if k.n.attempts == 0 || k.n.done+k.n.dead+k.n.dropped+k.n.lost > 0 {
		return
	}
	var waiting int64
	for _, src := range k.sources {
		waiting += f.e.stores[src.store].ready.Level()
	}
	if waiting > 0 {
		f.say(SeverityError, "saturated", f.consumerPath(int(k.index)),
			fmt.Sprintf("%s has finished nothing, and %s", k.spec.Name, times(waiting, "copy waits", "copies wait")),
			count("waiting", waiting), count("attempts", k.n.attempts))
	}
}

func (f *finder) saturated(i int, d demand) {
	k := &f.e.consumers[i]
	rho := max(d.rho, f.r.Consumers[i].Utilisation.Value)
	text := fmt.Sprintf("%s cannot keep up: work for %s of its workers' time arrives (ρ %s)", k.spec.Name, percentText(rho), digits(rho))
	if d.rho < 1 && d.growth > 0 {
		// The rest of the time goes to the way to the broker and back.
		rho = d.inflow / max(d.inflow-d.growth, 1e-9)
		text = fmt.Sprintf("%s cannot keep up: %s come in, %s leave (its workers wait for the broker the rest of the time)",
			k.spec.Name, perSecondText(d.inflow), perSecondText(d.inflow-d.growth))
	}
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

// overflow says where copies were refused, dropped or let expire, unless the
// consumer's saturation says it already.
func (f *finder) overflow(s *store) {
	path := f.e.names.Component(s.component)
	refused, dropped, expired := s.n.rejected-s.base.rejected, s.n.dropped-s.base.dropped, s.n.expired-s.base.expired
	in := s.n.in - s.base.in
	if s.limited && refused > 0 {
		f.say(SeverityWarning, "blind_drop", path,
			fmt.Sprintf("%s refused %s for want of room; the latencies are those of the others", s.name, times(refused, "event", "events")),
			count("rejected", refused), value("share", float64(refused)/float64(refused+in)))
	}
	if s.limited && dropped > 0 {
		f.say(SeverityWarning, "blind_drop", path,
			fmt.Sprintf("%s dropped %s; the latencies are those of the others", s.name, times(dropped, "copy", "copies")),
			count("dropped", dropped), value("share", float64(dropped)/float64(max(1, in))))
	}
	if expired > 0 {
		f.say(SeverityInfo, "blind_drop", path,
			fmt.Sprintf("%s in %s expired before anybody took %s; the latencies are those of the others", times(expired, "copy", "copies"), s.name,
				plural(expired, "it", "them")), count("expired", expired), value("share", float64(expired)/float64(max(1, in))))
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
		if k.spec.AckBefore || !p99.Valid || p99.Value <= seconds(s.spec.AckTimeout) {
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
	f.rules(ch)
	if (ch.spec.Type != spec.Queue && ch.stream == nil) || f.isDeadLetterQueue(i) {
		return
	}
	if ch.stream != nil {
		if len(ch.stream.groups) == 0 && ch.entered > 0 {
			f.say(SeverityWarning, "unread", path, fmt.Sprintf("nobody reads %s: %s in it", ch.spec.Name, times(ch.entered, "event", "events")), count("events", ch.entered))
		}
		return
	}
	if s := &f.e.stores[ch.stores[0]]; len(s.readers) == 0 && s.n.in > 0 && s.n.dead == 0 {
		f.say(SeverityWarning, "unread", path,
			fmt.Sprintf("nobody reads %s: %s in it", ch.spec.Name, times(s.inside.Level(), "copy waits", "copies wait")), count("waiting", s.inside.Level()))
	}
}

// rules says which rules of a bus no event matched.
func (f *finder) rules(ch *channel) {
	if ch.entered == 0 {
		return
	}
	for i, n := range ch.matched {
		if n == 0 {
			f.say(SeverityWarning, "unrouted", f.e.names.Component(ch.component),
				fmt.Sprintf("the rule %s of %s matched none of %s", ch.spec.Rules[i].Name, ch.spec.Name, times(ch.entered, "event", "events")),
				count("events", ch.entered))
		}
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
	if len(f.e.deadlocked) > 0 {
		names := ""
		for i, c := range f.e.deadlocked {
			if i > 0 {
				names += ", "
			}
			names += f.e.consumers[c].spec.Name
		}
		f.say(SeverityError, "sync_chain", "run", "deadlock: every worker of "+names+" waits for a call that waits for one of them; give the calls a timeout",
			count("consumers", int64(len(f.e.deadlocked))))
	}
	for i := range f.e.consumers {
		f.scaling(&f.e.consumers[i])
		f.chain(i)
	}
	for i := range f.e.producers {
		f.outbox(i)
		f.chainFrom(i)
	}
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

// outbox says where a table of events to be sent grows without end.
func (f *finder) outbox(i int) {
	p := &f.e.producers[i]
	if p.spec.Outbox == nil {
		return
	}
	r := &f.r.Producers[i]
	perPoll := float64(p.spec.Outbox.Batch) * float64(p.spec.Instances) / seconds(p.spec.Outbox.Poll)
	if !r.Rate.Valid || r.Rate.Value <= perPoll {
		return
	}
	f.say(SeverityError, "saturated", f.e.names.Component(p.component),
		fmt.Sprintf("the outbox of %s grows: %s come in, its polls take at most %s", p.spec.Name, perSecondText(r.Rate.Value), perSecondText(perPoll)),
		value("rate", r.Rate.Value), value("capacity", perPoll), count("waiting", f.e.waitingAt(int32(i))))
}

// scaling says where an autoscaler goes up and down again and again.
func (f *finder) scaling(c *consumer) {
	if c.scaler == nil || c.scaler.turns < flappingFrom {
		return
	}
	f.say(SeverityWarning, "flapping", f.consumerPath(int(c.index)),
		fmt.Sprintf("the autoscaler of %s changed direction %d times in %d changes: a longer window or cooldown calms it", c.spec.Name, c.scaler.turns, c.scaler.changes),
		count("turns", int64(c.scaler.turns)), count("changes", int64(c.scaler.changes)))
}

// flappingFrom is how many changes of direction make an autoscaler restless.
const flappingFrom = 4

// chain says what a consumer's synchronous calls cost it in availability.
func (f *finder) chain(i int) {
	c := &f.r.Consumers[i]
	made := c.Calls.OK + c.Calls.Failed + c.Calls.TimedOut + c.Calls.Refused + c.Calls.ShortCircuited
	if made == 0 {
		return
	}
	ok := float64(c.Calls.OK) / float64(made)
	if ok > 0.999 {
		return
	}
	f.say(SeverityWarning, "sync_chain", f.consumerPath(i),
		fmt.Sprintf("%s of the calls of %s were not answered in time or failed: its availability is at most the product of its own and its callees'", percentText(1-ok), c.Name),
		value("answered", ok), count("calls", made))
}

// chainFrom says how many parts a producer's synchronous call depends on.
func (f *finder) chainFrom(i int) {
	p := &f.e.producers[i]
	r := &f.r.Producers[i]
	if p.spec.Call == spec.None || !r.Availability.Valid || r.Availability.Value > 0.999 {
		return
	}
	parts := map[int]bool{}
	f.callees(p.spec.Call, parts)
	f.say(SeverityWarning, "sync_chain", f.e.names.Component(p.component),
		fmt.Sprintf("%s got an answer to %s of its calls: %s must all be there at that moment", p.spec.Name, percentText(r.Availability.Value),
			times(int64(len(parts)), "part", "parts")), value("availability", r.Availability.Value), count("parts", int64(len(parts))))
}

// callees collects the consumers that a call to one of them depends on.
func (f *finder) callees(c int, parts map[int]bool) {
	if parts[c] {
		return
	}
	parts[c] = true
	for h := range f.e.sc.Consumers[c].Handlers {
		for _, st := range f.e.sc.Consumers[c].Handlers[h].Steps {
			if st.Verb == spec.Call {
				f.callees(st.Callee, parts)
			}
		}
	}
}

// hotFrom is how many times the mean a partition's events make it hot.
const hotFrom = 2

// group says what is uneven about how a group shares a stream.
func (f *finder) group(g *group) {
	path := f.e.names.Component(g.stores[0].component)
	members := int64(g.cons.target)
	if n := int64(len(g.stores)); members > n {
		x := f.say(SeverityWarning, "idle_members", path,
			fmt.Sprintf("%s has %d instances for %s: %s", g.cons.spec.Name, members, times(n, "partition", "partitions"),
				times(members-n, "is idle", "are idle")), count("members", members), count("partitions", n))
		x.Change = []spec.Setting{{Path: "broker.channels." + g.channel.spec.Name + ".partitions", Value: strconv.FormatInt(members, 10)}}
	}
	var all, most int64
	hot := 0
	for p, s := range g.stores {
		n := s.n.in - s.base.in
		all += n
		if n > most {
			most, hot = n, p
		}
	}
	mean := float64(all) / float64(len(g.stores))
	if len(g.stores) < 2 || all < fewest*int64(len(g.stores)) || float64(most) < hotFrom*mean {
		return
	}
	f.say(SeverityWarning, "hot_partition", path,
		fmt.Sprintf("partition %d of %s takes %s of the events, %s times the mean: more instances do not help it, other keys do", hot, g.channel.spec.Name,
			percentText(float64(most)/float64(all)), digits(float64(most)/mean)),
		count("partition", int64(hot)), value("max_over_mean", float64(most)/mean))
}
