package scenarios

import (
	"reflect"
	"strings"
	"testing"

	"eddy/sim/spec"
)

// worked gives a distribution as the work of a consumer.
func worked(text string) (spec.Dist, bool, string) {
	s, ds := Load([]byte(small), Options{Name: "small.yaml", Set: set("consumers.other.work", text)})
	if s == nil {
		return spec.Dist{}, false, rendered(ds)
	}
	return s.Consumers[1].Handlers[0].Steps[0].Work, true, rendered(ds)
}

func TestDistributions(t *testing.T) {
	const ms = 1e6
	for text, want := range map[string]spec.Dist{
		"20ms":                                 spec.Const(20 * ms),
		"0":                                    spec.Const(0),
		"constant(20ms)":                       spec.Const(20 * ms),
		"exp(20ms)":                            {Kind: spec.Exponential, Mean: 20 * ms},
		"exp( mean = 20ms )":                   {Kind: spec.Exponential, Mean: 20 * ms},
		"exp('20ms')":                          {Kind: spec.Exponential, Mean: 20 * ms},
		"exp(0.5ns)":                           {Kind: spec.Exponential, Mean: 0.5},
		"uniform(1ms,3ms)":                     {Kind: spec.Uniform, Min: ms, Max: 3 * ms},
		"uniform(max=3ms min=1ms)":             {Kind: spec.Uniform, Min: ms, Max: 3 * ms},
		"triangular(1ms 2ms 3ms)":              {Kind: spec.Triangular, Min: ms, Mode: 2 * ms, Max: 3 * ms},
		"normal(10ms, 2ms)":                    {Kind: spec.Normal, Mean: 10 * ms, SD: 2 * ms},
		"lognormal(10ms, 2ms)":                 {Kind: spec.Lognormal, Mean: 10 * ms, SD: 2 * ms, HasSD: true},
		"lognormal(mean=10ms, p99=20ms)":       {Kind: spec.Lognormal, Mean: 10 * ms, P99: 20 * ms},
		"lognormal(median=10ms p99=20ms)":      {Kind: spec.Lognormal, Median: 10 * ms, P99: 20 * ms},
		"gamma(2ms, 1ms)":                      {Kind: spec.Gamma, Mean: 2 * ms, SD: ms},
		"erlang(3, 9ms)":                       {Kind: spec.Erlang, K: 3, Mean: 9 * ms},
		"weibull(1.5, 9ms)":                    {Kind: spec.Weibull, Shape: 1.5, Mean: 9 * ms},
		"pareto(1ms, 2.5)":                     {Kind: spec.Pareto, Min: ms, Shape: 2.5},
		"hyperexp(9ms, 4)":                     {Kind: spec.Hyperexp, Mean: 9 * ms, SCV: 4},
		"empirical(9ms, 1ms, 2ms)":             {Kind: spec.Empirical, Values: []float64{ms, 2 * ms, 9 * ms}},
		"empirical(1ms steps=true)":            {Kind: spec.Empirical, Values: []float64{ms}, Steps: true},
		"mix(90% exp(5ms) 10% 1ms)":            {Kind: spec.Mix, Parts: []spec.MixPart{{Weight: 0.9, Dist: spec.Dist{Kind: spec.Exponential, Mean: 5 * ms}}, {Weight: 0.1, Dist: spec.Const(ms)}}},
		"mix(0.5 1ms, 0.5 mix(50% 1ms 50% 0))": {Kind: spec.Mix, Parts: []spec.MixPart{{Weight: 0.5, Dist: spec.Const(ms)}, {Weight: 0.5, Dist: spec.Dist{Kind: spec.Mix, Parts: []spec.MixPart{{Weight: 0.5, Dist: spec.Const(ms)}, {Weight: 0.5, Dist: spec.Const(0)}}}}}},
	} {
		got, ok, said := worked(text)
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v: %s", text, got, want, said)
			continue
		}
		if back, ok, said := worked(writeDist(got, durationQuantity)); !ok || !reflect.DeepEqual(got, back) {
			t.Errorf("%s is written as %s: %s", text, writeDist(got, durationQuantity), said)
		}
	}
}

