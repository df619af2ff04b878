package graph_test

import (
	"fmt"
	"math/rand/v2"

	"eddy/tui/draw"
	"eddy/tui/graph"
)

// orders is the flow of an order shop: three sources, a topic with a copy to a queue,
// a worker that emits again, dead letters.
func orders() graph.Graph {
	return graph.Graph{
		Nodes: []graph.Node{
			{Title: "web-checkout", Kind: graph.Source, Body: 2, Width: 21},
			{Title: "mobile-app", Kind: graph.Source, Body: 2, Width: 21},
			{Title: "partner-api", Kind: graph.Source, Body: 2, Width: 21},
			{Title: "orders", Note: "topic", Kind: graph.Channel, Body: 4, Width: 34, MinWidth: 24},
			{Title: "payments ▲", Note: "queue", Kind: graph.Channel, Body: 3, Width: 34, MinWidth: 24},
			{Title: "shipping", Note: "queue", Kind: graph.Channel, Body: 2, Width: 34, MinWidth: 24},
			{Title: "payments.dlq", Note: "37 dead ✗", Kind: graph.Channel, Body: 0, Width: 34, MinWidth: 24},
			{Title: "inventory-svc", Note: "×3", Kind: graph.Worker, Body: 2, Width: 33, MinWidth: 24},
			{Title: "analytics", Note: "×1", Kind: graph.Worker, Body: 2, Width: 33, MinWidth: 24},
			{Title: "payment-svc ▲", Note: "×4", Kind: graph.Worker, Body: 2, Width: 33, MinWidth: 24},
			{Title: "shipping-svc", Note: "×2", Kind: graph.Worker, Body: 2, Width: 33, MinWidth: 24},
		},
		Edges: []graph.Edge{
			{From: 0, To: 3, Label: "120/s"},
			{From: 1, To: 3, Label: "80/s"},
			{From: 2, To: 3, Label: "14/s"},
			{From: 3, To: 4, Kind: graph.Copy, Label: "fan-out copy 214/s"},
			{From: 3, To: 7, Label: "214/s"},
			{From: 3, To: 8, Label: "214/s"},
			{From: 4, To: 9, Label: "200/s"},
			{From: 4, To: 6, Kind: graph.Dead, Label: "5 tries ✗"},
			{From: 9, To: 5, Kind: graph.Emit, Label: "OrderPaid"},
			{From: 5, To: 10, Label: "198/s"},
		},
	}
}

