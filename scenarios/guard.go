package scenarios

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits on the text of a scenario, all checked before anything is expanded.
const (
	maxText    = 4 << 20 // bytes
	maxNesting = 64      // maps and lists within one another
	maxNodes   = 100_000 // keys, values, maps and lists, before and after expanding aliases
	maxAliases = 1_000
	// maxMarks bounds what the YAML parser is given: the characters that
	// separate values. A text within maxNodes needs about one a value.
	maxMarks = 250_000
)

// guard says what keeps a text from being parsed at all: size, encoding and
// characters that have no business in a scenario.
func (l *loader) guard(text []byte) bool {
	if len(text) > maxText {
		l.report(Diagnostic{
			Line: 1, Col: 1, Problem: fmt.Sprintf("the file is %.1f MiB", float64(len(text))/(1<<20)),
			Accepted: "a scenario is at most 4 MiB",
		})
		return false
	}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		l.report(Diagnostic{Line: 1, Col: 1, Problem: "the file is UTF-16", Accepted: "save it as UTF-8"})
		return false
	}
	return l.characters(text) && l.marks(text)
}

// characters refuses invalid UTF-8, control characters and those that turn the
// direction of text, each with its place.
func (l *loader) characters(text []byte) bool {
	const most = 20
	found, line, start := 0, 1, 0
	for i := 0; i < len(text) && found < most; {
		c := text[i]
		if c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			line, start = line+1, i+1
		}
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if problem := badRune(r, size); problem != "" {
			found++
			l.report(Diagnostic{
				Line: line, Col: utf8.RuneCount(text[start:i]) + 1, Width: 1,
				Problem: problem, Accepted: "remove it",
				Source: harmless(sourceLine(text[start:])),
			})
		}
		i += size
	}
	return found == 0
}

// badRune says what is wrong with a character in a scenario, "" if nothing is.
func badRune(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size <= 1:
		return "this byte is not UTF-8"
	case r == 0xFEFF:
		return "a byte order mark (U+FEFF) in the middle of the text"
	case r == '\u2028' || r == '\u2029':
		return fmt.Sprintf("a line separator (U+%04X)", r)
	case isBidi(r):
		return fmt.Sprintf("a character that turns the direction of text (U+%04X)", r)
	case r < ' ' && r != '\n' && r != '\r' && r != '\t' || r >= 0x7f && r < 0xa0:
		return fmt.Sprintf("a control character (U+%04X)", r)
	}
	return ""
}

func isBidi(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }

// harmless replaces what must not reach a terminal within a line.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r != '\t' && badRune(r, 3) != "" {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func sourceLine(text []byte) string {
	const most = 4096
	if i := bytes.IndexAny(text[:min(len(text), most)], "\r\n"); i >= 0 {
		return string(text[:i])
	}
	return string(text[:min(len(text), most)])
}

// marks refuses a text with far more separators than maxNodes values need, so
// that the parser never builds what would be thrown away.
func (l *loader) marks(text []byte) bool {
	n := 0
	for i, c := range text {
		switch c {
		case ',', '[', '{':
			n++
		case ':', '-', '?':
			if i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n' || text[i+1] == '\r' || text[i+1] == '\t' {
				n++
			}
		}
	}
	if n > maxMarks {
		l.report(tooManyNodes(1, 1))
		return false
	}
	return true
}

func tooManyNodes(line, col int) Diagnostic {
	return Diagnostic{Line: line, Col: col, Problem: "the file has too many values", Accepted: "a scenario has at most 100,000 keys, values, maps and lists"}
}
