package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// askSet asks for a path and then for its value.
func (m *model) askSet() tea.Cmd {
	if m.options.Settable == nil || m.options.SetLive == nil {
		return m.refuse("values of this scenario cannot be set from here")
	}
	if m.frame.Over() || m.now() >= m.frame.spec().Duration {
		return m.refuse("the run is over; ← goes back to where a change still matters")
	}
	d := &setDialog{all: m.options.Settable(m.screen.Name, m.base.Set)}
	for _, a := range m.frame.spec().Timeline {
		if a.Kind == spec.SetAction && a.At <= m.frame.At() && (a.For == 0 || a.At+a.For > m.frame.At()) {
			for i := range d.all {
				if d.all[i].Path == a.Path {
					d.all[i].Value = a.Value
				}
			}
		}
	}
	if m.screen.Chosen >= 0 {
		d.of = m.frame.World.setPath(m.screen.Chosen)
	}
	m.screen.dialog = d
	return nil
}

// setPath is what the paths of a node's values begin with.
func (w *World) setPath(node int) string {
	if w.Nodes[node].Kind == graph.Channel {
		return "broker." + w.Path(node) + "."
	}
	return w.Path(node) + "."
}

// setDialog sets a value: first it asks for the path, of which it lists what
// matches, those of the chosen component before all others; then for the value,
// beginning with the present one.
type setDialog struct {
	all    []spec.Setting
	of     string // what the paths of the chosen component begin with, "" for none
	typed  string
	chosen int
	path   string // that was decided on, "" while it is asked for
	value  string
	said   string // why the value was refused
}

// found are the paths that match what was typed, the best first.
func (d *setDialog) found() []spec.Setting {
	var list []spec.Setting
	for _, s := range d.all {
		if d.typed != "" && fuzzy(s.Path, d.typed) >= 0 || d.typed == "" && strings.HasPrefix(s.Path, d.of) {
			list = append(list, s)
		}
	}
	if d.typed != "" {
		score := func(s spec.Setting) int {
			n := fuzzy(s.Path, d.typed)
			if d.of != "" && strings.HasPrefix(s.Path, d.of) {
				return fuzzy(strings.TrimPrefix(s.Path, d.of), d.typed) &^ (-1 << 20)
			}
			return n + 1000
		}
		slices.SortStableFunc(list, func(a, b spec.Setting) int { return cmp.Compare(score(a), score(b)) })
	}
	return list
}

func (d *setDialog) draw(_ *Screen, g draw.Grid) {
	if d.path != "" {
		d.drawValue(g)
		return
	}
	list := d.found()
	in := window(g, 88, min(g.H()-2, max(6, min(len(list), 16)+4)), "set a value from now on", "↑/↓ · tab completes · enter · esc")
	d.chosen = max(0, min(d.chosen, len(list)-1))
	field(in, d.typed)
	rows := in.H() - 1
	first := max(0, min(d.chosen-rows+2, len(list)-rows))
	if len(list) == 0 {
		in.TextIn(0, 1, in.W(), "no path that may be set while it runs matches; PATH=VALUE says more", draw.Dim.On(draw.Raised), draw.Left)
	}
	for y := 0; y < rows && first+y < len(list); y++ {
		behind := draw.Raised
		if first+y == d.chosen {
			behind = draw.Selection
			in.Fill(draw.Rect{Y: 1 + y, W: in.W(), H: 1}, ' ', draw.Normal.On(behind))
		}
		value := draw.Cut(list[first+y].Value, in.W()/2)
		in.TextIn(in.W()-draw.Width(value), 1+y, draw.Width(value), value, draw.Accent.On(behind), draw.Left)
		in.Line(0, 1+y, in.W()-draw.Width(value)-1, d.pathLine(list[first+y].Path, behind))
	}
}

// pathLine is a path, with what it begins with in the background when that is
// the chosen component.
func (d *setDialog) pathLine(path string, behind draw.Style) draw.Line {
	if rest, ok := strings.CutPrefix(path, d.of); ok && d.of != "" {
		return draw.Line{{Text: d.of, Style: draw.Dim.On(behind)}, {Text: rest, Style: draw.Strong.On(behind)}}
	}
	return draw.Line{{Text: path, Style: draw.Normal.On(behind)}}
}

func (d *setDialog) drawValue(g draw.Grid) {
	about := draw.Wrap("was "+d.present()+"; in the words of a scenario, such as 4, 250ms, 5%, poisson(20/s)", 70)
	style := draw.Dim
	if d.said != "" {
		about, style = draw.Wrap(d.said, 70), draw.Dead
	}
	in := window(g, 76, 3+min(6, len(about))+1, d.path, "enter sets · esc")
	field(in, d.value)
	for i, line := range about {
		in.Text(0, 1+i, line, style.On(draw.Raised))
	}
}

// present is the value that the path has.
func (d *setDialog) present() string {
	for _, s := range d.all {
		if s.Path == d.path {
			return s.Value
		}
	}
	return "the default"
}

// field draws a line that is typed in.
func field(in draw.Grid, text string) {
	x := in.Text(0, 0, "› ", draw.Accent.On(draw.Raised))
	x = in.Text(x, 0, draw.CutLeft(text, in.W()-x-1), draw.Strong.On(draw.Raised))
	in.Put(x, 0, '▏', draw.Accent.On(draw.Raised))
}

func (d *setDialog) key(m *model, k tea.KeyPressMsg) tea.Cmd {
	if d.path != "" {
		return d.valueKey(m, k)
	}
	list := d.found()
	switch k.String() {
	case "esc", "ctrl+c":
		m.screen.dialog = nil
	case "up":
		d.chosen--
	case "down":
		d.chosen++
	case "tab":
		if d.chosen < len(list) {
			d.typed, d.chosen = list[max(0, d.chosen)].Path, 0
		}
	case "enter":
		path, value, both := strings.Cut(d.typed, "=")
		switch {
		case both:
			d.path, d.value = strings.TrimSpace(path), strings.TrimSpace(value)
			return d.set(m)
		case d.chosen < len(list):
			d.path, d.value = list[max(0, d.chosen)].Path, list[max(0, d.chosen)].Value
		case strings.TrimSpace(d.typed) != "":
			d.path = strings.TrimSpace(d.typed)
		}
	default:
		d.typed, d.chosen = edited(d.typed, k), 0
	}
	return nil
}

func (d *setDialog) valueKey(m *model, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		d.path, d.said = "", ""
	case "ctrl+c":
		m.screen.dialog = nil
	case "enter":
		return d.set(m)
	default:
		d.value, d.said = edited(d.value, k), ""
	}
	return nil
}

// set makes the entry; what is wrong with it is said in the dialog.
func (d *setDialog) set(m *model) tea.Cmd {
	a, err := m.options.SetLive(m.base, m.screen.Name, d.path, d.value)
	if err != nil {
		d.said = err.Error()
		return nil
	}
	m.screen.dialog = nil
	return m.add(a)
}

func (d *setDialog) paste(_ *model, text string) {
	if d.path != "" {
		d.value += text
	} else {
		d.typed += text
	}
}
