package sim

import (
	"math/bits"

	"eddy/sim/kernel"
	"eddy/sim/luck"
	"eddy/sim/measure"
	"eddy/sim/spec"
)

// channel is one place of the broker, as routing sees it.
type channel struct {
	spec      *spec.Channel
	entered   int64
	to        []*store       // a queue's own, or a topic's subscriptions
	filters   []*spec.Filter // the same
	bound     []int32        // channels that take a copy of what this one carries
	kind      spec.ChannelType
	withholds bool // a publish to it may be withheld
	outages   int
	component int32
	doubles   []*faultDrop // chances that a publish arrives twice
	stream    *stream
	stores    []int32 // the indices of to
	matched   []int64 // by rule of a bus
	home      struct {
		to      [1]*store
		filters [1]*spec.Filter
	}

	unrouted, ignored                      int64
	baseEntered, baseUnrouted, baseIgnored int64
}

// store holds copies for those who work them off: a queue, or one
// subscription of a topic.
type store struct {
	// What is looked at for every copy comes first and close together, since
	// what a run of many stores costs is the memory that it goes through.
	group     *group    // whose partition of a stream it is, nil: not of a stream
	owner     *instance // who reads it, nil: nobody
	blocked   *copyRec  // a copy that waits to be tried again before all others
	served    uint64    // when it was last read from, as a serial
	component int32
	channel   int32
	index     int
	joined    bool // takes copies: a subscription begins with its consumer
	limited   bool // has a capacity
	mayExpire bool
	delays    bool
	shared    bool // a reader has other stores too
	resting   bool // stands still for a rebalance
	turn      int  // next in the round of the takers
	dedup     int64
	size      int64 // of every copy, -1: they differ
	ready     measure.Gauge
	leased    measure.Gauge
	inside    measure.Gauge  // copies ready, delayed or leased
	whole     *sum           // of which the store is a part, nil for none
	keys      *exclusiveKeys // nil: copies of one key may be in hand together
	left      int64          // copies that left
	stayed    measure.U128   // ns, of all copies that left
	n         storeCounts
	withheld  deque[uint32] // messages whose copy waits for room
	free      []uint64      // of the takers, see below
	instances []*instance
	history   []span
	order     discipline
	home      storeHome

	spec     *spec.Store
	name     string
	freedAt  int64 // when its last copy left the hands it was in
	inHand   *copyRec
	capacity int64 // ready copies
	ttl      int64
	delay    *luck.Sampler
	delayKey luck.Key

	// Who takes from it: the instances of its consumers, in their order; a
	// bit in free says that one is up and has a free lease slot. A partition
	// has its owner instead.
	takers  []int32 // their indices
	readers []int32
	up      int // instances that are up
	everUp  bool
	// Of a stream's partition, for one group:
	partition   int32
	nextOwner   *instance // once it has stood still
	everOwned   bool
	assignedAt  int64           // when its owner began to read it
	unsent      int64           // the first offset not sent yet, with Options.Verify
	uncommitted deque[*copyRec] // done, but sent again if its reader dies
	byLease     bool            // a crash is noticed only when the lease runs out
	loosened    bool            // who may overtake whom was changed while it ran

	timers   lane // ends of delays and backoffs
	leases   deque[leaseEnd]
	leaseAt  int64  // when the next look at the leases is asked for, 0: none
	leaseOrd uint64 // its place among what the store asked for
	expiryAt int64  // when the next look at the head is asked for, 0: none

	base       storeCounts
	baseStayed measure.U128
	bytes      measure.Gauge // where copies differ in size
	delayed    int64
	wait       measure.Histogram
	baseLeft   int64
	areaAll    measure.U128 // ∫ copies inside before the warm-up ended
	backlogAll measure.U128 // ∫ copies ready or leased before the warm-up ended
}

// storeHome is where a store keeps what it mostly has one of, or few, so that
// they lie beside the rest of it.
type storeHome struct {
	free      [1]uint64
	instances [1]*instance
	history   [1]span
	level     [1]level
	fresh     [8]*copyRec
}

// moveIn makes a store, which does not move any more, keep at home what has room
// there.
func (s *store) moveIn() {
	s.free = atHome(s.free, s.home.free[:])
	s.instances = atHome(s.instances, s.home.instances[:])
	s.history = atHome(s.history, s.home.history[:])
	if s.order.levels = atHome(s.order.levels, s.home.level[:]); len(s.order.levels) == 1 {
		s.order.levels[0].fresh.items = s.home.fresh[:]
	}
}

// atHome is a list in the room it is offered, if that is as long as the list.
func atHome[T any](list, room []T) []T {
	if len(list) != len(room) {
		return list
	}
	copy(room, list)
	return room
}

// storeCounts count copies over the whole run.
type storeCounts struct {
	in, delivered, redelivered, acked, dead, dropped, expired, lost, rejected, ignored int64
	rewound                                                                            int64 // acked, and taken back since
}

// leaseEnd is when a delivery's lease runs out, if it still holds it.
type leaseEnd struct {
	at     int64
	ord    uint64 // its place among what the store asked for
	serial uint64
	d      *delivery
}

