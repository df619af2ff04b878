package draw_test

import (
	"math"
	"testing"
	"time"

	"eddy/tui/draw"
)

func durationTick(v float64) string { return draw.Tidy(time.Duration(v)) }

// sampleBands is a service that becomes slow two thirds on.
func sampleBands(n int) []draw.Band {
	bands := make([]draw.Band, n)
	for i := range bands {
		slow := math.Exp(float64(max(0, i-n*2/3)) / float64(n) * 12)
		wave := 1 + 0.3*math.Sin(float64(i)*0.7)
		bands[i] = draw.Band{P50: 3e7 * slow * wave, P95: 1.3e8 * math.Sqrt(slow) * wave, P99: 4e8 * math.Sqrt(slow)}
		if i%29 == 11 {
			bands[i] = draw.Band{P50: math.NaN(), P95: math.NaN(), P99: math.NaN()}
		}
	}
	return bands
}

func sampleBandsChart(w int) draw.Bands {
	y := draw.LogScale(1e7, 1e10)
	chart := draw.Bands{
		Y: y, YTicks: y.Decades(durationTick),
		X:      draw.Scale{Lo: 0, Hi: 144},
		XTicks: []draw.Tick{{At: 0, Label: "0:00"}, {At: 60, Label: "1:00"}, {At: 120, Label: "2:00"}},
		Marks:  []draw.Mark{{At: 130, Rune: '↯', Style: draw.Fault}},
		Goal:   1e9, GoalTag: "SLO 1s", Empty: "nothing has completed yet",
	}
	chart.Columns = sampleBands(chart.PlotWidth(w))
	return chart
}

func sampleHeat(w, rows int, shades bool) draw.Heat {
	y := draw.LogScale(1e6, 1e9)
	h := draw.Heat{
		Y: y, YTicks: y.Decades(durationTick), X: draw.Scale{Hi: 60}, Shades: shades,
		XTicks: []draw.Tick{{At: 0, Label: "0:00"}, {At: 60, Label: "1:00"}}, Empty: "nothing yet",
	}
	for x := range w {
		column := make([]float64, rows)
		for i := range column {
			middle := float64(rows) * (0.3 + 0.4*float64(x)/float64(w))
			column[i] = math.Floor(100 * math.Exp(-math.Pow((float64(i)-middle)/2.5, 2)))
		}
		h.Cells = append(h.Cells, column)
	}
	return h
}

func sampleCurves(s *draw.Symbols) draw.Curves {
	x := draw.LogScale(1e7, 1e10)
	c := draw.Curves{
		X: x, Y: draw.Scale{Hi: 1}, XTicks: x.Decades(durationTick), Symbols: s,
		YTicks: []draw.Tick{{At: 0, Label: "0%"}, {At: 0.5, Label: "50%"}, {At: 1, Label: "100%"}},
	}
	for k, style := range []draw.Style{draw.A, draw.B} {
		curve := draw.Curve{Label: string(rune('A' + k)), Style: style, Dotted: k == 1}
		for i := range 61 {
			v := 7 + float64(i)/20
			curve.Points = append(curve.Points, draw.Point{X: math.Pow(10, v), Y: 1 / (1 + math.Exp(-5*(v-8.2-float64(k)*0.6)))})
		}
		c.Curves = append(c.Curves, curve)
	}
	return c
}

