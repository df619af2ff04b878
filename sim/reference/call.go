package reference

import (
	"slices"

	"eddy/sim"
	"eddy/sim/spec"
)

// ask is a call as its caller sees it: one or more tries, one outcome.
type ask struct {
	w        *world
	ev       *event
	callee   *consumer
	caller   caller
	rules    func() askRules
	endless  bool // it began without a limit of time
	try      int
	open     bool // the caller waits for the outcome
	waiting  bool // for the answer to the present try
	isTrial  bool // that try is the one an open breaker let through
	lastWait int64
	number   int64         // the how many-th event this was to the callee, 0: not begun yet
	over     func(ok bool) // lets the caller go on
}

// askRules are the values that hold for an ask now.
type askRules struct {
	timeout int64
	retry   *spec.Retry
	breaker *breaker // nil: none
}

// caller is who asks.
type caller struct {
	component int
	instance  int
	name      string // of the component, and
	purpose   string // of its draws for backoffs
	request   *link
	handling  *handling // the worker that waits, nil: a producer
}

// call is one try of an ask, at its callee.
type call struct {
	a       *ask
	try     int
	ok      bool
	refused bool
	serial  int64     // its place among what was sent or asked in the run
	came    int64     // its place among what arrived in the run
	in      *instance // that works on it, nil: none yet
}

// newAsk is a call that has not been tried yet.
func (w *world) newAsk(ev *event, callee int, who caller, rules func() askRules, over func(ok bool)) *ask {
	return &ask{w: w, ev: ev, callee: w.reads[callee], caller: who, rules: rules, endless: rules().timeout == 0, open: true, over: over}
}

func (a *ask) tell(what sim.What, why sim.Why) {
	a.w.tell(what, why, a.caller.component, a.ev, place{a.try, a.caller.instance, -1})
}

// begin makes the next try.
func (a *ask) begin() {
	a.try++
	a.waiting = true
	a.isTrial = false
	rules := a.rules()
	if b := rules.breaker; b != nil && b.open {
		if a.w.now < b.until || b.trying {
			a.w.short++
			a.failed()
			return
		}
		b.trying, a.isTrial = true, true
	}
	a.tell(sim.Called, sim.NoReason)
	try := a.try
	if rules.timeout > 0 {
		a.w.ask(a.w.now+rules.timeout, timers, a.caller.component, func() {
			if a.open && a.waiting && a.try == try {
				a.tell(sim.TimedOut, sim.WhyUnanswered)
				a.judge(true)
				a.failed()
			}
		})
	}
	c := &call{a: a, try: try}
	a.caller.request.cross(message{requestMessage, a.ev, try, a.callee.component, arrivals, a.caller.component, func() { a.callee.called(c) }, func() { a.loses(c) }})
}

// judge tells the breaker what became of a try that was made.
func (a *ask) judge(failed bool) {
	if b := a.rules().breaker; b != nil && b.tell(a.w.now, failed, a.isTrial) {
		a.w.opened++
	}
}

// failed tries again after the backoff, or is the end of it.
func (a *ask) failed() {
	a.waiting = false
	retry := a.rules().retry
	if isUsedUp(a.try, retry.Attempts) {
		a.end(false)
		return
	}
	u := a.w.uniform(a.caller.name, a.caller.purpose, a.ev.luck, a.try)
	a.lastWait = wait(&retry.Backoff, a.try, u, a.lastWait)
	a.w.ask(a.w.now+a.lastWait, timers, a.caller.component, func() {
		if a.open {
			a.begin()
		}
	})
}

// answered is the answer to a try, if the caller still waits for it.
func (a *ask) answered(c *call) {
	if !a.isWaitingFor(c) {
		return
	}
	if !c.ok {
		a.tell(sim.Answered, sim.WhyFailure)
		a.judge(true)
		a.failed()
		return
	}
	a.tell(sim.Answered, sim.NoReason)
	a.judge(false)
	a.end(true)
}

// loses is a message of a try that was lost. A caller who has no timeout is told
// when the connection breaks.
func (a *ask) loses(c *call) {
	if a.isWaitingFor(c) && a.rules().timeout == 0 {
		c.ok = false
		a.w.ask(a.w.now, completions, a.caller.component, func() { a.answered(c) })
	}
}

