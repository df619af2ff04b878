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
// overview. From an event it leads to the finding about what made that slow, from
// a component to the one about it, where there is one.
func (m *model) chooseFinding(by int) tea.Cmd {
	list := m.frame.findings()
	if len(list) == 0 {
		m.screen.Finding = ""
		return m.refuse("there is no finding so far")
	}
	i := m.screen.findingIndex(list)
	switch {
	case m.screen.View != Overview:
		i = m.nearestFinding(list)
		m.show(Overview)
	case i < 0:
		i = 0
	default:
		i = (i + by + len(list)) % len(list)
	}
	m.screen.Finding = findingID(&list[i])
	return nil
}

// nearestFinding is the place of the finding about what is looked at, else the
// first.
func (m *model) nearestFinding(list []sim.Finding) int {
	s, f := m.screen, m.frame
	var want *sim.Finding
	switch s.View {
	case Inspector:
		if x := s.chosenFamily(f); x != nil {
			want = s.mends(f, s.usualOf(f, x.Type), x.spent(f), x.took(f.At()))
		}
	case Component:
		if s.Chosen >= 0 {
			for i := range list {
				if f.about(&list[i], s.Chosen) {
					return i
				}
			}
		}
	}
	if want == nil {
		return 0
	}
	return max(0, slices.IndexFunc(list, func(x sim.Finding) bool { return findingID(&x) == findingID(want) }))
}
