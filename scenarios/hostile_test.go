package scenarios

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"eddy/sim/spec"
)

// patience only guards against a text that hangs its reader. How fast a text
// is read is told by the benchmarks: here the machine may be busy.
const patience = 30 * time.Second

// inTime runs something that must come to an end.
func inTime(t *testing.T, name string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s: not read after %v", name, patience)
	}
}

func refusedSoon(t *testing.T, name string, text []byte) Diagnostics {
	t.Helper()
	var s *spec.Scenario
	var ds Diagnostics
	inTime(t, name, func() { s, ds = Load(text, Options{Name: "hostile.yaml"}) })
	if s != nil {
		t.Errorf("%s: it loads", name)
	}
	var b bytes.Buffer
	if err := ds.Render(&b, true); err != nil {
		t.Error(err)
	}
	if b.Len() > 100_000 {
		t.Errorf("%s: says %d bytes", name, b.Len())
	}
	return ds
}

func TestHostile(t *testing.T) {
	const size = maxText - 1024
	full := func(s string) []byte { return []byte(strings.Repeat(s, size/len(s))) }
	numbered := func(format string) []byte {
		var b bytes.Buffer
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.Bytes()
	}
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 20; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	for name, text := range map[string][]byte{
		"too large":            full("# x\n" + strings.Repeat("y", 100) + "\n")[:maxText-1024],
		"over the size":        append(full("x"), make([]byte, 4096)...),
		"keys":                 numbered("k%d: 1\n"),
		"keys on one line":     append([]byte("{"), numbered("k%d: 1, ")...),
		"the same key":         full("k: 1\n"),
		"list":                 full("- a\n"),
		"empty items":          full("-\n"),
		"nested lists":         full("- "),
		"brackets":             full("["),
		"braces":               full("{"),
		"braces and keys":      full("{a: "),
		"comments":             full("# c\n"),
		"values and comments":  full("a: b # c\n"),
		"one word":             full("a"),
		"one line of words":    full("a "),
		"lines of words":       full("a\n"),
		"open quote":           full("\"a "),
		"spaces":               full(" "),
		"blank lines":          full("\n"),
		"carriage returns":     full("\r"),
		"tabs":                 full("\t"),
		"stars":                full("*a "),
		"anchors":              full("&a "),
		"tags":                 full("!a "),
		"exclamation":          full("!"),
		"percent":              full("%"),
		"pipes":                full("a: |\n"),
		"documents":            full("---\n"),
		"question marks":       full("? "),
		"explicit keys":        full("? a\n"),
		"merges":               append([]byte("a: &a {b: c}\n"), full("<<: *a\n")...),
		"escapes":              full("- \"\\x41\"\n"),
		"parentheses":          append([]byte("name: "), full("a(")...),
		"cut in two":           append([]byte("name: {a: x("), full("b, ")...),
		"cut in a list":        append([]byte("name: [x("), full("b, ")...),
		"indentation":          bytes.Join(bytes.Split(full("x"), nil)[:1500], []byte(":\n                         ")),
		"alias bomb":           []byte(bomb),
		"many aliases":         append([]byte("a: &a x\nb: ["), full("*a, ")...),
		"recursive alias":      []byte("a: &a [*a]\n"),
		"recursive merge":      []byte("a: &a\n  <<: *a\n"),
		"NUL":                  []byte("name: a\x00b\n"),
		"all NUL":              make([]byte, size),
		"escape sequence":      []byte("name: \x1b[31mred\n"),
		"delete":               []byte("name: a\x7fb\n"),
		"C1":                   []byte("name: a\u0085b\n"),
		"bidi override":        []byte("name: a\u202eb\n"),
		"bidi isolate":         []byte("name: a\u2066b\n"),
		"line separator":       []byte("name: a\u2028b\n"),
		"not UTF-8":            []byte("name: a\xffb\n"),
		"half a character":     []byte("name: \xe2\x82"),
		"surrogate":            []byte("name: \xed\xa0\x80\n"),
		"UTF-16":               []byte("\xff\xfen\x00a\x00m\x00e\x00"),
		"mark in the middle":   []byte("name: a\ufeffb\n"),
		"huge number":          []byte("duration: " + strings.Repeat("9", 1<<20) + "s\n"),
		"huge name":            []byte("name: " + strings.Repeat("n", 1<<20) + "\n"),
		"huge key":             []byte(strings.Repeat("n", 1<<20) + ": 1\n"),
		"huge distribution":    []byte("consumers: {c: {work: \"mix(" + strings.Repeat("1% 1ms ", 1<<19/7) + ")\"}}\n"),
		"deep distribution":    []byte("consumers: {c: {work: \"" + strings.Repeat("mix(50% ", 1<<15) + "\"}}\n"),
		"huge exponent":        []byte("seed: 1e999999999\nwarmup: 1e-999999999s\n"),
		"unknown consumers":    []byte(manyConsumers(9000, "from: nowhere%d")),
		"unknown keys":         []byte(manyConsumers(9000, "key%d: 5")),
		"unknown expectations": []byte(manyConsumers(5000, "from: q, work: 1ms") + "expect:\n" + strings.Repeat("  - consumers.c99x.latency.p99 < 1s\n", 40000)),
		"wrong variants":       []byte(manyConsumers(4000, "from: q, work: 1ms") + "variants:\n" + variantsOf(4000, "consumers.c%dx.instances")),
		"circles":              []byte(chain(20000)),
		"filters":              []byte("broker: {channels: {q: {from: q, where: " + strings.Repeat("{any: [", 30) + "{a: 1}" + strings.Repeat("]}", 30) + "}}}"),
		"deep filters":         []byte("broker: {channels: {q: {from: q, where: " + strings.Repeat("{any: [", 2000) + "{a: 1}" + strings.Repeat("]}", 2000) + "}}}"),
	} {
		t.Run(name, func(t *testing.T) {
			ds := refusedSoon(t, name, text)
			checkPlaces(t, text, ds)
		})
	}
}

