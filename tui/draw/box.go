package draw

// Frame is how a box or panel is bordered. Heavy is a meaning: the
// bottleneck, or the panel that has the keys.
type Frame uint8

// The frames.
const (
	Rounded Frame = iota
	Square
	Heavy
	Dashed
)

// edges are the glyphs of a frame: horizontal, vertical, and the corners
// from the upper left in reading order.
var edges = [...][6]rune{
	Rounded: {'─', '│', '╭', '╮', '╰', '╯'},
	Square:  {'─', '│', '┌', '┐', '└', '┘'},
	Heavy:   {'━', '┃', '┏', '┓', '┗', '┛'},
	Dashed:  {'╌', '╎', '╭', '╮', '╰', '╯'},
}

// Box draws the border of r. A rectangle of one row or column becomes a line.
func (g Grid) Box(r Rect, f Frame, s Style) {
	if r.Empty() {
		return
	}
	e := edges[f]
	right, bottom := r.Right()-1, r.Bottom()-1
	if r.H == 1 {
		g.Fill(r, e[0], s)
		return
	}
	if r.W == 1 {
		g.Fill(r, e[1], s)
		return
	}
	for x := r.X + 1; x < right; x++ {
		g.set(x, r.Y, e[0], s)
		g.set(x, bottom, e[0], s)
	}
	for y := r.Y + 1; y < bottom; y++ {
		g.set(r.X, y, e[1], s)
		g.set(right, y, e[1], s)
	}
	g.set(r.X, r.Y, e[2], s)
	g.set(right, r.Y, e[3], s)
	g.set(r.X, bottom, e[4], s)
	g.set(right, bottom, e[5], s)
}

// HLine draws w cells of a frame's horizontal line.
func (g Grid) HLine(x, y, w int, f Frame, s Style) { g.Fill(Rect{x, y, w, 1}, edges[f][0], s) }

// VLine draws h cells of a frame's vertical line.
func (g Grid) VLine(x, y, h int, f Frame, s Style) { g.Fill(Rect{x, y, 1, h}, edges[f][1], s) }

// TitledBox draws a box with a title on the left of its upper border and a
// note on the right of it, and returns what is inside. The title keeps its
// place longer than the note; both are cut when it is narrow.
func (g Grid) TitledBox(r Rect, f Frame, border Style, title, note Line) Grid {
	g.Box(r, f, border)
	margin := 0
	if r.W >= 10 {
		margin = 1
	}
	g.onBorder(r.X+1+margin, r.Y, r.W-2-2*margin, title, note, 1)
	return g.Sub(r.Inset(1, 1))
}

// Panel draws a rule across the top row of r with a title on the left and a
// note on the right, and returns the rows below it. A focused panel has a
// heavy rule.
func (g Grid) Panel(r Rect, focused bool, title, note Line) Grid {
	if r.Empty() {
		return g.Sub(Rect{X: r.X, Y: r.Y})
	}
	f, s := Rounded, Border
	if focused {
		f, s = Heavy, Accent
	}
	g.HLine(r.X, r.Y, r.W, f, s)
	g.onBorder(r.X+1, r.Y, r.W-1, title, note, 1)
	_, inside := r.CutTop(1)
	return g.Sub(inside)
}

// onBorder writes a title and a note, each between blanks, over a rule of w
// cells from (x, y), with at least gap cells of rule between them.
func (g Grid) onBorder(x, y, w int, title, note Line, gap int) {
	tw := title.Width()
	if tw > 0 && w >= 3 {
		tw = min(tw, w-2)
		blank := Normal.On(title[0].Style.Behind())
		g.Put(x, y, ' ', blank)
		end := g.Line(x+1, y, tw, title)
		g.Put(end, y, ' ', blank)
		x, w = x+tw+2, w-tw-2
	}
	nw := note.Width()
	if nw == 0 || nw+2+gap > w {
		return
	}
	at := x + w - nw - 2
	blank := Normal.On(note[0].Style.Behind())
	g.Put(at, y, ' ', blank)
	g.Line(at+1, y, nw, note)
	g.Put(at+nw+1, y, ' ', blank)
}
