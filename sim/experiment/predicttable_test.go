package experiment

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/spec"
)

// claim is one number that a prediction gives, and what runs measure.
type claim struct {
	of, consumer, number string
	predicted            float64
	trust                Trust
	why                  string
	measured, se         float64
}

// off is how far the claim is from what was measured, as a part of it, once four standard
// errors and what does not matter are taken off.
func (c *claim) off(slack float64) float64 {
	d := math.Abs(c.predicted-c.measured) - 4*c.se - slack
	return math.Max(0, d) / math.Max(math.Abs(c.measured), 1e-12)
}

// holds says whether a claim is as right as it says.
func (c *claim) holds(slack float64) bool {
	switch c.trust {
	case Exact:
		return c.off(slack) <= 0.05
	case Approximate:
		return c.off(slack) <= 0.20
	}
	return c.why != ""
}

// claimsOf simulates a scenario and pairs what is predicted of it with it.
func claimsOf(t *testing.T, name string, sc *spec.Scenario, runs int) []claim {
	t.Helper()
	p := Predict(sc)
	o, err := Of(sc, Options{Replications: runs}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var all []claim
	for i := range p.Consumers {
		c := &p.Consumers[i]
		add := func(number string, v sim.Number, trust Trust, read func(*sim.ConsumerResult) sim.Number) {
			if !v.Valid && trust != Unsure {
				return
			}
			var got []float64
			for _, r := range o.Runs {
				if x := read(&r.Consumers[i]); x.Valid {
					got = append(got, x.Value)
				}
			}
			if len(got) == 0 {
				return
			}
			mean, sd := meanSD(got)
			predicted := math.NaN()
			if v.Valid {
				predicted = v.Value
			}
			all = append(all, claim{name, c.Name, number, predicted, trust, strings.Join(slices.Concat(c.Guesses, p.Guesses), "; "), mean, sd / math.Sqrt(float64(len(got)))})
		}
		add("rate", sim.Num(c.Run.Done), c.Run.Flow, func(r *sim.ConsumerResult) sim.Number {
			return r.Rate
		})
		add("utilisation", c.Run.Busy, c.Run.Flow, func(r *sim.ConsumerResult) sim.Number { return r.Utilisation })
		add("wait", c.Run.Wait, c.Run.Waits, func(r *sim.ConsumerResult) sim.Number { return r.Wait.Mean })
	}
	return all
}

// shipped calls f with every built-in scenario and each of its variants.
func shipped(t *testing.T, f func(name string, sc *spec.Scenario)) {
	t.Helper()
	for _, name := range scenarios.Names() {
		text, files, _ := scenarios.Builtin(name)
		for _, variant := range append([]string{""}, scenarios.Variants(text)...) {
			sc, ds := scenarios.Load(text, scenarios.Options{Name: name, FS: files, Variant: variant})
			if sc == nil {
				t.Fatalf("%s: %v", name, ds)
			}
			f(strings.TrimSuffix(name+"/"+variant, "/"), sc)
		}
	}
}

// TestPredictionsOfTheLibrary holds every number that is predicted of the
// built-in scenarios against runs: within 5 % where it is called exact, within 20 %
// where it is called an approximation, each beside four standard errors of the
// runs; what is not claimed is said why. EDDY_PREDICT=all looks at
// the variants as well and prints the whole table, another word what has it in its name.
func TestPredictionsOfTheLibrary(t *testing.T) {
	filter := os.Getenv("EDDY_PREDICT")
	whole := filter != ""
	runs := 2
	if whole {
		runs = 5
	}
	count := map[string]int{}
	shipped(t, func(name string, sc *spec.Scenario) {
		if whole && filter != "all" && !strings.Contains(name, filter) || !whole && strings.Contains(name, "/") {
			return
		}
		for _, c := range claimsOf(t, name, sc, runs) {
			slack := 0.0
			if c.number == "wait" {
				slack = 0.0005
			}
			count[c.trust.String()]++
			line := fmt.Sprintf("%-36s %-14s %-11s %-11s predicted %10.4g measured %10.4g ± %-8.2g off %5.1f%%  %s", c.of, c.consumer, c.number, c.trust, c.predicted, c.measured, 2*c.se, 100*(c.predicted/c.measured-1), c.why)
			if !c.holds(slack) {
				t.Error(line)
			} else if whole {
				t.Log(line)
			}
		}
	})
	t.Log(count)
}
