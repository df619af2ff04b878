package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eddy/sim"
)

// The keys of the document, and their order, are those of the skeleton, and
// nothing else.
func TestKeysAreTheDocuments(t *testing.T) {
	skeleton, err := os.ReadFile("testdata/skeleton.json")
	if err != nil {
		t.Fatal(err)
	}
	latency := `{"count":0,"mean":0,"sd":0,"min":0,"p50":0,"p90":0,"p95":0,"p99":0,"p999":0,"max":0}`
	want := keysOf(t, bytes.ReplaceAll(skeleton, []byte(`"LATENCY"`), []byte(latency)))

	var got bytes.Buffer
	if err := JSON(&got, &sim.Result{
		Producers:     []sim.ProducerResult{{Name: "web"}},
		Channels:      []sim.ChannelResult{{Name: "payments"}},
		Subscriptions: []sim.ChannelResult{{Name: "orders/inventory"}},
		Consumers: []sim.ConsumerResult{{
			Name: "payment", ByType: []sim.ClassResult{{Name: "order.placed"}}, ByPriority: []sim.ClassResult{{Name: "9"}},
			ByInstance: []sim.InstanceResult{{}},
		}},
		Flows: []sim.FlowResult{{Name: "order.placed"}},
		Findings: []sim.Finding{{
			Component: "consumers.payment",
			Evidence:  []sim.Evidence{{Name: "utilisation", Value: sim.Num(1.11)}, {Name: "growth", Value: sim.Num(22.4)}},
		}},
		Expectations: []sim.ExpectationResult{{}},
	}); err != nil {
		t.Fatal(err)
	}
	if have := keysOf(t, got.Bytes()); !slices.Equal(have, want) {
		for i := range min(len(have), len(want)) {
			if have[i] != want[i] {
				t.Fatalf("key %d is %s, want %s", i, have[i], want[i])
			}
		}
		t.Fatalf("%d keys, want %d", len(have), len(want))
	}
}

// keysOf lists the path of every key of a JSON text, in its order.
func keysOf(t *testing.T, text []byte) []string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	var keys []string
	var value func(path string)
	token := func() json.Token {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}
	value = func(path string) {
		switch token() {
		case json.Delim('{'):
			for d.More() {
				key := path + "/" + token().(string)
				keys = append(keys, key)
				value(key)
			}
			token()
		case json.Delim('['):
			for d.More() {
				value(path + "/[]")
			}
			token()
		}
	}
	value("")
	return keys
}

// What another program reads back is what was measured, and the layout is
// that of any JSON printer.
func TestJSONReadsBack(t *testing.T) {
	for name, fixture := range fixtures {
		r := fixture()
		var b bytes.Buffer
		if err := JSON(&b, r); err != nil {
			t.Fatal(err)
		}
		var document any
		d := json.NewDecoder(bytes.NewReader(b.Bytes()))
		d.UseNumber()
		if err := d.Decode(&document); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkNode(t, name, r.Tree(), document)

		var compact, indented bytes.Buffer
		if err := json.Compact(&compact, b.Bytes()); err != nil {
			t.Fatal(err)
		}
		if err := json.Indent(&indented, compact.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		if indented.String()+"\n" != b.String() {
			t.Errorf("%s: not indented as JSON is", name)
		}
	}
}

func checkNode(t *testing.T, at string, n *sim.Node, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		if len(v) != len(n.Kids) {
			t.Errorf("%s: %d keys read, %d written", at, len(v), len(n.Kids))
		}
		for _, kid := range n.Kids {
			got, ok := v[strings.ToValidUTF8(kid.Key, "\ufffd")]
			if !ok {
				t.Errorf("%s: no %q", at, kid.Key)
				continue
			}
			checkNode(t, at+"."+kid.Key, kid, got)
		}
	case []any:
		for i, kid := range n.Kids {
			checkNode(t, at+"."+kid.Key, kid, v[i])
		}
	case json.Number:
		f, err := strconv.ParseFloat(string(v), 64)
		if err != nil || f != n.Leaf.Number.Value || !n.Leaf.Number.Valid {
			t.Errorf("%s: read %s, measured %v", at, v, n.Leaf.Number)
		}
		if n.Leaf.Kind == sim.IntLeaf && string(v) != strconv.FormatInt(n.Leaf.Int, 10) {
			t.Errorf("%s: read %s, counted %d", at, v, n.Leaf.Int)
		}
	case string:
		if want := strings.ToValidUTF8(n.Leaf.Text, "\ufffd"); v != want {
			t.Errorf("%s: read %q, was %q", at, v, want)
		}
	case bool:
		if v != (n.Leaf.Int != 0) {
			t.Errorf("%s: read %v", at, v)
		}
	case nil:
		if n.Leaf.Kind != sim.NullLeaf && n.Leaf.Number.Valid {
			t.Errorf("%s: read null, measured %v", at, n.Leaf.Number)
		}
	}
}

