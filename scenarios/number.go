package scenarios

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"eddy/sim/spec"
)

// What is wrong with a value: a sentence, what is accepted, what was perhaps
// meant. nil: nothing.
type flaw struct {
	problem, accepted, suggestion string
}

// maxDigits bounds a number's text, so that exact arithmetic stays cheap.
const maxDigits = 100

var (
	decimal       = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)
	wholeNumber   = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	leadingZeros  = regexp.MustCompile(`^-?0+[0-9]`)
	exponent      = regexp.MustCompile(`^[-+]?[0-9.]+[eE][-+]?[0-9]+$`)
	separated     = regexp.MustCompile(`^[0-9]{1,3}([_,' ][0-9]{3})+(\.[0-9]+)?$`)
	underscored   = regexp.MustCompile(`^[0-9_]+(\.[0-9_]+)?$`)
	otherBase     = regexp.MustCompile(`^[-+]?0[xXoObB][0-9a-fA-F]+$`)
	notANumber    = regexp.MustCompile(`^[-+]?\.?(?i:inf|infinity|nan)$`)
	bareFraction  = regexp.MustCompile(`^-?\.[0-9]+$`)
	trailingPoint = regexp.MustCompile(`^-?[0-9]+\.$`)
)

// parseNumber reads a decimal number exactly.
func parseNumber(s string) (*big.Rat, *flaw) {
	if len(s) > maxDigits {
		return nil, &flaw{problem: "this number is too long", accepted: "at most 100 digits"}
	}
	if decimal.MatchString(s) {
		r, ok := new(big.Rat).SetString(s)
		if ok {
			return r, nil
		}
	}
	f := &flaw{problem: quoted(s) + " is not a number", accepted: "numbers are decimal, such as 12 or 0.5"}
	switch {
	case otherBase.MatchString(s):
		f.problem = "numbers are decimal, and " + quoted(s) + " is not"
		if v, err := strconv.ParseInt(s, 0, 64); err == nil {
			f.suggestion = strconv.FormatInt(v, 10)
		}
	case notANumber.MatchString(s):
		f.problem = quoted(s) + " is not a number that can be used"
		f.accepted = "a number that is finite"
	case strings.HasPrefix(s, "+"):
		f.problem = "a number has no plus sign"
		f.suggestion = s[1:]
	case bareFraction.MatchString(s):
		f.problem = "a digit is missing before the point"
		f.suggestion = strings.Replace(s, ".", "0.", 1)
	case trailingPoint.MatchString(s):
		f.problem = "a digit is missing after the point"
		f.suggestion = strings.TrimSuffix(s, ".")
	case separated.MatchString(s), strings.Contains(s, "_") && underscored.MatchString(s):
		f.problem = "a number has no separators between its digits"
		f.suggestion = strings.NewReplacer("_", "", ",", "", "'", "", " ", "").Replace(s)
	case exponent.MatchString(s):
		f.problem = "a number has no exponent"
		if v, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(v) < 1e15 && math.Abs(v) > 1e-9 {
			f.suggestion = plain(v)
		}
	case leadingZeros.MatchString(s):
		f.problem = "a number has no leading zeros"
		if t := strings.TrimLeft(s, "0"); decimal.MatchString(t) {
			f.suggestion = t
		}
	}
	return nil, f
}

// parseWhole reads a whole number between low and high.
func parseWhole(s string, low, high int64) (int64, *flaw) {
	accepted := "a whole number" + between(low, high)
	if !wholeNumber.MatchString(s) || len(s) > maxDigits {
		r, f := parseNumber(s)
		if f != nil {
			f.accepted = accepted
			if !wholeNumber.MatchString(f.suggestion) {
				f.suggestion = ""
			}
			return 0, f
		}
		f = &flaw{problem: s + " is not a whole number", accepted: accepted}
		if len(s) > maxDigits {
			f.problem = "this number is too long"
		} else if r.IsInt() {
			f.problem = "a whole number is written without a point"
			f.suggestion = r.Num().String()
		}
		return 0, f
	}
	v, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil && s[0] == '-' || err == nil && v < low:
		return 0, &flaw{problem: quotedNumber(s) + " is too small", accepted: accepted}
	case err != nil || v > high:
		return 0, &flaw{problem: quotedNumber(s) + " is too large", accepted: accepted}
	}
	return v, nil
}

