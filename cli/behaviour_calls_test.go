package cli_test

import "testing"

// Synchronous calls: cuts, chains, breakers, refusal and deadlock.
func TestCalls(t *testing.T) {
	for _, c := range []behaviour{
		{
			// Requests and answers set out when it is over; a caller's timeout does not wait for that.
			name: "cut between caller and callee", at: "", what: "called started done answered timed_out late",
			scenario: `
duration: 200ms
producers: {p: {emits: e, call: f, rate: every(10ms), count: 3}}
broker: {latency: {call: 1ms}}
consumers:
  f: {concurrency: 9, handle: [{call: g, timeout: 30ms, on_error: continue}]}
  g: {work: 5ms, concurrency: 9}
timeline: [{at: 15ms, cut: [f, g], for: 40ms}]
`,
			want: `
				10ms called p:1 1 @0
				11ms started p:1 1 @0
				11ms called p:1 1 @0
				12ms started p:1 1 @0
				17ms done p:1 1 @0
				20ms called p:2 1 @0
				21ms started p:2 1 @0
				21ms called p:2 1 @0
				30ms called p:3 1 @0
				31ms started p:3 1 @0
				31ms called p:3 1 @0
				41ms timed_out p:1 1 @0 (unanswered)
				41ms done p:1 1 @0
				42ms answered p:1 1 @0
				51ms timed_out p:2 1 @0 (unanswered)
				51ms done p:2 1 @0
				52ms answered p:2 1 @0
				56ms started p:2 1 @0
				56ms started p:3 1 @0
				61ms done p:2 1 @0
				61ms late p:2 1 @0
				61ms done p:3 1 @0
				61ms timed_out p:3 1 @0 (unanswered)
				61ms done p:3 1 @0
				62ms answered p:3 1 @0`,
		},
		{
			name: "a cut within a cut, of a call", at: "", what: "called answered",
			scenario: `
duration: 200ms
producers: {p: {emits: e, call: g, rate: every(10ms), count: 3}}
broker: {}
consumers: {g: {work: 5ms, concurrency: 9}}
timeline: [{at: 12ms, cut: [p, g], for: 30ms}, {at: 18ms, cut: [g, p], for: 10ms}]
`,
			want: `
				10ms called p:1 1 @0
				20ms called p:2 1 @0
				30ms called p:3 1 @0
				42ms answered p:1 1 @0
				47ms answered p:2 1 @0
				47ms answered p:3 1 @0`,
		},
		{
			// Two failures of two open it at 20ms; the trial at 50ms fails, that at 80ms is answered.
			name: "a breaker opens, tries and closes", at: "consumers.f", what: "called answered failed done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 10}}
broker: {channels: {q: {}}}
consumers:
  f: {from: q, retry: {attempts: 1}, handle: [{call: g, breaker: {errors: 100%, window: 2, open: 25ms}}]}
  g: {fail: {events: [1, 2, 3]}}
`,
			want: `
				10ms called p:1 1 @0
				10ms answered p:1 1 @0 (failure)
				10ms failed p:1 1 @0 (failure)
				20ms called p:2 1 @0
				20ms answered p:2 1 @0 (failure)
				20ms failed p:2 1 @0 (failure)
				30ms failed p:3 1 @0 (failure)
				40ms failed p:4 1 @0 (failure)
				50ms called p:5 1 @0
				50ms answered p:5 1 @0 (failure)
				50ms failed p:5 1 @0 (failure)
				60ms failed p:6 1 @0 (failure)
				70ms failed p:7 1 @0 (failure)
				80ms called p:8 1 @0
				80ms answered p:8 1 @0
				80ms done p:8 1 @0
				90ms called p:9 1 @0
				90ms answered p:9 1 @0
				90ms done p:9 1 @0
				100ms called p:10 1 @0
				100ms answered p:10 1 @0
				100ms done p:10 1 @0`,
		},
		{
			// While the trial of 30ms is under way nobody else is let through.
			name: "one trial at a time", at: "consumers.f", what: "called answered failed done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 8}}
broker: {channels: {q: {}}}
consumers:
  f: {from: q, concurrency: 9, retry: {attempts: 1}, handle: [{call: g, breaker: {errors: 100%, window: 1, open: 15ms}}]}
  g: {handle: [{fail: {events: [1]}}, {work: 25ms}]}
`,
			want: `
				10ms called p:1 1 @0
				10ms answered p:1 1 @0 (failure)
				10ms failed p:1 1 @0 (failure)
				20ms failed p:2 1 @0 (failure)
				30ms called p:3 1 @0
				40ms failed p:4 1 @0 (failure)
				50ms failed p:5 1 @0 (failure)
				55ms answered p:3 1 @0
				55ms done p:3 1 @0
				60ms called p:6 1 @0
				70ms called p:7 1 @0
				80ms called p:8 1 @0
				85ms answered p:6 1 @0
				85ms done p:6 1 @0
				110ms answered p:7 1 @0
				110ms done p:7 1 @0
				135ms answered p:8 1 @0
				135ms done p:8 1 @0`,
		},
		{
			// One failure of two opens it at 55ms. Tries that it stops take their place among the attempts.
			name: "a breaker and retries", at: "consumers.f", what: "called answered failed done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(50ms), count: 2}}
broker: {channels: {q: {}}}
consumers:
  f: {from: q, retry: {attempts: 1}, handle: [{call: g, retry: {attempts: 4, backoff: constant(5ms)}, breaker: {errors: 50%, window: 2, open: 12ms}}]}
  g: {fail: {events: [1, 2]}}
`,
			want: `
				50ms called p:1 1 @0
				50ms answered p:1 1 @0 (failure)
				55ms called p:1 2 @0
				55ms answered p:1 2 @0
				55ms done p:1 1 @0
				100ms called p:2 1 @0
				100ms answered p:2 1 @0 (failure)
				115ms called p:2 4 @0
				115ms answered p:2 4 @0
				115ms done p:2 1 @0`,
		},
		{
			name: "timeouts open a breaker", at: "consumers.f", what: "called answered timed_out failed",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 6}}
broker: {channels: {q: {}}}
consumers:
  f: {from: q, retry: {attempts: 1}, handle: [{call: g, timeout: 5ms, breaker: {errors: 50%, window: 2, open: 1s}}]}
  g: {work: 20ms}
`,
			want: `
				10ms called p:1 1 @0
				15ms timed_out p:1 1 @0 (unanswered)
				15ms failed p:1 1 @0 (failure)
				20ms called p:2 1 @0
				25ms timed_out p:2 1 @0 (unanswered)
				25ms failed p:2 1 @0 (failure)
				30ms failed p:3 1 @0 (failure)
				40ms failed p:4 1 @0 (failure)
				50ms failed p:5 1 @0 (failure)
				60ms failed p:6 1 @0 (failure)`,
		},
		{
			// Erlang's loss: who finds no free worker is refused at once.
			name: "no backlog", at: "", what: "called refused answered started done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, call: g, rate: every(10ms), count: 4}}
broker: {}
consumers: {g: {work: 25ms, backlog: 0}}
`,
			want: `
				10ms called p:1 1 @0
				10ms started p:1 1 @0
				20ms called p:2 1 @0
				20ms refused p:2 1 (full)
				20ms answered p:2 1 @0 (failure)
				30ms called p:3 1 @0
				30ms refused p:3 1 (full)
				30ms answered p:3 1 @0 (failure)
				35ms done p:1 1 @0
				35ms answered p:1 1 @0
				40ms called p:4 1 @0
				40ms started p:4 1 @0
				65ms done p:4 1 @0
				65ms answered p:4 1 @0`,
		},
		{
			// First come, first served, whatever it is.
			name: "calls and events share the workers", at: "consumers.g", what: "started done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, call: g, rate: every(10ms), count: 3}, r: {emits: o, to: q, rate: every(10ms), count: 3, starts: 5ms}}
broker: {channels: {q: {}}}
consumers: {g: {from: q, work: 12ms, prefetch: 9}}
`,
			want: `
				10ms started p:1 1 @0
				22ms done p:1 1 @0
				22ms started r:1 1 @0
				34ms done r:1 1 @0
				34ms started p:2 1 @0
				46ms done p:2 1 @0
				46ms started r:2 1 @0
				58ms done r:2 1 @0
				58ms started p:3 1 @0
				70ms done p:3 1 @0
				70ms started r:3 1 @0
				82ms done r:3 1 @0`,
		},
		{
			// Refused at once while nobody is there; those that wait are refused when the last one goes.
			name: "no instance is up", at: "", what: "called refused answered started done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, call: g, rate: every(10ms), count: 5}}
broker: {}
consumers: {g: {work: 25ms}}
timeline: [{at: 22ms, crash: g, restart: 20ms}]
`,
			want: `
				10ms called p:1 1 @0
				10ms started p:1 1 @0
				20ms called p:2 1 @0
				22ms answered p:1 1 @0 (failure)
				22ms refused p:2 1 (full)
				22ms answered p:2 1 @0 (failure)
				30ms called p:3 1 @0
				30ms refused p:3 1 (full)
				30ms answered p:3 1 @0 (failure)
				40ms called p:4 1 @0
				40ms refused p:4 1 (full)
				40ms answered p:4 1 @0 (failure)
				50ms called p:5 1 @0
				50ms started p:5 1 @0
				75ms done p:5 1 @0
				75ms answered p:5 1 @0`,
		},
		{
			// What it has begun it finishes and answers.
			name: "a callee leaves", at: "", what: "called refused answered started done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, call: g, rate: every(10ms), count: 4}}
broker: {}
consumers: {g: {work: 25ms}}
timeline: [{at: 22ms, stop: g, for: 20ms}]
`,
			want: `
				10ms called p:1 1 @0
				10ms started p:1 1 @0
				20ms called p:2 1 @0
				22ms refused p:2 1 (full)
				22ms answered p:2 1 @0 (failure)
				30ms called p:3 1 @0
				30ms refused p:3 1 (full)
				30ms answered p:3 1 @0 (failure)
				35ms done p:1 1 @0
				35ms answered p:1 1 @0
				40ms called p:4 1 @0
				40ms refused p:4 1 (full)
				40ms answered p:4 1 @0 (failure)`,
		},
		{
			name: "a chain fails from its end", at: "", what: "called answered failed",
			scenario: `
duration: 200ms
producers: {p: {emits: e, call: a, rate: every(10ms), count: 1, retry: {attempts: 2, backoff: constant(0)}}}
broker: {latency: {call: 1ms}}
consumers:
  a: {handle: [{call: b}]}
  b: {handle: [{call: c}]}
  c: {handle: [{work: 5ms}, {fail: {events: [1]}}]}
`,
			want: `
				10ms called p:1 1 @0
				11ms called p:1 1 @0
				12ms called p:1 1 @0
				18ms failed p:1 1 @0 (failure)
				19ms answered p:1 1 @0 (failure)
				19ms failed p:1 1 @0 (failure)
				20ms answered p:1 1 @0 (failure)
				20ms failed p:1 1 @0 (failure)
				21ms answered p:1 1 @0 (failure)
				21ms called p:1 2 @0
				22ms called p:1 1 @0
				23ms called p:1 1 @0
				30ms answered p:1 1 @0
				31ms answered p:1 1 @0
				32ms answered p:1 2 @0`,
		},
		{
			// on_error: continue. The late answer changes nothing.
			name: "a caller with no time for it goes on", at: "consumers.a", what: "called timed_out done answered",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 2}}
broker: {channels: {q: {}}}
consumers:
  a: {from: q, handle: [{call: b, timeout: 3ms, retry: {attempts: 2, backoff: constant(1ms)}, on_error: continue}, {work: 1ms}]}
  b: {work: 50ms}
`,
			want: `
				10ms called p:1 1 @0
				13ms timed_out p:1 1 @0 (unanswered)
				14ms called p:1 2 @0
				17ms timed_out p:1 2 @0 (unanswered)
				18ms done p:1 1 @0
				20ms called p:2 1 @0
				23ms timed_out p:2 1 @0 (unanswered)
				24ms called p:2 2 @0
				27ms timed_out p:2 2 @0 (unanswered)
				28ms done p:2 1 @0`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
