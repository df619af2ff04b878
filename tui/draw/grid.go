package draw

import "strings"

// A Cell is one place of a grid. R is its character; 0 is a place nothing was
// drawn on, which shows as a blank and lets a grid below show through when merged.
// Negative values are the grid's own: the second half of a wide character,
// and characters with combining marks.
type Cell struct {
	R rune
	S Style
}

const (
	wideTail rune = -1 // the second cell of a wide character
	firstMix rune = -2 // -2, -3, …: the sheet's mixed characters by index
)

// sheet is the memory that a grid and its parts draw on.
type sheet struct {
	cells  []Cell
	w, h   int
	mixed  []string       // characters with combining marks
	mixIDs map[string]int // their places in mixed
}

// Grid is a rectangle of cells to draw on, or a part of another grid that
// draws on the same cells. Its own coordinates begin at (0, 0), and whatever
// goes beyond its edges is cut off. The zero value is an empty grid.
type Grid struct {
	sheet *sheet
	area  Rect // in the sheet; its corner is this grid's (0, 0)
	clip  Rect // in the sheet; nothing is drawn outside
}

// New is a grid of w columns and h rows; less than zero counts as zero.
func New(w, h int) Grid {
	w, h = max(0, w), max(0, h)
	all := Rect{W: w, H: h}
	return Grid{sheet: &sheet{cells: make([]Cell, w*h), w: w, h: h}, area: all, clip: all}
}

// W is the number of columns.
func (g Grid) W() int { return g.area.W }

// H is the number of rows.
func (g Grid) H() int { return g.area.H }

// Bounds is the whole grid in its own coordinates.
func (g Grid) Bounds() Rect { return Rect{W: g.area.W, H: g.area.H} }

// Sub is the part r of the grid: its (0, 0) is r's corner, and drawing is cut
// off at r's edges and at this grid's. It draws on the same cells.
func (g Grid) Sub(r Rect) Grid {
	r.X, r.Y = r.X+g.area.X, r.Y+g.area.Y
	r.W, r.H = max(0, r.W), max(0, r.H)
	return Grid{sheet: g.sheet, area: r, clip: r.Intersect(g.clip)}
}

// Clear makes every cell of the grid one that nothing was drawn on.
func (g Grid) Clear() {
	if g.clip.Empty() {
		return
	}
	for y := g.clip.Y; y < g.clip.Bottom(); y++ {
		row := g.sheet.cells[y*g.sheet.w+g.clip.X:][:g.clip.W]
		mendEdges(g, y)
		clear(row)
	}
	if g.clip.W == g.sheet.w && g.clip.H == g.sheet.h {
		g.sheet.mixed, g.sheet.mixIDs = nil, nil
	}
}

// mendEdges blanks wide characters that stick half into row y of the clip.
func mendEdges(g Grid, y int) {
	g.sheet.mend(g.clip.X, y)
	g.sheet.mend(g.clip.Right()-1, y)
}

// At is the character and style of a cell; a space with style Normal outside
// the grid and where nothing was drawn. The second half of a wide character
// is a space. Of a character with combining marks it is the character.
func (g Grid) At(x, y int) (rune, Style) {
	i, ok := g.index(x, y)
	if !ok {
		return ' ', Normal
	}
	c := g.sheet.cells[i]
	switch {
	case c.R > 0:
		return c.R, c.S
	case c.R <= firstMix:
		for _, r := range g.sheet.mixed[firstMix-c.R] {
			return r, c.S
		}
	}
	return ' ', c.S
}

// Drawn tells whether something was drawn at (x, y) since the last Clear.
func (g Grid) Drawn(x, y int) bool {
	i, ok := g.index(x, y)
	return ok && g.sheet.cells[i].R != 0
}

func (g Grid) index(x, y int) (int, bool) {
	x, y = x+g.area.X, y+g.area.Y
	if !g.clip.Contains(x, y) {
		return 0, false
	}
	return y*g.sheet.w + x, true
}

// Put draws one character. A wide one that does not fit before the edge
// becomes a space; a character without width is not drawn.
func (g Grid) Put(x, y int, r rune, s Style) {
	switch RuneWidth(r) {
	case 1:
		g.set(x, y, shown(r), s)
	case 2:
		g.setWide(x, y, r, s)
	}
}

// set stores a character known to be one cell wide.
func (g Grid) set(x, y int, r rune, s Style) {
	i, ok := g.index(x, y)
	if !ok {
		return
	}
	c := &g.sheet.cells[i]
	if c.R < 0 || i+1 < len(g.sheet.cells) && g.sheet.cells[i+1].R == wideTail {
		g.sheet.mend(x+g.area.X, y+g.area.Y)
	}
	c.R, c.S = r, s
}

func (g Grid) setWide(x, y int, r rune, s Style) {
	g.set(x, y, ' ', s)
	if _, ok := g.index(x+1, y); !ok {
		return
	}
	g.set(x+1, y, ' ', s)
	if i, ok := g.index(x, y); ok {
		g.sheet.cells[i].R = r
		g.sheet.cells[i+1].R = wideTail
	}
}

// mend blanks both halves of a wide character that covers (x, y), so that
// one half can be drawn over.
func (sh *sheet) mend(x, y int) {
	i := y*sh.w + x
	if sh.cells[i].R == wideTail {
		sh.cells[i].R = ' '
		if x > 0 {
			sh.cells[i-1].R = ' '
		}
		return
	}
	if x+1 < sh.w && sh.cells[i+1].R == wideTail {
		sh.cells[i].R, sh.cells[i+1].R = ' ', ' '
	}
}

