package sim_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"eddy/sim/reference/cases"
	"eddy/sim/spec"
)

// TestSetsNeverUnbalanceARun changes random values of random scenarios while
// they run and things go wrong, and checks every invariant after everything
// that happens.
func TestSetsNeverUnbalanceARun(t *testing.T) {
	scenarios := uint64(600)
	if testing.Short() {
		scenarios = 60
	}
	// In the last one, what one instance starts when it is given more workers
	// reaches another.
	for n := range scenarios + 1 {
		seed := n
		if n == scenarios {
			seed = 17462
		}
		sc := faulty(rand.New(rand.NewPCG(seed, 2)).IntN)
		s := &setting{faults: faults{Choose: rand.New(rand.NewPCG(seed, 3)).IntN, sc: sc}}
		for range 1 + s.Choose(8) {
			sc.Timeline = append(sc.Timeline, s.action())
		}
		if bad := endure(sc, int(seed%3)); bad != "" {
			t.Fatalf("scenario %d: %s\n%s", seed, bad, cases.Print(sc))
		}
	}
}

// setting draws changes of values.
type setting struct{ faults }

// action is a set of one value, which may last and overlap.
func (s *setting) action() spec.Action {
	changed := *s.sc
	changed.Timeline = nil
	changed.Producers, changed.Consumers = slices.Clone(s.sc.Producers), slices.Clone(s.sc.Consumers)
	changed.Broker.Channels = slices.Clone(s.sc.Broker.Channels)
	a := spec.Action{At: s.instant(), Kind: spec.SetAction, Changed: &changed, Path: string(rune('a' + s.Choose(20)))}
	if s.oneIn(2) {
		a.For = s.length()
	}
	switch s.Choose(4) {
	case 0:
		s.producer(&changed.Producers[s.Choose(len(changed.Producers))])
	case 1:
		s.channel(&changed, s.Choose(len(changed.Broker.Channels)))
	case 2:
		b := &changed.Broker
		*[]*spec.Dist{&b.Latency.Publish, &b.Latency.Deliver, &b.Latency.Ack, &b.Latency.Call}[s.Choose(4)] = s.dist()
		if s.oneIn(3) {
			b.Rate = spec.Rate{Events: int64(s.Choose(3)) * 500, Per: spec.Second}
		}
	default:
		s.consumer(&changed, s.Choose(len(changed.Consumers)))
	}
	return a
}

func (s *setting) producer(p *spec.Producer) {
	switch s.Choose(9) {
	case 0:
		if p.Users == 0 && p.Rate.Kind != spec.Replay {
			p.Rate = s.rate()
		}
	case 1:
		p.Think = s.dist()
	case 2:
		p.Instances = 1 + s.Choose(4)
	case 3:
		if p.Users > 0 {
			p.Users = 1 + s.Choose(9)
		}
	case 4:
		p.Count = int64(s.Choose(40)) - 1
		if p.Count == 0 {
			p.Count = spec.Unlimited
		}
	case 5:
		p.Confirm = !p.Confirm || p.Call != spec.None
	case 6:
		p.Shape = []spec.ShapePoint{{At: s.instant(), Times: []float64{3, 0, 0.5}[s.Choose(3)], Ramp: s.length()}}
	case 7:
		p.Buffer = s.Choose(5)
		p.Timeout = s.length()
		p.Retry = spec.Retry{Attempts: 1 + s.Choose(3), Backoff: s.backoff()}
	default:
		if p.To != spec.None {
			p.To = s.Choose(len(s.sc.Broker.Channels))
		} else {
			p.Call = s.Choose(len(s.sc.Consumers))
		}
	}
}

func (s *setting) rate() spec.Arrivals {
	rate := spec.Rate{Events: int64(s.Choose(3)) * 200, Per: spec.Second}
	return []spec.Arrivals{
		{Kind: spec.Every, Rate: rate},
		{Kind: spec.Every, Rate: rate, Jitter: 0.5},
		{Kind: spec.Poisson, Rate: rate},
		{Kind: spec.Renewal, Gap: s.dist()},
		{Kind: spec.Burst, Gap: s.dist(), Size: 1 + s.Choose(5)},
		{Kind: spec.MMPP, Low: rate, High: spec.Rate{Events: 900, Per: spec.Second}, LowFor: 10e6, HighFor: 5e6},
	}[s.Choose(6)]
}

func (s *setting) backoff() spec.Backoff {
	return spec.Backoff{Kind: spec.BackoffKind(s.Choose(3)), Base: s.length(), Times: 2, Jitter: spec.Jitter(s.Choose(4))}
}

