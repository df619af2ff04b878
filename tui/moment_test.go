package tui

import (
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// TestMoment: the inspector shows the system as it was when a part of the
// event's life began, exactly; enter goes into the event, c marks what decided.
func TestMoment(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(100 * spec.Second)
	m.settle(t)
	press(m, "3")
	at, ok := m.screen.wanted(m.frame)
	m.peeking = false // what the key began is not run here
	cmd := m.peek()
	if !ok || cmd == nil {
		t.Fatal("nothing is looked for")
	}
	if m.peek() != nil {
		t.Error("it looks twice at once")
	}
	if text := m.grid().String(); !strings.Contains(text, "looking") {
		t.Errorf("it is not said that it is looked for:\n%s", text)
	}
	m.Update(cmd())
	e := sim.New(m.frame.spec(), sim.Options{})
	e.Run(at)
	var want sim.Snapshot
	e.Snapshot(&want)
	if got := m.screen.Moment; got == nil || got.at != at || got.snap.Ledger != want.Ledger || got.snap.At != want.At {
		t.Fatalf("the moment is %+v, wanted at %d", got, at)
	}
	text := m.grid().String()
	for _, w := range []string{"the system at", "waiting", "/30 busy", "▸"} {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not on\n%s", w, text)
		}
	}
	press(m, "enter")
	if !m.screen.Deep {
		t.Fatal("enter does not go into the event")
	}
	first := m.screen.Lane
	row := m.screen.Row
	press(m, "down")
	if m.screen.Lane == first && first == 0 || m.screen.Row != row {
		t.Errorf("down leads from part %d to %d of row %d", first, m.screen.Lane, m.screen.Row)
	}
	if now, _ := m.screen.wanted(m.frame); now == at && m.screen.Lane != first {
		t.Error("another part has the same moment")
	}
	press(m, "c")
	if text := m.grid().String(); strings.Contains(text, "▸") {
		t.Errorf("the critical path is still marked:\n%s", text)
	}
	press(m, "c", "esc")
	if m.screen.Deep || m.screen.View != Inspector {
		t.Error("esc does not go back to the list")
	}
}

// TestCriticalPath: its parts add up to no more than the whole, and what
// ended last is on it.
func TestCriticalPath(t *testing.T) {
	f := frames(t)["busy"]
	checked := 0
	for _, x := range f.Families {
		if x.Ended < 0 || x.Failed || x.Cut {
			continue
		}
		lanes := x.lanes(f.World, f.At())
		total, last := int64(0), 0
		critical := criticalPath(lanes, x.Created, x.Ended)
		for i, took := range critical {
			total += took
			if lanes[i].to > lanes[last].to {
				last = i
			}
			if took < 0 || took > lanes[i].to-lanes[i].from {
				t.Fatalf("a part of %d takes %d of the path", lanes[i].to-lanes[i].from, took)
			}
		}
		if total > x.Ended-x.Created || total == 0 || critical[last] == 0 {
			t.Fatalf("%v: the path takes %d of %d, its end %d", x.Root, total, x.Ended-x.Created, critical[last])
		}
		checked++
	}
	if checked < 500 {
		t.Errorf("only %d families were looked at", checked)
	}
}