func TestWrongDistributions(t *testing.T) {
	for text, want := range map[string]string{
		"20":                             "did you mean 20ms?",
		"20 ms":                          "did you mean 20ms?",
		"exp":                            "write exp(mean)",
		"exp()":                          "lacks its argument mean",
		"exp(20ms":                       "never closed",
		"exp 20ms":                       "follows a complete value",
		"exp(20ms))":                     "closes nothing",
		"exp(20ms,)":                     "missing after this comma",
		"exp(20ms, , 3)":                 "missing after this comma",
		"exp(=20ms)":                     "a value is missing",
		"exp(mean=)":                     "a value is missing",
		"exp('20ms)":                     "quotation mark",
		"(20ms)":                         "name is missing before (",
		"expo(20ms)":                     "did you mean exp?",
		"Exp(20ms)":                      "did you mean exp?",
		"exp(-20ms)":                     "cannot be negative",
		"exp(20ms 5ms)":                  "too many arguments",
		"exp(120/s)":                     "is not a unit",
		"uniform(3ms, 1ms)":              "min must be at most max",
		"triangular(1ms 5ms 3ms)":        "mode must be at most max",
		"lognormal(mean=1ms, p99=1s)":    "14.96",
		"lognormal(mean=0, p99=1s)":      "the mean must be more than 0",
		"lognormal(median=1ms)":          "two arguments",
		"lognormal(mean=1ms median=1ms)": "two arguments",
		"gamma(0, 1ms)":                  "mean must be more than 0 when sd is",
		"erlang(0, 1ms)":                 "too small",
		"erlang(1.5, 1ms)":               "not a whole number",
		"weibull(0, 1ms)":                "must be more than 0",
		"pareto(0, 2)":                   "min must be more than 0",
		"pareto(1ms, 1)":                 "infinite mean",
		"mix(50% pareto(1ms 0.5) 50% 0)": "infinite mean",
		"hyperexp(1ms, 0.9)":             "scv must be at least 1",
		"mix()":                          "pairs",
		"mix(100% 1ms 5%)":               "pairs",
		"mix(60% 1ms 60% 2ms)":           "add up to 120%",
		"mix(a=60% 1ms 40% 2ms)":         "pairs",
		"empirical()":                    "no values",
		"empirical(1ms file=x.csv)":      "values and a file",
		"empirical(file=x.csv)":          "cannot name files",
		"empirical(1ms steps=yes)":       "true or false",
		"empirical(1ms stops=true)":      "did you mean steps?",
		"empirical(exp(1ms))":            "should be a value",
		"36501d":                         "at most 100 years",
		"[1ms, 2ms]":                     "not a list",
		"{mean: 1ms}":                    "not a map",
		strings.Repeat("mix(100% ", 20):  "too deep",
	} {
		if _, ok, said := worked(text); ok || !strings.Contains(said, want) {
			t.Errorf("%s: wanted %q, said %s", text, want, said)
		}
	}
}

func TestBareCommaOnlyWhereItCuts(t *testing.T) {
	for _, text := range []string{"work: gamma(2ms, 1ms)", "{work: \"gamma(2ms, 1ms)\"}", "{work: gamma(2ms 1ms)}"} {
		whole := strings.Replace(small, "- work: 20ms", "- "+text, 1)
		if s, ds := Load([]byte(whole), Options{}); s == nil {
			t.Errorf("%s: %s", text, rendered(ds))
		}
	}
	whole := strings.Replace(small, "- work: 20ms", "- {work: mix(90% gamma(2ms, 1ms), 10% 5ms), chance: 5%}", 1)
	_, ds := Load([]byte(whole), Options{})
	if said := rendered(ds); len(ds) != 1 || !strings.Contains(said, "did you mean mix(90% gamma(2ms 1ms) 10% 5ms)?") {
		t.Errorf("said %s", said)
	}
}

