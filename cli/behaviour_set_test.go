package cli_test

import "testing"

// Values that are set while a scenario runs, and what that means for what is
// under way.
func TestSetWhileItRuns(t *testing.T) {
	for _, c := range []behaviour{
		{
			// The gap under way keeps its length; then 20 a second from there on.
			name: "rate of another kind", at: "producers.p", what: "created",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(300ms)}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 400ms, set: producers.p.rate, to: 20/s, for: 250ms}]
`,
			want: `
				300ms created p:1 @0
				600ms created p:2 @0
				650ms created p:3 @0
				950ms created p:4 @0`,
		},
		{
			// Standing still it begins anew with a gap.
			name: "a rate of 0 and back", at: "producers.p", what: "created",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: 10/s}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 250ms, set: producers.p.rate, to: 0/s, for: 320ms}]
`,
			want: `
				100ms created p:1 @0
				200ms created p:2 @0
				300ms created p:3 @0
				670ms created p:4 @0
				770ms created p:5 @0
				870ms created p:6 @0
				970ms created p:7 @0`,
		},
		{
			// The half of the gap that is left at 150ms passes ten times as fast.
			name: "shape", at: "producers.p", what: "created",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: 10/s, count: 6}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 150ms, set: producers.p.shape, to: [{at: 0s, times: 10}], for: 15ms}]
`,
			want: `
				100ms created p:1 @0
				155ms created p:2 @0
				165ms created p:3 @0
				265ms created p:4 @0
				365ms created p:5 @0
				465ms created p:6 @0`,
		},
		{
			// The second of it begins at 150ms, with a gap cut short by its own phase, and stops at 300ms.
			name: "instances of a producer", at: "producers.p", what: "created",
			scenario: `
duration: 500ms
producers: {p: {emits: e, to: q, rate: every(100ms)}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 150ms, set: producers.p.instances, to: 2, for: 150ms}]
`,
			want: `
				100ms created p:1 @0
				197.678456ms created p:2 @1
				200ms created p:3 @0
				297.678456ms created p:4 @1
				300ms created p:5 @0
				400ms created p:6 @0
				500ms created p:7 @0`,
		},
		{
			// The second begins to think at 25ms; at 50ms it is one too many, and acts no more when it has thought.
			name: "users", at: "producers.p", what: "created confirmed",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, users: 1, think: 10ms}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 25ms, set: producers.p.users, to: 2, for: 25ms}]
`,
			want: `
				10ms created p:1 @0
				10ms confirmed p:1 1 @0
				20ms created p:2 @0
				20ms confirmed p:2 1 @0
				30ms created p:3 @0
				30ms confirmed p:3 1 @0
				35ms created p:4 @0
				35ms confirmed p:4 1 @0
				40ms created p:5 @0
				40ms confirmed p:5 1 @0
				45ms created p:6 @0
				45ms confirmed p:6 1 @0
				50ms created p:7 @0
				50ms confirmed p:7 1 @0
				60ms created p:8 @0
				60ms confirmed p:8 1 @0
				70ms created p:9 @0
				70ms confirmed p:9 1 @0
				80ms created p:10 @0
				80ms confirmed p:10 1 @0
				90ms created p:11 @0
				90ms confirmed p:11 1 @0
				100ms created p:12 @0
				100ms confirmed p:12 1 @0`,
		},
		{
			// Two were all; then there may be four.
			name: "count", at: "producers.p", what: "created",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(100ms), count: 2}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 350ms, set: producers.p.count, to: 4}]
`,
			want: `
				100ms created p:1 @0
				200ms created p:2 @0
				450ms created p:3 @0
				550ms created p:4 @0`,
		},
		{
			// At half the speed an odd nanosecond is no whole one of the inner time; a gap of nothing ends at once all the same, not before.
			name: "count, at half speed", at: "producers.p", what: "created",
			scenario: `
duration: 100ms
producers:
  p: {emits: e, to: q, rate: "renewal(mix(90% 0ms 10% 2ms))", count: 1, shape: [{at: 0s, times: 0.5}]}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline:
  - {at: 10.000001ms, set: producers.p.count, to: 2}
  - {at: 20.000003ms, set: producers.p.count, to: 3}
  - {at: 30.000001ms, set: producers.p.count, to: 4}
