package scenarios

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"eddy/sim/spec"
)

const patternAccepted = "a pattern is words split by dots: * stands for one word, # for any number of words, > at the end for one or more"

// parsePattern reads a type pattern.
func parsePattern(s string) (spec.Pattern, *flaw) {
	p := spec.Pattern{Text: s, Words: strings.Split(s, ".")}
	if len(s) > 1000 {
		return p, &flaw{problem: "this pattern is too long", accepted: "at most 1,000 characters"}
	}
	for i, w := range p.Words {
		switch {
		case w == "" && (i == 0 || i == len(p.Words)-1):
			return p, &flaw{problem: quoted(s) + " has an empty word", accepted: patternAccepted}
		case w == ">" && i != len(p.Words)-1:
			return p, &flaw{problem: "> stands for the rest, so nothing can follow it", accepted: patternAccepted, suggestion: strings.Join(p.Words[:i+1], ".")}
		case w == "*" || w == "#" || w == ">":
		case strings.ContainsAny(w, "*#>"):
			return p, &flaw{problem: fmt.Sprintf("in %s a sign stands for a part of a word", quoted(s)), accepted: patternAccepted}
		default:
			for _, r := range w {
				if !inName(r) {
					return p, &flaw{problem: fmt.Sprintf("%s has %s in it, which no name has", quoted(s), quoted(string(r))), accepted: patternAccepted}
				}
			}
		}
	}
	return p, nil
}

// isPattern says whether a text has a word that stands for others.
func isPattern(s string) bool {
	for w := range strings.SplitSeq(s, ".") {
		if w == "*" || w == "#" || w == ">" {
			return true
		}
	}
	return false
}

// matchWords says whether a pattern's words match a type's.
func matchWords(pattern, words []string) bool {
	if len(pattern) == 0 {
		return len(words) == 0
	}
	switch pattern[0] {
	case "#":
		for i := 0; i <= len(words); i++ {
			if matchWords(pattern[1:], words[i:]) {
				return true
			}
		}
		return false
	case ">":
		return len(words) > 0
	}
	return len(words) > 0 && (pattern[0] == "*" || pattern[0] == words[0]) && matchWords(pattern[1:], words[1:])
}

var attributes = map[string]spec.Attribute{
	"type": spec.TypeAttribute, "key": spec.KeyAttribute, "source": spec.SourceAttribute,
	"size": spec.SizeAttribute, "priority": spec.PriorityAttribute,
}

var attributeNames = map[spec.Attribute]string{
	spec.TypeAttribute: "type", spec.KeyAttribute: "key", spec.SourceAttribute: "source",
	spec.SizeAttribute: "size", spec.PriorityAttribute: "priority",
}

const filterWant = "a map of conditions, such as {type: order.*, country: SE}"

var filterForm = &form[*spec.Filter]{
	shape: &shape{want: filterWant, schema: func() schema { return schema{"$ref": "#/$defs/filter"} }, free: &freeShape{of: "a condition", key: textSchema, value: &shape{want: "a condition"}, open: true}},
	read: func(l *loader, n *node, at *place) (*spec.Filter, bool) {
		f, ok := l.filter(n, at)
		return &f, ok
	},
	write: func(_ *writer, v *spec.Filter) *node {
		if v == nil {
			return nil
		}
		return writeFilter(*v)
	},
}

// filter reads a map of which every entry must hold.
func (l *loader) filter(n *node, at *place) (spec.Filter, bool) {
	var f spec.Filter
	if n.kind != mapNode {
		l.fail(n, at, "this should be "+filterWant, "", "")
		return f, false
	}
	if len(n.entries) == 0 {
		l.fail(n, at, "this map is empty", "at least one condition", "")
		return f, false
	}
	good := true
	for _, e := range n.entries {
		step := at.key(e.key.text)
		if e.value.kind == nullNode {
			l.fail(e.key, step, "this condition has no value", `a value, a pattern, a list, a comparison such as "> 5", or a range such as "5..10"`, "")
			good = false
			continue
		}
		if e.key.text == "any" {
			any, ok := l.alternatives(e.value, step)
			f.Any, good = any, good && ok
			continue
		}
		t := spec.Test{Attribute: attributes[e.key.text]}
		if t.Attribute == spec.FieldAttribute {
			t.Field = e.key.text
			l.knownField(e.key, step)
		}
		var ok bool
		t.Match, ok = l.match(e.value, step, t.Attribute)
		good = good && ok
		f.Tests = append(f.Tests, t)
	}
	return f, good
}

