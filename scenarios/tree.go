package scenarios

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// kind is what a node of the document is.
type kind uint8

const (
	nullNode kind = iota
	scalarNode
	listNode
	mapNode
)

// node is one value of the document with its place, aliases and merge keys
// resolved. Aliased values are shared, so a tree is small however far it expands.
type node struct {
	kind    kind
	text    string // scalarNode
	quoted  bool   // in quotes or a block of text: never a number or a boolean
	block   bool   // a block of text, begun with | or >
	raw     bool   // text that is YAML already, for writing
	flow    bool   // a map in { } or a list in [ ]
	whole   bool   // put in place of another value by a change
	line    int    // 1-based; 0: not from the file
	col     int
	width   int
	option  string // the command line option it comes from, with line 0
	comment string // the comment on its line
	items   []*node
	entries []entry
	size    int // nodes in it, itself included, aliases expanded
	depth   int // nesting in it; a scalar has 0
}

// entry is one key of a map and its value.
type entry struct {
	key   *node
	value *node
}

// lookup is the value of a key, nil if it is not there.
func (n *node) lookup(key string) *node {
	if n == nil {
		return nil
	}
	for i := range n.entries {
		if n.entries[i].key.text == key {
			return n.entries[i].value
		}
	}
	return nil
}

// parse reads the text as one YAML document.
func (l *loader) parse(text []byte) *node {
	document, ok := l.decode(text)
	if !ok {
		return nil
	}
	if document == nil || len(document.Content) == 0 || document.Content[0].Kind == yaml.ScalarNode && document.Content[0].ShortTag() == "!!null" && document.Content[0].Value == "" {
		l.report(Diagnostic{Line: 1, Col: 1, Problem: "the file is empty", Accepted: "a scenario begins with name, duration, producers, broker and consumers; `eddy new FILE` writes one to start from"})
		return nil
	}
	c := converter{l: l, done: map[*yaml.Node]*node{}, open: map[*yaml.Node]bool{}}
	root := c.convert(document.Content[0], 0)
	if c.fatal {
		return nil
	}
	if root.size > maxNodes {
		l.report(Diagnostic{Line: 1, Col: 1, Problem: "with its aliases expanded the file has too many values", Accepted: "a scenario has at most 100,000 keys, values, maps and lists"})
		return nil
	}
	return root
}

// decode runs the YAML parser and sees to it that there is one document.
func (l *loader) decode(text []byte) (document *yaml.Node, ok bool) {
	defer func() {
		// The parser is a port of a C library and panics on some broken
		// texts; to the author that is a broken text like any other.
		if recover() != nil {
			l.report(Diagnostic{Line: 1, Col: 1, Problem: "this cannot be read as YAML"})
			document, ok = nil, false
		}
	}()
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	document = new(yaml.Node)
	if err := decoder.Decode(document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, true
		}
		l.report(l.explain(err))
		return nil, false
	}
	var second yaml.Node
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
		return document, true
	case err != nil:
		l.report(l.explain(err))
	default:
		l.report(Diagnostic{Line: max(second.Line, 1), Col: max(second.Column, 1), Problem: "a second YAML document begins here", Accepted: "one scenario a file: remove the line ---"})
	}
	return nil, false
}

// converter turns the parser's nodes into ours.
type converter struct {
	l       *loader
	nodes   int
	aliases int
	fatal   bool // a limit is exceeded; there is no tree
	done    map[*yaml.Node]*node
	open    map[*yaml.Node]bool // anchored nodes that are being converted
}

func (c *converter) stop(y *yaml.Node, problem, accepted string) *node {
	if !c.fatal {
		c.fatal = true
		c.l.report(Diagnostic{Line: y.Line, Col: y.Column, Problem: problem, Accepted: accepted})
	}
	return &node{kind: nullNode, line: y.Line, col: y.Column, width: 1, size: 1}
}