`,
			want: `
				0s created p:1 @0
				14ms created p:2 @0
				20.000003ms created p:3 @0
				30.000001ms created p:4 @0`,
		},
		{
			// What was recognised when it was begun is no effect, whatever holds when it ends.
			name: "idempotent", at: "consumers.c", what: "started done recognised duplicate",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 1}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, idempotent: true, recognise: 10ms, work: 1ms}}
timeline:
  - {at: 0s, duplicate: q, chance: 100%}
  - {at: 5ms, set: consumers.c.idempotent, to: false}
`,
			want: `
				1ms started p:1 1 @0
				2ms done p:1 1 @0
				2ms started p:1 1 @0
				12ms recognised p:1 1 @0`,
		},
		{
			// What went below the stack is behind all when it is a queue again, too.
			name: "order, of a stack with something put below it", at: "consumers.c", what: "started failed",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 4}}
broker: {channels: {q: {order: lifo, requeue: back}}}
consumers: {c: {from: q, handle: [{work: 10ms}, {fail: {events: [1], attempts: 1}}], retry: {backoff: constant(0s)}}}
timeline: [{at: 25ms, set: broker.channels.q.order, to: fifo}]
`,
			want: `
				1ms started p:1 1 @0
				11ms failed p:1 1 @0 (failure)
				11ms started p:4 1 @0
				21ms started p:3 1 @0
				31ms started p:2 1 @0
				41ms started p:1 2 @0`,
		},
		{
			// Twenty are at work when one instance has fifteen workers: it is busy, not five times too much, since
			// without a limit nothing could be said of it. Two are enough, and one when all is done.
			name: "a limit to concurrency, and an autoscaler on utilisation", at: "consumers.c", what: "scaled",
			scenario: `
duration: 300ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 150}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, concurrency: unlimited, work: 20ms, autoscale: {min: 1, max: 5, on: utilisation, target: 80%, every: 10ms, window: 40ms, cooldown: 20ms}}}
timeline: [{at: 105ms, set: consumers.c.concurrency, to: 15}]
`,
			want: `
				110ms scaled 2
				180ms scaled 1`,
		},
		{
			// What was refused is tried again where it was going.
			name: "to", at: "", what: "published rejected enqueued",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: full, rate: every(10ms), count: 3, retry: {attempts: 2, backoff: constant(30ms)}}}
broker: {channels: {full: {capacity: 0}, other: {}}}
consumers: {c: {from: full, work: 35ms}, d: {from: other}}
timeline: [{at: 25ms, set: producers.p.to, to: other}]
`,
			want: `
				10ms published p:1 1 @0
				10ms enqueued p:1
				20ms published p:2 1 @0
				20ms rejected p:2 (full)
				30ms published p:3 1 @0
				30ms enqueued p:3
				50ms published p:2 2 @0 (retry)
				50ms enqueued p:2`,
		},
		{
			name: "confirm", at: "producers.p", what: "published confirmed rejected",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 4}}
