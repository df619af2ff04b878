package experiment

import (
	"context"
	"fmt"
	"strings"

	"eddy/sim"
	"eddy/sim/spec"
)

// FewestPairs is how many pairs of runs a comparison makes if nobody says.
const FewestPairs = 20

// Contest runs scenarios on common luck: the nth run of each has the same seed,
// so that the same arrival draws the same luck in all of them and what is left
// between them is the effect of what differs.
type Contest struct {
	scenarios []*spec.Scenario // the first is the base
	x         *Experiment
	faults    [][]disturbance
	recovered [][]sim.Number // by scenario and pair; nil where the timeline has no fault
}

// Against prepares a comparison of two scenarios or more; the first is the
// base. They must have the same seed. Options.Replications is the number of
// pairs; Enough, Watch and Sample are not used.
func Against(scenarios []*spec.Scenario, o Options) *Contest {
	c := &Contest{scenarios: scenarios}
	for _, sc := range scenarios {
		found := disturbances(sc)
		c.faults = append(c.faults, found)
		var slots []sim.Number
		if len(found) > 0 {
			slots = make([]sim.Number, o.Replications)
		}
		c.recovered = append(c.recovered, slots)
	}
	o.Enough, o.Watch, o.Sample = nil, nil, nil
	c.x = New(Plan{
		Runs: o.Replications * len(scenarios), Jobs: o.Jobs,
		Build: func(i int) (Runner, error) { return c.runner(i, o), nil },
	})
	return c
}

// runner makes the ith run: pair by pair, so that an interruption leaves pairs.
func (c *Contest) runner(i int, o Options) Runner {
	k := len(c.scenarios)
	which, pair := i%k, i/k
	sc := c.scenarios[which]
	if o.Verify || c.recovered[which] == nil {
		return o.runner(sc, pair)
	}
	return newRecovering(sc, o.engine(sc, pair, nil), c.faults[which], &c.recovered[which][pair])
}

// Progress tells how far it has come.
func (c *Contest) Progress() Progress { return c.x.Progress() }

// Run makes the runs and compares them. After an interruption the comparison
// is of the pairs that were finished.
func (c *Contest) Run(ctx context.Context) (*Comparison, error) {
	got, err := c.x.Run(ctx)
	if err != nil {
		return nil, err
	}
	k := len(c.scenarios)
	byPair := map[int][]*sim.Result{}
	pairs := 0
	for i, r := range got.Runs {
		pair := got.Replications[i] / k
		if complete(r) {
			byPair[pair] = append(byPair[pair], r)
		}
		pairs = max(pairs, pair+1)
	}
	runs := make([][]*sim.Result, k)
	recovered := make([][]sim.Number, k)
	for pair := range pairs {
		whole := byPair[pair]
		if len(whole) < k {
			continue
		}
		for which, r := range whole {
			runs[which] = append(runs[which], r)
			if c.recovered[which] != nil {
				recovered[which] = append(recovered[which], c.recovered[which][pair])
			}
		}
	}
	cmp := compare(c.scenarios, runs, recovered)
	cmp.Interrupted = got.Interrupted
	return cmp, nil
}

// Comparison is what scenarios do differently on common luck.
type Comparison struct {
	Scenarios   []*spec.Scenario // the first is the base
	Runs        [][]*sim.Result  // by scenario and pair
	Pairs       int              // of runs that were compared
	Interrupted bool             // there are fewer pairs than were asked for
	Measures    []Compared
	Survivors   []Survivors
}

// Compared is one measure in all scenarios.
type Compared struct {
	Path        string // as in the result document, or derived: flows.X.rate, faults.recovery
	Group, Name string // "consumers", "payment"; Name is "" for the whole system
	Label       string // "latency p99"
	Unit        sim.Unit
	Better      Direction
	Audience    Audience
	Quantile    bool
	Values      []Value      // by scenario
	Against     []Difference // by scenario from the second on, against the first
}

