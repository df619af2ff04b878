package tui

import (
	tea "charm.land/bubbletea/v2"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// instant is the whole system at one instant: that of the run on the screen, or
// of another run of the same scenario up to there, which is the same.
type instant struct {
	sc   *spec.Scenario
	at   int64
	snap sim.Snapshot
}

// peekedMsg brings the system at a moment.
type peekedMsg struct{ instant *instant }

// wanted is the moment of the event's life that the inspector is at: when its
// chosen part began. It is false when there is none.
func (s *Screen) wanted(f *Frame) (at int64, ok bool) {
	if s.View != Inspector || f == nil {
		return 0, false
	}
	x := s.chosenFamily(f)
	if x == nil {
		return 0, false
	}
	lanes := x.shownLanes(f)
	if len(lanes) == 0 {
		return 0, false
	}
	return lanes[s.part(x, lanes, f.At())].from, true
}

// peek begins a run of the scenario up to the moment that is wanted, unless it
// is known. There is one at a time.
func (m *model) peek() tea.Cmd {
	if m.peeking || m.frame == nil || m.moving() {
		return nil
	}
	at, ok := m.screen.wanted(m.frame)
	if !ok || m.screen.Moment.of(m.frame.spec(), at) {
		return nil
	}
	m.peeking = true
	sc := m.frame.spec()
	return m.safe(func() tea.Msg { return peekedMsg{momentAt(sc, at)} })
}

// of says whether this is the moment of a scenario.
func (m *instant) of(sc *spec.Scenario, at int64) bool { return m != nil && m.sc == sc && m.at == at }

// momentAt runs a scenario to a moment.
func momentAt(sc *spec.Scenario, at int64) *instant {
	e := sim.New(sc, sim.Options{})
	e.Run(at)
	m := &instant{sc: sc, at: at}
	e.Snapshot(&m.snap)
	return m
}

// lookAt is the moment that is wanted, worked out at once; nil for none.
func (s *Screen) lookAt(f *Frame) *instant {
	if at, ok := s.wanted(f); ok {
		return momentAt(f.spec(), at)
	}
	return nil
}

// intoEvent lets the keys choose a part of the event's life.
func (m *model) intoEvent() tea.Cmd {
	s := m.screen
	x := s.chosenFamily(m.frame)
	if s.Deep || x == nil {
		return nil
	}
	lanes := x.shownLanes(m.frame)
	s.Lane = s.part(x, lanes, m.frame.At())
	s.Deep = true
	return nil
}

// part is the part of an event's life that is looked at: the chosen one, or the
// one that took the longest of what decided how long it took.
func (s *Screen) part(x *Family, lanes []lane, now int64) int {
	if s.Deep {
		return max(0, min(s.Lane, len(lanes)-1))
	}
	longest, most := 0, int64(0)
	for i, took := range criticalPath(lanes, x.Created, x.Created+x.took(now)) {
		if took > most {
			longest, most = i, took
		}
	}
	return longest
}

func (m *model) togglePath() tea.Cmd {
	m.screen.PathOff = !m.screen.PathOff
	return nil
}

// drawMoment draws every channel and consumer as it was when a part of an
// event's life began, the one where that was first.
func (s *Screen) drawMoment(g draw.Grid, r draw.Rect, f *Frame, x *Family, lanes []lane) {
	if len(lanes) == 0 {
		return
	}
	l := &lanes[s.part(x, lanes, f.At())]
	in := g.Panel(r, false, title("the system at "+draw.Clock(nanos(l.from))), draw.Line{{Text: l.began(f.World), Style: draw.Dim}})
	if !s.Moment.of(f.spec(), l.from) {
		in.Text(1, 0, "looking …", draw.Dim)
		return
	}
	points := nodePoints(f.World, &s.Moment.snap)
	columns := max(1, (in.W()-1)/37)
	w := (in.W() - 1) / columns
	for i, n := range visitedFirst(f.World, x, l.node) {
		if i >= columns*in.H() {
			break
		}
		drawState(in.Sub(draw.Rect{X: 1 + i%columns*w, Y: i / columns, W: w - 1, H: 1}), f.World, n, points[n], &s.Moment.snap, n == l.node)
	}
}

// began says what began with a part of an event's life.
func (l *lane) began(w *World) string {
	name := w.Nodes[l.node].Name
	switch l.kind {
	case onTheWay:
		return "when " + name + " sent it"
	case waiting:
		return "when it came to " + name
	case backing:
		return "when " + name + " held it back"
	}
	return "when " + name + " began with it"
}

// visitedFirst are the channels and consumers: the one where something is,
// those that a family came to, and then the others.
func visitedFirst(w *World, x *Family, node int) []int {
	var list []int
	seen := map[int]bool{}
	add := func(n int) {
		if n >= 0 && !seen[n] && w.Nodes[n].Kind != graph.Source {
			seen[n] = true
			list = append(list, n)
		}
	}
	add(node)
	for i := range x.Steps {
		add(w.nodeOf(x.Steps[i].Component))
	}
	for n := range w.Nodes {
		add(n)
	}
	return list
}

// drawState draws a channel or a consumer at a moment in a line.
func drawState(g draw.Grid, w *World, node int, p Point, snap *sim.Snapshot, here bool) {
	n := w.Nodes[node]
	name := min(14, g.W()/3)
	style := draw.Normal
	if here {
		style = draw.Accent
	}
	g.TextIn(0, 0, name, n.Name, style, draw.Left)
	rest := g.Sub(draw.Rect{X: name + 1, W: g.W() - name - 1, H: 1})
	if n.Kind == graph.Channel {
		line := draw.Line{{Text: draw.Count(int64(p.Level)), Style: draw.Strong}, {Text: " waiting", Style: draw.Dim}}
		if p.Leased > 0 {
			line = append(line, draw.Span{Text: "  " + draw.Short(p.Leased) + " in hand", Style: draw.Dim})
		}
		rest.Line(0, 0, rest.W(), line)
		return
	}
	c := &snap.Consumers[n.Index]
	if c.Instances == 0 {
		rest.Text(0, 0, "✗ down", draw.Dead)
		return
	}
	workers := max(c.Workers, c.Busy)
	x := rest.Workers(0, 0, 4, int(c.Busy), int(workers-c.Busy), 0)
	line := draw.Line{{Text: " " + draw.Count(c.Busy) + "/" + draw.Count(workers), Style: draw.Strong}, {Text: " busy", Style: draw.Dim}}
	if p.Workers > 0 {
		line = append(line, draw.Span{Text: "  ρ " + ratio(p.Busy/p.Workers), Style: draw.Dim})
	}
	rest.Line(x, 0, rest.W()-x, line)
}
