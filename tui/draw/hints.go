package draw

// Hint is a key and what it does.
type Hint struct {
	Key, Text string
	Priority  int // hints of the highest number are left out first
}

// Hints draws a line of key hints in w cells from (x, y), in their order and
// as many as fit, and returns where each was drawn, empty for one left out.
func (g Grid) Hints(x, y, w int, hints []Hint) []Rect {
	places := make([]Rect, len(hints))
	in := fittingHints(w, hints)
	for i, h := range hints {
		if !in[i] {
			continue
		}
		end := g.Text(x, y, h.Key, Key)
		end = g.Text(end+1, y, h.Text, Dim)
		places[i] = Rect{x, y, end - x, 1}
		x = end + 2
	}
	return places
}

func fittingHints(w int, hints []Hint) []bool {
	in := make([]bool, len(hints))
	total := -2
	for i, h := range hints {
		in[i] = true
		total += h.width()
	}
	for total > w {
		worst := -1
		for i, h := range hints {
			if in[i] && (worst < 0 || h.Priority >= hints[worst].Priority) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		in[worst] = false
		total -= hints[worst].width()
	}
	return in
}

func (h Hint) width() int { return Width(h.Key) + Width(h.Text) + 3 }

// Tabs draws names side by side so that they end before column x, the active
// one between ◖ and ◗, and returns where each was drawn. Without room for all it
// draws only the active one.
func (g Grid) Tabs(x, y, w int, names []string, active int) []Rect {
	places := make([]Rect, len(names))
	total := 1
	for _, n := range names {
		total += Width(n) + 2
	}
	at := x - total
	for i, n := range names {
		if total > w {
			if i != active {
				continue
			}
			at = x - Width(n) - 2
		}
		if i == active {
			g.Put(at, y, '◖', Accent)
			g.Text(at+1, y, n, Accent)
			g.Put(at+1+Width(n), y, '◗', Accent)
		} else {
			g.Text(at+1, y, n, Dim)
		}
		places[i] = Rect{at, y, Width(n) + 2, 1}
		at += Width(n) + 2
	}
	return places
}
