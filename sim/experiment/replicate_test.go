package experiment

import (
	"context"
	"errors"
	"reflect"
	"sync/atomic"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// fake is a run whose numbers depend on the replication only. Its work can be
// made to take longer for early replications, so that they finish out of order.
type fake struct {
	replication int
	stopped     atomic.Bool
	wait        <-chan struct{} // RunAll returns when it is closed, or when interrupted
	stop        chan struct{}
	events      atomic.Int64
	err         error
}

func (f *fake) RunAll() error {
	for i := range int64(1000 * (10 - f.replication%10)) {
		f.events.Store(i)
	}
	if f.wait != nil {
		select {
		case <-f.wait:
		case <-f.stop:
		}
	}
	return f.err
}

func (f *fake) Interrupt() {
	if !f.stopped.Swap(true) {
		close(f.stop)
	}
}

func (f *fake) Progress() (now, events int64) { return f.events.Load() * 1000, f.events.Load() }

func (f *fake) Result() *sim.Result {
	r := &sim.Result{Run: sim.RunInfo{Replication: f.replication, Ended: sim.EndedDuration}}
	if f.stopped.Load() {
		r.Run.Ended = sim.EndedInterrupted
	}
	x := float64(f.replication*7919%101) / 101
	r.Consumers = []sim.ConsumerResult{{Name: "c", Latency: sim.Latency{
		Count: 1000, Mean: sim.Num(1 + x/10), SD: sim.Num(1), P50: sim.Num(0.9 + x/10), P99: sim.Num(4 + x), P999: sim.Num(6 + x),
	}}}
	return r
}

func build(replication int) (Runner, error) {
	return &fake{replication: replication, stop: make(chan struct{})}, nil
}

func mustRun(t *testing.T, p Plan) Outcome {
	t.Helper()
	o, err := New(p).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestResultsStandByReplication(t *testing.T) {
	want := mustRun(t, Plan{Build: build, Runs: 50, Jobs: 1})
	for i, r := range want.Runs {
		if r.Run.Replication != i {
			t.Fatalf("run %d is replication %d", i, r.Run.Replication)
		}
	}
	for _, jobs := range []int{0, 2, 3, 8, 64} {
		if got := mustRun(t, Plan{Build: build, Runs: 50, Jobs: jobs}); !reflect.DeepEqual(got, want) {
			t.Errorf("%d jobs give another outcome", jobs)
		}
	}
}

func TestEnoughIsIndependentOfJobs(t *testing.T) {
	sc := &spec.Scenario{}
	run := func(jobs int) Outcome {
		p := NewPrecision(sc, 0.01)
		return mustRun(t, Plan{Build: build, Runs: 400, Jobs: jobs, Enough: p.Enough})
	}
	want := run(1)
	if !want.Enough || len(want.Runs) < FewestForPrecision || len(want.Runs) == 400 {
		t.Fatalf("enough %v after %d runs", want.Enough, len(want.Runs))
	}
	for _, jobs := range []int{2, 5, 16} {
		if got := run(jobs); !reflect.DeepEqual(got, want) {
			t.Errorf("%d jobs stop after %d runs, one after %d", jobs, len(got.Runs), len(want.Runs))
		}
	}
}

func TestPrecisionIsKeptOrTheMostReached(t *testing.T) {
	sc := &spec.Scenario{}
	p := NewPrecision(sc, 0.01)
	o := mustRun(t, Plan{Build: build, Runs: 400, Enough: p.Enough})
	for _, m := range Summarise(sc, o.Runs) {
		if m.Path == "consumers.c.latency.mean" || m.Path == "consumers.c.latency.p50" {
			if w := relativeWidth(m); w > 0.01 {
				t.Errorf("%s: half-width %g of the mean", m.Path, w)
			}
		}
	}
	p = NewPrecision(sc, 1e-9)
	if o := mustRun(t, Plan{Build: build, Runs: 20, Enough: p.Enough}); o.Enough || len(o.Runs) != 20 || p.Worst.Path == "" {
		t.Errorf("enough %v after %d runs, worst %q", o.Enough, len(o.Runs), p.Worst.Path)
	}
}

func TestInterruptionKeepsWhatWasFinished(t *testing.T) {
	never := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var begun atomic.Int32
	x := New(Plan{Runs: 10, Jobs: 2, Build: func(i int) (Runner, error) {
		r := &fake{replication: i, stop: make(chan struct{})}
		if i >= 4 {
			r.wait = never
			if begun.Add(1) == 2 {
				cancel()
			}
		}
		return r, nil
	}})
	o, err := x.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !o.Interrupted || len(o.Runs) != 4 {
		t.Fatalf("interrupted %v with %d runs", o.Interrupted, len(o.Runs))
	}
	if p := x.Progress(); p.Runs != 10 || p.Done != 6 || p.Events == 0 {
		t.Errorf("progress %+v", p)
	}
}

func TestInterruptedBeforeAnythingFinished(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o, err := New(Plan{Runs: 3, Jobs: 2, Build: func(i int) (Runner, error) {
		return &fake{replication: i, stop: make(chan struct{}), wait: make(chan struct{})}, nil
	}}).Run(ctx)
	if err != nil || !o.Interrupted || len(o.Runs) != 1 || o.Runs[0].Run.Ended != sim.EndedInterrupted {
		t.Errorf("%+v, %v", o, err)
	}
}

type panics struct{ Runner }

func (panics) RunAll() error { panic("a mistake") }

func TestPanicIsAnError(t *testing.T) {
	_, err := New(Plan{Runs: 8, Jobs: 4, Build: func(i int) (Runner, error) {
		r, _ := build(i)
		if i == 2 {
			return panics{r}, nil
		}
		return r, nil
	}}).Run(context.Background())
	var p *Panic
	if !errors.As(err, &p) || p.Replication != 2 || p.Value != "a mistake" || len(p.Stack) == 0 {
		t.Errorf("got %v", err)
	}
}

func TestErrorEndsTheExperiment(t *testing.T) {
	wrong := errors.New("no")
	_, err := New(Plan{Runs: 3, Build: func(i int) (Runner, error) {
		return &fake{replication: i, err: wrong, stop: make(chan struct{})}, nil
	}}).Run(context.Background())
	if !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
	_, err = New(Plan{Runs: 3, Build: func(int) (Runner, error) { return nil, wrong }}).Run(context.Background())
	if !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
}
