package sim

// The things of a run live in slabs, with the free ones chained. In the steady
// state nothing is allocated.

// slab holds values in chunks that never move, so that a pointer to one of them
// is good for as long as it is in use, and growing copies nothing. Inside the
// engine things go by pointer; the list of future entries knows them by index.
type slab[T any] struct {
	chunks []*[chunkSize]T
	used   uint32 // values that were ever in use
}

const (
	chunkBits = 8
	chunkSize = 1 << chunkBits
)

func (s *slab[T]) at(i uint32) *T { return &s.chunks[i>>chunkBits][i%chunkSize] }

// grow is the index of a value that was never in use.
func (s *slab[T]) grow() uint32 {
	if s.used%chunkSize == 0 {
		s.chunks = append(s.chunks, new([chunkSize]T))
	}
	s.used++
	return s.used - 1
}

// event is a fact, alive while a copy of it or a publish of it is. What every
// copy of it needs is in the first 64 bytes, a cache line.
type event struct {
	luck      uint64
	created   int64
	published int64  // ns; -1 before
	key       int64  // -1: none
	root      *event // itself, for the first of its family
	refs      int32  // what points at it: copies, publishes, its maker; of a root, the events of its family
	alive     int32  // copies not gone and publishes under way; its maker
	family    int32  // of a root: events of the family alive
	typ       int32
	effects   uint32 // list of marks: who has done it
	priority  int8
	hops      uint8
	grain     Sieve // the coarsest sieve that lets its family through
	fate      fate  // of a root

	last      int64  // of a root: when the last copy or call of the family so far was over, -1: none was
	serial    uint64 // in order of creation over the whole run, for order
	size      int64
	partition int32 // of the stream it was last appended to, -1: none
	replay    int32 // row of its producer's trace, -1: none
	id        EventID
	cause     EventID
}

// fate is what has become of a family.
type fate uint8

const (
	familyFailed fate = 1 << iota // something of it was lost
	familyOver                    // all of it is over
)

// copyState is where a copy is.
type copyState uint8

const (
	copyReady copyState = iota
	copyDelayed
	copyLeased
	copyOutside // not taken in (yet)
	copyGone    // finished; kept only because something still points at it
)

// copyRec is an event in one store, in four cache lines: the first and the second
// are what every copy needs.
type copyRec struct {
	ev      *event
	s       *store
	lease   *delivery // that holds the lease (or, while delayed, its slot)
	since   int64     // blame is settled up to here
	readyAt int64     // first time ready, -1 before
	from    int64     // when the event was published; of a call, when this try was sent
	entered int64
	refs    int32  // deliveries under way, places in a discipline, timers; and one while it is not gone
	index   uint32 // its own

	state      copyState
	cause      Cause  // of the time since
	acked      bool   // answered before work
	done       bool   // an effect of it has happened
	wasDead    bool   // it came as a dead letter
	parked     bool   // another copy of its key is in hand
	back       Why    // it was returned last, NoReason: never
	causes     uint16 // which parts of blame may not be 0
	deliveries int32
	tries      int32
	given      uint32 // list of marks: its number among what a consumer was given
	epoch      int32  // history of the store when it became ready
	dead       uint32 // list of marks: stores it was dead-lettered from
	place      int64  // in the order of its store
	before     int64  // ns from entering until it was last taken back after it was done
	age        int64  // when it entered its store, or was put behind all others
	nextFree   *copyRec

	blame       [Causes]int64
	aging       int64 // since when it ages: entered, or when its stream took the event
	front       int64 // how many had been returned to the front when it was last, 0: it was not
	lastBackoff int64
	holder      *instance // whose slot it keeps while delayed
	_           int64
}

// reset makes a copy of the slab new. It names every field: that is quicker
// than copying a new value over the old one.
func (c *copyRec) reset() {
	c.refs, c.state, c.cause, c.acked, c.done, c.wasDead, c.parked, c.back = 1, copyOutside, Network, false, false, false, false, NoReason
	c.lease, c.holder = nil, nil
	c.deliveries, c.tries, c.given, c.epoch, c.dead = 0, 0, 0, 0, 0
	c.from = 0
	c.front = 0
	c.readyAt, c.lastBackoff, c.causes, c.before = -1, 0, 0, 0
	c.blame = [Causes]int64{}
}

// charge gives a stretch of time to a cause.
func (c *copyRec) charge(cause Cause, ns int64) {
	c.blame[cause] += ns
	c.causes |= 1 << cause
}

// delivery is a copy sent to an instance.
type delivery struct {
	c         *copyRec
	in        *instance
	index     uint32 // its own
	number    int32  // of the copy's deliveries
	attempt   int32  // the copy's try that runs now
	worker    int32
	pc        int32
	handler   int32
	outcome   outcome
	slot      bool   // it still takes a lease slot of its instance
	swift     bool   // the first of its copy, and begun at the instant it is sent
	first     bool   // no attempt of it has begun
	arrived   bool   // at its instance
	recalled  bool   // taken back before it was begun
	gone      bool   // its instance has crashed, or it was lost on the way
	leaseOnly bool   // gone, but the store does not know yet
	left      int8   // of a gone one: entries of the future that still point at it
	call      uint32 // the call that it is, index+1
	ask       uint32 // the call that its worker waits for, index+1
	begun     int64  // start of the attempt
	serial    uint64 // of all deliveries; 0 when it is over
	came      uint64 // of one that waits for a worker: its place among what arrived
	before    bool   // it is acked before work
	clocked   bool   // its lease has an end
	waits     bool   // of ack: before: the answer is under way
	over      bool   // of ack: before: the work is over
	late      bool   // its work outlasts its lease
	nextFree  *delivery
}

