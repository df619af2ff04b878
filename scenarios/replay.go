package scenarios

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"eddy/sim/spec"
)

// replay is a recorded trace of arrivals, before its event names are resolved.
type replay struct {
	rows    []spec.ReplayRow
	columns []string // of the fields
	events  []string // names in the order first met; ReplayRow.Event indexes them
	broken  bool
}

// floatText reads a number of a data file: data files also write exponents.
func floatText(s string) (float64, *flaw) {
	if len(s) > maxDigits || strings.ContainsAny(s, "xXpP_") || notANumber.MatchString(s) {
		return 0, &flaw{problem: quoted(s) + " is not a number"}
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(v) > 1e15 {
		return 0, &flaw{problem: quoted(s) + " is not a number"}
	}
	return v, nil
}

// secondsText reads seconds as whole nanoseconds, exactly where they are
// written as a decimal number.
func secondsText(s string) (spec.Nanos, *flaw) {
	v, f := floatText(s)
	switch {
	case f != nil:
		return 0, f
	case v < 0:
		return 0, &flaw{problem: "a time cannot be negative"}
	case v > float64(spec.MaxDuration/spec.Second):
		return 0, &flaw{problem: quoted(s) + " seconds are more than 100 years"}
	}
	r, ok := new(big.Rat).SetString(s)
	if strings.ContainsAny(s, "eE") {
		// The exact power of ten of a hostile exponent would be enormous.
		r, ok = new(big.Rat).SetFloat64(v), true
	}
	if !ok {
		return 0, &flaw{problem: quoted(s) + " is not a number"}
	}
	r.Mul(r, big.NewRat(spec.Second, 1))
	r.Add(r, big.NewRat(1, 2))
	return new(big.Int).Quo(r.Num(), r.Denom()).Int64(), nil
}

// replay reads a trace: CSV with a heading, or one column of times without.
func (f *files) replay(l *loader, name string) (*replay, *flaw) {
	if known := f.replays[name]; known != nil {
		return known, nil
	}
	data, bad := f.read(name)
	if bad != nil {
		return nil, bad
	}
	p := replayParser{l: l, file: name, replay: &replay{}, events: map[string]int{}}
	p.parse(data)
	if len(p.replay.rows) == 0 && !p.replay.broken {
		return nil, &flaw{problem: "the file " + quoted(name) + " has no arrivals", accepted: "a heading with the column time, then one arrival a line"}
	}
	f.replays[name] = p.replay
	return p.replay, nil
}

// replayParser reads the rows of one trace.
type replayParser struct {
	l       *loader
	file    string
	replay  *replay
	columns []column
	events  map[string]int
	dates   []time.Time // of the rows, if their times are RFC 3339
	flaws   int
}

// column is what one column of the trace sets.
type column struct {
	name string
	set  func(p *replayParser, row *spec.ReplayRow, text string) *flaw
}

func (p *replayParser) parse(data []byte) {
	if !utf8.Valid(data) {
		p.complain(1, 1, "the file is not UTF-8", "")
		return
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.ReuseRecord = true
	r.Comment = '#'
	r.TrimLeadingSpace = true
	for p.flaws < mostFlaws {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.csvError(err)
			if !errors.Is(err, csv.ErrFieldCount) {
				break
			}
			continue
		}
		if p.columns == nil && p.heading(record) {
			continue
		}
		p.row(r, record)
	}
	if !p.replay.broken {
		p.settle()
	}
}

func (p *replayParser) complain(line, col int, problem, source string) {
	p.flaws++
	p.replay.broken = true
	p.l.report(Diagnostic{File: p.file, Line: line, Col: col, Problem: problem, Source: harmless(clip(source, 1000)), Width: utf8.RuneCountInString(source)})
}

func (p *replayParser) csvError(err error) {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		p.complain(1, 1, "the file cannot be read as CSV", "")
		return
	}
	problem := "this line is not CSV: " + parse.Err.Error()
	if errors.Is(err, csv.ErrFieldCount) {
		problem = "this line has not as many columns as the first"
	}
	p.complain(max(parse.Line, 1), max(parse.Column, 1), problem, "")
}

