package experiment

import (
	"context"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"eddy/sim/spec"
	"eddy/sim/theory"
)

// covered is a model with known answers.
type covered struct {
	name, text string
	truth      map[string]float64
	withheld   []string // ends of paths of which there must be no interval: runs are too short
}

const coverHead = "name: x\nduration: 24s\nwarmup: 4s\n"

func coverModels(t *testing.T) []covered {
	t.Helper()
	mm4, err := theory.MMC(240, 100, 4)
	if err != nil {
		t.Fatal(err)
	}
	mg1, err := theory.MG1(50, theory.Moments{Mean: 0.01, Second: 0.01*0.01 + 0.012*0.012})
	if err != nil {
		t.Fatal(err)
	}
	feedback, err := theory.Feedback(50, 100, 0.2)
	if err != nil {
		t.Fatal(err)
	}
	mm1 := func(lambda, mu float64) map[string]float64 {
		w := 1 / (mu - lambda)
		return map[string]float64{
			"consumers.c.latency.mean": w, "consumers.c.latency.p50": w * math.Log(2), "consumers.c.latency.p90": w * math.Log(10),
			"consumers.c.latency.p95": w * math.Log(20), "consumers.c.latency.p99": w * math.Log(100),
			"consumers.c.rate": lambda, "consumers.c.utilisation": lambda / mu, "consumers.c.wait.mean": w * lambda / mu,
			"consumers.c.in_system.mean": lambda * w,
		}
	}
	tandem := map[string]float64{"flows.e.completion.mean": 1/(100.0-50) + 1/(125.0-50)}
	for p, key := range map[float64]string{0.5: "p50", 0.95: "p95", 0.99: "p99"} {
		tandem["flows.e.completion."+key] = theory.SumQuantile([]float64{50, 75}, p)
	}
	const q = "broker: {channels: {q: {type: queue}}}\n"
	return []covered{
		{"M/M/1 50 %", coverHead + `producers: {p: {emits: e, to: q, rate: poisson(100/s)}}
` + q + `consumers: {c: {from: q, work: exp(5ms)}}`, mm1(100, 200), nil},
		{"M/M/1 80 %", coverHead + `producers: {p: {emits: e, to: q, rate: poisson(160/s)}}
` + q + `consumers: {c: {from: q, work: exp(5ms)}}`, mm1(160, 200), []string{"p99"}},
		{"M/M/1 90 %", coverHead + `producers: {p: {emits: e, to: q, rate: poisson(180/s)}}
` + q + `consumers: {c: {from: q, work: exp(5ms)}}`, mm1(180, 200), []string{"p90", "p95", "p99"}},
		{"M/M/1 95 %", coverHead + `producers: {p: {emits: e, to: q, rate: poisson(190/s)}}
` + q + `consumers: {c: {from: q, work: exp(5ms)}}`, mm1(190, 200), []string{"mean", "p50", "p90", "p95", "p99"}},
		{"M/M/4", coverHead + `producers: {p: {emits: e, to: q, rate: poisson(240/s)}}
` + q + `consumers: {c: {from: q, instances: 4, work: exp(10ms)}}`, map[string]float64{"consumers.c.latency.mean": mm4.Sojourn}, nil},
		{"lognormal service", coverHead + `producers: {p: {emits: e, to: q, rate: poisson(50/s)}}
` + q + `consumers: {c: {from: q, work: "lognormal(10ms, 12ms)"}}`, map[string]float64{"consumers.c.latency.mean": mg1.Sojourn}, nil},
		{"loss", coverHead + `producers: {p: {emits: e, to: q, rate: poisson(200/s)}}
broker: {channels: {q: {type: queue, capacity: 0, overflow: drop_new}}}
consumers: {c: {from: q, instances: 3, work: exp(10ms)}}`, map[string]float64{"consumers.c.rate": 200 * (1 - theory.ErlangB(3, 2))}, nil},
		{"tandem", coverHead + `producers: {p: {emits: e, to: q1, rate: poisson(50/s)}}
broker: {channels: {q1: {type: queue}, q2: {type: queue}}}
consumers: {a: {from: q1, work: exp(10ms), emit: f, to: q2}, c: {from: q2, work: exp(8ms)}}`, tandem, []string{"p99"}},
		{"retries", coverHead + `producers: {p: {emits: e, to: q, rate: poisson(50/s)}}
broker: {channels: {q: {type: queue, requeue: back}}}
consumers: {c: {from: q, work: exp(10ms), fail: 20%, retry: {attempts: 100, backoff: constant(0)}}}`, map[string]float64{"consumers.c.latency.mean": feedback.Sojourn}, nil},
	}
}

// coverReplications is how many runs an experiment is: few, so that one would
// notice an interval that is too narrow.
const coverReplications = 8