// outcome is what an instance answers to a delivery.
type outcome uint8

const (
	outcomeAck outcome = iota
	outcomeFailed
	outcomeGiveUp // failed in the worker for the last time
	outcomeExpired
	outcomeBefore // acked before work
)

// pub is a publish under way: an event on its way into the broker.
type pub struct {
	event    *event
	source   int32  // producer instance, or -1
	maker    int32  // consumer instance of an emission, or -1
	life     uint32 // how often it had crashed
	channel  int32
	try      int32
	refs     int32 // messages and timers that point at it; itself until settled
	live     int32 // messages; itself until settled
	settled  bool
	confirm  bool  // its producer waits for the answer
	waiting  bool  // a retry is due
	user     int32 // who waits for the answer, -1: nobody
	first    int64 // the first try left
	sentAt   int64 // the current try left
	backoff  int64 // ns waited so far between tries
	cut      int64 // ns of the present try for which a cut held it
	outage   int64 // ns unanswered so far
	last     int64 // last backoff
	nextFree uint32
}

// message is one try of a publish, or its answer, on a link.
type message struct {
	pub      uint32
	index    uint32 // its own
	try      int32
	ok       bool
	wasHeld  bool
	refused  bool  // a store refused its copy
	held     int32 // stores that withhold their copy
	copies   int32 // stores that were offered a copy
	arrived  int64 // at the stores
	nextFree uint32
}

// mark is one entry of a small list of numbers kept beside an event or copy.
type mark struct {
	value    int32
	next     uint32 // index+1, 0: end
	at       int64
	nextFree uint32
}

type slabs struct {
	events     slab[event]
	copies     slab[copyRec]
	deliveries slab[delivery]
	pubs       []pub
	messages   []message
	marks      []mark
	asks       []ask
	calls      []call

	freeAsk, freeCall uint32 // index+1, 0: none
	freeEvents        []*event
	freeCopy          *copyRec
	freeDelivery      *delivery

	freePub, freeMessage, freeMark uint32 // index+1, 0: none
}

func (s *slabs) newEvent() *event {
	n := len(s.freeEvents)
	if n == 0 {
		return s.events.at(s.events.grow())
	}
	ev := s.freeEvents[n-1]
	s.freeEvents = s.freeEvents[:n-1]
	return ev
}

func (s *slabs) newCopy() *copyRec {
	c := s.freeCopy
	if c == nil {
		i := s.copies.grow()
		c = s.copies.at(i)
		c.index = i
		return c
	}
	s.freeCopy = c.nextFree
	return c
}

func (s *slabs) newDelivery() *delivery {
	d := s.freeDelivery
	if d == nil {
		i := s.deliveries.grow()
		d = s.deliveries.at(i)
		d.index = i
		return d
	}
	s.freeDelivery = d.nextFree
	return d
}

func (s *slabs) dropDelivery(d *delivery) {
	d.serial = 0
	d.nextFree = s.freeDelivery
	s.freeDelivery = d
}

func (s *slabs) newPub() uint32 {
	if i := s.freePub; i != 0 {
		s.freePub = s.pubs[i-1].nextFree
		return i - 1
	}
	s.pubs = append(s.pubs, pub{})
	return uint32(len(s.pubs) - 1)
}

func (s *slabs) newMessage(m message) uint32 {
	if i := s.freeMessage; i != 0 {
		s.freeMessage = s.messages[i-1].nextFree
		m.index = i - 1
		s.messages[i-1] = m
		return i - 1
	}
	m.index = uint32(len(s.messages))
	s.messages = append(s.messages, m)
	return uint32(len(s.messages) - 1)
}

func (s *slabs) dropMessage(i uint32) {
	s.messages[i].nextFree = s.freeMessage
	s.freeMessage = i + 1
}

// addMark puts a number in front of a list and returns the list's new head.
func (s *slabs) addMark(list uint32, value int32, at int64) uint32 {
	i := s.freeMark
	if i != 0 {
		s.freeMark = s.marks[i-1].nextFree
	} else {
		s.marks = append(s.marks, mark{})
		i = uint32(len(s.marks))
	}
	s.marks[i-1] = mark{value: value, next: list, at: at}
	return i
}

// findMark looks a number up in a list; it is nil if it is not there.
func (s *slabs) findMark(list uint32, value int32) *mark {
	for ; list != 0; list = s.marks[list-1].next {
		if s.marks[list-1].value == value {
			return &s.marks[list-1]
		}
	}
	return nil
}

func (s *slabs) dropMarks(list uint32) {
	for list != 0 {
		m := &s.marks[list-1]
		next := m.next
		m.nextFree = s.freeMark
		s.freeMark = list
		list = next
	}
}
