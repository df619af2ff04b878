package report

import (
	"cmp"
	"slices"
	"strconv"

	"eddy/sim"
	"eddy/sim/spec"
)

// spanKind is a span's place between two services, as the protocol numbers it.
type spanKind byte

const (
	kindInternal spanKind = 1
	kindServer   spanKind = 2
	kindClient   spanKind = 3
	kindProducer spanKind = 4
	kindConsumer spanKind = 5
)

// otlpSpan is a length of time in the life of an event.
type otlpSpan struct {
	trace                  [2]uint64
	id, parent, link       uint64 // 0: none
	kind                   spanKind
	operation, destination string // "" if there is not one
	subscription, group    string
	from                   int64 // ns
	event                  sim.EventID
	typ                    int32
	size                   int64
	attempt, instance      int32 // 0, -1: none
	partition              int32 // -1: none
	outcome                string
	problem                string   // "" for none
	callees                []string // of a call
	deadLetters            string   // where a dead letter goes
	action                 string   // of the timeline
	events                 []spanEvent
}

// spanEvent is something that happens within a span.
type spanEvent struct {
	at        int64 // ns
	name, why string
	attempt   int32 // 0: none
}

// operationTypes are the kinds that the conventions for messaging have for an
// operation; what is none of theirs has none.
var operationTypes = map[string]string{
	"create": "create", "send": "send", "receive": "receive", "process": "process", "ack": "settle", "nack": "settle",
}

func (t *OTLP) appendSpan(b []byte, s *otlpSpan, to int64) []byte {
	b = append(b, "\n"+`{"traceId":"`...)
	b = appendTraceID(b, s.trace)
	b = append(b, `","spanId":"`...)
	b = appendHex(b, s.id)
	if s.parent != 0 {
		b = append(b, `","parentSpanId":"`...)
		b = appendHex(b, s.parent)
	}
	b = append(b, `","name":`...)
	b = appendString(b, s.name(t.names))
	b = append(b, `,"kind":`...)
	b = strconv.AppendInt(b, int64(s.kind), 10)
	b = append(b, `,"startTimeUnixNano":"`...)
	b = strconv.AppendInt(b, s.from, 10)
	b = append(b, `","endTimeUnixNano":"`...)
	b = strconv.AppendInt(b, to, 10)
	b = append(b, `","attributes":[`...)
	b = append(t.appendAttributes(b, s), ']')
	if s.link != 0 {
		b = append(b, `,"links":[{"traceId":"`...)
		b = appendTraceID(b, s.trace)
		b = append(b, `","spanId":"`...)
		b = appendHex(b, s.link)
		b = append(b, `"}]`...)
	}
	if len(s.events) > 0 {
		b = append(b, `,"events":[`...)
		for i := range s.events {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendSpanEvent(b, &s.events[i])
		}
		b = append(b, ']')
	}
	if s.problem != "" {
		b = append(b, `,"status":{"code":2,"message":`...)
		b = append(appendString(b, s.problem), '}')
	}
	return append(b, '}')
}

// name is what the span is called: the operation and where to, else on what.
func (s *otlpSpan) name(names Names) string {
	if s.destination != "" {
		return s.operation + " " + clean(s.destination)
	}
	if len(s.callees) == 1 {
		return s.operation + " " + clean(s.callees[0])
	}
	return s.operation + " " + clean(names.Type(s.typ))
}

func appendSpanEvent(b []byte, e *spanEvent) []byte {
	b = append(b, `{"timeUnixNano":"`...)
	b = strconv.AppendInt(b, e.at, 10)
	b = append(b, `","name":`...)
	b = appendString(b, e.name)
	b = append(b, `,"attributes":[`...)
	if e.attempt > 0 {
		b = appendIntAttribute(b, "eddy.attempt", int64(e.attempt))
	}
	if e.why != "" {
		if e.attempt > 0 {
			b = append(b, ',')
		}
		b = appendAttribute(b, "eddy.why", e.why)
	}
	return append(b, `]}`...)
}

// appendRemote writes what a call is to a service: the conventions for remote
// procedure calls, with the event's type as what is asked for.
func (t *OTLP) appendRemote(b []byte, s *otlpSpan) []byte {
	b = appendAttribute(b, "rpc.system", "eddy")
	if len(s.callees) == 1 {
		b = appendAttribute(append(b, ','), "rpc.service", s.callees[0])
	}
	b = appendAttribute(append(b, ','), "rpc.method", t.names.Type(s.typ))
	b = appendAttribute(append(b, ','), "eddy.event.id", t.names.Source(s.event.Source)+":"+strconv.FormatInt(s.event.Number, 10))
	return t.appendCircumstances(b, s)
}

func (t *OTLP) appendAttributes(b []byte, s *otlpSpan) []byte {
	switch {
	case s.action != "":
		b = appendAttribute(b, "eddy.action", s.action)
		return t.appendCircumstances(b, s)
	case s.kind == kindServer || s.operation == "call":
		return t.appendRemote(b, s)
	}
	b = appendAttribute(b, "messaging.system", messagingSystem(t.origin.Scenario))
	b = appendAttribute(append(b, ','), "messaging.operation.name", s.operation)
	if kind := operationTypes[s.operation]; kind != "" {
		b = appendAttribute(append(b, ','), "messaging.operation.type", kind)
	}
	if s.destination != "" {
		b = appendAttribute(append(b, ','), "messaging.destination.name", s.destination)
	}
	if s.subscription != "" {
		b = appendAttribute(append(b, ','), "messaging.destination.subscription.name", s.subscription)
	}
	if s.group != "" {
		b = appendAttribute(append(b, ','), "messaging.consumer.group.name", s.group)
	}
	b = appendAttribute(append(b, ','), "messaging.message.id", t.names.Source(s.event.Source)+":"+strconv.FormatInt(s.event.Number, 10))
	if kind := operationTypes[s.operation]; kind == "receive" || kind == "settle" {
		return b // the rest is at the span that it belongs to
	}
	b = appendIntAttribute(append(b, ','), "messaging.message.body.size", s.size)
	b = appendAttribute(append(b, ','), "eddy.event.type", t.names.Type(s.typ))
	if s.deadLetters != "" {
		b = appendAttribute(append(b, ','), "eddy.dead_letter.destination", s.deadLetters)
	}
	return t.appendCircumstances(b, s)
}

