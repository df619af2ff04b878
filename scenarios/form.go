package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// shape is what may be written at a place of the format, apart from the Go
// value it becomes. The schema, the paths of --set and the messages read it.
type shape struct {
	want    string            // what is accepted, for messages: "a duration such as 250ms"
	title   string            // of a map with fixed keys: "a producer"
	keys    []keyInfo         // a map with these keys
	free    *freeShape        // a map with names of the author's own
	items   *shape            // a list
	atLeast int               // items of it
	extra   schema            // constraints between the keys, for the schema
	schema  func() schema     // overrides what keys, free and items say
	expand  func(*node) *node // a short form written out as a map, nil if it cannot be
	example string            // of a map with fixed keys that authors often write as a scalar
}

// keyInfo is one key of a map with fixed keys.
type keyInfo struct {
	name     string
	doc      string
	dflt     string
	required bool
	shape    *shape
}

// freeShape is a map whose keys the author chooses.
type freeShape struct {
	of    string // what one entry is: "a channel"
	key   func() schema
	value *shape
	open  bool // a path may add an entry, as to a weighted map
}

// key finds a fixed key.
func (s *shape) key(name string) *keyInfo {
	for i := range s.keys {
		if s.keys[i].name == name {
			return &s.keys[i]
		}
	}
	return nil
}

func (s *shape) keyNames() []string {
	names := make([]string, len(s.keys))
	for i, k := range s.keys {
		names[i] = k.name
	}
	return names
}

// form is a shape and how its text becomes a T and is written back.
type form[T any] struct {
	*shape
	// read reports what is wrong and says whether there is a value.
	read func(l *loader, n *node, at *place) (T, bool)
	// write gives the value as it would be written; nil: the key is left out.
	write func(w *writer, v T) *node
}

// place is a path into the format, built from the end so that it costs
// nothing until a message needs it.
type place struct {
	up   *place
	step string
}

func (p *place) key(name string) *place { return &place{p, name} }
func (p *place) item(i int) *place      { return &place{p, fmt.Sprintf("[%d]", i)} }

func (p *place) String() string {
	var steps []string
	for ; p != nil; p = p.up {
		if p.step != "" {
			steps = append(steps, harmless(clip(p.step, 200)))
		}
	}
	slices.Reverse(steps)
	var b strings.Builder
	for i, s := range steps {
		if i > 0 && s[0] != '[' {
			b.WriteByte('.')
		}
		b.WriteString(s)
	}
	return b.String()
}

// key is one key of a map that becomes an S.
type key[S any] struct {
	keyInfo
	read  func(l *loader, n *node, at *place, s *S) bool
	write func(w *writer, s *S) *node
}

// bind ties a key to the field of S it sets.
func bind[S, T any](name string, f *form[T], field func(*S) *T, doc string, options ...func(*keyInfo)) key[S] {
	k := key[S]{
		keyInfo: keyInfo{name: name, doc: doc, shape: f.shape},
		read: func(l *loader, n *node, at *place, s *S) bool {
			v, ok := f.read(l, n, at)
			if ok {
				*field(s) = v
			}
			return ok
		},
		write: func(w *writer, s *S) *node { return f.write(w, *field(s)) },
	}
	for _, o := range options {
		o(&k.keyInfo)
	}
	return k
}

func required(k *keyInfo) { k.required = true }

func dflt(text string) func(*keyInfo) { return func(k *keyInfo) { k.dflt = text } }

// writeIf leaves a key out of the resolved scenario when it says nothing.
func (k key[S]) writeIf(says func(*S) bool) key[S] {
	write := k.write
	k.write = func(w *writer, s *S) *node {
		if !says(s) {
			return nil
		}
		return write(w, s)
	}
	return k
}

// object is a map with fixed keys that becomes an S.
type object[S any] struct {
	title  string
	keys   []key[S]
	start  func(l *loader, n *node) S // the defaults, may look at the node
	finish func(f *fields, s *S)      // what only several keys together tell
	sample string                     // how one is written, for who wrote a scalar
	extra  func() schema
	shape  *shape
}

