package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"eddy/scenarios"
	"eddy/sim/reference/cases"
	"eddy/sim/spec"
)

// TestEndToEnd puts scenarios through every command and every export: random
// ones and built-in ones, shortened. Nothing may panic or break off; what is
// written must be whole and readable by whoever reads its format, hold no
// number that is none, and be the same bytes on one processor and on two.
//
// EDDY_ENDTOEND is how many random scenarios instead of 2; with it all the
// built-in ones are taken, and, if it is a folder, every scenario in it.
func TestEndToEnd(t *testing.T) {
	random, builtin := 2, []string{"sync-vs-events"}
	where := os.Getenv("EDDY_ENDTOEND")
	if n, err := strconv.Atoi(where); err == nil {
		random, builtin = n, scenarios.Names()
	}
	if testing.Short() {
		random = 0
	}
	given, _ := filepath.Glob(filepath.Join(where, "*.yaml"))
	for _, path := range given {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			endToEnd(t, text, os.DirFS(filepath.Dir(path)))
		})
	}
	if len(given) > 0 {
		return
	}
	for _, name := range builtin {
		t.Run(name, func(t *testing.T) {
			text, fsys, _ := scenarios.Builtin(name)
			endToEnd(t, text, fsys)
		})
	}
	for seed := uint64(0); random > 0; seed++ {
		text := randomText(seed)
		if text == nil {
			continue
		}
		random--
		t.Run(fmt.Sprint(seed), func(t *testing.T) { endToEnd(t, text, nil) })
	}
}

// randomText is a random scenario as a file, nil if the format does not allow
// it: the engine takes more than can be written.
func randomText(seed uint64) []byte {
	sc := cases.Any(rand.New(rand.NewPCG(seed, 77)).IntN)
	sc.Name = "random"
	text := append(scenarios.Resolved(sc), "variants:\n  slower: {broker.latency.publish: 1ms}\n"...)
	if again, _ := scenarios.Load(text, scenarios.Options{}); again == nil {
		return nil
	}
	return text
}

// endToEnd runs all commands on a scenario, twice.
func endToEnd(t *testing.T, text []byte, files fs.FS) {
	t.Helper()
	sc, ds := scenarios.Load(text, scenarios.Options{Name: "s.yaml", FS: files})
	if sc == nil {
		t.Fatalf("it does not load: %v\n%s", ds, text)
	}
	folder := t.TempDir()
	t.Setenv("XDG_STATE_HOME", folder)
	t.Setenv("XDG_CONFIG_HOME", folder)
	for _, args := range everyCommand(sc, len(scenarios.Variants(text)) > 0) {
		var first map[string]string
		for processors := 1; processors <= 2; processors++ {
			got := invoke(t, text, sc, files, processors, args)
			if t.Failed() {
				t.Fatalf("eddy %s\n%s", strings.Join(args, " "), text)
			}
			if first == nil {
				first = got
			} else if what := firstDifference(first, got); what != "" {
				t.Fatalf("eddy %s: another time it is different: %s\n%s", strings.Join(args, " "), what, text)
			}
		}
	}
}

// everyCommand are command lines that a scenario is put through.
func everyCommand(sc *spec.Scenario, variants bool) [][]string {
	short := []string{"s.yaml", "--max-events", "3000", "--max-pending", "2000", "--quiet"}
	if sc.Duration > 2*spec.Second {
		short = append(short, "--duration", "2s", "--warmup", "200ms")
	}
	timed := slices.DeleteFunc(slices.Clone(short), func(s string) bool {
		return strings.HasPrefix(s, "--max") || s == "3000" || s == "2000"
	})
	var list [][]string
	add := func(command string, flags []string, more ...string) {
		list = append(list, slices.Concat([]string{command}, flags, more))
	}
	formats := []string{"text", "json", "csv", "markdown", "html"}
	for _, f := range formats {
		add("run", short, "--headless", "--format", f)
	}
	add("run", short, "--verify", "--out", "out", "--step", "100ms")
	add("run", short, "--replications", "2", "--runs", "--format", "json", "--out", "out")
	add("run", short, "--replications", "2", "--format", "text")
	add("check", short, "--format", "json", "--export", "junit=junit.xml")
	for _, f := range formats {
		add("predict", timed, "--format", f)
	}
	add("predict", timed, "--out", "out")
	add("validate", timed, "--format", "json")
	add("validate", timed)
	add("show", []string{"s.yaml"}, "--resolved")
	for _, f := range []string{"text", "mermaid", "dot", "svg"} {
		add("graph", timed, "--format", f)
	}
	for i, view := range []string{"overview", "component", "inspector", "ledger", "compare", "statistics"} {
		if i >= 4 && !variants {
			break
		}
		size := []string{"120x36", "80x24", "60x16", "20x5", "200x60", "61x17"}
		format := []string{"svg", "text", "ansi"}
		for j := range 2 {
			add("shot", timed, "--view", view, "--size", size[(i+3*j)%6], "--format", format[(i+j)%3], "--replications", "2")
		}
	}
	add("shot", timed, "--at", "1ms", "--size", "20x5", "--symbols", "ascii")
	add("coupling", short, "--replications", "2", "--format", "json", "--out", "out")
	add("coupling", short, "--replications", "2")
	add("compare", short, "--replications", "2", "--format", "json", "--out", "out")
	add("compare", short, "--replications", "2", "--headless")
	list[len(list)-1] = slices.Insert(list[len(list)-1], 1, "s.yaml")
	list[len(list)-2] = slices.Insert(list[len(list)-2], 1, "slower.yaml")
	for _, f := range []string{"text", "json"} {
		add("sweep", short, "--replications", "2", "--vary", "broker.latency.publish=0,2ms", "--format", f)
	}
	add("sweep", short, "--replications", "2", "--vary", "seed=1..3", "--out", "swept")
	return list
}

