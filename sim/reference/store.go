package reference

import (
	"maps"
	"slices"

	"eddy/sim"
	"eddy/sim/spec"
)

// state is where a copy is.
type state int

const (
	waiting state = iota // ready to be sent
	delayed
	leased
	inHand // answered before work, and not yet done
	done
	deadLettered
	dropped
	expired
	lost
)

// ended says whether the copy has left its store.
func (s state) ended() bool { return s >= done }

// storedCopy is an event in one store.
type storedCopy struct {
	ev         *event
	store      *store
	state      state
	number     int64 // the how many-th that entered the store, or was returned to its back
	entered    int64
	rank       rank
	isBelow    bool // it was put below a stack
	deliveries int
	tries      int // attempts begun
	hadEffect  bool
	deadFrom   map[*store]bool     // stores it came from as a dead letter, nil: it is none
	current    *delivery           // the last one sent
	given      map[*consumer]int64 // the how many-th event this was to a consumer
	lastWait   int64               // the last backoff
	aged       int64               // since when it ages: entered, or when its stream took it

	// Of a stream.
	offset      int64
	inDeadHands bool  // the one who has it has died, and the group does not know
	blocks      bool  // while it is delayed, its partition waits
	processed   int64 // when it was done last
}

// rank is a copy's place among those of its priority; the smallest goes first.
type rank struct {
	group int // 0: returned to the front, 1: where it entered, 2: behind all
	n     int64
}

// store is a queue or one subscription of a topic.
type store struct {
	w          *world
	component  int
	name       string
	channel    int
	spec       *spec.Store
	delay      draw
	deadLetter *store // nil: none
	readers    []*consumer
	part       *reading // of a group's copies of a partition, nil: no stream's

	copies   []*storedCopy // all that ever entered
	withheld []*publish    // waiting to be taken, first come first
	entered  int64         // numbers given to places
	returned int64         // returns so far
	taken    map[sim.EventID]int64
	next     int // instance to begin the next round with
	sending  bool
}

func newStore(w *world, component, channel int, name string, s *spec.Store) *store {
	return &store{w: w, component: component, channel: channel, name: name, spec: s, delay: w.newDraw(name, "delay", s.Delay), taken: map[sim.EventID]int64{}}
}

// index is the partition that the store is of, 0 for one that is not a stream's.
func (s *store) index() int {
	if s.part == nil {
		return 0
	}
	return s.part.index
}

// --- what comes in -----------------------------------------------------------

// offer is what happens to a publish's copy here.
func (s *store) offer(p *publish) {
	if at, is := s.taken[p.ev.id]; is && s.spec.Dedup > 0 && s.w.now-at < s.spec.Dedup {
		s.w.tell(sim.Duplicate, sim.WhyDuplicate, s.component, p.ev, anywhere)
		return
	}
	if s.hasRoom() {
		s.remember(p.ev)
		s.take(s.enter(p.ev))
		return
	}
	switch s.spec.Overflow {
	case spec.Reject:
		p.refused = true
		s.w.tell(sim.Rejected, sim.WhyFull, s.component, p.ev, anywhere)
	case spec.Block:
		p.withheld++
		s.withheld = append(s.withheld, p)
		s.w.tell(sim.Delayed, sim.WhyBlocked, s.component, p.ev, anywhere)
	default:
		s.remember(p.ev)
		s.overflow(p.ev, nil)
	}
}

// remember notes when an event was taken, as far as the store is to know it again.
func (s *store) remember(ev *event) {
	if s.spec.Dedup > 0 {
		s.taken[ev.id] = s.w.now
	}
}

// hasRoom says whether an arriving copy is taken: nobody came before it, and
// not all ready copies and it are too many.
func (s *store) hasRoom() bool {
	return len(s.withheld) == 0 && s.isBelowCapacity()
}

