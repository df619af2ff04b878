package report

import "eddy/sim"

// tone is how a piece of text is shown where there is colour. It repeats
// what the text says, and never says more.
type tone uint8

const (
	plain tone = iota
	bold
	faint
	good
	warn
	bad
)

// mark stands before a line that says how something is.
type mark uint8

const (
	noMark mark = iota
	okMark
	noteMark
	warnMark
	badMark
	openMark // not known
)

var glyphs = [...]struct {
	text string
	tone tone
}{
	noMark: {" ", plain}, okMark: {"✓", good}, noteMark: {"•", plain},
	warnMark: {"▲", warn}, badMark: {"✗", bad}, openMark: {"?", warn},
}

// cell is one value of a table.
type cell struct {
	text  string
	tone  tone
	blank bool // says nothing: a zero, a number that is absent
	// full is what stands in a table that has no tree and no bars, if that
	// is something else.
	full string
	// share is drawn as a bar beside the text, where there is room for a drawing.
	share sim.Number
	// effect is a difference, likewise.
	effect *effect
	lit    bool // stands out on a page
	// term is the definition behind it, where a row is a number of its own.
	term string
	// parts are shown as far as there is room, in place of text.
	parts []string
}

// column is one column of a table.
type column struct {
	group, head string // "wait", "p99": neighbours of one group name it once
	left        bool   // text; numbers stand to the right
	optional    bool   // left out when all its cells are blank
	rank        int    // columns with the highest rank go first when there is no room; 0 stays
	spills      bool   // goes to a table of its own when there is no room
	flex        bool   // its cells are parts, which share the room that is left
	width       int    // of its widest cell
	words       bool   // may go over several lines on a page
	term        string // the definition behind it, if its name does not say
}

// table is what a report shows of one kind of component. The first column is
// the name.
type table struct {
	title, spillTitle string
	columns           []column
	rows              []row
	notes             []string // footnotes, the first marked ¹
}

type row struct {
	mark  mark
	cells []cell
}

// field is a column and where its cells come from.
type field[T any] struct {
	column
	cell func(T) cell
}

// tabulate makes a table of items; columns that say nothing are left out.
func tabulate[T any](title string, items []T, marks func(T) mark, fields []field[T]) table {
	t := table{title: title}
	for _, item := range items {
		t.rows = append(t.rows, row{mark: marks(item)})
	}
	for _, f := range fields {
		cells := make([]cell, len(items))
		blank := true
		for i, item := range items {
			cells[i] = f.cell(item)
			blank = blank && cells[i].blank
		}
		if blank && f.optional {
			continue
		}
		t.columns = append(t.columns, f.column)
		for i := range items {
			t.rows[i].cells = append(t.rows[i].cells, cells[i])
		}
	}
	t.measure()
	return t
}

// measure finds the widths of the columns once for all questions about room.
func (t *table) measure() {
	for i := range t.columns {
		w := 0
		for _, r := range t.rows {
			w = max(w, width(r.cells[i].whole()))
		}
		t.columns[i].width = w
	}
}

func unmarked[T any](T) mark { return noMark }

// pick is the table with only some of its columns.
func (t table) pick(keep func(i int, c column) bool) table {
	p := table{title: t.title, spillTitle: t.spillTitle, notes: t.notes}
	for i, c := range t.columns {
		if keep(i, c) {
			p.columns = append(p.columns, c)
		}
	}
	for _, r := range t.rows {
		kept := row{mark: r.mark}
		for i, c := range t.columns {
			if keep(i, c) {
				kept.cells = append(kept.cells, r.cells[i])
			}
		}
		p.rows = append(p.rows, kept)
	}
	return p
}

// withoutBlankRows leaves out the rows that say nothing but their name.
func (t table) withoutBlankRows() table {
	kept := t.rows[:0:0]
	for _, r := range t.rows {
		for _, c := range r.cells[1:] {
			if !c.blank {
				kept = append(kept, r)
				break
			}
		}
	}
	t.rows = kept
	return t
}

// heads are the columns' names; the first of a group says the group's.
func (t table) heads() []string {
	heads := make([]string, len(t.columns))
	for i, c := range t.columns {
		heads[i] = c.head
		if c.group != "" && (i == 0 || t.columns[i-1].group != c.group) {
			heads[i] = c.group + " " + c.head
		}
	}
	heads[0] = t.title
	return heads
}

// ownHeads are the columns' names where the title stands above the table.
func (t table) ownHeads() []string {
	heads := t.heads()
	heads[0] = t.columns[0].head
	return heads
}

func whole(n int64) cell { return cell{text: integer(n), blank: n == 0} }

func number(v sim.Number, u sim.Unit) cell {
	return cell{text: human(v, u), blank: !v.Valid}
}

// trouble is a count that should be 0.
func trouble(n int64, t tone) cell {
	c := whole(n)
	if n != 0 {
		c.tone = t
	}
	return c
}
