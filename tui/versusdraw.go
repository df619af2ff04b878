package tui

import (
	"math"
	"strings"

	"eddy/tui/draw"
	"eddy/tui/graph"
)

// hot is a place of the compare view that can be clicked on.
type hot struct {
	at draw.Rect
	do func(m *model, v *versus, x int) // x cells from its left
}

// drawVersus draws the compare view: the two runs side by side, or what paired
// runs of them say.
func (s *Screen) drawVersus(m *Match, c *versusChoice, w, h int) draw.Grid {
	g := draw.New(w, h)
	s.hot = s.hot[:0]
	if w < smallW || h < smallH {
		tooSmall(g)
		return g
	}
	top, rest := g.Bounds().CutTop(headerRows)
	foot, middle := rest.CutBottom(1)
	s.drawMatchHeader(g.Sub(top), m, c)
	if c.result {
		s.drawResult(g, middle, m, c)
	} else {
		s.drawSides(g, middle, m, c)
	}
	s.drawMatchFoot(g.Sub(foot), c)
	return g
}

// drawMatchHeader says what is compared, where the runs are, and how many
// pairs are done.
func (s *Screen) drawMatchHeader(g draw.Grid, m *Match, c *versusChoice) {
	names, active := []string{"side by side", "result"}, 0
	if c.result {
		active = 1
	}
	if g.W() < tableW {
		names = []string{"runs", "result"}
	}
	tabs := 2
	for _, n := range names {
		tabs += draw.Width(n) + 2
	}
	for i, r := range g.Tabs(g.W(), 0, tabs, names, active) {
		s.hot = append(s.hot, hot{r, func(_ *model, v *versus, _ int) { v.choice.result = i == 1 }})
	}
	left := g.W() - tabs - 1
	line := draw.Line{{Text: " compare", Style: draw.Accent}}
	state, style := "▶ "+paceText(m.Duel.Pace), draw.Good
	switch {
	case m.Duel.Redoing > 0:
		state, style = "↻ "+draw.Percent(m.Duel.Redoing), draw.Warn
	case m.Duel.Over():
		state, style = "■ over", draw.Strong
	case m.Duel.Paused:
		state, style = "‖ paused "+paceText(m.Duel.Pace), draw.Warn
	}
	add := func(spans ...draw.Span) {
		if draw.Line(spans).Width()+line.Width() <= left {
			line = append(line, spans...)
		}
	}
	add(draw.Span{Text: "  " + state, Style: style})
	add(draw.Span{Text: "  t ", Style: draw.Dim}, draw.Span{Text: draw.Clock(nanos(m.Duel.At)), Style: draw.Strong},
		draw.Span{Text: " / " + draw.ClockShort(nanos(m.Duel.Duration())), Style: draw.Dim})
	for _, text := range pairsTexts(m) {
		if 2+draw.Width(text) <= left-line.Width() {
			style := draw.Good
			if m.Running {
				style = draw.Busy
			}
			if m.Err != "" {
				style = draw.Dead
			}
			line = append(line, draw.Span{Text: "  " + text, Style: style})
			break
		}
	}
	g.Line(0, 0, left, line)
	s.drawRivals(g.Sub(draw.Rect{Y: 1, W: g.W(), H: 1}), m)
}

// pairsTexts say how far the paired runs are, the longest way first.
func pairsTexts(m *Match) []string {
	switch {
	case m.Err != "":
		return []string{"✗ " + m.Err, "✗ runs failed"}
	case m.Wanted == 0:
		return nil
	case m.Running:
		n := draw.Count(int64(m.Pairs)) + " of " + draw.Count(int64(m.Wanted)) + " pairs"
		bar := strings.TrimRight(draw.BarText(m.Share, 1, 8), " ")
		bar += strings.Repeat("·", 8-draw.Width(bar))
		left := ""
		if m.Left > 0 {
			left = "  " + draw.ClockShort(m.Left) + " left"
		}
		return []string{"⟳ " + bar + " " + n + left, "⟳ " + n, "⟳ " + draw.Percent(m.Share)}
	}
	n := draw.Count(int64(m.Pairs)) + " pairs"
	whole := "■ " + draw.Count(int64(m.Pairs)) + " paired seeds × " + draw.Tidy(nanos(m.Duel.Duration()))
	if m.Took > 0 {
		whole += " in " + draw.Tidy(m.Took.Round(1e8))
	}
	return []string{whole, "■ " + n}
}

