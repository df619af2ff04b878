package tui

import (
	"slices"

	"eddy/tui/draw"
)

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
	g.Hints(1, 0, g.W()-2, s.hints(f))
}

// hints are the footer's keys of a part of the screen.
func hints(in Where) []draw.Hint {
	var list []draw.Hint
	for _, b := range bindings {
		if b.Short != "" && b.In&in != 0 {
			list = append(list, draw.Hint{Key: b.Shown, Text: b.Short, Priority: b.Last})
		}
	}
	return list
}

// hints are the footer's keys of a run. What can be done to the chosen component
// comes before moving about, and what was changed live can be undone and written.
func (s *Screen) hints(f *Frame) []draw.Hint {
	in := s.where()
	var changes []string
	if (in == InOverview || in == InComponent) && s.Chosen >= 0 && s.Chosen < len(f.World.Nodes) && !f.Over() {
		changes = offered[f.World.Nodes[s.Chosen].Kind]
	}
	var list []draw.Hint
	for _, b := range bindings {
		if b.Short == "" || b.In&in == 0 {
			continue
		}
		last := b.Last
		switch {
		case slices.Contains(changes, b.Shown):
			last = 1 + slices.Index(changes, b.Shown)/2
		case b.Shown == "u" || b.Shown == "w":
			if f.Added == 0 {
				continue
			}
			if last = 1; b.Shown == "u" {
				last = 2
			}
		case b.Group == "change" && b.In != InFindings:
			continue
		case len(changes) > 0 && last > 0:
			last += 2
		}
		list = append(list, draw.Hint{Key: b.Shown, Text: b.Short, Priority: last})
	}
	return list
}
