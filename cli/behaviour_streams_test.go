package cli_test

import "testing"

// Streams: who reads which partition, in what order, and what a crash, a member
// that comes or goes, retention and failures make of it.
func TestStreams(t *testing.T) {
	for _, c := range []behaviour{
		{
			// Contiguous, and the first members have one more.
			name: "assign range", at: "", what: "assigned",
			scenario: `
duration: 1ms
producers: {p: {emits: e, to: s, rate: 1/s}}
broker: {channels: {s: {type: stream, partitions: 7}}}
consumers: {c: {from: s, instances: 3}}
`,
			want: `
				0s assigned p0 @0
				0s assigned p1 @0
				0s assigned p2 @0
				0s assigned p3 @1
				0s assigned p4 @1
				0s assigned p5 @2
				0s assigned p6 @2`,
		},
		{
			name: "assign round_robin", at: "", what: "assigned",
			scenario: `
duration: 1ms
producers: {p: {emits: e, to: s, rate: 1/s}}
broker: {channels: {s: {type: stream, partitions: 7, assign: round_robin}}}
consumers: {c: {from: s, instances: 3}}
`,
			want: `
				0s assigned p0 @0
				0s assigned p1 @1
				0s assigned p2 @2
				0s assigned p3 @0
				0s assigned p4 @1
				0s assigned p5 @2
				0s assigned p6 @0`,
		},
		{
			// A queue and a stream with one worker: each in turn, as two queues would be.
			name: "a queue and a stream", at: "consumers.c", what: "started",
			scenario: `
duration: 1s
producers:
  p: {emits: e, to: q, rate: "burst(3, every=10ms)", count: 3}
  r: {emits: e, to: s, rate: "burst(3, every=10ms)", count: 3}
broker: {channels: {q: {}, s: {type: stream}}}
consumers: {c: {from: [q, s], work: 10ms}}
`,
			want: `
				10ms started p:1 1 @0
				20ms started r:1 1 @0
				30ms started p:2 1 @0
				40ms started r:2 1 @0
				50ms started p:3 1 @0
				60ms started r:3 1 @0`,
		},
		{
			// All is shared anew: 3 and 2 become 4 and 3.
			name: "a member leaves, range", at: "", what: "assigned revoked left",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: s, rate: 1/s}}
broker: {channels: {s: {type: stream, partitions: 7}}}
consumers: {c: {from: s, instances: 3}}
timeline: [{at: 100ms, scale: c, to: 2}]
`,
			want: `
				0s assigned p0 @0
				0s assigned p1 @0
				0s assigned p2 @0
				0s assigned p3 @1
				0s assigned p4 @1
				0s assigned p5 @2
				0s assigned p6 @2
				100ms left @2 (stop)
				100ms revoked p3 @1
				100ms assigned p3 @0
				100ms revoked p5 @2
				100ms assigned p5 @1
				100ms revoked p6 @2
				100ms assigned p6 @1`,
		},
		{
			name: "a member leaves, round_robin", at: "", what: "assigned revoked left",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: s, rate: 1/s}}
broker: {channels: {s: {type: stream, partitions: 7, assign: round_robin}}}
consumers: {c: {from: s, instances: 3}}
timeline: [{at: 100ms, scale: c, to: 2}]
`,
			want: `
				0s assigned p0 @0
				0s assigned p1 @1
				0s assigned p2 @2
				0s assigned p3 @0
				0s assigned p4 @1
				0s assigned p5 @2
				0s assigned p6 @0
				100ms left @2 (stop)
				100ms revoked p2 @2
				100ms assigned p2 @0
				100ms revoked p3 @0
				100ms assigned p3 @1
				100ms revoked p4 @1
				100ms assigned p4 @0
				100ms revoked p5 @2
				100ms assigned p5 @1`,
		},
		{
			// Only what it had moves.
			name: "a member leaves, sticky", at: "", what: "assigned revoked left",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: s, rate: 1/s}}
