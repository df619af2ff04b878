package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eddy/cli"
)

// What is done to a running system, and synchronous calls.
func TestFaultsAndCalls(t *testing.T) {
	for _, c := range []behaviour{
		{
			// 2 and 3 are 6; what has begun keeps its pace.
			name: "slow multiplies", at: "consumers.c", what: "started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 4}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, instances: 9, work: 10ms}}
timeline:
  - {at: 15ms, slow: c, times: 2, for: 20ms}
  - {at: 25ms, slow: c, times: 3, for: 20ms}
`,
			want: `
				10ms started p:1 1 @0
				20ms done p:1 1 @0
				20ms started p:2 1 @1
				30ms started p:3 1 @2
				40ms done p:2 1 @1
				40ms started p:4 1 @3
				70ms done p:4 1 @3
				90ms done p:3 1 @2`,
		},
		{
			name: "surge multiplies", at: "producers.p", what: "created",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(20ms), count: 9}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline:
  - {at: 20ms, surge: p, times: 2, for: 40ms}
  - {at: 40ms, surge: p, times: 2, for: 20ms}
`,
			want: `
				20ms created p:1 @0
				30ms created p:2 @0
				40ms created p:3 @0
				45ms created p:4 @0
				50ms created p:5 @0
				55ms created p:6 @0
				60ms created p:7 @0
				80ms created p:8 @0
				100ms created p:9 @0`,
		},
		{
			// The queue's until 35 ms, the broker's until 45 ms; a producer without a timeout is told of the broken connection.
			name: "outages nest", at: "", what: "published confirmed rejected done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 6}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline:
  - {at: 15ms, outage: q, for: 20ms}
  - {at: 25ms, outage: broker, for: 20ms}
`,
			want: `
				10ms published p:1 1 @0
				10ms confirmed p:1 1 @0
				10ms done p:1 1 @0
				20ms published p:2 1 @0
				20ms rejected p:2 1 @0 (outage)
				30ms published p:3 1 @0
				30ms rejected p:3 1 @0 (outage)
				40ms published p:4 1 @0
				40ms rejected p:4 1 @0 (outage)
				50ms published p:5 1 @0
				50ms confirmed p:5 1 @0
				50ms done p:5 1 @0
				60ms published p:6 1 @0
				60ms confirmed p:6 1 @0
				60ms done p:6 1 @0`,
		},
		{
			name: "outage found by timeout", at: "", what: "published confirmed rejected done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3, timeout: 5ms, retry: {attempts: 3, backoff: constant(5ms)}}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline:
  - {at: 15ms, outage: broker, for: 22ms}
`,
			want: `
				10ms published p:1 1 @0
				10ms confirmed p:1 1 @0
				10ms done p:1 1 @0
				20ms published p:2 1 @0
				30ms published p:2 2 @0 (retry)
				30ms published p:3 1 @0
				40ms published p:2 3 @0 (retry)
				40ms confirmed p:2 3 @0
				40ms published p:3 2 @0 (retry)
				40ms confirmed p:3 2 @0
				40ms done p:2 1 @0
				40ms done p:3 1 @0`,
		},
		{
			// Answers are heard, nothing is sent.
			name: "outage keeps from sending", at: "", what: "enqueued leased done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 2}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 15ms}}
timeline: [{at: 21ms, outage: broker, for: 29ms}]
`,
			want: `
				10ms enqueued p:1
				10ms leased p:1 1 @0
				20ms enqueued p:2
				25ms done p:1 1 @0
				50ms leased p:2 1 @0
				65ms done p:2 1 @0`,
		},
		{
			// What was sent is held, and arrives in order when it heals.
			name: "cut", at: "", what: "published enqueued confirmed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3}}
broker: {latency: 1ms, channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 15ms, cut: [p, broker], for: 20ms}]
`,
			want: `
				10ms published p:1 1 @0
				11ms enqueued p:1
				12ms confirmed p:1 1 @0
				12ms done p:1 1 @0
				20ms published p:2 1 @0
				30ms published p:3 1 @0
				36ms enqueued p:2
				36ms enqueued p:3
				37ms confirmed p:2 1 @0
				37ms confirmed p:3 1 @0
				37ms done p:2 1 @0
				39ms done p:3 1 @0`,
		},
		{
			// Both tries arrive.
			name: "cut and retry", at: "", what: "published enqueued confirmed done duplicate",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 1, timeout: 10ms, retry: {attempts: 3, backoff: constant(0)}}}
broker: {latency: 1ms, channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 5ms, cut: [p, broker], for: 20ms}]
`,
			want: `
				10ms published p:1 1 @0
				20ms published p:1 2 @0 (retry)
				26ms enqueued p:1
				26ms enqueued p:1
				27ms confirmed p:1 1 @0
				27ms done p:1 1 @0
				29ms duplicate p:1 1 @0`,
		},
		{
			name: "pauses nest", at: "consumers.c", what: "started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 4}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 1ms}}
timeline:
  - {at: 15ms, pause: c, for: 10ms}
  - {at: 20ms, pause: c, for: 15ms}
`,
			want: `
				10ms started p:1 1 @0
				11ms done p:1 1 @0
				35ms started p:2 1 @0
				36ms done p:2 1 @0
				36ms started p:3 1 @0
				37ms done p:3 1 @0
				40ms started p:4 1 @0
				41ms done p:4 1 @0`,
		},
		{
			// It counts at the end of an attempt; a fault that ends at that instant has ended before.
			name: "fail", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 5ms, retry: {attempts: 3, backoff: constant(20ms)}}}
