package report

import (
	"slices"
	"strings"
)

// gap is the cells between two columns, and those of the mark before the first.
const gap = 2

// nameWidth is how far names may be cut before numbers have to go.
const nameWidth = 16

// layout makes lines of a table that is to be w cells wide at most. If there
// is no room for all of it, columns that spill make a table of their own, the
// least needed ones are left out, and what is still too wide goes on below.
func (t table) layout(w int) []line {
	var lines []line
	for _, part := range t.parts(w) {
		if lines != nil {
			lines = append(lines, nil)
		}
		lines = append(lines, part.draw(part.share(w))...)
	}
	for i, note := range t.notes {
		lines = append(lines, hanging(noMark, superscript(i+1)+" "+note, faint, w)...)
	}
	return lines
}

func (t table) parts(w int) []table {
	if t.least() <= w {
		return []table{t}
	}
	stay := t.pick(func(_ int, c column) bool { return !c.spills })
	parts := stay.shed(w).split(w)
	if len(stay.columns) == len(t.columns) {
		return parts
	}
	spilt := t.pick(func(i int, c column) bool { return i == 0 || c.spills }).withoutBlankRows()
	spilt.title = t.spillTitle
	for _, r := range spilt.rows {
		if full := r.cells[0].full; full != "" {
			r.cells[0].text = full // its branch may hang in the air
		}
	}
	spilt.measure()
	return append(parts, spilt.split(w)...)
}

// shed gives up columns until the rest has room, or all that is left must stay.
func (t table) shed(w int) table {
	kept := make([]int, len(t.columns))
	for i := range kept {
		kept[i] = i
	}
	heads := table{title: t.title, columns: t.columns}
	for heads.least() > w {
		last := heads.leastNeeded()
		if last < 0 {
			break
		}
		kept = slices.Delete(kept, last, last+1)
		heads = heads.pick(func(i int, _ column) bool { return i != last })
	}
	return t.pick(func(i int, _ column) bool { return slices.Contains(kept, i) })
}

// split makes tables that have room, of the name and as many columns as go.
func (t table) split(w int) []table {
	heads := table{title: t.title, columns: t.columns}
	var parts []table
	for from := 1; from < len(t.columns); {
		to := from + 1
		for to < len(t.columns) && heads.between(from, to+1).least() <= w {
			to++
		}
		parts = append(parts, t.between(from, to))
		from = to
	}
	return parts
}

// between is the table with its name and the columns from … to-1.
func (t table) between(from, to int) table {
	return t.pick(func(i int, _ column) bool { return i == 0 || i >= from && i < to })
}

// leastNeeded is the column to give up first, -1 when all must stay.
func (t table) leastNeeded() int {
	found, rank := -1, 0
	for i, c := range t.columns {
		if c.rank > rank {
			found, rank = i, c.rank
		}
	}
	return found
}

// least is the width below which the table has to lose a column.
func (t table) least() int {
	widths := t.widths()
	widths[0] = min(widths[0], max(nameWidth, width(t.title)-gap))
	for i, c := range t.columns {
		if c.flex {
			widths[i] = width(c.head)
		}
	}
	return total(widths)
}

// widths are what the columns take when nothing is cut. The title begins
// where the marks stand.
func (t table) widths() []int {
	widths := make([]int, len(t.columns))
	for i, h := range t.heads() {
		widths[i] = max(width(h), t.columns[i].width)
	}
	widths[0] = max(width(t.title)-gap, t.columns[0].width)
	return widths
}

func total(widths []int) int {
	sum := 0
	for _, w := range widths {
		sum += gap + w
	}
	return sum
}

// share gives the columns their widths within w: the flexible ones share
// what the others leave, and if there is still too much, names are cut.
func (t table) share(w int) []int {
	widths := t.widths()
	flexible := t.flexible()
	if flexible > 0 {
		widths[0] = min(widths[0], max(w/3, width(t.title)-gap))
	}
	room := w - total(widths)
	for i, c := range t.columns {
		if c.flex {
			room += widths[i]
		}
	}
	for i, c := range t.columns {
		if c.flex {
			widths[i] = min(widths[i], max(room/flexible, width(c.head)))
			room -= widths[i]
			flexible--
		}
	}
	if over := total(widths) - w; over > 0 {
		widths[0] = max(widths[0]-over, 1)
	}
	return widths
}

func (t table) flexible() int {
	n := 0
	for _, c := range t.columns {
		if c.flex {
			n++
		}
	}
	return n
}

func (t table) draw(widths []int) []line {
	head := line{}.add(aligned(t.title, true, gap+widths[0]), bold)
	for i, h := range t.heads() {
		if i > 0 {
			head = head.add(spaces(gap)+aligned(h, t.columns[i].left, widths[i]), faint)
		}
	}
	lines := []line{head}
	for _, r := range t.rows {
		lines = append(lines, t.drawRow(r, widths))
	}
	return lines
}

func (t table) drawRow(r row, widths []int) line {
	l := line{}.mark(r.mark)
	for i, c := range r.cells {
		if i > 0 {
			l = l.add(spaces(gap), plain)
		}
		text, tone := c.text, c.tone
		if c.parts != nil {
			text = joinFitting(c.parts, widths[i])
		}
		if c.blank {
			tone = faint
		}
		l = l.add(aligned(text, i == 0 || t.columns[i].left, widths[i]), tone)
	}
	return l
}

// whole is all the text that a cell has.
func (c cell) whole() string {
	if c.parts != nil {
		return strings.Join(c.parts, ", ")
	}
	return c.text
}

// aligned fills a text up to w cells, or cuts it.
func aligned(s string, left bool, w int) string {
	s = cut(s, w)
	if left {
		return s + spaces(w-width(s))
	}
	return spaces(w-width(s)) + s
}

// joinFitting joins as many parts as there is room for; the first is cut if
// even that has none.
func joinFitting(parts []string, w int) string {
	text := cut(parts[0], w)
	for _, p := range parts[1:] {
		if width(text)+2+width(p) > w {
			break
		}
		text += ", " + p
	}
	return text
}
