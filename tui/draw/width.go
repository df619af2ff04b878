package draw

import (
	"strings"
	"unicode"

	"github.com/clipperhouse/displaywidth"
)

// Terminals disagree about clusters of several code points: joined emoji,
// flags, skin tones, presentation selectors. So text is taken apart into
// what all of them agree on: a character of one or two cells, and combining
// marks that belong to the character before them. What has no agreed width
// is dropped or replaced, and so is everything that controls a terminal or
// the direction of text.

// RuneWidth is the number of cells, 0, 1 or 2, that r occupies on a grid. Zero is
// a combining mark, or a character that is never shown.
func RuneWidth(r rune) int {
	switch {
	case r < 0x20 || r == 0x7f:
		return 0
	case r < 0x7f:
		return 1
	case r >= 0x2190 && r <= 0x25ff, r >= 0x2800 && r <= 0x28ff:
		return symbolWidth(r)
	case shown(r) != r:
		return min(1, int(shown(r)))
	case combines(r):
		return 0
	}
	return clamp(displaywidth.Rune(r), 0, 2)
}

// symbolWidth is the width of arrows, mathematics, lines, blocks, geometric
// shapes and braille, without the table for the many that are one cell.
func symbolWidth(r rune) int {
	if r >= 0x2500 && r <= 0x25a1 || r >= 0x2800 {
		return 1
	}
	return clamp(displaywidth.Rune(r), 0, 2)
}

// shown is the character that stands for r, or 0 when r is never shown.
func shown(r rune) rune {
	switch {
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return 0
	case r < 0x300:
		if r == 0xad {
			return 0
		}
		return r
	case r >= 0x1f1e6 && r <= 0x1f1ff:
		return 'A' + r - 0x1f1e6 // half of a flag
	case r >= 0x1f3fb && r <= 0x1f3ff:
		return 0 // a skin tone
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0000 && r <= 0xe0fff:
		return 0 // presentation selectors and tags
	case r == unicode.ReplacementChar:
		return '?'
	case r&0xfffe == 0xfffe:
		return 0 // not a character, and not allowed in XML
	case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Cs, unicode.Co):
		return 0
	}
	return r
}

// combines tells whether r is drawn over the character before it.
func combines(r rune) bool {
	if r < 0x300 {
		return false
	}
	return unicode.In(r, unicode.Mn, unicode.Me) || r >= 0x1160 && r <= 0x11ff || r >= 0xd7b0 && r <= 0xd7ff
}

// Width is the number of cells that text occupies on one row of a grid.
func Width(text string) int {
	w := 0
	for _, r := range text {
		w += RuneWidth(r)
	}
	return w
}

// Cut is text made to fit w cells: unchanged when it does, else its
// beginning and an ellipsis. A character of two cells is never halved, so
// the answer may be one cell narrower than w.
func Cut(text string, w int) string {
	if w <= 0 {
		return ""
	}
	used, keep := 0, 0
	for i, r := range text {
		if used <= w-1 {
			keep = i
		}
		rw := RuneWidth(r)
		if used+rw > w {
			return text[:keep] + "…"
		}
		used += rw
	}
	return text
}

// CutLeft is Cut that keeps the end of text: for paths, where the end is
// what tells them apart.
func CutLeft(text string, w int) string {
	if w <= 0 {
		return ""
	}
	if Width(text) <= w {
		return text
	}
	rs := []rune(text)
	used, from := 1, len(rs)
	for from > 0 && used+RuneWidth(rs[from-1]) <= w {
		from--
		used += RuneWidth(rs[from])
	}
	return "…" + string(rs[from:])
}

// Align is where text stands in a wider place.
type Align uint8

// The alignments.
const (
	Left Align = iota
	Right
	Centre
)

// Pad is text cut or filled with spaces to exactly w cells.
func Pad(text string, w int, align Align) string {
	text = Cut(text, w)
	free := max(0, w-Width(text))
	switch align {
	case Right:
		return strings.Repeat(" ", free) + text
	case Centre:
		return strings.Repeat(" ", free/2) + text + strings.Repeat(" ", free-free/2)
	}
	return text + strings.Repeat(" ", free)
}

// Wrap divides text into lines of at most w cells, at spaces where it can
// and inside words where it must. Line breaks in text are kept. The answer has at
// least one line.
func Wrap(text string, w int) []string {
	w = max(1, w)
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		lines = append(lines, wrapParagraph(paragraph, w)...)
	}
	return lines
}

func wrapParagraph(text string, w int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		ww := Width(word)
		if used > 0 && used+1+ww <= w {
			line, used = line+" "+word, used+1+ww
			continue
		}
		if used > 0 {
			lines, line, used = append(lines, line), "", 0
		}
		for ww > w {
			head := headOf(word, w)
			lines = append(lines, head)
			word = word[len(head):]
			ww = Width(word)
		}
		line, used = word, ww
	}
	if used > 0 || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// headOf is the longest beginning of word that fits w cells, at least one
// character, with the combining marks that follow it.
func headOf(word string, w int) string {
	used := 0
	for i, r := range word {
		rw := RuneWidth(r)
		if i > 0 && used+rw > w {
			return word[:i]
		}
		used += rw
	}
	return word
}
