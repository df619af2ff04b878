package cli_test

import "testing"

// Stores and those who publish to them: what is withheld, refused, dropped, put
// aside, ignored, and when it leaves.
func TestStores(t *testing.T) {
	for _, c := range []behaviour{
		{
			// What is ready goes, and what was withheld takes its room; the producer sends what it held, one by one.
			name: "purge with withheld publishes", at: "", what: "enqueued delayed dropped confirmed created",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 7}}
broker: {channels: {q: {capacity: 2, overflow: block}}}
consumers: {c: {from: q, work: 1s}}
timeline: [{at: 62ms, purge: q}]
`,
			want: `
				10ms created p:1 @0
				10ms enqueued p:1
				10ms confirmed p:1 1 @0
				20ms created p:2 @0
				20ms enqueued p:2
				20ms confirmed p:2 1 @0
				30ms created p:3 @0
				30ms enqueued p:3
				30ms confirmed p:3 1 @0
				40ms created p:4 @0
				40ms delayed p:4 (blocked)
				50ms created p:5 @0
				60ms created p:6 @0
				62ms dropped p:2 (purge)
				62ms dropped p:3 (purge)
				62ms enqueued p:4
				62ms confirmed p:4 1 @0
				62ms enqueued p:5
				62ms confirmed p:5 1 @0
				62ms delayed p:6 (blocked)
				70ms created p:7 @0`,
		},
		{
			name: "purge leaves what is delayed and leased", at: "", what: "dropped started done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 4}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, retry: {backoff: constant(40ms)}, handle: [{work: 15ms}, {fail: {events: [1]}}]}}
timeline: [{at: 41ms, purge: q}]
`,
			want: `
				10ms started p:1 1 @0
				25ms started p:2 1 @0
				40ms done p:2 1 @0
				40ms started p:3 1 @0
				41ms dropped p:4 (purge)
				55ms done p:3 1 @0
				65ms started p:1 2 @0
				80ms done p:1 2 @0`,
		},
		{
			// The third is withheld, the fourth and fifth are held, the sixth finds no room in the buffer.
			name: "a full buffer drops", at: "", what: "delayed dropped confirmed enqueued",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 6, buffer: 2}}
broker: {channels: {q: {capacity: 1, overflow: block}}}
consumers: {c: {from: q, work: 65ms}}
`,
			want: `
				10ms enqueued p:1
				10ms confirmed p:1 1 @0
				20ms enqueued p:2
				20ms confirmed p:2 1 @0
				30ms delayed p:3 (blocked)
				60ms dropped p:6 @0 (buffer)
				75ms enqueued p:3
				75ms confirmed p:3 1 @0
				75ms delayed p:4 (blocked)`,
		},
		{
			// The oldest that is ready is put aside.
			name: "drop_old with dead letters", at: "", what: "enqueued dead_lettered dropped",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 4}}
broker: {channels: {q: {capacity: 1, overflow: drop_old, dead_letter: d}, d: {}}}
consumers: {c: {from: q, work: 1s}}
`,
			want: `
				10ms enqueued p:1
				20ms enqueued p:2
				30ms dead_lettered p:2 (full)
				30ms enqueued p:2
				30ms enqueued p:3
				40ms dead_lettered p:3 (full)
				40ms enqueued p:3
				40ms enqueued p:4`,
		},
		{
			// The new one is put aside, and confirmed.
			name: "drop_new with dead letters", at: "", what: "enqueued dead_lettered dropped confirmed",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3}}
broker: {channels: {q: {capacity: 1, overflow: drop_new, dead_letter: d}, d: {}}}
consumers: {c: {from: q, work: 1s}}
`,
			want: `
				10ms enqueued p:1
				10ms confirmed p:1 1 @0
				20ms enqueued p:2
				20ms confirmed p:2 1 @0
				30ms enqueued p:3
				30ms dead_lettered p:3 (full)
				30ms enqueued p:3
				30ms confirmed p:3 1 @0`,
		},
		{
			name: "an expired one is put aside", at: "", what: "enqueued dead_lettered expired started",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3}}
broker: {channels: {q: {ttl: 15ms, dead_letter: d}, d: {}}}
consumers: {c: {from: q, work: 30ms}, x: {from: d}}
`,
			want: `
				10ms enqueued p:1
				10ms started p:1 1 @0
				20ms enqueued p:2
				30ms enqueued p:3
				35ms dead_lettered p:2 (ttl)
				35ms enqueued p:2
				35ms started p:2 1 @0
				40ms started p:3 1 @0`,
		},
		{
			// Each is the other's dead-letter queue: where it failed already it does not go again.
			name: "a dead letter does not go back", at: "", what: "started dead_lettered dropped",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 1}}
