package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"eddy/sim/spec"
)

// setEntry is the path and the value of a set in the resolved scenario, where
// defaults and short forms are written out: the author's own path may not lead
// anywhere there, or change less, as concurrency without the prefetch that
// follows it.
func (w *writer) setEntry(a spec.Action) (path, value *node) {
	if a.Changed == nil {
		return quoteIfOdd(a.Path), rawNode(a.Value)
	}
	if w.tree == nil {
		w.tree = settableTree(w.s)
	}
	at, n := difference(w.tree, settableTree(a.Changed), format, "")
	if at == "" {
		at, n = nearest(w.tree, a.Path)
	}
	return quoteIfOdd(at), rawNode(flowText(n))
}

// settableTree is the part of a scenario that a set may change, written out.
func settableTree(s *spec.Scenario) *node {
	w := &writer{s: s}
	n := &node{kind: mapNode}
	for _, k := range scenarioObject.keys {
		if slices.Contains([]string{"producers", "broker", "consumers"}, k.name) {
			n.entries = append(n.entries, entry{word(k.name), k.write(w, s)})
		}
	}
	return n
}

// difference is the deepest path below which all lies that differs between two
// trees of a shape, and what the second has there.
func difference(a, b *node, sh *shape, path string) (string, *node) {
	if a.kind != b.kind {
		return path, b
	}
	switch {
	case a.kind == mapNode && (sh.keys != nil || sh.free != nil):
		if e, child := onlyEntry(a, b, sh); child != nil {
			return difference(orNull(a.lookup(e.key.text)), e.value, child, join(path, e.key.text))
		}
	case a.kind == listNode && sh.items != nil && len(a.items) == len(b.items):
		found := -1
		for i := range a.items {
			switch {
			case same(a.items[i], b.items[i]):
			case found >= 0:
				return path, b
			default:
				found = i
			}
		}
		if found >= 0 {
			return difference(a.items[found], b.items[found], sh.items, fmt.Sprintf("%s[%d]", path, found))
		}
	}
	return path, b
}

// onlyEntry is the one entry of b that a has not, or has otherwise, and the
// shape of its value; nil if there is not exactly one.
func onlyEntry(a, b *node, sh *shape) (entry, *shape) {
	var only entry
	differing := 0
	for _, e := range a.entries {
		if b.lookup(e.key.text) == nil {
			return only, nil
		}
	}
	for _, e := range b.entries {
		if !same(orNull(a.lookup(e.key.text)), e.value) {
			only = e
			differing++
		}
	}
	switch {
	case differing != 1:
		return only, nil
	case sh.keys != nil:
	case a.lookup(only.key.text) == nil:
		return only, nil // no path leads to what has yet to be named
	default:
		return only, sh.free.value
	}
	info := sh.key(only.key.text)
	if info == nil {
		return only, nil
	}
	return only, info.shape
}

func orNull(n *node) *node {
	if n == nil {
		return &node{kind: nullNode}
	}
	return n
}

// nearest follows a path of the author's into a written tree for as long as it
// leads on by names, and gives what is there.
func nearest(n *node, path string) (string, *node) {
	done := ""
	for rest := path; rest != "" && n.kind == mapNode; {
		step := ""
		for _, e := range n.entries {
			name := e.key.text
			if len(name) > len(step) && (rest == name || strings.HasPrefix(rest, name+".")) {
				step = name
			}
		}
		if step == "" {
			break
		}
		n, done, rest = n.lookup(step), join(done, step), strings.TrimPrefix(rest[len(step):], ".")
	}
	return done, n
}

// same says whether two written trees say the same.
func same(a, b *node) bool {
	return a.kind == b.kind && a.text == b.text && a.quoted == b.quoted &&
		slices.EqualFunc(a.items, b.items, same) &&
		slices.EqualFunc(a.entries, b.entries, func(x, y entry) bool { return x.key.text == y.key.text && same(x.value, y.value) })
}
