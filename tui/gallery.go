package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"eddy/tui/draw"
)

// Entry is a scenario that the gallery offers.
type Entry struct {
	Name, About string
	YAML        string
}

// gallery is the list of scenarios, searched by what is typed after /.
type gallery struct {
	entries []Entry
	typed   string
	chosen  int
	yaml    bool
	scroll  int
}

// found are the entries that match, the best first.
func (l *gallery) found() []Entry {
	var list []Entry
	for _, e := range l.entries {
		if fuzzy(e.Name+" "+e.About, l.typed) >= 0 {
			list = append(list, e)
		}
	}
	if l.typed != "" {
		slices.SortStableFunc(list, func(a, b Entry) int {
			return cmp.Compare(fuzzy(a.Name+" "+a.About, l.typed), fuzzy(b.Name+" "+b.About, l.typed))
		})
	}
	return list
}

// drawGallery draws the list and what the chosen scenario is about.
func (s *Screen) drawGallery(l *gallery, w, h int) draw.Grid {
	g := draw.New(w, h)
	if w < smallW || h < smallH {
		tooSmall(g)
		return g
	}
	g.Line(0, 0, w, draw.Line{{Text: " eddy ", Style: draw.Accent}, {Text: "event-driven systems, simulated", Style: draw.Title}})
	g.Line(0, 1, w, draw.Line{{Text: " choose one and press enter; everything in it can be changed while it runs", Style: draw.Dim}})
	list := l.found()
	l.chosen = max(0, min(l.chosen, len(list)-1))
	area := g.Bounds()
	_, area = area.CutTop(2)
	foot, area := area.CutBottom(1)
	left, right := area.CutLeft(w * 38 / 100)
	if w < tableW {
		left, right = area.CutTop(area.H / 2)
	} else {
		right.X, right.W = right.X+1, right.W-1
	}
	note := draw.Line{{Text: draw.Count(int64(len(list))), Style: draw.Dim}}
	if l.typed != "" {
		note = draw.Line{{Text: "/" + l.typed, Style: draw.Accent}}
	}
	t := draw.Table{
		Selected: l.chosen, Focused: true, NoTitles: true, Empty: "nothing matches; esc shows all", Offset: max(0, l.chosen-left.H+3),
		Columns: []draw.Column{{Title: "", Min: 10, Grow: true}},
	}
	for _, e := range list {
		t.Rows = append(t.Rows, []draw.Field{draw.T(" " + e.Name)})
	}
	t.Draw(g.Panel(left, true, title("scenarios"), note))
	if len(list) > 0 {
		s.drawEntry(g, right, l, list[l.chosen])
	}
	if s.Said != "" {
		glyph, style := "✓ ", draw.Good
		if s.Bad {
			glyph, style = "✗ ", draw.Dead
		}
		g.Line(1, h-1, w-2, draw.Line{{Text: glyph, Style: style}, {Text: s.Said, Style: draw.Normal}})
	} else {
		g.Hints(foot.X+1, foot.Y, w-2, galleryHints)
	}
	return g
}

var galleryHints = []draw.Hint{
	{Key: "enter", Text: "run"}, {Key: "↑/↓", Text: "choose"}, {Key: "/", Text: "filter"}, {Key: "e", Text: "YAML"}, {Key: "?", Text: "help"}, {Key: "q", Text: "quit"},
}

func (s *Screen) drawEntry(g draw.Grid, r draw.Rect, l *gallery, e Entry) {
	lines := strings.Split(strings.TrimRight(e.YAML, "\n"), "\n")
	note := "e: the YAML"
	if l.yaml {
		note = "e: what it is about"
	}
	in := g.Panel(r, false, title(e.Name), draw.Line{{Text: note, Style: draw.Dim}})
	in = in.Sub(in.Bounds().Inset(1, 0))
	if l.yaml {
		l.scroll = max(0, min(l.scroll, len(lines)-in.H()))
		for y := 0; y < in.H() && l.scroll+y < len(lines); y++ {
			drawYAML(in, y, lines[l.scroll+y])
		}
		return
	}
	y := 0
	for _, line := range draw.Wrap(e.About, in.W()) {
		in.Text(0, y, line, draw.Strong)
		y++
	}
	y++
	if look := comments(lines); look != "" {
		in.Text(0, y, "what you will see", draw.Dim)
		y++
		for _, line := range draw.Wrap(look, in.W()) {
			in.Text(0, y, line, draw.Normal)
			y++
		}
	}
	y++
	for _, line := range outline(lines) {
		if y >= in.H() {
			break
		}
		drawYAML(in, y, line)
		y++
	}
}

// lesson is what a scenario of the gallery is about and what one will see; ""
// where it is not of the gallery.
func lesson(entries []Entry, name string) string {
	for _, e := range entries {
		if e.Name != name {
			continue
		}
		look := comments(strings.Split(e.YAML, "\n"))
		if look == "" {
			return e.About
		}
		return e.About + " Look at: " + look
	}
	return ""
}

// comments is the text of the comment that a scenario begins with.
func comments(lines []string) string {
	var words []string
	for _, line := range lines {
		text, ok := strings.CutPrefix(line, "# ")
		switch {
		case ok:
			words = append(words, text)
		case len(words) > 0:
			return strings.TrimPrefix(strings.Join(words, " "), "Look at: ")
		}
	}
	return strings.Join(words, " ")
}

// outline are a scenario's lines without its first comment and what stands
// before it.
func outline(lines []string) []string {
	for i, line := range lines {
		if strings.HasPrefix(line, "producers:") {
			return lines[i:]
		}
	}
	return nil
}

// drawYAML draws a line of YAML: keys, values and comments apart.
func drawYAML(g draw.Grid, y int, line string) {
	code, comment := line, ""
	if i := strings.Index(line, "# "); i >= 0 && (i == 0 || line[i-1] == ' ') {
		code, comment = line[:i], line[i:]
	}
	key, value, ok := strings.Cut(code, ":")
	if ok {
		g.Line(0, y, g.W(), draw.Line{{Text: key + ":", Style: draw.Busy}, {Text: value, Style: draw.Normal}, {Text: comment, Style: draw.Dim}})
		return
	}
	g.Line(0, y, g.W(), draw.Line{{Text: code, Style: draw.Normal}, {Text: comment, Style: draw.Dim}})
}

// key is a key in the gallery that the table of keys leaves to it.
func (l *gallery) key(k tea.KeyPressMsg) {
	step := 0
	switch k.String() {
	case "up":
		step = -1
	case "down":
		step = 1
	case "pgup":
		step = -10
	case "pgdown":
		step = 10
	}
	if l.yaml {
		l.scroll += step
		return
	}
	l.chosen += step
}
