package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"eddy/sim/spec"

	"gopkg.in/yaml.v3"
)

// change is a value put at a path: by a variant, by --set, or by the timeline.
type change struct {
	path     string
	pathNode *node // where the path is written
	value    *node
	at       *place
	when     spec.Nanos // by the timeline
}

// format is the whole format as a shape; set when it is built.
var format *shape

// set puts a value at a path of a tree and gives the changed tree; the given
// one stays as it is. What is wrong with the path is reported at its node.
func (l *loader) set(root *node, c change) (*node, bool) {
	s := setter{l: l, c: c}
	if c.path == "" {
		s.fail("this path is empty", "a path such as consumers.payment.instances", "")
		return root, false
	}
	changed := s.into(root, format, c.path, "")
	return changed, !s.failed
}

type setter struct {
	l      *loader
	c      change
	failed bool
}

func (s *setter) fail(problem, accepted, suggestion string) *node {
	s.failed = true
	s.l.fail(s.c.pathNode, s.c.at, problem, accepted, suggestion)
	return nil
}

// into replaces what rest names below n. done is the path so far.
func (s *setter) into(n *node, sh *shape, rest, done string) *node {
	if rest == "" {
		value := *s.c.value
		value.whole = true
		return &value
	}
	switch {
	case n.kind == listNode && sh.items != nil:
		return s.intoList(n, sh, rest, done)
	case n.kind == scalarNode && sh.expand != nil:
		n = sh.expand(n)
	case n.kind == scalarNode || n.kind == listNode:
		return s.fail(fmt.Sprintf("%s has no parts of its own here", quoted(done)), "set the whole value", done)
	}
	if sh.keys != nil && (sh.free == nil || n.kind == mapNode) {
		return s.intoKey(n, sh, rest, done)
	}
	if sh.free != nil {
		return s.intoName(n, sh, rest, done)
	}
	if sh.items != nil {
		return s.fail(fmt.Sprintf("%s is not a list here", quoted(done)), "set the whole value", done)
	}
	return s.fail(fmt.Sprintf("%s has no parts", quoted(done)), "set the whole value", done)
}

func join(done, step string) string {
	if done == "" {
		return step
	}
	return done + "." + step
}

func (s *setter) intoKey(n *node, sh *shape, rest, done string) *node {
	step, tail := cutStep(rest)
	info := sh.key(step)
	if info == nil {
		suggestion := ""
		if near := closest(step, sh.keyNames()); near != "" {
			suggestion = join(done, near) + withDot(tail)
		}
		if done == "" && suggestion == "" {
			suggestion = s.l.fullPath(n, rest)
		}
		where, accepted := sh.title, "its keys are "+some(sh.keyNames())
		if where == "" {
			where = quoted(done)
		}
		if owners := homes[step]; done == "" && owners != nil && suggestion == "" {
			where += fmt.Sprintf("; it is one of %s", listed(owners))
			accepted = "a path begins with producers, broker or consumers, as in consumers.payment.instances"
		}
		return s.fail(fmt.Sprintf("%s is not a key of %s", quoted(step), where), accepted, suggestion)
	}
	if step == "handle" && indexed.MatchString(tail) && n.lookup("handle") == nil {
		n = longForm(n)
	}
	return s.replace(n, step, info.shape, tail, done)
}

// longForm is a consumer in short form with the handler that it stands for, so
// that a path may name its steps; one that has none stays as it is.
func longForm(consumer *node) *node {
	long, steps := *consumer, &node{kind: listNode}
	long.entries = nil
	for _, name := range []string{"work", "fail", "emit"} {
		v := consumer.lookup(name)
		if v == nil {
			continue
		}
		step := &node{kind: mapNode, line: v.line, col: v.col, width: v.width, option: v.option}
		for _, e := range consumer.entries {
			if e.key.text == name || name == "emit" && e.key.text == "to" {
				step.entries = append(step.entries, e)
			}
		}
		steps.items = append(steps.items, step)
	}
	if len(steps.items) == 0 {
		return consumer
	}
	for _, e := range consumer.entries {
		if !slices.Contains([]string{"work", "fail", "emit", "to"}, e.key.text) {
			long.entries = append(long.entries, e)
		}
	}
	first := steps.items[0]
	steps.line, steps.col, steps.width, steps.option = first.line, first.col, first.width, first.option
	key := *first
	key.kind, key.text, key.entries = scalarNode, "handle", nil
	long.entries = append(long.entries, entry{&key, steps})
	return &long
}

