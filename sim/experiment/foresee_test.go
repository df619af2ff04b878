package experiment

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/spec"
)

// foreseenCase is a system and what must be said of it before a run; says is
// empty where the code must not be said.
type foreseenCase struct {
	name, code, component, says string
	text                        string
	unrun                       bool // a run finds it only if something else happens
	unmended                    bool // no change of settings mends it
}

const oneQueue = "broker: {channels: {q: {type: queue}}}\n"

var foreseenCases = []foreseenCase{
	{name: "too much work", code: "saturated", component: "consumers.c", says: "12/s come and it can do 10/s (ρ 1.2), so its backlog grows by 2/s", text: oneQueue + `
producers: {p: {emits: e, to: q, rate: poisson(12/s)}}
consumers: {c: {from: q, work: exp(100ms)}}`},
	{name: "too much work for its room", code: "saturated", component: "consumers.c", says: "its queue is full after 1m40s", text: `
broker: {channels: {q: {type: queue, capacity: 200}}}
producers: {p: {emits: e, to: q, rate: poisson(12/s)}}
consumers: {c: {from: q, work: exp(100ms)}}`},
	{name: "time enough", code: "saturated", component: "consumers.c", text: oneQueue + `
producers: {p: {emits: e, to: q, rate: poisson(8/s)}}
consumers: {c: {from: q, work: exp(100ms)}}`},
	{name: "an autoscaler that can", code: "saturated", component: "consumers.c", text: oneQueue + `
producers: {p: {emits: e, to: q, rate: poisson(12/s)}}
consumers: {c: {from: q, work: exp(100ms), autoscale: {max: 4, on: utilisation, target: 70%}}}`},
	{name: "an autoscaler that cannot", code: "saturated", component: "consumers.c", says: "(ρ 1.5)", text: oneQueue + `
producers: {p: {emits: e, to: q, rate: poisson(60/s)}}
consumers: {c: {from: q, instances: 4, work: exp(100ms), autoscale: {max: 4, on: utilisation, target: 70%}}}`},
	{name: "a thousand events and no more", code: "saturated", component: "consumers.c", text: oneQueue + `
producers: {p: {emits: e, to: q, rate: 100/s, count: 1000}}
consumers: {c: {from: q, work: exp(20ms)}}`},
	{name: "users who wait for their answers", code: "saturated", component: "consumers.c", text: oneQueue + `
producers: {p: {emits: e, call: c, users: 50, think: exp(1s)}}
consumers: {c: {work: exp(100ms)}}`},
	{name: "too few partitions", code: "saturated", component: "consumers.c", says: "cannot keep up", text: `
broker: {channels: {q: {type: stream, partitions: 2}}}
producers: {p: {emits: e, to: q, rate: poisson(30/s)}}
consumers: {c: {from: q, instances: 2, work: exp(100ms)}}`},
	{name: "a slow broker", code: "saturated", component: "broker", says: "at most 30/s and 40/s are published", text: `
broker: {rate: 30/s, channels: {q: {type: queue}}}
producers: {p: {emits: e, to: q, rate: poisson(40/s)}}
consumers: {c: {from: q, work: exp(1ms)}}`},
	{name: "a small batch", code: "saturated", component: "producers.p", says: "sends at most 30/s in its polls and 40/s come in", text: oneQueue + `
producers: {p: {kind: database, emits: e, to: q, rate: poisson(40/s), outbox: {poll: 500ms, batch: 15}}}
consumers: {c: {from: q, work: exp(1ms)}}`},
	{name: "no room for a peak", code: "near_saturation", component: "consumers.c", says: "busy 92% of the time", text: oneQueue + `
producers: {p: {emits: e, to: q, rate: poisson(92/s)}}
consumers: {c: {from: q, instances: 10, work: exp(100ms)}}`},
	{name: "room for a peak", code: "near_saturation", component: "consumers.c", text: oneQueue + `
producers: {p: {emits: e, to: q, rate: poisson(80/s)}}
consumers: {c: {from: q, instances: 10, work: exp(100ms)}}`},
	{name: "retries of copies", code: "retry_amplification", component: "consumers.c", says: "retries multiply the load on c by 1.78", text: `
broker: {channels: {q: {type: queue, dead_letter: dlq}, dlq: {type: queue}}}
producers: {p: {emits: e, to: q, rate: poisson(10/s)}}
consumers: {c: {from: q, handle: [{work: exp(60ms)}, {fail: 45%}]}}`},
	{name: "retries of copies with room", code: "retry_amplification", component: "consumers.c", text: `
broker: {channels: {q: {type: queue, dead_letter: dlq}, dlq: {type: queue}}}
producers: {p: {emits: e, to: q, rate: poisson(10/s)}}
consumers: {c: {from: q, handle: [{work: exp(30ms)}, {fail: 45%}]}}`},
	{name: "what may become a storm", code: "retry_amplification", component: "consumers.slow", says: "4 tries are ρ 2.8", unrun: true, text: oneQueue + `
producers: {p: {emits: e, call: front, rate: poisson(7/s)}}
consumers:
  front: {concurrency: unlimited, handle: [{call: slow, timeout: 3s, retry: {attempts: 4}}]}
  slow: {instances: 4, work: exp(400ms)}`},
	{name: "a breaker against it", code: "retry_amplification", component: "consumers.slow", text: oneQueue + `
producers: {p: {emits: e, call: front, rate: poisson(7/s)}}
consumers:
  front: {concurrency: unlimited, handle: [{call: slow, timeout: 3s, retry: {attempts: 4}, breaker: {errors: 50%, window: 20, open: 10s}}]}
  slow: {instances: 4, work: exp(400ms)}`},
	{name: "tries that there is room for", code: "retry_amplification", component: "consumers.slow", text: oneQueue + `
producers: {p: {emits: e, call: front, rate: poisson(7/s)}}
consumers:
  front: {concurrency: unlimited, handle: [{call: slow, timeout: 3s, retry: {attempts: 4}}]}
  slow: {instances: 16, work: exp(400ms)}`},
	{name: "keys that share a partition", code: "hot_partition", component: "subscriptions.log/c", says: "times the mean, and is at ρ 1.09, so its backlog grows", text: `
keys: {k: {count: 16, skew: 0.5}}
events: {e: {key: k}}
producers: {p: {emits: e, to: log, rate: poisson(100/s)}}
broker: {channels: {log: {type: stream, partitions: 5}}}
consumers: {c: {from: log, instances: 5, work: exp(24ms)}}`},
	{name: "one key too large", code: "hot_partition", component: "subscriptions.log/c", says: "however many instances there are", unmended: true, text: `
keys: {k: {count: 1000, skew: 2}}
events: {e: {key: k}}
producers: {p: {emits: e, to: log, rate: poisson(40/s)}}
broker: {channels: {log: {type: stream, partitions: 8}}}
consumers: {c: {from: log, instances: 8, work: exp(60ms)}}`},
	{name: "uneven keys with time", code: "hot_partition", component: "subscriptions.log/c", text: `
keys: {k: {count: 1000, skew: 2}}
events: {e: {key: k}}
producers: {p: {emits: e, to: log, rate: poisson(40/s)}}
broker: {channels: {log: {type: stream, partitions: 8}}}
consumers: {c: {from: log, instances: 8, work: exp(10ms)}}`},
	{name: "even keys", code: "hot_partition", component: "subscriptions.log/c", text: `
keys: {k: {count: 100000}}
events: {e: {key: k}}
producers: {p: {emits: e, to: log, rate: poisson(100/s)}}
broker: {channels: {log: {type: stream, partitions: 5}}}
consumers: {c: {from: log, instances: 5, work: exp(24ms)}}`},
	{name: "parts that fail", code: "sync_chain", component: "producers.p", says: "an answer to 90.2% of its requests: each needs front, one (96%) and two (94%)", text: chainOfCalls},
	{name: "parts that fail and are asked again", code: "sync_chain", component: "producers.p", text: strings.ReplaceAll(chainOfCalls, "timeout: 1s", "timeout: 1s, retry: {attempts: 4}")},
	{name: "parts that one can do without", code: "sync_chain", component: "producers.p", text: strings.ReplaceAll(chainOfCalls, "timeout: 1s", "timeout: 1s, on_error: continue")},
	{name: "a short lease", code: "lease_too_short", component: "channels.q", says: "the ack timeout of 300ms is shorter than the slowest work of c (p99 4", text: `
broker: {channels: {q: {type: queue, ack_timeout: 300ms}}}
producers: {p: {emits: e, to: q, rate: poisson(10/s)}}
consumers: {c: {from: q, instances: 4, work: exp(100ms)}}`},
	{name: "and what it does", code: "duplicates_without_idempotence", component: "consumers.c", says: "about 0.", text: `
broker: {channels: {q: {type: queue, ack_timeout: 300ms}}}
producers: {p: {emits: e, to: q, rate: poisson(10/s)}}
consumers: {c: {from: q, instances: 4, work: exp(100ms)}}`},
	{name: "a lease that is long enough", code: "lease_too_short", component: "channels.q", text: `
broker: {channels: {q: {type: queue, ack_timeout: 600ms}}}
producers: {p: {emits: e, to: q, rate: poisson(10/s)}}
consumers: {c: {from: q, instances: 4, handle: [{work: exp(50ms)}, {work: exp(50ms)}]}}`},
	{name: "who recognises", code: "duplicates_without_idempotence", component: "consumers.c", text: `
broker: {channels: {q: {type: queue, ack_timeout: 300ms}}}
producers: {p: {emits: e, to: q, rate: poisson(10/s)}}
consumers: {c: {from: q, instances: 4, work: exp(100ms), idempotent: true}}`},
	{name: "who subscribes late", code: "unrouted", component: "channels.t", says: "nobody has subscribed to t before 5m, so about 3,000 events go nowhere", text: `
broker: {channels: {t: {type: topic}}}
producers: {p: {emits: e, to: t, rate: poisson(10/s)}}
consumers: {c: {from: t, work: exp(20ms), starts: 5m}}`},
	{name: "who subscribes late beside another", code: "unrouted", component: "channels.t", text: `
broker: {channels: {t: {type: topic}}}
producers: {p: {emits: e, to: t, rate: poisson(10/s)}}
consumers: {c: {from: t, work: exp(20ms), starts: 5m}, d: {from: t, work: exp(20ms)}}`},
	{name: "too short for its tail", code: "short_run", component: "consumers.c", says: "rests on about 87 observations", text: oneQueue + `
producers: {p: {emits: e, to: q, rate: poisson(3/m)}}
consumers: {c: {from: q, work: exp(10ms)}}
expect: [consumers.c.latency.p99 < 1s]`},
	{name: "long enough for its tail", code: "short_run", component: "consumers.c", text: oneQueue + `
producers: {p: {emits: e, to: q, rate: poisson(3/s)}}
consumers: {c: {from: q, work: exp(10ms)}}
expect: [consumers.c.latency.p99 < 1s]`},
}

