package tui

import (
	"strings"
	"testing"

	"eddy/sim/spec"
)

// TestPalette: what is named in the palette is done: a component, a moment, a
// speed, a theme, a key, and in the gallery a scenario.
func TestPalette(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	do := func(text string) {
		t.Helper()
		press(m, ":")
		typeText(m, text)
		press(m, "enter")
		if m.screen.dialog != nil {
			t.Fatalf("after %q a dialog is left:\n%s", text, m.text())
		}
		if m.driver != nil {
			m.settle(t)
		}
	}
	do("packing")
	if m.screen.View != Component || m.frame.World.Nodes[m.screen.Chosen].Name != "packing" {
		t.Errorf("view %d of %d", m.screen.View, m.screen.Chosen)
	}
	do("1:30")
	if m.frame.At() != 90*spec.Second {
		t.Errorf("at %d", m.frame.At())
	}
	do("speed ×50")
	if m.frame.Pace != 50 {
		t.Errorf("pace %v", m.frame.Pace)
	}
	do("light")
	if m.screen.Theme.Name != "light" {
		t.Errorf("theme %s", m.screen.Theme.Name)
	}
	do("ledger: is anything")
	if m.screen.View != Ledger {
		t.Errorf("view %d", m.screen.View)
	}
	m.options.Gallery = []Entry{{Name: "fan-out"}, {Name: "work-queue"}}
	m.options.Open = func(name string) (*spec.Scenario, error) { return builtin(t, name), nil }
	press(m, "6")
	do("run work")
	if m.gallery != nil || m.frame.spec().Name != "work-queue" {
		t.Error("the scenario is not run")
	}
	press(m, ":")
	if text := m.text(); !strings.Contains(text, "commands") {
		t.Errorf("it is not seen what it is:\n%s", text)
	}
	press(m, "?")
	typeText(m, "zzz")
	if text := m.text(); !strings.Contains(text, "nothing does that") {
		t.Errorf("what is not found is not said:\n%s", text)
	}
}
