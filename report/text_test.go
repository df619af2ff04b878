package report

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"eddy/sim"
	"eddy/sim/experiment"
)

var fixtures = map[string]func() *sim.Result{
	"busy": busy, "healthy": healthy, "empty": empty, "eastern": eastern, "hostile": hostile,
	"interrupted": interrupted, "bare": func() *sim.Result { return &sim.Result{} },
}

// interrupted stopped half way, with a ledger that is wrong.
func interrupted() *sim.Result {
	r := healthy()
	r.Run.Ended, r.Run.EndedAt, r.Ledger.Balanced = sim.EndedInterrupted, 31.25, false
	return r
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

func textOf(t *testing.T, r *sim.Result, o TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNoLineIsTooWide(t *testing.T) {
	for name, fixture := range fixtures {
		for w := 20; w <= 130; w++ {
			checkWidths(t, name, textOf(t, fixture(), TextOptions{Width: w}), min(w, 120))
		}
		checkWidths(t, name, textOf(t, fixture(), TextOptions{}), 80)
		checkWidths(t, name, textOf(t, fixture(), TextOptions{Width: 3}), 20)
	}
	for w := 20; w <= 130; w++ {
		var b bytes.Buffer
		if err := TextReplicated(&b, threeRuns(), TextOptions{Width: w}); err != nil {
			t.Fatal(err)
		}
		checkWidths(t, "runs", b.String(), min(w, 120))
	}
}

func checkWidths(t *testing.T, name, text string, most int) {
	t.Helper()
	for _, l := range strings.Split(text, "\n") {
		if width(l) > most {
			t.Fatalf("%s: %d cells in %d: %q", name, width(l), most, l)
		}
		if strings.TrimRight(l, " ") != l {
			t.Fatalf("%s: spaces at the end: %q", name, l)
		}
	}
}

// Colour adds nothing to what is said, and its absence takes nothing away.
func TestColourOnlyRepeats(t *testing.T) {
	for name, fixture := range fixtures {
		plain := textOf(t, fixture(), TextOptions{Width: 100})
		coloured := textOf(t, fixture(), TextOptions{Width: 100, Colour: true})
		if !strings.Contains(coloured, "\x1b[") {
			t.Errorf("%s: no colour", name)
		}
		if got := escapes.ReplaceAllString(coloured, ""); got != plain {
			t.Errorf("%s: with colour it says\n%s\nwithout\n%s", name, got, plain)
		}
	}
}

// Whatever the names are, nothing but the report's own newlines and colours
// leaves it.
func TestHostileTextIsInert(t *testing.T) {
	var b bytes.Buffer
	for _, write := range []func() error{
		func() error { return Text(&b, hostile(), TextOptions{}) },
		func() error { return Markdown(&b, hostile(), nil) },
		func() error { return CSV(&b, hostile()) },
		func() error { return JSON(&b, hostile()) },
		func() error { return TextReplicated(&b, &Replicated{Runs: []*sim.Result{hostile()}}, TextOptions{}) },
		func() error { return MarkdownReplicated(&b, &Replicated{Runs: []*sim.Result{hostile()}}) },
		func() error {
			return CSVReplicated(&b, &Replicated{Metrics: []experiment.Metric{{Path: "a\x1b[1m\u202e\r", Note: "=1\n"}}})
		},
		func() error {
			return JSONReplicated(&b, &Replicated{WithRuns: true, Runs: []*sim.Result{hostile()}, Metrics: []experiment.Metric{{Path: "a\x1b\u202e"}}})
		},
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	if !utf8.Valid(b.Bytes()) {
		t.Error("not valid UTF-8")
	}
	for _, r := range b.String() {
		if r != '\n' && isUnsafe(r) {
			t.Fatalf("%U is in a report", r)
		}
	}
	text := textOf(t, hostile(), TextOptions{Colour: true})
	for _, r := range escapes.ReplaceAllString(text, "") {
		if r != '\n' && isUnsafe(r) {
			t.Fatalf("%U is in a coloured report", r)
		}
	}
}

// The same for texts of any characters at all, at any width.
func TestAnyNameIsInert(t *testing.T) {
	luck := rand.New(rand.NewPCG(3, 4))
	word := func() string { return randomWord(luck) }
	for range 300 {
		r := busy()
		r.Scenario.Name, r.Producers[0].Name, r.Channels[1].Name, r.Subscriptions[0].Name = word(), word(), word(), "orders/"+word()
		r.Consumers[0].Name, r.Flows[0].Name, r.Findings[0].Text, r.Expectations[1].Why = word(), word(), word(), word()
		w := 20 + luck.IntN(100)
		text := textOf(t, r, TextOptions{Width: w})
		checkWidths(t, "random", text, w)
		var b bytes.Buffer
		if err := errors.Join(Markdown(&b, r, nil), CSV(&b, r), JSON(&b, r)); err != nil {
			t.Fatal(err)
		}
		for _, c := range text + b.String() {
			if c != '\n' && isUnsafe(c) {
				t.Fatalf("%U is in a report", c)
			}
		}
	}
}

// randomWord is anything that may stand in a file.
func randomWord(luck *rand.Rand) string {
	ranges := []rune{0x20, 0x7f, 0x2ff, 0x36f, 0x2fff, 0xffff, 0x10ffff}
	var b strings.Builder
	for range luck.IntN(20) {
		if luck.IntN(20) == 0 {
			b.WriteByte(byte(luck.IntN(256)))
			continue
		}
		b.WriteRune(luck.Int32N(ranges[luck.IntN(len(ranges))]))
	}
	return b.String()
}

// Whatever the names are, the strict readers of every format take them for text.
func TestAnyNameIsDataToOtherPrograms(t *testing.T) {
	luck := rand.New(rand.NewPCG(5, 6))
	for i := range 40 {
		r := busy()
		id := strconv.Itoa(i)
		r.Scenario.Name, r.Producers[0].Name, r.Channels[1].Name, r.Subscriptions[0].Name = randomWord(luck), id+randomWord(luck), id+randomWord(luck), "orders/"+randomWord(luck)
		r.Consumers[0].Name, r.Flows[0].Name, r.Findings[0].Text, r.Expectations[1].Expect = id+randomWord(luck), id+randomWord(luck), randomWord(luck), "x"+randomWord(luck)
		readJUnit(t, r)
		var b bytes.Buffer
		if err := OpenMetrics(&b, r); err != nil {
			t.Fatal(err)
		}
		readMetrics(t, b.Bytes())
		b.Reset()
		if err := HTML(&b, r, nil, nil); err != nil {
			t.Fatal(err)
		}
		if text := checkPage(t, b.Bytes()); !strings.Contains(text, clean(r.Consumers[0].Name)) {
			t.Errorf("no %q in the page", r.Consumers[0].Name)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"plain":                            "plain",
		"订单 注文 주문":                         "订单 注文 주문",
		"a\r\nb\tc":                        "a  b c",
		"\x1b[31mred\x07":                  `\u001b[31mred\u0007`,
		"\u009b31m":                        `\u009b31m`,
		"\u202eevil\u2069\u200f":           `\u202eevil\u2069\u200f`,
		"a\u2028b\u00a0c":                  "a b c",
		"bad\xff":                          "bad\ufffd",
		"\U000e0041":                       `\U000e0041`,
		"\ufeff\u00ad\ufffe":               `\ufeff\u00ad\ufffe`,
		"👩\u200d💻":                         "👩\u200d💻",
		"e\u0301\u0301\u0301":              "e\u0301\u0301\u0301",
		"e" + strings.Repeat("\u0301", 99): "e\u0301\u0301\u0301\u0301",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, text := range []string{
		"", " ", "one", "a few words that go over several lines", "aVeryLongWordThatHasNoSpacesAtAll and then some",
		"支払い処理サービスは飽和しています。毎秒 x 二百十四件", strings.Repeat("👩\u200d💻", 9), "a 支払い",
	} {
		for w := 2; w < 30; w++ {
			lines := wrap(text, w)
			for _, l := range lines {
				if width(l) > w {
					t.Errorf("wrap(%q, %d) has %q", text, w, l)
				}
			}
			glue := func(s string) string { return strings.Join(strings.Fields(s), "") }
			if got := glue(strings.Join(lines, "")); got != glue(text) {
				t.Errorf("wrap(%q, %d) says %q", text, w, got)
			}
		}
	}
	if got := wrap("one two three", 7); len(got) != 2 || got[0] != "one two" {
		t.Errorf("wrap fills a line no more: %q", got)
	}
}

func TestHuman(t *testing.T) {
	for _, c := range []struct {
		v    float64
		u    sim.Unit
		want string
	}{
		{0, sim.UnitSeconds, "0s"},
		{1e-9, sim.UnitSeconds, "1.00ns"},
		{831e-9, sim.UnitSeconds, "831ns"},
		{0.9996e-6, sim.UnitSeconds, "1.00µs"},
		{0.0124, sim.UnitSeconds, "12.4ms"},
		{0.99949, sim.UnitSeconds, "999ms"},
		{0.9996, sim.UnitSeconds, "1.00s"},
		{2.314, sim.UnitSeconds, "2.31s"},
		{59.94, sim.UnitSeconds, "59.9s"},
		{59.96, sim.UnitSeconds, "1m"},
		{144.4, sim.UnitSeconds, "2m24s"},
		{3599.9, sim.UnitSeconds, "1h"},
		{4320, sim.UnitSeconds, "1h12m"},
		{273600, sim.UnitSeconds, "3d4h"},
		{-0.5, sim.UnitSeconds, "−500ms"},
		{0, sim.UnitPerSecond, "0/s"},
		{0.5, sim.UnitPerSecond, "0.5/s"},
		{12.345, sim.UnitPerSecond, "12.3/s"},
		{1234.4, sim.UnitPerSecond, "1,234/s"},
		{45600, sim.UnitPerSecond, "45.6k/s"},
		{999900, sim.UnitPerSecond, "1.00M/s"},
		{2.5e6, sim.UnitPerSecond, "2.50M/s"},
		{512, sim.UnitBytes, "512B"},
		{1536, sim.UnitBytes, "1.50KiB"},
		{1023 * 1024, sim.UnitBytes, "0.999MiB"},
		{0, sim.UnitShare, "0%"},
		{1, sim.UnitShare, "100%"},
		{0.00005, sim.UnitShare, "<0.01%"},
		{0.0025, sim.UnitShare, "0.25%"},
		{0.082, sim.UnitShare, "8.2%"},
		{0.784, sim.UnitShare, "78%"},
		{0.9962, sim.UnitShare, "99.62%"},
		{0.999999, sim.UnitShare, ">99.99%"},
		{1.114, sim.UnitShare, "111%"},
		{0, sim.UnitOne, "0"},
		{3, sim.UnitOne, "3"},
		{3.14159, sim.UnitOne, "3.14"},
		{99.96, sim.UnitOne, "100"},
		{13028, sim.UnitOne, "13,028"},
		{6514.2, sim.UnitOne, "6,514"},
		{-1234567, sim.UnitOne, "−1,234,567"},
		{1e18, sim.UnitOne, "1e+18"},
	} {
		if got := human(sim.Num(c.v), c.u); got != c.want {
			t.Errorf("%g %s = %q, want %q", c.v, c.u, got, c.want)
		}
	}
	if got := human(sim.Number{}, sim.UnitSeconds); got != "–" {
		t.Errorf("an absent number is %q", got)
	}
}

func TestPrecise(t *testing.T) {
	for _, c := range []struct {
		v     float64
		u     sim.Unit
		m, pm float64
		want  string
	}{
		{120.02, sim.UnitPerSecond, 120.79, 0.77, "120.02/s"},
		{247201.4, sim.UnitOne, 247230, 29.8, "247,201"},
		{0.0692, sim.UnitSeconds, 0.07, 0.0008, "69.20ms"},
		{134.16, sim.UnitSeconds, 140, 12, "134s"},
		{0.9993, sim.UnitShare, 0.9998, 0.0005, "99.930%"},
		{-1.5, sim.UnitOne, 1.5, 1.5, "−1.5"},
		{1536, sim.UnitBytes, 2000, 100, "1.50KiB"},
		{1, sim.UnitOne, 1, 1e-300, "1.000000"},
	} {
		if got := precise(c.v, c.u, c.m, c.pm); got != c.want {
			t.Errorf("%g ± %g %s = %q, want %q", c.v, c.pm, c.u, got, c.want)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		name  string
		make  func() *sim.Result
		first mark
		says  string
	}{
		{"healthy", healthy, okMark, "Healthy: 1,000 events"},
		{"saturated", busy, badMark, "payment is saturated"},
		{"nothing", empty, noteMark, "Nothing happened"},
		{"interrupted", interrupted, warnMark, "Interrupted at 31.25s of 1m"},
		{"not balanced", func() *sim.Result {
			r := healthy()
			r.Ledger.Balanced = false
			return r
		}, badMark, "does not balance"},
		{"dead letters", func() *sim.Result {
			r := healthy()
			r.Ledger.DeadLettered = 3
			return r
		}, okMark, "3 dead-lettered"},
		{"only a note", func() *sim.Result {
			r := healthy()
			r.Findings = []sim.Finding{{Severity: sim.SeverityInfo, Text: "by the way"}}
			return r
		}, okMark, "Healthy"},
		{"an expectation", func() *sim.Result {
			r := healthy()
			r.Expectations = []sim.ExpectationResult{{Verdict: sim.Failed}, {Verdict: sim.Pass}}
			return r
		}, badMark, "1 of 2 expectations not met"},
		{"an open expectation", func() *sim.Result {
			r := healthy()
			r.Expectations = []sim.ExpectationResult{{Verdict: sim.Inconclusive}}
			return r
		}, openMark, "1 of 1 expectation inconclusive"},
		{"deadlock", func() *sim.Result {
			r := healthy()
			r.Run.Ended = sim.EndedDeadlock
			return r
		}, badMark, "Deadlock at 12.5s"},
	} {
		got := verdict(c.make())
		if len(got) == 0 || got[0].mark != c.first || !strings.Contains(got[0].text, c.says) {
			t.Errorf("%s: %+v, want %q first", c.name, got, c.says)
		}
	}
}

// The unit of an expectation is found through names with dots in them.
func TestUnitsOfExpectations(t *testing.T) {
	r := healthy()
	r.Consumers = append(r.Consumers, sim.ConsumerResult{Name: "worker.latency"}, sim.ConsumerResult{
		Name: "worker.latency.p99", ByType: []sim.ClassResult{{Name: "a.b"}},
	})
	tree := r.Tree()
	for path, want := range map[string]sim.Unit{
		"consumers.worker.latency.p99":                       sim.UnitSeconds,
		"consumers.worker.latency.latency.p99":               sim.UnitSeconds,
		"consumers.worker.latency.p99.rate":                  sim.UnitPerSecond,
		"consumers.worker.latency.p99.by_type.a.b.wait.mean": sim.UnitSeconds,
		"channels.jobs.bytes.max":                            sim.UnitBytes,
		"consumers.worker.utilisation":                       sim.UnitShare,
		"ledger.lost":                                        sim.UnitOne,
		"consumers.worker":                                   "",
		"consumers.nobody.rate":                              "",
	} {
		if got := unitAt(tree, path); got != want {
			t.Errorf("unit of %s = %q, want %q", path, got, want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for in, want := range map[string]string{
		"consumers.payment.instances=5": "consumers.payment.instances=5",
		"rate=poisson(120/s)":           "'rate=poisson(120/s)'",
		"a='x'":                         `'a='\''x'\'''`,
		"":                              "''",
		"名前=1":                          "'名前=1'",
	} {
		if got := ShellWord(in); got != want {
			t.Errorf("ShellWord(%s) = %s, want %s", in, got, want)
		}
	}
}
