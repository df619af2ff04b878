package tui

import (
	"math"
	"slices"
	"strconv"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
)

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// drawOverview draws what happens and where it hurts: the graph where there
// is room, tables where there is less, one panel where there is little.
func (s *Screen) drawOverview(g draw.Grid, f *Frame) {
	w, h := g.W(), g.H()
	if strip, rest := g.Bounds().CutBottom(2); (w < fullW || h < fullH-3) && s.drawZoomed(g, rest, f) {
		s.drawStrip(g.Sub(strip), f)
		return
	}
	switch {
	case w < tableW || h < tableH-3:
		s.drawOnePanel(g, f)
	case w >= fullW && h >= fullH-3:
		s.drawFull(g, f)
	default:
		s.drawTables(g, f)
	}
}

// drawFull is the form with the graph. When the graph does not fit, tables
// take its place.
func (s *Screen) drawFull(g draw.Grid, f *Frame) {
	below := 9
	if g.H() >= 40 {
		below = 11
	}
	strip, rest := g.Bounds().CutBottom(3)
	bottom, top := rest.CutBottom(below)
	if s.Zoom > 0 {
		top, bottom = rest, draw.Rect{}
	}
	if s.drawZoomed(g, rest, f) {
		s.drawStrip(g.Panel(strip, false, title("timeline"), timelineNote(f)), f)
		return
	}
	k := f.perParticle()
	flow := g.Panel(top, true, title("flow"), legend(k))
	if l, ok := s.layout.of(f.World, flow.W()-2, flow.H()); ok {
		x, y := max(1, (flow.W()-l.W)/2), max(0, (flow.H()-l.H)/2)
		s.drawFlow(flow.Sub(draw.Rect{X: x, Y: y, W: l.W, H: l.H}), l, f)
		s.areas = append(s.areas, area{at: draw.Rect{X: x, Y: headerRows + top.Y + 1 + y, W: l.W, H: l.H}, layout: l})
	} else {
		s.componentTables(flow, f)
	}
	if !bottom.Empty() {
		left, right := bottom.CutLeft(bottom.W * 55 / 100)
		right.X, right.W = right.X+1, right.W-1
		s.drawLatency(g.Panel(left, false, title("end-to-end latency"), bandsLegend(f)), f)
		s.drawFindings(g.Panel(right, s.Finding != "", title("findings"), s.findingsNote(f)), f)
	}
	s.drawStrip(g.Panel(strip, false, title("timeline"), timelineNote(f)), f)
}

// timelineNote says how to move in time, or how to let go of the old future.
func timelineNote(f *Frame) draw.Line {
	if f.Ghost != nil {
		return draw.Line{{Text: "┄", Style: draw.Ghost}, {Text: " as it was before the change  ", Style: draw.Dim}, {Text: "esc", Style: draw.Key}, {Text: " lets go of it", Style: draw.Dim}}
	}
	return draw.Line{{Text: "←/→", Style: draw.Key}, {Text: " move in time  ", Style: draw.Dim}, {Text: "g", Style: draw.Key}, {Text: " go to", Style: draw.Dim}}
}

// Panels that z shows alone, one after the other: of the overview the flow, the
// latency and the findings; of a component its two charts and its text; of the
// inspector an event's life, where its time went, its fields, and the system at
// a moment of it.
const (
	overviewZooms  = 4
	componentZooms = 4
	inspectorZooms = 5
)

// drawZoomed draws the overview's panel that is zoomed, other than the flow, and
// says whether there is one.
func (s *Screen) drawZoomed(g draw.Grid, r draw.Rect, f *Frame) bool {
	switch s.Zoom % overviewZooms {
	case 2:
		s.drawLatency(g.Panel(r, true, title("end-to-end latency"), bandsLegend(f)), f)
		return true
	case 3:
		s.drawFindings(g.Panel(r, true, title("findings"), s.findingsNote(f)), f)
		return true
	}
	return false
}

func title(text string) draw.Line { return draw.Line{{Text: text, Style: draw.Title}} }

func bandsLegend(f *Frame) draw.Line {
	var ghost draw.Line
	if f.ghost().Samples() > 0 {
		ghost = draw.Line{{Text: "┄", Style: draw.Ghost}, {Text: " as it was  ", Style: draw.Dim}}
	}
	return append(ghost, draw.Line{
		{Text: "p50 ", Style: draw.Dim},
		{Text: "█", Style: draw.P50},
		{Text: "  p95 ", Style: draw.Dim},
		{Text: "▓", Style: draw.P95},
		{Text: "  p99 ", Style: draw.Dim},
		{Text: "░", Style: draw.P99},
		{Text: "  log", Style: draw.Dim},
	}...)
}

