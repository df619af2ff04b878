package graph

import "slices"

// placeTracks gives the vertical part of each net its track in its gutter:
// an order with few crossings, and no two on one track that would touch.
func (p *plan) placeTracks() {
	for g := range p.gutters {
		p.gutterTracks(&p.gutters[g])
	}
}

func (p *plan) gutterTracks(g *gutter) {
	var bent []int
	for _, i := range g.nets {
		if !p.nets[i].span() {
			bent = append(bent, i)
		}
	}
	p.orderTracks(bent)
	for k, i := range bent {
		n := &p.nets[i]
		n.track = 0
		for _, j := range bent[:k] {
			if o := &p.nets[j]; n.lo <= o.hi && o.lo <= n.hi {
				n.track = max(n.track, o.track+1)
			}
		}
		g.tracks = max(g.tracks, n.track+1)
	}
	p.measureLabels(g)
}

// orderTracks sorts nets from left to right: neighbours are exchanged while
// that makes fewer lines cross or run into one another.
func (p *plan) orderTracks(nets []int) {
	slices.SortStableFunc(nets, func(a, b int) int { return p.lean(a) - p.lean(b) })
	for range len(nets) {
		better := false
		for i := range len(nets) - 1 {
			a, b := &p.nets[nets[i]], &p.nets[nets[i+1]]
			if a.hi < b.lo || b.hi < a.lo {
				continue
			}
			if clashes(b, a) < clashes(a, b) {
				nets[i], nets[i+1] = nets[i+1], nets[i]
				better = true
			}
		}
		if !better {
			return
		}
	}
}

// lean is how far down a net goes on its way to the right, negated: what goes
// down most stands furthest left, so that it passes below the others' ends.
func (p *plan) lean(i int) int {
	left, right, nl, nr := 0, 0, 0, 0
	for _, q := range p.nets[i].ports {
		if q.onLeft() {
			left, nl = left+q.row, nl+1
		} else {
			right, nr = right+q.row, nr+1
		}
	}
	if nl == 0 || nr == 0 {
		return 0
	}
	return left/nl - right/nr
}

// clashes weighs what goes wrong when a is on the track left of b: lines that
// cross, and, much worse, lines that run into one another.
func clashes(a, b *net) int {
	const overlap = 1000
	sum := 0
	for _, q := range a.ports {
		if !q.onLeft() && q.row >= b.lo && q.row <= b.hi {
			sum++
			if b.leavesAt(q.row, true) {
				sum += overlap
			}
		}
	}
	for _, q := range b.ports {
		if q.onLeft() && q.row >= a.lo && q.row <= a.hi {
			sum++
		}
	}
	return sum
}

func (n *net) leavesAt(row int, left bool) bool {
	for _, q := range n.ports {
		if q.row == row && q.onLeft() == left {
			return true
		}
	}
	return false
}

// measureLabels finds the widest label at each side of a gutter.
func (p *plan) measureLabels(g *gutter) {
	for _, i := range g.nets {
		for _, q := range p.nets[i].ports {
			if q.hop < 0 {
				continue
			}
			if q.onLeft() {
				g.left = max(g.left, p.hops[q.hop].label)
			} else {
				g.right = max(g.right, p.hops[q.hop].label)
			}
		}
	}
}
