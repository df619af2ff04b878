package scenarios

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"eddy/sim/spec"
)

var update = flag.Bool("update", false, "rewrite the expected diagnostics")

// example is one file of testdata.
type example struct {
	name string
	path string
	text []byte
}

func examples(t testing.TB, folder string) []example {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no examples in %s: %v", folder, err)
	}
	var out []example
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, example{
			name: strings.TrimSuffix(filepath.Base(p), ".yaml"), path: p, text: text,
		})
	}
	return out
}

func (e example) load() (*spec.Scenario, Diagnostics) {
	return Load(e.text, Options{Name: e.name + ".yaml", FS: os.DirFS("testdata")})
}

// rendered is everything that is said of an example: the diagnostics one a
// line, so that none is left out, and then the first of them as they are shown.
func rendered(ds Diagnostics) string {
	var b bytes.Buffer
	for _, d := range ds {
		b.WriteString(d.String() + "\n")
	}
	b.WriteString("\n")
	if err := ds.Render(&b, false); err != nil {
		panic(err)
	}
	return b.String()
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if string(want) != got {
		t.Errorf("said:\n%s\nwanted:\n%s", got, want)
	}
}

func TestBroken(t *testing.T) {
	for _, e := range examples(t, "err") {
		t.Run(e.name, func(t *testing.T) {
			s, ds := e.load()
			if s != nil || !ds.HasErrors() {
				t.Fatalf("it loaded: %v", ds)
			}
			checkPlaces(t, e.text, ds)
			golden(t, filepath.Join("testdata", "err", e.name+".txt"), rendered(ds))
		})
	}
}

// checkPlaces holds the diagnostics to what they promise.
func checkPlaces(t testing.TB, text []byte, ds Diagnostics) {
	t.Helper()
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\n", "\n"), "\r", "\n"), "\n")
	for _, d := range ds {
		if d.Problem == "" || d.Width < 1 || d.File == "" {
			t.Errorf("incomplete: %+v", d)
		}
		if strings.ContainsAny(d.String(), "\n\x1b\x00") {
			t.Errorf("a control character reaches the terminal: %q", d.String())
		}
		if !strings.HasSuffix(d.File, ".yaml") || d.Line == 0 {
			continue
		}
		if d.Line < 1 || d.Line > len(lines) {
			t.Errorf("line %d of %d: %s", d.Line, len(lines), d)
			continue
		}
		if width := len([]rune(lines[d.Line-1])); d.Col < 1 || d.Col > width+1 {
			t.Errorf("column %d of %d: %s", d.Col, width, d)
		}
	}
	for _, word := range []string{"%!", "spec.", "*scenarios", "map[string]", "interface {}", "yaml:", "!!", "<nil>", "int64", "float64", "[]"} {
		for _, d := range ds {
			if said := d.Problem + " " + d.Accepted; strings.Contains(said, word) && !strings.Contains(string(text), word) && !(word == "[]" && strings.Contains(said, "or [] for")) {
				t.Errorf("%q is not for users: %s", word, d)
			}
		}
	}
}

func TestSound(t *testing.T) {
	for _, e := range examples(t, "ok") {
		t.Run(e.name, func(t *testing.T) {
			s, ds := e.load()
			if s == nil || ds.HasErrors() {
				t.Fatalf("it does not load:\n%s", rendered(ds))
			}
			roundTrip(t, s, Options{Name: "resolved.yaml", FS: os.DirFS("testdata")})
		})
	}
}

// roundTrip loads the resolved scenario and compares. The path of a set may be
// another one in it: what it changes is the same.
func roundTrip(t testing.TB, s *spec.Scenario, o Options) {
	t.Helper()
	text := Resolved(s)
	again, ds := Load(text, o)
	if again == nil {
		t.Fatalf("the resolved scenario does not load:\n%s\n%s", rendered(ds), text)
	}
	want := *s
	want.Variant, want.Set = "", nil
	want.Timeline = slices.Clone(s.Timeline)
	for i := range want.Timeline {
		if a := &want.Timeline[i]; a.Kind == spec.SetAction && len(again.Timeline) == len(want.Timeline) {
			a.Path, a.Value = again.Timeline[i].Path, again.Timeline[i].Value
		}
	}
	if !reflect.DeepEqual(&want, again) {
		t.Errorf("the resolved scenario is another one:\n%s\n%s", text, Resolved(again))
	}
	if second := Resolved(again); !bytes.Equal(text, second) {
		t.Errorf("resolving twice gives another text:\n%s\n%s", text, second)
	}
}