func (c *converter) convert(y *yaml.Node, depth int) *node {
	if c.fatal {
		return &node{size: 1}
	}
	c.nodes++
	if c.nodes > maxNodes {
		d := tooManyNodes(y.Line, y.Column)
		return c.stop(y, d.Problem, d.Accepted)
	}
	if y.Kind == yaml.AliasNode {
		return c.alias(y, depth)
	}
	if y.Style&yaml.TaggedStyle != 0 {
		c.l.report(Diagnostic{Line: y.Line, Col: y.Column, Problem: "YAML tags are not used in scenarios", Accepted: "write the value alone, without " + quoted(y.Tag)})
	}
	if y.Anchor != "" {
		c.open[y] = true
		defer delete(c.open, y)
	}
	n := &node{line: y.Line, col: y.Column, width: 1, size: 1, comment: y.LineComment}
	switch y.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		if depth+1 > maxNesting {
			return c.stop(y, "nested too deeply", "maps and lists go at most 64 deep")
		}
		n.flow = y.Style&yaml.FlowStyle != 0
		if y.Kind == yaml.MappingNode {
			n.kind = mapNode
			c.mapping(y, n, depth+1)
		} else {
			n.kind = listNode
			c.sequence(y, n, depth+1)
		}
	default:
		c.scalar(y, n)
	}
	if y.Anchor != "" {
		c.done[y] = n
	}
	return n
}

func (c *converter) alias(y *yaml.Node, depth int) *node {
	c.aliases++
	if c.aliases > maxAliases {
		return c.stop(y, "too many aliases", "a scenario has at most 1,000")
	}
	if c.open[y.Alias] {
		return c.stop(y, fmt.Sprintf("the alias *%s stands within the value it stands for", clip(y.Value, 60)), "")
	}
	n, ok := c.done[y.Alias]
	if !ok {
		return c.stop(y, "this alias cannot be used here", "")
	}
	if depth+n.depth > maxNesting {
		return c.stop(y, "nested too deeply", "maps and lists go at most 64 deep")
	}
	return n
}

func (c *converter) scalar(y *yaml.Node, n *node) {
	n.text = y.Value
	n.quoted = y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	n.block = y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	n.kind = scalarNode
	if !n.quoted && isNull(y.Value) {
		n.kind = nullNode
	}
	switch {
	case n.block || strings.Contains(y.Value, "\n"):
		n.width = 1
	case n.quoted:
		n.width = utf8.RuneCountInString(y.Value) + 2
	default:
		n.width = max(1, utf8.RuneCountInString(y.Value))
	}
	if strings.ContainsFunc(y.Value, func(r rune) bool { return badRune(r, 3) != "" }) {
		c.l.report(Diagnostic{Line: n.line, Col: n.col, Width: n.width, Problem: "this text hides control characters behind escapes", Accepted: "remove them"})
		n.text = harmless(y.Value)
	}
}

func isNull(s string) bool {
	return s == "" || s == "~" || s == "null" || s == "Null" || s == "NULL"
}

func (n *node) grow(child *node) {
	n.size = min(n.size+child.size, 10*maxNodes)
	n.depth = max(n.depth, child.depth+1)
}

func (c *converter) sequence(y *yaml.Node, n *node, depth int) {
	n.items = make([]*node, 0, len(y.Content))
	for i := 0; i < len(y.Content); i++ {
		child := c.convert(y.Content[i], depth)
		if n.flow && child.kind == scalarNode && !child.quoted {
			joined, used := child.text, 0
			for j := i + 1; unclosed(joined) && j < len(y.Content) && y.Content[j].Kind == yaml.ScalarNode; j++ {
				joined, used = joined+", "+y.Content[j].Value, j-i
			}
			if used > 0 && !unclosed(joined) {
				c.cutInTwo(child, joined)
				i += used
			}
		}
		n.items = append(n.items, child)
		n.grow(child)
	}
}

