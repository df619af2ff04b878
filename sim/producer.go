package sim

import (
	"strconv"

	"eddy/sim/luck"
	"eddy/sim/measure"
	"eddy/sim/spec"
)

// producer creates events and publishes them, by one source an instance.
type producer struct {
	spec      *spec.Producer
	component int32
	only      int32          // the one type it emits, -1: it is drawn
	id        uint64         // luck of its events
	count     int64          // events that it may create, spec.Unlimited
	made      int64          // events created, and the number of the last
	sent      int64          // tries of publishes
	atOnce    uint64         // publishes confirmed at the instant they left
	n         producerCounts // the first of which are those of every event
	to        int32          // channel
	direct    bool           // a publish is answered within the same step
	stopped   bool
	confirms  bool
	replays   bool // a recorded trace
	bursts    bool
	detours   bool // an event is not simply published: it calls, loses some or has an outbox

	choose    *luck.Chooser
	typeKey   luck.Key
	losesKey  luck.Key
	think     *luck.Sampler
	thinkKey  luck.Key
	backoff   backoff
	publish   link
	confirm   link
	rows      []spec.ReplayRow  // of a recorded trace
	asked     int64             // tries of calls
	base      producerCounts    // as they were at the end of the warm-up
	confirmed measure.Histogram // but for those at once
	blocked   measure.Gauge     // sources held back
	response  measure.Histogram // of calls that were answered
	request   link              // of calls
	surges    []float64
	speed     float64   // how many times the rate is multiplied now
	stops     []*action // that last
}

// follow lets the producer go by a specification, of which it keeps at hand what
// every event asks for.
func (p *producer) follow(sp *spec.Producer) {
	p.spec, p.to, p.count, p.confirms = sp, int32(sp.To), sp.Count, sp.Confirm
	p.replays, p.bursts = sp.Rate.Kind == spec.Replay, sp.Rate.Kind == spec.Burst
	p.detours = sp.Call != spec.None || sp.Loses > 0 || sp.Outbox != nil
	p.only, p.choose = -1, nil
	if len(sp.Emits) == 1 {
		p.only = int32(sp.Emits[0].Value)
	} else if len(sp.Emits) > 1 {
		p.choose = chooser(sp.Emits)
	}
}

type producerCounts struct {
	created, published, rejected, dropped, retries, lost int64
	calls                                                callCounts
}

// source is one instance of a producer. What every event needs comes first and
// close together, as in a store.
type source struct {
	p          *producer
	producer   int32
	instance   int32
	held       int32  // publishes withheld by the broker, as far as it has heard
	tickSerial uint32 // of the tick that is asked for
	off        bool   // it is an instance too many, for now
	quiet      bool   // no tick is asked for: the producer had created all it may
	unborn     bool   // it has not begun, for the producer had fewer instances
	draining   bool   // it is sending what it has held
	buffer     ring   // events waiting to be sent
	arrivals   arrivals
	luck       uint64
	thoughts   []uint64 // thinks drawn, by user
	outbox     ring     // events waiting for a poll
	pollAt     int64    // when the next poll comes, 0: none asked for
	published  int64    // arrival of the last message on its link
	asked      int64
	parked     []uint32        // users who would have acted while it was stopped
	retired    map[uint32]bool // users who are too many, for now
	awaits     *event          // the one that is not answered yet
	answered   int64
}

func (e *Engine) buildProducers() {
	e.producers = make([]producer, len(e.sc.Producers))
	for i := range e.sc.Producers {
		sp := &e.sc.Producers[i]
		p := &e.producers[i]
		*p = producer{
			component: int32(i), id: luck.SourceID(sp.Name),
			typeKey:  luck.NewKey(e.seed, sp.Name, "type"),
			losesKey: luck.NewKey(e.seed, sp.Name, "loses"),
			thinkKey: luck.NewKey(e.seed, sp.Name, "think"),
			think:    luck.Compile(sp.Think),
			backoff:  backoff{spec: sp.Retry.Backoff, key: luck.NewKey(e.seed, sp.Name, "backoff")},
			publish:  e.newLink(e.sc.Broker.Latency.Publish, sp.Name, "publish"),
			confirm:  e.newLink(e.sc.Broker.Latency.Publish, sp.Name, "confirm"),
			request:  e.newLink(e.sc.Broker.Latency.Call, sp.Name, "call"),
			speed:    1,
		}
		p.follow(sp)
		p.rows = sp.Rate.Rows
		p.direct = !e.disturbed && p.publish.direct() && e.sc.Broker.Rate.Events == 0 && sp.To != spec.None && !e.channels[sp.To].withholds
		for k := range e.mostSources(i) {
			id := luck.SourceID(sp.Name + "/" + strconv.Itoa(k))
			e.sources = append(e.sources, source{
				p: p, producer: int32(i), instance: int32(k), luck: id,
				arrivals: e.newArrivals(sp, sp.Name, id, k), unborn: k >= sp.Instances,
			})
		}
	}
}