const chainOfCalls = `
producers: {p: {emits: e, call: front, rate: poisson(10/s)}}
broker: {latency: {call: 1ms}, channels: {q: {type: queue}}}
consumers:
  front: {concurrency: 20, handle: [{work: 1ms}, {call: one, timeout: 1s}, {call: two, timeout: 1s}]}
  one: {concurrency: 5, handle: [{work: exp(5ms)}, {fail: 4%}]}
  two: {concurrency: 5, handle: [{work: exp(5ms)}, {fail: 6%}]}
`

func findingOf(found []sim.Finding, code, component string) (sim.Finding, bool) {
	i := slices.IndexFunc(found, func(x sim.Finding) bool { return x.Code == code && x.Component == component })
	if i < 0 {
		return sim.Finding{}, false
	}
	return found[i], true
}

// TestForesee holds what is said before a run against the table, against what a
// run of the same system finds, and against itself once the change is made.
func TestForesee(t *testing.T) {
	for _, c := range foreseenCases {
		t.Run(strings.ReplaceAll(c.code+"/"+c.name, " ", "-"), func(t *testing.T) {
			text := "name: x\nduration: 30m\nwarmup: 1m\n" + c.text
			sc := written(t, text)
			x, said := findingOf(Foresee(sc), c.code, c.component)
			if said != (c.says != "") || !strings.Contains(x.Text, c.says) {
				t.Fatalf("it says %q, wanted %q", x.Text, c.says)
			}
			if c.unrun {
				return
			}
			o, err := Of(sc, Options{Replications: 1}).Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			// A hot partition with time, and work that is late for nobody, are
			// found by runs, for they look at what happened.
			if _, found := findingOf(o.Runs[0].Findings, c.code, c.component); found != said && (said || c.code != "hot_partition") {
				t.Errorf("foreseen: %v, found by a run: %v", said, found)
			}
			if !said || c.unmended {
				return
			}
			if len(x.Change) == 0 || x.Predicted == "" || len(x.Evidence) == 0 {
				t.Fatalf("no change, or no evidence: %+v", x)
			}
			changed, ds := scenarios.Load([]byte(text), scenarios.Options{Set: x.Change})
			if changed == nil {
				t.Fatalf("%v: %v", x.Change, ds)
			}
			if y, again := findingOf(Foresee(changed), c.code, c.component); again && y.Severity == x.Severity {
				t.Errorf("%v does not mend it: %s", x.Change, y.Text)
			}
		})
	}
}

