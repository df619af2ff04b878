package graph

import "slices"

// Beyond so many items the order is left as the sweeps found it: trying every
// exchange of neighbours would take too long.
const polishAtMost = 120

// order puts the items of each column into an order with few crossings: each
// in turn to where its neighbours in the next column are, to and fro, and the
// best order seen is kept; then neighbours are exchanged while that helps.
func (p *plan) order() {
	sides := p.neighbours()
	best := p.copyColumns()
	least := p.orderCost()
	for sweep := range 8 {
		if sweep%2 == 0 {
			for c := 1; c < len(p.columns); c++ {
				p.byNeighbours(c, sides[0])
			}
		} else {
			for c := len(p.columns) - 2; c >= 0; c-- {
				p.byNeighbours(c, sides[1])
			}
		}
		if cost := p.orderCost(); cost < least {
			least, best = cost, p.copyColumns()
		}
	}
	p.columns = best
	if len(p.items) <= polishAtMost {
		p.polish(least)
	}
}

// neighbours are, of each item, the items it has hops to in the column before
// it and after it.
func (p *plan) neighbours() [2][][]int {
	var sides [2][][]int
	sides[0], sides[1] = make([][]int, len(p.items)), make([][]int, len(p.items))
	for _, h := range p.hops {
		a, b := h.from.item, h.to.item
		if p.items[a].column > p.items[b].column {
			a, b = b, a
		}
		sides[1][a] = append(sides[1][a], b)
		sides[0][b] = append(sides[0][b], a)
	}
	return sides
}

func (p *plan) copyColumns() [][]int {
	c := make([][]int, len(p.columns))
	for i := range c {
		c[i] = slices.Clone(p.columns[i])
	}
	return c
}

// byNeighbours sorts a column by the mean place of each item's neighbours. An
// item without any keeps its place.
func (p *plan) byNeighbours(c int, neighbours [][]int) {
	pos := p.positions()
	key := make(map[int]float64, len(p.columns[c]))
	for i, it := range p.columns[c] {
		key[it] = float64(i) / float64(max(1, len(p.columns[c])))
		if n := len(neighbours[it]); n > 0 {
			sum := 0.0
			for _, other := range neighbours[it] {
				sum += (float64(pos[other]) + 0.5) / float64(len(p.columns[p.items[other].column]))
			}
			key[it] = sum / float64(n)
		}
	}
	slices.SortStableFunc(p.columns[c], func(a, b int) int {
		switch {
		case key[a] < key[b]:
			return -1
		case key[a] > key[b]:
			return 1
		}
		return 0
	})
}

// polish exchanges neighbours in a column while the cost falls.
func (p *plan) polish(cost int) {
	for range 6 {
		better := false
		for _, column := range p.columns {
			for i := range len(column) - 1 {
				column[i], column[i+1] = column[i+1], column[i]
				if c := p.orderCost(); c < cost {
					cost, better = c, true
				} else {
					column[i], column[i+1] = column[i+1], column[i]
				}
			}
		}
		if !better {
			return
		}
	}
}

// orderCost weighs crossings, edges within a column that are long or lead
// upwards, and leaving the order in which the nodes were given.
func (p *plan) orderCost() int {
	pos := p.positions()
	cost := 100 * p.crossings(pos)
	for _, e := range p.edges {
		if p.items[e.from].column == p.items[e.to].column {
			d := pos[e.to] - pos[e.from]
			if d < 0 {
				cost += 30
				d = -d
			}
			if d != 1 {
				cost += 40 + 4*d
				if e.kind == Copy {
					cost += 60
				}
			}
		}
	}
	for _, column := range p.columns {
		for i := 1; i < len(column); i++ {
			if p.box(column[i]) && p.box(column[i-1]) && column[i] < column[i-1] {
				cost++
			}
		}
	}
	return cost
}

// crossings counts the pairs of hops that cross, gutter by gutter.
func (p *plan) crossings(pos []int) int {
	byGutter := make([][][2]int, len(p.columns)+1)
	for _, h := range p.hops {
		a, b := h.from.item, h.to.item
		if p.items[a].column > p.items[b].column {
			a, b = b, a
		}
		if p.items[a].column != p.items[b].column {
			g := p.items[b].column
			byGutter[g] = append(byGutter[g], [2]int{pos[a], pos[b]})
		}
	}
	total := 0
	for _, pairs := range byGutter {
		total += inversions(pairs)
	}
	return total
}

// inversions counts the pairs whose order on the left is the opposite of
// their order on the right, with a tree of counts over the right places.
func inversions(pairs [][2]int) int {
	slices.SortFunc(pairs, func(a, b [2]int) int {
		if a[0] != b[0] {
			return a[0] - b[0]
		}
		return a[1] - b[1]
	})
	most := 0
	for _, pair := range pairs {
		most = max(most, pair[1])
	}
	tree := make([]int, most+2)
	total := 0
	for seen, pair := range pairs {
		atMost := 0
		for i := pair[1] + 1; i > 0; i -= i & -i {
			atMost += tree[i]
		}
		total += seen - atMost
		for i := pair[1] + 1; i < len(tree); i += i & -i {
			tree[i]++
		}
	}
	return total
}
