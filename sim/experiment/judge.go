package experiment

import (
	"cmp"
	"slices"

	"eddy/sim"
	"eddy/sim/spec"
)

// Judge compares what several runs say with what was expected. One run is
// judged by its value. Of several, a bound (<, <=, >, >=) is judged by the
// interval of the mean: kept if all of it keeps the bound, broken if all of it
// breaks it, inconclusive otherwise. Where there is no interval, and for == and
// !=, which speak of every run, the runs must agree; == is broken by one run.
// With a run among them that was cut short, nothing is kept.
func Judge(sc *spec.Scenario, runs []*sim.Result, metrics []Metric) []sim.ExpectationResult {
	if len(runs) == 1 {
		return sim.Judge(runs[0], sc.Expect)
	}
	byPath := map[string]Metric{}
	for _, m := range metrics {
		byPath[m.Path] = m
	}
	each := make([][]sim.ExpectationResult, len(runs))
	for i, r := range runs {
		each[i] = sim.Judge(r, sc.Expect)
	}
	judged := make([]sim.ExpectationResult, len(sc.Expect))
	for i, want := range sc.Expect {
		m := byPath[sim.PathString(want.Path)]
		judged[i] = sim.ExpectationResult{Expect: want.Text, Value: m.Mean, Why: want.Why}
		if m.Low.Valid && want.Op != spec.Equal && want.Op != spec.NotEqual {
			bounded(&judged[i], m, want)
		} else {
			agreed(&judged[i], each, i, want.Op == spec.Equal)
		}
		if open := firstOpen(each, i); judged[i].Verdict == sim.Pass && open != "" && anyCutShort(runs) {
			judged[i].LeaveOpen(open)
		}
	}
	return judged
}

func anyCutShort(runs []*sim.Result) bool {
	return slices.ContainsFunc(runs, func(r *sim.Result) bool { return r.Run.Ended.CutShort() })
}

// firstOpen is the reason for which the first run that does not decide the
// i-th expectation does not, "" if all decide it.
func firstOpen(each [][]sim.ExpectationResult, i int) string {
	for _, judged := range each {
		if judged[i].Verdict == sim.Inconclusive {
			return judged[i].Open
		}
	}
	return ""
}

// bounded judges a bound by an interval.
func bounded(e *sim.ExpectationResult, m Metric, want spec.Expectation) {
	low, high := keeps(m.Low.Value, want), keeps(m.High.Value, want)
	switch {
	case low && high:
		e.Verdict = sim.Pass
	case !low && !high:
		e.Verdict = sim.Failed
	default:
		e.LeaveOpen("the bound lies within the interval of the mean")
	}
}

func keeps(v float64, want spec.Expectation) bool {
	switch want.Op {
	case spec.Less:
		return v < want.Value
	case spec.LessEqual:
		return v <= want.Value
	case spec.Greater:
		return v > want.Value
	default:
		return v >= want.Value
	}
}

// agreed takes the verdict that the runs share on the i-th expectation. If they
// do not, it is failed where oneBreaks, inconclusive otherwise.
func agreed(e *sim.ExpectationResult, each [][]sim.ExpectationResult, i int, oneBreaks bool) {
	e.Verdict = each[0][i].Verdict
	for _, judged := range each {
		if oneBreaks && judged[i].Verdict == sim.Failed {
			e.Verdict = sim.Failed
			return
		}
		if judged[i].Verdict != e.Verdict {
			e.Verdict = sim.Inconclusive
		}
	}
	if e.Verdict == sim.Inconclusive {
		e.LeaveOpen(cmp.Or(firstOpen(each, i), "the runs do not agree"))
	}
}