func (s *store) isBelowCapacity() bool {
	if s.spec.Capacity == spec.Unlimited {
		return true
	}
	free := 0
	for _, in := range s.instances() {
		slots, unlimited := in.freeSlots()
		if unlimited {
			return true
		}
		free += slots
	}
	return len(s.ready()) < s.spec.Capacity+free
}

// overflow takes a copy into a full store that drops.
func (s *store) overflow(ev *event, deadFrom map[*store]bool) {
	var victim *storedCopy
	if s.spec.Overflow == spec.DropOld {
		for _, c := range s.ready() {
			if victim == nil || c.number < victim.number {
				victim = c
			}
		}
	}
	if victim != nil {
		s.discard(victim, sim.WhyFull, false)
	}
	c := s.enter(ev)
	c.deadFrom = deadFrom
	if victim == nil {
		s.discard(c, sim.WhyFull, false)
		return
	}
	s.take(c)
	s.expireHeads() // there may be another
}

// enter counts a copy in.
func (s *store) enter(ev *event) *storedCopy {
	s.entered++
	c := &storedCopy{ev: ev, store: s, state: delayed, number: s.entered, entered: s.w.now, aged: s.w.now, given: map[*consumer]int64{}}
	s.copies = append(s.copies, c)
	s.w.tell(sim.Enqueued, sim.NoReason, s.component, ev, anywhere)
	return c
}

// take lets a copy stay that has entered.
func (s *store) take(c *storedCopy) {
	ev := c.ev
	s.watch(c)
	d := s.delay.nanos(ev.luck, 0)
	if d == 0 {
		s.putAtEntry(c)
		return
	}
	s.w.tell(sim.Delayed, sim.WhyDelay, s.component, ev, anywhere)
	s.w.ask(s.w.now+d, timers, s.component, func() {
		if c.state == delayed {
			s.w.tell(sim.Returned, sim.WhyDelay, s.component, ev, anywhere)
			s.putAtEntry(c)
			s.expireHeads()
		}
	})
}

// watch looks at a copy when its time is up.
func (s *store) watch(c *storedCopy) {
	if ttl := s.ttl(c); ttl > 0 {
		s.w.askLast(max(s.w.now, c.aged+ttl), s.component, s.index(), func() {
			if s.head() == c {
				s.expireHeads()
			}
		})
	}
}

// admit takes what was withheld, as far as there is room.
func (s *store) admit() {
	for len(s.withheld) > 0 && s.isBelowCapacity() {
		p := s.withheld[0]
		s.withheld = s.withheld[1:]
		s.remember(p.ev)
		s.take(s.enter(p.ev))
		p.settleOne()
	}
}

// --- ready copies -------------------------------------------------------------

// ready returns the copies that can be sent, the next one first.
func (s *store) ready() []*storedCopy {
	var ready []*storedCopy
	for _, c := range s.copies {
		if c.state == waiting {
			ready = append(ready, c)
		}
	}
	slices.SortFunc(ready, s.compare)
	return ready
}

func (s *store) compare(a, b *storedCopy) int {
	if s.spec.Order == spec.Priority && a.ev.priority != b.ev.priority {
		return int(b.ev.priority) - int(a.ev.priority)
	}
	if a.rank.group != b.rank.group {
		return a.rank.group - b.rank.group
	}
	if a.rank.n < b.rank.n {
		return -1
	}
	return 1
}

func (s *store) head() *storedCopy {
	for _, c := range s.ready() {
		if !s.isKeyInHand(c.ev.key) {
			return c
		}
	}
	return nil
}

// isKeyInHand says whether a copy waits behind another one of its key that was
// sent and is not done: where keys are exclusive, while it is leased or delayed.
func (s *store) isKeyInHand(key int64) bool {
	if !s.spec.KeyExclusive || key < 0 {
		return false
	}
	return slices.ContainsFunc(s.copies, func(c *storedCopy) bool {
		return c.ev.key == key && c.deliveries > 0 && (c.state == leased || c.state == inHand || c.state == delayed)
	})
}

