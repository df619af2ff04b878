package sim

import (
	"fmt"
	"math/bits"
	"slices"
	"sync/atomic"

	"eddy/sim/kernel"
	"eddy/sim/spec"
)

// Defaults of the limits that end a run by name.
const (
	DefaultMaxEvents  = 10_000_000_000
	DefaultMaxPending = 10_000_000
	// livelockAt is how many things may happen at one instant.
	livelockAt = 1_000_000
	// MaxHops is the longest chain of emissions.
	MaxHops = 64
)

// Options says how to run a scenario.
type Options struct {
	Replication int   // ≥ 0; the seed of the run is the scenario's plus this
	MaxEvents   int64 // events created; 0: DefaultMaxEvents
	MaxPending  int64 // events in the system at once; 0: DefaultMaxPending
	Verify      bool  // check every invariant after everything that happens
	Observers   []Observer
	Version     string // of the program, for the result
}

// Classes of things at one instant, in order.
const (
	classTimeline = iota
	classDone
	classTimer
	classArrival
	classDelivery
	classControl
)

// kind says what a future entry does; a and b are its arguments.
type kind uint8

const (
	kindWarmup      kind = iota
	kindTick             // a: source
	kindUser             // a: source, b: user
	kindPoll             // a: source
	kindArrive           // b: message; at the broker's door
	kindIntake           // b: message; taken in by the broker
	kindAnswer           // b: message; the broker's answer is back
	kindUnheld           // a: source; a withheld publish is known to be taken
	kindHeld             // a: source; the producer hears that it is held back
	kindTimeout          // b: pub, a: low bits of the try
	kindRetry            // b: pub
	kindEmit             // b: pub; a delayed emission leaves
	kindDeliver          // b: delivery
	kindAck              // b: delivery
	kindStep             // b: delivery; a work step ends
	kindTryAgain         // b: delivery; backoff in the worker ends
	kindLease            // a: store, b: low bits of the look's order
	kindExpiry           // a: store
	kindReady            // a: store, b: copy
	kindReadyNext        // the same, of the store's lane
	kindJoin             // a: consumer
	kindUp               // a: instance
	kindStop             // a: consumer
	kindAction           // b: timeline entry
	kindUndo             // b: timeline entry that lasts
	kindRestart          // a: instance, b: which of its crashes
	kindControl          // a: consumer with an autoscaler
	kindCallArrive       // b: call
	kindCallAnswer       // b: call
	kindCallTimeout      // b: ask, a: low bits of the try
	kindAskAgain         // b: ask
	kindRebalance        // a: group, b: its turn
	kindMoved            // a: store, b: turn of its group
	kindSession          // a: group, b: instance
	kindCommit           // a: group
	kindStartHeld        // a: instance
)

func pack(k kind, a, b uint32) uint64 {
	return uint64(k)<<56 | uint64(a&0xffffff)<<32 | uint64(b)
}

// Engine is one run of one scenario.
type Engine struct {
	sc   *spec.Scenario
	opt  Options
	seed uint64

	now    int64
	place  uint64 // of what happens, among the things of this instant
	future kernel.List
	counts []uint64 // entries asked for, by component

	slabs
	sources    []source
	producers  []producer
	channels   []channel
	stores     []store
	groups     []*group
	instances  []instance
	consumers  []consumer
	types      []eventType
	texts      texts
	actions    []action
	sets       []*action      // of values, in force, in the order in which they began
	inForce    *spec.Scenario // sc as they have it
	faults     []*fault
	outages    int            // of the whole broker
	disturbed  bool           // the timeline disturbs publishes
	injected   int64          // events made by the timeline
	late       map[*event]int // attempts that go on in vain, by the roots of their families; never iterated
	depth      int            // calls within one another in this step
	nested     int            // starts within one another in this step
	deadlocked []int32        // consumers that wait for one another

	// dirty marks the stores that may have something to send at this instant.
	dirty      []uint64
	dirtyFirst int // no word before this one is set

	intake intake
	takes  spec.Rate     // events the broker takes in, 0: as many as come
	blame  [Causes]int64 // that copies made now begin with, if begun
	begun  bool

	warm     int64 // statistics are about what was published from here on
	measured bool  // the warm-up is over
	ledger   ledgerCounts
	flows    []flow
	pending  int64 // events in the system
	created  int64
	serial   uint64
	serials  uint64 // of deliveries and turns

	fingerprint uint64
	observers   []Observer
	sieve       Sieve // of what the observers are told
	tap         Tap   // nil: nobody asks how long things take
	record      Record
	names       *Names

	ended Ended
	// forgotten says that what came before a warm-up that never ended is left out.
	forgotten bool
	over      bool
	// Things that happened: all, before this instant, and up to when the limits
	// need not be looked at.
	steps, stepsBefore, lookAt int64
	stop                       atomic.Bool
	atNow                      atomic.Int64
	atCreated                  atomic.Int64

	violations []string
	// The last store or instance that was looked at, and the last store.
	verified, verifiedIdle int
}

