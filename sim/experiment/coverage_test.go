package experiment

import (
	"context"
	"math"
	"testing"

	"eddy/sim/spec"
)

// TestIntervalsCover counts how often the printed intervals hold the truth. In
// an M/M/1 queue with arrivals at λ and service at μ the time in the system is
// exponential with the rate μ − λ, so its mean and quantiles are known. Seeds
// are fixed: the counts are the same every time.
func TestIntervalsCover(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand runs take too long with -short")
	}
	const experiments, replications = 120, 8
	const lambda, mu = 100.0, 200.0
	truth := map[string]float64{
		"mean": 1 / (mu - lambda), "p50": math.Log(2) / (mu - lambda),
		"p95": math.Log(20) / (mu - lambda), "p99": math.Log(100) / (mu - lambda),
	}
	covered, given := map[string]int{}, map[string]int{}
	for i := range experiments {
		sc := workQueue(80 * spec.Second)
		sc.Seed = int64(i * replications)
		c := &sc.Consumers[0]
		c.Instances = 1
		c.Handlers[0].Steps = []spec.Step{
			{Verb: spec.Work, Chance: 1, Work: spec.Dist{Kind: spec.Exponential, Mean: float64(spec.Second) / mu}},
		}
		o, err := Of(sc, Options{Replications: replications}).Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		metrics := Summarise(sc, o.Runs)
		for key, want := range truth {
			m := find(t, metrics, "consumers.worker.latency."+key)
			if m.Low.Valid {
				given[key]++
				if m.Low.Value <= want && want <= m.High.Value {
					covered[key]++
				}
			}
		}
	}
	// Of n intervals that cover with 95 %, 95 % ± 4 standard errors do: 87.0 % for 120.
	for key := range truth {
		share := float64(covered[key]) / float64(given[key])
		t.Logf("%s: %d intervals given, %.1f %% cover", key, given[key], 100*share)
		if key != "p99" && given[key] < experiments {
			t.Errorf("%s: only %d of %d intervals were given", key, given[key], experiments)
		}
		if float64(given[key]) > experiments/2 && math.Abs(share-confidence) > 4*math.Sqrt(confidence*(1-confidence)/float64(given[key])) {
			t.Errorf("%s: %.1f %% of the intervals cover", key, 100*share)
		}
	}
}
