package experiment

import (
	"eddy/sim"
	"eddy/sim/spec"
)

// Judge compares what several runs say with what was expected. One run is
// judged by its value. Of several, a bound (<, <=, >, >=) is judged by the
// interval of the mean: kept if all of it keeps the bound, broken if all of it
// breaks it, inconclusive otherwise. Where there is no interval, and for == and
// !=, which speak of every run, the runs must agree; == is broken by one run.
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
		switch {
		case want.Op == spec.Equal || want.Op == spec.NotEqual:
			judged[i].Verdict = agreed(each, i, want.Op == spec.Equal)
		case m.Low.Valid:
			judged[i].Verdict = bounded(m, want)
		default:
			judged[i].Verdict = agreed(each, i, false)
		}
	}
	return judged
}

// bounded judges a bound by an interval.
func bounded(m Metric, want spec.Expectation) sim.Verdict {
	low, high := keeps(m.Low.Value, want), keeps(m.High.Value, want)
	switch {
	case low && high:
		return sim.Pass
	case !low && !high:
		return sim.Failed
	}
	return sim.Inconclusive
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

// agreed is the verdict that the runs share on the i-th expectation. If they
// do not, it is failed where oneBreaks, inconclusive otherwise.
func agreed(each [][]sim.ExpectationResult, i int, oneBreaks bool) sim.Verdict {
	first := each[0][i].Verdict
	for _, judged := range each {
		if oneBreaks && judged[i].Verdict == sim.Failed {
			return sim.Failed
		}
		if judged[i].Verdict != first {
			first = sim.Inconclusive
		}
	}
	return first
}
