package reference

import (
	"slices"
	"strconv"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// producer creates events; its instances are sources of their own.
type producer struct {
	w         *world
	component int
	spec      *spec.Producer
	created   int64
	stops     []*spec.Action // that last
	surges    []*surge       // the same
	sources   []*source
	account   ProducerAccount
}

// source is one instance of a producer.
type source struct {
	p        *producer
	index    int
	luck     uint64
	out      *link    // publishes
	back     *link    // confirms
	request  *link    // calls
	arrivals *process // nil: closed loop
	due      *entry   // the next tick, nil: none
	away     []*user  // who would have acted while the producer was stopped
	blocked  int      // publishes it knows to be withheld
	draining bool     // it sends what was held back
	awaits   *sending // of that, what is not answered yet
	buffer   []*sending
	outbox   []*sending
	polling  bool // a poll of the outbox is asked for
	users    []*user
	unborn   bool // it has not begun, for the producer had fewer instances
	off      bool // it is one too many, for now
	quiet    bool // no tick is asked for, since all events were created
}

// user is one of a closed loop.
type user struct {
	s      *source
	index  int
	thinks int64
	left   bool // there were too many, or all events were created
}

// sending is an event on its way out: from its creation to the confirm or to
// the moment the producer gives up.
type sending struct {
	s        *source
	ev       *event
	user     *user // who waits for its outcome, nil: nobody
	channel  int   // where it was going, and
	confirm  bool  // whether it is answered, when it left
	try      int   // tries so far
	failed   int   // the last try that was refused or not answered in time
	settled  bool  // confirmed, or given up
	lastWait int64
}

func newProducer(w *world, index int) *producer {
	p := &producer{w: w, component: index, spec: &w.sc.Producers[index]}
	for i := range w.mostSources(index) {
		name := p.spec.Name
		s := &source{
			p: p, index: i, luck: luck.SourceID(name + "/" + strconv.Itoa(i)),
			out:     w.newLink(index, name, "publish", w.sc.Broker.Latency.Publish),
			back:    w.newLink(index, name, "confirm", w.sc.Broker.Latency.Publish),
			request: w.newLink(index, name, "call", w.sc.Broker.Latency.Call),
		}
		if s.unborn = i >= p.spec.Instances; p.spec.Users == 0 && !s.unborn {
			s.arrivals = newProcess(s)
		}
		p.sources = append(p.sources, s)
	}
	return p
}

// mostSources is how many instances a producer may ever have at once.
func (w *world) mostSources(producer int) int {
	most := w.sc.Producers[producer].Instances
	for _, a := range w.sc.Timeline {
		if a.Kind == spec.SetAction {
			most = max(most, a.Changed.Producers[producer].Instances)
		}
	}
	return most
}

// begin asks for everything the producer does by itself.
func (p *producer) begin() {
	for _, s := range p.sources {
		if !s.unborn {
			s.begin()
		}
	}
}

func (s *source) begin() {
	s.moreUsers()
	if s.arrivals != nil {
		s.nextTick()
	}
}

// --- users -----------------------------------------------------------------------

// moreUsers lets users begin who are new, or come back.
func (s *source) moreUsers() {
	p := s.p
	for i := range p.spec.Users {
		switch {
		case s.isOver():
			return
		case i == len(s.users):
			s.users = append(s.users, &user{s: s, index: i})
		case !s.users[i].left:
			continue
		}
		s.users[i].left = false
		s.users[i].think(max(p.w.now, p.spec.Starts))
	}
}

// think asks for the user's next act, after a while from the given instant.
func (u *user) think(from int64) {
	p := u.s.p
	if u.left = u.s.isOver(); u.left {
		return
	}
	u.thinks++
	identity := luck.Identity(luck.Identity(u.s.luck, uint64(u.index)), uint64(u.thinks))
	pause := p.w.newDraw(p.spec.Name, "think", p.spec.Think).nanos(identity, 0)
	p.w.ask(from+pause, arrivals, p.component, func() {
		switch {
		case u.index >= p.spec.Users || u.s.isOver():
			u.left = true
		case len(p.stops) > 0 || u.s.off:
			u.s.away = append(u.s.away, u)
		default:
			u.s.create(u, nil)
		}
	})
}

// goOn lets the users who stayed away think anew.
func (s *source) goOn() {
	away := s.away
	s.away = nil
	for _, u := range away {
		u.think(s.p.w.now)
	}
}

// isOver says whether the producer has created all it is to create.
func (s *source) isOver() bool {
	return s.p.spec.Count != spec.Unlimited && s.p.created >= s.p.spec.Count
}

// nextTick asks for the source's next instant of creation, if there is one.
func (s *source) nextTick() {
	if at, ever := s.arrivals.next(); ever {
		s.due = s.p.w.ask(max(at, s.p.w.now), arrivals, s.p.component, s.tick)
	}
}

// askAgain moves the next tick to where the tempo has it now.
func (s *source) askAgain() {
	if s.arrivals == nil || s.p.spec.Rate.Kind == spec.Replay || s.quiet {
		return
	}
	if s.due != nil {
		s.p.w.cancel(s.due)
		s.due = nil
	}
	if s.quiet = s.isOver(); s.quiet {
		return
	}
	if at, ever := s.arrivals.again(); ever {
		s.due = s.p.w.ask(max(at, s.p.w.now), arrivals, s.p.component, s.tick)
	}
}

// tick creates what is due at this instant, then asks for the next.
func (s *source) tick() {
	s.due = nil
	if len(s.p.stops) > 0 || s.off {
		s.nextTick()
		return
	}
	rate := &s.p.spec.Rate
	var row *spec.ReplayRow
	size := 1
	switch rate.Kind {
	case spec.Burst:
		size = rate.Size
	case spec.Replay:
		row = &rate.Rows[s.arrivals.n-1]
	}
	for range size {
		if s.isOver() {
			break
		}
		s.create(nil, row)
	}
	if s.quiet = s.isOver(); !s.quiet {
		s.nextTick()
	}
}

// --- what -----------------------------------------------------------------------

// create makes an event and starts it on its way.
func (s *source) create(u *user, row *spec.ReplayRow) {
	p := s.p
	p.created++
	p.account.Created++
	identity := luck.Identity(luck.SourceID(p.spec.Name), uint64(p.created))
	ev := s.newEvent(identity, row)
	p.w.tell(sim.Created, sim.NoReason, p.component, ev, place{0, s.index, -1})
	if p.spec.Call != spec.None {
		s.ask(ev, u)
		return
	}
	m := &sending{s: s, ev: ev, user: u}
	if !p.spec.Confirm {
		m.user = nil
	}
	switch {
	case p.spec.Loses > 0 && p.w.uniform(p.spec.Name, "loses", identity, 0) < p.spec.Loses:
		p.w.tell(sim.Unsent, sim.WhyLoses, p.component, ev, place{0, s.index, -1})
		p.account.Unsent++
		m.settle()
	case p.spec.Outbox != nil:
		ev.left = p.w.now
		s.outbox = append(s.outbox, m)
		s.nextPoll()
	default:
		s.sendOrHold(m)
	}
	if u != nil && m.user == nil && !p.spec.Confirm {
		u.think(p.w.now) // who waits for nothing
	}
}

func (s *source) newEvent(identity uint64, row *spec.ReplayRow) *event {
	p := s.p
	kind := spec.None
	if row != nil {
		kind = row.Event
	}
	if kind == spec.None {
		kind = pick(p.spec.Emits, p.w.uniform(p.spec.Name, "type", identity, 0))
	}
	ev := p.w.newEvent(p.component, p.created, kind, identity)
	if row != nil {
		record(ev, row, p.spec.Rate.Columns)
		if row.HasKey {
			ev.key = p.w.keyOf(row.Key)
		}
	}
	return ev
}

// record puts what a trace tells of an event over what was drawn.
func record(ev *event, row *spec.ReplayRow, columns []string) {
	if row.Size != spec.None {
		ev.size = row.Size
	}
	if row.Priority != spec.None {
		ev.priority = row.Priority
	}
	ev.work = max(row.Work, 0)
	ev.fails = max(int(row.Fails), 0)
	for i, name := range columns {
		if row.Fields[i].Kind != spec.NoValue {
			ev.fields[name] = row.Fields[i]
		}
	}
}

// sendOrHold lets the event leave unless the broker holds this source back.
func (s *source) sendOrHold(m *sending) {
	switch {
	case s.blocked == 0 && len(s.buffer) == 0:
		m.send()
	case len(s.buffer) < s.p.spec.Buffer:
		s.buffer = append(s.buffer, m)
	default:
		s.p.w.tell(sim.Dropped, sim.WhyBuffer, s.p.component, m.ev, place{0, s.index, -1})
		s.p.account.Dropped++
		m.settle()
	}
}

// poll sends what the outbox holds, oldest first, at most a batch.
func (s *source) poll() {
	p := s.p
	n := min(len(s.outbox), p.spec.Outbox.Batch)
	batch := slices.Clone(s.outbox[:n])
	s.outbox = s.outbox[n:]
	for _, m := range batch {
		s.sendOrHold(m)
	}
	s.polling = false
	if len(s.outbox) > 0 {
		s.nextPoll()
	}
}

// nextPoll asks for the next poll, unless that was done; a poll that would
// find nothing is never asked for.
func (s *source) nextPoll() {
	if s.polling {
		return
	}
	s.polling = true
	p := s.p
	polls := (p.w.now-p.spec.Starts)/p.spec.Outbox.Poll + 1
	p.w.ask(p.spec.Starts+polls*p.spec.Outbox.Poll, timers, p.component, s.poll)
}

// settle ends the sending; its user goes on.
func (m *sending) settle() {
	if m.settled {
		return
	}
	m.settled = true
	if m.user != nil {
		m.user.think(m.s.p.w.now)
	}
	if m.s.awaits == m {
		m.s.awaits = nil
		m.s.flush()
	}
}

// --- publishing -------------------------------------------------------------------

// send is one try.
func (m *sending) send() {
	s, p := m.s, m.s.p
	m.try++
	try := m.try
	if try == 1 {
		m.channel, m.confirm = p.spec.To, p.spec.Confirm
	}
	if m.ev.left < 0 {
		m.ev.left = p.w.now
	}
	why := sim.NoReason
	if try > 1 {
		why = sim.WhyRetry
		p.account.Retries++
	}
	p.w.tell(sim.Published, why, p.component, m.ev, place{try, s.index, -1})
	if !m.confirm {
		p.account.Published++
	}
	if m.confirm && p.spec.Timeout > 0 {
		p.w.ask(p.w.now+p.spec.Timeout, timers, p.component, func() {
			if !m.settled && m.failed < try {
				m.tryFailed(try, sim.WhyUnanswered)
			}
		})
	}
	pub := m.publish(try)
	s.out.cross(message{publishMessage, m.ev, try, theBroker, arrivals, p.component, func() { p.w.broker.arrive(pub) }, pub.onLost})
	if !m.confirm {
		m.settle() // who was to wait when it was created need not
	}
}

// publish is what the broker gets of a try, with the way its answers take back.
func (m *sending) publish(try int) *publish {
	s, p := m.s, m.s.p
	pub := &publish{ev: m.ev, channel: m.channel, try: try, sender: p.component}
	withheld := false
	back := func(kind int, arrive, lost func()) {
		s.back.cross(message{kind, m.ev, try, theBroker, completions, p.component, arrive, lost})
	}
	pub.onLost = func() {
		if !m.confirm {
			p.w.tell(sim.Lost, sim.WhyDrop, p.component, m.ev, place{try, -1, -1})
		}
		m.brokenOff(try)
	}
	pub.onWithheld = func() {
		withheld = true
		back(heldMessage, func() { s.blocked++ }, nil)
	}
	pub.onAnswer = func(accepted bool) {
		if !m.confirm {
			if !accepted {
				p.w.tell(sim.Rejected, sim.WhyFull, p.component, m.ev, place{try, s.index, -1})
			}
			if !withheld {
				return
			}
		}
		if m.confirm {
			back(confirmMessage, func() { m.answered(try, accepted) }, func() { m.brokenOff(try) })
		}
		if withheld {
			back(unheldMessage, func() {
				s.blocked--
				s.flush()
			}, nil)
		}
	}
	return pub
}

// brokenOff tells a producer without a timeout that a try of it, or the answer,
// was lost: the connection is gone.
func (m *sending) brokenOff(try int) {
	if m.confirm && m.s.p.spec.Timeout == 0 && !m.settled && m.try == try && m.failed < try {
		m.tryFailed(try, sim.WhyOutage)
	}
}

// flush sends what was held back, in order, each when the one before is
// answered, while nothing is withheld.
func (s *source) flush() {
	if s.draining {
		return
	}
	s.draining = true
	for s.blocked == 0 && s.awaits == nil && len(s.buffer) > 0 {
		m := s.buffer[0]
		s.buffer = s.buffer[1:]
		if s.p.spec.Confirm {
			s.awaits = m
		}
		m.send()
	}
	s.draining = false
}

// answered is the broker's answer to one try.
func (m *sending) answered(try int, accepted bool) {
	p := m.s.p
	switch {
	case m.settled:
	case accepted:
		p.w.tell(sim.Confirmed, sim.NoReason, p.component, m.ev, place{try, m.s.index, -1})
		p.account.Published++
		m.settle()
	case m.failed < try: // else it had been given up as unanswered
		m.tryFailed(try, sim.WhyFull)
	}
}

// tryFailed tries again after the backoff, or gives up.
func (m *sending) tryFailed(try int, why sim.Why) {
	p := m.s.p
	retry := &p.spec.Retry
	m.failed = try
	if isUsedUp(try, retry.Attempts) {
		p.w.tell(sim.Rejected, why, p.component, m.ev, place{try, m.s.index, -1})
		p.account.Rejected++
		m.settle()
		return
	}
	u := p.w.uniform(p.spec.Name, "backoff", m.ev.luck, try)
	m.lastWait = wait(&retry.Backoff, try, u, m.lastWait)
	p.w.ask(p.w.now+m.lastWait, timers, p.component, func() {
		if !m.settled {
			m.send()
		}
	})
}