// heading reads the first line; without a heading it is the first arrival and
// only its first column counts.
func (p *replayParser) heading(record []string) bool {
	if _, f := secondsText(strings.TrimSpace(record[0])); f == nil {
		p.columns = []column{{"time", setTime}}
		return false
	}
	if _, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(record[0])); err == nil {
		p.columns = []column{{"time", setTime}}
		return false
	}
	names := make([]string, len(record))
	for i, name := range record {
		names[i] = strings.TrimSpace(name)
	}
	timeAt := max(slices.Index(names, "time"), 0)
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			p.complain(1, 1, "the column "+quoted(name)+" is there twice", strings.Join(names, ","))
		}
		p.columns = append(p.columns, p.column(name, i == timeAt))
	}
	return true
}

func (p *replayParser) column(name string, isTime bool) column {
	if isTime {
		return column{"time", setTime}
	}
	if set, known := replaySetters[name]; known {
		return column{name, set}
	}
	i := len(p.replay.columns)
	p.replay.columns = append(p.replay.columns, name)
	return column{name, func(_ *replayParser, row *spec.ReplayRow, text string) *flaw {
		row.Fields[i] = valueOf(&node{kind: scalarNode, text: text})
		return nil
	}}
}

var replaySetters = map[string]func(p *replayParser, row *spec.ReplayRow, text string) *flaw{
	"event": func(p *replayParser, row *spec.ReplayRow, text string) *flaw {
		if problem := nameFlaw(text); problem != "" {
			return &flaw{problem: quoted(text) + " is no name of an event: " + problem}
		}
		i, known := p.events[text]
		if !known {
			i = len(p.replay.events)
			p.events[text] = i
			p.replay.events = append(p.replay.events, strings.Clone(text))
		}
		row.Event = i
		return nil
	},
	"key": func(_ *replayParser, row *spec.ReplayRow, text string) *flaw {
		row.Key, row.HasKey = strings.Clone(text), true
		return nil
	},
	"size": func(_ *replayParser, row *spec.ReplayRow, text string) *flaw {
		v, f := measured(text, sizeQuantity)
		row.Size = int64(math.Round(v))
		return f
	},
	"priority": func(_ *replayParser, row *spec.ReplayRow, text string) *flaw {
		v, f := parseWhole(text, 0, 9)
		row.Priority = int8(v)
		return f
	},
	"work": func(_ *replayParser, row *spec.ReplayRow, text string) *flaw {
		v, f := secondsText(text)
		row.Work = v
		return f
	},
	"fails": func(_ *replayParser, row *spec.ReplayRow, text string) *flaw {
		v, f := parseWhole(text, 0, 1_000_000)
		row.Fails = int32(v)
		return f
	},
}

func setTime(p *replayParser, row *spec.ReplayRow, text string) *flaw {
	if date, err := time.Parse(time.RFC3339Nano, text); err == nil {
		if len(p.dates) == 0 && len(p.replay.rows) > 0 {
			return &flaw{problem: "this is a date, and the times before it are seconds"}
		}
		p.dates = append(p.dates, date)
		return nil
	}
	if len(p.dates) > 0 {
		return &flaw{problem: quoted(text) + " is not a date like the times before it"}
	}
	v, f := secondsText(text)
	if f != nil {
		f.problem = quoted(text) + " is not a time: seconds from the start, or RFC 3339 such as 2026-01-31T09:00:00Z"
	}
	row.At = v
	return f
}

func (p *replayParser) row(r *csv.Reader, record []string) {
	row := spec.ReplayRow{Event: spec.None, Size: spec.None, Priority: spec.None, Work: spec.None, Fails: spec.None}
	if len(p.replay.columns) > 0 {
		row.Fields = slices.Repeat([]spec.Value{{Kind: spec.NoValue}}, len(p.replay.columns))
	}
	for i, c := range p.columns {
		if i >= len(record) {
			break
		}
		text := strings.TrimSpace(record[i])
		if text == "" && c.name != "time" {
			continue
		}
		if f := c.set(p, &row, text); f != nil {
			line, col := r.FieldPos(i)
			p.complain(line, col, f.problem, text)
		}
	}
	p.replay.rows = append(p.replay.rows, row)
}

// settle turns dates into times from the first and puts the rows in order.
func (p *replayParser) settle() {
	if len(p.dates) > 0 {
		first := slices.MinFunc(p.dates, time.Time.Compare)
		for i := range p.replay.rows {
			gap := p.dates[i].Sub(first)
			if int64(gap) > spec.MaxDuration {
				p.complain(i+2, 1, "this is more than 100 years after the first", "")
				return
			}
			p.replay.rows[i].At = int64(gap)
		}
	}
	slices.SortStableFunc(p.replay.rows, func(a, b spec.ReplayRow) int { return cmp.Compare(a.At, b.At) })
}
