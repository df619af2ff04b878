package graph_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"eddy/tui/draw"
	"eddy/tui/graph"
)

func BenchmarkLay(b *testing.B) {
	r := func() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
	for _, c := range []struct {
		name string
		g    graph.Graph
		w, h int
	}{
		{"orders-118x22", orders(), 118, 22},
		{"60-118x33", shop(12, 4, 20, 24, r()), 118, 33},
		{"500-118x33", shop(100, 40, 160, 200, r()), 118, 33},
		{"500-unlimited", shop(100, 40, 160, 200, r()), 0, 0},
		{"500-wild-unlimited", wild(r(), 500, 700), 0, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				l, _ := graph.Lay(c.g, c.w, c.h)
				if l != nil && len(l.Routes) != len(c.g.Edges) {
					b.Fatal(fmt.Sprint(len(l.Routes)))
				}
			}
		})
	}
}

func BenchmarkDraw(b *testing.B) {
	l, _ := graph.Lay(orders(), 118, 22)
	g := draw.New(l.W, l.H)
	b.ReportAllocs()
	for b.Loop() {
		g.Clear()
		l.Draw(g, nil, nil)
		for e := range l.Routes {
			l.Dashes(g, e, 3, 0.5, draw.Flow)
			l.Particle(g, e, 0.4, '●', draw.Event)
		}
	}
}
