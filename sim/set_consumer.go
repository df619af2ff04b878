package sim

import (
	"slices"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// changeConsumer lets a consumer go on with other values. Work that is under
// way goes on as it began, and meets them at its next step.
func (e *Engine) changeConsumer(c *consumer, from, to *spec.Consumer) {
	c.spec = to
	c.backoff.spec = to.Retry.Backoff
	if !same(&from.Recognise, &to.Recognise) {
		c.recognise = luck.Compile(to.Recognise)
	}
	if !same(&from.StartTime, &to.StartTime) {
		c.startTime = luck.Compile(to.StartTime)
	}
	e.changeFilters(c, from, to)
	if !same(&from.Handlers, &to.Handlers) {
		e.changeHandlers(c, from, to)
	}
	for _, src := range c.sources {
		src.s.loosened = src.s.loosened || from.Retry.Blocks != to.Retry.Blocks
	}
	if from.Commit != to.Commit && to.Commit == 0 {
		for _, g := range e.groupsOf(c) {
			e.commit(g.index)
		}
	}
	if from.Concurrency != to.Concurrency {
		e.changeWorkers(c, int32(to.Concurrency))
	}
	if from.Prefetch != to.Prefetch {
		e.changePrefetch(c, int32(to.Prefetch))
	}
	if !same(&from.Autoscale, &to.Autoscale) {
		e.changeScaler(c, to.Autoscale)
	}
	if from.Instances != to.Instances {
		c.scales = nil
		e.scaleTo(c, int32(to.Instances))
	}
	e.serveCalls(c)
}

// changeFilters lets subscriptions take other events from now on.
func (e *Engine) changeFilters(c *consumer, from, to *spec.Consumer) {
	for k := range to.From {
		if from.From[k].Where == to.From[k].Where {
			continue
		}
		ch := &e.channels[to.From[k].Channel]
		if ch.stream != nil {
			at := slices.IndexFunc(ch.stream.groups, func(g *group) bool { return g.cons == c })
			ch.filters[at] = to.From[k].Where
			continue
		}
		for i, s := range ch.to {
			if ch.spec.Type == spec.Topic && slices.Contains(s.readers, c.index) {
				ch.filters[i] = to.From[k].Where
			}
		}
	}
}

// changeHandlers puts other steps into force. Where they are the same but for
// their values, attempts under way go on with these from their next step; else
// they are finished with the steps that they began with.
func (e *Engine) changeHandlers(c *consumer, from, to *spec.Consumer) {
	values := sameHandlers(from.Handlers, to.Handlers)
	for h := range to.Handlers {
		next := e.compileHandler(to, h)
		if !values {
			c.handlers = append(c.handlers, next)
			continue
		}
		now := &c.handlers[c.current+h]
		for i := range next.steps {
			next.steps[i].breaker = now.steps[i].breaker.changed(next.steps[i].spec.Breaker)
		}
		*now = next
	}
	if !values {
		c.current = len(c.handlers) - len(to.Handlers)
	}
	for t := range c.match {
		c.match[t] = -2
	}
}

// changed is a breaker with other limits. With another window it begins to
// count anew; open it stays open for as long as it would have.
func (b *breaker) changed(s *spec.Breaker) *breaker {
	switch {
	case b == nil || s == nil:
		return newBreaker(s)
	case b.spec.Window != s.Window:
		b.outcome, b.next, b.filled, b.errors = make([]bool, s.Window), 0, 0, 0
	}
	b.spec = s
	return b
}

// changeWorkers gives each instance another number of workers; one too many
// finishes what it has in hand.
func (e *Engine) changeWorkers(c *consumer, workers int32) {
	before := c.workers
	c.shrunk = c.shrunk || (workers >= 0 && (before < 0 || workers < before))
	c.unbounded = c.unbounded || workers < 0 || before < 0
	c.workers = workers
	streams := false
	for _, src := range c.sources {
		streams = streams || src.s.group != nil
	}
	if streams {
		c.prefetch = workers
	}
	if s := c.scaler; s != nil && s.spec.On == spec.OnUtilisation && (before < 0 || workers < 0) {
		s.samples = append(s.samples[:0], e.scaleSample(c)) // there was none of it without a limit
	}
	for j := range c.count {
		in := &e.instances[c.first+j]
		c.offer(in, e.now, in.offers(workers)-in.offers(before))
		if !in.up {
			continue
		}
		in.idle, in.idleMore = lowBits(workers), moreBits(workers)
		e.occupyWorkers(in)
		if streams {
			e.resetSlots(c, in)
		}
	}
	// Only now: what one of them starts may reach another.
	for j := range c.count {
		e.startHeld(&e.instances[c.first+j])
	}
}

// offers is how many workers of an instance count as offered, when it has so
// many: those that it has while it is up, and then those still at work.
func (in *instance) offers(workers int32) int64 {
	switch {
	case workers < 0:
		return 0
	case in.up:
		return int64(max(workers, in.working)) // one too many still counts
	}
	return int64(in.working)
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

// changeScaler gives a consumer's controller other settings, one where it had
// none, or takes it away. The bounds hold at once, the rest from its next look.
func (e *Engine) changeScaler(c *consumer, to *spec.Autoscale) {
	switch {
	case to == nil:
		c.scaler.off = true
		return
	case c.scaler == nil:
		c.scaler = &scaler{spec: to}
		e.beginScaler(c)
	case c.scaler.off:
		c.scaler.off = false
		e.beginScaler(c)
	}
	c.scaler.spec = to
	e.scaleTo(c, max(int32(to.Min), min(int32(to.Max), c.target)))
}
