package report

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"eddy/sim"
	"eddy/sim/spec"
)

// OTLP is an observer that writes spans in the JSON encoding of the
// OpenTelemetry protocol, with the semantic conventions for messaging. A
// family of events is a trace. In it are
//
//   - the creation of each event (kind producer), whose parent is the handling
//     that emitted it;
//   - the way to the broker and back, where it is confirmed (client), with an
//     event for each further try and each refusal;
//   - the way from the broker to the start of the first attempt (receive,
//     client);
//   - each attempt at handling a copy (process, consumer; or server for a
//     call), a child of the event's creation and, since an event has as many
//     copies as it has subscribers, linked to it;
//   - the answer to the broker (ack, nack: settle, client), a child of the
//     attempt that it is about;
//   - calls (client);
//   - ends that nobody handled (internal, an error): dropped, dead-lettered,
//     expired and so on.
//
// What the timeline does to the system is a trace of its own. Each component
// is a service. It remembers what is being handled and no
// more. What cannot be written is kept as an error for Close; the run goes on.
type OTLP struct {
	stream
	sample
	identity
	names    Names
	origin   Origin
	services []*service // by component
	open     openSpans
	leases   map[lease]leased
	sends    map[sim.EventID]otlpSpan // publishes that are not answered yet
	last     int64                    // ns, the instant of the last record
	begun    bool                     // the document
	wrote    bool                     // an element of it
}

var _ sim.Observer = (*OTLP)(nil)

// NewOTLP begins the export of the families that the origin wants.
func NewOTLP(w io.Writer, names Names, o Origin) *OTLP {
	t := &OTLP{stream: newStream(w), sample: newSample(names, o.Share), names: names, origin: o}
	t.identity = newIdentity(o, &t.sample)
	t.open.init()
	t.leases, t.sends = map[lease]leased{}, map[sim.EventID]otlpSpan{}
	return t
}

// Observe writes the spans that end with the record.
func (t *OTLP) Observe(r *sim.Record) {
	if t.err != nil {
		return
	}
	t.last = r.At
	if r.What == sim.Crashed {
		t.crashed(r)
		return
	}
	if r.Event.Source == sim.NoEvent || !t.keeps(r) {
		return
	}
	at := t.service(r.Component)
	switch r.What {
	case sim.Created:
		t.created(at, r)
	case sim.Published:
		t.published(at, r)
	case sim.Confirmed:
		t.answered(at, r, "")
	case sim.Leased:
		t.leases[lease{at.name, r.Event}] = leased{at: r.At}
	case sim.Returned, sim.Delayed:
		t.refused(at, r)
		t.settled(at, r)
	case sim.Started:
		t.started(at, r)
	case sim.Done, sim.Duplicate, sim.Recognised, sim.FailedAttempt:
		t.handled(at, r)
		if r.What != sim.FailedAttempt {
			t.settled(at, r)
		}
	case sim.Called:
		t.open.add(callKey(r), t.beginCall(r))
	case sim.Answered, sim.TimedOut:
		if s, ok := t.open.take(callKey(r)); ok {
			t.endCall(at, r, s)
		} else if r.What == sim.TimedOut {
			t.ended(at, r)
		}
	case sim.Rejected:
		if why := sim.WhyNames[r.Why]; at.producer != nil {
			t.answered(at, r, cmp.Or(why, "rejected"))
		} else {
			t.refusal(r, cmp.Or(why, "rejected"))
		}
		t.settled(at, r)
		t.ended(at, r)
	case sim.Unsent, sim.Unrouted, sim.DeadLettered, sim.Dropped, sim.Expired, sim.Lost:
		t.refused(at, r)
		t.settled(at, r)
		t.ended(at, r)
	}
}