// fullPath finds the path that was meant by one that begins with the name of a
// component, or with channels; "" if none was.
func (l *loader) fullPath(root *node, path string) string {
	maps := []struct {
		prefix string
		names  *node
	}{{"producers", root.lookup("producers")}, {"broker.channels", root.lookup("broker").lookup("channels")}, {"consumers", root.lookup("consumers")}}
	found := ""
	for _, m := range maps {
		if m.prefix == "broker.channels" && strings.HasPrefix(path, "channels.") {
			return "broker." + path
		}
		if m.names == nil {
			continue
		}
		for _, e := range m.names.entries {
			if strings.HasPrefix(path, e.key.text+".") {
				if found != "" {
					return ""
				}
				found = m.prefix + "." + path
			}
		}
	}
	return found
}

// replace sets below one key of a map, which may not be there yet.
func (s *setter) replace(n *node, step string, sh *shape, tail, done string) *node {
	child := n.lookup(step)
	if child == nil || child.kind == nullNode {
		if tail != "" && (sh.keys == nil && sh.free == nil || sh.items != nil && indexed.MatchString(tail)) {
			return s.fail(fmt.Sprintf("%s is not written in this scenario, so nothing below it can be set", quoted(join(done, step))), "set the whole value", join(done, step))
		}
		child = &node{kind: mapNode, line: s.c.pathNode.line, col: s.c.pathNode.col, width: s.c.pathNode.width, option: s.c.pathNode.option}
	}
	value := s.into(child, sh, tail, join(done, step))
	if s.failed {
		return nil
	}
	return n.withEntry(step, s.c.pathNode, value)
}

// withEntry is a copy of a map with one entry replaced, added, or, if the
// value is null, taken away.
func (n *node) withEntry(name string, at, value *node) *node {
	c := *n
	c.kind = mapNode
	c.entries = make([]entry, 0, len(n.entries)+1)
	found := false
	for _, e := range n.entries {
		if e.key.text == name {
			found = true
			if value.kind == nullNode && !value.quoted {
				continue
			}
			e.value = value
		}
		c.entries = append(c.entries, e)
	}
	if !found && (value.kind != nullNode || value.quoted) {
		key := *at
		key.kind, key.text, key.comment = scalarNode, name, ""
		c.entries = append(c.entries, entry{&key, value})
	}
	return &c
}

func (s *setter) intoName(n *node, sh *shape, rest, done string) *node {
	step := ""
	names := make([]string, 0, len(n.entries))
	for _, e := range n.entries {
		name := e.key.text
		names = append(names, name)
		if len(name) > len(step) && (rest == name || strings.HasPrefix(rest, name+".") || strings.HasPrefix(rest, name+"[")) {
			step = name
		}
	}
	if step != "" {
		return s.replace(n, step, sh.free.value, strings.TrimPrefix(rest[len(step):], "."), done)
	}
	if sh.free.open {
		return s.replace(n, rest, sh.free.value, "", done)
	}
	what := strings.TrimPrefix(strings.TrimPrefix(sh.free.of, "an "), "a ")
	word, _ := cutStep(rest)
	suggestion := ""
	if s.l.maySuggest(len(names)) {
		if near, tail := closestStart(rest, names); near != "" {
			suggestion = join(done, near) + tail
		}
	}
	accepted := "there are none"
	if len(names) > 0 {
		accepted = "there are " + some(names)
	}
	return s.fail(fmt.Sprintf("there is no %s %s", what, quoted(word)), accepted, suggestion)
}

