package graph

import "eddy/tui/draw"

// NodeKind says where a node belongs in the flow.
type NodeKind uint8

// The kinds of node.
const (
	Source  NodeKind = iota // emits events
	Channel                 // holds or routes events
	Worker                  // handles events, and may emit or call
)

// EdgeKind says what goes along an edge.
type EdgeKind uint8

// The kinds of edge. Emitted and dead-lettered events go along broken lines.
const (
	Flow EdgeKind = iota // published by a source, or consumed
	Copy                 // from channel to channel
	Emit                 // published by a worker
	Dead                 // dead-lettered
	Call                 // a request that is answered
)

// Style is the role that edges of the kind are drawn in.
func (k EdgeKind) Style() draw.Style {
	return [...]draw.Style{Flow: draw.Flow, Copy: draw.Copy, Emit: draw.Emit, Dead: draw.Dead, Call: draw.Call}[k]
}

// broken tells whether the kind is a broken line.
func (k EdgeKind) broken() bool { return k == Emit || k == Dead }

// Node is a box to be laid out.
type Node struct {
	Title string // on the left of its upper border
	Note  string // on the right of it: the type, the number of instances
	Kind  NodeKind
	// Body is how many rows its content would like, and Width how many columns
	// the box would like, borders included; MinWidth is the least that can be
	// read; 0 leaves that to the title. A box may get fewer rows, down to none.
	Body, Width, MinWidth int
	// Column puts the node into the n-th column, counted from 1; 0 leaves it to the kind.
	Column int
}

// Edge goes from one node to another, both by index.
type Edge struct {
	From, To int
	Kind     EdgeKind
	Label    string // a place above the edge is sought for a text of this width
}

// Graph is what is to be laid out. Edges of which an end is not a node are ignored.
type Graph struct {
	Nodes []Node
	Edges []Edge
}

// Box is where a node, or several equal ones that are shown as one, is drawn.
type Box struct {
	draw.Rect
	Members []int // the nodes it stands for, in order; one most often
	Column  int   // counted from 0 on the left
	Body    int   // rows of content; none in a box of one or two rows
	Loop    bool  // an edge goes from the box to itself; it has no route
}

// Step is one cell of a route and the direction in which it is left.
type Step struct {
	X, Y int
	Dir  draw.Arms // one of Up, East, Down, West
}

// Route is the way of an edge from the border of its first box to the border
// of its last. Edges of one source or one target may share part of it.
type Route struct {
	Kind  EdgeKind
	Steps []Step    // without the borders; empty when both ends are one box
	Label draw.Rect // where a label may be written, one row; empty when there is no room
}

// Layout is a graph that has found its place in W columns and H rows.
type Layout struct {
	W, H   int
	Boxes  []Box
	BoxOf  []int   // the box of each node
	Routes []Route // of each edge

	graph Graph
	wires []wire
	arms  map[[2]int]draw.Arms // of the lines in each cell
}

// wire is a cell of the lines of the edges, ready to be drawn.
type wire struct {
	x, y  int
	arms  draw.Arms
	glyph rune
	style draw.Style
}

// BoxAt is the box at a cell: what was clicked on.
func (l *Layout) BoxAt(x, y int) (box int, ok bool) {
	for i, b := range l.Boxes {
		if b.Contains(x, y) {
			return i, true
		}
	}
	return 0, false
}

// joined tells whether an edge goes from one of two boxes to the other.
func (l *Layout) joined(a, b int) bool {
	for _, e := range l.graph.Edges {
		if l.graph.has(e) {
			from, to := l.BoxOf[e.From], l.BoxOf[e.To]
			if from == a && to == b || from == b && to == a {
				return true
			}
		}
	}
	return false
}

// Beside is the box that an arrow key leads to from a box, one that an edge
// joins to it if it is not far; the same box when there is none in that direction.
func (l *Layout) Beside(box int, dir draw.Arms) int {
	if box < 0 || box >= len(l.Boxes) {
		return 0
	}
	from, best, least := l.Boxes[box], box, 1<<30
	for i, b := range l.Boxes {
		dx := 2*b.X + b.W - 2*from.X - from.W
		dy := 2 * (2*b.Y + b.H - 2*from.Y - from.H) // rows are twice as high
		along, across := dx, dy
		if dir == draw.Up || dir == draw.Down {
			along, across = dy, dx
		}
		if dir == draw.Up || dir == draw.West {
			along = -along
		}
		sameColumn := b.Column == from.Column
		if i == box || along <= 0 || sameColumn != (dir == draw.Up || dir == draw.Down) {
			continue
		}
		far := along + 3*max(across, -across)
		if l.joined(box, i) {
			far /= 3
		}
		if far < least {
			best, least = i, far
		}
	}
	return best
}
