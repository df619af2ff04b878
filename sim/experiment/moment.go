package experiment

import (
	"fmt"

	"eddy/sim/spec"
)

// moment is how a system is for a while: what the timeline and the shapes of
// rates make of it. That of nil is the system as it is written, with rates on average.
type moment struct {
	rates    []float64 // by producer: how many times its rate; of users only whether they are there
	slowed   []float64 // by consumer: how many times as long its work takes
	failing  []float64 // by consumer: chance that what would succeed fails
	away     []bool    // by consumer: it begins nothing
	absent   []bool    // by consumer: none of its instances is up
	backlog  []bool    // by consumer: it works off what has piled up
	sc       *spec.Scenario
	deaf     []bool    // by consumer: what comes is not for it, since it has not subscribed yet
	strained []bool    // by consumer: calls to it, or that it makes, are not answered as fast as usual
	rejoins  []bool    // by consumer: it shares its partitions anew
	vague    guessList // what happens that is not followed
	withheld []float64 // by producer: times its rate that is held back, and comes when it may
}

// times is how many times a producer's rate, negative: on average.
func (m *moment) times(producer int) float64 {
	if m == nil {
		return -1
	}
	return m.rates[producer]
}

func (m *moment) slow(consumer int) float64 {
	if m == nil {
		return 1
	}
	return m.slowed[consumer]
}

func (m *moment) fails(consumer int) float64 {
	if m == nil {
		return 0
	}
	return m.failing[consumer]
}

func (m *moment) isStrained(consumer int) bool { return m != nil && m.strained[consumer] }

func (m *moment) isAway(consumer int) bool { return m != nil && m.away[consumer] }

func (m *moment) drains(consumer int) bool { return m != nil && m.backlog[consumer] }

// lasts is until when an entry of the timeline has its effect, ns; for good where
// nothing undoes it.
func lasts(sc *spec.Scenario, a *spec.Action) int64 {
	switch {
	case a.Kind == spec.CrashAction && a.Restarts:
		return a.At + a.Restart
	case a.For > 0:
		return a.At + a.For
	case a.Kind == spec.StopAction || a.Kind == spec.PauseAction:
		if end, ok := mendedAt(sc, a); ok {
			return end
		}
	}
	return spec.MaxDuration + 1
}

// momentAt is how things are from an instant on until the next change.
func momentAt(sc *spec.Scenario, at int64) *moment {
	own := *sc
	m := &moment{sc: &own, withheld: make([]float64, len(sc.Producers))}
	sets := 0
	for i := range sc.Timeline {
		a := &sc.Timeline[i]
		if a.Kind == spec.SetAction && a.At <= at && at < lasts(sc, a) && a.Changed != nil {
			own = *a.Changed
			own.Timeline, own.Duration, own.Warmup = sc.Timeline, sc.Duration, sc.Warmup
			if sets++; sets > 1 {
				m.vague.add(guess{"several settings of the timeline at once are not followed", Unsure, Unsure})
			}
		}
	}
	own.Consumers = append([]spec.Consumer(nil), own.Consumers...)
	for i := range own.Producers {
		p := &own.Producers[i]
		times := timesAt(p.Shape, at)
		if at < p.Starts {
			times = 0
		}
		m.rates = append(m.rates, times)
	}
	for i := range own.Consumers {
		c := &own.Consumers[i]
		m.slowed, m.failing = append(m.slowed, 1), append(m.failing, 0)
		here := at >= c.Starts+int64(meanOf(c.StartTime)*1e9) && (c.Stops == 0 || at < c.Stops)
		m.away, m.backlog = append(m.away, !here), append(m.backlog, false)
		m.absent = append(m.absent, !here)
		m.deaf = append(m.deaf, at < c.Starts && subscribesLate(sc, c))
		m.strained, m.rejoins = append(m.strained, false), append(m.rejoins, false)
	}
	for i := range sc.Timeline {
		if a := &sc.Timeline[i]; a.At <= at && at < lasts(sc, a) {
			m.apply(a)
		}
	}
	for i := range own.Consumers {
		if c := &own.Consumers[i]; c.Instances <= 0 {
			c.Instances, m.away[i], m.absent[i] = 1, true, true
		}
	}
	return m
}

// subscribesLate says whether a consumer gets only what comes from its start on.
func subscribesLate(sc *spec.Scenario, c *spec.Consumer) bool {
	for _, from := range c.From {
		if sc.Broker.Channels[from.Channel].Type == spec.Queue || from.Earliest {
			return false
		}
	}
	return true
}

