package graph

import "eddy/tui/draw"

// At is the cell of an edge that an event has reached: progress is the part
// of the way, 0 when it sets out and 1 when it has arrived. It is false for
// an edge without a route and for progress outside 0 to 1.
func (l *Layout) At(edge int, progress float64) (x, y int, ok bool) {
	if edge < 0 || edge >= len(l.Routes) || !(progress >= 0 && progress <= 1) {
		return 0, 0, false
	}
	steps := l.Routes[edge].Steps
	if len(steps) == 0 {
		return 0, 0, false
	}
	s := steps[min(len(steps)-1, int(progress*float64(len(steps))))]
	return s.X, s.Y, true
}

// Particle draws one event, or several that one stands for, on its edge.
func (l *Layout) Particle(g draw.Grid, edge int, progress float64, r rune, s draw.Style) {
	if x, y, ok := l.At(edge, progress); ok {
		g.Put(x, y, r, s)
	}
}

// Highlight draws an edge in another style, with its own glyphs: the edge of
// an event that is followed, a link that is cut.
func (l *Layout) Highlight(g draw.Grid, edge int, s draw.Style) {
	if edge < 0 || edge >= len(l.Routes) {
		return
	}
	for _, step := range l.Routes[edge].Steps {
		g.Restyle(draw.Rect{X: step.X, Y: step.Y, W: 1, H: 1}, func(draw.Style) draw.Style { return s })
	}
}

// Dashes draws an edge as moving dashes: for rates at which single events
// could not be seen. phase is how far they have moved, in cells, and density
// the share of the line they cover, 0 to 1. Dashes are heavy pieces of line,
// so that they are seen to move without colours.
func (l *Layout) Dashes(g draw.Grid, edge int, phase, density float64, s draw.Style) {
	if edge < 0 || edge >= len(l.Routes) || !(density > 0) {
		return
	}
	const period = 4
	on := max(1, min(period-1, int(density*period+0.5)))
	steps := l.Routes[edge].Steps
	shift := wrap(phase, period)
	for i, step := range steps {
		if (i-shift+2*period)%period >= on || i == len(steps)-1 {
			continue
		}
		// Where lines join, the dash has all their arms, so that the joint stays seen.
		g.Put(step.X, step.Y, draw.LineGlyph(l.arms[[2]int{step.X, step.Y}], true), s)
	}
}

// wrap is phase as a whole number of cells from 0 to before period.
func wrap(phase float64, period int) int {
	if !(phase > -1e9 && phase < 1e9) {
		return 0
	}
	n := int(phase) % period
	if n < 0 {
		n += period
	}
	return n
}
