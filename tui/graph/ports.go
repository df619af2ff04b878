package graph

import (
	"math"
	"slices"
)

// placePorts gives each net a row at each of its items, so that lines are
// straight where they can be and do not cross beside the box.
func (p *plan) placePorts() {
	sides := p.portsBySide()
	for _, refs := range sides {
		for _, r := range refs {
			q := p.port(r)
			q.row = p.middle(q.item)
		}
	}
	for round := range 4 {
		for s := range sides {
			k := s
			if round%2 == 1 {
				k = len(sides) - 1 - s
			}
			p.placeSide(sides[k])
		}
	}
	for range 3 {
		if !p.avoidMeeting(sides) {
			return
		}
	}
}

// portRef names a port by its net and place in it.
type portRef struct{ net, port int }

func (p *plan) port(r portRef) *port { return &p.nets[r.net].ports[r.port] }

// portsBySide are the ports of each side of each item that has any, by item.
func (p *plan) portsBySide() [][]portRef {
	all := make([][]portRef, 2*len(p.items))
	for n, net := range p.nets {
		for i, q := range net.ports {
			k := 2 * q.item
			if q.right {
				k++
			}
			all[k] = append(all[k], portRef{n, i})
		}
	}
	return slices.DeleteFunc(all, func(refs []portRef) bool { return len(refs) == 0 })
}

// placeSide gives the ports of one side their rows.
func (p *plan) placeSide(refs []portRef) {
	from, to := p.rows(p.port(refs[0]).item)
	key := make(map[portRef]float64, len(refs))
	want := make(map[portRef]float64, len(refs))
	for _, r := range refs {
		key[r], want[r] = p.wish(r)
	}
	slices.SortStableFunc(refs, func(a, b portRef) int {
		switch {
		case key[a] < key[b]:
			return -1
		case key[a] > key[b]:
			return 1
		}
		return 0
	})
	if len(refs) > to-from+1 { // the rows of the border as well
		it := p.items[p.port(refs[0]).item]
		from, to = it.y, it.y+it.height-1
	}
	rows := to - from + 1
	if len(refs) > rows { // they share rows
		for i, r := range refs {
			p.port(r).row = from + i*rows/len(refs)
		}
		return
	}
	gap := 0
	if 2*len(refs)-1 <= rows {
		gap = 1 // a label fits between
	}
	heights, gaps, wants := make([]int, len(refs)), make([]int, len(refs)), make([]float64, len(refs))
	for i, r := range refs {
		heights[i], gaps[i], wants[i] = 1, gap, want[r]
	}
	for i, y := range stackNear(heights, gaps[:len(refs)-1], wants, from, to+1) {
		p.port(refs[i]).row = y
	}
}

// wish is where a port belongs among those of its side, and its own row.
func (p *plan) wish(r portRef) (key, row float64) {
	n := &p.nets[r.net]
	own := p.port(r)
	sum, count := 0.0, 0
	for i, q := range n.ports {
		if i != r.port && (r.port == 0 || i == 0) {
			sum += float64(q.row)
			count++
		}
	}
	row = sum / float64(max(1, count))
	from, to := p.rows(own.item)
	// What goes around to the same side leaves at the near end of the box.
	key = row
	if r.port > 0 && len(n.ports) > 2 && (row < float64(from) || row > float64(to)) {
		return key, float64(p.middle(own.item))
	}
	return key, math.Max(float64(from), math.Min(float64(to), row))
}

// avoidMeeting moves ports off rows at which a port of another net stands on the
// other side of the gutter, when their lines would run into one another and
// the box has a free row. It tells whether it moved any.
func (p *plan) avoidMeeting(sides [][]portRef) bool {
	type place struct{ gutter, row int }
	leftAt := map[place]int{}
	for n, net := range p.nets {
		for _, q := range net.ports {
			if q.onLeft() {
				leftAt[place{net.gutter, q.row}] = n + 1
			}
		}
	}
	moved := false
	for _, refs := range sides {
		for _, r := range refs {
			q := p.port(r)
			g := p.nets[r.net].gutter
			other := leftAt[place{g, q.row}] - 1
			if q.onLeft() || other < 0 || other == r.net || !p.nets[other].leansAgainst(&p.nets[r.net]) {
				continue
			}
			from, to := p.rows(q.item)
			for _, row := range []int{q.row + 1, q.row - 1, q.row + 2, q.row - 2} {
				if row >= from && row <= to && leftAt[place{g, row}] == 0 && !p.rowTaken(refs, row) {
					q.row, moved = row, true
					break
				}
			}
		}
	}
	return moved
}

// leansAgainst tells whether both nets have a left and a right port that
// stand opposite one of the other: neither can be left of the other then.
func (n *net) leansAgainst(o *net) bool {
	return n.blocks(o) && o.blocks(n)
}

// blocks tells whether n must be left of o: it has a left port opposite to a
// right port of o.
func (n *net) blocks(o *net) bool {
	for _, a := range n.ports {
		for _, b := range o.ports {
			if a.onLeft() && !b.onLeft() && a.row == b.row {
				return true
			}
		}
	}
	return false
}

func (p *plan) rowTaken(refs []portRef, row int) bool {
	for _, r := range refs {
		if p.port(r).row == row {
			return true
		}
	}
	return false
}
