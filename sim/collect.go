package sim

import (
	"slices"
	"strconv"

	"eddy/sim/measure"
	"eddy/sim/spec"
)

const nanosPerSecond = 1e9

// seconds turns whole nanoseconds into seconds.
func seconds(ns int64) float64 { return float64(ns) / nanosPerSecond }

// ratio is a/b, absent where b is 0.
func ratio(a, b float64) Number {
	if b == 0 {
		return Number{}
	}
	return Num(a / b)
}

// Result tells what the run has measured so far.
func (e *Engine) Result() *Result {
	e.settleTallies()
	e.forgetWarmup()
	c := collector{e: e, from: e.warm, to: e.now}
	if c.span = e.now - e.warm; c.span < 0 || !e.measured {
		c.span = 0
	}
	r := &Result{
		Scenario: ScenarioInfo{Name: e.sc.Name, Hash: e.sc.Hash, Variant: e.sc.Variant, Set: e.sc.Set},
		Run: RunInfo{
			Version: e.opt.Version, Seed: e.sc.Seed, Replication: e.opt.Replication,
			Duration: seconds(e.sc.Duration), Warmup: seconds(e.warm),
			Ended: e.ended, EndedAt: seconds(e.now), Events: e.created, Fingerprint: e.fingerprint,
		},
		Ledger: e.ledgerNow(),
	}
	if !e.over {
		r.Run.Ended = EndedInterrupted
	}
	for i := range e.producers {
		r.Producers = append(r.Producers, c.producer(&e.producers[i]))
	}
	for i := range e.channels {
		r.Channels = append(r.Channels, c.channel(&e.channels[i]))
	}
	for i, sub := range e.names.subs {
		var cr ChannelResult
		if st := e.channels[sub.channel].stream; st != nil {
			cr = c.group(st.groups[e.subscriptionNumber(i)])
		} else {
			cr = c.store(&e.stores[e.channels[sub.channel].stores[e.subscriptionNumber(i)]])
			cr.Type = "subscription"
		}
		cr.Name = subscriptionName(e.sc, sub)
		r.Subscriptions = append(r.Subscriptions, cr)
	}
	for i := range e.consumers {
		r.Consumers = append(r.Consumers, c.consumer(&e.consumers[i]))
	}
	for i := range e.flows {
		f := &e.flows[i]
		if f.created > 0 {
			r.Flows = append(r.Flows, FlowResult{
				Name: e.sc.Events[i].Name, Created: f.created - f.baseCreated, Completed: f.completed - f.baseCompleted,
				Failed: f.failed - f.baseFailed, Completion: latency(&f.completion), Curve: curve(&f.completion),
			})
		}
	}
	r.Findings = e.findings(r)
	r.Expectations = Judge(r, e.sc.Expect)
	return r
}

// subscriptionNumber is which of its channel's subscriptions the ith is.
func (e *Engine) subscriptionNumber(i int) int {
	k := 0
	for j := range i {
		if e.names.subs[j].channel == e.names.subs[i].channel {
			k++
		}
	}
	return k
}

// ledgerNow accounts for everything since the start of the run.
func (e *Engine) ledgerNow() Ledger {
	l := Ledger{
		Created: e.created, Rejected: e.ledger.rejected, Unrouted: e.ledger.unrouted,
		LoopCut: e.ledger.loopCut, Duplicates: e.ledger.duplicates, Balanced: true,
	}
	for i := range e.producers {
		p := &e.producers[i]
		l.Unsent += p.n.lost + p.n.dropped + e.waitingAt(int32(i))
		if p.n.created < p.n.published+p.n.rejected+p.n.lost+p.n.dropped+e.waitingAt(int32(i)) {
			l.Balanced = false
		}
	}
	for i := range e.stores {
		s := &e.stores[i]
		n := &s.n
		l.Copies += n.in
		l.Done += n.acked - n.rewound
		l.DeadLettered += n.dead
		l.Dropped += n.dropped
		l.Expired += n.expired
		l.Lost += n.lost
		l.Waiting += s.ready.Level()
		l.Delayed += s.delayed
		l.Leased += s.leased.Level()
		if n.in != n.acked-n.rewound+n.dead+n.dropped+n.expired+n.lost+s.ready.Level()+s.delayed+s.leased.Level() {
			l.Balanced = false
		}
	}
	return l
}

// waitingAt is how many events wait at a producer to be sent now.
func (e *Engine) waitingAt(producer int32) int64 {
	var n int64
	for i := range e.sources {
		if s := &e.sources[i]; s.producer == producer {
			n += int64(s.buffer.len() + s.outbox.len())
		}
	}
	return n
}

