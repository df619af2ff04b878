package tui

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"eddy/report"
	"eddy/sim/spec"
	"eddy/tui/draw"
)

var panelNames = [panels]string{"result", "completed", "same minute by minute", "what differs", "in words"}

// drawResult draws what the paired runs say: all panels where there is room,
// else the one that has the keys, and the verdict below it where that fits.
func (s *Screen) drawResult(g draw.Grid, r draw.Rect, m *Match, c *versusChoice) {
	if m.Board == nil {
		s.drawNoResult(g.Panel(r, true, title("result"), nil), m)
		return
	}
	switch {
	case c.zoomed:
		s.drawPanel(g, r, m, c, c.panel)
	case g.W() >= fullW && g.H() >= fullH:
		s.drawAllPanels(g, r, m, c)
	default:
		tabs, r := r.CutTop(1)
		s.drawPanelTabs(g.Sub(tabs), tabs, c)
		words := draw.Rect{}
		if g.H() >= tableH && c.panel != WordsPanel {
			words, r = r.CutBottom(6)
		}
		s.drawPanel(g, r, m, c, c.panel)
		if !words.Empty() {
			s.drawPanel(g, words, m, c, WordsPanel)
		}
	}
}

// drawNoResult says how far the first pairs are, or what went wrong.
func (s *Screen) drawNoResult(g draw.Grid, m *Match) {
	y := max(0, g.H()/3)
	say := func(text string, style draw.Style) {
		for _, line := range draw.Wrap(text, max(8, g.W()-4)) {
			g.TextIn(2, y, g.W()-4, line, style, draw.Centre)
			y++
		}
	}
	switch {
	case m.Err != "":
		say("✗ the runs failed: "+m.Err, draw.Dead)
		say("a compares with another scenario, esc goes back", draw.Dim)
	case m.Wanted == 0:
		say("there are no paired runs here", draw.Normal)
		say("l goes back to the two runs", draw.Dim)
	default:
		say("the first pairs are being run: the same seeds in both, so that only the change makes a difference", draw.Normal)
		y++
		w := min(40, g.W()-8)
		g.Bar((g.W()-w)/2, y, w, draw.Bar{Value: m.Share, Max: 1, Fill: draw.Busy, Track: draw.Faint, Glyph: '·'})
		y += 2
		say("l shows the two side by side meanwhile", draw.Dim)
	}
}

// drawPanelTabs names the panels where only one has room.
func (s *Screen) drawPanelTabs(g draw.Grid, at draw.Rect, c *versusChoice) {
	names := [panels]string{"1 result", "2 curve", "3 course", "4 differs", "5 words"}
	for i, r := range g.Tabs(g.W(), 0, g.W(), names[:], c.panel) {
		s.hot = append(s.hot, hot{draw.Rect{X: at.X + r.X, Y: at.Y, W: r.W, H: r.H}, func(_ *model, v *versus, _ int) { v.choice.panel = i }})
	}
}

func (s *Screen) drawAllPanels(g draw.Grid, r draw.Rect, m *Match, c *versusChoice) {
	words := 7
	if r.H >= 40 {
		words = 9
	}
	bottom, top := r.CutBottom(words)
	left, right := top.CutLeft(top.W * 61 / 100)
	right.X, right.W = right.X+1, right.W-1
	course, table := left.CutBottom(12)
	differs, curve := right.CutBottom(12)
	for panel, at := range [panels]draw.Rect{table, curve, course, differs, bottom} {
		s.hot = append(s.hot, hot{at, func(_ *model, v *versus, _ int) { v.choice.panel = panel }})
		s.drawPanel(g, at, m, c, panel)
	}
}

