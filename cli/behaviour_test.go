package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/cli"
)

// How the broker, consumers and callers behave, seen from outside: a scenario
// goes in, the lines of its trace come out. Every sequence here was recorded,
// and then checked against sim/SEMANTICS.md line by line.

// traceLine is what these tests read of a line of the trace.
type traceLine struct {
	T         float64 `json:"t"`
	Event     string  `json:"event"`
	At        string  `json:"at"`
	What      string  `json:"what"`
	Attempt   int     `json:"attempt"`
	Instance  *int    `json:"instance"`
	Partition *int    `json:"partition"`
	Why       string  `json:"why"`
}

// String is a line such as "20ms started p:2 1 @0": when, what, which event,
// the attempt, the partition that is given or taken, the instance, and why.
func (l traceLine) String() string {
	parts := []string{time.Duration(l.T*1e9 + 0.5).String(), l.What}
	if l.Event != "" {
		parts = append(parts, l.Event)
	}
	if l.Attempt > 0 {
		parts = append(parts, fmt.Sprint(l.Attempt))
	}
	if l.Partition != nil && l.Event == "" {
		parts = append(parts, fmt.Sprintf("p%d", *l.Partition))
	}
	if l.Instance != nil {
		parts = append(parts, fmt.Sprintf("@%d", *l.Instance))
	}
	if l.Why != "" {
		parts = append(parts, "("+l.Why+")")
	}
	return strings.Join(parts, " ")
}

// traced gives the lines of a scenario's trace that are of one component, "" for
// all, and say one of some things.
func traced(t *testing.T, scenario, at, what string) []string {
	t.Helper()
	var lines []string
	for _, l := range traceOf(t, scenario) {
		if (at == "" || l.At == at) && strings.Contains(" "+what+" ", " "+l.What+" ") {
			lines = append(lines, l.String())
		}
	}
	return lines
}

