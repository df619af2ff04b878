package sim

import (
	"fmt"
	"math"
	"strconv"

	"eddy/sim/spec"
)

const (
	// normalLoss is the share of copies that may end as dead letters before it
	// is more than the few that a dead-letter queue is there for.
	normalLoss = 0.01
	// proposedAttempts is how many attempts a proposal gives a copy.
	proposedAttempts = 5
)

// failures says what came of attempts that failed.
func (f *finder) failures(i int) {
	k := &f.e.consumers[i]
	f.poison(i)
	f.noDeadLetter(i)
	c := &f.r.Consumers[i]
	if c.FailedAttempts == 0 || k.spec.Retry.Attempts != spec.Unlimited || !f.unlimitedDeliveries(k) {
		return
	}
	x := f.say(SeverityWarning, "unbounded_retry", f.consumerPath(i),
		fmt.Sprintf("%s has no limit of attempts, so a copy that always fails is tried for ever (%s so far)", k.spec.Name,
			times(c.FailedAttempts, "failed attempt", "failed attempts")), count("failed_attempts", c.FailedAttempts))
	fate := "dropped, for it has no dead-letter queue"
	if f.hasDeadLetters(k) {
		fate = "put aside"
	}
	x.mend(fmt.Sprintf("what fails %d times is %s", proposedAttempts, fate), set("consumers."+k.spec.Name+".retry.attempts", strconv.Itoa(proposedAttempts)))
}

// poison says how many copies took their last attempt.
func (f *finder) poison(i int) {
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	n := c.DeadLettered + c.Dropped
	if n == 0 {
		return
	}
	tried := "all its attempts"
	if most := f.mostAttempts(k); most > 1 {
		tried = fmt.Sprintf("all %s attempts", counted(int64(most)))
	} else if most == 1 {
		tried = "its only attempt"
	}
	fate := " and went to the dead-letter queue"
	switch {
	case c.Dropped == n:
		fate = fmt.Sprintf(" and %s dropped", plural(n, "was", "were"))
	case c.Dropped > 0:
		fate = fmt.Sprintf(", and %s dropped", times(c.Dropped, "was", "were"))
	}
	share := float64(n) / float64(max(1, n+c.Done))
	severity := SeverityWarning
	if c.Dropped == 0 && share < normalLoss {
		severity = SeverityInfo
	}
	x := f.say(severity, "poison", f.consumerPath(i),
		fmt.Sprintf("%s at %s (%s) failed %s%s", times(n, "copy", "copies"), k.spec.Name, percentText(share), tried, fate),
		count("copies", n), value("share", share))
	f.otherAttempts(x, k)
}

// mostAttempts is how many attempts a consumer has at a copy, 0 where it
// depends on where the copy came from.
func (f *finder) mostAttempts(k *consumer) int {
	most := k.spec.Retry.Attempts
	for _, src := range k.sources {
		d := src.s.spec.MaxDeliveries
		if d == spec.Unlimited || (most != spec.Unlimited && d >= most) {
			continue
		}
		if len(k.sources) > 1 {
			return 0
		}
		most = d
	}
	return max(0, most)
}

// noDeadLetter says where what was given up had nowhere to go.
func (f *finder) noDeadLetter(i int) {
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	if c.Dropped == 0 || k.spec.Retry.ThenDrop {
		return
	}
	gone := times(c.Dropped, "copy that "+k.spec.Name+" gave up was", "copies that "+k.spec.Name+" gave up were")
	if f.hasDeadLetters(k) {
		f.say(SeverityError, "no_dead_letter", f.consumerPath(i),
			"the dead-letter queue took no more, or had them before: "+gone+" dropped for good", count("dropped", c.Dropped))
		return
	}
	x := f.say(SeverityError, "no_dead_letter", f.consumerPath(i),
		"without a dead-letter queue "+gone+" dropped for good", count("dropped", c.Dropped))
	to, found := f.someDeadLetterQueue(k)
	if !found {
		return
	}
	var change []spec.Setting
	for _, from := range k.spec.From {
		if ch := &f.e.sc.Broker.Channels[from.Channel]; ch.Store.DeadLetter == spec.None {
			change = append(change, set("broker.channels."+ch.Name+".dead_letter", to))
		}
	}
	x.mend("0 dropped, what is given up goes to "+to, change...)
}

