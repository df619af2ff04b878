package graph_test

import (
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"eddy/tui/draw"
	"eddy/tui/graph"
)

var update = flag.Bool("update", false, "rewrite the expected pictures in testdata")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got+"\n" != string(want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", name, got, want)
	}
}

// calls is a chain of services that call one another, beside a queue whose
// worker feeds itself again.
func calls() graph.Graph {
	return graph.Graph{
		Nodes: []graph.Node{
			{Title: "顧客", Kind: graph.Source, Body: 1},
			{Title: "checkout", Note: "×2", Kind: graph.Worker, Body: 1},
			{Title: "支払いサービス-とても長い名前です", Note: "×4", Kind: graph.Worker, Body: 1, Width: 26},
			{Title: "fraud-check", Kind: graph.Worker, Body: 1},
			{Title: "retries", Note: "queue", Kind: graph.Channel, Body: 1},
			{Title: "retrier", Kind: graph.Worker, Body: 1},
		},
		Edges: []graph.Edge{
			{From: 0, To: 1, Kind: graph.Call, Label: "120/s"},
			{From: 1, To: 2, Kind: graph.Call},
			{From: 1, To: 3, Kind: graph.Call},
			{From: 2, To: 3, Kind: graph.Call},
			{From: 2, To: 4, Kind: graph.Emit, Label: "失敗"},
			{From: 4, To: 5},
			{From: 5, To: 4, Kind: graph.Emit},
			{From: 5, To: 5, Kind: graph.Call},
			{From: 9, To: 0}, // to nowhere
		},
	}
}

func TestGoldens(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name string
		g    graph.Graph
		w, h int
	}{
		{"orders-118x22", orders(), 118, 22},
		{"orders-118x14", orders(), 118, 14},
		{"orders-78x20", orders(), 78, 20},
		{"orders-unlimited", orders(), 0, 0},
		{"calls-90x20", calls(), 90, 20},
		{"calls-unlimited", calls(), 0, 0},
		{"60-components-118x33", shop(12, 4, 20, 24, r), 118, 33},
		{"60-components-118x20", shop(12, 4, 20, 24, r), 118, 20},
	} {
		l, ok := graph.Lay(c.g, c.w, c.h)
		if !ok {
			t.Errorf("%s does not fit", c.name)
			continue
		}
		checkLayout(t, c.g, l, c.w, c.h)
		golden(t, c.name, paint(l).String())
	}
	golden(t, "orders-full-118x22", ordersPicture(t, 118, 22, false).String())
	golden(t, "orders-moving-118x22", ordersPicture(t, 118, 22, true).String())
}

// TestSameAgain: nothing depends on the order of a map.
func TestSameAgain(t *testing.T) {
	g := shop(12, 4, 20, 24, rand.New(rand.NewPCG(3, 4)))
	first, _ := graph.Lay(g, 118, 33)
	for range 5 {
		if again, _ := graph.Lay(g, 118, 33); !reflect.DeepEqual(first, again) {
			t.Fatal("the same graph was laid out differently")
		}
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {118, 2}, {10, 40}, {1, 100}} {
		if l, ok := graph.Lay(orders(), size[0], size[1]); ok || l != nil {
			t.Errorf("%v: it fits", size)
		}
	}
	if l, ok := graph.Lay(graph.Graph{}, 1, 1); !ok || len(l.Boxes) != 0 {
		t.Error("an empty graph does not fit")
	}
	one := graph.Graph{Nodes: []graph.Node{{Title: "alone"}}, Edges: []graph.Edge{{From: 0, To: 0}, {From: -1, To: 7}}}
	l, ok := graph.Lay(one, 12, 1)
	if !ok || !l.Boxes[0].Loop {
		t.Fatal("one node does not fit one line")
	}
	golden(t, "one-12x1", paint(l).String())
}

// TestEqualNodesAreOneBox: two hundred sources and workers of two queues fit when
// equal ones are put together.
func TestEqualNodesAreOneBox(t *testing.T) {
	var g graph.Graph
	g.Nodes = append(g.Nodes, graph.Node{Title: "a", Kind: graph.Channel}, graph.Node{Title: "b", Kind: graph.Channel})
	for i := range 200 {
		g.Nodes = append(g.Nodes, graph.Node{Title: "source-" + draw.Count(int64(i)), Kind: graph.Source}, graph.Node{Title: "w" + draw.Count(int64(i)), Kind: graph.Worker})
		n := len(g.Nodes)
		g.Edges = append(g.Edges, graph.Edge{From: n - 2, To: i % 2}, graph.Edge{From: i % 2, To: n - 1})
	}
	l, ok := graph.Lay(g, 80, 20)
	if !ok || len(l.Boxes) != 6 {
		t.Fatalf("fits: %v", ok)
	}
	checkLayout(t, g, l, 80, 20)
	golden(t, "equal-80x20", paint(l).String())

	// Pipelines beside one another have no neighbours in common, only their part.
	g = graph.Graph{}
	for i := range 100 {
		for k := range 3 {
			g.Nodes = append(g.Nodes, graph.Node{Title: []string{"in", "queue", "out"}[k] + draw.Count(int64(i)), Kind: graph.NodeKind(k)})
		}
		g.Edges = append(g.Edges, graph.Edge{From: 3 * i, To: 3*i + 1}, graph.Edge{From: 3*i + 1, To: 3*i + 2})
	}
	l, ok = graph.Lay(g, 80, 20)
	if !ok || len(l.Boxes) != 3 || len(l.Boxes[0].Members) != 100 {
		t.Fatalf("fits: %v", ok)
	}
	checkLayout(t, g, l, 80, 20)
}

