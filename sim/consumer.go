package sim

import (
	"cmp"
	"math/bits"
	"slices"

	"eddy/sim/luck"
	"eddy/sim/measure"
	"eddy/sim/spec"
)

// consumer is a group of equal instances that handle events.
type consumer struct {
	// What every delivery needs comes first and close together, as in a store.
	spec      *spec.Consumer
	index     int32
	component int32
	first     int32 // its first instance
	count     int32
	prefetch  int32   // per instance, -1: unlimited
	workers   int32   // per instance, -1: unlimited
	slow      float64 // how many times longer work takes
	straight  bool    // its deliveries may go the short way, see straighten
	swift     bool    // what it is sent may begin at that instant: no link, no other store, no expiry
	multi     bool    // several copies of one event, or copies that others do too, may reach it
	counts    bool    // it has, or may be given, a step that fails by the number of the event
	mixed     bool    // it reads partitions, too
	joined    bool
	paused    bool
	away      bool // it is to come back when its stops are over
	cutOff    bool // no traffic with the broker
	shrunk    bool // it has been given fewer workers or slots while it ran
	unbounded bool // it has had unlimited workers for a part of the run
	queues    int  // sources that are not partitions of a stream
	tally     tally
	sources   []consumerSource
	handlers  []handler
	match     []int16   // handler of each event type, -1: none, -2: not yet looked up
	breaks    []float64 // chances that faults let an attempt fail
	n         consumerCounts
	serving   serving
	home      struct {
		sources [1]consumerSource
		match   [4]int16
	}

	id                        uint64 // luck of what it emits
	current                   int    // the first of the handlers in force, which are the last
	deliver                   link
	ack                       link
	publish                   link
	backoff                   backoff
	recognise                 *luck.Sampler
	recogKey                  luck.Key
	startTime                 *luck.Sampler
	startKey                  luck.Key
	emitted                   int64     // events made, and the number of the last
	sent                      []int64   // tries of publishes, by event type; nil where it emits nothing
	asked                     int64     // tries of calls
	given                     int64     // copies that were begun, for fail: {events: …}
	target                    int32     // instances that should be up
	asking                    int32     // workers that wait for a call without a time limit
	pauses                    []*action // that last
	stops                     []*action // the same
	scales                    []*action // in the order in which they began
	slows                     []float64
	breakKey                  luck.Key
	answered                  int64 // arrival of the last answer that no instance sent
	scaler                    *scaler
	busyBefore, offeredBefore measure.U128 // ns of workers' time before the warm-up ended

	base       consumerCounts
	ups        measure.Gauge // instances that are up
	offered    measure.Gauge // workers of them
	inside     *sum          // copies for it in all it reads, nil unless that is several places that it alone reads
	classes    []*class
	rows       []int32     // of each event type: its row in byPriority, -1: none
	byPriority [][10]int32 // index+1 of the class, 0: none
	keys       keyOrder
	service    measure.Histogram
	blame      measure.Blame
}

type consumerCounts struct {
	received, attempts, done, effects, failed, retries, timedOut, dead, dropped, lost,
	duplicates, recognised, violations int64
	late  [Whys]int64 // violations by why the late copy was returned before, NoReason: it was not
	calls callCounts
}

// consumerSource is one store a consumer takes from.
type consumerSource struct {
	s      *store
	store  int32  // its index
	base   int32  // place of its first instance among the store's takers
	served uint64 // when it last took from here, as a serial
}

// class is what is measured apart for one event type and priority at a
// consumer; the others are sums over classes.
type class struct {
	typ      int32
	priority int8
	done     int64
	baseDone int64
	wait     measure.Histogram
	// The wait of a copy that was begun at the instant it was sent is its wait
	// in the store too, and recorded once for both, here.
	bothWaits measure.Histogram
	// Latency and end-to-end time are the same for an event that left as it
	// was created; those are recorded once.
	both     measure.Histogram
	latency  measure.Histogram
	endToEnd measure.Histogram
}

