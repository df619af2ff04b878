package draw

import "math"

// Heat is a map of how much there is at each place of two axes: time across
// and latency up, most often.
type Heat struct {
	Cells  [][]float64 // columns of values, each from the lowest row up; all of one length
	Most   float64     // the greatest value; ≤ 0 takes that of Cells
	Y      Scale
	YTicks []Tick
	X      Scale
	XTicks []Tick
	Marks  []Mark
	Empty  string // what is said when all is zero
	// Shades draws ░▒▓█; otherwise colours, with two rows of values in each row
	// of cells. Use Shades where there are no colours.
	Shades bool
}

// shades show a magnitude without colours.
var shades = [5]rune{' ', '░', '▒', '▓', '█'}

// Rows is the number of rows of values that a map of h rows of cells shows,
// the labels below it not counted.
func (m Heat) Rows(h int) int {
	if m.Shades {
		return h
	}
	return 2 * h
}

// Draw draws the map over all of g. The newest columns are shown when there
// are too many, the lowest rows likewise.
func (m Heat) Draw(g Grid) {
	plot := g.chart(m.Y, m.YTicks, m.X, m.XTicks, m.Marks)
	most := m.Most
	if !(most > 0) {
		most = 0
		for _, column := range m.Cells {
			most = max(most, greatest(column))
		}
	}
	if most == 0 {
		plot.TextIn(0, plot.H()/2, plot.W(), m.Empty, Dim, Centre)
		return
	}
	columns := m.Cells
	if len(columns) > plot.W() {
		columns = columns[len(columns)-plot.W():]
	}
	for x, column := range columns {
		m.column(plot, x, column, most)
	}
}

func (m Heat) column(plot Grid, x int, column []float64, most float64) {
	for row := range plot.H() {
		up := plot.H() - 1 - row
		if m.Shades {
			if s := intensity(column, up, most); s > 0 {
				plot.set(x, row, shades[clamp(int(s*4+0.999), 1, 4)], Magnitude(s))
			}
			continue
		}
		low, high := intensity(column, 2*up, most), intensity(column, 2*up+1, most)
		switch {
		case low > 0 && high > 0:
			plot.set(x, row, '▀', Magnitude(high).On(Magnitude(low)))
		case low > 0:
			plot.set(x, row, '▄', Magnitude(low))
		case high > 0:
			plot.set(x, row, '▀', Magnitude(high))
		}
	}
}

// intensity is the square root of a value's share of the most: the eye should
// see the few slow ones beside the many fast ones.
func intensity(column []float64, i int, most float64) float64 {
	if i >= len(column) || !(column[i] > 0) {
		return 0
	}
	return min(1, math.Sqrt(column[i]/most))
}
