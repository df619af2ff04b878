package sim

// Most deliveries go the shortest way there is: a copy is begun at the instant
// it is sent, by a worker that is free, and its answer takes no time either.
// What happens then is written here once more in a row, since passing through
// a function for each thing that might have been different takes a third of
// what such a delivery costs. Everything else goes the long way round, by
// lease and by effect; what is watched or verified always does, which holds
// the two ways to one another.

// straighten works out whether a consumer's deliveries may go the short way.
func (e *Engine) straighten(c *consumer) {
	c.straight = false
	if !c.deliver.direct() || c.multi || c.counts || c.spec.AckBefore || c.spec.Idempotent {
		return
	}
	for i := range c.sources {
		s := c.sources[i].s
		if s.mayExpire || s.keys != nil || s.spec.AckTimeout > 0 {
			return
		}
		// How far it has read is a reader's own to know, see sendAck.
		if s.group == nil && !(c.swift && c.ack.direct()) {
			return
		}
	}
	c.straight = true
}

// goesStraight says whether a copy that is sent to an instance goes the short way.
func (e *Engine) goesStraight(c *copyRec, in *instance) bool {
	cons := in.cons
	return cons.straight && in.idle != 0 && c.deliveries == 0 && in.stalled == 0 && !cons.paused && in.hasIdle(cons.workers) &&
		in.delivered <= e.now && in.answered <= e.now && !e.watched(c.ev) && len(e.faults) == 0 && !e.opt.Verify
}

// leaseAndBegin is lease, arriveAtInstance, startDelivery and begin.
func (e *Engine) leaseAndBegin(s *store, c *copyRec, in *instance) {
	v, cons := c.ev, in.cons
	c.state, c.cause, c.deliveries, c.tries = copyLeased, Service, 1, 1
	s.readyDec(e.now)
	s.leasedInc(e.now)
	s.n.delivered++
	if c.since != e.now {
		e.settleWait(s, c)
	}
	d := e.newDelivery()
	e.serials++
	s.served = e.serials
	d.c, d.in = c, in
	d.number, d.attempt, d.serial = 1, 1, e.serials
	d.outcome, d.slot, d.first, d.waits, d.over = outcomeAck, true, false, false, false
	d.arrived, d.recalled, d.swift, d.gone, d.leaseOnly, d.before, d.clocked = true, false, cons.swift, false, false, false, false
	d.call, d.ask, d.pc, d.begun = 0, 0, 0, e.now
	c.lease = d
	e.takeSlot(in, s)
	e.stamp(Leased, s.component, v, 1)
	d.worker = in.takeWorker(cons.workers)
	in.working++
	in.busy.Inc(e.now)
	cons.n.received++
	cons.n.attempts++
	if v.published >= e.warm {
		waited := e.now - c.readyAt
		if cons.swift {
			cons.measure(tallyWait|tallySwift|ofClass(v), waited)
		} else {
			s.wait.Record(waited)
			cons.measure(tallyWait|ofClass(v), waited)
		}
	}
	e.stamp(Started, cons.component, v, 1)
	d.handler = e.handlerOf(cons, v.typ)
	e.run(d)
}

// endsStraight says whether an attempt that ran to its end goes the short way.
func (e *Engine) endsStraight(d *delivery, c *copyRec, cons *consumer) bool {
	return cons.straight && d.call == 0 && !c.done && e.isCurrent(c, d) && (d.handler == -1 || d.handler >= 0 && !cons.handlers[d.handler].emits) &&
		!e.watched(c.ev) && len(e.faults) == 0 && !e.opt.Verify
}

// effectAndAck is effect, sendAck, acked, doneCopy and stopWork.
func (e *Engine) effectAndAck(d *delivery, c *copyRec, in *instance) {
	cons, s, v := in.cons, c.s, c.ev
	cons.n.effects++
	if e.tap != nil {
		e.tap.Done(int(cons.index), e.now-v.created)
	}
	e.stamp(Done, cons.component, v, d.attempt)
	if v.published >= e.warm {
		e.measureEffect(tallyDone|tallyService, e.now-d.begun, cons, c, v)
	} else {
		cons.measureDone(v)
	}
	c.done = true
	if v.key >= 0 {
		e.noteOrder(cons, c, v)
	}
	if d.slot {
		in.leases--
		e.offerSlots(cons, in)
	}
	e.leasedDec(s)
	cons.n.done++
	in.done++
	worker := d.worker
	e.dropDelivery(d)
	c.refs-- // of the delivery; finish gives up another
	e.finish(s, c)
	e.stopWork(in, worker)
}

// stamp is note where nobody watches.
func (e *Engine) stamp(w What, component int32, ev *event, attempt int32) {
	e.fingerprint = rolled(e.fingerprint, e.now, ev.luck, w, component, attempt)
}