// instance is one process of a consumer.
type instance struct {
	cons     *consumer
	consumer int32
	index    int32
	idle     uint64 // free workers 0 … 63
	leases   int32
	working  int32
	stalled  int32 // withheld emissions
	up       bool
	open     bool     // it may be sent copies, as far as it has been told
	deferred bool     // one of its partitions had to wait for another
	later    bool     // it is to start what it holds in a turn of its own
	owned    []*store // partitions that it reads
	busy     measure.Gauge
	done     int64
	held     deque[*delivery] // those that wait for a worker
	fromLog  uint64           // of a mixed consumer: its last delivery from a partition,
	fromRest uint64           // and from a queue or subscription
	starting bool
	crashed  bool
	crashes  uint32 // so far
	starts   int32  // times it was begun
	idleMore []uint64
	offered  measure.Gauge // workers, while it is up
	baseDone int64

	delivered, answered, published, asked, replied int64 // arrival of the last message on its links
}

func (e *Engine) buildConsumers() {
	sc := e.sc
	firstComponent := int32(len(sc.Producers) + len(sc.Broker.Channels) + len(e.names.subs))
	storeOf := map[[2]int]int32{}
	for i := range e.channels {
		if e.channels[i].spec.Type == spec.Queue {
			storeOf[[2]int{i, -1}] = e.channels[i].stores[0]
		}
	}
	k := map[int]int{}
	for _, sub := range e.names.subs {
		c := &e.channels[sub.channel]
		if c.stream != nil {
			storeOf[[2]int{sub.channel, sub.consumer}] = c.stream.groups[k[sub.channel]].firstStore
		} else {
			storeOf[[2]int{sub.channel, sub.consumer}] = c.stores[k[sub.channel]]
		}
		k[sub.channel]++
	}
	again := e.mayGetTwice()
	e.consumers = make([]consumer, len(sc.Consumers))
	for i := range sc.Consumers {
		sp := &sc.Consumers[i]
		c := &e.consumers[i]
		lat := &sc.Broker.Latency
		*c = consumer{
			spec: sp, index: int32(i), component: firstComponent + int32(i), id: luck.SourceID(sp.Name),
			first: int32(len(e.instances)), count: e.mostInstances(i), target: int32(sp.Instances), slow: 1,
			breakKey: luck.NewKey(e.seed, sp.Name, "fault"),
			serving:  serving{request: e.newLink(lat.Call, sp.Name, "call")},
			prefetch: int32(sp.Prefetch), workers: int32(sp.Concurrency),
			deliver:   e.newLink(lat.Deliver, sp.Name, "deliver"),
			ack:       e.newLink(lat.Ack, sp.Name, "ack"),
			publish:   e.newLink(lat.Publish, sp.Name, "publish"),
			backoff:   backoff{spec: sp.Retry.Backoff, key: luck.NewKey(e.seed, sp.Name, "backoff")},
			recognise: luck.Compile(sp.Recognise), recogKey: luck.NewKey(e.seed, sp.Name, "recognise"),
			startTime: luck.Compile(sp.StartTime), startKey: luck.NewKey(e.seed, sp.Name, "start"),
			tally: tally{words: new([tallySize]uint64)},
		}
		if sp.Autoscale != nil {
			c.scaler = &scaler{spec: sp.Autoscale}
		}
		c.match = make([]int16, len(sc.Events))
		c.rows = make([]int32, len(sc.Events))
		for t := range c.match {
			c.match[t], c.rows[t] = -2, -1
		}
		for h := range sp.Handlers {
			c.handlers = append(c.handlers, e.compileHandler(sp, h))
		}
		for _, from := range sp.From {
			s, ok := storeOf[[2]int{from.Channel, i}]
			if !ok {
				s = storeOf[[2]int{from.Channel, -1}]
			}
			n := int32(1)
			if g := e.stores[s].group; g != nil {
				g.cons = c
				n = int32(len(g.stores))
				c.prefetch = c.workers // one event of a partition at a time: more would lie idle
			} else {
				c.queues++
			}
			for k := range n {
				e.addTakers(c, s+k)
				c.multi = c.multi || again[s+k]
			}
		}
		for j := range c.count {
			e.instances = append(e.instances, instance{cons: c, consumer: c.index, index: j})
		}
	}
	e.link()
	called := e.called()
	for i := range e.consumers {
		c := &e.consumers[i]
		c.multi = c.multi || len(c.spec.From) > 1 || called[i]
		c.mixed = c.queues > 0 && c.queues < len(c.sources)
		e.addUp(c)
		for _, src := range c.sources {
			s := src.s
			s.shared = s.shared || (c.queues > 1 && s.group == nil) || c.mixed
			c.multi = c.multi || len(s.readers) > 1
			c.swift = len(c.sources) == 1 && c.deliver.direct() && !s.mayExpire
		}
	}
	for _, sc := range append(e.changes(), e.sc) {
		eachStep(sc, func(i int, st *spec.Step) {
			c := &e.consumers[i]
			c.counts = c.counts || len(st.FailEvents) > 0
			if st.Verb == spec.Emit && c.sent == nil {
				c.sent = make([]int64, len(e.sc.Events))
			}
		})
	}
	for i := range e.consumers {
		e.straighten(&e.consumers[i])
	}
}