// span is a stretch of a store's life in which waiting has one cause.
type span struct {
	from  int64
	cause Cause
}

func (e *Engine) buildChannels() {
	sc := e.sc
	first := int32(len(sc.Producers))
	e.channels = make([]channel, len(sc.Broker.Channels))
	anyTTL := false
	for i := range sc.Events {
		anyTTL = anyTTL || sc.Events[i].TTL > 0
	}
	add := func(st *spec.Store, channel int, component int32, name string) int32 {
		s := store{
			size:  e.commonSize(),
			index: len(e.stores), component: component, channel: int32(channel), name: name, spec: st,
			order: newDiscipline(st), limited: st.Capacity != spec.Unlimited, capacity: int64(st.Capacity),
			dedup: st.Dedup, ttl: st.TTL, mayExpire: anyTTL || st.TTL > 0,
			delays: !st.Delay.IsZero(), delay: luck.Compile(st.Delay), delayKey: luck.NewKey(e.seed, name, "delay"),
			history: []span{{0, Startup}},
		}
		if st.KeyExclusive {
			s.keys = newExclusiveKeys()
		}
		s.byLease = sc.Broker.Like == spec.SQS || sc.Broker.Like == spec.SQSFIFO
		e.stores = append(e.stores, s)
		return int32(s.index)
	}
	for i := range sc.Broker.Channels {
		c := &e.channels[i]
		*c = channel{spec: &sc.Broker.Channels[i], kind: sc.Broker.Channels[i].Type, component: first + int32(i)}
		c.matched = make([]int64, len(c.spec.Rules))
		if c.spec.Type == spec.Stream {
			c.stream = &stream{partitions: make([]partition, c.spec.Partitions)}
			for _, sc := range append(e.changes(), sc) {
				r := &sc.Broker.Channels[i].Retention
				c.stream.keepsSizes = c.stream.keepsSizes || r.Events > 0 || r.Size > 0
			}
		}
		if c.spec.Type == spec.Queue {
			c.stores = []int32{add(&c.spec.Store, i, c.component, c.spec.Name)}
			c.filters = []*spec.Filter{nil}
			e.stores[c.stores[0]].joined = true
		}
	}
	first += int32(len(e.channels))
	for i, sub := range e.names.subs {
		c := &e.channels[sub.channel]
		c.filters = append(c.filters, sc.Consumers[sub.consumer].From[sub.source].Where)
		if c.spec.Type == spec.Stream {
			e.buildGroup(c, sub, first+int32(i), add)
			continue
		}
		c.stores = append(c.stores, add(&c.spec.Store, sub.channel, first+int32(i), subscriptionName(sc, sub)))
	}
	for _, g := range e.groups {
		for p := range g.channel.spec.Partitions {
			s := &e.stores[g.firstStore+int32(p)]
			s.group, s.partition = g, int32(p)
			s.ttl = shorter(s.ttl, g.channel.spec.Retention.Time)
			s.mayExpire = s.mayExpire || s.ttl > 0
			g.stores = append(g.stores, s)
		}
	}
	for i := range sc.Broker.Channels {
		for _, from := range sc.Broker.Channels[i].From {
			e.channels[from].bound = append(e.channels[from].bound, int32(i))
		}
	}
	for i := range e.channels {
		e.channels[i].withholds = e.mayWithhold(i)
	}
}

// mayWithhold says whether a publish to a channel can be withheld.
func (e *Engine) mayWithhold(channel int) bool {
	c := &e.channels[channel]
	if c.spec.Store.Overflow == spec.Block && c.spec.Store.Capacity != spec.Unlimited {
		return true
	}
	for _, b := range c.targets() {
		if e.mayWithhold(b) {
			return true
		}
	}
	return false
}

// route gives an event to a channel: a copy to each of its stores that wants
// it, and on to every channel bound to it.
func (e *Engine) route(channel int32, ev *event, m *message) {
	c := &e.channels[channel]
	c.entered++
	for i, s := range c.to {
		if f := c.filters[i]; s.joined && (f == nil || e.matches(f, ev)) {
			e.offer(s, ev, m)
		}
	}
	switch c.kind {
	case spec.Stream:
		e.appendEvent(c, ev, m)
	case spec.Bus:
		e.routeByRules(c, ev, m)
	}
	for _, b := range c.bound {
		if e.matches(e.channels[b].spec.Where, ev) {
			e.route(b, ev, m)
		}
	}
}

// routeByRules gives an event to the targets of every rule of a bus that it
// matches, or to what the bus has otherwise.
func (e *Engine) routeByRules(c *channel, ev *event, m *message) {
	any := false
	for i := range c.spec.Rules {
		r := &c.spec.Rules[i]
		if !e.matches(r.Where, ev) {
			continue
		}
		any = true
		c.matched[i]++
		for _, to := range r.To {
			e.route(int32(to), ev, m)
		}
	}
	if !any && c.spec.Otherwise != spec.None {
		e.route(int32(c.spec.Otherwise), ev, m)
	}
}

