package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"eddy/sim/spec"
)

// maxTried bounds the values read to check variants and changes of the
// timeline, so that a text with many of them is still answered at once.
const maxTried = 1_000_000

// variantsKey is checked here only for its form; what a variant does is
// checked by applying it.
func variantsKey() key[spec.Scenario] {
	const want = "a map from names to changes, such as four-workers: {consumers.payment.instances: 4}"
	return key[spec.Scenario]{
		keyInfo: keyInfo{
			name: "variants", doc: "Named sets of changes, for comparisons: a map from paths to values each. The value null takes a key away.",
			shape: &shape{
				want: want,
				free: &freeShape{of: "a variant", key: nameSchema, value: &shape{want: "a map from paths to values"}},
				schema: func() schema {
					return schema{"type": "object", "propertyNames": nameSchema(), "additionalProperties": schema{"type": "object"}}
				},
			},
		},
		read: func(l *loader, n *node, at *place, _ *spec.Scenario) bool {
			if n.kind != mapNode {
				l.fail(n, at, "this should be "+want, "", "")
				return false
			}
			good := true
			for _, e := range n.entries {
				good = l.validName(e.key, at.key(e.key.text), "the name of a variant") && good
				if e.value.kind != mapNode {
					l.fail(e.key, at.key(e.key.text), "a variant is a map from paths to values", "write it as {consumers.payment.instances: 4}", "")
					good = false
				}
			}
			return good
		},
		write: func(*writer, *spec.Scenario) *node { return nil },
	}
}

// Variants are the names of a scenario's variants in its order, nil if it has
// none or cannot be read.
func Variants(text []byte) []string {
	l := &loader{source: &source{text: string(text)}, files: newFiles(nil)}
	if !l.guard(text) {
		return nil
	}
	root := l.parse(text)
	if root == nil {
		return nil
	}
	return variantNames(root)
}

func variantNames(root *node) []string {
	n := root.lookup("variants")
	if n == nil || n.kind != mapNode {
		return nil
	}
	names := make([]string, len(n.entries))
	for i, e := range n.entries {
		names[i] = e.key.text
	}
	return names
}

// variant is the tree with a variant applied, nil if there is none of the name.
func (l *loader) variant(root *node, name string) *node {
	if v := root.lookup("variants").lookup(name); v != nil && v.kind == mapNode {
		return l.applyVariant(root, name, v)
	}
	names := variantNames(root)
	n := &node{kind: scalarNode, text: name, option: "--variant", width: 1}
	accepted := "the scenario has no variants"
	if len(names) > 0 {
		accepted = "the variants are " + some(names)
	}
	l.fail(n, nil, "there is no variant "+quoted(name), accepted, closest(name, names))
	return nil
}

// applyVariant makes every change of a variant; what is wrong with its paths
// is reported there.
func (l *loader) applyVariant(root *node, name string, v *node) *node {
	at := (&place{step: "variants"}).key(name)
	for _, e := range v.entries {
		if changed, ok := l.set(root, change{path: e.key.text, pathNode: e.key, value: e.value, at: at.key(e.key.text)}); ok {
			root = changed
		}
	}
	return root
}

// tryVariants loads each variant to see that it works, and reports what does
// not. root is the scenario as it is written.
func (l *loader) tryVariants(root *node, o Options) {
	v := root.lookup("variants")
	if v == nil || v.kind != mapNode {
		return
	}
	known := l.reported()
	for _, e := range v.entries {
		if e.value.kind != mapNode || e.key.text == o.Variant {
			continue
		}
		at := (&place{step: "variants"}).key(e.key.text)
		l.warnWholeSections(root, e.value, at)
		whole := false
		if *l.budget -= root.size; *l.budget >= 0 {
			t := l.trial()
			whole = t.tryVariant(root, e)
			l.adopt(t, known, e.key, at, fmt.Sprintf("with the variant %s: ", e.key.text))
		}
		if !whole {
			l.warn(e.key, at, "this variant and those after it are checked only when they are used", "", "")
			return
		}
	}
}

// warnWholeSections says where a variant puts a map in the place of a whole
// section, when it was probably meant to change a part of it.
func (l *loader) warnWholeSections(root, v *node, at *place) {
	for _, e := range v.entries {
		was := root
		for step := range strings.SplitSeq(e.key.text, ".") {
			was = was.lookup(step)
		}
		if !slices.Contains([]string{"keys", "events", "producers", "broker", "broker.channels", "consumers"}, e.key.text) ||
			e.value.kind != mapNode || was == nil || was.kind != mapNode {
			continue
		}
		path, value := e.key.text, e.value
		for value.kind == mapNode && len(value.entries) > 0 {
			path, value = path+"."+value.entries[0].key.text, value.entries[0].value
		}
		l.warn(e.key, at.key(e.key.text), "this takes the place of all of "+e.key.text, "to change a part of it write its path", path+": …")
	}
}

// tryVariant reads the scenario with a variant, and then with each change of
// its timeline; it is false when those are too many.
func (l *loader) tryVariant(root *node, v entry) bool {
	changed := l.applyVariant(root, v.key.text, v.value)
	if changed == nil || l.errors > 0 {
		return true
	}
	l.read(changed)
	return l.errors > 0 || l.tryChanges(changed)
}

// trial is a loader for the same text that keeps its diagnostics to itself.
func (l *loader) trial() *loader {
	return &loader{source: l.source, files: l.files, hints: l.hints, budget: l.budget}
}

// reported are the errors so far, so that those which have nothing to do with
// a variant are not repeated for each.
func (l *loader) reported() map[string]bool {
	known := map[string]bool{}
	for _, d := range l.diags {
		known[d.key()] = true
	}
	return known
}

func (d Diagnostic) key() string {
	return fmt.Sprintf("%s:%d:%d:%s", d.File, d.Line, d.Col, d.Problem)
}

// adopt takes over a trial's new errors. One that is not in the variant itself
// says that the variant causes it.
func (l *loader) adopt(t *loader, known map[string]bool, v *node, at *place, prefix string) {
	l.hints = max(l.hints, t.hints)
	for _, d := range t.diags {
		if d.Severity != Error || known[d.key()] {
			continue
		}
		known[d.key()] = true
		if d.Line < v.line || d.Line == 0 {
			d.Problem = prefix + d.Problem
		} else {
			d.Path = at.String() + ": " + d.Path
			if len(d.Path) > len(at.String()) && t.pathIn(d, at) {
				d.Path = d.Path[len(at.String())+2:]
			}
		}
		l.report(d)
	}
}

// pathIn says that a diagnostic's own path already begins with the variant's.
func (l *loader) pathIn(d Diagnostic, at *place) bool {
	own := d.Path[len(at.String())+2:]
	return len(own) >= len(at.String()) && own[:len(at.String())] == at.String()
}
