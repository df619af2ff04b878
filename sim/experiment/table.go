package experiment

import (
	"slices"

	"eddy/sim"
)

// column is one number of the result document over all runs.
type column struct {
	path   []string
	unit   sim.Unit
	values []sim.Number // by run; absent where a run has no such number
}

// present are the values that are there, in the order of the runs.
func (c *column) present() []float64 {
	var out []float64
	for _, v := range c.values {
		if v.Valid {
			out = append(out, v.Value)
		}
	}
	return out
}

// table is the numbers of several results, side by side.
type table struct {
	keep    func(path []string) bool // nil: every number
	runs    int
	columns []*column
	byPath  map[string]*column
	horizon horizon // of the scenario; the zero value limits nothing
}

func newTable(keep func([]string) bool) *table {
	return &table{keep: keep, byPath: map[string]*column{}}
}

// add appends a run. Documents of one scenario have the same shape but for
// things seen only by chance (an event type at a consumer, say), so the column
// expected next is nearly always the right one.
func (t *table) add(r *sim.Result) {
	expected := 0
	r.Tree().Walk(func(path []string, l *sim.Leaf) {
		if t.keep != nil && !t.keep(path) {
			return
		}
		c := t.at(expected, path, l.Unit)
		expected = c.index + 1
		c.fill(t.runs)
		c.values = append(c.values, l.Number)
	})
	t.runs++
	for _, c := range t.columns {
		c.fill(t.runs)
	}
}

type placed struct {
	*column
	index int
}

// at is the column of a path, a new one if there is none.
func (t *table) at(expected int, path []string, unit sim.Unit) placed {
	if expected < len(t.columns) && slices.Equal(t.columns[expected].path, path) {
		return placed{t.columns[expected], expected}
	}
	name := sim.PathString(path)
	c, known := t.byPath[name]
	if !known {
		c = &column{path: path, unit: unit}
		t.byPath[name] = c
		// A number first seen in a later run stands where that run has it.
		t.columns = slices.Insert(t.columns, expected, c)
		return placed{c, expected}
	}
	return placed{c, slices.Index(t.columns, c)}
}

// fill marks the number as absent in the runs that did not have it.
func (c *column) fill(runs int) {
	for len(c.values) < runs {
		c.values = append(c.values, sim.Number{})
	}
}

// flows is how many flows there are.
func (t *table) flows() int {
	n := 0
	for _, c := range t.columns {
		if len(c.path) == 3 && c.path[0] == "flows" && c.path[2] == "completed" {
			n++
		}
	}
	return n
}

// sibling is the column beside c with another last key, nil if there is none.
func (t *table) sibling(c *column, key string) *column {
	path := slices.Clone(c.path)
	path[len(path)-1] = key
	return t.byPath[sim.PathString(path)]
}