func (l *loader) alternatives(n *node, at *place) ([]spec.Filter, bool) {
	if n.kind != listNode || len(n.items) == 0 {
		l.fail(n, at, "any wants a list of alternatives", "write any: [{…}, {…}]", "")
		return nil, false
	}
	out := make([]spec.Filter, len(n.items))
	good := true
	for i, item := range n.items {
		f, ok := l.filter(item, at.item(i))
		out[i], good = f, good && ok
	}
	return out, good
}

// knownField warns of a field that no event has: its condition never holds.
func (l *loader) knownField(key *node, at *place) {
	if l.fields == nil {
		l.fields = map[string]bool{}
		for _, e := range l.doc.Events {
			for _, f := range e.Fields {
				l.fields[f.Name] = true
			}
		}
	}
	if l.columns[key.text] || l.fields[key.text] || l.errors > 0 {
		return // with errors, nobody knows which fields there are
	}
	suggestion := ""
	if l.maySuggest(len(l.fields)) {
		names := append(slices.Sorted(maps.Keys(l.fields)), "type", "key", "source", "size", "priority")
		suggestion = closest(key.text, names)
	}
	l.warn(key, at, fmt.Sprintf("no event has a field %s", quoted(key.text)), "a condition on a missing field holds only as {exists: false}", suggestion)
}

var (
	comparison = regexp.MustCompile(`^(>=|<=|!=|==|=|>|<)\s*(.*)$`)
	rangeText  = regexp.MustCompile(`^(\S+?)\s*\.\.\s*(\S+)$`)
	matchKeys  = []string{"not", "exists", "prefix", "suffix", "ignore_case", "any"}
)

// match reads what a value must satisfy.
func (l *loader) match(n *node, at *place, a spec.Attribute) (spec.Match, bool) {
	switch n.kind {
	case mapNode:
		return l.matchMap(n, at, a)
	case listNode:
		return l.matchAny(n, at, a)
	case nullNode:
		if !n.quoted {
			l.fail(n, at, "this condition has no value", "a value, or {exists: false} for an event that lacks the field", "")
			return spec.Match{}, false
		}
	}
	if m := comparison.FindStringSubmatch(n.text); m != nil && n.text != ">" {
		return l.comparison(n, at, a, m[1], m[2])
	}
	if n.block && strings.TrimSpace(n.text) == "" {
		l.fail(n, at, "an unquoted > begins a block of text", "put it in quotes", `">"`)
		return spec.Match{}, false
	}
	if m := rangeText.FindStringSubmatch(n.text); m != nil && decimal.MatchString(m[1]) && decimal.MatchString(m[2]) || m != nil && a == spec.SizeAttribute {
		return l.span(n, at, a, m[1], m[2])
	}
	textual := a == spec.TypeAttribute || a == spec.FieldAttribute || a == spec.SourceAttribute || a == spec.KeyAttribute
	if textual && isPattern(n.text) {
		p, f := parsePattern(n.text)
		if f != nil {
			l.flawed(n, at, f)
			return spec.Match{}, false
		}
		return spec.Match{Kind: spec.PatternMatch, Pattern: p}, true
	}
	v, ok := l.literal(n, at, a)
	return spec.Match{Kind: spec.EqualMatch, Value: v}, ok
}

