package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"

	"eddy/tui/draw"
)

// prompt asks for a line of text.
type prompt struct {
	heading, about string
	text           string
	done           func(*model, string) tea.Cmd
	changed        func(*model, string) // at every key, where not nil
}

func (p *prompt) view(k skin, w, _ int) string {
	w = min(64, w-2)
	rows := append([]string{k.field(w-frameWidth, p.text)}, k.paragraph(draw.Dim, w-frameWidth, p.about)...)
	return k.window(w, p.heading, "enter · esc", rows)
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

// command is something that can be done: a key of the table, or of the palette.
type command struct {
	group, shown, text string
	do                 func(*model) tea.Cmd
}

// helpList is the list of all keys; what is typed searches it, enter runs. As
// the palette it has commands beside the keys, and knows a moment to go to.
type helpList struct {
	typed   string
	in      Where
	chosen  int
	palette bool
	more    []command
}

// found are the commands that match what was typed, the best first.
func (l *helpList) found() []command {
	var list []command
	for i := range bindings {
		if b := &bindings[i]; b.In&l.in != 0 {
			list = append(list, command{b.Group, b.Shown, b.Text, b.do})
		}
	}
	list = append(list, l.more...)
	if l.typed == "" {
		return list
	}
	list = slices.DeleteFunc(list, func(c command) bool { return fuzzy(c.text+" "+c.group+" "+c.shown, l.typed) < 0 })
	slices.SortStableFunc(list, func(a, b command) int {
		return cmp.Compare(fuzzy(a.text, l.typed)&^(-1<<20), fuzzy(b.text, l.typed)&^(-1<<20))
	})
	if at, ok := moment(l.typed); ok && l.palette {
		goTo := command{"time", "go to", "go to " + draw.Clock(nanos(at)), func(m *model) tea.Cmd { return m.goTo(at) }}
		list = slices.Insert(list, 0, goTo)
	}
	return list
}

func (l *helpList) view(k skin, w, h int) string {
	list := l.found()
	w = min(104, w-2)
	in := w - frameWidth
	l.chosen = max(0, min(l.chosen, len(list)-1))
	rows := max(1, min(len(list), h-2-helpAround))
	first := max(0, min(l.chosen-rows+2, len(list)-rows))
	lines := []string{k.field(in, l.typed)}
	if len(list) == 0 {
		lines = append(lines, k.text(draw.Dim.On(draw.Raised), in, "nothing does that; backspace"))
		return k.window(w, l.heading(), "esc", lines)
	}
	keys := table.New().Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderColumn(false).Wrap(false).Width(in).StyleFunc(func(row, column int) lipgloss.Style {
		behind := draw.Raised
		if first+row == l.chosen {
			behind = draw.Selection
		}
		style := k.style([...]draw.Style{draw.Dim, draw.Key, draw.Normal}[column].On(behind))
		return style.Width([...]int{8, 11, in - 19}[column])
	})
	for _, b := range list[first:min(first+rows, len(list))] {
		keys.Row(k.painter.Text(b.group, 7), k.painter.Text(b.shown, 10), k.painter.Text(b.text, in-19))
	}
	lines = append(lines, keys.Render(), k.text(draw.Border.On(draw.Raised), in, strings.Repeat("─", in)))
	explained := append(k.paragraph(draw.Strong, in, list[l.chosen].text), k.text(draw.Normal.On(draw.Raised), in, ""))
	return k.window(w, l.heading(), "type to search · ↑/↓ · enter runs · esc", append(lines, explained[:2]...))
}

func (l *helpList) heading() string {
	if l.palette {
		return "commands"
	}
	return "keys"
}

// helpAround is how many rows of the help are not keys: its frame, what is
// typed, a rule, and two of what the chosen key does.
const helpAround = 6

// within is a choice in a list of n, false where there is nothing to choose.
// The keys may have led beyond its ends since it was drawn.
func within(chosen, n int) (int, bool) { return max(0, min(chosen, n-1)), n > 0 }

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
		if i, ok := within(l.chosen, len(list)); ok {
			return list[i].do(m)
		}
	default:
		l.typed, l.chosen = edited(l.typed, k), 0
	}
	return nil
}
