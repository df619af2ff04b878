package experiment

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/spec"
)

// written loads a scenario from its text.
func written(t *testing.T, text string) *spec.Scenario {
	t.Helper()
	sc, ds := scenarios.Load([]byte(text), scenarios.Options{})
	if sc == nil {
		var b strings.Builder
		_ = ds.Render(&b, false)
		t.Fatalf("%s\n%s", text, &b)
	}
	return sc
}

const head = "name: x\nduration: 200s\nwarmup: 20s\n"

// simulated is the mean of a number over so many runs, and its standard error.
func simulated(t *testing.T, sc *spec.Scenario, runs int, read func(*sim.Result) float64) (mean, se float64) {
	t.Helper()
	o, err := Of(sc, Options{Replications: runs}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var values []float64
	for _, r := range o.Runs {
		values = append(values, read(r))
	}
	mean, sd := meanSD(values)
	return mean, sd / math.Sqrt(float64(runs))
}

// TestPredictionsHold simulates what is predicted. within is how far the model
// may be off, beside four standard errors of the simulation: 0 where it is exact.
func TestPredictionsHold(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		within float64 // of the wait
		model  string
	}{
		"M/M/1": {`producers: {p: {emits: e, to: q, rate: poisson(80/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(10ms)}}`, 0, "M/M/c"},
		"M/M/4": {`producers: {p: {emits: e, to: q, rate: poisson(320/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 2, concurrency: 2, work: exp(10ms)}}`, 0, "M/M/c"},
		"lognormal work": {`producers: {p: {emits: e, to: q, rate: poisson(70/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: "lognormal(10ms, 12ms)"}}`, 0, "M/G/1"},
		"constant work": {`producers: {p: {emits: e, to: q, rate: poisson(240/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 3, work: 10ms}}`, 0, "M/D/c"},
		"links hold a place": {`producers: {p: {emits: e, to: q, rate: poisson(70/s)}}
broker: {latency: 1ms, channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(10ms)}}`, 0, "M/G/1"},
		"even arrivals": {`producers: {p: {emits: e, to: q, rate: 80/s}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(10ms)}}`, 0.2, "Allen–Cunneen"},
		"retries": {`producers: {p: {emits: e, to: q, rate: poisson(60/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(10ms), fail: 20%, retry: {attempts: 3, backoff: constant(1s)}}}`, 0.05, "Allen–Cunneen"},
		"a filter and a topic": {`producers: {p: {emits: e, to: t, rate: poisson(200/s)}}
events: {e: {fields: {country: {SE: 40%, NO: 60%}}}}
broker: {channels: {t: {type: topic}, q: {type: queue, from: t, where: {country: SE}}}}
consumers: {c: {from: q, work: exp(10ms)}, all: {from: t, concurrency: unlimited, work: exp(10ms)}}`, 0, "M/M/c"},
		"the second of a tandem": {`producers: {p: {emits: e, to: q1, rate: poisson(80/s)}}
broker: {channels: {q1: {type: queue}, q2: {type: queue}}}
consumers: {a: {from: q1, work: exp(8ms), emit: f, to: q2}, c: {from: q2, work: exp(10ms)}}`, 0, "M/M/c"},
		"dead letters": {`producers: {p: {emits: e, to: q, rate: poisson(50/s)}}
broker: {channels: {q: {type: queue, dead_letter: d}, d: {type: queue}}}
consumers: {a: {from: q, instances: 2, work: exp(8ms), fail: 50%, retry: {attempts: 1}}, c: {from: d, work: exp(20ms)}}`, 0.05, "Allen–Cunneen"},
	} {
		t.Run(name, func(t *testing.T) {
			sc := written(t, head+c.text)
			p := Predict(sc)
			at := slices.IndexFunc(p.Consumers, func(c PredictedConsumer) bool { return c.Name == "c" })
			want := p.Consumers[at]
			if want.Model != c.model {
				t.Errorf("the model is %s", want.Model)
			}
			hold := func(what string, predicted, within float64, read func(*sim.ConsumerResult) sim.Number) {
				got, se := simulated(t, sc, 6, func(r *sim.Result) float64 { return read(&r.Consumers[at]).Value })
				if math.Abs(got-predicted) > 4*se+within*predicted {
					t.Errorf("%s: predicted %v, measured %v ± %v", what, predicted, got, 2*se)
				}
			}
			hold("wait", want.Wait.Value, c.within, func(c *sim.ConsumerResult) sim.Number { return c.Wait.Mean })
			hold("utilisation", want.Utilisation.Value, 0.001, func(c *sim.ConsumerResult) sim.Number { return c.Utilisation })
			hold("rate", want.Rate-want.GivenUp, 0.001, func(c *sim.ConsumerResult) sim.Number { return c.Rate })
		})
	}
}

func TestPredictLimits(t *testing.T) {
	p := Predict(written(t, head+`producers: {p: {emits: e, to: q, rate: poisson(125/s)}}
broker: {rate: 1000/s, channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(10ms)}}`))
	c := p.Consumers[0]
	near := func(what string, got sim.Number, want float64) {
		t.Helper()
		if !got.Valid || math.Abs(got.Value-want) > 1e-9*want {
			t.Errorf("%s is %+v, not %v", what, got, want)
		}
	}
	near("utilisation", c.Utilisation, 1.25)
	near("growth of the queue", c.Growing, 25)
	near("largest rate", c.Largest, 100)
	near("what the whole can grow by", p.Growth, 0.8)
	near("the broker's load", p.BrokerLoad, 0.125)
	if c.Stable || c.Wait.Valid || c.Instances != 2 || p.Bottleneck != 0 {
		t.Errorf("%+v", c)
	}
}

