package draw_test

import (
	"strings"
	"testing"

	"eddy/tui/draw"
)

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"":                0,
		"abc":             3,
		"日本":              4,
		"e\u0301":         1, // a combining accent
		"한국":              4, // syllables
		"\u1112\u1161":    2, // the same, as letters that join
		"👩\u200d💻":        4, // joined emoji are drawn apart: terminals disagree
		"👍🏽":              2, // the skin tone is left out
		"🇸🇪":              2, // a flag is its letters
		"\x1b[31mred":     7, // the escape is gone, what is left is text
		"a\u202eb\u2066":  2, // directions are left out
		"a\tb\nc\x00\x7f": 3, // and controls
		"\ufeffx\u00ad":   1, // and what is never seen
		"│█●ρ×…":          6,
		"\xff":            1, // broken UTF-8
	} {
		if got := draw.Width(text); got != want {
			t.Errorf("Width(%q) = %d, want %d", text, got, want)
		}
		g := draw.New(10, 1)
		if end := g.Text(0, 0, text, draw.Normal); end != want {
			t.Errorf("Text(%q) ends at %d, want %d", text, end, want)
		}
		checkShape(t, g)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text string
		w    int
		want string
	}{
		{"orders", 6, "orders"},
		{"orders", 5, "orde…"},
		{"orders", 1, "…"},
		{"orders", 0, ""},
		{"", 3, ""},
		{"日本語", 6, "日本語"},
		{"日本語", 5, "日本…"},
		{"日本語", 4, "日…"},
		{"日本語", 2, "…"},
		{"e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
	} {
		if got := draw.Cut(c.text, c.w); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.text, c.w, got, c.want)
		}
	}
	if got := draw.CutLeft("/home/scenarios/orders.yaml", 12); got != "…orders.yaml" {
		t.Errorf("CutLeft: %q", got)
	}
	if got := draw.Pad("日本", 5, draw.Right) + "|" + draw.Pad("ab", 5, draw.Centre) + "|" + draw.Pad("ab", 4, draw.Left); got != " 日本| ab  |ab  " {
		t.Errorf("Pad: %q", got)
	}
}

func FuzzText(f *testing.F) {
	f.Add("日本語 e\u0301 \x1b]0;title\a", 7)
	f.Add("👩\u200d💻\u202e", 1)
	f.Add("00000\x9e00", 7)
	f.Fuzz(func(t *testing.T, text string, w int) {
		w = max(0, min(w, 200))
		if got := draw.Width(draw.Cut(text, w)); got > w {
			t.Errorf("Cut(%q, %d) is %d wide", text, w, got)
		}
		for _, line := range draw.Wrap(text, w) {
			if draw.Width(line) > max(2, w) {
				t.Errorf("Wrap(%q, %d) has a line of %d: %q", text, w, draw.Width(line), line)
			}
		}
		g := draw.New(w, 2)
		g.Text(-1, 0, text, draw.Normal)
		g.TextIn(1, 1, w, text, draw.Normal, draw.Centre)
		checkShape(t, g)
		if frame := draw.NewPainter(&draw.Mono, draw.DepthNone, nil).Plain(g); strings.ContainsAny(frame, "\x1b\x00\a\u202e") {
			t.Errorf("%q came through as %q", text, frame)
		}
	})
}

func TestWrap(t *testing.T) {
	got := strings.Join(draw.Wrap("the queue is full  and\nproducers-wait-for-it", 9), "|")
	if want := "the queue|is full|and|producers|-wait-for|-it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
