package sim

import (
	"slices"
	"strconv"

	"eddy/sim/luck"

	"eddy/sim/measure"
	"eddy/sim/spec"
)

// stream is a partitioned, retained log: what its channel has of its own.
type stream struct {
	partitions []partition
	round      int // next partition for an event without a key
	groups     []*group
	keepsLog   bool // a group that joins later reads from the beginning
	keepsSizes bool // how much is kept is limited, or may be
}

// partition is one log. Offsets count from 0.
type partition struct {
	next       int64 // offset of the next event
	start      int64 // offset of the oldest one kept
	cut        int64 // what was before it went since there was too much
	size       int64 // bytes kept
	log        deque[logged]
	in, baseIn int64
}

// logged is an event in a log; without anybody who may read it later only its
// size is known.
type logged struct {
	ev   *event
	size int64
	at   int64
}

// group is one consumer's offsets in a stream: a store for each partition,
// each worked off by one instance at a time.
type group struct {
	cons       *consumer
	channel    *channel
	stores     []*store
	index      uint32
	firstStore int32
	earliest   bool          // it joins late, and reads from the beginning
	turn       uint32        // of rebalances
	pending    bool          // a rebalance is under way
	ready      measure.Gauge // over all partitions
	leased     measure.Gauge
	inside     sum
	sessions   []int64 // by member: when its death will be noticed, -1: it is not dead
	commitAt   int64   // when the next commit is asked for, 0: none
}

// buildGroup makes the group that a consumer is to a stream; add makes a store.
func (e *Engine) buildGroup(c *channel, sub subscription, component int32, add func(*spec.Store, int, int32, string) int32) {
	g := &group{channel: c, index: uint32(len(e.groups)), firstStore: int32(len(e.stores))}
	for range c.spec.Partitions {
		add(&c.spec.Store, sub.channel, component, subscriptionName(e.sc, sub))
	}
	c.stream.groups = append(c.stream.groups, g)
	e.groups = append(e.groups, g)
	k := &e.sc.Consumers[sub.consumer]
	g.earliest = k.From[sub.source].Earliest && k.Starts > 0
	c.stream.keepsLog = c.stream.keepsLog || g.earliest
}

// shorter is the shorter of two times to live, of which 0 is none.
func shorter(a, b int64) int64 {
	if a == 0 || (b > 0 && b < a) {
		return b
	}
	return a
}

// appendEvent adds an event to a stream, and a copy of it to each group.
func (e *Engine) appendEvent(c *channel, ev *event, m *message) {
	m.copies++
	if c.spec.Store.Dedup > 0 && e.ignoredByLog(c, ev) {
		return
	}
	st := c.stream
	i := e.partitionOf(st, ev)
	p := &st.partitions[i]
	ev.partition = int32(i)
	offset := p.next
	p.next++
	p.in++
	e.keep(c, st, p, ev)
	e.retain(c, i) // first, so that nobody has more to read than the log keeps
	for k, g := range st.groups {
		s := g.stores[i]
		if !s.joined || !e.matches(c.filters[k], ev) {
			continue
		}
		e.read(s, ev, offset, e.now)
	}
	if p.start > offset { // it is larger than the whole log may be
		e.retain(c, i)
	}
}

// ignoredByLog says whether a stream took this event before, within its window;
// if not it is remembered.
func (e *Engine) ignoredByLog(c *channel, ev *event) bool {
	name := dedupName(len(e.stores) + int(c.component)) // no store's
	if e.isRemembered(ev, name, c.spec.Store.Dedup) {
		c.ignored++
		e.note(Duplicate, WhyDuplicate, c.component, ev, 0, -1, -1)
		return true
	}
	e.rememberAs(ev, name)
	return false
}

// read gives a group its copy of an event that was logged at an instant.
func (e *Engine) read(s *store, ev *event, offset, at int64) {
	n := e.newCopyOf(s, ev)
	n.age, n.aging = offset, at
	e.settleIn(s, n)
}

