package cli_test

import "testing"

// Faults of one kind that overlap, and end in any order.
func TestOverlaps(t *testing.T) {
	for _, c := range []behaviour{
		{
			// Twice three is six times; the first ends first.
			name: "slow and slow", at: "consumers.c", what: "started done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 5}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 5ms}}
timeline: [{at: 3ms, slow: c, times: 2, for: 30ms}, {at: 10ms, slow: c, times: 3, for: 40ms}]
`,
			want: `
				1ms started p:1 1 @0
				6ms done p:1 1 @0
				6ms started p:2 1 @0
				16ms done p:2 1 @0
				16ms started p:3 1 @0
				46ms done p:3 1 @0
				46ms started p:4 1 @0
				61ms done p:4 1 @0
				61ms started p:5 1 @0
				66ms done p:5 1 @0`,
		},
		{
			// With 0% it makes no difference, with 100% all fail, until both are over.
			name: "fail and fail", at: "consumers.c", what: "started failed done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 6}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, work: 1ms, retry: {attempts: 1}}}
timeline: [{at: 15ms, fail: c, for: 30ms}, {at: 25ms, fail: c, chance: 0%, for: 10ms}, {at: 28ms, fail: c, for: 10ms}]
`,
			want: `
				10ms started p:1 1 @0
				11ms done p:1 1 @0
				20ms started p:2 1 @0
				21ms failed p:2 1 @0 (failure)
				30ms started p:3 1 @0
				31ms failed p:3 1 @0 (failure)
				40ms started p:4 1 @0
				41ms failed p:4 1 @0 (failure)
				50ms started p:5 1 @0
				51ms done p:5 1 @0
				60ms started p:6 1 @0
				61ms done p:6 1 @0`,
		},
		{
			// What was held sets out, in order, when the last is over.
			name: "cut and cut", at: "", what: "published enqueued confirmed",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 4}}
broker: {latency: {publish: 1ms}, channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 15ms, cut: [p, broker], for: 10ms}, {at: 18ms, cut: [broker, p], for: 17ms}]
`,
			want: `
				10ms published p:1 1 @0
				11ms enqueued p:1
				12ms confirmed p:1 1 @0
				20ms published p:2 1 @0
				30ms published p:3 1 @0
				36ms enqueued p:2
				36ms enqueued p:3
				37ms confirmed p:2 1 @0
				37ms confirmed p:3 1 @0
				40ms published p:4 1 @0
				41ms enqueued p:4
				42ms confirmed p:4 1 @0`,
		},
		{
			// Nothing is sent to it, and its answer is held; the second copy goes out when the answer is back.
			name: "cut of a consumer and cut", at: "", what: "leased started done",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 3}}
broker: {latency: {deliver: 1ms, ack: 1ms}, channels: {q: {}}}
consumers: {c: {from: q, work: 5ms}}
timeline: [{at: 12ms, cut: [c, broker], for: 40ms}, {at: 30ms, cut: [c, broker], for: 10ms}]
`,
			want: `
				10ms leased p:1 1 @0
				11ms started p:1 1 @0
				16ms done p:1 1 @0
				53ms leased p:2 1 @0
				54ms started p:2 1 @0
				59ms done p:2 1 @0
				60ms leased p:3 1 @0
				61ms started p:3 1 @0
				66ms done p:3 1 @0`,
		},
		{
			// The channel's within the broker's, and the other way round.
			name: "outage and outage", at: "", what: "published enqueued rejected leased",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 7}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 15ms, outage: broker, for: 30ms}, {at: 25ms, outage: q, for: 10ms}, {at: 38ms, outage: q, for: 17ms}]
