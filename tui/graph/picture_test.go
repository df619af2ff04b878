package graph_test

import (
	"os"
	"path/filepath"
	"testing"

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

func TestPictures(t *testing.T) {
	dir := os.Getenv("EDDY_PICTURES")
	if dir == "" {
		t.Skip("EDDY_PICTURES names the folder for pictures to look at")
	}
	for _, theme := range draw.Themes() {
		f, err := os.Create(filepath.Join(dir, "graph-"+theme.Name+".svg"))
		if err != nil {
			t.Fatal(err)
		}
		if err := draw.SVG(f, ordersPicture(t, 118, 22, theme.Name == "light"), theme, "orders"); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
