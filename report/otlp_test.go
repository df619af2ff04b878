package report

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"eddy/sim"
	"eddy/sim/spec"
)

func writeOTLP(t testing.TB, sc *spec.Scenario, share float64) ([]byte, counting) {
	t.Helper()
	var b bytes.Buffer
	var n counting
	var out *OTLP
	simulated(t, sc, func(names *sim.Names) []sim.Observer {
		out = NewOTLP(&b, names, Origin{Scenario: sc, Version: "test", Share: share})
		return []sim.Observer{out, &n}
	})
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), n
}

// readOTLP reads a document by the protocol's own definitions, which know
// every field there may be. The protocol writes the names of traces and spans
// in hexadecimal, unlike the encoding of protocol buffers otherwise.
func readOTLP(t testing.TB, text []byte) *tracepb.TracesData {
	t.Helper()
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	var fix func(any)
	fix = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				fix(e)
			}
		case map[string]any:
			for k, e := range v {
				if k == "traceId" || k == "spanId" || k == "parentSpanId" {
					id, err := hex.DecodeString(e.(string))
					if err != nil {
						t.Fatal(err)
					}
					v[k] = base64.StdEncoding.EncodeToString(id)
				}
				fix(e)
			}
		}
	}
	fix(tree)
	fixed, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	var data tracepb.TracesData
	if err := protojson.Unmarshal(fixed, &data); err != nil {
		t.Fatal(err)
	}
	return &data
}

type readSpan struct {
	*tracepb.Span
	service string
}

func (s readSpan) attribute(key string) string {
	for _, a := range s.Attributes {
		if a.Key == key {
			return a.Value.GetStringValue()
		}
	}
	return ""
}

// operation is what a span is about: the first word of its name.
func (s readSpan) operation() string {
	operation, _, _ := strings.Cut(s.Name, " ")
	return operation
}

// checkConventions checks a span against the conventions for messaging, or for
// calls: its kind, and the attributes that there must be.
func checkConventions(t *testing.T, s readSpan) {
	t.Helper()
	kinds := map[string]struct {
		kind tracepb.Span_SpanKind
		typ  string
	}{
		"create": {tracepb.Span_SPAN_KIND_PRODUCER, "create"}, "send": {tracepb.Span_SPAN_KIND_CLIENT, "send"},
		"receive": {tracepb.Span_SPAN_KIND_CLIENT, "receive"}, "process": {tracepb.Span_SPAN_KIND_CONSUMER, "process"},
		"ack": {tracepb.Span_SPAN_KIND_CLIENT, "settle"}, "nack": {tracepb.Span_SPAN_KIND_CLIENT, "settle"},
		"call": {kind: tracepb.Span_SPAN_KIND_CLIENT}, "serve": {kind: tracepb.Span_SPAN_KIND_SERVER},
	}
	operation := s.operation()
	want, known := kinds[operation]
	if !known {
		want.kind = tracepb.Span_SPAN_KIND_INTERNAL
	}
	if s.Kind != want.kind || s.attribute("messaging.operation.type") != want.typ {
		t.Errorf("%s is of kind %v and type %q", s.Name, s.Kind, s.attribute("messaging.operation.type"))
	}
	var needed []string
	switch {
	case operation == "call" || operation == "serve":
		needed = []string{"rpc.system", "rpc.service", "rpc.method"}
	case s.attribute("eddy.action") == "":
		needed = []string{"messaging.system", "messaging.operation.name", "messaging.message.id"}
	}
	for _, key := range needed {
		if s.attribute(key) == "" {
			t.Errorf("%s has no %s", s.Name, key)
		}
	}
	seen := map[string]bool{}
	for _, a := range s.Attributes {
		if seen[a.Key] {
			t.Errorf("%s has %s twice", s.Name, a.Key)
		}
		seen[a.Key] = true
	}
	for _, e := range s.Events {
		if e.TimeUnixNano < s.StartTimeUnixNano || e.TimeUnixNano > s.EndTimeUnixNano || e.Name == "" {
			t.Errorf("%s at %d in %s from %d to %d", e.Name, e.TimeUnixNano, s.Name, s.StartTimeUnixNano, s.EndTimeUnixNano)
		}
	}
}