func manyConsumers(n int, body string) string {
	var b strings.Builder
	b.WriteString("name: t\nduration: 1m\nproducers: {p: {emits: e, to: q, rate: 1/s}}\nbroker: {channels: {q: {}}}\nconsumers:\n")
	for i := range n {
		text := body
		if strings.Contains(body, "%d") {
			text = fmt.Sprintf(body, i)
		}
		fmt.Fprintf(&b, "  c%d: {%s}\n", i, text)
	}
	return b.String()
}

func variantsOf(n int, path string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  v%d: {"+path+": 2}\n", i, i)
	}
	return b.String()
}

func chain(n int) string {
	var b strings.Builder
	b.WriteString("broker:\n  channels:\n")
	for i := range n {
		fmt.Fprintf(&b, "    c%d: {from: c%d}\n", i, (i+1)%n)
	}
	return b.String()
}

// A large scenario with nothing wrong must load as well.
func TestLarge(t *testing.T) {
	for name, text := range map[string]string{
		"consumers": manyConsumers(9990, "from: q, work: 1ms"),
		"variants":  manyConsumers(3000, "from: q, work: 1ms") + "variants:\n" + variantsOf(3000, "consumers.c%d.instances"),
		"topics":    topics(3300),
	} {
		inTime(t, name, func() {
			if s, ds := Load([]byte(text), Options{}); s == nil {
				t.Errorf("%s: %v", name, ds[0])
			}
		})
	}
}

// topics is a chain of n topics, each with a consumer that emits to the next.
func topics(n int) string {
	var b strings.Builder
	b.WriteString("name: t\nduration: 1m\nproducers: {p: {emits: e0, to: t0, rate: 1/s}}\nbroker:\n  channels:\n")
	for i := range n {
		fmt.Fprintf(&b, "    t%d: {type: topic}\n", i)
	}
	b.WriteString("consumers:\n")
	for i := range n - 1 {
		fmt.Fprintf(&b, "  c%d: {from: t%d, emit: e%d, to: t%d}\n", i, i, i+1, i+1)
	}
	return b.String()
}

func TestLimits(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{manyConsumers(10001, "from: q"), "at most 10,000"},
		{"name: t\nx: " + strings.Repeat("[", 64) + strings.Repeat("]", 64), "at most 64 deep"},
		{"x: [" + strings.Repeat("a,", 100_000) + "]", "at most 100,000"},
		{manyConsumers(2, "from: q, instances: 60000"), "at most 100,000 in all"},
		{"x: &a 1\ny: [" + strings.Repeat("*a,", 1001) + "]", "at most 1,000"},
		{manyConsumers(1, "from: q, handle: ["+strings.Repeat("{work: 1ms},", 1001)+"]"), "at most 1,000"},
		{strings.Replace(manyConsumers(1, "from: q, work: 1ms"), "rate: 1/s", "users: 1000000, think: 1s, instances: 11", 1), "at most 10,000,000"},
	} {
		_, ds := Load([]byte(c.text), Options{})
		if said := rendered(ds); !strings.Contains(said, c.want) {
			t.Errorf("wanted %q, said %s", c.want, clip(said, 2000))
		}
	}
	deep := "x: " + strings.Repeat("[", 63) + strings.Repeat("]", 63)
	if _, ds := Load([]byte(deep), Options{}); strings.Contains(rendered(ds), "deep") {
		t.Error("64 levels are refused")
	}
}

