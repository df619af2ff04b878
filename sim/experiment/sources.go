package experiment

import (
	"math"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// stream is a flow of arrivals: how many a second, and how irregular in the
// long run, as the squared coefficient of variation of the gaps of a renewal
// process that is as irregular (1: Poisson).
type stream struct {
	rate, scv float64
	poisson   bool // exactly
	// batches are those of the arrivals that come many at a time; evenSCV is the
	// irregularity of the others.
	batches batches
	evenSCV float64
	// flow and waits are how far the rate, and what is said of a wait for want of
	// knowledge of its arrivals, can be trusted.
	flow, waits Trust
}

// plainStream is arrivals that come like a Poisson process, as far as anybody knows.
func plainStream(rate float64) stream { return stream{rate: rate, scv: 1, evenSCV: 1} }

// even is the rate of what comes one by one.
func (s *stream) even() float64 { return max(0, s.rate-s.batches.rate()) }

// arrivalsOf is what one producer's instances create together, on average from
// the warm-up on, with what of it theory has to guess; or, where times is not
// negative, while the rate is so many times that given. An open loop only.
func arrivalsOf(sc *spec.Scenario, p *spec.Producer, times float64) (s stream, guesses guessList) {
	a := &p.Rate
	switch a.Kind {
	case spec.Every:
		s = stream{rate: a.Rate.PerSecond(), scv: float64(a.Jitter*a.Jitter) / 3}
	case spec.Poisson:
		s = stream{rate: a.Rate.PerSecond(), scv: 1, poisson: true}
	case spec.Renewal:
		s = renewal(a.Gap, 1)
		s.poisson = a.Gap.Kind == spec.Exponential
	case spec.Burst:
		s = bursts(a)
		guesses = append(guesses, guess{"events come in bursts", Exact, Approximate})
	case spec.MMPP:
		s = modulated(a)
		s.waits = Unsure
		guesses = append(guesses, guess{"arrivals switch between a low and a high rate", Approximate, Unsure})
	case spec.Replay:
		s = replayedStream(sc, a)
		s.waits = Unsure
		guesses = append(guesses, guess{"arrivals are replayed; their order is not looked at", Approximate, Unsure})
	}
	s.evenSCV = s.scv
	if s.batches.each > 0 {
		s.evenSCV = 1
	}
	if n := float64(p.Instances); n > 0 {
		s.rate *= n
		s.batches.each *= n
	}
	if times >= 0 {
		s.rate *= times
		s.batches.each *= times
		return s, guesses
	}
	mean, peak := shaped(sc, p)
	if peak != 1 || mean != 1 {
		s.rate *= mean
		s.batches.each *= mean
		s.poisson, s.waits = false, Unsure
		guesses = append(guesses, guess{"the rate changes over time; this is about its average", Approximate, Unsure})
	}
	if p.Starts > sc.Warmup || p.Count != spec.Unlimited {
		s.poisson, s.flow, s.waits = false, Unsure, Unsure
		guesses = append(guesses, guess{"a producer begins late or stops", Unsure, Unsure})
	}
	return s, guesses
}

// renewal is a stream of independent gaps with size events at a time.
func renewal(gap spec.Dist, size float64) stream {
	mean, ok := luck.Mean(gap)
	if !ok || mean <= 0 {
		return stream{scv: 1}
	}
	s := stream{rate: size * 1e9 / mean, scv: 1}
	if v, ok := luck.Variance(gap); ok {
		s.scv = v / float64(mean*mean)
	}
	return s
}

// modulated is a two-state Markov-modulated Poisson process: its rate, and its
// index of dispersion in the long run. Source: Fischer and Meier-Hellstern 1993.
func modulated(a *spec.Arrivals) stream {
	low, high := a.Low.PerSecond(), a.High.PerSecond()
	stayLow, stayHigh := a.LowFor/1e9, a.HighFor/1e9
	rate := (float64(low*stayLow) + float64(high*stayHigh)) / (stayLow + stayHigh)
	if rate == 0 {
		return stream{scv: 1}
	}
	up, down := 1/stayLow, 1/stayHigh
	d := high - low
	share := float64(up*down) / float64((up+down)*(up+down))
	return stream{rate: rate, scv: 1 + float64(2*d*d*share)/float64((up+down)*rate)}
}

// replayedStream is the mean rate and irregularity of recorded arrivals.
func replayedStream(sc *spec.Scenario, a *spec.Arrivals) stream {
	n, last := 0, int64(0)
	var gaps []float64
	for i := range a.Rows {
		if at := a.Rows[i].At; at < sc.Duration {
			if n > 0 {
				gaps = append(gaps, float64(at-last))
			}
			n, last = n+1, at
		}
	}
	s := stream{rate: float64(n) * 1e9 / float64(sc.Duration), scv: 1}
	if len(gaps) > 1 {
		if mean, sd := meanSD(gaps); mean > 0 {
			s.scv = float64(sd*sd) / float64(mean*mean)
		}
	}
	return s
}

// shaped is what a producer's rate is multiplied by on average after the
// warm-up, and at most.
func shaped(sc *spec.Scenario, p *spec.Producer) (mean, peak float64) {
	if len(p.Shape) == 0 {
		return 1, 1
	}
	// By the midpoint rule, which is exact but for the corners that a step cuts.
	const steps = 2000
	area, length := 0.0, float64(sc.Duration-sc.Warmup)
	for i := range steps {
		at := sc.Warmup + int64(length*(float64(i)+0.5)/steps)
		v := timesAt(p.Shape, at)
		area += v
		peak = math.Max(peak, v)
	}
	return area / steps, peak
}

// timesAt is the multiplier of the rate at an instant.
func timesAt(shape []spec.ShapePoint, at int64) float64 {
	now := 1.0
	for _, s := range shape {
		if at < s.At {
			break
		}
		if s.Ramp > 0 && at < s.At+s.Ramp {
			return now + float64((s.Times-now)*(float64(at-s.At)/float64(s.Ramp)))
		}
		now = s.Times
	}
	return now
}
