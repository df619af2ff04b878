package tui

import (
	"context"
	"testing"
	"time"

	"eddy/report"
)

// gated is a Trial each of whose rounds waits to be let through.
type gated struct {
	got  *report.Compared
	asks chan int
	gate chan struct{}
}

func (g gated) More(ctx context.Context, pairs int) (*report.Compared, error) {
	g.asks <- pairs
	select {
	case <-g.gate:
	case <-ctx.Done():
	}
	return g.got, ctx.Err()
}

func (g gated) Progress() (int, int64, int) { return 0, 0, 0 }

// TestTrialHolds: what nobody looks at makes no further round, and goes on when
// somebody does; more can be asked for at any time.
func TestTrialHolds(t *testing.T) {
	list := two(t)
	got, err := pairsOf(list).More(context.Background(), 3)
	if err != nil {
		t.Fatal(err)
	}
	source := gated{got, make(chan int, 1), make(chan struct{})}
	x := newTrial(source, list, 5, func() {}, func(c *Crash) { t.Error(c) })
	t.Cleanup(x.stop)
	asked := func(want int) {
		t.Helper()
		select {
		case n := <-source.asks:
			if n != want {
				t.Fatalf("a round of %d pairs, not %d", n, want)
			}
		case <-time.After(3 * time.Minute):
			t.Fatalf("no round of %d pairs is begun", want)
		}
	}
	until := func(what string, ok func(trialState) bool) {
		t.Helper()
		for range 40_000 {
			if ok(x.now()) {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Fatalf("never %s: %+v", what, x.now())
	}
	asked(firstRound)
	x.hold(true)
	source.gate <- struct{}{}
	until("still", func(s trialState) bool { return s.Pairs == firstRound && !s.Running && s.Board != nil })
	select {
	case n := <-source.asks:
		t.Fatalf("held, it begins a round of %d pairs", n)
	case <-time.After(50 * time.Millisecond):
	}
	x.hold(false)
	asked(5 - firstRound)
	x.ask(4)
	if s := x.now(); s.Wanted != 9 || !s.Running || s.Share <= 0 || s.Share >= 1 {
		t.Errorf("with more asked for: %+v", s)
	}
	source.gate <- struct{}{}
	asked(4)
	source.gate <- struct{}{}
	until("done", func(s trialState) bool { return s.Pairs == 9 && !s.Running && s.Share == 1 })
}