func sampleTable(selected int) draw.Table {
	bar := func(v float64) draw.Field {
		return draw.Field{Need: 16, Draw: func(g draw.Grid) {
			g.Bar(0, 0, g.W(), draw.Bar{Value: v, Max: 1.2, Limit: 1, Fill: draw.Busy, Over: draw.Hot, Track: draw.Idle})
		}}
	}
	return draw.Table{
		Columns: []draw.Column{
			{Title: "consumer", Min: 8},
			{Title: "busy", Priority: 1},
			{Title: "utilisation", Min: 6, Max: 30, Grow: true, Priority: 3},
			{Title: "ρ", Align: draw.Right},
			{Title: "rate", Align: draw.Right, Priority: 1},
			{Title: "p95", Align: draw.Right, Priority: 2},
		},
		Rows: [][]draw.Field{
			{draw.T("inventory-svc"), draw.S("■■□", draw.Busy), bar(0.78), draw.T("0.78"), draw.T("214/s"), draw.T("11ms")},
			{draw.T("分析サービス-長い名前"), draw.S("■", draw.Busy), bar(0.45), draw.T("0.45"), draw.T("214/s"), draw.T("2.1ms")},
			{draw.S("▲ payment-svc", draw.Hot), draw.S("■■■■", draw.Busy), bar(1.11), draw.T("1.11"), draw.T("200/s"), draw.T("20ms")},
			{draw.T("shipping-svc"), draw.S("■■", draw.Busy), bar(0.81), draw.T("0.81"), draw.T("198/s"), draw.T("8.2ms")},
		},
		Selected: selected, Focused: true, Empty: "no consumers",
	}
}

func TestBands(t *testing.T) {
	for _, size := range [][2]int{{60, 8}, {40, 5}, {12, 3}} {
		g := draw.New(size[0], size[1])
		sampleBandsChart(size[0]).Draw(g)
		golden(t, "bands-"+sizeName(size), g)
	}
	g := draw.New(40, 5)
	empty := sampleBandsChart(40)
	empty.Columns = nil
	empty.Draw(g)
	golden(t, "bands-empty", g)
}

func TestHeat(t *testing.T) {
	for _, shades := range []bool{true, false} {
		g := draw.New(50, 9)
		h := sampleHeat(44, 16, shades)
		if shades {
			h = sampleHeat(44, 8, shades)
		}
		h.Draw(g)
		golden(t, map[bool]string{true: "heat-shades", false: "heat-colours"}[shades], g)
	}
}

func TestCurves(t *testing.T) {
	for _, s := range []*draw.Symbols{&draw.Braille, &draw.Block, &draw.ASCII} {
		g := draw.New(60, 12)
		sampleCurves(s).Draw(g)
		golden(t, "curves-"+s.Name, g)
	}
}

func TestStrip(t *testing.T) {
	for _, w := range []int{100, 60, 20, 3, 1} {
		g := draw.New(w, 2)
		draw.Strip{
			End: 600, Now: 144, StartTag: "0:00", EndTag: "10:00", Ghost: 300,
			Marks: []draw.Mark{
				{At: 120, Rune: '↯', Label: "payment-gw ×1.6", Style: draw.Fault},
				{At: 280, Rune: '◇', Label: "scale payment-svc 4→6", Style: draw.Fault},
				{At: 360, Rune: '◇', Label: "fault ends", Style: draw.Fault},
			},
		}.Draw(g)
		golden(t, "strip-"+sizeName([2]int{w, 2}), g)
	}
}

func TestTable(t *testing.T) {
	for _, w := range []int{90, 60, 40, 24, 9} {
		g := draw.New(w, 6)
		sampleTable(2).Draw(g)
		golden(t, "table-"+sizeName([2]int{w, 6}), g)
	}
}

func TestLane(t *testing.T) {
	g := draw.New(40, 3)
	g.Lane(0, 0, 40, 0, 100, []draw.Segment{{From: 0, To: 60, Rune: '░'}, {From: 60, To: 64, Rune: '█', Style: draw.Busy}})
	g.Lane(0, 1, 40, 0, 100, []draw.Segment{{From: 99.9, To: 100, Rune: '█'}, {From: 20, To: 20, Rune: '█'}})
	g.Lane(0, 2, 40, 5, 5, []draw.Segment{{From: 5, To: 5, Rune: '█'}})
	golden(t, "lanes", g)
}

func sizeName(s [2]int) string { return draw.Count(int64(s[0])) + "x" + draw.Count(int64(s[1])) }