// Close ends what is still under way at the last instant there was, writes
// what is left, and returns the first error of any write. It does not close
// the writer.
func (t *OTLP) Close() error {
	for _, k := range t.open.keys(func(spanKey) bool { return true }) {
		s, _ := t.open.take(k)
		t.cutShort(k, s, "unfinished")
	}
	for _, event := range t.unanswered() {
		s := t.sends[event]
		delete(t.sends, event)
		s.problem = "unfinished"
		t.write(t.service(event.Source), s, t.last)
	}
	t.timeline()
	t.begin()
	for _, p := range t.services {
		if p != nil {
			t.flushService(p)
		}
	}
	t.buf = append(t.buf, "]}\n"...)
	return t.stream.Close()
}

// created is the event coming into being: what everything else of it hangs on.
func (t *OTLP) created(at *service, r *sim.Record) {
	s := t.spanOf(r, kindProducer, "create", at.emitsTo(r.Type), r.At)
	s.id = t.identity.span(r.Event)
	s.parent = 0
	if r.Cause.Source != sim.NoEvent {
		s.parent = t.open.handling(r)
		if s.parent == 0 {
			s.parent = t.identity.span(r.Cause)
		}
	}
	t.write(at, s, r.At)
}

// published is an event leaving for the broker: for the first time, or again.
func (t *OTLP) published(at *service, r *sim.Record) {
	if s, under := t.sends[r.Event]; under {
		s.events = append(s.events, spanEvent{r.At, "retry", sim.WhyNames[r.Why], r.Attempt})
		t.sends[r.Event] = s
		return
	}
	s := t.spanOf(r, kindClient, "send", at.emitsTo(r.Type), r.At)
	s.id = t.within(r, "send", 0)
	switch {
	case at.confirms():
		t.sends[r.Event] = s
	case r.Why == sim.NoReason && r.At != r.Created:
		t.write(at, s, r.At)
	}
}

// answered is the end of a publish: the broker has the event, or the producer
// has given up.
func (t *OTLP) answered(at *service, r *sim.Record, problem string) {
	s, under := t.sends[r.Event]
	if !under {
		return
	}
	delete(t.sends, r.Event)
	s.attempt, s.problem = r.Attempt, problem
	t.write(at, s, r.At)
}

// refusal is the broker refusing a try.
func (t *OTLP) refusal(r *sim.Record, why string) {
	if s, under := t.sends[r.Event]; under {
		s.events = append(s.events, spanEvent{r.At, "rejected", why, 0})
		t.sends[r.Event] = s
	}
}

// unanswered are the events whose publish is under way, in an order that does
// not depend on how they are stored.
func (t *OTLP) unanswered() []sim.EventID {
	return slices.SortedFunc(maps.Keys(t.sends), func(a, b sim.EventID) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Number, b.Number))
	})
}

func (t *OTLP) started(at *service, r *sim.Record) {
	from := t.leasedFrom(at, r.Event)
	t.received(at, r, from)
	s := t.spanOf(r, kindConsumer, "process", from.channel, r.At)
	s.subscription, s.group = from.subscription, at.name
	s.attempt, s.instance = r.Attempt, r.Instance
	s.id = t.within(r, "process", uint64(r.At))
	if call := t.open.callTo(r.Event, at.name); call != 0 || len(at.from) == 0 {
		s.kind, s.operation, s.destination, s.subscription, s.group = kindServer, "serve", at.name, "", ""
		s.callees = []string{at.name}
		if call != 0 {
			s.parent = call
		}
	} else {
		s.link = s.parent
		if r.Attempt > 1 {
			s.events = append(s.events, spanEvent{r.At, "retry", "", r.Attempt})
		}
		if at.consumer.AckBefore {
			t.settle(at, s, "ack", r.At)
		}
	}
	if old, ok := t.open.take(handlingKey(r)); ok {
		t.cutShort(handlingKey(r), old, "abandoned")
	}
	t.open.add(handlingKey(r), s)
}

// lease is a copy of an event that a store has sent to somebody.
type lease struct {
	store string
	event sim.EventID
}

// leased is what became of a lease so far.
type leased struct {
	at       int64     // ns, when the copy was sent; -1: it was received
	failed   *otlpSpan // the attempt that failed, nil for none
	consumer *service  // whose it was
}

