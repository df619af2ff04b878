package cli_test

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/experiment"
)

// mended are scenarios with something wrong that a change of settings mends.
var mended = []struct {
	name, code, component string
	text                  string
}{
	{"too few workers", "saturated", "consumers.c", `
producers: {p: {emits: e, to: q, rate: poisson(25/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 2, work: exp(100ms)}}`},
	{"too few workers, regular arrivals", "saturated", "consumers.c", `
producers: {p: {emits: e, to: q, rate: every(40ms)}}
broker: {latency: 5ms, channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 2, work: "lognormal(mean=100ms, p99=500ms)"}}`},
	{"too few workers of a full queue", "saturated", "consumers.c", `
producers: {p: {emits: e, to: q, rate: poisson(25/s)}}
broker: {channels: {q: {type: queue, capacity: 100, overflow: drop_old}}}
consumers: {c: {from: q, instances: 2, work: exp(100ms)}}`},
	{"too few workers of a queue that blocks", "saturated", "consumers.c", `
producers: {p: {emits: e, to: q, rate: poisson(25/s)}}
broker: {channels: {q: {type: queue, capacity: 100, overflow: block}}}
consumers: {c: {from: q, instances: 2, work: exp(100ms)}}`},
	{"too little fetched in advance", "saturated", "consumers.c", `
producers: {p: {emits: e, to: q, rate: poisson(30/s)}}
broker: {latency: 40ms, channels: {q: {type: queue}}}
consumers: {c: {from: q, work: 10ms}}`},
	{"too few partitions", "saturated", "consumers.c", `
producers: {p: {emits: e, to: log, rate: poisson(30/s)}}
broker: {channels: {log: {type: stream, partitions: 2}}}
consumers: {c: {from: log, instances: 2, work: exp(100ms)}}`},
	{"an autoscaler with too low a ceiling", "saturated", "consumers.c", `
producers: {p: {emits: e, to: q, rate: poisson(40/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(100ms), autoscale: {max: 3, on: utilisation, target: 70%}}}`},
	{"an outbox with too small a batch", "saturated", "producers.p", `
producers: {p: {kind: database, emits: e, to: q, rate: poisson(40/s), outbox: {poll: 500ms, batch: 15}}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(1ms)}}`},
	{"a slow broker", "saturated", "broker", `
producers: {p: {emits: e, to: q, rate: poisson(40/s)}}
broker: {rate: 30/s, channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(1ms)}}`},
	{"no room for a peak", "near_saturation", "consumers.c", `
producers: {p: {emits: e, to: orders.new, rate: poisson(92/s)}}
broker: {channels: {orders.new: {type: queue}}}
consumers: {c: {from: orders.new, instances: 10, work: exp(100ms)}}`},
	{"idle members", "idle_members", "subscriptions.log/c", `
producers: {p: {emits: e, to: log, rate: poisson(10/s)}}
broker: {channels: {log: {type: stream, partitions: 2}}}
consumers: {c: {from: log, instances: 5, work: exp(10ms)}}`},
	{"a short lease", "lease_too_short", "channels.q", `
producers: {p: {emits: e, to: q, rate: poisson(10/s)}}
broker: {channels: {q: {type: queue, ack_timeout: 300ms}}}
consumers: {c: {from: q, instances: 4, work: exp(100ms)}}`},
	{"leases that run out while copies wait", "lease_too_short", "channels.q", `
producers: {p: {emits: e, to: q, rate: poisson(8/s)}}
broker: {channels: {q: {type: queue, ack_timeout: 1s, ack_clock: lease}}}
consumers: {c: {from: q, prefetch: 50, work: 105ms}}`},
	{"effects twice", "duplicates_without_idempotence", "consumers.c", `
producers: {p: {emits: e, to: q, rate: poisson(10/s)}}
broker: {channels: {q: {type: queue, ack_timeout: 300ms}}}
consumers: {c: {from: q, instances: 4, work: exp(100ms)}}`},
	{"attempts without end", "unbounded_retry", "consumers.c", `
producers: {p: {emits: e, to: q, rate: poisson(10/s)}}
broker: {channels: {q: {type: queue, dead_letter: dlq}, dlq: {type: queue}}}
consumers: {c: {from: q, handle: [{work: exp(10ms)}, {fail: 5%}], retry: {attempts: unlimited}}}`},
	{"given up for good", "no_dead_letter", "consumers.c", `
producers: {p: {emits: e, to: all, rate: poisson(10/s)}}
broker: {channels: {all: {type: topic}, q: {type: queue, from: all}, r: {type: queue, from: all, dead_letter: dlq}, dlq: {type: queue}}}
consumers:
  c: {from: q, handle: [{work: exp(10ms)}, {fail: 40%}]}
  d: {from: r, work: exp(10ms)}`},
	{"several workers of a key", "order_broken", "consumers.c", `
keys: {k: {count: 10}}
events: {e: {key: k}}
producers: {p: {emits: e, to: q, rate: poisson(20/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 3, concurrency: 2, work: exp(20ms)}}`},
	{"a small buffer", "blocked_producer", "producers.p", `
producers: {p: {emits: e, to: q, rate: poisson(9/s), buffer: 2}}
broker: {channels: {q: {type: queue, capacity: 2, overflow: block}}}
consumers: {c: {from: q, work: exp(80ms)}}`},
	{"a restless autoscaler", "flapping", "consumers.c", `
producers: {p: {emits: e, to: q, rate: poisson(100/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 10, work: exp(100ms), start_time: 20s, autoscale: {max: 40, on: backlog, target: 1.5, every: 5s, window: 5s, cooldown: 0s}}}`},
}