// literal reads a plain value to compare an attribute with.
func (l *loader) literal(n *node, at *place, a spec.Attribute) (spec.Value, bool) {
	switch a {
	case spec.SizeAttribute, spec.PriorityAttribute:
		v, f := attributeNumber(n.text, a)
		if f != nil {
			l.flawed(n, at, f)
			return spec.Value{}, false
		}
		return spec.Value{Kind: spec.NumberValue, Number: v}, true
	case spec.FieldAttribute:
		return valueOf(n), true
	case spec.TypeAttribute:
		if _, f := parsePattern(n.text); f != nil {
			l.flawed(n, at, f)
			return spec.Value{}, false
		}
	}
	return spec.Value{Text: n.text}, true
}

// valueOf is a scalar as a field's value: a number or a boolean if it is
// written as one without quotes, else text.
func valueOf(n *node) spec.Value {
	if !n.quoted {
		if n.text == "true" || n.text == "false" {
			return spec.Value{Kind: spec.BoolValue, Bool: n.text == "true"}
		}
		if v, f := numberQuantity.float(n.text); f == nil {
			return spec.Value{Kind: spec.NumberValue, Number: v}
		}
	}
	return spec.Value{Text: n.text}
}

func writeValue(v spec.Value) *node {
	switch v.Kind {
	case spec.NumberValue:
		return word(plain(v.Number))
	case spec.BoolValue:
		return word(fmt.Sprint(v.Bool))
	}
	return textNode(v.Text)
}

// textNode is a text that must not be read back as a number or a boolean.
func textNode(s string) *node {
	n := &node{kind: scalarNode, text: s}
	n.quoted = valueOf(n).Kind != spec.TextValue || isNull(s)
	return n
}

func attributeNumber(s string, a spec.Attribute) (float64, *flaw) {
	switch a {
	case spec.SizeAttribute:
		return sizeQuantity.float(s)
	case spec.PriorityAttribute:
		v, f := parseWhole(s, 0, 9)
		return float64(v), f
	}
	return numberQuantity.float(s)
}

func (l *loader) comparison(n *node, at *place, a spec.Attribute, operator, operand string) (spec.Match, bool) {
	operand = strings.TrimSpace(operand)
	kinds := map[string]spec.MatchKind{">": spec.GreaterMatch, ">=": spec.GreaterEqualMatch, "<": spec.LessMatch, "<=": spec.LessEqualMatch}
	switch operator {
	case "=", "==":
		l.fail(n, at, "equality has no sign", "write the value alone", operand)
		return spec.Match{}, false
	case "!=":
		part := *n
		part.text, part.quoted = operand, false
		if operand == "" {
			l.fail(n, at, "a value is missing after !=", `write "!= SE"`, "")
			return spec.Match{}, false
		}
		v, ok := l.literal(&part, at, a)
		return spec.Match{Kind: spec.NotEqualMatch, Value: v}, ok
	}
	v, f := attributeNumber(operand, a)
	if f != nil {
		l.fail(n, at, fmt.Sprintf("after %s comes a number, and %s is none", operator, quoted(operand)), f.accepted, "")
		return spec.Match{}, false
	}
	return spec.Match{Kind: kinds[operator], Number: v}, true
}

func (l *loader) span(n *node, at *place, a spec.Attribute, low, high string) (spec.Match, bool) {
	from, f := attributeNumber(low, a)
	to, g := attributeNumber(high, a)
	if f == nil {
		f = g
	}
	if f == nil && from > to {
		f = &flaw{problem: "this range is empty: its end is below its beginning", suggestion: high + ".." + low}
	}
	if f != nil {
		l.flawed(n, at, f)
		return spec.Match{}, false
	}
	return spec.Match{Kind: spec.RangeMatch, Number: from, High: to}, true
}

func (l *loader) matchAny(n *node, at *place, a spec.Attribute) (spec.Match, bool) {
	if len(n.items) == 0 {
		l.fail(n, at, "this list is empty, so the condition never holds", "at least one value", "")
		return spec.Match{}, false
	}
	m := spec.Match{Kind: spec.AnyMatch}
	good := true
	for i, item := range n.items {
		one, ok := l.match(item, at.item(i), a)
		good = good && ok
		m.Of = append(m.Of, one)
	}
	return m, good
}

