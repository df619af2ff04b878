package graph_test

import (
	"math/rand/v2"
	"testing"

	"eddy/tui/draw"
	"eddy/tui/graph"
)

// checkLayout holds a layout to the promise of the package.
func checkLayout(t *testing.T, g graph.Graph, l *graph.Layout, w, h int) {
	t.Helper()
	page := draw.Rect{W: w, H: h}
	if w == 0 || h == 0 {
		page = draw.Rect{W: l.W, H: l.H}
	}
	taken := map[[2]int]int{}
	seen := make([]int, len(g.Nodes))
	for i, b := range l.Boxes {
		if b.Empty() || b.Intersect(page) != b.Rect {
			t.Fatalf("box %d %v is not inside %v", i, b.Rect, page)
		}
		for y := b.Y; y < b.Bottom(); y++ {
			for x := b.X; x < b.Right(); x++ {
				if other, ok := taken[[2]int{x, y}]; ok {
					t.Fatalf("boxes %d and %d overlap at %d,%d", other, i, x, y)
				}
				taken[[2]int{x, y}] = i
			}
		}
		for _, m := range b.Members {
			seen[m]++
			if l.BoxOf[m] != i {
				t.Fatalf("node %d is in box %d, BoxOf says %d", m, i, l.BoxOf[m])
			}
		}
	}
	for n, count := range seen {
		if count != 1 {
			t.Fatalf("node %d is in %d boxes", n, count)
		}
	}
	for i, e := range g.Edges {
		if e.From < 0 || e.To < 0 || e.From >= len(g.Nodes) || e.To >= len(g.Nodes) {
			continue
		}
		checkRoute(t, l, i, l.BoxOf[e.From], l.BoxOf[e.To], page, taken)
	}
	checkDrawing(t, l)
}

// checkRoute follows an edge from one border to the other.
func checkRoute(t *testing.T, l *graph.Layout, edge, from, to int, page draw.Rect, boxes map[[2]int]int) {
	t.Helper()
	steps := l.Routes[edge].Steps
	if from == to {
		if len(steps) > 0 || !l.Boxes[from].Loop {
			t.Fatalf("edge %d within box %d: %d steps, loop %v", edge, from, len(steps), l.Boxes[from].Loop)
		}
		return
	}
	if len(steps) == 0 {
		t.Fatalf("edge %d from box %d to %d is not drawn", edge, from, to)
	}
	for k, s := range steps {
		if !page.Contains(s.X, s.Y) {
			t.Fatalf("edge %d leaves the page at %v", edge, s)
		}
		if b, ok := boxes[[2]int{s.X, s.Y}]; ok {
			t.Fatalf("edge %d runs over box %d at %v", edge, b, s)
		}
		x, y := move(s)
		if k+1 < len(steps) {
			if next := steps[k+1]; next.X != x || next.Y != y {
				t.Fatalf("edge %d jumps from %v to %v", edge, s, next)
			}
		} else if b, ok := boxes[[2]int{x, y}]; !ok || b != to {
			t.Fatalf("edge %d ends at %v, which does not touch box %d", edge, s, to)
		}
	}
	touches := false
	for _, d := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		b, ok := boxes[[2]int{steps[0].X + d[0], steps[0].Y + d[1]}]
		touches = touches || ok && b == from
	}
	if !touches {
		t.Fatalf("edge %d begins at %v, which does not touch box %d", edge, steps[0], from)
	}
	if r := l.Routes[edge].Label; !r.Empty() && r.Intersect(page) != r {
		t.Fatalf("the label of edge %d, %v, is not on the page", edge, r)
	}
}

func move(s graph.Step) (x, y int) {
	switch s.Dir {
	case draw.Up:
		return s.X, s.Y - 1
	case draw.Down:
		return s.X, s.Y + 1
	case draw.West:
		return s.X - 1, s.Y
	}
	return s.X + 1, s.Y
}

// checkDrawing tells whether every cell of every route shows a line, and no
// label hides one.
func checkDrawing(t *testing.T, l *graph.Layout) {
	t.Helper()
	g := draw.New(l.W, l.H)
	l.Draw(g, nil, nil)
	for i, route := range l.Routes {
		for _, s := range route.Steps {
			if r, _ := g.At(s.X, s.Y); r < 0x2500 || r > 0x25ff {
				t.Fatalf("edge %d shows %q at %v", i, r, s)
			}
		}
		for x := route.Label.X; x < route.Label.Right(); x++ {
			if g.Drawn(x, route.Label.Y) {
				t.Fatalf("the label of edge %d hides something at %d,%d", i, x, route.Label.Y)
			}
		}
	}
	for i := range l.Routes {
		l.Dashes(g, i, float64(i)*1.7, 0.5, draw.Flow)
		l.Particle(g, i, 0.5, '●', draw.Event)
	}
}

// wild is any graph: all kinds of nodes and edges, loops and circles.
func wild(r *rand.Rand, nodes, edges int) graph.Graph {
	var g graph.Graph
	for range nodes {
		g.Nodes = append(g.Nodes, graph.Node{
			Title: []string{"a", "orders", "分析サービス", "a-rather-long-name-of-a-component", ""}[r.IntN(5)],
			Note:  []string{"", "queue", "×12"}[r.IntN(3)], Kind: graph.NodeKind(r.IntN(3)),
			Body: r.IntN(5), Width: r.IntN(30), MinWidth: r.IntN(15), Column: max(0, r.IntN(30)-24),
		})
	}
	for range edges {
		g.Edges = append(g.Edges, graph.Edge{
			From: r.IntN(nodes+1) - r.IntN(2), To: r.IntN(nodes + 1), Kind: graph.EdgeKind(r.IntN(5)),
			Label: []string{"", "12/s", "214/s copy"}[r.IntN(3)],
		})
	}
	return g
}

func TestAnyGraph(t *testing.T) {
	fits := 0
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 7))
		nodes := 1 + r.IntN(14)
		g := wild(r, nodes, r.IntN(2*nodes))
		w, h := 20+r.IntN(160), 1+r.IntN(60)
		if seed%10 == 0 {
			w, h = 0, 0
		}
		l, ok := graph.Lay(g, w, h)
		if !ok {
			if seed%10 == 0 {
				t.Fatalf("seed %d: no layout without limits", seed)
			}
			continue
		}
		fits++
		checkLayout(t, g, l, w, h)
		if t.Failed() {
			t.Fatalf("seed %d: %d×%d", seed, w, h)
		}
	}
	if fits < 600 {
		t.Errorf("only %d graphs fitted", fits)
	}
}

func FuzzLay(f *testing.F) {
	f.Add(uint64(1), uint8(5), uint8(6), uint8(80), uint8(24))
	f.Add(uint64(2), uint8(1), uint8(1), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, seed uint64, nodes, edges, w, h uint8) {
		g := wild(rand.New(rand.NewPCG(seed, 1)), 1+int(nodes)%40, int(edges)%80)
		if l, ok := graph.Lay(g, int(w), int(h)); ok {
			checkLayout(t, g, l, int(w), int(h))
		}
	})
}
