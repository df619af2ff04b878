package reference

import (
	"slices"
	"strconv"

	"eddy/sim"
	"eddy/sim/spec"
)

// stream is a partitioned log and the groups that read it.
type stream struct {
	w         *world
	component int
	channel   int
	spec      *spec.Channel
	parts     []partition
	turn      int // partition of the next event without a key
	groups    []*group
	taken     map[sim.EventID]int64
}

// partition is one log; kept is a stretch of it up to its end.
type partition struct {
	next  int64 // offset of the next event
	first int64 // of the first one that did not go since there was too much
	kept  []logged
}

// logged is an event in a log.
type logged struct {
	ev     *event
	offset int64
	at     int64
}

// group is a consumer as a reader of one stream.
type group struct {
	s         *stream
	c         *consumer
	component int
	where     *spec.Filter
	earliest  bool // it has yet to read what is kept
	begun     bool
	parts     []*store            // its copies of each partition
	rounds    int                 // rebalances begun
	missing   map[*instance]int64 // members that are dead, and when that will be noticed
}

// reading is what a store is beyond a store where it holds a group's copies of
// one partition.
type reading struct {
	g         *group
	index     int
	reader    *instance // nil: nobody
	since     int64     // when it began to read
	hadReader bool
	resting   bool
	coming    *instance     // who is to read it when it has stood still
	lastRead  int64         // when it was last read from, counted in reads of the run
	processed []*storedCopy // done, in that order, and not yet known to be committed
}

func newStream(w *world, component, channel int) *stream {
	ch := &w.sc.Broker.Channels[channel]
	return &stream{w: w, component: component, channel: channel, spec: ch, parts: make([]partition, ch.Partitions), taken: map[sim.EventID]int64{}}
}

// newGroup makes a consumer a reader of the stream.
func (s *stream) newGroup(c *consumer, component int, source spec.Source) *group {
	g := &group{
		s: s, c: c, component: component, where: source.Where, missing: map[*instance]int64{},
		earliest: source.Earliest && c.spec.Starts > 0,
	}
	own := ofGroups(s.spec)
	for i := range s.parts {
		st := newStore(s.w, component, s.channel, s.spec.Name+"/"+c.spec.Name, own)
		st.part = &reading{g: g, index: i}
		st.readers = []*consumer{c}
		g.parts = append(g.parts, st)
	}
	s.groups = append(s.groups, g)
	return g
}

// ofGroups are the values of a stream's stores: the retention is a time to live.
func ofGroups(ch *spec.Channel) *spec.Store {
	own := ch.Store
	if t := ch.Retention.Time; t > 0 && (own.TTL == 0 || t < own.TTL) {
		own.TTL = t
	}
	return &own
}

// --- the log ----------------------------------------------------------------------

// append takes an event in.
func (s *stream) append(ev *event) {
	if at, is := s.taken[ev.id]; is && s.spec.Store.Dedup > 0 && s.w.now-at < s.spec.Store.Dedup {
		s.w.tell(sim.Duplicate, sim.WhyDuplicate, s.component, ev, anywhere)
		return
	}
	if s.spec.Store.Dedup > 0 {
		s.taken[ev.id] = s.w.now
	}
	i := s.partitionOf(ev)
	ev.partition = i
	p := &s.parts[i]
	l := logged{ev, p.next, s.w.now}
	p.next++
	p.kept = append(p.kept, l)
	s.retain(i)
	for _, g := range s.groups {
		if g.begun {
			g.read(i, l)
		}
	}
	s.retain(i) // if it is larger than the whole log may be
}

// partitionOf is the partition of an event: Kafka's for its key, or the next in turn.
func (s *stream) partitionOf(ev *event) int {
	if ev.key < 0 {
		i := s.turn
		s.turn = (i + 1) % len(s.parts)
		return i
	}
	key := strconv.FormatInt(ev.key, 10)
	if ev.key >= textKeys {
		key = s.w.texts[ev.key-textKeys]
	}
	return int(murmur2(key)&0x7fffffff) % len(s.parts)
}

