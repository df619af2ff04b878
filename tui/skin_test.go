package tui

import (
	"regexp"
	"strings"
	"testing"

	"eddy/sim/spec"
	"eddy/tui/draw"
)

var colours = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// text is the whole screen with the dialog over it, without colours.
func (m *model) text() string { return colours.ReplaceAllString(m.content(), "") }

// TestDialogs compares each dialog at every size, and holds it to the size.
func TestDialogs(t *testing.T) {
	open := map[string]func(*model){
		"help":  func(m *model) { press(m, "?") },
		"found": func(m *model) { press(m, "?"); typeText(m, "crash") },
		"none":  func(m *model) { press(m, "?"); typeText(m, "zzzz") },
		"set":   func(m *model) { press(m, "s") },
		"value": func(m *model) { press(m, "s"); typeText(m, "worker.inst"); press(m, "enter") },
		"wrong": func(m *model) { press(m, "s"); typeText(m, "consumers.worker.instances=many"); press(m, "enter") },
		"break": func(m *model) {
			press(m, "b")
			typeText(m, "jobs > 注文 and a long text that has to be cut on the left somewhere")
		},
		"write": func(m *model) { press(m, "w") },
	}
	for name, do := range open {
		m := play(t, load(t, overloaded))
		m.settable(overloaded)
		m.options.Write = func(Played, string, bool) ([]string, error) { return nil, nil }
		m.seek(30 * spec.Second)
		m.settle(t)
		m.screen.Chosen = m.named("worker")
		do(m)
		for _, size := range sizes {
			m.w, m.h = size.w, size.h
			lines := strings.Split(m.text(), "\n")
			if len(lines) > m.h {
				t.Errorf("%s %s: %d lines", name, size.name, len(lines))
			}
			for _, line := range lines {
				if draw.Width(line) > m.w {
					t.Errorf("%s %s: a line of %d cells: %q", name, size.name, draw.Width(line), line)
				}
			}
			dialog := colours.ReplaceAllString(m.screen.dialog.view(skin{m.painter}, m.w, m.h), "")
			golden(t, "dialog-"+name+"-"+size.name, dialog+"\n")
		}
		for w := 1; w < 70; w += 3 {
			for h := 1; h < 20; h += 2 {
				m.w, m.h = w, h
				m.content()
			}
		}
	}
}

// TestDialogsInASCII: a dialog keeps to the symbols that were asked for, and
// without colours the chosen row is still seen.
func TestDialogsInASCII(t *testing.T) {
	m := play(t, load(t, overloaded))
	press(m, "?")
	for _, depth := range []draw.Depth{draw.DepthTrue, draw.Depth256, draw.Depth16, draw.DepthNone} {
		m.depth = depth
		m.screen.Symbols = &draw.ASCII
		m.repaint()
		view := m.screen.dialog.view(skin{m.painter}, 120, 36)
		for _, r := range colours.ReplaceAllString(view, "") {
			if r > 0x7f {
				t.Errorf("%q is left in ASCII", r)
			}
		}
		coloured := regexp.MustCompile(`\x1b\[[0-9;]*(3|4|9|10)[0-9][;m]`).MatchString(view)
		if coloured != (depth != draw.DepthNone) {
			t.Errorf("depth %d: colours %v\n%q", depth, coloured, view[:200])
		}
		if depth == draw.DepthNone && !regexp.MustCompile(`\x1b\[(1;)?7m`).MatchString(view) {
			t.Errorf("without colours the chosen row is not seen: %q", view[:600])
		}
	}
}
