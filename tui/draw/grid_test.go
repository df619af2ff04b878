package draw_test

import (
	"testing"

	"eddy/tui/draw"
)

func TestWideCharactersAreNeverHalved(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(draw.Grid)
		want string
	}{
		"over the first half":  {func(g draw.Grid) { g.Text(0, 0, "日本", 0); g.Put(0, 0, 'x', 0) }, "x 本"},
		"over the second half": {func(g draw.Grid) { g.Text(0, 0, "日本", 0); g.Put(1, 0, 'x', 0) }, " x本"},
		"wide over two halves": {func(g draw.Grid) { g.Text(0, 0, "日本", 0); g.Put(1, 0, '語', 0) }, " 語"},
		"at the edge":          {func(g draw.Grid) { g.Text(3, 0, "日本", 0) }, "   日"},
		"half beyond the edge": {func(g draw.Grid) { g.Text(4, 0, "日本", 0) }, ""},
		"half before the edge": {func(g draw.Grid) { g.Text(-1, 0, "日本", 0) }, " 本"},
		"part of a grid": {func(g draw.Grid) {
			g.Text(0, 0, "日本", 0)
			g.Sub(draw.Rect{X: 1, W: 2, H: 1}).Fill(draw.Rect{W: 2, H: 1}, '.', 0)
		}, " .."},
		"cleared part":      {func(g draw.Grid) { g.Text(0, 0, "日本", 0); g.Sub(draw.Rect{X: 1, W: 2, H: 1}).Clear() }, ""},
		"accents":           {func(g draw.Grid) { g.Text(0, 0, "e\u0301\u0302x", 0); g.Put(0, 0, 'y', 0) }, "yx"},
		"accent after wide": {func(g draw.Grid) { g.Text(0, 0, "か\u3099", 0) }, "か\u3099"},
	} {
		g := draw.New(5, 1)
		c.do(g)
		if got := g.String(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSubIsCutOff(t *testing.T) {
	g := draw.New(6, 3)
	g.Fill(g.Bounds(), '.', draw.Normal)
	s := g.Sub(draw.Rect{X: -2, Y: 1, W: 5, H: 5})
	s.Text(0, 0, "abcdefg", draw.Normal)
	s.Box(draw.Rect{W: 9, H: 9}, draw.Heavy, draw.Normal)
	if got, want := g.String(), "......\n━━━...\n......"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if r, _ := s.At(2, 0); r != '━' {
		t.Errorf("At in the part's own coordinates is %q", r)
	}
	if len(s.Lines()) != 5 {
		t.Errorf("%d lines", len(s.Lines()))
	}
}

func TestMergeLeavesWhatIsNotDrawn(t *testing.T) {
	g, over := draw.New(6, 2), draw.New(4, 2)
	g.Fill(g.Bounds(), '.', draw.Normal)
	over.Text(0, 0, "é日", draw.Hot)
	over.Put(1, 1, ' ', draw.Normal)
	g.Merge(1, 0, over)
	if got, want := g.String(), ".é日..\n.. ..."; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, s := g.At(2, 0); s != draw.Hot {
		t.Errorf("style %v", s)
	}
}

func TestLineShowsThatItWasCut(t *testing.T) {
	line := draw.Line{{Text: "in 214/s", Style: draw.Good}, {Text: "  out 198/s", Style: draw.Hot}}
	for w, want := range map[int]string{30: "in 214/s  out 198/s", 19: "in 214/s  out 198/s", 18: "in 214/s  out 198…", 8: "in 214/…", 1: "…", 0: ""} {
		g := draw.New(40, 1)
		g.Line(0, 0, w, line)
		if got := g.String(); got != want {
			t.Errorf("%d: %q, want %q", w, got, want)
		}
	}
}

// TestNothingPanicsSmall draws every piece on every small size.
func TestNothingPanicsSmall(t *testing.T) {
	for w := range 14 {
		for h := range 8 {
			g := draw.New(w, h)
			for _, piece := range []func(draw.Grid){
				func(g draw.Grid) { sampleBandsChart(w).Draw(g) },
				func(g draw.Grid) { sampleHeat(w, 2*h, false).Draw(g) },
				func(g draw.Grid) { sampleHeat(w, h, true).Draw(g) },
				func(g draw.Grid) { sampleCurves(&draw.Braille).Draw(g) },
				func(g draw.Grid) { sampleCurves(&draw.Block).Draw(g) },
				func(g draw.Grid) { sampleTable(1).Draw(g) },
				func(g draw.Grid) {
					draw.Table{}.Draw(g)
					draw.Bands{}.Draw(g)
					draw.Heat{}.Draw(g)
					draw.Curves{}.Draw(g)
					draw.Strip{}.Draw(g)
				},
				func(g draw.Grid) {
					draw.Strip{End: 1, Now: 2, Marks: []draw.Mark{{At: 9, Rune: 'x', Label: "label"}}}.Draw(g)
				},
				func(g draw.Grid) {
					g.TitledBox(g.Bounds(), draw.Heavy, draw.Border, draw.Line{{Text: "title"}}, draw.Line{{Text: "note"}})
				},
				func(g draw.Grid) { g.Panel(g.Bounds(), true, draw.Line{{Text: "title"}}, draw.Line{{Text: "note"}}) },
				func(g draw.Grid) {
					g.Hints(0, 0, w, []draw.Hint{{Key: "q", Text: "quit"}})
					g.Tabs(w, 0, w, []string{"a", "b"}, 1)
				},
				func(g draw.Grid) {
					g.Workers(0, 0, w, 3, 4, 5)
					g.Bar(0, 0, w, draw.Bar{})
					g.Spark(0, 0, w, []float64{1, 2}, 0, 0)
				},
				func(g draw.Grid) { g.Lane(0, 0, w, 0, 1, []draw.Segment{{From: -1, To: 2, Rune: '█'}}) },
				func(g draw.Grid) { g.Merge(-1, -1, showcase(w, h)) },
			} {
				g.Clear()
				piece(g)
				checkShape(t, g)
			}
		}
	}
	draw.Grid{}.Clear()
	draw.Grid{}.Text(0, 0, "x", draw.Normal)
}