// addUp makes the sums that stores are parts of.
func (e *Engine) addUp(c *consumer) {
	alone := len(c.spec.From) > 1
	for _, src := range c.sources {
		alone = alone && len(src.s.readers) == 1
	}
	if alone {
		c.inside = &sum{}
	}
	for _, src := range c.sources {
		src.s.whole = c.inside
		if g := src.s.group; g != nil {
			src.s.whole, g.inside.of = &g.inside, c.inside
		}
	}
}

// link points components at one another, when all of them are there.
func (e *Engine) link() {
	for i := range e.consumers {
		c := &e.consumers[i]
		for k := range c.sources {
			c.sources[k].s = &e.stores[c.sources[k].store]
		}
		c.sources = atHome(c.sources, c.home.sources[:])
		if n := len(c.match); n <= len(c.home.match) {
			c.match = atHome(c.match, c.home.match[:n])
		}
	}
	for i := range e.stores {
		s := &e.stores[i]
		for _, k := range s.takers {
			s.instances = append(s.instances, &e.instances[k])
		}
		s.moveIn()
	}
	for i := range e.channels {
		c := &e.channels[i]
		for _, k := range c.stores {
			c.to = append(c.to, &e.stores[k])
		}
		c.to, c.filters = atHome(c.to, c.home.to[:]), atHome(c.filters, c.home.filters[:])
	}
}

// called says which consumers are called: by a retry, one may be asked about
// the same event again.
func (e *Engine) called() []bool {
	called := make([]bool, len(e.sc.Consumers))
	for _, sc := range append(e.changes(), e.sc) {
		for i := range sc.Producers {
			if k := sc.Producers[i].Call; k != spec.None {
				called[k] = true
			}
		}
		eachStep(sc, func(_ int, st *spec.Step) {
			if st.Verb == spec.Call {
				called[st.Callee] = true
			}
		})
	}
	return called
}

// eachStep goes through the steps of a scenario's consumers.
func eachStep(sc *spec.Scenario, do func(consumer int, st *spec.Step)) {
	for i := range sc.Consumers {
		for h := range sc.Consumers[i].Handlers {
			for k := range sc.Consumers[i].Handlers[h].Steps {
				do(i, &sc.Consumers[i].Handlers[h].Steps[k])
			}
		}
	}
}

// addTakers lets the instances of a consumer take from a store.
func (e *Engine) addTakers(c *consumer, s int32) {
	st := &e.stores[s]
	c.sources = append(c.sources, consumerSource{store: s, base: int32(len(st.takers))})
	st.readers = append(st.readers, c.index)
	for j := range c.count {
		st.takers = append(st.takers, c.first+j)
	}
	st.free = append(st.free, make([]uint64, (len(st.takers)+63)/64-len(st.free))...)
}

