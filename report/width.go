package report

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// width is how many cells of a terminal a clean text takes.
func width(s string) int { return displaywidth.String(s) }

// cut shortens a text to at most w cells; what was cut ends in an ellipsis.
func cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	return displaywidth.TruncateString(s, w, "…")
}

// spaces is n cells of nothing.
func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// wrap breaks a text at its spaces into lines of at most w cells. A word
// that is longer than a line (a script without spaces has such) is broken
// where the line ends.
func wrap(s string, w int) []string {
	w = max(w, 2) // the widest character must fit
	var lines []string
	line, used := "", 0
	flush := func() {
		lines = append(lines, line)
		line, used = "", 0
	}
	for _, word := range strings.Fields(s) {
		if used > 0 && used+1+width(word) > w && (width(word) <= w || used+2 > w) {
			flush()
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		g := displaywidth.StringGraphemes(word)
		for g.Next() {
			if used > 0 && used+g.Width() > w {
				flush()
			}
			line, used = line+g.Value(), used+g.Width()
		}
	}
	if used > 0 || len(lines) == 0 {
		flush()
	}
	return lines
}
