package sim

import (
	"eddy/sim/measure"
	"eddy/sim/spec"
)

// ask is a synchronous call as its caller sees it: one or more tries, one
// outcome. The caller's worker, or the user, waits for it.
type ask struct {
	event    *event
	delivery *delivery // of the caller's worker; nil for a producer
	source   int32     // of a producer, -1 for a consumer
	user     int32
	callee   int32
	try      int32
	refs     int32 // calls and timers that point at it, itself while it is open
	open     bool
	waiting  bool // for the answer to the present try
	endless  bool // without a time limit when it began
	first    int64
	last     int64 // last backoff
	trial    bool  // the present try is the one that an open breaker let through
	given    int64 // its number among what the callee was given to begin, 0: none yet
	nextFree uint32
}

// call is one try of an ask at its callee.
type call struct {
	ask      uint32
	try      int32
	event    *event
	callee   int32
	ok       bool
	refused  bool
	server   *instance // that began it, nil: none
	sent     int64     // when the request left
	cut      int64     // ns that a cut held it
	nextFree uint32
}

// callCounts count tries by outcome.
type callCounts struct {
	ok, failed, timedOut, refused, short int64
}

// serving is what a consumer does for its callers.
type serving struct {
	waiting  deque[*delivery] // those of calls that wait for a worker
	before   int              // calls that waited at the end of the warm-up
	turn     int32            // next in the round of instances
	n, base  servedCounts
	response measure.Histogram
	request  link // as a caller or callee: each message takes a draw
}

type servedCounts struct{ ok, failed, late int64 }

// breaker is a circuit breaker around one step of a consumer.
type breaker struct {
	spec    *spec.Breaker
	outcome []bool // of the last calls, true: failed
	next    int
	filled  int
	errors  int
	open    bool
	until   int64
	trial   bool // half open, and its one call is under way
}

func newBreaker(s *spec.Breaker) *breaker {
	if s == nil {
		return nil
	}
	return &breaker{spec: s, outcome: make([]bool, s.Window)}
}

// allow says whether a call may be made now.
func (b *breaker) allow(now int64) bool {
	if !b.open {
		return true
	}
	if now < b.until || b.trial {
		return false
	}
	b.trial = true
	return true
}

// tell notes the outcome of a call that was made. While the breaker is open only
// that of the one it let through counts.
func (b *breaker) tell(now int64, failed, trial bool) {
	if b.open {
		if !trial {
			return
		}
		b.trial = false
		if failed {
			b.until = now + b.spec.Open
			return
		}
		b.open, b.filled, b.errors, b.next = false, 0, 0, 0
		return
	}
	if b.filled == len(b.outcome) {
		if b.outcome[b.next] {
			b.errors--
		}
	} else {
		b.filled++
	}
	b.outcome[b.next] = failed
	if failed {
		b.errors++
	}
	b.next = (b.next + 1) % len(b.outcome)
	if b.filled == len(b.outcome) && float64(b.errors) >= float64(b.spec.Errors*float64(b.filled)) {
		b.open, b.until = true, now+b.spec.Open
	}
}

func (s *slabs) newAsk() uint32 {
	if i := s.freeAsk; i != 0 {
		s.freeAsk = s.asks[i-1].nextFree
		return i - 1
	}
	s.asks = append(s.asks, ask{})
	return uint32(len(s.asks) - 1)
}

func (s *slabs) newCall() uint32 {
	if i := s.freeCall; i != 0 {
		s.freeCall = s.calls[i-1].nextFree
		return i - 1
	}
	s.calls = append(s.calls, call{})
	return uint32(len(s.calls) - 1)
}

// unrefAsk gives up one pointer to an ask; the last one lets go of the event.
func (e *Engine) unrefAsk(k uint32) {
	a := &e.asks[k]
	a.refs--
	if a.refs > 0 {
		return
	}
	ev := a.event
	a.nextFree = e.freeAsk
	e.freeAsk = k + 1
	e.unrefEvent(ev)
}

