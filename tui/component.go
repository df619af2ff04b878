package tui

import (
	"math"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// drawComponent draws why one component is as it is.
func (s *Screen) drawComponent(g draw.Grid, f *Frame) {
	if s.Chosen < 0 || s.Chosen >= len(f.World.Nodes) {
		s.Chosen = f.worst()
	}
	n := f.World.Nodes[s.Chosen]
	factsH := min(7, g.H()/3)
	strip, rest := g.Bounds().CutBottom(2)
	facts, charts := rest.CutTop(factsH)
	heading := title(n.Name)
	if f.hot(s.Chosen) {
		heading = append(heading, draw.Span{Text: " ▲ bottleneck", Style: draw.Hot})
	}
	s.drawFacts(g.Panel(facts, true, heading, append(draw.Line{{Text: f.World.Path(s.Chosen) + "  ", Style: draw.Dim}}, s.note(s.Chosen, f)...)), f)
	upper, lower, right, yaml := s.componentParts(charts)
	s.drawYAMLOf(g.Sub(yaml), f)
	switch n.Kind {
	case graph.Worker:
		s.drawHeat(g.Panel(upper, false, title("latency from creation to done"), draw.Line{{Text: "time × latency, log", Style: draw.Dim}}), f, n.Index)
		s.curves(g.Panel(lower, false, title("workers at work, instances up"), nil), f, []series{
			{"at work", draw.Busy, func(p *Point) float64 { return p.Leased }},
			{"instances", draw.Good, func(p *Point) float64 { return p.Level }},
		})
		s.drawBlame(g.Panel(right, false, title("where the time went"), draw.Line{{Text: "of all  of the slowest 1%", Style: draw.Dim}}), f, n.Index)
	case graph.Channel:
		s.curves(g.Panel(upper, false, title("waiting"), nil), f, []series{{"waiting", draw.Busy, func(p *Point) float64 { return p.Level }}})
		s.rates(g.Panel(lower, false, title("in and out, a second"), nil), f)
		s.drawStores(g.Panel(right, false, title("who reads it"), nil), f, n.Index)
	default:
		s.rates(g.Panel(upper, false, title("created and published, a second"), nil), f)
		s.curves(g.Panel(lower, false, title("held in the producer"), nil), f, []series{{"held", draw.Warn, func(p *Point) float64 { return p.Level }}})
		s.drawResponse(g.Panel(right, false, title("what it hears back"), nil), f, n.Index)
	}
	s.drawStrip(g.Sub(strip), f)
}

// componentParts divides the room below the facts: two charts, a text and the
// YAML; where there is little of it one chart and the text, and one of them
// alone when it is zoomed.
func (s *Screen) componentParts(r draw.Rect) (upper, lower, right, yaml draw.Rect) {
	switch s.Zoom % componentZooms {
	case 1:
		return r, lower, right, yaml
	case 2:
		return upper, r, right, yaml
	case 3:
		return upper, lower, r, yaml
	}
	left := r
	switch {
	case r.W >= tableW:
		left, right = r.CutLeft(r.W * 62 / 100)
		right.X, right.W = right.X+1, right.W-1
		right, yaml = right.CutTop(right.H / 2)
	case r.H < 12:
		upper, right = r.CutLeft(r.W / 2)
		return upper, lower, right, yaml
	}
	upper, lower = left.CutTop(left.H / 2)
	return upper, lower, right, yaml
}

// worst is the component to look at first: the bottleneck, or the busiest.
func (f *Frame) worst() int {
	best, most := 0, -1.0
	for i, n := range f.World.Nodes {
		if f.hot(i) {
			return i
		}
		if n.Kind == graph.Worker && known(f.Utilisation(i)) > most {
			best, most = i, known(f.Utilisation(i))
		}
	}
	return best
}

// facts are pairs of a label and a value, in columns.
type fact struct {
	label, value string
	style        draw.Style
}

func drawPairs(g draw.Grid, facts []fact) {
	const wide = 27
	columns := max(1, (g.W()-1)/wide)
	rows := (len(facts) + columns - 1) / columns
	for i, x := range facts {
		column, y := i/max(1, rows), i%max(1, rows)
		g.TextIn(1+column*wide, y, 13, x.label, draw.Dim, draw.Left)
		g.TextIn(1+column*wide+14, y, wide-15, x.value, x.style, draw.Left)
	}
}

func (s *Screen) drawFacts(g draw.Grid, f *Frame) {
	n := f.World.Nodes[s.Chosen]
	p := f.Points[s.Chosen]
	num := func(label string, v float64) fact { return fact{label, draw.Count(int64(v)), draw.Normal} }
	bad := func(label string, v int64) fact {
		if v == 0 {
			return fact{label, "0", draw.Good}
		}
		return fact{label, draw.Count(v), draw.Dead}
	}
	text := func(label, v string) fact { return fact{label, v, draw.Normal} }
	var facts []fact
	var about string
	switch n.Kind {
	case graph.Source:
		c := &f.spec().Producers[n.Index]
		st := &f.Snap.Producers[n.Index]
		about = c.About
		facts = []fact{
			text("arrivals", arrivals(c)), text("rate now", draw.Rate(f.In(s.Chosen))), num("created", p.In), num("published", p.Out),
			bad("rejected", st.Rejected), bad("dropped", st.Dropped), num("retries", float64(st.Retries)), num("held back", float64(st.HeldBack)),
			num("buffered", float64(st.Buffered)), num("in the outbox", float64(st.Outbox)),
		}
	case graph.Channel:
		c := &f.spec().Broker.Channels[n.Index]
		r := f.channelResult(n.Index)
		about = c.About
		facts = []fact{
			text("in", draw.Rate(f.In(s.Chosen))), text("acked", draw.Rate(f.Out(s.Chosen))), num("waiting", p.Level), num("in hand", p.Leased),
			text("capacity", limitText(c.Store.Capacity)), text("wait p50", seconds(r.Wait.P50.Value, r.Wait.P50.Valid)),
			text("wait p95", seconds(r.Wait.P95.Value, r.Wait.P95.Valid)), text("wait p99", seconds(r.Wait.P99.Value, r.Wait.P99.Valid)),
			bad("dead-lettered", r.DeadLettered), num("redelivered", float64(r.Redelivered)), bad("dropped", r.Dropped), bad("expired", r.Expired),
			{"trend", lineText(f.trend(s.Chosen)), draw.Normal},
		}
	default:
		c := &f.spec().Consumers[n.Index]
		r := f.consumerResult(n.Index)
		st := &f.Snap.Consumers[n.Index]
		about = c.About
		rho := f.Utilisation(s.Chosen)
		style := draw.Normal
		if rho > 0.85 {
			style = draw.Hot
		}
		facts = []fact{
			{"utilisation", ratio(rho), style},
			num("instances", float64(st.Instances)), num("workers", float64(st.Workers)), num("at work", float64(st.Busy)),
			text("done", draw.Rate(f.Out(s.Chosen))), text("work p50", seconds(r.Service.P50.Value, r.Service.P50.Valid)),
			text("work p99", seconds(r.Service.P99.Value, r.Service.P99.Valid)), text("wait p50", seconds(r.Wait.P50.Value, r.Wait.P50.Valid)),
			text("wait p99", seconds(r.Wait.P99.Value, r.Wait.P99.Valid)), text("latency p50", seconds(r.Latency.P50.Value, r.Latency.P50.Valid)),
			text("latency p99", seconds(r.Latency.P99.Value, r.Latency.P99.Valid)), num("failed", float64(st.Failed)),
			num("retries", float64(st.Retries)), bad("dead-lettered", st.DeadLettered), bad("lost", st.Lost), bad("done twice", st.Duplicates),
		}
	}
	y := 0
	if about != "" && g.H() > 4 {
		g.TextIn(1, 0, g.W()-2, firstWords(about), draw.Dim, draw.Left)
		y = 1
	}
	drawPairs(g.Sub(draw.Rect{Y: y, W: g.W(), H: g.H() - y}), facts)
}

func lineText(l draw.Line) string {
	text := ""
	for _, span := range l {
		text += span.Text
	}
	return text
}

func limitText(n int) string {
	if n == spec.Unlimited {
		return "unlimited"
	}
	return draw.Count(int64(n))
}

// series is one curve of a component's chart.
type series struct {
	label string
	style draw.Style
	of    func(*Point) float64
}

// curves draws levels of the chosen component over time.
func (s *Screen) curves(g draw.Grid, f *Frame, list []series) {
	c := draw.Curves{Symbols: s.Symbols, Empty: "nothing yet: let it run (space)"}
	for _, x := range list {
		if points := f.ghostOf(s.Chosen); points != nil {
			c.Curves = append(c.Curves, f.ghostly(levels(f, points, x)))
		}
	}
	for _, x := range list {
		c.Curves = append(c.Curves, levels(f, f.Past.Nodes[s.Chosen], x))
	}
	s.drawCurves(g, f, c, draw.Short)
}

// ghostOf are the samples of a node in the future that was left behind, nil
// for none.
func (f *Frame) ghostOf(node int) []Point {
	if past := f.ghost(); past.Samples() > 0 {
		return past.Nodes[node]
	}
	return nil
}

// ghostly is a curve as it is drawn when it was left behind: from the change on.
func (f *Frame) ghostly(c draw.Curve) draw.Curve {
	c.Points = c.Points[min(max(0, f.fork()-1), len(c.Points)):]
	c.Label, c.Style, c.Dotted = "as it was", draw.Ghost, true
	return c
}

// levels is a curve of a level at each sample.
func levels(f *Frame, points []Point, x series) draw.Curve {
	curve := draw.Curve{Label: x.label, Style: x.style}
	for i := range points {
		curve.Points = append(curve.Points, draw.Point{X: float64(int64(i+1)*f.Past.Step) / 1e9, Y: x.of(&points[i])})
	}
	return curve
}

// growth is a curve of what a count grew by, a second.
func growth(f *Frame, points []Point, x series) draw.Curve {
	curve := draw.Curve{Label: x.label, Style: x.style}
	step, before := float64(f.Past.Step)/1e9, 0.0
	for i := range points {
		v := x.of(&points[i])
		curve.Points = append(curve.Points, draw.Point{X: float64(i+1) * step, Y: (v - before) / step})
		before = v
	}
	return curve
}

// rates draws what came into and left the chosen component, a second.
func (s *Screen) rates(g draw.Grid, f *Frame) {
	in := series{"in", draw.Busy, func(p *Point) float64 { return p.In }}
	out := series{"out", draw.Good, func(p *Point) float64 { return p.Out }}
	c := draw.Curves{Symbols: s.Symbols, Empty: "nothing yet: let it run (space)"}
	if points := f.ghostOf(s.Chosen); points != nil {
		c.Curves = append(c.Curves, f.ghostly(growth(f, points, out)))
	}
	points := f.Past.Nodes[s.Chosen]
	dotted := growth(f, points, out)
	dotted.Dotted = true
	c.Curves = append(c.Curves, growth(f, points, in), dotted)
	s.drawCurves(g, f, c, draw.Short)
}

func (s *Screen) drawCurves(g draw.Grid, f *Frame, c draw.Curves, label func(float64) string) {
	most := 0.0
	for _, curve := range c.Curves {
		for _, p := range curve.Points {
			most = max(most, p.Y)
		}
	}
	c.Y = draw.LinearScale(max(1, most))
	c.YTicks = c.Y.Even(2, label)
	step := float64(f.Past.Step) / 1e9
	c.X = draw.Scale{Lo: 0, Hi: max(float64(f.At())/1e9, float64(f.ghost().Samples())*step, step)}
	w := max(1, g.W()-8)
	_, ticks, marks := f.timeAxis(w, 0, max(1, (f.horizon()+w-1)/w))
	for _, t := range ticks {
		if t.At <= c.X.Hi {
			c.XTicks = append(c.XTicks, t)
		}
	}
	c.Marks = marks
	c.Draw(g)
}

// drawHeat draws how latency was spread over time.
func (s *Screen) drawHeat(g draw.Grid, f *Frame, consumer int) {
	columns := f.Past.Heats[consumer]
	lo, hi := heatRows, 0
	for _, c := range columns {
		for y, v := range c {
			if v > 0 {
				lo, hi = min(lo, y), max(hi, y)
			}
		}
	}
	if hi < lo {
		g.TextIn(0, g.H()/2, g.W(), "nothing has been done yet", draw.Dim, draw.Centre)
		return
	}
	// Whole decades around what there is.
	lo, hi = lo/4*4, min(heatRows, hi/4*4+4)
	value := func(row int) float64 { return heatLowest * math.Pow(10, float64(row)/4) }
	m := draw.Heat{Shades: !s.Theme.Colour || s.Flat, Y: draw.Scale{Lo: value(lo), Hi: value(hi), Log: true}}
	m.YTicks = m.Y.Decades(func(v float64) string { return draw.Tidy(nanos(int64(v*1e9 + 0.5))) })
	w := max(1, g.W()-8)
	_, per := f.span(w)
	rows := m.Rows(g.H() - 1)
	for i := 0; i < len(columns); i += per {
		m.Cells = append(m.Cells, heatCells(columns[i:min(i+per, len(columns))], lo, hi, rows))
	}
	for len(m.Cells) < w {
		m.Cells = append(m.Cells, make([]float64, max(1, rows)))
	}
	m.X, m.XTicks, m.Marks = f.timeAxis(w, 0, per)
	m.Draw(g)
}

// heatCells adds up columns and spreads the rows lo to hi over n rows.
func heatCells(columns [][]float64, lo, hi, n int) []float64 {
	cells := make([]float64, max(1, n))
	for i := range cells {
		row := lo + i*(hi-lo)/len(cells)
		for _, c := range columns {
			cells[i] += c[min(row, heatRows-1)]
		}
		if cells[i] > 0 {
			cells[i] = math.Log1p(cells[i])
		}
	}
	return cells
}

// drawBlame draws what the events' time was spent on.
func (s *Screen) drawBlame(g draw.Grid, f *Frame, consumer int) {
	r := f.consumerResult(consumer)
	y := 0
	for i := range sim.Causes {
		all, slow := r.Blame[i], r.BlameP99[i]
		if !all.Valid || all.Value < 0.0005 && slow.Value < 0.0005 || y >= g.H() {
			continue
		}
		style := draw.Busy
		if i == int(sim.Queueing) || i == int(sim.Behind) {
			style = draw.Hot
		}
		g.TextIn(1, y, 15, causeText(sim.Cause(i)), draw.Normal, draw.Left)
		w := max(0, (g.W()-17)/2-7)
		g.Bar(17, y, w, draw.Bar{Value: all.Value, Max: 1, Fill: style, Track: draw.Faint})
		g.TextIn(17+w+1, y, 5, draw.Percent(all.Value), draw.Normal, draw.Right)
		g.Bar(17+w+7, y, w, draw.Bar{Value: slow.Value, Max: 1, Fill: style, Track: draw.Faint})
		g.TextIn(17+2*w+8, y, 5, draw.Percent(slow.Value), draw.Normal, draw.Right)
		y++
	}
	if y == 0 {
		g.TextIn(1, 0, g.W()-2, "nothing has been done since statistics began", draw.Dim, draw.Left)
		y = 1
	}
	y++
	y = drawGroupLags(g, y, f, consumer)
	for i := range f.findings() {
		if x := &f.findings()[i]; f.about(x, s.Chosen) && y < g.H() {
			y = s.drawFinding(g, y, x, false, 6)
		}
	}
}

// causeText is a cause of the result document in words.
func causeText(c sim.Cause) string {
	switch c {
	case sim.Queueing:
		return "waiting"
	case sim.Behind:
		return "behind another"
	case sim.FailedService:
		return "failed work"
	case sim.Service:
		return "work"
	}
	return sim.CauseNames[c]
}

// drawStores lists who reads a channel, and how far behind each is.
func (s *Screen) drawStores(g draw.Grid, f *Frame, channel int) {
	t := draw.Table{Selected: -1, Gap: 2, Empty: "nobody reads it", Columns: []draw.Column{
		{Title: "consumer", Min: 8, Grow: true},
		{Title: "waiting", Align: draw.Right, Min: 7},
		{Title: "in hand", Align: draw.Right, Min: 7, Priority: 1},
		{Title: "ρ", Align: draw.Right, Min: 4},
	}}
	for c := range f.spec().Consumers {
		for _, from := range f.spec().Consumers[c].From {
			if from.Channel != channel {
				continue
			}
			ready, leased := f.behind(channel, c)
			t.Rows = append(t.Rows, []draw.Field{
				draw.T(f.spec().Consumers[c].Name), draw.T(draw.Count(ready)), draw.T(draw.Count(leased)), draw.T(ratio(f.Utilisation(f.World.consumer(c)))),
			})
		}
	}
	readers, rest := g.Bounds().Inset(1, 0).CutTop(len(t.Rows) + 2)
	t.Draw(g.Sub(readers))
	if f.spec().Broker.Channels[channel].Type == spec.Stream {
		f.partitions(channel).Draw(g.Sub(rest))
	}
}

// partitions lists how far behind each group is in each partition of a stream.
func (f *Frame) partitions(channel int) draw.Table {
	t := draw.Table{Selected: -1, Gap: 2, Columns: []draw.Column{
		{Title: "partition", Min: 9},
		{Title: "of", Min: 8, Grow: true, Priority: 1},
		{Title: "waiting", Align: draw.Right, Min: 7},
		{Title: "", Min: 6, Max: 12, Priority: 2},
		{Title: "in", Align: draw.Right, Min: 7},
	}}
	number, most := map[int32]int{}, 1.0
	for i := range f.Snap.Stores {
		if f.World.ownerOf(f.Snap.Stores[i].Component).channel == channel {
			most = max(most, float64(f.Snap.Stores[i].Ready))
		}
	}
	for i := range f.Snap.Stores {
		st := &f.Snap.Stores[i]
		o := f.World.ownerOf(st.Component)
		if o.channel != channel || o.consumer < 0 {
			continue
		}
		t.Rows = append(t.Rows, []draw.Field{
			draw.T("p" + draw.Count(int64(number[st.Component]))), draw.S(f.spec().Consumers[o.consumer].Name, draw.Dim),
			draw.T(draw.Count(st.Ready + st.Delayed)), bar(float64(st.Ready), most, draw.Normal), draw.T(draw.Count(st.In)),
		})
		number[st.Component]++
	}
	return t
}

// behind is what waits for a consumer in a channel and what it has in hand: of
// its subscription, or of the queue that it shares.
func (f *Frame) behind(channel, consumer int) (ready, leased int64) {
	for _, st := range f.stores() {
		if o := f.World.ownerOf(st.Component); o.channel == channel && (o.consumer < 0 || o.consumer == consumer) {
			return st.Ready + st.Delayed, st.Leased
		}
	}
	return 0, 0
}

// drawResponse draws how long a producer waits for confirms and answers.
func (s *Screen) drawResponse(g draw.Grid, f *Frame, producer int) {
	if f.Result == nil || producer >= len(f.Result.Producers) {
		return
	}
	r := &f.Result.Producers[producer]
	var facts []fact
	for _, x := range []struct {
		name string
		l    *sim.Latency
	}{{"confirm", &r.Confirm}, {"response", &r.Response}} {
		if x.l.Count == 0 {
			continue
		}
		for _, q := range []struct {
			name string
			v    sim.Number
		}{{"p50", x.l.P50}, {"p95", x.l.P95}, {"p99", x.l.P99}} {
			facts = append(facts, fact{x.name + " " + q.name, seconds(q.v.Value, q.v.Valid), draw.Normal})
		}
	}
	if len(facts) == 0 {
		g.TextIn(1, 0, g.W()-2, "it does not wait for confirms", draw.Dim, draw.Left)
		return
	}
	drawPairs(g, facts)
}
