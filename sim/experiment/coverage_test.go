package experiment

import (
	"context"
	"math"
	"os"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"eddy/sim/spec"
)

// coverageVariable asks for another number of experiments than the quick
// default, to tell a bias of a percent from noise:
//
//	EDDY_COVERAGE=2000 go test ./sim/experiment -run Cover -v -timeout 1h
const coverageVariable = "EDDY_COVERAGE"

// experimentsFor is how many experiments a test of coverage makes.
func experimentsFor(t *testing.T, quick int) int {
	t.Helper()
	if text := os.Getenv(coverageVariable); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < quick {
			t.Fatalf("%s is %q, not a number from %d on", coverageVariable, text, quick)
		}
		return n
	}
	if testing.Short() {
		return quick / 2
	}
	return quick
}

// tally is what became of the intervals of one metric.
type tally struct {
	given, below, above int // below: the whole interval is below the truth
	means, widths       []float64
	singles             []float64 // every replication's own value
	note                string    // of one that was not given
	student             misses    // of Student's interval as it stands, given or not
}

// misses are how often an interval lies wholly below or above the truth, and the
// sum of the half-widths.
type misses struct {
	below, above int
	width        float64
}

func (m *misses) take(low, high, truth float64) {
	m.width += (high - low) / 2
	switch {
	case high < truth:
		m.below++
	case low > truth:
		m.above++
	}
}

func (c *tally) covered() float64 {
	if c.given == 0 {
		return math.NaN()
	}
	return float64(c.given-c.below-c.above) / float64(c.given)
}

// take notes one experiment's metric.
func (c *tally) take(m Metric, truth float64, singles []float64) {
	c.means = append(c.means, m.Mean.Value)
	c.singles = append(c.singles, singles...)
	mean, sd := meanSD(singles)
	half := halfWidth(sd, len(singles))
	c.student.take(mean-half, mean+half, truth)
	if !m.Low.Valid {
		c.note = m.Note
		return
	}
	c.given++
	c.widths = append(c.widths, (m.High.Value-m.Low.Value)/2)
	switch {
	case m.High.Value < truth:
		c.below++
	case m.Low.Value > truth:
		c.above++
	}
}

// report says how often the intervals cover, and what one must know to tell
// why they do not: the bias of the means, in half-widths, and the skewness of
// the replications' values.
func (c *tally) report(t *testing.T, path string, truth float64) {
	t.Helper()
	mean, _ := meanSD(c.means)
	width := math.NaN()
	if len(c.widths) > 0 {
		width, _ = meanSD(c.widths)
	}
	t.Logf("%-28s %5d given, %5.1f %% cover (%.1f %% below, %.1f %% above); half-width %.1f %%, bias %+.2f %% = %+.2f half-widths, skewness %+.2f %s",
		path, c.given, 100*c.covered(), 100*float64(c.below)/float64(c.given), 100*float64(c.above)/float64(c.given),
		100*width/truth, 100*(mean/truth-1), (mean-truth)/width, skewness(c.singles), c.note)
}

// binomialLimits are the fewest and the most successes in so many trials with
// the given chance of each that leave at most half of what is not confident on
// either side.
func binomialLimits(trials int, chance, confident float64) (least, most int) {
	d := distuv.Binomial{N: float64(trials), P: chance}
	beyond := (1 - confident) / 2
	for d.CDF(float64(least)) <= beyond {
		least++
	}
	for most = trials; most > 0 && 1-d.CDF(float64(most-1)) <= beyond; {
		most--
	}
	return least, most
}

// TestBinomialLimits: of 60 throws with 95 %, 49 or fewer come once in 9,000
// times, 50 once in 2,200; all of them once in 22. Of 1,000, both sides count.
func TestBinomialLimits(t *testing.T) {
	if least, most := binomialLimits(60, 0.95, 0.999); least != 50 || most != 60 {
		t.Errorf("%d to %d of 60", least, most)
	}
	if least, most := binomialLimits(1000, 0.95, 0.999); least < 920 || least > 930 || most < 968 || most > 975 {
		t.Errorf("%d to %d of 1,000", least, most)
	}
}

// skewness is the third standardised moment of the values.
func skewness(values []float64) float64 {
	mean, sd := meanSD(values)
	cubes := 0.0
	for _, v := range values {
		d := (v - mean) / sd
		cubes += d * d * d
	}
	return cubes / float64(len(values))
}

// cover makes experiments of so many replications each and holds the intervals
// of the metrics against their true values. Seeds are fixed: the counts are
// the same every time.
func cover(t *testing.T, sc *spec.Scenario, truth map[string]float64, experiments, replications int) map[string]*tally {
	t.Helper()
	tallies := map[string]*tally{}
	for path := range truth {
		tallies[path] = &tally{}
	}
	keep := func(path []string) bool { return path[0] == "consumers" || path[0] == "flows" }
	x := *sc
	for i := range experiments {
		x.Seed = int64(1000 + i*replications)
		o, err := Of(&x, Options{Replications: replications}).Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		tab := newTable(keep)
		tab.horizon = horizonOf(&x)
		for _, r := range o.Runs {
			tab.add(r)
		}
		for path, want := range truth {
			c := tab.byPath[path]
			if c == nil {
				t.Fatalf("there is no %s", path)
			}
			tallies[path].take(tab.metric(c, nil), want, c.present())
		}
	}
	return tallies
}
