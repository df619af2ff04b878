package cli_test

import "testing"

// What those who know a broker from its documentation expect of its profile.
func TestDocumentedBrokers(t *testing.T) {
	for _, c := range []behaviour{
		{
			// A quorum queue counts every delivery that a closed connection returns, whether or not it was begun:
			// one event that takes its consumer down takes what was fetched with it to the dead letters.
			name: "rabbitmq counts what was fetched when its consumer crashes", at: "channels.q", what: "leased returned dead_lettered",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {like: rabbitmq, channels: {q: {max_deliveries: 2, dead_letter: d}, d: {}}}
consumers: {c: {from: q, prefetch: 2, work: 20ms}}
timeline: [{at: 5ms, crash: c, restart: 10ms}, {at: 20ms, crash: c, restart: 10ms}]
`,
			want: `
				1ms leased p:1 1 @0
				2ms leased p:2 1 @0
				5ms returned p:1 1 (crash)
				5ms returned p:2 1 (crash)
				15ms leased p:1 2 @0
				15ms leased p:2 2 @0
				20ms dead_lettered p:1 2 (attempts)
				20ms dead_lettered p:2 (attempts)
				30ms leased p:3 1 @0`,
		},
		{
			// max_deliver counts each delivery; who leaves has had it.
			name: "jetstream counts what was fetched by who leaves", at: "channels.q", what: "leased returned dead_lettered",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 2}}
broker: {like: jetstream, channels: {q: {max_deliveries: 1, dead_letter: d}, d: {}}}
consumers: {c: {from: q, work: 20ms, stops: 10ms}}
`,
			want: `
				1ms leased p:1 1 @0
				2ms leased p:2 1 @0
				10ms dead_lettered p:2 (attempts)`,
		},
		{
			// The receive count, too: the second was received once, and its visibility timeout runs out.
			name: "sqs counts what was received by who crashes", at: "channels.q", what: "leased timed_out returned dead_lettered",
			scenario: `
duration: 2m
producers: {p: {emits: e, to: q, rate: every(1s), count: 2}}
broker: {like: sqs, channels: {q: {max_deliveries: 1, dead_letter: d}, d: {}}}
consumers: {c: {from: q, work: 20s}}
timeline: [{at: 5s, crash: c, restart: 1s}]
`,
			want: `
				1s leased p:1 1 @0
				2s leased p:2 1 @0
				31s timed_out p:1 1 @0 (lease)
				31s dead_lettered p:1 1 (attempts)
				32s timed_out p:2 1 @0 (lease)
				32s dead_lettered p:2 (attempts)`,
		},
		{
			// What was lost on the way was delivered as far as the broker knows.
			name: "rabbitmq counts what was lost on the way", at: "channels.q", what: "leased returned dead_lettered",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 1}}
broker: {like: rabbitmq, channels: {q: {max_deliveries: 1, dead_letter: d}, d: {}}}
consumers: {c: {from: q, work: 20ms}}
timeline: [{at: 0s, drop: [c, broker], chance: 100%, for: 50ms}]
`,
			want: `
				1ms leased p:1 1 @0
				50ms dead_lettered p:1 (attempts)`,
		},
		{
			// The example of Kafka's RangeAssignor: two consumers, two topics of three partitions.
			name: "kafka's range, topic by topic", at: "", what: "assigned",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: t0, rate: 1/s}}
broker: {channels: {t0: {type: stream, partitions: 3}, t1: {type: stream, partitions: 3}}}
consumers: {c: {from: [t0, t1], instances: 2}}
`,
			want: `
				0s assigned p0 @0
				0s assigned p1 @0
				0s assigned p2 @1
				0s assigned p0 @0
				0s assigned p1 @0
				0s assigned p2 @1`,
		},
		{
			// That of its RoundRobinAssignor: C0 has t0p0, t0p2 and t1p1; C1 has t0p1, t1p0 and t1p2.
			name: "kafka's round robin, through all topics", at: "", what: "assigned",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: t0, rate: 1/s}}
