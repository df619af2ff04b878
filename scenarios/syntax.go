package scenarios

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)$`)

// explain turns an error of the YAML parser into a place and a sentence. The
// parser gives at most a line, and often the one before or after, so the
// usual slips are looked for around it.
func (l *loader) explain(err error) Diagnostic {
	m := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " "))
	line, problem := 1, ""
	if m != nil {
		problem = m[2]
		if n, e := strconv.Atoi(m[1]); e == nil {
			line = n
		}
	}
	s := slip{l: l, line: line, problem: problem}
	for _, look := range []func(*slip) bool{
		(*slip).tab, (*slip).alias, (*slip).blockMark, (*slip).reserved, (*slip).quote,
		(*slip).index, (*slip).bracket, (*slip).space, (*slip).colon, (*slip).indent, (*slip).escape,
	} {
		if look(&s) {
			return s.found
		}
	}
	return s.at(line, 1, 1, "this is not YAML: "+harmless(problem), "")
}

// slip is the search for what the author did.
type slip struct {
	l       *loader
	line    int // as the parser gave it
	problem string
	found   Diagnostic
}

func (s *slip) says(parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s.problem, p) {
			return true
		}
	}
	return false
}

func (s *slip) at(line, col, width int, problem, accepted string) Diagnostic {
	return Diagnostic{Line: line, Col: col, Width: width, Problem: problem, Accepted: accepted}
}

// near calls f with the lines around the parser's, the likeliest first.
func (s *slip) near(f func(number int, text string) bool) bool {
	for _, number := range []int{s.line, s.line + 1, s.line - 1, s.line + 2} {
		if number < 1 || number > s.l.lineCount() {
			continue
		}
		if text := clip(s.l.line(number), 4096); f(number, text) {
			return true
		}
	}
	return false
}

// match looks for a pattern around the place; the caret goes under its first group.
func (s *slip) match(pattern *regexp.Regexp, problem, accepted string, suggest func(text string) string) bool {
	return s.near(func(number int, text string) bool {
		m := pattern.FindStringSubmatchIndex(text)
		if m == nil {
			return false
		}
		word := text[m[2]:m[3]]
		s.found = s.at(number, utf8.RuneCountInString(text[:m[2]])+1, max(1, utf8.RuneCountInString(word)), problem, accepted)
		if suggest != nil {
			s.found.Suggestion = suggest(word)
		}
		return true
	})
}

var (
	tabIndent   = regexp.MustCompile(`^ *(\t+)`)
	starStart   = regexp.MustCompile(`(?:^|[\s:,\[{-])(\*[^\s,\]}#]*)`)
	blockStart  = regexp.MustCompile(`(?:[:-]) +([>|][^\s].*|[>|] +[^#\s].*)$`)
	flowGreater = regexp.MustCompile("(?:[:,\\[{-]) *([>|@`%][^,\\]}]*)")
	noSpace     = regexp.MustCompile(`^\s*(?:- )?([A-Za-z_][\w.-]*:[^\s:/].*)$`)
	noColon     = regexp.MustCompile(`^\s*(?:- )?([A-Za-z_][\w.-]*)\s*$`)
	keyAndValue = regexp.MustCompile(`^\s*(?:- )?([a-z_]+) +([^:]+?)\s*$`)
	twoColons   = regexp.MustCompile(`^\s*(?:- )?[\w.-]+: +([^"'{\[#].*: .*)$`)
	pathIndex   = regexp.MustCompile(`[{,:] *([\w.*#-]+\[\d+\][^\s,}\]:]*)`)
	badEscape   = regexp.MustCompile(`(\\[^0abtnvfreN_LPxuU "/\\])`)
)

func inQuotes(word string) string {
	word = strings.TrimSpace(word)
	word, colon := strings.CutSuffix(word, ":")
	quotes := `"` + strings.ReplaceAll(word, `"`, `\"`) + `"`
	if colon {
		quotes += ":"
	}
	return quotes
}

func (s *slip) tab() bool {
	return s.match(tabIndent, "this line is indented with a tab", "YAML wants spaces: two for each level", nil)
}

func (s *slip) alias() bool {
	if name, ok := strings.CutPrefix(s.problem, "unknown anchor '"); ok {
		name = strings.TrimSuffix(name, "' referenced")
		for number := 1; number <= min(s.l.lineCount(), 20_000); number++ {
			if i := strings.Index(s.l.line(number), "*"+name); i >= 0 {
				s.found = s.at(number, utf8.RuneCountInString(s.l.line(number)[:i])+1, utf8.RuneCountInString(name)+1,
					"an unquoted * at the beginning of a value refers to a YAML anchor, and there is none of this name", "put a pattern in quotes")
				s.found.Suggestion = inQuotes("*" + name)
				return true
			}
		}
	}
	if !s.says("expected alphabetic or numeric character") {
		return false
	}
	return s.match(starStart, "an unquoted * at the beginning of a value means a YAML alias", "put a pattern in quotes", inQuotes)
}

func (s *slip) blockMark() bool {
	if !s.says("expected comment or line break", "indentation indicator", "found a tab character where an indentation") {
		return false
	}
	return s.match(blockStart, "an unquoted > or | at the beginning of a value begins a block of text", "put the value in quotes", inQuotes)
}

func (s *slip) reserved() bool {
	if !s.says("cannot start any token") {
		return false
	}
	return s.match(flowGreater, "a value cannot begin with this character unquoted", "put the value in quotes", inQuotes)
}

// quote finds the quotation mark that is never closed.
func (s *slip) quote() bool {
	if !s.says("unexpected end of stream", "unexpected document indicator") {
		return false
	}
	open := func(number int, text string) bool {
		col := openQuote(text)
		if col == 0 {
			return false
		}
		s.found = s.at(number, col, 1, "this quotation mark is never closed", "close it before the end of the line")
		return true
	}
	if s.near(open) {
		return true
	}
	// The parser looks for its end as far as the text goes.
	for number := 1; number <= min(s.l.lineCount(), 20_000); number++ {
		if open(number, clip(s.l.line(number), 4096)) {
			return true
		}
	}
	return false
}

// openQuote is the column of the first quotation mark of a line that opens a
// value and is not closed on it, 0 if there is none.
func openQuote(text string) int {
	var open rune
	col, at := 0, 0
	prev := ' '
	for _, r := range text {
		col++
		switch {
		case open == 0 && (r == '"' || r == '\'') && strings.ContainsRune(" :,[{(", prev):
			open, at = r, col
		case open != 0 && r == open && prev != '\\':
			open = 0
		case open == 0 && r == '#' && prev == ' ':
			return 0
		}
		prev = r
	}
	if open == 0 {
		return 0
	}
	return at
}

// index finds a path with [0] in it, unquoted within { }.
func (s *slip) index() bool {
	if !s.says("expected ',' or '}'", "expected ',' or ']'") {
		return false
	}
	return s.match(pathIndex, "inside { } and [ ] a value with [ in it must be in quotes", "quotes around the path, or .0 instead of [0]", inQuotes)
}

// bracket finds the { or [ that is never closed.
func (s *slip) bracket() bool {
	if !s.says("expected ',' or ']'", "expected ',' or '}'", "expected node content") {
		return false
	}
	if s.match(flowGreater, "a value cannot begin with this character unquoted", "put the value in quotes", inQuotes) {
		return true
	}
	return s.near(func(number int, text string) bool {
		col, mark := openBracket(text)
		if col == 0 {
			return false
		}
		end := "]"
		if mark == '{' {
			end = "}"
		}
		s.found = s.at(number, col, 1, "this "+string(mark)+" is not closed, or what is inside is not separated by commas", "close it with "+end)
		return true
	})
}

func openBracket(text string) (int, rune) {
	type bracket struct {
		col  int
		mark rune
	}
	var open []bracket
	col := 0
	for _, r := range text {
		col++
		switch r {
		case '[', '{':
			open = append(open, bracket{col, r})
		case ']', '}':
			// A closing mark of the other kind closes nothing.
			if len(open) > 0 && (r == ']') == (open[len(open)-1].mark == '[') {
				open = open[:len(open)-1]
			}
		}
	}
	if len(open) == 0 {
		return 0, 0
	}
	return open[len(open)-1].col, open[len(open)-1].mark
}

// space finds a colon without the space that YAML wants after it.
func (s *slip) space() bool {
	if !s.says("could not find expected ':'", "expected key", "mapping values are not allowed", "expected <document start>") {
		return false
	}
	return s.match(noSpace, "a space is missing after the colon", "YAML wants `key: value`", func(word string) string {
		return strings.Replace(word, ":", ": ", 1)
	})
}

func (s *slip) colon() bool {
	switch {
	case s.says("could not find expected ':'"):
		if s.keyWithoutColon() {
			return true
		}
		return s.match(noColon, "a colon is missing after this key", "YAML wants `key: value`", func(word string) string { return word + ":" })
	case s.says("mapping values are not allowed"):
		return s.match(twoColons, "a value with a colon and a space in it must be in quotes", "", inQuotes)
	}
	return false
}

// keyWithoutColon finds a line that begins with a key of the format and has no
// colon after it: "duration 1m".
func (s *slip) keyWithoutColon() bool {
	return s.near(func(number int, text string) bool {
		m := keyAndValue.FindStringSubmatch(text)
		if m == nil || homes[m[1]] == nil {
			return false
		}
		col := strings.Index(text, m[1]) + 1
		s.found = s.at(number, col, len(m[1]), "a colon is missing after this key", "YAML wants `key: value`")
		s.found.Suggestion = m[1] + ": " + m[2]
		return true
	})
}

// indent is what is left when keys or list items do not line up.
func (s *slip) indent() bool {
	if !s.says("expected key", "mapping values are not allowed", "expected '-' indicator", "could not find expected ':'",
		"block sequence entries are not allowed", "expected <document start>", "mapping keys are not allowed") {
		return false
	}
	number := s.misaligned()
	text := s.l.line(number)
	col := len(text) - len(strings.TrimLeft(text, " \t")) + 1
	width := max(1, utf8.RuneCountInString(strings.TrimSpace(clip(text, 200))))
	s.found = s.at(number, col, width, "this line does not fit what is above it", "keys of one map, and the dashes of one list, begin in the same column; what belongs to a key is two spaces further in")
	return true
}

// misaligned is the first line at or after the parser's whose indentation no
// line above it opened, else the parser's own line.
func (s *slip) misaligned() int {
	var open []int
	for number := 1; number <= min(s.l.lineCount(), 20_000); number++ {
		text := s.l.line(number)
		content := strings.TrimLeft(text, " ")
		if content == "" || content[0] == '#' {
			continue
		}
		col := len(text) - len(content)
		for len(open) > 0 && open[len(open)-1] > col {
			open = open[:len(open)-1]
		}
		fits := len(open) > 0 && open[len(open)-1] == col
		if !fits {
			if number >= s.line && number > 1 && !opens(s.above(number)) {
				return number
			}
			open = append(open, col)
		}
		for strings.HasPrefix(content, "- ") {
			content = strings.TrimLeft(content[2:], " ")
			open = append(open, len(text)-len(content))
		}
	}
	return min(max(s.line, 1), max(1, s.l.lineCount()))
}

// above is the nearest line before number that says something.
func (s *slip) above(number int) string {
	for number--; number >= 1; number-- {
		text := strings.TrimSpace(s.l.line(number))
		if text != "" && text[0] != '#' {
			return text
		}
	}
	return ""
}

// opens says whether more indentation may follow a line.
func opens(text string) bool {
	if i := strings.Index(text, " #"); i >= 0 {
		text = strings.TrimSpace(text[:i])
	}
	return strings.HasSuffix(text, ":") || strings.HasSuffix(text, "|") || strings.HasSuffix(text, ">") || text == "-"
}

func (s *slip) escape() bool {
	if !s.says("unknown escape character", "expected hexdecimal number", "invalid Unicode character") {
		return false
	}
	return s.match(badEscape, "in double quotes a backslash begins an escape, and this is none", "use single quotes, or write \\\\", nil)
}
