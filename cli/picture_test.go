package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pictures are the README's, and the commands that make them.
var pictures = map[string][]string{
	"overview.svg": {"shot", "order-fulfilment", "--at", "2m24s", "--size", "120x36", "--format", "svg"},
	"compare.svg":  {"shot", "sync-vs-events", "--view", "statistics", "--variant", "calls", "--replications", "8", "--size", "120x36", "--format", "svg"},
}

// TestPictures holds the pictures of the README to what is drawn.
func TestPictures(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, args := range pictures {
		var out, errs bytes.Buffer
		if code := Main(args, strings.NewReader(""), &out, &errs); code != 0 {
			t.Fatalf("%v: exit %d, %s", args, code, errs.String())
		}
		path := filepath.Join("..", "tui", name)
		if updateReadme {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		drawn, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(drawn, out.Bytes()) {
			t.Errorf("tui/%s is not what eddy %s draws; UPDATE_README=1 go test ./cli -run Pictures", name, strings.Join(args, " "))
		}
		if !bytes.Contains(readme, []byte("tui/"+name)) {
			t.Errorf("README.md does not show tui/%s", name)
		}
	}
}
