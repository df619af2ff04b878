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
	d := &setDialog{all: m.options.Settable(m.base, m.screen.Name)}
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

func (d *setDialog) view(k skin, w, h int) string {
	if d.path != "" {
		return d.viewValue(k, w)
	}
	list := d.found()
	w = min(88, w-2)
	in := w - frameWidth
	d.chosen = max(0, min(d.chosen, len(list)-1))
	rows := max(1, min(len(list), 17, h-6))
	first := max(0, min(d.chosen-rows+2, len(list)-rows))
	lines := []string{k.field(in, d.typed)}
	if len(list) == 0 {
		lines = append(lines, k.paragraph(draw.Dim, in, "no path that may be set while it runs matches; PATH=VALUE and enter says more")...)
	}
	for i := first; i < min(first+rows, len(list)); i++ {
		behind := draw.Raised
		if i == d.chosen {
			behind = draw.Selection
		}
		value := draw.Cut(list[i].Value, in/2)
		n := draw.Width(value)
		lines = append(lines, k.line(behind, in-n-1, d.pathLine(list[i].Path))+k.text(draw.Accent.On(behind), n+1, " "+value))
	}
	return k.window(w, "set a value from now on", "↑/↓ · tab completes · enter · esc", lines)
}

// pathLine is a path, with what it begins with in the background when that is
// the chosen component.
func (d *setDialog) pathLine(path string) draw.Line {
	if rest, ok := strings.CutPrefix(path, d.of); ok && d.of != "" {
		return draw.Line{{Text: d.of, Style: draw.Dim}, {Text: rest, Style: draw.Strong}}
	}
	return draw.Line{{Text: path, Style: draw.Normal}}
}

func (d *setDialog) viewValue(k skin, w int) string {
	w = min(76, w-2)
	about, style := "was "+d.present()+"; in the words of a scenario, such as 4, 250ms, 5%, poisson(20/s)", draw.Dim
	if d.said != "" {
		about, style = "✗ "+d.said, draw.Dead
	}
	rows := append([]string{k.field(w-frameWidth, d.value)}, k.paragraph(style, w-frameWidth, about)...)
	return k.window(w, d.path, "enter sets · esc", rows)
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

func (d *setDialog) key(m *model, k tea.KeyPressMsg) tea.Cmd {
	if d.path != "" {
		return d.valueKey(m, k)
	}
	list := d.found()
	i, some := within(d.chosen, len(list))
	switch k.String() {
	case "esc", "ctrl+c":
		m.screen.dialog = nil
	case "up":
		d.chosen--
	case "down":
		d.chosen++
	case "tab":
		if some {
			d.typed, d.chosen = list[i].Path, 0
		}
	case "enter":
		path, value, both := strings.Cut(d.typed, "=")
		switch {
		case both:
			d.path, d.value = strings.TrimSpace(path), strings.TrimSpace(value)
			return d.set(m)
		case some:
			d.path, d.value = list[i].Path, list[i].Value
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
