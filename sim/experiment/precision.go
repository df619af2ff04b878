package experiment

import (
	"math"

	"eddy/sim"
	"eddy/sim/spec"
)

// FewestForPrecision is how many replications a run until precise takes at
// least: a standard deviation guessed from fewer stops too early too often.
const FewestForPrecision = 10

// nextLook is how many runs there are when the widths are looked at again.
// Stopping at the first width that happens to be small enough favours runs
// that agree by luck, the more so the more often one looks.
func nextLook(runs int) int { return runs + (runs+4)/5 }

// Precision stops an experiment once the intervals of what a run is mostly
// asked for are narrow: the mean and median latency of each consumer and the
// mean and median completion of each flow.
type Precision struct {
	relative float64
	table    *table
	heavy    []string
	look     int // the number of runs at which to look
	// Worst is the widest of the wanted metrics when last asked.
	Worst Metric
}

// NewPrecision wants half-widths of at most relative (0.05: 5 %) of the mean.
func NewPrecision(sc *spec.Scenario, relative float64) *Precision {
	p := &Precision{relative: relative, table: newTable(summarised), heavy: heavyTails(sc), look: FewestForPrecision}
	p.table.horizon = horizonOf(sc)
	return p
}

// summarised keeps what is wanted and what is needed to judge it.
func summarised(path []string) bool {
	if len(path) == 3 && path[0] == "flows" && path[2] == "completed" {
		return true
	}
	if len(path) != 4 {
		return false
	}
	kind := path[0] + "." + path[2]
	if kind != "consumers.latency" && kind != "flows.completion" {
		return false
	}
	switch path[3] {
	case "count", "mean", "sd", "p50":
		return true
	}
	return false
}

// Enough is a Plan's Enough.
func (p *Precision) Enough(prefix []*sim.Result) bool {
	for _, r := range prefix[p.table.runs:] {
		p.table.add(r)
	}
	if len(prefix) < p.look {
		return false
	}
	p.look = nextLook(p.look)
	widest := -1.0
	for _, c := range p.table.columns {
		key := c.path[len(c.path)-1]
		if key != "mean" && key != "p50" || len(c.present()) == 0 {
			continue
		}
		m := p.table.metric(c, p.heavy)
		if w := relativeWidth(m); w > widest {
			widest, p.Worst = w, m
		}
	}
	return widest <= p.relative
}

// relativeWidth is half of a metric's interval over its mean, infinite where
// there is no interval.
func relativeWidth(m Metric) float64 {
	if !m.Low.Valid || !m.High.Valid {
		return math.Inf(1)
	}
	half := (m.High.Value - m.Low.Value) / 2
	if half == 0 {
		return 0
	}
	if m.Mean.Value == 0 {
		return math.Inf(1)
	}
	return half / math.Abs(m.Mean.Value)
}