// appendCircumstances writes where and how often something was done, and what
// came of it.
func (t *OTLP) appendCircumstances(b []byte, s *otlpSpan) []byte {
	if s.partition >= 0 {
		b = appendAttribute(append(b, ','), "messaging.destination.partition.id", strconv.Itoa(int(s.partition)))
	}
	if s.attempt > 0 {
		b = appendIntAttribute(append(b, ','), "eddy.attempt", int64(s.attempt))
	}
	if s.instance >= 0 {
		b = appendIntAttribute(append(b, ','), "eddy.instance", int64(s.instance))
	}
	if s.outcome != "" {
		b = appendAttribute(append(b, ','), "eddy.outcome", s.outcome)
	}
	if s.problem != "" {
		b = appendAttribute(append(b, ','), "error.type", s.problem)
	}
	return b
}

// messagingSystem is the conventions' name of what the broker is like.
func messagingSystem(sc *spec.Scenario) string {
	switch sc.Broker.Like {
	case spec.RabbitMQ, spec.RabbitMQClassic:
		return "rabbitmq"
	case spec.JetStream:
		return "nats"
	case spec.Kafka:
		return "kafka"
	case spec.SQS, spec.SQSFIFO:
		return "aws_sqs"
	}
	return "eddy"
}

// spanKey tells what is under way apart: what a worker has in hand, and the
// call that it waits for.
type spanKey struct {
	component, instance, worker int32
	try                         int32 // of a call, 0: not a call
	event                       sim.EventID
}

func handlingKey(r *sim.Record) spanKey {
	return spanKey{component: r.Component, instance: r.Instance, worker: r.Worker, event: r.Event}
}

func callKey(r *sim.Record) spanKey {
	return spanKey{component: r.Component, instance: r.Instance, worker: -1, try: max(r.Attempt, 1), event: r.Event}
}

// openSpans are the spans that have not ended.
type openSpans struct {
	spans map[spanKey]otlpSpan
	// of finds those of one event that one instance handles, and those calls
	// that are made with it.
	of map[sim.EventID][]spanKey
	// latest is the handling that ended last: what it emits comes next.
	latest spanKey
	id     uint64
}

func (o *openSpans) init() {
	o.spans, o.of = map[spanKey]otlpSpan{}, map[sim.EventID][]spanKey{}
}

func (o *openSpans) add(k spanKey, s otlpSpan) {
	o.spans[k] = s
	o.of[k.event] = append(o.of[k.event], k)
}

func (o *openSpans) take(k spanKey) (otlpSpan, bool) {
	s, ok := o.spans[k]
	if !ok {
		return s, false
	}
	delete(o.spans, k)
	rest := slices.DeleteFunc(o.of[k.event], func(other spanKey) bool { return other == k })
	if len(rest) == 0 {
		delete(o.of, k.event)
	} else {
		o.of[k.event] = rest
	}
	return s, true
}

// ended remembers the handling that ended with the record.
func (o *openSpans) ended(r *sim.Record, id uint64) { o.latest, o.id = handlingKey(r), id }

// handling is the span in which the record's component has the cause of the
// record's event in hand, or the event itself if it makes a call with it; 0
// if there is none.
func (o *openSpans) handling(r *sim.Record) uint64 {
	event := r.Event
	if r.What == sim.Created {
		event = r.Cause
	}
	if l := o.latest; r.What == sim.Created && l.event == event && l.component == r.Component && l.instance == r.Instance {
		return o.id
	}
	keys := o.of[event]
	for i := len(keys) - 1; i >= 0; i-- {
		if k := keys[i]; k.try == 0 && k.component == r.Component && k.instance == r.Instance {
			return o.spans[k].id
		}
	}
	return 0
}

// callTo is the latest call that is made of a consumer with an event, 0 if
// there is none.
func (o *openSpans) callTo(event sim.EventID, consumer string) uint64 {
	keys := o.of[event]
	for i := len(keys) - 1; i >= 0; i-- {
		if k := keys[i]; k.try > 0 && slices.Contains(o.spans[k].callees, consumer) {
			return o.spans[k].id
		}
	}
	return 0
}

// keys are those of the open spans that are wanted, in an order that does not
// depend on how they are stored.
func (o *openSpans) keys(want func(spanKey) bool) []spanKey {
	var keys []spanKey
	for k := range o.spans {
		if want(k) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b spanKey) int {
		return cmp.Or(
			cmp.Compare(o.spans[a].from, o.spans[b].from), cmp.Compare(a.component, b.component),
			cmp.Compare(a.instance, b.instance), cmp.Compare(a.worker, b.worker), cmp.Compare(a.try, b.try),
			cmp.Compare(a.event.Source, b.event.Source), cmp.Compare(a.event.Number, b.event.Number),
		)
	})
	return keys
}
