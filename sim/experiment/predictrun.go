package experiment

import (
	"math"

	"eddy/sim"
)

// PredictedRun is what one run of a scenario should measure of a consumer, from
// its warm-up to its end, with all that changes meanwhile.
type PredictedRun struct {
	Done  float64    // copies and calls done a second
	Busy  sim.Number // share of the workers' time that is worked, at most 1
	Wait  sim.Number // mean, from ready to the start of the first attempt
	Flow  Trust      // of Done and Busy
	Waits Trust
}

// steadyRun is a run of a system that stays as it is.
func (c *PredictedConsumer) steadyRun() PredictedRun {
	share := 1.0
	if c.Growing.Valid && c.Rate > 0 {
		share = 1 - c.Growing.Value/c.Rate
	}
	r := PredictedRun{Done: float64((c.Rate - c.GivenUp) * share), Busy: c.Utilisation, Wait: c.Wait, Flow: c.Flow, Waits: c.Waits}
	if r.Busy.Valid {
		r.Busy.Value = math.Min(1, r.Busy.Value*share)
	}
	return r
}
