package tui

import tea "charm.land/bubbletea/v2"

// PanicOnKeys gives keys to panics in each place from which the terminal must
// come back.
func PanicOnKeys() {
	add := func(key string, do func(*model) tea.Cmd) {
		bindings = append(bindings, Binding{Keys: []string{key}, Shown: key, Text: "panic", Group: "other", In: anywhere, do: do})
	}
	add("f5", func(*model) tea.Cmd { panic("in Update") })
	add("f6", func(m *model) tea.Cmd { m.screen.layout = nil; return nil }) // in View
	add("f7", func(m *model) tea.Cmd { m.driver.ask(func(*driver) { panic("in the engine") }); return nil })
	bindings = append(bindings, Binding{Keys: []string{"f9"}, Shown: "f9", Text: "panic", Group: "other", In: inVersus, do: func(m *model) tea.Cmd {
		m.versus.pair.ask(func(l *lockstep) { l.both(func(*driver) { panic("in one of two engines") }) })
		return nil
	}})
	add("f8", func(*model) tea.Cmd { return func() tea.Msg { panic("in a command") } })
}
