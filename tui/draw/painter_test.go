package draw_test

import (
	"regexp"
	"strings"
	"testing"

	"eddy/tui/draw"
)

var escapes = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func painterPage() draw.Grid {
	g := draw.New(12, 3)
	x := g.Text(0, 0, "ok", draw.Good)
	g.Text(x, 0, " plain", draw.Normal)
	g.Text(0, 1, "a b", draw.Hot)
	g.Text(3, 1, "日", draw.Normal.On(draw.Selection))
	g.Text(6, 2, "x", draw.Accent.Underline())
	return g
}

func TestPainter(t *testing.T) {
	for name, c := range map[string]struct {
		theme *draw.Theme
		depth draw.Depth
		want  string
	}{
		"true":  {&draw.Dark, draw.DepthTrue, "\x1b[0;38;2;95;211;141mok \x1b[mplain\n\x1b[0;1;38;2;255;138;61ma b\x1b[0;48;2;35;64;92m日\x1b[m\n      \x1b[0;1;4;38;2;94;200;248mx\x1b[m"},
		"256":   {&draw.Dark, draw.Depth256, "\x1b[0;38;5;78mok \x1b[mplain\n\x1b[0;1;38;5;209ma b\x1b[0;48;5;238m日\x1b[m\n      \x1b[0;1;4;38;5;81mx\x1b[m"},
		"16":    {&draw.Dark, draw.Depth16, "\x1b[0;92mok \x1b[mplain\n\x1b[0;1;93ma b\x1b[0;44m日\x1b[m\n      \x1b[0;1;4;96mx\x1b[m"},
		"none":  {&draw.Dark, draw.DepthNone, "ok plain\n\x1b[0;1ma b\x1b[0;7m日\x1b[m\n      \x1b[0;1;4mx\x1b[m"},
		"mono":  {&draw.Mono, draw.DepthTrue, "ok plain\n\x1b[0;1ma b\x1b[0;7m日\x1b[m\n      \x1b[0;1;4mx\x1b[m"},
		"light": {&draw.Light, draw.Depth16, "\x1b[0;32mok \x1b[mplain\n\x1b[0;1;31ma b\x1b[0;106m日\x1b[m\n      \x1b[0;1;4;34mx\x1b[m"},
	} {
		if got := draw.NewPainter(c.theme, c.depth, nil).Frame(painterPage()); got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, c.want)
		}
	}
}

// TestPainterKeepsTheText: without its escapes a frame is the grid, for
// every theme and depth.
func TestPainterKeepsTheText(t *testing.T) {
	g := showcase(120, 36)
	for _, theme := range draw.Themes() {
		for _, depth := range []draw.Depth{draw.DepthTrue, draw.Depth256, draw.Depth16, draw.DepthNone} {
			frame := draw.NewPainter(theme, depth, nil).Frame(g)
			lines := strings.Split(escapes.ReplaceAllString(frame, ""), "\n")
			for y, line := range g.Lines() {
				if got := strings.TrimRight(lines[y], " "); got != line {
					t.Fatalf("%s, depth %d, row %d:\ngot  %q\nwant %q", theme.Name, depth, y, got, line)
				}
			}
			for _, line := range strings.Split(frame, "\n") {
				if codes := escapes.FindAllString(line, -1); len(codes) > 0 && codes[len(codes)-1] != "\x1b[m" {
					t.Fatalf("%s: a line does not end plain: %q", theme.Name, line)
				}
			}
		}
	}
}

// TestHighContrastPaintsEveryCell: it cannot know what is behind.
func TestHighContrastPaintsEveryCell(t *testing.T) {
	frame := draw.NewPainter(&draw.HighContrast, draw.DepthTrue, nil).Frame(draw.New(4, 1))
	if want := "\x1b[0;38;2;255;255;255;48;2;0;0;0m    \x1b[m"; frame != want {
		t.Errorf("got %q, want %q", frame, want)
	}
}

// TestContrast: text of every role can be read on its page (WCAG: 4.5 to 1;
// 7 to 1 for high contrast; 3 to 1 for what is not text but lines and bars).
func TestContrast(t *testing.T) {
	text := map[draw.Style]bool{}
	for _, s := range []draw.Style{
		draw.Normal, draw.Dim, draw.Strong, draw.Title, draw.Accent, draw.Key, draw.Good, draw.Warn, draw.Hot,
		draw.Dead, draw.Retry, draw.Event, draw.Fault, draw.Goal, draw.A, draw.B, draw.Link,
	} {
		text[s] = true
	}
	for _, theme := range draw.Themes() {
		least := 4.5
		if theme.Name == "high-contrast" {
			least = 7
		}
		for s := draw.Normal; s <= draw.Link; s++ {
			ratio := contrast(theme.Fore(s), theme.Back(s))
			if text[s] && ratio < least {
				t.Errorf("%s: role %d has a contrast of %.1f", theme.Name, s, ratio)
			}
			if on := contrast(theme.Fore(s.On(draw.Selection)), theme.Back(s.On(draw.Selection))); text[s] && on < 3 {
				t.Errorf("%s: role %d has a contrast of %.1f when chosen", theme.Name, s, on)
			}
		}
	}
}

func contrast(a, b draw.RGB) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c draw.RGB) float64 {
	lin := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.03928 {
			return f / 12.92
		}
		return pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}

func BenchmarkFrame(b *testing.B) {
	g := showcase(120, 40)
	for name, theme := range map[string]*draw.Theme{"dark": &draw.Dark, "high-contrast": &draw.HighContrast} {
		b.Run(name, func(b *testing.B) {
			p := draw.NewPainter(theme, draw.DepthTrue, nil)
			b.ReportAllocs()
			for b.Loop() {
				b.SetBytes(int64(len(p.Frame(g))))
			}
		})
	}
}

func BenchmarkDrawAndFrame(b *testing.B) {
	g := draw.New(120, 40)
	chart, table := sampleBandsChart(60), sampleTable(1)
	p := draw.NewPainter(&draw.Dark, draw.DepthTrue, nil)
	b.ReportAllocs()
	for b.Loop() {
		g.Clear()
		chart.Draw(g.Sub(draw.Rect{W: 60, H: 10}))
		table.Draw(g.Sub(draw.Rect{Y: 12, W: 60, H: 10}))
		for y := range 40 {
			g.Text(60, y, "orders  topic  214/s  wait p95 2.94s  oldest 2.71s", draw.Dim)
		}
		p.Frame(g)
	}
}
