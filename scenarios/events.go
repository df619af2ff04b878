package scenarios

import (
	"fmt"
	"slices"

	"eddy/sim/spec"
)

// defaultEvent is an event type nobody described.
func defaultEvent() spec.EventType {
	return spec.EventType{Size: spec.Const(1024), Key: spec.None, Priority: []spec.Choice{{Value: 0, Weight: 1}}}
}

var eventKind = enumForm(
	choice[spec.EventKind]{"action", spec.ActionEvent},
	choice[spec.EventKind]{"system", spec.SystemEvent},
	choice[spec.EventKind]{"message", spec.MessageEvent},
	choice[spec.EventKind]{"change", spec.ChangeEvent},
)

var carries = enumForm(choice[bool]{"notification", false}, choice[bool]{"state", true})

func eventObject() *object[spec.EventType] {
	type S = spec.EventType
	o := &object[S]{
		title: "an event",
		start: func(*loader, *node) S { e := defaultEvent(); e.Declared = true; return e },
		keys: []key[S]{
			bind("about", textForm, func(s *S) *string { return &s.About }, "What the event tells."),
			bind("kind", eventKind, func(s *S) *spec.EventKind { return &s.Kind },
				"What it comes from: `action` (a user did it), `system` (a timer, a probe), `message` (another system sent it) or `change` (state changed). A label; it changes nothing in the run.", dflt("message")),
			bind("carries", carries, func(s *S) *bool { return &s.CarriesState },
				"`notification` (only an id: consumers must ask for the rest) or `state` (all a consumer needs). A label.", dflt("notification")),
			bind("size", sizeDist, func(s *S) *spec.Dist { return &s.Size }, "Size of one event, or a distribution of sizes.", dflt("1KiB")),
			bind("key", eventKey, func(s *S) *int { return &s.Key },
				"Where its keys are drawn from: a key space of `keys`, or `{count, skew}` for one of its own.", dflt("no key")),
			bind("priority", priorityForm, func(s *S) *[]spec.Choice { return &s.Priority },
				"0 to 9, 9 goes first in a queue with `order: priority`; or a map from priorities to shares.", dflt("0")),
			bind("ttl", limitForm, func(s *S) *spec.Nanos { return &s.TTL }, "How long it is of use once it is in a channel; there the shorter of this and the channel's own counts.", dflt("none")),
			bind("fields", fieldsForm, func(s *S) *[]spec.Field { return &s.Fields }, "Values for rules and filters. Each is a constant, a map from values to shares, or a distribution of numbers."),
		},
	}
	return o.build()
}

// eventsForm leaves undeclared events out when it writes: they come back by
// being emitted.
func eventsForm() *form[[]spec.EventType] {
	f := named("event", eventObject(), func(s *spec.EventType) *string { return &s.Name })
	write := f.write
	f.write = func(w *writer, v []spec.EventType) *node {
		return write(w, slices.DeleteFunc(slices.Clone(v), func(e spec.EventType) bool { return !e.Declared }))
	}
	return f
}

func keyObject() *object[spec.KeySpace] {
	type S = spec.KeySpace
	o := &object[S]{
		title:  "a key space",
		sample: "{count: 1000}",
		keys: []key[S]{
			bind("count", wholeForm[int64](1, 1<<31), func(s *S) *int64 { return &s.Count }, "How many different keys there are.", required),
			bind("skew", skewForm, func(s *S) *float64 { return &s.Skew }, "Zipf's exponent: 0 draws all keys alike, 1 makes the nth key n times rarer than the first.", dflt("0")),
		},
	}
	return o.build()
}

var skewForm = bare(scalarForm("a number from 0 to 10, such as 1.1", numberSchema(0), func(s string) (float64, *flaw) {
	v, f := parseFactor(s)
	if f == nil && v > 10 {
		f = &flaw{problem: "this skew is too large", accepted: "a number from 0 to 10"}
	}
	return v, f
}, plain))

func keysForm() *form[[]spec.KeySpace] {
	f := named("key space", keyObject(), func(s *spec.KeySpace) *string { return &s.Name })
	write := f.write
	f.write = func(w *writer, v []spec.KeySpace) *node {
		return write(w, slices.DeleteFunc(slices.Clone(v), func(k spec.KeySpace) bool { return k.Name == "" }))
	}
	return f
}

// inlineKey is the object of a key space written at its event; set when the
// format is built.
var inlineKey *object[spec.KeySpace]

var eventKey = &form[int]{
	shape: &shape{want: "the name of a key space, or {count: 1000, skew: 1.1}", schema: func() schema { return anyOf(nameSchema(), inlineKey.shape.toSchema()) }},
	read: func(l *loader, n *node, at *place) (int, bool) {
		if n.kind != mapNode {
			return l.refer(keySpaces, n, at)
		}
		space, ok := inlineKey.read(l, n, at)
		l.doc.Keys = append(l.doc.Keys, space)
		return len(l.doc.Keys) - 1, ok
	},
	write: func(w *writer, v int) *node {
		if v == spec.None {
			return nil
		}
		if space := w.s.Keys[v]; space.Name == "" {
			n := inlineKey.write(w, space)
			n.flow = true
			return n
		}
		return word(w.name(keySpaces, v))
	},
}

var priorities = weighted("a priority from 0 to 9", wholeSchema(0, 9),
	func(l *loader, n *node, at *place) (int, bool) {
		text, ok := l.text(n, at, "a priority from 0 to 9")
		if !ok {
			return 0, false
		}
		v, f := parseWhole(text, 0, 9)
		if f != nil {
			l.flawed(n, at, f)
			return 0, false
		}
		return int(v), true
	},
	func(_ *writer, v int) *node { return word(fmt.Sprint(v)) })