// mayGetTwice says of each store whether it may be given one event twice: it
// is published to again, or there are several ways into the store.
func (e *Engine) mayGetTwice() []bool {
	twice := make([]bool, len(e.stores))
	ways := make([]int, len(e.channels)) // into each channel
	for i := range e.sc.Producers {
		p := &e.sc.Producers[i]
		if p.To != spec.None {
			ways[p.To] = max(ways[p.To], 1)
			if p.Retry.Attempts != 1 {
				ways[p.To] = 2
			}
		}
	}
	for i := range e.sc.Consumers {
		for h := range e.sc.Consumers[i].Handlers {
			for _, st := range e.sc.Consumers[i].Handlers[h].Steps {
				if st.Verb == spec.Emit {
					ways[st.To] = max(ways[st.To], 1)
				}
			}
		}
	}
	// Follow the bindings and dead letters until nothing changes any more;
	// a number only grows, and 2 is as good as more.
	for changed := true; changed; {
		changed = false
		for i := range e.channels {
			n := ways[i]
			if n > 1 {
				continue
			}
			for j := range e.channels {
				for _, to := range e.channels[j].targets() {
					if to == i {
						n += max(1, ways[j])
					}
				}
			}
			for j := range e.stores {
				if e.stores[j].spec.DeadLetter == i {
					n += max(1, ways[e.stores[j].channel])
				}
			}
			if n > ways[i] {
				if n = min(n, 2); n > ways[i] {
					ways[i] = n
					changed = n == 2 || changed
				}
			}
		}
	}
	for j := range e.stores {
		twice[j] = ways[e.stores[j].channel] > 1 || e.sc.Timeline != nil
	}
	return twice
}

// mostInstances is how many instances a consumer may ever have at once.
func (e *Engine) mostInstances(i int) int32 {
	sp := &e.sc.Consumers[i]
	n := sp.Instances
	if sp.Autoscale != nil {
		n = max(n, sp.Autoscale.Max)
	}
	for j := range e.sc.Timeline {
		if a := &e.sc.Timeline[j]; a.Kind == spec.ScaleAction && a.A.Index == i {
			n = max(n, a.Count)
		}
	}
	for _, changed := range e.changes() {
		c := &changed.Consumers[i]
		n = max(n, c.Instances)
		if c.Autoscale != nil {
			n = max(n, c.Autoscale.Max)
		}
	}
	return int32(n)
}

// beginConsumer lets a consumer's instances join when they should.
func (e *Engine) beginConsumer(i int) {
	c := &e.consumers[i]
	if c.spec.Starts == 0 {
		e.join(i)
	} else {
		e.at(c.spec.Starts, classTimer, c.component, pack(kindJoin, uint32(i), 0))
	}
	if c.scaler != nil {
		e.beginScaler(c)
	}
	if t := c.spec.Stops; t > 0 {
		e.at(t, classTimer, c.component, pack(kindStop, uint32(i), 0))
	}
}

// join begins a consumer's subscriptions, and its instances.
func (e *Engine) join(i int) {
	c := &e.consumers[i]
	c.joined = true
	for _, src := range c.sources {
		e.stores[src.store].joined = true
	}
	e.readFromBeginning(c)
	for j := range c.target {
		e.startInstance(c, uint32(c.first+j))
	}
}

// startInstance begins an instance; it takes work after its start time.
func (e *Engine) startInstance(c *consumer, i uint32) {
	in := &e.instances[i]
	if in.up || in.starting {
		return
	}
	in.starts++
	id := luck.Identity(c.id, uint64(in.index))
	d := c.startTime.Nanos(c.startKey, luck.Counter(id, uint32(in.starts-1), 0))
	if d == 0 {
		e.instanceUp(i)
		return
	}
	in.starting = true
	e.at(e.now+d, classTimer, c.component, pack(kindUp, i, uint32(in.starts)))
}

// started is the end of an instance's start time, unless it was told to leave.
func (e *Engine) started(i, start uint32) {
	in := &e.instances[i]
	if stops := in.cons.spec.Stops; stops > 0 && e.now == stops {
		return // it leaves at this instant
	}
	if in.starting && uint32(in.starts) == start {
		in.starting = false
		e.instanceUp(i)
	}
}