// fields is what of an object was written.
type fields struct {
	l     *loader
	node  *node
	at    *place
	found map[string]entry
	bad   map[string]bool // written, but wrong: already reported
	odd   bool            // a key was written that is none of the map's: already reported
}

func (f *fields) has(name string) bool { _, ok := f.found[name]; return ok }

// sound says that the key was written and is right.
func (f *fields) sound(name string) bool { return f.has(name) && !f.bad[name] }

// value is the node of a key, or of the whole object if it was not written.
func (f *fields) value(name string) *node {
	if e, ok := f.found[name]; ok {
		return e.value
	}
	return f.node
}

// keyNode is where a key is written, for what is wrong with its presence.
func (f *fields) keyNode(name string) *node {
	if e, ok := f.found[name]; ok {
		return e.key
	}
	return f.node
}

// fail reports an error at a key's value.
func (f *fields) fail(name, problem, accepted string) {
	f.l.fail(f.value(name), f.at.key(name), problem, accepted, "")
}

// misplaced reports an error at a key that should not be there.
func (f *fields) misplaced(name, problem, accepted string) {
	f.l.fail(f.keyNode(name), f.at.key(name), problem, accepted, "")
}

// build prepares the object's shape; it is called once, when the format is built.
func (o *object[S]) build() *object[S] {
	o.shape = &shape{title: o.title, want: o.title + ", a map of keys", example: o.sample}
	for _, k := range o.keys {
		o.shape.keys = append(o.shape.keys, k.keyInfo)
	}
	if o.extra != nil {
		o.shape.extra = o.extra()
	}
	return o
}

func (o *object[S]) form() *form[S] {
	return &form[S]{shape: o.shape, read: o.read, write: o.write}
}

// pointer is the form of an object that may be absent.
func (o *object[S]) pointer() *form[*S] {
	return &form[*S]{
		shape: o.shape,
		read: func(l *loader, n *node, at *place) (*S, bool) {
			v, ok := o.read(l, n, at)
			return &v, ok
		},
		write: func(w *writer, v *S) *node {
			if v == nil {
				return nil
			}
			return o.write(w, *v)
		},
	}
}

func (o *object[S]) read(l *loader, n *node, at *place) (S, bool) {
	var s S
	ok := o.into(l, n, at, &s)
	return s, ok
}

// into reads the map into s, which must be where the value will stay while
// the keys are read: keys read later may look at what is already there.
func (o *object[S]) into(l *loader, n *node, at *place, s *S) bool {
	if o.start != nil {
		*s = o.start(l, n)
	}
	if !l.isMap(n, at, o.shape) {
		return false
	}
	f := fields{l: l, node: n, at: at, found: make(map[string]entry, len(n.entries)), bad: map[string]bool{}}
	var meant []entry
	for _, e := range n.entries {
		if o.shape.key(e.key.text) != nil {
			f.found[e.key.text] = e
			continue
		}
		f.odd = true
		if name := l.unknownKey(e.key, at, o.shape); name != "" {
			meant = append(meant, entry{word(name), e.key})
		}
	}
	// A misspelt key counts as written, so that nothing is said to be missing.
	for _, m := range meant {
		if !f.has(m.key.text) {
			f.found[m.key.text] = entry{m.value, m.value}
			f.bad[m.key.text] = true
		}
	}
	ok := true
	for i := range o.keys {
		k := &o.keys[i]
		e, has := f.found[k.name]
		switch {
		case f.bad[k.name]:
			ok = false
		case has && e.value.kind == nullNode:
			l.empty(e, at.key(k.name), k.shape)
			f.bad[k.name] = true
			ok = false
		case has:
			if !k.read(l, e.value, at.key(k.name), s) {
				f.bad[k.name] = true
				ok = false
			}
		case k.required:
			accepted := k.name + ": " + cmp.Or(k.shape.example, k.shape.want)
			if n.whole && len(n.entries) > 0 {
				accepted = partOfAChange(n, at)
			}
			l.fail(n, at, fmt.Sprintf("the key %s is missing", quoted(k.name)), accepted, "")
			f.bad[k.name] = true
			ok = false
		}
	}
	before := l.errors
	if o.finish != nil {
		o.finish(&f, s)
	}
	return ok && l.errors == before
}

