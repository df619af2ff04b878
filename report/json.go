package report

import (
	"bufio"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"eddy/sim"
)

// JSON writes the result document eddy.result/1.
func JSON(w io.Writer, r *sim.Result) error {
	return writeDocument(w, r.Tree())
}

// writeDocument writes a tree as JSON: two spaces a level, keys in the
// tree's order, a newline at the end.
func writeDocument(w io.Writer, n *sim.Node) error {
	b := bufio.NewWriter(w)
	writeNode(b, n, "\n")
	b.WriteByte('\n')
	return b.Flush()
}

// writeNode writes a node; indent is a newline and the spaces before the
// line that closes it. Errors stay in the buffered writer until its Flush.
func writeNode(b *bufio.Writer, n *sim.Node, indent string) {
	if n.Leaf != nil {
		b.Write(appendLeaf(b.AvailableBuffer(), n.Leaf))
		return
	}
	begin, end := byte('{'), byte('}')
	if n.IsArray {
		begin, end = '[', ']'
	}
	b.WriteByte(begin)
	for i, kid := range n.Kids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(indent + "  ")
		if !n.IsArray {
			b.Write(appendString(b.AvailableBuffer(), kid.Key))
			b.WriteString(": ")
		}
		writeNode(b, kid, indent+"  ")
	}
	if len(n.Kids) > 0 {
		b.WriteString(indent)
	}
	b.WriteByte(end)
}

func appendLeaf(b []byte, l *sim.Leaf) []byte {
	switch l.Kind {
	case sim.IntLeaf:
		return strconv.AppendInt(b, l.Int, 10)
	case sim.FloatLeaf:
		return appendNumber(b, l.Number)
	case sim.TextLeaf:
		return appendString(b, l.Text)
	case sim.BoolLeaf:
		return strconv.AppendBool(b, l.Int != 0)
	}
	return append(b, "null"...)
}

func appendNumber(b []byte, v sim.Number) []byte {
	if !v.Valid || math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
		return append(b, "null"...)
	}
	return appendFloat(b, v.Value)
}

// appendFloat writes a finite number in the fewest digits that read back as
// exactly this number, with an exponent only where there would be a row of
// zeros.
func appendFloat(b []byte, v float64) []byte {
	if v == 0 {
		return append(b, '0') // never -0
	}
	format := byte('f')
	if a := math.Abs(v); a < 1e-6 || a >= 1e21 {
		format = 'e'
	}
	return strconv.AppendFloat(b, v, format, -1, 64)
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. Beside what JSON demands, everything
// that a terminal or an editor would obey is written as an escape: it reads
// back as the same text and does nothing on the way.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case isUnsafe(r):
			b = appendEscape(b, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

func appendEscape(b []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		return appendEscape(appendEscape(b, 0xd800+r>>10), 0xdc00+r&0x3ff)
	}
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
