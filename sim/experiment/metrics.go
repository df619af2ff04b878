package experiment

import (
	"fmt"
	"strings"

	"eddy/sim"
	"eddy/sim/spec"
)

// Metric is one number of the result document over replications. Low and High
// bound a 95 % interval of its mean: Student's, corrected for skewness where it
// is of waits. Student is that interval before any correction. Where there is
// not enough to say, both are absent and Note says why.
type Metric struct {
	Path                string
	Mean, SD, Low, High sim.Number
	Student             Interval
	N                   int // runs that have the number
	Unit, Note          string
}

// Interval is what lies between two numbers; both are absent, or none.
type Interval struct{ Low, High sim.Number }

// student is Student's 95 % interval of a mean of n ≥ 2 values.
func student(mean, sd float64, n int) Interval {
	half := halfWidth(sd, n)
	return Interval{sim.Num(mean - half), sim.Num(mean + half)}
}

// Summarise says what the runs of a scenario say together, for every number of
// the result document, in the document's order. The runs must be independent
// replications, given in a fixed order.
func Summarise(sc *spec.Scenario, runs []*sim.Result) []Metric {
	t := newTable(nil)
	t.horizon = horizonOf(sc)
	for _, r := range runs {
		t.add(r)
	}
	heavy := heavyTails(sc)
	metrics := make([]Metric, len(t.columns))
	for i, c := range t.columns {
		metrics[i] = t.metric(c, heavy)
	}
	return metrics
}

func (t *table) metric(c *column, heavy []string) Metric {
	values := c.present()
	m := Metric{Path: sim.PathString(c.path), N: len(values), Unit: string(c.unit)}
	if len(values) == 0 {
		m.Note = "no run has a value"
		return m
	}
	mean, sd := meanSD(values)
	m.Mean = sim.Num(mean)
	if len(values) > 1 {
		m.SD = sim.Num(sd)
	}
	if m.Note = t.doubt(c, len(values), heavy); m.Note == "" {
		m.Low, m.High = t.interval(c, mean, sd, len(values))
		m.Student = student(mean, sd, len(values))
	}
	return m
}

// doubt is why no interval can be given for a number, "" if it can.
func (t *table) doubt(c *column, present int, heavy []string) string {
	switch {
	case isInput(c.path):
		return "given, not measured"
	case t.runs < fewest:
		return fmt.Sprintf("fewer than %d runs", fewest)
	case present < t.runs:
		return fmt.Sprintf("no value in %d of %d runs", t.runs-present, t.runs)
	case len(heavy) > 0:
		return "infinite variance of " + strings.Join(heavy, ", ")
	}
	if note := t.short(c.path); note != "" {
		return note
	}
	return t.thinTail(c)
}

// isInput says whether the number was put in rather than measured.
func isInput(path []string) bool {
	if len(path) != 2 || path[0] != "run" {
		return false
	}
	switch path[1] {
	case "seed", "replication", "duration", "warmup":
		return true
	}
	return false
}