broker: {channels: {s: {type: stream, partitions: 7, assign: sticky}}}
consumers: {c: {from: s, instances: 3}}
timeline: [{at: 100ms, scale: c, to: 2}]
`,
			want: `
				0s assigned p0 @0
				0s assigned p1 @1
				0s assigned p2 @2
				0s assigned p3 @0
				0s assigned p4 @1
				0s assigned p5 @2
				0s assigned p6 @0
				100ms left @2 (stop)
				100ms revoked p2 @2
				100ms assigned p2 @1
				100ms revoked p5 @2
				100ms assigned p5 @0`,
		},
		{
			// Balanced within one, with the fewest moves.
			name: "a member joins, sticky", at: "", what: "assigned revoked joined",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: s, rate: 1/s}}
broker: {channels: {s: {type: stream, partitions: 5, assign: sticky}}}
consumers: {c: {from: s, instances: 2}}
timeline: [{at: 100ms, scale: c, to: 3}]
`,
			want: `
				0s joined @0
				0s joined @1
				0s assigned p0 @0
				0s assigned p1 @1
				0s assigned p2 @0
				0s assigned p3 @1
				0s assigned p4 @0
				100ms joined @2
				100ms revoked p4 @0
				100ms assigned p4 @2`,
		},
		{
			name: "more members than partitions", at: "", what: "assigned",
			scenario: `
duration: 1ms
producers: {p: {emits: e, to: s, rate: 1/s}}
broker: {channels: {s: {type: stream, partitions: 2}}}
consumers: {c: {from: s, instances: 4}}
`,
			want: `
				0s assigned p0 @0
				0s assigned p1 @1`,
		},
		{
			// For 20ms nothing new is read from any partition, at the beginning and when a member joins; what is in hand is finished.
			name: "a rebalance, eager", at: "", what: "assigned revoked joined leased",
			scenario: `
duration: 110ms
producers: {p: {emits: e, to: s, rate: every(10ms), count: 10}}
broker: {channels: {s: {type: stream, partitions: 2, rebalance: 20ms}}}
consumers: {c: {from: s, concurrency: 2}}
timeline: [{at: 45ms, scale: c, to: 2}]
`,
			want: `
				0s joined @0
				20ms assigned p0 @0
				20ms assigned p1 @0
				20ms leased p:1 1 @0
				20ms leased p:2 1 @0
				30ms leased p:3 1 @0
				40ms leased p:4 1 @0
				45ms joined @1
				65ms revoked p1 @0
				65ms assigned p1 @1
				65ms leased p:5 1 @0
				65ms leased p:6 1 @1
				70ms leased p:7 1 @0
				80ms leased p:8 1 @1
				90ms leased p:9 1 @0
				100ms leased p:10 1 @1`,
		},
		{
			// Only the partition that moves stands still.
			name: "a rebalance, cooperative", at: "", what: "assigned revoked joined leased",
			scenario: `
duration: 110ms
producers: {p: {emits: e, to: s, rate: every(10ms), count: 10}}
broker: {channels: {s: {type: stream, partitions: 2, rebalance: 20ms, assign: cooperative}}}
consumers: {c: {from: s, concurrency: 2}}
timeline: [{at: 45ms, scale: c, to: 2}]
`,
			want: `
				0s joined @0
				0s assigned p0 @0
				0s assigned p1 @0
				10ms leased p:1 1 @0
				20ms leased p:2 1 @0
				30ms leased p:3 1 @0
				40ms leased p:4 1 @0
				45ms joined @1
				45ms revoked p1 @0
				50ms leased p:5 1 @0
				65ms assigned p1 @1
				65ms leased p:6 1 @1
				70ms leased p:7 1 @0
				80ms leased p:8 1 @1
				90ms leased p:9 1 @0
				100ms leased p:10 1 @1`,
		},
		{
			// Its new reader waits until what is in hand is done.
			name: "a partition changes hands", at: "", what: "assigned revoked started done",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 4}}
