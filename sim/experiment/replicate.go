package experiment

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"

	"eddy/sim"
)

// Plan says what to run.
type Plan struct {
	// Build makes the run of one replication, 0 … Runs-1. It is called on
	// several goroutines at once.
	Build func(replication int) (Runner, error)
	// Runs is how many replications there are, at most, if Enough is given; ≥ 1.
	Runs int
	// Jobs is how many run at once; 0 means one for each core.
	Jobs int
	// Enough, if given, is asked with ever longer prefixes of the results,
	// each exactly one run longer than the last; the experiment is as long as
	// the first prefix it says yes to. It may clear what nobody needs any more.
	Enough func(prefix []*sim.Result) bool
}

// Outcome is what an experiment came to.
type Outcome struct {
	// Runs are the results in the order of their replications. After an
	// interruption they are those that were finished, or, if there is none,
	// the one that was under way.
	Runs []*sim.Result
	// Replications are the numbers of Runs in the plan.
	Replications []int
	// Interrupted says that the context ended before the plan was carried out.
	Interrupted bool
	// Enough says that Plan.Enough said yes.
	Enough bool
}

// Progress is how far an experiment has come.
type Progress struct {
	Done, Runs int   // replications
	Now        int64 // simulated ns, of all replications together
	Events     int64 // events handled, likewise
}

// Experiment is a plan being carried out.
type Experiment struct {
	plan Plan

	mu       sync.Mutex
	next     int
	active   map[int]Runner
	finished Progress // what the finished runs came to
}

// New prepares an experiment.
func New(plan Plan) *Experiment {
	if plan.Jobs <= 0 {
		plan.Jobs = runtime.GOMAXPROCS(0)
	}
	plan.Jobs = min(plan.Jobs, plan.Runs)
	return &Experiment{plan: plan, active: map[int]Runner{}}
}

// Progress tells how far the experiment has come. Any goroutine may ask.
func (x *Experiment) Progress() Progress {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.finished
	p.Runs = x.plan.Runs
	for _, r := range x.active {
		now, events := r.Progress()
		p.Now += now
		p.Events += events
	}
	return p
}

// Run carries the plan out. When the context ends, the runs under way are
// interrupted and no further ones begin. The error is that of Build or RunAll,
// or a *Panic; there is no outcome then.
func (x *Experiment) Run(ctx context.Context) (Outcome, error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	// With room to hand results over, nobody waits for whoever looks at them.
	finished := make(chan run, min(x.plan.Runs, 1024))
	var workers sync.WaitGroup
	for range x.plan.Jobs {
		workers.Go(func() { x.work(inner, finished) })
	}
	go func() {
		workers.Wait()
		close(finished)
	}()
	g := gatherer{plan: &x.plan, results: make([]*sim.Result, x.plan.Runs)}
	for r := range finished {
		if g.take(r); g.err != nil || g.enough {
			cancel()
		}
	}
	if g.err != nil {
		return Outcome{}, g.err
	}
	return g.outcome(ctx.Err() != nil), nil
}

// run is one replication's outcome.
type run struct {
	replication int
	result      *sim.Result
	err         error
}

// work does one replication after another until there is none left.
func (x *Experiment) work(ctx context.Context, finished chan<- run) {
	for {
		i, ok := x.claim(ctx)
		if !ok {
			return
		}
		finished <- x.do(ctx, i)
	}
}

// claim takes the next replication. The first is begun even if the context has
// ended already, so that there is always something to show.
func (x *Experiment) claim(ctx context.Context) (int, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i := x.next
	if i >= x.plan.Runs || i > 0 && ctx.Err() != nil {
		return 0, false
	}
	x.next++
	return i, true
}

func (x *Experiment) do(ctx context.Context, i int) (out run) {
	out.replication = i
	defer func() {
		if v := recover(); v != nil {
			out.err = &Panic{Replication: i, Value: v, Stack: debug.Stack()}
		}
	}()
	r, err := x.plan.Build(i)
	if err != nil {
		out.err = err
		return out
	}
	x.begin(i, r)
	defer x.end(i, r)
	detach := context.AfterFunc(ctx, r.Interrupt)
	defer detach()
	if out.err = r.RunAll(); out.err == nil {
		out.result = r.Result()
	}
	return out
}

func (x *Experiment) begin(i int, r Runner) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.active[i] = r
}

func (x *Experiment) end(i int, r Runner) {
	now, events := r.Progress()
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.active, i)
	x.finished.Done++
	x.finished.Now += now
	x.finished.Events += events
}

// gatherer puts results into the order of their replications.
type gatherer struct {
	plan    *Plan
	results []*sim.Result
	prefix  int // results[:prefix] are complete and were asked about
	enough  bool
	err     error
	errFrom int
}

func (g *gatherer) take(r run) {
	if r.err != nil {
		// Of several errors the first replication's is told, whichever came first.
		if g.err == nil || r.replication < g.errFrom {
			g.err, g.errFrom = r.err, r.replication
		}
		return
	}
	g.results[r.replication] = r.result
	for !g.enough && g.prefix < len(g.results) && complete(g.results[g.prefix]) {
		g.prefix++
		g.enough = g.plan.Enough != nil && g.plan.Enough(g.results[:g.prefix])
	}
}

func complete(r *sim.Result) bool { return r != nil && r.Run.Ended != sim.EndedInterrupted }

// outcome keeps what may be shown: surplus runs beyond the prefix that was
// enough depend on the number of jobs, runs cut short would bias a mean.
func (g *gatherer) outcome(cancelled bool) Outcome {
	if g.enough {
		o := Outcome{Runs: g.results[:g.prefix], Enough: true}
		for i := range o.Runs {
			o.Replications = append(o.Replications, i)
		}
		return o
	}
	var o Outcome
	for i, r := range g.results {
		if complete(r) {
			o.Runs = append(o.Runs, r)
			o.Replications = append(o.Replications, i)
		}
	}
	o.Interrupted = cancelled && len(o.Runs) < len(g.results)
	if len(o.Runs) == 0 {
		o.Runs, o.Replications = g.first()
	}
	return o
}

// first is the first result there is, as a list, and which it is.
func (g *gatherer) first() ([]*sim.Result, []int) {
	for i, r := range g.results {
		if r != nil {
			return g.results[i : i+1], []int{i}
		}
	}
	return nil, nil
}
