package scenarios

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("scenario.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON is a tree as an editor's YAML reader hands it to a schema.
func (n *node) asJSON() any {
	switch n.kind {
	case nullNode:
		if n.quoted {
			return ""
		}
		return nil
	case listNode:
		items := make([]any, len(n.items))
		for i, item := range n.items {
			items[i] = item.asJSON()
		}
		return items
	case mapNode:
		m := map[string]any{}
		for _, e := range n.entries {
			m[e.key.text] = e.value.asJSON()
		}
		return m
	}
	if !n.quoted {
		switch {
		case n.text == "true" || n.text == "false":
			return n.text == "true"
		case strings.HasPrefix(n.text, "0x"):
			if v, err := strconv.ParseInt(n.text, 0, 64); err == nil {
				return json.Number(strconv.FormatInt(v, 10))
			}
		}
		if _, err := strconv.ParseFloat(n.text, 64); err == nil && decimal.MatchString(n.text) {
			return json.Number(n.text)
		}
		if v, err := strconv.ParseFloat(n.text, 64); err == nil {
			return v
		}
	}
	return n.text
}

// tree parses an example; nil if it is no YAML.
func (e example) tree() *node {
	l := &loader{source: &source{name: e.name, text: string(e.text)}, files: newFiles(nil)}
	if !l.guard(e.text) {
		return nil
	}
	root := l.parse(e.text)
	if l.errors > 0 {
		return nil
	}
	return root
}

func TestSchemaTakesWhatLoads(t *testing.T) {
	s := compiled(t)
	for _, e := range examples(t, "ok") {
		if err := s.Validate(e.tree().asJSON()); err != nil {
			t.Errorf("%s: %v", e.name, err)
		}
		scenario, _ := e.load()
		resolved := example{name: e.name, text: Resolved(scenario)}
		if err := s.Validate(resolved.tree().asJSON()); err != nil {
			t.Errorf("%s resolved: %v", e.name, err)
		}
	}
}

// onlyTheLoaderKnows lists the broken examples that have the right structure:
// what is wrong is how parts go together, what a text says inside, or how a
// number is written, which a schema never sees.
var onlyTheLoaderKnows = []string{
	"broker-rate-zero",
	"channel-circle", "channel-dead-letter", "channel-none", "consumer-no-from",
	"consumer-reads-unknown", "consumer-stops", "consumer-twice", "consumer-where-queue", "dist-arguments", "dist-file",
	"dist-mix", "dist-no-unit-inside", "duration-long", "duration-zero", "duration-order", "emits-shares",
	"rate-burst-argument", "rate-every-rate", "rate-every-zero", "rate-mmpp", "rate-renewal-infinite", "rate-renewal-zero", "rate-too-high",
	"replay-absolute", "replay-broken", "replay-folder", "replay-no-file", "replay-outside", "replay-shape", "retry-backoff-arguments", "seed-hex",
	"to-consumer", "to-unknown", "where-empty-block", "warmup-too-long", "outbox-loses",
	"newcomer-expect", "newcomer-variants",
}

func TestSchemaRefusesWhatIsBroken(t *testing.T) {
	s := compiled(t)
	var semantic []string
	for _, e := range examples(t, "err") {
		root := e.tree()
		if root == nil {
			continue // no YAML, or two things of one name: a schema never sees it
		}
		excused := slices.Contains(onlyTheLoaderKnows, e.name)
		switch err := s.Validate(root.asJSON()); {
		case err == nil && !excused:
			semantic = append(semantic, e.name)
		case err != nil && excused:
			t.Errorf("%s: the schema refuses it after all: take it off the list", e.name)
		}
	}
	if len(semantic) > 0 {
		t.Errorf("the schema accepts %q", semantic)
	}
}

func TestSchemaIsStable(t *testing.T) {
	if len(Schema()) > 200_000 {
		t.Errorf("the schema has %d bytes", len(Schema()))
	}
	if !bytes.Contains(Schema(), []byte("2020-12")) {
		t.Error("the schema does not say its version")
	}
}