// drawRivals names A and B.
func (s *Screen) drawRivals(g draw.Grid, m *Match) {
	note := "same arrivals, same seeds"
	if m.Of > 1 {
		note = "pair " + draw.Count(int64(m.Pair)) + " of " + draw.Count(int64(m.Of)) + "  [ ] others"
	}
	if g.W() < tableW && m.Of < 2 {
		note = ""
	}
	room := g.W() - draw.Width(note) - 12
	first := max(room/2, room-draw.Width(m.Names[1])) // what one does not need the other gets
	room -= min(first, draw.Width(m.Names[0]))
	x := g.Text(1, 0, "A ", draw.A.Bold())
	x = g.Text(x, 0, draw.Cut(m.Names[0], first), draw.Title)
	x = g.Text(x+3, 0, "B ", draw.B.Bold())
	g.Text(x, 0, draw.Cut(m.Names[1], room), draw.Title)
	if note != "" {
		g.TextRight(g.W()-1, 0, note, draw.Dim)
	}
}

func (s *Screen) drawMatchFoot(g draw.Grid, c *versusChoice) {
	if s.Said != "" {
		glyph, style := "✓ ", draw.Good
		if s.Bad {
			glyph, style = "✗ ", draw.Dead
		}
		g.Line(1, 0, g.W()-2, draw.Line{{Text: glyph, Style: style}, {Text: s.Said, Style: draw.Normal}})
		return
	}
	in := InLockstep
	if c.result {
		in = InResult
	}
	g.Hints(1, 0, g.W()-2, hints(in))
}

// drawSides draws the two runs at the same moment, on the same axes.
func (s *Screen) drawSides(g draw.Grid, r draw.Rect, m *Match, c *versusChoice) {
	strip, r := r.CutBottom(stripRows)
	s.drawMatchStrip(g, strip, m)
	if g.W() < tableW || g.H() < tableH {
		drawSoFarDown(g.Panel(r, false, title("so far"), draw.Line{{Text: "one run each", Style: draw.Dim}}), m)
		return
	}
	so, r := r.CutTop(5)
	drawSoFar(g.Panel(so, false, title("so far"), draw.Line{{Text: "one run each is no evidence yet; l shows the statistics", Style: draw.Dim}}), m)
	bands := 0
	if g.W() >= fullW && g.H() >= fullH {
		bands = max(7, r.H*2/5)
	}
	low, up := r.CutBottom(bands)
	scale := newSharedScale(m.Duel)
	flows := s.fitBeside(m.Duel, g.W()/2-2, up.H-1)
	for side, f := range []*Frame{m.Duel.A, m.Duel.B} {
		left := side * (g.W()/2 + 1)
		width := g.W()/2 - side*(1-g.W()%2)
		part := func(r draw.Rect) draw.Rect { return draw.Rect{X: left, Y: r.Y, W: min(width, g.W()-left), H: r.H} }
		name := draw.Line{{Text: sideName(side), Style: sideStyle(side).Bold()}, {Text: " " + draw.Cut(m.Names[side], max(4, width-20)), Style: draw.Title}}
		note := draw.Line(nil)
		if side == c.side {
			note = draw.Line{{Text: "enter opens", Style: draw.Dim}}
		}
		in := g.Panel(part(up), side == c.side, name, note)
		if l := flows[side]; l != nil {
			s.drawFlow(in.Sub(draw.Rect{X: max(1, (in.W()-l.W)/2), Y: max(0, (in.H()-l.H)/2), W: l.W, H: l.H}), l, f)
		} else {
			s.drawSideTables(in, f)
		}
		s.hot = append(s.hot, hot{part(up), func(_ *model, v *versus, _ int) { v.choice.side = side }})
		if bands > 0 {
			head := draw.Line{{Text: sideName(side), Style: sideStyle(side).Bold()}, {Text: " end-to-end latency", Style: draw.Title}}
			scale.draw(g.Panel(part(low), false, head, bandsLegend(f)), f)
		}
	}
}

