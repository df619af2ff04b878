package graph

import (
	"strings"

	"eddy/tui/draw"
)

// Face is how a box is drawn. Heavy is the frame of the bottleneck.
type Face struct {
	Title, Note draw.Line
	Frame       draw.Frame
	Border      draw.Style
	// Line is what a box of one row shows between its title and its note, when
	// there is room.
	Line draw.Line
}

// Face is a box's plain face: the title and note of its node, or of the
// first of several and how many they are.
func (l *Layout) Face(box int) Face {
	b := l.Boxes[box]
	n := l.graph.Nodes[b.Members[0]]
	f := Face{Title: draw.Line{{Text: n.Title, Style: draw.Title}}, Border: draw.Border}
	note := n.Note
	if len(b.Members) > 1 {
		f.Title[0].Text = l.graph.groupTitle(b.Members)
		note = "×" + draw.Count(int64(len(b.Members)))
	}
	if b.Loop {
		note += " ↺"
	}
	if note != "" {
		f.Note = draw.Line{{Text: note, Style: draw.Dim}}
	}
	return f
}

// groupTitle is what the titles of the members have in common at the beginning, then
// what each adds: worker-1,5,9; from the fourth on an ellipsis and the last.
func (g Graph) groupTitle(members []int) string {
	common := g.Nodes[members[0]].Title
	for _, m := range members[1:] {
		common = commonStart(common, g.Nodes[m].Title)
	}
	common = strings.TrimRight(common, "0123456789")
	title := common
	for i, m := range members {
		rest := g.Nodes[m].Title[len(common):]
		switch {
		case i == 0:
			title += rest
		case len(members) <= 3:
			title += "," + rest
		case i == len(members)-1:
			title += "…" + rest
		}
	}
	return title
}

func commonStart(a, b string) string {
	n := 0
	for i, r := range a {
		end := i + len(string(r))
		if end > len(b) || a[i:end] != b[i:end] {
			break
		}
		n = end
	}
	return a[:n]
}

// Draw draws the edges and the boxes. face says how each box looks, and body
// draws what is in it; either may be nil. Labels and particles are drawn by
// their own methods, over it.
func (l *Layout) Draw(g draw.Grid, face func(box int) Face, body func(box int, inside draw.Grid)) {
	for _, w := range l.wires {
		g.Put(w.x, w.y, w.glyph, w.style)
	}
	if face == nil {
		face = l.Face
	}
	for i, b := range l.Boxes {
		inside := drawBox(g, b, face(i))
		if body != nil && b.Body > 0 {
			body(i, inside)
		}
	}
}

func drawBox(g draw.Grid, b Box, f Face) draw.Grid {
	if b.H > 1 {
		return g.TitledBox(b.Rect, f.Frame, f.Border, f.Title, f.Note)
	}
	row := g.Sub(b.Rect)
	row.VLine(0, 0, 1, f.Frame, f.Border)
	row.VLine(b.W-1, 0, 1, f.Frame, f.Border)
	x := row.Line(2, 0, b.W-4, f.Title)
	note := f.Note.Width()
	at := b.W - 2 - note
	if note > 0 && at > x+1 {
		row.Line(at, 0, note, f.Note)
	} else {
		at = b.W - 1
	}
	if lw := f.Line.Width(); lw > 0 && at-1-lw > x {
		row.Line(at-1-lw, 0, lw, f.Line)
	}
	return row.Sub(draw.Rect{})
}

// Label writes the label of an edge where there is room for it; text that is
// wider than the place is cut.
func (l *Layout) Label(g draw.Grid, edge int, text string, s draw.Style) {
	if edge < 0 || edge >= len(l.Routes) {
		return
	}
	if r := l.Routes[edge].Label; !r.Empty() {
		g.TextIn(r.X, r.Y, r.W, text, s, draw.Left)
	}
}

// Labels writes the labels that the edges were laid out with.
func (l *Layout) Labels(g draw.Grid) {
	for i, e := range l.graph.Edges {
		l.Label(g, i, e.Label, draw.Dim)
	}
}
