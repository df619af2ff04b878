package sim

import (
	"slices"
	"strconv"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// handler is the compiled steps for the events that match a pattern.
type handler struct {
	spec  *spec.Handler
	steps []step
	emits bool // when an attempt has come to its end
}

// step is one compiled step. What the common ones need comes first.
type step struct {
	verb       spec.Verb
	plain      bool // it always happens: no condition, no chance
	once       bool // it emits in every attempt, when its turn comes
	byChance   bool // it fails each attempt with a chance of its own
	drawn      bool // work: its time is drawn (and not the event's own)
	failChance float64
	failKey    luck.Key
	workKey    luck.Key
	work       luck.Sampler
	spec       *spec.Step
	chanceKey  luck.Key
	choose     *luck.Chooser // of emitted types, nil: the only one
	typeKey    luck.Key
	delay      *luck.Sampler
	delayKey   luck.Key
	luckID     uint64  // of the step, for what it emits
	backoff    backoff // of a call
	breaker    *breaker
}

// recognising is the handler of a delivery whose event is recognised.
const recognising = -2

func (e *Engine) compileHandler(sp *spec.Consumer, h int) handler {
	out := handler{spec: &sp.Handlers[h]}
	for i := range out.spec.Steps {
		st := &out.spec.Steps[i]
		key := func(purpose string) luck.Key {
			return luck.NewKey(e.seed, sp.Name, "handler/"+strconv.Itoa(h)+"/step/"+strconv.Itoa(i)+"/"+purpose)
		}
		c := step{
			spec: st, verb: st.Verb, plain: st.When == nil && st.Chance >= 1, once: st.Once, drawn: !st.WorkFromEvent,
			byChance:   !st.FailFromEvent && len(st.FailEvents) == 0 && !st.Poison && st.FailChance > 0,
			failChance: st.FailChance, work: *luck.Compile(st.Work), workKey: key("work"), failKey: key("fail"), chanceKey: key("chance"),
			typeKey: key("type"), delay: luck.Compile(st.Delay), delayKey: key("delay"),
			luckID:  uint64(h)<<16 | uint64(i),
			backoff: backoff{spec: st.Retry.Backoff, key: key("backoff")}, breaker: newBreaker(st.Breaker),
		}
		if len(st.Emits) > 1 {
			c.choose = chooser(st.Emits)
		}
		out.steps = append(out.steps, c)
		out.emits = out.emits || c.verb == spec.Emit && !c.once
	}
	return out
}

// handlerOf is the first handler that matches an event type, -1 for none.
func (e *Engine) handlerOf(c *consumer, typ int32) int32 {
	if h := c.match[typ]; h != -2 {
		return int32(h)
	}
	return e.lookUpHandler(c, typ)
}

func (e *Engine) lookUpHandler(c *consumer, typ int32) int32 {
	c.match[typ] = -1
	for i := c.current; i < len(c.handlers); i++ {
		if MatchPattern(c.handlers[i].spec.Pattern.Words, e.types[typ].spec.Name) {
			c.match[typ] = int16(i)
			break
		}
	}
	return int32(c.match[typ])
}

// begin starts an attempt.
func (e *Engine) begin(d *delivery) {
	c := d.c
	s := c.s
	in := d.in
	cons := in.cons
	v := c.ev
	c.tries++
	d.attempt = c.tries
	d.begun = e.now
	cons.n.attempts++
	if c.tries > 1 {
		cons.n.retries++
	} else if v.published >= e.warm {
		head := tallyWait | ofClass(v)
		if d.swift {
			head |= tallySwift
		}
		cons.measure(head, e.now-c.readyAt)
	}
	e.note(Started, NoReason, cons.component, v, c.tries, in.index, d.worker)
	current := e.isCurrent(c, d)
	if current {
		e.settleBlame(c)
		c.cause = Service
	}
	if d.first {
		d.first = false
		if cons.counts && e.findMark(c.given, cons.index) == nil {
			c.given = e.addMark(c.given, cons.index, e.nextGiven(cons, d))
		}
		if s != nil && s.spec.AckTimeout > 0 && !d.clocked && current {
			e.watchLease(s, d)
		}
		if d.before = cons.spec.AckBefore && s != nil; d.before {
			e.ackBefore(d)
		}
	}
	if cons.spec.Idempotent && e.hasDone(cons, c, v) {
		d.handler = recognising
		if t := cons.recognise.Nanos(cons.recogKey, luck.Counter(v.luck, uint32(d.number), 0)); t > 0 {
			e.at(e.now+t, classDone, cons.component, pack(kindStep, 0, d.index))
			return
		}
		e.effect(d)
		return
	}
	d.handler = e.handlerOf(cons, v.typ)
	d.pc = 0
	e.run(d)
}

// nextGiven numbers what a consumer is given to begin; all tries of a call are
// about one.
func (e *Engine) nextGiven(cons *consumer, d *delivery) int64 {
	if d.call == 0 {
		cons.given++
		return cons.given
	}
	a := &e.asks[e.calls[d.call-1].ask]
	if a.given == 0 {
		cons.given++
		a.given = cons.given
	}
	return a.given
}

// ackBefore answers a delivery before its work.
func (e *Engine) ackBefore(d *delivery) {
	d.outcome = outcomeBefore
	d.waits = true
	e.sendAck(d)
}

// hasDone says whether a consumer has done the event of a copy.
func (e *Engine) hasDone(cons *consumer, c *copyRec, v *event) bool {
	if cons.multi {
		return e.findMark(v.effects, cons.index) != nil
	}
	return c.done
}

// tryInWorker is the end of a backoff that a worker has waited.
func (e *Engine) tryInWorker(d *delivery) {
	if d.gone {
		e.lastEntry(d)
		return
	}
	e.begin(d)
}

// lastEntry is an entry of the future that pointed at a delivery which is gone.
func (e *Engine) lastEntry(d *delivery) {
	d.left--
	if d.left <= 0 && !d.leaseOnly {
		e.forget(d)
	}
}

// stepEnds is the end of a step that took time.
func (e *Engine) stepEnds(d *delivery) {
	if d.gone {
		e.lastEntry(d)
		return
	}
	if d.handler == recognising {
		e.effect(d)
		return
	}
	d.pc++
	e.run(d)
}

// run goes through the steps of an attempt until one takes time.
func (e *Engine) run(d *delivery) {
	in := d.in
	cons := in.cons
	c := d.c
	v := c.ev
	var steps []step
	if d.handler >= 0 {
		steps = cons.handlers[d.handler].steps
	}
	for int(d.pc) < len(steps) {
		st := &steps[d.pc]
		if st.plain || e.happens(st, v, d.attempt) {
			switch st.verb {
			case spec.Work:
				t := e.workTime(st, v, d.attempt)
				if cons.slow != 1 {
					t = cons.slowed(t)
				}
				if t > 0 {
					e.at(e.now+t, classDone, cons.component, pack(kindStep, 0, d.index))
					return
				}
			case spec.Fail:
				if e.fails(cons, st, c, v, d.attempt) {
					e.failAttempt(d)
					return
				}
			case spec.Call:
				e.handlerCall(d, st)
				return
			case spec.Emit:
				if st.once {
					e.emit(d, st, d.attempt)
					c = d.c
					v = c.ev
				}
			}
		}
		d.pc++
	}
	if len(cons.breaks) > 0 && cons.breakKey.Uniform(luck.Counter(v.luck, uint32(d.attempt), 0)) < cons.breaksNow() {
		e.failAttempt(d)
		return
	}
	e.effect(d)
}

// happens says whether a conditional step does.
func (e *Engine) happens(st *step, v *event, attempt int32) bool {
	if !e.matches(st.spec.When, v) {
		return false
	}
	if st.spec.Chance >= 1 {
		return true
	}
	if st.spec.Verb == spec.Emit && !st.spec.Once {
		attempt = 0
	}
	return st.chanceKey.Uniform(luck.Counter(v.luck, uint32(attempt), 0)) < st.spec.Chance
}

// workTime is how long a work step takes, ns.
func (e *Engine) workTime(st *step, v *event, attempt int32) int64 {
	if st.drawn {
		return st.work.Nanos(st.workKey, luck.Counter(v.luck, uint32(attempt), 0))
	}
	if v.replay < 0 {
		return 0
	}
	return max(0, e.producers[v.id.Source].spec.Rate.Rows[v.replay].Work)
}

// slowed is how long work takes at a consumer that is slow, ns.
func (c *consumer) slowed(ns int64) int64 {
	return int64(min(float64(ns)*c.slow, float64(spec.MaxDuration)))
}

// fails says whether a fail step fails this attempt.
func (e *Engine) fails(cons *consumer, st *step, c *copyRec, v *event, attempt int32) bool {
	if st.byChance {
		return st.failKey.Uniform(luck.Counter(v.luck, uint32(attempt), 0)) < st.failChance
	}
	sp := st.spec
	switch {
	case sp.FailFromEvent:
		if v.replay < 0 {
			return false
		}
		return attempt <= e.producers[v.id.Source].spec.Rate.Rows[v.replay].Fails
	case len(sp.FailEvents) > 0:
		_, listed := slices.BinarySearch(sp.FailEvents, e.numberAt(cons, c))
		return listed && int(attempt) <= sp.FailAttempts
	}
	if sp.Poison {
		attempt = 0
	}
	return sp.FailChance > 0 && st.failKey.Uniform(luck.Counter(v.luck, uint32(attempt), 0)) < sp.FailChance
}

// numberAt is a copy's number among those that a consumer was given to begin.
func (e *Engine) numberAt(cons *consumer, c *copyRec) int64 {
	if m := e.findMark(c.given, cons.index); m != nil {
		return m.at
	}
	return 0
}

// failAttempt ends an attempt that failed.
func (e *Engine) failAttempt(d *delivery) {
	c := d.c
	in := d.in
	cons := in.cons
	v := c.ev
	cons.n.failed++
	if v.published >= e.warm {
		cons.measure(tallyService, e.now-d.begun)
	}
	current := e.isCurrent(c, d)
	if current {
		c.charge(FailedService, e.now-c.since)
		c.since = e.now
		c.cause = FailedService
	}
	e.note(FailedAttempt, WhyFailure, cons.component, v, d.attempt, in.index, d.worker)
	if cons.spec.Retry.InWorker && !d.before && d.call == 0 && !limitReached(d.attempt, cons.spec.Retry.Attempts) {
		w := cons.backoff.wait(d.attempt, v.luck, c.lastBackoff)
		c.lastBackoff = w
		if current {
			c.cause = BackingOff
		}
		e.at(e.now+w, classTimer, cons.component, pack(kindTryAgain, 0, d.index))
		return
	}
	worker := d.worker
	d.worker = -1
	switch {
	case d.call != 0:
		e.callDone(d, false, worker)
	case d.before:
		e.loseCopy(d, WhyAckBefore, worker)
	case cons.spec.Retry.ByTimeout && c.s.spec.AckTimeout > 0:
		e.leaveToTimeout(d)
	case cons.spec.Retry.InWorker:
		d.outcome = outcomeGiveUp
		e.sendAck(d)
	default:
		d.outcome = outcomeFailed
		e.sendAck(d)
	}
	e.stopWork(in, worker)
}

// leaveToTimeout is a failure of which the store is not told: the copy comes
// back when its lease runs out.
func (e *Engine) leaveToTimeout(d *delivery) {
	current := e.isCurrent(d.c, d)
	e.freeSlot(d)
	if !current {
		e.forget(d)
		return
	}
	d.c.cause = LeaseWait
	e.scrapKeepingLease(d)
}

// loseCopy ends a copy that was acked before it was done, and then was not.
func (e *Engine) loseCopy(d *delivery, why Why, worker int32) {
	c := d.c
	s := c.s
	in := d.in
	cons := in.cons
	if e.isCurrent(c, d) {
		cons.n.lost++
		s.n.lost++
		e.leasedDec(s)
		e.note(Lost, why, cons.component, c.ev, d.attempt, in.index, worker)
		e.failFamily(c.ev)
		e.leaveStore(s, c)
	}
	e.endBefore(d, c)
}

// endBefore ends the work on a delivery that was answered before it; the
// answer may still be on its way.
func (e *Engine) endBefore(d *delivery, c *copyRec) {
	if d.waits {
		d.over = true
		return
	}
	e.freeSlot(d) // if the answer was lost
	e.endDelivery(d)
	e.unrefCopy(c)
}

// effect ends an attempt that ran to its end.
func (e *Engine) effect(d *delivery) {
	c := d.c
	in := d.in
	cons := in.cons
	if e.endsStraight(d, c, cons) {
		e.effectAndAck(d, c, in)
		return
	}
	v := c.ev
	if v.published >= e.warm && d.handler != recognising {
		cons.measure(tallyService, e.now-d.begun)
	}
	own := e.hasDone(cons, c, v)
	again := own || c.done
	recognised := d.handler == recognising || own && cons.spec.Idempotent
	switch {
	case recognised:
		cons.n.recognised++
		e.note(Recognised, NoReason, cons.component, v, d.attempt, in.index, d.worker)
	case again:
		cons.n.effects++
		cons.n.duplicates++
		e.ledger.duplicates++
		e.note(Duplicate, NoReason, cons.component, v, d.attempt, in.index, d.worker)
	default:
		cons.n.effects++
		if e.tap != nil {
			e.tap.Done(int(cons.index), e.now-v.created)
		}
		e.note(Done, NoReason, cons.component, v, d.attempt, in.index, d.worker)
	}
	if !recognised {
		if !c.done && c.state != copyGone && v.published >= e.warm { // gone: it was given up before
			e.measureEffect(0, 0, cons, c, v)
		}
		c.done = true
		if cons.multi && !own {
			v.effects = e.addMark(v.effects, cons.index, e.now)
		}
		if v.key >= 0 {
			e.noteOrder(cons, c, v)
		}
		if d.handler >= 0 && cons.handlers[d.handler].emits {
			e.emitAll(d)
		}
	}
	worker := d.worker
	d.worker = -1
	if d.call != 0 {
		e.callDone(d, true, worker)
	} else if d.before {
		if e.isCurrent(c, d) {
			e.doneCopy(c.s, c, d, cons)
		}
		e.endBefore(d, c)
	} else {
		d.outcome = outcomeAck
		e.sendAck(d)
	}
	e.stopWork(in, worker)
}

// noteOrder counts an effect that comes after a later event of its key.
func (e *Engine) noteOrder(cons *consumer, c *copyRec, v *event) {
	if e.outOfOrder(&cons.keys, v) {
		cons.n.violations++
		cons.n.late[lateBy(c)]++
	}
}

// emitAll publishes what the steps of a finished attempt emit.
func (e *Engine) emitAll(d *delivery) {
	cons := d.in.cons
	steps := cons.handlers[d.handler].steps
	for i := range steps {
		st := &steps[i]
		if st.verb != spec.Emit || st.once {
			continue
		}
		if st.plain || e.happens(st, d.c.ev, d.attempt) {
			e.emit(d, st, 1)
		}
	}
}

// emit publishes the events of one step; attempt tells those of different
// attempts apart.
func (e *Engine) emit(d *delivery, st *step, attempt int32) {
	in := d.in
	cons := in.cons
	parent := d.c.ev
	maker := cons.first + in.index
	for n := range st.spec.Count {
		if parent.hops >= MaxHops {
			e.ledger.loopCut++
			e.note(Dropped, WhyLoop, cons.component, parent, 0, in.index, -1)
			continue
		}
		serial := uint64(n) + uint64(attempt-1)*uint64(st.spec.Count)
		id := luck.Child(parent.luck, cons.id, st.luckID, serial)
		typ := 0
		if st.choose != nil {
			typ = st.choose.Pick(st.typeKey.Uniform(luck.Counter(id, 0, 0)))
		}
		cons.emitted++
		ev := e.makeEvent(int32(st.spec.Emits[typ].Value), EventID{cons.component, cons.emitted}, id)
		ev.cause = parent.id
		ev.root, ev.grain = parent.root, parent.grain
		ev.hops = parent.hops + 1
		ev.family = 0
		parent.root.family++
		parent.root.refs++
		if st.spec.NewKey {
			e.drawKey(ev)
		} else {
			ev.key = parent.key
		}
		e.note(Created, NoReason, cons.component, ev, 0, in.index, -1)
		e.publishEmission(cons, in, st, ev, maker)
	}
}

// publishEmission sends an emitted event, now or after its delay. It takes
// over the reference to the event.
func (e *Engine) publishEmission(cons *consumer, in *instance, st *step, ev *event, maker int32) {
	delay := st.delay.Nanos(st.delayKey, luck.Counter(ev.luck, 0, 0))
	if delay == 0 && !e.disturbed && cons.publish.direct() && e.sc.Broker.Rate.Events == 0 && !e.channels[st.spec.To].withholds {
		ev.published = e.now
		cons.sent[ev.typ]++
		e.note(Published, NoReason, cons.component, ev, 1, in.index, -1)
		e.begunBlame(ev, 0, 0, 0, 0)
		m := message{try: 1}
		e.route(int32(st.spec.To), ev, &m)
		switch {
		case m.refused:
			e.ledger.rejected++
			e.note(Rejected, WhyFull, cons.component, ev, 1, in.index, -1)
			e.failFamily(ev)
		case m.copies == 0:
			e.unrouted(int32(st.spec.To), ev)
		}
		e.release(ev)
		return
	}
	k := e.newPub()
	e.pubs[k] = pub{event: ev, source: -1, maker: maker, life: in.crashes, channel: int32(st.spec.To), refs: 1, live: 1, user: -1}
	if delay > 0 {
		e.at(e.now+delay, classTimer, cons.component, pack(kindEmit, 0, k))
		return
	}
	e.sendPub(k)
}
