package tui

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"eddy/report"
	"eddy/sim/spec"
)

// Trial makes paired runs of scenarios on common luck; those that were made
// are kept.
type Trial interface {
	// More makes so many pairs more and compares all that there are.
	More(ctx context.Context, pairs int) (*report.Compared, error)
	// Progress tells how many runs are done, the simulated ns they and those
	// under way have come to, and how many runs were asked for. Any goroutine may ask.
	Progress() (done int, simulated int64, runs int)
}

// trial drives the Trial of two scenarios on a goroutine of its own, so many
// pairs at a time that there is soon something to see.
type trial struct {
	source Trial
	each   int64 // simulated ns of a run of each scenario, together
	ctx    context.Context
	cancel context.CancelFunc
	more   chan struct{} // somebody asks for more
	done   chan struct{}

	mu    sync.Mutex
	state trialState
	held  bool // no further round is begun
	told  func()
}

// trialState is how far a trial has come.
type trialState struct {
	Got     *report.Compared // nil before the first pairs are done
	Board   *report.Board    // of Got
	Pairs   int              // made
	Wanted  int              // pairs
	Share   float64          // of what was asked for that is done
	Running bool
	Took    time.Duration // so far, or in all
	Left    time.Duration // at the pace so far; 0 where not known
	Err     error
}

// firstRound is how many pairs the first round makes: the fewest that have
// intervals; further rounds make more.
const firstRound, furtherRounds = 3, 6

// newTrial begins to make pairs of runs. told is called, on the goroutine, when
// there is something new; crashed when it panics.
func newTrial(source Trial, list []*spec.Scenario, pairs int, told func(), crashed func(*Crash)) *trial {
	t := &trial{source: source, more: make(chan struct{}, 1), done: make(chan struct{}), told: told}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	for _, sc := range list {
		t.each += sc.Duration
	}
	t.state.Wanted, t.state.Running = pairs, true
	go t.run(crashed)
	return t
}

func (t *trial) run(crashed func(*Crash)) {
	defer close(t.done)
	defer func() {
		v := recover()
		if c, ok := v.(*Crash); ok {
			crashed(c)
		} else if v != nil {
			crashed(&Crash{v, debug.Stack()})
		}
	}()
	for t.ctx.Err() == nil {
		start := time.Now()
		if !t.rounds(start) {
			return
		}
		// Somebody may have asked for more meanwhile.
		t.change(func(s *trialState) { s.Running = s.Pairs < s.Wanted && !t.held })
		select {
		case <-t.more:
		case <-t.ctx.Done():
		}
	}
}

// rounds makes what is wanted; it is false when nothing more can be made.
func (t *trial) rounds(start time.Time) bool {
	before := t.now().Took
	for {
		s := t.now()
		n := min(s.Wanted-s.Pairs, firstRound)
		if s.Pairs > 0 {
			n = min(s.Wanted-s.Pairs, furtherRounds)
		}
		if n <= 0 || t.waits() {
			return true
		}
		got, err := t.source.More(t.ctx, n)
		if t.ctx.Err() != nil {
			return false
		}
		if crash := new(*Crash); errors.As(err, crash) {
			panic(*crash)
		}
		var board *report.Board
		if err == nil {
			board = got.Board()
		}
		t.change(func(s *trialState) {
			s.Took = before + time.Since(start)
			if s.Err = err; err != nil {
				s.Running = false
				return
			}
			s.Got, s.Board, s.Pairs = got, board, s.Pairs+n
		})
		if err != nil {
			return false
		}
	}
}

func (t *trial) change(do func(*trialState)) {
	t.mu.Lock()
	do(&t.state)
	told := t.told
	t.mu.Unlock()
	told()
}

// ask asks for more pairs.
func (t *trial) ask(pairs int) {
	t.mu.Lock()
	t.state.Wanted += pairs
	t.mu.Unlock()
	t.hold(false)
}

// waits says whether it is held.
func (t *trial) waits() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held
}

// hold makes it begin no further round, as nobody looks, or go on.
func (t *trial) hold(yes bool) {
	t.mu.Lock()
	t.held = yes
	if !yes {
		t.state.Running = t.state.Err == nil && t.state.Pairs < t.state.Wanted
	}
	t.mu.Unlock()
	if yes {
		return
	}
	select {
	case t.more <- struct{}{}:
	default:
	}
}

// now is how far it has come.
func (t *trial) now() trialState {
	t.mu.Lock()
	s := t.state
	t.mu.Unlock()
	_, simulated, _ := t.source.Progress()
	if whole := float64(t.each) * float64(s.Wanted); whole > 0 {
		s.Share = min(1, max(float64(simulated)/whole, float64(s.Pairs)/float64(s.Wanted)))
	}
	if !s.Running {
		s.Share = 1
	}
	if s.Running && s.Share > 0 && s.Took > 0 {
		made := float64(s.Pairs) / float64(max(1, s.Wanted))
		if made > 0 && made < 1 {
			s.Left = time.Duration(float64(s.Took) * (1 - s.Share) / made)
		}
	}
	return s
}

// stop ends it; what is under way is given up.
func (t *trial) stop() {
	t.mu.Lock()
	t.told = func() {}
	t.mu.Unlock()
	t.cancel()
	<-t.done
}