// drawSideTables draws the components of one of the two, and below them, where
// there is room, the worst that its findings say.
func (s *Screen) drawSideTables(g draw.Grid, f *Frame) {
	list := f.findings()
	spare := g.H() - s.tableRows(f)
	if len(list) == 0 || spare < 2 {
		s.componentTables(g, f)
		return
	}
	said, tables := g.Bounds().CutBottom(min(spare, 3))
	s.componentTables(g.Sub(tables), f)
	glyph, style := severity(list[0].Severity)
	g.Text(1, said.Y, glyph, style)
	lines := draw.Wrap(list[0].Text, max(8, g.W()-4))
	for i, line := range lines[:min(len(lines), said.H)] {
		if i == said.H-1 && len(lines) > said.H {
			line = draw.Cut(line+" "+lines[i+1], g.W()-4)
		}
		g.TextIn(3, said.Y+i, g.W()-4, line, draw.Normal, draw.Left)
	}
}

// fitBeside are the layouts of both flows in so many cells each; none where one
// of them does not fit: the two are drawn alike.
func (s *Screen) fitBeside(d *Duel, w, h int) [2]*graph.Layout {
	a, ok := s.beside[0].of(d.A.World, w, h)
	b, both := s.beside[1].of(d.B.World, w, h)
	if !ok || !both {
		return [2]*graph.Layout{}
	}
	return [2]*graph.Layout{a, b}
}

func sideName(side int) string { return string(rune('A' + side)) }

func sideStyle(side int) draw.Style {
	if side == 0 {
		return draw.A
	}
	return draw.B
}

// figure is one number of both runs so far.
type figure struct {
	name  string
	value func(*Frame) float64
	text  func(float64) string
}

func secondsText(v float64) string { return seconds(v, true) }

// figures are what is shown of both runs, the more important first.
var figuresSoFar = []figure{
	{"in", func(f *Frame) float64 { return f.arriving() }, draw.Rate},
	{"completed", func(f *Frame) float64 { return f.completions() }, draw.Rate},
	{"p50", func(f *Frame) float64 { b, _ := f.EndToEnd(); return b.P50 }, secondsText},
	{"p99", func(f *Frame) float64 { b, _ := f.EndToEnd(); return b.P99 }, secondsText},
	{"waiting", func(f *Frame) float64 { return float64(f.Snap.Ledger.Waiting + f.Snap.Ledger.Delayed) }, draw.Short},
	{"in hand", func(f *Frame) float64 { return float64(f.Snap.Ledger.Leased) }, draw.Short},
	{"done", func(f *Frame) float64 { n, _ := f.ended(); return n }, draw.Short},
	{"failed", func(f *Frame) float64 { _, n := f.ended(); return n }, draw.Short},
	{"duplicates", func(f *Frame) float64 { return float64(f.Snap.Ledger.Duplicates) }, draw.Short},
	{"busy", func(f *Frame) float64 { return f.busiest() }, draw.Percent},
}

// arriving is how many events a second the producers create of late.
func (f *Frame) arriving() float64 {
	in := 0.0
	for i, n := range f.World.Nodes {
		if n.Kind == graph.Source {
			in += known(f.In(i))
		}
	}
	return in
}

// ended are the families that were completed and that failed since the start.
func (f *Frame) ended() (completed, failed float64) {
	for i := range f.Snap.Flows {
		completed += float64(f.Snap.Flows[i].Completed)
		failed += float64(f.Snap.Flows[i].Failed)
	}
	return completed, failed
}

// busiest is the utilisation of the busiest consumer of late.
func (f *Frame) busiest() float64 {
	most := math.NaN()
	for i, n := range f.World.Nodes {
		if n.Kind != graph.Worker {
			continue
		}
		if rho := f.Utilisation(i); math.IsNaN(most) || rho > most {
			most = rho
		}
	}
	return most
}

