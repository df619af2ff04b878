package cli_test

import "testing"

// Messages that are lost, held up or delayed between two components.
func TestLostMessages(t *testing.T) {
	for _, c := range []behaviour{
		{
			// It never starts, so its clock runs from the sending.
			name: "a delivery is lost, the clock would start with the handler", at: "", what: "leased timed_out returned started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 2}}
broker: {channels: {q: {ack_timeout: 50ms}}}
consumers: {c: {from: q, work: 10ms}}
timeline: [{at: 0s, drop: [broker, c], for: 5ms}]
`,
			want: `
				1ms leased p:1 1 @0
				51ms timed_out p:1 1 @0 (lease)
				51ms returned p:1 1 (lease)
				51ms leased p:1 2 @0
				51ms started p:1 1 @0
				61ms done p:1 1 @0
				61ms leased p:2 1 @0
				61ms started p:2 1 @0
				71ms done p:2 1 @0`,
		},
		{
			// The clock of the second runs from 13ms on.
			name: "an answer is lost, the clock started with the handler", at: "", what: "leased timed_out returned started done duplicate",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(3ms), count: 2}}
broker: {channels: {q: {ack_timeout: 50ms}}}
consumers: {c: {from: q, prefetch: 2, work: 10ms}}
timeline: [{at: 20ms, drop: [c, broker], for: 5ms}]
`,
			want: `
				3ms leased p:1 1 @0
				3ms started p:1 1 @0
				6ms leased p:2 1 @0
				13ms done p:1 1 @0
				13ms started p:2 1 @0
				23ms done p:2 1 @0
				63ms timed_out p:2 1 @0 (lease)
				63ms returned p:2 1 (lease)
				63ms leased p:2 2 @0
				63ms started p:2 2 @0
				73ms duplicate p:2 2 @0`,
		},
		{
			// The broker finds it with the new connection.
			name: "a delivery is lost and no clock runs", at: "", what: "leased returned started done fault_ended",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 2}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 10ms}}
timeline: [{at: 0s, drop: [broker, c], for: 5ms}]
`,
			want: `
				1ms leased p:1 1 @0
				5ms fault_ended
				5ms returned p:1 1 (lost_on_the_way)
				5ms leased p:1 2 @0
				5ms started p:1 1 @0
				15ms done p:1 1 @0
				15ms leased p:2 1 @0
				15ms started p:2 1 @0
				25ms done p:2 1 @0`,
		},
		{
			// The work was done, and is done again.
			name: "an answer is lost and no clock runs", at: "", what: "leased returned started done duplicate fault_ended",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 2}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 10ms}}
timeline: [{at: 5ms, drop: [broker, c], for: 50ms}]
`,
			want: `
				1ms leased p:1 1 @0
				1ms started p:1 1 @0
				11ms done p:1 1 @0
				55ms fault_ended
				55ms returned p:1 1 (lost_on_the_way)
				55ms leased p:1 2 @0
				55ms started p:1 2 @0
				65ms duplicate p:1 2 @0
				65ms leased p:2 1 @0
				65ms started p:2 1 @0
				75ms done p:2 1 @0`,
		},
		{
			// The connection is whole again when the last of them is over.
			name: "losses overlap", at: "", what: "leased returned done fault_ended",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 1}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 10ms}}
timeline: [{at: 0s, drop: [broker, c], for: 30ms}, {at: 0s, drop: [c, broker], for: 10ms, chance: 50%}]
`,
			want: `
				1ms leased p:1 1 @0
				10ms fault_ended
				30ms fault_ended
				30ms returned p:1 1 (lost_on_the_way)
				30ms leased p:1 2 @0
				40ms done p:1 1 @0`,
		},
		{
			// Its partition waits for it until the connection is whole again.
			name: "a partition's event is lost and no clock runs", at: "", what: "leased returned started done",
			scenario: `
duration: 1s
producers: {p: {emits: e, to: s, rate: every(1ms), count: 4}}
broker: {latency: {deliver: 1ms}, channels: {s: {type: stream, partitions: 2}}}
consumers: {c: {from: s, concurrency: 2, work: 10ms}}
timeline: [{at: 1ms, drop: [broker, c], for: 500us}]
`,
			want: `
				1ms leased p:1 1 @0
				1.5ms returned p:1 1 (lost_on_the_way)
				1.5ms leased p:1 2 @0
				2ms leased p:2 1 @0
				2.5ms started p:1 1 @0
				3ms started p:2 1 @0
				12.5ms done p:1 1 @0
				12.5ms leased p:3 1 @0
				12.5ms started p:3 1 @0
				13ms done p:2 1 @0
				13ms leased p:4 1 @0
				13ms started p:4 1 @0
				22.5ms done p:3 1 @0
				23ms done p:4 1 @0`,
		},
		{
			// It is told when the connection breaks.
			name: "a request and an answer are lost, the caller waits as long as it takes", at: "", what: "called answered started done duplicate",
			scenario: `
duration: 1s
producers: {p: {emits: e, call: c, rate: every(1ms), count: 2, retry: {attempts: 2, backoff: constant(20ms)}}}
broker: {}
consumers: {c: {work: 10ms}}
timeline: [{at: 2ms, drop: [p, c], for: 10ms}]
`,
			want: `
				1ms called p:1 1 @0
				1ms started p:1 1 @0
				2ms called p:2 1 @0
				2ms answered p:2 1 @0 (failure)
				11ms done p:1 1 @0
				11ms answered p:1 1 @0 (failure)
				22ms called p:2 2 @0
				22ms started p:2 2 @0
				31ms called p:1 2 @0
				32ms done p:2 2 @0
				32ms answered p:2 2 @0
				32ms started p:1 2 @0
				42ms duplicate p:1 2 @0
				42ms answered p:1 2 @0`,
		},
		{
			name: "a request and an answer are lost, the caller has a timeout", at: "", what: "called answered timed_out started done duplicate late",
			scenario: `
duration: 1s
producers: {p: {emits: e, call: c, rate: every(1ms), count: 2, timeout: 30ms, retry: {attempts: 2, backoff: constant(20ms)}}}
broker: {}
consumers: {c: {work: 10ms}}
timeline: [{at: 2ms, drop: [p, c], for: 10ms}]
`,
			want: `
				1ms called p:1 1 @0
				1ms started p:1 1 @0
				2ms called p:2 1 @0
				11ms done p:1 1 @0
				31ms timed_out p:1 1 @0 (unanswered)
				32ms timed_out p:2 1 @0 (unanswered)
				51ms called p:1 2 @0
				51ms started p:1 2 @0
				52ms called p:2 2 @0
				61ms duplicate p:1 2 @0
				61ms answered p:1 2 @0
				61ms started p:2 2 @0
				71ms done p:2 2 @0
				71ms answered p:2 2 @0`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
