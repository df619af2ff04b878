package draw

// Column describes one column of a table.
type Column struct {
	Title    string
	Align    Align
	Min      int  // may be cut down to so many cells; 0 for never cut while another can be left out
	Max      int  // never wider; 0 for no limit
	Priority int  // columns of the highest priority number are left out first; 0 is never left out
	Grow     bool // takes what is left
}

// Field is the content of one place of a table: text, or a line of several
// styles, or something drawn.
type Field struct {
	Text  string
	Style Style
	Line  Line         // instead of Text
	Draw  func(g Grid) // instead of both, on a grid of the column's width and one row
	Need  int          // the width that Draw would like
}

// T is a field of normal text, and S one of a style.
func T(text string) Field { return Field{Text: text} }

// S is a field of text of a style.
func S(text string, s Style) Field { return Field{Text: text, Style: s} }

func (f Field) width() int {
	switch {
	case f.Draw != nil:
		return f.Need
	case f.Line != nil:
		return f.Line.Width()
	}
	return Width(f.Text)
}

// Table is rows of fields under titles.
type Table struct {
	Columns  []Column
	Rows     [][]Field // a row may have fewer fields than there are columns
	Selected int       // the chosen row; -1 for none
	Offset   int       // the first row shown; see ScrollTo
	Focused  bool      // whether the chosen row has the keys
	NoTitles bool
	Gap      int    // cells between columns; 0 counts as 2
	Empty    string // what is said when there are no rows
}

// Draw draws the table over g, as many rows as there is room for, and
// returns where the first row is and how many are shown.
func (t Table) Draw(g Grid) (first, shown int) {
	widths := t.Widths(g.W())
	if !t.NoTitles {
		t.titles(g, widths)
		first = 1
	}
	if len(t.Rows) == 0 {
		g.Sub(Rect{1, first, g.W() - 1, 1}).TextIn(0, 0, g.W()-1, t.Empty, Dim, Left)
		return first, 0
	}
	from := clamp(t.Offset, 0, len(t.Rows)-1)
	for i := from; i < len(t.Rows) && first+shown < g.H(); i++ {
		t.row(g, first+shown, i, widths)
		shown++
	}
	return first, shown
}

// ScrollTo is the offset nearest to the present one at which the chosen row is among h
// rows shown.
func (t Table) ScrollTo(h int) int {
	if h <= 0 || t.Selected < 0 {
		return t.Offset
	}
	offset := clamp(t.Offset, t.Selected-h+1, t.Selected)
	return clamp(offset, 0, max(0, len(t.Rows)-h))
}

func (t Table) titles(g Grid, widths []int) {
	x := 1
	for c, w := range widths {
		if w == 0 {
			continue
		}
		g.TextIn(x, 0, w, t.Columns[c].Title, Dim, t.Columns[c].Align)
		x += w + t.gap()
	}
}

func (t Table) row(g Grid, y, i int, widths []int) {
	x := 1
	for c, w := range widths {
		if w == 0 {
			continue
		}
		if c < len(t.Rows[i]) {
			drawField(g.Sub(Rect{x, y, w, 1}), t.Rows[i][c], t.Columns[c].Align)
		}
		x += w + t.gap()
	}
	if i == t.Selected {
		g.Restyle(Rect{0, y, g.W(), 1}, func(s Style) Style { return s.On(Selection) })
		if t.Focused {
			g.Put(0, y, '▌', Accent.On(Selection))
		}
	}
}

func drawField(g Grid, f Field, align Align) {
	switch {
	case f.Draw != nil:
		f.Draw(g)
	case f.Line != nil:
		x := 0
		if free := g.W() - f.Line.Width(); align == Right && free > 0 {
			x = free
		}
		g.Line(x, 0, g.W()-x, f.Line)
	default:
		g.TextIn(0, 0, g.W(), f.Text, f.Style, align)
	}
}

func (t Table) gap() int {
	if t.Gap <= 0 {
		return 2
	}
	return t.Gap
}

// Widths are the widths of the columns in a table of w cells; 0 for one that
// is left out. Columns are left out by priority until the rest fit at their
// least width; then each is given what its content needs, in order of
// priority, and what is left goes to those that grow.
func (t Table) Widths(w int) []int {
	need := t.needs()
	in := make([]bool, len(t.Columns))
	for i := range in {
		in[i] = true
	}
	for t.least(in, need) > w {
		worst := -1
		for i, c := range t.Columns {
			if in[i] && c.Priority > 0 && (worst < 0 || c.Priority >= t.Columns[worst].Priority) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		in[worst] = false
	}
	return t.share(w, in, need)
}

// needs are the widths the contents would like.
func (t Table) needs() []int {
	need := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		if !t.NoTitles {
			need[i] = Width(c.Title)
		}
		for _, row := range t.Rows {
			if i < len(row) {
				need[i] = max(need[i], row[i].width())
			}
		}
		if c.Max > 0 {
			need[i] = min(need[i], c.Max)
		}
		need[i] = max(need[i], 1)
	}
	return need
}

// min is the least width of a column that would like need cells.
func (c Column) min(need int) int {
	if c.Min <= 0 || c.Min > need {
		return need
	}
	return c.Min
}

// least is the width of the table with every column at its least.
func (t Table) least(in []bool, need []int) int {
	total, n := 1, 0
	for i, c := range t.Columns {
		if in[i] {
			total, n = total+c.min(need[i]), n+1
		}
	}
	return total + max(0, n-1)*t.gap()
}

func (t Table) share(w int, in []bool, need []int) []int {
	widths := make([]int, len(t.Columns))
	left := w - t.least(in, need)
	for i, c := range t.Columns {
		if in[i] {
			widths[i] = c.min(need[i])
		}
	}
	for i := len(widths) - 1; i >= 0 && left < 0; i-- {
		less := min(-left, widths[i])
		if widths[i] > 0 && i > 0 && less == widths[i] {
			less = widths[i] - 1
		}
		widths[i], left = widths[i]-less, left+less
	}
	for priority := 0; left > 0 && priority <= t.greatestPriority(); priority++ {
		for i, c := range t.Columns {
			if in[i] && c.Priority == priority {
				more := min(left, need[i]-widths[i])
				widths[i], left = widths[i]+more, left-more
			}
		}
	}
	for i, c := range t.Columns {
		if in[i] && c.Grow && left > 0 {
			more := left
			if c.Max > 0 {
				more = min(left, c.Max-widths[i])
			}
			widths[i], left = widths[i]+more, left-more
		}
	}
	return widths
}

func (t Table) greatestPriority() int {
	p := 0
	for _, c := range t.Columns {
		p = max(p, c.Priority)
	}
	return p
}
