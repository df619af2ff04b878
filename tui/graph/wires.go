package graph

import "eddy/tui/draw"

// canvas gathers the cells of all lines before they become glyphs.
type canvas struct {
	w, h  int
	cells []crossing
	used  []bool // boxes, lines and labels: where no label may be written
}

// crossing is what goes through a cell: one line, or two that cross.
type crossing struct {
	line, second int // the nets, or links after them, counted from 1; 0 for none
	arms, arms2  draw.Arms
	kind, kind2  EdgeKind
	arrow        draw.Arms // the direction of the arrow that ends here, 0 for none
}

func (p *plan) newCanvas() *canvas {
	c := &canvas{w: p.w, h: p.h, cells: make([]crossing, p.w*p.h), used: make([]bool, p.w*p.h)}
	for _, it := range p.items {
		if it.box >= 0 {
			c.use(draw.Rect{X: p.colX[it.column], Y: it.y, W: p.colW[it.column], H: it.height})
		}
	}
	return c
}

func (c *canvas) use(r draw.Rect) {
	r = r.Intersect(draw.Rect{W: c.w, H: c.h})
	for y := r.Y; y < r.Bottom(); y++ {
		for x := r.X; x < r.Right(); x++ {
			c.used[y*c.w+x] = true
		}
	}
}

func (c *canvas) free(r draw.Rect) bool {
	if r.X < 0 || r.Y < 0 || r.Right() > c.w || r.Bottom() > c.h {
		return false
	}
	for y := r.Y; y < r.Bottom(); y++ {
		for x := r.X; x < r.Right(); x++ {
			if c.used[y*c.w+x] {
				return false
			}
		}
	}
	return true
}

// add draws a route; lineOf is the line that each of its steps belongs to.
func (c *canvas) add(steps []Step, lineOf func(Step) int, kind EdgeKind) {
	for i, s := range steps {
		arms := s.Dir
		if i > 0 {
			arms |= opposite(steps[i-1].Dir)
		} else {
			arms |= opposite(s.Dir)
		}
		c.addCell(s, lineOf(s), arms, kind)
		if i == len(steps)-1 {
			c.cells[s.Y*c.w+s.X].arrow = s.Dir
		}
	}
}

func (c *canvas) addCell(s Step, line int, arms draw.Arms, kind EdgeKind) {
	cell := &c.cells[s.Y*c.w+s.X]
	c.used[s.Y*c.w+s.X] = true
	switch {
	case cell.line == 0 || cell.line == line:
		cell.line = line
		cell.arms |= arms
		cell.kind = kind
	case cell.second == 0 || cell.second == line:
		cell.second = line
		cell.arms2 |= arms
		cell.kind2 = kind
	default:
		cell.arms |= arms
	}
}

const (
	vertical   = draw.Up | draw.Down
	horizontal = draw.East | draw.West
)

// crosses tells whether one of two lines goes straight across the other.
func (x crossing) crosses() bool {
	return x.arms == vertical && x.arms2 == horizontal || x.arms == horizontal && x.arms2 == vertical
}

// disorder counts the cells where lines cross, and those where lines that
// have nothing to do with one another look like one.
func (c *canvas) disorder() (crossed, merged int) {
	for _, cell := range c.cells {
		switch {
		case cell.second == 0:
		case cell.crosses():
			crossed++
		default:
			merged++
		}
	}
	return crossed, merged
}

// wires are the cells with their glyphs. Where two lines cross, the one that
// goes up and down passes over the other, which shows that they do not meet.
func (c *canvas) wires() []wire {
	var out []wire
	for i, cell := range c.cells {
		if cell.line == 0 {
			continue
		}
		if cell.second != 0 {
			switch {
			case !cell.crosses():
				cell.arms |= cell.arms2
			case cell.arms2 == vertical:
				cell.arms, cell.kind = cell.arms2, cell.kind2
			}
		}
		w := wire{x: i % c.w, y: i / c.w, arms: cell.arms, style: cell.kind.Style()}
		w.glyph = lineGlyph(cell.arms, cell.kind.broken())
		if cell.arrow != 0 {
			w.glyph = arrow(cell.arrow)
		}
		out = append(out, w)
	}
	return out
}

func lineGlyph(arms draw.Arms, broken bool) rune {
	switch {
	case broken && arms == vertical:
		return '╎'
	case broken && arms == horizontal:
		return '╌'
	}
	return draw.LineGlyph(arms, false)
}

func arrow(d draw.Arms) rune {
	switch d {
	case draw.Up:
		return '▲'
	case draw.Down:
		return '▼'
	case draw.West:
		return '◄'
	}
	return '►'
}

// placeLabel finds a place for a label of w cells along a route: above or
// below a level part that the edge has for itself, else beside a vertical one.
func (c *canvas) placeLabel(steps []Step, own func(Step) bool, w int) draw.Rect {
	if w <= 0 {
		return draw.Rect{}
	}
	for from := 0; from < len(steps); {
		to := from + 1
		for to < len(steps) && steps[to].Y == steps[from].Y {
			to++
		}
		if r, ok := c.alongRun(steps[from:to], own, w); ok {
			c.use(draw.Rect{X: r.X - 1, Y: r.Y, W: r.W + 2, H: 1})
			return r
		}
		from = max(to, from+1)
	}
	for i, s := range steps {
		r := draw.Rect{X: s.X + 2, Y: s.Y, W: w, H: 1}
		if own(s) && (s.Dir == draw.Up || s.Dir == draw.Down) && i+1 < len(steps)+1 && c.free(r) {
			c.use(r)
			return r
		}
	}
	return draw.Rect{}
}

// alongRun looks for room beside a run of steps of one row.
func (c *canvas) alongRun(run []Step, own func(Step) bool, w int) (draw.Rect, bool) {
	lo, hi := run[0].X, run[len(run)-1].X
	if lo > hi {
		lo, hi = hi, lo
	}
	if hi-lo+1 < w || !own(run[0]) && !own(run[len(run)-1]) {
		return draw.Rect{}, false
	}
	// One cell away from the border, with blanks on both sides; else closer.
	fromRight := own(run[0]) != (run[0].X <= run[len(run)-1].X)
	for _, margin := range []int{1, 0} {
		for _, dy := range []int{-1, 1} {
			for slip := margin; slip <= hi-lo+1-w; slip++ {
				x := lo + slip
				if fromRight {
					x = hi + 1 - w - slip
				}
				r := draw.Rect{X: x, Y: run[0].Y + dy, W: w, H: 1}
				around := draw.Rect{X: x - margin, Y: r.Y, W: w + 2*margin, H: 1}
				if c.free(around.Intersect(draw.Rect{W: c.w, H: c.h})) && c.free(r) {
					return r, true
				}
			}
		}
	}
	return draw.Rect{}, false
}
