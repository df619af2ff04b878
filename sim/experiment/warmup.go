package experiment

import (
	"context"

	"eddy/sim"
	"eddy/sim/spec"
)

const (
	// pilots is how many runs a warm-up is judged by. They are averaged first: in
	// one run the luck of a queue looks like a beginning that is not over.
	pilots = 10
	// pilotSteps is how finely they are looked at.
	pilotSteps = 600
	// firstPilot is their first replication, far from those of any result, whose
	// luck they must not share.
	firstPilot = 1 << 30
	// batchOf is how many values make one of MSER-5.
	batchOf = 5
)

// WarmUp finds how long a scenario takes to settle from its empty start, in ns:
// by MSER-5 on the number of copies in the system, averaged over pilot runs of
// the whole duration without a warm-up; half of the duration at most. After an
// interruption it is 0.
func WarmUp(ctx context.Context, sc *spec.Scenario, o Options) (int64, error) {
	pilot := *sc
	pilot.Warmup = 0
	step := max(pilot.Duration/pilotSteps, 1)
	if step > spec.Millisecond {
		step = (step + spec.Millisecond - 1) / spec.Millisecond * spec.Millisecond // a warm-up that reads well
	}
	inside := make([][]float64, pilots)
	x := New(Plan{Runs: pilots, Jobs: o.Jobs, Build: func(i int) (Runner, error) {
		options := o
		options.Verify = false
		return &counting{options.engine(&pilot, firstPilot+i, nil), step, pilot.Duration, &inside[i]}, nil
	}})
	if _, err := x.Run(ctx); err != nil || ctx.Err() != nil {
		return 0, err
	}
	return min(int64(batchOf*mser5(average(inside)))*step, pilot.Duration/2), nil
}

// counting is an engine that notes how many copies are in the system after
// every step.
type counting struct {
	*sim.Engine
	step, duration int64
	inside         *[]float64
}

func (c *counting) RunAll() error {
	var now sim.Snapshot
	at := int64(0)
	for goOn := true; goOn; {
		at = min(at+c.step, c.duration)
		goOn = c.Run(at)
		c.Snapshot(&now)
		n := int64(0)
		for i := range now.Stores {
			n += now.Stores[i].Ready + now.Stores[i].Delayed + now.Stores[i].Leased
		}
		*c.inside = append(*c.inside, float64(n))
	}
	return nil
}

// average is the mean of series, as long as the shortest.
func average(series [][]float64) []float64 {
	shortest := len(series[0])
	for _, s := range series {
		shortest = min(shortest, len(s))
	}
	mean := make([]float64, shortest)
	for _, s := range series {
		for i := range mean {
			mean[i] += s[i] / float64(len(series))
		}
	}
	return mean
}

// mser5 is how many batches of five values to leave out at the beginning: as
// many as make the standard error of the mean of the rest smallest, up to half
// of them. Source: White, Cobb and Spratt 2000.
func mser5(values []float64) int {
	var batches []float64
	for i := 0; i+batchOf <= len(values); i += batchOf {
		sum := 0.0
		for _, v := range values[i : i+batchOf] {
			sum += v
		}
		batches = append(batches, sum/batchOf)
	}
	n := len(batches)
	best, least := 0, -1.0
	for d := 0; 2*d <= n && d < n; d++ {
		rest := batches[d:]
		mean, _ := meanSD(rest)
		squares := 0.0
		for _, b := range rest {
			squares += float64((b - mean) * (b - mean))
		}
		k := float64(len(rest))
		if error2 := squares / float64(k*k); least < 0 || error2 < least {
			best, least = d, error2
		}
	}
	return best
}