// targets are the channels that a channel hands events on to.
func (c *channel) targets() []int {
	var all []int
	for _, b := range c.bound {
		all = append(all, int(b))
	}
	for i := range c.spec.Rules {
		all = append(all, c.spec.Rules[i].To...)
	}
	if c.spec.Type == spec.Bus && c.spec.Otherwise != spec.None {
		all = append(all, c.spec.Otherwise)
	}
	return all
}

// bytesGauge follows the bytes of the copies inside.
func (s *store) bytesGauge() measure.Gauge {
	if s.size < 0 {
		return s.bytes
	}
	return s.inside.Times(s.size)
}

// offer gives a store a copy of a published event, or what the store does instead.
func (e *Engine) offer(s *store, ev *event, m *message) {
	m.copies++
	if s.dedup > 0 && e.ignored(s, ev) {
		return
	}
	if s.limited && (s.withheld.len() > 0 || e.full(s)) {
		switch s.spec.Overflow {
		case spec.Reject:
			m.refused = true
			s.n.rejected++
			e.note(Rejected, WhyFull, s.component, ev, 0, -1, -1)
			return
		case spec.Block:
			m.held++
			s.withheld.push(m.index)
			e.note(Delayed, WhyBlocked, s.component, ev, 0, -1, -1)
			return
		case spec.DropNew:
			e.pass(s, ev)
			return
		case spec.DropOld:
			victim, found := e.oldestOf(s)
			if !found {
				e.pass(s, ev)
				return
			}
			e.discard(s, victim, WhyFull)
			e.enter(s, ev)
			e.expireHead(s) // there may be another
			e.mark(s)
			return
		}
	}
	e.enter(s, ev)
}

// pass takes a published event for which there is no room, and lets go of it.
func (e *Engine) pass(s *store, ev *event) {
	if s.dedup > 0 {
		e.remember(s, ev)
	}
	e.discard(s, e.newCopyOf(s, ev), WhyFull)
}

// ignored says whether a store took this event before, within its window.
func (e *Engine) ignored(s *store, ev *event) bool {
	if !e.isRemembered(ev, dedupName(s.index), s.dedup) {
		return false
	}
	s.n.ignored++
	e.note(Duplicate, WhyDuplicate, s.component, ev, 0, -1, -1)
	return true
}

// dedupName is the name of a store's marks, kept apart from those of consumers
// by its sign.
func dedupName(store int) int32 { return int32(-1 - store) }

// isRemembered says whether an event was taken within a window, ns.
func (e *Engine) isRemembered(ev *event, name int32, window int64) bool {
	m := e.findMark(ev.effects, name)
	return m != nil && e.now-m.at < window
}

// remember notes when a store took an event.
func (e *Engine) remember(s *store, v *event) { e.rememberAs(v, dedupName(s.index)) }

func (e *Engine) rememberAs(v *event, name int32) {
	if m := e.findMark(v.effects, name); m != nil {
		m.at = e.now
		return
	}
	v.effects = e.addMark(v.effects, name, e.now)
}

// full says whether a store has no room: as many copies as its capacity that
// cannot be sent at this instant.
func (e *Engine) full(s *store) bool {
	if !s.limited {
		return false
	}
	room := s.capacity - s.ready.Level()
	if room > 0 {
		return false
	}
	need := -room
	for w, word := range s.free {
		for ; word != 0; word &= word - 1 {
			in := s.instances[w<<6+bits.TrailingZeros64(word)]
			limit := in.cons.prefetch
			if limit < 0 {
				return false
			}
			if need -= int64(limit - in.leases); need < 0 {
				return false
			}
		}
	}
	return true
}

// newCopyOf makes a copy of an event for a store; it is nowhere yet.
func (e *Engine) newCopyOf(s *store, ev *event) *copyRec {
	c := e.newCopy()
	c.reset()
	c.ev, c.s, c.place = ev, s, s.order.newPlace()
	c.age = c.place
	c.entered, c.aging, c.since, c.from = e.now, e.now, e.now, ev.published
	if e.begun {
		c.blame, c.causes = e.blame, 1<<Causes-1
	}
	ev.refs++
	ev.alive++
	s.n.in++
	e.note(Enqueued, NoReason, s.component, ev, 0, -1, -1)
	return c
}

// enter makes a copy of an event and lets it wait.
func (e *Engine) enter(s *store, ev *event) {
	if s.dedup > 0 {
		e.remember(s, ev)
	}
	e.settleIn(s, e.newCopyOf(s, ev))
}

// settleIn lets a new copy wait: out of its delay, or ready.
func (e *Engine) settleIn(s *store, c *copyRec) {
	s.insideInc(e.now)
	if s.size < 0 {
		s.bytes.Add(e.now, c.ev.size)
	}
	if s.delays {
		v := c.ev
		if d := s.delay.Nanos(s.delayKey, luck.Counter(v.luck, 0, 0)); d > 0 {
			c.cause = Batch
			e.delayCopy(s, c, d, WhyDelay)
			return
		}
	}
	e.makeReady(s, c)
	s.order.pushFresh(c, c.ev.priority)
}