// traceOf runs a scenario under every check and gives its trace.
func traceOf(t *testing.T, scenario string) []traceLine {
	t.Helper()
	dir := t.TempDir()
	file, trace := filepath.Join(dir, "t.yaml"), filepath.Join(dir, "t.jsonl")
	if err := os.WriteFile(file, []byte("name: t\n"+scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := cli.Main([]string{"run", file, "--headless", "--quiet", "--verify", "--trace", trace}, strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	f, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var lines []traceLine
	for in := bufio.NewScanner(f); in.Scan(); {
		var l traceLine
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}

// follows tests that a trace reads as it should.
func follows(t *testing.T, got []string, want string) {
	t.Helper()
	wanted := strings.Split(strings.TrimSpace(want), "\n")
	for i := range wanted {
		wanted[i] = strings.TrimSpace(wanted[i])
	}
	if strings.Join(got, "\n") != strings.Join(wanted, "\n") {
		t.Errorf("got\n\t%s\nwanted\n\t%s", strings.Join(got, "\n\t"), strings.Join(wanted, "\n\t"))
	}
}

// behaviour is a scenario, what of its trace is looked at, and what that is.
type behaviour struct{ name, at, what, scenario, want string }

// The broker's queues, their limits and clocks, and the profiles.
func TestBroker(t *testing.T) {
	for _, c := range []behaviour{
		{
			// Back to its place: before the third.
			name: "requeue original", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {channels: {q: {requeue: original}}}
consumers:
  c:
    from: q
    retry: {backoff: constant(0)}
    handle: [{work: 10ms}, {fail: {events: [2]}}]
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				21ms started p:2 2 @0
				31ms done p:2 2 @0
				31ms started p:3 1 @0
				41ms done p:3 1 @0`,
		},
		{
			// Before all others.
			name: "requeue front", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {channels: {q: {requeue: front}}}
consumers:
  c:
    from: q
    retry: {backoff: constant(0)}
    handle: [{work: 10ms}, {fail: {events: [2]}}]
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				21ms started p:2 2 @0
				31ms done p:2 2 @0
				31ms started p:3 1 @0
				41ms done p:3 1 @0`,
		},
		{
			// Behind all others.
			name: "requeue back", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {channels: {q: {requeue: back}}}
consumers:
  c:
    from: q
    retry: {backoff: constant(0)}
    handle: [{work: 10ms}, {fail: {events: [2]}}]
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				21ms started p:3 1 @0
				31ms done p:3 1 @0
				31ms started p:2 2 @0
				41ms done p:2 2 @0`,
		},
		{
			// The first instance held 1 and 3, the second 2 and 4.
			name: "two instances return, original", at: "", what: "leased returned",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 6}}
broker: {channels: {q: {requeue: original}}}
consumers: {c: {from: q, instances: 2, prefetch: 2, work: 10ms}}
timeline: [{at: 7ms, crash: c, restart: 50ms}, {at: 8ms, crash: c, restart: 50ms}]
`,
			want: `
				1ms leased p:1 1 @0
				2ms leased p:2 1 @1
				3ms leased p:3 1 @0
				4ms leased p:4 1 @1
				7ms returned p:1 1 (crash)
				7ms returned p:3 1 (crash)
				8ms returned p:2 1 (crash)
				8ms returned p:4 1 (crash)
				57ms leased p:1 2 @0
				57ms leased p:2 2 @0
				58ms leased p:3 2 @1
				58ms leased p:4 2 @1
				67ms leased p:5 1 @0
				68ms leased p:6 1 @1`,
		},
		{
			// Those returned first come first.
			name: "two instances return, front", at: "", what: "leased returned",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 6}}
broker: {channels: {q: {requeue: front}}}
consumers: {c: {from: q, instances: 2, prefetch: 2, work: 10ms}}
timeline: [{at: 7ms, crash: c, restart: 50ms}, {at: 8ms, crash: c, restart: 50ms}]
`,
			want: `
				1ms leased p:1 1 @0
				2ms leased p:2 1 @1
				3ms leased p:3 1 @0
				4ms leased p:4 1 @1
				7ms returned p:1 1 (crash)
				7ms returned p:3 1 (crash)
				8ms returned p:2 1 (crash)
				8ms returned p:4 1 (crash)
				57ms leased p:1 2 @0
				57ms leased p:3 2 @0
				58ms leased p:2 2 @1
				58ms leased p:4 2 @1
				67ms leased p:5 1 @0
				68ms leased p:6 1 @1`,
		},
		{
			name: "two instances return, back", at: "", what: "leased returned",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 6}}
broker: {channels: {q: {requeue: back}}}
consumers: {c: {from: q, instances: 2, prefetch: 2, work: 10ms}}
timeline: [{at: 7ms, crash: c, restart: 50ms}, {at: 8ms, crash: c, restart: 50ms}]
`,
			want: `
				1ms leased p:1 1 @0
				2ms leased p:2 1 @1
				3ms leased p:3 1 @0
				4ms leased p:4 1 @1
				7ms returned p:1 1 (crash)
				7ms returned p:3 1 (crash)
				8ms returned p:2 1 (crash)
				8ms returned p:4 1 (crash)
				57ms leased p:5 1 @0
				57ms leased p:6 1 @0
				58ms leased p:1 2 @1
				58ms leased p:3 2 @1
				67ms leased p:2 2 @0
				68ms leased p:4 2 @1`,
		},
		{
			// Unlimited prefetch: the third is with the worker already, out of the queue's reach.
			name: "rabbitmq holds the third", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {like: rabbitmq, channels: {q: {}}}
consumers:
  c:
    from: q
    handle: [{work: 10ms}, {fail: {events: [2]}}]
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				21ms started p:3 1 @0
				31ms done p:3 1 @0
				31ms started p:2 2 @0
				41ms done p:2 2 @0`,
		},
		{
			// A quorum queue returns to the front.
			name: "rabbitmq, one at a time", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {like: rabbitmq, channels: {q: {}}}
consumers:
  c:
    from: q
    prefetch: 1
    handle: [{work: 10ms}, {fail: {events: [2]}}]
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				21ms started p:2 2 @0
				31ms done p:2 2 @0
				31ms started p:3 1 @0
				41ms done p:3 1 @0`,
		},
		{
			// A classic queue returns to the place.
			name: "rabbitmq-classic, one at a time", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {like: rabbitmq-classic, channels: {q: {}}}
consumers:
  c:
    from: q
    prefetch: 1
    handle: [{work: 10ms}, {fail: {events: [2]}}]
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				21ms started p:2 2 @0
				31ms done p:2 2 @0
				31ms started p:3 1 @0
				41ms done p:3 1 @0`,
		},
		{
			// A failure is not told: the message is visible again when its timeout, which runs from the receiving, is over.
			name: "sqs", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {like: sqs, channels: {q: {ack_timeout: 100ms}}}
consumers:
  c:
    from: q
    handle: [{work: 10ms}, {fail: {events: [2]}}]
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				21ms started p:3 1 @0
				31ms done p:3 1 @0
				102ms started p:2 2 @0
				112ms done p:2 2 @0`,
		},
		{
			name: "sqs, one at a time", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {like: sqs, channels: {q: {ack_timeout: 100ms}}}
consumers:
  c:
    from: q
    prefetch: 1
    handle: [{work: 10ms}, {fail: {events: [2]}}]
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				21ms started p:3 1 @0
				31ms done p:3 1 @0
				111ms started p:2 2 @0
				121ms done p:2 2 @0`,
		},
		{
			// What waits out a delay counts as pending: with one slot nothing else is sent.
			name: "jetstream", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {like: jetstream, channels: {q: {}}}
consumers:
  c:
    from: q
    prefetch: 1
    retry: {attempts: 3, backoff: constant(50ms)}
    handle: [{work: 10ms}, {fail: {events: [2]}}]
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				71ms started p:2 2 @0
				81ms done p:2 2 @0
				81ms started p:3 1 @0
				91ms done p:3 1 @0`,
		},
		{
			name: "jetstream without holding the slot", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {like: jetstream, channels: {q: {delayed_holds_slot: false}}}
consumers:
  c:
    from: q
    prefetch: 1
    retry: {attempts: 3, backoff: constant(50ms)}
    handle: [{work: 10ms}, {fail: {events: [2]}}]
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				21ms started p:3 1 @0
				31ms done p:3 1 @0
				71ms started p:2 2 @0
				81ms done p:2 2 @0`,
		},
		{
			// max_deliveries counts the first.
			name: "three deliveries", at: "", what: "started failed dead_lettered",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 1}}
broker: {channels: {q: {max_deliveries: 3, dead_letter: d}, d: {}}}
consumers: {c: {from: q, fail: 100%, retry: {attempts: 9, backoff: constant(10ms)}}}
`,
			want: `
				1ms started p:1 1 @0
				1ms failed p:1 1 @0 (failure)
				11ms started p:1 2 @0
				11ms failed p:1 2 @0 (failure)
				21ms started p:1 3 @0
				21ms failed p:1 3 @0 (failure)
				21ms dead_lettered p:1 3 (attempts)`,
		},
		{
			// The smaller limit holds.
			name: "three attempts", at: "", what: "started failed dead_lettered",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 1}}
broker: {channels: {q: {max_deliveries: 9, dead_letter: d}, d: {}}}
consumers: {c: {from: q, fail: 100%, retry: {attempts: 3, backoff: constant(10ms)}}}
`,
			want: `
				1ms started p:1 1 @0
				1ms failed p:1 1 @0 (failure)
				11ms started p:1 2 @0
				11ms failed p:1 2 @0 (failure)
				21ms started p:1 3 @0
				21ms failed p:1 3 @0 (failure)
				21ms dead_lettered p:1 3 (attempts)`,
		},
		{
			// It waits as if it lived, and goes when it is the head.
			name: "expired behind a live head", at: "", what: "started expired done",
			scenario: `
duration: 1s
events: {a: {ttl: 100ms}, b: {ttl: 5ms}}
producers: {p: {emits: a, to: q, rate: every(1ms), count: 2}, r: {emits: b, to: q, rate: every(1ms), count: 1, starts: 1ms}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 20ms}}
`,
			want: `
				1ms started p:1 1 @0
				21ms done p:1 1 @0
				21ms started p:2 1 @0
				21ms expired r:1 (ttl)
				41ms done p:2 1 @0`,
		},
		{
			// What waits at the instance runs out before it is begun; the second effect is a duplicate.
			name: "clock from the lease", at: "", what: "leased started timed_out done duplicate",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 2}}
broker: {channels: {q: {ack_timeout: 15ms, ack_clock: lease}}}
consumers: {c: {from: q, prefetch: 2, work: 10ms, retry: {attempts: 9}}}
`,
			want: `
				1ms leased p:1 1 @0
				1ms started p:1 1 @0
				2ms leased p:2 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				17ms timed_out p:2 1 @0 (lease)
				17ms leased p:2 2 @0
				21ms done p:2 1 @0
				21ms started p:2 2 @0
				31ms duplicate p:2 2 @0`,
		},
		{
			name: "clock from the start", at: "", what: "leased started timed_out done duplicate",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 2}}
