package scenarios

import (
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"

	"gopkg.in/yaml.v3"
)

// misshapen are values of many shapes, to stand where another is expected.
var misshapen = []string{"", "''", "x", "-1", "1e400", "[]", "[1]", "[{}]", "{}", "{a: 1}", "[[a, 1], {b: [2]}]", "a = b"}

// TestMisshapen changes some values of each example: a value of another shape,
// none, one left out, one there twice. A text is read or refused, and nothing
// else. EDDY_MISSHAPEN is how many texts an example gives instead of 100.
func TestMisshapen(t *testing.T) {
	each := 100
	if n, err := strconv.Atoi(os.Getenv("EDDY_MISSHAPEN")); err == nil {
		each = n
	}
	for _, e := range append(examples(t, "ok"), shipped()...) {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			for seed := range each {
				text := misshape(t, e.text, rand.New(rand.NewPCG(uint64(seed), 0)))
				if text == nil {
					continue
				}
				readOrRefuse(t, text)
				if t.Failed() {
					t.Fatalf("%d:\n%s", seed, text)
				}
			}
		})
	}
}

func readOrRefuse(t *testing.T, text []byte) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%v\n%s", p, debug.Stack())
		}
	}()
	fsys := os.DirFS("testdata")
	s, ds := Load(text, Options{Name: "misshapen.yaml", FS: fsys})
	if (s == nil) != ds.HasErrors() {
		t.Errorf("a scenario and errors, or neither: %v", ds)
	}
	checkPlaces(t, text, ds)
	if s != nil {
		roundTrip(t, s, Options{Name: "resolved.yaml", FS: fsys})
	}
}

// misshape makes one to four changes to a text, most of them close together:
// what is said of a value often depends on its neighbours. It returns nil
// when the result is no YAML, an alias without its anchor.
func misshape(t *testing.T, text []byte, luck *rand.Rand) []byte {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	maps := collections(&doc, nil)
	at := maps[luck.IntN(len(maps))]
	for range 1 + luck.IntN(4) {
		if luck.IntN(4) == 0 {
			at = maps[luck.IntN(len(maps))]
		}
		disturb(t, at, luck)
	}
	text, err := yaml.Marshal(&doc)
	if err != nil {
		return nil
	}
	return text
}

// collections appends the maps and lists below n that hold something.
func collections(n *yaml.Node, out []*yaml.Node) []*yaml.Node {
	if n.Kind != yaml.DocumentNode && len(n.Content) > 0 {
		out = append(out, n)
	}
	for _, c := range n.Content {
		out = collections(c, out)
	}
	return out
}

func disturb(t *testing.T, n *yaml.Node, luck *rand.Rand) {
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	if len(n.Content) == 0 {
		return
	}
	from := luck.IntN(len(n.Content)/step) * step
	item := n.Content[from : from+step]
	switch luck.IntN(6) {
	case 0:
		n.Content = slices.Delete(slices.Clone(n.Content), from, from+step)
	case 1:
		n.Content = append(slices.Clone(n.Content), item...)
	default:
		var v yaml.Node
		if err := yaml.Unmarshal([]byte(misshapen[luck.IntN(len(misshapen))]), &v); err != nil {
			t.Fatal(err)
		}
		other := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
		if len(v.Content) > 0 {
			other = v.Content[0]
		}
		item[step-1] = other
	}
}

func shipped() []example {
	var out []example
	for _, name := range Names() {
		text, _, _ := Builtin(name)
		out = append(out, example{name: name, text: text})
	}
	return out
}
