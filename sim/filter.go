package sim

import (
	"strings"

	"eddy/sim/spec"
)

// matches says whether an event satisfies a filter; nil is satisfied by all.
func (e *Engine) matches(f *spec.Filter, ev *event) bool {
	if f == nil {
		return true
	}
	for i := range f.Tests {
		t := &f.Tests[i]
		v, has := e.attribute(t, ev)
		if !matchValue(&t.Match, v, has, t.Attribute) {
			return false
		}
	}
	if len(f.Any) == 0 {
		return true
	}
	for i := range f.Any {
		if e.matches(&f.Any[i], ev) {
			return true
		}
	}
	return false
}

func (e *Engine) attribute(t *spec.Test, ev *event) (spec.Value, bool) {
	switch t.Attribute {
	case spec.TypeAttribute:
		return spec.Value{Text: e.types[ev.typ].spec.Name}, true
	case spec.KeyAttribute:
		if ev.key >= 0 && ev.key < textKeys {
			return spec.Value{Kind: spec.NumberValue, Number: float64(ev.key)}, true
		}
		s, ok := e.keyText(ev)
		return spec.Value{Text: s}, ok
	case spec.SourceAttribute:
		return spec.Value{Text: e.names.bare[ev.id.Source]}, true
	case spec.SizeAttribute:
		return spec.Value{Kind: spec.NumberValue, Number: float64(ev.size)}, true
	case spec.PriorityAttribute:
		return spec.Value{Kind: spec.NumberValue, Number: float64(ev.priority)}, true
	}
	return e.field(ev, t.Field)
}

// matchValue says whether a value satisfies a match. A value that is not
// there (has is false) satisfies only {exists: false}.
func matchValue(m *spec.Match, v spec.Value, has bool, at spec.Attribute) bool {
	if m.Kind == spec.ExistsMatch {
		return has == m.Exists
	}
	if m.Kind == spec.AnyMatch {
		for i := range m.Of {
			if matchValue(&m.Of[i], v, has, at) {
				return true
			}
		}
		return false
	}
	if !has {
		return m.Kind == spec.NotMatch && m.Of[0].Kind == spec.ExistsMatch && m.Of[0].Exists
	}
	switch m.Kind {
	case spec.NotMatch:
		return !matchValue(&m.Of[0], v, has, at)
	case spec.EqualMatch:
		return sameValue(m.Value, v)
	case spec.NotEqualMatch:
		return !sameValue(m.Value, v)
	case spec.PatternMatch:
		return v.Kind == spec.TextValue && MatchPattern(m.Pattern.Words, v.Text)
	case spec.PrefixMatch:
		return v.Kind == spec.TextValue && strings.HasPrefix(v.Text, m.Value.Text)
	case spec.SuffixMatch:
		return v.Kind == spec.TextValue && strings.HasSuffix(v.Text, m.Value.Text)
	case spec.IgnoreCaseMatch:
		return v.Kind == spec.TextValue && strings.EqualFold(v.Text, m.Value.Text)
	}
	if v.Kind != spec.NumberValue {
		return false
	}
	switch m.Kind {
	case spec.LessMatch:
		return v.Number < m.Number
	case spec.LessEqualMatch:
		return v.Number <= m.Number
	case spec.GreaterMatch:
		return v.Number > m.Number
	case spec.GreaterEqualMatch:
		return v.Number >= m.Number
	case spec.RangeMatch:
		return m.Number <= v.Number && v.Number <= m.High
	}
	return false
}

// sameValue compares a literal with a value; a number equals a text that the
// literal was written as (a key 7 matches "7").
func sameValue(want, v spec.Value) bool {
	if want.Kind != v.Kind {
		return false
	}
	switch want.Kind {
	case spec.NumberValue:
		return want.Number == v.Number
	case spec.BoolValue:
		return want.Bool == v.Bool
	}
	return want.Text == v.Text
}

// MatchPattern says whether a name satisfies a pattern given as its words:
// "*" is exactly one word, "#" zero or more words anywhere, ">" one or more
// words at the end. It takes at most words × words steps: only the last "#"
// ever needs to take one word more.
func MatchPattern(pattern []string, name string) bool {
	rest, more := name, true // more: there is a word left, perhaps an empty one
	next := func() (word string) {
		word, rest, more = strings.Cut(rest, ".")
		return word
	}
	hash, hashRest, hashMore := -1, "", false
	for p := 0; ; {
		switch {
		case p < len(pattern) && pattern[p] == "#":
			p++
			hash, hashRest, hashMore = p, rest, more
			continue
		case p < len(pattern) && pattern[p] == ">" && p == len(pattern)-1:
			if more {
				return true
			}
		case p < len(pattern) && more:
			if want := pattern[p]; next() == want || want == "*" {
				p++
				continue
			}
		case p == len(pattern) && !more:
			return true
		}
		if hash < 0 || !hashMore {
			return false
		}
		rest, more = hashRest, hashMore
		next()
		p, hashRest, hashMore = hash, rest, more
	}
}
