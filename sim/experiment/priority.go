package experiment

import (
	"math"

	"eddy/sim"
	"eddy/sim/spec"
)

// PredictedPriority is what one priority waits at a consumer.
type PredictedPriority struct {
	Priority int        // 9 is the most urgent
	Rate     float64    // copies a second
	Wait     sim.Number // mean, s; absent where it grows without end
	Waits    Trust
}

// priorityTrust is how far the mean wait over all priorities can be trusted: it
// is that without priorities where work takes equally long for all.
func priorityTrust(s *station) Trust {
	if s.single {
		return Exact
	}
	return Approximate
}

// priorities are the waits of each priority at a consumer that takes the most
// urgent first and interrupts nothing; none where it does not, or where there is
// one only.
//
// Source: Cobham 1954, Priority assignment in waiting line problems: W(k) =
// W0 / ((1 − σ(k−1)) (1 − σ(k))), σ(k) the load of the k most urgent, W0 what is
// left of the work in hand: (1 − ρ) times the wait without priorities (Kella and
// Yechiali 1985 for several workers); where all together are too much, that of
// workers who are always busy. Those that are more than can be done wait without end.
func (t *traffic) priorities(consumer int) []PredictedPriority {
	c, s := &t.sc.Consumers[consumer], &t.state[consumer]
	if len(c.From) != 1 || s.servers == 0 || s.hold == 0 || s.rate == 0 {
		return nil
	}
	ch := &t.sc.Broker.Channels[c.From[0].Channel]
	if ch.Store.Order != spec.Priority || ch.Type == spec.Stream || s.ends || s.asked > 0 {
		return nil
	}
	const most = 10
	var load, rate [most]float64
	kinds := 0
	travel := s.hold - s.mean
	for event := range s.kinds {
		in := t.reads[consumer][event].rate
		if in == 0 {
			continue
		}
		tries, _ := s.kinds[event].tries(t.most(c))
		share := func(priority int, weight float64) {
			if priority < 0 || priority >= most {
				return
			}
			if rate[priority] == 0 && weight > 0 {
				kinds++
			}
			rate[priority] += float64(in * weight)
			load[priority] += float64(in*weight*tries) * (s.kinds[event].mean + travel) / float64(s.servers)
		}
		if len(t.sc.Events[event].Priority) == 0 {
			share(0, 1)
		}
		for _, p := range t.sc.Events[event].Priority {
			share(p.Value, p.Weight)
		}
	}
	if kinds < 2 {
		return nil
	}
	left := float64(s.hold * (1 + s.serviceSCV()) / 2 / float64(s.servers)) // of the work in hand
	if s.load < 1 {
		left = float64(s.wait * (1 - s.load))
	}
	guesses := t.consumerGuesses(c, s)
	flow, waits := guesses.trust()
	waits = max(waits, flow, s.fresh.flow, s.fresh.waits, modelTrust(s.model))
	if s.load >= 1 {
		waits = max(waits, Approximate)
	}
	var all []PredictedPriority
	before := 0.0
	deliver := meanOf(t.sc.Broker.Latency.Deliver)
	for p := most - 1; p >= 0; p-- {
		if rate[p] == 0 {
			continue
		}
		x := PredictedPriority{Priority: p, Rate: rate[p], Waits: waits}
		upTo := before + load[p]
		if upTo < 1 && !math.IsInf(left, 1) && waits != Unsure {
			x.Wait = sim.Num(left/((1-before)*(1-upTo)) + deliver)
		}
		all = append(all, x)
		before = upTo
	}
	return all
}
