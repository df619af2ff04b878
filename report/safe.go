package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may follow one another: no script
// needs more, and a pile of them paints over the lines around it.
const maxMarks = 4

// clean makes a text of the scenario safe to show: one line, no control
// characters, no escape sequences, no bidirectional overrides, valid UTF-8.
// What cannot be shown appears as its escape (\u001b), so that nothing is
// hidden either.
func clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	marks := 0
	for i, r := range s {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case marks > maxMarks:
		case r == utf8.RuneError:
			// An invalid byte too: its width differs from terminal to terminal.
			b.WriteRune(utf8.RuneError)
		case unicode.Is(unicode.White_Space, r):
			if i > 0 {
				b.WriteByte(' ')
			}
		case isUnsafe(r):
			writeEscape(&b, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isUnsafe says whether a terminal or an editor would obey the rune instead
// of showing it: controls, format characters (the bidirectional ones among
// them), separators of lines, surrogates, noncharacters. The joiners that
// scripts and emoji are written with stay.
func isUnsafe(r rune) bool {
	switch r {
	case '\u200c', '\u200d':
		return false
	}
	if r&0xfffe == 0xfffe || (r >= 0xfdd0 && r <= 0xfdef) {
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp)
}

func writeEscape(b *strings.Builder, r rune) {
	if r > 0xffff {
		fmt.Fprintf(b, `\U%08x`, r)
		return
	}
	fmt.Fprintf(b, `\u%04x`, r)
}
