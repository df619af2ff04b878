package scenarios

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"eddy/sim/spec"
)

// loader is one reading of one text.
type loader struct {
	source *source
	files  *files
	diags  Diagnostics
	errors int // reported so far, also those not kept
	hints  int // suggestions searched for so far

	doc    *spec.Scenario
	likeOf *profile
	names  [componentKinds]registry
	// hidesChannels says that there may be channels whose names are not known.
	hidesChannels bool
	// losesChannels says that a change has put a broker without channels in
	// place of one whose channels are used.
	losesChannels bool
	columns       map[string]bool // fields that replayed files bring
	fields        map[string]bool // fields of the declared events, collected when first needed
	spots         spots
	subscribed    map[string]int // names of subscriptions, collected when first needed
	changes       []change       // of the timeline, tried when the rest is read
	budget        *int           // values that may still be read to try variants and changes, shared
}

// source is the text with its lines, shared by the readings of one Load.
type source struct {
	name   string
	text   string
	starts []int // byte offset of each line, found when first needed
}

// Most diagnostics kept, and most suggestions searched for: a broken text of
// 4 MiB has more of both than anybody reads.
const (
	maxKept  = 2000
	maxHints = 100
)

func (s *source) lines() []int {
	if s.starts != nil {
		return s.starts
	}
	s.starts = []int{0}
	for i := 0; i < len(s.text); i++ {
		if c := s.text[i]; c == '\n' || c == '\r' && (i+1 == len(s.text) || s.text[i+1] != '\n') {
			s.starts = append(s.starts, i+1)
		}
	}
	return s.starts
}

func (l *loader) lineCount() int { return len(l.source.lines()) }

// line is the text of a line, 1-based, without its end.
func (l *loader) line(number int) string {
	starts := l.source.lines()
	if number < 1 || number > len(starts) {
		return ""
	}
	end := len(l.source.text)
	if number < len(starts) {
		end = starts[number]
	}
	return strings.TrimRight(l.source.text[starts[number-1]:end], "\r\n")
}

// report keeps a diagnostic of the scenario's own text.
func (l *loader) report(d Diagnostic) {
	if d.Severity == Error {
		l.errors++
	}
	if len(l.diags) >= maxKept {
		return
	}
	if d.File == "" {
		d.File = l.source.name
		if d.Source == "" && d.Line > 0 {
			d.Source = l.line(d.Line)
		}
	}
	d.Width = max(1, d.Width)
	// Some of it is the author's text, which may hold anything.
	for _, text := range []*string{&d.File, &d.Path, &d.Problem, &d.Accepted, &d.Suggestion} {
		*text = harmless(clip(*text, 2000))
	}
	l.diags = append(l.diags, d)
}

// about places a diagnostic at a node.
func (l *loader) about(severity Severity, n *node, at *place, problem, accepted, suggestion string) {
	d := Diagnostic{Severity: severity, Path: at.String(), Problem: problem, Accepted: accepted, Suggestion: suggestion}
	if n.option != "" {
		d.File, d.Source, d.Col = n.option, "", 0
	} else {
		d.Line, d.Col, d.Width = max(n.line, 1), max(n.col, 1), n.width
	}
	l.report(d)
}

// fail reports an error at a node.
func (l *loader) fail(n *node, at *place, problem, accepted, suggestion string) {
	l.about(Error, n, at, problem, accepted, suggestion)
}

// warn reports a warning at a node.
func (l *loader) warn(n *node, at *place, problem, accepted, suggestion string) {
	l.about(Warning, n, at, problem, accepted, suggestion)
}

// failIn reports an error at a part of a scalar's text: from character offset
// on, width characters.
func (l *loader) failIn(n *node, at *place, offset, width int, problem, accepted, suggestion string) {
	part := *n
	if !n.block && n.line > 0 && offset >= 0 && n.width > 1 && l.onOneLine(n) {
		part.col, part.width = n.col+offset, max(1, width)
		if n.quoted {
			part.col++
		}
	}
	l.fail(&part, at, problem, accepted, suggestion)
}

// onOneLine says whether a scalar stands on its line as its text is: without a
// line break or escapes inside.
func (l *loader) onOneLine(n *node) bool {
	if n.col > 10_000 {
		return false // nobody reads that far, and to look there each time takes long
	}
	_, rest := split(l.line(n.line), n.col-1)
	if n.quoted {
		_, rest = split(rest, 1)
	}
	return strings.HasPrefix(rest, n.text)
}

// maySuggest says whether there is still patience for looking up a suggestion
// among so many candidates.
func (l *loader) maySuggest(candidates int) bool {
	l.hints += 1 + candidates/100
	return l.hints <= maxHints+1+candidates/100
}