broker: {latency: {publish: 2ms}, channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 21ms, set: producers.p.confirm, to: false, for: 10ms}]
`,
			want: `
				10ms published p:1 1 @0
				14ms confirmed p:1 1 @0
				20ms published p:2 1 @0
				24ms confirmed p:2 1 @0
				30ms published p:3 1 @0
				40ms published p:4 1 @0
				44ms confirmed p:4 1 @0`,
		},
		{
			// The fourth is withheld, and taken when the capacity is larger; the fifth drops the oldest of those that are ready.
			name: "capacity and overflow", at: "channels.q", what: "enqueued rejected dropped delayed",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 6, confirm: false}}
broker: {channels: {q: {capacity: 2}}}
consumers: {c: {from: q, work: 1s}}
timeline:
  - {at: 35ms, set: broker.channels.q.overflow, to: block, for: 10ms}
  - {at: 42ms, set: broker.channels.q.capacity, to: 3}
  - {at: 45ms, set: broker.channels.q.overflow, to: drop_old}
`,
			want: `
				10ms enqueued p:1
				20ms enqueued p:2
				30ms enqueued p:3
				40ms delayed p:4 (blocked)
				42ms enqueued p:4
				50ms dropped p:2 (full)
				50ms enqueued p:5
				60ms dropped p:3 (full)
				60ms enqueued p:6`,
		},
		{
			// All that waits is in another order from then on.
			name: "order", at: "consumers.c", what: "started",
			scenario: `
duration: 200ms
events: {e: {priority: 1}, u: {priority: 9}}
producers: {p: {emits: e, to: q, rate: every(1ms), count: 4}, r: {emits: u, to: q, rate: every(1ms), count: 1, starts: 2500us}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 10ms}}
timeline: [{at: 5ms, set: broker.channels.q.order, to: priority}, {at: 15ms, set: broker.channels.q.order, to: lifo}, {at: 35ms, set: broker.channels.q.order, to: fifo}]
`,
			want: `
				1ms started p:1 1 @0
				11ms started r:1 1 @0
				21ms started p:4 1 @0
				31ms started p:3 1 @0
				41ms started p:2 1 @0`,
		},
		{
			name: "requeue", at: "consumers.c", what: "started",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {channels: {q: {}}}
consumers:
  c: {from: q, retry: {backoff: constant(0)}, handle: [{work: 10ms}, {fail: {events: [1, 2]}}]}
timeline: [{at: 5ms, set: broker.channels.q.requeue, to: back, for: 10ms}]
`,
			want: `
				1ms started p:1 1 @0
				11ms started p:2 1 @0
				21ms started p:2 2 @0
				31ms started p:3 1 @0
				41ms started p:1 2 @0`,
		},
		{
			// It holds for what is there: at 15ms the second is 13ms old, the third 12ms.
			name: "ttl", at: "", what: "expired started",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 4}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 20ms}}
timeline: [{at: 15ms, set: broker.channels.q.ttl, to: 12ms, for: 1ms}]
`,
			want: `
				1ms started p:1 1 @0
				15ms expired p:2 (ttl)
				15ms expired p:3 (ttl)
				21ms started p:4 1 @0`,
		},
		{
			// The first delivery has no clock; the second has one of 30ms and the third of 5ms, which runs out first.
			name: "ack timeout", at: "", what: "leased timed_out done duplicate",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {channels: {q: {ack_timeout: none}}}
consumers: {c: {from: q, concurrency: 3, work: 40ms, retry: {attempts: 2}}}
timeline: [{at: 1500us, set: broker.channels.q.ack_timeout, to: 30ms}, {at: 2500us, set: broker.channels.q.ack_timeout, to: 5ms}]
`,
			want: `
				1ms leased p:1 1 @0
				2ms leased p:2 1 @0
				3ms leased p:3 1 @0
				8ms timed_out p:3 1 @0 (lease)
				8ms leased p:3 2 @0
				32ms timed_out p:2 1 @0 (lease)
				32ms leased p:2 2 @0
				41ms done p:1 1 @0
				42ms done p:2 1 @0
				43ms done p:3 1 @0
				81ms duplicate p:3 2 @0
				82ms duplicate p:2 2 @0`,
		},
		{
			// The second was sent when the clock ran from the lease, the third when it ran from the start.
			name: "ack clock", at: "", what: "leased started timed_out",
			scenario: `
duration: 50ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {channels: {q: {ack_timeout: 15ms, ack_clock: lease}}}
consumers: {c: {from: q, prefetch: 3, work: 10ms, retry: {attempts: 9}}}
timeline: [{at: 2500us, set: broker.channels.q.ack_clock, to: start}]
`,
			want: `
				1ms leased p:1 1 @0
				1ms started p:1 1 @0
				2ms leased p:2 1 @0
				3ms leased p:3 1 @0
				11ms started p:2 1 @0
				17ms timed_out p:2 1 @0 (lease)
				17ms leased p:2 2 @0
				21ms started p:3 1 @0
				31ms started p:2 2 @0`,
		},
		{
			name: "dead letter and deliveries", at: "", what: "failed dead_lettered dropped",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(100ms), count: 2}}
broker: {channels: {q: {}, d: {}}}
consumers: {c: {from: q, fail: 100%, retry: {attempts: 9, backoff: constant(30ms)}}, x: {from: d}}
timeline: [{at: 150ms, set: broker.channels.q.max_deliveries, to: 3}, {at: 210ms, set: broker.channels.q.dead_letter, to: d}]
`,
			want: `
				100ms failed p:1 1 @0 (failure)
				130ms failed p:1 2 @0 (failure)
				160ms failed p:1 3 @0 (failure)
				160ms dropped p:1 3 (attempts)
				200ms failed p:2 1 @0 (failure)
				230ms failed p:2 2 @0 (failure)
				260ms failed p:2 3 @0 (failure)
				260ms dead_lettered p:2 3 (attempts)`,
		},
		{
			// What comes from then on goes elsewhere; a change of one rule leaves the other as it is.
			name: "where and rules", at: "", what: "enqueued unrouted",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: b, rate: every(10ms), count: 6}}