// offer changes how many workers an instance has, and with it its consumer:
// those of one that is down are what still works.
func (c *consumer) offer(in *instance, now, more int64) {
	c.offered.Add(now, more)
	in.offered.Add(now, more)
}

// instanceUp lets an instance take work.
func (e *Engine) instanceUp(i uint32) {
	in := &e.instances[i]
	c := in.cons
	if in.up || !c.joined || in.index >= c.target {
		return
	}
	in.up, in.crashed = true, false
	in.idle = lowBits(c.workers)
	in.idleMore = moreBits(c.workers)
	e.occupyWorkers(in) // with what it still works on from before it left
	c.ups.Inc(e.now)
	if c.workers > 0 {
		c.offer(in, e.now, int64(max(0, c.workers-in.working)))
	}
	e.note(Joined, NoReason, c.component, nil, 0, in.index, -1)
	for k := range c.sources {
		s := c.sources[k].s
		s.up++
		s.everUp = true
		if s.up == 1 {
			e.updateWait(s)
		}
	}
	e.offerSlots(c, in)
	e.membersChanged(c, in, false)
	if c.serving.waiting.len() > 0 {
		e.serveCalls(c)
	}
}

// occupyWorkers takes the workers of an instance that are at work.
func (e *Engine) occupyWorkers(in *instance) {
	if in.working == 0 {
		return
	}
	for k := range e.deliveries.used {
		if d := e.deliveries.at(k); d.serial != 0 && d.in == in && d.worker >= 0 && !d.gone {
			in.occupy(d.worker)
		}
	}
}

// leave takes a consumer's instances away.
func (e *Engine) leave(i int) {
	c := &e.consumers[i]
	c.joined = false
	for j := range c.count {
		e.leaveInstance(c, uint32(c.first+j))
	}
}

// leaveInstance takes an instance away: what it has not begun goes back at
// once, what it has begun is finished.
func (e *Engine) leaveInstance(c *consumer, i uint32) {
	in := &e.instances[i]
	in.starting, in.crashed = false, false
	if !in.up {
		return
	}
	e.takeDown(c, in)
	for _, d := range e.lostDeliveriesOf(in) {
		e.returnLost(d, WhyStop)
	}
	e.handBackAll(in)
	e.note(Left, WhyStop, c.component, nil, 0, in.index, -1)
	e.membersChanged(c, in, false)
}

// takeDown stops an instance from taking work.
func (e *Engine) takeDown(c *consumer, in *instance) {
	in.up = false
	c.ups.Dec(e.now)
	if c.workers > 0 {
		c.offer(in, e.now, int64(min(0, in.working-c.workers)))
	}
	e.withdrawSlots(c, in)
	for k := range c.sources {
		s := &e.stores[c.sources[k].store]
		s.up--
		if s.up == 0 {
			e.updateWait(s)
		}
	}
}

// membersChanged lets everything that depends on which instances of a
// consumer are up know that one came or went.
func (e *Engine) membersChanged(c *consumer, in *instance, crashed bool) {
	if c.ups.Level() == 0 {
		e.refuseWaiting(c)
	}
	if len(e.groups) > 0 {
		e.memberChanged(c, in, crashed)
	}
}

// deliveriesOf lists what an instance has been sent and not answered, in the
// order in which it was sent.
func (e *Engine) deliveriesOf(in *instance) []*delivery {
	return e.deliveriesWhere(func(d *delivery) bool { return d.in == in && !d.gone && !d.recalled })
}

// lostDeliveriesOf lists what an instance was sent and something was lost of on
// the way, as far as a lease still holds it.
func (e *Engine) lostDeliveriesOf(in *instance) []*delivery {
	return e.deliveriesWhere(func(d *delivery) bool { return d.in == in && d.leaseOnly && e.isCurrent(d.c, d) })
}

// deliveriesWhere lists the deliveries of a kind, in the order in which they
// were sent.
func (e *Engine) deliveriesWhere(is func(*delivery) bool) []*delivery {
	var all []*delivery
	for k := range e.deliveries.used {
		if d := e.deliveries.at(k); d.serial != 0 && is(d) {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b *delivery) int { return cmp.Compare(a.serial, b.serial) })
	return all
}

