package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"eddy/sim/spec"
)

// liveKeys are the keys that liveSettings names, by the place they are of, and
// the short forms of steps. What is a map or a list below one of them may be
// set in parts.
var liveKeys = []struct {
	of    []string // the path of the maps, "*" for a name
	names []string
}{
	{[]string{"producers", "*"}, []string{
		"emits", "to", "call", "rate", "shape", "users", "think", "instances", "count", "confirm", "retry", "timeout", "buffer", "loses", "outbox",
	}},
	{[]string{"broker"}, []string{"latency", "rate"}},
	{[]string{"broker", "channels", "*"}, []string{
		"where", "capacity", "overflow", "order", "delay", "ttl", "ack_timeout", "ack_clock", "max_deliveries", "requeue", "delayed_holds_slot",
		"dead_letter", "dedup", "retention", "assign", "rebalance", "session_timeout", "rules", "otherwise",
	}},
	{[]string{"consumers", "*"}, []string{
		"instances", "concurrency", "prefetch", "backlog", "ack", "commit", "idempotent", "recognise", "start_time", "handle", "work", "fail", "emit", "to",
		"retry", "autoscale",
	}},
}

// Settable are the paths at which a value may be set while a scenario runs,
// each with the value it has before, in the order of the resolved scenario; the
// text is loaded with the options. It is nil when there are errors.
func Settable(text []byte, o Options) []spec.Setting {
	sc, _ := Load(text, o)
	l := &loader{source: &source{name: o.Name, text: string(text)}, files: newFiles(o.FS), budget: new(int)}
	if sc == nil || !l.guard(text) {
		return nil
	}
	root := l.parse(text)
	if root == nil {
		return nil
	}
	if root = l.applied(root, o); root == nil {
		return nil
	}
	w := settables{l: l, root: root, seen: map[string]bool{}}
	w.component(settableTree(sc))
	w.component(root) // short forms that the resolved scenario has not
	return w.list
}

// settables gathers paths that lead somewhere in a scenario as it is written.
type settables struct {
	l    *loader
	root *node
	seen map[string]bool
	list []spec.Setting
}

func (w *settables) component(tree *node) {
	for _, k := range liveKeys {
		w.below(tree, k.of, "", k.names)
	}
}

// below goes down the steps that lead to some maps, and takes their keys.
func (w *settables) below(n *node, steps []string, path string, names []string) {
	switch {
	case n == nil || n.kind != mapNode:
	case len(steps) == 0:
		for _, e := range n.entries {
			if slices.Contains(names, e.key.text) {
				w.leaves(e.value, join(path, e.key.text))
			}
		}
	case steps[0] == "*":
		for _, e := range n.entries {
			w.below(e.value, steps[1:], join(path, e.key.text), names)
		}
	default:
		w.below(n.lookup(steps[0]), steps[1:], join(path, steps[0]), names)
	}
}

// leaves takes what is below a path.
func (w *settables) leaves(n *node, path string) {
	switch {
	case n.kind == mapNode && len(n.entries) > 0:
		for _, e := range n.entries {
			w.leaves(e.value, join(path, e.key.text))
		}
	case n.kind == listNode && len(n.items) > 0:
		for i, item := range n.items {
			w.leaves(item, fmt.Sprintf("%s[%d]", path, i))
		}
	default:
		w.add(path, n)
	}
}

// shortened says whether a path leads into the steps of a consumer that are
// written in the short form, where they are offered in the author's words.
func (w *settables) shortened(path string) bool {
	consumers := w.root.lookup("consumers")
	if consumers == nil {
		return false
	}
	for _, e := range consumers.entries {
		if strings.HasPrefix(path, "consumers."+e.key.text+".handle") && e.value.lookup("handle") == nil {
			return true
		}
	}
	return false
}

// add takes a path, if it leads somewhere in the scenario as it is written.
func (w *settables) add(path string, value *node) {
	if w.seen[path] || w.shortened(path) {
		return
	}
	w.seen[path] = true
	t := w.l.trial()
	at := &node{kind: scalarNode, text: path, option: "set", width: 1}
	if _, ok := t.set(w.root, change{path: path, pathNode: at, value: value, at: (*place)(nil).steps(path)}); ok {
		w.list = append(w.list, spec.Setting{Path: path, Value: flowText(value)})
	}
}

// SetLive is the timeline's entry that sets a value while a scenario runs: base
// is the scenario that is run, text and options what it was loaded from. Its
// time is left at 0. The error is the first thing that is wrong with it.
func SetLive(base *spec.Scenario, text []byte, o Options, path, value string) (spec.Action, error) {
	o.Set = append(slices.Clone(o.Set), spec.Setting{Path: path, Value: value})
	changed, ds := Load(text, o)
	if changed == nil {
		for _, d := range ds {
			if d.Severity == Error {
				return spec.Action{}, errors.New(d.short())
			}
		}
		return spec.Action{}, errors.New("it cannot be read")
	}
	if problem, accepted := live(base, changed, path); problem != "" {
		return spec.Action{}, errors.New(problem + "; " + cmp.Or(accepted, liveAt(path)))
	}
	if sameSettings(base, changed) {
		return spec.Action{}, fmt.Errorf("%s has this value already", quoted(path))
	}
	changed.Timeline, changed.Hash, changed.Set, changed.Variant = nil, "", nil, ""
	return spec.Action{Kind: spec.SetAction, Count: 1, Chance: 1, Event: spec.None, Path: path, Value: writtenValue(path, value), Changed: changed}, nil
}

// writtenValue is a value of --set as it is written in a file.
func writtenValue(path, value string) string {
	l := &loader{source: &source{text: value}}
	if n, ok := l.parseValue("set", path, value); ok {
		return flowText(n)
	}
	return value
}

// short is what is wrong and what is accepted, without the place.
func (d Diagnostic) short() string {
	text := d.Problem
	if d.Suggestion != "" {
		return text + "; did you mean " + d.Suggestion + "?"
	}
	if d.Accepted != "" {
		text += "; " + strings.TrimSuffix(d.Accepted, ".")
	}
	return text
}
