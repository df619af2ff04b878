package scenarios

import (
	"bytes"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"eddy/sim/spec"
)

// Amended is a scenario's text with what it was loaded with, a variant and
// settings, worked in, and with more entries in its timeline. It loads, without
// any option but the name and the files, to the scenario sc. Comments, order
// and layout stay as they are wherever a change is of a place that can be
// edited alone; where none is, the layout is the YAML library's; and where that
// does not come to the same scenario, as with some anchors, it is the resolved
// scenario, which has no comments.
func Amended(text []byte, o Options, sc *spec.Scenario, more []spec.Action) []byte {
	plain := Options{Name: o.Name, FS: o.FS}
	for _, attempt := range []func([]byte, Options, *spec.Scenario, []spec.Action) ([]byte, bool){spliced, rewritten} {
		if out, ok := attempt(text, o, sc, more); ok {
			if again, _ := Load(out, plain); again != nil && Hash(again) == Hash(sc) {
				return out
			}
		}
	}
	return Resolved(sc)
}

// edits are the values that the options put into a text, in order; false when
// they cannot be found out.
func edits(text []byte, o Options) ([]change, bool) {
	l := &loader{source: &source{name: o.Name, text: string(text)}, files: newFiles(o.FS), budget: new(int)}
	root := l.parse(text)
	if root == nil {
		return nil, false
	}
	var list []change
	if o.Variant != "" {
		v := root.lookup("variants").lookup(o.Variant)
		if v == nil || v.kind != mapNode {
			return nil, false
		}
		for _, e := range v.entries {
			list = append(list, change{path: e.key.text, value: e.value})
		}
	}
	list = append(list, l.settings(o)...)
	return list, l.errors == 0
}

// entryLines are timeline entries as a file has them.
func entryLines(sc *spec.Scenario, more []spec.Action) []string {
	w := &writer{s: sc}
	lines := make([]string, len(more))
	for i, a := range more {
		n := writeAction(w, a)
		if a.Kind == spec.SetAction {
			// The path that was chosen leads somewhere in the author's text.
			n = &node{kind: mapNode, flow: true, entries: []entry{
				{word("at"), word(writeNanos(a.At))},
				{word("set"), quoteIfOdd(a.Path)},
				{word("to"), rawNode(a.Value)},
			}}
			if a.For > 0 {
				n.entries = append(n.entries, entry{word("for"), word(writeNanos(a.For))})
			}
		}
		lines[i] = flowText(n)
	}
	return lines
}

// spliced edits the text itself, a place at a time.
func spliced(text []byte, o Options, sc *spec.Scenario, more []spec.Action) ([]byte, bool) {
	changes, ok := edits(text, o)
	if !ok {
		return nil, false
	}
	for _, c := range changes {
		if text, ok = splice(text, c.path, flowText(c.value), c.value.kind == nullNode); !ok {
			return nil, false
		}
	}
	if len(more) == 0 {
		return text, true
	}
	return appended(text, entryLines(sc, more))
}

// documentOf parses a text; nil if it cannot be.
func documentOf(text []byte) *yaml.Node {
	var document yaml.Node
	if safely(func() error { return yaml.Unmarshal(text, &document) }) != nil || len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	return &document
}

// splice puts a value at a path of a text: in the place of one that stands on
// one line, or as a key that is not there yet. It is false when neither can be
// done by editing the text alone.
func splice(text []byte, path, value string, away bool) ([]byte, bool) {
	document := documentOf(text)
	if document == nil || away {
		return nil, false
	}
	n, rest := descend(document.Content[0], path)
	if n == nil {
		return nil, false
	}
	lines := newLineIndex(text)
	if rest == "" {
		from, to, ok := lines.span(n)
		if !ok {
			return nil, false
		}
		return slices.Concat(text[:from], []byte(value), text[to:]), true
	}
	if n.Kind != yaml.MappingNode || strings.ContainsRune(rest, '[') {
		return nil, false
	}
	steps := strings.Split(rest, ".")
	for i := len(steps) - 1; i > 0; i-- {
		value = "{" + steps[i] + ": " + value + "}"
	}
	line := steps[0] + ": " + value
	if n.Style&yaml.FlowStyle != 0 {
		at := lines.offset(n.Line, n.Column)
		if at < 0 || text[at] != '{' {
			return nil, false
		}
		if len(n.Content) > 0 {
			line += ", "
		}
		return slices.Concat(text[:at+1], []byte(line), text[at+1:]), true
	}
	if len(n.Content) == 0 {
		return nil, false
	}
	// Before the first key, on a line of its own with the same indent.
	at := lines.offset(n.Content[0].Line, n.Content[0].Column)
	if at < 0 {
		return nil, false
	}
	return slices.Concat(text[:at], []byte(line+"\n"+strings.Repeat(" ", n.Content[0].Column-1)), text[at:]), true
}