// A float is written in as few digits as read back exactly.
func TestFloatsReadBack(t *testing.T) {
	luck := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		v := math.Float64frombits(luck.Uint64())
		if luck.IntN(2) == 0 {
			v = luck.ExpFloat64() * 1e3
		}
		text := string(appendNumber(nil, sim.Num(v)))
		if math.IsNaN(v) || math.IsInf(v, 0) {
			if text != "null" {
				t.Fatalf("%v is written as %s", v, text)
			}
			continue
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("%v is written as %s", v, text)
		}
		if back, err := strconv.ParseFloat(text, 64); err != nil || back != v {
			t.Fatalf("%v is written as %s and read as %v", v, text, back)
		}
	}
	for v, want := range map[float64]string{600: "600", 0.1: "0.1", math.Copysign(0, -1): "0", 1e-7: "1e-07", 123456789012: "123456789012"} {
		if got := string(appendFloat(nil, v)); got != want {
			t.Errorf("%g is written as %s, want %s", v, got, want)
		}
	}
}

func TestCSVHasARowANumber(t *testing.T) {
	for name, fixture := range fixtures {
		r := fixture()
		var b bytes.Buffer
		if err := CSV(&b, r); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rows = rows[1:]
		r.Tree().Walk(func(path []string, l *sim.Leaf) {
			row := rows[0]
			rows = rows[1:]
			if row[0] != clean(sim.PathString(path)) || row[2] != string(l.Unit) {
				t.Fatalf("%s: row %q for %q", name, row, path)
			}
			if !l.Number.Valid {
				if row[1] != "" {
					t.Errorf("%s: %s for an absent %q", name, row[1], path)
				}
			} else if v, err := strconv.ParseFloat(row[1], 64); err != nil || v != l.Number.Value {
				t.Errorf("%s: %s for %q of %v", name, row[1], path, l.Number)
			}
		})
		if len(rows) > 0 {
			t.Errorf("%s: %d rows too many", name, len(rows))
		}
	}
}

