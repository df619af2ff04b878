package experiment

import (
	"math"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// Prediction is what queueing theory says of a scenario before it runs. Rates
// are a second, times in seconds; what has no value is absent.
type Prediction struct {
	Scenario  *spec.Scenario
	Producers []PredictedProducer
	Consumers []PredictedConsumer
	// BrokerLoad is the share of the broker's rate that is used; absent where
	// it has no limit.
	BrokerLoad sim.Number
	// Bottleneck is the consumer nearest to its limit, -1 where none has one or
	// the broker is nearer.
	Bottleneck int
	// Growth is how many times the present rates can be had before the
	// bottleneck is overrun; absent where nothing is.
	Growth sim.Number
	// Followed says that what changes in a run could be followed, and is in Run of each consumer.
	Followed bool
	// Varies says that something changes in a run: by the timeline, a rate's shape, or
	// what comes late.
	Varies bool
	// Endless says that emissions make ever more events: no rate is right then.
	Endless bool
	// Precision is the half-width of the 95 % interval that Needed is about, as a
	// part of the mean wait.
	Precision float64
	// Guesses are what theory takes for granted or leaves out, everywhere.
	Guesses []string
}

// For asks for another precision > 0 than 5 %: a half-width of the 95 % interval
// of the mean wait as a part of it. The events needed go with its inverse square.
func (p *Prediction) For(precision float64) {
	more := float64(p.Precision / precision)
	length := float64(p.Scenario.Duration-p.Scenario.Warmup) / 1e9
	for i := range p.Consumers {
		c := &p.Consumers[i]
		if !c.Needed.Valid {
			continue
		}
		c.Needed.Value *= more * more
		c.NeededTime.Value *= more * more
		c.NeededRuns.Value = math.Max(1, math.Ceil(c.NeededTime.Value/length))
	}
	p.Precision = precision
}

// PredictedProducer is one producer.
type PredictedProducer struct {
	Name string
	Rate float64 // events a second
}

// PredictedConsumer is one consumer.
type PredictedConsumer struct {
	Name        string
	Rate        float64 // copies and calls a second, each counted once
	Attempts    float64 // for each of them
	GivenUp     float64 // a second
	Workers     int     // 0: no limit
	Scaled      int     // instances that its autoscaler settles at, 0 without one
	Service     sim.Number
	ServiceSCV  sim.Number // squared coefficient of variation
	GapSCV      sim.Number // likewise of the gaps between arrivals
	Offered     float64    // workers' work that arrives, in workers (erlangs)
	Utilisation sim.Number // of the workers; more than 1 is overload
	Stable      bool
	Growing     sim.Number // where it is not: events more in the queue a second
	// Lost is the share of what comes that finds no room or gets too old; absent
	// where nothing does.
	Lost      sim.Number
	Hot       Hot
	Instances int        // that keep the utilisation at 80 % at most; 0 where there is no limit
	Largest   sim.Number // copies and calls a second that it could do
	Model     string     // the wait is by
	Wait      sim.Number // mean, from ready to the start of the first attempt
	Queue     sim.Number // mean number that waits
	Latency   sim.Number // mean, from publication to effect
	// Needed is how many events a run must have for the precision of the mean wait,
	// at first ± 5 %,
	// and
	// NeededTime how long it takes, and NeededRuns how many replications of the
	// scenario have as much time after their warm-up.
	Needed, NeededTime, NeededRuns sim.Number
	// Flow is how far the rates and the utilisation can be trusted, Waits the wait,
	// the queue and the latency.
	Flow, Waits Trust
	// Priorities are the waits of each priority, the most urgent first, where they differ.
	Priorities []PredictedPriority
	Guesses    []string // what does not hold of the model's assumptions
	wait       float64  // even where it is not told
	// Run is what a run of the scenario is expected to measure.
	Run PredictedRun
}

// Hot is the partition of a stream that gets the most, where it is what limits
// its group: more instances do not help.
type Hot struct {
	Partition int     // -1: none
	Share     float64 // of the group's events
	Ratio     float64 // to the mean
}

// comfortable is the utilisation that instances are proposed for.
const comfortable = 0.8

// precisionWanted is the half-width that Needed is about at first.
const precisionWanted = 0.05

// mostPredicted bounds what traffic is worked out of: places times event types.
const mostPredicted = 20_000

// Predictable says whether a scenario is small enough to be worked out in no
// more than about a second.
func Predictable(sc *spec.Scenario) bool {
	return (len(sc.Broker.Channels)+len(sc.Consumers))*max(1, len(sc.Events)) <= mostPredicted
}

// Predict works a scenario out.
func Predict(sc *spec.Scenario) *Prediction {
	t := solve(sc, true)
	p := &Prediction{Scenario: sc, Bottleneck: -1, Precision: precisionWanted}
	for i := range sc.Producers {
		p.Producers = append(p.Producers, PredictedProducer{sc.Producers[i].Name, t.made[i].rate})
	}
	for i := range sc.Consumers {
		p.Consumers = append(p.Consumers, t.consumer(i))
	}
	if load, limited := t.brokerLoad(); limited {
		p.BrokerLoad = sim.Num(load)
	}
	p.findBottleneck(solve(sc, false))
	p.Guesses = t.guesses.texts()
	p.findRuns()
	if len(sc.Timeline) > 0 && p.Followed {
		p.Guesses = append(p.Guesses, "all but what is said of the run is about the system without its timeline")
	} else if len(sc.Timeline) > 0 {
		p.Guesses = append(p.Guesses, "the timeline is left out: this is the system without faults and changes")
	}
	return p
}

// findRuns finds what a run should measure.
func (p *Prediction) findRuns() {
	runs, vague, followed := follow(p.Scenario)
	p.Followed, p.Varies = followed, varies(p.Scenario)
	if followed {
		p.Guesses = append(p.Guesses, vague.texts()...)
	}
	for i := range p.Consumers {
		c := &p.Consumers[i]
		switch {
		case followed:
			c.Run = runs[i]
		default:
			c.Run = c.steadyRun()
			if len(p.Scenario.Timeline) > 0 {
				c.Run.Flow, c.Run.Waits = Unsure, Unsure
			}
		}
	}
}

// varies says whether a scenario changes while it runs.
func varies(sc *spec.Scenario) bool {
	for i := range sc.Producers {
		if sc.Producers[i].Count != spec.Unlimited {
			return true
		}
	}
	for _, at := range changesOf(sc) {
		if at > sc.Warmup && at < sc.Duration {
			return true
		}
	}
	for i := range sc.Timeline {
		if sc.Timeline[i].At <= sc.Duration {
			return true
		}
	}
	return false
}

// findBottleneck finds what is nearest to its limit, by the traffic that there
// would be if everybody could keep up: one that is overrun shields what comes
// after it.
func (p *Prediction) findBottleneck(t *traffic) {
	p.Endless = t.endless
	worst := 0.0
	for i := range t.state {
		if load := t.limitAtMost(i); load > worst {
			worst, p.Bottleneck = load, i
		}
	}
	if load, limited := t.brokerLoad(); limited && load > worst {
		worst, p.Bottleneck = load, -1
	}
	if worst > 0 && !t.endless {
		p.Growth = sim.Num(1 / worst)
	}
}

// limit is the load of what limits a station, 0 where nothing does.
func (s *station) limit() float64 {
	if s.workers > 0 && !s.shared {
		return max(s.load, s.busy/float64(s.workers))
	}
	return s.load
}

// limitAtMost is the load of what limits a consumer when its autoscaler has done
// what it can.
func (t *traffic) limitAtMost(consumer int) float64 {
	load := t.state[consumer].limit()
	if a := t.sc.Consumers[consumer].Autoscale; a != nil && t.state[consumer].instances > 0 {
		return load * float64(t.state[consumer].instances) / float64(max(a.Max, 1))
	}
	return load
}

// brokerLoad is how much of the broker's rate is used.
func (t *traffic) brokerLoad() (load float64, limited bool) {
	most := t.sc.Broker.Rate.PerSecond()
	if most == 0 {
		return 0, false
	}
	sum := 0.0
	for i := range t.sc.Producers {
		if t.sc.Producers[i].To != spec.None {
			sum += t.made[i].rate
		}
	}
	published := grid(len(t.sc.Broker.Channels), len(t.sc.Events))
	for i := range t.sc.Consumers {
		t.sendOn(i, published)
	}
	for i := range published {
		for _, s := range published[i] {
			sum += s.rate
		}
	}
	return sum / most, true
}

func (t *traffic) consumer(i int) PredictedConsumer {
	c, s := &t.sc.Consumers[i], &t.state[i]
	p := PredictedConsumer{
		Name: c.Name, Rate: s.fresh.rate, Attempts: s.tries, GivenUp: s.dead, Workers: s.workers,
		Offered: s.busy, Stable: !math.IsInf(s.wait, 1), Model: s.model, Hot: Hot{Partition: -1},
	}
	if s.rate == 0 {
		p.Stable, p.Model = true, "nothing"
		if c.Concurrency != spec.Unlimited {
			p.Workers = c.Instances * c.Concurrency
		}
		return p
	}
	if c.Autoscale != nil {
		p.Scaled = s.instances
	}
	p.Service, p.GapSCV = sim.Num(s.mean), sim.Num(s.gapSCV)
	if s.mean > 0 {
		p.ServiceSCV = sim.Num(max(0, s.second/float64(s.mean*s.mean)-1))
	}
	if s.workers > 0 {
		p.Utilisation = sim.Num(s.busy / float64(s.workers))
	}
	if load := s.limit(); load > 0 {
		p.Largest = sim.Num(p.Rate / t.limitAtMost(i))
		p.Instances = int(math.Min(1e9, math.Ceil(load*float64(max(1, s.instances))/comfortable-1e-9)))
		p.Instances = max(p.Instances, 1)
		if load >= 1 && s.lost == 0 {
			p.Growing = sim.Num(p.Rate * (1 - 1/load))
		}
		if s.lost > 0 {
			p.Lost = sim.Num(s.lost)
		}
		if s.left > 0 {
			p.Growing = sim.Num(s.left)
		}
		if s.hot.Partition >= 0 {
			p.Hot, p.Instances = s.hot, c.Instances
			if load >= 1 {
				p.Growing = sim.Num(s.left)
			}
		}
	}
	if p.Stable {
		t.times(c, s, &p)
	}
	g := t.consumerGuesses(c, s)
	p.Guesses = g.texts()
	p.Flow, p.Waits = g.trust()
	p.Flow = max(p.Flow, s.flow, s.fresh.flow)
	p.Waits = max(p.Waits, p.Flow, s.fresh.waits, modelTrust(s.model))
	p.wait = p.Wait.Value
	p.Priorities = t.priorities(i)
	if p.Waits == Unsure {
		p.forgetWaits()
	}
	return p
}

// forgetWaits leaves out what would look like knowledge.
func (p *PredictedConsumer) forgetWaits() {
	p.Wait, p.Queue, p.Latency = sim.Number{}, sim.Number{}, sim.Number{}
	p.Needed, p.NeededTime, p.NeededRuns = sim.Number{}, sim.Number{}, sim.Number{}
}

// ages says whether copies in a channel expire.
func (t *traffic) ages(channel int) bool {
	ch := &t.sc.Broker.Channels[channel]
	if ch.Store.TTL > 0 {
		return true
	}
	for event, in := range t.channel[channel] {
		if in.rate > 0 && t.sc.Events[event].TTL > 0 {
			return true
		}
	}
	return false
}

// outlasts says whether some of the work on what comes from a channel may be
// longer than its ack timeout: one in a thousand.
func (t *traffic) outlasts(c *spec.Consumer, channel int) bool {
	timeout := t.sc.Broker.Channels[channel].Store.AckTimeout
	if timeout == 0 || c.AckBefore {
		return false
	}
	for event, in := range t.channel[channel] {
		if h := handlerOf(t.sc, c, event); h != nil && in.rate > 0 && !worksOf(h).below(float64(timeout), 0.001) {
			return true
		}
	}
	return false
}

// modelTrust is how far a model is right where what it takes for granted holds.
func modelTrust(model string) Trust {
	switch model {
	case "Allen–Cunneen", "M/M/c//N", "fluid", "bounded":
		return Approximate
	}
	return Exact
}

// times are the mean times of a station with a steady state.
func (t *traffic) times(c *spec.Consumer, s *station, p *PredictedConsumer) {
	l := &t.sc.Broker.Latency
	deliver, publish, ack := meanOf(l.Deliver), meanOf(l.Publish), meanOf(l.Ack)
	if len(c.From) == 0 {
		deliver, publish, ack = 0, meanOf(l.Call), 0
	}
	if t.readsStreams(c) { // who waits in line crosses the link meanwhile
		deliver, ack = float64(deliver*(1-math.Min(1, s.load))), 0
	}
	deliver = float64(deliver * (1 - s.asked)) // a call that is waiting is there already
	p.Wait = sim.Num(s.wait + deliver)
	if p.Wait.Value < 1e-12 {
		p.Wait.Value = 0 // nobody ever waits, but for rounding
	}
	p.Queue = sim.Num(s.rate * (p.Wait.Value - min(deliver, p.Wait.Value)))
	again := s.wait + s.mean + deliver + ack
	if c.Retry.InWorker {
		again = s.mean
	}
	p.Latency = sim.Num(publish + p.Wait.Value + s.mean + float64((s.tries-1)*again) + float64(s.tries*s.pause))
	if s.load > 0.01 && s.load < 1 && s.wait > 0 && s.model != "M/M/c//N" {
		n := theory.NeededArrivals(s.load, s.gapSCV, s.serviceSCV(), precisionWanted)
		p.Needed, p.NeededTime = sim.Num(n), sim.Num(n/s.rate)
		p.NeededRuns = sim.Num(math.Max(1, math.Ceil(n/s.rate/(float64(t.sc.Duration-t.sc.Warmup)/1e9))))
	}
}

// consumerGuesses are the assumptions of the model that do not hold.
func (t *traffic) consumerGuesses(c *spec.Consumer, s *station) guessList {
	g := guessList{}
	if s.model == "Allen–Cunneen" && s.gapSCV > 2 {
		g.add(guess{"arrivals are bursty, for which Allen–Cunneen is poor", Exact, Unsure})
	}
	if s.model == "Allen–Cunneen" && s.gapSCV < 0.25 {
		g.add(guess{"arrivals are regular, for which Allen–Cunneen is poor", Exact, Approximate})
	}
	if s.tries > 1 {
		g.add(guess{"failed attempts are taken to come back at random times", Exact, Approximate})
	}
	for _, from := range c.From {
		ch := &t.sc.Broker.Channels[from.Channel]
		if ch.Type == spec.Stream && t.ages(from.Channel) {
			g.add(guess{"expiry is left out", Unsure, Unsure})
		}
		if ch.Type != spec.Stream && t.outlasts(c, from.Channel) {
			g.add(guess{"work that outlasts its ack timeout is left out", Approximate, Unsure})
		}
		if ch.Store.Order == spec.Priority {
			g.add(guess{"priorities share the mean wait unevenly", Exact, priorityTrust(s)})
		}
		if ch.Store.KeyExclusive {
			g.add(guess{"waiting for an earlier event of the same key is left out", Exact, Unsure})
		}
	}
	if c.Prefetch != spec.Unlimited && c.Concurrency != spec.Unlimited && c.Prefetch > c.Concurrency && c.Instances > 1 {
		g.add(guess{"events fetched early wait at one instance although another is free", Exact, Unsure})
	}
	if c.Prefetch == spec.Unlimited && c.Concurrency != spec.Unlimited && c.Instances > 1 {
		g.add(guess{"events fetched early wait at one instance although another is free", Exact, Unsure})
	}
	if c.AckBefore && c.Concurrency != spec.Unlimited && c.Instances > 1 && len(c.From) > 0 {
		g.add(guess{"the next event is fetched as soon as one is begun, and waits at one instance although another is free", Exact, Unsure})
	}
	if s.tries > forEver/1e6 {
		g.add(guess{"events that always fail are tried for ever, so the load grows with every one", Unsure, Unsure})
	}
	if t.now == nil && (c.Starts > 0 || c.Stops > 0) {
		g.add(guess{"it is taken to be there all the time", Unsure, Unsure})
	}
	g.add(s.guesses...)
	return g
}
