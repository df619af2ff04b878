package sim

import (
	"strconv"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// brokerEnd stands for the broker as one end of a connection.
const brokerEnd = -2

// fault is what is wrong with the traffic between two components.
type fault struct {
	a, b   int32
	cuts   int
	delays []*faultDelay
	drops  []*faultDrop
	held   []heldMessage // sent while it was cut, in order
}

type faultDelay struct {
	sampler *luck.Sampler
	key     luck.Key
}

type faultDrop struct {
	chance float64
	key    luck.Key
}

// heldMessage is a message that waits for a cut to end.
type heldMessage struct {
	l         *link
	last      *int64
	identity  uint64
	attempt   int32
	class     uint8
	component int32
	kind      kind
	a, b      uint32
	at        int64 // when it was sent
}

// action is a timeline entry of a run.
type action struct {
	spec    *spec.Action
	crashed []crashOf // those that it took down
	before  int32     // instances before it scaled
	delay   *faultDelay
	drop    *faultDrop
}

// crashOf is one crash of an instance.
type crashOf struct {
	in     *instance
	number uint32 // of its crashes
}

func (e *Engine) buildTimeline() {
	e.actions = make([]action, len(e.sc.Timeline))
	for i := range e.sc.Timeline {
		sp := &e.sc.Timeline[i]
		e.actions[i].spec = sp
		e.at(sp.At, classTimeline, e.names.engine(), pack(kindAction, 0, uint32(i)))
	}
}

// componentOf is the component that a reference of the timeline names.
func (e *Engine) componentOf(r spec.Ref) int32 {
	switch r.Kind {
	case spec.ProducerComponent:
		return e.producers[r.Index].component
	case spec.ChannelComponent:
		return e.channels[r.Index].component
	case spec.ConsumerComponent:
		return e.consumers[r.Index].component
	}
	return e.names.engine()
}

// endOf is an end of a connection: channels are the broker's.
func (e *Engine) endOf(r spec.Ref) int32 {
	if r.Kind == spec.BrokerComponent || r.Kind == spec.ChannelComponent {
		return brokerEnd
	}
	return e.componentOf(r)
}

// act begins a timeline entry, and asks for its end.
func (e *Engine) act(i uint32) {
	a := &e.actions[i]
	sp := a.spec
	component := e.componentOf(sp.A)
	e.note(FaultBegan, NoReason, component, nil, 0, -1, -1)
	e.beginAction(a, i)
	if sp.For > 0 {
		e.at(e.now+sp.For, classTimeline, e.names.engine(), pack(kindUndo, 0, i))
	}
}

// beginAction does what a timeline entry says.
func (e *Engine) beginAction(a *action, i uint32) {
	sp := a.spec
	switch sp.Kind {
	case spec.CrashAction:
		e.crash(a)
	case spec.SlowAction:
		c := &e.consumers[sp.A.Index]
		c.slows = append(c.slows, sp.Times)
		c.reslow()
	case spec.FailAction:
		c := &e.consumers[sp.A.Index]
		c.breaks = append(c.breaks, sp.Chance)
	case spec.ScaleAction:
		c := &e.consumers[sp.A.Index]
		a.before = c.target
		c.scales = append(c.scales, a)
		e.scaleTo(c, int32(sp.Count))
	case spec.StopAction:
		e.stopComponent(a)
	case spec.StartAction:
		e.startComponent(sp.A)
	case spec.OutageAction:
		e.outage(sp.A, 1)
	case spec.CutAction:
		e.faultBetween(e.endOf(sp.A), e.endOf(sp.B), true).cuts++
		e.cutChanged(sp)
	case spec.DelayAction:
		a.delay = &faultDelay{luck.Compile(sp.By), luck.NewKey(e.seed, "timeline/"+itoa(i), "delay")}
		f := e.faultBetween(e.endOf(sp.A), e.endOf(sp.B), true)
		f.delays = append(f.delays, a.delay)
	case spec.DropAction:
		a.drop = &faultDrop{sp.Chance, luck.NewKey(e.seed, "timeline/"+itoa(i), "drop")}
		f := e.faultBetween(e.endOf(sp.A), e.endOf(sp.B), true)
		f.drops = append(f.drops, a.drop)
	case spec.DuplicateAction:
		ch := &e.channels[sp.A.Index]
		a.drop = &faultDrop{sp.Chance, luck.NewKey(e.seed, "timeline/"+itoa(i), "duplicate")}
		ch.doubles = append(ch.doubles, a.drop)
	case spec.SurgeAction:
		p := &e.producers[sp.A.Index]
		p.surges = append(p.surges, sp.Times)
		e.respeed(sp.A.Index)
	case spec.PurgeAction:
		e.purge(&e.channels[sp.A.Index])
	case spec.PauseAction:
		c := &e.consumers[sp.A.Index]
		e.pause(c, append(c.pauses, a))
	case spec.ResumeAction:
		e.pause(&e.consumers[sp.A.Index], nil)
	case spec.EmitAction:
		e.inject(sp)
	case spec.SetAction:
		e.set(a)
	}
}

// undo ends a timeline entry that lasts.
func (e *Engine) undo(i uint32) {
	a := &e.actions[i]
	sp := a.spec
	e.note(FaultEnded, NoReason, e.componentOf(sp.A), nil, 0, -1, -1)
	switch sp.Kind {
	case spec.CrashAction:
		for _, c := range a.crashed {
			e.restart(c.in, c.number)
		}
	case spec.SlowAction:
		c := &e.consumers[sp.A.Index]
		c.slows = without(c.slows, sp.Times)
		c.reslow()
	case spec.FailAction:
		c := &e.consumers[sp.A.Index]
		c.breaks = without(c.breaks, sp.Chance)
	case spec.ScaleAction:
		e.unscale(&e.consumers[sp.A.Index], a)
	case spec.StopAction:
		e.unstop(a)
	case spec.OutageAction:
		e.outage(sp.A, -1)
	case spec.CutAction:
		f := e.faultBetween(e.endOf(sp.A), e.endOf(sp.B), true)
		f.cuts--
		e.cutChanged(sp)
		if f.cuts == 0 {
			e.sendHeld(f)
		}
	case spec.DelayAction:
		f := e.faultBetween(e.endOf(sp.A), e.endOf(sp.B), true)
		f.delays = without(f.delays, a.delay)
	case spec.DropAction:
		f := e.faultBetween(e.endOf(sp.A), e.endOf(sp.B), true)
		f.drops = without(f.drops, a.drop)
		e.connectedAgain(sp, f)
	case spec.DuplicateAction:
		ch := &e.channels[sp.A.Index]
		ch.doubles = without(ch.doubles, a.drop)
	case spec.SetAction:
		e.unset(a)
	case spec.SurgeAction:
		p := &e.producers[sp.A.Index]
		p.surges = without(p.surges, sp.Times)
		e.respeed(sp.A.Index)
	case spec.PauseAction:
		c := &e.consumers[sp.A.Index]
		e.pause(c, without(c.pauses, a))
	}
}

// without is a list without the first of its items that equals v.
func without[T comparable](list []T, v T) []T {
	for i := range list {
		if list[i] == v {
			return append(list[:i:i], list[i+1:]...)
		}
	}
	return list
}

// reslow works out how many times longer a consumer's work takes.
func (c *consumer) reslow() {
	c.slow = 1
	for _, f := range c.slows {
		c.slow = float64(c.slow * f)
	}
}

// breaksNow is the chance that faults let an attempt fail.
func (c *consumer) breaksNow() float64 {
	ok := 1.0
	for _, p := range c.breaks {
		ok = float64(ok * (1 - p))
	}
	return 1 - ok
}

// crash takes instances of a consumer down.
func (e *Engine) crash(a *action) {
	c := &e.consumers[a.spec.A.Index]
	left := int32(a.spec.Count)
	if a.spec.All || left < 0 {
		left = c.count
	}
	a.crashed = a.crashed[:0]
	for j := int32(0); j < c.count && left > 0; j++ {
		in := &e.instances[c.first+j]
		if !in.up {
			continue
		}
		left--
		in.crashes++
		a.crashed = append(a.crashed, crashOf{in, in.crashes})
		e.crashInstance(in)
		if a.spec.Restarts {
			e.at(e.now+a.spec.Restart, classTimer, c.component, pack(kindRestart, uint32(c.first+j), in.crashes))
		}
	}
}

// restart brings an instance up again after one of its crashes, unless it has
// been up since.
func (e *Engine) restart(in *instance, crash uint32) {
	if in.crashed && in.crashes == crash {
		in.crashed = false
		e.instanceUp(uint32(in.cons.first + in.index))
	}
}

// crashInstance ends an instance with all that it has in hand.
func (e *Engine) crashInstance(in *instance) {
	c := in.cons
	e.note(Crashed, NoReason, c.component, nil, 0, in.index, -1)
	in.crashed = true
	e.takeDown(c, in)
	if c.workers > 0 {
		c.offer(in, e.now, -int64(in.working))
	}
	in.busy.Add(e.now, -int64(in.working))
	in.working, in.stalled = 0, 0
	for in.held.len() > 0 {
		in.held.pop()
	}
	for _, d := range e.lostDeliveriesOf(in) {
		e.returnLost(d, WhyCrash)
	}
	for _, d := range e.deliveriesOf(in) {
		e.crashDelivery(d)
	}
	e.membersChanged(c, in, true)
}

// returnLost returns a copy whose delivery, or the answer to it, was lost on
// the way: with the connection its lease is over, where the broker notices.
func (e *Engine) returnLost(d *delivery, why Why) {
	c := d.c
	s := c.s
	e.settleBlame(c)
	e.freeSlot(d)
	switch {
	case s.group != nil && why == WhyCrash:
		s.inHand = c // until its group notices
		return
	case s.byLease && why != WhyDrop:
		return
	}
	e.leasedDec(s)
	c.lease = nil
	e.giveBack(s, c, d.in.cons, why)
	e.leaseOver(d)
}

// crashDelivery ends what a crashed instance was doing with a copy. An answer
// that is on its way already arrives all the same.
func (e *Engine) crashDelivery(d *delivery) {
	switch {
	case d.first && !d.arrived:
		d.left = 1 // its arrival
	case d.first && d.outcome == outcomeExpired, !d.first && d.worker < 0:
		return
	case !d.first && d.ask == 0:
		d.left = 1 // the end of its step or backoff
	default:
		d.left = 0
	}
	if d.waits {
		d.left++ // its answer before work
	}
	d.worker = -1
	if d.ask != 0 {
		e.abandonAsk(d.ask - 1)
		d.ask = 0
	}
	if d.call != 0 {
		e.crashCall(d)
		return
	}
	c := d.c
	s := c.s
	cons := d.in.cons
	current := e.isCurrent(c, d)
	begun := !d.first
	if current {
		c.charge(Outage, e.now-c.since)
		c.since = e.now
	}
	switch {
	case d.before && begun:
		if current {
			cons.n.lost++
			s.n.lost++
			e.leasedDec(s)
			e.note(Lost, WhyCrash, cons.component, c.ev, d.attempt, d.in.index, -1)
			e.failFamily(c.ev)
			e.leaveStore(s, c)
		}
		e.freeSlot(d)
		e.scrap(d)
		return
	case current && s.group != nil:
		// It is sent again when the group has noticed.
		c.cause = LeaseWait
		s.inHand = c
		e.freeSlot(d)
		e.scrapKeepingLease(d)
		return
	case current && s.byLease:
		// The broker learns of it when the lease runs out.
		c.cause = LeaseWait
		e.freeSlot(d)
		e.scrapKeepingLease(d)
		return
	}
	if current {
		e.leasedDec(s)
		c.lease = nil
	}
	e.freeSlot(d)
	if current {
		if e.usedUp(s, cons, c) && begun {
			e.exclude(s, c, cons)
		} else {
			e.giveBack(s, c, cons, WhyCrash)
		}
	}
	e.scrap(d)
}

// crashCall ends a call whose callee's instance has died: the caller hears
// of it at once.
func (e *Engine) crashCall(d *delivery) {
	n, c := d.call-1, d.c
	d.call = 0
	c.state = copyGone
	c.lease = nil
	e.scrap(d)
	e.unrefCopy(c)
	e.calls[n].ok = false
	e.answerCall(n)
}

// scrap ends a delivery of a crashed instance; if an entry of the future
// still points at it, it is forgotten when that comes up.
func (e *Engine) scrap(d *delivery) {
	d.gone = true
	d.slot = false
	if d.left == 0 {
		e.forget(d)
	}
}

// scrapKeepingLease is scrap for a delivery whose lease has yet to run out.
func (e *Engine) scrapKeepingLease(d *delivery) {
	d.gone, d.leaseOnly, d.worker = true, true, -1
}

// leaseOver is the end of the lease of a delivery that may be gone.
func (e *Engine) leaseOver(d *delivery) {
	if d.leaseOnly {
		d.leaseOnly = false
		if d.left == 0 {
			e.forget(d)
		}
	}
}

// scaleTo gives a consumer another number of instances.
func (e *Engine) scaleTo(c *consumer, n int32) {
	n = max(0, min(n, c.count))
	if n == c.target {
		return
	}
	old := c.target
	c.target = n
	e.note(Scaled, NoReason, c.component, nil, n, -1, -1)
	if !c.joined {
		return
	}
	for j := old; j < n; j++ {
		e.startInstance(c, uint32(c.first+j))
	}
	for j := old - 1; j >= n; j-- {
		e.leaveInstance(c, uint32(c.first+j))
	}
}

// outage begins (+1) or ends (-1) an outage of the broker or a channel.
func (e *Engine) outage(r spec.Ref, n int) {
	if r.Kind == spec.ChannelComponent {
		e.channels[r.Index].outages += n
	} else {
		e.outages += n
	}
	for i := range e.stores {
		s := &e.stores[i]
		if r.Kind == spec.ChannelComponent && int(s.channel) != r.Index {
			continue
		}
		e.updateWait(s)
		e.mark(s)
		e.remindOthers(s)
	}
}

// isOut says whether a channel is out, on its own or with the broker.
func (e *Engine) isOut(channel int32) bool { return e.outages > 0 || e.channels[channel].outages > 0 }

// updateWait works out what the copies of a store wait for from now on.
func (e *Engine) updateWait(s *store) {
	cause := Queueing
	switch {
	case e.isOut(s.channel):
		cause = Outage
	case s.resting:
		cause = Rebalancing
	case s.group != nil && s.owner == nil && s.everOwned:
		cause = Rebalancing
	case s.group != nil && s.owner != nil && s.owner.up:
	case s.group != nil && s.owner != nil:
		cause = Outage
	case s.group != nil:
		cause = Startup
	case s.up == 0 && s.everUp:
		cause = Outage
	case s.up == 0:
		cause = Startup
	}
	s.waitsFor(e.now, cause)
}

// faultBetween finds what is wrong between two ends; it is nil for nothing,
// unless it is to be made.
func (e *Engine) faultBetween(a, b int32, make bool) *fault {
	if a > b {
		a, b = b, a
	}
	for _, f := range e.faults {
		if f.a == a && f.b == b {
			return f
		}
	}
	if !make {
		return nil
	}
	f := &fault{a: a, b: b}
	e.faults = append(e.faults, f)
	return f
}

// isCut says whether no traffic passes between two components now, or it is
// disturbed otherwise: then a link that takes no time is not crossed at once.
func (e *Engine) isCut(a, b int32) bool {
	if len(e.faults) == 0 {
		return false
	}
	f := e.faultBetween(a, b, false)
	return f != nil && (f.cuts > 0 || len(f.delays) > 0 || len(f.drops) > 0)
}

// cutChanged lets the stores of a consumer that was cut off from the broker,
// or no longer is, know.
func (e *Engine) cutChanged(sp *spec.Action) {
	for _, r := range [2]spec.Ref{sp.A, sp.B} {
		if r.Kind != spec.ConsumerComponent {
			continue
		}
		c := &e.consumers[r.Index]
		f := e.faultBetween(c.component, brokerEnd, false)
		c.cutOff = f != nil && f.cuts > 0
		for j := range c.count {
			in := &e.instances[c.first+j]
			if c.cutOff {
				e.withdrawSlots(c, in)
			} else {
				e.offerSlots(c, in)
			}
		}
	}
}

// sendOver sends something over a link between two components, as far as
// nothing is wrong with it.
func (e *Engine) sendOver(l *link, last *int64, from, to int32, identity uint64, attempt int32, class uint8, component int32, k kind, a, b uint32) {
	var extra int64
	if len(e.faults) > 0 {
		if f := e.faultBetween(from, to, false); f != nil {
			if f.cuts > 0 {
				f.held = append(f.held, heldMessage{l, last, identity, attempt, class, component, k, a, b, e.now})
				return
			}
			for _, d := range f.drops {
				if k != kindHeld && k != kindUnheld && d.key.Uniform(luck.Counter(identity, uint32(attempt), uint32(k))) < d.chance {
					e.lose(k, b)
					return
				}
			}
			for _, d := range f.delays {
				extra += d.sampler.Nanos(d.key, luck.Counter(identity, uint32(attempt), uint32(k)))
			}
		}
	}
	t := l.arrival(e.now+extra, last, identity, attempt)
	e.at(t, class, component, pack(k, a, b))
}

// sendHeld sends what waited for a cut to end.
func (e *Engine) sendHeld(f *fault) {
	held := f.held
	f.held = nil
	for _, m := range held {
		e.blameCut(&m)
		t := m.l.arrival(e.now, m.last, m.identity, m.attempt)
		e.at(t, m.class, m.component, pack(m.kind, m.a, m.b))
	}
}

// blameCut gives the time for which a cut held a message to the outage.
func (e *Engine) blameCut(m *heldMessage) {
	switch m.kind {
	case kindArrive:
		msg := &e.messages[m.b]
		if p := &e.pubs[msg.pub]; msg.try == p.try && !p.waiting && !p.settled {
			p.outage += e.now - m.at
			p.cut += e.now - m.at
		}
	case kindDeliver, kindAck:
		if d := e.deliveries.at(m.b); e.isCurrent(d.c, d) && d.c.cause == Network {
			d.c.charge(Outage, e.now-d.c.since)
			d.c.since = e.now
		}
	case kindCallArrive:
		e.calls[m.b].cut += e.now - m.at
	}
}

// lose is a message that a link has lost.
func (e *Engine) lose(k kind, b uint32) {
	switch k {
	case kindArrive:
		m := e.messages[b]
		p := &e.pubs[m.pub]
		ev := p.event
		if p.source < 0 || !p.confirm {
			e.ledger.rejected++
			e.note(Lost, WhyDrop, e.sender(m.pub), ev, m.try, -1, -1)
			e.failFamily(ev)
			p.settled = true
			e.endMessage(m.pub)
		}
		e.dropMessage(b)
		e.brokenOff(m.pub, m.try)
		e.endMessage(m.pub)
	case kindAnswer:
		m := e.messages[b]
		e.dropMessage(b)
		e.brokenOff(m.pub, m.try)
		e.endMessage(m.pub)
	case kindDeliver, kindAck:
		d := e.deliveries.at(b)
		if d.waits {
			// An answer before work: the work goes on, or is over by now.
			d.waits = false
			if d.over {
				e.forget(d)
			}
			return
		}
		// The copy stays leased until its lease runs out.
		d.left = 0
		e.scrapKeepingLease(d)
		c := d.c
		if !e.isCurrent(c, d) {
			e.freeSlot(d)
			e.forget(d)
			return
		}
		e.settleBlame(c)
		c.cause = LeaseWait
		if s := c.s; k == kindDeliver && s.spec.AckTimeout > 0 && !d.clocked {
			e.watchLease(s, d) // it will never start, so its clock runs from the sending
		}
	case kindCallArrive, kindCallAnswer:
		e.loseCall(b)
	}
}

// loseCall is a request, or the answer to one, that a link has lost. A caller
// who has no timeout is told when the connection breaks; the others find out.
func (e *Engine) loseCall(k uint32) {
	c := &e.calls[k]
	a := &e.asks[c.ask]
	if !a.open || !a.waiting || a.try != c.try || e.askTimeout(a) > 0 {
		e.dropCall(k)
		return
	}
	c.ok, c.refused = false, false
	component, _, _, _ := e.caller(a)
	e.at(e.now, classDone, component, pack(kindCallAnswer, 0, k))
}

// connectedAgain is the end of the last loss of messages between two ends:
// where no lease runs out, the broker finds what was lost between it and a
// consumer with the new connection, and returns it.
func (e *Engine) connectedAgain(sp *spec.Action, f *fault) {
	if len(f.drops) > 0 || (f.a != brokerEnd && f.b != brokerEnd) {
		return
	}
	for _, r := range [2]spec.Ref{sp.A, sp.B} {
		if r.Kind != spec.ConsumerComponent {
			continue
		}
		c := &e.consumers[r.Index]
		for j := range c.count {
			for _, d := range e.lostDeliveriesOf(&e.instances[c.first+j]) {
				if !d.clocked && d.c.s.inHand != d.c {
					e.returnLost(d, WhyDrop)
				}
			}
		}
	}
}

// brokenOff tells a producer that has no timeout that a try of it, or the
// answer, was lost: the connection that it went over is gone.
func (e *Engine) brokenOff(k uint32, try int32) {
	b := &e.pubs[k]
	if b.source < 0 || b.settled || b.waiting || b.try != try {
		return
	}
	if sp := e.sources[b.source].p.spec; b.confirm && sp.Timeout == 0 {
		e.tryAgain(k, WhyOutage)
	}
}

// purge drops everything that waits in a channel.
func (e *Engine) purge(ch *channel) {
	for _, i := range ch.stores {
		e.purgeStore(&e.stores[i])
	}
	if ch.stream != nil {
		e.purgeLog(ch.stream)
	}
}

func (e *Engine) purgeStore(s *store) {
	if s.keys != nil {
		e.unparkAll(s)
	}
	for s.ready.Level() > 0 {
		c, _, ok := s.order.peek(e)
		if !ok {
			break
		}
		e.drop(s, c, WhyPurge)
	}
	if s.withheld.len() > 0 {
		e.takeWithheld(s)
	}
	e.remindOthers(s)
}

// pause holds a consumer back from new work for as long as there are pauses.
func (e *Engine) pause(c *consumer, pauses []*action) {
	c.pauses = pauses
	was := c.paused
	c.paused = len(pauses) > 0
	if was == c.paused {
		return
	}
	for j := range c.count {
		in := &e.instances[c.first+j]
		if c.paused {
			e.withdrawSlots(c, in)
			continue
		}
		e.offerSlots(c, in)
		e.startHeld(in)
	}
	if !c.paused {
		e.serveCalls(c)
	}
}

// inject publishes events that the timeline makes.
func (e *Engine) inject(sp *spec.Action) {
	to := int32(sp.B.Index)
	for range sp.Count {
		e.injected++
		id := luck.Identity(luck.SourceID("timeline"), uint64(e.injected))
		ev := e.makeEvent(int32(sp.Event), EventID{e.names.engine(), e.injected}, id)
		v := ev
		e.drawKey(v)
		e.beginFamily(v)
		v.published = e.now
		e.note(Created, NoReason, e.names.engine(), v, 0, -1, -1)
		e.note(Published, NoReason, e.names.engine(), v, 1, -1, -1)
		// A message like any other: a full channel may withhold it.
		k := e.newPub()
		e.pubs[k] = pub{
			event: ev, source: -1, maker: -1, channel: to, try: 1, refs: 2, live: 2, user: -1, first: e.now, sentAt: e.now,
		}
		e.takeIn(e.newMessage(message{pub: k, try: 1}))
	}
}

// respeed works out how fast a producer creates events, and asks each of its
// sources for its next event anew.
func (e *Engine) respeed(i int) {
	p := &e.producers[i]
	p.speed = 1
	for _, f := range p.surges {
		p.speed = float64(p.speed * f)
	}
	for k := range e.sources {
		s := &e.sources[k]
		if int(s.producer) != i || p.spec.Users > 0 || p.spec.Rate.Kind == spec.Replay {
			continue
		}
		s.arrivals.respeed(e.now, p.speed)
		e.tickAgain(uint32(k))
	}
}

// refuseWaiting answers the calls that wait at a consumer of which no
// instance is left.
func (e *Engine) refuseWaiting(c *consumer) {
	for c.serving.waiting.len() > 0 {
		d := c.serving.waiting.pop()
		n := d.call - 1
		e.note(Refused, WhyFull, c.component, d.c.ev, d.number, -1, -1)
		e.dropCallCopy(d)
		e.calls[n].refused = true
		e.answerCall(n)
	}
}

func itoa(i uint32) string { return strconv.Itoa(int(i)) }

// disturbs says whether a timeline does anything to publishes under way.
func disturbs(sc *spec.Scenario) bool {
	for i := range sc.Timeline {
		switch sc.Timeline[i].Kind {
		case spec.OutageAction, spec.CutAction, spec.DelayAction, spec.DropAction, spec.DuplicateAction, spec.SetAction:
			return true
		}
	}
	return false
}
