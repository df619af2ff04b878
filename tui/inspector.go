package tui

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"eddy/sim"
	"eddy/tui/draw"
)

// drawInspector draws the followed families, and the chosen one in full.
func (s *Screen) drawInspector(g draw.Grid, f *Frame) {
	list := s.families(f)
	if len(list) == 0 {
		s.Deep = false
		g.TextIn(0, g.H()/2, g.W(), s.noFamilies(f), draw.Dim, draw.Centre)
		return
	}
	s.Row = max(0, min(s.Row, len(list)-1))
	chosen := list[s.Row]
	at := inspectorAreas(g.Bounds(), s.Zoom, s.Deep)
	if !at.list.Empty() {
		note := draw.Line{{Text: draw.Count(int64(len(list))) + ", slowest first", Style: draw.Dim}}
		s.familyTable(list, f, at.list).Draw(g.Panel(at.list, !s.Deep, title("events"), note))
	}
	lanes := chosen.shownLanes(f)
	s.Lane = max(0, min(s.Lane, len(lanes)-1))
	if !at.life.Empty() {
		s.drawWaterfall(g.Panel(at.life, s.Deep, title(s.familyName(chosen, f)), s.waterfallNote()), f, chosen, lanes)
	}
	if !at.where.Empty() {
		s.drawWhere(g.Panel(at.where, false, title("where its "+draw.Duration(nanos(chosen.took(f.At())))+" went"), s.whereNote(f, chosen)), f, chosen)
	}
	if !at.fields.Empty() {
		s.drawFields(g.Panel(at.fields, false, title("event"), draw.Line{{Text: "CloudEvents 1.0", Style: draw.Dim}}), f, chosen)
	}
	if !at.moment.Empty() {
		s.drawMoment(g, at.moment, f, chosen, lanes)
	}
}

// inspectorRoom is where the inspector's panels are; one that is empty has no
// room.
type inspectorRoom struct {
	list, life, where, fields, moment draw.Rect
}

// inspectorAreas divides the inspector's room: side by side the events and the
// life of one, below it where its time went, its fields, and the system at a
// moment of it. Where there is room for one of these only, it is where the time
// went, or the moment while one is being chosen. Zoomed, one is alone.
func inspectorAreas(r draw.Rect, zoom int, choosing bool) (at inspectorRoom) {
	switch zoom % inspectorZooms {
	case 1:
		at.life = r
		return at
	case 2:
		at.where = r
		return at
	case 3:
		at.fields = r
		return at
	case 4:
		at.moment = r
		return at
	}
	const momentH, whereH = 6, 11
	if r.W < tableW {
		at.list, at.life = r.CutTop(r.H / 3)
		if choosing && r.H >= 12 {
			at.list, at.life = draw.Rect{}, r
			at.moment, at.life = at.life.CutBottom(momentH)
		}
		return at
	}
	full := r.W >= fullW && r.H >= 28
	if full {
		at.moment, r = r.CutBottom(momentH)
		at.where, r = r.CutBottom(whereH)
		at.where, at.fields = at.where.CutLeft(at.where.W * 60 / 100)
		at.fields.X, at.fields.W = at.fields.X+1, at.fields.W-1
	}
	at.list, at.life = r.CutLeft(min(42, r.W*2/5))
	at.life.X, at.life.W = at.life.X+1, at.life.W-1
	switch {
	case full || r.H < 14:
	case choosing:
		at.moment, at.life = at.life.CutBottom(momentH)
	case r.H >= 18:
		at.life, at.where = at.life.CutTop(max(4, r.H-whereH-1))
	}
	return at
}

// chosenFamily is the inspector's chosen family, nil for none.
func (s *Screen) chosenFamily(f *Frame) *Family {
	list := s.families(f)
	if len(list) == 0 {
		return nil
	}
	return list[max(0, min(s.Row, len(list)-1))]
}

func (s *Screen) noFamilies(f *Frame) string {
	switch {
	case f.Families == nil && !f.Paused && !f.Over():
		return "pause (space) to look at single events"
	case s.Only != "":
		return "no event matches " + s.Only + "; / changes the filter"
	}
	return "no event yet: let it run (space)"
}

