package reference

import (
	"slices"
	"strconv"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// action is an entry of the timeline, and what its end needs to know.
type action struct {
	spec    *spec.Action
	crashed map[*instance]int // the instances it took down, and which of their deaths that was
	before  int               // instances before it scaled
	is      *disturbance
	surge   *surge
}

// run is the component that the run itself is.
func (w *world) runComponent() int { return len(w.names) }

// beginTimeline asks for all entries.
func (w *world) beginTimeline() {
	for i := range w.sc.Timeline {
		sp := &w.sc.Timeline[i]
		w.ask(sp.At, timelineEntries, w.runComponent(), func() {
			a := &action{spec: sp, crashed: map[*instance]int{}}
			w.tellOf(sim.FaultBegan, sim.NoReason, w.component(sp.A), -1)
			w.act(a, "timeline/"+strconv.Itoa(i))
			if sp.For > 0 {
				w.ask(w.now+sp.For, timelineEntries, w.runComponent(), func() {
					w.tellOf(sim.FaultEnded, sim.NoReason, w.component(sp.A), -1)
					w.undo(a)
				})
			}
		})
	}
}

// component is what a reference names; the broker has none of its own.
func (w *world) component(r spec.Ref) int {
	switch r.Kind {
	case spec.ProducerComponent:
		return w.sends[r.Index].component
	case spec.ChannelComponent:
		return len(w.sends) + r.Index
	case spec.ConsumerComponent:
		return w.reads[r.Index].component
	}
	return w.runComponent()
}

// connection is what two references are the ends of; channels are the broker's.
func (w *world) connection(sp *spec.Action) *connection {
	end := func(r spec.Ref) int {
		if r.Kind == spec.BrokerComponent || r.Kind == spec.ChannelComponent {
			return theBroker
		}
		return w.component(r)
	}
	return w.between(end(sp.A), end(sp.B))
}

// act does what an entry says; name is that of its luck.
func (w *world) act(a *action, name string) {
	sp := a.spec
	switch sp.Kind {
	case spec.StopAction:
		w.stop(sp)
	case spec.StartAction:
		w.start(sp.A)
	case spec.OutageAction:
		w.outages[sp.A]++
		w.markAll()
	case spec.CutAction:
		w.connection(sp).cuts++
	case spec.DelayAction:
		a.is = &disturbance{by: w.newDraw(name, "delay", sp.By)}
		a.is.by.key = luck.NewKey(w.seed, name, "delay")
		a.is.key = a.is.by.key
		c := w.connection(sp)
		c.delays = append(c.delays, a.is)
	case spec.DropAction:
		a.is = &disturbance{key: luck.NewKey(w.seed, name, "drop"), chance: sp.Chance}
		c := w.connection(sp)
		c.drops = append(c.drops, a.is)
	case spec.DuplicateAction:
		a.is = &disturbance{key: luck.NewKey(w.seed, name, "duplicate"), chance: sp.Chance}
		w.doubles[sp.A.Index] = append(w.doubles[sp.A.Index], a.is)
	case spec.SurgeAction:
		w.sends[sp.A.Index].surge(a)
	case spec.PurgeAction:
		w.purge(sp.A.Index)
	case spec.EmitAction:
		w.emit(sp)
	case spec.SetAction:
		w.sets = append(w.sets, a)
		w.renew()
	default:
		w.reads[sp.A.Index].act(a)
	}
}

// act does what an entry about a consumer says.
func (c *consumer) act(a *action) {
	sp := a.spec
	switch sp.Kind {
	case spec.CrashAction:
		c.crash(a)
	case spec.SlowAction:
		c.slow = append(c.slow, sp.Times)
	case spec.FailAction:
		c.breaks = append(c.breaks, sp.Chance)
	case spec.ScaleAction:
		a.before = c.target
		c.scales = append(c.scales, a)
		c.scaleTo(sp.Count)
	case spec.PauseAction:
		c.pauses = append(c.pauses, sp)
	case spec.ResumeAction:
		c.pauses = nil
		c.goOn()
	}
}

// undo ends an entry that lasts.
func (w *world) undo(a *action) {
	sp := a.spec
	switch sp.Kind {
	case spec.SetAction:
		w.sets = without(w.sets, a)
		w.renew()
	case spec.StopAction:
		w.endStop(sp)
	case spec.OutageAction:
		w.outages[sp.A]--
		w.markAll()
	case spec.CutAction:
		c := w.connection(sp)
		c.endCut()
		for _, r := range []spec.Ref{sp.A, sp.B} {
			if r.Kind == spec.ConsumerComponent {
				w.reads[r.Index].markStores()
			}
		}
	case spec.DelayAction:
		c := w.connection(sp)
		c.delays = without(c.delays, a.is)
	case spec.DropAction:
		c := w.connection(sp)
		c.drops = without(c.drops, a.is)
		w.connectedAgain(sp, c)
	case spec.DuplicateAction:
		w.doubles[sp.A.Index] = without(w.doubles[sp.A.Index], a.is)
	case spec.SurgeAction:
		w.sends[sp.A.Index].endSurge(a)
	case spec.CrashAction:
		for _, in := range w.reads[sp.A.Index].instances {
			if life, is := a.crashed[in]; is {
				in.restart(life)
			}
		}
	case spec.SlowAction:
		c := w.reads[sp.A.Index]
		c.slow = without(c.slow, sp.Times)
	case spec.FailAction:
		c := w.reads[sp.A.Index]
		c.breaks = without(c.breaks, sp.Chance)
	case spec.ScaleAction:
		w.reads[sp.A.Index].endScale(a)
	case spec.PauseAction:
		c := w.reads[sp.A.Index]
		c.pauses = without(c.pauses, sp)
		c.goOn()
	}
}

// without is a list without the first of its items that is v, if there is one.
func without[T comparable](list []T, v T) []T {
	i := slices.Index(list, v)
	if i < 0 {
		return list
	}
	return slices.Delete(slices.Clone(list), i, i+1)
}

// --- the broker -----------------------------------------------------------------------

func (w *world) markAll() {
	for _, s := range w.listed {
		s.mark()
	}
}

// isOut says whether a channel is out, by itself or with the broker.
func (w *world) isOut(channel int) bool {
	n := 0
	for r, outages := range w.outages {
		if r.Kind == spec.BrokerComponent || r.Index == channel {
			n += outages
		}
	}
	return n > 0
}

// connectedAgain is the end of the last loss between two ends: where no lease
// runs out, the broker finds what was lost between it and a consumer.
func (w *world) connectedAgain(sp *spec.Action, c *connection) {
	if len(c.drops) > 0 || c.a != theBroker {
		return
	}
	for _, r := range []spec.Ref{sp.A, sp.B} {
		if r.Kind != spec.ConsumerComponent {
			continue
		}
		for _, in := range w.reads[r.Index].instances {
			for _, d := range in.lost() {
				if !d.clocked && !d.c.inDeadHands {
					d.comeBack(sim.WhyDrop)
				}
			}
		}
	}
}

// purge drops what is ready in a channel; a stream forgets what it keeps.
func (w *world) purge(channel int) {
	if s := w.streams[channel]; s != nil {
		for i := range s.parts {
			s.parts[i].kept = nil
			for _, g := range s.groups {
				g.parts[i].purge()
			}
		}
		return
	}
	for _, s := range w.listed {
		if s.channel == channel {
			s.purge()
		}
	}
}

func (s *store) purge() {
	for _, c := range s.ready() {
		if c.state == waiting {
			c.state = dropped
			s.w.tell(sim.Dropped, sim.WhyPurge, s.component, c.ev, place{c.tries, -1, -1})
		}
	}
	s.admit()
	s.mark()
}

// emit publishes events of the timeline's own, at once.
func (w *world) emit(sp *spec.Action) {
	for range sp.Count {
		w.injected++
		id := luck.Identity(luck.SourceID("timeline"), uint64(w.injected))
		ev := w.newEvent(w.runComponent(), w.injected, sp.Event, id)
		ev.left = w.now
		at := place{1, -1, -1}
		w.tell(sim.Created, sim.NoReason, w.runComponent(), ev, anywhere)
		w.tell(sim.Published, sim.NoReason, w.runComponent(), ev, at)
		w.broker.route(&publish{
			ev: ev, channel: sp.B.Index, try: 1, sender: w.runComponent(),
			onLost:     func() { w.tell(sim.Lost, sim.WhyDrop, w.runComponent(), ev, at) },
			onWithheld: func() {},
			onAnswer: func(accepted bool) {
				if !accepted {
					w.tell(sim.Rejected, sim.WhyFull, w.runComponent(), ev, at)
				}
			},
		})
	}
}

// --- components -----------------------------------------------------------------------

// stop lets a component go away for as long as a stop of it lasts.
func (w *world) stop(sp *spec.Action) {
	if sp.A.Kind == spec.ProducerComponent {
		p := w.sends[sp.A.Index]
		p.stops = append(p.stops, sp)
		return
	}
	c := w.reads[sp.A.Index]
	c.stops = append(c.stops, sp)
	if c.joined {
		c.returns = true
		c.leave()
	}
}

// endStop is the end of a stop: with the last of them the component is back, if
// it was there or should have come meanwhile.
func (w *world) endStop(sp *spec.Action) {
	if sp.A.Kind == spec.ProducerComponent {
		p := w.sends[sp.A.Index]
		p.stops = without(p.stops, sp)
		p.isBack()
		return
	}
	c := w.reads[sp.A.Index]
	c.stops = without(c.stops, sp)
	if c.returns && len(c.stops) == 0 {
		c.returns = false
		c.join()
	}
}

// start ends all stops of a component.
func (w *world) start(r spec.Ref) {
	if r.Kind == spec.ProducerComponent {
		w.sends[r.Index].stops = nil
		w.sends[r.Index].isBack()
		return
	}
	c := w.reads[r.Index]
	c.stops, c.returns = nil, false
	if !c.joined {
		c.join()
	}
}

// isBack lets the users who stayed away think anew, if nothing stops the
// producer.
func (p *producer) isBack() {
	if len(p.stops) > 0 {
		return
	}
	for _, s := range p.sources {
		if !s.off {
			s.goOn()
		}
	}
}

// surge lets a producer's inner time pass faster from now on.
func (p *producer) surge(a *action) {
	a.surge = &surge{from: p.w.now, to: spec.MaxDuration, times: a.spec.Times}
	p.surges = append(p.surges, a.surge)
	for _, s := range p.sources {
		s.arrivals.surge(a.surge)
		s.askAgain()
	}
}

func (p *producer) endSurge(a *action) {
	a.surge.to = p.w.now
	p.surges = without(p.surges, a.surge)
	for _, s := range p.sources {
		s.askAgain()
	}
}

// crash takes down the first instances of those that are up.
func (c *consumer) crash(a *action) {
	left := a.spec.Count
	if a.spec.All || left == spec.Unlimited {
		left = len(c.instances)
	}
	for _, in := range c.instances {
		if !in.up || left == 0 {
			continue
		}
		left--
		in.crash()
		life := in.life
		a.crashed[in] = life
		if a.spec.Restarts {
			c.w.ask(c.w.now+a.spec.Restart, timers, c.component, func() { in.restart(life) })
		}
	}
}

// restart brings the instance up again after one of its deaths.
func (in *instance) restart(life int) {
	if in.crashed && in.life == life {
		in.join()
	}
}

// crash ends the instance with all that it has in hand.
func (in *instance) crash() {
	c := in.c
	c.w.tellOfInstance(sim.Crashed, sim.NoReason, c.component, in.index)
	in.up, in.crashed, in.diedAt = false, true, c.w.now
	in.life++
	in.stalled, in.held, in.working = 0, nil, map[int]*handling{}
	for _, d := range in.lost() {
		d.comeBack(sim.WhyCrash)
	}
	inHand := in.unanswered()
	slices.SortFunc(inHand, func(a, b *delivery) int { return int(a.serial - b.serial) })
	for _, d := range inHand {
		d.dies()
	}
	c.refuseCalls()
	for _, g := range c.groups {
		g.dies(in)
	}
}

// dies is a delivery, or a call, in the hands of an instance that crashes.
func (d *delivery) dies() {
	current, copied, in := d.isCurrent(), d.c, d.in
	d.gone = true
	if d.h != nil && d.h.asks != nil {
		d.h.asks.abandon()
	}
	if d.h != nil && d.h.call != nil {
		d.h.call.ok = false
		in.c.answer(d.h.call)
		return
	}
	d.release()
	s := copied.store
	switch {
	case !current:
	case d.before:
		copied.state = lost
		in.c.w.tell(sim.Lost, sim.WhyCrash, in.c.component, copied.ev, place{d.h.number, in.index, -1})
		s.mark()
	case s.part != nil:
		copied.inDeadHands = true
	case s.w.crashesShowByLease():
	case d.begun && s.isOutOfTries(copied, &in.c.spec.Retry):
		s.discard(copied, sim.WhyAttempts, in.c.spec.Retry.ThenDrop)
	default:
		s.giveBack(d, sim.WhyCrash)
	}
}

// endScale takes a scale back. The one that began last holds; what was when it
// began is what it is taken back to, without what others did that are over.
func (c *consumer) endScale(a *action) {
	i := slices.Index(c.scales, a)
	if i < 0 {
		return // another number was set since
	}
	if i == len(c.scales)-1 {
		c.scaleTo(a.before)
	} else {
		c.scales[i+1].before = a.before
	}
	c.scales = without(c.scales, a)
}

// scaleTo gives the consumer another number of instances.
func (c *consumer) scaleTo(n int) {
	n = min(n, len(c.instances))
	if n == c.target {
		return
	}
	old := c.target
	c.target = n
	c.w.tellOf(sim.Scaled, sim.NoReason, c.component, -1)
	c.w.told[len(c.w.told)-1].Attempt = int32(n)
	if !c.joined {
		return
	}
	for i := old; i < n; i++ {
		c.instances[i].start()
	}
	for i := old - 1; i >= n; i-- {
		c.instances[i].leave()
	}
}

// goOn lets a consumer begin what it holds, and be sent more, when it is paused
// no longer.
func (c *consumer) goOn() {
	c.markStores()
	for _, in := range c.instances {
		in.beginHeld()
	}
	c.serveCalls()
}

// slowed is how long work takes now.
func (c *consumer) slowed(ns int64) int64 {
	times := 1.0
	for _, f := range c.slow {
		times *= f
	}
	if times == 1 {
		return ns
	}
	return int64(min(float64(ns)*times, float64(spec.MaxDuration)))
}

// breaks says whether a fault fails an attempt that would succeed.
func (h *handling) breaks() bool {
	if len(h.c.breaks) == 0 {
		return false
	}
	ok := 1.0
	for _, p := range h.c.breaks {
		ok *= 1 - p
	}
	return h.c.w.uniform(h.c.spec.Name, "fault", h.ev.luck, h.number) < 1-ok
}