// murmur2 is Austin Appleby's hash MurmurHash2 with the seed of Kafka's
// partitioner.
func murmur2(key string) uint32 {
	const m = 0x5bd1e995
	h := 0x9747b28c ^ uint32(len(key))
	whole := len(key) / 4 * 4
	for i := 0; i < whole; i += 4 {
		k := littleEndian(key[i:i+4]) * m
		h = h*m ^ (k^k>>24)*m
	}
	if rest := key[whole:]; rest != "" {
		h = (h ^ littleEndian(rest)) * m
	}
	h = (h ^ h>>13) * m
	return h ^ h>>15
}

// littleEndian is up to four bytes as a number, the first the least.
func littleEndian(s string) (n uint32) {
	for i := len(s) - 1; i >= 0; i-- {
		n = n<<8 | uint32(s[i])
	}
	return n
}

// retain lets go of what a partition keeps no longer; groups lose what they
// have not begun to read of it.
func (s *stream) retain(i int) {
	p, r := &s.parts[i], &s.spec.Retention
	isTooMuch := func() bool {
		bytes := int64(0)
		for _, l := range p.kept {
			bytes += l.ev.size
		}
		return r.Events > 0 && int64(len(p.kept)) > r.Events || r.Size > 0 && bytes > r.Size
	}
	for len(p.kept) > 0 && r.Time > 0 && s.w.now-p.kept[0].at >= r.Time {
		p.kept = p.kept[1:] // the groups' copies have a time to live
	}
	for len(p.kept) > 0 && isTooMuch() {
		p.first = p.kept[0].offset + 1
		p.kept = p.kept[1:]
	}
	for _, g := range s.groups {
		part := g.parts[i]
		for c := part.head(); c != nil && c.offset < p.first; c = part.head() {
			part.discard(c, sim.WhyTTL, false)
		}
	}
}

// read gives a group its copy of a logged event, if it wants it.
func (g *group) read(i int, l logged) {
	if !g.s.w.passes(g.where, l.ev) {
		return
	}
	part := g.parts[i]
	c := part.enter(l.ev)
	c.offset, c.aged = l.offset, l.at
	part.take(c)
}

// begin lets the group read from now on; the first time, if it reads from the
// earliest, all that is kept.
func (g *group) begin() {
	g.begun = true
	if !g.earliest {
		return
	}
	g.earliest = false
	for i := range g.s.parts {
		g.s.retain(i)
		for _, l := range g.s.parts[i].kept {
			g.read(i, l)
		}
		g.parts[i].expireHeads()
	}
}

// --- reading ------------------------------------------------------------------------

// isReadable says whether the partition's next event may be sent to its reader.
func (s *store) isReadable() bool {
	if s.part.reader == nil || s.part.resting || s.isOut() || s.head() == nil {
		return false
	}
	return !slices.ContainsFunc(s.copies, func(c *storedCopy) bool {
		return c.state == leased || c.state == inHand || c.state == delayed && c.blocks
	})
}

// chooseReader is the partition's reader if it can be sent an event of it now.
func (s *store) chooseReader() *instance {
	if !s.isReadable() {
		return nil
	}
	in := s.part.reader
	slots, unlimited := in.freeSlots()
	if !unlimited && slots <= 0 || in.isTurnOfItsQueues() {
		return nil
	}
	own := in.partitions()
	if unlimited || slots >= len(own) {
		return in
	}
	for _, other := range own {
		if other.part.lastRead < s.part.lastRead && other.isReadable() {
			return nil
		}
	}
	return in
}

// partitions are those that the instance reads, of all streams.
func (in *instance) partitions() []*store {
	var own []*store
	for _, s := range in.c.stores {
		if s.part != nil && s.part.reader == in {
			own = append(own, s)
		}
	}
	return own
}

// isTurnOfItsStreams says whether a free slot of the instance goes to one of its
// partitions, since it took from a queue or a subscription after it last read.
func (in *instance) isTurnOfItsStreams() bool {
	return in.readLast < in.tookLast && slices.ContainsFunc(in.partitions(), (*store).isReadable)
}