// delayCopy keeps a copy from being ready for a while.
func (e *Engine) delayCopy(s *store, c *copyRec, ns int64, why Why) {
	c.state = copyDelayed
	c.refs++
	s.delayed++
	e.note(Delayed, why, s.component, c.ev, c.tries, -1, -1)
	t := e.now + ns
	ord := e.nextOrder(classTimer, s.component)
	if s.timers.takes(t) {
		e.enterLane(&s.timers, kernel.Item{At: t, Ord: ord, Data: pack(kindReadyNext, uint32(s.index), c.index)})
	} else {
		e.future.Push(kernel.Item{At: t, Ord: ord, Data: pack(kindReady, uint32(s.index), c.index)})
	}
}

// becomesReady is the end of a copy's delay or backoff.
func (e *Engine) becomesReady(s *store, c *copyRec) {
	if c.state == copyDelayed {
		s.delayed--
		c.state = copyLeased // neither delayed nor ready yet
		if s.blocked == c {
			s.blocked = nil
		}
		e.settleBlame(c)
		if c.lease != nil {
			e.freeHeldSlot(c)
		}
		v := c.ev
		if c.deliveries == 0 {
			e.note(Returned, WhyDelay, s.component, v, 0, -1, -1)
			e.makeReady(s, c)
			s.order.pushFresh(c, v.priority)
			e.expireHead(s)
		} else {
			e.comeBack(s, c, WhyBackoff)
		}
	}
	e.unrefCopy(c)
}

// makeReady counts a copy as ready. The caller puts it in its place.
func (e *Engine) makeReady(s *store, c *copyRec) {
	c.state = copyReady
	c.cause = Queueing
	c.refs++ // of the discipline
	c.epoch = int32(len(s.history) - 1)
	if c.readyAt < 0 {
		c.readyAt = e.now
	}
	s.readyInc(e.now)
	if s.mayAct() {
		e.mark(s)
	}
}

// mayAct says whether there is anything to do for a store with one copy more:
// with every instance busy it waits to be told of a free one, see offerSlots.
func (s *store) mayAct() bool {
	if s.group != nil {
		return s.owner != nil && s.owner.open || s.mayExpire || s.withheld.len() > 0
	}
	return len(s.free) != 1 || s.free[0] != 0 || s.mayExpire || s.withheld.len() > 0
}

// comeBack makes a returned copy ready again, or lets it expire.
func (e *Engine) comeBack(s *store, c *copyRec, why Why) {
	if s.mayExpire && e.isExpired(s, c) {
		e.expire(s, c)
		return
	}
	v := c.ev
	c.back = why
	e.note(Returned, why, s.component, v, c.deliveries, -1, -1)
	e.makeReady(s, c)
	s.order.pushReturned(c, v.priority)
	if s.keys != nil {
		e.freeKey(s, c)
	}
}

// giveBack returns a copy whose delivery ended without an attempt that failed:
// its instance went before it was begun, or it was lost on the way. The brokers
// that there are cannot tell, and count it.
func (e *Engine) giveBack(s *store, c *copyRec, cons *consumer, why Why) {
	if s.group == nil && e.sc.Broker.Like != spec.Ideal && limitReached(c.deliveries, s.spec.MaxDeliveries) {
		e.exclude(s, c, cons)
		return
	}
	e.comeBack(s, c, why)
}

// settleBlame gives the time since the last settling to its cause.
func (e *Engine) settleBlame(c *copyRec) {
	if ns := e.now - c.since; ns != 0 { // what takes no time need not be gone through later
		c.charge(c.cause, ns)
		c.since = e.now
	}
}

// settleWait gives the time a copy was ready to what the store waited for.
func (e *Engine) settleWait(s *store, c *copyRec) {
	if c.parked {
		e.settleBlame(c)
		return
	}
	if s.group != nil {
		e.settleBehind(s, c)
		return
	}
	if len(s.history) == 1 {
		c.charge(s.history[0].cause, e.now-c.since)
		c.since = e.now
		return
	}
	e.settleHistory(s, c)
}

// settleHistory is settleWait in a store that has waited for several things.
func (e *Engine) settleHistory(s *store, c *copyRec) {
	h := s.history
	for k := int(c.epoch); k < len(h); k++ {
		until := e.now
		if k+1 < len(h) {
			until = h[k+1].from
		}
		if until > c.since {
			c.charge(h[k].cause, until-c.since)
			c.since = until
		}
	}
}

// settleBehind is settleWait in a partition: until the copy before it left the
// hands it was in, a copy was behind, unless nobody could read at all.
func (e *Engine) settleBehind(s *store, c *copyRec) {
	for k := int(c.epoch); k < len(s.history); k++ {
		until := e.now
		if k+1 < len(s.history) {
			until = s.history[k+1].from
		}
		cause := s.history[k].cause
		if cause == Queueing && s.freedAt > c.since {
			at := min(until, s.freedAt)
			if at > c.since {
				c.charge(Behind, at-c.since)
				c.since = at
			}
		}
		if until > c.since {
			c.charge(cause, until-c.since)
			c.since = until
		}
	}
}

// waitsFor begins a stretch of a store's life in which waiting has one cause.
func (s *store) waitsFor(now int64, cause Cause) {
	last := &s.history[len(s.history)-1]
	switch {
	case last.cause == cause:
	case last.from == now && len(s.history) == 1:
		last.cause = cause
	default:
		s.history = append(s.history, span{now, cause})
	}
}