// descend follows a path as far as it leads in a parsed text: the node it comes
// to, and what is left of the path. The node is nil where a name stands for
// another place, so that an edit there would change that, too.
func descend(n *yaml.Node, path string) (at *yaml.Node, rest string) {
	for path != "" {
		if n.Kind == yaml.AliasNode || n.Anchor != "" {
			return nil, path
		}
		switch n.Kind {
		case yaml.MappingNode:
			value, step := stepInto(n, path)
			if value == nil {
				return n, path
			}
			n, path = value, strings.TrimPrefix(path[len(step):], ".")
		case yaml.SequenceNode:
			step, tail := cutStep(strings.TrimPrefix(path, "["))
			i := indexOf(strings.TrimSuffix(step, "]"), len(n.Content))
			if i < 0 {
				return nil, path
			}
			n, path = n.Content[i], tail
		default:
			return nil, path
		}
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return nil, path
	}
	return n, ""
}

// stepInto is the value of the key that a path goes on with, the longest one
// where names have dots in them; nil when there is none.
func stepInto(n *yaml.Node, path string) (value *yaml.Node, step string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		if len(name) > len(step) && (path == name || strings.HasPrefix(path, name+".") || strings.HasPrefix(path, name+"[")) {
			value, step = n.Content[i+1], name
		}
	}
	return value, step
}

func indexOf(text string, n int) int {
	i := 0
	for _, r := range text {
		if r < '0' || r > '9' || i > n {
			return -1
		}
		i = i*10 + int(r-'0')
	}
	if text == "" || i >= n {
		return -1
	}
	return i
}

// lineIndex finds places of a text by line and column.
type lineIndex struct {
	text   []byte
	starts []int
}

func newLineIndex(text []byte) *lineIndex {
	x := &lineIndex{text: text, starts: []int{0}}
	for i, c := range text {
		if c == '\n' {
			x.starts = append(x.starts, i+1)
		}
	}
	return x
}

// offset is the byte of a line and a column, both from 1, the column in
// characters; -1 when there is no such place.
func (x *lineIndex) offset(line, column int) int {
	if line < 1 || line > len(x.starts) {
		return -1
	}
	at := x.starts[line-1]
	for range column - 1 {
		if at >= len(x.text) || x.text[at] == '\n' {
			return -1
		}
		at++
		for at < len(x.text) && x.text[at]&0xc0 == 0x80 {
			at++
		}
	}
	if at >= len(x.text) {
		return -1
	}
	return at
}

// span is from where to where a value stands that is on one line; false for
// one that is not, or whose end is not certain.
func (x *lineIndex) span(n *yaml.Node) (from, to int, ok bool) {
	from = x.offset(n.Line, n.Column)
	if from < 0 || n.Tag != "" && strings.HasPrefix(string(x.text[from:]), "!") {
		return 0, 0, false
	}
	end := bytes.IndexByte(x.text[from:], '\n')
	if end < 0 {
		end = len(x.text) - from
	}
	line := x.text[from : from+end]
	switch {
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		to = quotedEnd(line)
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && n.Value != "" && bytes.HasPrefix(line, []byte(n.Value)):
		to = len(n.Value)
	case (n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode) && n.Style&yaml.FlowStyle != 0:
		to = flowEnd(line)
	default:
		return 0, 0, false
	}
	return from, from + to, to > 0
}

// quotedEnd is where a text in quotes that a line begins with ends, 0 if it
// does not end there.
func quotedEnd(line []byte) int {
	quote := line[0]
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quote == '"':
			i++
		case line[i] == quote && quote == '\'' && i+1 < len(line) && line[i+1] == quote:
			i++
		case line[i] == quote:
			return i + 1
		}
	}
	return 0
}

// flowEnd is where a { } or [ ] that a line begins with ends, 0 if it does not
// end there.
func flowEnd(line []byte) int {
	depth := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"', '\'':
			if i > 0 && strings.IndexByte(" ,{[:", line[i-1]) < 0 {
				continue // an apostrophe within a word
			}
			n := quotedEnd(line[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '#':
			if line[i-1] == ' ' {
				return 0
			}
		}
	}
	return 0
}