// someDeadLetterQueue is a queue that others already send their dead letters
// to, and that this consumer does not read itself.
func (f *finder) someDeadLetterQueue(k *consumer) (string, bool) {
	for i := range f.e.sc.Broker.Channels {
		reads := false
		for _, from := range k.spec.From {
			reads = reads || from.Channel == i
		}
		if !reads && f.isDeadLetterQueue(i) {
			return f.e.sc.Broker.Channels[i].Name, true
		}
	}
	return "", false
}

// hasDeadLetters says whether everything a consumer gives up can be put aside.
func (f *finder) hasDeadLetters(k *consumer) bool {
	for _, src := range k.sources {
		if src.s.spec.DeadLetter == spec.None {
			return false
		}
	}
	return len(k.sources) > 0
}

func (f *finder) unlimitedDeliveries(k *consumer) bool {
	for _, src := range k.sources {
		if src.s.spec.MaxDeliveries != spec.Unlimited {
			return false
		}
	}
	return true
}

// doubles says where an event took effect more than once.
func (f *finder) doubles(i int) {
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	if c.Duplicates == 0 || k.spec.Idempotent {
		return
	}
	cause := "copies were delivered again"
	switch {
	case c.TimedOut > 0:
		cause = "leases ran out while the work went on"
	case f.publishedAgain() > 0:
		cause = "producers published again"
	case len(k.sources) > 0 && k.sources[0].s.group != nil:
		cause = "what was not yet committed was read again"
	case c.Served.OK > 0 && c.Retries > 0:
		cause = "callers asked again"
	case c.Retries == 0:
		cause = "the same event came on more than one way"
	}
	x := f.say(SeverityWarning, "duplicates_without_idempotence", f.consumerPath(i),
		fmt.Sprintf("%s, and %s does not recognise what it has done: %s (%s) took place beyond the first", cause, k.spec.Name,
			times(c.Duplicates, "effect", "effects"), percentText(float64(c.Duplicates)/float64(max(1, c.Effects)))),
		count("duplicates", c.Duplicates), value("share", float64(c.Duplicates)/float64(max(1, c.Effects))))
	x.mend("0 duplicates", set("consumers."+k.spec.Name+".idempotent", "true"))
}

// publishedAgain is how many publishes were tried again.
func (f *finder) publishedAgain() int64 {
	var n int64
	for i := range f.r.Producers {
		if f.e.producers[i].spec.To != spec.None {
			n += f.r.Producers[i].Retries
		}
	}
	return n
}

// order says where effects came in another order than their events.
func (f *finder) order(i int) {
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	if c.OrderViolations == 0 {
		return
	}
	causes, workers := f.lateness(i)
	share := float64(c.OrderViolations) / float64(max(1, c.Effects))
	x := f.say(SeverityWarning, "order_broken", f.consumerPath(i),
		fmt.Sprintf("%s, so %s (%s) came after a later event of the same key", listed(causes), times(c.OrderViolations, "effect", "effects"), percentText(share)),
		count("order_violations", c.OrderViolations), value("share", share))
	if len(causes) == 1 && workers {
		f.oneWorker(x, k)
	}
}

// oneWorker proposes a single worker where several break the order and one
// has time enough for all.
func (f *finder) oneWorker(x *Finding, k *consumer) {
	c := &f.r.Consumers[k.index]
	d, ok := f.demandOn(int(k.index))
	if !ok || c.Retries > 0 || c.TimedOut > 0 || k.scaler != nil || k.spec.Concurrency < 1 || len(k.sources) != 1 || f.isScaled(k) {
		return
	}
	s := k.sources[0].s
	rho := d.rho * f.workersOf(k, c)
	if rho > comfortable || s.group != nil || s.spec.Order != spec.FIFO || len(s.readers) > 1 {
		return
	}
	x.mend("order kept by one worker, ρ "+digits(rho),
		set("consumers."+k.spec.Name+".instances", "1"), set("consumers."+k.spec.Name+".concurrency", "1"))
}

// leases says where an ack timeout is shorter than the work takes, or than
// the work and the wait for it at the instance.
func (f *finder) leases(s *store) {
	if s.spec.AckTimeout == 0 {
		return
	}
	timeout := seconds(s.spec.AckTimeout)
	for _, r := range s.readers {
		k := &f.e.consumers[r]
		c := &f.r.Consumers[r]
		p99 := c.Service.P99
		if k.spec.AckBefore || !p99.Valid || c.Attempts < fewest {
			continue
		}
		if p99.Value > timeout {
			f.shortLease(s, k, timeout, p99.Value)
		} else if s.spec.AckClockLease && k.prefetch > k.workers && float64(c.TimedOut) > 0.01*float64(c.Attempts) {
			f.heldTooLong(s, k, timeout)
		}
	}
}

