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
	pause   float64 // backoff for each attempt on average, seconds
	busy    float64 // workers at work, on average
	wait    float64 // for a server, seconds; infinite where there is no steady state
	model   string
	guesses guessList
	// flow is how far its rates can be trusted, and so those of what it sends on.
	flow Trust
	// partitions is how many the one stream has that it reads, 0 where it reads
	// anything else.
	partitions int
	hot        Hot
	left       float64 // copies a second that its partitions leave undone
	over       float64 // copies a second that come to those partitions
	asked      float64 // share of calls
	instances  int     // that it has, or settles at
	slots      int     // copies that its instances hold at most, 0: no limit
	lost       float64 // share of what comes that finds no room or gets too old
	shared     bool    // others take from the same queue
	ends       bool    // its line is bounded, and that matters
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
	s := station{kinds: make([]attempt, len(t.sc.Events)), single: true, hot: Hot{Partition: -1}}
	var work, square, given, answers, answered, answeredSquare, paused float64
	first := -1.0
	for event := range t.sc.Events {
		in, asked := t.reads[i][event], t.asked[i][event]
		if in.rate+asked.rate == 0 {
			continue
		}
		a := attemptOf(t.sc, c, event, t.now.slow(i), t.now.fails(i), t.response)
		s.kinds[event] = a
		s.guesses.add(a.guesses...)
		s.flow = max(s.flow, in.flow, asked.flow)
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
		answeredSquare += float64(asked.rate * a.second)
		paused += float64(in.rate * a.pauses(&c.Retry.Backoff, t.most(c)))
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
		s.answer.mean, s.answer.second = answered/answers, answeredSquare/answers
	}
	s.tries = (given + answers) / s.fresh.rate
	s.busy = work
	s.pause = paused / s.rate
	if c.Retry.InWorker {
		s.busy += paused // a worker that waits for its next try is held
	}
	s.asked = answers / (answers + given)
	if t.now.isStrained(i) {
		s.flow = Unsure
	}
	t.servers(c, &s)
	t.queue(c, &s, given > 0)
	return s
}

// servers finds what an attempt holds, and how many of these there are: where
// no more copies are sent to an instance than it has workers, a worker's place
// is also taken while a copy is on its way there and its ack on its way back.
func (t *traffic) servers(c *spec.Consumer, s *station) {
	s.hold, s.held2 = s.mean, s.second
	s.partitions = t.partitionsOf(c)
	s.instances = t.instances(c, s)
	if c.Concurrency == spec.Unlimited && s.partitions == 0 {
		if c.Prefetch == spec.Unlimited {
			return
		}
		s.servers = s.instances * c.Prefetch
	} else if c.Concurrency != spec.Unlimited {
		s.workers = s.instances * c.Concurrency
		s.servers = s.workers
	}
	l := &t.sc.Broker.Latency
	travel := meanOf(l.Deliver) + meanOf(l.Ack)
	if c.AckBefore {
		travel = 0
	}
	slots := s.instances * c.Prefetch
	if c.Prefetch != spec.Unlimited {
		s.slots = slots
	}
	if len(c.From) > 0 && !t.readsStreams(c) && c.Prefetch != spec.Unlimited && (s.workers == 0 || slots <= s.workers) {
		s.servers = slots
		s.held2 += float64(2*travel*s.mean) + float64(travel*travel)
		s.hold += travel
		if travel > 0 {
			s.single = false
		}
	}
	if (c.Retry.InWorker || t.blocks(c)) && s.tries > 1 {
		s.held2 += float64(2*s.pause*s.hold) + float64(s.pause*s.pause)
		s.hold += s.pause
		s.single = false
		s.guesses.add(guess{"a worker, or a partition, is held while a copy waits for its next try, which is taken to be evenly spread", Exact, Unsure})
	}
	if s.partitions > 0 && (s.servers == 0 || s.servers > s.partitions) {
		s.servers = s.partitions
	}
}

// queue finds the wait by the closest model there is.
func (t *traffic) queue(c *spec.Consumer, s *station, retries bool) {
	s.gapSCV = s.fresh.scv
	if retries && s.tries > 1 && !c.Retry.InWorker {
		// What comes back does so like a Poisson process.
		s.gapSCV = theory.Split(s.fresh.scv, 1/s.tries)
	}
	if s.servers == 0 {
		s.model = "M/G/∞"
		return
	}
	switch callers, bounded := t.callersOf(c); {
	case s.partitions > 0:
		t.queueInPartitions(c, s)
		return
	case bounded && !s.queueOfCallers(callers, t.lastWait(c)):
		return
	}
	l := line{
		rate: s.rate, scv: s.gapSCV, poisson: s.fresh.poisson && s.tries == 1, servers: s.servers,
		batches: s.fresh.batches, evenSCV: s.fresh.evenSCV,
	}
	s.load = l.load(s)
	s.wait, s.model = l.wait(s)
	if both, all, found := t.rivals(c, s); found {
		s.load, s.shared = t.speedOfRivals(c, s), true
		s.wait, s.model = both.wait(&all)
	}
	t.mixed(c, s)
	t.queueInRoom(c, s, l)
	if s.model == "none" {
		return
	}
	if retries && s.tries > 1 && !c.Retry.InWorker && t.overtaken(c) {
		// Returned copies go before fresh ones: two classes of priority, of
		// which this is the wait of the second (Cobham 1954).
		s.wait /= 1 - float64(s.load*(1-1/s.tries))
	}
}

// lastWait is a consumer's wait by the last round, seconds.
func (t *traffic) lastWait(c *spec.Consumer) float64 {
	for i := range t.sc.Consumers {
		if &t.sc.Consumers[i] == c && !math.IsInf(t.state[i].wait, 1) {
			return t.state[i].wait
		}
	}
	return 0
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
