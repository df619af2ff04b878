package sim

import (
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// intake is the rate at which the broker takes publishes in: one every
// per/events ns, kept exactly.
type intake struct {
	free int64 // when the next can be taken
	rest int64 // of the last division, in events-ths of a ns
}

func (in *intake) take(now int64, r spec.Rate) int64 {
	if now > in.free {
		in.free, in.rest = now, 0
	}
	t := in.free
	in.free += r.Per / r.Events
	in.rest += r.Per % r.Events
	if in.rest >= r.Events {
		in.rest -= r.Events
		in.free++
	}
	return t
}

// publish lets an event leave its source. It takes over the caller's
// reference to the event.
func (e *Engine) publish(i uint32, ev *event, user int32) {
	s := &e.sources[i]
	p := s.p
	if p.direct {
		e.publishDirect(i, ev, user)
		return
	}
	k := e.newPub()
	waits := user
	if !p.spec.Confirm {
		waits = -1 // it was held while it still was to be confirmed
	}
	e.pubs[k] = pub{
		event: ev, source: int32(i), maker: -1, channel: int32(p.spec.To), refs: 1, live: 1, user: waits, confirm: p.spec.Confirm,
	}
	e.sendPub(k)
	if waits != user {
		e.userGoesOn(int32(i), user)
	}
}

// publishDirect is a publish that is answered at once: no latency, no intake,
// nothing that withholds.
func (e *Engine) publishDirect(i uint32, ev *event, user int32) {
	s := &e.sources[i]
	p := s.p
	first := e.now
	if ev.published < 0 {
		ev.published = e.now
	}
	p.sent++
	e.note(Published, NoReason, p.component, ev, 1, s.instance, -1)
	m := message{try: 1}
	e.begunBlame(ev, 0, 0, e.now-ev.published, 0)
	e.route(p.to, ev, &m)
	switch {
	case m.refused && p.confirms && p.spec.Retry.Attempts != 1:
		q := e.newPub()
		e.pubs[q] = pub{event: ev, source: int32(i), maker: -1, channel: int32(p.spec.To), try: 1, refs: 1, live: 1, user: user, confirm: true, sentAt: first, first: first}
		e.tryAgain(q, WhyFull)
		return
	case m.refused:
		e.giveUp(p, s, ev, 1, WhyFull, p.confirms)
	default:
		if m.copies == 0 {
			e.unrouted(int32(p.spec.To), ev)
		}
		if p.confirms {
			e.confirmed(p, s, ev, 1, first)
		} else {
			p.n.published++
		}
	}
	e.release(ev)
	e.userGoesOn(int32(i), user)
}

func (e *Engine) confirmed(p *producer, s *source, ev *event, try int32, first int64) {
	p.n.published++
	if ev.created >= e.warm {
		if e.now == first {
			p.atOnce++
		} else {
			p.confirmed.Record(e.now - first)
		}
	}
	e.note(Confirmed, NoReason, p.component, ev, try, s.instance, -1)
}

// giveUp ends a publish that was refused for the last time.
func (e *Engine) giveUp(p *producer, s *source, ev *event, try int32, why Why, confirm bool) {
	if confirm {
		p.n.rejected++
	} else {
		p.n.published++
	}
	e.ledger.rejected++
	e.note(Rejected, why, p.component, ev, try, s.instance, -1)
	e.failFamily(ev)
}

func (e *Engine) unrouted(channel int32, ev *event) {
	e.ledger.unrouted++
	e.channels[channel].unrouted++
	e.note(Unrouted, NoReason, e.channels[channel].component, ev, 0, -1, -1)
}

// sendPub sends the next try of a publish over its link.
func (e *Engine) sendPub(k uint32) {
	b := &e.pubs[k]
	ev := b.event
	b.try++
	b.sentAt, b.cut = e.now, 0
	if b.try == 1 {
		b.first = e.now
	}
	if ev.published < 0 {
		ev.published = e.now
	}
	why := NoReason
	if b.try > 1 {
		why = WhyRetry
	}
	m := e.newMessage(message{pub: k, try: b.try})
	b.refs++
	b.live++
	if b.source < 0 {
		in := &e.instances[b.maker]
		c := in.cons
		c.sent[ev.typ]++
		e.note(Published, why, c.component, ev, b.try, in.index, -1)
		e.cross(&c.publish, &in.published, m, ev.luck, 1, classArrival, c.component, kindArrive)
		return
	}
	s := &e.sources[b.source]
	p := s.p
	p.sent++
	e.note(Published, why, p.component, ev, b.try, s.instance, -1)
	if !b.confirm {
		p.n.published++
	} else if p.spec.Timeout > 0 {
		b.refs++
		e.at(e.now+p.spec.Timeout, classTimer, p.component, pack(kindTimeout, uint32(b.try), k))
	}
	e.cross(&p.publish, &s.published, m, ev.luck, b.try, classArrival, p.component, kindArrive)
}

// cross sends a message over a link: at once where the link takes no time.
func (e *Engine) cross(l *link, last *int64, m uint32, identity uint64, try int32, class uint8, component int32, k kind) {
	if l.isFree(e.now, *last) && !e.isCut(component, brokerEnd) {
		e.handle(k, 0, m)
		return
	}
	e.sendOver(l, last, component, brokerEnd, identity, try, class, component, k, 0, m)
}

// arrive is a publish at the broker's door.
func (e *Engine) arrive(m uint32) {
	if r := e.takes; r.Events > 0 {
		if t := e.intake.take(e.now, r); t > e.now {
			e.at(t, classArrival, e.sender(e.messages[m].pub), pack(kindIntake, 0, m))
			return
		}
	}
	e.takeIn(m)
}

// sender is the component that a publish comes from.
func (e *Engine) sender(k uint32) int32 {
	b := &e.pubs[k]
	switch {
	case b.source < 0 && b.maker < 0:
		return e.names.engine()
	case b.source < 0:
		return e.consumers[e.instances[b.maker].consumer].component
	}
	return e.producers[e.sources[b.source].producer].component
}

// takeIn routes a publish that the broker has taken in.
func (e *Engine) takeIn(k uint32) {
	m := &e.messages[k]
	m.arrived = e.now
	b := &e.pubs[m.pub]
	if e.isOut(b.channel) {
		e.lose(kindArrive, k)
		return
	}
	e.blameMessage(m)
	e.route(b.channel, b.event, m)
	for _, d := range e.channels[b.channel].doubles {
		if d.key.Uniform(luck.Counter(b.event.luck, uint32(m.try), 0)) < d.chance {
			e.route(b.channel, b.event, m)
		}
	}
	m = &e.messages[k]
	if m.copies == 0 && !m.refused {
		e.unrouted(b.channel, b.event)
	}
	if m.held == 0 {
		e.conclude(k)
		return
	}
	m.wasHeld = true
	if b.source < 0 {
		if b.maker >= 0 && e.instances[b.maker].crashes == b.life {
			e.instances[b.maker].stalled++
		}
		return
	}
	s := &e.sources[b.source]
	e.tellSource(b, s, m.try, kindHeld)
}

// tellSource sends a note about being held back to a source.
func (e *Engine) tellSource(b *pub, s *source, try int32, k kind) {
	p := s.p
	if p.confirm.isFree(e.now, s.answered) && !e.isCut(p.component, brokerEnd) {
		e.handle(k, uint32(b.source), 0)
		return
	}
	e.sendOver(&p.confirm, &s.answered, p.component, brokerEnd, b.event.luck, try, classDone, p.component, k, uint32(b.source), 0)
}

// blameMessage begins the blame of the copies of a publish: what passed since
// the event was published, by cause.
func (e *Engine) blameMessage(m *message) {
	b := &e.pubs[m.pub]
	ev := b.event
	if m.try != b.try || b.waiting || b.settled {
		// The producer has stopped waiting for this try: all of it was on the way.
		e.begunBlame(ev, 0, 0, b.first-ev.published, e.now-m.arrived)
		return
	}
	e.begunBlame(ev, b.backoff, b.outage, b.first-ev.published, e.now-m.arrived)
}

// begunBlame sets the blame that copies made now begin with; what no cause is
// given for was on the network.
func (e *Engine) begunBlame(ev *event, backoff, outage, batch, withheld int64) {
	total := e.now - ev.published
	e.begun = total > 0
	if e.begun {
		e.blame = [Causes]int64{
			BackingOff: backoff, Outage: outage, Batch: batch, Queueing: withheld,
			Network: total - backoff - outage - batch - withheld,
		}
	}
}

// conclude ends a try that every store has answered.
func (e *Engine) conclude(k uint32) {
	m := &e.messages[k]
	b := &e.pubs[m.pub]
	m.ok = !m.refused
	if b.source < 0 {
		e.concludeEmission(k)
		return
	}
	s := &e.sources[b.source]
	p := s.p
	wasHeld, try, index, source := m.wasHeld, m.try, m.pub, uint32(b.source)
	switch {
	case !b.confirm:
		if m.refused {
			e.ledger.rejected++
			e.note(Rejected, WhyFull, p.component, b.event, try, s.instance, -1)
			e.failFamily(b.event)
		}
		b.settled = true
		e.dropMessage(k)
		if wasHeld {
			e.tellSource(b, s, try, kindUnheld)
		}
		e.endMessage(index)
		e.endMessage(index)
	case p.confirm.isFree(e.now, s.answered) && !e.isCut(p.component, brokerEnd):
		e.answer(k)
		if wasHeld {
			e.handle(kindUnheld, source, 0)
		}
	default:
		identity := b.event.luck
		e.sendOver(&p.confirm, &s.answered, p.component, brokerEnd, identity, try, classDone, p.component, kindAnswer, 0, k)
		if wasHeld {
			e.sendOver(&p.confirm, &s.answered, p.component, brokerEnd, identity, try, classDone, p.component, kindUnheld, source, 0)
		}
	}
}

// concludeEmission ends the publish of an event that was emitted, or made by
// the timeline.
func (e *Engine) concludeEmission(k uint32) {
	m := e.messages[k]
	b := &e.pubs[m.pub]
	maker, life, index := b.maker, b.life, int32(-1)
	if maker >= 0 {
		index = e.instances[maker].index
	}
	if m.refused {
		e.ledger.rejected++
		e.note(Rejected, WhyFull, e.sender(m.pub), b.event, m.try, index, -1)
		e.failFamily(b.event)
	}
	e.dropMessage(k)
	e.endMessage(m.pub)
	e.endMessage(m.pub)
	if m.wasHeld && maker >= 0 && e.instances[maker].crashes == life {
		e.unstall(uint32(maker))
	}
}

// answer is the broker's answer to a try, back at the source.
func (e *Engine) answer(k uint32) {
	m := e.messages[k]
	e.dropMessage(k)
	b := &e.pubs[m.pub]
	s := &e.sources[b.source]
	p := s.p
	switch {
	case b.settled:
	case m.ok:
		e.confirmed(p, s, b.event, m.try, b.first)
		e.settle(m.pub)
	case m.try == b.try && !b.waiting:
		e.tryAgain(m.pub, WhyFull)
	}
	e.endMessage(m.pub)
}

// unanswered is the end of the time that a try may take.
func (e *Engine) unanswered(k, try uint32) {
	b := &e.pubs[k]
	if !b.settled && !b.waiting && uint32(b.try)&0xffffff == try {
		b.outage += e.now - b.sentAt - b.cut
		e.tryAgain(k, WhyUnanswered)
	}
	e.unrefPub(k)
}

// tryAgain asks for the next try of a publish, or gives it up.
func (e *Engine) tryAgain(k uint32, why Why) {
	b := &e.pubs[k]
	s := &e.sources[b.source]
	p := s.p
	if limitReached(b.try, p.spec.Retry.Attempts) {
		e.giveUp(p, s, b.event, b.try, why, b.confirm)
		e.settle(k)
		return
	}
	p.n.retries++
	w := p.backoff.wait(b.try, b.event.luck, b.last)
	b.last = w
	b.backoff += w
	b.waiting = true
	b.refs++
	e.at(e.now+w, classTimer, p.component, pack(kindRetry, 0, k))
}

// publishAgain sends a publish again, unless it was answered late.
func (e *Engine) publishAgain(k uint32) {
	b := &e.pubs[k]
	if !b.settled {
		b.waiting = false
		e.sendPub(k)
	}
	e.unrefPub(k)
}

// settle ends a publish for its producer; older tries may still be under way.
func (e *Engine) settle(k uint32) {
	b := &e.pubs[k]
	b.settled = true
	user := b.user
	b.user = -1
	source, ev := b.source, b.event
	e.endMessage(k)
	e.userGoesOn(source, user)
	e.answered(source, ev)
}

// endMessage is a message of a publish coming to its end, or the publish
// itself being settled.
func (e *Engine) endMessage(k uint32) {
	b := &e.pubs[k]
	b.live--
	if b.live == 0 {
		e.leaveEvent(b.event)
	}
	e.unrefPub(k)
}

// unrefPub gives up one pointer to a publish.
func (e *Engine) unrefPub(k uint32) {
	b := &e.pubs[k]
	b.refs--
	if b.refs > 0 {
		return
	}
	ev := b.event
	b.nextFree = e.freePub
	e.freePub = k + 1
	e.unrefEvent(ev)
}