// ttlOf is the time to live of a copy in a store, 0: for ever.
func (e *Engine) ttlOf(s *store, c *copyRec) int64 {
	ttl := s.ttl
	if !c.wasDead {
		if t := e.types[c.ev.typ].ttl; t > 0 && (ttl == 0 || t < ttl) {
			ttl = t
		}
	}
	return ttl
}

func (e *Engine) isExpired(s *store, c *copyRec) bool {
	ttl := e.ttlOf(s, c)
	return ttl > 0 && e.now-c.aging >= ttl
}

// dispatch sends what a store has to those who have room for it.
func (e *Engine) dispatch(s *store) {
	if e.isOut(s.channel) {
		e.expireHead(s)
		if s.mayExpire {
			e.watchHead(s)
		}
		return
	}
	sent := s.n.delivered
	e.send(s)
	if s.shared && s.n.delivered != sent {
		e.remindOthers(s)
	}
	if s.owner != nil && s.owner.deferred && (s.n.delivered != sent || !e.isReadable(s)) {
		e.remindReader(s.owner)
	}
	if s.withheld.len() > 0 {
		e.takeWithheld(s)
	}
	if s.mayExpire {
		e.watchHead(s)
	}
}

func (e *Engine) send(s *store) {
	for s.ready.Level() > 0 {
		if s.group != nil && !s.mayExpire && s.isHeldUp() {
			return
		}
		c, at, ok := e.headOf(s)
		if !ok {
			return
		}
		if s.mayExpire && e.isExpired(s, c) {
			e.expire(s, c)
			e.remindOthers(s)
			continue
		}
		if s.group != nil && !e.isNextToRead(s) {
			return
		}
		k := e.nextTaker(s)
		if k < 0 {
			return
		}
		s.order.remove(at)
		if in := s.instances[k]; e.goesStraight(c, in) {
			e.leaseAndBegin(s, c, in)
		} else {
			e.lease(s, c, in)
		}
		// A consumer without work that emits to its own queue never ends here.
		if !e.afterStep() {
			return
		}
	}
}

// nextTaker is the next instance of the round that may take from a store, by
// its place among the takers, or -1.
func (e *Engine) nextTaker(s *store) int {
	if s.group != nil {
		if s.owner == nil || !s.owner.open {
			return -1
		}
		return int(s.owner.index)
	}
	if len(s.free) == 1 && !s.shared {
		// The usual case: no more than 64 instances, which take from here alone.
		word := s.free[0]
		if word == 0 {
			return -1
		}
		if rest := word >> (s.turn & 63) << (s.turn & 63); rest != 0 {
			word = rest
		}
		k := bits.TrailingZeros64(word)
		s.turn = s.after(k)
		return k
	}
	first := s.nextFree(s.turn)
	for k := first; k >= 0; {
		c := s.instances[k].cons
		if len(c.sources) == 1 || (e.isDue(c, s) && !e.logIsDue(s.instances[k])) {
			s.turn = s.after(k)
			return k
		}
		if k = s.nextFree(s.after(k)); k == first {
			return -1
		}
	}
	return -1
}

// after is the place after k in the round.
func (s *store) after(k int) int {
	if k+1 == len(s.instances) {
		return 0
	}
	return k + 1
}

// nextFree is the first free taker at or after a place, round the end, or -1.
func (s *store) nextFree(from int) int {
	w, b := from>>6, from&63
	if w < len(s.free) {
		if word := s.free[w] >> b << b; word != 0 {
			return w<<6 + bits.TrailingZeros64(word)
		}
	}
	for k := w + 1; k < len(s.free); k++ {
		if s.free[k] != 0 {
			return k<<6 + bits.TrailingZeros64(s.free[k])
		}
	}
	for k := 0; k <= w && k < len(s.free); k++ {
		if s.free[k] != 0 {
			return k<<6 + bits.TrailingZeros64(s.free[k])
		}
	}
	return -1
}

// isDue says whether a consumer of several stores should take from this one
// now: from the one it took from longest ago, of those that have something.
func (e *Engine) isDue(c *consumer, s *store) bool {
	var mine uint64
	for i := range c.sources {
		if int(c.sources[i].store) == s.index {
			mine = c.sources[i].served
		}
	}
	for i := range c.sources {
		o := &c.sources[i]
		if int(o.store) == s.index || o.s.group != nil {
			continue
		}
		other := o.s
		if e.hasNext(other) && (o.served < mine || (o.served == mine && other.index < s.index)) {
			e.mark(other)
			return false
		}
	}
	return true
}

// logIsDue says whether an instance that reads partitions and queues should
// read a partition first, because it took from one longer ago.
func (e *Engine) logIsDue(in *instance) bool {
	if !in.cons.mixed || in.fromLog >= in.fromRest {
		return false
	}
	for _, o := range in.owned {
		if e.isReadable(o) {
			e.mark(o)
			return true
		}
	}
	return false
}

