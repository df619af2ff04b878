package scenarios

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// expr is a value written as text: a literal such as 20ms, or a name with
// arguments such as gamma(2ms 1ms).
type expr struct {
	text string // a literal, or the name of a call
	call bool
	args []argument
	pos  int // characters from the start
	end  int
}

// argument is one argument of a call, by position (name "") or by name.
type argument struct {
	name  string
	pos   int
	value *expr
}

// exprFlaw is a flaw at a place within the text.
type exprFlaw struct {
	flaw
	pos, width int
}

// maxCalls bounds how deep calls go within calls, as in mix(… mix(…)).
const maxCalls = 16

// exprParser reads one expression.
type exprParser struct {
	runes []rune
	pos   int
}

func parseExpr(s string) (*expr, *exprFlaw) {
	if len(s) > 1<<20 {
		return nil, &exprFlaw{flaw{problem: "this is too long", accepted: "at most a million characters; put measured values into a file: empirical(file=values.csv)"}, 0, 1}
	}
	p := exprParser{runes: []rune(s)}
	p.spaces()
	e, f := p.expr(0)
	if f != nil {
		return nil, f
	}
	p.spaces()
	if p.pos < len(p.runes) {
		return nil, p.rest(e, s)
	}
	return e, nil
}

// rest explains what follows a complete value.
func (p *exprParser) rest(e *expr, s string) *exprFlaw {
	tail := string(p.runes[p.pos:])
	f := &exprFlaw{flaw{problem: quoted(tail) + " follows a complete value", accepted: "one value, such as 20ms or exp(20ms)"}, p.pos, len(p.runes) - p.pos}
	if strings.HasPrefix(tail, ")") {
		f.problem, f.accepted = "this ) closes nothing", "each ( has one )"
		return f
	}
	if i, _ := durationQuantity.unit(tail); i >= 0 && !e.call {
		f.problem, f.accepted = "there is a space before the unit", ""
		f.suggestion = e.text + tail
	}
	return f
}

func (p *exprParser) spaces() {
	for p.pos < len(p.runes) && (p.runes[p.pos] == ' ' || p.runes[p.pos] == '\t' || p.runes[p.pos] == '\n') {
		p.pos++
	}
}

func (p *exprParser) peek() rune {
	if p.pos < len(p.runes) {
		return p.runes[p.pos]
	}
	return -1
}

func (p *exprParser) expr(depth int) (*expr, *exprFlaw) {
	if depth > maxCalls {
		return nil, &exprFlaw{flaw{problem: "calls within calls go too deep", accepted: fmt.Sprintf("at most %d", maxCalls)}, p.pos, 1}
	}
	start := p.pos
	if q := p.peek(); q == '"' || q == '\'' {
		return p.quotedLiteral(q)
	}
	for p.pos < len(p.runes) && !strings.ContainsRune(" \t\n,()=", p.runes[p.pos]) {
		p.pos++
	}
	e := &expr{text: string(p.runes[start:p.pos]), pos: start, end: p.pos}
	if p.peek() != '(' {
		if e.text == "" {
			return nil, &exprFlaw{flaw{problem: "a value is missing here"}, start, 1}
		}
		return e, nil
	}
	e.call = true
	open := p.pos
	p.pos++
	for {
		p.spaces()
		switch p.peek() {
		case -1:
			return nil, &exprFlaw{flaw{problem: "this ( is never closed", accepted: "close it with )"}, open, 1}
		case ')':
			p.pos++
			e.end = p.pos
			return e, nil
		}
		a, f := p.argument(depth)
		if f != nil {
			return nil, f
		}
		e.args = append(e.args, a)
		p.spaces()
		if p.peek() == ',' {
			p.pos++
			p.spaces()
			if c := p.peek(); c == ')' || c == ',' {
				return nil, &exprFlaw{flaw{problem: "an argument is missing after this comma"}, p.pos - 1, 1}
			}
		}
	}
}

func (p *exprParser) argument(depth int) (argument, *exprFlaw) {
	a := argument{pos: p.pos}
	value, f := p.expr(depth + 1)
	if f != nil {
		return a, f
	}
	before := p.pos
	p.spaces()
	if p.peek() != '=' || value.call {
		p.pos = before
		a.value = value
		return a, nil
	}
	p.pos++
	p.spaces()
	a.name = value.text
	a.value, f = p.expr(depth + 1)
	return a, f
}

func (p *exprParser) quotedLiteral(q rune) (*expr, *exprFlaw) {
	start := p.pos
	p.pos++
	for p.pos < len(p.runes) && p.runes[p.pos] != q {
		p.pos++
	}
	if p.pos == len(p.runes) {
		return nil, &exprFlaw{flaw{problem: "this quotation mark is never closed"}, start, 1}
	}
	p.pos++
	return &expr{text: string(p.runes[start+1 : p.pos-1]), pos: start, end: p.pos}, nil
}

// param is one parameter of a call.
type param struct {
	name     string
	optional bool
}

// signature is a call's parameters as the author sees them: uniform(min, max).
func signature(name string, params []param) string {
	var parts []string
	for _, p := range params {
		if p.optional {
			parts = append(parts, p.name+"=…")
		} else {
			parts = append(parts, p.name)
		}
	}
	return name + "(" + strings.Join(parts, ", ") + ")"
}

// arguments assigns a call's arguments to its parameters.
func (e *expr) arguments(params []param, sign string) (map[string]*expr, *exprFlaw) {
	found := make(map[string]*expr, len(params))
	position := 0
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.name
	}
	at := func(a argument, problem, suggestion string) *exprFlaw {
		return &exprFlaw{flaw{problem, "write " + sign, suggestion}, a.pos, a.value.end - a.pos}
	}
	for _, a := range e.args {
		name := a.name
		if name == "" {
			if position >= len(params) {
				return nil, at(a, fmt.Sprintf("%s has too many arguments", e.text), "")
			}
			name = params[position].name
			position++
		}
		known := false
		for _, p := range params {
			known = known || p.name == name
		}
		if !known {
			return nil, at(a, fmt.Sprintf("%s has no argument %s", e.text, quoted(name)), closest(name, names))
		}
		if found[name] != nil {
			return nil, at(a, fmt.Sprintf("the argument %s is given twice", name), "")
		}
		found[name] = a.value
	}
	for _, p := range params {
		if found[p.name] == nil && !p.optional {
			return nil, &exprFlaw{flaw{fmt.Sprintf("%s lacks its argument %s", e.text, p.name), "write " + sign, ""}, e.pos, e.end - e.pos}
		}
	}
	return found, nil
}

// at places a flaw at the expression.
func (e *expr) at(f *flaw) *exprFlaw {
	if f == nil {
		return nil
	}
	return &exprFlaw{*f, e.pos, e.end - e.pos}
}

// literal reports a call where a plain value is wanted.
func (e *expr) literal(what string) *exprFlaw {
	if !e.call {
		return nil
	}
	return &exprFlaw{flaw{problem: "this should be " + what + ", not " + quoted(e.text+"(…)")}, e.pos, e.end - e.pos}
}

// flawedIn reports a flaw at its place within a scalar.
func (l *loader) flawedIn(n *node, at *place, f *exprFlaw) {
	if f.pos == 0 && f.width >= utf8.RuneCountInString(n.text) {
		l.flawed(n, at, &f.flaw)
		return
	}
	l.failIn(n, at, f.pos, f.width, f.problem, f.accepted, f.suggestion)
}