broker: {channels: {q: {dead_letter: d}, d: {dead_letter: q}}}
consumers: {c: {from: [q, d], fail: 100%, retry: {attempts: 1}}}
`,
			want: `
				10ms started p:1 1 @0
				10ms dead_lettered p:1 1 (attempts)
				10ms started p:1 1 @0
				10ms dropped p:1 1 (attempts)`,
		},
		{
			// Two answers are lost, so it is published again: within the window it is ignored, after it not.
			name: "dedup", at: "", what: "published enqueued duplicate confirmed",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(100ms), count: 1, timeout: 5ms, retry: {attempts: 3, backoff: [10ms, 50ms]}}}
broker: {latency: {publish: 1ms}, channels: {q: {dedup: 40ms}}}
consumers: {c: {from: q}}
timeline: [{at: 101ms, drop: [broker, p], for: 1ms}, {at: 116ms, drop: [broker, p], for: 1ms}]
`,
			want: `
				100ms published p:1 1 @0
				101ms enqueued p:1
				115ms published p:1 2 @0 (retry)
				116ms duplicate p:1 (duplicate)
				170ms published p:1 3 @0 (retry)
				171ms enqueued p:1
				171ms duplicate p:1 1 @0
				172ms confirmed p:1 3 @0`,
		},
		{
			// Polls are every 20ms, and take two at most, the oldest first; one created at the instant of a poll waits for the next.
			name: "outbox", at: "", what: "created published enqueued",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, kind: database, rate: every(5ms), count: 5, outbox: {poll: 20ms, batch: 2}}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
`,
			want: `
				5ms created p:1 @0
				10ms created p:2 @0
				15ms created p:3 @0
				20ms published p:1 1 @0
				20ms enqueued p:1
				20ms published p:2 1 @0
				20ms enqueued p:2
				20ms created p:4 @0
				25ms created p:5 @0
				40ms published p:3 1 @0
				40ms enqueued p:3
				40ms published p:4 1 @0
				40ms enqueued p:4
				60ms published p:5 1 @0
				60ms enqueued p:5`,
		},
		{
			// They come to their places when their delays are over.
			name: "delay", at: "", what: "enqueued delayed returned leased",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3}}
broker: {channels: {q: {delay: 25ms}}}
consumers: {c: {from: q}}
`,
			want: `
				10ms enqueued p:1
				10ms delayed p:1 (delay)
				20ms enqueued p:2
				20ms delayed p:2 (delay)
				30ms enqueued p:3
				30ms delayed p:3 (delay)
				35ms returned p:1 (delay)
				35ms leased p:1 1 @0
				45ms returned p:2 (delay)
				45ms leased p:2 1 @0
				55ms returned p:3 (delay)
				55ms leased p:3 1 @0`,
		},
		{
			// Not what is leased, or waits out a backoff.
			name: "capacity counts what is ready", at: "", what: "enqueued rejected",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 5}}
broker: {channels: {q: {capacity: 1}}}
consumers: {c: {from: q, concurrency: 2, work: 25ms, fail: {events: [1]}, retry: {backoff: constant(100ms)}}}
`,
			want: `
				10ms enqueued p:1
				20ms enqueued p:2
				30ms enqueued p:3
				40ms enqueued p:4
				50ms enqueued p:5`,
		},
		{
			// Two are ready where there is room for one.
			name: "what comes back is always taken", at: "", what: "enqueued rejected returned started",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3}}
broker: {channels: {q: {capacity: 1}}}
consumers: {c: {from: q, retry: {backoff: constant(0)}, handle: [{work: 15ms}, {fail: {events: [1]}}]}}
`,
			want: `
				10ms enqueued p:1
				10ms started p:1 1 @0
				20ms enqueued p:2
				25ms returned p:1 1 (failure)
				25ms started p:1 2 @0
				30ms rejected p:3 (full)
				30ms rejected p:3 1 @0 (full)
				40ms started p:2 1 @0`,
		},
		{
			// One each 20ms, first come, first served.
			name: "the broker's own rate", at: "", what: "published enqueued confirmed",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: "burst(3, every=10ms)", count: 3}}
broker: {rate: 50/s, channels: {q: {}}}
consumers: {c: {from: q}}
`,
			want: `
				10ms published p:1 1 @0
				10ms enqueued p:1
				10ms confirmed p:1 1 @0
				10ms published p:2 1 @0
				10ms published p:3 1 @0
				30ms enqueued p:2
				30ms confirmed p:2 1 @0
				50ms enqueued p:3
				50ms confirmed p:3 1 @0`,
		},
		{
			// In the order of the consumers and their instances, over those with a free slot.
			name: "round robin over consumers", at: "", what: "leased",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 7}}
broker: {channels: {q: {}}}
consumers: {a: {from: q, instances: 2, work: 3ms}, b: {from: q, work: 20ms}}
`,
			want: `
				1ms leased p:1 1 @0
				2ms leased p:2 1 @1
				3ms leased p:3 1 @0
				4ms leased p:4 1 @0
				5ms leased p:5 1 @1
				7ms leased p:6 1 @0
				8ms leased p:7 1 @1`,
		},
		{
			// A topic without subscribers confirms and forgets; one that joins sees later events only.
			name: "a late subscriber", at: "", what: "enqueued unrouted confirmed",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: t, rate: every(10ms), count: 4}}
