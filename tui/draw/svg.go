package draw

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// The size of a cell and of the text in a picture, in pixels. Whole numbers,
// so that lines that go on in the next cell meet; the text is so large that
// most fixed-width fonts advance by one cell.
const (
	cellW, cellH = 9, 20
	fontSize     = 15
	baseline     = 15
	margin       = 12
)

// SVG writes the grid as a picture in a theme's colours. Lines, blocks and
// dots are drawn as shapes on the exact grid of cells, so that they meet
// whatever fonts the reader has; text is text, with its width given, and can
// be searched and read aloud. The title, which may be empty, is for those
// who cannot see it. The error is the writer's.
func SVG(w io.Writer, g Grid, t *Theme, title string) error {
	p := &picture{g: g, theme: t, out: bufio.NewWriter(w), byPen: map[pen]int{}}
	p.header(title)
	p.backgrounds()
	p.cells()
	for i, pen := range p.pens {
		p.flush(pen, p.paths[i].String())
	}
	fmt.Fprint(p.out, p.text.String(), "</g>\n</svg>\n")
	return p.out.Flush()
}

// pen is how shapes that are written as one path look.
type pen struct {
	colour RGB
	width  int // of a stroke in tenths of a pixel; 0 fills
	fade   int // percent of opacity
}

type picture struct {
	g     Grid
	theme *Theme
	out   *bufio.Writer
	byPen map[pen]int
	pens  []pen
	paths []*strings.Builder
	text  strings.Builder
}

func (p *picture) header(title string) {
	w, h := p.g.W()*cellW+2*margin, p.g.H()*cellH+2*margin
	fmt.Fprintf(p.out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">`+"\n", w, h, w, h)
	if title != "" {
		fmt.Fprintf(p.out, "<title>%s</title>\n", escape(title))
	}
	fmt.Fprintf(p.out, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", p.theme.Page.Hex())
	fmt.Fprintf(p.out, `<g transform="translate(%d %d)" font-family="DejaVu Sans Mono,Menlo,Consolas,Liberation Mono,monospace" font-size="%d">`+"\n",
		margin, margin, fontSize)
}

// backgrounds draws what is behind, a rectangle a run.
func (p *picture) backgrounds() {
	for y := range p.g.H() {
		row := p.g.row(y)
		for x := 0; x < len(row); {
			end, back := x+1, p.theme.Back(row[x].S)
			for end < len(row) && p.theme.Back(row[end].S) == back {
				end++
			}
			if back != p.theme.Page {
				fmt.Fprintf(p.path(pen{colour: back, fade: 100}), "M%d %dh%dv%dh%dz", x*cellW, y*cellH, (end-x)*cellW, cellH, -(end-x)*cellW)
			}
			x = end
		}
	}
	for i, pen := range p.pens {
		p.flush(pen, p.paths[i].String())
	}
	p.pens, p.paths, p.byPen = nil, nil, map[pen]int{}
}

func (p *picture) path(k pen) *strings.Builder {
	i, ok := p.byPen[k]
	if !ok {
		i = len(p.pens)
		p.byPen[k] = i
		p.pens, p.paths = append(p.pens, k), append(p.paths, &strings.Builder{})
	}
	return p.paths[i]
}

func (p *picture) flush(k pen, d string) {
	if k.width > 0 {
		fmt.Fprintf(p.out, `<path fill="none" stroke="%s" stroke-width="%d.%d" d="%s"/>`+"\n", k.colour.Hex(), k.width/10, k.width%10, d)
		return
	}
	fade := ""
	if k.fade < 100 {
		fade = fmt.Sprintf(` fill-opacity=".%02d"`, k.fade)
	}
	fmt.Fprintf(p.out, `<path fill="%s"%s d="%s"/>`+"\n", k.colour.Hex(), fade, d)
}

// cells draws every cell: shapes at once, text collected into words.
func (p *picture) cells() {
	for y := range p.g.H() {
		row := p.g.row(y)
		for x := 0; x < len(row); {
			c := row[x]
			if c.R == 0 || c.R == ' ' || c.R == wideTail || p.shape(x, y, c) {
				x++
				continue
			}
			x = p.word(row, x, y)
		}
	}
}

// word writes the text from column x to the next blank, shape or other style,
// and returns the column after it. A wide character is a word of its own.
func (p *picture) word(row []Cell, x, y int) int {
	var b strings.Builder
	end := x
	for end < len(row) && row[end].S == row[x].S && row[end].R != 0 && row[end].R != ' ' && row[end].R != wideTail && !drawn(row[end].R) {
		wide := end+1 < len(row) && row[end+1].R == wideTail
		if wide && end > x {
			break
		}
		if row[end].R <= firstMix {
			b.WriteString(p.g.sheet.mixed[firstMix-row[end].R])
		} else {
			b.WriteRune(row[end].R)
		}
		end++
		if wide {
			end++
			break
		}
	}
	p.writeText(x, y, end-x, b.String(), row[x].S)
	return max(end, x+1)
}

func (p *picture) writeText(x, y, w int, text string, s Style) {
	attrs := ""
	a := p.theme.attrs(s)
	if a&bold != 0 {
		attrs += ` font-weight="bold"`
	}
	if a&underline != 0 {
		attrs += ` text-decoration="underline"`
	}
	fmt.Fprintf(&p.text, `<text x="%d" y="%d" textLength="%d" lengthAdjust="spacingAndGlyphs" fill="%s"%s>%s</text>`+"\n",
		x*cellW, y*cellH+baseline, w*cellW, p.theme.Fore(s).Hex(), attrs, escape(text))
}

func escape(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && shown(r) == 0 {
			return -1
		}
		return r
	}, strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(text))
}