// abandon is the caller's death.
func (a *ask) abandon() {
	if b := a.rules().breaker; b != nil && a.isTrial && a.waiting {
		b.trying = false // the next one tries
	}
	a.open, a.waiting = false, false
}

func (a *ask) isWaitingFor(c *call) bool { return a.open && a.waiting && a.try == c.try }

func (a *ask) end(ok bool) {
	a.open, a.waiting = false, false
	a.over(ok)
}

// breaker is a circuit breaker around one step.
type breaker struct {
	spec   *spec.Breaker
	failed []bool // the last tries
	open   bool
	until  int64
	trying bool // one try was let through
}

// tell notes the outcome of a try. While the breaker is open only that of the
// one it let through counts. It says whether the breaker opens now.
func (b *breaker) tell(now int64, failed, isTrial bool) (opens bool) {
	switch {
	case b.open && !isTrial:
	case b.open && failed:
		b.trying, b.until = false, now+b.spec.Open
	case b.open:
		*b = breaker{spec: b.spec}
	default:
		b.failed = append(b.failed, failed)
		b.failed = b.failed[max(0, len(b.failed)-b.spec.Window):]
		n := 0
		for _, f := range b.failed {
			if f {
				n++
			}
		}
		if len(b.failed) == b.spec.Window && float64(n) >= float64(b.spec.Errors*float64(b.spec.Window)) {
			b.open, b.until = true, now+b.spec.Open
			return true
		}
	}
	return false
}

// --- at the callee ------------------------------------------------------------------

// called is a request that arrives: it begins, waits or is refused.
func (c *consumer) called(k *call) {
	idle := c.nextIdle()
	full := c.spec.Backlog != spec.Unlimited && len(c.calls) >= c.spec.Backlog
	if !c.isUp() || idle == nil && full {
		c.refuse(k)
		return
	}
	c.w.came++
	c.w.sent++
	k.came, k.serial = c.w.came, c.w.sent
	if idle != nil {
		idle.serve(k)
		return
	}
	c.calls = append(c.calls, k)
	if k.a.caller.handling != nil {
		c.w.lookForDeadlock()
	}
}

func (c *consumer) refuse(k *call) {
	k.refused = true
	c.w.tell(sim.Refused, sim.WhyFull, c.component, k.a.ev, place{k.try, -1, -1})
	c.answer(k)
}

func (c *consumer) isUp() bool {
	return slices.ContainsFunc(c.instances, func(in *instance) bool { return in.up })
}

// nextIdle goes round the instances for the next that can begin a call.
func (c *consumer) nextIdle() *instance {
	for k := range c.instances {
		i := (c.turn + k) % len(c.instances)
		if in := c.instances[i]; in.up && in.stalled == 0 && len(c.pauses) == 0 {
			if _, free := in.lowestFree(); free {
				c.turn = (i + 1) % len(c.instances)
				return in
			}
		}
	}
	return nil
}

// serveCalls begins calls that wait while an instance is free.
func (c *consumer) serveCalls() {
	for len(c.calls) > 0 {
		in := c.nextIdle()
		if in == nil {
			return
		}
		k := c.calls[0]
		c.calls = c.calls[1:]
		in.serve(k)
	}
}

// refuseCalls refuses those that wait when no instance is left.
func (c *consumer) refuseCalls() {
	for !c.isUp() && len(c.calls) > 0 {
		k := c.calls[0]
		c.calls = c.calls[1:]
		c.refuse(k)
	}
}

// serve begins a call on a free worker.
func (in *instance) serve(k *call) {
	worker, _ := in.lowestFree()
	k.in = in
	asked := &storedCopy{ev: k.a.ev, tries: k.try - 1, given: map[*consumer]int64{}}
	d := &delivery{c: asked, in: in, number: k.try, serial: k.serial, begun: true}
	h := &handling{d: d, in: in, c: in.c, ev: k.a.ev, worker: worker, call: k}
	in.working[worker], d.h = h, h
	in.sent = append(in.sent, d)
	h.try()
}

