package experiment

import (
	"math"

	"eddy/sim/spec"
	"eddy/sim/theory"
)

// line is one queue before so many servers, with what comes to it a second,
// retries included.
type line struct {
	rate, scv float64
	poisson   bool
	servers   int
	batches   batches
	evenSCV   float64
}

// load is how much of the servers' time it asks for.
func (l line) load(s *station) float64 { return float64(l.rate*s.hold) / float64(l.servers) }

// wait is its mean wait, seconds, by the closest model there is, infinite
// where there is no steady state.
func (l line) wait(s *station) (float64, string) {
	load := l.load(s)
	switch {
	case load >= 1:
		return math.Inf(1), "none"
	case s.hold == 0:
		return 0, "no service"
	case l.rate == 0:
		return 0, "nothing"
	}
	var q theory.Queue
	var err error
	model := "Allen–Cunneen"
	switch {
	case l.poisson && s.single:
		model = "M/M/c"
		q, err = theory.MMC(l.rate, 1/s.hold, l.servers)
	case l.poisson && s.serviceSCV() < 1e-9:
		model = "M/D/c"
		q, err = theory.MDC(l.rate, s.hold, l.servers)
	case l.poisson && l.servers == 1:
		model = "M/G/1"
		q, err = theory.MG1(l.rate, theory.Moments{Mean: s.hold, Second: s.held2})
	case l.batches.each > 0:
		q.Wait, model = l.withBatches(s)
	default:
		q.Wait, err = theory.AllenCunneen(l.rate, 1/s.hold, l.servers, l.scv, s.serviceSCV())
		q.Wait *= regularity(load, l.scv, s.serviceSCV())
	}
	if err != nil {
		return math.Inf(1), "none"
	}
	return q.Wait, model
}

// withBatches is the mean wait where some come many at a time, seconds.
func (l line) withBatches(s *station) (float64, string) {
	more, fits := l.burstWait(s)
	if !fits {
		wait, _ := theory.AllenCunneen(l.rate, 1/s.hold, l.servers, l.scv, s.serviceSCV())
		return wait, "Allen–Cunneen"
	}
	others := line{rate: l.rate - l.batches.rate(), scv: l.evenSCV, servers: l.servers}
	if others.rate > 1e-9*l.rate {
		calm, _ := others.wait(s)
		more += float64(calm * others.rate / l.rate)
	}
	return more, "fluid"
}

// rivals is the line of a consumer together with those that take copies from
// the same queue: one line before the workers of all, whose work is that of any
// of them. It is false where there are none.
func (t *traffic) rivals(c *spec.Consumer, s *station) (line, station, bool) {
	if len(c.From) != 1 || t.sc.Broker.Channels[c.From[0].Channel].Type != spec.Queue {
		return line{}, *s, false
	}
	at, found := c.From[0].Channel, false
	all := *s
	l := line{rate: s.rate, servers: s.servers}
	held, held2 := float64(s.rate*s.hold), float64(s.rate*s.held2)
	for i := range t.sc.Consumers {
		o, other := &t.sc.Consumers[i], &t.state[i]
		if o == c || len(o.From) != 1 || o.From[0].Channel != at {
			continue
		}
		found = true
		if other.hold > 0 && math.Abs(other.hold/s.hold-1) > 0.01 {
			s.guesses.add(guess{"consumers of other speeds take from the same line", Approximate, Unsure})
			all.single = false
		}
		l.rate += other.rate
		l.servers += other.servers
		held += float64(other.rate * other.hold)
		held2 += float64(other.rate * other.held2)
	}
	if !found {
		return line{}, *s, false
	}
	all.hold, all.held2 = held/l.rate, held2/l.rate
	var in stream
	for _, e := range t.channel[at] {
		in.join(e)
	}
	l.scv, l.poisson = theory.Split(in.scv, 1/s.tries), in.poisson && s.tries == 1
	l.batches, l.evenSCV = in.batches, theory.Split(in.evenSCV, 1/s.tries)
	return l, all, true
}

// speedOfRivals is the load of consumers that take from the same queue: what
// comes to all, in parts of what all can do when none of them is idle.
func (t *traffic) speedOfRivals(c *spec.Consumer, s *station) float64 {
	rate, most := s.rate, 0.0
	if s.hold > 0 {
		most = float64(s.servers) / s.hold
	}
	for i := range t.sc.Consumers {
		o, other := &t.sc.Consumers[i], &t.state[i]
		if o == c || len(o.From) != 1 || o.From[0].Channel != c.From[0].Channel {
			continue
		}
		rate += other.rate
		if other.hold > 0 {
			most += float64(other.servers) / other.hold
		}
	}
	if most == 0 {
		return 0
	}
	return rate / most
}

// mostCallers is how many callers are looked at one by one; of more the rest
// of the world is taken to be without end.
const mostCallers = 2000

// callersOf is how many calls there can be at once to a consumer that nothing
// but calls of a limited number of workers or users comes to. It is false
// where there is no limit.
func (t *traffic) callersOf(c *spec.Consumer) (int, bool) {
	if len(c.From) > 0 {
		return 0, false
	}
	n := 0
	for i := range t.sc.Producers {
		if p := &t.sc.Producers[i]; p.Call != spec.None && &t.sc.Consumers[p.Call] == c {
			if p.Users == 0 || p.Timeout > 0 {
				return 0, false
			}
			n += p.Users * p.Instances
		}
	}
	for i := range t.sc.Consumers {
		for _, h := range t.sc.Consumers[i].Handlers {
			for _, st := range h.Steps {
				if st.Verb != spec.Call || &t.sc.Consumers[st.Callee] != c {
					continue
				}
				if t.state[i].workers == 0 || st.Timeout > 0 {
					return 0, false // who gives up leaves a call behind, and asks again
				}
				n += t.state[i].workers
			}
		}
	}
	return n, n > 0 && n <= mostCallers
}

// busyCallers is the utilisation from which on callers are held by nothing but
// the line.
const busyCallers = 0.999

// queueOfCallers is the wait where only so many can ask, each when it has its
// answer: Palm's machine repair model, scaled as Allen and Cunneen do. before is the wait of the last round, seconds.
// It is true where it does not apply.
func (s *station) queueOfCallers(callers int, before float64) bool {
	s.load = float64(s.rate*s.hold) / float64(s.servers)
	switch {
	case s.hold == 0 || s.rate == 0:
		return true
	case callers <= s.servers:
		s.wait, s.model = 0, "no line"
		return false
	case s.load >= busyCallers:
		// They wait so long that they cannot ask any faster than they are answered.
		apart := float64(callers)/s.rate - before
		s.wait, s.model = max(0, float64(callers)*s.hold/float64(busyCallers*float64(s.servers))-apart), "M/M/c//N"
		return false
	}
	// How often each asks when it may, so that all together ask as often as they do.
	low, high := 0.0, s.rate
	for range 60 {
		each := (low + high) / 2
		q := theory.FiniteSource(callers, each, 1/s.hold, s.servers)
		if float64(q.Utilisation) < s.load {
			low = each
		} else {
			high = each
		}
	}
	q := theory.FiniteSource(callers, low, 1/s.hold, s.servers)
	s.wait, s.model = q.Wait*(1+s.serviceSCV())/2, "M/M/c//N"
	return false
}
