package report

import (
	"bufio"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
)

// piece is a part of a line in one tone.
type piece struct {
	text string
	tone tone
}

// line is one line of a text report.
type line []piece

func (l line) add(text string, t tone) line { return append(l, piece{text, t}) }

// mark begins a line with a mark, or the room for one.
func (l line) mark(m mark) line { return l.add(glyphs[m].text+spaces(gap-1), glyphs[m].tone) }

// styles are how the tones look: in the sixteen colours that every theme has
// chosen for itself.
var styles = [...]lipgloss.Style{
	plain: lipgloss.NewStyle(),
	bold:  lipgloss.NewStyle().Bold(true),
	faint: lipgloss.NewStyle().Faint(true),
	good:  lipgloss.NewStyle().Foreground(lipgloss.Green),
	warn:  lipgloss.NewStyle().Foreground(lipgloss.Yellow),
	bad:   lipgloss.NewStyle().Foreground(lipgloss.Red),
}

// show writes lines of at most w cells, without spaces at their ends.
func show(out io.Writer, lines []line, w int, colour bool) error {
	b := bufio.NewWriter(out)
	for _, l := range lines {
		for _, s := range l.within(w) {
			if !colour || s.tone == plain || strings.TrimSpace(s.text) == "" {
				b.WriteString(s.text)
				continue
			}
			b.WriteString(styles[s.tone].Render(s.text))
		}
		b.WriteByte('\n')
	}
	return b.Flush()
}

// within cuts a line to w cells and takes the spaces off its end.
func (l line) within(w int) line {
	kept := make(line, 0, len(l))
	for _, s := range l {
		text := cut(s.text, w)
		w -= width(text)
		kept = append(kept, piece{text, s.tone})
		if text != s.text {
			break
		}
	}
	for i := len(kept) - 1; i >= 0; i-- {
		kept[i].text = strings.TrimRight(kept[i].text, " ")
		if kept[i].text != "" {
			return kept[:i+1]
		}
	}
	return nil
}

// hanging wraps a text to w cells; the first line begins with a mark, the
// others with the room of one.
func hanging(m mark, text string, t tone, w int) []line {
	var lines []line
	for i, s := range wrap(text, w-gap) {
		if i > 0 {
			m = noMark
		}
		lines = append(lines, line{}.mark(m).add(s, t))
	}
	return lines
}

// terms lays short texts out one after another, as many on a line as there
// is room for. Only one that is longer than a line is broken.
func terms(texts []string, between string, t tone, w int) []line {
	var lines []line
	now := ""
	flush := func() {
		lines = append(lines, hanging(noMark, now, t, w)...)
		now = ""
	}
	for i, text := range texts {
		if i < len(texts)-1 {
			text += between
		}
		if now != "" && width(now)+width(strings.TrimRight(text, " ")) > w-gap {
			flush()
		}
		now += text
	}
	flush()
	return lines
}
