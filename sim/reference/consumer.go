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
	breakers  map[*spec.Step]*breaker
}

// instance is one of a consumer's instances.
type instance struct {
	c       *consumer
	index   int
	up      bool
	left    bool
	stalled int // of its emissions, how many a full store withholds
	leases  int // held
	unbegun []*delivery
	held    []*delivery       // arrived, not begun, first come first
	working map[int]*handling // by worker
	crashed int64             // when it died last
	deliver *link
	answer  *link
	publish *link
	request *link
	reply   *link // answers to calls
}

// delivery is a copy sent to an instance.
type delivery struct {
	c        *storedCopy
	in       *instance
	number   int
	came     int64 // its place among what arrived in the run
	holds    bool  // a lease slot of the instance
	answered bool
	begun    bool
	over     bool // the work on it
	gone     bool // with its instance
	keptSlot bool // while its copy waits out a backoff
}

func newConsumer(w *world, component, index int) *consumer {
	c := &consumer{
		w: w, component: component, spec: &w.sc.Consumers[index],
		took: map[*store]int64{}, effects: map[sim.EventID]bool{}, breakers: map[*spec.Step]*breaker{},
	}
	c.refusals = w.newLink(c.spec.Name, "call", w.sc.Broker.Latency.Call)
	latency := &w.sc.Broker.Latency
	for i := range c.spec.Instances {
		c.instances = append(c.instances, &instance{
			c: c, index: i, working: map[int]*handling{},
			deliver: w.newLink(c.spec.Name, "deliver", latency.Deliver),
			answer:  w.newLink(c.spec.Name, "ack", latency.Ack),
			publish: w.newLink(c.spec.Name, "publish", latency.Publish),
			request: w.newLink(c.spec.Name, "call", latency.Call),
			reply:   w.newLink(c.spec.Name, "call", latency.Call),
		})
	}
	return c
}

// --- joining and leaving -----------------------------------------------------------

// begin asks for the consumer's comings and goings; what is due at 0 happens
// while the run is built.
func (c *consumer) begin() {
	c.at(c.spec.Starts, c.join)
	if c.spec.Stops > 0 {
		c.at(c.spec.Stops, func() {
			for _, in := range c.instances {
				in.leave()
			}
		})
	}
}

