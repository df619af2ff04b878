package graph

// plan is a layout in the making: boxes in columns, edges as hops from
// column to column.
type plan struct {
	w, h    int
	nodes   []boxNode
	edges   []boxEdge
	columns [][]int // items of each column from the top
	items   []item
	hops    []hop
	hopsOf  [][]int // the hops of each edge from its source on
	links   []link  // edges between neighbours in a column
	linkOf  []int   // the link of each edge, -1 for none
	nets    []net
	gutters []gutter // before each column and after the last
	colX    []int
	colW    []int
	lost    int // rows of content that boxes wanted and did not get
	lines   *canvas
	ways    [][]Step // the route of each edge
}

// boxNode is a node or group that becomes a box.
type boxNode struct {
	members            []int
	kind               NodeKind
	body, width, least int
	column             int // a hint counted from 1, or 0
}

// boxEdge is an edge between two different boxes; the same for all edges of
// one kind between them.
type boxEdge struct {
	from, to int
	kind     EdgeKind
	label    int // the width of the widest label
}

// item is a box, or the place where a line passes through a column.
type item struct {
	box    int // -1 for a line passing
	column int
	height int
	body   int
	y      int
	ports  int // the nets at the side that has most
}

// end is a side of an item that a line leaves or reaches.
type end struct {
	item  int
	right bool
}

// hop is a part of edges, from one end to another through one gutter.
type hop struct {
	gutter   int
	from, to end
	kind     EdgeKind
	label    int // the width of the label it carries
	net      int
}

// link is a straight vertical line between neighbours in a column.
type link struct {
	edge     int
	from, to int // items
	x        int
}

// net is a set of hops that share a line: all from one end, or all to one.
type net struct {
	gutter int
	kind   EdgeKind
	hub    end
	source bool // the hub is where the hops come from
	ports  []port
	lo, hi int // the rows its vertical part spans
	track  int // -1 when it is one straight row
	x      int
}

// port is the row at which a net reaches a side of an item.
type port struct {
	end
	row int
	hop int // for a spoke: its hop
}

// gutter is the room between columns that lines turn in.
type gutter struct {
	nets        []int
	tracks      int
	left, right int // the widest label at each side
	x, width    int
}

func (p *plan) box(i int) bool { return p.items[i].box >= 0 }

// rows are the rows of an item that a line may reach.
func (p *plan) rows(i int) (from, to int) {
	it := p.items[i]
	if it.height <= 2 {
		return it.y, it.y + it.height - 1
	}
	return it.y + 1, it.y + it.height - 2
}

// middle is the row in the middle of an item's rows.
func (p *plan) middle(i int) int {
	from, to := p.rows(i)
	return (from + to) / 2
}
