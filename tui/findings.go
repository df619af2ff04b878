package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"eddy/sim"
)

// findingID names a finding from one result to the next.
func findingID(x *sim.Finding) string { return x.Code + " " + x.Component }

// findingIndex is the place of the chosen finding in a list, -1 for none.
func (s *Screen) findingIndex(list []sim.Finding) int {
	if s.Finding == "" {
		return -1
	}
	return slices.IndexFunc(list, func(x sim.Finding) bool { return findingID(&x) == s.Finding })
}

// finding is the chosen finding; nil for none, or when it is no longer found.
func (s *Screen) finding(f *Frame) *sim.Finding {
	list := f.findings()
	if i := s.findingIndex(list); i >= 0 {
		return &list[i]
	}
	return nil
}

// chooseFinding moves the choice among the findings; they are shown in the
// overview.
func (m *model) chooseFinding(by int) tea.Cmd {
	list := m.frame.findings()
	if len(list) == 0 {
		m.screen.Finding = ""
		return m.refuse("there is no finding so far")
	}
	i := m.screen.findingIndex(list)
	if m.screen.View != Overview {
		m.screen.View, i = Overview, -1
	}
	switch {
	case i < 0:
		i = 0
	default:
		i = (i + by + len(list)) % len(list)
	}
	m.screen.Finding = findingID(&list[i])
	return nil
}