// mostSources is how many instances a producer may ever have at once.
func (e *Engine) mostSources(i int) int {
	n := e.sc.Producers[i].Instances
	for _, changed := range e.changes() {
		n = max(n, changed.Producers[i].Instances)
	}
	return n
}

// beginSource asks for a source's first event, or its users' first acts.
func (e *Engine) beginSource(i uint32) {
	s := &e.sources[i]
	p := s.p
	if s.unborn {
		return
	}
	if p.spec.Users > 0 {
		s.thoughts = make([]uint64, p.spec.Users)
		for u := range uint32(p.spec.Users) {
			e.userThinks(i, u, max(e.now, p.spec.Starts))
		}
		return
	}
	e.askTick(i)
}

func (e *Engine) askTick(i uint32) {
	s := &e.sources[i]
	if t := s.arrivals.next(); t < never {
		e.at(t, classArrival, s.p.component, pack(kindTick, i, s.tickSerial))
	}
}

// tick creates what is due at a source of an open loop.
func (e *Engine) tick(i, serial uint32) {
	p := e.sources[i].p
	if e.sources[i].tickSerial != serial {
		return // its rate has changed since
	}
	if p.stopped || e.sources[i].off {
		e.askTick(i)
		return
	}
	count := 1
	if p.bursts {
		count = p.spec.Rate.Size
	}
	for range count {
		if p.spent() {
			break
		}
		e.create(i, -1)
	}
	if p.spent() {
		e.sources[i].quiet = true
		return
	}
	e.askTick(i)
}

// spent says whether the producer has created all it may.
func (p *producer) spent() bool { return p.count != spec.Unlimited && p.made >= p.count }

// userThinks lets a user of a closed loop think from an instant on.
func (e *Engine) userThinks(i, user uint32, from int64) {
	s := &e.sources[i]
	p := s.p
	if p.spent() {
		e.retire(s, user)
		return
	}
	s.thoughts[user]++
	id := luck.Identity(luck.Identity(s.luck, uint64(user)), s.thoughts[user])
	t := from + p.think.Nanos(p.thinkKey, luck.Counter(id, 0, 0))
	e.at(t, classArrival, p.component, pack(kindUser, i, user))
}

func (e *Engine) userActs(i, user uint32) {
	s := &e.sources[i]
	if int(user) >= s.p.spec.Users || s.p.spent() {
		e.retire(s, user)
		return
	}
	if s.p.stopped || s.off {
		s.parked = append(s.parked, user)
		return
	}
	e.create(i, int32(user))
}

// userGoesOn lets the user who waited for an answer, if there is one, think again.
func (e *Engine) userGoesOn(source, user int32) {
	if user >= 0 {
		e.userThinks(uint32(source), uint32(user), e.now)
	}
}

// create makes one event at a source, and sends it on its way.
func (e *Engine) create(i uint32, user int32) {
	s := &e.sources[i]
	p := s.p
	p.made++
	p.n.created++
	ev := e.makeProduced(p, s)
	e.beginFamily(ev)
	e.note(Created, NoReason, p.component, ev, 0, s.instance, -1)
	if p.detours && p.spec.Call != spec.None {
		e.produceCall(i, ev, user)
		return
	}
	waits := int32(-1)
	if !p.confirms {
		// Nobody waits for what becomes of it.
		waits, user = user, -1
	}
	switch {
	case p.detours && p.spec.Loses > 0 && p.losesKey.Uniform(luck.Counter(ev.luck, 0, 0)) < p.spec.Loses:
		p.n.lost++
		e.note(Unsent, WhyLoses, p.component, ev, 0, s.instance, -1)
		e.failFamily(ev)
		e.release(ev)
		e.userGoesOn(int32(i), user)
	case p.detours && p.spec.Outbox != nil:
		ev.published = e.now
		s.outbox.push(held{ev, user})
		e.askPoll(i)
	case s.held > 0 || s.buffer.len() > 0:
		e.hold(i, ev, user)
	default:
		e.publish(i, ev, user)
	}
	e.userGoesOn(int32(i), waits)
}

