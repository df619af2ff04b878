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
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
