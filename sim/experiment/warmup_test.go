package experiment

import (
	"context"
	"fmt"
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

func warmUp(t *testing.T, o Options, list ...*spec.Scenario) int64 {
	t.Helper()
	warmup, err := Settle(list, o).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return warmup
}

// TestWarmUpOfAKnownTransient: how an M/M/1 queue fills from empty is known from
// the differential equations of its states. At 90 % it takes seconds until the
// mean number in it is near the 9 it ends at; a run of 10 s that begins when
// Settle says so must have lost nineteen twentieths of the bias (by MSER-5 alone it
// loses a quarter), and one that takes ten times as long must not throw away more
// than it needs.
func TestWarmUpOfAKnownTransient(t *testing.T) {
	const rho, mu, steps = 0.9, 200.0, 1000
	for _, seconds := range []float64{10, 100} {
		filling := fillingMM1(rho, mu, 10, steps)
		for seed := range 3 {
			sc := written(t, fmt.Sprintf(`name: x
duration: %vs
seed: %d
producers: {p: {emits: e, to: q, rate: poisson(180/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(5ms)}}
`, seconds, 1000*seed))
			warmup := float64(warmUp(t, Options{}, sc)) / 1e9
			k := int(math.Min(warmup, 9) / 10 * steps)
			bias, rest := missing(filling, 0), missing(filling, k)
			t.Logf("run of %v s: warm-up %.2f s, when there are %.1f of 9; bias of the next 10 s from %.1f %% to %.1f %%", seconds, warmup, filling[k], 100*bias, 100*rest)
			if rest > 0.05*bias || warmup > 5 {
				t.Errorf("run of %v s: a warm-up of %v s leaves a bias of %v out of %v", seconds, warmup, rest, bias)
			}
		}
	}
}

// fillingMM1 is the mean number in an M/M/1 queue at so many steps of its first
// seconds, by Euler's method on the chances of its states.
func fillingMM1(rho, mu, seconds float64, steps int) []float64 {
	const states = 250
	lambda := rho * mu
	p := make([]float64, states)
	p[0] = 1
	means := make([]float64, steps)
	small := int(math.Ceil(seconds / float64(steps) * (lambda + mu) * 4))
	dt := seconds / float64(steps) / float64(small)
	next := make([]float64, states)
	for i := range means {
		for n, chance := range p {
			means[i] += float64(n) * chance
		}
		for range small {
			for n := range p {
				flow := 0.0
				if n > 0 {
					flow += lambda*p[n-1] - mu*p[n]
				}
				if n < states-1 {
					flow += mu*p[n+1] - lambda*p[n]
				}
				next[n] = p[n] + dt*flow
			}
			p, next = next, p
		}
	}
	return means
}

// missing is how much of the mean in the long run is missing, on average from
// step k on.
func missing(filling []float64, k int) float64 {
	sum := 0.0
	for _, n := range filling[k:] {
		sum += 1 - n/9
	}
	return sum / float64(len(filling)-k)
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
	warmup := warmUp(t, Options{}, late)
	if warmup < 10*spec.Second || warmup > 50*spec.Second {
		t.Fatalf("the warm-up is %v s", float64(warmup)/1e9)
	}
	if again := warmUp(t, Options{Jobs: 1}, late); again != warmup {
		t.Errorf("%v and %v with one job", warmup, again)
	}
	if longest := warmUp(t, Options{}, queue(0, 0), late, queue(0, 0)); longest != warmup {
		t.Errorf("of three %v, not that of the one that needs the most", longest)
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
