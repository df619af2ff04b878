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
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