// TestVeryLarge: the largest systems there can be are told not to fit, and soon:
// the test would take hours if it depended on how they can be laid out.
func TestVeryLarge(t *testing.T) {
	var chain graph.Graph
	for i := range 10_000 {
		chain.Nodes = append(chain.Nodes, graph.Node{Title: "n", Kind: graph.NodeKind(1 + i%2)})
		if i > 0 {
			chain.Edges = append(chain.Edges, graph.Edge{From: i - 1, To: i})
		}
	}
	for _, g := range []graph.Graph{chain, wild(rand.New(rand.NewPCG(1, 1)), 10_000, 20_000)} {
		if l, ok := graph.Lay(g, 300, 100); ok {
			checkLayout(t, g, l, 300, 100)
		}
	}
}

func TestColumnHint(t *testing.T) {
	g := graph.Graph{
		Nodes: []graph.Node{{Title: "a", Column: 3}, {Title: "b", Column: 1}, {Title: "c", Column: 2}},
		Edges: []graph.Edge{{From: 1, To: 0}, {From: 0, To: 2}},
	}
	l, ok := graph.Lay(g, 80, 10)
	if !ok {
		t.Fatal("does not fit")
	}
	checkLayout(t, g, l, 80, 10)
	if a, b, c := l.Boxes[0].X, l.Boxes[1].X, l.Boxes[2].X; b >= c || c >= a {
		t.Errorf("columns at %d, %d, %d", a, b, c)
	}
}

func TestMotion(t *testing.T) {
	l, _ := graph.Lay(orders(), 118, 22)
	for e, route := range l.Routes {
		last := -1
		for i := range 201 {
			x, y, ok := l.At(e, float64(i)/200)
			at := -1
			for k, s := range route.Steps {
				if s.X == x && s.Y == y {
					at = k
				}
			}
			if !ok || at < last || at > last+1 {
				t.Fatalf("edge %d: from step %d to %d", e, last, at)
			}
			last = at
		}
		if last != len(route.Steps)-1 {
			t.Errorf("edge %d: an event that arrives is at step %d of %d", e, last, len(route.Steps))
		}
	}
	for _, progress := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
		if _, _, ok := l.At(0, progress); ok {
			t.Errorf("progress %v is somewhere", progress)
		}
	}
	if _, _, ok := l.At(99, 0.5); ok {
		t.Error("an edge that is not there is somewhere")
	}
	a, b, c := draw.New(118, 22), draw.New(118, 22), draw.New(118, 22)
	l.Dashes(a, 4, 0, 0.5, draw.Event)
	l.Dashes(b, 4, 1, 0.5, draw.Event)
	l.Dashes(c, 4, -4e3, 0.5, draw.Event)
	if a.String() == b.String() || a.String() != c.String() {
		t.Error("dashes do not move by their period")
	}
	l.Dashes(a, 4, math.NaN(), math.NaN(), draw.Event)
	l.Draw(a, nil, nil)
	l.Highlight(a, 8, draw.Accent)
	for _, s := range l.Routes[8].Steps {
		if r, style := a.At(s.X, s.Y); style != draw.Accent || r == ' ' {
			t.Fatalf("%v shows %q in style %d", s, r, style)
		}
	}
	l.Highlight(a, -1, draw.Accent)
}

func TestChoosingBoxes(t *testing.T) {
	l, _ := graph.Lay(orders(), 118, 22)
	for i, b := range l.Boxes {
		if got, ok := l.BoxAt(b.X+b.W-1, b.Y); !ok || got != i {
			t.Errorf("BoxAt finds %d in box %d", got, i)
		}
	}
	if _, ok := l.BoxAt(25, 0); ok {
		t.Error("there is a box between the columns")
	}
	for _, c := range []struct {
		from int
		dir  draw.Arms
		want int
	}{{0, draw.Down, 1}, {2, draw.Down, 2}, {0, draw.East, 3}, {3, draw.West, 0}, {4, draw.East, 9}, {9, draw.Up, 8}, {10, draw.East, 10}, {99, draw.Up, 0}} {
		if got := l.Beside(c.from, c.dir); got != c.want {
			t.Errorf("from %d in direction %d: %d, want %d", c.from, c.dir, got, c.want)
		}
	}
	// Every box can be reached with the arrow keys.
	reached := map[int]bool{0: true}
	for range l.Boxes {
		for b := range l.Boxes {
			if reached[b] {
				for _, dir := range []draw.Arms{draw.Up, draw.East, draw.Down, draw.West} {
					reached[l.Beside(b, dir)] = true
				}
			}
		}
	}
	if len(reached) != len(l.Boxes) {
		t.Errorf("only %d of %d boxes are reached", len(reached), len(l.Boxes))
	}
}