func quotedNumber(s string) string { return clip(s, 40) }

func between(low, high int64) string {
	switch {
	case high == math.MaxInt64 && low == 0:
		return " from 0"
	case high == math.MaxInt64:
		return " from " + thousands(low)
	}
	return " from " + thousands(low) + " to " + thousands(high)
}

// thousands writes a whole number for reading: 100,000.
func thousands(v int64) string {
	s := strconv.FormatInt(v, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plain writes a float as a decimal number that reads back exactly.
func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// unit is a unit of measure and what one of it is in the base unit.
type unit struct {
	name string
	base int64
}

var (
	durationUnits = []unit{
		{"d", spec.Day},
		{"h", spec.Hour},
		{"m", spec.Minute},
		{"s", spec.Second},
		{"ms", spec.Millisecond},
		{"us", spec.Microsecond},
		{"µs", spec.Microsecond},
		{"μs", spec.Microsecond},
		{"ns", 1},
	}
	sizeUnits = []unit{
		{"GiB", 1 << 30}, {"GB", 1_000_000_000}, {"MiB", 1 << 20}, {"MB", 1_000_000}, {"KiB", 1 << 10}, {"KB", 1000}, {"B", 1},
	}
	// otherUnits are what people also write for them.
	otherUnits = map[string]string{
		"sec": "s", "secs": "s", "second": "s", "seconds": "s", "S": "s", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
		"hr": "h", "hrs": "h", "hour": "h", "hours": "h", "H": "h", "day": "d", "days": "d", "D": "d",
		"msec": "ms", "msecs": "ms", "millis": "ms", "milliseconds": "ms", "MS": "ms", "Ms": "ms", "usec": "us", "micros": "us", "microseconds": "us", "nsec": "ns", "nanos": "ns", "nanoseconds": "ns",
		"b": "B", "bytes": "B", "byte": "B", "k": "KB", "K": "KB", "kb": "KB", "kB": "KB", "Kb": "KB", "kib": "KiB", "KIB": "KiB", "Ki": "KiB", "kiB": "KiB",
		"m_": "MB", "mb": "MB", "Mb": "MB", "M": "MB", "mib": "MiB", "Mi": "MiB", "MIB": "MiB", "G": "GB", "gb": "GB", "Gb": "GB", "gib": "GiB", "Gi": "GiB", "GIB": "GiB",
	}
)

// quantity is a number with a unit: a duration, a size, or a plain number.
type quantity struct {
	what     string // "a duration"
	example  string // "250ms"
	units    []unit
	usual    string // the unit to suggest for a number without one
	negative bool   // may be below 0
	compound bool   // several in a row, as 1h30m
	limit    *big.Rat
	tooLarge string
}

var (
	maxDurationRat = new(big.Rat).SetInt64(spec.MaxDuration)
	maxSizeRat     = new(big.Rat).SetInt64(1 << 50)
	maxNumberRat   = new(big.Rat).SetInt64(1_000_000_000_000_000)

	durationQuantity = &quantity{what: "a duration", example: "250ms", units: durationUnits, usual: "ms", compound: true, limit: maxDurationRat, tooLarge: "at most 100 years"}
	clockQuantity    = &quantity{what: "a duration", example: "250ms", units: durationUnits, usual: "s", compound: true, limit: maxDurationRat, tooLarge: "at most 100 years"}
	sizeQuantity     = &quantity{what: "a size", example: "2KiB", units: sizeUnits, usual: "B", limit: maxSizeRat, tooLarge: "at most 1,048,576 GiB"}
	numberQuantity   = &quantity{what: "a number", example: "12", negative: true, limit: maxNumberRat, tooLarge: "at most 1,000,000,000,000,000"}
)

var quantityPart = regexp.MustCompile(`^([-+]?[0-9.][0-9._,]*)\s*([^0-9.\s-]*)\s*`)

// parse reads the quantity in its base unit (nanoseconds, bytes), exactly.
func (q *quantity) parse(s string) (*big.Rat, *flaw) {
	if q.units == nil {
		r, f := parseNumber(s)
		if f == nil {
			f = q.within(r)
		}
		return r, f
	}
	if s == "0" {
		return new(big.Rat), nil
	}
	if s == "" {
		return nil, &flaw{problem: "this is empty", accepted: q.accepted()}
	}
	if len(s) > maxDigits {
		return nil, &flaw{problem: "this is too long for " + q.what, accepted: q.accepted()}
	}
	total := new(big.Rat)
	mended, broken := "", (*flaw)(nil)
	last := -1
	for rest := s; rest != ""; {
		m := quantityPart.FindStringSubmatch(rest)
		if m == nil {
			return nil, &flaw{problem: quoted(s) + " is not " + q.what, accepted: q.accepted()}
		}
		number, name := m[1], m[2]
		spaced := m[0] != number+name
		rest = rest[len(m[0]):]
		i, other := q.unit(name)
		r, f := parseNumber(strings.TrimPrefix(number, "-"))
		if strings.HasPrefix(number, "-") && f == nil {
			return nil, &flaw{problem: q.what + " cannot be negative", accepted: q.accepted()}
		}
		switch {
		case f != nil:
			if f.suggestion != "" && i >= 0 {
				f.suggestion += q.units[i].name
			} else {
				f.suggestion = ""
			}
			f.accepted = q.accepted()
			return nil, f
		case name == "":
			return nil, &flaw{problem: quoted(s) + " has no unit", accepted: q.accepted(), suggestion: number + q.usual}
		case i < 0:
			return nil, &flaw{problem: quoted(name) + " is not a unit of " + strings.TrimPrefix(q.what, "a "), accepted: q.accepted()}
		case other:
			broken = &flaw{problem: quoted(name) + " is not a unit of " + strings.TrimPrefix(q.what, "a "), accepted: q.accepted()}
		case spaced && broken == nil:
			broken = &flaw{problem: "there is a space in " + q.what, accepted: q.accepted()}
		case last >= 0 && (!q.compound || q.units[i].base >= q.units[last].base):
			return nil, &flaw{problem: quoted(s) + " is not " + q.what, accepted: "larger units go first, each once, as in 1h30m"}
		}
		last = i
		mended += number + q.units[i].name
		total.Add(total, r.Mul(r, new(big.Rat).SetInt64(q.units[i].base)))
	}
	if broken != nil {
		broken.suggestion = mended
		return nil, broken
	}
	return total, q.within(total)
}

func (q *quantity) accepted() string {
	if q.units == nil {
		return "numbers are decimal, such as 12 or 0.5"
	}
	names := make([]string, 0, len(q.units))
	for i := len(q.units) - 1; i >= 0; i-- {
		if q.units[i].name[0] < 0x80 {
			names = append(names, q.units[i].name)
		}
	}
	return "write " + q.what + " as " + q.example + " (units " + strings.Join(names, ", ") + ")"
}

// unit finds a unit, also by the names people give it (other is true then).
func (q *quantity) unit(name string) (index int, other bool) {
	for i, u := range q.units {
		if u.name == name {
			return i, false
		}
	}
	if usual, ok := otherUnits[name]; ok {
		for i, u := range q.units {
			if u.name == usual {
				return i, true
			}
		}
	}
	return -1, false
}

func (q *quantity) within(r *big.Rat) *flaw {
	switch {
	case r.Sign() < 0 && !q.negative:
		return &flaw{problem: q.what + " cannot be negative", accepted: q.accepted()}
	case new(big.Rat).Abs(r).Cmp(q.limit) > 0:
		return &flaw{problem: q.what + " this large is not accepted", accepted: q.tooLarge}
	}
	return nil
}

// float is the quantity as the nearest float.
func (q *quantity) float(s string) (float64, *flaw) {
	r, f := q.parse(s)
	if f != nil {
		return 0, f
	}
	v, _ := r.Float64()
	return v, nil
}

// parseNanos is a duration in whole nanoseconds, rounded to the nearest.
func parseNanos(s string) (spec.Nanos, *flaw) { return clockQuantity.nanos(s) }

func (q *quantity) nanos(s string) (spec.Nanos, *flaw) {
	r, f := q.parse(s)
	if f != nil {
		return 0, f
	}
	if !r.IsInt() {
		half := big.NewRat(1, 2)
		r.Add(r, half)
		whole := new(big.Int).Quo(r.Num(), r.Denom())
		if whole.Sign() == 0 {
			return 0, &flaw{problem: quoted(s) + " is shorter than a nanosecond, the smallest step of time", accepted: "0, or at least 1ns"}
		}
		return min(whole.Int64(), spec.MaxDuration), nil
	}
	return r.Num().Int64(), nil
}

// write gives a quantity of the base unit so that it reads back as the same
// float: in the largest unit that divides it, or the shortest way.
func (q *quantity) write(v float64) string {
	if q.units == nil || v == 0 {
		return plain(v)
	}
	if whole := int64(min(v, 1<<53)); v < 1<<53 && float64(whole) == v {
		return q.writeWhole(whole)
	}
	best := ""
	for _, u := range q.units {
		if u.name[0] >= 0x80 {
			continue
		}
		s := plain(v/float64(u.base)) + u.name
		if best != "" && len(s) >= len(best) {
			continue
		}
		if back, f := q.float(s); f == nil && back == v {
			best = s
		}
	}
	if best == "" {
		return plain(v) + q.units[len(q.units)-1].name
	}
	return best
}

// writeWhole gives a whole number of the base unit in the largest unit that
// divides it.
func (q *quantity) writeWhole(v int64) string {
	if v == 0 {
		return "0"
	}
	smallest := q.units[len(q.units)-1]
	for _, u := range q.units {
		if v%u.base == 0 {
			return strconv.FormatInt(v/u.base, 10) + u.name
		}
	}
	return strconv.FormatInt(v, 10) + smallest.name
}

func writeNanos(v spec.Nanos) string { return durationQuantity.writeWhole(v) }

func writeSize(v int64) string { return sizeQuantity.writeWhole(v) }

// parseChance reads 2% or 0.02.
func parseChance(s string) (float64, *flaw) {
	accepted := "write a share as 2% or 0.02, from 0 to 1"
	number, percent := strings.CutSuffix(s, "%")
	trimmed := strings.TrimRight(number, " ")
	r, f := parseNumber(trimmed)
	if f != nil {
		f.accepted = accepted
		if percent && f.suggestion != "" {
			f.suggestion += "%"
		}
		if !percent && strings.HasSuffix(s, "percent") {
			if n := strings.TrimSpace(strings.TrimSuffix(s, "percent")); decimal.MatchString(n) {
				f.suggestion = n + "%"
			}
		}
		return 0, f
	}
	if trimmed != number {
		return 0, &flaw{problem: "there is a space before the %", accepted: accepted, suggestion: trimmed + "%"}
	}
	written := r.RatString()
	if percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	switch {
	case r.Sign() < 0:
		return 0, &flaw{problem: "a share cannot be negative", accepted: accepted}
	case r.Cmp(big.NewRat(1, 1)) > 0:
		f := &flaw{problem: s + " is more than all", accepted: accepted}
		if !percent && len(written) <= 3 && r.Cmp(big.NewRat(100, 1)) <= 0 {
			f.suggestion = s + "%"
		}
		return 0, f
	}
	v, _ := r.Float64()
	return v, nil
}

// writeChance gives a share as a percentage if that is shorter.
func writeChance(v float64) string {
	s := plain(v)
	if p := plain(v*100) + "%"; len(p) <= len(s)+1 {
		if back, f := parseChance(p); f == nil && back == v {
			return p
		}
	}
	return s
}

var rateUnits = []unit{{"s", spec.Second}, {"m", spec.Minute}, {"h", spec.Hour}, {"d", spec.Day}}

// maxRate is one event a nanosecond; faster there is no time between two.
const maxRate = 1_000_000_000

const rateAccepted = "write a rate as 120/s, 90/m or 10/h"

// otherRates are rates as they are written elsewhere.
var otherRates = []struct{ written, meant string }{
	{"rps", "/s"},
	{"tps", "/s"},
	{"eps", "/s"},
	{"qps", "/s"},
	{"hz", "/s"},
	{"rpm", "/m"},
	{"per second", "/s"},
	{"per minute", "/m"},
	{"per hour", "/h"},
	{"per day", "/d"},
	{"a second", "/s"},
	{"a minute", "/m"},
}

// parseRate reads 120/s as an exact fraction: 120 events per 10^9 ns, and
// 0.5/s as 1 per 2·10^9 ns.
func parseRate(s string) (spec.Rate, *flaw) {
	number, per, ok := strings.Cut(s, "/")
	if !ok {
		f := &flaw{problem: quoted(s) + " is not a rate", accepted: rateAccepted}
		if _, bad := parseNumber(s); bad == nil {
			f.problem = quoted(s) + " has no unit"
			f.suggestion = s + "/s"
		}
		for _, other := range otherRates {
			if n, cut := strings.CutSuffix(strings.ToLower(s), other.written); cut {
				if n = strings.TrimSpace(n); n != "" {
					f.suggestion = n + other.meant
					break
				}
			}
		}
		return spec.Rate{}, f
	}
	r, f := parseNumber(strings.TrimSpace(number))
	if f != nil {
		f.accepted = rateAccepted
		if f.suggestion != "" {
			f.suggestion += "/" + per
		}
		return spec.Rate{}, f
	}
	if r.Sign() < 0 {
		return spec.Rate{}, &flaw{problem: "a rate cannot be negative", accepted: rateAccepted}
	}
	for _, u := range rateUnits {
		if u.name != per {
			continue
		}
		if strings.TrimSpace(number) != number {
			return spec.Rate{}, &flaw{problem: "there is a space in the rate", accepted: rateAccepted, suggestion: strings.TrimSpace(number) + "/" + per}
		}
		return exactRate(r, u.base)
	}
	f = &flaw{problem: quoted(per) + " is not a unit of time for a rate", accepted: rateAccepted}
	trimmed := strings.TrimSpace(per)
	if usual, known := otherUnits[trimmed]; known {
		trimmed = usual
	}
	for _, u := range rateUnits {
		if u.name == trimmed {
			f.suggestion = strings.TrimSpace(number) + "/" + u.name
		}
	}
	return spec.Rate{}, f
}

// exactRate is r events per so many nanoseconds, in whole numbers.
func exactRate(r *big.Rat, per spec.Nanos) (spec.Rate, *flaw) {
	perSecond := new(big.Rat).Mul(r, big.NewRat(spec.Second, per))
	if perSecond.Cmp(new(big.Rat).SetInt64(maxRate)) > 0 {
		return spec.Rate{}, &flaw{problem: "this rate is too high", accepted: "at most 1,000,000,000/s, one event a nanosecond"}
	}
	period := new(big.Int).Mul(r.Denom(), big.NewInt(per))
	if !period.IsInt64() || period.Int64() > spec.MaxDuration {
		return spec.Rate{}, &flaw{problem: "this rate is too low or has too many decimals", accepted: "at least one event in 100 years"}
	}
	if r.Sign() == 0 {
		return spec.Rate{Per: per}, nil
	}
	return spec.Rate{Events: r.Num().Int64(), Per: period.Int64()}, nil
}

// writeRate gives a rate in the unit that reads back as the same fraction.
func writeRate(v spec.Rate) string {
	for _, u := range rateUnits {
		r := new(big.Rat).Mul(big.NewRat(v.Events, v.Per), new(big.Rat).SetInt64(u.base))
		digits, exact := r.FloatPrec()
		if !exact {
			continue
		}
		s := r.FloatString(digits) + "/" + u.name
		if back, f := parseRate(s); f == nil && back == v {
			return s
		}
	}
	return ""
}