`,
			want: `
				10ms published p:1 1 @0
				10ms enqueued p:1
				10ms leased p:1 1 @0
				20ms published p:2 1 @0
				20ms rejected p:2 1 @0 (outage)
				30ms published p:3 1 @0
				30ms rejected p:3 1 @0 (outage)
				40ms published p:4 1 @0
				40ms rejected p:4 1 @0 (outage)
				50ms published p:5 1 @0
				50ms rejected p:5 1 @0 (outage)
				60ms published p:6 1 @0
				60ms enqueued p:6
				60ms leased p:6 1 @0
				70ms published p:7 1 @0
				70ms enqueued p:7
				70ms leased p:7 1 @0`,
		},
		{
			// resume ends all of them; the undoing of what was resumed does nothing.
			name: "pause, pause and resume", at: "consumers.c", what: "started",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 7}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 5ms, pause: c, for: 40ms}, {at: 15ms, pause: c, for: 20ms}, {at: 25ms, resume: c}, {at: 38ms, pause: c, for: 17ms}]
`,
			want: `
				25ms started p:1 1 @0
				25ms started p:2 1 @0
				30ms started p:3 1 @0
				55ms started p:4 1 @0
				55ms started p:5 1 @0
				60ms started p:6 1 @0
				70ms started p:7 1 @0`,
		},
		{
			// 3 is still on its way when the link takes no time again: 4 and 5 do not overtake it.
			name: "a delay that ends, and what it delayed", at: "", what: "published enqueued",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 6}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 25ms, delay: [p, broker], by: 22ms, for: 10ms}]
`,
			want: `
				10ms published p:1 1 @0
				10ms enqueued p:1
				20ms published p:2 1 @0
				20ms enqueued p:2
				30ms published p:3 1 @0
				40ms published p:4 1 @0
				50ms published p:5 1 @0
				52ms enqueued p:3
				52ms enqueued p:4
				52ms enqueued p:5
				60ms published p:6 1 @0
				60ms enqueued p:6`,
		},
		{
			name: "a latency of 0 that is set, and what is on its way", at: "", what: "published enqueued",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 5}}
broker: {latency: {publish: 15ms}, channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 15ms, set: broker.latency.publish, to: 0}]
`,
			want: `
				10ms published p:1 1 @0
				20ms published p:2 1 @0
				25ms enqueued p:1
				25ms enqueued p:2
				30ms published p:3 1 @0
				30ms enqueued p:3
				40ms published p:4 1 @0
				40ms enqueued p:4
				50ms published p:5 1 @0
				50ms enqueued p:5`,
		},
		{
			// They add up.
			name: "delay and delay", at: "", what: "published enqueued",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 5}}
broker: {latency: {publish: 1ms}, channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 15ms, delay: [p, broker], by: 2ms, for: 30ms}, {at: 25ms, delay: [p, broker], by: 5ms, for: 10ms}]
`,
			want: `
				10ms published p:1 1 @0
				11ms enqueued p:1
				20ms published p:2 1 @0
				23ms enqueued p:2
				30ms published p:3 1 @0
				38ms enqueued p:3
				40ms published p:4 1 @0
				43ms enqueued p:4
				50ms published p:5 1 @0
				51ms enqueued p:5`,
		},
		{
			// Each takes one more.
			name: "duplicate and duplicate", at: "", what: "published enqueued",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 4}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 15ms, duplicate: q, for: 20ms}, {at: 25ms, duplicate: q, for: 20ms}]
`,
			want: `
				10ms published p:1 1 @0
				10ms enqueued p:1
				20ms published p:2 1 @0
				20ms enqueued p:2
				20ms enqueued p:2
				30ms published p:3 1 @0
				30ms enqueued p:3
				30ms enqueued p:3
				30ms enqueued p:3
				40ms published p:4 1 @0
				40ms enqueued p:4
				40ms enqueued p:4`,
		},
		{
			// Twice, six times and three times as fast: 5ms of the gap of 10ms pass in 2.5ms, the rest in 5/6ms.
			name: "surge and surge", at: "producers.p", what: "created",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 8}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 10ms, surge: p, times: 2, for: 10ms}, {at: 12500us, surge: p, times: 3, for: 10ms}]
`,
			want: `
				10ms created p:1 @0
				13.333333ms created p:2 @0
				15ms created p:3 @0
				16.666667ms created p:4 @0
				18.333333ms created p:5 @0
				20ms created p:6 @0
				25ms created p:7 @0
				35ms created p:8 @0`,
		},
		{
			// The one that began last holds; when the first is over it is as if it had not been.
			name: "scale and scale", at: "", what: "joined left scaled",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 1}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, instances: 2}}
timeline: [{at: 10ms, scale: c, to: 4, for: 30ms}, {at: 20ms, scale: c, to: 1, for: 40ms}]
`,
			want: `
				0s joined @0
				0s joined @1
				10ms scaled 4
				10ms joined @2
				10ms joined @3
				20ms scaled 1
				20ms left @3 (stop)
				20ms left @2 (stop)
				20ms left @1 (stop)
				60ms scaled 2
				60ms joined @1`,
		},
		{
			// It is back when both are over; start ends all of them.
			name: "stop and stop", at: "", what: "joined left",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 1}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 10ms, stop: c, for: 30ms}, {at: 20ms, stop: c, for: 5ms}, {at: 50ms, stop: c}, {at: 55ms, stop: c, for: 15ms}, {at: 60ms, start: c}, {at: 65ms, stop: c}]