// ledgerCounts are the parts of the ledger that no store or producer keeps.
type ledgerCounts struct {
	rejected, unrouted, loopCut, duplicates int64
}

// New builds a run of a checked scenario. The scenario is only read, and may
// be shared by many engines.
func New(sc *spec.Scenario, o Options) *Engine {
	if o.MaxEvents <= 0 {
		o.MaxEvents = DefaultMaxEvents
	}
	if o.MaxPending <= 0 {
		o.MaxPending = DefaultMaxPending
	}
	e := &Engine{
		sc: sc, opt: o, inForce: sc,
		seed:        uint64(sc.Seed) + uint64(o.Replication),
		warm:        sc.Warmup,
		measured:    sc.Warmup == 0,
		observers:   slices.Clone(o.Observers), // nil where there is none
		fingerprint: 0xcbf29ce484222325,
	}
	e.names = newNames(sc)
	e.counts = make([]uint64, e.names.count()+1)
	e.disturbed = disturbs(sc)
	e.takes = sc.Broker.Rate
	e.buildTypes()
	e.buildChannels()
	e.buildConsumers()
	e.buildProducers()
	e.names.texts = &e.texts
	e.buildTimeline()
	e.dirty = make([]uint64, (len(e.stores)+63)/64)
	e.dirtyFirst = len(e.dirty)
	if !e.measured {
		e.at(sc.Warmup, classTimeline, e.names.engine(), pack(kindWarmup, 0, 0))
	}
	for i := range e.consumers {
		e.beginConsumer(i)
	}
	for i := range e.consumers {
		e.consumers[i].ups.Restart(0) // that it began with none is no minimum
	}
	for i := range e.sources {
		e.beginSource(uint32(i))
	}
	return e
}

// at asks for a future entry on behalf of a component.
func (e *Engine) at(when int64, class uint8, component int32, data uint64) {
	e.future.Push(kernel.Item{At: when, Ord: e.nextOrder(class, component), Data: data})
}

// nextOrder is the place of a component's next entry among those of an instant.
func (e *Engine) nextOrder(class uint8, component int32) uint64 {
	c := e.counts[component]
	e.counts[component] = c + 1
	return classOrder(class, component) | c
}

// Now is the simulated time, in nanoseconds.
func (e *Engine) Now() int64 { return e.now }

// Names tells the names behind the indices of records.
func (e *Engine) Names() *Names { return e.names }

// Ended says whether the run is over, and why.
func (e *Engine) Ended() (Ended, bool) { return e.ended, e.over }

// Interrupt asks the run to end soon; it may be called from any goroutine.
func (e *Engine) Interrupt() { e.stop.Store(true) }

// Progress tells the simulated time and the number of events created, as of a
// moment ago; it may be called from any goroutine.
func (e *Engine) Progress() (now, events int64) { return e.atNow.Load(), e.atCreated.Load() }

// Violations are the invariants that did not hold, with Options.Verify.
func (e *Engine) Violations() []string { return e.violations }

// RunAll runs to the end.
func (e *Engine) RunAll() {
	for e.Run(e.sc.Duration) {
	}
}

// Run lets everything happen up to and including an instant, in nanoseconds.
// It says whether the run goes on after that.
func (e *Engine) Run(until int64) bool {
	until = min(until, e.sc.Duration)
	for e.advance(until) {
	}
	e.publishProgress()
	if !e.over && e.now < until {
		e.moveTo(until)
	}
	if !e.over && until == e.sc.Duration {
		e.end(EndedDuration)
	}
	return !e.over
}

