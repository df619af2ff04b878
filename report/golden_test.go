package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"eddy/sim"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a report with the file that holds what it was when
// somebody last looked at it.
func golden(t *testing.T, name string, write func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := write(&got); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s is no longer what it was; look at it and run with -update if it should be:\n%s", path, difference(want, got.Bytes()))
	}
}

// difference shows the first line that differs.
func difference(want, got []byte) string {
	w, g := bytes.Split(want, []byte("\n")), bytes.Split(got, []byte("\n"))
	for i := range min(len(w), len(g)) {
		if !bytes.Equal(w[i], g[i]) {
			return "want " + string(w[i]) + "\ngot  " + string(g[i])
		}
	}
	return "one is longer than the other"
}

func TestGolden(t *testing.T) {
	text := func(r *sim.Result, o TextOptions) func(io.Writer) error {
		return func(w io.Writer) error { return Text(w, r, o) }
	}
	for name, write := range map[string]func(io.Writer) error{
		"busy-80.txt":        text(busy(), TextOptions{Width: 80}),
		"busy-120.txt":       text(busy(), TextOptions{Width: 120}),
		"busy-80.ansi":       text(busy(), TextOptions{Width: 80, Colour: true}),
		"busy-120.ansi":      text(busy(), TextOptions{Width: 120, Colour: true}),
		"busy-40.txt":        text(busy(), TextOptions{Width: 40}),
		"healthy-80.txt":     text(healthy(), TextOptions{}),
		"empty-80.txt":       text(empty(), TextOptions{}),
		"eastern-80.txt":     text(eastern(), TextOptions{}),
		"hostile-80.txt":     text(hostile(), TextOptions{}),
		"busy.json":          func(w io.Writer) error { return JSON(w, busy()) },
		"empty.json":         func(w io.Writer) error { return JSON(w, empty()) },
		"hostile.json":       func(w io.Writer) error { return JSON(w, hostile()) },
		"busy.csv":           func(w io.Writer) error { return CSV(w, busy()) },
		"empty.csv":          func(w io.Writer) error { return CSV(w, empty()) },
		"busy.md":            func(w io.Writer) error { return Markdown(w, busy(), nil) },
		"hostile.md":         func(w io.Writer) error { return Markdown(w, hostile(), nil) },
		"runs-80.txt":        func(w io.Writer) error { return TextReplicated(w, threeRuns(), TextOptions{}) },
		"runs-120.ansi":      func(w io.Writer) error { return TextReplicated(w, threeRuns(), TextOptions{Width: 120, Colour: true}) },
		"runs.md":            func(w io.Writer) error { return MarkdownReplicated(w, threeRuns()) },
		"runs.csv":           func(w io.Writer) error { return CSVReplicated(w, threeRuns()) },
		"runs.json":          func(w io.Writer) error { return JSONReplicated(w, threeRuns()) },
		"trace.jsonl":        func(w io.Writer) error { return writeTrace(w, 1) },
		"series.csv":         writeSomeSeries,
		"events.jsonl":       writeSomeEvents,
		"traces.otlp.json":   writeSomeSpans,
		"busy.prom":          func(w io.Writer) error { return OpenMetrics(w, busy()) },
		"hostile.prom":       func(w io.Writer) error { return OpenMetrics(w, hostile()) },
		"busy.html":          func(w io.Writer) error { return HTML(w, busy(), someHistory(), nil) },
		"hostile.html":       func(w io.Writer) error { return HTML(w, hostile(), nil, nil) },
		"runs.html":          func(w io.Writer) error { return HTMLReplicated(w, threeRuns(), nil) },
		"busy.junit.xml":     writeJUnit(busy()),
		"hostile.junit.xml":  writeJUnit(hostile()),
		"interrupted-80.txt": text(interrupted(), TextOptions{}),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, write) })
	}
}