func TestCellsAreNoFormulas(t *testing.T) {
	for _, text := range []string{
		"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x", "＝1", `"quoted"`, "a,b", "two\nlines", "", " ", "a'b",
	} {
		var b bytes.Buffer
		err := WriteSeries(&b, slices.Values([]Sample{{Component: text, Metric: text}}))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != 4 {
			t.Fatalf("%q: %v, %q", text, err, rows)
		}
		got := rows[1][1]
		if strings.ContainsAny(strings.TrimSpace(got)+"x", "=+-@＝") && !strings.HasPrefix(got, "'") {
			t.Errorf("%q is the cell %q", text, got)
		}
		if plain := clean(text); got != plain && got != "'"+plain {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func writeSomeSeries(w io.Writer) error {
	return WriteSeries(w, slices.Values([]Sample{
		{At: 0, Component: "channels.payments", Metric: "depth", Value: sim.Num(0)},
		{At: 1e9, Component: "channels.payments", Metric: "depth", Value: sim.Num(12)},
		{At: 1_500_000_000, Component: "consumers.payment", Metric: "utilisation", Value: sim.Num(0.875)},
		{At: 2_000_000_001, Component: "consumers.payment", Metric: "latency.p99"},
		{At: 600e9, Component: "consumers.=1,2", Metric: "rate", Value: sim.Num(-0.5)},
	}))
}

func TestSeriesStopsAtTheFirstError(t *testing.T) {
	taken := 0
	endless := func(yield func(Sample) bool) {
		for yield(Sample{Component: "c", Metric: "m", Value: sim.Num(1)}) {
			taken++
		}
	}
	if err := WriteSeries(&failing{left: 10000}, endless); !errors.Is(err, errFull) {
		t.Errorf("error %v, want %v", err, errFull)
	}
	if taken == 0 || taken > 1e5 {
		t.Errorf("%d samples taken", taken)
	}
}

var errFull = errors.New("no space left")

// failing takes so many bytes and then no more.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if len(p) > f.left {
		n := f.left
		f.left = 0
		return n, errFull
	}
	f.left -= len(p)
	return len(p), nil
}

// Every report tells of a writer that fails, early and late.
func TestErrorsOfTheWriterComeBack(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"text":           func(w io.Writer) error { return Text(w, busy(), TextOptions{}) },
		"json":           func(w io.Writer) error { return JSON(w, busy()) },
		"csv":            func(w io.Writer) error { return CSV(w, busy()) },
		"markdown":       func(w io.Writer) error { return Markdown(w, busy(), nil) },
		"runs, text":     func(w io.Writer) error { return TextReplicated(w, threeRuns(), TextOptions{}) },
		"runs, json":     func(w io.Writer) error { return JSONReplicated(w, threeRuns()) },
		"runs, csv":      func(w io.Writer) error { return CSVReplicated(w, threeRuns()) },
		"runs, markdown": func(w io.Writer) error { return MarkdownReplicated(w, threeRuns()) },
		"series":         writeSomeSeries,
		"trace":          func(w io.Writer) error { return writeTrace(w, 1) },
		"cloudevents":    writeSomeEvents,
		"otlp":           writeSomeSpans,
		"openmetrics":    func(w io.Writer) error { return OpenMetrics(w, busy()) },
		"html":           func(w io.Writer) error { return HTML(w, busy(), someHistory(), nil) },
		"runs, html":     func(w io.Writer) error { return HTMLReplicated(w, threeRuns(), nil) },
		"junit":          writeJUnit(busy()),
	} {
		var all bytes.Buffer
		if err := write(&all); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, left := range []int{0, 1, all.Len() / 2, all.Len() - 1} {
			if err := write(&failing{left: left}); !errors.Is(err, errFull) {
				t.Errorf("%s after %d bytes: error %v", name, left, err)
			}
		}
	}
}

func TestReplicated(t *testing.T) {
	r := threeRuns()
	if got := r.ended(); got != sim.EndedDuration {
		t.Errorf("ended = %s", got)
	}
	r.Asked = 5
	if got := r.ended(); got != sim.EndedInterrupted {
		t.Errorf("ended = %s with 3 of 5 runs", got)
	}
	var b bytes.Buffer
	if err := TextReplicated(&b, r, TextOptions{}); err != nil || !strings.Contains(b.String(), "Interrupted: 3 of 5 runs done") {
		t.Errorf("%v\n%s", err, b.String())
	}
	r = threeRuns()
	r.Runs[1].Run.Ended = sim.EndedDeadlock
	if got := r.ended(); got != sim.EndedDeadlock {
		t.Errorf("ended = %s with one deadlock", got)
	}
	r.WithRuns = true
	b.Reset()
	if err := JSONReplicated(&b, r); err != nil {
		t.Fatal(err)
	}
	var document struct {
		Format  string
		Runs    []struct{ Format string }
		Metrics map[string]struct {
			Mean, SD, Low, High *float64
			N                   int
			Note                *string
		}
		Expectations []struct {
			Expect, Verdict string
			Value           float64
		}
	}
	if err := json.Unmarshal(b.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Expectations) != len(r.Judged) || document.Expectations[4] != (struct {
		Expect, Verdict string
		Value           float64
	}{"ledger.lost == 0", "pass", 0}) {
		t.Errorf("expectations %+v", document.Expectations)
	}
	if document.Format != "eddy.results/1" || len(document.Runs) != 3 || document.Runs[2].Format != "eddy.result/1" {
		t.Errorf("format %s, runs %v", document.Format, document.Runs)
	}
	m := document.Metrics["consumers.payment.latency.p99"]
	if m.Mean == nil || *m.Mean != 134.16 || m.Low != nil || m.High != nil || m.N != 3 || m.Note == nil {
		t.Errorf("metric %+v", m)
	}
	for _, none := range []*Replicated{{}, {WithRuns: true, Asked: 3}} {
		for _, write := range []func(io.Writer, *Replicated) error{
			JSONReplicated, CSVReplicated, MarkdownReplicated,
			func(w io.Writer, r *Replicated) error { return TextReplicated(w, r, TextOptions{}) },
		} {
			if err := write(io.Discard, none); err != nil {
				t.Error(err)
			}
		}
	}
}