// dropCall ends a call: its answer has arrived or will not.
func (e *Engine) dropCall(k uint32) {
	c := &e.calls[k]
	owner, ev := c.ask, c.event
	e.pending--
	c.nextFree = e.freeCall
	e.freeCall = k + 1
	ev.root.last = e.now
	e.leaveEvent(ev)
	e.unrefEvent(ev)
	e.unrefAsk(owner)
}

// produceCall lets a producer call a consumer with an event that it made. It
// takes over the reference to the event.
func (e *Engine) produceCall(i uint32, ev *event, user int32) {
	p := &e.producers[e.sources[i].producer]
	k := e.newAsk()
	e.asks[k] = ask{
		event: ev, source: int32(i), user: user, callee: int32(p.spec.Call), refs: 1, open: true, first: e.now,
	}
	ev.published = e.now
	e.try(k)
}

// handlerCall lets a worker call a consumer in a step of its handler.
func (e *Engine) handlerCall(d *delivery, st *step) {
	ev := d.c.ev
	ev.refs++
	i := e.newAsk()
	e.asks[i] = ask{
		event: ev, delivery: d, source: -1, user: -1, callee: int32(st.spec.Callee), refs: 1, open: true, first: e.now,
	}
	d.ask = i + 1
	if st.spec.Timeout == 0 {
		e.asks[i].endless = true
		d.in.cons.asking++
	}
	e.try(i)
}

// askStep is the step of the caller that an ask comes from.
func (e *Engine) askStep(a *ask) (*consumer, *step) {
	d := a.delivery
	cons := d.in.cons
	return cons, &cons.handlers[d.handler].steps[d.pc]
}

// askTimeout is how long a try of an ask may take, ns; 0: as long as it likes.
func (e *Engine) askTimeout(a *ask) int64 {
	if a.source >= 0 {
		return e.producers[e.sources[a.source].producer].spec.Timeout
	}
	_, st := e.askStep(a)
	return st.spec.Timeout
}

// caller is the component that an ask comes from, its instance, and its link.
func (e *Engine) caller(a *ask) (component, inst int32, l *link, last *int64) {
	if a.source >= 0 {
		s := &e.sources[a.source]
		p := &e.producers[s.producer]
		return p.component, s.instance, &p.request, &s.asked
	}
	in := a.delivery.in
	c := in.cons
	return c.component, in.index, &c.serving.request, &in.asked
}

// try makes the next try of an ask.
func (e *Engine) try(k uint32) {
	a := &e.asks[k]
	a.try++
	a.waiting = true
	component, inst, l, last := e.caller(a)
	timeout := e.askTimeout(a)
	if a.source < 0 {
		_, st := e.askStep(a)
		if st.breaker != nil && !st.breaker.allow(e.now) {
			e.callsOf(a).short++
			e.tryFailed(k, false)
			return
		}
		a.trial = st.breaker != nil && st.breaker.open
	}
	ev := a.event
	if a.source >= 0 {
		e.producers[e.sources[a.source].producer].asked++
	} else {
		a.delivery.in.cons.asked++
	}
	e.note(Called, NoReason, component, ev, a.try, inst, -1)
	if timeout > 0 {
		a.refs++
		e.at(e.now+timeout, classTimer, component, pack(kindCallTimeout, uint32(a.try), k))
	}
	c := e.newCall()
	e.calls[c] = call{ask: k, try: a.try, event: a.event, callee: a.callee, sent: e.now}
	e.pending++
	if e.pending > e.opt.MaxPending {
		e.lookAt = 0
	}
	a.refs++
	ev.refs++
	ev.alive++
	if l.isFree(e.now, *last) && e.depth < MaxHops && e.steps-e.stepsBefore < livelockAt && !e.isCut(component, e.consumers[a.callee].component) {
		// Calls that call in circles without taking time end as a livelock, not
		// as a stack without end.
		e.depth++
		e.steps++ // so that they are among the things that happen at one instant
		e.callArrives(c)
		e.depth--
		return
	}
	e.sendOver(l, last, component, e.consumers[a.callee].component, ev.luck, a.try, classArrival, component, kindCallArrive, 0, c)
}