// join begins the consumer's subscriptions and lets its instances start.
func (c *consumer) join() {
	for _, sub := range c.subs {
		sub.begun = true
	}
	for _, g := range c.groups {
		g.begin()
	}
	start := c.w.newDraw(c.spec.Name, "start", c.spec.StartTime)
	for _, in := range c.instances {
		c.at(c.w.now+start.nanos(luck.Identity(luck.SourceID(c.spec.Name), uint64(in.index)), 0), in.join)
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

func (in *instance) join() {
	if c := in.c; c.spec.Stops > 0 && c.w.now >= c.spec.Stops {
		return
	}
	in.up = true
	in.c.w.tellOfInstance(sim.Joined, sim.NoReason, in.c.component, in.index)
	in.c.markStores()
	in.c.rebalance()
	in.c.serveCalls()
}

// rebalance lets the consumer's groups know that a member came or went.
func (c *consumer) rebalance() {
	for _, g := range c.groups {
		g.rebalance()
	}
}

// leave gives back what the instance has not begun; work in hand goes on.
func (in *instance) leave() {
	in.left = true
	if !in.up {
		return
	}
	in.up = false
	unbegun := in.unbegun
	in.unbegun, in.held = nil, nil
	for _, d := range unbegun {
		d.begun = true
		d.c.store.stopped(d)
	}
	in.c.w.tellOfInstance(sim.Left, sim.WhyStop, in.c.component, in.index)
	in.c.refuseCalls()
	in.c.rebalance()
}

// --- lease slots ----------------------------------------------------------------------

// freeSlots is how many copies more can be sent to the instance now.
func (in *instance) freeSlots() (n int, unlimited bool) {
	if !in.up {
		return 0, false
	}
	limit := in.c.spec.Prefetch
	if len(in.c.groups) > 0 {
		limit = in.c.spec.Concurrency // what a member has read ahead is no lease
	}
	return limit - in.leases, limit == spec.Unlimited
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
// one with ready copies from which the consumer took longer ago.
func (c *consumer) isTurnOf(s *store) bool {
	for _, other := range c.stores {
		if other == s || other.part != nil || other.head() == nil {
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
	if in.left {
		return // given back when the instance left
	}
	in.c.w.came++
	d.came = in.c.w.came
	in.held = append(in.held, d)
	in.beginHeld()
}

// beginHeld begins held deliveries, and calls that wait, while a worker is
// free, in the order in which they came.
func (in *instance) beginHeld() {
	for in.up && in.stalled == 0 {
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
		in.unbegun = slices.DeleteFunc(in.unbegun, func(o *delivery) bool { return o == d })
		h := &handling{d: d, in: in, c: in.c, ev: d.c.ev, worker: worker}
		in.working[worker] = h
		h.begin()
	}
}

func (in *instance) lowestFree() (worker int, free bool) {
	for in.working[worker] != nil {
		worker++
	}
	return worker, in.c.spec.Concurrency == spec.Unlimited || worker < in.c.spec.Concurrency
}

// handling is a worker with a delivery in hand.
type handling struct {
	d      *delivery
	in     *instance
	c      *consumer
	ev     *event
	worker int
	number int   // the attempt, counted over the copy's life
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

// answer sends the delivery's outcome to the store. How far it has read is a
// reader's own to know.
func (h *handling) answer(arrive func()) {
	if h.d.c.store.part != nil {
		arrive()
		return
	}
	h.in.answer.cross(h.ev, h.d.number, completions, h.c.component, arrive)
}

// begin is the delivery's first attempt, unless the copy is too old for it.
func (h *handling) begin() {
	d, s := h.d, h.d.c.store
	if s.isPast(d.c) {
		delete(h.in.working, h.worker)
		h.answer(func() { s.expiredAtStart(d) })
		return
	}
	h.try()
}

// try begins an attempt.
func (h *handling) try() {
	d, copied := h.d, h.d.c
	copied.tries++
	h.number = copied.tries
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
	if !s.spec.AckClockLease && d.holds {
		s.startClock(d)
	}
	if h.c.spec.AckBefore {
		h.answer(func() { s.acked(d) })
	}
}

// after goes on when the worker has been busy for so long.
func (h *handling) after(busy int64, goOn func()) {
	if busy == 0 {
		goOn()
		return
	}
	h.c.w.ask(h.c.w.now+busy, completions, h.c.component, goOn)
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
	if !h.c.spec.AckBefore {
		h.answer(func() { s.acked(d) })
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
	if c.current != h.d || c.state != leased && c.state != inHand {
		return false
	}
	if s == done {
		c.store.finish(c)
	}
	c.state = s
	c.store.mark()
	return true
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
	if h.c.spec.AckBefore {
		if h.endAnswered(lost) {
			h.tell(sim.Lost, sim.WhyAckBefore)
		}
		h.free()
		return
	}
	retry := &h.c.spec.Retry
	if retry.InWorker && !isUsedUp(h.number, retry.Attempts) {
		h.c.w.ask(h.c.w.now+h.d.c.backoff(h.c, h.number), timers, h.c.component, h.try)
		return
	}
	d, number := h.d, h.number
	h.answer(func() { d.c.store.failed(d, number) })
	h.free()
}

// backoff is the wait after a failed attempt of the copy at a consumer, ns.
func (s *storedCopy) backoff(c *consumer, attempt int) int64 {
	u := c.w.uniform(c.spec.Name, "backoff", s.ev.luck, attempt)
	s.lastWait = wait(&c.spec.Retry.Backoff, attempt, u, s.lastWait)
	return s.lastWait
}