// Step lets the next thing happen. It says whether the run goes on after it.
func (e *Engine) Step() bool {
	if !e.over && !e.advance(e.sc.Duration) && !e.over {
		e.moveTo(e.sc.Duration)
		e.end(EndedDuration)
	}
	e.publishProgress()
	return !e.over
}

func (e *Engine) end(why Ended) {
	e.ended, e.over = why, true
	if e.opt.Verify {
		e.verifyEnd()
	}
}

func (e *Engine) publishProgress() {
	e.atNow.Store(e.now)
	e.atCreated.Store(e.created)
}

// advance lets one thing happen that is due at or before until. It is false
// when there is none, or when the run is over.
func (e *Engine) advance(until int64) bool {
	if e.over {
		return false
	}
	if e.dirtyFirst < len(e.dirty) {
		i := e.dirtyFirst<<6 + bits.TrailingZeros64(e.dirty[e.dirtyFirst])
		if s := &e.stores[i]; !e.future.Due(e.now, dispatchOrder(s.component)) {
			e.clean(i)
			e.place = dispatchOrder(s.component)
			e.dispatch(s)
			return e.afterStep()
		}
	}
	at, ord, data, ok := e.future.PopBy(until)
	if !ok {
		if e.future.Len() == 0 {
			e.end(e.exhausted())
		}
		return false
	}
	if at != e.now {
		if at < e.now {
			panic(fmt.Sprintf("sim: time went back from %d to %d", e.now, at))
		}
		e.moveTo(at)
	}
	e.place = ord
	e.handle(kind(data>>56), uint32(data>>32)&0xffffff, uint32(data))
	return e.afterStep()
}

// dispatchOrder is the place of a store's own sending among the things of an
// instant: before the copies of it that arrive at an instance.
func dispatchOrder(component int32) uint64 { return classOrder(classDelivery, component) }

// classOrder is the order of a component's first entry of a class.
func classOrder(class uint8, component int32) uint64 {
	return uint64(class)<<(kernel.ComponentBits+kernel.CountBits) | uint64(component)<<kernel.CountBits
}

// afterStep counts what happened, and keeps the run within its limits.
func (e *Engine) afterStep() bool {
	e.steps++
	if e.steps < e.lookAt {
		return true
	}
	return e.look()
}

// look checks the limits of a run: now and then, when makeEvent asks for it,
// and when the things at one instant are too many; with Options.Verify always.
func (e *Engine) look() bool {
	if e.opt.Verify {
		e.verify()
	}
	switch {
	case e.steps-e.stepsBefore >= livelockAt:
		e.end(EndedLivelock)
	case e.pending > e.opt.MaxPending:
		e.end(EndedMaxPending)
	case e.created >= e.opt.MaxEvents:
		e.end(EndedMaxEvents)
	default:
		e.publishProgress()
		if e.stop.Load() {
			e.end(EndedInterrupted)
		}
	}
	e.lookAt = min(e.steps|1023+1, e.stepsBefore+livelockAt)
	if e.opt.Verify {
		e.lookAt = 0
	}
	return !e.over
}

// moveTo moves the time on.
func (e *Engine) moveTo(now int64) {
	if e.opt.Verify && now > e.now {
		e.verifyIdle()
	}
	e.now = now
	e.stepsBefore = e.steps
}

// exhausted names the end of a run in which nothing can happen any more.
func (e *Engine) exhausted() Ended {
	for i := range e.stores {
		if e.stores[i].withheld.len() > 0 {
			return EndedDeadlock
		}
	}
	return EndedExhausted
}