// isTurnOfItsQueues says whether it goes to a queue or a subscription, since the
// instance read from a stream after it last took from one of those.
func (in *instance) isTurnOfItsQueues() bool {
	return in.tookLast < in.readLast && slices.ContainsFunc(in.c.stores, func(s *store) bool {
		return s.part == nil && !s.isOut() && s.head() != nil
	})
}

// isAtHand says whether a reader has the event of a delivery already, since it
// reads ahead: event and reader have been there for as long as the way takes.
func (s *store) isAtHand(d *delivery) bool {
	if d.number > 1 {
		return false
	}
	way := d.in.deliver.latency.nanos(d.c.ev.luck, d.number)
	return max(d.c.entered, s.part.since)+way <= s.w.now
}

// --- members ------------------------------------------------------------------------

// tell records what happens to the reader of a partition.
func (p *reading) tell(what sim.What, why sim.Why) {
	w := p.g.s.w
	w.tellOfInstance(what, why, p.g.component, p.reader.index)
	w.told[len(w.told)-1].Partition = int32(p.index)
}

// rebalance begins to share the partitions anew.
func (g *group) rebalance() {
	g.rounds++
	round, wait := g.rounds, g.s.spec.Rebalance
	if g.s.spec.Assign == spec.CooperativeAssign {
		wait = 0
	}
	for _, part := range g.parts {
		part.part.resting = part.part.resting || wait > 0
	}
	g.s.w.ask(g.s.w.now+wait, timers, g.component, func() {
		if g.rounds == round {
			g.share()
		}
	})
}

// share gives each partition the reader that the assignor wants.
func (g *group) share() {
	for i, reader := range g.assignment() {
		part := g.parts[i]
		p := part.part
		if p.reader == reader {
			p.resting = false
			part.mark()
			continue
		}
		if p.reader != nil {
			p.tell(sim.Revoked, sim.NoReason)
			part.losesReader()
		}
		wait := g.s.spec.Rebalance
		if g.s.spec.Assign != spec.CooperativeAssign || wait == 0 || !p.hadReader {
			part.isReadBy(reader)
			continue
		}
		p.resting, p.coming = true, reader
		round := g.rounds
		g.s.w.ask(g.s.w.now+wait, timers, g.component, func() {
			if g.rounds == round && p.reader == nil {
				part.isReadBy(reader)
			}
		})
	}
}

// isReadBy gives the partition a reader; none, and one that is dead, read nothing.
func (s *store) isReadBy(in *instance) {
	p := s.part
	p.resting, p.coming = false, nil
	if in != nil && in.up {
		p.reader, p.since, p.hadReader = in, s.w.now, true
		p.tell(sim.Assigned, sim.NoReason)
	}
	s.mark()
}

// losesReader takes the partition from its reader, who commits; a dead one does
// not.
func (s *store) losesReader() {
	p := s.part
	in := p.reader
	p.reader = nil
	if _, dead := p.g.missing[in]; dead {
		s.rewind(in)
		return
	}
	p.processed = nil
}

// assignment is the reader that each partition is to have, nil for none.
func (g *group) assignment() []*instance {
	var members []*instance
	for _, in := range g.c.instances {
		if _, dead := g.missing[in]; in.up || dead {
			members = append(members, in)
		}
	}
	readers := make([]*instance, len(g.parts))
	if len(members) == 0 {
		return readers
	}
	switch g.s.spec.Assign {
	case spec.RangeAssign:
		for i := range readers {
			readers[i] = members[inRange(i, len(readers), len(members))]
		}
	case spec.RoundRobinAssign:
		before := len(g.readersBefore())
		for i := range readers {
			readers[i] = members[(before+i)%len(members)]
		}
	default:
		all := g.readersBefore()
		before := len(all)
		for _, part := range g.parts {
			all = append(all, part.part.reader)
		}
		all = append(all, g.readersAfter()...)
		stick(all, members)
		copy(readers, all[before:])
	}
	return readers
}

