package sim

import (
	"slices"

	"eddy/sim/luck"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// What a change would do is told from theory where theory speaks: a plain
// queue, Poisson arrivals, and nothing that interferes.

// offeredTo is how many copies were meant for a store since the warm-up,
// whether it took them or not; 0 where it is not known.
func (f *finder) offeredTo(s *store) float64 {
	feeders, known := f.feeders(int(s.channel))
	if !known || f.filterOf(s) != nil {
		return 0
	}
	var n int64
	for _, p := range feeders {
		n += f.r.Producers[p].Created
	}
	return float64(n)
}

// filterOf is what a subscription lets through, nil: everything.
func (f *finder) filterOf(s *store) *spec.Filter {
	ch := &f.e.channels[s.channel]
	if ch.stream != nil {
		return nil
	}
	return ch.filters[slices.Index(ch.stores, int32(s.index))]
}

// feeders are the producers whose events, all of them, are all that a channel
// carries. It is false where the channel carries anything else, or where how
// much reaches it depends on more than their number.
func (f *finder) feeders(channel int) ([]int, bool) {
	sc := f.e.sc
	ch := &sc.Broker.Channels[channel]
	if ch.Type == spec.Stream || f.isDeadLetterQueue(channel) || f.isEmittedTo(channel) || (len(ch.From) > 0 && ch.Where != nil) {
		return nil, false
	}
	var all []int
	for i := range sc.Producers {
		if sc.Producers[i].To == channel {
			all = append(all, i)
		}
	}
	for _, from := range ch.From {
		more, known := f.feeders(from)
		if !known {
			return nil, false
		}
		all = append(all, more...)
	}
	return all, true
}

// isEmittedTo says whether anything but producers and bindings leads to a channel.
func (f *finder) isEmittedTo(channel int) bool {
	for i := range f.e.sc.Consumers {
		for h := range f.e.sc.Consumers[i].Handlers {
			for _, st := range f.e.sc.Consumers[i].Handlers[h].Steps {
				if st.Verb == spec.Emit && st.To == channel {
					return true
				}
			}
		}
	}
	for i := range f.e.sc.Broker.Channels {
		c := &f.e.sc.Broker.Channels[i]
		if c.Type != spec.Bus {
			continue
		}
		if c.Otherwise == channel || slices.ContainsFunc(c.Rules, func(r spec.Rule) bool { return slices.Contains(r.To, channel) }) {
			return true
		}
	}
	return slices.ContainsFunc(f.e.sc.Timeline, func(a spec.Action) bool {
		return a.Kind == spec.EmitAction && a.B.Index == channel
	})
}

// predictWait is the mean wait at a consumer with so many instances, by Allen
// and Cunneen's approximation for M/G/c, which is exact for M/M/c. For regular
// or bursty arrivals it is too far off to be said.
func (f *finder) predictWait(k *consumer, d demand, instances int) (float64, bool) {
	c := &f.r.Consumers[k.index]
	if !f.isPlain(k) || !f.isPoisson(k.sources[0].s) || !c.Service.SD.Valid || c.Attempts == 0 {
		return 0, false
	}
	lat := &f.e.sc.Broker.Latency
	there, ok1 := luck.Mean(lat.Deliver)
	back, ok2 := luck.Mean(lat.Ack)
	if !ok1 || !ok2 {
		return 0, false
	}
	mean := c.Service.Mean.Value
	if k.prefetch == k.workers { // a worker is idle until its next copy has come
		mean += (there + back) / nanosPerSecond
	}
	lambda := d.inflow * float64(c.Attempts) / float64(max(1, c.Attempts-c.Retries))
	scv := float64(c.Service.SD.Value*c.Service.SD.Value) / float64(mean*mean)
	wait, err := theory.AllenCunneen(lambda, 1/mean, instances*int(k.workers), 1, scv)
	if err != nil {
		return 0, false
	}
	return wait + there/nanosPerSecond, true
}

// isPlain says whether a consumer works off one queue, and nothing interferes.
func (f *finder) isPlain(k *consumer) bool {
	if len(k.sources) != 1 || k.scaler != nil || k.workers < 1 || k.prefetch != k.workers || len(f.e.sc.Timeline) > 0 || f.e.sc.Broker.Rate.Events > 0 {
		return false
	}
	s := k.sources[0].s
	c := &f.r.Consumers[k.index]
	return s.group == nil && len(s.readers) == 1 && !s.limited && !s.mayExpire && !s.delays && s.keys == nil && c.TimedOut == 0 &&
		c.Calls == (Calls{}) && c.Served.OK+c.Served.Failed == 0 && 10*c.Retries < c.Attempts
}

// isPoisson says whether all that is published to a store comes as Poisson
// streams of a steady rate, which merging and thinning leave what they are.
func (f *finder) isPoisson(s *store) bool {
	feeders, known := f.feeders(int(s.channel))
	if !known || len(feeders) == 0 {
		return false
	}
	for _, i := range feeders {
		p := &f.e.sc.Producers[i]
		if p.Rate.Kind != spec.Poisson || p.Users > 0 || len(p.Shape) > 0 || p.Outbox != nil || p.Count != spec.Unlimited {
			return false
		}
	}
	return true
}
