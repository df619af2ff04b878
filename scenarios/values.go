package scenarios

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"eddy/sim/spec"
)

// The forms of single values.

// flawed reports a flaw of a scalar.
func (l *loader) flawed(n *node, at *place, f *flaw) {
	l.fail(n, at, f.problem, f.accepted, f.suggestion)
}

// scalarForm is a form whose value is one piece of text.
func scalarForm[T any](want string, sch func() schema, parse func(string) (T, *flaw), write func(T) string) *form[T] {
	return &form[T]{
		shape: &shape{want: want, schema: sch},
		read: func(l *loader, n *node, at *place) (T, bool) {
			var zero T
			text, ok := l.text(n, at, want)
			if !ok {
				return zero, false
			}
			v, f := parse(text)
			if f != nil {
				l.flawed(n, at, f)
				return zero, false
			}
			return v, true
		},
		write: func(_ *writer, v T) *node { return word(write(v)) },
	}
}

var durationForm = scalarForm("a duration such as 250ms", durationSchema, parseNanos, writeNanos)

// positiveForm is a duration that must be more than 0.
var positiveForm = scalarForm("a duration such as 250ms, more than 0", durationSchema, parsePositive, writeNanos)

func parsePositive(s string) (spec.Nanos, *flaw) {
	v, f := parseNanos(s)
	if f == nil && v == 0 {
		return 0, &flaw{problem: "this must be more than 0", accepted: durationQuantity.accepted()}
	}
	return v, f
}

// limitForm is a duration or none; none is 0.
var limitForm = scalarForm("a duration such as 30s, or none", orWord(durationSchema, "none"),
	func(s string) (spec.Nanos, *flaw) {
		if s == "none" {
			return 0, nil
		}
		v, f := parsePositive(s)
		if f != nil {
			f.accepted += ", or none"
		}
		return v, f
	},
	func(v spec.Nanos) string {
		if v == 0 {
			return "none"
		}
		return writeNanos(v)
	})

var chanceForm = scalarForm("a share such as 2% or 0.02", chanceSchema, parseChance, writeChance)

// factorForm is a number that multiplies something.
var factorForm = bare(scalarForm("a number such as 1.5", numberSchema(0), parseFactor, plain))

func parseFactor(s string) (float64, *flaw) {
	r, f := parseNumber(s)
	switch {
	case f != nil:
		if t, cut := strings.CutSuffix(s, "x"); cut && decimal.MatchString(t) {
			f.suggestion = t
		}
		return 0, f
	case r.Sign() < 0:
		return 0, &flaw{problem: "this cannot be negative", accepted: "a number from 0"}
	case r.Cmp(big.NewRat(1_000_000, 1)) > 0:
		return 0, &flaw{problem: "this number is too large", accepted: "at most 1,000,000"}
	}
	v, _ := r.Float64()
	return v, nil
}

// bare refuses a number in quotes, which is text.
func bare[T any](f *form[T]) *form[T] {
	read := f.read
	f.read = func(l *loader, n *node, at *place) (T, bool) {
		if n.quoted && decimal.MatchString(n.text) {
			var zero T
			l.fail(n, at, "this number is in quotes, so it is text", f.want, n.text)
			return zero, false
		}
		return read(l, n, at)
	}
	return f
}

// wholeForm is a whole number within limits.
func wholeForm[T ~int | ~int64](low, high int64) *form[T] {
	return bare(scalarForm("a whole number"+between(low, high), wholeSchema(low, high),
		func(s string) (T, *flaw) { v, f := parseWhole(s, low, high); return T(v), f },
		func(v T) string { return fmt.Sprint(int64(v)) }))
}

