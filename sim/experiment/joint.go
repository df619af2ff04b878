package experiment

import (
	"slices"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// mostJoint bounds how many kinds of events are told apart to know how filters
// hold together.
const mostJoint = 20_000

// aspect is one thing about an event that filters look at, with the values that
// they tell apart and how often each comes.
type aspect struct {
	attribute spec.Attribute
	field     string
	values    []spec.Value
	often     []float64
}

// noneOf is the chance that an event of a type matches none of the filters. They
// may look at the same fields, so their chances do not simply multiply. What
// cannot be known before a run is taken to match, and known is false then.
func noneOf(sc *spec.Scenario, filters []*spec.Filter, event int) (p float64, known bool) {
	var all []aspect
	known = true
	kinds := 1
	for _, f := range filters {
		if f == nil {
			return 0, true // matches everything
		}
		known = addAspects(sc, f, event, &all) && known
	}
	for i := range all {
		if kinds *= len(all[i].values); kinds > mostJoint {
			break
		}
	}
	if kinds > mostJoint { // too many: as if they had nothing to do with each other
		p = 1
		for _, f := range filters {
			p *= 1 - apart(sc, f, event)
		}
		return p, false
	}
	at := make([]int, len(all))
	for {
		often, hit := 1.0, false
		for i := range all {
			often *= all[i].often[at[i]]
		}
		for _, f := range filters {
			hit = hit || holds(sc, f, event, all, at)
		}
		if !hit {
			p += often
		}
		i := 0
		for ; i < len(at); i++ {
			if at[i]++; at[i] < len(all[i].values) {
				break
			}
			at[i] = 0
		}
		if i == len(at) {
			return p, known
		}
	}
}

// apart is the chance of a filter as if its tests and alternatives had nothing
// to do with each other.
func apart(sc *spec.Scenario, f *spec.Filter, event int) float64 {
	p := 1.0
	for i := range f.Tests {
		q, _ := testChance(sc, &f.Tests[i], event)
		p *= q
	}
	if len(f.Any) == 0 {
		return p
	}
	none := 1.0
	for i := range f.Any {
		none *= 1 - apart(sc, &f.Any[i], event)
	}
	return float64(p * (1 - none))
}

// addAspects adds what a filter looks at; false where it cannot be known.
func addAspects(sc *spec.Scenario, f *spec.Filter, event int, all *[]aspect) bool {
	known := true
	for i := range f.Tests {
		known = addAspect(sc, &f.Tests[i], event, all) && known
	}
	for i := range f.Any {
		known = addAspects(sc, &f.Any[i], event, all) && known
	}
	return known
}

func addAspect(sc *spec.Scenario, t *spec.Test, event int, all *[]aspect) bool {
	e := &sc.Events[event]
	field := ""
	var choices []spec.FieldChoice
	var dist spec.Dist
	switch t.Attribute {
	case spec.TypeAttribute:
		return true
	case spec.PriorityAttribute:
		for _, c := range e.Priority {
			choices = append(choices, spec.FieldChoice{Value: spec.Value{Kind: spec.NumberValue, Number: float64(c.Value)}, Weight: c.Weight})
		}
		if len(choices) == 0 {
			choices = []spec.FieldChoice{{Value: spec.Value{Kind: spec.NumberValue}, Weight: 1}}
		}
	case spec.SizeAttribute:
		dist = e.Size
	case spec.FieldAttribute:
		field = t.Field
		at := slices.IndexFunc(e.Fields, func(f spec.Field) bool { return f.Name == t.Field })
		if at < 0 {
			return true // it has none
		}
		choices, dist = e.Fields[at].Choices, e.Fields[at].Dist
	default:
		return false
	}
	i := slices.IndexFunc(*all, func(a aspect) bool { return a.attribute == t.Attribute && a.field == field })
	if i < 0 {
		i = len(*all)
		*all = append(*all, aspect{attribute: t.Attribute, field: field})
	}
	a := &(*all)[i]
	if len(choices) > 0 {
		a.values, a.often = nil, nil
		for _, c := range choices {
			a.values, a.often = append(a.values, c.Value), append(a.often, c.Weight)
		}
		return true
	}
	var cuts []float64
	for _, v := range a.values {
		cuts = append(cuts, v.Number)
	}
	a.split(dist, thresholds(&t.Match, cuts))
	return true
}

// thresholds adds the numbers at which a test of a number changes its mind.
func thresholds(m *spec.Match, cuts []float64) []float64 {
	switch m.Kind {
	case spec.EqualMatch, spec.NotEqualMatch:
		if m.Value.Kind == spec.NumberValue {
			cuts = append(cuts, m.Value.Number)
		}
	case spec.LessMatch, spec.LessEqualMatch, spec.GreaterMatch, spec.GreaterEqualMatch:
		cuts = append(cuts, m.Number)
	case spec.RangeMatch:
		cuts = append(cuts, m.Number, m.High)
	case spec.NotMatch, spec.AnyMatch:
		for i := range m.Of {
			cuts = thresholds(&m.Of[i], cuts)
		}
	}
	return cuts
}

// split tells the values of a distribution apart at the cuts: the cuts
// themselves, and one value for what lies between two of them.
func (a *aspect) split(d spec.Dist, cuts []float64) {
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	a.values, a.often = nil, nil
	add := func(v, often float64) {
		a.values = append(a.values, spec.Value{Kind: spec.NumberValue, Number: v})
		a.often = append(a.often, max(0, often))
	}
	if len(cuts) == 0 {
		add(0, 1)
		return
	}
	below := 0.0
	for i, c := range cuts {
		// A cut has a chance of its own where the distribution jumps there.
		least := luck.CDF(d, c-float64(1e-9*max(1, c, -c)))
		upTo := luck.CDF(d, c)
		jump := 0.0
		if upTo-least > 1e-6 {
			jump = upTo - least
		}
		between := c - 1
		if i > 0 {
			between = (cuts[i-1] + c) / 2
		}
		add(between, upTo-jump-below)
		add(c, jump)
		below = upTo
	}
	add(cuts[len(cuts)-1]+1, 1-below)
}

// holds says whether a filter holds for an event with so chosen values.
func holds(sc *spec.Scenario, f *spec.Filter, event int, all []aspect, at []int) bool {
	for i := range f.Tests {
		if !testHolds(sc, &f.Tests[i], event, all, at) {
			return false
		}
	}
	if len(f.Any) == 0 {
		return true
	}
	for i := range f.Any {
		if holds(sc, &f.Any[i], event, all, at) {
			return true
		}
	}
	return false
}

func testHolds(sc *spec.Scenario, t *spec.Test, event int, all []aspect, at []int) bool {
	switch t.Attribute {
	case spec.TypeAttribute:
		return matches(&t.Match, spec.Value{Kind: spec.TextValue, Text: sc.Events[event].Name})
	case spec.PriorityAttribute, spec.SizeAttribute, spec.FieldAttribute:
		for i := range all {
			if all[i].attribute == t.Attribute && (t.Attribute != spec.FieldAttribute || all[i].field == t.Field) {
				return matches(&t.Match, all[i].values[at[i]])
			}
		}
		return t.Match.Kind == spec.ExistsMatch && !t.Match.Exists
	}
	return true
}