// ordersBody is what stands in the boxes of orders.
func ordersBody(l *graph.Layout) func(int, draw.Grid) {
	sparks := [][]float64{{7, 6, 7, 7, 7, 5, 6, 6, 7, 6, 6, 6}, {5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 5, 5}, {1, 1, 8, 1, 1, 1, 1, 8, 1, 1, 1, 1}}
	rates := []string{"poisson     120/s", "poisson      80/s", "batch 70/5s  14/s"}
	depth := map[int][3]string{4: {"536/2k", "wait p95 2.94s  oldest 2.71s", "+22/s  full in 66s  unacked 4"}, 5: {"9/2k", "wait p95 31ms  oldest 18ms  ≈", ""}}
	work := map[int][3]string{7: {"svc 11ms", "214/s", "0.78"}, 8: {"svc 2.1ms", "214/s", "0.45"}, 9: {"svc 20ms ↯×1.6", "200/s", "1.11"}, 10: {"svc 8.2ms", "198/s", "0.81"}}
	busy := map[int][2]int{7: {2, 1}, 8: {1, 0}, 9: {4, 0}, 10: {2, 0}}
	rho := map[int]float64{7: .78, 8: .45, 9: 1.11, 10: .81}
	part := map[int]float64{4: 536.0 / 2000, 5: 9.0 / 2000}
	return func(box int, in draw.Grid) {
		n := l.Boxes[box].Members[0]
		in = in.Sub(draw.Rect{X: 1, W: in.W() - 2, H: in.H()})
		switch {
		case n < 3:
			in.Text(0, 0, rates[n], draw.Normal)
			in.Spark(0, 1, 12, sparks[n], 8, draw.Busy)
			in.Text(14, 1, "✓", draw.Good)
		case n == 3:
			for i, v := range []float64{7, 12, 8, 8, 4, 6} {
				x, y := i%2*(in.W()/2), i/2
				in.Text(x, y, fmt.Sprintf("p%d", i/2+i%2*3), draw.Dim)
				in.Bar(x+3, y, 8, draw.Bar{Value: v, Max: 30, Fill: draw.Busy})
				in.TextRight(x+in.W()/2-2, y, fmt.Sprint(v), draw.Normal)
			}
			in.Text(0, 3, "lag 48  keep 24h  key order_id", draw.Dim)
		case n == 4 || n == 5:
			in.Bar(0, 0, in.W()-8, draw.Bar{Value: part[n], Max: 1, Fill: draw.Busy, Track: draw.Faint, Glyph: '·'})
			for y, t := range depth[n] {
				if y == 0 {
					in.TextRight(in.W(), y, t, draw.Normal)
				} else {
					in.Text(0, y, t, draw.Dim)
				}
			}
		case n >= 7:
			x := in.Workers(0, 0, 8, busy[n][0], busy[n][1], 0)
			in.Text(x+1, 0, work[n][0], draw.Dim)
			in.TextRight(in.W(), 0, work[n][1], draw.Normal)
			in.Text(0, 1, "ρ", draw.Dim)
			in.Bar(2, 1, in.W()-8, draw.Bar{Value: rho[n], Max: 1.2, Limit: 1, Fill: draw.Busy, Over: draw.Hot})
			in.TextRight(in.W(), 1, work[n][2], draw.Normal)
		}
	}
}

func ordersFace(l *graph.Layout) func(int) graph.Face {
	return func(box int) graph.Face {
		f := l.Face(box)
		switch l.Boxes[box].Members[0] {
		case 4, 9:
			f.Frame, f.Border, f.Title[0].Style = draw.Heavy, draw.Hot, draw.Hot
		case 6:
			f.Note[0].Style = draw.Dead
		}
		return f
	}
}

// paint is the whole of a layout with its labels.
func paint(l *graph.Layout) draw.Grid {
	g := draw.New(l.W, l.H)
	l.Draw(g, nil, nil)
	l.Labels(g)
	return g
}

// shop is a larger system: sources, topics with queues, and workers that
// emit again.
func shop(sources, topics, queues, workers int, r *rand.Rand) graph.Graph {
	var g graph.Graph
	add := func(n int, name string, node graph.Node) int {
		first := len(g.Nodes)
		for i := range n {
			node.Title = fmt.Sprintf("%s-%d", name, i+1)
			g.Nodes = append(g.Nodes, node)
		}
		return first
	}
	s := add(sources, "source", graph.Node{Kind: graph.Source, Note: "poisson", Body: 2, Width: 22})
	t := add(topics, "topic", graph.Node{Kind: graph.Channel, Note: "topic", Body: 2, Width: 26})
	q := add(queues, "queue", graph.Node{Kind: graph.Channel, Note: "queue", Body: 2, Width: 26})
	w := add(workers, "worker", graph.Node{Kind: graph.Worker, Note: "×2", Body: 2, Width: 26})
	for i := range sources {
		g.Edges = append(g.Edges, graph.Edge{From: s + i, To: t + i%topics, Label: "12/s"})
	}
	for i := range queues {
		g.Edges = append(g.Edges, graph.Edge{From: t + i*topics/queues, To: q + i, Kind: graph.Copy})
	}
	for i := range workers {
		g.Edges = append(g.Edges, graph.Edge{From: q + i%queues, To: w + i, Label: "12/s"})
		if r.IntN(8) == 0 {
			g.Edges = append(g.Edges, graph.Edge{From: w + i, To: q + r.IntN(queues), Kind: graph.Emit})
		}
	}
	return g
}