// Value is a measure in one scenario. Count is how many observations a run's
// quantile is of, on average; absent for what is no quantile.
type Value struct {
	Metric
	Count sim.Number
}

// Compare holds runs of scenarios against one another: runs[s][i] is the ith
// run of the sth scenario, and all ith runs have the same luck. There may be no
// run at all.
func Compare(scenarios []*spec.Scenario, runs [][]*sim.Result) *Comparison {
	return compare(scenarios, runs, make([][]sim.Number, len(scenarios)))
}

func compare(scenarios []*spec.Scenario, runs [][]*sim.Result, recovered [][]sim.Number) *Comparison {
	cmp := &Comparison{Scenarios: scenarios, Runs: runs, Pairs: len(runs[0])}
	if cmp.Pairs == 0 {
		return cmp
	}
	k := len(scenarios)
	tables, heavy := make([]*table, k), make([][]string, k)
	firsts := make([]*sim.Result, k)
	faults := false
	for s := range scenarios {
		tables[s], heavy[s] = tabulate(runs[s], recovered[s]), heavyTails(scenarios[s])
		firsts[s] = runs[s][0]
		faults = faults || recovered[s] != nil
	}
	for _, q := range quantities(scenarios, firsts, faults) {
		cmp.Measures = append(cmp.Measures, compareOne(q, tables, heavy))
	}
	cmp.judge()
	cmp.Survivors = cmp.survivors()
	return cmp
}

// compareOne compares one measure.
func compareOne(q quantity, tables []*table, heavy [][]string) Compared {
	path := q.path()
	m := Compared{
		Path: sim.PathString(path), Group: q.group, Name: q.name, Label: q.label, Unit: q.unit, Better: q.better, Audience: q.audience,
	}
	_, m.Quantile = beyond[path[len(path)-1]]
	columns := make([]*column, len(tables))
	doubts := make([]string, len(tables))
	for s, t := range tables {
		columns[s] = t.byPath[m.Path]
		v := Value{Metric: Metric{Path: m.Path, Unit: string(q.unit), Note: "not there"}}
		if c := columns[s]; c != nil {
			v.Metric = t.metric(c, heavy[s])
			doubts[s] = doubtOfPairs(t, c, heavy[s])
			v.Count = t.population(c, m.Quantile)
		}
		if q.group == "faults" && v.N < t.runs && columns[s] != nil {
			v.Note = fmt.Sprintf("not recovered in %d of %d runs", t.runs-v.N, t.runs)
			doubts[s] = v.Note
		}
		m.Values = append(m.Values, v)
	}
	for s := 1; s < len(tables); s++ {
		doubt := doubts[0]
		if doubt == "" {
			doubt = doubts[s]
		}
		m.Against = append(m.Against, paired(columns[0], columns[s], doubt))
	}
	return m
}

// doubtOfPairs is why a difference that a column has part in can have no
// interval, "" if it can.
func doubtOfPairs(t *table, c *column, heavy []string) string {
	if len(heavy) > 0 {
		return "infinite variance of " + strings.Join(heavy, ", ")
	}
	return t.thinTail(c)
}

// population is how many observations a quantile is of, on average over runs.
func (t *table) population(c *column, quantile bool) sim.Number {
	if !quantile {
		return sim.Number{}
	}
	count := t.sibling(c, "count")
	if count == nil || len(count.present()) == 0 {
		return sim.Number{}
	}
	mean, _ := meanSD(count.present())
	return sim.Num(mean)
}

// judge corrects the differences for being many, and says what each means.
func (cmp *Comparison) judge() {
	var all []*Difference
	for i := range cmp.Measures {
		for j := range cmp.Measures[i].Against {
			all = append(all, &cmp.Measures[i].Against[j])
		}
	}
	holm(all)
	for i := range cmp.Measures {
		for j := range cmp.Measures[i].Against {
			cmp.Measures[i].Against[j].stand(cmp.Measures[i].Better)
		}
	}
}
