package cases

import "eddy/sim/spec"

// autoscalers lets controllers choose the number of instances.
func (a *drawing) autoscalers() {
	for i := range a.sc.Consumers {
		c := &a.sc.Consumers[i]
		if !a.oneIn(6) {
			continue
		}
		c.Autoscale = &spec.Autoscale{
			Min: 1, Max: 1 + a.Choose(5), On: spec.AutoscaleOn(a.Choose(3)), Target: []float64{1, 0.5, 3, 100}[a.Choose(4)],
			Every: a.duration(), Window: a.duration(), Cooldown: a.duration(),
		}
		if c.Autoscale.On == spec.OnUtilisation {
			c.Autoscale.Target = []float64{0.5, 0.8}[a.Choose(2)]
		}
		if a.oneIn(4) {
			c.Autoscale.Min = 0
		}
	}
}

// profile gives some scenarios what is peculiar to a broker.
func (a *drawing) profile() {
	if a.oneIn(5) {
		a.sc.Broker.Like = []spec.Profile{spec.RabbitMQ, spec.JetStream}[a.Choose(2)]
		return
	}
	if !a.oneIn(6) {
		return
	}
	a.sc.Broker.Like = []spec.Profile{spec.SQSFIFO, spec.SQS}[a.Choose(2)]
	for i := range a.sc.Broker.Channels {
		ch := &a.sc.Broker.Channels[i]
		if ch.Type != spec.Queue && ch.Type != spec.Topic {
			continue
		}
		ch.Store.KeyExclusive = a.sc.Broker.Like == spec.SQSFIFO
		ch.Store.AckTimeout, ch.Store.AckClockLease = a.duration()+a.duration(), !a.oneIn(4)
		ch.Store.DelayedHoldsSlot = !a.oneIn(4)
		if a.oneIn(5) {
			ch.Store.AckTimeout = 0
		}
	}
	for i := range a.sc.Consumers {
		r := &a.sc.Consumers[i].Retry
		r.ByTimeout = !a.oneIn(4)
		if r.ByTimeout {
			r.Backoff = spec.Backoff{}
		}
	}
}