// findingsNote says how a finding is chosen and tried.
func (s *Screen) findingsNote(f *Frame) draw.Line {
	switch {
	case len(f.findings()) == 0:
		return nil
	case s.Finding == "":
		return draw.Line{{Text: "F", Style: draw.Key}, {Text: " choose one", Style: draw.Dim}}
	}
	return draw.Line{{Text: "enter", Style: draw.Key}, {Text: " explain  ", Style: draw.Dim}, {Text: "f", Style: draw.Key}, {Text: " try the change", Style: draw.Dim}}
}

// drawLatency draws how long families took over the whole run up to now.
func (s *Screen) drawLatency(g draw.Grid, f *Frame) {
	drawBands(g, f, f.Past.EndTo, f.ghost().EndTo, goalOf(f.spec()))
}

// goalOf is the bound, in seconds, that the scenario's expectations put on a
// completion; 0 for none.
func goalOf(sc *spec.Scenario) float64 {
	for _, e := range sc.Expect {
		n := len(e.Path)
		if n >= 3 && e.Path[0] == "flows" && e.Path[n-2] == "completion" && (e.Op == spec.Less || e.Op == spec.LessEqual) {
			return e.Value
		}
	}
	return 0
}

// drawBands draws latency bands over the time of the run, and as lines what they
// were in the future that was left behind.
func drawBands(g draw.Grid, f *Frame, values, ghost []draw.Band, goal float64) {
	lo, hi := bandRange(slices.Concat(values, ghost))
	drawBandsBetween(g, f, values, ghost, goal, lo, hi, f.Past.Samples())
}

// bandRange is the least and the greatest of the values; infinite where there
// is none.
func bandRange(values []draw.Band) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, b := range values {
		if b.P50 > 0 {
			lo = min(lo, b.P50)
		}
		if b.P99 > 0 {
			hi = max(hi, b.P99)
		}
	}
	return lo, hi
}

// drawBandsBetween draws them on axes for values from lo to hi and so many
// samples.
func drawBandsBetween(g draw.Grid, f *Frame, values, ghost []draw.Band, goal, lo, hi float64, samples int) {
	if math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		lo, hi = 0, 0
	}
	if goal > 0 && hi > 0 {
		hi = max(hi, goal*1.05)
	}
	c := draw.Bands{Y: draw.LogScale(lo, hi), Goal: goal, Empty: "nothing has been completed yet"}
	if goal > 0 {
		c.GoalTag = "goal " + draw.Tidy(nanos(int64(goal*1e9)))
	}
	if hi > 0 {
		c.YTicks = c.Y.Decades(func(v float64) string { return draw.Tidy(nanos(int64(v*1e9 + 0.5))) })
	}
	w := c.PlotWidth(g.W())
	from, per := f.span(w)
	per = max(per, (samples+w-1)/max(1, w))
	c.Columns = columnsOf(values, w, from, per)
	if len(ghost) > 0 {
		c.Ghost = columnsOf(ghost, w, from, per)
		for x := 0; x < len(c.Ghost) && from+(x+1)*per <= f.fork(); x++ {
			c.Ghost[x] = mergedBand(nil) // until then it was the same
		}
	}
	c.X, c.XTicks, c.Marks = f.timeAxis(w, from, per)
	c.Draw(g)
}

// columnsOf puts the bands of so many samples each into w columns.
func columnsOf(values []draw.Band, w, from, per int) []draw.Band {
	columns := make([]draw.Band, 0, max(0, w))
	for x := range w {
		i := min(from+x*per, len(values))
		columns = append(columns, mergedBand(values[i:min(i+per, len(values))]))
	}
	return columns
}

// span divides the samples among w columns: the first sample shown, and how
// many stand in a column. Everything up to now is shown, in as few columns as
// make a sample or more each.
func (f *Frame) span(w int) (from, per int) {
	n := f.horizon()
	per = max(1, (n+w-1)/max(1, w))
	return 0, per
}

// timeAxis is the axis of a chart of w columns that begins at a sample.
func (f *Frame) timeAxis(w, from, per int) (draw.Scale, []draw.Tick, []draw.Mark) {
	step := float64(f.Past.Step) / 1e9
	x := draw.Scale{Lo: float64(from) * step, Hi: float64(from+w*per) * step}
	label := func(v float64) string { return draw.ClockShort(nanos(int64(v*1e9 + 0.5))) }
	var ticks []draw.Tick
	unit := 1.0
	for _, u := range []float64{1e-3, 1e-2, 0.1, 1, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400, 604800} {
		if unit = u; (x.Hi-x.Lo)/u <= max(2, float64(w)/14) {
			break
		}
	}
	if unit < 1 {
		label = func(v float64) string { return draw.Tidy(nanos(int64(v*1e9 + 0.5))) }
	}
	for v := math.Ceil(x.Lo/unit) * unit; v <= x.Hi && len(ticks) < 40; v += unit {
		ticks = append(ticks, draw.Tick{At: v, Label: label(v)})
	}
	var marks []draw.Mark
	for _, a := range f.spec().Timeline {
		if a.At <= f.At() {
			marks = append(marks, draw.Mark{At: float64(a.At) / 1e9, Rune: '↯', Style: draw.Fault})
		}
	}
	return x, ticks, marks
}

