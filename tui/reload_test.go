package tui

import (
	"errors"
	"strings"
	"testing"

	"eddy/sim/spec"
)

// TestReload: the file as it is now takes the place of what ran, at the same
// moment; what was changed live is not lost without a word.
func TestReload(t *testing.T) {
	m := play(t, load(t, overloaded))
	press(m, "R")
	if !m.screen.Bad {
		t.Error("without a file it does not refuse")
	}
	var next *spec.Scenario
	err := errors.New("a.yaml:3: one thing\n  is wrong\na.yaml:9: and another")
	m.options.Reload = func(string, *spec.Scenario) (*spec.Scenario, error) { return next, err }
	m.seek(30 * spec.Second)
	m.settle(t)
	m.screen.Chosen = m.named("worker")
	press(m, "]")
	m.settle(t)
	press(m, "R")
	if len(m.live) != 1 || !strings.Contains(m.screen.Said, "w writes it") {
		t.Fatalf("%d changes, and it says %q", len(m.live), m.screen.Said)
	}
	press(m, "R")
	for _, size := range sizes {
		m.w, m.h = size.w, size.h
		if text := m.text(); !strings.Contains(text, "a.yaml:9: and another") || !strings.Contains(text, "R reads it again") {
			t.Errorf("%s: it does not say what is wrong:\n%s", size.name, text)
		}
	}
	m.w, m.h = 120, 36
	next, err = load(t, strings.Replace(overloaded, "instances: 3", "instances: 7", 1)), nil
	press(m, "R")
	m.settle(t)
	if m.screen.dialog != nil || m.frame.At() != 30*spec.Second || m.frame.spec() == nil || m.frame.spec().Consumers[0].Instances != 7 || len(m.live) != 0 {
		t.Errorf("at %d with %d changes: %s", m.frame.At(), len(m.live), m.screen.Said)
	}
	press(m, "R")
	if !strings.Contains(m.screen.Said, "what it said before") {
		t.Errorf("the same file again: %q", m.screen.Said)
	}
	press(m, "u")
	if !m.screen.Bad {
		t.Error("a change of the old file can be undone in the new one")
	}
	short := strings.Replace(overloaded, "duration: 5m", "duration: 20s", 1)
	next = load(t, short[:strings.Index(short, "timeline:")])
	press(m, "R")
	m.settle(t)
	if m.frame.At() != 20*spec.Second || !m.frame.Over() {
		t.Errorf("the shorter one is at %d", m.frame.At())
	}
}