func spansOf(data *tracepb.TracesData) []readSpan {
	var all []readSpan
	for _, r := range data.ResourceSpans {
		service := r.Resource.Attributes[0].Value.GetStringValue()
		for _, s := range r.ScopeSpans {
			for _, span := range s.Spans {
				all = append(all, readSpan{span, service})
			}
		}
	}
	return all
}

// eventfulSpans are the spans of the eventful scenario, which take a second to read.
func eventfulSpans(t *testing.T) ([]readSpan, counting) {
	t.Helper()
	eventfulOnce.Do(func() {
		text, n := writeOTLP(t, load(t, eventful), 1)
		eventfulRead, eventfulCount = spansOf(readOTLP(t, text)), n
	})
	return eventfulRead, eventfulCount
}

var (
	eventfulOnce  sync.Once
	eventfulRead  []readSpan
	eventfulCount counting
)

func TestOTLPIsValid(t *testing.T) {
	all, n := eventfulSpans(t)
	byID := map[string]readSpan{}
	for _, s := range all {
		if len(s.TraceId) != 16 || len(s.SpanId) != 8 {
			t.Fatalf("the names have %d and %d bytes", len(s.TraceId), len(s.SpanId))
		}
		if _, twice := byID[string(s.SpanId)]; twice {
			t.Fatalf("two spans are %x: %s", s.SpanId, s.Name)
		}
		byID[string(s.SpanId)] = s
	}
	operations, from := map[string]int{}, map[string]int{}
	for _, s := range all {
		operation := s.operation()
		operations[operation]++
		if s.EndTimeUnixNano < s.StartTimeUnixNano || s.EndTimeUnixNano > 20e9 {
			t.Errorf("%s from %d to %d", s.Name, s.StartTimeUnixNano, s.EndTimeUnixNano)
		}
		checkConventions(t, s)
		checkParent(t, s, byID)
		if operation == "process" {
			from[s.service+" from "+s.attribute("messaging.destination.name")]++
		}
		if operation == "process" && (len(s.Links) != 1 || byID[string(s.Links[0].SpanId)].operation() != "create" ||
			byID[string(s.Links[0].SpanId)].attribute("messaging.message.id") != s.attribute("messaging.message.id")) {
			t.Fatalf("%s is not linked to the creation of its event", s.Name)
		}
	}
	// One consumer reads two channels, one of which it shares with another.
	for _, want := range []string{"audit from orders", "audit from paid", "mail from paid", "payment from payments"} {
		if from[want] == 0 {
			t.Errorf("no %s in %v", want, from)
		}
	}
	for way := range from {
		if strings.HasSuffix(way, " from ") {
			t.Errorf("%d: %snowhere", from[way], way)
		}
	}
	for operation, want := range map[string]int{
		"create": n[sim.Created], "process": n[sim.Started] - operations["serve"], "call": n[sim.Called],
		"dropped": n[sim.Dropped], "expired": n[sim.Expired], "unsent": n[sim.Unsent], "dead_lettered": n[sim.DeadLettered],
	} {
		if operations[operation] != want || want == 0 {
			t.Errorf("%d spans %s, want %d", operations[operation], operation, want)
		}
	}
	if operations["send"] < n[sim.Confirmed] || operations["serve"] == 0 {
		t.Errorf("%v", operations)
	}
}

// checkParent checks that a span hangs on one of its trace that began before.
func checkParent(t *testing.T, s readSpan, byID map[string]readSpan) {
	t.Helper()
	if len(s.ParentSpanId) == 0 {
		if s.Kind != tracepb.Span_SPAN_KIND_PRODUCER && s.operation() != "run" {
			t.Errorf("%s has no parent", s.Name)
		}
		return
	}
	parent, ok := byID[string(s.ParentSpanId)]
	if !ok {
		t.Fatalf("the parent of %s is not there", s.Name)
	}
	if !bytes.Equal(parent.TraceId, s.TraceId) {
		t.Errorf("%s is in another trace than its parent %s", s.Name, parent.Name)
	}
	if parent.StartTimeUnixNano > s.StartTimeUnixNano {
		t.Errorf("%s began before its parent %s", s.Name, parent.Name)
	}
	switch s.operation() {
	case "ack", "nack":
		if parent.operation() != "process" || s.operation() == "nack" && parent.attribute("error.type") == "" {
			t.Errorf("%s hangs on %s", s.Name, parent.Name)
		}
	case "create":
		if parent.service != s.service {
			t.Errorf("%s of %s hangs on %s of %s", s.Name, s.service, parent.Name, parent.service)
		}
	case "serve":
		if parent.Kind != tracepb.Span_SPAN_KIND_CLIENT && parent.Kind != tracepb.Span_SPAN_KIND_PRODUCER {
			t.Errorf("%s hangs on %s", s.Name, parent.Name)
		}
	}
}

