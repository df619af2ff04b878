package draw

import (
	"strings"
	"unicode/utf8"
)

// Painter writes grids as text with colours for a terminal. It remembers
// how each style is written, so one painter should serve many frames; it is
// not for use by several goroutines at once. Make one with NewPainter.
type Painter struct {
	theme   *Theme
	depth   Depth
	symbols *Symbols
	codes   map[Style]string
	buf     []byte
}

// NewPainter is a painter for a theme, a depth of colour and a set of
// symbols; a nil set is Braille.
func NewPainter(theme *Theme, depth Depth, symbols *Symbols) *Painter {
	if symbols == nil {
		symbols = &Braille
	}
	return &Painter{theme: theme, depth: depth, symbols: symbols, codes: map[Style]string{}}
}

// Frame is the grid as lines joined by line breaks, none after the last.
// Cells of one style that stand together are one run; each line begins and
// ends plain, and blanks at its end are left out where they cannot be seen.
func (p *Painter) Frame(g Grid) string {
	p.buf = p.Append(p.buf[:0], g)
	return string(p.buf)
}

// Append adds the frame to dst and returns the longer slice; see Frame.
func (p *Painter) Append(dst []byte, g Grid) []byte {
	for y := range g.H() {
		if y > 0 {
			dst = append(dst, '\n')
		}
		dst = p.appendRow(dst, g, y)
	}
	return dst
}

func (p *Painter) appendRow(dst []byte, g Grid, y int) []byte {
	row := g.row(y)
	if !p.theme.Paints {
		row = row[:seen(row)]
	}
	now, on := Normal, ""
	for i, c := range row {
		if c.R == wideTail && i > 0 {
			continue
		}
		if c.R <= 0 && c.R > firstMix {
			c.R = ' '
		}
		if i == 0 || c.S != now && !(c.R == ' ' && sameBlank(p.theme, c.S, now)) {
			now = c.S
			if code := p.code(now); code != on {
				dst = appendSwitch(dst, code)
				on = code
			}
		}
		dst = p.appendCell(dst, g, c)
	}
	if on != "" {
		dst = append(dst, reset...)
	}
	return dst
}

// appendSwitch ends what was set and sets code, which may be "" for plain.
func appendSwitch(dst []byte, code string) []byte {
	if code == "" {
		return append(dst, reset...)
	}
	return append(dst, code...)
}

const reset = "\x1b[m"

func (p *Painter) appendCell(dst []byte, g Grid, c Cell) []byte {
	if c.R <= firstMix {
		return append(dst, g.sheet.mixed[firstMix-c.R]...)
	}
	if c.R < utf8.RuneSelf {
		return append(dst, byte(c.R))
	}
	return utf8.AppendRune(dst, p.symbols.of(c.R))
}

// sameBlank tells whether a space looks the same in both styles.
func sameBlank(t *Theme, a, b Style) bool {
	const visible = underline | reverse
	return a.Behind() == b.Behind() && t.attrs(a)&visible == 0 && t.attrs(b)&visible == 0
}

// code is the sequence that ends every other style and sets this one, or ""
// when the style is plain.
func (p *Painter) code(s Style) string {
	if code, ok := p.codes[s]; ok {
		return code
	}
	code := ""
	if params := p.params(s); len(params) > 0 {
		code = "\x1b[0" + string(params) + "m"
	}
	p.codes[s] = code
	return code
}

func (p *Painter) params(s Style) []byte {
	t := p.theme
	var dst []byte
	attrs := t.attrs(s)
	if attrs&bold != 0 {
		dst = append(dst, ";1"...)
	}
	if attrs&underline != 0 {
		dst = append(dst, ";4"...)
	}
	// Without colours a chosen row must still be seen.
	if attrs&reverse != 0 || p.depth == DepthNone && s.Behind() == Selection {
		dst = append(dst, ";7"...)
	}
	front, behind := t.of(s.Role()), t.of(s.Behind())
	dst = appendColour(dst, p.depth, front.fore, front.ansi, false)
	if s.Behind() != Normal || t.Paints {
		dst = appendColour(dst, p.depth, behind.behind, behind.back, true)
	}
	return dst
}

// row is the cells of row y; where the grid is cut off, they are blank.
func (g Grid) row(y int) []Cell {
	sy := y + g.area.Y
	if g.clip.W == g.area.W && sy >= g.clip.Y && sy < g.clip.Bottom() {
		return g.sheet.cells[sy*g.sheet.w+g.area.X:][:g.area.W]
	}
	row := make([]Cell, g.area.W)
	for x := range row {
		if i, ok := g.index(x, y); ok {
			row[x] = g.sheet.cells[i]
		}
	}
	return row
}

// seen is the number of cells up to the last that can be seen on a page
// of the terminal's own colour.
func seen(row []Cell) int {
	n := len(row)
	for n > 0 {
		c := row[n-1]
		if c.R != 0 && c.R != ' ' || c.S.Behind() != Normal || c.S&(underline|reverse) != 0 {
			return n
		}
		n--
	}
	return 0
}

// Plain is the grid as text without colours in the painter's symbols.
func (p *Painter) Plain(g Grid) string {
	return strings.Map(p.symbols.of, g.String())
}