// TestIntervalsCoverModels counts, over models with a known answer, how often
// the printed 95 % interval of means, rates, utilisation and quantiles holds it.
// What runs leave out of the steady state at their beginning is far less than
// the intervals' width.
func TestIntervalsCoverModels(t *testing.T) {
	experiments := experimentsFor(t, 60)
	var rows []coverRow
	for _, m := range coverModels(t) {
		t.Run(m.name, func(t *testing.T) {
			got := cover(t, written(t, m.text), m.truth, experiments, coverReplications)
			for _, path := range slices.Sorted(maps.Keys(m.truth)) {
				got[path].report(t, path, m.truth[path])
				rows = append(rows, coverRow{m.name, path, m.truth[path], got[path]})
				if slices.ContainsFunc(m.withheld, func(end string) bool { return strings.HasSuffix(path, end) }) {
					if got[path].given > 0 {
						t.Errorf("%s: %d of %d intervals are given of runs that are too short", path, got[path].given, experiments)
					}
					continue
				}
				got[path].judge(t, path, experiments)
			}
		})
	}
	if *updateCoverage && experiments >= coverageOfFile {
		if err := os.WriteFile(coverageFile, []byte(coverageText(rows, experiments)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// judge holds how many intervals cover against the two-sided 99.9 % limits of
// as many throws with a chance of 95 %: an interval that is too wide fails as
// one does that is too narrow.
func (c *tally) judge(t *testing.T, path string, experiments int) {
	t.Helper()
	if c.given < experiments*9/10 {
		t.Errorf("%s: only %d of %d intervals are given", path, c.given, experiments)
		return
	}
	least, most := binomialLimits(c.given, confidence, 0.999)
	if n := c.given - c.below - c.above; n < least || n > most {
		t.Errorf("%s: %d of %d intervals cover, outside of %d to %d", path, n, c.given, least, most)
	}
}

// TestShortRunsFromEmptyHaveNoInterval: thirty short runs of a busy queue that
// start empty agree with one another, and are wrong together: their intervals
// would cover the mean of the steady state about half of the time. So none is
// given of what tells of the queue; what does not, has one.
func TestShortRunsFromEmptyHaveNoInterval(t *testing.T) {
	sc := written(t, `name: x
duration: 6s
producers: {p: {emits: e, to: q, rate: poisson(180/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(5ms)}}
`)
	truth, naive := 1/(200.0-180), 0
	const experiments = 20
	for i := range experiments {
		sc.Seed = int64(1 + 30*i)
		o, err := Of(sc, Options{Replications: 30}).Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		metrics := Summarise(sc, o.Runs)
		for _, key := range []string{"latency.mean", "latency.p50", "wait.mean", "in_system.mean"} {
			if m := find(t, metrics, "consumers.c."+key); m.Low.Valid || !strings.HasPrefix(m.Note, "not enough t") {
				t.Errorf("%s: %+v", key, m)
			}
		}
		if m := find(t, metrics, "consumers.c.rate"); !m.Low.Valid {
			t.Errorf("%+v", m)
		}
		m := find(t, metrics, "consumers.c.latency.mean")
		if half := halfWidth(m.SD.Value, 30); m.Mean.Value-half <= truth && truth <= m.Mean.Value+half {
			naive++
		}
	}
	t.Logf("the intervals that are not given would cover in %d of %d cases", naive, experiments)
	if naive > experiments*9/10 {
		t.Errorf("%d of %d would cover: there is no need to withhold them", naive, experiments)
	}
}

// TestTheoryIsSilentOfWhatItDoesNotKnow: where instances come and go, or the
// timeline makes another system of it, theory limits nothing.
func TestTheoryIsSilentOfWhatItDoesNotKnow(t *testing.T) {
	const busy = `name: x
duration: 6s
producers: {p: {emits: e, to: q, rate: poisson(190/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(5ms)AUTO}}
`
	for name, c := range map[string]struct {
		text    string
		limited bool
	}{
		"busy":            {strings.Replace(busy, "AUTO", "", 1), true},
		"a fault":         {strings.Replace(busy, "AUTO", "", 1) + "timeline: [{at: 1s, slow: c, times: 2, for: 1s}]\n", true},
		"autoscaled":      {strings.Replace(busy, "AUTO", ", autoscale: {max: 4, on: backlog, target: 10}", 1), false},
		"scaled for good": {strings.Replace(busy, "AUTO", "", 1) + "timeline: [{at: 1s, scale: c, to: 2}]\n", false},
		"overrun":         {strings.Replace(strings.Replace(busy, "AUTO", "", 1), "190/s", "300/s", 1), false},
	} {
		of, ok := horizonOf(written(t, c.text)).consumers["c"]
		n := of.time
		if limited := ok && n < leastMean; limited != c.limited {
			t.Errorf("%s: %v independent observations", name, n)
		}
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