// handBackAll returns everything that was sent to an instance and that it has
// not begun, in the order in which it was sent.
func (e *Engine) handBackAll(in *instance) {
	all := e.deliveriesOf(in)
	for in.held.len() > 0 {
		in.held.pop()
	}
	for _, d := range all {
		if d.first && d.outcome == outcomeAck && d.call == 0 {
			e.handBack(d)
		}
	}
}

// handBack returns a delivery that its instance has not begun. One that is
// still on its way is forgotten when it arrives.
func (e *Engine) handBack(d *delivery) {
	c := d.c
	s := c.s
	current := e.isCurrent(c, d)
	if current {
		e.settleBlame(c)
		e.leasedDec(s)
	}
	e.freeSlot(d)
	d.recalled = true
	if current {
		c.lease = nil
		e.giveBack(s, c, d.in.cons, WhyStop)
	}
	if d.arrived {
		e.forget(d)
	}
}

// forget ends a delivery that nothing points at any more.
func (e *Engine) forget(d *delivery) {
	c := d.c
	e.endDelivery(d)
	e.unrefCopy(c)
}

// lowBits is the first 64 of n free workers; -1 is as many as one likes.
func lowBits(n int32) uint64 {
	if n < 0 || n >= 64 {
		return ^uint64(0)
	}
	return 1<<n - 1
}

// moreBits is the free workers beyond the first 64.
func moreBits(n int32) []uint64 {
	if n <= 64 {
		return nil
	}
	more := make([]uint64, (n-64+63)/64)
	for i := range more {
		more[i] = lowBits(n - 64 - int32(i)*64)
	}
	return more
}

// takeWorker takes the lowest free worker, or is -1.
func (in *instance) takeWorker(workers int32) int32 {
	if in.idle != 0 {
		b := bits.TrailingZeros64(in.idle)
		in.idle &= in.idle - 1
		return int32(b)
	}
	if workers >= 0 && workers <= 64 {
		return -1
	}
	for i, w := range in.idleMore {
		if w != 0 {
			b := bits.TrailingZeros64(w)
			in.idleMore[i] &= w - 1
			return int32(64 + i*64 + b)
		}
	}
	if workers >= 0 {
		return -1
	}
	in.idleMore = append(in.idleMore, ^uint64(1))
	return int32(64 * len(in.idleMore))
}

func (in *instance) freeWorker(w int32) {
	if n := in.cons.workers; n >= 0 && w >= n {
		return // there are fewer now
	}
	if w < 64 {
		in.idle |= 1 << w
	} else {
		in.idleMore[w/64-1] |= 1 << (w & 63)
	}
}

// occupy takes one worker that is at work already.
func (in *instance) occupy(w int32) {
	if w < 64 {
		in.idle &^= 1 << w
		return
	}
	for int(w/64) > len(in.idleMore) {
		in.idleMore = append(in.idleMore, ^uint64(0))
	}
	in.idleMore[w/64-1] &^= 1 << (w & 63)
}

// hasIdle says whether a worker is free.
func (in *instance) hasIdle(workers int32) bool {
	return workers < 0 || in.working < workers
}

// offerSlots tells the stores of an instance that it may be sent copies.
func (e *Engine) offerSlots(c *consumer, in *instance) {
	if !in.up || c.paused || c.cutOff || (c.prefetch >= 0 && in.leases >= c.prefetch) {
		return
	}
	if c.queues > 0 {
		for k := range c.sources {
			if s := c.sources[k].s; s.group == nil {
				e.offerSlot(s, c.sources[k].base+in.index)
			}
		}
	}
	in.open = true
	for _, s := range in.owned {
		if s.withheld.len() > 0 || s.ready.Level() > 0 && (s.mayExpire || s.mayRead()) {
			e.mark(s)
		}
	}
}

// offerSlot tells a store that one of its takers may be sent copies.
func (e *Engine) offerSlot(s *store, p int32) {
	s.free[p>>6] |= 1 << (p & 63)
	if s.ready.Level() > 0 || s.withheld.len() > 0 {
		e.mark(s)
	}
}