broker: {channels: {s: {type: stream, partitions: 2, assign: round_robin}}}
consumers: {c: {from: s, concurrency: 2, work: 20ms}}
timeline: [{at: 5ms, scale: c, to: 2}]
`,
			want: `
				0s assigned p0 @0
				0s assigned p1 @0
				1ms started p:1 1 @0
				2ms started p:2 1 @0
				5ms revoked p1 @0
				5ms assigned p1 @1
				21ms done p:1 1 @0
				21ms started p:3 1 @0
				22ms done p:2 1 @0
				22ms started p:4 1 @1
				41ms done p:3 1 @0
				42ms done p:4 1 @1`,
		},
		{
			name: "a second rebalance begins the first anew", at: "", what: "assigned revoked joined left",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: 1/s}}
broker: {channels: {s: {type: stream, partitions: 2, rebalance: 20ms}}}
consumers: {c: {from: s}}
timeline: [{at: 50ms, scale: c, to: 2}, {at: 60ms, scale: c, to: 3}, {at: 70ms, scale: c, to: 2}]
`,
			want: `
				0s joined @0
				20ms assigned p0 @0
				20ms assigned p1 @0
				50ms joined @1
				60ms joined @2
				70ms left @2 (stop)
				90ms revoked p1 @0
				90ms assigned p1 @1`,
		},
		{
			// Committed at 40ms are the two done by then; the third and what is in hand are read again, by the other, when the session is over.
			name: "crash and commit", at: "", what: "started done duplicate returned crashed revoked assigned",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 5}}
broker: {channels: {s: {type: stream, session_timeout: 30ms}}}
consumers: {c: {from: s, instances: 2, work: 14ms, commit: 40ms}}
timeline: [{at: 50ms, crash: c}]
`,
			want: `
				0s assigned p0 @0
				1ms started p:1 1 @0
				15ms done p:1 1 @0
				15ms started p:2 1 @0
				29ms done p:2 1 @0
				29ms started p:3 1 @0
				43ms done p:3 1 @0
				43ms started p:4 1 @0
				50ms crashed @0
				80ms revoked p0 @0 (crash)
				80ms returned p:3 1 (crash)
				80ms returned p:4 1 (crash)
				80ms assigned p0 @1
				80ms started p:3 2 @1
				94ms duplicate p:3 2 @1
				94ms started p:4 2 @1
				108ms done p:4 2 @1
				108ms started p:5 1 @1
				122ms done p:5 1 @1`,
		},
		{
			// Each is committed with its answer: only what is in hand is read again.
			name: "crash without commits between", at: "", what: "started done duplicate returned revoked assigned",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 5}}
broker: {channels: {s: {type: stream, session_timeout: 30ms}}}
consumers: {c: {from: s, instances: 2, work: 14ms}}
timeline: [{at: 50ms, crash: c}]
`,
			want: `
				0s assigned p0 @0
				1ms started p:1 1 @0
				15ms done p:1 1 @0
				15ms started p:2 1 @0
				29ms done p:2 1 @0
				29ms started p:3 1 @0
				43ms done p:3 1 @0
				43ms started p:4 1 @0
				80ms revoked p0 @0 (crash)
				80ms returned p:4 1 (crash)
				80ms assigned p0 @1
				80ms started p:4 2 @1
				94ms done p:4 2 @1
				94ms started p:5 1 @1
				108ms done p:5 1 @1`,
		},
		{
			// As a new member: its death is noticed with its return.
			name: "crash, back before the session is over", at: "", what: "started done returned crashed joined revoked assigned",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 3}}