func (s *setter) intoList(n *node, sh *shape, rest, done string) *node {
	step, tail := cutStep(strings.TrimPrefix(rest, "["))
	i, err := strconv.Atoi(strings.TrimSuffix(step, "]"))
	if err != nil || i < 0 || i >= len(n.items) {
		items := fmt.Sprintf("name one of its items by its number, from %s[0] to %s[%d]", done, done, len(n.items)-1)
		switch len(n.items) {
		case 0:
			items = "it is empty; set the whole list"
		case 1:
			items = fmt.Sprintf("its only item is %s[0]", done)
		}
		return s.fail(fmt.Sprintf("%s is a list of %d", quoted(done), len(n.items)), items, "")
	}
	value := s.into(n.items[i], sh.items, tail, fmt.Sprintf("%s[%d]", done, i))
	if s.failed {
		return nil
	}
	c := *n
	c.items = append([]*node{}, n.items...)
	c.items[i] = value
	return &c
}

// indexed is a path that goes on with an item of a list.
var indexed = regexp.MustCompile(`^\[?[0-9]+\b`)

// cutStep splits a path after its first step.
func cutStep(path string) (step, tail string) {
	if i := strings.IndexAny(path, ".["); i > 0 {
		return path[:i], strings.TrimPrefix(path[i:], ".")
	}
	return path, ""
}

func withDot(tail string) string {
	if tail == "" || tail[0] == '[' {
		return tail
	}
	return "." + tail
}

// parseValue reads the value of a setting: a YAML map, list or quoted text, or
// plain text as it is, so that commas and signs need no quotes.
func (l *loader) parseValue(option, path, text string) (*node, bool) {
	at := (*place)(nil).steps(path)
	base := &node{kind: scalarNode, text: text, option: option, width: 1, size: 1}
	trimmed := strings.TrimSpace(text)
	if !l.plainText(base, at, trimmed) {
		return nil, false
	}
	if isNull(trimmed) {
		base.kind = nullNode
		return base, true
	}
	if !strings.ContainsRune("{[\"'", rune(trimmed[0])) {
		base.text = trimmed
		return base, true
	}
	sub := &loader{source: &source{name: option, text: trimmed}, files: l.files, doc: l.doc}
	var document yaml.Node
	if err := safely(func() error { return yaml.Unmarshal([]byte(trimmed), &document) }); err != nil || len(document.Content) == 0 {
		l.fail(base, at, "this value cannot be read as YAML", "a word, or a map or list such as {type: queue}", "")
		return nil, false
	}
	c := converter{l: sub, done: map[*yaml.Node]*node{}, open: map[*yaml.Node]bool{}}
	n := c.convert(document.Content[0], 0)
	for _, d := range sub.diags {
		l.fail(base, at, d.Problem, d.Accepted, d.Suggestion)
	}
	if c.aliases > 0 {
		l.fail(base, at, "a setting has no aliases", "write the value out", "")
		return nil, false
	}
	n.from(option)
	return n, len(sub.diags) == 0
}

// plainText refuses settings no text of a scenario could have.
func (l *loader) plainText(n *node, at *place, text string) bool {
	if len(text) > 64<<10 {
		l.fail(n, at, "this value is too long", "at most 64 KiB", "")
		return false
	}
	for _, r := range text {
		if problem := badRune(r, 3); problem != "" || r == '\uFFFD' {
			l.fail(n, at, "this value has "+problem+" in it", "remove it", "")
			return false
		}
	}
	return true
}

// from marks a tree as coming from a command line option.
func (n *node) from(option string) {
	n.option, n.line = option, 0
	for _, e := range n.entries {
		e.key.from(option)
		e.value.from(option)
	}
	for _, item := range n.items {
		item.from(option)
	}
}

// steps makes a place of a path as it is written.
func (p *place) steps(path string) *place { return &place{p, path} }

func safely(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("unreadable")
		}
	}()
	return f()
}