func (s *Screen) drawPanel(g draw.Grid, r draw.Rect, m *Match, c *versusChoice, panel int) {
	head := draw.Line{{Text: draw.Count(int64(panel + 1)), Style: draw.Key}, {Text: " " + panelNames[panel], Style: draw.Title}}
	focused := panel == c.panel
	hint := func(text string) draw.Line { return draw.Line{{Text: text, Style: draw.Dim}} }
	switch panel {
	case ResultPanel:
		in := g.Panel(r, focused, append(head, hint("  means of "+plural(m.Board.Pairs, "pair")+", 95% CI of B−A")...), hint("s sort  % relative"))
		drawRows(in, m.Board, c)
	case CurvePanel:
		s.drawDistribution(g, r, focused, head, m.Board, c)
	case CoursePanel:
		drawCourse(g.Panel(r, focused, head, courseNote(m)), m)
	case DiffersPanel:
		drawDiffers(g.Panel(r, focused, head, hint(draw.Count(int64(len(m.Board.Changes)))+" of "+plural(m.Board.Keys, "key"))), m.Board, &c.rows[panel])
	default:
		drawWords(g.Panel(r, focused, head, hint("r saves the report")), m.Board, &c.rows[panel])
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return draw.Count(int64(n)) + " " + what + "s"
}

// shownRows are the rows of a board in the chosen order.
func shownRows(b *report.Board, c *versusChoice) []report.BoardRow {
	var rows []report.BoardRow
	for _, r := range b.Rows {
		if c.all || r.Standing != report.StandsSame {
			rows = append(rows, r)
		}
	}
	switch c.sort {
	case 1:
		slices.SortStableFunc(rows, func(a, b report.BoardRow) int { return cmp.Compare(b.Moves, a.Moves) })
	case 2:
		slices.SortStableFunc(rows, func(a, b report.BoardRow) int { return cmp.Compare(standingOrder(a), standingOrder(b)) })
	}
	return rows
}

func standingOrder(r report.BoardRow) int { return strings.IndexRune("BA≠?~=", r.Standing) }

// drawRows draws the table of measures, and below it how it is read.
func drawRows(g draw.Grid, b *report.Board, c *versusChoice) {
	rows := shownRows(b, c)
	difference := "B−A"
	if c.relative {
		difference = "B−A of A"
	}
	t := draw.Table{
		Gap: 2, Selected: -1, Empty: "the two are the same in every pair; m shows the metrics",
		Columns: []draw.Column{
			{Title: "metric", Min: 14, Grow: true},
			{Title: "A", Align: draw.Right, Priority: 1},
			{Title: "B", Align: draw.Right, Priority: 1},
			{Title: difference, Align: draw.Right},
			{Title: "better"},
		},
	}
	for _, r := range rows {
		t.Rows = append(t.Rows, matchRow(r, c))
	}
	c.rows[ResultPanel] = max(0, min(c.rows[ResultPanel], len(rows)-1))
	legend := 0
	if g.H() > 6 {
		legend = 1
	}
	if c.panel == ResultPanel && len(rows) > 0 {
		t.Selected, t.Focused = c.rows[ResultPanel], true
	}
	shown := max(1, g.H()-legend-1)
	t.Offset = max(0, min(c.rows[ResultPanel]-shown/2, len(rows)-shown))
	t.Draw(g.Sub(draw.Rect{W: g.W(), H: g.H() - legend}))
	if legend == 0 {
		return
	}
	more := ""
	if below := len(rows) - t.Offset - shown; below > 0 {
		more = plural(below, "more row") + " ↓ "
	}
	g.TextRight(g.W(), g.H()-1, more, draw.Dim)
	if i := c.rows[ResultPanel]; t.Focused && rows[i].Note != "" {
		g.TextIn(1, g.H()-1, g.W()-2-draw.Width(more), "? "+rows[i].Note, draw.Warn, draw.Left)
		return
	}
	if i := c.rows[ResultPanel]; t.Focused && rows[i].Of != "" {
		g.TextIn(1, g.H()-1, g.W()-2-draw.Width(more), "of "+rows[i].Of+" observations a run in A and B", draw.Dim, draw.Left)
		return
	}
	g.Line(1, g.H()-1, g.W()-2-draw.Width(more), draw.Line{
		{Text: "●", Style: draw.Strong},
		{Text: " holds at 5% after Holm  ", Style: draw.Dim},
		{Text: "○", Style: draw.Dim},
		{Text: " none that n=" + draw.Count(int64(b.Pairs)) + " can tell", Style: draw.Dim},
	})
}

func matchRow(r report.BoardRow, c *versusChoice) []draw.Field {
	difference := r.Difference
	if c.relative && r.Relative != "" {
		difference = r.Relative
	}
	better, style := "? ", draw.Warn
	switch r.Standing {
	case report.StandsA:
		better, style = "A ●", draw.A.Bold()
	case report.StandsB:
		better, style = "B ●", draw.B.Bold()
	case report.StandsFact:
		better, style = "≠ ●", draw.Normal
	case report.StandsNoise:
		better, style = "~ ○", draw.Dim
	case report.StandsSame:
		better, style = "= ○", draw.Dim
	}
	text := draw.Normal
	if style == draw.Dim {
		text = draw.Dim
	}
	return []draw.Field{measureField(r, text), draw.S(r.A, text), draw.S(r.B, text), draw.S(difference, text), draw.S(better, style)}
}

// measureField is a measure's name; where there is little room, it is the
// component's name that is cut, for the rest says what is measured. Where there
// is too little for that, too, its end stays: the quantile is there.
func measureField(r report.BoardRow, style draw.Style) draw.Field {
	what, named := strings.CutPrefix(r.Label, r.Name+" ")
	if !named || r.Name == "" {
		return draw.S(r.Label, style)
	}
	return draw.Field{Need: draw.Width(r.Label), Draw: func(g draw.Grid) {
		const leastName = 4
		name := draw.Cut(r.Name, max(leastName, g.W()-draw.Width(what)-1))
		what := draw.CutLeft(what, g.W()-draw.Width(name)-1)
		g.TextIn(0, 0, g.W(), name+" "+what, style, draw.Left)
	}}
}

// drawDistribution draws how the completions of a flow are distributed in both.
func (s *Screen) drawDistribution(g draw.Grid, r draw.Rect, focused bool, head draw.Line, b *report.Board, c *versusChoice) {
	if len(b.Flows) == 0 {
		g.Panel(r, focused, head, nil).TextIn(1, 0, r.W-2, "there are no families to look at", draw.Dim, draw.Left)
		return
	}
	flow := &b.Flows[c.flow%len(b.Flows)]
	kind, other := " CDF", "d density"
	if c.density {
		kind, other = " density", "d CDF"
	}
	if len(b.Flows) > 1 {
		other = "f flow  " + other
	}
	head = append(draw.Line{head[0]}, draw.Span{Text: " " + draw.Cut(flow.Name, max(4, r.W-26)) + kind, Style: draw.Title})
	in := g.Panel(r, focused, head, draw.Line{{Text: other, Style: draw.Dim}})
	chart := draw.Curves{Y: draw.Scale{Hi: 1}, Symbols: s.Symbols, Empty: "nothing has been completed"}
	low, high := toSee(flow)
	for side, points := range [2][]report.BoardPoint{flow.A, flow.B} {
		curve := draw.Curve{Label: sideName(side), Style: sideStyle(side), Dotted: side == 1 && s.Theme == &draw.Mono}
		for _, p := range points {
			if p.Seconds < low || p.Seconds > high {
				continue
			}
			y := p.Share
			if c.density {
				y = p.Density
			}
			curve.Points = append(curve.Points, draw.Point{X: p.Seconds, Y: y})
		}
		chart.Curves = append(chart.Curves, curve)
	}
	if high > low {
		chart.X = draw.Scale{Lo: low, Hi: high, Log: true}
		chart.XTicks = logTicks(chart.X)
	} else {
		chart.X = draw.LogScale(0, 0)
	}
	if !c.density {
		chart.YTicks = []draw.Tick{{At: 0, Label: "0%"}, {At: 0.5, Label: "50%"}, {At: 1, Label: "100%"}}
	}
	chart.Draw(in)
	if !c.density {
		drawTops(in, flow)
	}
}

// toSee is the time in which nearly all that is completed is completed: the
// quickest and the slowest few in a thousand would leave little room for the rest.
func toSee(flow *report.BoardFlow) (low, high float64) {
	const few = 0.001
	low, high = math.Inf(1), math.Inf(-1)
	for side, points := range [2][]report.BoardPoint{flow.A, flow.B} {
		top := [2]float64{flow.TopA, flow.TopB}[side]
		for _, p := range points {
			if p.Share >= few*top {
				low = min(low, p.Seconds)
			}
			if p.Share < (1-few)*top {
				high = max(high, p.Seconds)
			}
		}
	}
	return low, max(high, low*1.1)
}

// logTicks are the ticks at powers of ten, and between them where those are few.
func logTicks(x draw.Scale) []draw.Tick {
	var ticks []draw.Tick
	steps := []float64{1}
	if x.Hi/x.Lo < 300 {
		steps = []float64{1, 2, 5}
	}
	for e := math.Floor(math.Log10(x.Lo)); e <= math.Log10(x.Hi); e++ {
		for _, k := range steps {
			if v := k * math.Pow(10, e); v >= x.Lo && v <= x.Hi {
				ticks = append(ticks, draw.Tick{At: v, Label: draw.Tidy(nanos(int64(v*1e9 + 0.5)))})
			}
		}
	}
	return ticks
}

// drawTops says where a curve ends below 100 %: the rest was never completed.
func drawTops(g draw.Grid, flow *report.BoardFlow) {
	y := g.H() - 3
	for side := 1; side >= 0; side-- {
		top, has := flow.TopA, len(flow.A) > 0
		if side == 1 {
			top, has = flow.TopB, len(flow.B) > 0
		}
		if !has || top >= 0.9995 || y < 1 {
			continue
		}
		text := " " + sideName(side) + " ends at " + draw.Percent(top) + ": the rest failed "
		if draw.Width(text) < g.W()-8 {
			g.TextRight(g.W()-1, y, text, sideStyle(side))
			y--
		}
	}
}

// measure of the course of both over simulated time.
type courseMeasure struct {
	name string
	of   func(s *report.BoardStep) (a, b float64)
	tag  string // "min" or "max"
	text func(float64) string
}

var courseMeasures = []courseMeasure{
	{"completed/s", func(s *report.BoardStep) (float64, float64) { return s.CompletedA, s.CompletedB }, "min", draw.Rate},
	{"failed/s", func(s *report.BoardStep) (float64, float64) { return s.FailedA, s.FailedB }, "max", draw.Rate},
	{"backlog", func(s *report.BoardStep) (float64, float64) { return s.WaitingA, s.WaitingB }, "max", draw.Short},
}

// drawCourse draws what happened at the same time in both, each measure on one
// scale, above an axis with the faults.
func drawCourse(g draw.Grid, m *Match) {
	steps := m.Board.Course
	if len(steps) == 0 {
		g.TextIn(1, 0, g.W()-2, "there is nothing to look at", draw.Dim, draw.Left)
		return
	}
	const label, value = 16, 13
	w := g.W() - label - value
	rows := len(courseMeasures)*2 + 1
	gap := 0
	if g.H() >= rows+2 {
		gap = 1
	}
	warm := firstMeasured(m, steps)
	y := 0
	for _, x := range courseMeasures {
		var values [2][]float64
		most := 0.0
		for i := range steps {
			a, b := x.of(&steps[i])
			values[0], values[1] = append(values[0], a), append(values[1], b)
			most = max(most, a, b)
		}
		for side := range 2 {
			if y >= g.H() {
				return
			}
			if side == 0 {
				g.TextIn(1, y, label-4, x.name, draw.Normal, draw.Left)
			}
			g.Text(label-2, y, sideName(side), sideStyle(side).Bold())
			g.Spark(label, y, w, draw.Resample(values[side], w), most, sideStyle(side))
			g.Line(label+w+1, y, value-1, draw.Line{
				{Text: x.tag + " ", Style: draw.Dim}, {Text: x.text(extreme(values[side][warm:], x.tag)), Style: draw.Normal},
			})
			y++
		}
		y += gap
	}
	if y < g.H() {
		drawFaultAxis(g.Sub(draw.Rect{X: label, Y: min(y, g.H()-1), W: w, H: 1}), m)
	}
}

// firstMeasured is the first step after the warm-up of both, the last if all
// are before it.
func firstMeasured(m *Match, steps []report.BoardStep) int {
	warm := float64(max(m.Duel.A.spec().Warmup, m.Duel.B.spec().Warmup)) / 1e9
	for i := range steps {
		if i > 0 && steps[i-1].At >= warm || i == 0 && warm == 0 {
			return i
		}
	}
	return len(steps) - 1
}

func extreme(values []float64, tag string) float64 {
	if tag == "min" {
		return slices.Min(values)
	}
	return slices.Max(values)
}

// fault is a stretch of the timeline in which something is wrong, in seconds.
type fault struct{ from, to float64 }

// faults are the stretches of both scenarios, those that overlap together.
func faults(m *Match) []fault {
	var all []fault
	for _, f := range []*Frame{m.Duel.A, m.Duel.B} {
		for i := range f.spec().Timeline {
			a := &f.spec().Timeline[i]
			end := a.At + a.For
			if a.Kind == spec.CrashAction && a.Restarts {
				end = a.At + a.Restart
			}
			all = append(all, fault{float64(a.At) / 1e9, float64(end) / 1e9})
		}
	}
	slices.SortFunc(all, func(a, b fault) int { return cmp.Compare(a.from, b.from) })
	var merged []fault
	for _, f := range all {
		if n := len(merged) - 1; n >= 0 && f.from <= merged[n].to {
			merged[n].to = max(merged[n].to, f.to)
			continue
		}
		merged = append(merged, f)
	}
	return merged
}

// courseNote names the first fault.
func courseNote(m *Match) draw.Line {
	list := faults(m)
	if len(list) == 0 {
		return nil
	}
	clock := func(v float64) string { return draw.ClockShort(nanos(int64(v * 1e9))) }
	text := "↯ " + clock(list[0].from)
	if list[0].to > list[0].from {
		text += "–" + clock(list[0].to)
	}
	if len(list) > 1 {
		text += " and " + draw.Count(int64(len(list)-1)) + " more"
	}
	return draw.Line{{Text: text, Style: draw.Fault}}
}

// drawFaultAxis is the time below the course, with the faults as bands.
func drawFaultAxis(g draw.Grid, m *Match) {
	w := g.W()
	whole := float64(m.Duel.Duration()) / 1e9
	column := func(at float64) int { return max(0, min(w-1, int(at/whole*float64(w)))) }
	for _, f := range faults(m) {
		for x := column(f.from) + 1; x <= column(f.to) && f.to > f.from; x++ {
			g.Put(x, 0, '╌', draw.Fault)
		}
	}
	for _, f := range faults(m) {
		g.Put(column(f.from), 0, '↯', draw.Fault)
	}
	end := draw.ClockShort(nanos(m.Duel.Duration()))
	free := func(x, n int) bool {
		for i := max(0, x-1); i < min(w, x+n+1); i++ {
			if g.Drawn(i, 0) {
				return false
			}
		}
		return true
	}
	for _, f := range faults(m) {
		text := draw.ClockShort(nanos(int64(f.to * 1e9)))
		if x := column(f.to) + 1; f.to > f.from && x+len(text) < w-len(end)-1 && free(x+1, len(text)-1) {
			g.Text(x, 0, text, draw.Fault)
		}
	}
	if free(0, 4) {
		g.Text(0, 0, "0:00", draw.Dim)
	}
	if free(w-len(end), len(end)) {
		g.TextRight(w, 0, end, draw.Dim)
	}
}

// drawDiffers lists the places in which the scenarios differ.
func drawDiffers(g draw.Grid, b *report.Board, row *int) {
	var lines []draw.Line
	w := g.W() - 2
	for _, ch := range b.Changes {
		lines = append(lines, changeLines(ch, w)...)
	}
	if len(lines) > 0 {
		lines = append(lines, draw.Line{{Text: "everything else is the same", Style: draw.Dim}})
	}
	if len(lines) == 0 {
		lines = []draw.Line{{{Text: "nothing: the scenarios are the same", Style: draw.Dim}}}
	}
	drawScrolled(g, lines, row)
}

// changeLines are one change: in one line where that fits, else the path and
// what it was and is below it.
func changeLines(ch report.Change, w int) []draw.Line {
	was, is := draw.Span{Text: ch.Was, Style: draw.Dead}, draw.Span{Text: ch.Is, Style: draw.Good}
	path := draw.Span{Text: ch.Path, Style: draw.Normal}
	var one draw.Line
	switch {
	case ch.Was == "":
		one = draw.Line{{Text: "+ ", Style: draw.Good}, path, {Text: ": ", Style: draw.Dim}, is}
	case ch.Is == "":
		one = draw.Line{{Text: "- ", Style: draw.Dead}, path, {Text: ": ", Style: draw.Dim}, was}
	default:
		one = draw.Line{{Text: "~ ", Style: draw.Warn}, path, {Text: ": ", Style: draw.Dim}, was, {Text: " → ", Style: draw.Dim}, is}
	}
	if one.Width() <= w {
		return []draw.Line{one}
	}
	path.Text = draw.CutLeft(ch.Path, w-3)
	lines := []draw.Line{{one[0], path, {Text: ":", Style: draw.Dim}}}
	add := func(mark string, s draw.Span) {
		for i, text := range draw.Wrap(s.Text, max(4, w-4)) {
			if i > 0 {
				mark = " "
			}
			lines = append(lines, draw.Line{{Text: "  " + mark + " " + text, Style: s.Style}})
		}
	}
	if ch.Was != "" {
		add("-", was)
	}
	if ch.Is != "" {
		add("+", is)
	}
	return lines
}

// drawWords draws the verdict, then what to be wary of.
func drawWords(g draw.Grid, b *report.Board, row *int) {
	var lines []draw.Line
	add := func(list []report.BoardWords, text draw.Style) {
		for _, words := range list {
			glyph, style := "• ", draw.Dim
			switch words.Kind {
			case '+':
				glyph, style = "✓ ", draw.Good
			case '-':
				glyph, style = "✗ ", draw.Dead
			case '!':
				glyph, style = "▲ ", draw.Warn
			case '?':
				glyph, style = "? ", draw.Warn
			}
			for i, line := range draw.Wrap(words.Text, max(8, g.W()-4)) {
				if i > 0 {
					glyph = "  "
				}
				lines = append(lines, draw.Line{{Text: glyph, Style: style}, {Text: line, Style: text}})
			}
		}
	}
	add(b.Words, draw.Normal)
	add(b.Remarks, draw.Dim)
	drawScrolled(g, lines, row)
}

// drawScrolled draws lines from the chosen one on, and says when there are more.
func drawScrolled(g draw.Grid, lines []draw.Line, row *int) {
	*row = max(0, min(*row, len(lines)-g.H()))
	for y := 0; y < g.H() && *row+y < len(lines); y++ {
		g.Line(1, y, g.W()-2, lines[*row+y])
	}
	if below := len(lines) - *row - g.H(); below > 0 && g.H() > 0 {
		text := " ↓ " + draw.Count(int64(below)) + " more"
		g.TextRight(g.W(), g.H()-1, text, draw.Dim)
	}
}
