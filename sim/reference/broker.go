package reference

import (
	"math/bits"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// publish is one try of one event on its way to a channel.
type publish struct {
	ev      *event
	channel int
	try     int
	sender  int // component: a producer or a consumer

	withheld int  // stores that have not taken their copy yet
	refused  bool // by a full store

	onLost     func()              // on the way, or in an outage
	onWithheld func()              // the sender must hold back
	onAnswer   func(accepted bool) // every store has taken or refused its copy
}

// broker takes publishes in and hands each channel its copies.
type broker struct {
	w        *world
	subs     map[int][]*subscription // by topic, in the order of the consumers
	bound    map[int][]int           // by channel: the channels that get a copy of what it carries
	intakes  uint64                  // since it was last idle
	idleAt   int64                   // when the first of those was taken
	nextFree int64                   // the earliest instant of the next intake
}

// subscription is one consumer's share of a topic.
type subscription struct {
	store *store
	where *spec.Filter
	begun bool
}

func (w *world) buildBroker() {
	b := &broker{w: w, subs: map[int][]*subscription{}, bound: map[int][]int{}}
	w.broker = b
	for i, ch := range w.sc.Broker.Channels {
		for _, from := range ch.From {
			b.bound[from] = append(b.bound[from], i)
		}
		for j := range w.sc.Consumers {
			c := &w.sc.Consumers[j]
			for _, source := range c.From {
				if source.Channel == i {
					b.connect(&ch, i, w.reads[j], source)
				}
			}
		}
	}
}

// connect joins a consumer to the store it reads: the queue, or its own
// subscription of the topic.
func (b *broker) connect(ch *spec.Channel, index int, c *consumer, source spec.Source) {
	if ch.Type == spec.Stream {
		for _, g := range b.w.streams[index].groups {
			if g.c == c {
				c.stores = append(c.stores, g.parts...)
			}
		}
		return
	}
	s := b.w.stores[ch.Name]
	if ch.Type == spec.Topic {
		s = b.w.stores[ch.Name+"/"+c.spec.Name]
		sub := &subscription{store: s, where: source.Where}
		b.subs[index] = append(b.subs[index], sub)
		c.subs = append(c.subs, sub)
	}
	s.readers = append(s.readers, c)
	c.stores = append(c.stores, s)
}

// arrive takes a publish in, now or when its turn comes.
func (b *broker) arrive(p *publish) {
	rate := b.w.sc.Broker.Rate
	if rate.Events == 0 {
		b.route(p)
		return
	}
	if b.nextFree < b.w.now {
		b.idleAt, b.intakes = b.w.now, 0
	}
	at := max(b.nextFree, b.w.now)
	b.intakes++
	b.nextFree = b.idleAt + share(b.intakes, rate)
	if at == b.w.now {
		b.route(p)
		return
	}
	b.w.ask(at, arrivals, p.sender, func() { b.route(p) })
}

// share is n·Per/Events rounded down: when the nth of a regular row is due.
func share(n uint64, r spec.Rate) int64 {
	hi, lo := bits.Mul64(n, uint64(r.Per))
	if hi >= uint64(r.Events) {
		return spec.MaxDuration
	}
	q, _ := bits.Div64(hi, lo, uint64(r.Events))
	return int64(min(q, uint64(spec.MaxDuration)))
}

// route gives every store its copy, then answers unless one withholds.
func (b *broker) route(p *publish) {
	if b.w.isOut(p.channel) {
		p.onLost()
		return
	}
	offered := b.carry(p, p.channel)
	for _, d := range b.w.doubles[p.channel] {
		if d.key.Uniform(luck.Counter(p.ev.luck, uint32(p.try), 0)) < d.chance && b.carry(p, p.channel) {
			offered = true
		}
	}
	if !offered {
		b.w.tell(sim.Unrouted, sim.NoReason, len(b.w.sends)+p.channel, p.ev, anywhere)
	}
	if p.withheld > 0 {
		p.onWithheld()
		return
	}
	p.onAnswer(!p.refused)
}

// carry gives the copies of one channel and of all that are bound to it, and
// reports whether any store was offered one.
func (b *broker) carry(p *publish, channel int) (offered bool) {
	ch := &b.w.sc.Broker.Channels[channel]
	if ch.Type == spec.Queue {
		offered = true
		b.w.stores[ch.Name].offer(p)
	}
	for _, sub := range b.subs[channel] {
		if sub.begun && b.w.passes(sub.where, p.ev) {
			offered = true
			sub.store.offer(p)
		}
	}
	if ch.Type == spec.Stream {
		offered = true
		b.w.streams[channel].append(p.ev)
	}
	if ch.Type == spec.Bus && b.carryByRules(p, ch) {
		offered = true
	}
	for _, next := range b.bound[channel] {
		if b.w.passes(b.w.sc.Broker.Channels[next].Where, p.ev) && b.carry(p, next) {
			offered = true
		}
	}
	return offered
}

// carryByRules gives the copies that the rules of a bus ask for: one to each
// target of each rule that matches, or, if none does, to what it has otherwise.
func (b *broker) carryByRules(p *publish, bus *spec.Channel) (offered bool) {
	targets, matched := []int{}, false
	for _, rule := range bus.Rules {
		if b.w.passes(rule.Where, p.ev) {
			matched = true
			targets = append(targets, rule.To...)
		}
	}
	if !matched && bus.Otherwise != spec.None {
		targets = append(targets, bus.Otherwise)
	}
	for _, to := range targets {
		if b.carry(p, to) {
			offered = true
		}
	}
	return offered
}

// settleOne notes that a store has taken the copy it withheld.
func (p *publish) settleOne() {
	p.withheld--
	if p.withheld == 0 {
		p.onAnswer(!p.refused)
	}
}