// collector turns counts and integrals into the numbers of a result.
type collector struct {
	e        *Engine
	from, to int64
	span     int64 // ns measured
}

// perSecond is the rate of n things over the time measured.
func (c *collector) perSecond(n int64) Number {
	return ratio(float64(n), seconds(c.span))
}

func (c *collector) level(g *measure.Gauge) Level {
	l := Level{Last: Num(float64(g.Level()))}
	if c.span > 0 {
		l.Mean = Num(g.Integral(c.to).Over(uint64(c.span)))
		l.Max = Num(float64(g.Max()))
	}
	return l
}

// latency summarises a histogram of nanoseconds.
func latency(hs ...*measure.Histogram) Latency {
	h := hs[0]
	if len(hs) > 1 {
		h = &measure.Histogram{}
		for _, o := range hs {
			h.Merge(o)
		}
	}
	l := Latency{Count: int64(h.Count())}
	if l.Count == 0 {
		return l
	}
	l.Mean = Num(h.Sum().Over(h.Count()) / nanosPerSecond)
	if sd, ok := h.SD(); ok {
		l.SD = Num(sd / nanosPerSecond)
	}
	l.Min, l.Max = Num(seconds(h.Min())), Num(seconds(h.Max()))
	q := func(num, den uint64) Number {
		v, ok := h.Quantile(num, den)
		return Number{seconds(v), ok}
	}
	l.P50, l.P90, l.P95, l.P99, l.P999 = q(50, 100), q(90, 100), q(95, 100), q(99, 100), q(999, 1000)
	return l
}

// curve is the distribution of a histogram of nanoseconds.
func curve(h *measure.Histogram) Curve {
	points := h.Curve()
	if points == nil {
		return nil
	}
	out := make(Curve, len(points))
	for i, ns := range points {
		out[i] = seconds(ns)
	}
	return out
}

func (c *collector) producer(p *producer) ProducerResult {
	n, b := p.n, p.base
	var atOnce measure.Histogram
	atOnce.RecordZeros(p.atOnce)
	r := ProducerResult{
		Name: p.spec.Name, Created: n.created - b.created, Published: n.published - b.published,
		Rejected: n.rejected - b.rejected, Dropped: n.dropped - b.dropped, Retries: n.retries - b.retries,
		Confirm: latency(&p.confirmed, &atOnce),
	}
	r.Unsent = n.lost - b.lost + c.e.waitingAt(p.component)
	r.Rate = c.perSecond(r.Created)
	if c.span > 0 {
		r.Blocked = Num(p.blocked.Integral(c.to).Over(1) / nanosPerSecond)
	}
	r.Response, r.Calls = latency(&p.response), n.calls.since(b.calls)
	if p.spec.Confirm || p.spec.Call != spec.None {
		r.Availability = ratio(float64(r.Published), float64(r.Published+r.Rejected+r.Dropped))
	}
	return r
}

func (c *collector) channel(ch *channel) ChannelResult {
	if ch.spec.Type == spec.Queue {
		r := c.store(&c.e.stores[ch.stores[0]])
		r.Name, r.Type = ch.spec.Name, "queue"
		return r
	}
	r := ChannelResult{Name: ch.spec.Name, Type: channelTypes[ch.spec.Type]}
	for _, i := range ch.stores {
		r.count(&c.e.stores[i])
	}
	if ch.stream != nil {
		for _, g := range ch.stream.groups {
			for _, s := range g.stores {
				r.count(s)
			}
		}
		for i := range ch.stream.partitions {
			p := &ch.stream.partitions[i]
			one := ChannelResult{}
			for _, g := range ch.stream.groups {
				one.count(g.stores[i])
			}
			r.Partitions = append(r.Partitions, PartitionResult{In: p.in - p.baseIn, Delivered: one.Delivered, Acked: one.Acked, Expired: one.Expired})
		}
	}
	r.In = ch.entered - ch.baseEntered
	r.DuplicatesIgnored += ch.ignored - ch.baseIgnored
	r.RateIn = c.perSecond(r.In)
	return r
}

// count adds a store's counts of what happened after the warm-up.
func (r *ChannelResult) count(s *store) {
	n, b := &s.n, &s.base
	r.In += n.in - b.in
	r.Delivered += n.delivered - b.delivered
	r.Redelivered += n.redelivered - b.redelivered
	r.Acked += n.acked - b.acked
	r.DeadLettered += n.dead - b.dead
	r.Dropped += n.dropped - b.dropped
	r.Expired += n.expired - b.expired
	r.Rejected += n.rejected - b.rejected
	r.DuplicatesIgnored += n.ignored - b.ignored
}

