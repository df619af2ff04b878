package draw

import "math"

// Scale maps values to a share of an axis, 0 at Lo and 1 at Hi.
type Scale struct {
	Lo, Hi float64 // Lo < Hi; Lo > 0 when logarithmic
	Log    bool
}

// Share is where v lies between Lo (0) and Hi (1); it is not brought inside.
// Not a number stays so. On a logarithmic axis what is not above zero lies at
// negative infinity.
func (s Scale) Share(v float64) float64 {
	if !s.Log {
		return (v - s.Lo) / (s.Hi - s.Lo)
	}
	if v <= 0 {
		return math.Inf(-1)
	}
	return math.Log(v/s.Lo) / math.Log(s.Hi/s.Lo)
}

// At is the value at a share of the axis.
func (s Scale) At(share float64) float64 {
	if !s.Log {
		return s.Lo + share*(s.Hi-s.Lo)
	}
	return s.Lo * math.Exp(share*math.Log(s.Hi/s.Lo))
}

// valid tells whether the scale can be drawn with.
func (s Scale) valid() bool {
	return s.Hi > s.Lo && !math.IsInf(s.Hi-s.Lo, 0) && (!s.Log || s.Lo > 0)
}

// LogScale is a logarithmic scale over whole decades that contains lo to hi.
// When there is nothing to contain it is 1 to 10.
func LogScale(lo, hi float64) Scale {
	if !(lo > 0) || math.IsInf(hi, 0) {
		lo = hi
	}
	if !(lo > 0) || math.IsInf(lo, 0) || !(hi >= lo) {
		return Scale{Lo: 1, Hi: 10, Log: true}
	}
	s := Scale{Lo: math.Pow(10, math.Floor(math.Log10(lo))), Hi: math.Pow(10, math.Ceil(math.Log10(hi))), Log: true}
	if s.Hi <= s.Lo {
		s.Hi = s.Lo * 10
	}
	return s
}

// LinearScale is a scale from 0 to a round number not below hi.
func LinearScale(hi float64) Scale {
	if !(hi > 0) || math.IsInf(hi, 0) {
		return Scale{Hi: 1}
	}
	unit := math.Pow(10, math.Floor(math.Log10(hi)))
	for _, k := range []float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10} {
		if k*unit >= hi*(1-1e-9) {
			return Scale{Hi: k * unit}
		}
	}
	return Scale{Hi: 10 * unit}
}

// Tick is a labelled place on an axis.
type Tick struct {
	At    float64
	Label string
}

// Decades are the ticks at the powers of ten of a logarithmic scale.
func (s Scale) Decades(label func(float64) string) []Tick {
	var ticks []Tick
	if !s.Log || !s.valid() {
		return nil
	}
	for e := math.Ceil(math.Log10(s.Lo) - 1e-9); e <= math.Log10(s.Hi)+1e-9 && len(ticks) < 40; e++ {
		v := math.Pow(10, e)
		ticks = append(ticks, Tick{v, label(v)})
	}
	return ticks
}

// Even are n+1 ticks at equal distances, both ends included.
func (s Scale) Even(n int, label func(float64) string) []Tick {
	ticks := make([]Tick, 0, n+1)
	for i := range n + 1 {
		v := s.At(float64(i) / float64(max(1, n)))
		ticks = append(ticks, Tick{v, label(v)})
	}
	return ticks
}

// row is the row, 0 at the top, of h rows in which v lies; false when outside.
func (s Scale) row(v float64, h int) (int, bool) {
	share := s.Share(v)
	if !(share >= 0 && share <= 1) || h <= 0 {
		return 0, false
	}
	return clamp(h-1-int(share*float64(h)), 0, h-1), true
}

// Mark is a glyph and a label at a moment of a time axis: a fault, a change.
type Mark struct {
	At    float64
	Rune  rune
	Label string
	Style Style
}

// chart draws the axes of a chart of g and returns the plot between them:
// tick labels and ┤ on the left, a row of labels below.
func (g Grid) chart(y Scale, yTicks []Tick, x Scale, xTicks []Tick, marks []Mark) Grid {
	labels := 0
	for _, t := range yTicks {
		labels = max(labels, Width(t.Label))
	}
	below := 0
	if len(xTicks)+len(marks) > 0 && g.H() > 1 {
		below = 1
	}
	labels = min(labels, max(0, g.W()/3))
	left := labels + 2
	if labels == 0 || g.W() < 8 {
		left, labels = 0, 0
	}
	plot := g.Sub(Rect{left, 0, g.W() - left, g.H() - below})
	if left > 0 {
		g.verticalAxis(plot.H(), labels, y, yTicks)
	}
	if below > 0 {
		g.Sub(Rect{left, g.H() - 1, g.W() - left, 1}).horizontalAxis(x, xTicks, marks)
	}
	return plot
}

func (g Grid) verticalAxis(h, labels int, s Scale, ticks []Tick) {
	for row := range h {
		g.Put(labels+1, row, '┤', Faint)
	}
	taken := make(map[int]bool, len(ticks))
	for _, t := range ticks {
		row, ok := s.row(t.At, h)
		if ok && !taken[row] {
			taken[row] = true
			g.TextIn(0, row, labels, t.Label, Dim, Right)
		}
	}
}

// horizontalAxis writes marks first, then as many labels as have room.
func (g Grid) horizontalAxis(s Scale, ticks []Tick, marks []Mark) {
	w := g.W()
	for _, m := range marks {
		if share := s.Share(m.At); share >= 0 && share <= 1 {
			g.Put(clamp(int(share*float64(w)), 0, w-1), 0, m.Rune, m.Style)
		}
	}
	for _, t := range ticks {
		share := s.Share(t.At)
		if !(share >= 0 && share <= 1) {
			continue
		}
		tw := Width(t.Label)
		x := clamp(int(share*float64(w))-tw/2, 0, max(0, w-tw))
		if share == 0 {
			x = 0
		}
		if g.blank(x-1, 0, tw+2) {
			g.Text(x, 0, t.Label, Dim)
		}
	}
}

// blank tells whether nothing was drawn in w cells from (x, y).
func (g Grid) blank(x, y, w int) bool {
	for i := range w {
		if g.Drawn(x+i, y) {
			return false
		}
	}
	return true
}