// combine adds a mark to the character that ends before column x.
func (g Grid) combine(x, y int, mark rune) {
	i, ok := g.index(x-1, y)
	if !ok {
		return
	}
	if g.sheet.cells[i].R == wideTail {
		i--
	}
	base := g.sheet.cells[i].R
	text := ""
	switch {
	case base > 0:
		text = string(base)
	case base <= firstMix:
		text = g.sheet.mixed[firstMix-base]
	default:
		return
	}
	if len(text) > 32 {
		return // a tower of marks tells nobody anything
	}
	g.sheet.cells[i].R = firstMix - rune(g.sheet.mix(text+string(mark)))
}

func (sh *sheet) mix(text string) int {
	if id, ok := sh.mixIDs[text]; ok {
		return id
	}
	if sh.mixIDs == nil {
		sh.mixIDs = map[string]int{}
	}
	id := len(sh.mixed)
	sh.mixed = append(sh.mixed, text)
	sh.mixIDs[text] = id
	return id
}

// Text draws text from (x, y) to the right and returns the column after it.
// What does not fit is cut off at the edge; see TextIn for an ellipsis.
func (g Grid) Text(x, y int, text string, s Style) int {
	drewAny := false
	for _, r := range text {
		if r >= 0x20 && r < 0x7f {
			g.set(x, y, r, s)
			x, drewAny = x+1, true
			continue
		}
		if combines(r) {
			if drewAny {
				g.combine(x, y, r)
			}
			continue
		}
		w := RuneWidth(r)
		switch w {
		case 1:
			g.set(x, y, shown(r), s)
		case 2:
			g.setWide(x, y, r, s)
		}
		x, drewAny = x+w, drewAny || w > 0
	}
	return x
}

// TextRight draws text so that it ends before column x, and returns the
// column it begins at.
func (g Grid) TextRight(x, y int, text string, s Style) int {
	x -= Width(text)
	g.Text(x, y, text, s)
	return x
}

// Place is where the grid is on the whole sheet: what a click there hits.
func (g Grid) Place() Rect { return g.area }

// TextIn draws text in w columns from x, cut with an ellipsis where it must
// be, and aligned. It draws no blanks beside the text.
func (g Grid) TextIn(x, y, w int, text string, s Style, align Align) {
	text = Cut(text, w)
	free := w - Width(text)
	switch align {
	case Right:
		x += free
	case Centre:
		x += free / 2
	}
	g.Text(x, y, text, s)
}

// Span is text of one style.
type Span struct {
	Text  string
	Style Style
}

// Line is a row of text of several styles.
type Line []Span

// Width is the number of cells the line occupies.
func (l Line) Width() int {
	w := 0
	for _, s := range l {
		w += Width(s.Text)
	}
	return w
}

// Line draws a line from (x, y), within w columns, the last one that shows
// an ellipsis when it does not fit, and returns the column after it.
func (g Grid) Line(x, y, w int, line Line) int {
	end := x + w
	for i, s := range line {
		left := end - x
		if left <= 0 {
			return x
		}
		if i+1 < len(line) && Width(s.Text) >= left && line[i+1:].Width() > 0 {
			return g.Text(x, y, Cut(s.Text+"…", left), s.Style)
		}
		x = g.Text(x, y, Cut(s.Text, left), s.Style)
	}
	return x
}

// Fill draws r into every cell of the rectangle.
func (g Grid) Fill(area Rect, r rune, s Style) {
	for y := area.Y; y < area.Bottom(); y++ {
		for x := area.X; x < area.Right(); x++ {
			g.set(x, y, r, s)
		}
	}
}

// Restyle changes the style of every cell of the rectangle, drawn on or not:
// a selected row, a panel that is out of focus.
func (g Grid) Restyle(area Rect, change func(Style) Style) {
	for y := area.Y; y < area.Bottom(); y++ {
		for x := area.X; x < area.Right(); x++ {
			if i, ok := g.index(x, y); ok {
				c := &g.sheet.cells[i]
				c.S = change(c.S)
				if c.R == 0 {
					c.R = ' '
				}
			}
		}
	}
}

// Merge draws another grid with its corner at (x, y). Cells of it that
// nothing was drawn on leave what is below them.
func (g Grid) Merge(x, y int, src Grid) {
	for sy := range src.H() {
		for sx := range src.W() {
			i, ok := src.index(sx, sy)
			if !ok {
				continue
			}
			c := src.sheet.cells[i]
			switch {
			case c.R == 0 || c.R == wideTail:
			case c.R <= firstMix:
				g.Text(x+sx, y+sy, src.sheet.mixed[firstMix-c.R], c.S)
			default:
				g.Put(x+sx, y+sy, c.R, c.S)
			}
		}
	}
}

// Lines is the grid as plain text, a string a row, without blanks at the end.
func (g Grid) Lines() []string {
	lines := make([]string, g.H())
	var b strings.Builder
	for y := range lines {
		b.Reset()
		for x := range g.W() {
			i, ok := g.index(x, y)
			if !ok {
				b.WriteByte(' ')
				continue
			}
			switch c := g.sheet.cells[i]; {
			case c.R > 0:
				b.WriteRune(c.R)
			case c.R == 0:
				b.WriteByte(' ')
			case c.R <= firstMix:
				b.WriteString(g.sheet.mixed[firstMix-c.R])
			}
		}
		lines[y] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// String is Lines joined by line breaks.
func (g Grid) String() string { return strings.Join(g.Lines(), "\n") }
