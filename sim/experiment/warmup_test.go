package experiment

import (
	"context"
	"math"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

func TestMSER5(t *testing.T) {
	settled, rising := make([]float64, 600), make([]float64, 600)
	for i := range settled {
		noise := float64(i*7919%101)/101 - 0.5
		settled[i] = 10 + noise
		rising[i] = 10*(1-math.Exp(-float64(i)/20)) + noise
	}
	if d := mser5(settled); d > 12 {
		t.Errorf("%d batches of a settled series are left out", d)
	}
	// After 100 values, five times the time it needs, less than 1 % is missing.
	if d := mser5(rising); d < 10 || d > 40 {
		t.Errorf("%d batches of a rising series are left out", d)
	}
	if d := mser5([]float64{1, 2, 3}); d != 0 {
		t.Errorf("%d batches of too few are left out", d)
	}
	falling := make([]float64, 600)
	for i := range falling {
		falling[i] = float64(i)
	}
	if d := mser5(falling); d != 60 {
		t.Errorf("a series that never settles loses %d batches, not half", d)
	}
}

// TestWarmUpMendsTheBias: consumers that join after ten seconds find a heap of
// work, which has nothing to do with how the system is when it has settled.
func TestWarmUpMendsTheBias(t *testing.T) {
	queue := func(starts, warmup spec.Nanos) *spec.Scenario {
		return changed(100*spec.Second, func(sc *spec.Scenario) {
			sc.Warmup, sc.Consumers[0].Starts = warmup, starts
		})
	}
	late := queue(10*spec.Second, 0)
	warmup, err := WarmUp(context.Background(), late, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if warmup < 10*spec.Second || warmup > 50*spec.Second {
		t.Fatalf("the warm-up is %v s", float64(warmup)/1e9)
	}
	if again, _ := WarmUp(context.Background(), late, Options{Jobs: 1}); again != warmup {
		t.Errorf("%v and %v with one job", warmup, again)
	}
	read := func(r *sim.Result) float64 { return r.Consumers[0].Wait.Mean.Value }
	truth, trueError := simulated(t, queue(0, 10*spec.Second), 20, read)
	cold, _ := simulated(t, late, 20, read)
	warm, warmError := simulated(t, queue(10*spec.Second, warmup), 20, read)
	t.Logf("warm-up %v s: wait %.4f s, without %.4f s, in truth %.4f s", float64(warmup)/1e9, warm, cold, truth)
	if cold < 10*truth || math.Abs(warm-truth) > 0.05*truth+4*(warmError+trueError) {
		t.Errorf("after the warm-up the wait is %v, before %v, and %v in truth", warm, cold, truth)
	}
}