// loadText reads a scenario as it stands in a file.
func loadText(t *testing.T, text string, o scenarios.Options) *experiment.Scenario {
	t.Helper()
	sc, ds := scenarios.Load([]byte(text), o)
	if sc == nil {
		t.Fatalf("%s: %v", text, ds)
	}
	return sc
}

// TestChangesMend applies the change that a finding proposes, as --set does,
// and holds the next run against what was predicted.
func TestChangesMend(t *testing.T) {
	for _, c := range mended {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			text := "name: broken\nduration: 30m\nwarmup: 1m" + c.text
			before := simulate(t, loadText(t, text, scenarios.Options{}), experiment.Options{})
			x, found := finding(before, c.code, c.component)
			if !found {
				t.Fatalf("it is not found; what is said: %v", before.Findings)
			}
			if len(x.Change) == 0 || x.Predicted == "" {
				t.Fatalf("no change is proposed: %+v", x)
			}
			after := simulate(t, loadText(t, text, scenarios.Options{Set: x.Change}), experiment.Options{})
			again, found := finding(after, c.code, c.component)
			calmer := c.code == "flapping" && 2*number(again, "turns") <= number(x, "turns")
			if found && again.Severity == x.Severity && !calmer {
				t.Errorf("%v does not mend it: %s", x.Change, again.Text)
			}
			keepsPrediction(t, after, x)
		})
	}
}

func finding(m measured, code, component string) (sim.Finding, bool) {
	for _, f := range m.Findings {
		if f.Code == code && f.Component == component {
			return f, true
		}
	}
	return sim.Finding{}, false
}

// number is a number behind a finding, NaN if there is none of that name.
func number(x sim.Finding, name string) float64 {
	for _, e := range x.Evidence {
		if e.Name == name {
			return e.Value.Value
		}
	}
	return math.NaN()
}

var (
	predictedRho  = regexp.MustCompile(`ρ (\d[\d.]*)`)
	predictedWait = regexp.MustCompile(`wait about (\S+)`)
)

// keepsPrediction compares what was predicted of a consumer with what came of it.
func keepsPrediction(t *testing.T, m measured, x sim.Finding) {
	t.Helper()
	name, isConsumer := strings.CutPrefix(x.Component, "consumers.")
	if got := predictedRho.FindStringSubmatch(x.Predicted); got != nil && isConsumer {
		want, _ := strconv.ParseFloat(got[1], 64)
		if u := m.at("consumers", name, "utilisation"); math.Abs(u/want-1) > 0.05 {
			t.Errorf("%s predicted, but ρ is %.3f", x.Predicted, u)
		}
	}
	if got := predictedWait.FindStringSubmatch(x.Predicted); got != nil {
		want, err := time.ParseDuration(got[1])
		if err != nil {
			t.Fatal(err)
		}
		if w := m.at("consumers", name, "wait", "mean"); math.Abs(w/want.Seconds()-1) > 0.25 {
			t.Errorf("%s predicted, but the wait is %.1f ms", x.Predicted, 1000*w)
		}
	}
}
