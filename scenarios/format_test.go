package scenarios

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// objects are the maps with fixed keys by title, found in the format itself.
func objects() map[string]*shape {
	found := map[string]*shape{}
	seen := map[*shape]bool{}
	var visit func(s *shape)
	visit = func(s *shape) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if s.title != "" && found[s.title] == nil {
			found[s.title] = s
		}
		for _, k := range s.keys {
			visit(k.shape)
		}
		if s.free != nil {
			visit(s.free.value)
		}
		visit(s.items)
	}
	visit(format)
	return found
}

func keyTable(s *shape) string {
	var b strings.Builder
	b.WriteString("| key | value | default | |\n|---|---|---|---|\n")
	for _, k := range s.keys {
		dflt := k.dflt
		if k.required {
			dflt = "required"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.name, strings.ReplaceAll(k.shape.want, "|", `\|`), dflt, k.doc)
	}
	return b.String()
}

func actionTable() string {
	var b strings.Builder
	b.WriteString("| action | of | options | |\n|---|---|---|---|\n")
	for _, r := range actionRules {
		options := slices.Clone(r.options)
		if r.lasting {
			options = append(options, "for")
		}
		for i := range options {
			options[i] = "`" + options[i] + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.name, r.of, strings.Join(options, " "), r.doc)
	}
	return b.String()
}

func settableTable() string {
	var b strings.Builder
	b.WriteString("| of | may be set |\n|---|---|\n")
	for _, s := range liveSettings {
		fmt.Fprintf(&b, "| %s | %s |\n", s.of, s.keys)
	}
	return b.String()
}

var generated = regexp.MustCompile(`(?s)<!-- (keys: ([^>]*)|actions|settable) -->\n.*?<!-- end -->`)

// FORMAT.md's tables come from the format, so that they cannot be wrong.
func TestFormatIsCurrent(t *testing.T) {
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	all, used := objects(), map[string]bool{}
	current := generated.ReplaceAllStringFunc(string(text), func(part string) string {
		m := generated.FindStringSubmatch(part)
		table := ""
		switch {
		case m[1] == "actions":
			table = actionTable()
		case m[1] == "settable":
			table = settableTable()
		case all[m[2]] == nil:
			t.Errorf("the format has no map %q", m[2])
		default:
			used[m[2]] = true
			table = keyTable(all[m[2]])
		}
		return "<!-- " + m[1] + " -->\n" + table + "<!-- end -->"
	})
	for title := range all {
		if !used[title] && title != "an entry of timeline" {
			t.Errorf("FORMAT.md says nothing of %s", title)
		}
	}
	golden(t, "FORMAT.md", current)
}

var snippet = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// The parts of a scenario that a snippet leaves out.
var rest = []struct{ key, text string }{
	{"name", "name: snippet\n"},
	{"duration", "duration: 10m\n"},
	{"producers", "producers: {shop: {emits: order.placed, to: orders, rate: 10/s}}\n"},
	{"broker", "broker: {channels: {orders: {type: queue}}}\n"},
	{"consumers", "consumers: {payment: {from: orders, work: 20ms}}\n"},
}

// Every snippet of FORMAT.md is loaded, as it is or as part of a scenario.
func TestFormatSnippets(t *testing.T) {
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	arrivals, err := os.ReadFile("testdata/data/arrivals.csv")
	if err != nil {
		t.Fatal(err)
	}
	found := snippet.FindAllStringSubmatch(string(text), -1)
	if len(found) < 10 {
		t.Fatalf("only %d snippets", len(found))
	}
	for _, m := range found {
		whole := m[1]
		for _, r := range rest {
			if !strings.HasPrefix(whole, r.key+":") && !strings.Contains(whole, "\n"+r.key+":") {
				whole += r.text
			}
		}
		s, ds := Load([]byte(whole), Options{Name: "snippet", FS: fstest.MapFS{"arrivals.csv": {Data: arrivals}}})
		if s == nil {
			t.Errorf("this snippet does not load:\n%s%s", m[1], rendered(ds))
		}
	}
}

// The values that FORMAT.md shows in its tables must be values.
func TestFormatValues(t *testing.T) {
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	section := func(from, to string) []string {
		_, rest, found := strings.Cut(string(text), from)
		part, _, end := strings.Cut(rest, to)
		if !found || !end {
			t.Fatalf("no section %q", from)
		}
		var values []string
		for line := range strings.Lines(part) {
			if cells := strings.Split(line, "|"); len(cells) > 2 {
				for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
					values = append(values, m[1])
				}
			}
		}
		return values
	}
	rates := section("### Rates", "A trace is CSV")
	if len(rates) < 7 {
		t.Errorf("only %d rates", len(rates))
	}
	for _, value := range rates {
		if !strings.HasPrefix(value, "replay") {
			sound(t, small, Options{Set: set("producers.web.rate", value)})
		}
	}
	for _, value := range section("### Distributions", "Inside `{ }`") {
		if name, _, _ := strings.Cut(value, "("); findFamily(name) == nil {
			t.Errorf("%s is no distribution", value)
		}
	}
}

// The paths that FORMAT.md says an expectation may have are there.
func TestFormatPaths(t *testing.T) {
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(text), "| path | what there is")
	part, after, _ := strings.Cut(part, "\n\n")
	word := regexp.MustCompile("`([^`]+)`")
	measures := word.FindAllStringSubmatch(strings.SplitN(after, ", a level", 2)[0], -1)
	levels := word.FindAllStringSubmatch(strings.SplitN(strings.SplitN(after, ", a level", 2)[1], ".", 2)[0], -1)
	if len(measures) < 9 || len(levels) < 3 {
		t.Fatalf("measures %v, levels %v", measures, levels)
	}
	l := &loader{source: &source{}, budget: new(int)}
	l.doc = sound(t, small, Options{})
	for kind, name := range map[componentKind]string{producers: "web", channels: "orders", consumers: "payment", events: "order.placed"} {
		l.names[kind] = registry{names: []string{name}, index: map[string]int{name: 0}}
	}
	names := strings.NewReplacer("NAME", "", "CHANNEL/CONSUMER", "orders/payment", "EVENT", "order.placed")
	tried := 0
	for line := range strings.Lines(part) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || !strings.Contains(cells[1], "`") {
			continue
		}
		base := names.Replace(word.FindStringSubmatch(cells[1])[1])
		for kind, name := range map[string]string{"producers..": "producers.web.", "channels..": "channels.orders.", "consumers..": "consumers.payment."} {
			base = strings.Replace(base, kind, name, 1)
		}
		for _, m := range word.FindAllStringSubmatch(cells[2], -1) {
			ends := [][]string{{"", ""}}
			if strings.HasSuffix(m[1], ".") {
				ends = measures
				if m[1] == "depth." || m[1] == "leased." || m[1] == "instances." {
					ends = levels
				}
			}
			for _, end := range ends {
				tried++
				if _, _, f := l.resolve(base + m[1] + end[1]); f != nil {
					t.Errorf("%s: %s", base+m[1]+end[1], f.problem)
				}
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d paths", tried)
	}
}
