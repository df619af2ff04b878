package draw

import "math"

// Band is the latency of one column of time: half of all took at most P50,
// and so on, in the unit of the chart's scale. Not a number is no data.
type Band struct{ P50, P95, P99 float64 }

// Bands shows how latency is spread and how that moves: p50 █, p95 ▓, p99 ░
// over time, from the newest at the right.
type Bands struct {
	Columns []Band // a value of each is as wide as one cell; the last W are shown
	Ghost   []Band // lines at p50 and p99 of what was there before, as wide as Columns
	Y       Scale
	YTicks  []Tick
	X       Scale // the time of the plot's left and right edge
	XTicks  []Tick
	Marks   []Mark
	Goal    float64 // the objective's line; ≤ 0 for none
	GoalTag string  // its label, such as "SLO 1s"
	Empty   string  // what is said when there is no data
}

// PlotWidth is the number of columns that a chart of w cells has beside the
// labels of its axis.
func (b Bands) PlotWidth(w int) int {
	labels := 0
	for _, t := range b.YTicks {
		labels = max(labels, Width(t.Label))
	}
	if labels = min(labels, w/3); labels == 0 || w < 8 {
		return max(0, w)
	}
	return w - labels - 2
}

// Draw draws the chart over all of g.
func (b Bands) Draw(g Grid) {
	if !b.Y.valid() {
		b.Y = LogScale(0, 0)
	}
	plot := g.chart(b.Y, b.YTicks, b.X, b.XTicks, b.Marks)
	columns := b.Columns
	if len(columns) > plot.W() {
		columns = columns[len(columns)-plot.W():]
	}
	any := false
	for x, c := range columns {
		any = plot.band(x, b.Y, c) || any
	}
	if !any && b.Empty != "" {
		plot.TextIn(0, plot.H()/2, plot.W(), b.Empty, Dim, Centre)
	}
	b.drawGhost(plot)
	b.drawGoal(plot)
}

// drawGhost draws lines at the middle and the tail of another course of things.
func (b Bands) drawGhost(plot Grid) {
	for x, c := range b.Ghost {
		for _, v := range []float64{c.P50, c.P99} {
			if row, ok := b.Y.row(v, plot.H()); ok && x < plot.W() {
				style := Ghost
				if _, under := plot.At(x, row); under.Role() >= P50 && under.Role() <= P99 {
					style = Ghost.On(under)
				}
				plot.Put(x, row, '┄', style)
			}
		}
	}
}

// band draws one column; it tells whether there was anything to draw.
func (g Grid) band(x int, s Scale, c Band) bool {
	if math.IsNaN(c.P50) && math.IsNaN(c.P95) && math.IsNaN(c.P99) {
		return false
	}
	h := g.H()
	p50, p95, p99 := s.height(c.P50, h), s.height(c.P95, h), s.height(c.P99, h)
	p95 = max(p95, p50)
	p99 = max(p99, p95)
	for row := range h {
		from := (h - 1 - row) * 8 // eighths below this row
		switch {
		case p50 >= from+8:
			g.set(x, row, '█', P50)
		case p50 > from && p95 >= from+8:
			g.set(x, row, levels[p50-from], P50.On(P95))
		case p50 > from && p99 >= from+8:
			g.set(x, row, levels[p50-from], P50.On(P99))
		case p50 > from:
			g.set(x, row, levels[p50-from], P50)
		case p95 >= from+4:
			g.set(x, row, '▓', P95)
		case p99 >= from+4 || p99 > from && p95 > from:
			g.set(x, row, '░', P99)
		}
	}
	return true
}

// height is a value in eighths of a row above the foot of h rows; what is on
// the scale at all is at least one eighth.
func (s Scale) height(v float64, h int) int {
	share := s.Share(v)
	if math.IsNaN(share) {
		return 0
	}
	if share > 1 {
		share = 1
	}
	return clamp(int(share*float64(h*8)+0.5), 1, h*8)
}

// drawGoal draws the line of the objective where no band covers it, and its
// label above the line, or below when there is no room.
func (b Bands) drawGoal(plot Grid) {
	row, ok := b.Y.row(b.Goal, plot.H())
	if !(b.Goal > 0) || !ok {
		return
	}
	for x := 0; x < plot.W(); x += 2 {
		if !plot.Drawn(x, row) {
			plot.Put(x, row, '╌', Goal)
		}
	}
	w := Width(b.GoalTag)
	for _, y := range []int{row - 1, row + 1} {
		for x := plot.W() - w - 1; x >= 0 && y >= 0 && y < plot.H(); x-- {
			if plot.blank(x-1, y, w+2) {
				plot.Text(x, y, b.GoalTag, Goal)
				return
			}
		}
	}
}
