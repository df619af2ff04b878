package experiment

import (
	"math"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// Point is one point of a sweep: a scenario with its values of what is varied,
// and what its runs say.
type Point struct {
	Values []string // of what is varied, as written
	Hash   string   // of the scenario
	Seed   int64
	Runs   int
	// Demand is the root events created a second, Throughput the families
	// completed; P50 and P99 are of the
	// completion of the flow with the most of them; Utilisation is that of the
	// busiest consumer; Cost is the instance-seconds of all consumers; Failed is
	// the families that failed, and the events that never became one.
	Demand, Throughput, P50, P99, Utilisation, Cost, Failed Metric
	// Verdict is on all of the scenario's expectations together, "" without any.
	Verdict sim.Verdict
}

// Sweep prepares running every scenario Options.Replications times, all with
// the same seeds if the scenarios have the same seed. Each is handed over, in
// order, as soon as it and all before it are done; what the Outcome holds is of
// no use. Enough, Watch and Sample are not used.
func Sweep(points []*spec.Scenario, o Options, each func(point int, runs []*sim.Result)) *Experiment {
	o.Watch, o.Sample = nil, nil
	k := o.Replications
	return New(Plan{
		Runs: k * len(points), Jobs: o.Jobs,
		Build: func(i int) (Runner, error) { return o.runner(points[i/k], i%k), nil },
		Enough: func(prefix []*sim.Result) bool {
			if n := len(prefix); n%k == 0 {
				each(n/k-1, prefix[n-k:])
				clear(prefix[n-k:]) // thousands of results are not kept for nothing
			}
			return false
		},
	})
}

// Measure is what the runs of a point say.
func Measure(sc *spec.Scenario, values []string, runs []*sim.Result) Point {
	t, heavy := tabulate(runs), heavyTails(sc)
	t.horizon = horizonOf(sc)
	derive := func(name string, unit sim.Unit, of func(*sim.Result) sim.Number) Metric {
		c := &column{path: []string{name}, unit: unit}
		for _, r := range runs {
			c.values = append(c.values, of(r))
		}
		return t.metric(c, heavy)
	}
	p := Point{Values: values, Hash: sc.Hash, Seed: sc.Seed, Runs: len(runs)}
	p.Demand = derive("demand", sim.UnitPerSecond, demand)
	p.Throughput = derive("throughput", sim.UnitPerSecond, throughput)
	p.Utilisation = derive("utilisation", sim.UnitShare, busiest)
	p.Cost = derive("instance_seconds", sim.UnitSeconds, instanceSeconds)
	p.Failed = derive("failed", sim.UnitOne, failedFamilies)
	flow := mainFlow(runs[0])
	p.P50, p.P99 = t.quantileOf(flow, "p50", heavy), t.quantileOf(flow, "p99", heavy)
	if len(sc.Expect) > 0 {
		p.Verdict = together(Judge(sc, runs, Summarise(sc, runs)))
	}
	return p
}

func (t *table) quantileOf(flow, key string, heavy []string) Metric {
	c := t.byPath[sim.PathString([]string{"flows", flow, "completion", key})]
	if c == nil {
		return Metric{Note: "no flow"}
	}
	return t.metric(c, heavy)
}

// mainFlow is the flow with the most families.
func mainFlow(r *sim.Result) string {
	most, name := int64(-1), ""
	for i := range r.Flows {
		if f := &r.Flows[i]; f.Created > most {
			most, name = f.Created, f.Name
		}
	}
	return name
}

func throughput(r *sim.Result) sim.Number {
	n := int64(0)
	for i := range r.Flows {
		n += r.Flows[i].Completed
	}
	return perSecond(n, r)
}

func demand(r *sim.Result) sim.Number {
	n := int64(0)
	for i := range r.Flows {
		n += r.Flows[i].Created
	}
	return perSecond(n, r)
}

func busiest(r *sim.Result) sim.Number {
	most := sim.Number{}
	for i := range r.Consumers {
		if u := r.Consumers[i].Utilisation; u.Valid && (!most.Valid || u.Value > most.Value) {
			most = u
		}
	}
	return most
}

func instanceSeconds(r *sim.Result) sim.Number {
	sum := 0.0
	for i := range r.Consumers {
		sum += r.Consumers[i].InstanceSeconds.Value
	}
	return sim.Num(sum)
}

func failedFamilies(r *sim.Result) sim.Number {
	n := int64(0)
	for i := range r.Flows {
		n += r.Flows[i].Failed
	}
	for i := range r.Producers {
		p := &r.Producers[i]
		n += p.Rejected + p.Unsent + p.Dropped
	}
	return sim.Num(float64(n))
}

// together is the verdict on several expectations: failed if one is, passed if
// all are.
func together(judged []sim.ExpectationResult) sim.Verdict {
	all := sim.Pass
	for _, e := range judged {
		switch {
		case e.Verdict == sim.Failed:
			return sim.Failed
		case e.Verdict == sim.Inconclusive:
			all = sim.Inconclusive
		}
	}
	return all
}

// Cheapest is the point with the least cost of those that passed every
// expectation, the first of equals; −1 if there is none.
func Cheapest(points []Point) int {
	best := -1
	for i, p := range points {
		if p.Verdict == sim.Pass && (best < 0 || p.Cost.Mean.Value < points[best].Cost.Mean.Value) {
			best = i
		}
	}
	return best
}

// Scaling is how the throughput follows a number that is varied.
type Scaling struct {
	N, Rate []float64
	Knee    int // the point beyond which more brings less, −1 if there is none
	// Law is fitted to the points that are pressed: where everything that is
	// asked for is done, more of anything cannot show.
	Law     theory.Scalability
	Pressed int // points
	Fitted  bool
}

// met is the share of the demand that counts as all of it.
const met = 0.98

// Scale finds the scaling of points over rising numbers.
func Scale(n []float64, points []Point) Scaling {
	s := Scaling{N: n, Knee: -1}
	var pressedN, pressedRate []float64
	for i := range points {
		p := &points[i]
		s.Rate = append(s.Rate, p.Throughput.Mean.Value)
		if p.Throughput.Mean.Value < float64(met*p.Demand.Mean.Value) {
			pressedN, pressedRate = append(pressedN, n[i]), append(pressedRate, p.Throughput.Mean.Value)
		}
	}
	s.Knee = theory.Knee(s.N, s.Rate)
	s.Pressed = len(pressedN)
	law, err := theory.FitScalability(pressedN, pressedRate)
	s.Law, s.Fitted = law, err == nil
	return s
}

// Best is the number at which the law has its highest throughput, false if that
// is beyond what was varied.
func (s Scaling) Best() (float64, bool) {
	peak := s.Law.Peak()
	if !s.Fitted || math.IsInf(peak, 1) || len(s.N) == 0 || peak > s.N[len(s.N)-1] {
		return 0, false
	}
	return peak, true
}