timeline: [{at: 15ms, fail: c, for: 10ms}]
`,
			want: `
				10ms started p:1 1 @0
				15ms failed p:1 1 @0 (failure)
				20ms started p:2 1 @0
				25ms done p:2 1 @0
				30ms started p:3 1 @0
				35ms done p:3 1 @0
				35ms started p:1 2 @0
				40ms done p:1 2 @0`,
		},
		{
			// New instances need their start_time; those that leave finish what they have begun.
			name: "scale up and down", at: "consumers.c", what: "scaled joined left started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 6}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 25ms, start_time: 5ms}}
timeline: [{at: 25ms, scale: c, to: 3, for: 20ms}]
`,
			want: `
				5ms joined @0
				10ms started p:1 1 @0
				25ms scaled 3
				30ms joined @1
				30ms joined @2
				30ms started p:2 1 @1
				30ms started p:3 1 @2
				35ms done p:1 1 @0
				40ms started p:4 1 @0
				45ms scaled 1
				45ms left @2 (stop)
				45ms left @1 (stop)
				55ms done p:2 1 @1
				55ms done p:3 1 @2
				65ms done p:4 1 @0
				65ms started p:5 1 @0
				90ms done p:5 1 @0
				90ms started p:6 1 @0
				115ms done p:6 1 @0`,
		},
		{
			// What is held is returned at once.
			name: "stop and start", at: "", what: "left joined returned started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 6}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, prefetch: 3, work: 15ms}}
timeline: [{at: 25ms, stop: c, for: 20ms}]
`,
			want: `
				0s joined @0
				10ms started p:1 1 @0
				25ms returned p:2 1 (stop)
				25ms left @0 (stop)
				25ms done p:1 1 @0
				45ms joined @0
				45ms started p:2 1 @0
				60ms done p:2 1 @0
				60ms started p:3 1 @0
				75ms done p:3 1 @0
				75ms started p:4 1 @0
				90ms done p:4 1 @0
				90ms started p:5 1 @0
				105ms done p:5 1 @0
				105ms started p:6 1 @0
				120ms done p:6 1 @0`,
		},
		{
			// What is leased stays.
			name: "purge", at: "", what: "started dropped done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 5}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 100ms}}
timeline: [{at: 35ms, purge: q}]
`,
			want: `
				10ms started p:1 1 @0
				35ms dropped p:2 (purge)
				35ms dropped p:3 (purge)
				110ms done p:1 1 @0
				110ms started p:4 1 @0
				210ms done p:4 1 @0
				210ms started p:5 1 @0
				310ms done p:5 1 @0`,
		},
		{
			name: "emit", at: "", what: "created done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 1}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 25ms, emit: e, to: q, count: 2}]
`,
			want: `
				10ms created p:1 @0
				10ms done p:1 1 @0
				25ms created run:1
				25ms created run:2
				25ms done run:1 1 @0
				25ms done run:2 1 @0`,
		},
		{
			name: "duplicate", at: "", what: "enqueued done duplicate",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 15ms, duplicate: q, for: 10ms}]
`,
			want: `
				10ms enqueued p:1
				10ms done p:1 1 @0
				20ms enqueued p:2
				20ms enqueued p:2
				20ms done p:2 1 @0
				20ms duplicate p:2 1 @0
				30ms enqueued p:3
				30ms done p:3 1 @0`,
		},
		{
			// A lost delivery is leased until the lease runs out.
			name: "drop", at: "", what: "leased started timed_out done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3}}
broker: {channels: {q: {ack_timeout: 30ms, ack_clock: lease}}}
consumers: {c: {from: q}}
timeline: [{at: 15ms, drop: [c, broker], for: 10ms}]
`,
			want: `
				10ms leased p:1 1 @0
				10ms started p:1 1 @0
				10ms done p:1 1 @0
				20ms leased p:2 1 @0
				50ms timed_out p:2 1 @0 (lease)
				50ms leased p:2 2 @0
				50ms started p:2 1 @0
				50ms done p:2 1 @0
				50ms leased p:3 1 @0
				50ms started p:3 1 @0
				50ms done p:3 1 @0`,
		},
		{
			name: "delay", at: "", what: "leased started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 15ms, delay: [c, broker], by: 7ms, for: 10ms}]
`,
			want: `
				10ms leased p:1 1 @0
				10ms started p:1 1 @0
				10ms done p:1 1 @0
				20ms leased p:2 1 @0
				27ms started p:2 1 @0
				27ms done p:2 1 @0
				30ms leased p:3 1 @0
				30ms started p:3 1 @0
				30ms done p:3 1 @0`,
		},
		{
			// Leases return at once, to their places; what was begun counts as an attempt.
			name: "crash", at: "", what: "leased crashed returned joined started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 4}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, instances: 2, prefetch: 2, work: 10ms}}
timeline: [{at: 5ms, crash: c, restart: 50ms}]
`,
			want: `
				0s joined @0
				0s joined @1
				1ms leased p:1 1 @0
				1ms started p:1 1 @0
				2ms leased p:2 1 @1
				2ms started p:2 1 @1
				3ms leased p:3 1 @0
				4ms leased p:4 1 @1
				5ms crashed @0
				5ms returned p:1 1 (crash)
				5ms returned p:3 1 (crash)
				12ms done p:2 1 @1
				12ms started p:4 1 @1
				12ms leased p:1 2 @1
				22ms done p:4 1 @1
				22ms started p:1 2 @1
				22ms leased p:3 2 @1
				32ms done p:1 2 @1
				32ms started p:3 1 @1
				42ms done p:3 1 @1
				55ms joined @0`,
		},
		{
			// Leases return when they run out.
			name: "crash on sqs", at: "", what: "leased crashed returned timed_out joined started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 4}}
broker: {like: sqs, channels: {q: {ack_timeout: 30ms}}}
consumers: {c: {from: q, instances: 2, prefetch: 2, work: 10ms}}
timeline: [{at: 5ms, crash: c, restart: 50ms}]
`,
			want: `
				0s joined @0
				0s joined @1
				1ms leased p:1 1 @0
				1ms started p:1 1 @0
				2ms leased p:2 1 @1
				2ms started p:2 1 @1
				3ms leased p:3 1 @0
				4ms leased p:4 1 @1
				5ms crashed @0
				12ms done p:2 1 @1
				12ms started p:4 1 @1
				22ms done p:4 1 @1
				31ms timed_out p:1 1 @0 (lease)
				31ms returned p:1 1 (lease)
				31ms leased p:1 2 @1
				31ms started p:1 2 @1
				33ms timed_out p:3 1 @0 (lease)
				33ms returned p:3 1 (lease)
				33ms leased p:3 2 @1
				41ms done p:1 2 @1
				41ms started p:3 1 @1
				51ms done p:3 1 @1
				55ms joined @0`,
		},
		{
			// What was begun is lost, what was not returns.
			name: "crash after the ack", at: "", what: "crashed returned lost started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 4}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, ack: before, prefetch: 2, work: 10ms}}
timeline: [{at: 5ms, crash: c, restart: 50ms}]
`,
			want: `
				1ms started p:1 1 @0
				5ms crashed @0
				5ms lost p:1 1 @0 (crash)
				5ms returned p:2 1 (crash)
				5ms returned p:3 1 (crash)
				55ms started p:2 1 @0
				65ms done p:2 1 @0
				65ms started p:3 1 @0
				75ms done p:3 1 @0
				75ms started p:4 1 @0
				85ms done p:4 1 @0`,
		},
		{
			// One call may wait, the next are refused.
			name: "backlog", at: "", what: "called refused answered rejected started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, call: c, rate: every(10ms), count: 4}}
broker: {channels: {q: {}}}
consumers:
  c: {backlog: 1, work: 35ms}
`,
			want: `
				10ms called p:1 1 @0
				10ms started p:1 1 @0
				20ms called p:2 1 @0
				30ms called p:3 1 @0
				30ms refused p:3 1 (full)
				30ms answered p:3 1 @0 (failure)
				30ms rejected p:3 1 @0 (failure)
				40ms called p:4 1 @0
				40ms refused p:4 1 (full)
				40ms answered p:4 1 @0 (failure)
				40ms rejected p:4 1 @0 (failure)
				45ms done p:1 1 @0
				45ms answered p:1 1 @0
				45ms started p:2 1 @0
				80ms done p:2 1 @0
				80ms answered p:2 1 @0`,
		},
		{
			// The caller goes on after its timeout; the callee works in vain.
			name: "late answers", at: "", what: "called timed_out started answered late rejected",
			scenario: `
duration: 1s
producers: {p: {emits: e, call: c, rate: every(10ms), count: 1, timeout: 15ms, retry: {attempts: 2, backoff: constant(5ms)}}}
broker: {channels: {q: {}}}
consumers:
  c: {work: 18ms}
`,
			want: `
				10ms called p:1 1 @0
				10ms started p:1 1 @0
				25ms timed_out p:1 1 @0 (unanswered)
				28ms late p:1 1 @0
				30ms called p:1 2 @0
				30ms started p:1 2 @0
				45ms timed_out p:1 2 @0 (unanswered)
				45ms rejected p:1 2 @0 (failure)
				48ms late p:1 2 @0`,
		},
		{
			// Open after one of two failed, for 35 ms; the trial at 60 ms fails, that at 100 ms closes it.
			name: "breaker", at: "", what: "called answered",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(10ms), count: 12}}
