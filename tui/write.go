package tui

import (
	"errors"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// write asks for the name of a file and writes the scenario with what was
// changed live.
func (m *model) write() tea.Cmd {
	if m.options.Write == nil {
		return m.refuse("there is nowhere to write to")
	}
	name := m.frame.spec().Name + "-live.yaml"
	if m.options.Propose != nil {
		name = m.options.Propose(m.screen.Name)
	}
	about := "the scenario with what was changed live; comments and order stay as they are"
	if len(m.live) == 0 && len(m.undos) == 0 {
		about = "nothing was changed: the file will say what " + m.screen.Name + " says"
	}
	m.screen.dialog = &prompt{
		heading: "write to", about: about, text: name,
		done: func(m *model, text string) tea.Cmd { return m.writeTo(text, false) },
	}
	return nil
}

// writeTo writes to a file; one that is there is only overwritten when the user
// says so.
func (m *model) writeTo(name string, overwrite bool) tea.Cmd {
	if name == "" {
		return m.refuse("nothing is written without a name")
	}
	if filepath.Ext(name) == "" {
		name += ".yaml"
	}
	beside, err := m.options.Write(Played{Name: m.screen.Name, Base: m.base, Live: m.live, Scenario: withTimeline(m.base, m.live)}, name, overwrite)
	switch {
	case errors.Is(err, ErrExists):
		m.screen.dialog = &prompt{
			heading: name + " is there already", about: "y overwrites it; any other name is written instead",
			done: func(m *model, text string) tea.Cmd {
				switch text {
				case "":
					return m.refuse("nothing is written")
				case "y", "Y", "yes":
					return m.writeTo(name, true)
				}
				return m.writeTo(text, false)
			},
		}
		return nil
	case err != nil:
		return m.refuse("%s", err)
	}
	m.unsaved = false
	with := ""
	if len(beside) > 0 {
		with = " with " + strings.Join(beside, ", ")
	}
	return m.say("written: %s%s; eddy run %s plays it again", name, with, name)
}
