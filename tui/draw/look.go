package draw

import "strconv"

// Look is how a theme shows a style at a depth of colour, for those who write
// text by other means than a grid.
type Look struct {
	Fore, Behind              string // "#rrggbb", the number of one of 16 or 256 colours, or "" for the terminal's own
	Bold, Underline, Reversed bool
}

// Look is how the painter shows a style.
func (p *Painter) Look(s Style) Look {
	attrs := p.theme.attrs(s)
	front, behind := p.theme.of(s.Role()), p.theme.of(s.Behind())
	l := Look{
		Fore: p.colour(front.fore, front.ansi), Bold: attrs&bold != 0, Underline: attrs&underline != 0,
		Reversed: attrs&reverse != 0 || p.depth == DepthNone && s.Behind() == Selection,
	}
	if s.Behind() != Normal || p.theme.Paints {
		l.Behind = p.colour(behind.behind, behind.back)
	}
	return l
}

// colour is a colour as a number of 16 or 256, or in hexadecimal.
func (p *Painter) colour(c RGB, ansi int8) string {
	switch {
	case p.depth == DepthNone || p.depth == Depth16 && ansi < 0 || p.depth != Depth16 && !c.IsSet():
		return ""
	case p.depth == Depth16:
		return strconv.Itoa(int(ansi))
	case p.depth == Depth256:
		return strconv.Itoa(c.index256())
	}
	return c.Hex()
}

// Text is a text as it may be written into w cells: without anything that a
// terminal would obey, cut by display width, in the painter's symbols.
func (p *Painter) Text(text string, w int) string {
	if w <= 0 {
		return ""
	}
	g := New(w, 1)
	g.TextIn(0, 0, w, text, Normal, Left)
	return p.Plain(g)
}

// ASCIIOnly tells whether the painter's symbols are nothing but ASCII.
func (p *Painter) ASCIIOnly() bool { return p.symbols.DotsX == 1 }