// countForm is a whole number or unlimited.
func countForm[T ~int | ~int64](low, high int64) *form[T] {
	return bare(scalarForm("a whole number"+between(low, high)+", or unlimited", orWord(wholeSchema(low, high), "unlimited", "none"),
		func(s string) (T, *flaw) {
			if s == "unlimited" || s == "none" {
				return spec.Unlimited, nil
			}
			v, f := parseWhole(s, low, high)
			if f != nil {
				f.accepted += ", or unlimited"
				if f.suggestion == "" {
					f.suggestion = closest(s, []string{"unlimited"})
				}
			}
			return T(v), f
		},
		func(v T) string {
			if v == spec.Unlimited {
				return "unlimited"
			}
			return fmt.Sprint(int64(v))
		}))
}

var boolForm = &form[bool]{
	shape: &shape{want: "true or false", schema: func() schema { return schema{"type": "boolean"} }},
	read: func(l *loader, n *node, at *place) (bool, bool) {
		text, ok := l.text(n, at, "true or false")
		if !ok {
			return false, false
		}
		if !n.quoted && (text == "true" || text == "false") {
			return text == "true", true
		}
		suggestion := ""
		switch strings.ToLower(text) {
		case "yes", "on", "y", "true", "1":
			suggestion = "true"
		case "no", "off", "n", "false", "0":
			suggestion = "false"
		}
		l.fail(n, at, quoted(text)+" is neither true nor false", "write true or false, without quotes", suggestion)
		return false, false
	},
	write: func(_ *writer, v bool) *node { return word(fmt.Sprint(v)) },
}

// textForm is free text.
var textForm = &form[string]{
	shape: &shape{want: "text", schema: textSchema},
	read: func(l *loader, n *node, at *place) (string, bool) {
		if n.kind == nullNode && n.quoted {
			return "", true
		}
		text, ok := l.text(n, at, "text")
		if ok && utf8.RuneCountInString(text) > 10_000 {
			l.fail(n, at, "this text is too long", "at most 10,000 characters", "")
			return "", false
		}
		return text, ok
	},
	write: func(_ *writer, v string) *node {
		if v == "" {
			return nil
		}
		return quote(v)
	},
}

// nameForm is the name of a component, an event or a scenario.
var nameForm = &form[string]{
	shape: &shape{want: "a name of letters, digits, . _ and -", schema: nameSchema},
	read: func(l *loader, n *node, at *place) (string, bool) {
		text, ok := l.text(n, at, "a name")
		return text, ok && l.validName(n, at, "a name")
	},
	write: func(_ *writer, v string) *node { return word(v) },
}

// validName reports a name that is not 1 to 64 of letters, digits, . _ and -,
// with a letter or digit at both ends.
func (l *loader) validName(n *node, at *place, what string) bool {
	problem := nameFlaw(n.text)
	if problem == "" {
		return true
	}
	l.fail(n, at, fmt.Sprintf("%s is no name: %s", quoted(n.text), problem),
		what+" has 1 to 64 letters, digits, . _ and -, with a letter or digit at both ends", mendedName(n.text))
	return false
}

func nameFlaw(name string) string {
	runes := []rune(clip(name, 1000))
	if len(runes) == 0 {
		return "it is empty"
	}
	if len(runes) > 64 {
		return "it is longer than 64 characters"
	}
	for _, r := range runes {
		if !inName(r) {
			return fmt.Sprintf("it has %s in it", quoted(string(r)))
		}
	}
	if !unicode.IsLetter(runes[0]) && !unicode.IsDigit(runes[0]) {
		return "it does not begin with a letter or digit"
	}
	if last := runes[len(runes)-1]; last == '.' || last == '_' || last == '-' {
		return "it does not end with a letter or digit"
	}
	return ""
}

func inName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '.' || r == '_' || r == '-'
}

// mendedName is the name with what does not belong replaced, "" if that does
// not help.
func mendedName(name string) string {
	mended := strings.Map(func(r rune) rune {
		if inName(r) {
			return r
		}
		return '-'
	}, clip(name, 64))
	mended = strings.Trim(mended, "._-")
	if nameFlaw(mended) != "" {
		return ""
	}
	return mended
}

// choice is one word of an enumeration.
type choice[T any] struct {
	word  string
	value T
}

