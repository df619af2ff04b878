package tui

import (
	"slices"
	"strings"
	"testing"

	"eddy/sim/spec"
	"eddy/tui/graph"
)

// foot is the last line of the screen.
func (m *model) foot() string {
	lines := m.grid().Lines()
	return lines[len(lines)-1]
}

// TestFootOffers: what can be done to a component stands in the footer when it is
// chosen, at every size; and how to undo and keep what was done, once it is.
func TestFootOffers(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(60 * spec.Second)
	m.settle(t)
	for kind, keys := range offered {
		for _, k := range keys {
			if !slices.ContainsFunc(bindings, func(b Binding) bool { return b.Shown == k && b.Short != "" && b.Group == "change" }) {
				t.Errorf("%q is not in the table of keys as a change with a word for the footer", k)
			}
		}
		m.screen.Chosen = m.named(map[graph.NodeKind]string{graph.Source: "web", graph.Channel: "payments", graph.Worker: "payment"}[kind])
		for _, size := range sizes {
			m.w, m.h = size.w, size.h
			for _, k := range keys[:2] {
				if foot := m.foot(); !strings.Contains(foot, " "+k+" ") || !strings.Contains(foot, "? help") || !strings.Contains(foot, "q quit") {
					t.Errorf("%s: the footer does not offer %s, or help, or to quit: %s", size.name, k, foot)
				}
			}
		}
	}
	m.w, m.h = 120, 36
	m.screen.Chosen = -1
	if foot := m.foot(); strings.Contains(foot, "kill") || strings.Contains(foot, "undo") {
		t.Errorf("with nothing chosen the footer offers to change it: %s", foot)
	}
	m.screen.Chosen = m.named("payment")
	press(m, "k")
	m.settle(t)
	m.screen.Said = ""
	for _, size := range sizes {
		m.w, m.h = size.w, size.h
		if foot := m.foot(); !strings.Contains(foot, "w write") {
			t.Errorf("%s: the footer does not say how to keep what was changed: %s", size.name, foot)
		}
	}
	press(m, "u")
	m.settle(t)
	if m.screen.Said != "taken back: one of payment crashes" {
		t.Errorf("u says %q", m.screen.Said)
	}
}
