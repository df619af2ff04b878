package cases

import (
	"slices"
	"strconv"

	"eddy/sim/spec"
)

// sets lets values change while the scenario runs, for a while or for good.
func (a *drawing) sets() {
	if !a.oneIn(3) {
		return
	}
	for range 1 + a.Choose(4) {
		a.sc.Timeline = append(a.sc.Timeline, a.set())
	}
}

// set is a change of one value. Two of one path say something about the same
// value, but not always the same as what those of other paths do.
func (a *drawing) set() spec.Action {
	changed := *a.sc
	changed.Timeline = nil
	changed.Producers, changed.Consumers = slices.Clone(a.sc.Producers), slices.Clone(a.sc.Consumers)
	changed.Broker.Channels = slices.Clone(a.sc.Broker.Channels)
	act := spec.Action{At: a.instant(), Kind: spec.SetAction, Event: spec.None, Changed: &changed, Path: "path" + strconv.Itoa(a.Choose(8))}
	if a.coin() {
		act.For = a.longer()
	}
	switch a.Choose(5) {
	case 0:
		a.setProducer(&changed.Producers[a.Choose(len(changed.Producers))])
	case 1:
		a.setBroker(&changed.Broker)
	case 2:
		a.setConsumer(&changed.Consumers[a.Choose(len(changed.Consumers))])
	case 3:
		a.setChannel(a.Choose(len(changed.Broker.Channels)), changed.Broker.Channels)
	default:
		a.setHandlers(&changed.Consumers[a.Choose(len(changed.Consumers))])
	}
	return act
}

func (a *drawing) setProducer(p *spec.Producer) {
	switch a.Choose(10) {
	case 6:
		a.setRate(p)
	case 7:
		p.Instances = 1 + a.Choose(4)
	case 8:
		p.Count = int64(1 + a.Choose(30))
		if a.coin() {
			p.Count = spec.Unlimited
		}
	case 9:
		if p.Users > 0 {
			p.Users, p.Think = 1+a.Choose(4), a.gap()
		}
	case 0:
		p.Emits = a.emits()
	case 1:
		if p.Call == spec.None {
			p.To = a.Choose(len(a.sc.Broker.Channels))
		} else {
			p.Call = a.Choose(len(a.sc.Consumers))
		}
	case 2:
		p.Confirm = !p.Confirm || p.Call != spec.None
	case 3:
		p.Timeout = a.duration()
	case 4:
		p.Retry = a.retry()
	default:
		p.Buffer = a.Choose(4)
	}
}

func (a *drawing) setRate(p *spec.Producer) {
	if p.Users > 0 || p.Rate.Kind == spec.Replay {
		return
	}
	rate := spec.Rate{Events: int64([]int{170, 30, 500, 0}[a.Choose(4)]), Per: spec.Second}
	p.Rate = []spec.Arrivals{
		{Kind: spec.Every, Rate: rate},
		{Kind: spec.Every, Rate: rate, Jitter: 0.5},
		{Kind: spec.Poisson, Rate: rate},
		{Kind: spec.Renewal, Gap: a.gap()},
		{Kind: spec.Burst, Gap: a.gap(), Size: 1 + a.Choose(3)},
		{Kind: spec.MMPP, Low: rate, High: spec.Rate{Events: 900, Per: spec.Second}, LowFor: 10e6, HighFor: 5e6},
	}[a.Choose(6)]
}

func (a *drawing) setBroker(b *spec.Broker) {
	switch a.Choose(5) {
	case 0:
		b.Latency.Publish = a.latency()
	case 1:
		b.Latency.Deliver = a.latency()
	case 2:
		b.Latency.Ack = a.latency()
	case 3:
		if a.asks() { // else nothing crosses it
			b.Latency.Call = a.durations()
		}
	default:
		b.Rate = spec.Rate{Events: int64([]int{0, 500, 300, 1000, 70}[a.Choose(5)]), Per: spec.Second}
	}
}