broker: {channels: {b: {type: bus, rules: {all: {to: x}}}, x: {}, y: {from: x, where: {type: other}}}}
consumers: {c: {from: x}, d: {from: y}}
timeline:
  - {at: 15ms, set: broker.channels.b.rules.all.where, to: {type: other}}
  - {at: 25ms, set: broker.channels.b.otherwise, to: y}
  - {at: 35ms, set: broker.channels.b.rules, to: {all: {to: x}, more: {to: y}}}
  - {at: 45ms, set: broker.channels.y.where, to: {type: e}}
  - {at: 55ms, set: broker.channels.b.rules.all.to, to: y}
`,
			want: `
				10ms enqueued p:1
				20ms unrouted p:2
				30ms enqueued p:3
				40ms enqueued p:4
				40ms enqueued p:4
				50ms enqueued p:5
				50ms enqueued p:5
				50ms enqueued p:5
				60ms enqueued p:6
				60ms enqueued p:6`,
		},
		{
			name: "filter of a subscriber", at: "", what: "enqueued",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: t, rate: every(10ms), count: 3}, r: {emits: o, to: t, rate: every(10ms), count: 3, starts: 5ms}}
broker: {channels: {t: {type: topic}}}
consumers: {c: {from: {channel: t, where: {type: e}}}}
timeline: [{at: 22ms, set: consumers.c.from.where, to: {type: o}}]
`,
			want: `
				10ms enqueued p:1
				20ms enqueued p:2
				25ms enqueued r:2
				35ms enqueued r:3`,
		},
		{
			// Six more begin at once; back at one, nothing begins before all of them are done.
			name: "unlimited concurrency", at: "consumers.c", what: "started done",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: "burst(9, every=1ms)", count: 9}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, prefetch: 7, work: 10ms}}
timeline: [{at: 5ms, set: consumers.c.concurrency, to: unlimited, for: 2ms}]
`,
			want: `
				1ms started p:1 1 @0
				5ms started p:2 1 @0
				5ms started p:3 1 @0
				5ms started p:4 1 @0
				5ms started p:5 1 @0
				5ms started p:6 1 @0
				5ms started p:7 1 @0
				11ms done p:1 1 @0
				15ms done p:2 1 @0
				15ms done p:3 1 @0
				15ms done p:4 1 @0
				15ms done p:5 1 @0
				15ms done p:6 1 @0
				15ms done p:7 1 @0
				15ms started p:8 1 @0
				25ms done p:8 1 @0
				25ms started p:9 1 @0
				35ms done p:9 1 @0`,
		},
		{
			name: "ack before", at: "consumers.c", what: "started failed lost",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, retry: {attempts: 2, backoff: constant(0)}, handle: [{work: 10ms}, {fail: 100%}]}}
timeline: [{at: 25ms, set: consumers.c.ack, to: before}]
`,
			want: `
				1ms started p:1 1 @0
				11ms failed p:1 1 @0 (failure)
				11ms started p:1 2 @0
				21ms failed p:1 2 @0 (failure)
				21ms started p:2 1 @0
				31ms failed p:2 1 @0 (failure)
				31ms started p:2 2 @0
				41ms failed p:2 2 @0 (failure)
				41ms lost p:2 2 @0 (acked_before)
				41ms started p:3 1 @0
				51ms failed p:3 1 @0 (failure)
				51ms lost p:3 1 @0 (acked_before)`,
		},
		{
			// The attempt under way ends as it began, and its retry is done with the new steps.
			name: "another list of steps", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 2}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, retry: {backoff: constant(0)}, handle: [{work: 10ms}, {fail: 100%}]}}
