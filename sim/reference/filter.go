package reference

import (
	"strings"

	"eddy/sim/spec"
)

// passes says whether the event satisfies the filter; none lets all pass.
func (w *world) passes(f *spec.Filter, ev *event) bool {
	if f == nil {
		return true
	}
	for i := range f.Tests {
		value, has := w.attribute(&f.Tests[i], ev)
		if !matches(&f.Tests[i].Match, value, has) {
			return false
		}
	}
	if len(f.Any) == 0 {
		return true
	}
	for i := range f.Any {
		if w.passes(&f.Any[i], ev) {
			return true
		}
	}
	return false
}

func (w *world) attribute(t *spec.Test, ev *event) (value spec.Value, has bool) {
	switch t.Attribute {
	case spec.TypeAttribute:
		return text(w.sc.Events[ev.kind].Name), true
	case spec.SourceAttribute:
		return text(ev.source), true
	case spec.KeyAttribute:
		if ev.key >= textKeys {
			return text(w.texts[ev.key-textKeys]), true
		}
		return number(float64(ev.key)), ev.key >= 0
	case spec.SizeAttribute:
		return number(float64(ev.size)), true
	case spec.PriorityAttribute:
		return number(float64(ev.priority)), true
	default:
		value, has = ev.fields[t.Field]
		return value, has
	}
}

func text(s string) spec.Value { return spec.Value{Kind: spec.TextValue, Text: s} }

func number(v float64) spec.Value { return spec.Value{Kind: spec.NumberValue, Number: v} }

// matches says whether a value satisfies m; a value that is not there satisfies
// only {exists: false}.
func matches(m *spec.Match, v spec.Value, has bool) bool {
	switch m.Kind {
	case spec.ExistsMatch:
		return m.Exists == has
	case spec.AnyMatch:
		for i := range m.Of {
			if matches(&m.Of[i], v, has) {
				return true
			}
		}
		return false
	}
	if !has {
		// {not: {exists: true}} is {exists: false}, and all else needs a value.
		return m.Kind == spec.NotMatch && m.Of[0].Kind == spec.ExistsMatch && !matches(&m.Of[0], v, has)
	}
	isNumber, isText := v.Kind == spec.NumberValue, v.Kind == spec.TextValue
	switch m.Kind {
	case spec.EqualMatch:
		return v == m.Value
	case spec.NotEqualMatch:
		return v != m.Value
	case spec.NotMatch:
		return !matches(&m.Of[0], v, has)
	case spec.PatternMatch:
		return isText && fits(m.Pattern.Words, strings.Split(v.Text, "."))
	case spec.LessMatch:
		return isNumber && v.Number < m.Number
	case spec.LessEqualMatch:
		return isNumber && v.Number <= m.Number
	case spec.GreaterMatch:
		return isNumber && v.Number > m.Number
	case spec.GreaterEqualMatch:
		return isNumber && v.Number >= m.Number
	case spec.RangeMatch:
		return isNumber && m.Number <= v.Number && v.Number <= m.High
	case spec.PrefixMatch:
		return isText && strings.HasPrefix(v.Text, m.Value.Text)
	case spec.SuffixMatch:
		return isText && strings.HasSuffix(v.Text, m.Value.Text)
	case spec.IgnoreCaseMatch:
		return isText && strings.EqualFold(v.Text, m.Value.Text)
	}
	return false
}

// fits says whether the words fit the pattern: * is one word, # any number of
// words, > one or more words at the end.
func fits(pattern, words []string) bool {
	if len(pattern) == 0 {
		return len(words) == 0
	}
	switch first, rest := pattern[0], pattern[1:]; first {
	case "#":
		for i := range len(words) + 1 {
			if fits(rest, words[i:]) {
				return true
			}
		}
		return false
	case ">":
		return len(words) > 0
	default:
		return len(words) > 0 && (first == "*" || first == words[0]) && fits(rest, words[1:])
	}
}
