package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"eddy/tui/draw"
)

// window clears a rectangle in the middle of the screen and draws a frame
// around it.
func window(g draw.Grid, w, h int, heading, note string) draw.Grid {
	w, h = min(w, g.W()-2), min(h, g.H()-2)
	r := draw.Rect{X: (g.W() - w) / 2, Y: (g.H() - h) / 2, W: w, H: h}
	g.Fill(r, ' ', draw.Normal.On(draw.Raised))
	inside := g.TitledBox(r, draw.Rounded, draw.Accent.On(draw.Raised), draw.Line{{Text: heading, Style: draw.Title.On(draw.Raised)}},
		draw.Line{{Text: note, Style: draw.Dim.On(draw.Raised)}})
	return inside.Sub(inside.Bounds().Inset(1, 0))
}

// prompt asks for a line of text.
type prompt struct {
	heading, about string
	text           string
	done           func(*model, string) tea.Cmd
	changed        func(*model, string) // at every key, where not nil
}

func (p *prompt) draw(_ *Screen, g draw.Grid) {
	in := window(g, 64, 5, p.heading, "enter · esc")
	field(in, p.text)
	for i, line := range draw.Wrap(p.about, in.W()) {
		in.Text(0, 1+i, line, draw.Dim.On(draw.Raised))
	}
}

func (p *prompt) key(m *model, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "enter":
		m.screen.dialog = nil
		return p.done(m, strings.TrimSpace(p.text))
	case "esc", "ctrl+c":
		m.screen.dialog = nil
		if p.changed != nil {
			p.changed(m, "")
		}
		return nil
	}
	p.text = edited(p.text, k)
	if p.changed != nil {
		p.changed(m, strings.TrimSpace(p.text))
	}
	return nil
}

func (p *prompt) paste(m *model, text string) {
	p.text += text
	if p.changed != nil {
		p.changed(m, strings.TrimSpace(p.text))
	}
}

// edited is a line of text after a key.
func edited(text string, k tea.KeyPressMsg) string {
	switch s := k.String(); {
	case s == "backspace":
		if r := []rune(text); len(r) > 0 {
			return string(r[:len(r)-1])
		}
	case s == "ctrl+u":
		return ""
	case s == "space":
		return text + " "
	case k.Text != "" && len(text) < 200:
		return text + k.Text
	}
	return text
}

// helpList is the list of all keys; what is typed searches it, enter runs.
type helpList struct {
	typed  string
	in     Where
	chosen int
}

// found are the bindings that match what was typed, the best first.
func (l *helpList) found() []*Binding {
	var list []*Binding
	for i := range bindings {
		if b := &bindings[i]; b.In&l.in != 0 && fuzzy(b.Text+" "+b.Group+" "+b.Shown, l.typed) >= 0 {
			list = append(list, b)
		}
	}
	if l.typed != "" {
		slices.SortStableFunc(list, func(a, b *Binding) int {
			return cmp.Compare(fuzzy(a.Text, l.typed)&^(-1<<20), fuzzy(b.Text, l.typed)&^(-1<<20))
		})
	}
	return list
}

func (l *helpList) draw(_ *Screen, g draw.Grid) {
	list := l.found()
	in := window(g, 104, min(g.H()-2, len(list)+6), "keys", "type to search · ↑/↓ · enter runs · esc")
	field(in, l.typed)
	rows := max(1, in.H()-4)
	l.chosen = max(0, min(l.chosen, len(list)-1))
	first := max(0, min(l.chosen-rows+2, len(list)-rows))
	if len(list) == 0 {
		in.TextIn(0, 1, in.W(), "nothing does that; backspace", draw.Dim.On(draw.Raised), draw.Left)
	}
	for y := 0; y < rows && first+y < len(list); y++ {
		b := list[first+y]
		behind := draw.Raised
		if first+y == l.chosen {
			behind = draw.Selection
			in.Fill(draw.Rect{Y: 1 + y, W: in.W(), H: 1}, ' ', draw.Normal.On(behind))
		}
		in.TextIn(0, 1+y, 7, b.Group, draw.Dim.On(behind), draw.Left)
		in.TextIn(8, 1+y, 10, b.Shown, draw.Key.On(behind), draw.Left)
		in.TextIn(19, 1+y, in.W()-19, b.Text, draw.Normal.On(behind), draw.Left)
	}
	if l.chosen < len(list) && in.H() > 5 {
		in.HLine(0, in.H()-3, in.W(), draw.Rounded, draw.Border.On(draw.Raised))
		for i, line := range draw.Wrap(list[l.chosen].Text, in.W()) {
			in.Text(0, in.H()-2+i, line, draw.Strong.On(draw.Raised))
		}
	}
}

func (l *helpList) key(m *model, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc", "ctrl+c":
		m.screen.dialog = nil
	case "up":
		l.chosen--
	case "down":
		l.chosen++
	case "enter":
		list := l.found()
		m.screen.dialog = nil
		if l.chosen < len(list) {
			return list[max(0, l.chosen)].do(m)
		}
	default:
		l.typed, l.chosen = edited(l.typed, k), 0
	}
	return nil
}
