package graph

import "eddy/tui/draw"

// Lay finds a layout of g in w columns and h rows; where w or h is 0, it
// takes what it would like. It tries a few arrangements of the columns and
// takes the one that shows most of the content with the least disorder. When
// none fits, it puts equal nodes together, first those with the same
// neighbours, then those with the same part in the flow. The second result tells
// whether it fits at all; a graph without nodes always does.
func Lay(g Graph, w, h int) (*Layout, bool) {
	w, h = max(0, w), max(0, h)
	if len(g.Nodes) == 0 {
		return &Layout{W: w, H: h, graph: g, Routes: make([]Route, len(g.Edges))}, true
	}
	for _, group := range []func(Graph) [][]int{eachAlone, sameNeighbours, samePart} {
		members := group(g)
		if best := arrange(g, members, w, h); best != nil {
			return best.layout(g, members), true
		}
	}
	return nil, false
}

// arrange is the best plan of all arrangements that fit, nil for none.
func arrange(g Graph, members [][]int, w, h int) *plan {
	nodes, edges := boxesOf(g, members), edgesOf(g, members)
	if len(nodes) > maxBoxes {
		return nil
	}
	var best *plan
	var tried [][]int
	least := 0
	for _, columns := range []func([]boxNode, []boxEdge) []int{foldedColumns, splitColumns, unrolledColumns} {
		cols := columns(nodes, edges)
		if containsColumns(tried, cols) {
			continue
		}
		tried = append(tried, cols)
		p := &plan{w: w, h: h, nodes: nodes, edges: edges}
		if !p.make(cols) {
			continue
		}
		if cost := p.cost(); best == nil || cost < least {
			best, least = p, cost
		}
	}
	return best
}

// maxBoxes is more than any screen can show; beyond, only groups are tried.
const maxBoxes = 1500

func containsColumns(tried [][]int, cols []int) bool {
	for _, t := range tried {
		same := true
		for i := range t {
			same = same && t[i] == cols[i]
		}
		if same {
			return true
		}
	}
	return false
}

// make carries the plan out; it tells whether it fits.
func (p *plan) make(cols []int) bool {
	if !p.mayFit(cols) {
		return false
	}
	p.makeItems(cols)
	p.order()
	p.linkColumns()
	p.makeNets()
	if !p.heights() {
		return false
	}
	p.placeRows()
	p.placePorts()
	p.placeTracks()
	if !p.placeColumns() {
		return false
	}
	p.drawLines()
	return true
}

// drawLines finds the way of every edge, and what meets in each cell.
func (p *plan) drawLines() {
	p.lines = p.newCanvas()
	p.ways = make([][]Step, len(p.edges))
	for i, e := range p.edges {
		p.ways[i] = p.route(i)
		p.lines.add(p.ways[i], p.lineOf(i), e.kind)
	}
}

// mayFit is a quick look: a row for each box, a box's width for each column.
func (p *plan) mayFit(cols []int) bool {
	var count []int
	for _, c := range cols {
		for len(count) <= c {
			count = append(count, 0)
		}
		count[c]++
	}
	for _, n := range count {
		if p.h > 0 && n > p.h {
			return false
		}
	}
	return p.w <= 0 || len(count)*4 <= p.w
}

// cost weighs what a plan shows: content that is missing, boxes narrower than
// wished, and lines that cross, run back or bend.
func (p *plan) cost() int {
	crossed, merged := p.lines.disorder()
	cost := 60*p.lost + 8*crossed + 60*merged
	for c, column := range p.columns {
		for _, it := range column {
			if b := p.items[it].box; b >= 0 {
				cost += max(0, p.nodes[b].width-p.colW[c]) + 12*max(0, p.nodes[b].least-p.colW[c])
			}
		}
	}
	for i, e := range p.edges {
		cost += len(p.ways[i]) / 4
		if d := p.items[e.to].column - p.items[e.from].column; d < 0 {
			cost += 25
		} else if d == 0 && p.linkOf[i] < 0 {
			cost += 15
		} else if d > 1 {
			cost += 10 * (d - 1)
		}
	}
	return cost
}

