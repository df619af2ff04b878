package theory_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"

	"eddy/sim/spec"
)

var update = flag.Bool("update", false, "write VALIDATION.md anew")

const validationFile = "../VALIDATION.md"

// measured runs all models once for all tests of the package.
var measured = sync.OnceValue(func() [][][]float64 { return measure(models()) })

// TestValidation holds every model against theory.
func TestValidation(t *testing.T) {
	all, values := models(), [][][]float64(nil)
	if testing.Short() {
		var some []model
		for _, m := range all {
			if m.short {
				some = append(some, m)
			}
		}
		all, values = some, measure(some)
	} else {
		values = measured()
	}
	for i, m := range all {
		for k := range m.probes {
			if j := judge(&m.probes[k], values[i][k]); !j.verdict.good() {
				t.Errorf("%s: %s", m.name, j.complaint(&m.probes[k]))
			}
		}
	}
}

// TestValidationFile holds the document against what the engine does today.
// With -update it writes it.
func TestValidationFile(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes all models")
	}
	text := validation(models(), measured())
	if *update {
		if err := os.WriteFile(validationFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	old, err := os.ReadFile(validationFile)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(old), "\n"), strings.Split(text, "\n")
	for i := range max(len(was), len(is)) {
		if i >= len(was) || i >= len(is) || was[i] != is[i] {
			t.Fatalf("VALIDATION.md is out of date from line %d on; write it with: go test ./sim/theory -run Validation -update", i+1)
		}
	}
}

// TestIntervalsAreHonest counts how many of the random numbers are outside of
// their 95 % interval. Far fewer than one in twenty would mean that the
// intervals are too wide to find anything, far more that they are too narrow,
// or that small errors are everywhere. The numbers of one model are not
// independent, so the bounds are generous.
func TestIntervalsAreHonest(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes all models")
	}
	random, outside := census(models(), measured())
	if got := float64(outside) / float64(random); got < 0.02 || got > 0.10 {
		t.Errorf("%d of %d numbers are outside of their 95 %% interval", outside, random)
	}
}

// census counts the random numbers, and those of them outside of 95 %.
func census(all []model, values [][][]float64) (random, outside int) {
	for i := range all {
		for k := range all[i].probes {
			if j := judge(&all[i].probes[k], values[i][k]); j.random {
				random++
				if j.outside95 {
					outside++
				}
			}
		}
	}
	return random, outside
}

func TestModelsAreDifferent(t *testing.T) {
	seeds := map[int64]string{}
	for _, m := range models() {
		seed := m.complete().Seed
		if other, taken := seeds[seed]; taken {
			t.Errorf("%q and %q share their seed", m.name, other)
		}
		seeds[seed] = m.name
		if m.source == "" || m.shows == "" || len(m.probes) == 0 {
			t.Errorf("%q does not say what it shows", m.name)
		}
	}
	if len(seeds) < 40 {
		t.Errorf("only %d models", len(seeds))
	}
}

const preface = `# Validation

How the engine compares with queueing theory. This file is written by the tests; each number in it is measured by
running the engine, and the test fails when the engine measures another one:

    go test ./sim/theory                          # holds engine and file to it
    go test ./sim/theory -run Validation -update  # writes the file

Each model is a scenario for which theory has the exact answer; the functions named after the source are in
[` + "`sim/theory`" + `](theory). It is run several times with independent seeds, all fixed. **Measured** is the mean over
the runs, **±** half of its 99.9 % Student-t interval. The verdicts:

| verdict | means |
|---|---|
| agrees | the interval holds the exact value, and is narrow: half of it is at most 5 % of the exact value unless the line says otherwise |
| exact | the number does not depend on luck, and was the exact one in every run |
| differs, too wide, not measured, does not vary | a failure: the test fails |

A quantile of a result may be off by 0.1 %, since it is read off a histogram; that much is allowed on top.
`

// validation is the text of VALIDATION.md.
func validation(all []model, values [][][]float64) string {
	var b strings.Builder
	b.WriteString(preface)
	numbers, good := 0, 0
	for i := range all {
		for k := range all[i].probes {
			numbers++
			if j := judge(&all[i].probes[k], values[i][k]); j.verdict.good() {
				good++
			}
		}
	}
	random, outside := census(all, values)
	fmt.Fprintf(&b, "\n%d models, %d numbers, of which %d agree. Of the %d that depend on luck, %d (%.1f %%) are outside of their 95 %% interval;\n",
		len(all), numbers, good, random, outside, 100*float64(outside)/float64(random))
	b.WriteString("one in twenty should be, and that the intervals can tell a wrong number is tested with systems that are wrong on purpose.\n")
	for i := range all {
		section(&b, i+1, &all[i], values[i])
	}
	return b.String()
}

