package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"eddy/sim"
	"eddy/sim/spec"
)

// runOut lets a run go on at full speed until it halts or is over.
func (m *model) runOut(t *testing.T) {
	t.Helper()
	m.driver.ask(func(d *driver) { d.pace, d.paused = 0, false; d.restart() })
	for range 100_000 {
		if m.settle(t); m.frame.Paused || m.frame.Over() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("it never halts")
}

// TestFollow: an event that is followed is seen on its edges and at its
// components, slowly; n goes from one of its steps to the next, and the run
// halts when all is done with it.
func TestFollow(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(60 * spec.Second)
	m.settle(t)
	pace := m.frame.Pace
	m.screen.Chosen = m.named("payments")
	press(m, "f")
	m.settle(t)
	x := m.frame.Followed
	if x == nil || len(x.Steps) == 0 || x.Steps[0].What != sim.Created || x.Created > m.frame.At() {
		t.Fatalf("followed is %+v", x)
	}
	if m.frame.Pace >= pace || m.frame.Pace <= 0 {
		t.Errorf("the pace is ×%v, before it was ×%v", m.frame.Pace, pace)
	}
	if text := m.grid().String(); strings.Count(text, "★") < 2 || !strings.Contains(text, "esc let go") {
		t.Errorf("the event is not seen:\n%s", text)
	}
	for range 3 {
		before, steps := m.frame.At(), len(m.frame.Followed.Steps)
		press(m, "n")
		m.settle(t)
		if !m.frame.Paused || len(m.frame.Followed.Steps) <= steps || m.frame.At() < before {
			t.Errorf("n went from %d with %d steps to %d with %d", before, steps, m.frame.At(), len(m.frame.Followed.Steps))
		}
		last := m.frame.Followed.Steps[len(m.frame.Followed.Steps)-1]
		if last.At != m.frame.At() || last.Root != x.Root {
			t.Errorf("the last step is of %v at %d, the screen at %d", last.Root, last.At, m.frame.At())
		}
	}
	m.runOut(t)
	if m.frame.Over() || m.frame.Followed.Ended < 0 || !strings.Contains(m.frame.Halt, "after") {
		t.Errorf("at %d, ended %d, halted: %q", m.frame.At(), m.frame.Followed.Ended, m.frame.Halt)
	}
	if late := m.frame.At() - m.frame.Followed.Ended; late > spec.Millisecond {
		t.Errorf("it halts %d ns after the end", late)
	}
	press(m, "esc")
	m.settle(t)
	if m.frame.Followed != nil || m.frame.Pace != pace && m.frame.Pace != 0 {
		t.Errorf("esc leaves %v at pace %v", m.frame.Followed, m.frame.Pace)
	}
}

// TestFollowMovesTheScreen: nobody looks at a run that stands still, so the
// screen must be told when following makes it move.
func TestFollowMovesTheScreen(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(spec.Second)
	m.settle(t)
	moves := make(chan struct{}, 1)
	m.driver.ask(func(d *driver) {
		d.told = func(any) {
			if !d.latest.Load().Paused {
				select {
				case moves <- struct{}{}:
				default:
				}
			}
		}
	})
	press(m, "f")
	select {
	case <-moves:
	case <-time.After(3 * time.Minute):
		t.Error("the screen is not told that the run moves")
	}
}

// TestFollowEnds: when all is done with an event that is followed, the footer
// says so and how to let go of it, which ends the halt, too.
func TestFollowEnds(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(spec.Second)
	m.settle(t)
	press(m, "f")
	m.runOut(t)
	if text := m.grid().String(); !strings.Contains(text, "★ ") || !strings.Contains(text, "after") || !strings.Contains(text, "esc let go") {
		t.Errorf("it is not said how it ended, or what to do next:\n%s", text)
	}
	press(m, "esc")
	m.settle(t)
	if m.frame.Followed != nil || m.frame.Halt != "" {
		t.Errorf("followed %v, halted %q", m.frame.Followed, m.frame.Halt)
	}
}

// TestFollowFromInspector: the chosen event is followed from its creation on,
// though that is past.
func TestFollowFromInspector(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(60 * spec.Second)
	m.settle(t)
	press(m, "3")
	x := m.screen.chosenFamily(m.frame)
	press(m, "f")
	m.settle(t)
	if m.screen.View != Overview || m.frame.Followed == nil || m.frame.Followed.Root != x.Root {
		t.Fatalf("view %d, followed %+v", m.screen.View, m.frame.Followed)
	}
	if at := m.frame.At(); at < x.Created-1 || at > x.Created+spec.Second {
		t.Errorf("it is %d, the event was created at %d", at, x.Created)
	}
	m.runOut(t)
	if got := m.frame.Followed; got.Ended-got.Created != x.Ended-x.Created || len(got.Steps) != len(x.Steps) {
		t.Errorf("followed it took %d in %d steps, in the inspector %d in %d", got.Ended-got.Created, len(got.Steps), x.Ended-x.Created, len(x.Steps))
	}
}

// TestFollowWhatNeverComes says so instead of looking for ever.
func TestFollowWhatNeverComes(t *testing.T) {
	m := play(t, load(t, overloaded))
	m.seek(299 * spec.Second)
	m.settle(t)
	m.screen.Chosen = m.named("web")
	press(m, "p") // the producer stops
	m.settle(t)
	press(m, "f")
	m.settle(t)
	if m.frame.Followed != nil || m.frame.Halt == "" && !m.frame.Over() {
		t.Errorf("followed %v, halted %q", m.frame.Followed, m.frame.Halt)
	}
}

// TestBreakOnSteps halts exactly where a component fails, and where an event of
// a type comes.
func TestBreakOnSteps(t *testing.T) {
	for _, c := range []struct {
		text  string
		right func(w *World, r *sim.Record) bool
	}{
		{"payment fails", func(w *World, r *sim.Record) bool {
			return w.Nodes[max(0, w.nodeOf(r.Component))].Name == "payment" && r.What == sim.FailedAttempt
		}},
		{"order.paid", func(w *World, r *sim.Record) bool {
			return w.Spec.Events[max(0, r.Type)].Name == "order.paid" && r.What == sim.Created
		}},
		{"order.paid at packing", func(w *World, r *sim.Record) bool {
			return w.Nodes[max(0, w.nodeOf(r.Component))].Name == "packing" && r.What == sim.Started
		}},
	} {
		m := play(t, builtin(t, "order-fulfilment"))
		press(m, "b")
		typeText(m, c.text)
		press(m, "enter")
		m.runOut(t)
		if m.frame.Halt != c.text {
			t.Fatalf("%s: halted by %q at %d: %s", c.text, m.frame.Halt, m.frame.At(), m.screen.Said)
		}
		// The same run, step by step, has its first such step then.
		first := int64(-1)
		w := m.frame.World
		e := sim.New(m.frame.spec(), sim.Options{Observers: []sim.Observer{observer(func(r *sim.Record) {
			if first < 0 && r.Component >= 0 && c.right(w, r) {
				first = r.At
			}
		})}})
		e.Run(m.frame.At() + spec.Second)
		if first != m.frame.At() {
			t.Errorf("%s: halted at %d, it happens at %d", c.text, m.frame.At(), first)
		}
		press(m, "space")
		m.settle(t)
		if m.frame.Halt != "" && m.frame.At() == first {
			t.Errorf("%s: space does not go on", c.text)
		}
	}
	m := play(t, builtin(t, "order-fulfilment"))
	for _, wrong := range []string{"nobody fails", "order.lost", "order.paid at nowhere", "channels.payments.colour > 3"} {
		press(m, "b")
		typeText(m, wrong)
		press(m, "enter")
		if !m.screen.Bad {
			t.Errorf("%q is taken for a breakpoint: %s", wrong, m.screen.Said)
		}
	}
}

type observer func(*sim.Record)

func (o observer) Observe(r *sim.Record) { o(r) }

// TestFindingsAreTried: F chooses a finding, f tries its change from the start.
func TestFindingsAreTried(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.options.Apply = func(_ *spec.Scenario, _ string, set []spec.Setting) (*spec.Scenario, error) {
		return builtin(t, "order-fulfilment", set...), nil
	}
	m.seek(144 * spec.Second)
	m.settle(t)
	press(m, "F")
	x := m.screen.finding(m.frame)
	if x == nil || len(x.Change) == 0 {
		t.Fatalf("the chosen finding is %+v", x)
	}
	press(m, "f")
	m.settle(t)
	if m.frame.Followed != nil || m.frame.spec().Consumers[2].Instances != 4 {
		t.Errorf("followed %v, %d instances: %s", m.frame.Followed, m.frame.spec().Consumers[2].Instances, m.screen.Said)
	}
	press(m, "esc", "esc")
	if m.screen.Finding != "" {
		t.Error("esc does not let go of the finding")
	}
}

// TestClickOnFinding chooses it.
func TestClickOnFinding(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(144 * spec.Second)
	m.settle(t)
	for y, line := range m.grid().Lines() {
		if x := strings.Index(line, "▲ payment is busy"); x >= 0 {
			m.Update(tea.MouseClickMsg{X: len([]rune(line[:x])) + 5, Y: y, Button: tea.MouseLeft})
		}
	}
	if x := m.screen.finding(m.frame); x == nil || x.Component != "consumers.payment" {
		t.Errorf("the chosen finding is %+v", x)
	}
}