// withdrawSlots tells the stores of an instance that it may not.
func (e *Engine) withdrawSlots(c *consumer, in *instance) {
	if c.queues > 0 {
		for k := range c.sources {
			if s := c.sources[k].s; s.group == nil {
				p := c.sources[k].base + in.index
				s.free[p>>6] &^= 1 << (p & 63)
			}
		}
	}
	in.open = false
}

// takeSlot takes a lease slot of an instance for a copy of a store.
func (e *Engine) takeSlot(in *instance, s *store) {
	c := in.cons
	in.leases++
	if in.leases == c.prefetch { // -1: never
		e.withdrawSlots(c, in)
	}
	if c.queues > 1 {
		for k := range c.sources {
			if int(c.sources[k].store) == s.index {
				c.sources[k].served = e.serials
			}
		}
	}
	switch {
	case !c.mixed:
	case s.group != nil:
		in.fromLog = e.serials
	default:
		in.fromRest = e.serials
	}
}

// freeSlot gives back the lease slot that a delivery takes, if it still does.
func (e *Engine) freeSlot(d *delivery) {
	if !d.slot {
		return
	}
	d.slot = false
	in := d.in
	in.leases--
	e.offerSlots(in.cons, in)
}

// keepSlot lets a delayed copy keep the slot of its delivery.
func (e *Engine) keepSlot(d *delivery, c *copyRec) {
	c.holder = d.in
	d.slot = false
	c.lease = d
}

// freeHeldSlot gives back the slot that a delayed copy kept.
func (e *Engine) freeHeldSlot(c *copyRec) {
	c.lease = nil
	in := c.holder
	if in == nil {
		return
	}
	c.holder = nil
	in.leases--
	e.offerSlots(in.cons, in)
}

// arriveAtInstance is a copy that reaches an instance.
func (e *Engine) arriveAtInstance(d *delivery) {
	in := d.in
	c := in.cons
	d.arrived = true
	if d.gone {
		e.lastEntry(d)
		return
	}
	if d.recalled {
		e.forget(d)
		return
	}
	c.n.received++
	if cp := d.c; e.isCurrent(cp, d) {
		e.settleBlame(cp)
		cp.cause = Queueing
	}
	if in.hasIdle(c.workers) && in.stalled == 0 && !c.paused {
		e.startDelivery(d)
		return
	}
	e.serials++
	d.came = e.serials
	in.held.push(d)
}

// isCurrent says whether a delivery holds the lease of its copy.
func (e *Engine) isCurrent(c *copyRec, d *delivery) bool {
	return c.state == copyLeased && c.lease == d
}

// maxNested is how many starts may lie within one another before the next waits
// for a turn of its own: each ends in no time and begins what waits behind it.
const maxNested = 1000

// startHeld starts what an instance holds, as far as workers are free.
func (e *Engine) startHeld(in *instance) {
	c := in.cons
	if e.nested >= maxNested {
		if !in.later {
			in.later = true
			e.at(e.now, classDone, c.component, pack(kindStartHeld, uint32(c.first+in.index), 0))
		}
		return
	}
	e.nested++
	e.startAllHeld(c, in)
	e.nested--
}

func (e *Engine) startAllHeld(c *consumer, in *instance) {
	for in.stalled == 0 && !c.paused && in.up && in.hasIdle(c.workers) {
		waiting := &c.serving.waiting
		switch {
		case waiting.len() > 0 && (in.held.len() == 0 || (*waiting.at(0)).came < (*in.held.at(0)).came):
			e.giveCall(waiting.pop(), in)
		case in.held.len() > 0:
			e.startDelivery(in.held.pop())
		default:
			return
		}
	}
}

// unstall ends the hold that a withheld emission puts on its instance.
func (e *Engine) unstall(inst uint32) {
	in := &e.instances[inst]
	if in.stalled == 0 {
		return // it has crashed since
	}
	in.stalled--
	if in.stalled == 0 {
		e.startHeld(in)
	}
}

