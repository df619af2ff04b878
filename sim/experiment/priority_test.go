package experiment

import (
	"context"
	"fmt"
	"math"
	"testing"

	"eddy/sim"
)

// TestPriorities holds the waits of each priority against runs.
func TestPriorities(t *testing.T) {
	for _, c := range []struct {
		name, consumer string
		rate           int
		grows          int // how many of the least urgent wait without end
		within         float64
	}{
		{"M/M/1", "work: exp(10ms)", 80, 0, 0.05},
		{"M/M/4", "instances: 4, work: exp(40ms)", 85, 0, 0.05},
		{"M/G/1", "work: 'lognormal(10ms, 12ms)'", 75, 0, 0.05},
		{"constant work by several", "instances: 3, work: 30ms", 85, 0, 0.20},
		{"too much for the least", "instances: 2, work: exp(20ms)", 130, 1, 0.20},
	} {
		t.Run(c.name, func(t *testing.T) {
			sc := written(t, fmt.Sprintf(`name: x
duration: 400s
warmup: 40s
events: {e: {priority: {9: 20%%, 5: 30%%, 1: 50%%}}}
producers: {p: {emits: e, to: q, rate: poisson(%d/s)}}
broker: {channels: {q: {type: queue, order: priority}}}
consumers: {c: {from: q, %s}}
`, c.rate, c.consumer))
			said := Predict(sc).Consumers[0].Priorities
			o, err := Of(sc, Options{Replications: 5}).Run(context.Background())
			if err != nil || len(said) != 3 {
				t.Fatal(err, said)
			}
			for i, p := range said {
				if grows := i >= 3-c.grows; grows == p.Wait.Valid {
					t.Errorf("%+v", p)
				}
				if !p.Wait.Valid {
					continue
				}
				var got []float64
				for _, r := range o.Runs {
					got = append(got, waitOf(t, r, p.Priority))
				}
				mean, sd := meanSD(got)
				if math.Abs(mean-p.Wait.Value) > 4*sd/math.Sqrt(5)+c.within*mean {
					t.Errorf("priority %d: predicted %v, measured %v ± %v", p.Priority, p.Wait.Value, mean, 2*sd/math.Sqrt(5))
				}
			}
		})
	}
}

func waitOf(t *testing.T, r *sim.Result, priority int) float64 {
	t.Helper()
	for _, x := range r.Consumers[0].ByPriority {
		if x.Name == fmt.Sprint(priority) {
			return x.Wait.Mean.Value
		}
	}
	t.Fatalf("no priority %d", priority)
	return 0
}
