package experiment

import (
	"eddy/sim"
	"eddy/sim/spec"
)

// What whoever watches a run has to do with, so that a driver of experiments
// need not know the engine.
type (
	// Scenario is what is run.
	Scenario = spec.Scenario
	// Result is what one run measured.
	Result = sim.Result
	// Names tells what the indices of records stand for.
	Names = sim.Names
	// Observer is told everything that happens in a run.
	Observer = sim.Observer
	// ExpectationResult is one judged expectation.
	ExpectationResult = sim.ExpectationResult
)

// Verdicts on an expectation.
const (
	Pass         = sim.Pass
	Failed       = sim.Failed
	Inconclusive = sim.Inconclusive
)

// Options says how a scenario is run. Watch and Sample are about replication
// 0, which is the run that there would be without replications.
type Options struct {
	Version               string // of the program, for the results
	Replications          int    // how many, at most, if Enough is given; ≥ 1
	Jobs                  int    // how many at once; 0: one for each core
	Enough                func(prefix []*sim.Result) bool
	MaxEvents, MaxPending int64 // 0: the engine's own limits
	// Verify runs everything twice with every invariant checked; see Mismatch
	// and Broken.
	Verify bool
	// Watch, if given, makes the observers of the run.
	Watch func(*Names) []Observer
	// Sample, if given, is handed the state of the run after every Step ns.
	Step   int64
	Sample func([]Sample)
}

// Of prepares the experiment of running a scenario.
func Of(sc *spec.Scenario, o Options) *Experiment {
	return New(Plan{
		Runs: o.Replications, Jobs: o.Jobs, Enough: o.Enough,
		Build: func(replication int) (Runner, error) { return o.runner(sc, replication), nil },
	})
}

// runner makes the run of one replication.
func (o Options) runner(sc *spec.Scenario, replication int) Runner {
	if replication > 0 {
		o.Watch, o.Sample = nil, nil
	}
	if !o.Verify {
		return o.plain(sc, replication)
	}
	t := newTwins(func(watch Observer) *sim.Engine {
		return o.engine(sc, replication, func(*Names) []Observer { return []Observer{watch} })
	})
	if o.Watch == nil && o.Sample == nil {
		return t
	}
	return &verified{twins: t, then: o.plain(sc, replication)}
}

// plain makes a run that is made once.
func (o Options) plain(sc *spec.Scenario, replication int) Runner {
	if o.Sample == nil {
		return alone{o.engine(sc, replication, o.Watch)}
	}
	return newSampled(sc, o, func(sampler Observer) *sim.Engine {
		return o.engine(sc, replication, func(n *Names) []Observer {
			all := []Observer{sampler}
			if o.Watch != nil {
				all = append(all, o.Watch(n)...)
			}
			return all
		})
	})
}

// engine makes an engine with its observer. An observer needs the engine's
// names, and an engine its observers: what is observed before both exist is
// kept until they do.
func (o Options) engine(sc *spec.Scenario, replication int, watch func(*Names) []Observer) *sim.Engine {
	options := sim.Options{
		Replication: replication, MaxEvents: o.MaxEvents, MaxPending: o.MaxPending,
		Verify: o.Verify, Version: o.Version,
	}
	if watch == nil {
		return sim.New(sc, options)
	}
	l := &late{}
	options.Observers = []sim.Observer{l}
	e := sim.New(sc, options)
	l.join(watch(e.Names()))
	return e
}

// late are observers that join after the first records.
type late struct {
	joined  bool
	to      []Observer
	earlier []sim.Record
}

func (l *late) Observe(r *sim.Record) {
	if !l.joined {
		l.earlier = append(l.earlier, *r)
	}
	for _, o := range l.to {
		o.Observe(r)
	}
}

func (l *late) join(observers []Observer) {
	l.joined, l.to = true, observers
	for i := range l.earlier {
		for _, o := range l.to {
			o.Observe(&l.earlier[i])
		}
	}
	l.earlier = nil
}

// alone is an engine that runs straight to its end.
type alone struct{ *sim.Engine }

func (a alone) RunAll() error {
	a.Engine.RunAll()
	return nil
}