broker: {channels: {t0: {type: stream, partitions: 3, assign: round_robin}, t1: {type: stream, partitions: 3, assign: round_robin}}}
consumers: {c: {from: [t0, t1], instances: 2}}
`,
			want: `
				0s assigned p0 @0
				0s assigned p1 @1
				0s assigned p2 @0
				0s assigned p0 @1
				0s assigned p1 @0
				0s assigned p2 @1`,
		},
		{
			// That of its StickyAssignor: three consumers, four topics of two partitions. C0 has t0p0, t1p1 and t3p0, C1 has t0p1, t2p0 and t3p1,
			// C2 has t1p0 and t2p1. When C2 goes these two move, and nothing else.
			name: "kafka's sticky, through all topics", at: "", what: "assigned revoked",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: t0, rate: 1/s}}
broker:
  channels:
    t0: {type: stream, partitions: 2, assign: sticky}
    t1: {type: stream, partitions: 2, assign: sticky}
    t2: {type: stream, partitions: 2, assign: sticky}
    t3: {type: stream, partitions: 2, assign: sticky}
consumers: {c: {from: [t0, t1, t2, t3], instances: 3}}
timeline: [{at: 100ms, scale: c, to: 2}]
`,
			want: `
				0s assigned p0 @0
				0s assigned p1 @1
				0s assigned p0 @2
				0s assigned p1 @0
				0s assigned p0 @1
				0s assigned p1 @2
				0s assigned p0 @0
				0s assigned p1 @1
				100ms revoked p0 @2
				100ms assigned p0 @0
				100ms revoked p1 @2
				100ms assigned p1 @1`,
		},
		{
			// A priority queue reorders what is ready; what a consumer has fetched is out of its reach.
			name: "rabbitmq, priorities and prefetch", at: "consumers.c", what: "started",
			scenario: `
duration: 1s
events: {low: {priority: 1}, high: {priority: 9}}
producers:
  p: {emits: low, to: q, rate: every(1ms), count: 4}
  r: {emits: high, to: q, rate: every(1ms), starts: 4500us, count: 2}
broker: {like: rabbitmq-classic, channels: {q: {order: priority}}}
consumers: {c: {from: q, prefetch: 2, work: 10ms}}
`,
			want: `
				1ms started p:1 1 @0
				11ms started p:2 1 @0
				21ms started r:1 1 @0
				31ms started r:2 1 @0
				41ms started p:3 1 @0
				51ms started p:4 1 @0`,
		},
		{
			// x-message-ttl: what is returned within its time goes to its place and keeps its age; what is in hand does not expire.
			name: "rabbitmq-classic, time to live and a return", at: "", what: "started returned failed expired done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 4}}
broker: {like: rabbitmq-classic, channels: {q: {ttl: 15ms}}}
consumers: {c: {from: q, prefetch: 1, handle: [{work: 10ms}, {fail: {events: [1], attempts: 1}}]}}
`,
			want: `
				1ms started p:1 1 @0
				11ms failed p:1 1 @0 (failure)
				11ms returned p:1 1 (failure)
				11ms started p:1 2 @0
				17ms expired p:2 (ttl)
				18ms expired p:3 (ttl)
				19ms expired p:4 (ttl)
				21ms done p:1 2 @0`,
		},
		{
			// x-max-length with a dead-letter exchange: the head goes there, in order, and the publish is confirmed.
			name: "rabbitmq drops its head to the dead letters", at: "", what: "enqueued dead_lettered confirmed",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 3}}
broker: {like: rabbitmq, channels: {q: {capacity: 1, dead_letter: d}, d: {}}}
consumers: {c: {from: q, starts: 50ms}}
`,
			want: `
				1ms enqueued p:1
				1ms confirmed p:1 1 @0
				2ms dead_lettered p:1 (full)
				2ms enqueued p:1
				2ms enqueued p:2
				2ms confirmed p:2 1 @0
				3ms dead_lettered p:2 (full)
				3ms enqueued p:2
				3ms enqueued p:3
				3ms confirmed p:3 1 @0`,
		},
		{
			// The visibility timeout runs out while the first receiver works: the second does it again, and the first's delete counts.
			name: "sqs, work longer than the visibility timeout", at: "", what: "leased timed_out returned done duplicate",
			scenario: `
duration: 3m
producers: {p: {emits: e, to: q, rate: every(1s), count: 1}}
broker: {like: sqs, channels: {q: {}}}
consumers: {c: {from: q, instances: 2, work: 40s}}
`,
			want: `
				1s leased p:1 1 @0
				31s timed_out p:1 1 @0 (lease)
				31s returned p:1 1 (lease)
				31s leased p:1 2 @1
				41s done p:1 1 @0
				1m11s duplicate p:1 2 @1`,
		},
		{
			// A message group waits for the one that failed until its visibility timeout is over; the other group does not.
			name: "sqs-fifo, a failure holds up its group alone", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 2m
events: {e: {key: {count: 2}}}
producers: {p: {emits: e, to: q, rate: every(1s), count: 6}}
broker: {like: sqs-fifo, channels: {q: {}}}
consumers: {c: {from: q, instances: 2, handle: [{work: 1s}, {fail: {events: [1], attempts: 1}}]}}
`,
			want: `
				1s started p:1 1 @0
				2s failed p:1 1 @0 (failure)
				2s started p:2 1 @1
				3s done p:2 1 @1
				3s started p:3 1 @0
				4s done p:3 1 @0
				6s started p:6 1 @1
				7s done p:6 1 @1
				31s started p:1 2 @0
				32s done p:1 2 @0
				32s started p:4 1 @1
				33s done p:4 1 @1
				33s started p:5 1 @0
				34s done p:5 1 @0`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