// restIsDue says the opposite: that it should take from a queue first.
func (e *Engine) restIsDue(in *instance) bool {
	if !in.cons.mixed || in.fromRest >= in.fromLog {
		return false
	}
	for i := range in.cons.sources {
		if o := in.cons.sources[i].s; o.group == nil && e.hasNext(o) {
			e.mark(o)
			return true
		}
	}
	return false
}

// hasNext says whether a store has a copy that may be sent to somebody.
func (e *Engine) hasNext(s *store) bool {
	if s.ready.Level() == 0 || e.isOut(s.channel) {
		return false
	}
	if s.keys == nil {
		return true
	}
	_, _, found := e.headOf(s) // not if every copy waits for another of its key
	return found
}

// remindOthers marks the other stores of a store's readers: what kept them
// from being due may be gone.
func (e *Engine) remindOthers(s *store) {
	for _, r := range s.readers {
		c := &e.consumers[r]
		for i := range c.sources {
			if o := c.sources[i].s; o.index != s.index && o.ready.Level() > 0 {
				e.mark(o)
			}
		}
	}
}

// takeWithheld takes copies that waited for room.
func (e *Engine) takeWithheld(s *store) {
	for s.withheld.len() > 0 && !e.full(s) {
		k := s.withheld.pop()
		m := &e.messages[k]
		m.held--
		e.blameMessage(m)
		e.enter(s, e.pubs[m.pub].event)
		if e.messages[k].held == 0 {
			e.conclude(k)
		}
	}
}

// watchHead asks for a look at the head of a store when it expires.
func (e *Engine) watchHead(s *store) {
	if s.ready.Level() == 0 {
		return
	}
	c, _, ok := e.headOf(s)
	if !ok {
		return
	}
	ttl := e.ttlOf(s, c)
	if ttl == 0 {
		return
	}
	t := c.aging + ttl
	ord := s.expiryOrder()
	if t < e.now || t == e.now && s.keys != nil && e.place > ord {
		e.mark(s) // see expiresNow
		return
	}
	if s.expiryAt != 0 && s.expiryAt <= t {
		return
	}
	s.expiryAt = t
	e.future.Push(kernel.Item{At: t, Ord: ord, Data: pack(kindExpiry, uint32(s.index), 0)})
}

// expiryOrder is the place of a look at the head of a store: after the store's
// other timers of that instant, whenever it is asked for; those of a group in
// the order of its partitions.
func (s *store) expiryOrder() uint64 {
	last := uint64(1<<kernel.CountBits - 1)
	if s.group != nil {
		last -= uint64(len(s.group.stores) - 1 - int(s.partition))
	}
	return classOrder(classTimer, s.component) | last
}

// expiresNow says whether a head's time is up at this very instant. One that
// was behind another of its key then, and is the head since, is left to the
// store's next sending.
func (e *Engine) expiresNow(s *store) bool {
	c, _, ok := e.headOf(s)
	return ok && e.now-c.aging == e.ttlOf(s, c)
}

// headMayExpire lets the heads of a store that are past their time expire.
func (e *Engine) headMayExpire(s *store) {
	if s.expiryAt == e.now {
		s.expiryAt = 0
	}
	if s.keys != nil && !e.expiresNow(s) {
		e.watchHead(s)
		return
	}
	e.expireHead(s)
	e.watchHead(s)
}

// expireHead lets the copies at the head of a store that are past their time
// expire, when another copy has become the head.
func (e *Engine) expireHead(s *store) {
	if !s.mayExpire {
		return
	}
	any := false
	for s.ready.Level() > 0 {
		c, _, ok := e.headOf(s)
		if !ok || !e.isExpired(s, c) {
			break
		}
		e.expire(s, c)
		any = true
	}
	if any {
		e.roomAgain(s)
	}
}

// roomAgain looks at what a copy that has left a store without being sent was
// in the way of.
func (e *Engine) roomAgain(s *store) {
	e.remindOthers(s)
	if s.withheld.len() > 0 {
		e.takeWithheld(s)
	}
}

// lease sends a copy to an instance.
func (e *Engine) lease(s *store, c *copyRec, in *instance) {
	v := c.ev
	cons := in.cons
	if e.opt.Verify && s.group != nil {
		e.verifyOrder(s, c)
	}
	swift := cons.swift && in.hasIdle(cons.workers) && in.stalled == 0 && c.deliveries == 0
	c.refs-- // of the discipline
	c.state = copyLeased
	c.deliveries++
	s.readyDec(e.now)
	s.leasedInc(e.now)
	s.n.delivered++
	e.settleWait(s, c)
	if s.keys != nil {
		s.takeKey(c)
	}
	s.served = e.serials + 1
	if c.deliveries == 1 {
		if v.published >= e.warm && !swift {
			s.wait.Record(e.now - c.readyAt)
		}
	} else {
		s.n.redelivered++
	}
	d := e.newDelivery()
	e.serials++
	d.c, d.in, d.number, d.serial = c, in, c.deliveries, e.serials
	d.outcome, d.slot, d.first, d.waits, d.over = outcomeAck, true, true, false, false
	d.arrived, d.recalled, d.swift, d.gone, d.leaseOnly, d.before, d.clocked = false, false, swift, false, false, false, false
	d.worker, d.call, d.ask = -1, 0, 0
	c.lease = d
	c.refs++
	c.cause = Network
	e.takeSlot(in, s)
	e.note(Leased, NoReason, s.component, v, c.deliveries, in.index, -1)
	if s.spec.AckTimeout > 0 && s.spec.AckClockLease {
		e.watchLease(s, d)
	}
	cut := e.isCut(cons.component, brokerEnd)
	if !cut && (cons.deliver.isFree(e.now, in.delivered) || (s.group != nil && e.readAhead(s, d))) {
		e.arriveAtInstance(d)
		return
	}
	e.sendOver(&cons.deliver, &in.delivered, cons.component, brokerEnd, v.luck, c.deliveries, classDelivery, s.component, kindDeliver, 0, d.index)
}