// partitionOf is the partition that an event belongs to: by its key as Kafka's
// default partitioner has it, or in turn.
func (e *Engine) partitionOf(st *stream, ev *event) int {
	n := len(st.partitions)
	if ev.key >= 0 {
		var room [20]byte // of a decimal number, so that nothing is allocated
		return int(murmur2(e.keyBytes(ev, room[:0]))&0x7fffffff) % n
	}
	i := st.round
	st.round = (st.round + 1) % n
	return i
}

// keyBytes appends an event's key as it is written.
func (e *Engine) keyBytes(ev *event, to []byte) []byte {
	if ev.key >= textKeys {
		return append(to, e.texts.list[ev.key-textKeys]...)
	}
	return strconv.AppendInt(to, ev.key, 10)
}

// murmur2 is the hash of Kafka's default partitioner (32 bits, its seed).
func murmur2(data []byte) uint32 {
	const m = 0x5bd1e995
	h := 0x9747b28c ^ uint32(len(data))
	for len(data) >= 4 {
		k := uint32(data[0]) | uint32(data[1])<<8 | uint32(data[2])<<16 | uint32(data[3])<<24
		k *= m
		k ^= k >> 24
		k *= m
		h *= m
		h ^= k
		data = data[4:]
	}
	switch len(data) {
	case 3:
		h ^= uint32(data[2]) << 16
		fallthrough
	case 2:
		h ^= uint32(data[1]) << 8
		fallthrough
	case 1:
		h ^= uint32(data[0])
		h *= m
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}

// keep logs an event as far as anything depends on it.
func (e *Engine) keep(c *channel, st *stream, p *partition, ev *event) {
	if !st.keepsLog && !st.keepsSizes {
		return
	}
	l := logged{size: ev.size, at: e.now}
	if st.keepsLog {
		l.ev = ev
		ev.refs++
	}
	p.size += ev.size
	p.log.push(l)
}

// retain lets go of what a partition no longer keeps: for a group that has
// not read it, it expires. What is too old does that by itself.
func (e *Engine) retain(c *channel, i int) {
	p := &c.stream.partitions[i]
	r := &c.spec.Retention
	for p.log.len() > 0 {
		isOld := r.Time > 0 && e.now-p.log.at(0).at >= r.Time
		isOver := (r.Events > 0 && int64(p.log.len()) > r.Events) || (r.Size > 0 && p.size > r.Size)
		if !isOld && !isOver {
			break
		}
		e.forgetOldest(p)
		p.start = p.next - int64(p.log.len())
		if !isOld {
			p.cut = p.start
		}
	}
	if p.cut == 0 {
		return // nothing has been cut off yet
	}
	for _, g := range c.stream.groups {
		s := g.stores[i]
		for s.ready.Level() > 0 {
			n, _, ok := s.order.peek(e)
			if !ok || n.age >= p.cut {
				break
			}
			e.expire(s, n)
			e.expireHead(s) // another is the head
		}
	}
}

// purgeLog empties the logs of a stream: what a group has not read is dropped.
func (e *Engine) purgeLog(st *stream) {
	for i := range st.partitions {
		p := &st.partitions[i]
		for p.log.len() > 0 {
			e.forgetOldest(p)
		}
		p.start = p.next
		for _, g := range st.groups {
			e.purgeStore(g.stores[i])
		}
	}
}

// forgetOldest lets go of the oldest event of a partition.
func (e *Engine) forgetOldest(p *partition) {
	old := p.log.pop()
	p.size -= old.size
	if old.ev != nil {
		e.unrefEvent(old.ev)
	}
}

// readFromBeginning lets the groups of a consumer that joins late read what
// their streams have kept.
func (e *Engine) readFromBeginning(c *consumer) {
	for _, g := range e.groups {
		if g.cons == c && g.earliest {
			e.catchUp(g)
			g.earliest = false
		}
	}
}

// catchUp gives a group that joins at the beginning everything that is kept.
func (e *Engine) catchUp(g *group) {
	filter := g.channel.filters[slices.Index(g.channel.stream.groups, g)]
	for i := range g.channel.stream.partitions {
		p := &g.channel.stream.partitions[i]
		e.retain(g.channel, i)
		for k := range p.log.len() {
			if l := p.log.at(k); l.ev != nil && e.matches(filter, l.ev) {
				l.ev.refs++ // while the copy is made
				e.revive(l.ev)
				e.begunBlame(l.ev, 0, 0, 0, 0)
				e.blame[Startup], e.blame[Network] = e.blame[Network], 0
				e.read(g.stores[i], l.ev, p.start+int64(k), l.at)
				e.leaveEvent(l.ev)
				e.unrefEvent(l.ev)
			}
		}
		e.expireHead(g.stores[i])
		e.watchHead(g.stores[i])
	}
}

// revive makes an event alive that may have been over.
func (e *Engine) revive(ev *event) {
	if ev.alive == 0 {
		e.pending++
		ev.root.family++
	}
	ev.alive++
}

// isNextToRead says whether the next event of a partition may be sent, and its
// reader has no other partition that it should read from before: with more to
// read than free slots, it goes on with the one it read from longest ago.
func (e *Engine) isNextToRead(s *store) bool {
	if !s.mayRead() {
		return false
	}
	in := s.owner
	if e.restIsDue(in) {
		return false
	}
	free := in.cons.prefetch - in.leases
	if in.cons.prefetch < 0 || int(free) >= len(in.owned) {
		return true
	}
	for _, o := range in.owned {
		if o.served < s.served && e.isReadable(o) {
			e.mark(o)
			in.deferred = true
			return false
		}
	}
	return true
}

// remindReader marks the partitions of a member that still has free slots, when
// another has been read that they waited for.
func (e *Engine) remindReader(in *instance) {
	in.deferred = false
	if in.cons.prefetch >= 0 && in.leases >= in.cons.prefetch {
		return
	}
	for _, o := range in.owned {
		if e.isReadable(o) {
			e.mark(o)
		}
	}
}

// isReadable says whether a partition has something that may be sent.
func (e *Engine) isReadable(s *store) bool {
	return s.ready.Level() > 0 && s.mayRead() && !e.isOut(s.channel)
}

// readAhead says whether a reader has an event at hand already: it fetches
// what is appended while it works, so that an event that has been there for as
// long as the way to the reader takes is at hand when its turn comes.
func (e *Engine) readAhead(s *store, d *delivery) bool {
	if d.number > 1 {
		return false
	}
	l := &d.in.cons.deliver
	way := l.delay
	if !l.fixed {
		way = l.sampler.Nanos(l.key, luck.Counter(d.c.ev.luck, uint32(d.number), 0))
	}
	return max(d.c.readyAt, s.assignedAt)+way <= e.now
}

// mayRead says whether a partition's next event may be sent: somebody reads it,
// the group does not stand still, and no earlier event of the partition is in
// hand or blocks it.
func (s *store) mayRead() bool {
	return s.owner != nil && !s.resting && s.leased.Level() == 0 && s.blocked == nil
}

// isHeldUp says whether nothing of a partition can be sent now, whatever comes
// next in it: its reader has it in hand, or has no free slot.
func (s *store) isHeldUp() bool {
	return !s.mayRead() || !s.owner.open
}

// --- assignment ---

// groupOf finds the group of an instance's consumer in a stream, if it has one.
func (e *Engine) groupsOf(c *consumer) []*group {
	var own []*group
	for _, g := range e.groups {
		if g.cons == c {
			own = append(own, g)
		}
	}
	return own
}

// rebalance begins to share a group's partitions anew.
func (e *Engine) rebalance(g *group) {
	g.turn++
	g.pending = true
	if g.channel.spec.Assign != spec.CooperativeAssign && g.channel.spec.Rebalance > 0 {
		for _, s := range g.stores {
			e.rest(s, true)
		}
	}
	wait := g.channel.spec.Rebalance
	if g.channel.spec.Assign == spec.CooperativeAssign {
		// The first round finds out what moves, at once; what moves then rests.
		wait = 0
	}
	e.at(e.now+wait, classTimer, g.stores[0].component, pack(kindRebalance, g.index, g.turn))
}

// rest lets a partition stand still for its group, or go on.
func (e *Engine) rest(s *store, resting bool) {
	if s.resting == resting {
		return
	}
	s.resting = resting
	e.updateWait(s)
	if !resting {
		e.mark(s)
	}
}

// rebalanced shares a group's partitions among the members that are there.
func (e *Engine) rebalanced(k, turn uint32) {
	g := e.groups[k]
	if g.turn != turn {
		return // another member came or went since
	}
	g.pending = false
	members := e.membersOf(g)
	want := e.assignment(g, members)
	cooperative := g.channel.spec.Assign == spec.CooperativeAssign
	for p, s := range g.stores {
		owner := (*instance)(nil)
		if want[p] >= 0 {
			owner = members[want[p]]
		}
		if owner == s.owner {
			e.rest(s, false)
			continue
		}
		if s.owner != nil {
			e.revoke(g, s)
		}
		if cooperative && g.channel.spec.Rebalance > 0 && s.everOwned {
			e.rest(s, true)
			s.nextOwner = owner
			e.at(e.now+g.channel.spec.Rebalance, classTimer, s.component, pack(kindMoved, uint32(s.index), turn))
			continue
		}
		e.assign(s, owner)
	}
}

// moved is the end of the time for which a partition that changes its owner
// stands still.
func (e *Engine) moved(s *store, turn uint32) {
	if s.group.turn == turn && s.owner == nil {
		e.assign(s, s.nextOwner)
	}
}

// revoke takes a partition from its owner, who commits what it has done; one
// whose death is not noticed yet cannot.
func (e *Engine) revoke(g *group, s *store) {
	e.note(Revoked, NoReason, s.component, nil, s.partition, s.owner.index, -1)
	owner := s.owner
	e.takePartition(s)
	if g.misses(owner) {
		e.rewind(s)
		return
	}
	e.commitStore(s)
}

// takePartition leaves a partition without a reader.
func (e *Engine) takePartition(s *store) {
	in := s.owner
	in.owned = without(in.owned, s)
	s.owner = nil
	e.updateWait(s)
}

// assign gives a partition to a member, or to nobody.
func (e *Engine) assign(s *store, owner *instance) {
	if owner == nil || !owner.up {
		e.rest(s, false)
		return
	}
	s.owner, s.everOwned, s.assignedAt = owner, true, e.now
	e.updateWait(s)
	owner.owned = append(owner.owned, s)
	e.note(Assigned, NoReason, s.component, nil, s.partition, owner.index, -1)
	e.rest(s, false)
	e.offerSlots(owner.cons, owner)
	e.mark(s)
}

// membersOf are a group's instances, in their order: those that are up, and
// those whose death is not noticed yet.
func (e *Engine) membersOf(g *group) []*instance {
	var all []*instance
	for j := range g.cons.count {
		if in := &e.instances[g.cons.first+j]; in.up || g.misses(in) {
			all = append(all, in)
		}
	}
	return all
}

// assignment says which member gets each partition of a group, -1 for none. As in
// Kafka a group's topics are shared together, but for range: round_robin goes on
// from one to the next, and sticky balances what a member reads of all of them.
// Those are the streams that the consumer reads with the same assignor.
func (e *Engine) assignment(g *group, members []*instance) []int {
	n, m := len(g.stores), len(members)
	want := make([]int, n)
	for p := range want {
		want[p] = -1
	}
	if m == 0 {
		return want
	}
	switch g.channel.spec.Assign {
	case spec.RangeAssign:
		p := 0
		for i := range m {
			share := n / m
			if i < n%m {
				share++
			}
			for range share {
				want[p] = i
				p++
			}
		}
	case spec.RoundRobinAssign:
		_, before := e.sharedWith(g)
		for p := range want {
			want[p] = (before + p) % m
		}
	default:
		owners, before := e.sharedWith(g)
		copy(want, stick(owners, members)[before:])
	}
	return want
}

// sharedWith lists who reads the partitions that are shared together with those
// of a group, and how many of them come before its own.
func (e *Engine) sharedWith(g *group) (owners []*instance, before int) {
	for _, o := range e.groupsOf(g.cons) {
		if o.channel.spec.Assign != g.channel.spec.Assign {
			continue
		}
		if o == g {
			before = len(owners)
		}
		for _, s := range o.stores {
			owner := s.owner
			if o != g && owner == nil && s.resting {
				owner = s.nextOwner // it is on its way
			}
			owners = append(owners, owner)
		}
	}
	return owners, before
}

// stick says which member gets each partition so that they are balanced within
// one, with as few moves from their owners (nil: none) as that takes.
func stick(owners, members []*instance) []int {
	n, m := len(owners), len(members)
	want := make([]int, n)
	index := map[*instance]int{}
	for i, in := range members {
		index[in] = i
	}
	has := make([]int, m)
	larger := n % m // members that may have one more than the others
	for p, owner := range owners {
		want[p] = -1
		i, member := index[owner]
		if owner == nil || !member {
			continue
		}
		limit := n / m
		if has[i] == limit && larger > 0 {
			larger--
			limit++
		}
		if has[i] < limit {
			want[p] = i
			has[i]++
		}
	}
	for p := range want {
		if want[p] >= 0 {
			continue
		}
		least := 0
		for i := range has {
			if has[i] < has[least] {
				least = i
			}
		}
		want[p] = least
		has[least]++
	}
	return want
}

// memberChanged lets an instance's groups know that it came or went. A death
// is noticed only when its session times out.
func (e *Engine) memberChanged(c *consumer, in *instance, crashed bool) {
	for _, g := range e.groupsOf(c) {
		if crashed {
			until := e.now + g.channel.spec.Session
			g.expects(in, until)
			for _, s := range in.owned {
				e.updateWait(s)
			}
			e.at(until, classTimer, g.stores[0].component, pack(kindSession, g.index, uint32(c.first+in.index)))
			continue
		}
		if in.up && g.misses(in) {
			// It is back before its death was noticed: as a new member.
			e.noticeDeath(g, in)
		}
		e.rebalance(g)
	}
}

// sessionOver is the end of a session that a member may have died in.
func (e *Engine) sessionOver(k uint32, inst uint32) {
	in, g := &e.instances[inst], e.groups[k]
	if g.misses(in) && g.sessions[in.index] <= e.now {
		e.noticeDeath(g, in)
		e.rebalance(g)
	}
}

// misses says whether a member has died and the group does not know yet.
func (g *group) misses(in *instance) bool { return g.sessions != nil && g.sessions[in.index] >= 0 }

// expects notes when the group will find out that a member is dead.
func (g *group) expects(in *instance, until int64) {
	for len(g.sessions) < int(g.cons.count) {
		g.sessions = append(g.sessions, -1)
	}
	g.sessions[in.index] = until
}

// noticeDeath takes its partitions from a dead member; they go back to their
// last commit.
func (e *Engine) noticeDeath(g *group, in *instance) {
	g.sessions[in.index] = -1
	for _, s := range g.stores {
		if s.owner == in {
			e.note(Revoked, WhyCrash, s.component, nil, s.partition, in.index, -1)
			e.takePartition(s)
			e.rewind(s)
			continue
		}
		if c := s.inHand; c != nil && c.lease != nil && c.lease.in == in {
			e.returnInHand(s) // from before it was another's
		}
	}
}

// --- commits ---

// processed notes that a copy was worked off; it is committed now or later.
func (e *Engine) processed(s *store, c *copyRec) {
	if every := s.group.cons.spec.Commit; every == 0 || e.now%every == 0 {
		return
	}
	c.refs++
	s.uncommitted.push(c)
	g := s.group
	if g.commitAt == 0 {
		step := g.cons.spec.Commit
		g.commitAt = (e.now/step + 1) * step
		e.at(g.commitAt, classTimer, s.component, pack(kindCommit, g.index, 0))
	}
}

// commit is the time at which a group's members commit what they have done.
func (e *Engine) commit(k uint32) {
	g := e.groups[k]
	g.commitAt = 0
	for _, s := range g.stores {
		// Without an owner it was done by one who had left and commits it still.
		if s.owner == nil || !g.misses(s.owner) {
			e.commitStore(s)
		}
	}
}

func (e *Engine) commitStore(s *store) {
	for s.uncommitted.len() > 0 {
		e.unrefCopy(s.uncommitted.pop())
	}
}

// rewind takes a partition back to its last commit: what was done since, and
// what was in hand, is sent again.
func (e *Engine) rewind(s *store) {
	for s.uncommitted.len() > 0 {
		c := s.uncommitted.pop()
		ev := c.ev
		e.revive(ev)
		c.before = e.now - c.entered
		c.since, c.cause = e.now, Queueing
		s.n.rewound++
		c.back = WhyCrash
		s.insideInc(e.now)
		if s.size < 0 {
			s.bytes.Add(e.now, ev.size)
		}
		if s.mayExpire && e.isExpired(s, c) {
			c.state = copyLeased // neither ready nor gone
			e.expire(s, c)
			continue
		}
		e.note(Returned, WhyCrash, s.component, ev, c.deliveries, -1, -1)
		e.makeReady(s, c)
		s.order.pushToPlace(c, 0)
	}
	if s.inHand != nil {
		e.returnInHand(s)
	}
}

// returnInHand returns what was in the hands of a reader that is dead.
func (e *Engine) returnInHand(s *store) {
	c := s.inHand
	s.inHand = nil
	e.settleBlame(c)
	d := c.lease
	e.leasedDec(s)
	c.lease = nil
	e.comeBack(s, c, WhyCrash)
	e.leaseOver(d)
}

// The levels of a store are those of its group as well.

func (s *store) readyInc(now int64) {
	s.ready.Inc(now)
	if s.group != nil {
		s.group.ready.Inc(now)
	}
}

func (s *store) readyDec(now int64) {
	s.ready.Dec(now)
	if s.group != nil {
		s.group.ready.Dec(now)
	}
}

func (s *store) leasedInc(now int64) {
	s.leased.Inc(now)
	if s.group != nil {
		s.group.leased.Inc(now)
	}
}

// leasedDec is a copy that is in hand no longer: the next of its partition may
// be sent, maybe to another than the one who had it.
func (e *Engine) leasedDec(s *store) {
	s.leased.Dec(e.now)
	if s.group == nil {
		return
	}
	s.group.leased.Dec(e.now)
	s.freedAt = e.now
	s.inHand = nil
	if s.ready.Level() > 0 {
		e.mark(s)
	}
}

// sum follows the copies inside several stores together: a group's partitions,
// or everything that a consumer reads alone.
type sum struct {
	measure.Gauge
	of *sum // of which it is a part, nil for none
}

func (s *store) insideInc(now int64) {
	s.inside.Inc(now)
	for w := s.whole; w != nil; w = w.of {
		w.Inc(now)
	}
}

func (s *store) insideDec(now int64) {
	s.inside.Dec(now)
	for w := s.whole; w != nil; w = w.of {
		w.Dec(now)
	}
}