func (e *Engine) handle(k kind, a, b uint32) {
	switch k {
	case kindStep:
		e.stepEnds(e.deliveries.at(b))
	case kindTick:
		e.tick(a, b)
	case kindAck:
		e.acked(e.deliveries.at(b))
	case kindDeliver:
		e.arriveAtInstance(e.deliveries.at(b))
	case kindReady:
		e.becomesReady(&e.stores[a], e.copies.at(b))
	case kindReadyNext:
		s := &e.stores[a]
		e.followLane(&s.timers)
		e.becomesReady(s, e.copies.at(b))
	case kindArrive:
		e.arrive(b)
	case kindIntake:
		e.takeIn(b)
	case kindAnswer:
		e.answer(b)
	case kindHeld:
		e.hearHeld(a)
	case kindUnheld:
		e.hearUnheld(a)
	case kindUser:
		e.userActs(a, b)
	case kindPoll:
		e.poll(a)
	case kindTimeout:
		e.unanswered(b, a)
	case kindRetry:
		e.publishAgain(b)
	case kindEmit:
		e.sendPub(b)
	case kindTryAgain:
		e.tryInWorker(e.deliveries.at(b))
	case kindLease:
		e.leasesRunOut(&e.stores[a], b)
	case kindExpiry:
		e.headMayExpire(&e.stores[a])
	case kindJoin:
		e.joinAtStart(int(a))
	case kindUp:
		e.started(a, b)
	case kindStop:
		e.leaveAtStop(int(a))
	case kindAction:
		e.act(b)
	case kindUndo:
		e.undo(b)
	case kindRestart:
		e.restart(&e.instances[a], b)
	case kindControl:
		e.control(a)
	case kindCallArrive:
		e.callArrives(b)
	case kindCallAnswer:
		e.callAnswered(b)
	case kindCallTimeout:
		e.callTimedOut(b, a)
	case kindAskAgain:
		e.askAgain(b)
	case kindRebalance:
		e.rebalanced(a, b)
	case kindMoved:
		e.moved(&e.stores[a], b)
	case kindSession:
		e.sessionOver(a, b)
	case kindCommit:
		e.commit(a)
	case kindStartHeld:
		in := &e.instances[a]
		in.later = false
		e.startHeld(in)
		e.serveCalls(in.cons)
	case kindWarmup:
		e.warmedUp()
	}
}

// mark notes that a store may have something to send at this instant.
func (e *Engine) mark(s *store) {
	w := s.index >> 6
	e.dirty[w] |= 1 << (s.index & 63)
	if w < e.dirtyFirst {
		e.dirtyFirst = w
	}
}

func (e *Engine) clean(i int) {
	w := i >> 6
	e.dirty[w] &^= 1 << (i & 63)
	for w < len(e.dirty) && e.dirty[w] == 0 {
		w++
	}
	e.dirtyFirst = w
}

// note tells everybody who watches that something happened to an event.
func (e *Engine) note(w What, why Why, component int32, ev *event, attempt, inst, worker int32) {
	id := uint64(0)
	if ev != nil {
		id = ev.luck
	}
	e.fingerprint = rolled(e.fingerprint, e.now, id, w, component, attempt)
	if e.observers != nil && (ev == nil || e.sieve <= ev.grain) {
		e.tell(w, why, component, ev, attempt, inst, worker)
	}
}

// rolled is a fingerprint after one more thing that happened.
func rolled(h uint64, now int64, id uint64, w What, component, attempt int32) uint64 {
	const p1, p2 = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93
	h = (h ^ uint64(now)) * p1
	h ^= h>>32 ^ uint64(w) ^ uint64(uint32(component))<<8 ^ uint64(uint32(attempt))<<40 ^ id
	return bits.RotateLeft64(h*p2, 29)
}

func (e *Engine) tell(w What, why Why, component int32, ev *event, attempt, inst, worker int32) {
	r := &e.record
	*r = Record{
		At: e.now, What: w, Why: why, Component: component, Attempt: attempt, Instance: inst, Worker: worker,
		Event: EventID{Source: NoEvent}, Cause: EventID{Source: NoEvent}, Root: EventID{Source: NoEvent},
		Type: -1, Key: -1, Partition: -1,
	}
	if ev != nil {
		r.Event, r.Cause, r.Root = ev.id, ev.cause, ev.root.id
		r.Type, r.Key, r.Created, r.Published, r.Size, r.Priority = ev.typ, ev.key, ev.created, ev.published, ev.size, ev.priority
		if e.names.streamed[component] {
			r.Partition = ev.partition
		}
	}
	if w == Assigned || w == Revoked {
		r.Partition, r.Attempt = attempt, 0
	}
	for _, o := range e.observers {
		o.Observe(r)
	}
}

// Deliveries is how many copies have been sent to instances so far.
func (e *Engine) Deliveries() int64 {
	var n int64
	for i := range e.stores {
		n += e.stores[i].n.delivered
	}
	return n
}
