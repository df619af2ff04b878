package draw

// Strip is the timeline: how far a run has come, what happened and what will,
// ┝━━━━↯━━━●╌╌╌╌◇╌╌╌┤, with labels below.
type Strip struct {
	Start, End, Now float64 // Start < End
	Marks           []Mark  // earlier ones first get their labels
	StartTag        string  // the label of the start
	EndTag          string  // the label of the end
	Ghost           float64 // up to here another future was seen; ≤ Now for none
}

// Column is the column of g's width at which a moment is drawn; moments
// outside are at the nearer end.
func (t Strip) Column(w int, at float64) int {
	if w <= 0 || !(t.End > t.Start) {
		return 0
	}
	share := max(0, min(1, (at-t.Start)/(t.End-t.Start)))
	if share != share { // not a number
		return 0
	}
	return clamp(int(share*float64(w-1)+0.5), 0, w-1)
}

// Moment is the moment of a column: what a click on the strip means.
func (t Strip) Moment(w, column int) float64 {
	if w <= 1 {
		return t.Start
	}
	return t.Start + (t.End-t.Start)*float64(clamp(column, 0, w-1))/float64(w-1)
}

// Draw draws the line in the first row of g and the labels in the second.
func (t Strip) Draw(g Grid) {
	w := g.W()
	now, ghost := t.Column(w, t.Now), t.Column(w, t.Ghost)
	for x := range w {
		switch {
		case x <= now:
			g.Put(x, 0, '━', Busy)
		case x <= ghost && t.Ghost > t.Now:
			g.Put(x, 0, '┄', Ghost)
		default:
			g.Put(x, 0, '╌', Faint)
		}
	}
	g.Put(0, 0, '┝', Busy)
	g.Put(w-1, 0, '┤', Faint)
	labels := g.Sub(Rect{0, 1, w, g.H() - 1})
	if Width(t.StartTag)+Width(t.EndTag)+2 <= w {
		labels.Text(0, 0, t.StartTag, Dim)
		labels.TextRight(w, 0, t.EndTag, Dim)
	}
	for _, m := range t.Marks {
		x := t.Column(w, m.At)
		g.Put(x, 0, m.Rune, m.Style)
		labels.labelAt(x, m)
	}
	g.Put(now, 0, '●', Accent)
}

// labelAt writes a mark's label below its column: centred, or to one side of it
// where that is free.
func (g Grid) labelAt(x int, m Mark) {
	w, tw := g.W(), Width(m.Label)
	if tw == 0 {
		return
	}
	for _, at := range [...]int{x - tw/2, x, x - tw + 1} {
		if at = clamp(at, 0, max(0, w-tw)); g.blank(at-2, 0, tw+4) {
			g.Text(at, 0, m.Label, m.Style)
			return
		}
	}
}

// Segment is a part of a lane, From to To, shown by a glyph.
type Segment struct {
	From, To float64
	Rune     rune
	Style    Style
}

// Lane draws one row of a waterfall: segments of a time from lo to hi over w
// cells from (x, y), and dots where there is none. Where several fall into a
// cell the longest shows; one that is shorter than a cell still shows.
func (g Grid) Lane(x, y, w int, lo, hi float64, segments []Segment) {
	for i := range w {
		g.Put(x+i, y, '·', Faint)
	}
	if !(hi > lo) || w <= 0 {
		return
	}
	share := make([]float64, w)
	for _, s := range segments {
		from, to := (s.From-lo)/(hi-lo)*float64(w), (s.To-lo)/(hi-lo)*float64(w)
		if !(to >= from) || to < 0 || from > float64(w) {
			continue
		}
		from, to = max(0, from), min(float64(w), to)
		for i := clamp(int(from), 0, w-1); i < w && (float64(i) < to || i == clamp(int(from), 0, w-1)); i++ {
			part := min(to, float64(i+1)) - max(from, float64(i))
			if share[i] > 0 && part <= share[i] {
				continue
			}
			share[i] = max(part, 1e-12)
			g.Put(x+i, y, laneGlyph(s.Rune, part, from > float64(i)), s.Style)
		}
	}
}

// laneGlyph is half a block for a full-block segment that has less than half of a cell.
func laneGlyph(r rune, part float64, late bool) rune {
	if r != '█' || part >= 0.6 {
		return r
	}
	if late {
		return '▐'
	}
	return '▌'
}
