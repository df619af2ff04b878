package graph

// makeItems makes an item of every box, in the order of the boxes, and of
// every place where an edge passes through a column; and the hops of every
// edge between different columns. Edges that go far and have their source or
// their target in common pass through a column together.
func (p *plan) makeItems(cols []int) {
	last := 0
	for _, c := range cols {
		last = max(last, c)
	}
	p.columns = make([][]int, last+1)
	p.gutters = make([]gutter, last+2)
	for i, c := range cols {
		p.items = append(p.items, item{box: i, column: c})
		p.columns[c] = append(p.columns[c], i)
	}
	p.hopsOf = make([][]int, len(p.edges))
	p.linkOf = make([]int, len(p.edges))
	bundles := p.bundles(cols)
	passing := map[passKey]int{}
	known := map[hop]int{}
	for i, e := range p.edges {
		p.linkOf[i] = -1
		if cols[e.from] != cols[e.to] {
			p.hopsOf[i] = p.hopsThrough(i, bundles[i], cols, passing, known)
		}
	}
}

// bundle says with which edges an edge passes through columns: those of one
// kind and direction from one source, or to one target.
type bundle struct {
	box     int
	source  bool
	kind    EdgeKind
	forward bool
}

type passKey struct {
	bundle
	column int
}

// bundles is the bundle of each edge: the larger of the two it could be in.
func (p *plan) bundles(cols []int) []bundle {
	of := func(e boxEdge, source bool) bundle {
		b := bundle{e.to, source, e.kind, cols[e.to] > cols[e.from]}
		if source {
			b.box = e.from
		}
		return b
	}
	count := map[bundle]int{}
	far := func(e boxEdge) bool { d := cols[e.from] - cols[e.to]; return d > 1 || d < -1 }
	for _, e := range p.edges {
		if far(e) {
			count[of(e, true)]++
			count[of(e, false)]++
		}
	}
	chosen := make([]bundle, len(p.edges))
	for i, e := range p.edges {
		chosen[i] = of(e, count[of(e, true)] > count[of(e, false)])
	}
	return chosen
}

func (p *plan) hopsThrough(edge int, b bundle, cols []int, passing map[passKey]int, known map[hop]int) []int {
	e := p.edges[edge]
	step := 1
	if !b.forward {
		step = -1
	}
	var hops []int
	at := e.from
	for c := cols[e.from]; c != cols[e.to]; c += step {
		to := e.to
		if c+step != cols[e.to] {
			to = p.pass(passKey{b, c + step}, passing)
		}
		h := hop{gutter: c + 1, from: end{at, true}, to: end{to, false}, kind: e.kind}
		if !b.forward {
			h = hop{gutter: c, from: end{at, false}, to: end{to, true}, kind: e.kind}
		}
		hops = append(hops, p.addHop(h, known))
		at = to
	}
	// The label is written at the end that the edge has for itself.
	own := hops[0]
	if b.source && len(hops) > 1 {
		own = hops[len(hops)-1]
	}
	p.hops[own].label = max(p.hops[own].label, e.label)
	return hops
}

func (p *plan) addHop(h hop, known map[hop]int) int {
	if i, ok := known[h]; ok {
		return i
	}
	known[h] = len(p.hops)
	p.hops = append(p.hops, h)
	return len(p.hops) - 1
}

func (p *plan) pass(k passKey, passing map[passKey]int) int {
	if i, ok := passing[k]; ok {
		return i
	}
	i := len(p.items)
	passing[k] = i
	p.items = append(p.items, item{box: -1, column: k.column, height: 1})
	p.columns[k.column] = append(p.columns[k.column], i)
	return i
}

// linkColumns decides, once the order in the columns is known, how edges within
// a column go: straight to a neighbour, else around through a gutter.
func (p *plan) linkColumns() {
	pos := p.positions()
	known := map[hop]int{}
	for i, e := range p.edges {
		a, b := e.from, e.to // boxes are the first items
		if p.items[a].column != p.items[b].column {
			continue
		}
		if d := pos[a] - pos[b]; d == 1 || d == -1 {
			p.linkOf[i] = len(p.links)
			p.links = append(p.links, link{edge: i, from: a, to: b})
			continue
		}
		// What comes into a channel comes from the left; calls return to the right.
		right := e.kind == Call || p.items[a].column == 0 && len(p.columns) > 1
		g := p.items[a].column
		if right {
			g++
		}
		h := hop{gutter: g, from: end{a, right}, to: end{b, right}, kind: e.kind}
		n := p.addHop(h, known)
		p.hops[n].label = max(p.hops[n].label, e.label)
		p.hopsOf[i] = []int{n}
	}
}

// positions is the place of each item in its column.
func (p *plan) positions() []int {
	pos := make([]int, len(p.items))
	for _, column := range p.columns {
		for i, it := range column {
			pos[it] = i
		}
	}
	return pos
}
