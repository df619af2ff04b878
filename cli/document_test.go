package cli

import (
	"context"
	"math"
	"testing"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/experiment"
)

// checkDocument checks what holds of the numbers of every result: parts add up
// to the whole, shares are shares, and what was not observed has no value.
func checkDocument(t *testing.T, r *experiment.Result) {
	t.Helper()
	share := func(what string, v sim.Number) {
		if v.Valid && (v.Value < 0 || v.Value > 1+1e-9) {
			t.Errorf("%s is %g, no share", what, v.Value)
		}
	}
	for i := range r.Producers {
		p := &r.Producers[i]
		share(p.Name+" availability", p.Availability)
		checkLatency(t, p.Name+" confirm", p.Confirm)
		checkLatency(t, p.Name+" response", p.Response)
	}
	for i := range r.Channels {
		checkPlace(t, &r.Channels[i])
	}
	for i := range r.Subscriptions {
		checkPlace(t, &r.Subscriptions[i])
	}
	for i := range r.Consumers {
		c := &r.Consumers[i]
		share(c.Name+" utilisation", c.Utilisation)
		var byType, byPriority int64
		for _, k := range c.ByType {
			byType += k.Done
			checkLatency(t, c.Name+" of "+k.Name, k.Latency)
		}
		for _, k := range c.ByPriority {
			byPriority += k.Done
		}
		for _, k := range c.ByInstance {
			share(c.Name+" utilisation of an instance", k.Utilisation)
		}
		if byType != c.Done || byPriority != c.Done {
			t.Errorf("%s has done %d, by type %d, by priority %d", c.Name, c.Done, byType, byPriority)
		}
		for what, l := range map[string]sim.Latency{"wait": c.Wait, "service": c.Service, "latency": c.Latency, "end to end": c.EndToEnd, "served": c.Served.Response} {
			checkLatency(t, c.Name+" "+what, l)
		}
		for _, blame := range []sim.Shares{c.Blame, c.BlameP99} {
			sum := 0.0
			for _, v := range blame {
				share(c.Name+" blame", v)
				sum += v.Value
			}
			if blame[0].Valid != (c.Latency.Count > 0 && c.Latency.Max.Value > 0) || blame[0].Valid && (sum < 1-1e-9 || sum > 1+1e-9) {
				t.Errorf("the blame of %s adds up to %g, of %d latencies", c.Name, sum, c.Latency.Count)
			}
		}
	}
	for i := range r.Flows {
		checkLatency(t, r.Flows[i].Name, r.Flows[i].Completion)
	}
}

func checkPlace(t *testing.T, c *sim.ChannelResult) {
	t.Helper()
	checkLatency(t, c.Name+" wait", c.Wait)
	if len(c.Partitions) == 0 {
		return
	}
	var in, delivered, acked, expired int64
	for _, p := range c.Partitions {
		in, delivered, acked, expired = in+p.In, delivered+p.Delivered, acked+p.Acked, expired+p.Expired
	}
	if in != c.In || delivered != c.Delivered || acked != c.Acked || expired != c.Expired {
		t.Errorf("%s: in %d, delivered %d, acked %d, expired %d; its partitions %d, %d, %d, %d", c.Name, c.In, c.Delivered, c.Acked, c.Expired, in, delivered, acked, expired)
	}
}

// checkLatency checks that a latency has numbers where it has observations, in
// their order.
func checkLatency(t *testing.T, what string, l sim.Latency) {
	t.Helper()
	last := sim.Number{}
	for _, v := range []sim.Number{l.Min, l.P50, l.P90, l.P95, l.P99, l.P999, l.Max} {
		if v.Valid != (l.Count > 0) || v.Value < last.Value {
			t.Errorf("%s of %d: %+v", what, l.Count, l)
			return
		}
		last = v
	}
	if l.Mean.Valid != (l.Count > 0) || l.SD.Valid != (l.Count > 1) {
		t.Errorf("%s of %d has mean %v, sd %v", what, l.Count, l.Mean, l.SD)
	}
}

// measure runs a scenario given as text.
func measure(t *testing.T, text string) *experiment.Result {
	t.Helper()
	sc, ds := scenarios.Load([]byte(text), scenarios.Options{})
	if sc == nil {
		t.Fatal(ds)
	}
	o, err := experiment.Of(sc, experiment.Options{Replications: 1}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	checkDocument(t, o.Runs[0])
	return o.Runs[0]
}

// A consumer that alone reads several places has the most of all of them
// together: at 2 s three events are in each queue and two in the stream.
func TestInSystemOfSeveralPlaces(t *testing.T) {
	r := measure(t, `name: several
duration: 10s
producers:
  a: {emits: e, to: left, rate: every(1s), count: 3}
  z: {emits: e, to: right, rate: every(1s), count: 3}
  b: {emits: e, to: log, rate: every(1s), starts: 500ms, count: 2}
broker: {channels: {left: {type: queue}, right: {type: queue}, log: {type: stream, partitions: 4}}}
consumers: {c: {from: [left, right, log], work: 1h}}
`)
	if got := r.Consumers[0].InSystemMax.Value; got != 8 {
		t.Errorf("at most %g in the system, want 8", got)
	}
}

// The utilisation of an instance is of the time for which it was up.
func TestUtilisationOfAnInstance(t *testing.T) {
	r := measure(t, `name: short
duration: 10s
producers: {p: {emits: e, to: q, rate: every(1s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 2, prefetch: 1, work: 1s}}
timeline: [{at: 4s, scale: c, to: 1}, {at: 9s, crash: c}]
`)
	// The first works from 1 s to 2 s and from 3 s until it crashes at 9 s, the
	// second from 2 s to 3 s until it leaves at 4 s.
	for i, want := range []float64{7.0 / 9, 1.0 / 4} {
		if got := r.Consumers[0].ByInstance[i].Utilisation.Value; math.Abs(got-want) > 1e-12 {
			t.Errorf("instance %d is busy %g of its time, want %g", i, got, want)
		}
	}
}
