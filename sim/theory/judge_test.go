package theory_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"

	"eddy/sim"
	"eddy/sim/spec"
)

// confidence is the share of the intervals that hold what they estimate.
const confidence = 0.999

// Half an interval is at most this share of the exact value unless a probe
// says otherwise: wider ones would agree with anything.
const narrow = 0.05

// bucket is how far a quantile of a result may be off for being a bucket's
// middle, as a share of it.
const bucket = 0.001

// model is a system that theory has the answer for.
type model struct {
	name     string
	shows    string // what of the simulator it puts to the test
	source   string // of the exact values
	scenario spec.Scenario
	seconds  float64 // simulated in each replication, the warm-up not included
	warmup   float64
	runs     int // 0: defaultRuns
	short    bool
	probes   []probe
}

const defaultRuns = 24

// probe is one number of a model.
type probe struct {
	what   string
	exact  float64
	read   func(*sim.Result) float64
	watch  func() watcher // instead of read: what an observer of the run sees
	limit  float64        // of half an interval, as a share of the exact value; 0: narrow
	bucket float64        // see above; 0: the number is exact
	always bool           // the number must be the exact one in every single run
}

// mean is a number whose average over runs is the exact one.
func mean(what string, exact float64, read func(*sim.Result) float64) probe {
	return probe{what: what, exact: exact, read: read}
}

// quantile is the same for one that is read off a histogram.
func quantile(what string, exact float64, read func(*sim.Result) float64) probe {
	return probe{what: what, exact: exact, read: read, bucket: bucket}
}

// always is a number that does not depend on luck at all.
func always(what string, exact float64, read func(*sim.Result) float64) probe {
	return probe{what: what, exact: exact, read: read, always: true}
}

// wide allows a number that moves a lot a wider interval.
func wide(limit float64, p probe) probe {
	p.limit = limit
	return p
}

// widened allows all of some numbers a wider interval.
func widened(limit float64, probes []probe) []probe {
	for i := range probes {
		probes[i].limit = limit
	}
	return probes
}

// verdict is what is to be said of a probe.
type verdict string

const (
	agrees  verdict = "agrees"
	differs verdict = "differs"
	vague   verdict = "too wide"
	missing verdict = "not measured"
	stuck   verdict = "does not vary"
	exactly verdict = "exact"
)

func (v verdict) good() bool { return v == agrees || v == exactly }

// judgement is a probe held against what the runs measured.
type judgement struct {
	mean, half float64
	verdict    verdict
	outside95  bool // of a random number: outside of a 95 % interval
	random     bool
}

// judge holds the values of independent runs, at least two, against a probe.
func judge(p *probe, values []float64) judgement {
	n := float64(len(values))
	sum := 0.0
	for _, v := range values {
		if math.IsNaN(v) {
			return judgement{mean: math.NaN(), verdict: missing}
		}
		sum += v
	}
	j := judgement{mean: sum / n}
	if p.always {
		j.verdict = exactly
		for _, v := range values {
			if !same(v, p.exact) {
				j.mean, j.verdict = v, differs
			}
		}
		return j
	}
	squares := 0.0
	for _, v := range values {
		d := v - j.mean
		squares += float64(d * d)
	}
	if squares == 0 {
		j.verdict = stuck // luck that is the same in every run is not luck
		return j
	}
	j.random = true
	se := math.Sqrt(squares / (n - 1) / n)
	j.half = studentT(confidence, len(values)-1) * se
	limit := p.limit
	if limit == 0 {
		limit = narrow
	}
	off, rounding := math.Abs(j.mean-p.exact), float64(p.bucket*p.exact)
	j.outside95 = off > studentT(0.95, len(values)-1)*se+rounding
	switch {
	case off > j.half+rounding:
		j.verdict = differs
	case j.half > limit*math.Abs(p.exact):
		j.verdict = vague
	default:
		j.verdict = agrees
	}
	return j
}

// same says whether two numbers that went through a few roundings are one.
func same(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(b)) }

// studentT is the two-sided quantile of Student's t.
func studentT(confidence float64, nu int) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(nu)}.Quantile(1 - (1-confidence)/2)
}

// measure runs models and gives the value of each probe in each run:
// [model][probe][run]. It runs on all cores, and how many there are does not
// show in it.
func measure(models []model) [][][]float64 {
	type job struct{ model, run int }
	jobs := make(chan job)
	out := make([][][]float64, len(models))
	scenarios := make([]*spec.Scenario, len(models))
	for i := range models {
		scenarios[i] = models[i].complete()
		out[i] = make([][]float64, len(models[i].probes))
		for k := range out[i] {
			out[i][k] = make([]float64, models[i].replications())
		}
	}
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for j := range jobs {
				for k, v := range models[j.model].run(scenarios[j.model], j.run) {
					out[j.model][k][j.run] = v
				}
			}
		})
	}
	for i := range models {
		for run := range models[i].replications() {
			jobs <- job{i, run}
		}
	}
	close(jobs)
	workers.Wait()
	return out
}

// run is one run of a model: the value of each probe.
func (m *model) run(sc *spec.Scenario, replication int) []float64 {
	watchers := make([]watcher, len(m.probes))
	var observers []sim.Observer
	for k := range m.probes {
		if m.probes[k].watch != nil {
			watchers[k] = m.probes[k].watch()
			observers = append(observers, watchers[k])
		}
	}
	e := sim.New(sc, sim.Options{Replication: replication, Observers: observers})
	e.RunAll()
	r := e.Result()
	values := make([]float64, len(m.probes))
	for k := range m.probes {
		if watchers[k] != nil {
			values[k] = watchers[k].seen()
		} else {
			values[k] = m.probes[k].read(r)
		}
	}
	return values
}

func (m *model) replications() int {
	if m.runs == 0 {
		return defaultRuns
	}
	return m.runs
}

// complete is the model's scenario with its length and a seed of its own, so
// that no two models share their luck.
func (m *model) complete() *spec.Scenario {
	sc := m.scenario
	sc.Name = m.name
	sc.Warmup = spec.Nanos(m.warmup * float64(spec.Second))
	sc.Duration = sc.Warmup + spec.Nanos(m.seconds*float64(spec.Second))
	h := fnv.New32a()
	h.Write([]byte(m.name))
	sc.Seed = int64(h.Sum32()) * 1000
	return &sc
}

// complaint says what is wrong with a judgement.
func (j judgement) complaint(p *probe) string {
	return fmt.Sprintf("%s: measured %.6g ± %.2g, exact %.6g: %s", p.what, j.mean, j.half, p.exact, j.verdict)
}