// invoke runs one command in a folder of its own, judges what it wrote, and
// returns it by its file.
func invoke(t *testing.T, text []byte, sc *spec.Scenario, files fs.FS, processors int, args []string) map[string]string {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
	t.Chdir(t.TempDir())
	slower := *sc
	slower.Broker.Latency.Publish = spec.Const(float64(spec.Millisecond))
	for name, content := range map[string][]byte{"s.yaml": text, "slower.yaml": scenarios.Resolved(&slower)} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range scenarios.FilesOf(sc) {
		content, err := fs.ReadFile(files, name)
		if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, content, 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	code := Main(args, strings.NewReader(""), &out, &errs)
	checks := args[0] == "check" && (code == exitBroken || code == exitInconclusive)
	if code != exitDone && !checks {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
	format := "text"
	if i := slices.Index(args, "--format"); i >= 0 {
		format = args[i+1]
	}
	got := map[string]string{"standard output." + suffixOf(format): out.String(), "standard error.text": errs.String()}
	if out.Len() == 0 {
		t.Error("nothing is printed")
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == "s.yaml" || path == "slower.yaml" || slices.Contains(scenarios.FilesOf(sc), filepath.ToSlash(path)) {
			return err
		}
		content, err := os.ReadFile(path)
		got[path] = string(content)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if bad := malformed(path, got[path]); bad != "" {
			t.Errorf("%s: %s\n%s", path, bad, clipped(got[path]))
		}
	}
	return got
}

func suffixOf(format string) string {
	if format == "markdown" {
		return "md"
	}
	return format
}

func clipped(s string) string { return s[:min(len(s), 4000)] }

// malformed says what is wrong with a file of its kind, "" if nothing is.
func malformed(path, text string) string {
	if !utf8.ValidString(text) {
		return "it is not UTF-8"
	}
	kind := filepath.Ext(path)
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && (r != '\x1b' || kind != ".ansi") }); i >= 0 {
		return fmt.Sprintf("control character %q at %d", text[i:min(i+1, len(text))], i)
	}
	if i := strings.Index(text, "%!"); i >= 0 {
		return "a mistake in formatting: " + text[i:min(i+30, len(text))]
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '+' && r != '-' }) {
		if word == "NaN" || strings.Trim(word, "+-") == "Inf" {
			return "a number that is none: " + word
		}
	}
	switch kind {
	case ".json":
		return wrongJSON(text)
	case ".jsonl":
		for line := range strings.Lines(text) {
			if bad := wrongJSON(line); bad != "" {
				return bad
			}
		}
	case ".csv":
		if _, err := csv.NewReader(strings.NewReader(text)).ReadAll(); err != nil {
			return err.Error()
		}
	case ".xml", ".svg":
		return wrongXML(text)
	}
	return ""
}

func wrongJSON(text string) string {
	d := json.NewDecoder(strings.NewReader(text))
	var v any
	if err := d.Decode(&v); err != nil {
		return err.Error()
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "more than one value"
	}
	return ""
}

func wrongXML(text string) string {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return ""
		} else if err != nil {
			return err.Error()
		}
	}
}

// firstDifference says in which file two sets of files differ.
func firstDifference(a, b map[string]string) string {
	for _, path := range slices.Sorted(maps.Keys(a)) {
		if x, y := a[path], b[path]; x != y {
			at := 0
			for at < len(x) && at < len(y) && x[at] == y[at] {
				at++
			}
			from := max(0, at-60)
			return fmt.Sprintf("%s:\n%q\n%q", path, x[from:min(at+60, len(x))], y[from:min(at+60, len(y))])
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d files, %d files", len(a), len(b))
	}
	return ""
}

// TestMalformed: what should be found is.
func TestMalformed(t *testing.T) {
	for _, c := range []struct{ path, text string }{
		{"a.json", `{"a": NaN}`},
		{"a.json", `{"a": 1} {}`},
		{"a.json", `{"a": 1`},
		{"a.jsonl", "{}\n{]\n"},
		{"a.csv", "a,b\n1\n"},
		{"a.csv", "a,b\n1,+Inf\n"},
		{"a.text", "\x1b[31mred"},
		{"a.text", "%!d(string=x)"},
		{"a.text", "\xff"},
		{"a.svg", "<svg><g></svg>"},
		{"a.xml", "<a>"},
	} {
		if malformed(c.path, c.text) == "" {
			t.Errorf("%s: %q is taken to be right", c.path, c.text)
		}
		if bad := malformed("a.text", "NaNo Infinite -Info 5% \n"); bad != "" {
			t.Error(bad)
		}
	}
}
