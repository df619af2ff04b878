package tui

import (
	tea "charm.land/bubbletea/v2"

	"eddy/tui/draw"
)

// palette opens the list of all that can be done: the keys, and beside them
// every component or scenario, speed and theme by its name.
func (m *model) palette() tea.Cmd {
	m.screen.dialog = &helpList{in: m.where(), palette: true, more: m.commands()}
	return nil
}

// commands are what the palette knows beside the keys.
func (m *model) commands() []command {
	var list []command
	add := func(group, shown, text string, do func(*model) tea.Cmd) {
		list = append(list, command{group, shown, text, do})
	}
	if m.gallery == nil && !m.comparing() {
		for i, n := range m.frame.World.Nodes {
			add("open", "", "open "+n.Name, func(m *model) tea.Cmd { return m.openNode(i) })
		}
		for _, pace := range paces {
			add("time", "", "speed "+paceText(pace), func(m *model) tea.Cmd { return m.paceAt(pace) })
		}
	}
	if m.gallery != nil {
		for _, e := range m.gallery.entries {
			add("run", "", "run "+e.Name, func(m *model) tea.Cmd { return m.runEntry(e.Name) })
		}
	}
	for _, theme := range draw.Themes() {
		add("other", "", "theme "+theme.Name, func(m *model) tea.Cmd { return m.setTheme(theme) })
	}
	return list
}

// openNode opens a component by its number; a change of the scenario may have
// taken it away since.
func (m *model) openNode(node int) tea.Cmd {
	if node >= len(m.frame.World.Nodes) {
		return m.refuse("it is no longer there")
	}
	m.screen.Chosen = node
	return m.show(Component)
}

// goTo goes to a moment of what is on the screen.
func (m *model) goTo(at int64) tea.Cmd {
	switch {
	case m.comparing():
		return m.seekBoth(m.versus, at)
	case m.gallery != nil:
		return m.refuse("nothing runs here; enter runs a scenario")
	}
	return m.seek(at)
}

func (m *model) setTheme(theme *draw.Theme) tea.Cmd {
	m.screen.Theme, m.auto = theme, false
	m.repaint()
	return m.say("theme %s", theme.Name)
}
