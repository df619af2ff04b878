package scenarios

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"strings"
	"unicode"

	"eddy/sim/spec"
)

// writer turns a scenario back into a tree.
type writer struct {
	s    *spec.Scenario
	tree *node // what of it a set may change, written out when first needed
}

// name is the name of a component.
func (w *writer) name(kind componentKind, i int) string {
	switch kind {
	case events:
		return w.s.Events[i].Name
	case keySpaces:
		return w.s.Keys[i].Name
	case producers:
		return w.s.Producers[i].Name
	case channels:
		return w.s.Broker.Channels[i].Name
	}
	return w.s.Consumers[i].Name
}

// ref is a component's name, with its kind before it where that is in doubt.
func (w *writer) ref(r spec.Ref) *node {
	switch r.Kind {
	case spec.BrokerComponent:
		return word("broker")
	case spec.ProducerComponent:
		return word("producers." + w.s.Producers[r.Index].Name)
	case spec.ChannelComponent:
		return word("channels." + w.s.Broker.Channels[r.Index].Name)
	}
	return word("consumers." + w.s.Consumers[r.Index].Name)
}

// Resolved is the scenario as YAML with every default filled in. It loads to
// the same scenario again; variants are not in it, the applied one is worked in.
func Resolved(s *spec.Scenario) []byte {
	w := &writer{s: s}
	var b strings.Builder
	for _, k := range scenarioObject.keys {
		// A broker's profile goes before what depends on it; the order of
		// keys in a map means nothing to the loader.
		if v := k.write(w, s); v != nil {
			emitEntry(&b, word(k.name), v, 0)
		}
	}
	return []byte(b.String())
}