// families are those that the filter lets through, the slowest first; of those
// that have not ended, the oldest first.
func (s *Screen) families(f *Frame) []*Family {
	var list []*Family
	for _, x := range f.Families {
		if s.matches(x, f) {
			list = append(list, x)
		}
	}
	now := f.At()
	sortFamilies(list, now)
	return list
}

func sortFamilies(list []*Family, now int64) {
	slices.SortStableFunc(list, func(a, b *Family) int { return cmp.Compare(b.took(now), a.took(now)) })
}

// number is a number as it is written in a filter; not a number when it is none.
func number(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func (x *Family) took(now int64) int64 {
	if x.Ended >= 0 {
		return x.Ended - x.Created
	}
	return now - x.Created
}

// matches says whether all words of the filter are found in what a family is
// called, its state, or the components it came to. "tries>1" and the like
// compare.
func (s *Screen) matches(x *Family, f *Frame) bool {
	for _, word := range strings.Fields(strings.ToLower(s.Only)) {
		if n, ok := strings.CutPrefix(word, "tries>"); ok {
			if !(float64(x.Tries) > number(n)) {
				return false
			}
			continue
		}
		if !strings.Contains(strings.ToLower(s.familyName(x, f)+" "+x.state()), word) && !s.visited(x, f, word) {
			return false
		}
	}
	return true
}

func (s *Screen) visited(x *Family, f *Frame, word string) bool {
	for i := range x.Steps {
		if n := f.World.nodeOf(x.Steps[i].Component); n >= 0 && strings.Contains(strings.ToLower(f.World.Nodes[n].Name), word) {
			return true
		}
	}
	return false
}

func (x *Family) state() string {
	switch {
	case x.Failed:
		return "✗ failed"
	case x.Ended < 0:
		return "… open"
	}
	return "✓ done"
}

func (s *Screen) familyName(x *Family, f *Frame) string {
	id, _ := f.Names.Event(x.Root)
	name := id
	if x.Type >= 0 {
		name += "  " + f.Names.Type(x.Type)
	}
	if key, ok := f.Names.Key(x.Type, x.Key); ok {
		name += "  " + key
	}
	return name
}

// familyTable is the list of events, with the chosen one in sight.
func (s *Screen) familyTable(list []*Family, f *Frame, r draw.Rect) draw.Table {
	t := draw.Table{Selected: s.Row, Focused: true, Gap: 1, Columns: []draw.Column{
		{Title: " event", Min: 10, Grow: true},
		{Title: "key", Max: 12, Priority: 3},
		{Title: "took", Align: draw.Right, Min: 6},
		{Title: "tries", Align: draw.Right, Min: 5, Priority: 1},
		{Title: "state", Min: 8, Priority: 2},
	}}
	rows := max(1, r.H-2)
	t.Offset = max(0, min(s.Row-rows/2, len(list)-rows))
	for _, x := range list[:min(len(list), t.Offset+200)] {
		id, _ := f.Names.Event(x.Root)
		style := draw.Good
		if x.Failed {
			style = draw.Dead
		} else if x.Ended < 0 {
			style = draw.Dim
		}
		key, _ := f.Names.Key(x.Type, x.Key)
		t.Rows = append(t.Rows, []draw.Field{
			draw.T(" " + id), draw.S(key, draw.Dim), draw.T(draw.Duration(nanos(x.took(f.At())))), draw.T(draw.Count(int64(x.Tries))), draw.S(x.state(), style),
		})
	}
	return t
}

// lane is one part of a family's life: a way, a wait or a piece of work.
type lane struct {
	from, to  int64
	kind      laneKind
	node      int
	component int32 // of the record that it began with: a subscription is not its topic
	depth     int
	attempt   int32
	instance  int32
	typ       int32
	event     sim.EventID
	failed    bool
	open      bool // it has not ended
}

type laneKind uint8

const (
	onTheWay laneKind = iota
	waiting
	working
	backing
)

var laneGlyphs = [...]rune{'─', '░', '█', '┄'}

func laneStyle(l *lane) draw.Style {
	switch {
	case l.failed:
		return draw.Dead
	case l.kind == waiting:
		return draw.Hot
	case l.kind == working:
		return draw.Busy
	case l.kind == backing:
		return draw.Retry
	}
	return draw.Flow
}

// waterfallNote says what the keys do there, and what the glyphs mean.
func (s *Screen) waterfallNote() draw.Line {
	if s.Deep {
		return draw.Line{{Text: "↑/↓", Style: draw.Key}, {Text: " part  ", Style: draw.Dim}, {Text: "c", Style: draw.Key}, {Text: " critical path  ", Style: draw.Dim}, {Text: "esc", Style: draw.Key}, {Text: " back", Style: draw.Dim}}
	}
	return draw.Line{
		{Text: "░", Style: draw.Hot},
		{Text: " waits ", Style: draw.Dim},
		{Text: "█", Style: draw.Busy},
		{Text: " work ", Style: draw.Dim},
		{Text: "┄", Style: draw.Retry},
		{Text: " backoff  ", Style: draw.Dim},
		{Text: "enter", Style: draw.Key},
		{Text: " into it", Style: draw.Dim},
	}
}

// place is where a copy of an event is: a worker's node, or a store.
type place struct {
	event sim.EventID
	where int
}

// lanes puts a family's steps together into the parts of its life, in the
// order in which they began.
func (x *Family) lanes(w *World, now int64) []lane {
	var out []lane
	open := map[place]int{} // the lane that a copy is in
	sent := map[sim.EventID]int{}
	depth := map[sim.EventID]int{}
	end := func(p place, at int64) {
		if i, ok := open[p]; ok {
			out[i].to = at
			delete(open, p)
		}
	}
	begin := func(p place, l lane) {
		end(p, l.from)
		l.to = -1
		l.depth = depth[l.event]
		out = append(out, l)
		open[p] = len(out) - 1
	}
	for i := range x.Steps {
		r := &x.Steps[i]
		node := w.nodeOf(r.Component)
		if node < 0 {
			continue
		}
		at := place{r.Event, -2 - int(r.Component)} // a copy, by the store that holds it
		base := lane{from: r.At, node: node, component: r.Component, attempt: r.Attempt, instance: r.Instance, typ: r.Type, event: r.Event}
		switch r.What {
		case sim.Created:
			if d, ok := depth[r.Cause]; ok && r.Cause != r.Event {
				depth[r.Event] = d + 1
			} else {
				depth[r.Event] = 0
			}
		case sim.Published:
			base.kind, base.to, base.depth = onTheWay, -1, depth[r.Event]
			if _, again := sent[r.Event]; !again {
				out = append(out, base)
				sent[r.Event] = len(out) - 1
			}
		case sim.Enqueued:
			if i, ok := sent[r.Event]; ok && out[i].to < 0 {
				out[i].to = r.At
			}
			base.kind = waiting
			begin(at, base)
		case sim.Returned:
			base.kind = waiting
			begin(at, base)
		case sim.Delayed:
			base.kind = backing
			begin(at, base)
		case sim.Leased:
			end(at, r.At)
		case sim.Started:
			base.kind = working
			begin(place{r.Event, node}, base)
		case sim.Done:
			end(place{r.Event, node}, r.At)
		case sim.FailedAttempt, sim.TimedOut:
			if i, ok := open[place{r.Event, node}]; ok {
				out[i].failed = true
			}
			end(place{r.Event, node}, r.At)
		case sim.DeadLettered, sim.Dropped, sim.Expired, sim.Lost:
			end(at, r.At)
		}
	}
	for i := range out {
		if out[i].to < 0 {
			out[i].to, out[i].open = now, true
		}
	}
	return out
}

func (l *lane) label(w *World) string {
	name := l.where(w)
	indent := strings.Repeat("  ", min(l.depth, 6))
	switch l.kind {
	case onTheWay:
		return indent + "→ " + w.Spec.Events[max(0, l.typ)].Name + " from " + name
	case waiting:
		return indent + "  waits in " + name
	case backing:
		return indent + "  backs off in " + name
	}
	text := indent + "  " + name
	if l.instance >= 0 {
		text += " #" + draw.Count(int64(l.instance)+1)
	}
	if l.attempt > 1 || l.failed {
		text += " try " + draw.Count(int64(l.attempt))
	}
	return text
}

// shownLanes are the parts of a family's life that take any time, and those of
// work.
func (x *Family) shownLanes(f *Frame) []lane {
	return slices.DeleteFunc(x.lanes(f.World, f.At()), func(l lane) bool { return l.kind == waiting && l.to == l.from && !l.open })
}

// drawWaterfall draws a family's life, a row for each part. What decided how
// long it took is marked, and the rest in the background.
func (s *Screen) drawWaterfall(g draw.Grid, f *Frame, x *Family, lanes []lane) {
	critical := criticalPath(lanes, x.Created, x.Created+x.took(f.At()))
	label := min(34, max(g.W()*2/5, 24))
	duration := 8
	plot := g.W() - label - duration - 3
	lo, hi := float64(x.Created), float64(x.Created+max(1, x.took(f.At())))
	first := 0
	if s.Deep {
		first = max(0, min(s.Lane-g.H()/2, len(lanes)-g.H()))
	}
	for y := range min(g.H(), len(lanes)-first) {
		if y == g.H()-1 && len(lanes)-first > g.H() {
			g.Text(1, y, draw.Count(int64(len(lanes)-first-y))+" more", draw.Dim)
			return
		}
		l := &lanes[first+y]
		text, style := draw.Normal, laneStyle(l)
		if !s.PathOff {
			if critical[first+y] > 0 {
				g.Put(0, y, '▸', draw.Accent)
			} else {
				text = draw.Dim
				if !l.failed {
					style = draw.Flow
				}
			}
		}
		g.TextIn(1, y, label-1, l.label(f.World), text, draw.Left)
		g.Lane(label+1, y, plot, lo, hi, []draw.Segment{{From: float64(l.from), To: float64(l.to), Rune: laneGlyphs[l.kind], Style: style}})
		g.TextIn(g.W()-duration-1, y, duration-2, draw.Duration(nanos(l.to-l.from)), text, draw.Right)
		switch {
		case l.failed:
			g.Text(g.W()-2, y, "✗", draw.Dead)
		case l.open:
			g.Text(g.W()-2, y, "…", draw.Dim)
		case l.kind == working:
			g.Text(g.W()-2, y, "✓", draw.Good)
		}
		if s.Deep && first+y == s.Lane {
			g.Restyle(draw.Rect{Y: y, W: g.W(), H: 1}, func(style draw.Style) draw.Style { return style.On(draw.Selection) })
		}
	}
	if x.Cut && len(lanes) < g.H() {
		g.Text(1, len(lanes), "what came after is not kept", draw.Dim)
	}
}

// drawFields draws the event's attributes in the names of CloudEvents, and what
// became of it.
func (s *Screen) drawFields(g draw.Grid, f *Frame, x *Family) {
	const column = 14
	y := 0
	row := func(label, value string, style draw.Style) {
		if y < g.H() {
			g.Text(1, y, label, draw.Dim)
			g.TextIn(column, y, g.W()-column-1, value, style, draw.Left)
		}
		y++
	}
	id, _ := f.Names.Event(x.Root)
	row("id", id, draw.Strong)
	if len(x.Steps) > 0 {
		if n := f.World.nodeOf(x.Steps[0].Component); n >= 0 {
			source := "/" + f.spec().Name + "/" + strings.Replace(f.World.Path(n), ".", "/", 1)
			row("source", draw.CutLeft(source, g.W()-column-1), draw.Normal)
		}
	}
	if x.Type >= 0 {
		row("type", f.Names.Type(x.Type), draw.Normal)
	}
	row("time", draw.Clock(nanos(x.Created)), draw.Normal)
	if key, ok := f.Names.Key(x.Type, x.Key); ok && key != "" {
		row("partitionkey", key, draw.Normal)
	}
	if len(x.Steps) > 0 {
		data := draw.Bytes(float64(x.Steps[0].Size))
		if p := x.Steps[0].Priority; p != 0 {
			data += ", priority " + draw.Count(int64(p))
		}
		row("data", data, draw.Normal)
	}
	row("took", draw.Duration(nanos(x.took(f.At())))+"  "+x.state(), draw.Normal)
	if x.Tries > 1 {
		row("tries", draw.Count(int64(x.Tries)), draw.Retry)
	}
	caused := map[sim.EventID]bool{}
	for i := range x.Steps {
		if r := &x.Steps[i]; r.What == sim.Created && r.Event != x.Root && !caused[r.Event] {
			caused[r.Event] = true
			child, _ := f.Names.Event(r.Event)
			row("caused", child+" "+f.Names.Type(r.Type), draw.Normal)
		}
	}
}