// mergedBand is one band for several: the median of the middles would hide a
// peak, so each is the greatest.
func mergedBand(list []draw.Band) draw.Band {
	out := draw.Band{P50: math.NaN(), P95: math.NaN(), P99: math.NaN()}
	greater := func(a, b float64) float64 {
		if math.IsNaN(a) || b > a {
			return b
		}
		return a
	}
	for _, b := range list {
		out.P50, out.P95, out.P99 = greater(out.P50, b.P50), greater(out.P95, b.P95), greater(out.P99, b.P99)
	}
	return out
}

// drawFindings lists what the run says about the scenario.
func (s *Screen) drawFindings(g draw.Grid, f *Frame) {
	list := f.findings()
	y := 0
	if len(list) == 0 {
		if f.At() <= f.spec().Warmup && f.spec().Warmup > 0 {
			g.TextIn(1, 0, g.W()-1, "statistics begin at "+draw.Tidy(nanos(f.spec().Warmup)), draw.Dim, draw.Left)
		} else {
			g.Text(1, 0, "●", draw.Good)
			g.TextIn(3, 0, g.W()-3, "nothing hurts so far", draw.Dim, draw.Left)
		}
		y++
	}
	chosen := s.findingIndex(list)
	first := max(0, chosen)
	if s.Zoom > 0 {
		first = 0
	}
	lines := findingLines(list[min(first, len(list)):], chosen-first, g.W(), g.H()-1)
	for i := first; i < len(list) && y < g.H(); i++ {
		from := y
		y = s.drawFinding(g, y, &list[i], i == chosen, lines[i-first])
		if at := g.Place(); y > from {
			s.areas = append(s.areas, area{at: draw.Rect{X: at.X, Y: at.Y + from, W: at.W, H: y - from}, finding: findingID(&list[i])})
		}
	}
	s.drawAbout(g.Sub(draw.Rect{Y: y, W: g.W(), H: g.H() - 1 - y}), f)
	if y < g.H() {
		y = g.H() - 1
		g.Line(1, y, g.W()-1, ledgerLine(&f.Snap.Ledger))
	}
}

// drawAbout says, where there is room, what the scenario is about and what to
// look at in it: whoever shows it to others has the explanation beside it.
func (s *Screen) drawAbout(g draw.Grid, f *Frame) {
	text := s.About
	if text == "" {
		text = f.spec().About
	}
	if text == "" || g.H() < 2 {
		return
	}
	y := 0
	if g.H() > 3 {
		y = 1
	}
	lines := draw.Wrap(firstWords(text), max(8, g.W()-3))
	for i, line := range lines {
		if y == g.H()-1 && i < len(lines)-1 {
			line = draw.Cut(line+" "+lines[i+1], g.W()-3)
		}
		if y >= g.H() {
			return
		}
		if i == 0 {
			g.Text(1, y, "○", draw.Dim)
		}
		g.TextIn(3, y, g.W()-3, line, draw.Dim, draw.Left)
		y++
	}
}

// findingLines is over how many lines the text of each finding may go, in so many
// rows of so many cells: two, four for the chosen one, and what is left over for
// the first ones that have more to say.
func findingLines(list []sim.Finding, chosen, w, rows int) []int {
	lines := make([]int, len(list))
	need := make([]int, len(list))
	for i := range list {
		need[i] = len(draw.Wrap(list[i].Text, max(8, w-3)))
		lines[i] = 2
		if i == chosen {
			lines[i] = 4
		}
		rows -= min(need[i], lines[i])
		if len(list[i].Change) > 0 {
			rows--
		}
	}
	for i := range list {
		if more := min(need[i]-lines[i], rows); more > 0 {
			lines[i] += more
			rows -= more
		}
	}
	return lines
}

func severity(s sim.FindingSeverity) (string, draw.Style) {
	switch s {
	case sim.SeverityError:
		return "✗", draw.Dead
	case sim.SeverityWarning:
		return "▲", draw.Hot
	}
	return "●", draw.Busy
}

