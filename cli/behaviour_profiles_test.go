package cli_test

import "testing"

// What each switch of a profile does, with nothing else written.
func TestProfiles(t *testing.T) {
	for _, c := range []behaviour{
		{
			// After 100, 200, 400 and 800ms.
			name: "ideal tries five times", at: "", what: "started dropped",
			scenario: `
duration: 5s
producers: {p: {emits: e, to: q, rate: every(1ms), count: 1}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, fail: 100%}}
`,
			want: `
				1ms started p:1 1 @0
				101ms started p:1 2 @0
				301ms started p:1 3 @0
				701ms started p:1 4 @0
				1.501s started p:1 5 @0
				1.501s dropped p:1 5 (attempts)`,
		},
		{
			name: "ideal fetches what it has workers for", at: "", what: "leased",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 5}}
broker: {channels: {q: {}}}
consumers: {c: {from: q, concurrency: 2, work: 1s}}
`,
			want: `
				1ms leased p:1 1 @0
				2ms leased p:2 1 @0`,
		},
		{
			name: "rabbitmq fetches without limit", at: "", what: "leased",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 5}}
broker: {like: rabbitmq, channels: {q: {}}}
consumers: {c: {from: q, concurrency: 2, work: 1s}}
`,
			want: `
				1ms leased p:1 1 @0
				2ms leased p:2 1 @0
				3ms leased p:3 1 @0
				4ms leased p:4 1 @0
				5ms leased p:5 1 @0`,
		},
		{
			name: "sqs fetches ten", at: "", what: "leased",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 12}}
broker: {like: sqs, channels: {q: {}}}
consumers: {c: {from: q, work: 1s}}
`,
			want: `
				1ms leased p:1 1 @0
				2ms leased p:2 1 @0
				3ms leased p:3 1 @0
				4ms leased p:4 1 @0
				5ms leased p:5 1 @0
				6ms leased p:6 1 @0
				7ms leased p:7 1 @0
				8ms leased p:8 1 @0
				9ms leased p:9 1 @0
				10ms leased p:10 1 @0`,
		},
		{
			// A full queue makes room at the front.
			name: "rabbitmq drops its head", at: "", what: "enqueued dropped rejected",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 4}}
broker: {like: rabbitmq, channels: {q: {capacity: 2}}}
consumers: {c: {from: q, starts: 50ms}}
`,
			want: `
				1ms enqueued p:1
				2ms enqueued p:2
				3ms dropped p:1 (full)
				3ms enqueued p:3
				4ms dropped p:2 (full)
				4ms enqueued p:4`,
		},
		{
			name: "sqs refuses", at: "", what: "enqueued dropped rejected",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: q, rate: every(1ms), count: 4}}
broker: {like: sqs, channels: {q: {capacity: 2}}}
consumers: {c: {from: q, starts: 50ms}}
`,
			want: `
				1ms enqueued p:1
				2ms enqueued p:2
				3ms rejected p:3 (full)
				3ms rejected p:3 1 @0 (full)
				4ms rejected p:4 (full)
				4ms rejected p:4 1 @0 (full)`,
		},
		{
			// What waits at the instance is sent again although it has not begun; the first to be done is the effect.
			name: "jetstream waits 30s for an answer, from the sending", at: "", what: "leased started timed_out done duplicate",
			scenario: `
duration: 2m
producers: {p: {emits: e, to: q, rate: every(1s), count: 2}}
broker: {like: jetstream, channels: {q: {}}}
consumers: {c: {from: q, work: 25s}}
`,
			want: `
				1s leased p:1 1 @0
				1s started p:1 1 @0
				2s leased p:2 1 @0
				26s done p:1 1 @0
				26s started p:2 1 @0
				32s timed_out p:2 1 @0 (lease)
				32s leased p:2 2 @0
				51s done p:2 1 @0
				51s started p:2 2 @0
				1m16s duplicate p:2 2 @0`,
		},
		{
			name: "kafka waits 5m", at: "", what: "started timed_out done",
			scenario: `
