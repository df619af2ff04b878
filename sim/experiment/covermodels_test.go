package experiment

import (
	"context"
	"math"
	"testing"

	"eddy/sim/spec"
	"eddy/sim/theory"
)

// TestIntervalsCoverModels counts, over models with a known answer, how often
// the printed 95 % interval holds it. Runs are short, so that one would notice
// an interval that is too narrow; what they leave out of the steady state at
// their beginning is far less than the intervals' width.
func TestIntervalsCoverModels(t *testing.T) {
	experiments, replications := 80, 8
	if testing.Short() {
		experiments = 40
	}
	const head = "name: x\nduration: 24s\nwarmup: 4s\n"
	mm4, err := theory.MMC(240, 100, 4)
	if err != nil {
		t.Fatal(err)
	}
	mg1, err := theory.MG1(50, theory.Moments{Mean: 0.01, Second: 0.01*0.01 + 0.012*0.012})
	if err != nil {
		t.Fatal(err)
	}
	tandem := 1/(100.0-50) + 1/(125.0-50)
	feedback, err := theory.Feedback(50, 100, 0.2)
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]struct {
		text, path string
		truth      float64
	}{
		"M/M/4": {`producers: {p: {emits: e, to: q, rate: poisson(240/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 4, work: exp(10ms)}}`, "consumers.c.latency.mean", mm4.Sojourn},
		"lognormal service": {`producers: {p: {emits: e, to: q, rate: poisson(50/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: "lognormal(10ms, 12ms)"}}`, "consumers.c.latency.mean", mg1.Sojourn},
		"loss": {`producers: {p: {emits: e, to: q, rate: poisson(200/s)}}
broker: {channels: {q: {type: queue, capacity: 0, overflow: drop_new}}}
consumers: {c: {from: q, instances: 3, work: exp(10ms)}}`, "consumers.c.rate", 200 * (1 - theory.ErlangB(3, 2))},
		"tandem": {`producers: {p: {emits: e, to: q1, rate: poisson(50/s)}}
broker: {channels: {q1: {type: queue}, q2: {type: queue}}}
consumers: {a: {from: q1, work: exp(10ms), emit: f, to: q2}, c: {from: q2, work: exp(8ms)}}`, "flows.e.completion.mean", tandem},
		"retries": {`producers: {p: {emits: e, to: q, rate: poisson(50/s)}}
broker: {channels: {q: {type: queue, requeue: back}}}
consumers: {c: {from: q, work: exp(10ms), fail: 20%, retry: {attempts: 100, backoff: constant(0)}}}`, "consumers.c.latency.mean", feedback.Sojourn},
	} {
		t.Run(name, func(t *testing.T) {
			sc := written(t, head+m.text)
			covered := 0
			for i := range experiments {
				sc.Seed = int64(1000 + i*replications)
				o, err := Of(sc, Options{Replications: replications}).Run(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				tab := newTable(func(path []string) bool { return path[0] == "consumers" || path[0] == "flows" })
				for _, r := range o.Runs {
					tab.add(r)
				}
				got := tab.metric(tab.byPath[m.path], nil)
				if !got.Low.Valid {
					t.Fatalf("no interval: %s", got.Note)
				}
				if got.Low.Value <= m.truth && m.truth <= got.High.Value {
					covered++
				}
			}
			share := float64(covered) / float64(experiments)
			t.Logf("%.1f %% of %d intervals cover", 100*share, experiments)
			// Four standard errors of a chance of 95 %.
			if math.Abs(share-confidence) > 4*math.Sqrt(confidence*(1-confidence)/float64(experiments)) {
				t.Errorf("%.1f %% of the intervals cover %v", 100*share, m.truth)
			}
		})
	}
}

// TestCoverageNoticesAWrongModel is the control of the test above: a truth that
// is off by a twentieth is hardly ever covered.
func TestCoverageNoticesAWrongModel(t *testing.T) {
	sc := workQueue(60 * spec.Second)
	truth := 100 * 0.012 * theory.Attempts(0.05, 3) / 2
	right, wrong := 0, 0
	for i := range 20 {
		sc.Seed = int64(1000 + 8*i)
		o, err := Of(sc, Options{Replications: 8}).Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		m := find(t, Summarise(sc, o.Runs), "consumers.worker.utilisation")
		covers := func(v float64) bool { return m.Low.Value <= v && v <= m.High.Value }
		if covers(truth) {
			right++
		}
		if covers(1.05 * truth) {
			wrong++
		}
	}
	if right < 16 || wrong > 2 {
		t.Errorf("of 20 intervals %d cover the truth and %d what is off by 5 %%", right, wrong)
	}
}