// TestForeseeLibrary: of the built-in scenarios, only those are warned of that
// are there to show what is warned of.
func TestForeseeLibrary(t *testing.T) {
	deserved := map[string]string{
		"at-least-once": "lease_too_short duplicates_without_idempotence", "fan-out": "saturated", "hot-partition": "hot_partition",
		"order-fulfilment": "near_saturation", "retry-storm": "retry_amplification",
	}
	for _, name := range scenarios.Names() {
		text, files, _ := scenarios.Builtin(name)
		sc, ds := scenarios.Load(text, scenarios.Options{Name: name, FS: files})
		if sc == nil {
			t.Fatalf("%s: %v", name, ds)
		}
		var codes []string
		for _, x := range Foresee(sc) {
			codes = append(codes, x.Code)
		}
		if got := strings.Join(codes, " "); got != deserved[name] {
			t.Errorf("%s: %q, not %q", name, got, deserved[name])
		}
	}
}

// TestForeseeTooLarge: nothing is said of a system that would take longer to
// look at than anybody waits.
func TestForeseeTooLarge(t *testing.T) {
	sc := written(t, "name: x\nduration: 1m\n"+chainOfCalls)
	sc.Events = make([]spec.EventType, mostPredicted)
	if Predictable(sc) || Foresee(sc) != nil {
		t.Error("a system of any size is looked at")
	}
}