// appended is the text with more entries at the end of its timeline.
func appended(text []byte, entries []string) ([]byte, bool) {
	document := documentOf(text)
	if document == nil || document.Content[0].Style&yaml.FlowStyle != 0 {
		return nil, false
	}
	timeline, _ := stepInto(document.Content[0], "timeline")
	if timeline == nil {
		return atEnd(text, entries), true
	}
	lines := newLineIndex(text)
	if timeline.Kind != yaml.SequenceNode || timeline.Anchor != "" {
		return nil, false
	}
	if timeline.Style&yaml.FlowStyle != 0 {
		from, to, ok := lines.span(timeline)
		if !ok {
			return nil, false
		}
		if len(timeline.Content) == 0 {
			return slices.Concat(bytes.TrimRight(text[:from], " "), []byte("\n"+entryList(entries, "  ")), bytes.TrimLeft(text[to:], "\n")), true
		}
		return slices.Concat(text[:to-1], []byte(", "+strings.Join(entries, ", ")), text[to-1:]), true
	}
	if len(timeline.Content) == 0 {
		return nil, false
	}
	indent := ""
	first := lines.starts[timeline.Content[0].Line-1]
	for first+len(indent) < len(text) && text[first+len(indent)] == ' ' {
		indent += " "
	}
	if first+len(indent) >= len(text) || text[first+len(indent)] != '-' {
		return nil, false
	}
	at := lines.endOf(lastLine(timeline), len(indent))
	gap := ""
	if at > 0 && text[at-1] != '\n' {
		gap = "\n"
	}
	return slices.Concat(text[:at], []byte(gap+entryList(entries, indent)), text[at:]), true
}

// entryList are entries as lines of a list.
func entryList(entries []string, indent string) string {
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(indent + "- " + e + "\n")
	}
	return b.String()
}

// atEnd is the text with a timeline after everything else.
func atEnd(text []byte, entries []string) []byte {
	gap := "\n"
	if len(text) > 0 && text[len(text)-1] != '\n' {
		gap = "\n\n"
	}
	return slices.Concat(text, []byte(gap+"timeline:\n"+entryList(entries, "  ")))
}

// lastLine is the last line on which a node or a part of it begins.
func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

// endOf is the byte after a line and those that go on with it: they are indented
// further than so many cells.
func (x *lineIndex) endOf(line, indent int) int {
	for line < len(x.starts) {
		next := x.text[x.starts[line]:]
		trimmed := bytes.TrimLeft(next, " ")
		if len(next)-len(trimmed) <= indent || len(trimmed) == 0 || trimmed[0] == '\n' || trimmed[0] == '#' {
			break
		}
		line++
	}
	if line < len(x.starts) {
		return x.starts[line]
	}
	return len(x.text)
}

// rewritten edits the parsed document and has it written anew: comments and
// order stay, blank lines and alignment do not.
func rewritten(text []byte, o Options, sc *spec.Scenario, more []spec.Action) ([]byte, bool) {
	changes, ok := edits(text, o)
	document := documentOf(text)
	if !ok || document == nil {
		return nil, false
	}
	root := document.Content[0]
	for _, c := range changes {
		n, rest := descend(root, c.path)
		value := documentValue(flowText(c.value))
		if n == nil || value == nil || strings.ContainsRune(rest, '[') || c.value.kind == nullNode {
			return nil, false
		}
		if rest == "" {
			value.LineComment, value.HeadComment, value.FootComment = n.LineComment, n.HeadComment, n.FootComment
			*n = *value
			continue
		}
		if n.Kind != yaml.MappingNode {
			return nil, false
		}
		steps := strings.Split(rest, ".")
		for i := len(steps) - 1; i > 0; i-- {
			value = &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: steps[i]}, value}}
		}
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: steps[0]}, value)
	}
	if len(more) > 0 {
		timeline, _ := stepInto(root, "timeline")
		if timeline == nil {
			timeline = &yaml.Node{Kind: yaml.SequenceNode}
			root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "timeline"}, timeline)
		}
		if timeline.Kind != yaml.SequenceNode {
			return nil, false
		}
		for _, line := range entryLines(sc, more) {
			timeline.Content = append(timeline.Content, documentValue(line))
		}
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if safely(func() error { return encoder.Encode(document) }) != nil {
		return nil, false
	}
	return b.Bytes(), true
}

// documentValue is a value on one line as a parsed node, nil if it is none.
func documentValue(text string) *yaml.Node {
	var d yaml.Node
	if safely(func() error { return yaml.Unmarshal([]byte(text), &d) }) != nil || len(d.Content) != 1 {
		return nil
	}
	return d.Content[0]
}

// FilesOf are the files that a scenario names, relative to its own folder, each
// once.
func FilesOf(s *spec.Scenario) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	each := func(s *spec.Scenario) {
		for i := range s.Producers {
			add(s.Producers[i].Rate.File)
		}
		eachDist(s, func(d *spec.Dist) { add(d.File) })
	}
	each(s)
	for i := range s.Timeline {
		if c := s.Timeline[i].Changed; c != nil {
			each(c)
		}
	}
	return names
}