// callsOf is where the outcomes of an ask's tries are counted.
func (e *Engine) callsOf(a *ask) *callCounts {
	if a.source >= 0 {
		return &e.producers[e.sources[a.source].producer].n.calls
	}
	return &a.delivery.in.cons.n.calls
}

// callArrives is a request at its callee: it waits for a worker, or is refused.
func (e *Engine) callArrives(k uint32) {
	c := &e.calls[k]
	cons := &e.consumers[c.callee]
	ev := c.event
	idle := e.idleInstance(cons)
	full := cons.spec.Backlog != spec.Unlimited && cons.serving.waiting.len() >= cons.spec.Backlog
	if cons.ups.Level() == 0 || (idle == nil && full) {
		c.refused = true
		e.note(Refused, WhyFull, cons.component, ev, c.try, -1, -1)
		e.answerCall(k)
		return
	}
	cp := e.newCopy()
	cp.reset()
	cp.ev, cp.s, cp.state, cp.tries = ev, nil, copyLeased, c.try-1
	cp.entered, cp.since, cp.readyAt = e.now, e.now, e.now
	cp.from = c.sent
	cp.charge(Outage, c.cut)
	cp.charge(Network, e.now-c.sent-c.cut)
	cp.cause = Queueing
	ev.refs++
	d := e.newDelivery()
	e.serials++
	*d = delivery{c: cp, index: d.index, number: c.try, serial: e.serials, first: true, call: k + 1, arrived: true, worker: -1}
	cp.lease = d
	cp.refs++
	cons.n.received++
	if idle != nil {
		e.giveCall(d, idle)
		return
	}
	d.came = e.serials
	cons.serving.waiting.push(d)
	if e.asks[c.ask].delivery != nil { // only a worker that waits can complete a circle
		e.mayBeDeadlocked(cons)
	}
}

// idleInstance is the next instance of the round that can begin a call, or nil.
func (e *Engine) idleInstance(c *consumer) *instance {
	for n := range c.count {
		j := c.serving.turn + n
		if j >= c.count {
			j -= c.count
		}
		in := &e.instances[c.first+j]
		if in.up && in.stalled == 0 && !c.paused && in.hasIdle(c.workers) {
			c.serving.turn = j + 1
			if c.serving.turn == c.count {
				c.serving.turn = 0
			}
			return in
		}
	}
	return nil
}

// giveCall lets an instance begin a call.
func (e *Engine) giveCall(d *delivery, in *instance) {
	d.in = in
	e.calls[d.call-1].server = in
	e.startDelivery(d)
}

// serveCalls begins calls that wait, as far as workers are free.
func (e *Engine) serveCalls(c *consumer) {
	for c.serving.waiting.len() > 0 {
		in := e.idleInstance(c)
		if in == nil {
			return
		}
		e.giveCall(c.serving.waiting.pop(), in)
	}
}

// callDone ends the work on a call and answers it.
func (e *Engine) callDone(d *delivery, ok bool, worker int32) {
	cp, n := d.c, d.call-1
	cons := d.in.cons
	c := &e.calls[n]
	c.ok = ok
	ev := c.event
	if ok {
		cons.n.done++
		d.in.done++
		cons.measureDone(ev)
		cons.serving.n.ok++
	} else {
		cons.serving.n.failed++
	}
	if ev.created >= e.warm {
		cons.serving.response.Record(e.now - cp.entered)
	}
	if a := &e.asks[c.ask]; !a.open || a.try != c.try || !a.waiting {
		cons.serving.n.late++
		e.note(Late, NoReason, cons.component, ev, c.try, d.in.index, worker)
	}
	e.dropCallCopy(d)
	e.answerCall(n)
}