// TestPredictBehindAnOverrunConsumer: what comes after it gets what it can do,
// and is still the bottleneck if it is the slower one.
func TestPredictBehindAnOverrunConsumer(t *testing.T) {
	p := Predict(written(t, head+`producers: {p: {emits: e, to: q1, rate: poisson(200/s)}}
broker: {channels: {q1: {type: queue}, q2: {type: queue}}}
consumers: {a: {from: q1, work: exp(10ms), emit: f, to: q2}, c: {from: q2, work: exp(12.5ms)}}`))
	if got := p.Consumers[1].Rate; math.Abs(got-100) > 1e-9 {
		t.Errorf("the second gets %v/s", got)
	}
	if p.Bottleneck != 1 || math.Abs(p.Growth.Value-0.4) > 1e-9 {
		t.Errorf("the bottleneck is %d, the rates can grow by %v", p.Bottleneck, p.Growth)
	}
}

// TestPredictLoop: an emission that makes another of its own kind each time and
// more has no rate.
func TestPredictLoop(t *testing.T) {
	loop := func(chance string) *Prediction {
		return Predict(written(t, head+`producers: {p: {emits: e, to: q, rate: poisson(10/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, handle: [{work: 1ms}, {emit: e, to: q, chance: `+chance+`}]}}`))
	}
	if p := loop("50%"); p.Endless || math.Abs(p.Consumers[0].Rate-20) > 1e-6 {
		t.Errorf("half of the events make another: %+v", p.Consumers[0])
	}
	if p := loop("100%"); !p.Endless {
		t.Error("a loop that never ends is not seen")
	}
}

// TestPredictLibrary predicts what is shipped, without a number that is none.
func TestPredictLibrary(t *testing.T) {
	for _, name := range scenarios.Names() {
		text, files, _ := scenarios.Builtin(name)
		sc, ds := scenarios.Load(text, scenarios.Options{Name: name, FS: files})
		if sc == nil {
			t.Fatalf("%s: %v", name, ds)
		}
		for _, c := range Predict(sc).Consumers {
			for _, v := range []sim.Number{c.Utilisation, c.Wait, c.Queue, c.Latency, c.Largest, c.Growing, c.Needed, sim.Num(c.Rate)} {
				if v.Valid && (math.IsNaN(v.Value) || math.IsInf(v.Value, 0) || v.Value < 0) {
					t.Errorf("%s: %+v", name, c)
				}
			}
		}
	}
}

// TestNeededIsEnough: as many events as are said to be needed for ± 5 % give
// intervals of about that width.
func TestNeededIsEnough(t *testing.T) {
	sc := written(t, "name: x\nduration: 10s\n"+`producers: {p: {emits: e, to: q, rate: poisson(70/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(10ms)}}`)
	needed := Predict(sc).Consumers[0].NeededTime.Value
	const share = 8 // as many runs of an eighth of the length each
	sc.Warmup = int64(needed / share * 1e9 / 10)
	sc.Duration = int64(needed/share*1e9) + sc.Warmup
	mean, se := simulated(t, sc, 3*share, func(r *sim.Result) float64 { return r.Consumers[0].Wait.Mean.Value })
	// Three times the length: the root of that narrower.
	if half := 1.96 * se * math.Sqrt(3) / mean; half < 0.03 || half > 0.08 {
		t.Errorf("%.0f s give ± %.1f %%", needed, 100*half)
	}
}

// TestPredictQueueAndStream: who reads a queue and a stream is limited by its
// workers together, and by a partition that one of them alone must read.
func TestPredictQueueAndStream(t *testing.T) {
	const text = `keys: {k: {count: 1000}}
events: {f: {key: k}}
producers: {p: {emits: e, to: q, rate: poisson(40/s)}, r: {emits: f, to: s, rate: poisson(60/s)}}
broker: {channels: {q: {type: queue}, s: {type: stream, partitions: PARTITIONS}}}
consumers: {c: {from: [q, s], instances: 3, work: exp(20ms)}}
`
	for partitions, want := range map[string]float64{"4": 100, "1": 90} {
		sc := written(t, head+strings.Replace(text, "PARTITIONS", partitions, 1))
		c := Predict(sc).Consumers[0]
		if c.Run.Flow == Unsure || c.Wait.Valid || (partitions == "1") != c.Growing.Valid {
			t.Errorf("%s partitions: %+v", partitions, c)
		}
		got, se := simulated(t, sc, 4, func(r *sim.Result) float64 { return r.Consumers[0].Rate.Value })
		if math.Abs(c.Run.Done-want) > 1 || math.Abs(got-c.Run.Done) > 4*se+0.02*got {
			t.Errorf("%s partitions: predicted %v/s, measured %v ± %v", partitions, c.Run.Done, got, 2*se)
		}
	}
}
