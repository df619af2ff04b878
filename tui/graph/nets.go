package graph

// makeNets gathers the hops of each gutter into nets: those that share an end
// share a line. A place where a line passes has one row, so what meets there
// is gathered first; then the end that most hops share, and so on.
func (p *plan) makeNets() {
	byGutter := make([][]int, len(p.gutters))
	for i, h := range p.hops {
		byGutter[h.gutter] = append(byGutter[h.gutter], i)
	}
	for _, hops := range byGutter {
		p.gatherHubs(hops)
	}
	for _, refs := range p.portsBySide() {
		it := &p.items[p.port(refs[0]).item]
		it.ports = max(it.ports, len(refs))
	}
}

// hubKey is an end that hops could share: where they come from, or go to.
type hubKey struct {
	end
	source bool
	kind   EdgeKind
}

func (p *plan) gatherHubs(hops []int) {
	var keys []hubKey
	members := map[hubKey][]int{}
	for _, i := range hops {
		h := p.hops[i]
		for _, k := range []hubKey{{h.to, false, h.kind}, {h.from, true, h.kind}} {
			if members[k] == nil {
				keys = append(keys, k)
			}
			members[k] = append(members[k], i)
		}
		p.hops[i].net = -1
	}
	left := make([]int, len(keys))
	for i, k := range keys {
		left[i] = len(members[k])
	}
	index := make(map[hubKey]int, len(keys))
	for i, k := range keys {
		index[k] = i
	}
	for range keys {
		best, most := -1, 0
		for i, k := range keys {
			n := left[i]
			if n > 1 && p.items[k.item].box < 0 {
				n += len(hops)
			}
			if n > most {
				best, most = i, n
			}
		}
		if best < 0 {
			return
		}
		p.addNet(keys[best], members[keys[best]], left, index)
	}
}

// addNet makes a net of those hops of a hub that are not in one yet.
func (p *plan) addNet(k hubKey, hops, left []int, index map[hubKey]int) {
	n := net{kind: k.kind, hub: k.end, source: k.source, track: -1}
	n.ports = append(n.ports, port{end: k.end, hop: -1})
	for _, i := range hops {
		h := &p.hops[i]
		if h.net >= 0 {
			continue
		}
		h.net = len(p.nets)
		n.gutter = h.gutter
		spoke := h.from
		if k.source {
			spoke = h.to
		}
		n.ports = append(n.ports, port{end: spoke, hop: i})
		left[index[hubKey{h.to, false, h.kind}]]--
		left[index[hubKey{h.from, true, h.kind}]]--
	}
	g := &p.gutters[n.gutter]
	g.nets = append(g.nets, len(p.nets))
	p.nets = append(p.nets, n)
}

// onLeft tells whether a port is at the left edge of its net's gutter: at the
// right side of an item.
func (q port) onLeft() bool { return q.right }

// span sets the rows that the vertical part of a net covers, and whether it
// has any.
func (n *net) span() (straight bool) {
	n.lo, n.hi = n.ports[0].row, n.ports[0].row
	for _, q := range n.ports {
		n.lo, n.hi = min(n.lo, q.row), max(n.hi, q.row)
	}
	left, right := false, false
	for _, q := range n.ports {
		left, right = left || q.onLeft(), right || !q.onLeft()
	}
	return n.lo == n.hi && left && right
}
