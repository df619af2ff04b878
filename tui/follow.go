package tui

import (
	tea "charm.land/bubbletea/v2"

	"eddy/sim"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// followGlyph marks the event that is followed, and where it is.
const followGlyph = '★'

// follow begins to follow the inspector's event from its creation on, or the
// next event that comes to the chosen component, or the next of all.
func (m *model) follow() tea.Cmd {
	m.screen.Said = ""
	if m.screen.View == Inspector {
		x := m.screen.chosenFamily(m.frame)
		if x == nil {
			return m.refuse("choose an event first: ↑ and ↓")
		}
		root, from := x.Root, max(0, x.Created-1)
		m.show(Overview)
		m.driver.ask(func(d *driver) { d.follow(root, from) })
		return nil
	}
	if m.frame.Over() {
		return m.refuse("the run is over; ← goes back to where events still come")
	}
	node := m.screen.Chosen
	m.driver.ask(func(d *driver) { d.catch(node) })
	m.show(Overview)
	return nil
}

// whereabouts are the parts of the followed family's life that go on: where its
// copies are. A frame has them as places.
func (f *Frame) whereabouts() []lane {
	var list []lane
	for _, l := range f.Followed.lanes(f.World, f.At()) {
		if l.open {
			list = append(list, l)
		}
	}
	return list
}

// holds says whether a copy of the followed family is at a node.
func (f *Frame) holds(node int) bool {
	for _, l := range f.places {
		if l.node == node && l.kind != onTheWay {
			return true
		}
	}
	return false
}

// drawFollowed says, in the footer, where the followed event is.
func (s *Screen) drawFollowed(g draw.Grid, f *Frame) {
	keys := draw.Line{
		{Text: "  n", Style: draw.Key},
		{Text: " next step  ", Style: draw.Dim},
		{Text: "+ -", Style: draw.Key},
		{Text: " speed  ", Style: draw.Dim},
		{Text: "esc", Style: draw.Key},
		{Text: " let go", Style: draw.Dim},
	}
	g.Line(1, 0, g.W()-2-keys.Width(), f.followedLine(s))
	g.Line(max(0, g.W()-1-keys.Width()), 0, keys.Width(), keys)
}

// followedLine is the followed event and what is done with it now.
func (f *Frame) followedLine(s *Screen) draw.Line {
	x := f.Followed
	line := draw.Line{{Text: string(followGlyph) + " ", Style: draw.Accent}, {Text: s.familyName(x, f), Style: draw.Strong}}
	places := f.places
	text := ""
	switch {
	case len(x.Steps) == 0:
		text = "  is not created yet"
	case len(places) == 0 && x.Ended >= 0:
		text = "  " + x.state() + " after " + draw.Duration(nanos(x.Ended-x.Created))
	case len(places) == 0:
		text = "  is under way"
	}
	for i := range places {
		l := &places[i]
		text += "  " + l.doing(f.World) + " " + draw.Duration(nanos(f.At()-l.from))
	}
	return append(line, draw.Span{Text: text, Style: draw.Normal})
}

// doing is a part of an event's life in words, without how long it takes.
func (l *lane) doing(w *World) string {
	name := l.where(w)
	switch l.kind {
	case onTheWay:
		return "left " + name
	case waiting:
		return "waits in " + name
	case backing:
		return "backs off in " + name
	}
	return "in work at " + name
}

// did is doing once it is past.
func (l *lane) did(w *World) string {
	name := l.where(w)
	switch {
	case l.failed:
		return "failed at " + name
	case l.kind == waiting:
		return "waited in " + name
	case l.kind == backing:
		return "backed off in " + name
	case l.kind == working:
		return "was in work at " + name
	}
	return "left " + name
}

// where is the component that a part of an event's life is at; in a channel with
// a copy for each of several, whose copy it is.
func (l *lane) where(w *World) string {
	name := w.Nodes[l.node].Name
	if o := w.ownerOf(l.component); (l.kind == waiting || l.kind == backing) && o.consumer >= 0 {
		return name + " / " + w.Spec.Consumers[o.consumer].Name
	}
	return name
}

// drawFollowedMotion draws the followed family's events on their edges, over
// everything else that moves there.
func (f *Frame) drawFollowedMotion(g draw.Grid, l *graph.Layout) {
	if f.Followed == nil {
		return
	}
	travel := crossingTime * f.pace() * 1e9
	for i := len(f.Followed.Steps) - 1; i >= 0; i-- {
		r := &f.Followed.Steps[i]
		progress := float64(f.At()-r.At) / travel
		if progress > 1 {
			return
		}
		if e := f.World.edgeOf(r); e >= 0 && r.What != sim.Created {
			l.Highlight(g, e, draw.Accent)
			l.Particle(g, e, progress, followGlyph, draw.Accent)
		}
	}
}