// enumForm is one of a few words.
func enumForm[T comparable](choices ...choice[T]) *form[T] {
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = c.word
	}
	want := listed(words)
	return &form[T]{
		shape: &shape{want: want, schema: func() schema { return schema{"enum": words} }},
		read: func(l *loader, n *node, at *place) (T, bool) {
			var zero T
			text, ok := l.text(n, at, want)
			if !ok {
				return zero, false
			}
			if i := slices.Index(words, text); i >= 0 {
				return choices[i].value, true
			}
			suggestion := ""
			if meant := foreignValues[lastStep(at)][plainLetters(text)]; slices.Contains(words, meant) {
				suggestion = meant
			} else if l.maySuggest(1) {
				suggestion = closest(strings.ReplaceAll(text, "-", "_"), words)
				if suggestion == "" {
					suggestion = closest(text, words)
				}
			}
			l.fail(n, at, quoted(text)+" is not known here", "write "+want, suggestion)
			return zero, false
		},
		write: func(_ *writer, v T) *node {
			for _, c := range choices {
				if c.value == v {
					return word(c.word)
				}
			}
			return nil
		},
	}
}

// refForm is the name of a component; the value is its index.
func refForm(kind componentKind) *form[int] {
	return &form[int]{
		shape: &shape{want: "the name of " + kind.withArticle(), schema: nameSchema},
		read:  func(l *loader, n *node, at *place) (int, bool) { return l.refer(kind, n, at) },
		write: func(w *writer, v int) *node {
			if v == spec.None {
				return nil
			}
			return word(w.name(kind, v))
		},
	}
}

// refsForm is a name or a list of names.
func refsForm(kind componentKind) *form[[]int] {
	one := refForm(kind)
	want := "the name of " + kind.withArticle() + " or a list of names"
	return &form[[]int]{
		shape: &shape{want: want, schema: func() schema {
			return anyOf(nameSchema(), schema{"type": "array", "items": nameSchema(), "minItems": 1})
		}},
		read: func(l *loader, n *node, at *place) ([]int, bool) {
			if n.kind != listNode {
				v, ok := one.read(l, n, at)
				return []int{v}, ok
			}
			if len(n.items) == 0 {
				l.fail(n, at, "this list is empty", want, "")
				return nil, false
			}
			var out []int
			good := true
			for i, item := range n.items {
				v, ok := one.read(l, item, at.item(i))
				if ok && slices.Contains(out, v) {
					l.fail(item, at.item(i), fmt.Sprintf("%s is in this list twice", quoted(item.text)), "each name once", "")
					ok = false
				}
				good = good && ok
				out = append(out, v)
			}
			return out, good
		},
		write: func(w *writer, v []int) *node {
			switch len(v) {
			case 0:
				return nil
			case 1:
				return one.write(w, v[0])
			}
			n := &node{kind: listNode, flow: true}
			for _, i := range v {
				n.items = append(n.items, one.write(w, i))
			}
			return n
		},
	}
}

// weighted is the form of one value or a map from values to shares.
func weighted[T any](want string, sch func() schema, read func(l *loader, n *node, at *place) (T, bool), write func(w *writer, v T) *node) *form[[]weight[T]] {
	s := &shape{
		want: want + ", or a map from such to shares, as {a: 90%, b: 10%}",
		free: &freeShape{of: want, key: sch, value: chanceForm.shape, open: true},
		schema: func() schema {
			return anyOf(sch(), schema{"type": "object", "minProperties": 1, "additionalProperties": chanceSchema()})
		},
	}
	return &form[[]weight[T]]{
		shape: s,
		read: func(l *loader, n *node, at *place) ([]weight[T], bool) {
			switch n.kind {
			case listNode:
				l.fail(n, at, "this should be "+s.want+", not a list", "", evenShares(n))
				return nil, false
			case mapNode:
			default:
				v, ok := read(l, n, at)
				return []weight[T]{{v, 1}}, ok
			}
			return readShares(l, n, at, read)
		},
		write: func(w *writer, v []weight[T]) *node {
			if len(v) == 0 {
				return nil
			}
			if len(v) == 1 {
				return write(w, v[0].value)
			}
			n := &node{kind: mapNode, flow: true}
			for _, x := range v {
				n.entries = append(n.entries, entry{write(w, x.value), word(writeChance(x.share))})
			}
			return n
		},
	}
}