// partOfAChange says how to change less than a whole map, of which a change
// has only some keys.
func partOfAChange(n *node, at *place) string {
	path := at
	if len(n.entries) > 0 {
		path = at.key(n.entries[0].key.text)
	}
	return "a change replaces the whole value; for a part of it write " + path.String() + " as the path"
}

func (o *object[S]) write(w *writer, s S) *node {
	n := &node{kind: mapNode}
	for _, k := range o.keys {
		if v := k.write(w, &s); v != nil {
			n.entries = append(n.entries, entry{word(k.name), v})
		}
	}
	return n
}

// isMap reports a value that should be a map and is not.
func (l *loader) isMap(n *node, at *place, s *shape) bool {
	if n.kind == mapNode {
		return true
	}
	problem := "this should be " + s.want
	if n.kind == listNode {
		problem += ", not a list"
	}
	accepted := ""
	if len(s.keys) > 0 {
		accepted = "its keys are " + some(s.keyNames())
	}
	if s.example != "" {
		accepted = "write " + s.example + "; " + accepted
	}
	suggestion := ""
	if n.kind == scalarNode {
		if i := strings.Index(n.text, ":"); i > 0 && s.key(n.text[:i]) != nil {
			problem, suggestion = "a space is missing after the colon", n.text[:i]+": "+n.text[i+1:]
		}
	}
	l.fail(n, at, problem, accepted, suggestion)
	return false
}

// empty reports a key without a value.
func (l *loader) empty(e entry, at *place, s *shape) {
	accepted := s.want
	if len(s.keys) > 0 {
		accepted = s.title + ": its keys are " + some(s.keyNames()) + ", two spaces further in"
	} else if s.free != nil && strings.HasPrefix(s.want, "a map ") {
		accepted += "; what belongs to it stands two spaces further in"
	}
	l.fail(e.key, at, "this key has no value", accepted, "")
}

// unknownKey reports a key that may not be written here: what was meant, or
// where it belongs. It returns the key that was probably meant.
func (l *loader) unknownKey(key *node, at *place, s *shape) string {
	names := s.keyNames()
	accepted := "the keys of " + s.title + " are " + some(names)
	suggestion := ""
	if l.maySuggest(1) {
		suggestion = closest(key.text, names)
	}
	problem := fmt.Sprintf("%s is not a key of %s", quoted(key.text), s.title)
	if name := sameWord(key.text, names); name != "" {
		l.fail(key, at.key(key.text), problem, accepted, name)
		return name
	}
	if f := foreignKey(key.text, s); f != nil && (suggestion == "" || f.say != "" || levenshtein.Distance(plainLetters(key.text), plainLetters(suggestion), nil) > 2) {
		if f.say != "" {
			l.fail(key, at.key(key.text), problem, f.say, "")
		} else {
			l.fail(key, at.key(key.text), problem, accepted, f.key)
		}
		if slices.Contains(verbs, f.key) && s.key("handle") != nil {
			return "" // beside handle it would be one word too many
		}
		return f.key
	}
	if suggestion == "" || homes[key.text] != nil && !strings.EqualFold(suggestion, key.text) {
		if places := homes[key.text]; places != nil {
			problem += "; it is one of " + listed(places)
			if suggestion != "" && len(suggestion)*2 < len(key.text)*3 {
				suggestion = ""
			}
		}
	}
	if suggestion == "" {
		accepted = "the keys of " + s.title + " are " + together(names)
	}
	l.fail(key, at.key(key.text), problem, accepted, suggestion)
	return suggestion
}

// homes says of every key which maps have it; filled from the format itself.
var homes map[string][]string

func findHomes(root *shape) map[string][]string {
	homes := map[string][]string{}
	seen := map[*shape]bool{}
	var visit func(s *shape)
	visit = func(s *shape) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		for _, k := range s.keys {
			if s.title != "" && !slices.Contains(homes[k.name], s.title) {
				homes[k.name] = append(homes[k.name], s.title)
			}
		}
		for _, k := range s.keys {
			visit(k.shape)
		}
		if s.free != nil {
			visit(s.free.value)
		}
		visit(s.items)
	}
	visit(root)
	return homes
}

