package draw

import "math"

// eighths are the parts of a cell filled from the left, and levels the parts
// filled from below, by eighths; 0 is empty.
var (
	eighths = [9]rune{' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'}
	levels  = [9]rune{' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'}
)

// Bar is a horizontal bar in eighths of a cell.
type Bar struct {
	Value float64 // how much; a value above Max fills the bar, below 0 or not a number leaves it empty
	Max   float64 // what a full bar stands for; > 0
	Limit float64 // what is beyond this is drawn in Over; ≤ 0 for none
	// Fill, Over and Track are the styles of the bar, its part beyond the limit, and what is
	// empty. A limit the value has not reached is a thin line on the track.
	Fill, Over, Track Style
	Glyph             rune // of the track; 0 for blank
}

// Bar draws b in w cells from (x, y).
func (g Grid) Bar(x, y, w int, b Bar) {
	filled := partOf(b.Value, b.Max, w*8)
	limit := -1
	if b.Limit > 0 {
		limit = partOf(b.Limit, b.Max, w*8)
	}
	for i := range w {
		part := clamp(filled-i*8, 0, 8)
		switch {
		case part == 0 && limit >= i*8 && limit < i*8+8 && limit > 0:
			g.Put(x+i, y, '▏', b.Over)
		case part == 0 && b.Glyph != 0:
			g.Put(x+i, y, b.Glyph, b.Track)
		case part == 8 && limit >= 0 && i*8 >= limit:
			g.Put(x+i, y, '▓', b.Over) // another glyph: seen without colours
		case part > 0 && limit >= 0 && i*8 >= limit:
			g.Put(x+i, y, eighths[part], b.Over)
		default:
			g.Put(x+i, y, eighths[part], b.Fill)
		}
	}
}

// partOf is the whole number of parts, 0 to parts, that value is of most. Anything
// above zero is at least one part: little is not nothing.
func partOf(value, most float64, parts int) int {
	if !(value > 0) || !(most > 0) || parts <= 0 {
		return 0
	}
	if value >= most {
		return parts
	}
	return clamp(int(value/most*float64(parts)+0.5), 1, parts)
}

// BarText is a bar of w cells as text: for tables.
func BarText(value, most float64, w int) string {
	filled := partOf(value, most, w*8)
	text := make([]rune, 0, w)
	for i := range w {
		text = append(text, eighths[clamp(filled-i*8, 0, 8)])
	}
	return string(text)
}

// Spark draws the last w of values as a sparkline that ends at column x+w-1:
// the newest is on the right. most is what a full cell stands for; ≤ 0 takes the
// greatest of those shown. Not a number is a gap; zero is the lowest level, so
// that nothing looks different from not known.
func (g Grid) Spark(x, y, w int, values []float64, most float64, s Style) {
	if len(values) > w {
		values = values[len(values)-max(0, w):]
	}
	x += w - len(values)
	for i, r := range sparkRunes(values, most) {
		if r != ' ' {
			g.Put(x+i, y, r, s)
		}
	}
}

// SparkText is the sparkline of all values as text.
func SparkText(values []float64, most float64) string { return string(sparkRunes(values, most)) }

func sparkRunes(values []float64, most float64) []rune {
	if !(most > 0) {
		most = greatest(values)
	}
	text := make([]rune, len(values))
	for i, v := range values {
		switch {
		case math.IsNaN(v):
			text[i] = ' '
		default:
			text[i] = levels[max(1, partOf(v, most, 8))]
		}
	}
	return text
}

// greatest of the values that are numbers, 0 when there is none.
func greatest(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		if v > most {
			most = v
		}
	}
	return most
}

// Resample makes n values of many: each is the greatest of its share, so that
// no peak is lost, and values are repeated where there are fewer than n. A
// share of gaps stays a gap.
func Resample(values []float64, n int) []float64 {
	out := make([]float64, max(0, n))
	for i := range out {
		from := i * len(values) / n
		to := max(from+1, (i+1)*len(values)/n)
		out[i] = math.NaN()
		for _, v := range values[from:min(to, len(values))] {
			if math.IsNaN(out[i]) || v > out[i] {
				out[i] = v
			}
		}
	}
	return out
}

// Workers draws the busy and the idle instances of a consumer, ■■□, in at most
// w cells from (x, y). When there are more than fit, each square stands for
// several, and part of a busy square counts as busy; an instance that is down
// is ✗. It returns the column after the last.
func (g Grid) Workers(x, y, w, busy, idle, down int) int {
	total := busy + idle + down
	if total <= 0 || w <= 0 {
		return x
	}
	shown := min(total, w)
	b := (busy*shown + total - 1) / total
	d := (down*shown + total - 1) / total
	b = min(b, shown-min(d, shown))
	for i := range shown {
		switch {
		case i < b:
			g.Put(x+i, y, '■', Busy)
		case i >= shown-d:
			g.Put(x+i, y, '✗', Dead)
		default:
			g.Put(x+i, y, '□', Idle)
		}
	}
	return x + shown
}