// watchLease begins the clock of a delivery.
func (e *Engine) watchLease(s *store, d *delivery) {
	for s.leases.len() > 0 && !e.holdsLease(s.leases.at(0)) {
		s.leases.pop()
	}
	d.clocked = true
	l := leaseEnd{e.now + s.spec.AckTimeout, e.nextOrder(classTimer, s.component), d.serial, d}
	s.leases.push(l)
	// Where the timeout was made shorter, it ends before some that began earlier.
	i := s.leases.len() - 1
	for ; i > 0 && s.leases.at(i-1).at > l.at; i-- {
		*s.leases.at(i) = *s.leases.at(i - 1)
	}
	*s.leases.at(i) = l
	e.askLease(s)
}

// askLease asks for a look at the leases when the first of them ends.
func (e *Engine) askLease(s *store) {
	if s.leases.len() == 0 {
		return
	}
	l := s.leases.at(0)
	if s.leaseAt != 0 && s.leaseAt <= l.at {
		return
	}
	s.leaseAt, s.leaseOrd = l.at, l.ord
	e.future.Push(kernel.Item{At: l.at, Ord: l.ord, Data: pack(kindLease, uint32(s.index), uint32(l.ord))})
}

// holdsLease says whether a delivery still holds the lease of its copy.
func (e *Engine) holdsLease(l *leaseEnd) bool {
	d := l.d
	if d.serial != l.serial {
		return false
	}
	c := d.c
	return c.state == copyLeased && c.lease == d && !c.acked
}

// leasesRunOut returns the copy whose lease ends now, if it is still held; the
// next lease has a place of its own among what the store asked for.
// A look that was asked for before an earlier one is asked for anew after that.
func (e *Engine) leasesRunOut(s *store, look uint32) {
	ord := s.leaseOrd
	if s.leaseAt != e.now || uint32(ord) != look {
		return
	}
	s.leaseAt = 0
	for s.leases.len() > 0 && !e.holdsLease(s.leases.at(0)) {
		s.leases.pop()
	}
	if s.leases.len() > 0 && s.leases.at(0).at == e.now && s.leases.at(0).ord <= ord {
		e.leaseEnds(s, s.leases.pop().d)
	}
	e.askLease(s)
}

// leaseEnds takes a copy back from an instance that did not answer in time.
func (e *Engine) leaseEnds(s *store, d *delivery) {
	c := d.c
	in := d.in
	cons := in.cons
	v := c.ev
	cons.n.timedOut++
	e.note(TimedOut, WhyLease, s.component, v, d.number, in.index, -1)
	if d.worker >= 0 {
		e.outlasts(d)
	}
	if c.cause == Service || c.cause == BackingOff {
		c.cause = LeaseWait
	}
	e.settleBlame(c)
	e.freeSlot(d)
	e.leasedDec(s)
	c.lease = nil
	if e.usedUp(s, cons, c) {
		e.exclude(s, c, cons)
	} else {
		e.comeBack(s, c, WhyLease)
	}
	e.leaseOver(d)
}

// usedUp says whether a copy has had all the deliveries it may.
func (e *Engine) usedUp(s *store, cons *consumer, c *copyRec) bool {
	return limitReached(c.deliveries, s.spec.MaxDeliveries) ||
		limitReached(max(c.deliveries, c.tries), cons.spec.Retry.Attempts)
}

// failedCopy is a copy that an instance gave back after a failure.
func (e *Engine) failedCopy(s *store, c *copyRec, d *delivery, giveUp bool) {
	cons := d.in.cons
	e.leasedDec(s)
	if giveUp || e.usedUp(s, cons, c) {
		e.freeSlot(d)
		c.lease = nil
		e.exclude(s, c, cons)
		return
	}
	if s.mayExpire && e.isExpired(s, c) {
		e.freeSlot(d)
		c.lease = nil
		e.expire(s, c)
		return
	}
	v := c.ev
	w := cons.backoff.wait(d.attempt, v.luck, c.lastBackoff)
	c.lastBackoff = w
	if w > 0 {
		c.cause = BackingOff
		if s.group != nil && (cons.spec.Retry.Blocks || s.spec.DeadLetter == spec.None) {
			s.blocked = c
		}
		if s.spec.DelayedHoldsSlot {
			e.keepSlot(d, c)
		} else {
			e.freeSlot(d)
			c.lease = nil
		}
		e.delayCopy(s, c, w, WhyBackoff)
		return
	}
	e.freeSlot(d)
	c.lease = nil
	e.comeBack(s, c, WhyFailure)
}

