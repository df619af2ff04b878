package experiment

import (
	"strings"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// chance is the chance that an event of a type matches a filter, nil: 1. What
// cannot be known before a run (a key, a source) is taken to match, and known
// is false then. Fields are drawn independently, so tests of different fields
// multiply.
func chance(sc *spec.Scenario, f *spec.Filter, event int) (p float64, known bool) {
	if f == nil {
		return 1, true
	}
	p, known = 1, true
	for i := range f.Tests {
		q, ok := testChance(sc, &f.Tests[i], event)
		p, known = float64(p*q), known && ok
	}
	if len(f.Any) == 0 {
		return p, known
	}
	// Of alternatives at least one, by what all of them and the tests beside
	// them look at together.
	none, all := noneOf(sc, []*spec.Filter{f}, event)
	return 1 - none, known && all
}

func testChance(sc *spec.Scenario, t *spec.Test, event int) (float64, bool) {
	e := &sc.Events[event]
	switch t.Attribute {
	case spec.TypeAttribute:
		return yes(matches(&t.Match, spec.Value{Kind: spec.TextValue, Text: e.Name}))
	case spec.PriorityAttribute:
		p := 0.0
		for _, c := range e.Priority {
			if matches(&t.Match, spec.Value{Kind: spec.NumberValue, Number: float64(c.Value)}) {
				p += c.Weight
			}
		}
		return p, true
	case spec.SizeAttribute:
		return distChance(&t.Match, e.Size)
	case spec.FieldAttribute:
		for i := range e.Fields {
			if e.Fields[i].Name == t.Field {
				return fieldChance(&t.Match, &e.Fields[i])
			}
		}
		return yes(t.Match.Kind == spec.ExistsMatch && !t.Match.Exists)
	}
	return 1, false
}

func yes(is bool) (float64, bool) {
	if is {
		return 1, true
	}
	return 0, true
}

func fieldChance(m *spec.Match, f *spec.Field) (float64, bool) {
	if len(f.Choices) == 0 {
		return distChance(m, f.Dist)
	}
	p := 0.0
	for _, c := range f.Choices {
		if matches(m, c.Value) {
			p += c.Weight
		}
	}
	return p, true
}

// distChance is the chance that a number drawn from a distribution matches.
func distChance(m *spec.Match, d spec.Dist) (float64, bool) {
	switch m.Kind {
	case spec.LessMatch, spec.LessEqualMatch:
		return luck.CDF(d, m.Number), true
	case spec.GreaterMatch, spec.GreaterEqualMatch:
		return 1 - luck.CDF(d, m.Number), true
	case spec.RangeMatch:
		return max(0, luck.CDF(d, m.High)-luck.CDF(d, m.Number)), true
	case spec.NotMatch:
		p, known := distChance(&m.Of[0], d)
		return 1 - p, known
	case spec.ExistsMatch:
		return yes(m.Exists)
	}
	return 1, false
}

// matches says whether a value satisfies a match.
func matches(m *spec.Match, v spec.Value) bool {
	number := v.Kind == spec.NumberValue
	switch m.Kind {
	case spec.EqualMatch:
		return v == m.Value
	case spec.NotEqualMatch:
		return v != m.Value
	case spec.PatternMatch:
		return v.Kind == spec.TextValue && fits(m.Pattern.Words, strings.Split(v.Text, "."))
	case spec.LessMatch:
		return number && v.Number < m.Number
	case spec.LessEqualMatch:
		return number && v.Number <= m.Number
	case spec.GreaterMatch:
		return number && v.Number > m.Number
	case spec.GreaterEqualMatch:
		return number && v.Number >= m.Number
	case spec.RangeMatch:
		return number && m.Number <= v.Number && v.Number <= m.High
	case spec.NotMatch:
		return !matches(&m.Of[0], v)
	case spec.ExistsMatch:
		return m.Exists
	case spec.PrefixMatch:
		return strings.HasPrefix(v.Text, m.Value.Text)
	case spec.SuffixMatch:
		return strings.HasSuffix(v.Text, m.Value.Text)
	case spec.IgnoreCaseMatch:
		return strings.EqualFold(v.Text, m.Value.Text)
	case spec.AnyMatch:
		for i := range m.Of {
			if matches(&m.Of[i], v) {
				return true
			}
		}
	}
	return false
}

// fits says whether a type's words fit a pattern's.
func fits(pattern, words []string) bool {
	switch {
	case len(pattern) == 0:
		return len(words) == 0
	case pattern[0] == "#":
		for i := 0; i <= len(words); i++ {
			if fits(pattern[1:], words[i:]) {
				return true
			}
		}
		return false
	case len(words) == 0:
		return false
	case pattern[0] == ">":
		return true
	case pattern[0] != "*" && pattern[0] != words[0]:
		return false
	}
	return fits(pattern[1:], words[1:])
}

// handlerOf is the handler of a consumer for an event type, nil if it has none.
func handlerOf(sc *spec.Scenario, c *spec.Consumer, event int) *spec.Handler {
	words := strings.Split(sc.Events[event].Name, ".")
	for i := range c.Handlers {
		if fits(c.Handlers[i].Pattern.Words, words) {
			return &c.Handlers[i]
		}
	}
	return nil
}
