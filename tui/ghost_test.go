package tui

import (
	"strings"
	"testing"

	"eddy/sim/spec"
)

// TestGhost: after a change made in the past, the future that was seen stays
// in every chart, from the change to its end, until esc.
func TestGhost(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(200 * spec.Second)
	m.settle(t)
	old := m.frame.Past
	m.seek(100 * spec.Second)
	m.settle(t)
	m.screen.Chosen = m.named("payment")
	if m.frame.Ghost != nil {
		t.Error("there is a ghost before anything was changed")
	}
	press(m, "K")
	m.settle(t)
	press(m, "[") // a second change at the same moment leaves the same future
	m.settle(t)
	g := m.frame.Ghost
	if g == nil || g.Samples() != old.Samples() || m.frame.Forked != 100*spec.Second {
		t.Fatalf("the ghost is %v, left at %d", g, m.frame.Forked)
	}
	for i := range old.Nodes[m.screen.Chosen] {
		if g.Nodes[m.screen.Chosen][i] != old.Nodes[m.screen.Chosen][i] {
			t.Fatalf("sample %d of the ghost is another", i)
		}
	}
	m.seek(150 * spec.Second)
	m.settle(t)
	overview := m.grid().String()
	for _, want := range []string{"┄ as it was", "┄┄┄", "3:00"} {
		if !strings.Contains(overview, want) {
			t.Errorf("the overview has not %q:\n%s", want, overview)
		}
	}
	for _, name := range []string{"payment", "payments", "web"} {
		m.screen.View, m.screen.Chosen = Component, m.named(name)
		if text := m.grid().String(); !strings.Contains(text, "as it was") {
			t.Errorf("the charts of %s have no ghost:\n%s", name, text)
		}
	}
	m.screen.View = Overview
	press(m, "esc")
	m.settle(t)
	if text := m.grid().String(); m.frame.Ghost != nil || strings.Contains(text, "as it was") {
		t.Errorf("esc leaves the ghost:\n%s", text)
	}
}

// TestChangesOnTheWay: what is pressed while the run is still on its way to a
// moment is meant for that moment, not for where the way happens to be.
func TestChangesOnTheWay(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(60 * spec.Second)
	m.settle(t)
	held := make(chan struct{})
	m.driver.ask(func(*driver) { <-held })
	m.screen.Chosen = m.named("payment")
	m.seek(20 * spec.Second)
	press(m, "k", "left", "k")
	close(held)
	m.settle(t)
	if len(m.live) != 1 || m.live[0].At != 14*spec.Second || m.frame.At() != 14*spec.Second {
		t.Errorf("at %d with %+v", m.frame.At(), m.live)
	}
	press(m, "u")
	m.settle(t)
	if len(m.live) != 1 || m.live[0].At != 20*spec.Second || m.frame.At() != 14*spec.Second {
		t.Errorf("undone: at %d with %+v", m.frame.At(), m.live)
	}
}

// TestGhostReachesFar: a second change leaves a few seconds of a future; the one
// of the first is still seen.
func TestGhostReachesFar(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.screen.Chosen = m.named("payment")
	m.seek(60 * spec.Second)
	m.settle(t)
	m.seek(20 * spec.Second)
	press(m, "k")
	m.settle(t)
	m.seek(26 * spec.Second)
	m.settle(t)
	m.seek(23 * spec.Second)
	press(m, "]")
	m.settle(t)
	if g := m.frame.Ghost; g == nil || g.Until() != 60*spec.Second || m.frame.Forked != 20*spec.Second {
		t.Errorf("the ghost is %v, left at %d", g.Until(), m.frame.Forked)
	}
}