// TestForeseeRandomSystems: of random systems those are said to be saturated that
// have no steady state, and no others; and with a third more than their bottleneck can do
// every one is.
func TestForeseeRandomSystems(t *testing.T) {
	const systems = 120
	warned := 0
	for seed := range uint64(systems) {
		x := examined{Rand: rand.New(rand.NewPCG(seed, 11))}
		text := "name: x\nduration: 220s\nwarmup: 20s\n" + x.system()
		sc := written(t, text)
		saturated := func() bool {
			return slices.ContainsFunc(Foresee(sc), func(f sim.Finding) bool {
				return f.Code == "saturated" || f.Code == "hot_partition" && f.Severity == sim.SeverityError
			})
		}
		p := Predict(sc)
		if over := p.Growth.Value < 1; over != saturated() {
			t.Errorf("said to be saturated: %v; all rates times %v have a steady state: %s", !over, p.Growth.Value, text)
		}
		if strings.Contains(text, "users:") {
			continue // who waits for the answer asks no faster than it comes
		}
		for i := range sc.Producers {
			r := &sc.Producers[i].Rate
			r.Rate.Events = int64(float64(r.Rate.Events) * 100 * p.Growth.Value * 1.34)
			r.Rate.Per *= 100
			if r.Kind == spec.Renewal {
				r.Gap.Mean, r.Gap.SD = r.Gap.Mean/p.Growth.Value/1.34, r.Gap.SD/p.Growth.Value/1.34
			}
		}
		if !saturated() {
			t.Errorf("not warned of: %v times the rates of\n%s", p.Growth.Value*1.34, text)
		}
		warned++
	}
	if warned < systems/2 {
		t.Errorf("only %d systems", warned)
	}
}