// What a crash cuts short, what times out and what goes on to the end of the
// run is all there, and its end is told.
func TestOTLPEndsEverything(t *testing.T) {
	all, n := eventfulSpans(t)
	problems := map[string]int{}
	for _, s := range all {
		if s.Status.GetCode() == tracepb.Status_STATUS_CODE_ERROR {
			problems[s.Status.Message]++
			if s.attribute("error.type") != s.Status.Message {
				t.Errorf("the error of %s is %q and %q", s.Name, s.attribute("error.type"), s.Status.Message)
			}
		}
	}
	for _, why := range []string{"crash", "failure", "timed_out", "ttl", "full", "loses"} {
		if problems[why] == 0 {
			t.Errorf("no %s in %v", why, problems)
		}
	}
	if n[sim.Crashed] == 0 {
		t.Error("nothing crashed")
	}
}

func TestOTLPIsTheSameEachTime(t *testing.T) {
	once, _ := writeOTLP(t, load(t, eventful), 1)
	for range 3 { // the order of a map is another each time
		if again, _ := writeOTLP(t, load(t, eventful), 1); !bytes.Equal(once, again) {
			t.Fatal("the same run is other bytes")
		}
	}
	some, _ := writeOTLP(t, load(t, eventful), 0.1)
	if len(some) > len(once)/3 {
		t.Errorf("%d of %d bytes at 10 %%", len(some), len(once))
	}
	all, _ := eventfulSpans(t)
	known := map[string]bool{}
	for _, s := range all {
		known[string(s.SpanId)] = true
	}
	for _, s := range spansOf(readOTLP(t, some)) {
		if !known[string(s.SpanId)] {
			t.Fatalf("%s is in the sample alone", s.Name)
		}
	}
}

// Of what is over nothing is remembered, so that memory does not grow with
// the length of a run.
func TestOTLPForgets(t *testing.T) {
	sc := load(t, eventful)
	var out *OTLP
	var n counting
	simulated(t, sc, func(names *sim.Names) []sim.Observer {
		out = NewOTLP(io.Discard, names, Origin{Scenario: sc, Share: 1})
		return []sim.Observer{out, &n}
	})
	if under, all := len(out.leases)+len(out.open.spans)+len(out.open.of), n[sim.Leased]; all < 1000 || under > 40 {
		t.Errorf("%d things are remembered after %d leases", under, all)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if left := len(out.open.spans) + len(out.open.of); left > 0 {
		t.Errorf("%d spans are still open", left)
	}
}

func TestOTLPOfNothing(t *testing.T) {
	var b bytes.Buffer
	out := NewOTLP(&b, tableOfNames{}, Origin{Scenario: &spec.Scenario{}, Share: 1})
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if got := readOTLP(t, b.Bytes()); len(got.ResourceSpans) != 0 {
		t.Errorf("%v", got)
	}
}

func TestOTLPOfHostileNames(t *testing.T) {
	var b bytes.Buffer
	out := NewOTLP(&b, hostileNames{}, Origin{Scenario: &spec.Scenario{Name: "\x1b[2J\u202e\""}, Share: 1})
	out.Observe(&sim.Record{What: sim.Created, Event: sim.EventID{Source: 0, Number: 1}, Root: sim.EventID{Source: 0, Number: 1}, Cause: nobody})
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	readOTLP(t, b.Bytes())
	var text any
	if err := json.Unmarshal(b.Bytes(), &text); err != nil {
		t.Fatal(err)
	}
	for _, r := range fmt.Sprint(text) {
		if isUnsafe(r) {
			t.Errorf("%U in %s", r, &b)
		}
	}
}

func BenchmarkOTLP(b *testing.B) {
	sc := load(b, eventful)
	for b.Loop() {
		writeOTLP(b, sc, 1)
	}
}