broker: {channels: {q: {}}}
consumers:
  a: {from: q, handle: [{call: b, breaker: {errors: 50%, window: 2, open: 35ms}, on_error: continue}]}
  b: {work: 1ms}
timeline: [{at: 15ms, fail: b, for: 50ms}]
`,
			want: `
				10ms called p:1 1 @0
				11ms answered p:1 1 @0
				20ms called p:2 1 @0
				21ms answered p:2 1 @0 (failure)
				60ms called p:6 1 @0
				61ms answered p:6 1 @0 (failure)
				100ms called p:10 1 @0
				101ms answered p:10 1 @0
				110ms called p:11 1 @0
				111ms answered p:11 1 @0
				120ms called p:12 1 @0
				121ms answered p:12 1 @0`,
		},
		{
			// Its caller hears of it at once.
			name: "crash of a callee", at: "", what: "called started crashed answered done rejected",
			scenario: `
duration: 1s
producers: {p: {emits: e, call: c, rate: every(10ms), count: 2}}
broker: {channels: {q: {}}}
consumers:
  c: {instances: 2, work: 30ms}
timeline: [{at: 25ms, crash: c}]
`,
			want: `
				10ms called p:1 1 @0
				10ms started p:1 1 @0
				20ms called p:2 1 @0
				20ms started p:2 1 @1
				25ms crashed @0
				25ms answered p:1 1 @0 (failure)
				25ms rejected p:1 1 @0 (failure)
				50ms done p:2 1 @1
				50ms answered p:2 1 @0`,
		},
		{
			// Request and answer take a latency each; the first waits for the second.
			name: "chain", at: "", what: "called started answered done",
			scenario: `