func (f *finder) shortLease(s *store, k *consumer, timeout, p99 float64) {
	c := &f.r.Consumers[k.index]
	beyond := k.service.CountFrom(k.service.Index(s.spec.AckTimeout))
	share := float64(beyond) / float64(k.service.Count())
	x := f.say(SeverityWarning, "lease_too_short", f.e.names.Component(s.component),
		fmt.Sprintf("the ack timeout of %s is shorter than the slowest work of %s (p99 %s), so about %s of attempts are delivered again while they run",
			secondsText(timeout), k.spec.Name, secondsText(p99), percentText(share)),
		value("ack_timeout", timeout), value("service_p99", p99), value("share", share), count("timed_out", c.TimedOut))
	x.mend("no lease runs out during work", set("broker.channels."+f.e.channels[s.channel].spec.Name+".ack_timeout", settingSeconds(2*c.Service.Max.Value)))
}

func (f *finder) heldTooLong(s *store, k *consumer, timeout float64) {
	c := &f.r.Consumers[k.index]
	share := float64(c.TimedOut) / float64(c.Attempts)
	x := f.say(SeverityWarning, "lease_too_short", f.e.names.Component(s.component),
		fmt.Sprintf("the ack timeout of %s runs while copies wait at %s, which takes %s in advance for %s, so %s of deliveries run out",
			secondsText(timeout), k.spec.Name, counted(int64(k.prefetch)), times(int64(k.workers), "worker", "workers"), percentText(share)),
		value("ack_timeout", timeout), value("service_p99", c.Service.P99.Value), value("share", share), count("timed_out", c.TimedOut))
	x.mend("copies wait at the broker, where no clock runs", set("consumers."+k.spec.Name+".prefetch", strconv.Itoa(int(k.workers))))
	if k.workers < 1 {
		x.Change, x.Predicted = nil, ""
	}
}

// blocked says where producers were held back.
func (f *finder) blocked(i int) {
	p := &f.e.producers[i]
	r := &f.r.Producers[i]
	if !r.Blocked.Valid || r.Blocked.Value == 0 {
		return
	}
	share := r.Blocked.Value / f.span / float64(p.spec.Instances)
	full := "a queue"
	if names := f.blockers(p.spec.To, map[int]bool{}); len(names) > 0 {
		full = listed(names)
	}
	text := fmt.Sprintf("%s was full, so %s was held back %s of the time", full, p.spec.Name, percentText(share))
	ev := []Evidence{value("blocked", r.Blocked.Value), value("share", share)}
	if r.Dropped == 0 {
		f.say(SeverityWarning, "blocked_producer", f.e.names.Component(p.component), text, ev...)
		return
	}
	text += fmt.Sprintf(" and dropped %s that its buffer had no room for", times(r.Dropped, "event", "events"))
	x := f.say(SeverityError, "blocked_producer", f.e.names.Component(p.component), text, append(ev, count("dropped", r.Dropped))...)
	// What was dropped would all have found room in so much more of it.
	if room := roundUp(float64(p.spec.Buffer) + float64(p.n.dropped)); room <= math.MaxInt32 && !f.isHeld(p.spec.To) {
		x.mend("0 dropped, the events wait at "+p.spec.Name, set("producers."+p.spec.Name+".buffer", strconv.Itoa(int(math.Ceil(room)))))
	}
}

// isHeld says whether a channel still holds producers back at the end.
func (f *finder) isHeld(channel int) bool {
	if channel == spec.None {
		return false
	}
	for i := range f.e.stores {
		if s := &f.e.stores[i]; s.withheld.len() > 0 {
			return true
		}
	}
	return false
}

// blockers are the channels that a publish to one may be held back by.
func (f *finder) blockers(channel int, seen map[int]bool) []string {
	if channel == spec.None || seen[channel] {
		return nil
	}
	seen[channel] = true
	ch := &f.e.channels[channel]
	var names []string
	if ch.spec.Store.Overflow == spec.Block && ch.spec.Store.Capacity != spec.Unlimited {
		names = append(names, ch.spec.Name)
	}
	for _, to := range ch.targets() {
		names = append(names, f.blockers(to, seen)...)
	}
	return names
}
