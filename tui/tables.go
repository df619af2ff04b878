package tui

import (
	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// drawTables is the form of the overview for 80 columns: what the graph shows,
// in tables.
func (s *Screen) drawTables(g draw.Grid, f *Frame) {
	strip, rest := g.Bounds().CutBottom(2)
	said := min(4, max(2, rest.H-s.tableRows(f)))
	if spare := rest.H - s.tableRows(f) - said; spare >= 7 {
		// Room for what the 24 rows of the smallest form have not: the latency.
		chart, more := rest.CutBottom(min(spare, 14) + said)
		s.componentTables(g.Sub(more), f)
		said, chart := chart.CutBottom(said)
		s.drawLatency(g.Panel(chart, false, title("end-to-end latency"), bandsLegend(f)), f)
		s.drawFindings(g.Sub(said), f)
		s.drawStrip(g.Sub(strip), f)
		return
	}
	findings, tables := rest.CutBottom(said)
	s.componentTables(g.Sub(tables), f)
	s.drawFindings(g.Sub(findings), f)
	s.drawStrip(g.Sub(strip), f)
}

// tableRows is how many rows the tables of all components take.
func (s *Screen) tableRows(f *Frame) int { return len(f.World.Nodes) + 6 }

// componentTables draws a table for each kind of component. Where they do not
// all fit, each gets a share of the rows, and shows the chosen row.
func (s *Screen) componentTables(g draw.Grid, f *Frame) {
	var groups [3][]int
	for i, n := range f.World.Nodes {
		groups[n.Kind] = append(groups[n.Kind], i)
	}
	spare := g.H()
	gap := 0
	if spare >= len(f.World.Nodes)+6 {
		gap = 1
	}
	rows := shareRows(spare-3-2*gap, len(groups[0]), len(groups[1]), len(groups[2]))
	y := 0
	for kind, nodes := range groups {
		if len(nodes) == 0 || rows[kind] <= 0 {
			continue
		}
		part := g.Sub(draw.Rect{Y: y, W: g.W(), H: rows[kind] + 1})
		s.table(graph.NodeKind(kind), nodes, f).Draw(part)
		y += rows[kind] + 1 + gap
	}
}

// shareRows gives each of three lists rows: all they need where that fits,
// else at least one each, and the rest in turn.
func shareRows(rows int, need ...int) []int {
	got := make([]int, len(need))
	for rows > 0 {
		given := false
		for i := range need {
			if rows > 0 && got[i] < need[i] {
				got[i]++
				rows--
				given = true
			}
		}
		if !given {
			break
		}
	}
	return got
}

// table is the table of one kind of component.
func (s *Screen) table(kind graph.NodeKind, nodes []int, f *Frame) draw.Table {
	t := draw.Table{Selected: -1, Gap: 1}
	for row, n := range nodes {
		if n == s.Chosen {
			t.Selected, t.Focused = row, true
		}
	}
	t.Columns = append([]draw.Column{{Title: "", Min: 1, Max: 1}}, tableColumns[kind]...)
	for _, n := range nodes {
		mark := draw.T(" ")
		if f.hot(n) {
			mark = draw.S("▲", draw.Hot)
		}
		if f.holds(n) {
			mark = draw.S(string(followGlyph), draw.Accent)
		}
		t.Rows = append(t.Rows, append([]draw.Field{mark}, s.row(n, f)...))
	}
	t.Offset = max(0, t.Selected-2)
	return t
}

var tableColumns = [3][]draw.Column{
	graph.Source: {
		{Title: "producers", Min: 10, Max: 20},
		{Title: "", Min: 8, Max: 14, Priority: 3},
		{Title: "rate", Align: draw.Right, Min: 6},
		{Title: "", Min: 8, Max: 14, Priority: 2},
		{Title: "to", Min: 8, Grow: true, Priority: 1},
		{Title: "", Align: draw.Right, Min: 8, Priority: 1},
	},
	graph.Channel: {
		{Title: "broker", Min: 10, Max: 20},
		{Title: "", Min: 6, Max: 7, Priority: 3},
		{Title: "waiting", Align: draw.Right, Min: 7},
		{Title: "", Min: 8, Max: 14, Priority: 2},
		{Title: "wait p95", Align: draw.Right, Min: 7, Priority: 1},
		{Title: "trend", Min: 8, Grow: true, Priority: 1},
	},
	graph.Worker: {
		{Title: "consumers", Min: 10, Max: 20},
		{Title: "", Min: 4, Max: 8, Priority: 3},
		{Title: "ρ", Align: draw.Right, Min: 4},
		{Title: "", Min: 8, Max: 14, Priority: 2},
		{Title: "rate", Align: draw.Right, Min: 6},
		{Title: "work p50", Align: draw.Right, Min: 7, Priority: 1},
		{Title: "failed", Min: 6, Grow: true, Priority: 2},
	},
}

// row is a component's row in its table, without the mark before it.
func (s *Screen) row(node int, f *Frame) []draw.Field {
	n := f.World.Nodes[node]
	style := draw.Normal
	if f.hot(node) {
		style = draw.Hot
	}
	name := draw.S(n.Name, style)
	p := f.Points[node]
	switch n.Kind {
	case graph.Source:
		producer := &f.spec().Producers[n.Index]
		to := ""
		if producer.To != spec.None {
			to = "→ " + f.spec().Broker.Channels[producer.To].Name
		} else if producer.Call != spec.None {
			to = "⇄ " + f.spec().Consumers[producer.Call].Name
		}
		state := draw.S("✓", draw.Good)
		if ps := &f.Snap.Producers[n.Index]; ps.HeldBack > 0 {
			state = draw.S("‖ held back", draw.Warn)
		} else if ps.Dropped > 0 {
			state = draw.S("✗ "+draw.Short(float64(ps.Dropped))+" lost", draw.Dead)
		} else if ps.Rejected > 0 {
			state = draw.S("✗ "+draw.Short(float64(ps.Rejected))+" refused", draw.Warn)
		}
		return []draw.Field{
			name, draw.S(arrivals(producer), draw.Dim), draw.T(draw.Rate(f.In(node))),
			spark(f.recentRates(node, 12)), draw.S(to, draw.Dim), state,
		}
	case graph.Channel:
		trend := draw.Field{Line: f.trend(node)}
		if f.World.graveyard(node) {
			trend = draw.S("dead letters", draw.Dim)
			if p.Level > 0 {
				trend = draw.S("✗ dead letters", draw.Dead)
			}
		}
		return []draw.Field{
			name, draw.S(channelType(f.spec().Broker.Channels[n.Index].Type), draw.Dim), draw.T(draw.Count(int64(p.Level))),
			bar(p.Level, f.deepest(node), style), draw.T(seconds(f.Waits[node].P95, true)), trend,
		}
	}
	failed := draw.S("", draw.Dim)
	if r := f.FailRate(node); r > 0 {
		failed = draw.S("✗ "+draw.Rate(r), draw.Retry)
	}
	if f.Snap.Consumers[n.Index].Instances == 0 {
		failed = draw.S("✗ down", draw.Dead)
	}
	rho := f.Utilisation(node)
	return []draw.Field{
		name,
		{Draw: func(g draw.Grid) { drawWorkers(g, 0, 0, g.W(), f, n.Index) }, Need: 8},
		draw.T(ratio(rho)), bar(rho, 1, style), draw.T(draw.Rate(f.Out(node))), draw.T(seconds(f.Works[node].P50, true)), failed,
	}
}

func spark(values []float64) draw.Field {
	return draw.Field{Draw: func(g draw.Grid) { g.Spark(0, 0, g.W(), values, 0, draw.Busy) }, Need: 12}
}

func bar(v, most float64, style draw.Style) draw.Field {
	if style == draw.Normal {
		style = draw.Busy
	}
	return draw.Field{Draw: func(g draw.Grid) {
		g.Bar(0, 0, g.W(), draw.Bar{Value: v, Max: most, Fill: style, Over: draw.Hot, Track: draw.Faint, Glyph: '·'})
	}, Need: 14}
}

// drawOnePanel is the overview for the smallest screens: consumers first, since
// it is there that it hurts, then channels; what has no room is in its own view.
func (s *Screen) drawOnePanel(g draw.Grid, f *Frame) {
	strip, rest := g.Bounds().CutBottom(2)
	findings, top := rest.CutBottom(3)
	var groups [3][]int
	for i, n := range f.World.Nodes {
		groups[n.Kind] = append(groups[n.Kind], i)
	}
	left := top
	for _, kind := range []graph.NodeKind{graph.Worker, graph.Channel, graph.Source} {
		if left.H < 2 {
			break
		}
		var part draw.Rect
		part, left = left.CutTop(min(len(groups[kind])+1, left.H))
		s.table(kind, groups[kind], f).Draw(g.Sub(part))
	}
	s.drawFindings(g.Sub(findings), f)
	s.drawStrip(g.Sub(strip), f)
}