// leasedFrom is where a consumer has an event from; nothing if that cannot be
// told.
func (t *OTLP) leasedFrom(at *service, event sim.EventID) source {
	if len(at.from) == 1 {
		return at.from[0]
	}
	for _, from := range at.from {
		if _, is := t.leases[lease{from.store, event}]; is {
			return from
		}
	}
	return source{}
}

// received is the way of a copy from the broker to its first attempt.
func (t *OTLP) received(at *service, r *sim.Record, from source) {
	k := lease{from.store, r.Event}
	l, is := t.leases[k]
	if !is || l.at < 0 {
		return
	}
	s := t.spanOf(r, kindClient, "receive", from.channel, l.at)
	s.subscription, s.group = from.subscription, at.name
	s.attempt, s.instance = r.Attempt, r.Instance
	s.link = s.parent
	s.id = t.within(r, "receive", uint64(l.at))
	t.write(at, s, r.At)
	l.at = -1
	t.leases[k] = l
}

// settle is the answer to the broker about an attempt. The groups of a stream
// commit offsets instead.
func (t *OTLP) settle(at *service, attempt otlpSpan, answer string, now int64) {
	if attempt.kind != kindConsumer || attempt.destination == "" || at.readsStream(attempt.destination) {
		return
	}
	s := attempt
	s.kind, s.operation, s.link, s.parent, s.from = kindClient, answer, 0, attempt.id, now
	s.outcome, s.problem, s.events = "", "", nil
	s.id = mix(attempt.id^mix(uint64(now)^uint64(len(answer)))) | 1
	t.write(at, s, now)
}

// refused is a copy that comes back, or is given up, because its attempt failed:
// the consumer has said so, unless the lease had to run out.
func (t *OTLP) refused(at *service, r *sim.Record) {
	l := t.leases[lease{at.name, r.Event}]
	if l.failed != nil && r.Why != sim.WhyLease {
		t.settle(l.consumer, *l.failed, "nack", r.At)
	}
}

// settled forgets the leases of an event that a consumer or a store is done with.
func (t *OTLP) settled(at *service, r *sim.Record) {
	delete(t.leases, lease{at.name, r.Event})
	for _, from := range at.from {
		delete(t.leases, lease{from.store, r.Event})
	}
}

func (t *OTLP) handled(at *service, r *sim.Record) {
	s, ok := t.open.take(handlingKey(r))
	if !ok {
		return // a duplicate that a channel ignored
	}
	if r.What == sim.Duplicate || r.What == sim.Recognised {
		s.outcome = sim.WhatNames[r.What]
	}
	if r.What == sim.FailedAttempt {
		s.problem = sim.WhyNames[r.Why]
		failed := s
		failed.events = nil
		for _, from := range at.from {
			if l, is := t.leases[lease{from.store, r.Event}]; is {
				l.failed, l.consumer = &failed, at
				t.leases[lease{from.store, r.Event}] = l
			}
		}
	}
	t.open.ended(r, s.id)
	t.write(at, s, r.At)
	if r.What != sim.FailedAttempt && at.consumer != nil && !at.consumer.AckBefore {
		t.settle(at, s, "ack", r.At)
	}
}

func (t *OTLP) beginCall(r *sim.Record) otlpSpan {
	at := t.service(r.Component)
	s := t.spanOf(r, kindClient, "call", "", r.At)
	s.attempt, s.instance = r.Attempt, r.Instance
	s.callees = at.callees
	s.id = t.within(r, "call", uint64(r.At))
	if p := t.open.handling(r); p != 0 {
		s.parent = p
	}
	return s
}

func (t *OTLP) endCall(at *service, r *sim.Record, s otlpSpan) {
	if r.What == sim.TimedOut || r.Why != sim.NoReason {
		s.problem = sim.WhatNames[r.What]
		if r.What == sim.Answered {
			s.problem = sim.WhyNames[r.Why]
		}
	}
	t.write(at, s, r.At)
}

