package sim

import (
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// set puts a changed value into force, over what was set there before.
func (e *Engine) set(a *action) {
	e.change(e.inForce(a.spec.Path), a.spec.Changed)
	e.sets = append(e.sets, a)
}

// unset takes a value back: what was set there before, if it still lasts, or
// the scenario's own is in force again.
func (e *Engine) unset(a *action) {
	last := e.inForce(a.spec.Path) == a.spec.Changed
	e.sets = without(e.sets, a)
	if last {
		e.change(a.spec.Changed, e.inForce(a.spec.Path))
	}
}

// inForce is the scenario as it is at a path: as the latest set there that
// lasts has it, or the run's own.
func (e *Engine) inForce(path string) *spec.Scenario {
	for i := len(e.sets) - 1; i >= 0; i-- {
		if e.sets[i].spec.Path == path {
			return e.sets[i].spec.Changed
		}
	}
	return e.sc
}

// change puts into force what differs between two scenarios: one of them is
// the run's own, the other has a setting changed. Both have the same
// components, kinds and steps.
func (e *Engine) change(from, to *spec.Scenario) {
	for i := range e.producers {
		e.changeProducer(i, &from.Producers[i], &to.Producers[i])
	}
	if from.Broker.Rate != to.Broker.Rate {
		e.takes = to.Broker.Rate
	}
	for i := range e.stores {
		s := &e.stores[i]
		e.changeStore(s, &from.Broker.Channels[s.channel].Store, &to.Broker.Channels[s.channel].Store)
	}
	for i := range e.consumers {
		e.changeConsumer(&e.consumers[i], &from.Consumers[i], &to.Consumers[i])
	}
	e.changeLatency(&from.Broker.Latency, &to.Broker.Latency)
}

func (e *Engine) changeProducer(i int, from, to *spec.Producer) {
	p := &e.producers[i]
	own := *p.spec
	if !sameDist(from.Think, to.Think) {
		own.Think, p.think = to.Think, luck.Compile(to.Think)
	}
	if !sameRetry(from.Retry, to.Retry) {
		own.Retry = to.Retry
		p.backoff.spec = to.Retry.Backoff
	}
	if from.Timeout != to.Timeout {
		own.Timeout = to.Timeout
	}
	if from.Buffer != to.Buffer {
		own.Buffer = to.Buffer
	}
	if from.Loses != to.Loses {
		own.Loses = to.Loses
	}
	rate := !sameArrivals(&from.Rate, &to.Rate)
	if rate {
		own.Rate = to.Rate
	}
	p.spec = &own
	if !rate {
		return
	}
	for k := range e.sources {
		s := &e.sources[k]
		if s.p != p {
			continue
		}
		idle := s.arrivals.idle
		s.arrivals.changeRate(e.now, &own.Rate)
		if idle {
			e.askTick(uint32(k))
		}
	}
}

// changeRate gives a process another rate of the same kind; the gap that is
// under way keeps its length, a process that stood still begins now.
func (a *arrivals) changeRate(now int64, r *spec.Arrivals) {
	a.spec = r
	a.base, a.skipped, a.early = a.inner, a.n, 0
	if a.idle {
		a.idle = false
		a.n--
		a.skipped = a.n
		a.inner = max(0, now-a.start)
		a.base = a.inner
	}
	switch r.Kind {
	case spec.Poisson:
		a.gap = luck.Compile(spec.Dist{Kind: spec.Exponential, Mean: meanGap(r.Rate)})
	case spec.Renewal, spec.Burst:
		a.gap = luck.Compile(r.Gap)
	}
}

func (e *Engine) changeStore(s *store, from, to *spec.Store) {
	own := *s.spec
	changed := false
	set := func(differs bool, put func()) {
		if differs {
			put()
			changed = true
		}
	}
	set(from.Capacity != to.Capacity, func() {
		own.Capacity = to.Capacity
		s.limited, s.capacity = to.Capacity != spec.Unlimited, int64(to.Capacity)
	})
	set(from.Overflow != to.Overflow, func() { own.Overflow = to.Overflow })
	set(!sameDist(from.Delay, to.Delay), func() {
		own.Delay = to.Delay
		s.delays, s.delay = !to.Delay.IsZero(), luck.Compile(to.Delay)
	})
	set(from.TTL != to.TTL, func() {
		own.TTL = to.TTL
		s.ttl = to.TTL
		if s.group != nil {
			s.ttl = shorter(s.ttl, s.group.channel.spec.Retention.Time)
		}
		if s.ttl > 0 {
			s.mayExpire = true
			for _, r := range s.readers {
				e.consumers[r].swift = false
			}
		}
	})
	set(from.AckTimeout != to.AckTimeout, func() { own.AckTimeout = to.AckTimeout })
	set(from.MaxDeliveries != to.MaxDeliveries, func() { own.MaxDeliveries = to.MaxDeliveries })
	set(from.Dedup != to.Dedup, func() { own.Dedup = to.Dedup })
	if !changed {
		return
	}
	s.spec = &own
	if s.withheld.len() > 0 {
		e.takeWithheld(s)
	}
	e.expireHead(s)
	e.watchHead(s)
	e.mark(s)
}

func (e *Engine) changeConsumer(c *consumer, from, to *spec.Consumer) {
	own := *c.spec
	if !sameRetry(spec.Retry{Attempts: from.Retry.Attempts, Backoff: from.Retry.Backoff}, spec.Retry{Attempts: to.Retry.Attempts, Backoff: to.Retry.Backoff}) ||
		from.Retry.InWorker != to.Retry.InWorker || from.Retry.ThenDrop != to.Retry.ThenDrop {
		own.Retry = to.Retry
		c.backoff.spec = to.Retry.Backoff
	}
	if from.Idempotent != to.Idempotent {
		own.Idempotent = to.Idempotent
	}
	if !sameDist(from.Recognise, to.Recognise) {
		own.Recognise, c.recognise = to.Recognise, luck.Compile(to.Recognise)
	}
	if !sameDist(from.StartTime, to.StartTime) {
		own.StartTime, c.startTime = to.StartTime, luck.Compile(to.StartTime)
	}
	if from.Backlog != to.Backlog {
		own.Backlog = to.Backlog
	}
	own.Handlers = append([]spec.Handler(nil), own.Handlers...)
	for h := range own.Handlers {
		e.changeHandler(c, &own, h, from.Handlers[h].Steps, to.Handlers[h].Steps)
	}
	c.spec = &own
	if from.Concurrency != to.Concurrency {
		e.changeWorkers(c, int32(to.Concurrency))
	}
	if from.Prefetch != to.Prefetch {
		e.changePrefetch(c, int32(to.Prefetch))
	}
	if from.Instances != to.Instances {
		e.scaleTo(c, int32(to.Instances))
	}
}

// changeHandler puts the steps that differ into force; attempts under way go
// on with them from their next step.
func (e *Engine) changeHandler(c *consumer, own *spec.Consumer, h int, from, to []spec.Step) {
	steps := append([]spec.Step(nil), own.Handlers[h].Steps...)
	changed := false
	for i := range steps {
		if !sameStep(&from[i], &to[i]) {
			steps[i] = to[i]
			changed = true
		}
	}
	if !changed {
		return
	}
	own.Handlers[h].Steps = steps
	compiled := e.compileHandler(own, h)
	for i := range compiled.steps {
		compiled.steps[i].breaker = c.handlers[h].steps[i].breaker
	}
	c.handlers[h] = compiled
	for t := range c.match {
		c.match[t] = -2
	}
}

// changeWorkers gives each instance another number of workers; one too many
// finishes what it has in hand.
func (e *Engine) changeWorkers(c *consumer, workers int32) {
	more := workers - c.workers
	c.shrunk = c.shrunk || more < 0
	c.workers = workers
	streams := false
	for _, src := range c.sources {
		streams = streams || src.s.group != nil
	}
	if streams {
		c.prefetch = workers
	}
	for j := range c.count {
		in := &e.instances[c.first+j]
		if !in.up {
			continue
		}
		c.offered.Add(e.now, int64(more))
		in.idle, in.idleMore = lowBits(workers), moreBits(workers)
		e.occupyWorkers(in)
		if streams {
			e.resetSlots(c, in)
		}
		e.startHeld(in)
	}
	e.serveCalls(c)
}

// resetSlots offers or withdraws an instance's slots as its prefetch has it now.
func (e *Engine) resetSlots(c *consumer, in *instance) {
	if c.prefetch >= 0 && in.leases >= c.prefetch {
		e.withdrawSlots(c, in)
	} else {
		e.offerSlots(c, in)
	}
}

func (e *Engine) changePrefetch(c *consumer, prefetch int32) {
	for _, src := range c.sources {
		if src.s.group != nil {
			return // a partition's reader takes one event at a time anyway
		}
	}
	c.shrunk = true
	c.prefetch = prefetch
	for j := range c.count {
		e.resetSlots(c, &e.instances[c.first+j])
	}
}

// changeLatency gives every link of a kind that differs its new delay.
func (e *Engine) changeLatency(from, to *spec.Latency) {
	relink := func(l *link, d spec.Dist) {
		key := l.key
		*l = link{sampler: luck.Compile(d), key: key}
		if d.Kind == spec.Constant {
			l.fixed = true
			l.delay = l.sampler.Nanos(key, 0)
		}
	}
	if !sameDist(from.Publish, to.Publish) {
		for i := range e.producers {
			p := &e.producers[i]
			relink(&p.publish, to.Publish)
			relink(&p.confirm, to.Publish)
		}
		for i := range e.consumers {
			relink(&e.consumers[i].publish, to.Publish)
		}
	}
	for i := range e.consumers {
		c := &e.consumers[i]
		if !sameDist(from.Deliver, to.Deliver) {
			relink(&c.deliver, to.Deliver)
			c.swift = false
		}
		if !sameDist(from.Ack, to.Ack) {
			relink(&c.ack, to.Ack)
		}
		if !sameDist(from.Call, to.Call) {
			relink(&c.serving.request, to.Call)
		}
	}
	if !sameDist(from.Call, to.Call) {
		for i := range e.producers {
			relink(&e.producers[i].request, to.Call)
		}
	}
}
