package experiment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"eddy/sim"
	"eddy/sim/spec"
)

// FewestPairs is how many pairs of runs a comparison makes if nobody says.
const FewestPairs = 20

// Contest runs scenarios on common luck: the nth run of each has the same seed,
// so that the same arrival draws the same luck in all of them and what is left
// between them is the effect of what differs. It can be asked for more pairs;
// those that were made are kept.
type Contest struct {
	scenarios []*spec.Scenario // the first is the base
	o         Options
	shapes    bool
	faults    [][]disturbance

	mu    sync.Mutex
	x     *Experiment // under way or over
	past  Progress    // of the experiments before it
	first int         // pairs that were asked for before x

	runs   [][]*sim.Result // by scenario and pair
	extras [][]extra
}

// extra is what a run of a comparison is asked beside its result.
type extra struct {
	recovery sim.Number   // s; absent where the timeline has no fault that ends, or it was not recovered from
	worst    []sim.Number // availability of each producer in its worst minute; nil where there is no whole one
	sketch   *sketch      // nil where nobody wants shapes
}

// Against prepares a comparison of two scenarios or more; the first is the
// base. They must have the same seed. Options.Replications is the number of
// pairs; Enough, Watch and Sample are not used.
func Against(scenarios []*spec.Scenario, o Options) *Contest {
	o.Enough, o.Watch, o.Sample = nil, nil, nil
	k := len(scenarios)
	c := &Contest{scenarios: scenarios, o: o, runs: make([][]*sim.Result, k), extras: make([][]extra, k)}
	for _, sc := range scenarios {
		c.faults = append(c.faults, disturbances(sc))
	}
	return c
}

// WithShapes makes the contest tell the shapes of the runs, too; before the
// first is made. It changes no number.
func (c *Contest) WithShapes() *Contest {
	c.shapes = true
	return c
}

// runner makes the ith run of an experiment: pair by pair, so that an
// interruption leaves pairs. What it is asked beside is left in more.
func (c *Contest) runner(i, first int, more *extra) Runner {
	which, pair := i%len(c.scenarios), first+i/len(c.scenarios)
	sc, found := c.scenarios[which], c.faults[which]
	lookedAt := newWorst(sc)
	if c.o.Verify || len(found) == 0 && !c.shapes && lookedAt == nil {
		return c.o.runner(sc, pair)
	}
	l := &looked{Engine: c.o.engine(sc, pair, nil), sc: sc, worst: lookedAt}
	if lookedAt != nil {
		more.worst = lookedAt.slots
	}
	if len(found) > 0 {
		l.recovering = newRecovering(sc, l.Engine, found, &more.recovery)
	}
	if c.shapes {
		more.sketch = newSketch(sc)
		l.sketch = more.sketch
	}
	return l
}

// Progress tells how far it has come. Any goroutine may ask.
func (c *Contest) Progress() Progress {
	c.mu.Lock()
	x, p := c.x, c.past
	c.mu.Unlock()
	if x == nil {
		p.Runs = c.o.Replications * len(c.scenarios)
		return p
	}
	return p.plus(x.Progress())
}

func (p Progress) plus(o Progress) Progress {
	return Progress{p.Done + o.Done, p.Runs + o.Runs, p.Now + o.Now, p.Events + o.Events}
}

// Run makes the runs and compares them. After an interruption the comparison
// is of the pairs that were finished.
func (c *Contest) Run(ctx context.Context) (*Comparison, error) { return c.More(ctx, c.o.Replications) }

// More makes so many pairs of runs more and compares all that there are. One
// goroutine at a time may call it, and after an interruption nobody.
func (c *Contest) More(ctx context.Context, pairs int) (*Comparison, error) {
	k := len(c.scenarios)
	extras := make([]extra, pairs*k)
	first := c.first
	x := New(Plan{
		Runs: pairs * k, Jobs: c.o.Jobs,
		Build: func(i int) (Runner, error) { return c.runner(i, first, &extras[i]), nil },
	})
	c.mu.Lock()
	if c.x != nil {
		c.past = c.past.plus(c.x.Progress())
	}
	c.x = x
	c.mu.Unlock()
	got, err := x.Run(ctx)
	if err != nil {
		return nil, err
	}
	c.first += pairs
	c.gather(got, extras)
	cmp := compare(c.scenarios, c.runs, c.extras)
	cmp.Interrupted = got.Interrupted
	return cmp, nil
}