// ended is the end of an event or a copy in nobody's hands.
func (t *OTLP) ended(at *service, r *sim.Record) {
	s := t.spanOf(r, kindInternal, sim.WhatNames[r.What], at.name, r.At)
	s.id = t.within(r, sim.WhatNames[r.What], uint64(r.At))
	s.problem = sim.WhatNames[r.What]
	if why := sim.WhyNames[r.Why]; why != "" {
		s.problem = why
	}
	if r.What == sim.DeadLettered {
		s.deadLetters = at.deadLetters()
	}
	t.write(at, s, r.At)
}

// crashed ends what the instance was doing.
func (t *OTLP) crashed(r *sim.Record) {
	for _, k := range t.open.keys(func(k spanKey) bool { return k.component == r.Component && k.instance == r.Instance }) {
		s, _ := t.open.take(k)
		t.cutShort(k, s, "crash")
	}
}

func (t *OTLP) cutShort(k spanKey, s otlpSpan, why string) {
	s.problem = why
	t.write(t.service(k.component), s, t.last)
}

// spanOf begins a span of the record's event, a child of its creation.
func (t *OTLP) spanOf(r *sim.Record, kind spanKind, operation, destination string, from int64) otlpSpan {
	return otlpSpan{
		trace: t.trace(r.Root), parent: t.identity.span(r.Event), kind: kind, operation: operation, destination: destination,
		from: from, event: r.Event, typ: r.Type, size: r.Size, instance: -1, partition: r.Partition,
	}
}

// within names a span of the event's, by what it is and where.
func (t *OTLP) within(r *sim.Record, operation string, nth uint64) uint64 {
	h := t.identity.span(r.Event) ^ uint64(uint32(r.Component))<<32 ^ uint64(uint32(r.Attempt))
	for _, c := range []byte(operation) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return mix(h^mix(nth^uint64(uint32(r.Instance))<<48)) | 1
}

// service is a component, and the spans of it that wait to be written.
type service struct {
	kind, name string
	from       []source // what a consumer reads
	callees    []string
	producer   *spec.Producer
	consumer   *spec.Consumer
	scenario   *spec.Scenario
	spans      []byte
}

func (t *OTLP) service(i int32) *service {
	for int(i) >= len(t.services) {
		t.services = append(t.services, nil)
	}
	if t.services[i] == nil {
		t.services[i] = newService(t.origin.Scenario, t.names.Component(i))
	}
	return t.services[i]
}

func newService(sc *spec.Scenario, component string) *service {
	p := &service{scenario: sc}
	p.kind, p.name = kindAndName(component)
	if p.name == "" {
		p.name = p.kind
	}
	for i := range sc.Producers {
		if p.kind == "producers" && sc.Producers[i].Name == p.name {
			p.producer = &sc.Producers[i]
			if p.producer.Call != spec.None {
				p.callees = append(p.callees, sc.Consumers[p.producer.Call].Name)
			}
		}
	}
	for i := range sc.Consumers {
		if p.kind == "consumers" && sc.Consumers[i].Name == p.name {
			p.consume(&sc.Consumers[i])
		}
	}
	return p
}

// source is a channel that a consumer reads, and what holds its copies.
type source struct {
	channel, subscription string // subscription: "" where the channel itself does
	store                 string
}

func sourcesOf(sc *spec.Scenario, c *spec.Consumer) []source {
	var all []source
	for _, from := range c.From {
		ch := &sc.Broker.Channels[from.Channel]
		s := source{channel: ch.Name, store: ch.Name}
		if ch.Type != spec.Queue {
			s.store = ch.Name + "/" + c.Name
		}
		if ch.Type == spec.Topic {
			s.subscription = s.store
		}
		all = append(all, s)
	}
	return all
}

// readsStream says whether a channel is a stream.
func (p *service) readsStream(channel string) bool {
	for i := range p.scenario.Broker.Channels {
		if ch := &p.scenario.Broker.Channels[i]; ch.Name == channel {
			return ch.Type == spec.Stream
		}
	}
	return false
}