// layout is what the caller is given of a plan.
func (p *plan) layout(g Graph, members [][]int) *Layout {
	l := &Layout{W: p.w, H: p.h, graph: g, BoxOf: boxOf(len(g.Nodes), members)}
	for i, m := range members {
		it := p.items[i]
		l.Boxes = append(l.Boxes, Box{
			Rect:    draw.Rect{X: p.colX[it.column], Y: it.y, W: p.colW[it.column], H: it.height},
			Members: m, Column: it.column, Body: it.body,
		})
	}
	labels := make([]draw.Rect, len(p.edges))
	for i, e := range p.edges {
		labels[i] = p.lines.placeLabel(p.ways[i], p.ownPart(i), e.label)
	}
	l.wires = p.lines.wires()
	l.arms = make(map[[2]int]draw.Arms, len(l.wires))
	for _, w := range l.wires {
		l.arms[[2]int{w.x, w.y}] = w.arms
	}
	l.takeRoutes(p, labels)
	return l
}

// lineOf tells which line each step of an edge belongs to: the net of the
// hop in whose gutter it is; the column after a gutter counts as its.
func (p *plan) lineOf(edge int) func(Step) int {
	if n := p.linkOf[edge]; n >= 0 {
		return func(Step) int { return len(p.nets) + n + 1 }
	}
	hops := p.hopsOf[edge]
	return func(s Step) int {
		for _, i := range hops {
			g := p.gutters[p.hops[i].gutter]
			if s.X < g.x+g.width && s.X >= g.x {
				return p.hops[i].net + 1
			}
		}
		for _, i := range hops {
			c := p.items[p.hops[i].to.item].column
			if s.X >= p.colX[c] && s.X < p.colX[c]+p.colW[c] {
				return p.hops[i].net + 1
			}
		}
		return p.hops[hops[0]].net + 1
	}
}

// ownPart tells of which steps an edge is the only user: those before it joins
// the line of others, or after it has left it.
func (p *plan) ownPart(edge int) func(Step) bool {
	if p.linkOf[edge] >= 0 {
		return func(Step) bool { return true }
	}
	hops := p.hopsOf[edge]
	first, last := &p.nets[p.hops[hops[0]].net], &p.nets[p.hops[hops[len(hops)-1]].net]
	source, target := p.hops[hops[0]].from, p.hops[hops[len(hops)-1]].to
	ownStart := len(first.ports) == 2 || first.hub != source
	ownEnd := len(last.ports) == 2 || last.hub != target
	startRow, endRow := p.rowAt(first, source), p.rowAt(last, target)
	startX, endX := p.edgeOfGutter(source), p.edgeOfGutter(target)
	return func(s Step) bool {
		return ownStart && s.Y == startRow && s.X == startX || ownEnd && s.Y == endRow && s.X == endX
	}
}

// takeRoutes gives each edge of the graph the route of the edge between its boxes.
// Of several edges that share one, the first has the label.
func (l *Layout) takeRoutes(p *plan, labels []draw.Rect) {
	index := make(map[boxEdge]int, len(p.edges))
	for i, e := range p.edges {
		e.label = 0
		index[e] = i
	}
	labelled := make([]bool, len(p.edges))
	l.Routes = make([]Route, len(l.graph.Edges))
	for i, e := range l.graph.Edges {
		if !l.graph.has(e) {
			continue
		}
		from, to := l.BoxOf[e.From], l.BoxOf[e.To]
		l.Routes[i].Kind = e.Kind
		if from == to {
			l.Boxes[from].Loop = true
			continue
		}
		k := index[boxEdge{from: from, to: to, kind: e.Kind}]
		l.Routes[i].Steps = p.ways[k]
		if !labelled[k] {
			labelled[k] = true
			l.Routes[i].Label = labels[k]
		}
	}
}
