package experiment

import (
	"math"
	"testing"

	"eddy/sim"
)

// TestRunsAreFollowed holds what a run that changes is expected to measure against
// runs: within 5 % for rates, within 20 % for waits, each beside four standard errors.
func TestRunsAreFollowed(t *testing.T) {
	const queue = "broker: {channels: {q: {type: queue}, r: {type: queue}}}\n"
	for name, text := range map[string]string{
		"slow for a while": queue + `producers: {p: {emits: e, to: q, rate: poisson(100/s)}}
consumers: {c: {from: q, instances: 3, work: exp(20ms)}}
timeline: [{at: 60s, slow: c, times: 3, for: 30s}]`,
		"a surge, and one behind": queue + `producers: {p: {emits: e, to: q, rate: poisson(60/s)}}
consumers: {c: {from: q, work: exp(10ms), emit: f, to: r}, d: {from: r, work: exp(9ms)}}
timeline: [{at: 60s, surge: p, times: 3, for: 20s}]`,
		"a crash of all": queue + `producers: {p: {emits: e, to: q, rate: poisson(50/s)}}
consumers: {c: {from: q, instances: 2, work: exp(15ms)}}
timeline: [{at: 60s, crash: c, instances: all, restart: 30s}]`,
		"a crash of one": queue + `producers: {p: {emits: e, to: q, rate: poisson(50/s)}}
consumers: {c: {from: q, instances: 2, work: exp(30ms)}}
timeline: [{at: 60s, crash: c, instances: 1, restart: 30s}]`,
		"a pause": queue + `producers: {p: {emits: e, to: q, rate: poisson(50/s)}}
consumers: {c: {from: q, work: exp(10ms)}}
timeline: [{at: 60s, pause: c}, {at: 90s, resume: c}]`,
		"more instances": queue + `producers: {p: {emits: e, to: q, rate: poisson(120/s)}}
consumers: {c: {from: q, work: exp(10ms)}}
timeline: [{at: 100s, scale: c, to: 2}]`,
		"it stops and starts": queue + `producers: {p: {emits: e, to: q, rate: poisson(50/s)}}
consumers: {c: {from: q, work: exp(10ms), starts: 40s, stops: 150s}}`,
		"a shape with ramps": queue + `producers: {p: {emits: e, to: q, rate: poisson(50/s), shape: [{at: 40s, times: 4, ramp: 20s}, {at: 80s, times: 0.5, ramp: 20s}]}}
consumers: {c: {from: q, work: exp(10ms)}}`,
		"so many and no more": queue + `producers: {p: {emits: e, to: q, rate: poisson(200/s), count: 8000}}
consumers: {c: {from: q, work: exp(10ms)}}`,
		"a line that is cut": queue + `producers: {p: {emits: e, to: q, rate: poisson(40/s)}}
consumers: {c: {from: q, work: exp(10ms)}}
timeline: [{at: 60s, cut: [p, broker], for: 30s}]`,
		"a broker that is down": queue + `producers: {p: {emits: e, to: q, rate: poisson(50/s), confirm: false}}
consumers: {c: {from: q, work: exp(15ms)}}
timeline: [{at: 60s, outage: broker, for: 30s}]`,
		"overrun from the start": queue + `producers: {p: {emits: e, to: q, rate: poisson(150/s)}}
consumers: {c: {from: q, work: exp(10ms)}}`,
		"a value that is set": queue + `producers: {p: {emits: e, to: q, rate: poisson(50/s)}}
consumers: {c: {from: q, work: exp(10ms)}}
timeline: [{at: 60s, set: producers.p.rate, to: poisson(150/s), for: 30s}]`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range claimsOf(t, name, written(t, head+text), 5) {
				if !c.holds(0.001) || c.trust == Unsure {
					t.Errorf("%s of %s (%s): predicted %v, measured %v ± %v: %s", c.number, c.consumer, c.trust, c.predicted, c.measured, 2*c.se, c.why)
				}
			}
		})
	}
}

// TestBacklogsAreForetold: how long a backlog gets and when it is gone, in a
// system so regular that there is no luck in it.
func TestBacklogsAreForetold(t *testing.T) {
	p := Predict(written(t, `name: x
duration: 300s
producers: {p: {emits: e, to: q, rate: 100/s}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 2, work: 10ms}}
timeline: [{at: 60s, slow: c, times: 4, for: 30s}, {at: 200s, stop: c}]
`))
	if n := len(p.Consumers[0].Run.Backlogs); n != 2 {
		t.Fatalf("%d backlogs: %+v", n, p.Consumers[0].Run.Backlogs)
	}
	near := func(got, want float64) bool { return math.Abs(got-want) <= 1e-6*want }
	// 100/s against 50/s for 30 s are 1,500, which 200/s work off in 15 s.
	if b := p.Consumers[0].Run.Backlogs[0]; !near(b.Begins, 60) || !near(b.Peaks, 90) || !near(b.Most, 1500) || b.Gone != sim.Num(b.Gone.Value) || !near(b.Gone.Value, 105) || !near(b.Offered, 2) {
		t.Errorf("%+v", b)
	}
	if b := p.Consumers[0].Run.Backlogs[1]; !near(b.Begins, 200) || !near(b.Peaks, 300) || !near(b.Most, 10_000) || b.Gone.Valid || !math.IsInf(b.Offered, 1) {
		t.Errorf("%+v", b)
	}
}
