package graph_test

import (
	"fmt"
	"os"
	"testing"

	"eddy/tui/draw"
	"eddy/tui/graph"
)

func TestTry(t *testing.T) {
	l, ok := graph.Lay(orders(), 118, 22)
	if !ok {
		t.Fatal("does not fit")
	}
	g := draw.New(l.W, l.H)
	l.Draw(g, ordersFace(l), ordersBody(l))
	l.Labels(g)
	fmt.Println(g.String())
	if dir := os.Getenv("EDDY_PICTURES"); dir != "" {
		f, _ := os.Create(dir + "/graph.svg")
		draw.SVG(f, g, &draw.Dark, "x")
		f.Close()
	}
}