// numberOfCall is the how many-th event a call is to its callee; all tries of
// an ask are about one.
func (h *handling) numberOfCall() int64 {
	if h.call.a.number == 0 {
		h.c.given++
		h.call.a.number = h.c.given
	}
	return h.call.a.number
}

// endCall answers after the work.
func (h *handling) endCall(ok bool) {
	k := h.call
	k.ok = ok
	h.d.over = true
	if !k.a.isWaitingFor(k) {
		h.c.w.tell(sim.Late, sim.NoReason, h.c.component, h.ev, place{k.try, h.in.index, h.worker})
	}
	h.c.answer(k)
	h.free()
}

// answer sends an answer back, unless nobody asks any more.
func (c *consumer) answer(k *call) {
	if !k.a.open {
		return
	}
	back := c.refusals
	if k.in != nil {
		back = k.in.reply
	}
	back.cross(message{replyMessage, k.a.ev, -k.try, k.a.caller.component, completions, c.component, func() { k.a.answered(k) }, func() { k.a.loses(k) }})
}

// --- at a caller --------------------------------------------------------------------

// ask makes the call of a step; the worker is held until its outcome is known.
func (h *handling) ask(handler, i int) {
	who := caller{
		component: h.c.component, instance: h.in.index, name: h.c.spec.Name, purpose: purpose(handler, i, "backoff"),
		request: h.in.request, handling: h,
	}
	list := h.steps
	step := func() *spec.Step { return &list.handlers[handler].Steps[i] }
	rules := func() askRules {
		return askRules{step().Timeout, &step().Retry, list.breakerOf(handler, i)}
	}
	h.asks = h.c.w.newAsk(h.ev, step().Callee, who, rules, func(ok bool) {
		h.asks = nil
		if !ok && !step().Continue {
			h.fail()
			return
		}
		h.step(i + 1)
	})
	h.asks.begin()
}

// ask lets a producer call with an event; user waits for the outcome, if there
// is one.
func (s *source) ask(ev *event, u *user) {
	p := s.p
	ev.left = p.w.now
	who := caller{component: p.component, instance: s.index, name: p.spec.Name, purpose: "backoff", request: s.request}
	var a *ask
	rules := func() askRules { return askRules{timeout: p.spec.Timeout, retry: &p.spec.Retry} }
	a = p.w.newAsk(ev, p.spec.Call, who, rules, func(ok bool) {
		if ok {
			p.account.Published++
		} else {
			p.account.Rejected++
			a.tell(sim.Rejected, sim.WhyFailure)
		}
		if u != nil {
			u.think(p.w.now)
		}
	})
	a.begin()
}

// --- deadlock -------------------------------------------------------------------------

// lookForDeadlock ends the run when there are consumers of which every worker
// waits, without a limit of time, for a call that waits for another of them or
// is worked on by one.
func (w *world) lookForDeadlock() {
	locked := map[*consumer]bool{}
	for _, c := range w.reads {
		locked[c] = true
	}
	for again := true; again; {
		again = false
		for _, c := range w.reads {
			if locked[c] && !c.waitsFor(locked) {
				delete(locked, c)
				again = true
			}
		}
	}
	w.isDeadlocked = len(locked) > 0
}

// waitsFor says whether every worker of the consumer waits for one of others.
func (c *consumer) waitsFor(others map[*consumer]bool) bool {
	if c.spec.Concurrency == spec.Unlimited || !c.isUp() {
		return false
	}
	for _, in := range c.instances {
		waiting := 0
		for _, h := range in.working {
			a := h.asks
			if a == nil || !a.endless || !others[a.callee] || !a.callee.has(a) {
				return false
			}
			waiting++
		}
		if in.up && waiting < c.spec.Concurrency {
			return false
		}
	}
	return true
}

// has says whether the present try of an ask waits here or is worked on.
func (c *consumer) has(a *ask) bool {
	is := func(k *call) bool { return k.a == a && k.try == a.try && a.waiting }
	if slices.ContainsFunc(c.calls, is) {
		return true
	}
	for _, in := range c.instances {
		for _, h := range in.working {
			if h.call != nil && is(h.call) {
				return true
			}
		}
	}
	return false
}
