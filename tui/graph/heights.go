package graph

// heights gives the items of each column their heights so that the column fits: all
// rows of content, and a row for each line that reaches a side, if there is room, else fewer and fewer for the boxes that
// have the most, then boxes of title and foot, then boxes of one line. It
// tells whether every column fits.
func (p *plan) heights() bool {
	for c := range p.columns {
		if !p.columnHeights(c) {
			return false
		}
	}
	return true
}

// tallest is the greatest number of rows of content that is looked at.
const tallest = 40

func (p *plan) columnHeights(c int) bool {
	most := 0
	for _, it := range p.columns[c] {
		if p.box(it) {
			most = max(most, min(tallest, p.nodes[p.items[it].box].body), p.items[it].ports)
		}
	}
	for limit := most; limit >= allOneLine; limit-- {
		p.limitBodies(c, limit)
		if p.h <= 0 || total(p.columnHeightsAndGaps(c, false)) <= p.h {
			p.countLost(c)
			return true
		}
	}
	return false
}

// Limits below no content at all: boxes of one line where one line is enough
// for what reaches them, and boxes of one line throughout.
const (
	someOneLine = -1
	allOneLine  = -2
)

// limitBodies gives no box of the column more rows of content than limit.
func (p *plan) limitBodies(c, limit int) {
	for _, i := range p.columns[c] {
		it := &p.items[i]
		if it.box < 0 {
			continue
		}
		it.body = max(0, min(limit, tallest, max(p.nodes[it.box].body, it.ports)))
		it.height = it.body + 2
		if limit == allOneLine || limit == someOneLine && it.ports <= 1 {
			it.height = 1
		}
	}
}

func (p *plan) countLost(c int) {
	for _, i := range p.columns[c] {
		it := p.items[i]
		if it.box < 0 {
			continue
		}
		p.lost += max(0, min(tallest, p.nodes[it.box].body)-it.body)
		if it.height == 1 {
			p.lost++
		}
	}
}

// columnHeightsAndGaps are the heights of a column's items and the gaps after
// each but the last: the least, or those that make a picture easy to read.
func (p *plan) columnHeightsAndGaps(c int, wish bool) (heights, gaps []int) {
	column := p.columns[c]
	for i, it := range column {
		heights = append(heights, p.items[it].height)
		if i+1 < len(column) {
			gaps = append(gaps, p.gap(it, column[i+1], wish))
		}
	}
	return heights, gaps
}

func (p *plan) gap(a, b int, wish bool) int {
	linked := 0
	if p.box(a) && p.box(b) {
		for _, l := range p.links {
			if l.from == a && l.to == b || l.from == b && l.to == a {
				linked = 1
			}
		}
	}
	switch {
	case !wish:
		return linked
	case p.items[a].box < 0 && p.items[b].box < 0:
		return 0
	}
	return linked + 1
}

func total(heights, gaps []int) int {
	sum := 0
	for _, h := range heights {
		sum += h
	}
	for _, g := range gaps {
		sum += g
	}
	return sum
}