func (c *converter) mapping(y *yaml.Node, n *node, depth int) {
	n.entries = make([]entry, 0, len(y.Content)/2)
	lines := make(map[string]int, len(y.Content)/2)
	var merges []int
	for i := 0; i+1 < len(y.Content); i += 2 {
		if y.Content[i].Kind == yaml.ScalarNode && y.Content[i].Value == "<<" && y.Content[i].Style == 0 {
			merges = append(merges, len(n.entries))
			n.entries = append(n.entries, entry{c.convert(y.Content[i], depth), c.convert(y.Content[i+1], depth)})
			continue
		}
		key := c.convert(y.Content[i], depth)
		value := c.convert(y.Content[i+1], depth)
		if c.fatal {
			return
		}
		n.grow(key)
		n.grow(value)
		if !c.keyIsText(key) {
			continue
		}
		if line, twice := lines[key.text]; twice {
			c.l.report(Diagnostic{Line: key.line, Col: key.col, Width: key.width, Problem: fmt.Sprintf("the key %s is written twice", quoted(key.text)), Accepted: fmt.Sprintf("it is already on line %d", line)})
			continue
		}
		lines[key.text] = key.line
		if n.flow && value.kind == scalarNode && !value.quoted {
			i += 2 * c.joinCut(y.Content[i+2:], value)
		}
		n.entries = append(n.entries, entry{key, value})
	}
	if len(merges) > 0 {
		c.merge(n, merges, lines)
	}
}

func (c *converter) keyIsText(key *node) bool {
	if key.kind == scalarNode && key.text != "" && !strings.Contains(key.text, "\n") {
		return true
	}
	problem := "a key must be a word"
	if key.kind == nullNode || key.kind == scalarNode && key.text == "" {
		problem = "a key is empty"
	}
	c.l.report(Diagnostic{Line: key.line, Col: key.col, Width: key.width, Problem: problem, Accepted: "keys are written as `key: value`"})
	return false
}

// joinCut mends a value that a bare comma cut in two inside { }, and returns
// how many of the following entries belonged to it.
func (c *converter) joinCut(rest []*yaml.Node, value *node) int {
	joined, used := value.text, 0
	for j := 0; unclosed(joined) && j+1 < len(rest); j += 2 {
		key, empty := rest[j], rest[j+1]
		if key.Kind != yaml.ScalarNode || empty.Kind != yaml.ScalarNode || empty.Value != "" {
			return 0
		}
		joined, used = joined+", "+key.Value, j/2+1
	}
	if used == 0 || unclosed(joined) {
		return 0
	}
	c.cutInTwo(value, joined)
	return used
}

func (c *converter) cutInTwo(value *node, joined string) {
	c.l.report(Diagnostic{
		Line: value.line, Col: value.col, Width: value.width,
		Problem:    "inside { } and [ ] a comma ends the value, so this one is cut in two",
		Accepted:   "put it in quotes, or separate its arguments by spaces",
		Suggestion: strings.ReplaceAll(joined, ",", ""),
	})
	value.text = joined
}

// unclosed says whether more parentheses are opened than closed.
func unclosed(s string) bool {
	return len(s) < 4096 && strings.Count(s, "(") > strings.Count(s, ")")
}

// merge replaces each << by the keys of its map (or maps) that are not given
// beside it; the first that has a key gives it.
func (c *converter) merge(n *node, merges []int, lines map[string]int) {
	given := n.entries
	n.entries = make([]entry, 0, len(given))
	next := 0
	for i, e := range given {
		if next >= len(merges) || merges[next] != i {
			n.entries = append(n.entries, e)
			continue
		}
		next++
		sources := []*node{e.value}
		if e.value.kind == listNode {
			sources = e.value.items
		}
		for _, source := range sources {
			if source.kind != mapNode {
				c.l.report(Diagnostic{Line: e.value.line, Col: e.value.col, Width: e.value.width, Problem: "<< merges maps, and this is not one", Accepted: "an alias of a map, or a list of them"})
				continue
			}
			for _, m := range source.entries {
				if _, has := lines[m.key.text]; has {
					continue
				}
				lines[m.key.text] = m.key.line
				n.entries = append(n.entries, m)
				n.grow(m.key)
				n.grow(m.value)
			}
		}
	}
}