duration: 20m
producers: {p: {emits: e, to: s, rate: every(1s), count: 1}}
broker: {like: kafka, channels: {s: {partitions: 1}}}
consumers: {c: {from: s, work: 6m, retry: {attempts: 2}}}
`,
			want: `
				3s started p:1 1 @0
				5m3s timed_out p:1 1 @0 (lease)
				6m3s done p:1 1 @0
				6m3s started p:1 2 @0`,
		},
		{
			name: "rabbitmq does not wait for an answer", at: "", what: "started timed_out done",
			scenario: `
duration: 3h
producers: {p: {emits: e, to: q, rate: every(1s), count: 1}}
broker: {like: rabbitmq, channels: {q: {}}}
consumers: {c: {from: q, work: 2h}}
`,
			want: `
				1s started p:1 1 @0
				2h0m1s done p:1 1 @0`,
		},
		{
			// The first came back at 31s, behind the others that were there.
			name: "sqs puts behind what was not answered", at: "", what: "started timed_out",
			scenario: `
duration: 2m
producers: {p: {emits: e, to: q, rate: every(1s), count: 4}}
broker: {like: sqs, channels: {q: {}}}
consumers: {c: {from: q, prefetch: 1, handle: [{work: 20s}, {fail: {events: [1]}}]}}
`,
			want: `
				1s started p:1 1 @0
				21s started p:2 1 @0
				31s timed_out p:1 1 @0 (lease)
				41s started p:3 1 @0
				1m1s started p:4 1 @0
				1m21s started p:1 2 @0`,
		},
		{
			name: "jetstream puts in front what was given back", at: "", what: "started",
			scenario: `
duration: 1m
producers: {p: {emits: e, to: q, rate: every(1s), count: 3}}
broker: {like: jetstream, channels: {q: {}}}
consumers: {c: {from: q, prefetch: 1, handle: [{work: 5s}, {fail: {events: [1]}}]}}
`,
			want: `
				1s started p:1 1 @0
				6s started p:1 2 @0
				11s started p:2 1 @0
				16s started p:3 1 @0`,
		},
		{
			// Six partitions; the first sharing takes 3s. What was done by 5s is committed; the rest is read again 45s and 3s after the crash.
			name: "kafka stands still for a rebalance and commits every 5s", at: "", what: "assigned started done duplicate revoked crashed",
			scenario: `
duration: 2m
events: {e: {key: {count: 1}}}
producers: {p: {emits: e, to: s, rate: every(1s), count: 7}}
broker: {like: kafka, channels: {s: {}}}
consumers: {c: {from: s, instances: 2, work: 1s}}
timeline: [{at: 9500ms, crash: c}]
`,
			want: `
				3s assigned p0 @0
				3s assigned p1 @0
				3s assigned p2 @0
				3s assigned p3 @1
				3s assigned p4 @1
				3s assigned p5 @1
				3s started p:1 1 @0
				4s done p:1 1 @0
				4s started p:2 1 @0
				5s done p:2 1 @0
				5s started p:3 1 @0
				6s done p:3 1 @0
				6s started p:4 1 @0
				7s done p:4 1 @0
				7s started p:5 1 @0
				8s done p:5 1 @0
				8s started p:6 1 @0
				9s done p:6 1 @0
				9s started p:7 1 @0
				9.5s crashed @0
				54.5s revoked p0 @0 (crash)
				54.5s revoked p1 @0 (crash)
				54.5s revoked p2 @0 (crash)
				57.5s assigned p0 @1
				57.5s assigned p1 @1
				57.5s assigned p2 @1
				57.5s started p:3 2 @1
				58.5s duplicate p:3 2 @1
				58.5s started p:4 2 @1
				59.5s duplicate p:4 2 @1
				59.5s started p:5 2 @1
				1m0.5s duplicate p:5 2 @1
				1m0.5s started p:6 2 @1
				1m1.5s duplicate p:6 2 @1
				1m1.5s started p:7 2 @1
				1m2.5s done p:7 2 @1`,
		},
		{
			// It is tried again at once, in its place.
			name: "kafka blocks for a failing event", at: "", what: "started failed done",
			scenario: `