duration: 1s
producers: {p: {emits: e, call: a, rate: every(10ms), count: 1}}
broker: {latency: {call: 1ms}, channels: {q: {}}}
consumers:
  a: {handle: [{work: 2ms}, {call: b}, {work: 2ms}]}
  b: {work: 5ms}
`,
			want: `
				10ms called p:1 1 @0
				11ms started p:1 1 @0
				13ms called p:1 1 @0
				14ms started p:1 1 @0
				19ms done p:1 1 @0
				20ms answered p:1 1 @0
				22ms done p:1 1 @0
				23ms answered p:1 1 @0`,
		},
		{
			// 2.5 instances are wanted at the first look; none is taken away within 2 s of the change.
			name: "autoscaler", at: "consumers.c", what: "scaled joined left",
			scenario: `
duration: 4s
producers: {p: {emits: e, to: q, rate: every(10ms), shape: [{at: 2s, times: 0.1}]}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 25ms, autoscale: {max: 5, on: rate, target: 40/s, every: 500ms, window: 500ms, cooldown: 2s}}}
`,
			want: `
				0s joined @0
				500ms scaled 3
				500ms joined @1
				500ms joined @2
				2.5s scaled 1
				2.5s left @2 (stop)
				2.5s left @1 (stop)`,
		},
		{
			// 8 % more than the target is let be.
			name: "autoscaler within its tolerance", at: "consumers.c", what: "scaled joined left",
			scenario: `