// texts are the values of both and their difference.
func (x figure) texts(m *Match) (a, b, difference string) {
	va, vb := x.value(m.Duel.A), x.value(m.Duel.B)
	write := func(v float64) string {
		if math.IsNaN(v) {
			return "–"
		}
		return x.text(v)
	}
	a, b = write(va), write(vb)
	switch d := vb - va; {
	case math.IsNaN(d):
		return a, b, ""
	case d == 0 || a == b:
		return a, b, "="
	case d > 0:
		difference = "+" + write(d)
	default:
		difference = "−" + write(-d)
	}
	if share, ok := strings.CutSuffix(difference, "%"); ok {
		difference = share + "pp"
	}
	return a, b, difference
}

// drawSoFar has a column for each figure, and a row each for A, B and the
// difference.
func drawSoFar(g draw.Grid, m *Match) {
	t := draw.Table{Selected: -1, Gap: 2, Columns: []draw.Column{{Title: "", Min: 5}}}
	rows := [3][]draw.Field{
		{draw.S("A", draw.A.Bold())}, {draw.S("B", draw.B.Bold())}, {draw.S("B−A", draw.Dim)},
	}
	for i, x := range figuresSoFar {
		t.Columns = append(t.Columns, draw.Column{Title: x.name, Align: draw.Right, Min: 7, Priority: i / 2})
		a, b, d := x.texts(m)
		rows[0], rows[1], rows[2] = append(rows[0], draw.T(a)), append(rows[1], draw.T(b)), append(rows[2], draw.S(d, draw.Dim))
	}
	t.Rows = rows[:]
	t.Draw(g)
}

// drawSoFarDown is the same with a row for each figure, for narrow screens.
func drawSoFarDown(g draw.Grid, m *Match) {
	t := draw.Table{Selected: -1, Gap: 3, Columns: []draw.Column{
		{Title: "", Min: 10},
		{Title: "A", Align: draw.Right, Min: 8},
		{Title: "B", Align: draw.Right, Min: 8},
		{Title: "B−A", Align: draw.Right, Min: 8},
	}}
	for _, x := range figuresSoFar {
		a, b, d := x.texts(m)
		t.Rows = append(t.Rows, []draw.Field{draw.S(x.name, draw.Dim), draw.S(a, draw.A), draw.S(b, draw.B), draw.T(d)})
	}
	t.Draw(g)
}

// sharedScale draws the latency of both runs on the same axes.
type sharedScale struct {
	lo, hi float64
	until  int64 // ns; the latest sample of both
}

func newSharedScale(d *Duel) sharedScale {
	s := sharedScale{lo: math.Inf(1), hi: math.Inf(-1)}
	for _, f := range []*Frame{d.A, d.B} {
		lo, hi := bandRange(f.Past.EndTo)
		s.lo, s.hi = min(s.lo, lo), max(s.hi, hi)
		s.until = max(s.until, int64(f.Past.Samples())*f.Past.Step)
	}
	return s
}

func (s sharedScale) draw(g draw.Grid, f *Frame) {
	samples := int((s.until + f.Past.Step - 1) / f.Past.Step)
	drawBandsBetween(g, f, f.Past.EndTo, nil, goalOf(f.spec()), s.lo, s.hi, samples)
}

// drawMatchStrip draws the timeline of both, A's entries first.
func (s *Screen) drawMatchStrip(g draw.Grid, r draw.Rect, m *Match) {
	strip := m.Duel.A.strip()
	if m.Duel.B.spec().Duration > m.Duel.A.spec().Duration {
		strip = m.Duel.B.strip()
	}
	strip.Now = float64(m.Duel.At) / 1e9
	marks := m.Duel.A.strip().Marks
	for _, b := range m.Duel.B.strip().Marks {
		both := false
		for _, a := range marks {
			both = both || a.At == b.At && a.Label == b.Label
		}
		if !both {
			b.Label = "B: " + b.Label
			marks = append(marks, b)
		}
	}
	strip.Marks = marks
	in := draw.Rect{X: stripMargin, Y: r.Y, W: r.W - 2*stripMargin, H: r.H}
	strip.Draw(g.Sub(in))
	s.hot = append(s.hot, hot{draw.Rect{X: in.X, Y: in.Y, W: in.W, H: 1}, func(m *model, v *versus, x int) {
		m.seekBoth(v, int64(strip.Moment(in.W, x)*1e9))
	}})
}