func (l *loader) matchMap(n *node, at *place, a spec.Attribute) (spec.Match, bool) {
	if len(n.entries) != 1 {
		l.fail(n, at, "this wants exactly one of "+listed(matchKeys), "write {not: SE}, {exists: false}, {prefix: S}, {suffix: E}, {ignore_case: se} or {any: [SE, NO]}", "")
		return spec.Match{}, false
	}
	e := n.entries[0]
	step := at.key(e.key.text)
	text := func(kind spec.MatchKind) (spec.Match, bool) {
		s, ok := l.text(e.value, step, "text")
		return spec.Match{Kind: kind, Value: spec.Value{Text: s}}, ok
	}
	switch e.key.text {
	case "not":
		m, ok := l.match(e.value, step, a)
		return spec.Match{Kind: spec.NotMatch, Of: []spec.Match{m}}, ok
	case "exists":
		v, ok := boolForm.read(l, e.value, step)
		return spec.Match{Kind: spec.ExistsMatch, Exists: v}, ok
	case "prefix":
		return text(spec.PrefixMatch)
	case "suffix":
		return text(spec.SuffixMatch)
	case "ignore_case":
		return text(spec.IgnoreCaseMatch)
	case "any":
		if e.value.kind != listNode {
			l.fail(e.value, step, "any wants a list", "write {any: [SE, NO]}", "")
			return spec.Match{}, false
		}
		return l.matchAny(e.value, step, a)
	}
	l.fail(e.key, step, quoted(e.key.text)+" is not a condition", "the conditions are "+listed(matchKeys), closest(e.key.text, matchKeys))
	return spec.Match{}, false
}

func writeFilter(f spec.Filter) *node {
	n := &node{kind: mapNode, flow: true}
	for _, t := range f.Tests {
		name := t.Field
		if t.Attribute != spec.FieldAttribute {
			name = attributeNames[t.Attribute]
		}
		n.entries = append(n.entries, entry{quoteIfOdd(name), writeMatch(t.Match, t.Attribute)})
	}
	if len(f.Any) > 0 {
		any := &node{kind: listNode, flow: true}
		for _, a := range f.Any {
			any.items = append(any.items, writeFilter(a))
		}
		n.entries = append(n.entries, entry{word("any"), any})
	}
	return n
}

func writeMatch(m spec.Match, a spec.Attribute) *node {
	number := func(v float64) string {
		if a == spec.SizeAttribute {
			return sizeQuantity.write(v)
		}
		return plain(v)
	}
	one := func(name string, value *node) *node {
		return &node{kind: mapNode, flow: true, entries: []entry{{word(name), value}}}
	}
	switch m.Kind {
	case spec.EqualMatch:
		if m.Value.Kind == spec.NumberValue {
			return word(number(m.Value.Number))
		}
		return writeValue(m.Value)
	case spec.PatternMatch:
		return quote(m.Pattern.Text)
	case spec.LessMatch:
		return quote("< " + number(m.Number))
	case spec.LessEqualMatch:
		return quote("<= " + number(m.Number))
	case spec.GreaterMatch:
		return quote("> " + number(m.Number))
	case spec.GreaterEqualMatch:
		return quote(">= " + number(m.Number))
	case spec.NotEqualMatch:
		if m.Value.Kind == spec.NumberValue {
			return quote("!= " + number(m.Value.Number))
		}
		return quote("!= " + writeValue(m.Value).text)
	case spec.RangeMatch:
		return quote(number(m.Number) + ".." + number(m.High))
	case spec.NotMatch:
		return one("not", writeMatch(m.Of[0], a))
	case spec.ExistsMatch:
		return one("exists", word(fmt.Sprint(m.Exists)))
	case spec.PrefixMatch:
		return one("prefix", quote(m.Value.Text))
	case spec.SuffixMatch:
		return one("suffix", quote(m.Value.Text))
	case spec.IgnoreCaseMatch:
		return one("ignore_case", quote(m.Value.Text))
	}
	list := &node{kind: listNode, flow: true}
	for _, o := range m.Of {
		list.items = append(list.items, writeMatch(o, a))
	}
	return list
}