duration: 4s
producers: {p: {emits: e, to: q, rate: every(10ms), shape: [{at: 2s, times: 1.08}]}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, instances: 2, work: 5ms, autoscale: {max: 5, on: rate, target: 50/s, every: 500ms, window: 500ms, cooldown: 1s}}}
`,
			want: `
				0s joined @0
				0s joined @1`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}

// Consumers that wait for one another for ever are found at the instant at
// which they do, and named, with those who wait for them. A timeout lets them go on.
func TestDeadlockIsNamed(t *testing.T) {
	for _, c := range []struct {
		name, scenario, ended string
		at                    float64
		named                 []string
	}{
		{"two", `
producers: {p: {emits: e, call: asker, rate: every(10ms), count: 9}}
broker: {channels: {q: {}}}
consumers:
  asker: {handle: [{work: 15ms}, {call: answerer}]}
  answerer: {from: q, handle: [{work: 5ms}, {call: asker}]}
timeline: [{at: 12ms, emit: e, to: q}]
`, "deadlock", 0.025, []string{"asker", "answerer"}},
		{"three, and one who waits for them", `
producers: {p: {emits: e, call: outside, rate: every(10ms), count: 1}}
broker: {}
consumers:
  outside: {handle: [{call: first}]}
  first: {handle: [{work: 1ms}, {call: second}]}
  second: {handle: [{work: 1ms}, {call: third}]}
  third: {handle: [{work: 1ms}, {call: first}]}
`, "deadlock", 0.013, []string{"outside", "first", "second", "third"}},
		{"itself", `
producers: {p: {emits: e, call: alone, rate: every(10ms), count: 1}}
broker: {}
consumers: {alone: {handle: [{work: 1ms}, {call: alone}]}}
`, "deadlock", 0.011, []string{"alone"}},
		{"a second worker answers", `
producers: {p: {emits: e, call: first, rate: every(10ms), count: 1}}
broker: {}
consumers:
  first: {concurrency: 2, handle: [{work: 1ms}, {call: second, when: {type: e}}]}
  second: {handle: [{work: 1ms}]}
`, "exhausted", 0.012, nil},
		{"a timeout ends it", `
producers: {p: {emits: e, call: first, rate: every(10ms), count: 1}}
broker: {}
consumers:
  first: {handle: [{work: 1ms}, {call: second}]}
  second: {handle: [{work: 1ms}, {call: first, timeout: 5ms}]}
`, "duration", 1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			endsAs(t, c.scenario, c.ended, c.at, c.named)
		})
	}
}

// endsAs tests how and when a run ends, and who is named as the cause of a
// deadlock.
func endsAs(t *testing.T, scenario, ended string, at float64, named []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "t.yaml")
	if err := os.WriteFile(file, []byte("name: t\nduration: 1s\n"+scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cli.Main([]string{"run", file, "--headless", "--quiet", "--format", "json"}, strings.NewReader(""), &out, &errs)
	var doc struct {
		Run struct {
			Ended   string  `json:"ended"`
			EndedAt float64 `json:"ended_at"`
		} `json:"run"`
		Findings []struct{ Code, Text string } `json:"findings"`
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err, errs.String())
	}
	if doc.Run.Ended != ended || doc.Run.EndedAt != at {
		t.Errorf("ended: %s at %g s", doc.Run.Ended, doc.Run.EndedAt)
	}
	said := ""
	for _, f := range doc.Findings {
		if strings.Contains(f.Text, "deadlock") {
			said = f.Text
		}
	}
	for _, name := range named {
		if !strings.Contains(said, name) {
			t.Errorf("%s is not named: %q", name, said)
		}
	}
	if (said == "") != (named == nil) {
		t.Errorf("said: %q", said)
	}
}
