package tui

import (
	"eddy/sim"
	"eddy/tui/draw"
)

// drawLedger draws where every event and copy is: nothing may be missing.
func (s *Screen) drawLedger(g draw.Grid, f *Frame) {
	top, rest := g.Bounds().CutTop(min(8, max(4, g.H()/3)))
	drawAccount(g.Panel(top, true, title("ledger"), draw.Line{{Text: "of the whole run", Style: draw.Dim}}), &f.Snap.Ledger)
	inside := g.Panel(rest, false, title("where the copies went"), nil)
	ledgerTable(f, g.W()).Draw(inside.Sub(inside.Bounds().Inset(1, 0)))
}

// drawAccount draws the two sums of the ledger, term by term.
func drawAccount(g draw.Grid, l *sim.Ledger) {
	type term struct {
		name string
		n    int64
		bad  bool
	}
	sum := func(y int, whole term, parts []term) int {
		line := draw.Line{{Text: draw.Count(whole.n), Style: draw.Strong}, {Text: " " + whole.name, Style: draw.Normal}}
		for i, p := range parts {
			style := draw.Normal
			switch {
			case p.n == 0:
				style = draw.Dim
			case p.bad:
				style = draw.Dead
			}
			op := " + "
			if i == 0 {
				op = " = "
			}
			next := draw.Line{{Text: op, Style: draw.Dim}, {Text: draw.Count(p.n), Style: style}, {Text: " " + p.name, Style: draw.Dim}}
			if line.Width()+next.Width() > g.W()-2 {
				g.Line(1, y, g.W()-2, line)
				y++
				line = draw.Line{{Text: "   ", Style: draw.Dim}}
			}
			line = append(line, next...)
		}
		g.Line(1, y, g.W()-2, line)
		return y + 1
	}
	y := sum(0, term{"copies", l.Copies, false}, []term{
		{"done", l.Done, false},
		{"waiting", l.Waiting, false},
		{"delayed", l.Delayed, false},
		{"leased", l.Leased, false},
		{"dead-lettered", l.DeadLettered, true},
		{"dropped", l.Dropped, true},
		{"expired", l.Expired, true},
		{"lost", l.Lost, true},
	})
	before := draw.Line{{Text: draw.Count(l.Created), Style: draw.Strong}, {Text: " events created", Style: draw.Normal}}
	for _, t := range []term{
		{"never sent", l.Unsent, true},
		{"rejected", l.Rejected, true},
		{"unrouted", l.Unrouted, true},
		{"cut as a loop", l.LoopCut, true},
		{"duplicates", l.Duplicates, false},
	} {
		if t.n > 0 {
			style := draw.Normal
			if t.bad {
				style = draw.Dead
			}
			before = append(before, draw.Span{Text: "  ", Style: draw.Dim}, draw.Span{Text: draw.Count(t.n), Style: style}, draw.Span{Text: " " + t.name, Style: draw.Dim})
		}
	}
	g.Line(1, y, g.W()-2, before)
	if l.Balanced {
		g.Text(1, y+1, "✓ balanced: every copy is accounted for", draw.Good)
	} else {
		g.Text(1, y+1, "✗ the ledger does not balance; please report this", draw.Dead)
	}
}

// ledgerTable has a row for each store and each consumer.
func ledgerTable(f *Frame, width int) draw.Table {
	count := draw.Count
	if width < tableW {
		count = func(n int64) string { return draw.Short(float64(n)) } // a number must not be cut
	}
	t := draw.Table{Selected: -1, Gap: 2, Empty: "no channel holds anything"}
	t.Columns = []draw.Column{{Title: "", Min: 12, Max: 28, Grow: true}}
	for i, c := range []string{"in", "done", "redelivered", "waiting", "in hand", "dead", "dropped", "expired", "lost", "rejected"} {
		t.Columns = append(t.Columns, draw.Column{Title: c, Align: draw.Right, Min: max(len(c), 5), Priority: []int{0, 0, 5, 0, 0, 1, 2, 3, 1, 4}[i]})
	}
	num := func(n int64, bad bool) draw.Field {
		switch {
		case n == 0:
			return draw.S("·", draw.Faint)
		case bad:
			return draw.S(count(n), draw.Dead)
		}
		return draw.T(count(n))
	}
	for _, st := range f.stores() {
		o := f.World.ownerOf(st.Component)
		name := f.spec().Broker.Channels[o.channel].Name
		if o.consumer >= 0 {
			name += " / " + f.spec().Consumers[o.consumer].Name
		}
		t.Rows = append(t.Rows, []draw.Field{
			draw.T(name), num(st.In, false), num(st.Acked, false), num(st.Redelivered, false), num(st.Ready+st.Delayed, false), num(st.Leased, false),
			num(st.DeadLettered, true), num(st.Dropped, true), num(st.Expired, true), num(st.Lost, true), num(st.Rejected, true),
		})
	}
	for i := range f.Snap.Consumers {
		c := &f.Snap.Consumers[i]
		t.Rows = append(t.Rows, []draw.Field{
			draw.S(f.spec().Consumers[i].Name, draw.Busy), draw.S("", draw.Dim), num(c.Done, false), num(c.Retries, false), draw.S("", draw.Dim),
			num(c.Busy, false), num(c.DeadLettered, true), num(c.Dropped, true), draw.S("", draw.Dim), num(c.Lost, true), draw.S("", draw.Dim),
		})
	}
	return t
}
