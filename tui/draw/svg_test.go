package draw_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"eddy/tui/draw"
)

// showcase has every piece of the kit on one page.
func showcase(w, h int) draw.Grid {
	g := draw.New(w, h)
	page := g.Bounds()
	head, rest := page.CutTop(1)
	foot, rest := rest.CutBottom(1)
	g.Line(head.X+1, head.Y, head.W-1, draw.Line{{"eddy", draw.Accent}, {" orders.yaml  ▶ ×20", draw.Strong}, {"  <&\"> 日本語 é", draw.Dim}})
	g.Tabs(head.W, 0, 40, []string{"1 overview", "2 trace", "3 compare"}, 0)
	g.Hints(1, foot.Y, foot.W, []draw.Hint{{"space", "pause", 0}, {"+/-", "speed", 1}, {"tab", "focus", 2}, {"q", "quit", 0}})
	left, right := rest.CutLeft(w / 2)
	upper, lower := left.CutTop(10)
	sampleBandsChart(upper.W - 3).Draw(g.Panel(upper.Inset(1, 0), true, draw.Line{{"2 end-to-end latency", draw.Title}}, draw.Line{{"p50 █ p95 ▓ p99 ░", draw.Dim}}))
	mid, bottom := lower.CutTop(12)
	sampleCurves(nil).Draw(g.Panel(mid.Inset(1, 0), false, draw.Line{{"order completed", draw.Title}}, nil))
	sampleTable(2).Draw(g.Panel(bottom.Inset(1, 0), false, draw.Line{{"consumers", draw.Title}}, nil))
	upper, lower = right.CutTop(10)
	sampleHeat(upper.W-8, 18, false).Draw(g.Panel(upper.Inset(1, 0), false, draw.Line{{"latency heat", draw.Title}}, nil))
	boxes, lower := lower.CutTop(7)
	for i, f := range []draw.Frame{draw.Rounded, draw.Heavy, draw.Dashed, draw.Square} {
		r := draw.Rect{X: boxes.X + 1 + i*(boxes.W/5), Y: boxes.Y, W: boxes.W/5 - 1, H: 4}
		inside := g.TitledBox(r, f, draw.Border, draw.Line{{"box", draw.Title}}, draw.Line{{"q", draw.Dim}})
		inside.Bar(0, 0, inside.W(), draw.Bar{Value: float64(i + 1), Max: 6, Limit: 3.4, Fill: draw.Busy, Over: draw.Hot})
		inside.Workers(0, 1, inside.W(), i, 2, i%2)
	}
	g.Spark(boxes.X+1, boxes.Y+4, 30, []float64{1, 2, 3, 4, 5, 6, 7, 8, 0, 3, 5}, 8, draw.Flow)
	for i := range draw.Steps {
		g.Text(boxes.X+1+3*i, boxes.Y+5, "▐█ ", draw.Magnitude(float64(i)/draw.Steps))
	}
	styles, _ := lower.CutTop(6)
	names := []string{"normal", "dim", "faint", "strong", "title", "accent", "key", "good", "warn", "hot", "dead", "retry", "event", "flow", "copy", "emit", "call", "border", "busy", "idle", "fault", "ghost", "goal"}
	for i, n := range names {
		g.Text(styles.X+1+i%5*11, styles.Y+i/5, n, draw.Style(i))
	}
	draw.Strip{
		End: 600, Now: 144, StartTag: "0:00", EndTag: "10:00",
		Marks: []draw.Mark{{At: 120, Rune: '↯', Label: "payment-gw ×1.6", Style: draw.Fault}, {At: 280, Rune: '◇', Label: "scale 4→6", Style: draw.Fault}},
	}.Draw(g.Sub(draw.Rect{X: styles.X + 1, Y: styles.Y + 6, W: styles.W - 2, H: 2}))
	g.Restyle(draw.Rect{X: styles.X, Y: styles.Y + 9, W: 20, H: 1}, func(s draw.Style) draw.Style { return s.On(draw.Selection) })
	return g
}

func TestSVG(t *testing.T) {
	for _, theme := range draw.Themes() {
		var b bytes.Buffer
		if err := draw.SVG(&b, showcase(120, 36), theme, `a <title> & "more"`); err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("EDDY_PICTURES"); dir != "" {
			if err := os.WriteFile(dir+"/kit-"+theme.Name+".svg", b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		dec := xml.NewDecoder(&b)
		text := ""
		for {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: not XML: %v", theme.Name, err)
			}
			if c, ok := token.(xml.CharData); ok {
				text += string(c)
			}
		}
		for _, want := range []string{`<&">`, "日", "payment-svc", "order", `a <title> & "more"`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the picture lacks %q", theme.Name, want)
			}
		}
	}
}

func TestShowcase(t *testing.T) { golden(t, "showcase-120x36", showcase(120, 36)) }
