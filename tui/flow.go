package tui

import (
	"math"
	"strings"

	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// flowGraph is a world as the graph to be laid out. What stands in its boxes
// and along its edges changes; how much room that takes does not.
func flowGraph(w *World) graph.Graph {
	var g graph.Graph
	for i, n := range w.Nodes {
		node := graph.Node{Title: n.Name, Kind: n.Kind}
		switch n.Kind {
		case graph.Source:
			node.Body, node.Width, node.MinWidth = 2, 23, 18
		case graph.Channel:
			node.Note = channelType(w.Spec.Broker.Channels[n.Index].Type)
			node.Body, node.Width, node.MinWidth = 3, 34, 22
			if w.graveyard(i) {
				node.Note, node.Body = "0 dead ✗", 0
			} else if subs := w.subsOf(n.Index); subs > 0 {
				node.Body = max(min(4, subs+1), w.partitionRows(n.Index)+1)
			}
		case graph.Worker:
			node.Note, node.Body, node.Width, node.MinWidth = "×00", 2, 33, 22
		}
		g.Nodes = append(g.Nodes, node)
	}
	for _, e := range w.Edges {
		label := "1,000/s"
		if e.Kind == graph.Emit {
			label = e.Label
		}
		g.Edges = append(g.Edges, graph.Edge{From: e.From, To: e.To, Kind: e.Kind, Label: label})
	}
	return g
}

func channelType(t spec.ChannelType) string {
	return [...]string{"queue", "topic", "stream", "bus"}[t]
}

// graveyard says whether a channel only takes dead letters.
func (w *World) graveyard(node int) bool {
	dead := false
	for _, e := range w.Edges {
		switch {
		case e.From == node:
			return false
		case e.To == node && e.Kind == graph.Dead:
			dead = true
		case e.To == node:
			return false
		}
	}
	return dead
}

func (w *World) subsOf(channel int) int {
	n := 0
	for _, s := range w.subs {
		if s.channel == channel {
			n++
		}
	}
	return n
}

// drawFlow draws the graph with what is in its boxes and moves on its edges.
func (s *Screen) drawFlow(g draw.Grid, l *graph.Layout, f *Frame) {
	l.Draw(g, func(box int) graph.Face { return s.face(l, box, f) }, func(box int, inside draw.Grid) {
		if members := l.Boxes[box].Members; len(members) == 1 {
			s.body(inside, members[0], f)
		} else {
			groupBody(inside, members, f)
		}
	})
	s.drawMotion(g, l, f)
	for i, e := range f.World.Edges {
		text, style := draw.Rate(f.Along(i)), draw.Dim
		switch {
		case e.Kind == graph.Emit:
			text = e.Label
		case e.Kind == graph.Dead:
			if text = ""; f.Edges[i] > 0 {
				text, style = "✗ "+draw.Count(int64(f.Edges[i])), draw.Dead
			}
		}
		l.Label(g, i, text, style)
	}
}

// face is the border of a box: heavy for the bottleneck, and in the colour of
// the cursor for the chosen one.
func (s *Screen) face(l *graph.Layout, box int, f *Frame) graph.Face {
	face := l.Face(box)
	members := l.Boxes[box].Members
	for _, m := range members {
		if f.hot(m) {
			face.Frame, face.Border = draw.Heavy, draw.Hot
			face.Title[0].Style = draw.Hot
			face.Title = append(face.Title, draw.Span{Text: " ▲", Style: draw.Hot})
			break
		}
	}
	if len(members) == 1 {
		face.Note = s.note(members[0], f)
		face.Line = briefly(members[0], f)
	}
	for _, m := range members {
		if f.holds(m) {
			face.Title = append(draw.Line{{Text: string(followGlyph) + " ", Style: draw.Accent}}, face.Title...)
			break
		}
	}
	for _, m := range members {
		if m == s.Chosen {
			face.Border = draw.Accent
			if face.Frame != draw.Heavy {
				face.Title[0].Style = draw.Accent
			}
			face.Title = append(draw.Line{{Text: "▸ ", Style: draw.Accent}}, face.Title...)
		}
	}
	return face
}

// note is what stands on the right of a component's upper border.
func (s *Screen) note(node int, f *Frame) draw.Line {
	n := f.World.Nodes[node]
	p := f.Points[node]
	switch n.Kind {
	case graph.Source:
		return draw.Line{{Text: producerKind(&f.spec().Producers[n.Index]), Style: draw.Dim}}
	case graph.Channel:
		if f.World.graveyard(node) {
			if p.Level == 0 {
				return draw.Line{{Text: "0 dead", Style: draw.Dim}}
			}
			return draw.Line{{Text: draw.Count(int64(p.Level)) + " dead ✗", Style: draw.Dead}}
		}
		return draw.Line{{Text: channelType(f.spec().Broker.Channels[n.Index].Type), Style: draw.Dim}}
	}
	text := "×" + draw.Count(int64(p.Level))
	if k := &f.spec().Consumers[n.Index]; k.Concurrency > 1 {
		text += "·" + draw.Count(int64(k.Concurrency))
	}
	return draw.Line{{Text: text, Style: draw.Dim}}
}

// briefly is what a box without room for more says.
func briefly(node int, f *Frame) draw.Line {
	p := f.Points[node]
	switch f.World.Nodes[node].Kind {
	case graph.Source:
		return draw.Line{{Text: draw.Rate(f.In(node)), Style: draw.Normal}}
	case graph.Channel:
		return draw.Line{{Text: draw.Count(int64(p.Level)), Style: draw.Normal}}
	}
	return draw.Line{{Text: "ρ " + ratio(f.Utilisation(node)), Style: draw.Normal}}
}

func ratio(v float64) string {
	if math.IsNaN(v) {
		return draw.Missing
	}
	return draw.Ratio(v)
}

func producerKind(p *spec.Producer) string {
	return [...]string{"service", "users", "sensor", "timer", "database"}[p.Kind]
}

// arrivals is a producer's arrival process in a word or two.
func arrivals(p *spec.Producer) string {
	if p.Users > 0 {
		return draw.Count(int64(p.Users)) + " users"
	}
	r := &p.Rate
	switch r.Kind {
	case spec.Every:
		return "every " + draw.Tidy(nanos(int64(1e9/max(r.Rate.PerSecond(), 1e-9))))
	case spec.Poisson:
		return "poisson"
	case spec.Renewal:
		return "random"
	case spec.Burst:
		return "bursts of " + draw.Count(int64(r.Size))
	case spec.MMPP:
		return "two states"
	case spec.Replay:
		return "recorded"
	}
	return ""
}

// body is what stands in a component's box.
func (s *Screen) body(g draw.Grid, node int, f *Frame) {
	g = g.Sub(draw.Rect{X: 1, W: g.W() - 2, H: g.H()})
	switch f.World.Nodes[node].Kind {
	case graph.Source:
		s.producerBody(g, node, f)
	case graph.Channel:
		switch channel := f.World.Nodes[node].Index; {
		case f.World.partitionRows(channel) > 0:
			partitionsBody(g, node, f)
		case f.World.subsOf(channel) > 0:
			topicBody(g, node, f)
		default:
			queueBody(g, node, f)
		}
	case graph.Worker:
		consumerBody(g, node, f)
	}
}

// groupBody is what stands in a box that several components share.
func groupBody(g draw.Grid, members []int, f *Frame) {
	g = g.Sub(draw.Rect{X: 1, W: g.W() - 2, H: g.H()})
	in, waiting, worst := 0.0, 0.0, math.NaN()
	for _, m := range members {
		if v := f.In(m); !math.IsNaN(v) {
			in += v
		}
		waiting += f.Points[m].Level
		if u := f.Utilisation(m); math.IsNaN(worst) || u > worst {
			worst = u
		}
	}
	g.Text(0, 0, draw.Rate(in), draw.Normal)
	switch f.World.Nodes[members[0]].Kind {
	case graph.Channel:
		g.TextRight(g.W(), 0, draw.Short(waiting)+" waiting", draw.Dim)
	case graph.Worker:
		g.TextRight(g.W(), 0, "ρ ≤ "+ratio(worst), draw.Dim)
	}
}

func (s *Screen) producerBody(g draw.Grid, node int, f *Frame) {
	p := &f.spec().Producers[f.World.Nodes[node].Index]
	rate := draw.Rate(f.In(node))
	g.TextRight(g.W(), 0, rate, draw.Normal)
	g.TextIn(0, 0, g.W()-draw.Width(rate)-1, arrivals(p), draw.Dim, draw.Left)
	g.Spark(0, 1, g.W()-4, f.recentRates(node, g.W()-4), 0, draw.Busy)
	state := &f.Snap.Producers[f.World.Nodes[node].Index]
	switch {
	case state.HeldBack > 0:
		g.TextRight(g.W(), 1, "‖ "+draw.Short(float64(state.HeldBack)), draw.Warn)
	case state.Dropped+state.Rejected > 0:
		g.TextRight(g.W(), 1, "✗ "+draw.Short(float64(state.Dropped+state.Rejected)), draw.Dead)
	default:
		g.TextRight(g.W(), 1, "✓", draw.Good)
	}
}

// recentRates are what a node took in a second in each of the last n samples.
func (f *Frame) recentRates(node, n int) []float64 {
	points := f.Past.Nodes[node]
	n = min(n, len(points))
	if n <= 0 {
		return nil
	}
	rates := make([]float64, n)
	for i := range rates {
		k := len(points) - n + i
		before := 0.0
		if k > 0 {
			before = points[k-1].In
		}
		rates[i] = (points[k].In - before) / (float64(f.Past.Step) / 1e9)
	}
	return rates
}

// queueBody shows how much waits in a queue, how long, and where that leads.
func queueBody(g draw.Grid, node int, f *Frame) {
	channel := f.World.Nodes[node].Index
	ch := &f.spec().Broker.Channels[channel]
	p := f.Points[node]
	count, most, style := draw.Count(int64(p.Level)), f.deepest(node), draw.Busy
	if capacity := ch.Store.Capacity; capacity != spec.Unlimited && capacity > 0 {
		count += "/" + draw.Short(float64(capacity))
		most = float64(capacity)
		if p.Level >= 0.8*most {
			style = draw.Hot
		}
	}
	if f.hot(node) {
		style = draw.Hot
	}
	g.TextRight(g.W(), 0, count, draw.Normal)
	g.Bar(0, 0, g.W()-max(8, len(count)+1), draw.Bar{Value: p.Level, Max: most, Fill: style, Track: draw.Faint, Glyph: '·'})
	x := g.Text(0, 1, "wait p95 ", draw.Dim)
	x = g.Text(x, 1, seconds(f.Waits[node].P95, true), draw.Normal)
	if p.Leased > 0 {
		g.TextIn(x+2, 1, g.W()-x-2, draw.Short(p.Leased)+" in hand", draw.Dim, draw.Left)
	}
	g.Line(0, 2, g.W(), f.trend(node))
}

// deepest is the most that has waited at a node, at least 20.
func (f *Frame) deepest(node int) float64 {
	most := max(20, f.Points[node].Level)
	for _, p := range f.Past.Nodes[node] {
		most = max(most, p.Level)
	}
	return most
}

// trend says whether what waits at a node grows, and when it will be full or empty.
func (f *Frame) trend(node int) draw.Line {
	growth, level := f.Growth(node), f.Points[node].Level
	in := f.In(node)
	store := &f.spec().Broker.Channels[f.World.Nodes[node].Index].Store
	switch {
	case store.Capacity > 0 && level >= 0.99*float64(store.Capacity):
		return draw.Line{{Text: "✗ full: " + [...]string{"it refuses", "drops the new", "drops the old", "holds producers back"}[store.Overflow], Style: draw.Hot}}
	case math.IsNaN(growth) || math.Abs(growth) < max(0.02*in, 0.05) || level < 10 && growth < 5:
		return draw.Line{{Text: "≈ steady", Style: draw.Dim}}
	case growth < 0:
		line := draw.Line{{Text: "▼ " + draw.Rate(growth), Style: draw.Good}}
		if t := level / -growth; t < 3600 {
			line = append(line, draw.Span{Text: "  empty in " + seconds(t, true), Style: draw.Dim})
		}
		return line
	}
	line := draw.Line{{Text: "▲ +" + draw.Rate(growth), Style: draw.Hot}}
	if capacity := store.Capacity; capacity != spec.Unlimited {
		if t := (float64(capacity) - level) / growth; t > 0 && t < 36000 {
			line = append(line, draw.Span{Text: "  full in " + seconds(t, true), Style: draw.Hot})
		}
	}
	return line
}

func consumerBody(g draw.Grid, node int, f *Frame) {
	i := f.World.Nodes[node].Index
	state := &f.Snap.Consumers[i]
	rate := draw.Rate(f.Out(node))
	x := drawWorkers(g, 0, 0, min(8, g.W()/3), f, i)
	g.TextRight(g.W(), 0, rate, draw.Normal)
	work, failing := "work "+seconds(f.Works[node].P50, true), ""
	if f.FailRate(node) > 0.005*f.Out(node) {
		failing = "✗" + draw.Rate(f.FailRate(node))
	}
	// What fails matters more than the word before the time that work takes.
	room := g.W() - x - 2 - draw.Width(rate)
	if failing != "" && draw.Width(work+" "+failing) > room {
		work = seconds(f.Works[node].P50, true)
	}
	line := draw.Line{{Text: work, Style: draw.Dim}}
	if failing != "" {
		line = append(line, draw.Span{Text: " " + failing, Style: draw.Retry})
	}
	g.Line(x+1, 0, room, line)
	rho := f.Utilisation(node)
	fill := draw.Busy
	if f.hot(node) {
		fill = draw.Hot
	}
	g.Text(0, 1, "ρ", draw.Dim)
	g.Bar(2, 1, g.W()-8, draw.Bar{Value: rho, Max: 1, Fill: fill, Over: draw.Hot, Track: draw.Faint, Glyph: '·'})
	if state.Instances == 0 {
		g.TextRight(g.W(), 1, "down ✗", draw.Dead)
		return
	}
	g.TextRight(g.W(), 1, ratio(rho), draw.Normal)
}

// drawWorkers draws the workers of a consumer: busy, idle, and the instances
// that are down.
func drawWorkers(g draw.Grid, x, y, w int, f *Frame, consumer int) int {
	state := &f.Snap.Consumers[consumer]
	workers := int(state.Workers)
	if workers == 0 {
		workers = int(state.Busy)
	}
	down := 0
	if k := f.wanted(consumer); state.Instances < int64(k) {
		down = k - int(state.Instances)
	}
	busy := min(int(state.Busy), workers)
	return g.Workers(x, y, w, busy, workers-busy, down)
}

// wanted is how many instances a consumer should have by now.
func (f *Frame) wanted(consumer int) int {
	k := &f.spec().Consumers[consumer]
	n := k.Instances
	if k.Autoscale != nil || f.At() < k.Starts || k.Stops > 0 && f.At() >= k.Stops {
		return 0
	}
	for _, a := range f.spec().Timeline {
		if a.At > f.At() || a.A.Kind != spec.ConsumerComponent || a.A.Index != consumer {
			continue
		}
		switch {
		case a.Kind == spec.StopAction:
			return 0
		case a.Kind == spec.ScaleAction && (a.For == 0 || a.At+a.For > f.At()):
			n = a.Count
		}
	}
	return n
}

// legend explains the glyphs of the graph.
func legend(k int) draw.Line {
	var l draw.Line
	add := func(glyph string, s draw.Style, text string) {
		l = append(l, draw.Span{Text: glyph, Style: s}, draw.Span{Text: " " + text + "  ", Style: draw.Dim})
	}
	if k > 1 {
		add("●", draw.Event, draw.Count(int64(k))+" events")
	} else {
		add("●", draw.Event, "event")
	}
	add("━", draw.Event, "many")
	add(string(retryGlyph), draw.Retry, "retry")
	add("■", draw.Busy, "busy")
	add("□", draw.Idle, "idle")
	add("▲", draw.Hot, "bottleneck")
	return l
}

func seconds(v float64, valid bool) string {
	if !valid || math.IsNaN(v) {
		return draw.Missing
	}
	return draw.Duration(nanos(int64(v * 1e9)))
}

func firstWords(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
