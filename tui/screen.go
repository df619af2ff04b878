package tui

import (
	"time"

	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// View is one of the screens.
type View uint8

// The views, in the order of their numbers.
const (
	Overview View = iota
	Component
	Inspector
	Ledger
	views = int(Ledger) + 1
)

var viewNames = [views]string{"overview", "component", "inspector", "ledger"}

// Screen is what a user has chosen to see. With a Frame and a size it decides
// every cell.
type Screen struct {
	Name    string // of the scenario, as it was asked for
	About   string // what it is about and what to look at; "": what the scenario says itself
	View    View
	Chosen  int    // node, -1 for none
	Finding string // the chosen finding, as findingID has it; "" for none
	Zoom    int    // which panel is shown alone, 0 for none
	Motion  Motion
	Theme   *draw.Theme
	Symbols *draw.Symbols
	Flat    bool     // there are no colours: shades are told apart by glyphs
	Row     int      // the chosen row of a list
	Offset  int      // of the list
	Only    string   // filter of the inspector
	Deep    bool     // in the inspector: the keys choose a part of the event's life
	Lane    int      // that part
	PathOff bool     // the critical path is not marked
	Moment  *instant // the system at the time of that part, once it is known
	Family  int64    // number of the chosen family's root; 0: by Row
	Said    string   // the answer to the last key, until the next
	Bad     bool     // that answer is a refusal

	// YAML writes a scenario for the component's view; nil leaves that out.
	YAML YAMLOf

	yamlOf *spec.Scenario // what yaml is of
	yaml   string
	dialog dialog
	layout *layouts
	usual  *usual     // what the inspector last compared an event with
	beside [2]layouts // of the two runs of the compare view
	h      int
	areas  []area // what can be clicked on in the last drawing
	hot    []hot  // likewise, in the compare view
}

// dialog is what lies over a view and has the keys.
type dialog interface {
	view(k skin, w, h int) string // on a screen of w × h cells
}

// layouts remembers the layout of a world for a size: it takes longer than a
// frame may.
type layouts struct {
	world *World
	w, h  int
	l     *graph.Layout
	ok    bool
	laid  int // how often it was worked out
}

func (c *layouts) of(w *World, width, height int) (*graph.Layout, bool) {
	if c.world == nil || c.w != width || c.h != height || !sameShape(c.world, w) {
		c.world, c.w, c.h = w, width, height
		c.laid++
		c.l, c.ok = graph.Lay(flowGraph(w), width, height)
	}
	return c.l, c.ok
}

// sameShape says whether two worlds have the same components and edges.
func sameShape(a, b *World) bool {
	if a == b {
		return true
	}
	if len(a.Nodes) != len(b.Nodes) || len(a.Edges) != len(b.Edges) {
		return false
	}
	for i := range a.Nodes {
		if a.Nodes[i] != b.Nodes[i] {
			return false
		}
	}
	for i := range a.Edges {
		if a.Edges[i] != b.Edges[i] {
			return false
		}
	}
	return true
}

// NewScreen is a screen as it is at first.
func NewScreen(name string) *Screen {
	return &Screen{Name: name, Chosen: -1, Theme: &draw.Dark, Symbols: &draw.Braille, layout: &layouts{}}
}

// Sizes from which the forms of a view are shown.
const (
	fullW, fullH   = 110, 30
	tableW, tableH = 80, 24
	smallW, smallH = 60, 16
)

// Draw draws a frame on a screen of w × h cells.
func (s *Screen) Draw(f *Frame, w, h int) draw.Grid {
	g := draw.New(w, h)
	if w < smallW || h < smallH {
		tooSmall(g)
		return g
	}
	s.areas, s.h = s.areas[:0], h
	top, rest := g.Bounds().CutTop(2)
	foot, middle := rest.CutBottom(1)
	s.drawHeader(g.Sub(top), f)
	area := g.Sub(middle)
	switch s.View {
	case Component:
		s.drawComponent(area, f)
	case Inspector:
		s.drawInspector(area, f)
	case Ledger:
		s.drawLedger(area, f)
	default:
		s.drawOverview(area, f)
	}
	s.drawFoot(g.Sub(foot), f)
	return g
}

func tooSmall(g draw.Grid) {
	text := "eddy needs 60 × 16 cells; q quits"
	for i, line := range draw.Wrap(text, max(1, g.W())) {
		if i < g.H() {
			g.TextIn(0, i, g.W(), line, draw.Normal, draw.Left)
		}
	}
}

func nanos(n int64) time.Duration { return time.Duration(n) }

// headerText is how a pace is written.
func paceText(pace float64) string {
	if pace <= 0 {
		return "max"
	}
	return "×" + plainNumber(pace)
}

// drawHeader draws what is run and how far it has come, and the key figures.
func (s *Screen) drawHeader(g draw.Grid, f *Frame) {
	all := append(viewNames[:len(viewNames):len(viewNames)], "compare")
	names := make([]string, len(all))
	for i, n := range all {
		names[i] = string(rune('1'+i)) + " " + n
	}
	tabs := 2
	for _, n := range names {
		tabs += draw.Width(n) + 2
	}
	left := g.W() - tabs - 1
	if left < 50 {
		for i := range names {
			names[i] = string(rune('1' + i))
		}
		names[s.View] = string(rune('1'+int(s.View))) + " " + viewNames[s.View]
		tabs = 2
		for _, n := range names {
			tabs += draw.Width(n) + 2
		}
		left = g.W() - tabs - 1
	}
	for i, r := range g.Tabs(g.W(), 0, tabs, names, int(s.View)) {
		s.areas = append(s.areas, area{at: r, view: View(i), compare: i == views})
	}
	state, style := "▶ "+paceText(f.Pace), draw.Good
	switch {
	case f.Redoing > 0:
		state, style = "↻ "+draw.Percent(f.Redoing), draw.Warn
	case f.Over():
		state, style = "■ "+string(f.Snap.Ended), draw.Strong
		if f.Snap.Ended == "duration" {
			state = "■ done"
		}
	case f.Paused:
		state, style = "‖ paused "+paceText(f.Pace), draw.Warn
		if left < 50 {
			state = "‖ " + paceText(f.Pace)
		}
	}
	state = "  " + state
	clock := draw.Line{
		{Text: "  t ", Style: draw.Dim},
		{Text: draw.Clock(nanos(f.At())), Style: draw.Strong},
		{Text: " / " + draw.ClockShort(nanos(f.spec().Duration)), Style: draw.Dim},
	}
	eddy := " eddy "
	if left < 50 {
		eddy, clock = " ", draw.Line{{Text: "  " + draw.ClockShort(nanos(f.At())), Style: draw.Strong}, clock[2]}
	}
	called := s.Name
	if v := f.spec().Variant; v != "" {
		called += " · " + v
	}
	name := draw.Cut(called, max(6, left-draw.Width(eddy)-draw.Width(state)-clock.Width()))
	line := draw.Line{{Text: eddy, Style: draw.Accent}, {Text: name, Style: draw.Title}, {Text: state, Style: style}}
	line = append(line, clock...)
	optional := []draw.Line{
		{{Text: "  seed ", Style: draw.Dim}, {Text: draw.Count(f.spec().Seed), Style: draw.Normal}},
	}
	if f.Added > 0 {
		optional = append(optional, draw.Line{{Text: "  " + draw.Count(int64(f.Added)) + " live ↯", Style: draw.Fault}})
	}
	for _, more := range optional {
		if line.Width()+more.Width() <= left {
			line = append(line, more...)
		}
	}
	g.Line(0, 0, left, line)
	g.Line(0, 1, g.W(), s.figures(f, g.W()))
}

// figures is the line of key figures.
func (s *Screen) figures(f *Frame, w int) draw.Line {
	in, out := 0.0, 0.0
	for i, n := range f.World.Nodes {
		if n.Kind == graph.Source {
			in += known(f.In(i))
		}
	}
	l := &f.Snap.Ledger
	e2e, n := f.EndToEnd()
	out = f.completions()
	line := draw.Line{
		{Text: " in ", Style: draw.Dim},
		{Text: draw.Rate(in), Style: draw.Strong},
		{Text: "  completed ", Style: draw.Dim},
		{Text: draw.Rate(out), Style: draw.Strong},
	}
	add := func(label, value string, style draw.Style) {
		more := draw.Line{{Text: "  " + label + " ", Style: draw.Dim}, {Text: value, Style: style}}
		if line.Width()+more.Width() <= w {
			line = append(line, more...)
		}
	}
	style := draw.Strong
	if n == 0 {
		style = draw.Dim
	}
	span := "end to end p50"
	if w < fullW {
		span = "e2e p50"
	}
	add(span, seconds(e2e.P50, true), style)
	add("p95", seconds(e2e.P95, true), style)
	add("p99", seconds(e2e.P99, true), style)
	goal, met := f.goal(e2e)
	if goal != "" && !met {
		add("goal", goal+" ✗", draw.Dead)
	}
	calls, here := f.World.calls, l.Waiting+l.Delayed+l.Leased
	if !calls || here > 0 {
		add("in the system", draw.Short(float64(here)), draw.Strong)
	}
	if calls {
		add("open calls", draw.Short(float64(f.Snap.Calls)), draw.Strong)
	}
	bad := func(n int64, s draw.Style) draw.Style {
		if n == 0 {
			return draw.Good
		}
		return s
	}
	lost := l.Lost + l.Dropped + l.Expired + l.Unsent
	add("lost", draw.Short(float64(lost)), bad(lost, draw.Dead))
	if l.Rejected > 0 {
		add("refused", draw.Short(float64(l.Rejected)), draw.Warn)
	}
	add("dead", draw.Short(float64(l.DeadLettered)), bad(l.DeadLettered, draw.Dead))
	if twice := f.doneTwice(); twice > 0 {
		add("done twice", draw.Short(float64(twice)), draw.Warn)
	}
	if goal != "" && met {
		add("goal", goal+" ✓", draw.Good)
	}
	if f.Speed > 0 && !f.Paused && !f.Over() {
		add("engine", draw.Short(f.Speed)+" ev/s", draw.Normal)
	}
	return line
}

// goal is what the scenario expects of how long completions take, and whether
// those of late meet it; "" where nothing is expected, or nothing can be said.
// With several kinds of families they are not told apart here.
func (f *Frame) goal(e2e draw.Band) (text string, met bool) {
	if f.Result == nil || len(f.Result.Flows) != 1 {
		return "", false
	}
	for _, e := range f.spec().Expect {
		n := len(e.Path)
		if n < 3 || e.Path[0] != "flows" || e.Path[n-2] != "completion" || e.Op != spec.Less && e.Op != spec.LessEqual {
			continue
		}
		now, ok := map[string]float64{"p50": e2e.P50, "p95": e2e.P95, "p99": e2e.P99}[e.Path[n-1]]
		if !ok || now != now {
			continue
		}
		return e.Path[n-1] + " < " + draw.Tidy(nanos(int64(e.Value*1e9))), now <= e.Value
	}
	return "", false
}

// doneTwice is how many effects were done again, at all consumers.
func (f *Frame) doneTwice() int64 {
	n := int64(0)
	for i := range f.Snap.Consumers {
		n += f.Snap.Consumers[i].Duplicates
	}
	return n
}

func known(v float64) float64 {
	if v != v {
		return 0
	}
	return v
}

// completions is how many families a second ended of late.
func (f *Frame) completions() float64 {
	if f.Result == nil {
		return 0
	}
	_, span := f.window()
	if span <= 0 {
		return 0
	}
	from := f.At() - int64(span*1e9)
	if len(f.Recent) == recentKept && f.Recent[0].At > from {
		// More ended in that time than are kept: the rate is that of those.
		from = f.Recent[0].At
		span = max(float64(f.At()-from)/1e9, 1e-9)
	}
	n := int64(0)
	for i := len(f.Recent) - 1; i >= 0 && f.Recent[i].At > from; i-- {
		n += f.Recent[i].Stands
	}
	return float64(n) / span
}