var channelTypes = [...]string{spec.Queue: "queue", spec.Topic: "topic", spec.Stream: "stream", spec.Bus: "bus"}

// waits are the waits of a store, in parts.
func (c *collector) waits(s *store) []*measure.Histogram {
	hs := []*measure.Histogram{&s.wait}
	for _, r := range s.readers {
		for _, k := range c.e.consumers[r].classes {
			hs = append(hs, &k.bothWaits) // empty but where this store was the only one
		}
	}
	return hs
}

func (c *collector) store(s *store) ChannelResult {
	var r ChannelResult
	r.count(s)
	bytes := s.bytesGauge()
	r.Depth, r.Leased, r.Bytes = c.level(&s.ready), c.level(&s.leased), c.level(&bytes)
	r.Wait = latency(c.waits(s)...)
	c.flow(&r, &s.inside, s.left-s.baseLeft, s.stayed.Sub(s.baseStayed))
	return r
}

// group is a consumer's share of a stream: the sum of its partitions.
func (c *collector) group(g *group) ChannelResult {
	r := ChannelResult{Type: "group"}
	var left int64
	var stayed measure.U128
	var waits []*measure.Histogram
	bytes := Level{Last: Num(0)}
	for _, s := range g.stores {
		one := ChannelResult{}
		one.count(s)
		own := c.waits(s)
		gauge := s.bytesGauge()
		size := c.level(&gauge)
		bytes.Last.Value += size.Last.Value
		if size.Mean.Valid {
			bytes.Mean = Num(bytes.Mean.Value + size.Mean.Value)
		}
		r.Partitions = append(r.Partitions, PartitionResult{
			In: one.In, Delivered: one.Delivered, Acked: one.Acked, Expired: one.Expired,
			Depth: c.level(&s.ready), Wait: latency(own...),
		})
		r.count(s)
		left += s.left - s.baseLeft
		stayed = stayed.Add(s.stayed.Sub(s.baseStayed))
		waits = append(waits, own...)
	}
	if s := g.stores[0]; s.size >= 0 {
		gauge := g.inside.Times(s.size)
		bytes = c.level(&gauge)
	}
	r.Depth, r.Leased, r.Bytes = c.level(&g.ready), c.level(&g.leased), bytes
	r.Wait = latency(waits...)
	c.flow(&r, &g.inside.Gauge, left, stayed)
	return r
}

// flow measures what passes through a place that holds copies: so many left
// after the warm-up, having stayed so long together.
func (c *collector) flow(r *ChannelResult, inside *measure.Gauge, left int64, stayed measure.U128) {
	r.RateIn, r.RateOut = c.perSecond(r.In), c.perSecond(left)
	if c.span == 0 {
		return
	}
	l := &r.LittlesLaw
	l.L = Num(inside.Integral(c.to).Over(uint64(c.span)))
	l.Lambda = c.perSecond(left)
	if left > 0 {
		l.W = Num(stayed.Over(uint64(left)) / nanosPerSecond)
		if lw := float64(l.Lambda.Value * l.W.Value); lw > 0 {
			l.Residual = Num(l.L.Value/lw - 1)
		}
	}
}

func (c *collector) consumer(k *consumer) ConsumerResult {
	n, b := &k.n, &k.base
	r := ConsumerResult{
		Name: k.spec.Name, Received: n.received - b.received, Attempts: n.attempts - b.attempts, Done: n.done - b.done,
		FailedAttempts: n.failed - b.failed, Retries: n.retries - b.retries, TimedOut: n.timedOut - b.timedOut,
		DeadLettered: n.dead - b.dead, Dropped: n.dropped - b.dropped, Lost: n.lost - b.lost,
		Effects: n.effects - b.effects, Duplicates: n.duplicates - b.duplicates, Recognised: n.recognised - b.recognised,
		OrderViolations: n.violations - b.violations,
		Service:         latency(&k.service),
	}
	r.Calls = n.calls.since(b.calls)
	r.Served = Served{
		OK: k.serving.n.ok - k.serving.base.ok, Failed: k.serving.n.failed - k.serving.base.failed,
		Late: k.serving.n.late - k.serving.base.late, Response: latency(&k.serving.response),
	}
	r.Rate = c.perSecond(r.Done)
	c.workers(k, &r)
	var wait, all, endToEnd measure.Histogram
	for i := range k.classes {
		cl := k.classes[i]
		wait.Merge(&cl.wait)
		wait.Merge(&cl.bothWaits)
		all.Merge(&cl.both)
		all.Merge(&cl.latency)
		endToEnd.Merge(&cl.both)
		endToEnd.Merge(&cl.endToEnd)
	}
	r.Wait, r.Latency, r.EndToEnd = latency(&wait), latency(&all), latency(&endToEnd)
	r.Curve = curve(&all)
	r.Blame = shares(k.blame.Total())
	if i, ok := all.QuantileIndex(99, 100); ok {
		r.BlameP99 = shares(k.blame.From(i))
	}
	r.ByType = c.classes(k, func(cl *class) int { return int(cl.typ) }, func(i int) string { return c.e.sc.Events[i].Name })
	r.ByPriority = c.classes(k, func(cl *class) int { return -int(cl.priority) }, func(i int) string { return strconv.Itoa(-i) })
	c.inSystem(k, &r)
	return r
}