timeline: [{at: 5ms, set: consumers.c.handle, to: [{work: 2ms}]}]
`,
			want: `
				1ms started p:1 1 @0
				11ms failed p:1 1 @0 (failure)
				11ms started p:1 2 @0
				13ms done p:1 2 @0
				13ms started p:2 1 @0
				15ms done p:2 1 @0`,
		},
		{
			// The second step of the attempt under way takes as long as it now does.
			name: "values of steps", at: "consumers.c", what: "started done",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 2}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, handle: [{work: 10ms}, {work: 10ms}]}}
timeline: [{at: 5ms, set: "consumers.c.handle[0].work", to: 1ms}, {at: 5ms, set: "consumers.c.handle[1].work", to: 20ms, for: 10ms}]
`,
			want: `
				1ms started p:1 1 @0
				31ms done p:1 1 @0
				31ms started p:2 1 @0
				42ms done p:2 1 @0`,
		},
		{
			// With 0 at 45ms all three that are done are committed, so that the crash takes back only what is in hand.
			name: "commit", at: "", what: "started done duplicate returned revoked assigned",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: s, rate: every(1ms), count: 6}}
broker: {channels: {s: {type: stream, session_timeout: 10ms}}}
consumers: {c: {from: s, work: 14ms, commit: 10s}}
timeline: [{at: 45ms, set: consumers.c.commit, to: 0}, {at: 50ms, crash: c, restart: 30ms}]
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
				60ms revoked p0 @0 (crash)
				60ms returned p:4 1 (crash)
				80ms assigned p0 @0
				80ms started p:4 2 @0
				94ms done p:4 2 @0
				94ms started p:5 1 @0
				108ms done p:5 1 @0
				108ms started p:6 1 @0
				122ms done p:6 1 @0`,
		},
		{
			// The bounds hold at once, and only they.
			name: "autoscaler", at: "", what: "joined left scaled",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: 1/s}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, autoscale: {max: 4, target: 5, every: 10s}}}
timeline: [{at: 100ms, set: consumers.c.autoscale.min, to: 3, for: 200ms}, {at: 500ms, set: consumers.c.autoscale, to: {max: 2, target: 5}}]
`,
			want: `
				0s joined @0
				100ms scaled 3
				100ms joined @1
				100ms joined @2
				500ms scaled 2
				500ms left @2 (stop)`,
		},
		{
			// Open until 35ms and, after the trial at 40ms, until 55ms. The trial at 60ms closes it, and with a window of 3 two failures are too few.
			name: "a breaker", at: "consumers.f", what: "called answered failed done",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 9}}
broker: {channels: {q: {}}}
consumers:
  f: {from: q, retry: {attempts: 1}, handle: [{call: g, breaker: {errors: 50%, window: 2, open: 15ms}}]}
  g: {fail: {events: [1, 2, 3, 5, 6]}}
timeline:
  - {at: 45ms, set: "consumers.f.handle[0].breaker.open", to: 25ms}
  - {at: 65ms, set: "consumers.f.handle[0].breaker.window", to: 3}
`,
			want: `
				10ms called p:1 1 @0
				10ms answered p:1 1 @0 (failure)
				10ms failed p:1 1 @0 (failure)
				20ms called p:2 1 @0
				20ms answered p:2 1 @0 (failure)
				20ms failed p:2 1 @0 (failure)
				30ms failed p:3 1 @0 (failure)
				40ms called p:4 1 @0
				40ms answered p:4 1 @0 (failure)
				40ms failed p:4 1 @0 (failure)
				50ms failed p:5 1 @0 (failure)
				60ms called p:6 1 @0
				60ms answered p:6 1 @0
				60ms done p:6 1 @0
				70ms called p:7 1 @0
				70ms answered p:7 1 @0 (failure)
				70ms failed p:7 1 @0 (failure)
				80ms called p:8 1 @0
				80ms answered p:8 1 @0 (failure)
				80ms failed p:8 1 @0 (failure)
				90ms called p:9 1 @0
				90ms answered p:9 1 @0
				90ms done p:9 1 @0`,
		},
		{
			// 30ms hides 20ms, and gives it back; the retry beside them does not change the work.
			name: "sets at one path and another", at: "consumers.c", what: "started done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 5}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 10ms}}
timeline:
  - {at: 5ms, set: consumers.c.work, to: 20ms, for: 95ms}
  - {at: 25ms, set: consumers.c.work, to: 30ms, for: 10ms}
  - {at: 30ms, set: consumers.c.retry.attempts, to: 2}
`,
			want: `
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				11ms started p:2 1 @0
				31ms done p:2 1 @0
				31ms started p:3 1 @0
				61ms done p:3 1 @0
				61ms started p:4 1 @0
				81ms done p:4 1 @0
				81ms started p:5 1 @0
				101ms done p:5 1 @0`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
