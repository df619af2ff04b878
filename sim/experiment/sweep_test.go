package experiment

import (
	"context"
	"testing"
	"time"

	"eddy/sim"
	"eddy/sim/spec"
)

// TestSweepHandsPointsOverInOrder for any number of jobs, whichever is done first.
func TestSweepHandsPointsOverInOrder(t *testing.T) {
	var list []*spec.Scenario
	for i := range 12 {
		list = append(list, changed(spec.Nanos(12-i)*spec.Second, func(*spec.Scenario) {}))
	}
	for _, jobs := range []int{1, 3, 16} {
		next := 0
		_, err := Sweep(list, Options{Replications: 3, Jobs: jobs}, func(n int, runs []*sim.Result) {
			if n != next || len(runs) != 3 || runs[0].Run.Duration != float64(12-n) || runs[2].Run.Replication != 2 {
				t.Errorf("point %d comes as the %dth, with %d runs", n, next, len(runs))
			}
			next++
		}).Run(context.Background())
		if err != nil || next != len(list) {
			t.Errorf("%d points, %v", next, err)
		}
	}
}

// TestSweepKeepsTheCoresBusy: of 100 points' time nearly all is spent with a run
// under way for every core, though each point is measured, too. What counts is
// what is under way, so that the answer does not depend on what else the machine
// does.
func TestSweepKeepsTheCoresBusy(t *testing.T) {
	busy := 0.0
	for range 10 { // a machine that others use up may stand still at a bad moment
		if busy = max(busy, runsAtOnce(t, 100, 2)); busy >= 2*0.9 {
			break
		}
	}
	t.Logf("on average %.2f of 2 runs are under way", busy)
	if busy < 2*0.9 {
		t.Errorf("on average only %.2f of 2 runs are under way", busy)
	}
	if one := runsAtOnce(t, 20, 1); one > 1 { // the control
		t.Errorf("with one job %.2f runs are under way", one)
	}
}

// runsAtOnce is how many runs of a sweep are under way on average.
func runsAtOnce(t *testing.T, points, jobs int) float64 {
	t.Helper()
	var list []*spec.Scenario
	for i := range points {
		list = append(list, changed(60*spec.Second, func(sc *spec.Scenario) { sc.Consumers[0].Instances = 2 + i%10 }))
	}
	done := 0
	x := Sweep(list, Options{Replications: 2, Jobs: jobs}, func(n int, runs []*sim.Result) {
		Measure(list[n], nil, runs)
		done++
	})
	looks, under := 0, 0
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				x.mu.Lock()
				looks, under = looks+1, under+len(x.active)
				x.mu.Unlock()
			}
		}
	}()
	_, err := x.Run(context.Background())
	close(stop)
	<-stopped
	if err != nil || done != points || looks == 0 {
		t.Fatalf("%d points of %d, %d looks, %v", done, points, looks, err)
	}
	return float64(under) / float64(looks)
}