// deadLetters is where a channel or a subscription sends what is given up, ""
// for nowhere.
func (p *service) deadLetters() string {
	name, _, _ := strings.Cut(p.name, "/")
	for i := range p.scenario.Broker.Channels {
		if ch := &p.scenario.Broker.Channels[i]; ch.Name == name && ch.Store.DeadLetter != spec.None {
			return p.scenario.Broker.Channels[ch.Store.DeadLetter].Name
		}
	}
	return ""
}

func (p *service) consume(c *spec.Consumer) {
	p.consumer = c
	p.from = sourcesOf(p.scenario, c)
	for _, h := range c.Handlers {
		for _, s := range h.Steps {
			if s.Verb == spec.Call {
				p.callees = append(p.callees, p.scenario.Consumers[s.Callee].Name)
			}
		}
	}
}

// confirms says whether the broker tells the component that it has an event.
func (p *service) confirms() bool { return p.producer != nil && p.producer.Confirm }

// emitsTo is the channel that the component publishes events of a type to,
// "" if that is not one.
func (p *service) emitsTo(typ int32) string {
	to := spec.None
	switch {
	case p.producer != nil:
		to = p.producer.To
	case p.consumer != nil:
		to = p.onlyChannelOf(int(typ))
	}
	if to == spec.None {
		return ""
	}
	return p.scenario.Broker.Channels[to].Name
}

func (p *service) onlyChannelOf(typ int) int {
	to := spec.None
	for _, h := range p.consumer.Handlers {
		for _, s := range h.Steps {
			if s.Verb != spec.Emit || !emits(s.Emits, typ) || s.To == to {
				continue
			}
			if to != spec.None {
				return spec.None
			}
			to = s.To
		}
	}
	return to
}

func emits(choices []spec.Choice, typ int) bool {
	for _, c := range choices {
		if c.Value == typ {
			return true
		}
	}
	return false
}

// serviceFlush is how many bytes of a component's spans are gathered before
// they become an element of the document.
const serviceFlush = 8 << 10

// write ends a span.
func (t *OTLP) write(at *service, s otlpSpan, to int64) {
	if len(at.spans) > 0 {
		at.spans = append(at.spans, ',')
	}
	at.spans = t.appendSpan(at.spans, &s, to)
	if len(at.spans) >= serviceFlush {
		t.flushService(at)
	}
}

func (t *OTLP) begin() {
	if !t.begun {
		t.begun = true
		t.buf = append(t.buf, `{"resourceSpans":[`...)
	}
}

// flushService makes the spans of a component an element of the document.
func (t *OTLP) flushService(p *service) {
	if len(p.spans) == 0 {
		return
	}
	t.begin()
	if t.wrote {
		t.buf = append(t.buf, ',')
	}
	t.wrote = true
	b := append(t.buf, "\n"+`{"resource":{"attributes":[`...)
	b = appendAttribute(b, "service.name", p.name)
	b = appendAttribute(append(b, ','), "service.namespace", t.origin.Scenario.Name)
	b = append(b, `,{"key":"eddy.simulated","value":{"boolValue":true}},{"key":"eddy.seed","value":{"intValue":"`...)
	b = strconv.AppendInt(b, t.origin.Scenario.Seed, 10)
	b = append(b, `"}}]},"scopeSpans":[{"scope":{"name":"eddy"`...)
	if t.origin.Version != "" {
		b = appendString(append(b, `,"version":`...), clean(t.origin.Version))
	}
	b = append(b, `},"spans":[`...)
	b = append(b, p.spans...)
	t.buf = append(b, `]}]}`...)
	p.spans = p.spans[:0]
	t.relieve()
}

func appendAttribute(b []byte, key, value string) []byte {
	b = append(b, `{"key":"`...)
	b = append(b, key...)
	b = append(b, `","value":{"stringValue":`...)
	b = appendString(b, clean(value))
	return append(b, "}}"...)
}

func appendIntAttribute(b []byte, key string, value int64) []byte {
	b = append(b, `{"key":"`...)
	b = append(b, key...)
	b = append(b, `","value":{"intValue":"`...)
	b = strconv.AppendInt(b, value, 10)
	return append(b, `"}}`...)
}
