package graph

import "math"

// placeRows gives every item its row: as near as can be to the middle of what
// it is connected with, in the order of its column.
func (p *plan) placeRows() {
	p.stack()
	sides := p.neighbours()
	for sweep := range 6 {
		for k := range p.columns {
			c := k
			if sweep%2 == 1 {
				c = len(p.columns) - 1 - k
			}
			p.alignColumn(c, sides, sweep)
		}
	}
}

// stack puts each column into the middle of the height.
func (p *plan) stack() {
	if p.h <= 0 {
		for c := range p.columns {
			p.h = max(p.h, total(p.columnHeightsAndGaps(c, true)))
		}
	}
	for c, column := range p.columns {
		heights, gaps := p.gapsThatFit(c)
		y := (p.h - total(heights, gaps)) / 2
		for i, it := range column {
			p.items[it].y = y
			y += heights[i]
			if i < len(gaps) {
				y += gaps[i]
			}
		}
	}
}

// gapsThatFit are the gaps that make it easy to read when there is room for
// them, else as many of them as there is room for.
func (p *plan) gapsThatFit(c int) (heights, gaps []int) {
	heights, gaps = p.columnHeightsAndGaps(c, true)
	_, least := p.columnHeightsAndGaps(c, false)
	over := total(heights, gaps) - p.h
	for round := 0; over > 0 && round < 2; round++ {
		for i := len(gaps) - 1; i >= 0 && over > 0; i-- {
			// First between boxes that nothing connects, then anywhere.
			if gaps[i] > least[i] && (round == 1 || least[i] == 0) {
				gaps[i]--
				over--
			}
		}
	}
	return heights, gaps
}

func (p *plan) alignColumn(c int, sides [2][][]int, sweep int) {
	column := p.columns[c]
	heights, gaps := p.gapsThatFit(c)
	want := make([]float64, len(column))
	for i, it := range column {
		near := sides[sweep%2][it]
		if len(near) == 0 || sweep >= 4 {
			near = append(append([]int{}, sides[0][it]...), sides[1][it]...)
		}
		want[i] = float64(p.items[it].y)
		if len(near) > 0 {
			sum := 0.0
			for _, other := range near {
				sum += float64(p.items[other].y) + float64(p.items[other].height-1)/2
			}
			want[i] = sum/float64(len(near)) - float64(heights[i]-1)/2
		}
	}
	for i, y := range stackNear(heights, gaps, want, 0, p.h) {
		p.items[column[i]].y = y
	}
}

// stackNear places things of these heights, with at least these gaps between them, in
// this order within rows from lo to before hi, so that the sum of the squares
// of their distances from where they want to be is least. (Isotonic
// regression by pooling adjacent violators, then bounded.)
func stackNear(heights, gaps []int, want []float64, lo, hi int) []int {
	n := len(heights)
	offset := make([]int, n)
	for i := 1; i < n; i++ {
		offset[i] = offset[i-1] + heights[i-1] + gaps[i-1]
	}
	type pool struct {
		sum float64
		n   int
	}
	var pools []pool
	for i := range n {
		pools = append(pools, pool{want[i] - float64(offset[i]), 1})
		for k := len(pools) - 1; k > 0 && pools[k-1].sum*float64(pools[k].n) > pools[k].sum*float64(pools[k-1].n); k-- {
			pools[k-1] = pool{pools[k-1].sum + pools[k].sum, pools[k-1].n + pools[k].n}
			pools = pools[:k]
		}
	}
	y := make([]int, 0, n)
	most := hi - lo
	if n > 0 {
		most = hi - lo - offset[n-1] - heights[n-1]
	}
	for _, q := range pools {
		z := int(math.Floor(q.sum/float64(q.n) + 0.5))
		for range q.n {
			y = append(y, lo+max(0, min(z, most))+offset[len(y)])
		}
	}
	return y
}