func (s *setting) channel(sc *spec.Scenario, i int) {
	ch := &sc.Broker.Channels[i]
	if ch.Type == spec.Bus {
		if len(ch.Rules) == 0 {
			return
		}
		ch.Rules = slices.Clone(ch.Rules)
		if s.oneIn(2) {
			ch.Rules = append(ch.Rules, spec.Rule{Name: "more", To: slices.Clone(ch.Rules[0].To)})
		}
		ch.Rules[0].Where = s.where()
		return
	}
	if ch.Type == spec.Stream {
		switch s.Choose(5) {
		case 0:
			ch.Retention = spec.Retention{Events: int64(s.Choose(4)), Size: 1024 * int64(s.Choose(4))}
		case 1:
			ch.Retention.Time = s.length()
		case 2:
			ch.Assign = spec.Assign(s.Choose(4))
		case 3:
			ch.Rebalance, ch.Session = s.length(), s.length()
		default:
			s.limits(&ch.Store, i)
		}
		return
	}
	s.limits(&ch.Store, i)
	switch s.Choose(6) {
	case 0:
		ch.Store.Capacity = s.Choose(4)
	case 1:
		ch.Store.Overflow = spec.Overflow(s.Choose(4))
	case 2:
		if !ch.Store.KeyExclusive {
			ch.Store.Order = spec.Order(s.Choose(3))
		}
	case 3:
		ch.Store.Requeue = spec.Requeue(s.Choose(3))
	case 4:
		ch.Store.Delay = s.dist()
	default:
		ch.Store.DelayedHoldsSlot = !ch.Store.DelayedHoldsSlot
	}
}

// limits changes what every store has.
func (s *setting) limits(st *spec.Store, channel int) {
	switch s.Choose(6) {
	case 0:
		st.TTL = s.length()
	case 1:
		st.AckTimeout = int64(s.Choose(2)) * s.length()
	case 2:
		st.AckClockLease = !st.AckClockLease
	case 3:
		st.MaxDeliveries = 1 + s.Choose(3)
	case 4:
		st.Dedup = s.length()
	default:
		if to := s.Choose(len(s.sc.Broker.Channels)); to != channel && s.sc.Broker.Channels[to].Type == spec.Queue {
			st.DeadLetter = to
		}
	}
}

func (s *setting) consumer(sc *spec.Scenario, i int) {
	c := &sc.Consumers[i]
	switch s.Choose(10) {
	case 0:
		c.Concurrency = []int{1, 2, 5, spec.Unlimited}[s.Choose(4)]
		c.Prefetch = c.Concurrency
	case 1:
		c.Prefetch = []int{1, 2, 5, spec.Unlimited}[s.Choose(4)]
	case 2:
		c.Instances = 1 + s.Choose(4)
	case 3:
		c.AckBefore = !c.AckBefore
	case 4:
		c.Commit = int64(s.Choose(2)) * s.length()
	case 5:
		c.Retry.Attempts, c.Retry.Backoff = 1+s.Choose(4), s.backoff()
		c.Retry.InWorker, c.Retry.Blocks, c.Retry.ThenDrop = s.oneIn(2), s.oneIn(2), s.oneIn(3)
	case 6:
		c.Autoscale = nil
		if s.oneIn(2) {
			c.Autoscale = &spec.Autoscale{Min: 1 + s.Choose(2), Max: 2 + s.Choose(4), On: spec.AutoscaleOn(s.Choose(3)), Target: 1, Every: s.length(), Window: s.length()}
		}
	case 7:
		c.Idempotent = !c.Idempotent
		c.Backlog = s.Choose(3)
	default:
		s.steps(c)
	}
}

// steps changes the steps of a handler, or their values.
func (s *setting) steps(c *spec.Consumer) {
	if len(c.Handlers) == 0 {
		return
	}
	c.Handlers = slices.Clone(c.Handlers)
	h := &c.Handlers[s.Choose(len(c.Handlers))]
	h.Steps = slices.Clone(h.Steps)
	switch s.Choose(4) {
	case 0:
		h.Steps = append(h.Steps, spec.Step{Verb: spec.Work, Chance: 1, Work: s.dist()})
	case 1:
		if len(h.Steps) > 1 {
			h.Steps = h.Steps[1:]
		}
	case 2:
		h.Steps = append([]spec.Step{{Verb: spec.Fail, Chance: 1, FailChance: 0.5}}, h.Steps...)
	default:
		for i := range h.Steps {
			st := &h.Steps[i]
			switch st.Verb {
			case spec.Work:
				st.Work, st.WorkFromEvent = s.dist(), false
			case spec.Fail:
				st.FailChance = []float64{0.1, 0.9}[s.Choose(2)]
			case spec.Emit:
				st.Delay = s.dist()
			case spec.Call:
				st.Timeout = s.length()
				st.Breaker = nil
				if s.oneIn(2) {
					st.Breaker = &spec.Breaker{Errors: 0.5, Window: 1 + s.Choose(4), Open: s.length()}
				}
			}
		}
	}
}