`,
			want: `
				0s joined @0
				10ms left @0 (stop)
				40ms joined @0
				50ms left @0 (stop)
				60ms joined @0
				65ms left @0 (stop)`,
		},
		{
			// Each takes down the next that is up, and its end brings back those that it took, if nothing has since.
			name: "crash and crash", at: "", what: "crashed joined",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 1}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, instances: 3}}
timeline: [{at: 10ms, crash: c, for: 30ms}, {at: 20ms, crash: c, restart: 5ms}, {at: 30ms, crash: c, instances: all, restart: 20ms}]
`,
			want: `
				0s joined @0
				0s joined @1
				0s joined @2
				10ms crashed @0
				20ms crashed @1
				25ms joined @1
				30ms crashed @1
				30ms crashed @2
				40ms joined @0
				50ms joined @1
				50ms joined @2`,
		},
		{
			// An answer that a cut holds back arrives when it is over, although who sent it has died.
			name: "crash during a cut", at: "", what: "leased started done duplicate returned crashed joined",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 1}}
broker: {latency: {ack: 1ms}, channels: {q: {}}}
consumers: {c: {from: q, work: 5ms}}
timeline: [{at: 12ms, cut: [c, broker], for: 30ms}, {at: 20ms, crash: c, restart: 40ms}]
`,
			want: `
				0s joined @0
				10ms leased p:1 1 @0
				10ms started p:1 1 @0
				15ms done p:1 1 @0
				20ms crashed @0
				60ms joined @0`,
		},
		{
			name: "outage during a surge", at: "", what: "created rejected enqueued",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 6}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 10ms, surge: p, times: 5, for: 6ms}, {at: 11ms, outage: q, for: 2ms}]
`,
			want: `
				10ms created p:1 @0
				10ms enqueued p:1
				12ms created p:2 @0
				12ms rejected p:2 1 @0 (outage)
				14ms created p:3 @0
				14ms enqueued p:3
				16ms created p:4 @0
				16ms enqueued p:4
				26ms created p:5 @0
				26ms enqueued p:5
				36ms created p:6 @0
				36ms enqueued p:6`,
		},
		{
			// The end of a stop brings nobody who was not there; one whose time to join came meanwhile joins then.
			name: "stop before it starts", at: "", what: "joined left",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 1}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, starts: 50ms, stops: 90ms}}
timeline: [{at: 10ms, stop: c, for: 10ms}, {at: 40ms, stop: c, for: 30ms}, {at: 80ms, stop: c, for: 20ms}]
`,
			want: `
				70ms joined @0
				80ms left @0 (stop)`,
		},
		{
			name: "a producer's stops", at: "producers.p", what: "created",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(10ms)}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 15ms, stop: p, for: 40ms}, {at: 25ms, stop: p, for: 10ms}, {at: 65ms, stop: p, for: 30ms}, {at: 75ms, start: p}]
`,
			want: `
				10ms created p:1 @0
				60ms created p:2 @0
				80ms created p:3 @0
				90ms created p:4 @0
				100ms created p:5 @0`,
		},
		{
			// The first is over at 40ms; the instance that it took was back before, and has died again since for good.
			name: "a crash within a crash", at: "", what: "crashed joined",
			scenario: `
duration: 200ms
producers: {p: {emits: e, to: q, rate: every(10ms), count: 1}}
broker: {channels: {q: {}}}
consumers: {c: {from: q}}
timeline: [{at: 10ms, crash: c, restart: 5ms, for: 30ms}, {at: 20ms, crash: c}]
`,
			want: `
				0s joined @0
				10ms crashed @0
				15ms joined @0
				20ms crashed @0`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
