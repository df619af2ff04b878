package tui

import (
	"fmt"
	"strings"
	"testing"

	"eddy/sim/spec"
)

// seen is all of a screen's state that a key may change.
func (m *model) seen() string {
	s := m.screen
	return fmt.Sprint(s.Said, s.View, s.Chosen, s.Finding, s.Zoom, s.Motion, s.Theme.Name, s.Row, s.Deep, s.Lane, s.PathOff, s.Only,
		fmt.Sprintf("%T", s.dialog), m.frame.At(), m.frame.Pace, m.frame.Paused, m.frame.Followed != nil, m.frame.Ghost != nil,
		len(m.live), len(m.undos), m.quitting, m.gallery != nil, m.versus != nil)
}

// TestEveryKey presses every key of the table in every view where it is said to
// do something: it does, or says why not.
func TestEveryKey(t *testing.T) {
	for v := range View(views) {
		for i := range bindings {
			b := &bindings[i]
			if b.In&(InOverview<<v) == 0 || b.Keys[0] == "ctrl+z" || b.Group == "panic" || strings.HasPrefix(b.Keys[0], "f") && len(b.Keys[0]) == 2 {
				continue
			}
			m := play(t, builtin(t, "work-queue"))
			m.options.Save = func(string, []byte) (string, error) { return "x.svg", nil }
			m.options.Write = func(Played, string, bool) ([]string, error) { return nil, nil }
			m.settable("")
			m.options.Gallery = []Entry{{Name: "a"}}
			m.seek(40 * spec.Second)
			m.settle(t)
			m.screen.View, m.screen.Chosen = v, m.frame.worst()
			for _, k := range b.Keys {
				if k == "1" && v == Overview || k == string(rune('1'+int(v))) || k == "enter" && (v == Ledger) {
					continue // it is there already
				}
				if k == "down" && v == Ledger || k == "up" && (v == Inspector || v == Ledger) {
					continue // there is nothing above the first row, and nothing to choose
				}
				m.grid()
				before := m.seen()
				press(m, k)
				if m.driver != nil {
					m.settle(t)
				}
				if m.frame != nil && m.seen() == before {
					t.Errorf("%s: %s (%s) does nothing and says nothing", viewNames[v], k, b.Text)
				}
				if m.versus != nil || m.gallery != nil || m.quitting {
					break
				}
				m.screen.dialog, m.screen.Said = nil, ""
			}
		}
	}
}

// TestZoom: z shows one panel after the other alone, and then all again.
func TestZoom(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(144 * spec.Second)
	m.settle(t)
	for _, size := range []struct {
		w, h  int
		wants []string
	}{{120, 36, []string{"flow", "end-to-end latency", "findings", "flow"}}, {80, 24, []string{"end-to-end latency", "findings", "consumers"}}, {60, 16, []string{"end-to-end latency", "findings", "consumers"}}} {
		m.w, m.h = size.w, size.h
		for i, want := range size.wants {
			press(m, "z")
			text := m.grid().String()
			checkWidths(t, m.grid(), m.w, m.h)
			panels := 0
			for _, line := range strings.Split(text, "\n") {
				if strings.HasPrefix(line, "─") || strings.HasPrefix(line, "━") {
					panels++
				}
			}
			if last := i == len(size.wants)-1; !strings.Contains(text, want) || !last && panels > 2 {
				t.Errorf("%d×%d: after %d times z the screen is\n%s", size.w, size.h, i+1, text)
			}
		}
	}
	m.w, m.h = 120, 36
	press(m, "2")
	for _, want := range []string{"latency from creation", "workers at work", "where the time went"} {
		press(m, "z")
		text := m.grid().String()
		if !strings.Contains(text, want) || strings.Contains(text, "yaml") {
			t.Errorf("the component's %q is not alone:\n%s", want, text)
		}
	}
	press(m, "esc")
	if m.screen.Zoom != 0 {
		t.Error("esc does not end the zoom")
	}
}