broker: {channels: {s: {type: stream, session_timeout: 30s}}}
consumers: {c: {from: s, work: 14ms}}
timeline: [{at: 20ms, crash: c, restart: 10ms}]
`,
			want: `
				0s joined @0
				0s assigned p0 @0
				1ms started p:1 1 @0
				15ms done p:1 1 @0
				15ms started p:2 1 @0
				20ms crashed @0
				30ms joined @0
				30ms revoked p0 @0 (crash)
				30ms returned p:2 1 (crash)
				30ms assigned p0 @0
				30ms started p:2 2 @0
				44ms done p:2 2 @0
				44ms started p:3 1 @0
				58ms done p:3 1 @0`,
		},
		{
			// What it had done is committed when it leaves, what it has in hand it finishes: nothing is done twice.
			name: "a member leaves and commits", at: "", what: "started done duplicate revoked assigned left",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 5}}
broker: {channels: {s: {type: stream}}}
consumers: {c: {from: s, work: 14ms, commit: 1s}}
timeline: [{at: 50ms, stop: c, for: 20ms}]
`,
			want: `
				0s assigned p0 @0
				1ms started p:1 1 @0
				15ms done p:1 1 @0
				15ms started p:2 1 @0
				29ms done p:2 1 @0
				29ms started p:3 1 @0
				43ms done p:3 1 @0
				43ms started p:4 1 @0
				50ms left @0 (stop)
				50ms revoked p0 @0
				57ms done p:4 1 @0
				70ms assigned p0 @0
				70ms started p:5 1 @0
				84ms done p:5 1 @0`,
		},
		{
			// Two are kept: the first is in hand and stays; the next three were not read when others came.
			name: "retention by events", at: "", what: "expired started",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(10ms), count: 6}}
broker: {channels: {s: {type: stream, retention: {events: 2}}}}
consumers: {c: {from: s, work: 55ms}}
`,
			want: `
				10ms started p:1 1 @0
				40ms expired p:2 (ttl)
				50ms expired p:3 (ttl)
				60ms expired p:4 (ttl)
				65ms started p:5 1 @0
				120ms started p:6 1 @0`,
		},
		{
			name: "retention by size", at: "", what: "expired started",
			scenario: `
duration: 200ms
events: {e: {size: 1KiB}}
producers: {p: {emits: e, to: s, rate: every(10ms), count: 6}}
broker: {channels: {s: {type: stream, retention: {size: 3KiB}}}}
consumers: {c: {from: s, work: 55ms}}
`,
			want: `
				10ms started p:1 1 @0
				50ms expired p:2 (ttl)
				60ms expired p:3 (ttl)
				65ms started p:4 1 @0
				120ms started p:5 1 @0
				175ms started p:6 1 @0`,
		},
		{
			name: "retention by time", at: "", what: "expired started",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(10ms), count: 6}}
broker: {channels: {s: {type: stream, retention: {time: 30ms}}}}
consumers: {c: {from: s, work: 55ms}}
`,
			want: `
				10ms started p:1 1 @0
				50ms expired p:2 (ttl)
				60ms expired p:3 (ttl)
				65ms started p:4 1 @0
				80ms expired p:5 (ttl)
				90ms expired p:6 (ttl)`,
		},
		{
			// earliest reads what is kept, latest what comes from then on.
			name: "late starters", at: "", what: "started enqueued",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(10ms), count: 5}}
broker: {channels: {s: {type: stream, retention: {events: 3}}}}
consumers:
  now: {from: s}
  early: {from: {channel: s, start: earliest}, starts: 45ms}
  late: {from: {channel: s, start: latest}, starts: 45ms}
`,
			want: `
				10ms enqueued p:1
				10ms started p:1 1 @0
				20ms enqueued p:2
				20ms started p:2 1 @0
				30ms enqueued p:3
				30ms started p:3 1 @0
				40ms enqueued p:4
				40ms started p:4 1 @0
				45ms enqueued p:2
				45ms enqueued p:3
				45ms enqueued p:4
				45ms started p:2 1 @0
				45ms started p:3 1 @0
				45ms started p:4 1 @0
				50ms enqueued p:5
				50ms enqueued p:5
				50ms enqueued p:5
				50ms started p:5 1 @0
				50ms started p:5 1 @0
				50ms started p:5 1 @0`,
		},
		{
			name: "who comes back goes on where it was", at: "", what: "started",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(10ms), count: 5}}
broker: {channels: {s: {type: stream}}}
consumers: {c: {from: s}}
timeline: [{at: 15ms, stop: c, for: 30ms}]
`,
			want: `
				10ms started p:1 1 @0
				45ms started p:2 1 @0
				45ms started p:3 1 @0
				45ms started p:4 1 @0
				50ms started p:5 1 @0`,
		},
		{
			// The other partition goes on.
			name: "a failing event blocks its partition", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 6}}