// dropCallCopy lets go of what an instance had of a call.
func (e *Engine) dropCallCopy(d *delivery) {
	cp := d.c
	cp.state = copyGone
	e.dropDelivery(d)
	e.unrefCopy(cp)
	e.unrefCopy(cp)
}

// answerCall sends a callee's answer back.
func (e *Engine) answerCall(k uint32) {
	c := &e.calls[k]
	cons := &e.consumers[c.callee]
	a := &e.asks[c.ask]
	if !a.open {
		e.dropCall(k)
		return
	}
	component, _, l, _ := e.caller(a)
	last := &cons.answered
	if c.server != nil {
		last = &c.server.replied
	}
	if l.isFree(e.now, *last) && !e.isCut(component, cons.component) {
		e.callAnswered(k)
		return
	}
	e.sendOver(&cons.serving.request, last, cons.component, component, c.event.luck, -c.try, classDone, cons.component, kindCallAnswer, 0, k)
}

// callAnswered is the answer to a try, back at the caller.
func (e *Engine) callAnswered(k uint32) {
	c := e.calls[k]
	a := &e.asks[c.ask]
	if a.open && a.waiting && a.try == c.try {
		n := e.callsOf(a)
		switch {
		case c.ok:
			n.ok++
		case c.refused:
			n.refused++
		default:
			n.failed++
		}
		component, inst, _, _ := e.caller(a)
		why := NoReason
		if !c.ok {
			why = WhyFailure
		}
		e.note(Answered, why, component, c.event, c.try, inst, -1)
		if c.ok {
			e.tryOver(a, false)
			e.concludeAsk(c.ask, true)
		} else {
			e.tryFailed(c.ask, true)
		}
	}
	e.dropCall(k)
}

// callTimedOut is the end of the time that a try may take.
func (e *Engine) callTimedOut(k, try uint32) {
	a := &e.asks[k]
	if a.open && a.waiting && uint32(a.try)&0xffffff == try {
		component, inst, _, _ := e.caller(a)
		e.callsOf(a).timedOut++
		e.note(TimedOut, WhyUnanswered, component, a.event, a.try, inst, -1)
		e.tryFailed(k, true)
	}
	e.unrefAsk(k)
}

// tryOver tells the breaker of a caller what became of a try that was made.
func (e *Engine) tryOver(a *ask, failed bool) {
	if a.source < 0 {
		if _, st := e.askStep(a); st.breaker != nil {
			st.breaker.tell(e.now, failed, a.trial)
		}
	}
}

// tryFailed ends a try that failed: there is another, or the ask has failed.
func (e *Engine) tryFailed(k uint32, made bool) {
	a := &e.asks[k]
	a.waiting = false
	if made {
		e.tryOver(a, true)
	}
	var b *backoff
	attempts := 1
	if a.source >= 0 {
		p := &e.producers[e.sources[a.source].producer]
		b, attempts = &p.backoff, p.spec.Retry.Attempts
		if !limitReached(a.try, attempts) {
			p.n.retries++
		}
	} else {
		_, st := e.askStep(a)
		b, attempts = &st.backoff, st.spec.Retry.Attempts
	}
	if limitReached(a.try, attempts) {
		e.concludeAsk(k, false)
		return
	}
	component, _, _, _ := e.caller(a)
	w := b.wait(a.try, a.event.luck, a.last)
	a.last = w
	a.refs++
	e.at(e.now+w, classTimer, component, pack(kindAskAgain, 0, k))
}

// askAgain makes the next try after a backoff, unless the caller is gone.
func (e *Engine) askAgain(k uint32) {
	if e.asks[k].open {
		e.try(k)
	}
	e.unrefAsk(k)
}

