package draw

import "math"

// Point is one point of a curve.
type Point struct{ X, Y float64 }

// Curve is a line through points, which are in order of X.
type Curve struct {
	Label  string // written at the end of the line: the line is known without its colour
	Points []Point
	Style  Style
	Dotted bool // every other dot: a prediction, or the second curve without colours
	Steps  bool // level until the next point: a count, an empirical distribution
}

// Curves is a chart of lines in dots finer than cells.
type Curves struct {
	Curves  []Curve
	X, Y    Scale
	XTicks  []Tick
	YTicks  []Tick
	Marks   []Mark
	Empty   string   // what is said when there are no points
	Symbols *Symbols // what the dots are made of; nil is Braille
}

// Draw draws the chart over all of g.
func (c Curves) Draw(g Grid) {
	plot := g.chart(c.Y, c.YTicks, c.X, c.XTicks, c.Marks)
	if !c.X.valid() || !c.Y.valid() || plot.Bounds().Empty() {
		return
	}
	symbols := c.Symbols
	if symbols == nil {
		symbols = &Braille
	}
	dots := newDots(plot.W(), plot.H(), symbols)
	any := false
	for _, curve := range c.Curves {
		any = any || len(curve.Points) > 0
		dots.curve(curve, c.X, c.Y)
	}
	dots.draw(plot)
	if !any && c.Empty != "" {
		plot.TextIn(0, plot.H()/2, plot.W(), c.Empty, Dim, Centre)
	}
	for _, curve := range c.Curves {
		c.label(plot, curve)
	}
}

// label writes a curve's name beside its middle, where there is room.
func (c Curves) label(plot Grid, curve Curve) {
	w := Width(curve.Label)
	if w == 0 || len(curve.Points) == 0 {
		return
	}
	for try := range len(curve.Points) {
		i := len(curve.Points)/2 + (try+1)/2*(1-try%2*2)
		if i < 0 || i >= len(curve.Points) {
			continue
		}
		p := curve.Points[i]
		x := int(c.X.Share(p.X) * float64(plot.W()))
		y, ok := c.Y.row(p.Y, plot.H())
		for _, dx := range []int{2, -w - 2} {
			if ok && x+dx > 0 && x+dx+w < plot.W() && plot.blank(x+dx-1, y, w+2) {
				plot.Text(x+dx, y, curve.Label, curve.Style)
				return
			}
		}
	}
}

// dots is a raster of dots, several to a cell.
type dots struct {
	w, h    int // in cells
	sx, sy  int // dots a cell
	symbols *Symbols
	bits    []uint8
	styles  []Style
}

func newDots(w, h int, s *Symbols) *dots {
	return &dots{w: w, h: h, sx: s.DotsX, sy: s.DotsY, symbols: s, bits: make([]uint8, w*h), styles: make([]Style, w*h)}
}

// curve sets the dots of a curve.
func (d *dots) curve(c Curve, xs, ys Scale) {
	n := 0
	var last [2]float64
	has := false
	for _, p := range c.Points {
		x, y := xs.Share(p.X), ys.Share(p.Y)
		if math.IsNaN(x) || math.IsNaN(y) {
			has = false
			continue
		}
		to := [2]float64{bounded(x) * float64(d.w*d.sx-1), (1 - bounded(y)) * float64(d.h*d.sy-1)}
		switch {
		case !has:
			d.line(to, to, c, &n)
		case c.Steps:
			corner := [2]float64{to[0], last[1]}
			d.line(last, corner, c, &n)
			d.line(corner, to, c, &n)
		default:
			d.line(last, to, c, &n)
		}
		last, has = to, true
	}
}

// bounded brings a share near the plot, so that lines to far outside have a
// length that can be drawn.
func bounded(share float64) float64 { return max(-2, min(3, share)) }

// line sets the dots from a to b, one for each step of the longer side.
func (d *dots) line(a, b [2]float64, c Curve, n *int) {
	steps := int(math.Ceil(max(math.Abs(b[0]-a[0]), math.Abs(b[1]-a[1]))))
	for i := range steps + 1 {
		at := 0.0
		if steps > 0 {
			at = float64(i) / float64(steps)
		}
		if *n++; c.Dotted && *n/2%2 == 0 {
			continue
		}
		d.set(int(math.Floor(a[0]+(b[0]-a[0])*at+0.5)), int(math.Floor(a[1]+(b[1]-a[1])*at+0.5)), c.Style)
	}
}

func (d *dots) set(x, y int, s Style) {
	if x < 0 || y < 0 || x >= d.w*d.sx || y >= d.h*d.sy {
		return
	}
	i := y/d.sy*d.w + x/d.sx
	d.bits[i] |= 1 << (y%d.sy*d.sx + x%d.sx)
	d.styles[i] = s
}

func (d *dots) draw(g Grid) {
	for i, bits := range d.bits {
		if bits != 0 {
			g.set(i%d.w, i/d.w, d.glyph(bits), d.styles[i])
		}
	}
}

// brailleBits is the bit in braille of each dot in reading order.
var brailleBits = [8]rune{0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80}

// quadrants are the blocks by the bits upper left, upper right, lower left,
// lower right; halves those of one column of two dots.
var (
	quadrants = [16]rune{' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'}
	halves    = [4]rune{' ', '▀', '▄', '█'}
)

func (d *dots) glyph(bits uint8) rune {
	switch {
	case d.sx == 2 && d.sy == 4:
		r := rune(0x2800)
		for i, bit := range brailleBits {
			if bits>>i&1 != 0 {
				r |= bit
			}
		}
		return r
	case d.sx == 2:
		return quadrants[bits&15]
	}
	return halves[bits&3]
}