// gather keeps the pairs of an experiment that are whole.
func (c *Contest) gather(got Outcome, extras []extra) {
	k := len(c.scenarios)
	whole := map[int]int{} // runs of a pair
	for i, r := range got.Runs {
		if complete(r) {
			whole[got.Replications[i]/k]++
		}
	}
	for i, r := range got.Runs {
		if n := got.Replications[i]; whole[n/k] == k {
			c.runs[n%k] = append(c.runs[n%k], r)
			c.extras[n%k] = append(c.extras[n%k], extras[n])
		}
	}
}

// Comparison is what scenarios do differently on common luck.
type Comparison struct {
	Scenarios   []*spec.Scenario // the first is the base
	Runs        [][]*sim.Result  // by scenario and pair
	Pairs       int              // of runs that were compared
	Interrupted bool             // there are fewer pairs than were asked for
	Measures    []Compared
	Survivors   []Survivors

	extras [][]extra // by scenario and pair
}

// Shapes are the shapes of the scenarios' runs, nil where they were not asked
// for or there is no run.
func (cmp *Comparison) Shapes() []*Shape {
	if cmp.Pairs == 0 || len(cmp.extras[0]) == 0 || cmp.extras[0][0].sketch == nil {
		return nil
	}
	shapes := make([]*Shape, len(cmp.Scenarios))
	for s := range shapes {
		shapes[s] = &Shape{}
		for _, e := range cmp.extras[s] {
			shapes[s].add(e.sketch)
		}
	}
	return shapes
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
	return compare(scenarios, runs, make([][]extra, len(scenarios)))
}

func compare(scenarios []*spec.Scenario, runs [][]*sim.Result, extras [][]extra) *Comparison {
	cmp := &Comparison{Scenarios: scenarios, Runs: runs, Pairs: len(runs[0]), extras: extras}
	if cmp.Pairs == 0 {
		return cmp
	}
	k := len(scenarios)
	tables, heavy := make([]*table, k), make([][]string, k)
	firsts := make([]*sim.Result, k)
	faults := false
	for s := range scenarios {
		recovered := recoveries(scenarios[s], extras[s])
		tables[s], heavy[s] = tabulate(runs[s]), heavyTails(scenarios[s])
		tables[s].horizon = horizonOf(scenarios[s])
		tables[s].beside(runs[s], recovered, extras[s])
		firsts[s] = runs[s][0]
		faults = faults || recovered != nil
	}
	for _, q := range quantities(scenarios, firsts, faults) {
		if q.beside && !slices.ContainsFunc(tables, func(t *table) bool { return t.byPath[sim.PathString(q.path())] != nil }) {
			continue
		}
		cmp.Measures = append(cmp.Measures, compareOne(q, tables, heavy))
	}
	cmp.judge()
	cmp.Survivors = cmp.survivors()
	return cmp
}

// recoveries are the recovery times of a scenario's runs, nil where its
// timeline has no fault that ends.
func recoveries(sc *spec.Scenario, extras []extra) []sim.Number {
	if len(extras) == 0 || len(disturbances(sc)) == 0 {
		return nil
	}
	var list []sim.Number
	for _, e := range extras {
		list = append(list, e.recovery)
	}
	return list
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
		m.Against = append(m.Against, paired(columns[0], columns[s], doubt, widening(tables[0], tables[s], path)))
	}
	return m
}

// doubtOfPairs is why a difference that a column has part in can have no
// interval, "" if it can.
func doubtOfPairs(t *table, c *column, heavy []string) string {
	if len(heavy) > 0 {
		return "infinite variance of " + strings.Join(heavy, ", ")
	}
	return t.thinPairs(c)
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
