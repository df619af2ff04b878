package tui

import (
	"cmp"
	"fmt"
	"slices"

	"eddy/sim"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// part is what one thing that happens to an event took of what decided how long
// its family took.
type part struct {
	name  string
	did   string // the same of something past
	took  int64  // ns
	node  int    // where; -1 for under way and in the broker
	idle  bool   // it waited, or what was done came to nothing
	style draw.Style
}

// underWay is the part of everything between components.
const underWay = "under way, broker"

// spent adds up what decided how long a family took, the most first: the parts
// of its critical path by what was done there.
func (x *Family) spent(f *Frame) []part {
	lanes := x.lanes(f.World, f.At())
	var parts []part
	rest := x.took(f.At())
	for i, took := range criticalPath(lanes, x.Created, x.Created+rest) {
		l := &lanes[i]
		if took <= 0 || l.kind == onTheWay {
			continue
		}
		rest -= took
		name, did := l.doing(f.World), l.did(f.World)
		if l.failed {
			name = did
		}
		at := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
		if at < 0 {
			at = len(parts)
			parts = append(parts, part{name: name, did: did, node: l.node, idle: l.failed || l.kind != working, style: laneStyle(l)})
		}
		parts[at].took += took
	}
	if rest > 0 {
		parts = append(parts, part{name: underWay, did: "was under way", took: rest, node: -1, style: draw.Flow})
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.took, a.took) })
	return parts
}

