package experiment

import (
	"math"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// hops is how many times the traffic is sent on: as far as a chain of
// emissions may go in a run.
const hops = 64

// traffic is how many events of each type reach each place a second, from the
// traffic equations over publishing, bindings, rules, emissions, retries, dead
// letters and calls. Nothing is lost to full queues, expiry or faults in it.
type traffic struct {
	sc      *spec.Scenario
	channel [][]stream // by channel and event type
	reads   [][]stream // by consumer and event type: copies given to it for the first time
	asked   [][]stream // by consumer and event type: calls to be answered
	made    []stream   // by producer
	state   []station  // by consumer, of the last round
	guesses guessList
	// now is what is different at a moment; nil: the average over the run.
	now *moment
	// throttled: a consumer that is overrun sends on only what it can do.
	throttled bool
	// endless says that emissions make more and more events.
	endless bool
	shares  map[[2]int][]float64 // by key space and number of partitions
	spreads map[int]*sim.KeySpread
}

// solve finds the traffic and the waits. They depend on one another where
// workers wait for the answers of others, so both are worked out in turns.
func solve(sc *spec.Scenario, throttled bool) *traffic { return solveAt(sc, throttled, nil) }

// solveAt is solve as things are at a moment, nil: on average.
func solveAt(sc *spec.Scenario, throttled bool, now *moment) *traffic {
	t := &traffic{sc: sc, throttled: throttled, state: make([]station, len(sc.Consumers)), now: now}
	events := len(sc.Events)
	t.asked = grid(len(sc.Consumers), events)
	t.channel, t.reads = grid(len(sc.Broker.Channels), events), grid(len(sc.Consumers), events)
	t.made = make([]stream, len(sc.Producers))
	before := -1.0
	for range 2 * hops {
		t.round()
		total := t.total()
		if total == before {
			return t
		}
		if math.Abs(total-before) <= 1e-12*total {
			return t
		}
		before = total
	}
	t.endless = t.grows(before)
	return t
}

// grows says whether another round still adds markedly.
func (t *traffic) grows(before float64) bool {
	t.round()
	return t.total() > before*(1+1e-6)
}

func (t *traffic) total() float64 {
	sum := 0.0
	for i := range t.state {
		sum += t.state[i].rate + float64(1e-3*math.Min(t.state[i].wait, 1e9))
	}
	for _, m := range t.made {
		sum += m.rate
	}
	return sum
}

func grid(rows, columns int) [][]stream {
	g := make([][]stream, rows)
	for i := range g {
		g[i] = make([]stream, columns)
	}
	return g
}

// join adds a stream to another. Source: Whitt 1983, the asymptotic method.
func (s *stream) join(o stream) {
	switch {
	case o.rate <= 0:
	case s.rate <= 0:
		*s = o
	default:
		all := s.rate + o.rate
		s.scv = (float64(s.rate*s.scv) + float64(o.rate*o.scv)) / all
		if even := s.even() + o.even(); even > 0 {
			s.evenSCV = (float64(s.even()*s.evenSCV) + float64(o.even()*o.evenSCV)) / even
		}
		s.rate = all
		s.poisson = s.poisson && o.poisson
		s.flow, s.waits = max(s.flow, o.flow), max(s.waits, o.waits)
		s.batches.join(o.batches)
	}
}

// part is the stream that is left if each event goes this way with a chance.
func (s stream) part(p float64) stream {
	s.rate = float64(s.rate * p)
	s.scv, s.evenSCV = theory.Split(s.scv, min(p, 1)), theory.Split(s.evenSCV, min(p, 1))
	s.batches = s.batches.part(p)
	return s
}

// round sends everything on once.
func (t *traffic) round() {
	published := grid(len(t.sc.Broker.Channels), len(t.sc.Events))
	called := grid(len(t.sc.Consumers), len(t.sc.Events))
	t.publish(published, called)
	for i := range t.sc.Consumers {
		t.sendOn(i, published)
	}
	t.channel = t.route(published)
	t.read()
	t.call(called)
	for i := range t.sc.Consumers {
		t.state[i] = t.station(i)
	}
}

// publish adds what producers make.
func (t *traffic) publish(published, called [][]stream) {
	for i := range t.sc.Producers {
		p := &t.sc.Producers[i]
		made, guesses := arrivalsOf(t.sc, p, t.now.times(i))
		if p.Users > 0 {
			made = t.users(p)
			if t.now.times(i) == 0 {
				made = plainStream(0)
			}
			guesses = append(guesses, guess{"users who wait for the answer before they go on", Approximate, Approximate})
		}
		unpolled := made.part(1 - p.Loses)
		if p.Outbox != nil {
			made = polled(made, p)
			guesses = append(guesses, guess{"events leave an outbox in batches", Exact, Approximate})
		}
		t.guesses.add(guesses...)
		made = made.part(1 - p.Loses)
		t.made[i] = unpolled
		for _, e := range p.Emits {
			if p.To != spec.None {
				published[p.To][e.Value].join(made.part(e.Weight))
			} else {
				called[p.Call][e.Value].join(made.part(e.Weight))
			}
		}
	}
}

// users is a closed loop: each acts, waits for the answer, thinks.
func (t *traffic) users(p *spec.Producer) stream {
	think := meanOf(p.Think)
	var answer float64
	if p.To != spec.None {
		answer = 2 * meanOf(t.sc.Broker.Latency.Publish)
	} else {
		answer, _ = t.response(p.Call)
	}
	n := float64(p.Users * p.Instances)
	if think+answer <= 0 || math.IsInf(answer, 1) {
		return plainStream(0)
	}
	s := plainStream(n / (think + answer))
	s.flow, s.waits = Approximate, Approximate
	return s
}

// response is the mean time from a call to its answer and its mean square,
// seconds, by the last round. The wait is taken to be as irregular as an
// exponential time.
func (t *traffic) response(callee int) (mean, second float64) {
	s := &t.state[callee]
	wait := s.wait
	if math.IsInf(wait, 1) {
		wait = 0 // the overload shows at the callee
	}
	mean = 2*meanOf(t.sc.Broker.Latency.Call) + wait + s.answer.mean
	spread := max(0, s.answer.second-float64(s.answer.mean*s.answer.mean)) + float64(wait*wait)
	return mean, float64(mean*mean) + spread
}

// sendOn adds what a consumer emits and gives up, by the rates of the last round.
func (t *traffic) sendOn(consumer int, published [][]stream) {
	c := &t.sc.Consumers[consumer]
	s := &t.state[consumer]
	if s.kinds == nil {
		return
	}
	leaves := 1.0
	if servers := s.servers; servers > 0 {
		leaves = theory.Departures(math.Min(1, s.load), servers, s.gapSCV, s.serviceSCV())
	}
	dead := t.deadLetter(c)
	for event := range t.sc.Events {
		in, asked := t.reads[consumer][event], t.asked[consumer][event]
		if in.rate+asked.rate == 0 {
			continue
		}
		if s.lost > 0 && dead != spec.None {
			gone := plainStream(float64(in.rate * s.lost))
			gone.flow, gone.waits = s.flow, Unsure
			published[dead][event].join(gone)
		}
		passes := t.passes(consumer)
		in.rate *= passes
		asked.rate *= passes
		a := &s.kinds[event]
		_, givenUp := a.tries(t.most(c))
		out := stream{
			rate: float64(in.rate*(1-givenUp)) + float64(asked.rate*(1-a.fail)), scv: leaves, evenSCV: leaves,
			poisson: in.poisson && asked.rate == 0 && s.model == "M/M/c",
			flow:    s.flow, waits: max(s.fresh.waits, s.flow),
		}
		begun := in
		begun.join(asked)
		t.emit(c, event, out, begun, published)
		if dead != spec.None && !c.Retry.ThenDrop && givenUp > 0 {
			given := plainStream(float64(in.rate * givenUp))
			given.flow, given.waits = s.flow, s.flow
			published[dead][event].join(given)
		}
	}
}

// passes is which part of what comes to a consumer it does: less than all
// where it is overrun, more where it works off what has piled up.
func (t *traffic) passes(consumer int) float64 {
	s := &t.state[consumer]
	load := s.limit()
	switch {
	case t.now.isAway(consumer):
		return 0
	case s.ends && t.throttled:
		if s.lost == 0 && load > 1 {
			return 1 / load
		}
		return 1 - s.lost
	case !t.throttled || load == 0:
		return 1
	case load > 1 && s.left > 0:
		return max(0, 1-s.left/s.fresh.rate) // only some of its partitions are
	case load > 1 || t.now.drains(consumer):
		return 1 / load
	}
	return 1
}

// emit adds what the steps of a handler emit when out of in copies succeed.
func (t *traffic) emit(c *spec.Consumer, event int, out, in stream, published [][]stream) {
	h := handlerOf(t.sc, c, event)
	if h == nil {
		return
	}
	for i := range h.Steps {
		s := &h.Steps[i]
		if s.Verb != spec.Emit {
			continue
		}
		often, _ := chance(t.sc, s.When, event)
		often = float64(often * s.Chance)
		from := out
		if s.Once {
			from = in
		}
		for _, e := range s.Emits {
			more := from.part(float64(often * e.Weight))
			if s.Count != 1 {
				more.rate *= float64(s.Count)
				more.scv *= float64(max(s.Count, 1))
				more.waits = Unsure // so many at once
				more.poisson = false
			}
			published[s.To][e.Value].join(more)
		}
	}
}

// most is how many deliveries a consumer's copies get at most, 0: any number.
func (t *traffic) most(c *spec.Consumer) int {
	most := c.Retry.Attempts
	for _, from := range c.From {
		if d := t.sc.Broker.Channels[from.Channel].Store.MaxDeliveries; d != spec.Unlimited && (most == spec.Unlimited || d < most) {
			most = d
		}
	}
	return max(most, 0)
}

// deadLetter is where what a consumer gives up goes.
func (t *traffic) deadLetter(c *spec.Consumer) int {
	for _, from := range c.From {
		if d := t.sc.Broker.Channels[from.Channel].Store.DeadLetter; d != spec.None {
			return d
		}
	}
	return spec.None
}

// route copies what is published along bindings and rules.
func (t *traffic) route(published [][]stream) [][]stream {
	now := published
	for range len(t.sc.Broker.Channels) {
		next := grid(len(t.sc.Broker.Channels), len(t.sc.Events))
		for i := range t.sc.Broker.Channels {
			for event := range t.sc.Events {
				next[i][event].join(published[i][event])
			}
		}
		for i := range t.sc.Broker.Channels {
			t.bind(i, now, next)
		}
		same := true
		for i := range next {
			for event := range next[i] {
				same = same && next[i][event] == now[i][event]
			}
		}
		now = next
		if same {
			break
		}
	}
	return now
}

// bind adds what a channel gets from others, or its rules send to others.
func (t *traffic) bind(i int, now, next [][]stream) {
	ch := &t.sc.Broker.Channels[i]
	for event := range t.sc.Events {
		for _, from := range ch.From {
			next[i][event].join(t.through(now[from][event], ch.Where, event))
		}
		var filters []*spec.Filter
		for r := range ch.Rules {
			taken := t.through(now[i][event], ch.Rules[r].Where, event)
			filters = append(filters, ch.Rules[r].Where)
			for _, to := range ch.Rules[r].To {
				next[to][event].join(taken)
			}
		}
		if ch.Type == spec.Bus && ch.Otherwise != spec.None && now[i][event].rate > 0 {
			unmatched, known := noneOf(t.sc, filters, event)
			rest := now[i][event].part(unmatched)
			if !known {
				rest.flow, rest.waits = Unsure, Unsure
				t.guesses.add(guess{"what no rule of a bus lets through is taken from their chances one by one", Unsure, Unsure})
			}
			next[ch.Otherwise][event].join(rest)
		}
	}
}

// through is what a filter lets through of a stream.
func (t *traffic) through(s stream, f *spec.Filter, event int) stream {
	if s.rate == 0 {
		return s
	}
	if _, known := chance(t.sc, f, event); !known {
		s.flow, s.waits = Unsure, Unsure
	}
	return s.part(t.share(f, event))
}

func (t *traffic) share(f *spec.Filter, event int) float64 {
	p, known := chance(t.sc, f, event)
	if !known {
		t.guesses.add(guess{"a filter that cannot be known beforehand is taken to let everything through", Unsure, Unsure})
	}
	return p
}

// read gives every consumer its copies. Consumers that compete for a queue get
// shares by their workers.
func (t *traffic) read() {
	t.reads = grid(len(t.sc.Consumers), len(t.sc.Events))
	for i := range t.sc.Consumers {
		for _, from := range t.sc.Consumers[i].From {
			for event := range t.sc.Events {
				in := t.through(t.channel[from.Channel][event], from.Where, event)
				if ch := &t.sc.Broker.Channels[from.Channel]; in.rate > 0 && ch.Type == spec.Topic && t.isBlocked(from.Channel) {
					in.flow, in.waits = Unsure, Unsure
					t.guesses.add(guess{"one subscriber that is full holds up the others, which is not followed", Unsure, Unsure})
				}
				t.reads[i][event].join(in.part(t.portion(i, from.Channel, event)))
			}
		}
	}
}

// portion is a consumer's share of a queue it competes for, 1 of anything else.
// A queue hands its copies out in turn, to the next instance with a free worker:
// where there is little to do that is by the number of instances, and where
// there is as much as all can do by how fast they are. In between it is taken to
// be between, by the chance that all workers of an instance are busy at once.
func (t *traffic) portion(consumer, channel, event int) float64 {
	if t.sc.Broker.Channels[channel].Type != spec.Queue {
		return 1
	}
	var members, speed, allMembers, allSpeed, allWorkers float64
	rivals := 0
	for i := range t.sc.Consumers {
		c := &t.sc.Consumers[i]
		for _, from := range c.From {
			if from.Channel != channel {
				continue
			}
			if p, _ := chance(t.sc, from.Where, event); p == 0 {
				continue
			}
			rivals++
			w := float64(c.Instances * max(c.Concurrency, 1))
			v := w
			if hold := t.state[i].hold; hold > 0 {
				v = w / hold
			}
			allWorkers += w
			allMembers += float64(c.Instances)
			allSpeed += v
			if i == consumer {
				members += float64(c.Instances)
				speed += v
			}
		}
	}
	if rivals < 2 {
		return min(1, float64(rivals))
	}
	t.guesses.add(guess{"consumers that compete for a queue are taken to share it by their number and their speed", Approximate, Approximate})
	rate := 0.0
	for _, s := range t.channel[channel] {
		rate += s.rate
	}
	full := 1.0 // as long as it is not known how long the work takes, too
	if load := rate / allSpeed; load < 1 {
		full = luck.Pow(load, allWorkers/allMembers)
	}
	return float64((1-full)*(members/allMembers)) + float64(full*(speed/allSpeed))
}

// call adds the calls that consumers make of one another; what is asked asks
// others in its turn, by the rates of the last round.
func (t *traffic) call(called [][]stream) {
	for i := range t.state {
		kinds := t.state[i].kinds
		for event := range kinds {
			a := &kinds[event]
			tries, _ := a.tries(t.most(&t.sc.Consumers[i]))
			rate := float64(t.reads[i][event].rate*tries) + t.asked[i][event].rate
			for _, c := range a.calls {
				asks := plainStream(float64(rate * c.often))
				asks.flow, asks.waits = t.state[i].flow, t.state[i].fresh.waits
				called[c.callee][event].join(asks)
			}
		}
	}
	t.asked = called
}

// meanOf is the mean of a time, seconds.
func meanOf(d spec.Dist) float64 {
	m, _ := luck.Mean(d)
	return m / 1e9
}