// makeProduced draws an event of a producer, or takes the recorded one.
func (e *Engine) makeProduced(p *producer, s *source) *event {
	id := luck.Identity(p.id, uint64(p.made))
	var row *spec.ReplayRow
	if p.replays {
		row = &p.rows[s.arrivals.n-1]
	}
	typ := -1
	if row != nil {
		typ = row.Event
	}
	if typ < 0 {
		if typ = int(p.only); typ < 0 {
			typ = p.spec.Emits[p.choose.Pick(p.typeKey.Uniform(luck.Counter(id, 0, 0)))].Value
		}
	}
	ev := e.makeEvent(int32(typ), EventID{p.component, p.made}, id)
	if row == nil {
		e.drawKey(ev)
		return ev
	}
	ev.replay = int32(s.arrivals.n - 1)
	if row.HasKey {
		ev.key = e.texts.key(row.Key)
	} else {
		e.drawKey(ev)
	}
	if row.Size >= 0 {
		ev.size = row.Size
	}
	if row.Priority >= 0 {
		ev.priority = row.Priority
	}
	return ev
}

// hold keeps an event while the broker holds the source back.
func (e *Engine) hold(i uint32, ev *event, user int32) {
	s := &e.sources[i]
	p := s.p
	if s.buffer.len() >= p.spec.Buffer {
		p.n.dropped++
		e.note(Dropped, WhyBuffer, p.component, ev, 0, s.instance, -1)
		e.failFamily(ev)
		e.release(ev)
		e.userGoesOn(int32(i), user)
		return
	}
	s.buffer.push(held{ev, user})
}

// hearHeld is a source hearing that a publish of it is withheld.
func (e *Engine) hearHeld(i uint32) {
	s := &e.sources[i]
	s.held++
	if s.held == 1 {
		s.p.blocked.Inc(e.now)
	}
}

// hearUnheld is a source hearing that a withheld publish was taken; with the
// last one it sends what it held, until it is held back again.
func (e *Engine) hearUnheld(i uint32) {
	s := &e.sources[i]
	s.held--
	if s.held > 0 {
		return
	}
	s.p.blocked.Dec(e.now)
	e.drain(i)
}

// drain sends what a source has held, one after another, each when the one
// before is answered, as long as the broker does not hold it back again.
func (e *Engine) drain(i uint32) {
	s := &e.sources[i]
	if s.draining {
		return
	}
	s.draining = true
	for s.held == 0 && s.awaits == nil && s.buffer.len() > 0 {
		h := s.buffer.pop()
		if e.producers[s.producer].spec.Confirm {
			s.awaits = h.event
		}
		e.publish(i, h.event, h.user)
	}
	s.draining = false
}

// answered lets a source that waits for the answer to an event which it had
// held go on.
func (e *Engine) answered(i int32, ev *event) {
	if s := &e.sources[i]; s.awaits == ev {
		s.awaits = nil
		e.drain(uint32(i))
	}
}

// askPoll asks for the source's next poll of its outbox, at a point of the
// grid after now.
func (e *Engine) askPoll(i uint32) {
	s := &e.sources[i]
	if s.pollAt > e.now {
		return
	}
	p := s.p
	step := p.spec.Outbox.Poll
	s.pollAt = p.spec.Starts + ((e.now-p.spec.Starts)/step+1)*step
	e.at(s.pollAt, classTimer, p.component, pack(kindPoll, i, 0))
}

// poll publishes the oldest events of an outbox.
func (e *Engine) poll(i uint32) {
	s := &e.sources[i]
	p := s.p
	for n := 0; n < p.spec.Outbox.Batch && s.outbox.len() > 0; n++ {
		h := s.outbox.pop()
		if s.held > 0 || s.buffer.len() > 0 {
			e.hold(i, h.event, h.user)
		} else {
			e.publish(i, h.event, h.user)
		}
	}
	if s.outbox.len() > 0 {
		e.askPoll(i)
	}
}
