package report

import (
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"eddy/sim"
)

const refusing = `
name: refusing
duration: 20s
producers:
  web: {emits: order, to: orders, rate: every(100ms), retry: {attempts: 3, backoff: constant(50ms)}}
broker:
  latency: 2ms
  channels:
    orders: {type: queue, capacity: 1, overflow: reject, dead_letter: dead}
    dead: {type: queue}
consumers:
  slow: {from: orders, prefetch: 1, handle: [{work: 300ms}, {fail: 50%}], retry: {attempts: 2}}
timeline:
  - {at: 5s, slow: slow, times: 2, for: 3s}
  - {at: 9s, outage: broker, for: 1s}
  - {at: 12s, cut: [web, broker], for: 500ms}
  - {at: 30s, purge: dead}
`

// What a producer tries again, what comes back, what is given up and what is
// done to the system is all there.
func TestOTLPTellsOfTrouble(t *testing.T) {
	text, n := writeOTLP(t, load(t, refusing), 1)
	sends, given, retries, refusals, again := 0, 0, 0, 0, 0
	operations := map[string]int{}
	waited := uint64(0)
	for _, s := range spansOf(readOTLP(t, text)) {
		checkConventions(t, s)
		operations[s.operation()]++
		for _, e := range s.Events {
			switch {
			case s.operation() == "send" && e.Name == "retry":
				retries++
			case s.operation() == "send" && e.Name == "rejected":
				refusals++
			case s.operation() == "process" && e.Name == "retry":
				again++
			}
		}
		switch s.operation() {
		case "send":
			sends++
			if s.Status.GetCode() == tracepb.Status_STATUS_CODE_ERROR {
				given++
			}
		case "receive":
			waited = max(waited, s.EndTimeUnixNano-s.StartTimeUnixNano)
		case "dead_lettered":
			if s.attribute("eddy.dead_letter.destination") != "dead" {
				t.Errorf("a dead letter goes to %q", s.attribute("eddy.dead_letter.destination"))
			}
		case "slow", "outage", "cut":
			want := map[string][2]uint64{"slow": {5e9, 8e9}, "outage": {9e9, 10e9}, "cut": {12e9, 12.5e9}}[s.operation()]
			if s.StartTimeUnixNano != want[0] || s.EndTimeUnixNano != want[1] || len(s.ParentSpanId) == 0 {
				t.Errorf("%s from %d to %d", s.Name, s.StartTimeUnixNano, s.EndTimeUnixNano)
			}
		case "purge":
			t.Error("what comes after the end is there")
		}
	}
	if want := n[sim.Published] - retries; sends != want || retries == 0 {
		t.Errorf("%d sends and %d retries of %d publishes", sends, retries, n[sim.Published])
	}
	if given < n[sim.Rejected]/10 || refusals == 0 || again == 0 {
		t.Errorf("%d given up, %d refused, %d attempts after the first", given, refusals, again)
	}
	for operation, want := range map[string]int{
		"receive": n[sim.Started], "ack": n[sim.Done], "nack": n[sim.FailedAttempt], "dead_lettered": n[sim.DeadLettered],
		"run": 1, "slow": 1, "outage": 1, "cut": 1,
	} {
		if operations[operation] != want || want == 0 {
			t.Errorf("%d %s, want %d", operations[operation], operation, want)
		}
	}
	if waited < 2e6 {
		t.Errorf("the way to a consumer takes %d ns at most", waited)
	}
}
