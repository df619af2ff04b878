package draw_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eddy/tui/draw"
)

var update = flag.Bool("update", false, "rewrite the expected pictures in testdata")

// golden compares a grid, as text, with testdata/name.txt.
func golden(t *testing.T, name string, g draw.Grid) {
	t.Helper()
	checkShape(t, g)
	goldenText(t, name+".txt", g.String()+"\n")
}

func goldenText(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", file, got, want)
	}
}

// checkShape holds a grid to the kit's promise: as many lines as rows, and
// none wider than the grid.
func checkShape(t *testing.T, g draw.Grid) {
	t.Helper()
	lines := g.Lines()
	if len(lines) != g.H() {
		t.Fatalf("%d lines for %d rows", len(lines), g.H())
	}
	for i, line := range lines {
		if w := draw.Width(line); w > g.W() {
			t.Errorf("line %d is %d cells wide, the grid %d: %q", i, w, g.W(), line)
		}
		if strings.ContainsAny(line, "\x00\x1b\n\r\t") {
			t.Errorf("line %d has a control character: %q", i, line)
		}
	}
}
