package scenarios

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// Severity says whether a diagnostic keeps the scenario from being used.
type Severity uint8

// Severities.
const (
	Error   Severity = iota // there is no scenario
	Warning                 // the scenario runs, but perhaps not as meant
)

// String is the word printed for the severity.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Diagnostic is one thing to say about a scenario's text.
type Diagnostic struct {
	Severity   Severity
	File       string // as Options.Name gives it, a data file's name, or a command line option such as "--set duration"
	Line, Col  int    // 1-based, Col in characters; 0 where there is no line, as in a command line option
	Path       string // where in the format: consumers.payment.retry
	Problem    string // what is wrong
	Accepted   string // what may be written there, may be empty
	Suggestion string // what was perhaps meant, may be empty
	Source     string // the source line, without its end
	Width      int    // characters to underline, at least 1
	Code       string // of the finding that a run would have, "" where it is none
}

// Diagnostics is everything there is to say about one text, sorted by place.
type Diagnostics []Diagnostic

// String is the diagnostic on one line:
// file:line:col: path: what is wrong; what is accepted; did you mean … [code]
func (d Diagnostic) String() string {
	var b strings.Builder
	b.WriteString(d.File)
	if d.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", d.Line, d.Col)
	}
	b.WriteString(": ")
	if d.Severity == Warning {
		b.WriteString("warning: ")
	}
	if d.Path != "" {
		b.WriteString(d.Path)
		b.WriteString(": ")
	}
	b.WriteString(d.Problem)
	if d.Accepted != "" {
		b.WriteString("; ")
		b.WriteString(d.Accepted)
	}
	if d.Suggestion != "" {
		fmt.Fprintf(&b, "; did you mean %s?", d.Suggestion)
	}
	if d.Code != "" {
		fmt.Fprintf(&b, " [%s]", d.Code)
	}
	return b.String()
}

// HasErrors says whether one of the diagnostics is an error.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// shown is how many diagnostics Render prints before it only counts.
const shown = 20

// Render writes each diagnostic with its source line and a caret under the
// place, sorted by place, at most 20 and then how many more there are. When
// they do not all fit, errors go before warnings. colour adds terminal colours.
func (ds Diagnostics) Render(w io.Writer, colour bool) error {
	sorted := slices.Clone(ds)
	sorted.sort()
	var b strings.Builder
	for _, d := range first(sorted, shown) {
		d.render(&b, colour)
	}
	if more := len(ds) - shown; more > 0 {
		fmt.Fprintf(&b, "… and %d more\n", more)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// first picks at most n diagnostics, errors before warnings, and keeps their order.
func first(ds Diagnostics, n int) Diagnostics {
	if len(ds) <= n {
		return ds
	}
	picked := make(Diagnostics, 0, n)
	for _, severity := range []Severity{Error, Warning} {
		for _, d := range ds {
			if d.Severity == severity && len(picked) < n {
				picked = append(picked, d)
			}
		}
	}
	picked.sort()
	return picked
}

// sort orders by file as first met, then line and column; equal places keep
// their order.
func (ds Diagnostics) sort() {
	files := map[string]int{}
	for _, d := range ds {
		if _, seen := files[d.File]; !seen {
			files[d.File] = len(files)
		}
	}
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(files[a.File], files[b.File]),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Col, b.Col),
		)
	})
}

const (
	sgrReset  = "\x1b[0m"
	sgrBold   = "\x1b[1m"
	sgrError  = "\x1b[1;31m"
	sgrWarn   = "\x1b[1;33m"
	sgrMargin = "\x1b[2m"
)

func (d Diagnostic) render(b *strings.Builder, colour bool) {
	paint := func(sgr, s string) string {
		if !colour || s == "" {
			return s
		}
		return sgr + s + sgrReset
	}
	mark := sgrError
	if d.Severity == Warning {
		mark = sgrWarn
	}
	text := d.String()
	if place := d.place(); colour && strings.HasPrefix(text, place) {
		text = paint(sgrBold, place) + text[len(place):]
	}
	b.WriteString(text)
	b.WriteByte('\n')
	if d.Source == "" {
		return
	}
	line, col, width := window(d.Source, d.Col, d.Width)
	number := ""
	if d.Line > 0 {
		number = fmt.Sprint(d.Line)
	}
	margin := fmt.Sprintf("%5s | ", number)
	fmt.Fprintf(b, "%s%s\n", paint(sgrMargin, margin), line)
	before, under := split(line, col-1)
	under, _ = split(under, width)
	carets := strings.Repeat("^", max(1, displaywidth.String(under)))
	fmt.Fprintf(b, "%s%s%s\n", paint(sgrMargin, "      | "), blank(before), paint(mark, carets))
}

func (d Diagnostic) place() string {
	if d.Line > 0 {
		return fmt.Sprintf("%s:%d:%d:", d.File, d.Line, d.Col)
	}
	return d.File + ":"
}

// window cuts a long source line to what surrounds the place, and returns the
// column and width within the cut.
func window(line string, col, width int) (string, int, int) {
	const before, after = 60, 60
	runes := []rune(clip(line, 4*(col+width+after)))
	col = min(max(col, 1), len(runes)+1)
	width = max(width, 1)
	from, to := 0, len(runes)
	prefix, suffix := "", ""
	if len(runes) > before+after {
		if col-1 > before {
			from, prefix = col-1-before, "…"
		}
		if to > col-1+after {
			to, suffix = col-1+after, "…"
		}
	}
	shift := col - from
	if prefix != "" {
		shift++
	}
	cut := prefix + strings.ReplaceAll(string(runes[from:to]), "\t", " ") + suffix
	return cut, shift, max(1, min(width, to-(col-1)))
}

// clip cuts s to at most n bytes without splitting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

// split divides s after n characters.
func split(s string, n int) (string, string) {
	for i := range s {
		if n <= 0 {
			return s[:i], s[i:]
		}
		n--
	}
	return s, ""
}

// blank is as many spaces as s is wide on a terminal.
func blank(s string) string { return strings.Repeat(" ", displaywidth.String(s)) }
