package report

import (
	"strings"

	"eddy/sim"
)

// expectations is the table of what was expected, what came, and whether
// that was it.
func expectations(r *sim.Result) table {
	units := unitsOf(r)
	type item = sim.ExpectationResult
	return tabulate("Expectations", r.Expectations, func(e item) mark { return verdictMark(e.Verdict) }, []field[item]{
		{column{left: true}, func(e item) cell { return name(e.Expect) }},
		{column{head: "value"}, func(e item) cell { return number(e.Value, units[pathOf(e.Expect)]) }},
		{column{head: "verdict", left: true}, func(e item) cell {
			return cell{text: clean(string(e.Verdict)), tone: glyphs[verdictMark(e.Verdict)].tone}
		}},
	})
}

func verdictMark(v sim.Verdict) mark {
	switch v {
	case sim.Pass:
		return okMark
	case sim.Failed:
		return badMark
	}
	return openMark
}

// unitsOf is the units of the values that are expected, by their paths.
func unitsOf(r *sim.Result) map[string]sim.Unit {
	if len(r.Expectations) == 0 {
		return nil
	}
	tree, units := r.Tree(), map[string]sim.Unit{}
	for _, e := range r.Expectations {
		path := pathOf(e.Expect)
		units[path] = unitAt(tree, path)
	}
	return units
}

// unitAt is the unit of the leaf at a written path. A dot may be part of a
// name, so every key that the path can begin with is tried.
func unitAt(n *sim.Node, path string) sim.Unit {
	for _, kid := range n.Kids {
		if kid.Leaf != nil && path == kid.Key {
			return kid.Leaf.Unit
		}
		if rest, ok := strings.CutPrefix(path, kid.Key+"."); ok {
			if u := unitAt(kid, rest); u != "" {
				return u
			}
		}
	}
	return ""
}

// pathOf is what stands before the operator of an expectation.
func pathOf(expect string) string {
	if i := strings.IndexAny(expect, "<>=!"); i >= 0 {
		expect = expect[:i]
	}
	return strings.TrimSpace(expect)
}
