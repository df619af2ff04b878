package reference

import (
	"slices"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// consumer handles events with its instances.
type consumer struct {
	w         *world
	component int
	spec      *spec.Consumer
	instances []*instance
	stores    []*store // it reads from, in the order of their channels
	subs      []*subscription
	groups    []*group // that it is to streams
	takes     int64
	took      map[*store]int64     // when it last took from a store, counted in takes
	effects   map[sim.EventID]bool // events it has done
	given     int64                // copies first started
	emitted   int64                // events created
	calls     []*call              // that wait for a worker, first come first
	turn      int                  // instance to begin the next round of calls with
	refusals  *link                // answers that no instance sends
	steps     *stepList            // of attempts that begin now
	joined    bool
	target    int            // instances it is to have
	pauses    []*spec.Action // that last
	stops     []*spec.Action // the same
	returns   bool           // when they are over
	scaler    *scaler        // nil: it never had one
	scales    []*action      // in the order in which they began
	slow      []float64      // how many times as long its work takes
	breaks    []float64      // chances that an attempt fails at its end
}

// instance is one of a consumer's instances.
type instance struct {
	c        *consumer
	index    int
	up       bool
	starting bool              // it joins after its start time
	starts   int               // times it was begun
	crashed  bool              // it is down for that
	life     int               // times it has died
	stalled  int               // of its emissions, how many a full store withholds
	leases   int               // held
	sent     []*delivery       // all that it was ever sent or asked
	held     []*delivery       // arrived, not begun, first come first
	working  map[int]*handling // by worker
	diedAt   int64             // when it died last
	tookLast int64             // its last delivery from a queue or subscription, as a serial
	readLast int64             // the same from a stream
	deliver  *link
	answer   *link
	publish  *link
	request  *link
	reply    *link // answers to calls
}

// delivery is a copy sent to an instance.
type delivery struct {
	c        *storedCopy
	in       *instance
	number   int
	came     int64 // its place among what arrived in the run
	holds    bool  // a lease slot of the instance
	serial   int64 // its place among what was sent or asked in the run
	begun    bool
	before   bool      // it is answered before the work
	over     bool      // the work on it
	replied  bool      // the answer was set out
	waits    bool      // its answer before work is under way
	clocked  bool      // its lease has an end
	recalled bool      // taken back before it was begun
	gone     bool      // with its instance, or lost on the way
	h        *handling // the work on it, nil: not begun
	keptSlot bool      // while its copy waits out a backoff
}

func newConsumer(w *world, component, index int) *consumer {
	c := &consumer{
		w: w, component: component, spec: &w.sc.Consumers[index], target: w.sc.Consumers[index].Instances,
		took: map[*store]int64{}, effects: map[sim.EventID]bool{},
	}
	c.steps = newStepList(c.spec.Handlers)
	latency := &w.sc.Broker.Latency
	newLink := func(purpose string, d spec.Dist) *link { return w.newLink(component, c.spec.Name, purpose, d) }
	c.refusals = newLink("call", latency.Call)
	for i := range w.mostInstances(index) {
		c.instances = append(c.instances, &instance{
			c: c, index: i, working: map[int]*handling{},
			deliver: newLink("deliver", latency.Deliver),
			answer:  newLink("ack", latency.Ack),
			publish: newLink("publish", latency.Publish),
			request: newLink("call", latency.Call),
			reply:   newLink("call", latency.Call),
		})
	}
	return c
}

// mostInstances is how many instances a consumer may ever have at once.
func (w *world) mostInstances(consumer int) int {
	most := w.sc.Consumers[consumer].Instances
	if a := w.sc.Consumers[consumer].Autoscale; a != nil {
		most = max(most, a.Max)
	}
	for _, a := range w.sc.Timeline {
		if a.Kind == spec.ScaleAction && a.A.Index == consumer {
			most = max(most, a.Count)
		}
		if a.Kind == spec.SetAction {
			c := &a.Changed.Consumers[consumer]
			most = max(most, c.Instances)
			if c.Autoscale != nil {
				most = max(most, c.Autoscale.Max)
			}
		}
	}
	return most
}

// --- joining and leaving -----------------------------------------------------------

// begin asks for the consumer's comings and goings; what is due at 0 happens
// while the run is built.
func (c *consumer) begin() {
	c.at(c.spec.Starts, func() {
		if len(c.stops) > 0 {
			c.returns = true
			return
		}
		c.join()
	})
	if c.spec.Autoscale != nil {
		c.scaler = &scaler{c: c, spec: c.spec.Autoscale, looks: []totals{{}}} // it has seen the beginning
		c.w.scalers = append(c.w.scalers, c.scaler)
		c.scaler.begin()
	}
	if c.spec.Stops > 0 {
		c.at(c.spec.Stops, func() {
			c.returns = false
			c.leave()
		})
	}
}

// join begins the consumer's subscriptions and lets its instances start.
func (c *consumer) join() {
	c.joined = true
	for _, sub := range c.subs {
		sub.begun = true
	}
	for _, g := range c.groups {
		g.begin()
	}
	for _, in := range c.instances[:c.target] {
		in.start()
	}
}

// leave takes all instances away.
func (c *consumer) leave() {
	c.joined = false
	for _, in := range c.instances {
		in.leave()
	}
}

// at lets something happen at an instant, which may be this.
func (c *consumer) at(when int64, do func()) {
	if when == c.w.now {
		do()
		return
	}
	c.w.ask(when, timers, c.component, do)
}

// start lets the instance join after its start time.
func (in *instance) start() {
	if in.up || in.starting {
		return
	}
	c := in.c
	in.starts++
	start := in.starts
	id := luck.Identity(luck.SourceID(c.spec.Name), uint64(in.index))
	takes := c.w.newDraw(c.spec.Name, "start", c.spec.StartTime).nanos(id, start-1)
	in.starting = takes > 0
	c.at(c.w.now+takes, func() {
		leavesNow := takes > 0 && c.spec.Stops > 0 && c.w.now == c.spec.Stops
		if in.starts == start && !leavesNow && (in.starting || takes == 0) {
			in.starting = false
			in.join()
		}
	})
}

// join lets the instance take work, if its consumer still wants it.
func (in *instance) join() {
	c := in.c
	if in.up || !c.joined || in.index >= c.target {
		return
	}
	in.up, in.crashed = true, false
	c.w.tellOfInstance(sim.Joined, sim.NoReason, c.component, in.index)
	c.markStores()
	for _, g := range c.groups {
		if _, dead := g.missing[in]; dead {
			g.noticeDeath(in) // it is back as a new member
		}
		g.rebalance()
	}
	c.serveCalls()
}

// leave gives back what the instance has not begun; work in hand goes on.
func (in *instance) leave() {
	in.starting, in.crashed = false, false
	if !in.up {
		return
	}
	c := in.c
	in.up = false
	for _, d := range in.lost() {
		d.comeBack(sim.WhyStop)
	}
	in.held = nil
	for _, d := range in.unanswered() {
		if !d.begun {
			d.recalled = true
			d.c.store.stopped(d)
		}
	}
	c.w.tellOfInstance(sim.Left, sim.WhyStop, c.component, in.index)
	c.refuseCalls()
	for _, g := range c.groups {
		g.rebalance()
	}
}

// unanswered lists what the instance was sent, or asked, and has not answered
// yet, in that order.
func (in *instance) unanswered() []*delivery {
	return slices.DeleteFunc(slices.Clone(in.sent), func(d *delivery) bool {
		return d.gone || d.recalled || d.replied || d.over
	})
}

// lost lists deliveries of which something was lost on the way while their
// copies stay leased.
func (in *instance) lost() []*delivery {
	return slices.DeleteFunc(slices.Clone(in.sent), func(d *delivery) bool { return !d.gone || !d.isCurrent() })
}

// isCurrent says whether the delivery holds the lease of its copy.
func (d *delivery) isCurrent() bool {
	return d.c.current == d && (d.c.state == leased || d.c.state == inHand)
}

// --- lease slots ----------------------------------------------------------------------

// freeSlots is how many copies more can be sent to the instance now.
func (in *instance) freeSlots() (n int, unlimited bool) {
	if !in.up || len(in.c.pauses) > 0 || in.c.w.between(in.c.component, theBroker).cuts > 0 {
		return 0, false
	}
	limit := in.c.spec.Prefetch
	if len(in.c.groups) > 0 {
		limit = in.c.spec.Concurrency // what a member has read ahead is no lease
	}
	return max(0, limit-in.leases), limit == spec.Unlimited
}

// release frees the slot of a delivery.
func (d *delivery) release() {
	if !d.holds {
		return
	}
	d.holds = false
	d.in.leases--
	d.in.c.markStores()
}

func (c *consumer) markStores() {
	for _, s := range c.stores {
		c.w.marked[s] = true
	}
}

func (c *consumer) tookFrom(s *store) {
	c.takes++
	c.took[s] = c.takes
}

// isTurnOf says whether a free slot goes to the store rather than to another
// one with ready copies from which the consumer took longer ago. Partitions take
// turns by themselves, see isTurnOfItsStreams.
func (c *consumer) isTurnOf(s *store) bool {
	for _, other := range c.stores {
		if other == s || other.part != nil || other.isOut() || other.head() == nil {
			continue
		}
		if c.took[other] < c.took[s] || c.took[other] == c.took[s] && other.component < s.component {
			return false
		}
	}
	return true
}

// --- work ---------------------------------------------------------------------------------

// arrive puts a delivery among those the instance holds.
func (in *instance) arrive(d *delivery) {
	if d.recalled || d.gone {
		return
	}
	in.c.w.came++
	d.came = in.c.w.came
	in.held = append(in.held, d)
	in.beginHeld()
}

// beginHeld begins held deliveries, and calls that wait, while a worker is
// free, in the order in which they came.
func (in *instance) beginHeld() {
	for in.up && in.stalled == 0 && len(in.c.pauses) == 0 {
		worker, free := in.lowestFree()
		calls := in.c.calls
		if !free || len(in.held) == 0 && len(calls) == 0 {
			return
		}
		if len(calls) > 0 && (len(in.held) == 0 || calls[0].came < in.held[0].came) {
			in.c.calls = calls[1:]
			in.serve(calls[0])
			continue
		}
		d := in.held[0]
		in.held = in.held[1:]
		h := &handling{d: d, in: in, c: in.c, ev: d.c.ev, worker: worker}
		in.working[worker], d.h = h, h
		h.begin()
	}
}

func (in *instance) lowestFree() (worker int, free bool) {
	for in.working[worker] != nil {
		worker++
	}
	return worker, in.c.spec.Concurrency == spec.Unlimited || len(in.working) < in.c.spec.Concurrency
}

// handling is a worker with a delivery in hand.
type handling struct {
	d      *delivery
	in     *instance
	c      *consumer
	ev     *event
	worker int
	number int // the attempt, counted over the copy's life
	steps  *stepList
	call   *call // that it answers, nil: a delivery
	asks   *ask  // that it waits for, nil: none
}

func (h *handling) tell(what sim.What, why sim.Why) {
	h.c.w.tell(what, why, h.c.component, h.ev, place{h.number, h.in.index, h.worker})
}

// free lets the worker go on to the next held delivery.
func (h *handling) free() {
	delete(h.in.working, h.worker)
	h.in.beginHeld()
}

// reply sends the delivery's outcome to the store.
func (h *handling) reply(arrive func()) {
	h.d.replied = true
	h.answer(arrive, h.d.isLost)
}

// answer sends something to the store. How far it has read is a reader's own to
// know.
func (h *handling) answer(arrive, lost func()) {
	if h.d.c.store.part != nil && !h.c.w.between(h.c.component, theBroker).isDisturbed() {
		arrive()
		return
	}
	h.in.answer.cross(message{ackMessage, h.ev, h.d.number, theBroker, completions, h.c.component, h.ifAlive(arrive), lost})
}

// begin is the delivery's first attempt, unless the copy is too old for it.
func (h *handling) begin() {
	d, s := h.d, h.d.c.store
	if s.isPast(d.c) {
		delete(h.in.working, h.worker)
		h.reply(func() { s.expiredAtStart(d) })
		return
	}
	h.try()
}

// try begins an attempt.
func (h *handling) try() {
	d, copied := h.d, h.d.c
	copied.tries++
	h.number, h.steps = copied.tries, h.c.steps
	h.tell(sim.Started, sim.NoReason)
	switch {
	case h.call != nil:
		copied.given[h.c] = h.numberOfCall()
	case copied.given[h.c] == 0:
		h.c.given++
		copied.given[h.c] = h.c.given
	}
	if !d.begun && h.call == nil {
		d.begun = true
		h.beginDelivery()
	}
	if h.c.spec.Idempotent && h.c.effects[h.ev.id] {
		h.recognise()
		return
	}
	h.step(0)
}

// beginDelivery is what the first attempt of a delivery sets going.
func (h *handling) beginDelivery() {
	d, s := h.d, h.d.c.store
	if d.isCurrent() {
		s.startClock(d) // unless it runs since the sending
	}
	if d.before = h.c.spec.AckBefore; d.before {
		d.waits = true
		h.answer(func() {
			d.waits = false
			s.acked(d)
		}, func() { d.waits = false })
	}
}

// after goes on when the worker has been busy for so long.
func (h *handling) after(busy int64, goOn func()) {
	if busy == 0 {
		goOn()
		return
	}
	h.c.w.ask(h.c.w.now+busy, completions, h.c.component, h.ifAlive(goOn))
}

// ifAlive does something unless the instance has died since.
func (h *handling) ifAlive(do func()) func() {
	return func() {
		if !h.d.gone {
			do()
		}
	}
}

func (h *handling) recognise() {
	busy := h.c.w.newDraw(h.c.spec.Name, "recognise", h.c.spec.Recognise).nanos(h.ev.luck, h.d.number)
	h.after(busy, func() {
		h.tell(sim.Recognised, sim.NoReason)
		h.finish()
	})
}

// finish ends a successful attempt after its effect.
func (h *handling) finish() {
	if h.call != nil {
		h.endCall(true)
		return
	}
	d, s := h.d, h.d.c.store
	if !d.before {
		h.reply(func() { s.acked(d) })
	} else {
		h.endAnswered(done)
	}
	h.free()
}

// endAnswered ends a copy that was answered before its work, and reports
// whether it was still this delivery's to end.
func (h *handling) endAnswered(s state) bool {
	h.d.over = true
	c := h.d.c
	is := h.d.isCurrent()
	if is {
		if s == done {
			c.store.finish(c)
		}
		c.state = s
		c.store.mark()
	}
	if !h.d.waits {
		h.d.release() // if the answer was lost
	}
	return is
}

// succeed is the effect.
func (h *handling) succeed() {
	again := h.c.effects[h.ev.id]
	if again && h.c.spec.Idempotent {
		h.tell(sim.Recognised, sim.NoReason)
		h.finish()
		return
	}
	what := sim.Done
	if again || h.d.c.hadEffect {
		what = sim.Duplicate
	}
	h.tell(what, sim.NoReason)
	h.c.effects[h.ev.id], h.d.c.hadEffect = true, true
	h.emitAll()
	h.finish()
}

// fail ends an attempt without effect.
func (h *handling) fail() {
	h.tell(sim.FailedAttempt, sim.WhyFailure)
	if h.call != nil {
		h.endCall(false)
		return
	}
	if h.d.before {
		if h.endAnswered(lost) {
			h.tell(sim.Lost, sim.WhyAckBefore)
		}
		h.free()
		return
	}
	retry := &h.c.spec.Retry
	if retry.InWorker && !isUsedUp(h.number, retry.Attempts) {
		h.c.w.ask(h.c.w.now+h.d.c.backoff(h.c, h.number), timers, h.c.component, h.ifAlive(h.try))
		return
	}
	d, number, giveUp := h.d, h.number, retry.InWorker
	if retry.ByTimeout && d.c.store.spec.AckTimeout > 0 {
		d.gone = true // nobody is told
		d.release()
	} else {
		h.reply(func() { d.c.store.failed(d, number, giveUp) })
	}
	h.free()
}

// backoff is the wait after a failed attempt of the copy at a consumer, ns.
func (s *storedCopy) backoff(c *consumer, attempt int) int64 {
	u := c.w.uniform(c.spec.Name, "backoff", s.ev.luck, attempt)
	s.lastWait = wait(&c.spec.Retry.Backoff, attempt, u, s.lastWait)
	return s.lastWait
}