func TestByteOrderMark(t *testing.T) {
	if s, ds := Load([]byte("\xef\xbb\xbf"+small), Options{}); s == nil {
		t.Error(ds)
	}
	_, ds := Load([]byte("\xef\xbb\xbfnmae: t\n"), Options{Name: "f"})
	if ds[len(ds)-1].Line != 1 || !strings.Contains(rendered(ds), "f:1:1: nmae") {
		t.Error(rendered(ds))
	}
}

func TestLineEnds(t *testing.T) {
	for _, end := range []string{"\r\n", "\r"} {
		text := strings.ReplaceAll(small, "\n", end)
		if s, ds := Load([]byte(text), Options{}); s == nil {
			t.Errorf("%q: %s", end, rendered(ds))
		}
		_, ds := Load([]byte(strings.Replace(text, "work: 20ms", "work: 20", 1)), Options{Name: "f"})
		if said := rendered(ds); !strings.Contains(said, "f:15:17:") || !strings.Contains(said, "   15 |         - work: 20\n") {
			t.Errorf("%q: %s", end, said)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, folder := range []string{"ok", "err"} {
		for _, e := range examples(f, folder) {
			f.Add(e.text)
		}
	}
	for _, e := range shipped() {
		f.Add(e.text)
	}
	f.Add([]byte(small))
	f.Add([]byte(lively))
	for _, r := range actionRules {
		// Whole; alone; without a value; with one of another shape; with an
		// option without a value; with one that is not its own.
		for _, entry := range []string{
			r.example, "{" + r.name + ": web}", "{at: 1s, " + r.name + ": }", "{at: 1s, " + r.name + ": [{}]}",
			"{at: 1s, " + r.name + ": [web, broker], to: }", "{at: 1s, " + r.name + ": payment, for: 1s, by: 1s, to: {a: 1}}",
		} {
			f.Add([]byte(lively + "timeline:\n  - " + entry + "\n"))
		}
	}
	fsys := os.DirFS("testdata")
	f.Fuzz(func(t *testing.T, text []byte) {
		s, ds := Load(text, Options{Name: "fuzz.yaml", FS: fsys})
		if (s == nil) != ds.HasErrors() {
			t.Errorf("a scenario and errors, or neither: %v", ds)
		}
		checkPlaces(t, bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), ds)
		var b bytes.Buffer
		if err := ds.Render(&b, true); err != nil {
			t.Error(err)
		}
		if s != nil {
			roundTrip(t, s, Options{Name: "resolved.yaml", FS: fsys})
		}
	})
}

func FuzzSetting(f *testing.F) {
	f.Add("consumers.payment.instances", "4")
	f.Add("broker.channels.shop.bus.in", "{type: queue}")
	f.Add("consumers.payment.handle.order.placed[0].work", "gamma(1ms, 2ms)")
	f.Add("expect[0]", "ledger.lost < 5")
	f.Add("consumers.payment.from.where", "{any: [{a: 1}]}")
	for _, c := range settable {
		f.Add(c.path, strings.Trim(c.value, `"`))
	}
	base, _ := Load([]byte(lively), Options{Name: "lively.yaml", FS: livelyFiles})
	f.Fuzz(func(t *testing.T, path, value string) {
		s, ds := Load([]byte(small), Options{Name: "fuzz.yaml", Set: set(path, value)})
		if (s == nil) != ds.HasErrors() {
			t.Errorf("a scenario and errors, or neither: %v", ds)
		}
		checkPlaces(t, []byte(small+"# "+path+value), ds)
		if s != nil {
			roundTrip(t, s, Options{Name: "resolved.yaml"})
		}
		setWhileItRuns(t, base, path, value)
	})
}

// setWhileItRuns sets a value of the lively scenario as the screen does.
func setWhileItRuns(t *testing.T, base *spec.Scenario, path, value string) {
	o := Options{Name: "lively.yaml", FS: livelyFiles}
	a, err := SetLive(base, []byte(lively), o, path, value)
	if err != nil {
		return
	}
	a.At = spec.Minute
	want := played(base, []spec.Action{a})
	if again, ds := Load(Amended([]byte(lively), o, want, []spec.Action{a}), o); again == nil || Hash(again) != Hash(want) {
		t.Errorf("%s=%s: written down it is another scenario: %v", path, value, ds)
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, e := range examples(b, "ok") {
		if e.name != "work-queue" && e.name != "everything" {
			continue
		}
		b.Run(e.name, func(b *testing.B) {
			b.SetBytes(int64(len(e.text)))
			for b.Loop() {
				if s, ds := e.load(); s == nil {
					b.Fatal(ds)
				}
			}
		})
	}
	large := []byte(manyConsumers(9990, "from: q, work: 1ms"))
	b.Run("10000-components", func(b *testing.B) {
		b.SetBytes(int64(len(large)))
		for b.Loop() {
			if s, ds := Load(large, Options{}); s == nil {
				b.Fatal(ds)
			}
		}
	})
}
