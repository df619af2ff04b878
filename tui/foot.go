package tui

import "eddy/tui/draw"

// where is the part of the screen that has the keys.
func (s *Screen) where() Where {
	if s.View == Overview && s.Finding != "" {
		return InFindings
	}
	return InOverview << s.View
}

// drawFoot draws what the last key came to, or else the keys that can be pressed.
func (s *Screen) drawFoot(g draw.Grid, f *Frame) {
	switch {
	case s.Said != "":
		glyph, style := "✓ ", draw.Good
		if s.Bad {
			glyph, style = "✗ ", draw.Dead
		}
		g.Line(1, 0, g.W()-2, draw.Line{{Text: glyph, Style: style}, {Text: s.Said, Style: draw.Normal}})
		return
	case f.Halt != "" && f.Paused && f.Followed != nil:
		g.Line(1, 0, g.W()-2, draw.Line{
			{Text: string(followGlyph) + " ", Style: draw.Accent},
			{Text: f.Halt, Style: draw.Normal},
			{Text: "  space", Style: draw.Key},
			{Text: " goes on  ", Style: draw.Dim},
			{Text: "esc", Style: draw.Key},
			{Text: " let go", Style: draw.Dim},
		})
		return
	case f.Halt != "" && f.Paused:
		g.Line(1, 0, g.W()-2, draw.Line{{Text: "● halted: ", Style: draw.Warn}, {Text: f.Halt, Style: draw.Normal}, {Text: "  space goes on", Style: draw.Dim}})
		return
	case f.Followed != nil:
		s.drawFollowed(g, f)
		return
	}
	g.Hints(1, 0, g.W()-2, hints(s.where()))
}

// hints are the footer's keys.
func hints(in Where) []draw.Hint {
	var list []draw.Hint
	for _, b := range bindings {
		if b.Short != "" && b.In&in != 0 {
			list = append(list, draw.Hint{Key: b.Shown, Text: b.Short, Priority: b.Last})
		}
	}
	return list
}