// workers measures the instances of a consumer.
func (c *collector) workers(k *consumer, r *ConsumerResult) {
	r.Instances.Last = Num(float64(k.ups.Level()))
	if c.span == 0 {
		return
	}
	r.Instances.Mean = Num(k.ups.Integral(c.to).Over(uint64(c.span)))
	r.Instances.Min, r.Instances.Max = Num(float64(k.ups.Min())), Num(float64(k.ups.Max()))
	r.InstanceSeconds = Num(k.ups.Integral(c.to).Over(1) / nanosPerSecond)
	var busy measure.U128
	for j := range k.count {
		in := &c.e.instances[k.first+j]
		own := in.busy.Integral(c.to)
		busy = busy.Add(own)
		one := InstanceResult{Done: in.done - in.baseDone}
		if k.workers > 0 && !k.unbounded {
			one.Utilisation = ratio(own.Float(), in.offered.Integral(c.to).Float())
		}
		r.ByInstance = append(r.ByInstance, one)
	}
	r.BusySeconds = Num(busy.Over(1) / nanosPerSecond)
	if k.workers > 0 && !k.unbounded {
		r.Utilisation = ratio(r.BusySeconds.Value, k.offered.Integral(c.to).Over(1)/nanosPerSecond)
	}
}

// classes sums a consumer's classes up by one attribute, in its order.
func (c *collector) classes(k *consumer, by func(*class) int, name func(int) string) []ClassResult {
	groups := map[int][]*class{}
	var order []int
	for i := range k.classes {
		g := by(k.classes[i])
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], k.classes[i])
	}
	slices.Sort(order)
	var out []ClassResult
	for _, g := range order {
		r := ClassResult{Name: name(g)}
		var wait, all measure.Histogram
		for _, cl := range groups[g] {
			r.Done += cl.done - cl.baseDone
			wait.Merge(&cl.wait)
			wait.Merge(&cl.bothWaits)
			all.Merge(&cl.both)
			all.Merge(&cl.latency)
		}
		r.Wait, r.Latency = latency(&wait), latency(&all)
		out = append(out, r)
	}
	return out
}

// inSystem measures the copies that are there for a consumer alone.
func (c *collector) inSystem(k *consumer, r *ConsumerResult) {
	if c.span == 0 || len(k.sources) == 0 {
		return
	}
	var area measure.U128
	for _, src := range k.sources {
		s := &c.e.stores[src.store]
		if len(s.readers) > 1 {
			return
		}
		area = area.Add(s.inside.Integral(c.to))
	}
	r.InSystemMean = Num(area.Over(uint64(c.span)))
	switch s := &c.e.stores[k.sources[0].store]; {
	case k.inside != nil:
		r.InSystemMax = Num(float64(k.inside.Max()))
	case s.group != nil:
		r.InSystemMax = Num(float64(s.group.inside.Max()))
	default:
		r.InSystemMax = Num(float64(s.inside.Max()))
	}
}

// shares are the parts of a sum; all are absent where there is none.
func shares(ns [measure.Causes]measure.U128) Shares {
	var total measure.U128
	for _, v := range ns {
		total = total.Add(v)
	}
	var out Shares
	all := total.Float()
	if all == 0 {
		return out
	}
	for i, v := range ns {
		out[i] = Num(v.Float() / all)
	}
	return out
}

// since is what was counted after an earlier state of the counts.
func (n callCounts) since(b callCounts) Calls {
	return Calls{
		OK: n.ok - b.ok, Failed: n.failed - b.failed, TimedOut: n.timedOut - b.timedOut,
		Refused: n.refused - b.refused, ShortCircuited: n.short - b.short,
	}
}
