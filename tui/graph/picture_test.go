package graph_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"eddy/tui/draw"
	"eddy/tui/graph"
)

// ordersPicture is the graph as the overview shows it: content, labels, and
// events on their way.
func ordersPicture(t *testing.T, w, h int, busy bool) draw.Grid {
	t.Helper()
	l, ok := graph.Lay(orders(), w, h)
	if !ok {
		t.Fatalf("does not fit %d×%d", w, h)
	}
	g := draw.New(l.W, l.H)
	l.Draw(g, ordersFace(l), ordersBody(l))
	l.Labels(g)
	for e := range l.Routes {
		if busy && e%2 == 0 {
			l.Dashes(g, e, 2, 0.5, draw.Event)
			continue
		}
		for i := range 3 {
			r, s := '●', draw.Event
			if e == 6 && i == 1 {
				r, s = '◆', draw.Retry
			}
			l.Particle(g, e, 0.2+0.3*float64(i)+0.02*float64(e), r, s)
		}
	}
	return g
}

// overviewPicture is a whole page as the overview will be, to see how the pieces
// stand together.
func overviewPicture(t *testing.T, busy bool) draw.Grid {
	t.Helper()
	g := draw.New(120, 36)
	g.Line(1, 0, 90, draw.Line{{Text: "eddy", Style: draw.Accent}, {Text: " orders.yaml  ", Style: draw.Strong}, {Text: "▶ ×20", Style: draw.Good}, {Text: "   t 02:24.380 / 10:00   seed 42   431,902 events  60k/s", Style: draw.Dim}})
	g.Tabs(120, 0, 40, []string{"1 overview", "2 trace", "3 compare"}, 0)
	g.Line(1, 1, 119, draw.Line{
		{Text: "in ", Style: draw.Dim},
		{Text: "214/s"},
		{Text: "  out ", Style: draw.Dim},
		{Text: "198/s▼", Style: draw.Warn},
		{Text: "  in flight ", Style: draw.Dim},
		{Text: "561▲"},
		{Text: "  e2e p50 ", Style: draw.Dim},
		{Text: "2.81s"},
		{Text: "  p95 ", Style: draw.Dim},
		{Text: "3.02s"},
		{Text: "  p99 ", Style: draw.Dim},
		{Text: "3.40s"},
		{Text: "  SLO p99<1s ", Style: draw.Dim},
		{Text: "✗ burning", Style: draw.Hot},
		{Text: "  lost ", Style: draw.Dim},
		{Text: "0", Style: draw.Good},
		{Text: "  dead ", Style: draw.Dim},
		{Text: "37", Style: draw.Dead},
	})
	flow := g.Panel(draw.Rect{Y: 2, W: 120, H: 23}, true, draw.Line{{Text: "1 ", Style: draw.Dim}, {Text: "flow", Style: draw.Title}}, draw.Line{{Text: "z", Style: draw.Key}, {Text: " zoom  particle = 5 events", Style: draw.Dim}})
	flow.Merge(1, 0, ordersPicture(t, 118, 22, busy))
	latency := g.Panel(draw.Rect{Y: 25, W: 60, H: 7}, false, draw.Line{{Text: "2 ", Style: draw.Dim}, {Text: "end-to-end latency", Style: draw.Title}}, draw.Line{{Text: "p50 ", Style: draw.Dim}, {Text: "█", Style: draw.P50}, {Text: "  p95 ", Style: draw.Dim}, {Text: "▓", Style: draw.P95}, {Text: "  p99 ", Style: draw.Dim}, {Text: "░", Style: draw.P99}})
	y := draw.LogScale(1e7, 1e10)
	chart := draw.Bands{
		Y: y, YTicks: y.Decades(func(v float64) string { return draw.Tidy(time.Duration(v)) }), X: draw.Scale{Hi: 144},
		XTicks: []draw.Tick{{At: 0, Label: "0:00"}, {At: 60, Label: "1:00"}, {At: 120, Label: "2:00"}}, Marks: []draw.Mark{{At: 130, Rune: '↯', Style: draw.Fault}}, Goal: 1e9, GoalTag: "SLO 1s",
	}
	for i := range chart.PlotWidth(59) {
		k := math.Exp(float64(max(0, i-42)) * 0.42)
		chart.Columns = append(chart.Columns, draw.Band{P50: min(3e9, 2.2e7*k), P95: min(3.2e9, 9e7*k), P99: min(3.4e9, 3e8*math.Sqrt(k))})
	}
	chart.Draw(latency.Sub(draw.Rect{X: 1, W: 59, H: 6}))
	findings := g.Panel(draw.Rect{X: 61, Y: 25, W: 59, H: 7}, false, draw.Line{{Text: "3 ", Style: draw.Dim}, {Text: "findings", Style: draw.Title}}, draw.Line{{Text: "enter", Style: draw.Key}, {Text: " explain  ", Style: draw.Dim}, {Text: "f", Style: draw.Key}, {Text: " try the fix", Style: draw.Dim}})
	for i, l := range []draw.Line{
		{{Text: "✗ payments saturated since 02:00", Style: draw.Hot}, {Text: "  ρ 1.11, +22/s", Style: draw.Normal}},
		{{Text: "    fault payment-gw ×1.6 took service 12.5→20ms", Style: draw.Dim}},
		{{Text: "    5 replicas → ρ 0.89, wait p95 ≈ 0.16s (predicted)", Style: draw.Dim}},
		{{Text: "▲ retries add 3.8% load", Style: draw.Warn}, {Text: "  no backoff between attempts", Style: draw.Normal}},
		{{Text: "● no events lost", Style: draw.Good}, {Text: "  all in = out + in flight + dead", Style: draw.Normal}},
	} {
		findings.Line(1, i, 58, l)
	}
	strip := g.Panel(draw.Rect{Y: 32, W: 120, H: 3}, false, draw.Line{{Text: "4 ", Style: draw.Dim}, {Text: "timeline", Style: draw.Title}}, nil)
	draw.Strip{
		End: 600, Now: 144, StartTag: "0:00", EndTag: "10:00",
		Marks: []draw.Mark{{At: 120, Rune: '↯', Label: "payment-gw ×1.6", Style: draw.Fault}, {At: 280, Rune: '◇', Label: "scale payment-svc 4→6", Style: draw.Fault}, {At: 360, Rune: '◇', Label: "fault ends", Style: draw.Fault}},
	}.Draw(strip.Sub(draw.Rect{X: 3, W: 114, H: 2}))
	g.Hints(1, 35, 118, []draw.Hint{{Key: "space", Text: "pause"}, {Key: "+/-", Text: "speed"}, {Key: "tab", Text: "focus"}, {Key: "enter", Text: "inspect"}, {Key: "/", Text: "search"}, {Key: ":", Text: "command"}, {Key: "?", Text: "help"}, {Key: "q", Text: "quit"}})
	return g
}

func TestPictures(t *testing.T) {
	dir := os.Getenv("EDDY_PICTURES")
	if dir == "" {
		t.Skip("EDDY_PICTURES names the folder for pictures to look at")
	}
	for _, theme := range draw.Themes() {
		f, err := os.Create(filepath.Join(dir, "overview-"+theme.Name+".svg"))
		if err != nil {
			t.Fatal(err)
		}
		if err := draw.SVG(f, overviewPicture(t, theme.Name == "light"), theme, "orders"); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