// apply is what one entry does while it lasts.
func (m *moment) apply(a *spec.Action) {
	switch a.Kind {
	case spec.SlowAction:
		m.slowed[a.A.Index] *= a.Times
	case spec.FailAction:
		m.failing[a.A.Index] = 1 - float64((1-m.failing[a.A.Index])*(1-a.Chance))
	case spec.SurgeAction:
		if p := &m.sc.Producers[a.A.Index]; p.Users == 0 && p.Rate.Kind != spec.Replay {
			m.rates[a.A.Index] *= a.Times
		}
	case spec.ScaleAction:
		m.sc.Consumers[a.A.Index].Instances = a.Count
		m.rejoins[a.A.Index] = true
	case spec.CrashAction:
		c := &m.sc.Consumers[a.A.Index]
		c.Instances -= a.Count
		if a.All {
			c.Instances = 0
		}
		m.rejoins[a.A.Index] = true
		m.vague.add(guess{"what a crash takes back is done again, which is left out", Approximate, Approximate})
	case spec.StopAction:
		if a.A.Kind == spec.ProducerComponent {
			m.rates[a.A.Index] = 0
		} else if a.A.Kind == spec.ConsumerComponent {
			m.away[a.A.Index], m.absent[a.A.Index], m.rejoins[a.A.Index] = true, true, true
		}
	case spec.PauseAction:
		m.away[a.A.Index] = true
	case spec.OutageAction:
		m.outage(a)
	case spec.CutAction:
		m.cut(a)
	case spec.StartAction, spec.ResumeAction, spec.SetAction:
	case spec.DelayAction:
		m.vague.add(guess{"messages that are delayed are not followed", Approximate, Unsure})
	default:
		m.vague.add(guess{"what the timeline loses, doubles, empties or emits is not followed", Unsure, Unsure})
	}
}

// outage is publishes that vanish, and nothing delivered.
func (m *moment) outage(a *spec.Action) {
	for i := range m.sc.Consumers {
		for _, from := range m.sc.Consumers[i].From {
			if a.A.Kind == spec.BrokerComponent || a.A.Index == from.Channel {
				m.away[i] = true
			}
		}
	}
	for i := range m.sc.Producers {
		p := &m.sc.Producers[i]
		if p.To == spec.None || a.A.Kind != spec.BrokerComponent && a.A.Index != p.To {
			continue
		}
		if p.Users > 0 || p.Outbox != nil {
			m.vague.add(guess{p.Name + " waits for the end of an outage, which is not followed", Unsure, Unsure})
		} else if p.Confirm && p.Retry.Attempts != 1 {
			m.insist(p, i, a)
		} else {
			m.rates[i] = 0 // all of it is lost
		}
	}
}

// insist is a producer that publishes again what was not answered: what is
// tried for longer than the outage comes when it is over.
func (m *moment) insist(p *spec.Producer, i int, a *spec.Action) {
	const most = 1000
	span, outage := 0.0, float64(lasts(m.sc, a)-a.At)/1e9
	for n := 1; span < outage && n < most && (p.Retry.Attempts == spec.Unlimited || n < p.Retry.Attempts); n++ {
		span += meanBackoff(&p.Retry.Backoff, n) + float64(p.Timeout)/1e9
	}
	switch {
	case span >= outage:
		m.withheld[i], m.rates[i] = m.withheld[i]+m.rates[i], 0
	default:
		left := span / outage
		m.withheld[i] += float64(m.rates[i] * left)
		m.rates[i] = 0
	}
	m.vague.add(guess{"how publishes that are tried again come when an outage is over is guessed", Approximate, Unsure})
}

// cut is a line that holds what is sent on it.
func (m *moment) cut(a *spec.Action) {
	for _, r := range []spec.Ref{a.A, a.B} {
		other := a.A
		if r == a.A {
			other = a.B
		}
		switch {
		case other.Kind != spec.BrokerComponent:
			if r.Kind == spec.ConsumerComponent || r.Kind == spec.ProducerComponent {
				m.vague.add(guess{"calls over a line that is cut are not followed", Unsure, Unsure})
			}
		case r.Kind == spec.ConsumerComponent:
			m.away[r.Index] = true
		case r.Kind == spec.ProducerComponent:
			p := &m.sc.Producers[r.Index]
			if p.Timeout > 0 && p.Timeout < lasts(m.sc, a)-a.At && p.Retry.Attempts != 1 {
				m.vague.add(guess{fmt.Sprintf("what %s sends again over a line that is cut is not followed", p.Name), Unsure, Unsure})
			}
			m.withheld[r.Index] += m.rates[r.Index]
			m.rates[r.Index] = 0
		}
	}
}
