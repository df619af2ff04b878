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

// unitsOf is the unit of each number by its path, for the expectations, if
// there are any.
func unitsOf(r *sim.Result) map[string]sim.Unit {
	if len(r.Expectations) == 0 {
		return nil
	}
	units := map[string]sim.Unit{}
	r.Tree().Walk(func(path []string, l *sim.Leaf) { units[sim.PathString(path)] = l.Unit })
	return units
}

// pathOf is what stands before the operator of an expectation.
func pathOf(expect string) string {
	if i := strings.IndexAny(expect, "<>=!"); i >= 0 {
		expect = expect[:i]
	}
	return strings.TrimSpace(expect)
}