// Hash is the SHA-256, in hexadecimal, of the resolved scenario followed by
// what the files it names hold. Everything that decides the result is in it.
func Hash(s *spec.Scenario) string {
	h := sha256.New()
	h.Write(Resolved(s))
	for i := range s.Producers {
		hashRows(h, &s.Producers[i].Rate)
	}
	hashDists(h, s)
	for i := range s.Timeline {
		if changed := s.Timeline[i].Changed; changed != nil {
			hashDists(h, changed)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hashNumber(h hash.Hash, v float64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
	h.Write(b[:])
}

func hashText(h hash.Hash, s string) {
	hashNumber(h, float64(len(s)))
	h.Write([]byte(s))
}

func hashRows(h hash.Hash, a *spec.Arrivals) {
	if a.Kind != spec.Replay {
		return
	}
	for _, c := range a.Columns {
		hashText(h, c)
	}
	for i := range a.Rows {
		r := &a.Rows[i]
		for _, v := range []int64{r.At, int64(r.Event), r.Size, int64(r.Priority), r.Work, int64(r.Fails)} {
			var b [8]byte
			binary.LittleEndian.PutUint64(b[:], uint64(v))
			h.Write(b[:])
		}
		hashText(h, r.Key)
		for _, f := range r.Fields {
			hashText(h, f.Text)
			hashNumber(h, f.Number)
			hashNumber(h, float64(f.Kind))
			if f.Bool {
				hashNumber(h, 1)
			}
		}
	}
}

// hashDists adds the values of distributions that came from files.
func hashDists(h hash.Hash, s *spec.Scenario) {
	eachDist(s, func(d *spec.Dist) {
		if d.File == "" {
			return
		}
		hashNumber(h, float64(len(d.Values)))
		for _, v := range d.Values {
			hashNumber(h, v)
		}
	})
}

// eachDist visits every distribution of a scenario in a fixed order.
func eachDist(s *spec.Scenario, visit func(*spec.Dist)) {
	var one func(d *spec.Dist)
	one = func(d *spec.Dist) {
		visit(d)
		for i := range d.Parts {
			one(&d.Parts[i].Dist)
		}
	}
	for i := range s.Events {
		one(&s.Events[i].Size)
		for j := range s.Events[i].Fields {
			one(&s.Events[i].Fields[j].Dist)
		}
	}
	for i := range s.Producers {
		one(&s.Producers[i].Rate.Gap)
		one(&s.Producers[i].Think)
	}
	for _, d := range []*spec.Dist{&s.Broker.Latency.Publish, &s.Broker.Latency.Deliver, &s.Broker.Latency.Ack, &s.Broker.Latency.Call} {
		one(d)
	}
	for i := range s.Broker.Channels {
		one(&s.Broker.Channels[i].Store.Delay)
	}
	for i := range s.Consumers {
		c := &s.Consumers[i]
		one(&c.Recognise)
		one(&c.StartTime)
		for j := range c.Handlers {
			for k := range c.Handlers[j].Steps {
				one(&c.Handlers[j].Steps[k].Work)
				one(&c.Handlers[j].Steps[k].Delay)
			}
		}
	}
	for i := range s.Timeline {
		one(&s.Timeline[i].By)
	}
}

// word is a scalar whose text decides how it is written.
func word(s string) *node { return &node{kind: scalarNode, text: s} }

// quote is a scalar that is always in quotes.
func quote(s string) *node { return &node{kind: scalarNode, text: s, quoted: true} }

// quoteIfOdd is a key or a path, in quotes if it could mean something to YAML.
func quoteIfOdd(s string) *node {
	return &node{kind: scalarNode, text: s, quoted: !plainWord(s)}
}

// rawNode is text that is YAML already.
func rawNode(s string) *node { return &node{kind: scalarNode, text: s, raw: true} }

// plainWord says whether YAML reads a text as itself wherever it stands: it
// begins with a letter or a digit, and has nothing that could end it.
func plainWord(s string) bool {
	first := true
	for _, r := range strings.TrimPrefix(s, "-") {
		ordinary := unicode.IsLetter(r) || unicode.IsNumber(r)
		if !ordinary && (first || !unicode.IsMark(r) && !strings.ContainsRune("._/%()= -", r)) {
			return false
		}
		first = false
	}
	return !first
}

// scalar writes one scalar.
func scalar(n *node) string {
	switch {
	case n.raw:
		return n.text
	case n.kind == nullNode && !n.quoted:
		return "null"
	case n.quoted || !plainWord(n.text) || strings.HasSuffix(n.text, " ") || strings.Contains(n.text, "- ") || isNull(n.text):
		return doubleQuoted(n.text)
	}
	return n.text
}

// doubleQuoted writes text as YAML's double quotes want it.
func doubleQuoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s) + `"`
}

func emitEntry(b *strings.Builder, key, value *node, indent int) {
	b.WriteString(strings.Repeat("  ", indent))
	b.WriteString(scalar(key))
	b.WriteByte(':')
	emitValue(b, value, indent)
}

// emitValue writes what follows a colon.
func emitValue(b *strings.Builder, n *node, indent int) {
	switch {
	case n.kind == mapNode && !n.flow && len(n.entries) > 0:
		b.WriteByte('\n')
		for _, e := range n.entries {
			emitEntry(b, e.key, e.value, indent+1)
		}
	case n.kind == listNode && !n.flow && len(n.items) > 0:
		b.WriteByte('\n')
		for _, item := range n.items {
			b.WriteString(strings.Repeat("  ", indent+1))
			b.WriteString("- ")
			b.WriteString(flowText(item))
			b.WriteByte('\n')
		}
	default:
		b.WriteByte(' ')
		b.WriteString(flowText(n))
		b.WriteByte('\n')
	}
}

// flowText writes a value on one line.
func flowText(n *node) string {
	switch n.kind {
	case mapNode:
		parts := make([]string, len(n.entries))
		for i, e := range n.entries {
			parts[i] = scalar(e.key) + ": " + flowText(e.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case listNode:
		parts := make([]string, len(n.items))
		for i, item := range n.items {
			parts[i] = flowText(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return scalar(n)
}
