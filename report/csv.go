package report

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"eddy/sim"
)

// CSV writes one row a number of the result: its path in the document, its
// value (empty when it is absent) and its unit. Rows end in a newline.
func CSV(w io.Writer, r *sim.Result) error {
	b := bufio.NewWriter(w)
	b.WriteString("path,value,unit\n")
	r.Tree().Walk(func(path []string, l *sim.Leaf) {
		writeCell(b, sim.PathString(path))
		b.WriteByte(',')
		if l.Kind == sim.IntLeaf {
			b.Write(strconv.AppendInt(b.AvailableBuffer(), l.Int, 10))
		} else {
			writeNumberCell(b, l.Number)
		}
		b.WriteByte(',')
		writeCell(b, string(l.Unit))
		b.WriteByte('\n')
	})
	return b.Flush()
}

// writeNumberCell writes a number as JSON does, and nothing when it is absent.
func writeNumberCell(b *bufio.Writer, v sim.Number) {
	if v.Valid {
		b.Write(appendFloat(b.AvailableBuffer(), v.Value))
	}
}

// writeCell writes a text as RFC 4180 quotes it. A spreadsheet takes a text
// that begins with one of = + - @ (plain or full width) for a formula; an
// apostrophe before it makes it text again.
func writeCell(b *bufio.Writer, s string) {
	formula := startsFormula(s)
	s = clean(s)
	if formula || startsFormula(s) {
		s = "'" + s
	}
	if !strings.ContainsAny(s, "\",") && strings.TrimSpace(s) == s {
		b.WriteString(s)
		return
	}
	b.WriteByte('"')
	b.WriteString(strings.ReplaceAll(s, `"`, `""`))
	b.WriteByte('"')
}

func startsFormula(s string) bool {
	for _, r := range s {
		if r != ' ' {
			return strings.ContainsRune("=+-@\t\r＝＋－＠", r)
		}
	}
	return false
}
