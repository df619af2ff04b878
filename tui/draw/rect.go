package draw

// Rect is a rectangle of cells: columns X to X+W-1, rows Y to Y+H-1. A width
// or height of zero or less is an empty rectangle.
type Rect struct{ X, Y, W, H int }

// Empty tells whether the rectangle contains no cell.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Right is the first column beyond the rectangle.
func (r Rect) Right() int { return r.X + r.W }

// Bottom is the first row beyond the rectangle.
func (r Rect) Bottom() int { return r.Y + r.H }

// Contains tells whether the cell (x, y) is inside.
func (r Rect) Contains(x, y int) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// Intersect is the part that both rectangles have; it may be empty.
func (r Rect) Intersect(o Rect) Rect {
	x, y := max(r.X, o.X), max(r.Y, o.Y)
	return Rect{X: x, Y: y, W: max(0, min(r.Right(), o.Right())-x), H: max(0, min(r.Bottom(), o.Bottom())-y)}
}

// Overlaps tells whether the rectangles have a cell in common.
func (r Rect) Overlaps(o Rect) bool { return !r.Intersect(o).Empty() }

// Inset is the rectangle without a margin of dx columns on the left and on
// the right and dy rows above and below; never smaller than empty.
func (r Rect) Inset(dx, dy int) Rect {
	return Rect{X: r.X + dx, Y: r.Y + dy, W: max(0, r.W-2*dx), H: max(0, r.H-2*dy)}
}

// CutTop divides the rectangle into its first n rows and the rest; n is
// brought into 0 to H.
func (r Rect) CutTop(n int) (top, rest Rect) {
	n = clamp(n, 0, max(0, r.H))
	return Rect{r.X, r.Y, r.W, n}, Rect{r.X, r.Y + n, r.W, r.H - n}
}

// CutBottom divides the rectangle into its last n rows and the rest.
func (r Rect) CutBottom(n int) (bottom, rest Rect) {
	n = clamp(n, 0, max(0, r.H))
	return Rect{r.X, r.Y + r.H - n, r.W, n}, Rect{r.X, r.Y, r.W, r.H - n}
}

// CutLeft divides the rectangle into its first n columns and the rest.
func (r Rect) CutLeft(n int) (left, rest Rect) {
	n = clamp(n, 0, max(0, r.W))
	return Rect{r.X, r.Y, n, r.H}, Rect{r.X + n, r.Y, r.W - n, r.H}
}

// CutRight divides the rectangle into its last n columns and the rest.
func (r Rect) CutRight(n int) (right, rest Rect) {
	n = clamp(n, 0, max(0, r.W))
	return Rect{r.X + r.W - n, r.Y, n, r.H}, Rect{r.X, r.Y, r.W - n, r.H}
}

func clamp(v, lo, hi int) int { return max(lo, min(v, hi)) }