func section(b *strings.Builder, n int, m *model, values [][]float64) {
	runs := fmt.Sprintf("%d runs of %g s", m.replications(), m.seconds)
	if m.warmup > 0 {
		runs += fmt.Sprintf(" after a warm-up of %g s", m.warmup)
	}
	fmt.Fprintf(b, "\n## %d. %s\n\n%s.\nSource: %s. %s.\n\n", n, m.name, sentence(m.shows), m.source, runs)
	b.WriteString("| number | exact | measured | ± | verdict |\n|---|---:|---:|---:|---|\n")
	for k := range m.probes {
		p := &m.probes[k]
		j := judge(p, values[k])
		half := "0"
		if j.random {
			half = fmt.Sprintf("%.2g", j.half)
		}
		said := string(j.verdict)
		if p.limit > narrow && j.random && j.half > narrow*math.Abs(p.exact) {
			said += fmt.Sprintf(" (± at most %g %%)", math.Round(100*p.limit))
		}
		fmt.Fprintf(b, "| %s | %.6g | %.6g | %s | %s |\n", p.what, p.exact, j.mean, half, said)
	}
}

func sentence(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

// TestChecksCatchWhatIsWrong holds systems that are wrong on purpose against
// the exact values of the right ones: each must be caught, by the number named.
func TestChecksCatchWhatIsWrong(t *testing.T) {
	right := func() model {
		m := models()[1] // M/M/1 at load 0.7
		m.name = "M/M/1 gone wrong"
		return m
	}
	const wait, rate, lost = "mean wait, ms", "rate, /s", "events not accounted for"
	for _, c := range []struct {
		what   string
		change func(*spec.Scenario)
		caught []string
	}{
		{"arrivals 3 % too fast", func(sc *spec.Scenario) {
			sc.Producers[0].Rate.Rate = spec.Rate{Events: 721, Per: 10 * spec.Second}
		}, []string{wait, rate, "utilisation"}},
		{"service 3 % too slow", func(sc *spec.Scenario) {
			sc.Consumers[0].Handlers[0].Steps[0].Work = exponential(10_300 * spec.Microsecond)
		}, []string{wait, "utilisation"}},
		{"a worker too many", func(sc *spec.Scenario) {
			sc.Consumers[0].Concurrency, sc.Consumers[0].Prefetch = 2, 2
		}, []string{wait, "utilisation"}},
		{"service of another distribution with the same mean", func(sc *spec.Scenario) {
			sc.Consumers[0].Handlers[0].Steps[0].Work = uniform(0, 20*msec)
		}, []string{wait, "p99 of wait, ms"}},
		{"the last served first", func(sc *spec.Scenario) {
			sc.Broker.Channels[0].Store.Order = spec.LIFO
		}, []string{"p50 of wait, ms", "p99 of wait, ms"}},
		{"one event in 10,000 leaks away", func(sc *spec.Scenario) {
			sc.Producers[0].Loses = 0.0001
		}, []string{lost}},
		{"two links of one millisecond forgotten", func(sc *spec.Scenario) {
			sc.Broker.Latency.Deliver, sc.Broker.Latency.Ack = constant(msec/2), constant(msec/2)
		}, []string{wait, "mean latency, ms"}},
	} {
		m := right()
		m.seconds = 300
		m.scenario.Consumers = append([]spec.Consumer(nil), m.scenario.Consumers...)
		handler := m.scenario.Consumers[0].Handlers[0]
		handler.Steps = append([]spec.Step(nil), handler.Steps...)
		m.scenario.Consumers[0].Handlers = []spec.Handler{handler}
		c.change(&m.scenario)
		values := measure([]model{m})[0]
		for _, name := range c.caught {
			found := false
			for k := range m.probes {
				if m.probes[k].what == name {
					found = true
					if j := judge(&m.probes[k], values[k]); j.verdict != differs {
						t.Errorf("%s was not caught: %s", c.what, j.complaint(&m.probes[k]))
					}
				}
			}
			if !found {
				t.Errorf("%s: there is no number %q", c.what, name)
			}
		}
	}
}

// TestJudgeHasEveryVerdict shows that each failure there is can happen.
func TestJudgeHasEveryVerdict(t *testing.T) {
	narrowly := []float64{0.99, 1.01, 1.00, 1.02, 0.98}
	for _, c := range []struct {
		values []float64
		p      probe
		want   verdict
	}{
		{narrowly, probe{exact: 1, limit: 0.1}, agrees},
		{narrowly, probe{exact: 1.1}, differs},
		{narrowly, probe{exact: 1, limit: 0.01}, vague},
		{[]float64{0, 2, 1, 3, -1}, probe{exact: 1}, vague},
		{[]float64{1, math.NaN()}, probe{exact: 1}, missing},
		{[]float64{1, 1, 1}, probe{exact: 1}, stuck},
		{[]float64{1, 1, 1}, probe{exact: 1, always: true}, exactly},
		{[]float64{1, 1, 1.000001}, probe{exact: 1, always: true}, differs},
	} {
		if got := judge(&c.p, c.values); got.verdict != c.want {
			t.Errorf("%v against %v: %s, want %s", c.values, c.p.exact, got.verdict, c.want)
		}
	}
}