// startDelivery gives a delivery a worker, unless its copy is past its time.
func (e *Engine) startDelivery(d *delivery) {
	c := d.c
	if s := c.s; s != nil && s.mayExpire && e.isExpired(s, c) {
		d.outcome = outcomeExpired
		e.sendAck(d)
		return
	}
	in := d.in
	cons := in.cons
	d.worker = in.takeWorker(cons.workers)
	in.working++
	in.busy.Inc(e.now)
	e.begin(d)
}

// stopWork frees the worker of a delivery and starts what the instance holds.
func (e *Engine) stopWork(in *instance, worker int32) {
	cons := in.cons
	in.working--
	in.busy.Dec(e.now)
	in.freeWorker(worker)
	if cons.workers > 0 && (!in.up || in.working >= cons.workers) {
		cons.offer(in, e.now, -1) // it was one too many, or is no more
	}
	if !in.up {
		return
	}
	if in.held.len() > 0 || cons.serving.waiting.len() > 0 {
		e.startHeld(in)
	}
}

// sendAck sends an instance's answer to a delivery to its store.
func (e *Engine) sendAck(d *delivery) {
	in := d.in
	c := in.cons
	cp := d.c
	// How far it has read is a reader's own to know: it need not wait to hear of it.
	if (c.ack.isFree(e.now, in.answered) || cp.s.group != nil) && !e.isCut(c.component, brokerEnd) {
		e.acked(d)
		return
	}
	if d.outcome != outcomeAck && d.outcome != outcomeBefore && e.isCurrent(cp, d) {
		e.settleBlame(cp)
		cp.cause = Network
	}
	e.sendOver(&c.ack, &in.answered, c.component, brokerEnd, cp.ev.luck, d.number, classDone, c.component, kindAck, 0, d.index)
}

// acked is an instance's answer to a delivery, at the store.
func (e *Engine) acked(d *delivery) {
	if d.gone {
		e.lastEntry(d)
		return
	}
	c := d.c
	s := c.s
	in := d.in
	cons := in.cons
	current := e.isCurrent(c, d)
	switch d.outcome {
	case outcomeBefore:
		e.freeSlot(d)
		if current {
			c.acked = true
		} else if c.state != copyGone {
			// Late, but nobody has finished it.
			e.doneCopy(s, c, d, cons)
		}
		d.waits = false
		if !d.over {
			return
		}
	case outcomeAck:
		e.freeSlot(d)
		if c.state != copyGone {
			e.doneCopy(s, c, d, cons)
		}
	case outcomeFailed, outcomeGiveUp:
		if current {
			e.failedCopy(s, c, d, d.outcome == outcomeGiveUp)
		} else {
			e.freeSlot(d)
		}
	case outcomeExpired:
		e.freeSlot(d)
		if current {
			e.leasedDec(s)
			c.lease = nil
			e.expire(s, c)
		}
	}
	e.endDelivery(d)
	e.unrefCopy(c)
}

// doneCopy ends a copy that an instance has done.
func (e *Engine) doneCopy(s *store, c *copyRec, d *delivery, cons *consumer) {
	if c.state == copyLeased {
		e.leasedDec(s)
		if l := c.lease; l != d && l != nil && !l.gone {
			e.outlasts(l) // it is delivered a second time: that goes on
		}
	}
	cons.n.done++
	d.in.done++
	cons.measureDone(c.ev)
	wasReady := c.state == copyReady
	e.finish(s, c)
	if wasReady {
		e.expireHead(s)
		e.watchHead(s)
		e.roomAgain(s)
	}
}

// class finds what is measured apart for an event type and priority.
func (c *consumer) class(typ int32, priority int8) *class {
	row := c.rows[typ]
	if row < 0 {
		row = int32(len(c.byPriority))
		c.rows[typ] = row
		c.byPriority = append(c.byPriority, [10]int32{})
	}
	at := &c.byPriority[row][priority]
	if *at == 0 {
		c.classes = append(c.classes, &class{typ: typ, priority: priority})
		*at = int32(len(c.classes))
	}
	return c.classes[*at-1]
}