// text is the text of a scalar; anything else is reported.
func (l *loader) text(n *node, at *place, want string) (string, bool) {
	if n.kind == scalarNode {
		return n.text, true
	}
	problem := "this should be " + want + ", not a map"
	switch n.kind {
	case listNode:
		problem = "this should be " + want + ", not a list"
	case nullNode:
		problem = "there is no value here"
		if n.text == "" && n.quoted {
			problem = "this text is empty"
		}
	}
	accepted := want
	if strings.Contains(problem, want) {
		accepted = ""
	}
	l.fail(n, at, problem, accepted, "")
	return "", false
}

// componentKind says which of the scenario's maps a name is in.
type componentKind uint8

const (
	events componentKind = iota
	keySpaces
	producers
	channels
	consumers
	componentKinds
)

var kindNames = [componentKinds]string{"event", "key space", "producer", "channel", "consumer"}

// withArticle is the kind as "a channel", "an event".
func (k componentKind) withArticle() string {
	if k == events {
		return "an event"
	}
	return "a " + kindNames[k]
}

// registry is the names of one map, known before anything refers to them.
type registry struct {
	names []string
	nodes []*node // the keys
	index map[string]int
}

func (r *registry) add(name string, key *node) int {
	if i, ok := r.index[name]; ok {
		return i
	}
	if r.index == nil {
		r.index = map[string]int{}
	}
	r.index[name] = len(r.names)
	r.names = append(r.names, name)
	r.nodes = append(r.nodes, key)
	return len(r.names) - 1
}

// register collects the names of all components.
func (l *loader) register(root *node) {
	broker := root.lookup("broker")
	l.losesChannels = broker != nil && broker.whole && broker.lookup("channels") == nil && usesChannels(root)
	l.hidesChannels = l.losesChannels || hidesChannels(broker)
	for kind, n := range map[componentKind]*node{
		events: root.lookup("events"), keySpaces: root.lookup("keys"), producers: root.lookup("producers"),
		channels: root.lookup("broker").lookup("channels"), consumers: root.lookup("consumers"),
	} {
		if n == nil || n.kind != mapNode {
			continue
		}
		for _, e := range n.entries {
			l.names[kind].add(e.key.text, e.key)
		}
	}
}

// hidesChannels says whether the broker has channels that cannot be read, or
// may have them under a key that is misspelt; that is reported where it stands.
func hidesChannels(broker *node) bool {
	if broker == nil || broker.kind != mapNode {
		return true
	}
	if n := broker.lookup("channels"); n != nil {
		return n.kind != mapNode
	}
	for _, e := range broker.entries {
		if !slices.Contains([]string{"like", "latency", "rate"}, e.key.text) {
			return true
		}
	}
	return false
}

// usesChannels says whether a producer or consumer names a channel.
func usesChannels(root *node) bool {
	uses := func(components *node, key string) bool {
		return components != nil && slices.ContainsFunc(components.entries, func(e entry) bool { return e.value.lookup(key) != nil })
	}
	return uses(root.lookup("producers"), "to") || uses(root.lookup("consumers"), "from")
}

// refer finds a component by name; unknown ones are reported.
func (l *loader) refer(kind componentKind, n *node, at *place) (int, bool) {
	name, ok := l.text(n, at, "the name of "+kind.withArticle())
	if !ok {
		return 0, false
	}
	if i, ok := l.names[kind].index[name]; ok {
		return i, true
	}
	l.unknownName(kind, name, n, at)
	return 0, false
}

func (l *loader) unknownName(kind componentKind, name string, n *node, at *place) {
	problem := fmt.Sprintf("there is no %s %s", kindNames[kind], quoted(name))
	suggestion := ""
	if l.maySuggest(len(l.names[kind].names)) {
		suggestion = closest(name, l.names[kind].names)
	}
	if strings.HasPrefix(name, suggestion+".") {
		suggestion = "" // orders.dlq is no slip of orders
	}
	missing := kind == channels && suggestion == "" && nameFlaw(name) == ""
	for other := range componentKinds {
		if _, is := l.names[other].index[name]; is && other != kind {
			problem += fmt.Sprintf("; %s is %s", quoted(name), other.withArticle())
			missing = false
			break
		}
	}
	if kind >= producers && len(l.names[kind].names) == 0 && (kind != channels || l.hidesChannels) {
		return // there must be some, which is said where they are missing
	}
	accepted := "the scenario has no " + kindNames[kind] + "s"
	if kind == channels {
		accepted = "the broker has no channels: broker: {channels: {orders: {type: queue}}} has one"
	}
	if len(l.names[kind].names) > 0 {
		accepted = "the " + kindNames[kind] + "s are " + some(l.names[kind].names)
		if missing {
			accepted += "; or one more of them, " + name + ": {type: queue}"
		}
	}
	l.fail(n, at, problem, accepted, suggestion)
}

// newFiles prepares to read the files a scenario names.
func newFiles(f fs.FS) *files {
	return &files{fsys: f, replays: map[string]*replay{}, values: map[string]*fileValues{}}
}
