package experiment

import (
	"context"
	"math"
	"sync"

	"eddy/sim"
	"eddy/sim/spec"
)

const (
	// pilots is how many runs a warm-up is judged by. They are averaged first: in
	// one run the luck of a queue looks like a beginning that is not over.
	pilots = 20
	// pilotSteps is how finely they are looked at. The warm-up is a multiple of
	// five steps: with few of them a short beginning of a long run is not seen.
	pilotSteps = 3000
	// firstPilot is their first replication, far from those of any result, whose
	// luck they must not share.
	firstPilot = 1 << 30
	// batchOf is how many values make one of MSER-5.
	batchOf = 5
)

// Settling finds how long scenarios take to settle from their empty start.
type Settling struct {
	x       *Experiment
	longest int64
}

// Settle prepares finding the warm-up of scenarios that are to be run in the
// same way: by MSER-5 on the number of copies in the system, averaged over pilot
// runs of the whole duration without a warm-up, and not before theory expects
// queues that begin empty to be full.
func Settle(list []*spec.Scenario, o Options) *Settling {
	s := &Settling{}
	var mu sync.Mutex
	inside := map[int][]float64{} // of the pilots that no warm-up was found by yet
	s.x = New(Plan{
		Runs: pilots * len(list), Jobs: o.Jobs,
		Build: func(i int) (Runner, error) {
			options := o
			options.Verify = false
			pilot := *list[i/pilots]
			pilot.Warmup = 0
			return &counting{options.engine(&pilot, firstPilot+i%pilots, nil), pilotStep(&pilot), pilot.Duration, func(values []float64) {
				mu.Lock()
				defer mu.Unlock()
				inside[i] = values
			}}, nil
		},
		Enough: func(prefix []*sim.Result) bool {
			n := len(prefix)
			if n%pilots != 0 {
				return false
			}
			mu.Lock()
			defer mu.Unlock()
			series := make([][]float64, pilots)
			for i := range series {
				series[i] = inside[n-pilots+i]
				delete(inside, n-pilots+i)
			}
			s.longest = max(s.longest, settled(list[n/pilots-1], series))
			clear(prefix[n-pilots:])
			return false
		},
	})
	return s
}

// Progress tells how far it has come. Any goroutine may ask.
func (s *Settling) Progress() Progress { return s.x.Progress() }

// Run makes the pilot runs. It tells the warm-up in ns, the longest that one of
// the scenarios needs; of each, half of its duration at most. After an
// interruption it is 0.
func (s *Settling) Run(ctx context.Context) (int64, error) {
	if _, err := s.x.Run(ctx); err != nil || ctx.Err() != nil {
		return 0, err
	}
	return s.longest, nil
}

// settled is the warm-up of a scenario, given what its pilots show. MSER-5 makes
// the mean of what is left most precise: it keeps a bias as long as that is small
// against the noise of these twenty runs, and so most of what a busy queue lacks
// at its beginning. The noise of a thousand runs is smaller, the bias is not. Where
// theory knows how long queues take to fill, nothing before that is kept.
func settled(sc *spec.Scenario, inside [][]float64) int64 {
	step := pilotStep(sc)
	steps := int64(batchOf * mser5(average(inside)))
	if fills := filling(sc) * 1e9; fills < float64(sc.Duration) {
		steps = max(steps, int64(math.Ceil(fills/float64(step))))
	} else {
		steps = sc.Duration/step + 1
	}
	return min(steps*step, sc.Duration/2)
}

// timeConstants is after how many of its time constants a queue that began empty
// counts as full. An M/M/1 queue then holds 99 % of its mean in the long run, by the
// differential equations of its states.
const timeConstants = 3

// filling is how many seconds the queues of a scenario take to fill from empty,
// as far as theory knows; 0 where it does not. The mean number in a queue with c
// servers that are held for s on average comes closer to what it is in the long
// run like 1 − exp(−t/τ) with
//
//	τ = (ca² + cs²)·s / (2.8·c·(1 − √ρ)²)
//
// Source: Odoni and Roth 1983, An empirical investigation of the transient
// behavior of stationary queueing systems.
func filling(sc *spec.Scenario) float64 {
	longest := 0.0
	eachQueue(sc, func(_ int, q busy) {
		if math.IsInf(q.spread, 1) {
			return
		}
		idle := 1 - math.Sqrt(q.load)
		longest = math.Max(longest, timeConstants*q.spread*q.hold/(2.8*q.servers*idle*idle))
	})
	return longest
}

// pilotStep is the time between two looks at a pilot run, in ns: whole
// milliseconds where that is possible, for a warm-up that reads well.
func pilotStep(sc *spec.Scenario) int64 {
	step := max(sc.Duration/pilotSteps, 1)
	if step > spec.Millisecond {
		step = (step + spec.Millisecond - 1) / spec.Millisecond * spec.Millisecond
	}
	return step
}

// counting is an engine that notes how many copies are in the system after
// every step.
type counting struct {
	*sim.Engine
	step, duration int64
	ended          func(inside []float64)
}

func (c *counting) RunAll() error {
	var now sim.Snapshot
	var inside []float64
	at := int64(0)
	for goOn := true; goOn; {
		at = min(at+c.step, c.duration)
		goOn = c.Run(at)
		c.Snapshot(&now)
		n := int64(0)
		for i := range now.Stores {
			n += now.Stores[i].Ready + now.Stores[i].Delayed + now.Stores[i].Leased
		}
		inside = append(inside, float64(n))
	}
	c.ended(inside)
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