// exclude ends a copy that is out of deliveries.
func (e *Engine) exclude(s *store, c *copyRec, cons *consumer) {
	if cons.spec.Retry.ThenDrop {
		cons.n.dropped++
		e.drop(s, c, WhyAttempts)
		return
	}
	if e.deadLetter(s, c, WhyAttempts) {
		cons.n.dead++
	} else {
		cons.n.dropped++
	}
}

// expire ends a copy that is past its time to live.
func (e *Engine) expire(s *store, c *copyRec) {
	if s.spec.DeadLetter != spec.None && s.group == nil {
		e.deadLetter(s, c, WhyTTL)
		return
	}
	s.n.expired++
	e.note(Expired, WhyTTL, s.component, c.ev, c.tries, -1, -1)
	e.failFamily(c.ev)
	e.leaveStore(s, c)
}

// discard ends a copy for which there is no room.
func (e *Engine) discard(s *store, c *copyRec, why Why) {
	if s.spec.DeadLetter != spec.None {
		e.deadLetter(s, c, why)
		return
	}
	e.drop(s, c, why)
}

func (e *Engine) drop(s *store, c *copyRec, why Why) {
	s.n.dropped++
	e.note(Dropped, why, s.component, c.ev, c.tries, -1, -1)
	e.failFamily(c.ev)
	e.leaveStore(s, c)
}

// deadLetter moves a copy to the dead-letter queue of its store, or drops it
// where that is not possible. It says whether it was moved.
func (e *Engine) deadLetter(s *store, c *copyRec, why Why) bool {
	if s.spec.DeadLetter == spec.None {
		e.drop(s, c, why)
		return false
	}
	t := &e.stores[e.channels[s.spec.DeadLetter].stores[0]]
	dropped := false
	refuses := t.limited && (t.spec.Overflow == spec.Reject || t.spec.Overflow == spec.Block) && e.full(t)
	if refuses || t.index == s.index || e.findMark(c.dead, int32(t.index)) != nil {
		e.drop(s, c, why)
		return false
	}
	s.n.dead++
	ev := c.ev
	e.note(DeadLettered, why, s.component, ev, c.tries, -1, -1)
	e.failFamily(ev)
	if c.state == copyReady {
		e.settleWait(s, c)
	} else {
		e.settleBlame(c)
	}
	dead := e.addMark(c.dead, int32(s.index), e.now)
	c.dead = 0
	blame := c.blame
	ev.refs++ // until it is in the other store
	ev.alive++
	e.leaveStore(s, c)
	outerBlame, outerBegun := e.blame, e.begun
	defer func() { e.blame, e.begun = outerBlame, outerBegun }()
	e.blame, e.begun = blame, true
	e.channels[t.channel].entered++
	if t.limited && e.full(t) {
		if victim, found := e.oldestOf(t); t.spec.Overflow == spec.DropOld && found {
			e.discard(t, victim, WhyFull)
			e.mark(t)
			dropped = true
		} else {
			n := e.newCopyOf(t, ev)
			n.dead, n.wasDead = dead, true
			e.discard(t, n, WhyFull)
			e.release(ev)
			return true
		}
		e.blame, e.begun = blame, true
	}
	n := e.newCopyOf(t, ev)
	n.dead, n.wasDead = dead, true
	e.settleIn(t, n)
	if dropped {
		e.expireHead(t) // there may be another
	}
	e.release(ev)
	return true
}

// finish ends a copy that was worked off.
func (e *Engine) finish(s *store, c *copyRec) {
	if s.group != nil {
		e.processed(s, c)
	}
	s.n.acked++
	e.leaveStore(s, c)
}

// leaveStore takes a copy out of its store, whatever it is doing there.
func (e *Engine) leaveStore(s *store, c *copyRec) {
	switch c.state {
	case copyReady:
		s.readyDec(e.now)
	case copyDelayed:
		s.delayed--
		if c.lease != nil {
			e.freeHeldSlot(c)
		}
	}
	ev := c.ev
	if c.state != copyOutside {
		s.insideDec(e.now)
		if s.size < 0 {
			s.bytes.Add(e.now, -ev.size)
		}
	}
	c.state = copyGone
	if s.blocked == c {
		s.blocked = nil
	}
	if s.keys != nil {
		e.freeKey(s, c)
	}
	if s.group != nil && s.ready.Level() > 0 {
		e.mark(s) // the next of the partition may be sent
	}
	s.left++
	s.stayed = s.stayed.Add64(uint64(e.now - c.entered - c.before))
	if c.dead != 0 {
		e.dropMarks(c.dead)
		c.dead = 0
	}
	ev.root.last = e.now
	e.leaveEvent(ev)
	e.unrefCopy(c)
}

// unrefCopy gives up one reference to a copy.
func (e *Engine) unrefCopy(c *copyRec) {
	c.refs--
	if c.refs > 0 {
		return
	}
	if c.given != 0 {
		e.dropMarks(c.given)
	}
	c.nextFree = e.freeCopy
	e.freeCopy = c
	e.unrefEvent(c.ev)
}
