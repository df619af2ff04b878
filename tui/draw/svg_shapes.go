package draw

import (
	"fmt"
	"strings"
)

// drawn tells whether a picture draws the glyph as a shape.
func drawn(r rune) bool {
	_, line := strokes[r]
	_, block := blocks[r]
	_, sign := signs[r]
	return line || block || sign || r >= 0x2800 && r <= 0x28ff
}

// block is a part of a cell, in eighths of its width and height, and how much
// of the colour it has in percent.
type block struct{ x, y, w, h, fade int }

// blocks are the block elements; those of several parts have several.
var blocks = blockShapes()

func blockShapes() map[rune][]block {
	all := map[rune][]block{
		'▀': {{0, 0, 8, 4, 100}}, '▐': {{4, 0, 4, 8, 100}}, '▕': {{7, 0, 1, 8, 100}},
		'░': {{0, 0, 8, 8, 28}}, '▒': {{0, 0, 8, 8, 50}}, '▓': {{0, 0, 8, 8, 75}},
	}
	for i := 1; i <= 8; i++ {
		all[eighths[i]] = []block{{0, 0, i, 8, 100}}
		all[levels[i]] = []block{{0, 8 - i, 8, i, 100}}
	}
	for bits, r := range quadrants {
		if all[r] != nil {
			continue
		}
		for i := range 4 {
			if bits>>i&1 != 0 {
				all[r] = append(all[r], block{i % 2 * 4, i / 2 * 4, 4, 4, 100})
			}
		}
	}
	delete(all, ' ')
	return all
}

// signs are the signs that are drawn, as paths in a cell of 9 by 20 whose
// middle is (4.5, 10).
var signs = map[rune]string{
	'●': "m.9 10a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0-7.2 0z",
	'■': "m1 6.5h7v7h-7z",
	'□': "m1 6.5h7v7h-7zm1.1 1.1v4.8h4.8v-4.8z",
	'◆': "m4.5 5.5l4 4.5l-4 4.5l-4-4.5z",
	'◇': "m4.5 5.5l4 4.5l-4 4.5l-4-4.5zm0 1.8l-2.4 2.7l2.4 2.7l2.4-2.7z",
	'►': "m0 5.5l9 4.5l-9 4.5z",
	'◄': "m9 5.5l-9 4.5l9 4.5z",
	'▲': "m4.5 5.5l4.2 8.5h-8.4z",
	'▼': "m4.5 14.5l4.2-8.5h-8.4z",
	'▶': "m.5 5l8 5l-8 5z",
	'◖': "m9 5a5 5 0 0 0 0 10z",
	'◗': "m0 5a5 5 0 0 1 0 10z",
}

// shape draws a cell that is not text; it tells whether it was one.
func (p *picture) shape(x, y int, c Cell) bool {
	colour := p.theme.Fore(c.S)
	x, y = x*cellW, y*cellH
	if k, ok := strokes[c.R]; ok {
		p.line(x, y, k, colour)
		return true
	}
	if parts, ok := blocks[c.R]; ok {
		for _, b := range parts {
			fmt.Fprintf(p.path(pen{colour: colour, fade: b.fade}), "M%s %sh%sv%sh-%sz",
				eighth(x, b.x*cellW), eighth(y, b.y*cellH), eighth(0, b.w*cellW), eighth(0, b.h*cellH), eighth(0, b.w*cellW))
		}
		return true
	}
	if d, ok := signs[c.R]; ok {
		fmt.Fprintf(p.path(pen{colour: colour, fade: 100}), "M%d %d%s", x, y, d)
		return true
	}
	if c.R >= 0x2800 && c.R <= 0x28ff {
		p.braille(x, y, c.R, colour)
		return true
	}
	return false
}

// eighth is whole + n/8 as short as it can be written.
func eighth(whole, n int) string {
	whole, n = whole+n/8, n%8
	if n == 0 {
		return fmt.Sprint(whole)
	}
	return fmt.Sprint(whole) + [8]string{"", ".125", ".25", ".375", ".5", ".625", ".75", ".875"}[n]
}

func (p *picture) braille(x, y int, r rune, colour RGB) {
	for i, bit := range brailleBits {
		if r&bit != 0 {
			fmt.Fprintf(p.path(pen{colour: colour, fade: 100}), "M%d %d.5a1.35 1.35 0 1 0 2.7 0a1.35 1.35 0 1 0-2.7 0z",
				x+i%2*4+1, y+i/2*5+2)
		}
	}
}

// line draws the arms of a line glyph. Corners of rounded boxes are curves.
func (p *picture) line(x, y int, k stroke, colour RGB) {
	width := 12
	if k.heavy {
		width = 26
	}
	b := p.path(pen{colour: colour, width: width})
	switch {
	case k.round:
		p.corner(x, y, k, colour)
	case k.dashes > 0:
		p.dashed(b, x, y, k)
	default:
		p.arms(b, x, y, k.arms)
	}
}

// arms draws lines from the middle of the cell; opposite arms are one line.
func (p *picture) arms(b *strings.Builder, x, y int, a Arms) {
	switch a & (East | West) {
	case East | West:
		fmt.Fprintf(b, "M%d %dh9", x, y+10)
	case East:
		fmt.Fprintf(b, "M%d.9 %dh5.1", x+3, y+10)
	case West:
		fmt.Fprintf(b, "M%d %dh5.1", x, y+10)
	}
	switch a & (Up | Down) {
	case Up | Down:
		fmt.Fprintf(b, "M%d.5 %dv20", x+4, y)
	case Up:
		fmt.Fprintf(b, "M%d.5 %dv10", x+4, y)
	case Down:
		fmt.Fprintf(b, "M%d.5 %dv10", x+4, y+10)
	}
}

func (p *picture) dashed(b *strings.Builder, x, y int, k stroke) {
	for i := range k.dashes {
		if k.arms&East != 0 {
			fmt.Fprintf(b, "M%d.7 %dh%d", x+9*i/k.dashes, y+10, 6/k.dashes)
		} else {
			fmt.Fprintf(b, "M%d.5 %dv%d", x+4, y+20*i/k.dashes+2, 13/k.dashes)
		}
	}
}

// corner draws a rounded corner with a radius of half a cell.
func (p *picture) corner(x, y int, k stroke, colour RGB) {
	b := p.path(pen{colour: colour, width: 12})
	start, bend := y+20, y+15
	if k.arms&Up != 0 {
		start, bend = y, y+5
	}
	side := 9
	if k.arms&West != 0 {
		side = 0
	}
	fmt.Fprintf(b, "M%d.5 %dV%dQ%d.5 %d %d %d", x+4, start, bend, x+4, y+10, x+side, y+10)
}