// criticalPath walks back from the end of a family: the part that ended last,
// before it the part that ended last before that began, and so on. It returns
// how much time each part accounts for.
func criticalPath(lanes []lane, from, to int64) []int64 {
	took := make([]int64, len(lanes))
	at := to
	for at > from {
		best := -1
		for i := range lanes {
			l := &lanes[i]
			if l.from < at && l.to > l.from && (best < 0 || min(l.to, at) > min(lanes[best].to, at) || min(l.to, at) == min(lanes[best].to, at) && l.from > lanes[best].from) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		end := min(at, lanes[best].to)
		took[best] += end - lanes[best].from
		at = lanes[best].from
	}
	return took
}

// usual is what families of one kind usually take, and each part of it: the
// medians of those that are kept and have ended.
type usual struct {
	frame *Frame
	typ   int32
	of    int // how many they are
	took  int64
	parts map[string]int64
}

const (
	// usualLeast is how many families a median of them needs to say anything.
	usualLeast = 9
	// usualMost is of how many it is at most: more say no more.
	usualMost = 1000
)

// usualOf is what families of a kind take at a frame; it is worked out once for
// each.
func (s *Screen) usualOf(f *Frame, typ int32) *usual {
	if s.usual == nil || s.usual.frame != f || s.usual.typ != typ {
		s.usual = newUsual(f, typ)
	}
	return s.usual
}

func newUsual(f *Frame, typ int32) *usual {
	u := &usual{frame: f, typ: typ, parts: map[string]int64{}}
	var all []int64
	parts := map[string][]int64{}
	for i := len(f.Families) - 1; i >= 0 && u.of < usualMost; i-- {
		x := f.Families[i]
		if x.Type != typ || x.Ended < 0 || x.Failed || x.Cut {
			continue
		}
		u.of++
		all = append(all, x.took(f.At()))
		for _, p := range x.spent(f) {
			parts[p.name] = append(parts[p.name], p.took)
		}
	}
	u.took = median(all, u.of)
	for name, took := range parts {
		u.parts[name] = median(took, u.of)
	}
	return u
}

// median is the middle one of n values of which those not given are 0.
func median(values []int64, n int) int64 {
	zeros := n - len(values)
	if at := (n - 1) / 2; n > 0 && at >= zeros {
		slices.Sort(values)
		return values[at-zeros]
	}
	return 0
}

// against says how what a part took compares with what it usually takes; about
// the same is ≈. What is nothing of the whole says nothing.
func (u *usual) against(p *part, total int64) (text string, style draw.Style) {
	took := u.parts[p.name]
	switch {
	case u.of < usualLeast:
		return "", draw.Dim
	case took == 0 && p.took*50 < total:
		return "new", draw.Dim
	case took == 0:
		return "▲ new", draw.Hot
	}
	times := float64(p.took) / float64(took)
	switch {
	case times > 1.5 && p.took*50 >= total:
		return "▲ " + timesText(times), draw.Hot
	case times > 1.5, times < 1/1.5 && p.took*50 < total:
		return timesText(times), draw.Dim
	case times < 1/1.5:
		return "▼ " + timesText(times), draw.Good
	}
	return "≈", draw.Dim
}

// timesText is a factor in two digits.
func timesText(times float64) string {
	if times >= 9.95 {
		return draw.Count(int64(times+0.5)) + "×"
	}
	return fmt.Sprintf("%.1f×", times)
}

// excess is the part that took the most more than usual of a family that took
// half as long again as usual; nil where there is none.
func (u *usual) excess(parts []part, total int64) *part {
	if u.of < usualLeast || 2*total < 3*u.took {
		return nil
	}
	var most *part
	for i := range parts {
		if p := &parts[i]; p.took > u.parts[p.name] && (most == nil || p.took-u.parts[p.name] > most.took-u.parts[most.name]) {
			most = p
		}
	}
	return most
}

// whyText says what of a family's life was of use, and what made it slow.
func (u *usual) whyText(parts []part, total int64) string {
	var idle, useful int64
	for i := range parts {
		switch p := &parts[i]; {
		case p.idle:
			idle += p.took
		case p.node >= 0:
			useful += p.took
		}
	}
	text := fmt.Sprintf("%s of its life was waiting or failing, %s useful work.", draw.Percent(float64(idle)/float64(max(1, total))), draw.Duration(nanos(useful)))
	if p := u.excess(parts, total); p != nil {
		instead := "none"
		if took := u.parts[p.name]; took > 0 {
			instead = draw.Duration(nanos(took))
		}
		text += fmt.Sprintf(" It took %s the median of %s, above all because it %s: %s instead of %s.", timesText(float64(total)/float64(max(1, u.took))),
			draw.Duration(nanos(u.took)), p.did, draw.Duration(nanos(p.took)), instead)
	}
	return text
}

// drawWhere draws where a family's time went, each part against what is usual,
// and why it was slow; last, a change that would mend it.
func (s *Screen) drawWhere(g draw.Grid, f *Frame, x *Family) {
	parts, total := x.spent(f), max(1, x.took(f.At()))
	u := s.usualOf(f, x.Type)
	const tookW, shareW = 8, 6
	versus := 0
	if u.of >= usualLeast && g.W() >= 40 {
		versus = 8
	}
	name := min(32, (g.W()-tookW-shareW-versus)*3/5)
	bar := g.W() - name - tookW - shareW - versus - 2
	for y := range min(g.H(), len(parts)) {
		p := &parts[y]
		share := float64(p.took) / float64(total)
		g.TextIn(1, y, name-1, p.name, draw.Normal, draw.Left)
		g.Bar(name+1, y, bar, draw.Bar{Value: share, Max: 1, Fill: p.style, Track: draw.Faint})
		right := name + bar + 1
		g.TextIn(right, y, tookW, draw.Duration(nanos(p.took)), draw.Normal, draw.Right)
		g.TextIn(right+tookW, y, shareW, draw.Percent(share), draw.Dim, draw.Right)
		if versus > 0 {
			text, style := u.against(p, total)
			g.TextIn(right+tookW+shareW+1, y, versus-1, text, style, draw.Left)
		}
	}
	s.drawWhy(g, f, u, parts, total)
}

// whereNote says what the parts are held against.
func (s *Screen) whereNote(f *Frame, x *Family) draw.Line {
	u := s.usualOf(f, x.Type)
	text := "too few like it have ended to compare"
	if u.of >= usualLeast {
		text = "against the median of " + draw.Count(int64(u.of)) + " like it"
	}
	return draw.Line{{Text: text, Style: draw.Dim}}
}

// drawWhy draws, below so many parts, why a family was slow.
func (s *Screen) drawWhy(g draw.Grid, f *Frame, u *usual, parts []part, total int64) {
	y := len(parts) + 1
	try := s.mends(f, u, parts, total)
	last := g.H()
	if try != nil {
		last--
	}
	lines := draw.Wrap(u.whyText(parts, total), max(8, g.W()-7))
	for i, line := range lines {
		if y >= last {
			break
		}
		if i == 0 {
			g.Text(1, y, "why", draw.Dim)
		}
		if y == last-1 && i < len(lines)-1 {
			line = draw.Cut(line+" "+lines[i+1], g.W()-6)
		}
		g.TextIn(5, y, g.W()-6, line, draw.Strong, draw.Left)
		y++
	}
	if try == nil || y >= g.H() {
		return
	}
	g.Line(1, y, g.W()-12, tryLine(try, g.W()-12))
	g.Line(g.W()-10, y, 10, draw.Line{{Text: "F", Style: draw.Key}, {Text: " to it", Style: draw.Dim}})
}

// mends is the finding whose change would mend what made a family slow: one
// that is about where it lost the most time. It is nil where there is none.
func (s *Screen) mends(f *Frame, u *usual, parts []part, total int64) *sim.Finding {
	slow := u.excess(parts, total)
	if slow == nil && len(parts) > 0 && parts[0].idle {
		slow = &parts[0]
	}
	if slow == nil || slow.node < 0 {
		return nil
	}
	list := f.findings()
	for i := range list {
		if x := &list[i]; len(x.Change) > 0 && f.about(x, slow.node) {
			return x
		}
	}
	return nil
}

// about says whether a finding is about a node, or about who reads it.
func (f *Frame) about(x *sim.Finding, node int) bool {
	n := f.World.Nodes[node]
	return f.World.NodeAt(x.Component) == node || f.World.subscribes(x.Component, node) || n.Kind == graph.Channel && f.reads(x.Component, n.Index)
}