// list is the form of a list.
func list[T any](of *form[T], want string, atLeast int) *form[[]T] {
	s := &shape{want: want, items: of.shape, atLeast: atLeast}
	return &form[[]T]{
		shape: s,
		read: func(l *loader, n *node, at *place) ([]T, bool) {
			if n.kind != listNode {
				l.fail(n, at, "this should be "+want, "each item on a line of its own beginning with `- `, or all of them in [ ]", "")
				return nil, false
			}
			if len(n.items) < atLeast {
				l.fail(n, at, "this list is empty", want, "")
				return nil, false
			}
			ok := true
			out := slices.Grow([]T(nil), len(n.items)) // nil for [], as for a key left out
			for i, item := range n.items {
				v, good := l.item(of.shape, item, at.item(i), func(at *place) (any, bool) { v, ok := of.read(l, item, at); return v, ok })
				if good {
					out = append(out, v.(T))
				}
				ok = ok && good
			}
			return out, ok
		},
		write: func(w *writer, v []T) *node {
			if len(v) == 0 {
				return nil
			}
			n := &node{kind: listNode}
			for _, x := range v {
				n.items = append(n.items, of.write(w, x))
			}
			return n
		},
	}
}

// item reads one item of a list unless it is empty.
func (l *loader) item(s *shape, n *node, at *place, read func(*place) (any, bool)) (any, bool) {
	if n.kind == nullNode {
		l.fail(n, at, "this item is empty", s.want, "")
		return nil, false
	}
	return read(at)
}

// notNamed reports what should be a map from names, and perhaps is a list of
// maps with a name inside.
func (l *loader) notNamed(n *node, at *place, s *shape) {
	accepted := "each name on a line of its own, followed by a colon"
	if n.kind == listNode {
		name := "name"
		if len(n.items) > 0 {
			if inside := n.items[0].lookup("name"); inside != nil && nameFlaw(inside.text) == "" {
				name = inside.text
			}
		}
		accepted = "no dashes: " + s.free.of + " begins with its name and a colon, as " + name + ":, and its keys stand two spaces further in"
		l.fail(n, at, "this should be "+s.want+", not a list", accepted, "")
		return
	}
	l.fail(n, at, "this should be "+s.want, accepted, "")
}

// named is the form of a map from names of the author's own to objects.
func named[S any](of string, o *object[S], name func(*S) *string) *form[[]S] {
	s := &shape{
		want: "a map from names to " + of + "s",
		free: &freeShape{of: "a " + of, key: nameSchema, value: o.shape},
	}
	if strings.ContainsRune("aeiou", rune(of[0])) {
		s.free.of = "an " + of
	}
	return &form[[]S]{
		shape: s,
		read: func(l *loader, n *node, at *place) ([]S, bool) {
			if n.kind != mapNode {
				l.notNamed(n, at, s)
				return nil, false
			}
			ok := true
			out := slices.Grow([]S(nil), len(n.entries))[:len(n.entries)] // nil for {}, as for a key left out
			for i, e := range n.entries {
				ok = l.validName(e.key, at.key(e.key.text), "the name of "+s.free.of) && ok
				value := e.value
				if value.kind == nullNode {
					// An entry without keys is one with all defaults, if it needs none.
					value = &node{kind: mapNode, line: e.key.line, col: e.key.col, width: e.key.width, option: e.key.option, size: 1}
				}
				ok = o.into(l, value, at.key(e.key.text), &out[i]) && ok
				*name(&out[i]) = e.key.text
			}
			return out, ok
		},
		write: func(w *writer, v []S) *node {
			if len(v) == 0 {
				return nil
			}
			n := &node{kind: mapNode}
			for i := range v {
				n.entries = append(n.entries, entry{word(*name(&v[i])), o.write(w, v[i])})
			}
			return n
		},
	}
}