// putAtEntry makes a copy ready at the place of its entry.
func (s *store) putAtEntry(c *storedCopy) {
	switch {
	case s.spec.Order != spec.LIFO:
		s.putReady(c, rank{1, c.number})
	case c.isBelow:
		s.putReady(c, rank{2, c.number})
	default:
		s.putReady(c, rank{1, -c.number})
	}
}

func (s *store) putReady(c *storedCopy, r rank) {
	c.state, c.rank = waiting, r
	s.mark()
}

// comeBack makes a returned copy ready again, or expires it if its time is up.
func (s *store) comeBack(c *storedCopy, why sim.Why) {
	if s.isPast(c) {
		s.discard(c, sim.WhyTTL, false)
		return
	}
	s.w.tell(sim.Returned, why, s.component, c.ev, place{c.deliveries, -1, -1})
	s.returned++
	switch {
	case s.spec.Requeue == spec.RequeueOriginal:
		s.putAtEntry(c)
	case s.spec.Requeue == spec.RequeueFront:
		s.putReady(c, rank{0, s.returned})
	default:
		s.entered++
		c.number = s.entered
		c.isBelow = s.spec.Order == spec.LIFO
		s.putAtEntry(c)
	}
}

// mark has the store, and those that share a consumer with it, looked at in
// class 4 of this instant.
func (s *store) mark() {
	s.w.marked[s] = true
	for _, c := range s.readers {
		c.markStores()
	}
}

// --- time to live -------------------------------------------------------------

// ttl is the copy's time to live here, ns; 0: none.
func (s *store) ttl(c *storedCopy) int64 {
	ttl := s.spec.TTL
	if own := s.w.sc.Events[c.ev.kind].TTL; own > 0 && c.deadFrom == nil && (ttl == 0 || own < ttl) {
		ttl = own
	}
	return ttl
}

func (s *store) isPast(c *storedCopy) bool {
	ttl := s.ttl(c)
	return ttl > 0 && s.w.now-c.aged >= ttl
}

// expireHeads removes copies from the head while they are past their time.
func (s *store) expireHeads() {
	for c := s.head(); c != nil && s.isPast(c); c = s.head() {
		s.discard(c, sim.WhyTTL, false)
	}
}

// --- what goes out -------------------------------------------------------------

// discard ends a copy that cannot be handled: it moves to the dead-letter queue
// or leaves for good.
func (s *store) discard(c *storedCopy, why sim.Why, thenDrop bool) {
	wasReady := c.state == waiting
	at := place{c.tries, -1, -1}
	target := s.deadLetter
	if s.part != nil && why == sim.WhyTTL {
		target = nil // what a stream lets go of is gone
	}
	switch {
	case target != nil && !thenDrop && !c.deadFrom[target] && target.acceptsDead():
		c.state = deadLettered
		s.w.tell(sim.DeadLettered, why, s.component, c.ev, at)
		from := map[*store]bool{s: true}
		maps.Copy(from, c.deadFrom)
		target.takeDead(c.ev, from)
	case target == nil && why == sim.WhyTTL:
		c.state = expired
		s.w.tell(sim.Expired, why, s.component, c.ev, at)
	default:
		c.state = dropped
		s.w.tell(sim.Dropped, why, s.component, c.ev, at)
	}
	s.mark()
	if wasReady && why != sim.WhyFull && !s.sending {
		s.leftReady()
	}
}

// leftReady is what follows when a copy leaves the ready ones unsent.
func (s *store) leftReady() {
	s.expireHeads()
	s.admit()
	s.mark()
}

func (s *store) acceptsDead() bool {
	drops := s.spec.Overflow == spec.DropNew || s.spec.Overflow == spec.DropOld
	return drops || s.isBelowCapacity()
}

func (s *store) takeDead(ev *event, from map[*store]bool) {
	if !s.isBelowCapacity() {
		s.overflow(ev, from)
		return
	}
	c := s.enter(ev)
	c.deadFrom = from
	s.take(c)
}