var priorityForm = choicesOf(priorities)

// choicesOf turns weights of indices into spec's choices.
func choicesOf(f *form[[]weight[int]]) *form[[]spec.Choice] {
	return &form[[]spec.Choice]{
		shape: f.shape,
		read: func(l *loader, n *node, at *place) ([]spec.Choice, bool) {
			v, ok := f.read(l, n, at)
			out := make([]spec.Choice, len(v))
			for i, x := range v {
				out[i] = spec.Choice{Value: x.value, Weight: x.share}
			}
			return out, ok
		},
		write: func(w *writer, v []spec.Choice) *node {
			weights := make([]weight[int], len(v))
			for i, c := range v {
				weights[i] = weight[int]{c.Value, c.Weight}
			}
			return f.write(w, weights)
		},
	}
}

// eventChoices is an event or a weighted map of events; undeclared ones come
// into being here.
var eventChoices = choicesOf(weighted("the name of an event", nameSchema,
	func(l *loader, n *node, at *place) (int, bool) { return l.emitted(n, at) },
	func(w *writer, v int) *node { return word(w.name(events, v)) }))

// emitted finds the type of an emitted event.
func (l *loader) emitted(n *node, at *place) (int, bool) {
	name, ok := l.text(n, at, "the name of an event")
	if !ok || !l.validName(n, at, "the name of an event") {
		return 0, false
	}
	if _, known := l.names[events].index[name]; !known && l.spots.declared > 0 && l.maySuggest(l.spots.declared) {
		if near := within(2, name, l.names[events].names[:l.spots.declared]); near != "" {
			l.warn(n, at, fmt.Sprintf("the event %s is not declared and gets the defaults", quoted(name)), "", near)
		}
	}
	i := l.event(name, n)
	l.spots.emitted[i] = true
	return i, true
}

// event is the index of an event type, which is made with the defaults if
// nobody declared it.
func (l *loader) event(name string, n *node) int {
	i := l.names[events].add(name, n)
	if i == len(l.doc.Events) {
		e := defaultEvent()
		e.Name = name
		l.doc.Events = append(l.doc.Events, e)
	}
	return i
}

const fieldWant = "a constant, a map from values to shares, or a distribution of numbers"

var fieldsForm = &form[[]spec.Field]{
	shape: &shape{
		want: "a map from names of fields to values",
		free: &freeShape{of: "a field", key: textSchema, value: &shape{want: fieldWant, schema: fieldSchema}, open: true},
		schema: func() schema {
			return schema{"type": "object", "propertyNames": fieldNameSchema(), "additionalProperties": fieldSchema()}
		},
	},
	read: func(l *loader, n *node, at *place) ([]spec.Field, bool) {
		if n.kind != mapNode {
			l.fail(n, at, "this should be a map from names of fields to values", "for example {country: SE, amount: exp(50)}", "")
			return nil, false
		}
		out := slices.Grow([]spec.Field(nil), len(n.entries))
		good := true
		for _, e := range n.entries {
			step := at.key(e.key.text)
			ok := l.validName(e.key, step, "the name of a field")
			if _, taken := attributes[e.key.text]; taken || e.key.text == "any" {
				l.fail(e.key, step, fmt.Sprintf("%s is no name for a field: in a where it means something else", quoted(e.key.text)), "any name but type, key, source, size, priority and any", "")
				ok = false
			}
			if e.value.kind == nullNode && !e.value.quoted {
				l.fail(e.key, step, "this field has no value", fieldWant, "")
				good = false
				continue
			}
			f, sound := l.field(e.value, step)
			f.Name = e.key.text
			out = append(out, f)
			good = good && ok && sound
		}
		return out, good
	},
	write: func(w *writer, v []spec.Field) *node {
		if len(v) == 0 {
			return nil
		}
		n := &node{kind: mapNode}
		for _, f := range v {
			n.entries = append(n.entries, entry{word(f.Name), writeField(w, f)})
		}
		return n
	},
}

func (l *loader) field(n *node, at *place) (spec.Field, bool) {
	switch n.kind {
	case mapNode:
		weights, ok := readShares(l, n, at, func(_ *loader, key *node, _ *place) (spec.Value, bool) { return valueOf(key), true })
		var f spec.Field
		for _, x := range weights {
			f.Choices = append(f.Choices, spec.FieldChoice{Value: x.value, Weight: x.share})
		}
		return f, ok
	case listNode:
		l.fail(n, at, "this should be "+fieldWant+", not a list", "", "")
		return spec.Field{}, false
	}
	if isCall(n.text) {
		d, ok := l.readDist(n, at, numberQuantity, false)
		return spec.Field{Dist: d}, ok
	}
	return spec.Field{Choices: []spec.FieldChoice{{Value: valueOf(n), Weight: 1}}}, true
}

// isCall says whether a text has the form of a distribution: name(…).
func isCall(s string) bool {
	e, f := parseExpr(s)
	if f != nil {
		return callLike.MatchString(s)
	}
	return e.call
}

func writeField(w *writer, f spec.Field) *node {
	if len(f.Choices) == 0 {
		return word(writeDist(f.Dist, numberQuantity))
	}
	if one := f.Choices[0].Value; len(f.Choices) == 1 && (one.Kind != spec.TextValue || !isCall(one.Text)) {
		return writeValue(one)
	}
	n := &node{kind: mapNode, flow: true}
	for _, c := range f.Choices {
		n.entries = append(n.entries, entry{writeValue(c.Value), word(writeChance(c.Weight))})
	}
	return n
}