broker: {channels: {q: {ack_timeout: 15ms, ack_clock: start}}}
consumers: {c: {from: q, prefetch: 2, work: 10ms}}
`,
			want: `
				1ms leased p:1 1 @0
				1ms started p:1 1 @0
				2ms leased p:2 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms done p:2 1 @0`,
		},
		{
			// One of a key at a time, however many are free.
			name: "sqs-fifo", at: "consumers.c", what: "started done",
			scenario: `
duration: 1s
events: {e: {key: {count: 1}}}
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {like: sqs-fifo, channels: {q: {}}}
consumers: {c: {from: q, instances: 3, work: 10ms}}
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @1
				21ms done p:2 1 @1
				21ms started p:3 1 @2
				31ms done p:3 1 @2`,
		},
		{
			// The other copy is stored all the same, so the retry duplicates it.
			name: "a rejected copy in a fan-out", at: "", what: "published rejected enqueued confirmed done duplicate",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: x, rate: every(1ms), count: 2, retry: {attempts: 2, backoff: constant(30ms)}}}
broker: {channels: {x: {type: topic}, full: {from: x, capacity: 0}}}
consumers: {fast: {from: x}, slow: {from: full, work: 20ms}}
`,
			want: `
				1ms published p:1 1 @0
				1ms enqueued p:1
				1ms enqueued p:1
				1ms confirmed p:1 1 @0
				1ms done p:1 1 @0
				2ms published p:2 1 @0
				2ms enqueued p:2
				2ms rejected p:2 (full)
				2ms done p:2 1 @0
				21ms done p:1 1 @0
				32ms published p:2 2 @0 (retry)
				32ms enqueued p:2
				32ms enqueued p:2
				32ms confirmed p:2 2 @0
				32ms duplicate p:2 1 @0
				52ms done p:2 1 @0`,
		},
		{
			// A failure loses it, and nobody tries again.
			name: "ack before work", at: "", what: "started failed lost done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 4}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, ack: before, handle: [{work: 10ms}, {fail: {events: [2]}}]}}
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				21ms lost p:2 1 @0 (acked_before)
				21ms started p:3 1 @0
				31ms done p:3 1 @0
				31ms started p:4 1 @0
				41ms done p:4 1 @0`,
		},
		{
			// `#` is no word or more, `>` one or more at the end; each match is a copy; what none matches goes elsewhere.
			name: "bus", at: "", what: "enqueued unrouted",
			scenario: `
duration: 1s
events: {order.a: {fields: {n: 5}}, order: {}, x.order.b: {}}
producers:
  p: {emits: order.a, to: bus, rate: every(10ms), count: 1}
  r: {emits: order, to: bus, rate: every(20ms), count: 1}
  s: {emits: x.order.b, to: bus, rate: every(30ms), count: 1}
broker: {channels: {bus: {type: bus, rules: {one: {where: {type: 'order.#'}, to: a}, two: {where: {type: 'order.>'}, to: [a, b]}, three: {where: {n: '5..6'}, to: b}}, otherwise: o}, a: {}, b: {}, o: {}}}
consumers: {c: {from: [a, b, o]}}
`,
			want: `
				10ms enqueued p:1
				10ms enqueued p:1
				10ms enqueued p:1
				10ms enqueued p:1
				20ms enqueued r:1
				30ms enqueued s:1`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
