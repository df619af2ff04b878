package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"eddy/tui/draw"
)

// reload reads the scenario's file again, which somebody has edited, and runs it
// to the present moment. What was changed live, which was a change of the old
// file, is lost, so it is asked for once.
func (m *model) reload() tea.Cmd {
	if m.options.Reload == nil {
		return m.refuse("there is no file of it to read again")
	}
	if len(m.live) > 0 && m.unsaved {
		m.unsaved = false
		return m.refuse("what was changed live is left out then: w writes it, R reads the file all the same")
	}
	sc, err := m.options.Reload(m.screen.Name, m.base)
	if err != nil {
		lines := strings.Split(strings.TrimRight(err.Error(), "\n"), "\n")
		if len(lines) == 1 {
			return m.refuse("%s", lines[0])
		}
		m.screen.dialog = &notice{heading: "it cannot be run as it is", lines: lines, after: "R reads it again, once it is mended"}
		return nil
	}
	if sc.Hash == m.base.Hash && len(m.live) == 0 {
		return m.say("read again: the file says what it said before")
	}
	at := min(m.at(), sc.Duration)
	m.base, m.live, m.undos = sc, nil, nil // what was changed cannot be undone in another text
	m.screen.Chosen, m.screen.Finding = -1, ""
	m.rerun(at)
	return m.say("read again, and run to %s", draw.ClockShort(nanos(at)))
}

// notice tells something that takes several lines, until a key.
type notice struct {
	heading, after string
	lines          []string
}

func (n *notice) view(k skin, w, h int) string {
	w = min(100, w-2)
	in := w - frameWidth
	var rows []string
	room := max(1, h-6)
	for i, line := range n.lines {
		if i == room-1 && len(n.lines) > room {
			rows = append(rows, k.text(draw.Dim.On(draw.Raised), in, plural(len(n.lines)-i, "more line")))
			break
		}
		rows = append(rows, k.text(draw.Normal.On(draw.Raised), in, draw.Cut(line, in)))
	}
	rows = append(rows, k.text(draw.Dim.On(draw.Raised), in, ""), k.text(draw.Dim.On(draw.Raised), in, draw.Cut(n.after, in)))
	return k.window(w, n.heading, "any key", rows)
}

func (n *notice) key(m *model, k tea.KeyPressMsg) tea.Cmd {
	m.screen.dialog = nil
	if k.Text == "R" {
		return m.reload()
	}
	return nil
}