func TestFilters(t *testing.T) {
	for text, want := range map[string]spec.Match{
		"{x: SE}":                   {Value: spec.Value{Text: "SE"}},
		"{x: '5'}":                  {Value: spec.Value{Text: "5"}},
		"{x: 5}":                    {Value: spec.Value{Kind: spec.NumberValue, Number: 5}},
		"{x: -5}":                   {Value: spec.Value{Kind: spec.NumberValue, Number: -5}},
		"{x: true}":                 {Value: spec.Value{Kind: spec.BoolValue, Bool: true}},
		"{x: NO}":                   {Value: spec.Value{Text: "NO"}},
		"{x: ''}":                   {},
		"{x: '> 5'}":                {Kind: spec.GreaterMatch, Number: 5},
		"{x: '>=5'}":                {Kind: spec.GreaterEqualMatch, Number: 5},
		"{x: '< -5.5'}":             {Kind: spec.LessMatch, Number: -5.5},
		"{x: '<= 5'}":               {Kind: spec.LessEqualMatch, Number: 5},
		"{x: '!= SE'}":              {Kind: spec.NotEqualMatch, Value: spec.Value{Text: "SE"}},
		"{x: '!= 5'}":               {Kind: spec.NotEqualMatch, Value: spec.Value{Kind: spec.NumberValue, Number: 5}},
		"{x: 5..10}":                {Kind: spec.RangeMatch, Number: 5, High: 10},
		"{x: -10..-5}":              {Kind: spec.RangeMatch, Number: -10, High: -5},
		"{x: a..b}":                 {Value: spec.Value{Text: "a..b"}},
		"{x: 'a.*'}":                {Kind: spec.PatternMatch, Pattern: spec.Pattern{Text: "a.*", Words: []string{"a", "*"}}},
		"{x: '>'}":                  {Kind: spec.PatternMatch, Pattern: spec.Pattern{Text: ">", Words: []string{">"}}},
		"{x: {prefix: 5}}":          {Kind: spec.PrefixMatch, Value: spec.Value{Text: "5"}},
		"{x: {ignore_case: se}}":    {Kind: spec.IgnoreCaseMatch, Value: spec.Value{Text: "se"}},
		"{x: {exists: false}}":      {Kind: spec.ExistsMatch},
		"{x: {not: [a, 5]}}":        {Kind: spec.NotMatch, Of: []spec.Match{{Kind: spec.AnyMatch, Of: []spec.Match{{Value: spec.Value{Text: "a"}}, {Value: spec.Value{Kind: spec.NumberValue, Number: 5}}}}}},
		"{size: '> 2KiB'}":          {Kind: spec.GreaterMatch, Number: 2048},
		"{size: 1KiB..2KiB}":        {Kind: spec.RangeMatch, Number: 1024, High: 2048},
		"{priority: 9}":             {Value: spec.Value{Kind: spec.NumberValue, Number: 9}},
		"{key: 42}":                 {Value: spec.Value{Text: "42"}},
		"{type: order.placed}":      {Value: spec.Value{Text: "order.placed"}},
		"{type: {any: [a, 'b.#']}}": {Kind: spec.AnyMatch, Of: []spec.Match{{Value: spec.Value{Text: "a"}}, {Kind: spec.PatternMatch, Pattern: spec.Pattern{Text: "b.#", Words: []string{"b", "#"}}}}},
	} {
		s, ds := Load([]byte(small), Options{Name: "small.yaml", Set: set("consumers.payment.from", "{channel: orders, where: "+text+"}")})
		if s == nil {
			t.Errorf("%s: %s", text, rendered(ds))
			continue
		}
		if got := s.Consumers[0].From[0].Where.Tests[0].Match; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v", text, got, want)
		}
		roundTrip(t, s, Options{})
	}
}