// asks says whether the scenario has calls that take time; where they take none
// they may not go in circles, and need not begin to.
func (a *drawing) asks() bool { return !a.sc.Broker.Latency.Call.IsZero() }

func (a *drawing) setChannel(i int, channels []spec.Channel) {
	ch := &channels[i]
	st := &ch.Store
	switch ch.Type {
	case spec.Bus:
		if len(ch.Rules) > 0 {
			ch.Rules = slices.Clone(ch.Rules)
			ch.Rules[0].Where = a.filter()
		}
		return
	case spec.Stream:
		switch a.Choose(3) {
		case 0:
			ch.Retention.Events = int64(1 + a.Choose(4))
			return
		case 1:
			ch.Rebalance, ch.Session = a.duration(), a.duration()
			return
		}
	default:
		switch a.Choose(9) {
		case 0:
			st.Capacity = a.Choose(5)
			return
		case 1:
			st.Overflow = spec.Overflow(a.Choose(4))
			return
		case 2:
			if !st.KeyExclusive {
				st.Order = spec.Order(a.Choose(3))
			}
			return
		case 3:
			st.Requeue = spec.Requeue(a.Choose(3))
			return
		case 4:
			st.Delay = a.latency()
			return
		case 5:
			st.DelayedHoldsSlot = !st.DelayedHoldsSlot
			return
		}
	}
	switch a.Choose(5) {
	case 0:
		st.TTL = a.duration() + a.duration()
	case 1:
		st.AckTimeout = a.duration()
	case 2:
		st.AckClockLease = !st.AckClockLease
	case 3:
		st.MaxDeliveries = 1 + a.Choose(3)
	default:
		st.Dedup = a.duration()
	}
}

func (a *drawing) setConsumer(c *spec.Consumer) {
	switch a.Choose(9) {
	case 0:
		c.Concurrency = []int{1, 2, 5, spec.Unlimited}[a.Choose(4)]
	case 1:
		c.Prefetch = []int{1, 2, 5, spec.Unlimited}[a.Choose(4)]
	case 2:
		c.Instances = 1 + a.Choose(4)
	case 3:
		c.AckBefore = !c.AckBefore
	case 4:
		c.Retry.Attempts, c.Retry.Backoff = 1+a.Choose(4), a.backoff()
	case 5:
		c.Retry.InWorker, c.Retry.ThenDrop = !c.Retry.InWorker, a.coin()
	case 6:
		c.Idempotent = !c.Idempotent
	case 7:
		c.Backlog = a.Choose(3)
	default:
		c.Autoscale = nil
		if a.coin() {
			c.Autoscale = &spec.Autoscale{
				Min: 1 + a.Choose(2), Max: 2 + a.Choose(4), On: spec.OnBacklog, Target: 1,
				Every: a.duration(), Window: a.duration(), Cooldown: a.duration(),
			}
		}
	}
}

// setHandlers changes the steps of a handler, or their values.
func (a *drawing) setHandlers(c *spec.Consumer) {
	if len(c.Handlers) == 0 {
		return
	}
	c.Handlers = slices.Clone(c.Handlers)
	h := &c.Handlers[a.Choose(len(c.Handlers))]
	h.Steps = slices.Clone(h.Steps)
	switch a.Choose(5) {
	case 0:
		h.Steps = append(h.Steps, Work(a.durations()))
		return
	case 1:
		if len(h.Steps) > 1 {
			h.Steps = h.Steps[1:]
		}
		return
	}
	for i := range h.Steps {
		switch st := &h.Steps[i]; st.Verb {
		case spec.Work:
			st.Work, st.WorkFromEvent = a.durations(), false
		case spec.Fail:
			st.FailChance = a.chance()
		case spec.Emit:
			st.Delay = a.gap()
		case spec.Call:
			st.Timeout = a.duration()
			if st.Breaker != nil && a.coin() {
				st.Breaker = &spec.Breaker{Errors: 0.5, Window: 1 + a.Choose(4), Open: a.duration()}
			}
		}
	}
}