// concludeAsk lets the caller go on.
func (e *Engine) concludeAsk(k uint32, ok bool) {
	a := &e.asks[k]
	a.open, a.waiting = false, false
	if a.source >= 0 {
		e.produced(k, ok)
		return
	}
	d := a.delivery
	_, st := e.askStep(a)
	d.ask = 0
	if a.endless {
		d.in.cons.asking--
	}
	e.unrefAsk(k)
	if !ok && !st.spec.Continue {
		e.failAttempt(d)
		return
	}
	d.pc++
	e.run(d)
}

// produced ends the call of a producer.
func (e *Engine) produced(k uint32, ok bool) {
	a := &e.asks[k]
	p := &e.producers[e.sources[a.source].producer]
	ev := a.event
	v := ev
	if ok {
		p.n.published++
		if v.created >= e.warm {
			p.response.Record(e.now - a.first)
		}
	} else {
		p.n.rejected++
		e.ledger.rejected++
		e.note(Rejected, WhyFailure, p.component, v, a.try, e.sources[a.source].instance, -1)
		e.failFamily(v)
	}
	source, user := a.source, a.user
	e.leaveEvent(ev)
	e.unrefAsk(k)
	e.userGoesOn(source, user)
}

// abandonAsk is a caller dying in the middle of a call.
func (e *Engine) abandonAsk(k uint32) {
	a := &e.asks[k]
	if a.endless {
		a.delivery.in.cons.asking--
	}
	if _, st := e.askStep(a); a.trial && a.waiting && st.breaker != nil {
		st.breaker.trial = false // the next one tries
	}
	a.open, a.waiting = false, false
	e.unrefAsk(k)
}

// mayBeDeadlocked ends the run when a set of consumers wait for one another:
// every worker of each waits for a call, without a time limit, that waits for
// a worker of one of the set or is worked on by one.
func (e *Engine) mayBeDeadlocked(start *consumer) {
	if !e.allWait(start) {
		return
	}
	set := make([]bool, len(e.consumers))
	left := 0
	for i := range e.consumers {
		if set[i] = e.allWait(&e.consumers[i]); set[i] {
			left++
		}
	}
	// Who waits for somebody outside the set is not in it; what is left when
	// nobody is taken out any more is the largest such set.
	for changed := true; changed && left > 0; {
		changed = false
		outside := e.waitersFor(set)
		for i := range set {
			if set[i] && outside[i] {
				set[i] = false
				left--
				changed = true
			}
		}
	}
	if left == 0 {
		return
	}
	for i := range set {
		if set[i] {
			e.deadlocked = append(e.deadlocked, int32(i))
		}
	}
	e.end(EndedDeadlock)
}

// allWait says whether every worker of a consumer that is up waits for the
// answer to a call that has no time limit.
func (e *Engine) allWait(c *consumer) bool {
	if c.workers < 0 || c.asking == 0 {
		return false
	}
	working, full := int32(0), false // who has left may have work in hand, too
	for j := range c.count {
		in := &e.instances[c.first+j]
		working += in.working
		if in.up && in.working < c.workers {
			return false
		}
		full = full || in.up
	}
	return full && c.asking == working
}

// waitersFor says which consumers have a worker whose call is neither waiting
// at a member of the set nor worked on by one.
func (e *Engine) waitersFor(set []bool) []bool {
	inside := make([]bool, len(e.asks)) // asks whose present try is at a member
	for j := range e.consumers {
		if set[j] {
			w := &e.consumers[j].serving.waiting
			for n := range w.len() {
				inside[e.calls[(*w.at(n)).call-1].ask] = true
			}
		}
	}
	for k := range e.deliveries.used {
		if d := e.deliveries.at(k); d.serial != 0 && d.call != 0 && d.worker >= 0 && set[d.in.consumer] {
			inside[e.calls[d.call-1].ask] = true
		}
	}
	outside := make([]bool, len(set))
	for k := range e.deliveries.used {
		if d := e.deliveries.at(k); d.serial != 0 && d.ask != 0 && !d.gone && !inside[d.ask-1] {
			outside[d.in.consumer] = true
		}
	}
	return outside
}
