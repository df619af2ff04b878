package graph

import "eddy/tui/draw"

// route is the way of an edge from border to border.
func (p *plan) route(edge int) []Step {
	if n := p.linkOf[edge]; n >= 0 {
		return p.linkRoute(p.links[n])
	}
	var w walk
	for k, i := range p.hopsOf[edge] {
		h := p.hops[i]
		if k > 0 {
			w.to(p.edgeOfGutter(h.from), w.y)
		}
		p.walkHop(&w, h)
	}
	return w.steps
}

// walk goes from cell to cell and remembers the way.
type walk struct {
	steps []Step
	x, y  int
	begun bool
}

// to goes straight to (x, y), which is in the same row or column.
func (w *walk) to(x, y int) {
	if !w.begun {
		w.x, w.y, w.begun = x, y, true
		w.steps = append(w.steps, Step{X: x, Y: y})
		return
	}
	for w.x != x || w.y != y {
		dir := draw.East
		switch {
		case x < w.x:
			dir, w.x = draw.West, w.x-1
		case x > w.x:
			w.x++
		case y < w.y:
			dir, w.y = draw.Up, w.y-1
		default:
			dir, w.y = draw.Down, w.y+1
		}
		w.steps[len(w.steps)-1].Dir = dir
		w.steps = append(w.steps, Step{X: w.x, Y: w.y, Dir: dir})
	}
}

// edgeOfGutter is the column of the gutter's cell beside an end.
func (p *plan) edgeOfGutter(e end) int {
	c := p.items[e.item].column
	if e.right {
		return p.gutters[c+1].x
	}
	return p.gutters[c].x + p.gutters[c].width - 1
}

func (p *plan) walkHop(w *walk, h hop) {
	n := &p.nets[h.net]
	from, to := p.rowAt(n, h.from), p.rowAt(n, h.to)
	w.to(p.edgeOfGutter(h.from), from)
	if n.track >= 0 {
		w.to(n.x, from)
		w.to(n.x, to)
	}
	w.to(p.edgeOfGutter(h.to), to)
	if len(w.steps) == 1 { // a gutter of one cell
		w.steps[0].Dir = draw.East
		if !h.from.right {
			w.steps[0].Dir = draw.West
		}
	}
	last := &w.steps[len(w.steps)-1]
	last.Dir = draw.East
	if h.to.right {
		last.Dir = draw.West
	}
}

func (p *plan) rowAt(n *net, e end) int {
	for _, q := range n.ports {
		if q.end == e {
			return q.row
		}
	}
	return 0
}

func (p *plan) linkRoute(l link) []Step {
	from, to := p.items[l.from], p.items[l.to]
	var w walk
	if from.y < to.y {
		w.to(l.x, from.y+from.height)
		w.to(l.x, to.y-1)
		w.steps[len(w.steps)-1].Dir = draw.Down
	} else {
		w.to(l.x, from.y-1)
		w.to(l.x, to.y+to.height)
		w.steps[len(w.steps)-1].Dir = draw.Up
	}
	return w.steps
}

func opposite(d draw.Arms) draw.Arms {
	switch d {
	case draw.Up:
		return draw.Down
	case draw.Down:
		return draw.Up
	case draw.East:
		return draw.West
	}
	return draw.East
}