// dispatch sends ready copies while there is somebody to send them to.
func (s *store) dispatch() {
	if s.isOut() {
		s.expireHeads()
		return
	}
	s.sending = true
	for len(s.w.told) < s.w.limit {
		s.expireHeads()
		c := s.head()
		if c == nil {
			break
		}
		in := s.choose()
		if in == nil {
			break
		}
		s.lease(c, in)
	}
	s.sending = false
	s.admit()
}

// isOut says whether nothing is sent since the channel, or the broker, is out.
func (s *store) isOut() bool { return s.w.isOut(s.channel) }

// instances are those of all consumers of the store, in their order.
func (s *store) instances() []*instance {
	var all []*instance
	for _, c := range s.readers {
		all = append(all, c.instances...)
	}
	return all
}

// choose goes round the instances for the next that can be sent a copy.
func (s *store) choose() *instance {
	if s.part != nil {
		return s.chooseReader()
	}
	all := s.instances()
	for k := range all {
		i := (s.next + k) % len(all)
		slots, unlimited := all[i].freeSlots()
		if (unlimited || slots > 0) && all[i].c.isTurnOf(s) && !all[i].isTurnOfItsStreams() {
			s.next = (i + 1) % len(all)
			return all[i]
		}
	}
	return nil
}

// lease sends a copy to an instance.
func (s *store) lease(c *storedCopy, in *instance) {
	c.state = leased
	c.deliveries++
	d := &delivery{c: c, in: in, number: c.deliveries, holds: true}
	c.current = d
	in.leases++
	in.sent = append(in.sent, d)
	c.inDeadHands = false
	s.w.sent++
	d.serial = s.w.sent
	in.c.tookFrom(s)
	if s.part != nil {
		s.w.read++
		s.part.lastRead = s.w.read
		in.readLast = d.serial
	} else {
		in.tookLast = d.serial
	}
	s.mark()
	s.w.tell(sim.Leased, sim.NoReason, s.component, c.ev, place{d.number, in.index, -1})
	if s.spec.AckClockLease {
		s.startClock(d)
	}
	if s.part != nil && !s.w.between(in.c.component, theBroker).isDisturbed() && s.isAtHand(d) {
		in.arrive(d)
		return
	}
	in.deliver.cross(message{deliverMessage, c.ev, d.number, theBroker, deliveries, s.component, func() { in.arrive(d) }, func() {
		d.isLost()
		if !s.spec.AckClockLease && d.isCurrent() {
			s.startClock(d) // it will never start
		}
	}})
}

// startClock begins the ack timeout of a delivery.
func (s *store) startClock(d *delivery) {
	if s.spec.AckTimeout > 0 && !d.clocked {
		d.clocked = true
		s.w.ask(s.w.now+s.spec.AckTimeout, timers, s.component, func() { s.timeOut(d) })
	}
}

// isLost notes that the delivery, or the answer to it, was lost on the way: the
// copy stays leased.
func (d *delivery) isLost() {
	d.gone = true
	if !d.isCurrent() {
		d.release()
	}
}

// comeBack returns the copy of a delivery that was lost, where the store learns
// of that now.
func (d *delivery) comeBack(why sim.Why) {
	s := d.c.store
	d.release()
	switch {
	case s.part != nil && why == sim.WhyCrash:
		d.c.inDeadHands = true // until its group notices
	case s.w.crashesShowByLease() && why != sim.WhyDrop:
	default:
		s.giveBack(d, why)
	}
}

// giveBack returns the copy of a delivery that came to no attempt, unless that
// was the last one its store makes and it is one that cannot tell.
func (s *store) giveBack(d *delivery, why sim.Why) {
	isReal := s.w.sc.Broker.Like != spec.Ideal
	if isReal && s.part == nil && isUsedUp(d.c.deliveries, s.spec.MaxDeliveries) {
		s.discard(d.c, sim.WhyAttempts, d.in.c.spec.Retry.ThenDrop)
		return
	}
	s.comeBack(d.c, why)
}