broker: {channels: {t: {type: topic}}}
consumers: {c: {from: t, starts: 25ms}}
`,
			want: `
				10ms unrouted p:1
				10ms confirmed p:1 1 @0
				20ms unrouted p:2
				20ms confirmed p:2 1 @0
				30ms enqueued p:3
				30ms confirmed p:3 1 @0
				40ms enqueued p:4
				40ms confirmed p:4 1 @0`,
		},
		{
			// What was begun has used up its only delivery; what was not is sent again.
			name: "a crash by what was begun", at: "", what: "leased started returned dead_lettered failed",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 2}}
broker: {channels: {q: {max_deliveries: 1, dead_letter: d}, d: {}}}
consumers: {c: {from: q, prefetch: 2, work: 10ms}}
timeline: [{at: 5ms, crash: c, restart: 10ms}]
`,
			want: `
				1ms leased p:1 1 @0
				1ms started p:1 1 @0
				2ms leased p:2 1 @0
				5ms dead_lettered p:1 1 (attempts)
				5ms returned p:2 1 (crash)
				15ms leased p:2 2 @0
				15ms started p:2 1 @0`,
		},
		{
			// Ten a second into one worker that does five: the average backlog of the last 2s asks for more, from the first look on; none goes before the cooldown is over.
			name: "an autoscaler follows the backlog", at: "consumers.c", what: "scaled joined left",
			scenario: `
duration: 30s
producers: {p: {emits: e, to: q, rate: 10/s, shape: [{at: 8s, times: 0}]}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 200ms, start_time: 500ms, autoscale: {min: 1, max: 4, target: 5, every: 2s, window: 2s, cooldown: 6s}}}
`,
			want: `
				500ms joined @0
				2s scaled 2
				2.5s joined @1
				4s scaled 4
				4.5s joined @2
				4.5s joined @3
				10s scaled 1
				10s left @3 (stop)
				10s left @2 (stop)
				10s left @1 (stop)`,
		},
		{
			// Two workers' worth of work at a target of 50% asks for four.
			name: "an autoscaler follows utilisation", at: "consumers.c", what: "scaled",
			scenario: `
duration: 20s
producers: {p: {emits: e, to: q, rate: 20/s}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 100ms, instances: 2, autoscale: {min: 1, max: 9, on: utilisation, target: 50%, every: 2s, window: 2s, cooldown: 0}}}
`,
			want: `
				2s scaled 4`,
		},
		{
			// Each is to take ten a second.
			name: "an autoscaler follows the rate", at: "consumers.c", what: "scaled",
			scenario: `
duration: 20s
producers: {p: {emits: e, to: q, rate: 35/s, shape: [{at: 10s, times: 0.5}]}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, autoscale: {min: 1, max: 9, on: rate, target: 10/s, every: 2s, window: 2s, cooldown: 0}}}
`,
			want: `
				2s scaled 4
				12s scaled 2`,
		},
		{
			// Twice as fast from 15ms on, and from 20 to 30ms six times.
			name: "a surge on a shape", at: "producers.p", what: "created",
			scenario: `
duration: 50ms
producers: {p: {emits: e, to: q, rate: every(10ms), shape: [{at: 15ms, times: 2}]}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 20ms, surge: p, times: 3, for: 10ms}]
`,
			want: `
				10ms created p:1 @0
				17.5ms created p:2 @0
				20.833333ms created p:3 @0
				22.5ms created p:4 @0
				24.166667ms created p:5 @0
				25.833333ms created p:6 @0
				27.5ms created p:7 @0
				29.166667ms created p:8 @0
				32.5ms created p:9 @0
				37.5ms created p:10 @0
				42.5ms created p:11 @0
				47.5ms created p:12 @0`,
		},
		{
			// However long each takes.
			name: "on one link nothing overtakes", at: "channels.q", what: "enqueued",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 6}}
broker: {latency: {publish: uniform(1ms 20ms)}, channels: {q: {}}}
consumers: {c: {from: q}}
`,
			want: `
				13.573656ms enqueued p:1
				13.614395ms enqueued p:2
				13.614395ms enqueued p:3
				13.614395ms enqueued p:4
				13.614395ms enqueued p:5
				18.614704ms enqueued p:6`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
