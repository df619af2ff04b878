package experiment

import (
	"math"

	"eddy/sim/spec"
	"eddy/sim/theory"
)

// station is a consumer as queueing theory sees it, by what is known so far.
type station struct {
	kinds   []attempt // by event type
	fresh   stream    // copies and calls that come for the first time
	rate    float64   // attempts and answers a second
	tries   float64   // attempts for each copy, on average
	dead    float64   // copies given up a second
	mean    float64   // of an attempt's work, seconds
	second  float64   // its mean square
	answer  attempt   // to a call, on average
	gapSCV  float64   // of arrivals, those that come back included
	single  bool      // every attempt is one exponential time of one mean
	servers int       // workers, or slots where fewer copies are let in; 0: no limit
	workers int
	hold    float64 // how long an attempt holds a server, seconds
	held2   float64 // its mean square
	load    float64 // of the servers: below 1 where there is a steady state
	busy    float64 // workers at work, on average
	wait    float64 // for a server, seconds; infinite where there is no steady state
	model   string
	guesses guessList
}

// serviceSCV is the squared coefficient of variation of the time a server is held.
func (s *station) serviceSCV() float64 {
	if s.hold == 0 {
		return 0
	}
	return max(0, s.held2/float64(s.hold*s.hold)-1)
}

// station works out one consumer.
func (t *traffic) station(i int) station {
	c := &t.sc.Consumers[i]
	s := station{kinds: make([]attempt, len(t.sc.Events)), single: true}
	var work, square, given, answers, answered float64
	first := -1.0
	for event := range t.sc.Events {
		in, asked := t.reads[i][event], t.asked[i][event]
		if in.rate+asked.rate == 0 {
			continue
		}
		a := attemptOf(t.sc, c, event, t.response)
		s.kinds[event] = a
		s.guesses.add(a.guesses...)
		tries, givenUp := a.tries(t.most(c))
		rate := float64(in.rate*tries) + asked.rate
		s.rate += rate
		given += float64(in.rate * tries)
		s.dead += float64(in.rate * givenUp)
		s.fresh.join(in)
		s.fresh.join(asked)
		work += float64(rate * a.mean)
		square += float64(rate * a.second)
		answers += asked.rate
		answered += float64(asked.rate * a.mean)
		if first < 0 {
			first = a.mean
		}
		s.single = s.single && a.exponential && a.fail == 0 && a.mean == first
	}
	if s.rate == 0 {
		s.single = false
		return s
	}
	s.mean, s.second = work/s.rate, square/s.rate
	if answers > 0 {
		s.answer.mean = answered / answers
	}
	s.tries = (given + answers) / s.fresh.rate
	s.busy = work
	t.servers(c, &s)
	t.queue(c, &s, given > 0)
	return s
}

// servers finds what an attempt holds, and how many of these there are: where
// no more copies are sent to an instance than it has workers, a worker's place
// is also taken while a copy is on its way there and its ack on its way back.
func (t *traffic) servers(c *spec.Consumer, s *station) {
	s.hold, s.held2 = s.mean, s.second
	if c.Concurrency == spec.Unlimited {
		if c.Prefetch == spec.Unlimited {
			return
		}
		s.servers = c.Instances * c.Prefetch
	} else {
		s.workers = c.Instances * c.Concurrency
		s.servers = s.workers
	}
	l := &t.sc.Broker.Latency
	travel := meanOf(l.Deliver) + meanOf(l.Ack)
	if c.AckBefore {
		travel = 0
	}
	slots := c.Instances * c.Prefetch
	if len(c.From) > 0 && c.Prefetch != spec.Unlimited && (s.workers == 0 || slots <= s.workers) {
		s.servers = slots
		s.held2 += float64(2*travel*s.mean) + float64(travel*travel)
		s.hold += travel
		if travel > 0 {
			s.single = false
		}
	}
	if c.Retry.InWorker && s.tries > 1 {
		pause := float64((s.tries - 1) / s.tries * meanBackoff(&c.Retry.Backoff))
		s.held2 += float64(2*pause*s.hold) + float64(pause*pause)
		s.hold += pause
		s.single = false
	}
	t.partitions(c, s)
}

// partitions bound how many events of a stream are worked on at once.
func (t *traffic) partitions(c *spec.Consumer, s *station) {
	for _, from := range c.From {
		if ch := &t.sc.Broker.Channels[from.Channel]; ch.Type == spec.Stream {
			s.guesses.add("a stream's partitions are taken as one queue, with keys spread evenly")
			s.servers = min(s.servers, ch.Partitions)
			if s.servers == 0 {
				s.servers = ch.Partitions
			}
		}
	}
}

// queue finds the wait by the closest model there is.
func (t *traffic) queue(c *spec.Consumer, s *station, retries bool) {
	s.gapSCV = s.fresh.scv
	if retries && s.tries > 1 && !c.Retry.InWorker {
		// What comes back does so like a Poisson process.
		s.gapSCV = theory.Split(s.fresh.scv, 1/s.tries)
	}
	arrivals := s.rate
	poisson := s.fresh.poisson && s.tries == 1
	if s.servers == 0 {
		s.model = "M/G/∞"
		return
	}
	s.load = float64(arrivals*s.hold) / float64(s.servers)
	if s.load >= 1 {
		s.wait, s.model = math.Inf(1), "none"
		return
	}
	if s.hold == 0 {
		s.model = "no service"
		return
	}
	var q theory.Queue
	var err error
	switch {
	case poisson && s.single:
		s.model = "M/M/c"
		q, err = theory.MMC(arrivals, 1/s.hold, s.servers)
	case poisson && s.serviceSCV() < 1e-9:
		s.model = "M/D/c"
		q, err = theory.MDC(arrivals, s.hold, s.servers)
	case poisson && s.servers == 1:
		s.model = "M/G/1"
		q, err = theory.MG1(arrivals, theory.Moments{Mean: s.hold, Second: s.held2})
	default:
		s.model = "Allen–Cunneen"
		q.Wait, err = theory.AllenCunneen(arrivals, 1/s.hold, s.servers, s.gapSCV, s.serviceSCV())
	}
	if err != nil {
		s.wait, s.model = math.Inf(1), "none"
		return
	}
	s.wait = q.Wait
	if retries && s.tries > 1 && !c.Retry.InWorker && t.overtaken(c) {
		// Returned copies go before fresh ones: two classes of priority, of
		// which this is the wait of the second (Cobham 1954).
		s.wait /= 1 - float64(s.load*(1-1/s.tries))
	}
}

// overtaken says whether copies that come back go before those that are new.
func (t *traffic) overtaken(c *spec.Consumer) bool {
	for _, from := range c.From {
		ch := &t.sc.Broker.Channels[from.Channel]
		if ch.Store.Requeue == spec.RequeueBack || ch.Store.Order != spec.FIFO || ch.Type == spec.Stream {
			return false
		}
	}
	return len(c.From) > 0
}