duration: 2m
events: {e: {key: {count: 1}}}
producers: {p: {emits: e, to: s, rate: every(1s), count: 3}}
broker: {like: kafka, channels: {s: {rebalance: 0}}}
consumers: {c: {from: s, handle: [{work: 1s}, {fail: {events: [1], attempts: 2}}]}}
`,
			want: `
				1s started p:1 1 @0
				2s failed p:1 1 @0 (failure)
				2s started p:1 2 @0
				3s failed p:1 2 @0 (failure)
				3s started p:1 3 @0
				4s done p:1 3 @0
				4s started p:2 1 @0
				5s done p:2 1 @0
				5s started p:3 1 @0
				6s done p:3 1 @0`,
		},
		{
			// The second of the key waits for the first, which comes again after 30s; what has none does not.
			name: "sqs-fifo keeps the order of a key through a failure", at: "", what: "started failed timed_out done",
			scenario: `
duration: 2m
events: {e: {key: {count: 1}}, o: {}}
producers: {p: {emits: e, to: q, rate: every(1s), count: 2}, r: {emits: o, to: q, rate: every(1s), count: 2}}
broker: {like: sqs-fifo, channels: {q: {}}}
consumers: {c: {from: q, instances: 2, handle: [{work: 3s}, {fail: {events: [1]}}]}}
`,
			want: `
				1s started p:1 1 @0
				1s started r:1 1 @1
				4s failed p:1 1 @0 (failure)
				4s started r:2 1 @0
				4s done r:1 1 @1
				7s done r:2 1 @0
				31s timed_out p:1 1 @0 (lease)
				31s started p:1 2 @1
				34s done p:1 2 @1
				34s started p:2 1 @0
				37s done p:2 1 @0`,
		},
		{
			// The third time it was not deleted, when its visibility timeout is over.
			name: "sqs moves to the dead letters after so many receives", at: "", what: "started failed timed_out dead_lettered",
			scenario: `
duration: 2m
producers: {p: {emits: e, to: q, rate: every(1s), count: 1}}
broker: {like: sqs, channels: {q: {max_deliveries: 3, dead_letter: d, ack_timeout: 10s}, d: {}}}
consumers: {c: {from: q, work: 1s, fail: 100%}}
`,
			want: `
				1s started p:1 1 @0
				2s failed p:1 1 @0 (failure)
				11s timed_out p:1 1 @0 (lease)
				11s started p:1 2 @0
				12s failed p:1 2 @0 (failure)
				21s timed_out p:1 2 @0 (lease)
				21s started p:1 3 @0
				22s failed p:1 3 @0 (failure)
				31s timed_out p:1 3 @0 (lease)
				31s dead_lettered p:1 3 (attempts)`,
		},
		{
			name: "jetstream, a nak with a delay holds its slot", at: "", what: "leased started failed",
			scenario: `
duration: 1m
producers: {p: {emits: e, to: q, rate: every(1s), count: 4}}
broker: {like: jetstream, channels: {q: {}}}
consumers: {c: {from: q, prefetch: 2, retry: {backoff: constant(10s)}, handle: [{work: 1s}, {fail: {events: [1]}}]}}
`,
			want: `
				1s leased p:1 1 @0
				1s started p:1 1 @0
				2s failed p:1 1 @0 (failure)
				2s leased p:2 1 @0
				2s started p:2 1 @0
				3s leased p:3 1 @0
				3s started p:3 1 @0
				4s leased p:4 1 @0
				4s started p:4 1 @0
				12s leased p:1 2 @0
				12s started p:1 2 @0`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, traced(t, c.scenario, c.at, c.what), c.want)
		})
	}
}
