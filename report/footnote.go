package report

import (
	"slices"
	"strconv"
	"strings"
)

// footnotes are the notes of one table; equal ones share a mark.
type footnotes struct{ texts []string }

// mark is what stands beside what a note is about, "" where there is none.
func (f *footnotes) mark(note string) string {
	if note == "" {
		return ""
	}
	i := slices.Index(f.texts, note)
	if i < 0 {
		i = len(f.texts)
		f.texts = append(f.texts, note)
	}
	return superscript(i + 1)
}

var superscripts = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

// superscript is a whole number ≥ 0 as a mark of a footnote.
func superscript(n int) string { return superscripts.Replace(strconv.Itoa(n)) }
