package reference

import (
	"reflect"
	"slices"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// renew puts the values into force that the sets which last have brought: over
// the scenario's own, in the order in which they began. Of those at one path only
// the last counts.
func (w *world) renew() {
	before, next := w.sc, copied(w.own)
	for i, a := range w.sets {
		isHidden := false
		for _, later := range w.sets[i+1:] {
			isHidden = isHidden || later.spec.Path == a.spec.Path
		}
		if !isHidden {
			putScenario(next, w.own, a.spec.Changed)
		}
	}
	w.sc = next
	w.refer()
	w.change(before)
}

// refer lets every component look up its values in the scenario that is in force.
func (w *world) refer() {
	for i, p := range w.sends {
		p.spec = &w.sc.Producers[i]
		for _, s := range p.sources {
			if s.arrivals != nil {
				s.arrivals.rate = &p.spec.Rate
			}
		}
	}
	for i, s := range w.streams {
		s.spec = &w.sc.Broker.Channels[i]
	}
	for _, s := range w.listed {
		ch := &w.sc.Broker.Channels[s.channel]
		s.spec = &ch.Store
		if s.part != nil {
			s.spec = ofGroups(ch)
		}
	}
	for i, c := range w.reads {
		c.spec = &w.sc.Consumers[i]
	}
}

// change is what follows for what is under way: producers, the broker, channels,
// consumers.
func (w *world) change(before *spec.Scenario) {
	if w.sc.Broker.Rate != before.Broker.Rate {
		w.broker.idleAt, w.broker.intakes = w.broker.nextFree, 0
	}
	for i, p := range w.sends {
		if from := &before.Producers[i]; !isSame(*from, *p.spec) {
			p.change(from)
		}
	}
	w.relink(&before.Broker.Latency)
	for i := range w.sc.Broker.Channels {
		from, to := &before.Broker.Channels[i], &w.sc.Broker.Channels[i]
		if isSame(*from, *to) {
			continue
		}
		for _, s := range w.listed {
			if s.channel == i {
				s.change(&from.Store)
			}
		}
		if s := w.streams[i]; s != nil && from.Retention != to.Retention {
			for k := range s.parts {
				s.retain(k)
			}
		}
	}
	for i, c := range w.reads {
		if from := &before.Consumers[i]; !isSame(*from, *c.spec) {
			c.change(from)
		}
	}
}

// change lets the instances of a producer go on at another rate, and with others
// beside them.
func (p *producer) change(from *spec.Producer) {
	hasNewRate := !isSame(from.Rate, p.spec.Rate)
	for _, s := range p.sources {
		if hasNewRate && !s.unborn {
			s.arrivals.change(from.Rate.Kind)
		}
		s.turn(s.index < p.spec.Instances)
		switch {
		case s.unborn || s.off:
		case p.spec.Users > 0:
			s.moreUsers()
		case (s.quiet || hasNewRate && s.arrivals.isOver) && !s.isOver():
			s.quiet = false
			s.arrivals.wake()
			s.nextTick()
		}
	}
}

// turn lets an instance of a producer create events, or not any more.
func (s *source) turn(on bool) {
	switch {
	case s.unborn && on:
		s.unborn = false
		if s.p.spec.Users == 0 {
			s.arrivals = newProcess(s)
		}
		s.begin()
	case !s.unborn && s.off == on:
		s.off = !on
		if on && len(s.p.stops) == 0 {
			s.goOn()
		}
	}
}

// relink gives every link its latency; what has set out arrives when it would have.
func (w *world) relink(before *spec.Latency) {
	now := &w.sc.Broker.Latency
	set := func(from, to spec.Dist, links ...*link) {
		for _, l := range links {
			if !isSame(from, to) {
				l.latency.sampler = luck.Compile(to)
			}
		}
	}
	for _, p := range w.sends {
		for _, s := range p.sources {
			set(before.Publish, now.Publish, s.out, s.back)
			set(before.Call, now.Call, s.request)
		}
	}
	for _, c := range w.reads {
		set(before.Call, now.Call, c.refusals)
		for _, in := range c.instances {
			set(before.Publish, now.Publish, in.publish)
			set(before.Deliver, now.Deliver, in.deliver)
			set(before.Ack, now.Ack, in.answer)
			set(before.Call, now.Call, in.request, in.reply)
		}
	}
}

// change lets a store go on with other values, for all that is in it.
func (s *store) change(from *spec.Store) {
	s.delay.sampler = luck.Compile(s.spec.Delay)
	if s.spec.Order != from.Order {
		for _, c := range s.copies {
			if c.state == waiting && c.rank.group != 0 { // what was returned to the front stays there
				s.putAtEntry(c)
			}
		}
	}
	s.admit()
	s.expireHeads()
	for _, c := range s.copies {
		if !c.state.ended() {
			s.watch(c)
		}
	}
	s.mark()
}

// change lets a consumer go on with other values.
func (c *consumer) change(from *spec.Consumer) {
	if !isSame(from.Handlers, c.spec.Handlers) {
		c.changeSteps(from.Handlers)
	}
	if from.Concurrency != c.spec.Concurrency {
		c.markStores()
		isLimited := from.Concurrency != spec.Unlimited && c.spec.Concurrency != spec.Unlimited
		if s := c.scaler; s != nil && s.spec.On == spec.OnUtilisation && !isLimited {
			s.elapse(c.w.now)
			s.looks = []totals{s.now} // there was none of it without a limit
		}
		for _, in := range c.instances {
			in.beginHeld()
		}
	}
	if from.Prefetch != c.spec.Prefetch {
		c.markStores()
	}
	if !isSame(from.Autoscale, c.spec.Autoscale) {
		c.rescale()
	}
	if from.Instances != c.spec.Instances {
		c.scales = nil
		c.scaleTo(c.spec.Instances)
	}
	c.serveCalls()
}

// changeSteps puts other steps into force. Where they differ in their values only,
// attempts that are under way meet these.
func (c *consumer) changeSteps(from []spec.Handler) {
	if !haveSameVerbs(from, c.spec.Handlers) {
		c.steps = newStepList(c.spec.Handlers)
		return
	}
	c.steps.handlers = c.spec.Handlers
	for at, b := range c.steps.breakers {
		sp := c.steps.handlers[at[0]].Steps[at[1]].Breaker
		if sp == nil {
			delete(c.steps.breakers, at)
			continue
		}
		if sp.Window != b.spec.Window {
			b.failed = nil // it counts anew
		}
		b.spec = sp
	}
}

// rescale gives a consumer the autoscaler that it is to have now. The bounds hold
// at once, the rest from its next look.
func (c *consumer) rescale() {
	w, sp := c.w, c.spec.Autoscale
	if sp == nil {
		c.scaler.off = true
		return
	}
	switch {
	case c.scaler == nil:
		c.scaler = &scaler{c: c, spec: sp}
		w.scalers = append(w.scalers, c.scaler)
		c.scaler.beginAnew()
	case c.scaler.off:
		c.scaler.off = false
		c.scaler.spec = sp
		c.scaler.beginAnew()
	}
	c.scaler.spec = sp
	c.scaleTo(max(sp.Min, min(sp.Max, c.target)))
}

// --- values -----------------------------------------------------------------------

func isSame[T any](a, b T) bool { return reflect.DeepEqual(a, b) }

// put sets a value to what it is in to if that differs from what it is in from.
func put[T any](own *T, from, to T) {
	if !isSame(from, to) {
		*own = to
	}
}

// copied is a scenario with lists of its own.
func copied(sc *spec.Scenario) *spec.Scenario {
	next := *sc
	next.Producers = append([]spec.Producer(nil), sc.Producers...)
	next.Broker.Channels = append([]spec.Channel(nil), sc.Broker.Channels...)
	next.Consumers = append([]spec.Consumer(nil), sc.Consumers...)
	return &next
}

// putScenario puts every value that differs between two scenarios.
func putScenario(own, from, to *spec.Scenario) {
	for i := range own.Producers {
		putProducer(&own.Producers[i], &from.Producers[i], &to.Producers[i])
	}
	b, bf, bt := &own.Broker, &from.Broker, &to.Broker
	put(&b.Rate, bf.Rate, bt.Rate)
	put(&b.Latency.Publish, bf.Latency.Publish, bt.Latency.Publish)
	put(&b.Latency.Deliver, bf.Latency.Deliver, bt.Latency.Deliver)
	put(&b.Latency.Ack, bf.Latency.Ack, bt.Latency.Ack)
	put(&b.Latency.Call, bf.Latency.Call, bt.Latency.Call)
	for i := range own.Broker.Channels {
		putChannel(&b.Channels[i], &bf.Channels[i], &bt.Channels[i])
	}
	for i := range own.Consumers {
		putConsumer(&own.Consumers[i], &from.Consumers[i], &to.Consumers[i])
	}
}

func putProducer(own, from, to *spec.Producer) {
	put(&own.Emits, from.Emits, to.Emits)
	put(&own.Rate, from.Rate, to.Rate)
	put(&own.Users, from.Users, to.Users)
	put(&own.Think, from.Think, to.Think)
	put(&own.Instances, from.Instances, to.Instances)
	put(&own.Count, from.Count, to.Count)
	put(&own.To, from.To, to.To)
	put(&own.Call, from.Call, to.Call)
	put(&own.Confirm, from.Confirm, to.Confirm)
	put(&own.Timeout, from.Timeout, to.Timeout)
	put(&own.Retry.Attempts, from.Retry.Attempts, to.Retry.Attempts)
	putBackoff(&own.Retry.Backoff, from.Retry.Backoff, to.Retry.Backoff)
	put(&own.Buffer, from.Buffer, to.Buffer)
	put(&own.Loses, from.Loses, to.Loses)
}

func putChannel(own, from, to *spec.Channel) {
	putStore(&own.Store, &from.Store, &to.Store)
	put(&own.Retention.Time, from.Retention.Time, to.Retention.Time)
	put(&own.Retention.Events, from.Retention.Events, to.Retention.Events)
	put(&own.Retention.Size, from.Retention.Size, to.Retention.Size)
	put(&own.Assign, from.Assign, to.Assign)
	put(&own.Rebalance, from.Rebalance, to.Rebalance)
	put(&own.Session, from.Session, to.Session)
	put(&own.Rules, from.Rules, to.Rules)
}

func putStore(own, from, to *spec.Store) {
	put(&own.Capacity, from.Capacity, to.Capacity)
	put(&own.Overflow, from.Overflow, to.Overflow)
	put(&own.Order, from.Order, to.Order)
	put(&own.Delay, from.Delay, to.Delay)
	put(&own.TTL, from.TTL, to.TTL)
	put(&own.AckTimeout, from.AckTimeout, to.AckTimeout)
	put(&own.AckClockLease, from.AckClockLease, to.AckClockLease)
	put(&own.MaxDeliveries, from.MaxDeliveries, to.MaxDeliveries)
	put(&own.Requeue, from.Requeue, to.Requeue)
	put(&own.DelayedHoldsSlot, from.DelayedHoldsSlot, to.DelayedHoldsSlot)
	put(&own.Dedup, from.Dedup, to.Dedup)
}

func putConsumer(own, from, to *spec.Consumer) {
	put(&own.Instances, from.Instances, to.Instances)
	put(&own.Concurrency, from.Concurrency, to.Concurrency)
	put(&own.Prefetch, from.Prefetch, to.Prefetch)
	put(&own.Backlog, from.Backlog, to.Backlog)
	put(&own.AckBefore, from.AckBefore, to.AckBefore)
	put(&own.Idempotent, from.Idempotent, to.Idempotent)
	r, rf, rt := &own.Retry, from.Retry, to.Retry
	put(&r.Attempts, rf.Attempts, rt.Attempts)
	putBackoff(&r.Backoff, rf.Backoff, rt.Backoff)
	put(&r.InWorker, rf.InWorker, rt.InWorker)
	put(&r.ThenDrop, rf.ThenDrop, rt.ThenDrop)
	put(&r.Blocks, rf.Blocks, rt.Blocks)
	if !isSame(from.Handlers, to.Handlers) {
		putHandlers(own, from.Handlers, to.Handlers)
	}
	if !isSame(from.Autoscale, to.Autoscale) {
		own.Autoscale = withAutoscale(own.Autoscale, from.Autoscale, to.Autoscale)
	}
}

func withAutoscale(own, from, to *spec.Autoscale) *spec.Autoscale {
	if own == nil || from == nil || to == nil {
		return to
	}
	a := *own
	put(&a.Min, from.Min, to.Min)
	put(&a.Max, from.Max, to.Max)
	put(&a.On, from.On, to.On)
	put(&a.Target, from.Target, to.Target)
	put(&a.Every, from.Every, to.Every)
	put(&a.Window, from.Window, to.Window)
	put(&a.Cooldown, from.Cooldown, to.Cooldown)
	return &a
}

// putBackoff changes a backoff's law as a whole, and its jitter.
func putBackoff(own *spec.Backoff, from, to spec.Backoff) {
	jitter := own.Jitter
	put(&jitter, from.Jitter, to.Jitter)
	from.Jitter = to.Jitter
	put(own, from, to)
	own.Jitter = jitter
}

// haveSameVerbs says whether two lists of handlers have the same steps, but for
// their values.
func haveSameVerbs(a, b []spec.Handler) bool {
	return slices.EqualFunc(a, b, func(x, y spec.Handler) bool {
		return x.Pattern.Text == y.Pattern.Text && slices.EqualFunc(x.Steps, y.Steps, func(s, t spec.Step) bool { return s.Verb == t.Verb })
	})
}

// putHandlers changes the values of steps, or where there are others all of them.
func putHandlers(own *spec.Consumer, from, to []spec.Handler) {
	if !haveSameVerbs(own.Handlers, to) {
		own.Handlers = to
		return
	}
	own.Handlers = append([]spec.Handler(nil), own.Handlers...)
	for h := range own.Handlers {
		steps := append([]spec.Step(nil), own.Handlers[h].Steps...)
		switch {
		case isSame(from[h], to[h]):
		case len(from[h].Steps) != len(to[h].Steps):
			steps = to[h].Steps
		default:
			for i := range steps {
				putStep(&steps[i], &from[h].Steps[i], &to[h].Steps[i])
			}
		}
		own.Handlers[h].Steps = steps
	}
}

func putStep(own, from, to *spec.Step) {
	put(&own.Verb, from.Verb, to.Verb)
	put(&own.When, from.When, to.When)
	put(&own.Chance, from.Chance, to.Chance)
	put(&own.Work, from.Work, to.Work)
	put(&own.WorkFromEvent, from.WorkFromEvent, to.WorkFromEvent)
	put(&own.FailChance, from.FailChance, to.FailChance)
	put(&own.Poison, from.Poison, to.Poison)
	put(&own.FailFromEvent, from.FailFromEvent, to.FailFromEvent)
	put(&own.FailEvents, from.FailEvents, to.FailEvents)
	put(&own.FailAttempts, from.FailAttempts, to.FailAttempts)
	put(&own.Emits, from.Emits, to.Emits)
	put(&own.To, from.To, to.To)
	put(&own.Count, from.Count, to.Count)
	put(&own.Delay, from.Delay, to.Delay)
	put(&own.NewKey, from.NewKey, to.NewKey)
	put(&own.Once, from.Once, to.Once)
	put(&own.Callee, from.Callee, to.Callee)
	put(&own.Timeout, from.Timeout, to.Timeout)
	put(&own.Retry.Attempts, from.Retry.Attempts, to.Retry.Attempts)
	putBackoff(&own.Retry.Backoff, from.Retry.Backoff, to.Retry.Backoff)
	put(&own.Continue, from.Continue, to.Continue)
	if isSame(from.Breaker, to.Breaker) {
		return
	}
	if own.Breaker == nil || from.Breaker == nil || to.Breaker == nil {
		own.Breaker = to.Breaker
		return
	}
	b := *own.Breaker
	put(&b.Errors, from.Breaker.Errors, to.Breaker.Errors)
	put(&b.Window, from.Breaker.Window, to.Breaker.Window)
	put(&b.Open, from.Breaker.Open, to.Breaker.Open)
	own.Breaker = &b
}