broker: {channels: {s: {type: stream, partitions: 2}}}
consumers:
  c: {from: s, concurrency: 2, retry: {attempts: 3, backoff: constant(20ms)}, handle: [{work: 5ms}, {fail: {events: [1], attempts: 2}}]}
`,
			want: `
				1ms started p:1 1 @0
				2ms started p:2 1 @0
				6ms failed p:1 1 @0 (failure)
				7ms done p:2 1 @0
				7ms started p:4 1 @0
				12ms done p:4 1 @0
				12ms started p:6 1 @0
				17ms done p:6 1 @0
				26ms started p:1 2 @0
				31ms failed p:1 2 @0 (failure)
				51ms started p:1 3 @0
				56ms done p:1 3 @0
				56ms started p:3 1 @0
				61ms done p:3 1 @0
				61ms started p:5 1 @0
				66ms done p:5 1 @0`,
		},
		{
			// With a dead_letter the others overtake it while it waits, and go on when it is given up.
			name: "a failing event is put aside", at: "", what: "started failed done dead_lettered",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 4}}
broker: {channels: {s: {type: stream, dead_letter: d}, d: {}}}
consumers:
  c: {from: s, retry: {attempts: 2, backoff: constant(20ms)}, handle: [{work: 5ms}, {fail: {events: [1], attempts: 2}}]}
`,
			want: `
				1ms started p:1 1 @0
				6ms failed p:1 1 @0 (failure)
				6ms started p:2 1 @0
				11ms done p:2 1 @0
				11ms started p:3 1 @0
				16ms done p:3 1 @0
				16ms started p:4 1 @0
				21ms done p:4 1 @0
				26ms started p:1 2 @0
				31ms failed p:1 2 @0 (failure)
				31ms dead_lettered p:1 2 (attempts)`,
		},
		{
			name: "kafka blocks all the same", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 3}}
broker: {like: kafka, channels: {s: {partitions: 1, dead_letter: d, rebalance: 0}, d: {type: queue}}}
consumers:
  c: {from: s, commit: 0, retry: {attempts: 2, backoff: constant(20ms)}, handle: [{work: 5ms}, {fail: {events: [1], attempts: 2}}]}
`,
			want: `
				1ms started p:1 1 @0
				6ms failed p:1 1 @0 (failure)
				26ms started p:1 2 @0
				31ms failed p:1 2 @0 (failure)
				31ms started p:2 1 @0
				36ms done p:2 1 @0
				36ms started p:3 1 @0
				41ms done p:3 1 @0`,
		},
		{
			// It goes on with the one that it read from longest ago.
			name: "more partitions than workers", at: "consumers.c", what: "started",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 6}}
broker: {channels: {s: {type: stream, partitions: 3}}}
consumers: {c: {from: s, work: 10ms}}
`,
			want: `
				1ms started p:1 1 @0
				11ms started p:2 1 @0
				21ms started p:3 1 @0
				31ms started p:4 1 @0
				41ms started p:5 1 @0
				51ms started p:6 1 @0`,
		},
		{
			// Each reads everything, on its own.
			name: "two groups", at: "", what: "started",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 2}}
broker: {channels: {s: {type: stream}}}
consumers: {a: {from: s, work: 10ms}, b: {from: s, work: 3ms}}
`,
			want: `
				1ms started p:1 1 @0
				1ms started p:1 1 @0
				4ms started p:2 1 @0
				11ms started p:2 1 @0`,
		},
		{
			// Nothing is kept for who comes later.
			name: "purge of a stream", at: "", what: "dropped started enqueued",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(10ms), count: 4}}
broker: {channels: {s: {type: stream}}}
consumers: {a: {from: s, work: 25ms}, b: {from: {channel: s, start: earliest}, starts: 50ms}}
timeline: [{at: 32ms, purge: s}]
`,
			want: `
				10ms enqueued p:1
				10ms started p:1 1 @0
				20ms enqueued p:2
				30ms enqueued p:3
				32ms dropped p:2 (purge)
				32ms dropped p:3 (purge)
				40ms enqueued p:4
				40ms started p:4 1 @0
				50ms enqueued p:4
				50ms started p:4 1 @0`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