// crashesShowByLease says whether the broker learns that an instance died only
// when its leases run out.
func (w *world) crashesShowByLease() bool {
	return w.sc.Broker.Like == spec.SQS || w.sc.Broker.Like == spec.SQSFIFO
}

// --- answers --------------------------------------------------------------------

// timeOut takes back a delivery that was not answered in time.
func (s *store) timeOut(d *delivery) {
	c := d.c
	if c.state != leased || c.current != d {
		return
	}
	d.release()
	s.w.tell(sim.TimedOut, sim.WhyLease, s.component, c.ev, place{d.number, d.in.index, -1})
	retry := &d.in.c.spec.Retry
	if s.isOutOfTries(c, retry) {
		s.discard(c, sim.WhyAttempts, retry.ThenDrop)
		return
	}
	s.comeBack(c, sim.WhyLease)
}

// isOutOfTries says whether a copy may not be sent again.
func (s *store) isOutOfTries(c *storedCopy, retry *spec.ConsumerRetry) bool {
	return isUsedUp(c.deliveries, s.spec.MaxDeliveries) || isUsedUp(max(c.deliveries, c.tries), retry.Attempts)
}

func isUsedUp(n, limit int) bool { return limit != spec.Unlimited && n >= limit }

// acked ends the copy, also after its lease ran out; before work, in time, it
// leaves the copy in the worker's hand.
func (s *store) acked(d *delivery) {
	d.release()
	c := d.c
	if c.state.ended() {
		return
	}
	was := c.state
	if d.before && c.current == d && was == leased {
		c.state = inHand
	} else {
		s.finish(c)
	}
	if c.current != nil && c.current != d && c.current.keptSlot {
		c.current.release() // of a copy that waits out a backoff no more
	}
	if was == waiting {
		s.leftReady()
	}
}

// finish ends a copy that was worked off.
func (s *store) finish(c *storedCopy) {
	c.state = done
	if s.part != nil {
		c.processed = s.w.now
		s.part.processed = append(s.part.processed, c)
	}
	s.mark()
}

// failed takes back a copy whose attempt failed, if the lease still holds.
func (s *store) failed(d *delivery, try int, giveUp bool) {
	c := d.c
	if !d.isCurrent() {
		d.release()
		return
	}
	retry := &d.in.c.spec.Retry
	if giveUp || s.isOutOfTries(c, retry) {
		d.release()
		s.discard(c, sim.WhyAttempts, retry.ThenDrop)
		return
	}
	if s.isPast(c) {
		d.release()
		s.discard(c, sim.WhyTTL, false)
		return
	}
	switch backoff := c.backoff(d.in.c, try); {
	case backoff > 0:
		c.state = delayed
		c.blocks = retry.Blocks || s.deadLetter == nil
		s.w.tell(sim.Delayed, sim.WhyBackoff, s.component, c.ev, place{c.tries, -1, -1})
		d.keptSlot = s.spec.DelayedHoldsSlot
		if !d.keptSlot {
			d.release()
		}
		s.w.ask(s.w.now+backoff, timers, s.component, func() {
			d.release()
			if c.state == delayed && c.current == d {
				s.comeBack(c, sim.WhyBackoff)
			}
		})
	default:
		d.release()
		s.comeBack(c, sim.WhyFailure)
	}
}

// expiredAtStart ends a copy that was too old when it would have started.
func (s *store) expiredAtStart(d *delivery) {
	c, current := d.c, d.isCurrent()
	d.release()
	if current {
		s.discard(c, sim.WhyTTL, false)
	}
}

// stopped takes back a delivery that its leaving instance had not begun.
func (s *store) stopped(d *delivery) {
	current := d.isCurrent()
	d.release()
	if current {
		s.giveBack(d, sim.WhyStop)
	}
}
