package tui

import (
	"testing"
	"time"

	"eddy/sim"
	"eddy/sim/spec"
)

// TestLockstep: both runs are where a run by itself is, at the same moment,
// however one comes there.
func TestLockstep(t *testing.T) {
	a, b := load(t, overloaded), load(t, overloaded, Setting{Path: "consumers.worker.instances", Value: "5"})
	alone := func(sc *spec.Scenario, at int64) uint64 {
		e := sim.New(sc, sim.Options{})
		e.Run(at)
		return e.Result().Run.Fingerprint
	}
	l := newLockstep(a, b, sim.Options{}, 1)
	check := func(at int64) {
		t.Helper()
		l.publish(true)
		d := l.latest.Load()
		if d.At != at || d.A.At() != at || d.B.At() != at {
			t.Fatalf("at %d, %d and %d, not %d", d.At, d.A.At(), d.B.At(), at)
		}
		if x, y := d.A.Result.Run.Fingerprint, d.B.Result.Run.Fingerprint; x != alone(a, at) || y != alone(b, at) || x == y {
			t.Errorf("at %d the runs are not those of the scenarios by themselves", at)
		}
	}
	check(0)
	l.goTo(90 * spec.Second)
	check(90 * spec.Second)
	l.goTo(20 * spec.Second)
	check(20 * spec.Second)
	for range 30 {
		before := l.at
		l.step()
		if l.at < before {
			t.Fatal("a step goes back")
		}
	}
	if l.at == 20*spec.Second || l.sides[0].engine.Now() != l.at || l.sides[1].engine.Now() != l.at {
		t.Errorf("thirty steps lead to %d, %d, %d", l.at, l.sides[0].engine.Now(), l.sides[1].engine.Now())
	}
}

// TestLockstepOfUnlike: scenarios of different lengths and components can run
// side by side; the one that ends first stands at its end.
func TestLockstepOfUnlike(t *testing.T) {
	d := DuelAt(load(t, cjk), builtin(t, "work-queue"), sim.Options{}, 10*spec.Minute)
	if !d.A.Over() || d.A.At() != 2*spec.Minute || d.B.At() <= d.A.At() {
		t.Errorf("the first is at %d, the second at %d", d.A.At(), d.B.At())
	}
}

// TestLockstepPanics: a panic of an engine is told with its stack.
func TestLockstepPanics(t *testing.T) {
	l := newLockstep(load(t, overloaded), load(t, overloaded), sim.Options{}, 1)
	var crash *Crash
	l.tell(func() {}, func(c *Crash) { crash = c })
	l.paused = true
	go l.run()
	l.ask(func(l *lockstep) { l.both(func(*driver) { panic("boom") }) })
	<-l.done
	if crash == nil || crash.Value != "boom" || len(crash.Stack) == 0 {
		t.Errorf("the crash is %v", crash)
	}
}

// TestLockstepGoesOn: the screen, which does not look while both stand still,
// is told when they go on.
func TestLockstepGoesOn(t *testing.T) {
	l := newLockstep(load(t, overloaded), load(t, overloaded), sim.Options{}, 1)
	l.paused = true
	moves := make(chan struct{}, 1)
	l.tell(func() {
		if !l.latest.Load().Paused {
			select {
			case moves <- struct{}{}:
			default:
			}
		}
	}, func(c *Crash) { t.Error(c) })
	go l.run()
	defer l.stop()
	l.ask(func(l *lockstep) {
		l.paused = false
		l.restart()
	})
	select {
	case <-moves:
	case <-time.After(3 * time.Minute):
		t.Error("the screen is not told that the runs go on")
	}
}