// evenShares is a short list written as a map in which each has the same share.
func evenShares(n *node) string {
	share, divides := map[int]string{2: "50%", 4: "25%", 5: "20%"}[len(n.items)]
	if !divides {
		return ""
	}
	parts := make([]string, len(n.items))
	for i, item := range n.items {
		if item.kind != scalarNode || len(item.text) > 60 {
			return ""
		}
		parts[i] = item.text + ": " + share
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// weight is one entry of a weighted map.
type weight[T any] struct {
	value T
	share float64
}

func readShares[T any](l *loader, n *node, at *place, read func(l *loader, n *node, at *place) (T, bool)) ([]weight[T], bool) {
	if len(n.entries) == 0 {
		l.fail(n, at, "this map is empty", "at least one entry with its share", "")
		return nil, false
	}
	out := make([]weight[T], 0, len(n.entries))
	shares := make([]*big.Rat, 0, len(n.entries))
	good := true
	for _, e := range n.entries {
		v, ok := read(l, e.key, at.key(e.key.text))
		good = good && ok
		if e.value.kind == nullNode {
			l.fail(e.key, at.key(e.key.text), "this has no share", "write its share as "+clip(e.key.text, 60)+": 10%", "")
			good = false
			continue
		}
		text, ok := l.text(e.value, at.key(e.key.text), "a share such as 10%")
		if !ok {
			good = false
			continue
		}
		r, f := parseShare(text)
		if f != nil {
			l.flawed(e.value, at.key(e.key.text), f)
			good = false
			continue
		}
		f64, _ := r.Float64()
		shares = append(shares, r)
		out = append(out, weight[T]{v, f64})
	}
	if !good {
		return out, false
	}
	problem, suggestion, scale := judgeShares(shares)
	if problem != "" {
		l.fail(n, at, problem, "the shares of a map add up to 100%", suggestion)
		return out, false
	}
	for i := range out {
		if scale != 1 {
			out[i].share /= scale
		}
	}
	return out, true
}

// parseShare reads a share that may turn out to be a relative weight, so that
// the sum can be judged as a whole.
func parseShare(s string) (*big.Rat, *flaw) {
	if _, f := parseChance(s); f != nil {
		r, bad := parseNumber(strings.TrimSuffix(s, "%"))
		if bad != nil || r.Sign() < 0 {
			return nil, f
		}
		if strings.HasSuffix(s, "%") {
			r.Quo(r, big.NewRat(100, 1))
		}
		return r, nil
	}
	number, percent := strings.CutSuffix(s, "%")
	r, _ := new(big.Rat).SetString(number)
	if percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	return r, nil
}

// judgeShares says what is wrong with a set of shares, and by what to divide
// them if they add up to all but a rounding, as 33.3% three times does not and
// 33.33% three times does.
func judgeShares(shares []*big.Rat) (problem, suggestion string, scale float64) {
	sum := new(big.Rat)
	for _, s := range shares {
		sum.Add(sum, s)
	}
	total, _ := sum.Float64()
	off := math.Abs(total - 1)
	if off <= 1e-9 {
		return "", "", 1
	}
	if off <= 2e-4 {
		return "", "", total
	}
	problem = "the shares add up to " + strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", total*100), "0"), ".") + "%"
	if total > 0 && len(shares) <= 6 {
		parts := make([]string, len(shares))
		for i, s := range shares {
			v, _ := new(big.Rat).Quo(s, sum).Float64()
			parts[i] = strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v*100), "0"), ".") + "%"
		}
		suggestion = strings.Join(parts, ", ")
	}
	return problem, suggestion, 1
}