// drawFinding draws a finding, its text over so many lines at most, and returns
// the row after it.
func (s *Screen) drawFinding(g draw.Grid, y int, x *sim.Finding, chosen bool, lines int) int {
	if len(x.Change) > 0 && g.H()-y <= lines {
		lines = max(1, g.H()-y-1) // the change matters more than the end of a sentence
	}
	glyph, style := severity(x.Severity)
	g.Text(1, y, glyph, style)
	text := draw.Normal
	if chosen {
		text = draw.Strong
		g.Put(0, y, '▸', draw.Accent)
	}
	wrapped := draw.Wrap(x.Text, max(8, g.W()-3))
	for i, line := range wrapped[:min(len(wrapped), lines)] {
		if i == lines-1 && len(wrapped) > lines {
			line = draw.Cut(line+" "+wrapped[i+1], g.W()-3)
		}
		g.TextIn(3, y, g.W()-3, line, text, draw.Left)
		y++
	}
	if len(x.Change) > 0 {
		g.Line(3, y, g.W()-3, tryLine(x, g.W()-3))
		y++
	}
	return y
}

// ledgerLine says whether every event is accounted for.
func ledgerLine(l *sim.Ledger) draw.Line {
	if !l.Balanced {
		return draw.Line{{Text: "✗ the ledger does not balance", Style: draw.Dead}}
	}
	return draw.Line{
		{Text: "✓ ", Style: draw.Good},
		{Text: draw.Short(float64(l.Copies)) + " copies = " + draw.Short(float64(l.Done)) + " done + " +
			draw.Short(float64(l.Waiting+l.Delayed+l.Leased)) + " here + " +
			draw.Short(float64(l.DeadLettered+l.Dropped+l.Expired+l.Lost)) + " gone", Style: draw.Dim},
	}
}

// strip is the timeline of a run.
func (f *Frame) strip() draw.Strip {
	t := draw.Strip{
		End: float64(f.spec().Duration) / 1e9, Now: float64(f.At()) / 1e9, Ghost: float64(f.Future) / 1e9,
		StartTag: "0:00", EndTag: draw.ClockShort(nanos(f.spec().Duration)),
	}
	for i := range f.spec().Timeline {
		a := &f.spec().Timeline[i]
		m := draw.Mark{At: float64(a.At) / 1e9, Rune: '◇', Label: actionText(f.spec(), a), Style: draw.Fault}
		if a.At <= f.At() {
			m.Rune = '↯'
		}
		t.Marks = append(t.Marks, m)
		if a.For > 0 {
			t.Marks = append(t.Marks, draw.Mark{At: float64(a.At+a.For) / 1e9, Rune: '◇', Label: "ends", Style: draw.Dim})
		}
	}
	if w := f.spec().Warmup; w > 0 {
		t.Marks = append(t.Marks, draw.Mark{At: float64(w) / 1e9, Rune: '┿', Style: draw.Dim, Label: "statistics from here"})
	}
	return t
}

func (s *Screen) drawStrip(g draw.Grid, f *Frame) {
	f.strip().Draw(g.Sub(draw.Rect{X: stripMargin, W: g.W() - 2*stripMargin, H: g.H()}))
	s.areas = append(s.areas, area{at: draw.Rect{X: stripMargin, Y: s.h - 1 - stripRows, W: g.W() - 2*stripMargin, H: 1}, strip: true})
}

const (
	headerRows = 2
	stripRows  = 2
)

// stripMargin is how many cells are left beside the timeline.
const stripMargin = 3

// actionText is a timeline entry in a few words.
func actionText(sc *spec.Scenario, a *spec.Action) string {
	name := refName(sc, a.A)
	switch a.Kind {
	case spec.CrashAction:
		switch {
		case a.All:
			return name + " crashes"
		case a.Count > 1:
			return draw.Count(int64(a.Count)) + " of " + name + " crash"
		}
		return "one of " + name + " crashes"
	case spec.SlowAction:
		return name + " work ×" + plainNumber(a.Times)
	case spec.FailAction:
		return name + " fails " + draw.Percent(a.Chance)
	case spec.ScaleAction:
		return name + " → ×" + draw.Count(int64(a.Count))
	case spec.StopAction:
		return name + " stops"
	case spec.StartAction:
		return name + " starts"
	case spec.OutageAction:
		return name + " is out"
	case spec.CutAction:
		return name + " cut off"
	case spec.DelayAction:
		return name + " delayed"
	case spec.DropAction:
		return name + " loses messages"
	case spec.DuplicateAction:
		return name + " duplicates"
	case spec.SurgeAction:
		return name + " rate ×" + plainNumber(a.Times)
	case spec.PurgeAction:
		return name + " purged"
	case spec.PauseAction:
		return name + " paused"
	case spec.ResumeAction:
		return name + " resumes"
	case spec.EmitAction:
		return sc.Events[a.Event].Name + " injected"
	}
	return a.Path + "=" + a.Value
}

func refName(sc *spec.Scenario, r spec.Ref) string {
	switch r.Kind {
	case spec.ProducerComponent:
		return sc.Producers[r.Index].Name
	case spec.ChannelComponent:
		return sc.Broker.Channels[r.Index].Name
	case spec.ConsumerComponent:
		return sc.Consumers[r.Index].Name
	}
	return "the broker"
}
