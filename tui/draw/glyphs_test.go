package draw_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"

	"eddy/tui/draw"
)

// sourceGlyphs are the characters beyond ASCII in the literals of a folder's
// source: everything it may draw.
func sourceGlyphs(t *testing.T, dir string) map[rune]string {
	t.Helper()
	found := map[rune]string{}
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name.Name(), ".go") || strings.HasSuffix(name.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), dir+"/"+name.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING && lit.Kind != token.CHAR {
				return true
			}
			text := lit.Value
			if s, err := strconv.Unquote(text); err == nil {
				text = s
			}
			for _, r := range text {
				if r > 0x7f {
					found[r] = name.Name()
				}
			}
			return true
		})
	}
	return found
}

// TestGlyphsAreOneCell: a glyph of another width would shift all that is right of it.
func TestGlyphsAreOneCell(t *testing.T) {
	all := map[rune]string{}
	for _, dir := range []string{".", "../graph", ".."} {
		for r, where := range sourceGlyphs(t, dir) {
			all[r] = where
		}
	}
	for r := rune(0x2800); r < 0x2900; r++ {
		all[r] = "braille"
	}
	if len(all) < 300 {
		t.Fatalf("only %d glyphs were found", len(all))
	}
	for r, where := range all {
		if w := displaywidth.Rune(r); w != 1 || draw.RuneWidth(r) != 1 {
			t.Errorf("%q (%U, %s) is %d cells wide, the kit says %d", r, r, where, w, draw.RuneWidth(r))
		}
	}
}

// TestSymbolsReplaceWhatTheyLack: with ASCII nothing but ASCII is left of a
// page that has every piece on it, except the letters of names.
func TestSymbolsReplaceWhatTheyLack(t *testing.T) {
	for _, dir := range []string{".", "../graph", ".."} {
		for r := range sourceGlyphs(t, dir) {
			g := draw.New(1, 1)
			g.Put(0, 0, r, draw.Normal)
			plain := draw.NewPainter(&draw.Mono, draw.DepthNone, &draw.ASCII).Plain(g)
			if len(plain) > 1 {
				t.Errorf("%q has no ASCII: %q", r, plain)
			}
		}
	}
	text := draw.NewPainter(&draw.Mono, draw.DepthNone, &draw.ASCII).Plain(showcase(120, 36))
	for _, r := range text {
		if r > 0x7f && !strings.ContainsRune("日本語é分析サービス長い名前ー", r) && r != 0x301 {
			t.Errorf("%q is left in ASCII", r)
		}
	}
}

func TestNamed(t *testing.T) {
	for _, name := range []string{"braille", "block", "ascii"} {
		if s, ok := draw.SymbolsNamed(name); !ok || s.Name != name {
			t.Errorf("%s: %v %v", name, s, ok)
		}
	}
	for _, name := range []string{"dark", "light", "mono", "high-contrast"} {
		if s, ok := draw.ThemeNamed(name); !ok || s.Name != name {
			t.Errorf("%s: %v %v", name, s, ok)
		}
	}
	if _, ok := draw.ThemeNamed("pink"); ok {
		t.Error("there is no pink theme")
	}
	if _, ok := draw.SymbolsNamed("emoji"); ok {
		t.Error("there are no emoji symbols")
	}
}
