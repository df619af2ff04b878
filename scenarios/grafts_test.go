package scenarios

import (
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"eddy/sim/spec"
)

// TestGrafts puts values of other examples into each: under the same key, where
// they have the right shape and mean something else, under any key, or beside
// what is there. What comes out is often nearly right, and so gets further than a
// value of the wrong shape. What loads is put through everything that is done with
// a scenario's text. EDDY_GRAFTS is how many texts an example gives instead of 15.
func TestGrafts(t *testing.T) {
	each := 15
	if n, err := strconv.Atoi(os.Getenv("EDDY_GRAFTS")); err == nil {
		each = n
	}
	from := append(examples(t, "ok"), shipped()...)
	stock := stocked(t, append(from, examples(t, "err")...))
	for _, e := range from {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			for seed := range each {
				luck := rand.New(rand.NewPCG(uint64(seed), 1))
				text := stock.graft(t, e.text, luck)
				if text == nil {
					continue
				}
				readOrRefuse(t, text)
				useText(t, text, luck)
				if t.Failed() {
					t.Fatalf("%d:\n%s", seed, text)
				}
			}
		})
	}
}

// stock is what is written in examples: values by their key, all values, and keys.
type stock struct {
	under  map[string][]*yaml.Node
	values []*yaml.Node
	keys   []string
}

func stocked(t *testing.T, from []example) *stock {
	s := &stock{under: map[string][]*yaml.Node{}}
	for _, e := range from {
		var doc yaml.Node
		if yaml.Unmarshal(e.text, &doc) == nil {
			s.take(&doc)
		}
	}
	if len(s.values) < 1000 {
		t.Fatalf("only %d values", len(s.values))
	}
	return s
}

func (s *stock) take(n *yaml.Node) {
	for i, c := range n.Content {
		if c.Kind == yaml.AliasNode || c.Anchor != "" {
			continue
		}
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			if c.Kind == yaml.ScalarNode && !slices.Contains(s.keys, c.Value) {
				s.keys = append(s.keys, c.Value)
			}
			continue
		}
		if n.Kind == yaml.MappingNode {
			key := n.Content[i-1].Value
			s.under[key] = append(s.under[key], c)
		}
		s.values = append(s.values, c)
		s.take(c)
	}
}

// graft makes one to five changes to a text, nil if the result is no YAML.
func (s *stock) graft(t *testing.T, text []byte, luck *rand.Rand) []byte {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for range 1 + luck.IntN(5) {
		places := collections(&doc, nil)
		s.change(places[luck.IntN(len(places))], places, luck)
	}
	text, err := yaml.Marshal(&doc)
	if err != nil {
		return nil
	}
	return text
}

func (s *stock) change(n *yaml.Node, all []*yaml.Node, luck *rand.Rand) {
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	at := luck.IntN(len(n.Content)/step) * step
	key := "-"
	if step == 2 {
		key = n.Content[at].Value
	}
	value := &n.Content[at+step-1]
	switch luck.IntN(10) {
	case 0:
		*value = copied(s.values[luck.IntN(len(s.values))])
	case 1: // another key for the same value
		if step == 2 {
			n.Content[at] = &yaml.Node{Kind: yaml.ScalarNode, Value: s.keys[luck.IntN(len(s.keys))]}
		}
	case 2: // a key more, with a value that it has elsewhere
		if step == 2 {
			key = s.keys[luck.IntN(len(s.keys))]
			if u := s.under[key]; len(u) > 0 {
				n.Content = append(slices.Clone(n.Content), &yaml.Node{Kind: yaml.ScalarNode, Value: key}, copied(u[luck.IntN(len(u))]))
			}
		}
	case 3: // what another map or list of the same text has
		other := all[luck.IntN(len(all))]
		if other.Kind == n.Kind {
			from := luck.IntN(len(other.Content)/step) * step
			n.Content = append(slices.Clone(n.Content), copied(other.Content[from]))
			if step == 2 {
				n.Content = append(n.Content, copied(other.Content[from+1]))
			}
		}
	case 4:
		n.Style ^= yaml.FlowStyle
	case 5:
		if luck.IntN(3) == 0 {
			n.Content = slices.Delete(slices.Clone(n.Content), at, at+step)
		}
	case 6: // a list of it
		*value = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{*value, copied(*value)}}
	default:
		if u := s.under[key]; len(u) > 0 {
			*value = copied(u[luck.IntN(len(u))])
		}
	}
}

// copied is a value of its own, without anchors.
func copied(n *yaml.Node) *yaml.Node {
	c := *n
	c.Anchor = ""
	c.Content = nil
	for _, child := range n.Content {
		c.Content = append(c.Content, copied(child))
	}
	return &c
}

// useText does with a text what the program does with one that loads: its
// variants, values set before and while it runs, and entries written into it.
func useText(t *testing.T, text []byte, luck *rand.Rand) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%v\n%s", p, debug.Stack())
		}
	}()
	fsys := os.DirFS("testdata")
	o := Options{Name: "grafted.yaml", FS: fsys}
	for _, v := range Variants(text) {
		_, ds := Load(text, Options{Name: o.Name, FS: fsys, Variant: v})
		checkPlaces(t, text, ds)
	}
	sc, _ := Load(text, o)
	if sc == nil {
		return
	}
	list := Settable(text, o)
	for range min(3, len(list)) {
		at, other := list[luck.IntN(len(list))], list[luck.IntN(len(list))]
		value := []string{other.Value, at.Value, misshapen[luck.IntN(len(misshapen))], "2", "50%", "10ms", "[1s, 2s]", "null", "poisson(3/s)"}[luck.IntN(9)]
		a, err := SetLive(sc, text, o, at.Path, value)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %v", err)
			}
			continue
		}
		a.At = sc.Duration / 2
		want := played(sc, []spec.Action{a})
		out := Amended(text, o, want, []spec.Action{a})
		again, ds := Load(out, o)
		if again == nil || Hash(again) != Hash(want) {
			t.Errorf("%s=%s: written down it is another scenario: %s\n%s", at.Path, value, rendered(ds), out)
		}
		with := o
		with.Set = set(at.Path, value)
		if s, ds := Load(text, with); s != nil {
			roundTrip(t, s, o)
		} else if !ds.HasErrors() {
			t.Error("neither a scenario nor an error")
		}
	}
	if len(sc.Consumers) > 0 {
		more := crashes()
		want := played(sc, more)
		again, ds := Load(Amended(text, o, want, more), o)
		if again == nil || Hash(again) != Hash(want) {
			t.Errorf("written down it is another scenario: %s", rendered(ds))
		}
	}
	if len(FilesOf(sc)) > 0 && Hash(sc) == "" {
		t.Error("no hash")
	}
}