// readersBefore are those of the partitions of the consumer's streams with the
// same assignor that come before this one: they are shared together.
func (g *group) readersBefore() []*instance {
	return g.readersOf(func(o *group) bool { return o.s.channel < g.s.channel })
}

// readersAfter are those of the streams that come after it.
func (g *group) readersAfter() []*instance {
	return g.readersOf(func(o *group) bool { return o.s.channel > g.s.channel })
}

// readersOf are the readers, or those to come, of the partitions of some streams
// of the same assignor.
func (g *group) readersOf(is func(o *group) bool) []*instance {
	var all []*instance
	for _, o := range g.c.groups {
		if !is(o) || o.s.spec.Assign != g.s.spec.Assign {
			continue
		}
		for _, part := range o.parts {
			reader := part.part.reader
			if reader == nil && part.part.resting {
				reader = part.part.coming
			}
			all = append(all, reader)
		}
	}
	return all
}

// inRange is the member of m whose contiguous share of n partitions has the
// ith: the first n mod m of them have one more than the others.
func inRange(i, n, m int) int {
	larger := (n/m + 1) * (n % m) // partitions of those that have one more
	if i < larger {
		return i / (n/m + 1)
	}
	return n%m + (i-larger)/(n/m)
}

// stick changes as few readers as it takes for every member to have as many
// partitions as the others, or one more. Who has too many keeps the first; what
// is left over goes to the member with the fewest, the first of those.
func stick(readers, members []*instance) {
	count := func(in *instance) (n int) {
		for _, r := range readers {
			if r == in {
				n++
			}
		}
		return n
	}
	least, more := len(readers)/len(members), len(readers)%len(members)
	kept := map[*instance]int{}
	for i, r := range readers {
		switch {
		case r != nil && slices.Contains(members, r) && kept[r] < least:
			kept[r]++
		case r != nil && slices.Contains(members, r) && kept[r] == least && more > 0:
			kept[r]++
			more--
		default:
			readers[i] = nil
		}
	}
	for i, r := range readers {
		if r == nil {
			readers[i] = slices.MinFunc(members, func(a, b *instance) int { return count(a) - count(b) })
		}
	}
}

// --- death and commits ----------------------------------------------------------------

// rewind takes the partition back to the last commit of a dead reader: what was
// done since is to be done again, and what was in its hands.
func (s *store) rewind(dead *instance) {
	again := s.part.processed
	s.part.processed = nil
	for _, c := range again {
		if !s.isCommitted(c, dead.diedAt) {
			s.comeBack(c, sim.WhyCrash)
		}
	}
	for _, c := range s.copies {
		if c.state == leased && c.inDeadHands {
			s.comeBack(c, sim.WhyCrash)
		}
	}
}

// dies is what the group makes of a member's crash: it notices when the session
// has timed out.
func (g *group) dies(in *instance) {
	until := g.s.w.now + g.s.spec.Session
	g.missing[in] = until
	g.s.w.ask(until, timers, g.component, func() {
		if at, dead := g.missing[in]; dead && at <= g.s.w.now {
			g.noticeDeath(in)
			g.rebalance()
		}
	})
}

// noticeDeath takes its partitions from a member that is dead, and what it still
// had in hand of others.
func (g *group) noticeDeath(in *instance) {
	for _, part := range g.parts {
		if p := part.part; p.reader == in {
			p.tell(sim.Revoked, sim.WhyCrash)
			part.losesReader()
			continue
		}
		for _, c := range part.copies {
			if c.state == leased && c.inDeadHands && c.current.in == in {
				part.comeBack(c, sim.WhyCrash)
			}
		}
	}
	delete(g.missing, in)
}

// isCommitted says whether a copy that was done had been committed before the
// reader died: at each multiple of the time between commits all that was
// answered until then is. What comes first at an instant is the crash.
func (s *store) isCommitted(c *storedCopy, died int64) bool {
	every := s.part.g.c.spec.Commit
	if every == 0 {
		return true
	}
	committed := (c.processed + every - 1) / every * every
	return committed == c.processed || committed < died
}
