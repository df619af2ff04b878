package cases

import (
	"slices"
	"strconv"

	"eddy/sim/spec"
)

// Choose returns a whole number from 0 to n-1: the only chance there is in Any,
// so that a property-testing library or a counter can supply it. 0 is the
// plainest choice.
type Choose func(n int) int

// Any draws a small scenario: a few components with any of the features that
// are simulated, in any combination, short enough for a few thousand records.
func Any(choose Choose) *spec.Scenario {
	a := &drawing{Choose: choose, sc: Scenario(0)}
	a.sc.Seed = int64(a.Choose(1000))
	a.sc.Duration = Ms(float64(20 + a.Choose(180)))
	a.fine = a.oneIn(2)
	a.keys()
	a.events()
	a.broker()
	for i := range 1 + a.Choose(3) {
		a.sc.Producers = append(a.sc.Producers, a.producer("p"+strconv.Itoa(i)))
	}
	for i := range 1 + a.Choose(3) {
		a.sc.Consumers = append(a.sc.Consumers, a.consumer("c"+strconv.Itoa(i)))
	}
	a.calls()
	a.autoscalers()
	a.profile()
	a.timeline()
	a.sets()
	if a.oneIn(4) {
		a.sc.Warmup = a.sc.Duration / 3
	}
	return a.sc
}

// drawing draws one scenario.
type drawing struct {
	Choose
	sc   *spec.Scenario
	fine bool // instants of different components seldom fall together
	used int  // durations drawn so far
}

// oneIn is true once in n times, and never in the plainest case.
func (a *drawing) oneIn(n int) bool { return a.Choose(n) == n-1 }

func (a *drawing) coin() bool { return a.oneIn(2) }

// duration is 1 to about 20 ms: whole milliseconds, so that much falls on one
// instant, or, in a fine scenario, with a few ns of its own.
func (a *drawing) duration() spec.Nanos {
	d := Ms([]float64{1, 2, 3, 4, 5, 8, 10, 20}[a.Choose(8)])
	if a.fine {
		a.used++
		d += int64(a.used*a.used*7 + a.used)
	}
	return d
}

// durations is a distribution with a mean of 1 to about 20 ms.
func (a *drawing) durations() spec.Dist {
	mean := float64(a.duration())
	switch a.Choose(9) {
	case 1:
		return spec.Dist{Kind: spec.Exponential, Mean: mean}
	case 2:
		return spec.Dist{Kind: spec.Uniform, Min: 0, Max: 2 * mean}
	case 3:
		return spec.Dist{Kind: spec.Empirical, Values: []float64{0, mean / 2, mean, 2 * mean}, Steps: true}
	case 4:
		return spec.Dist{Kind: spec.Mix, Parts: []spec.MixPart{
			{Weight: 0.75, Dist: spec.Const(mean)},
			{Weight: 0.25, Dist: spec.Dist{Kind: spec.Exponential, Mean: 3 * mean}},
		}}
	case 5:
		return spec.Dist{Kind: spec.Lognormal, Mean: mean, SD: mean / 2, HasSD: true}
	case 6:
		return spec.Dist{Kind: spec.Normal, Mean: mean, SD: mean}
	case 7:
		return spec.Dist{Kind: spec.Erlang, K: 3, Mean: mean}
	}
	return spec.Const(mean)
}

// latency is a distribution that is often always 0.
func (a *drawing) latency() spec.Dist {
	if !a.oneIn(3) {
		return spec.Const(0)
	}
	return a.durations()
}

func (a *drawing) chance() float64 { return []float64{0.5, 0.1, 0.25, 0.9, 1}[a.Choose(5)] }

// --- events -------------------------------------------------------------------

func (a *drawing) keys() {
	for i := range a.Choose(3) {
		a.sc.Keys = append(a.sc.Keys, spec.KeySpace{
			Name: "k" + strconv.Itoa(i), Count: int64(1 + a.Choose(5)), Skew: []float64{0, 1.1}[a.Choose(2)],
		})
	}
}

func (a *drawing) events() {
	a.sc.Events = nil
	for _, name := range []string{"order.placed", "order.paid", "mail", "stock.low.soon"}[:1+a.Choose(4)] {
		ev := Event(name)
		ev.Key = a.Choose(len(a.sc.Keys)+1) - 1
		if a.oneIn(3) {
			ev.Size = spec.Dist{Kind: spec.Exponential, Mean: 2000}
		}
		if a.oneIn(3) {
			ev.Priority = []spec.Choice{{Value: 0, Weight: 0.5}, {Value: 4, Weight: 0.25}, {Value: 9, Weight: 0.25}}
		}
		if a.oneIn(5) {
			ev.TTL = a.duration()
		}
		if a.oneIn(3) {
			ev.Fields = append(ev.Fields, spec.Field{Name: "country", Choices: []spec.FieldChoice{
				{Value: spec.Value{Text: "SE"}, Weight: 0.5}, {Value: spec.Value{Text: "NO"}, Weight: 0.5},
			}})
		}
		if a.oneIn(3) {
			ev.Fields = append(ev.Fields, spec.Field{Name: "amount", Dist: spec.Dist{Kind: spec.Exponential, Mean: 100}})
		}
		a.sc.Events = append(a.sc.Events, ev)
	}
}

// emits is a choice of event types.
func (a *drawing) emits() []spec.Choice {
	n := len(a.sc.Events)
	first := a.Choose(n)
	if second := a.Choose(n); second != first {
		return []spec.Choice{{Value: first, Weight: 0.75}, {Value: second, Weight: 0.25}}
	}
	return One(first)
}

// filter is a where or when; nil lets all pass.
func (a *drawing) filter() *spec.Filter {
	if !a.oneIn(4) {
		return nil
	}
	f := &spec.Filter{Tests: []spec.Test{a.test()}}
	if a.oneIn(3) {
		f.Tests = append(f.Tests, a.test())
	}
	if a.oneIn(3) {
		f.Any = []spec.Filter{{Tests: []spec.Test{a.test()}}, {Tests: []spec.Test{a.test()}}}
	}
	return f
}

func (a *drawing) test() spec.Test {
	number := func(attribute spec.Attribute, field string, around float64) spec.Test {
		kinds := []spec.MatchKind{spec.GreaterMatch, spec.GreaterEqualMatch, spec.LessMatch, spec.LessEqualMatch, spec.RangeMatch}
		m := spec.Match{Kind: kinds[a.Choose(5)], Number: around}
		if m.Kind == spec.RangeMatch {
			m.High = 2 * around
		}
		return spec.Test{Attribute: attribute, Field: field, Match: m}
	}
	switch a.Choose(9) {
	case 7:
		return number(spec.KeyAttribute, "", float64(a.Choose(3)))
	case 8:
		exists := spec.Match{Kind: spec.ExistsMatch, Exists: a.coin()}
		return spec.Test{Attribute: spec.FieldAttribute, Field: "country", Match: spec.Match{Kind: spec.NotMatch, Of: []spec.Match{exists}}}
	case 1:
		return number(spec.SizeAttribute, "", 1024)
	case 2:
		return number(spec.PriorityAttribute, "", 4)
	case 3:
		return number(spec.FieldAttribute, "amount", 70)
	case 4:
		no := spec.Match{Kind: spec.EqualMatch, Value: spec.Value{Text: "NO"}}
		kinds := []spec.Match{no, {Kind: spec.NotMatch, Of: []spec.Match{no}}, {Kind: spec.NotEqualMatch, Value: no.Value}, {Kind: spec.PrefixMatch, Value: spec.Value{Text: "S"}}, {Kind: spec.SuffixMatch, Value: spec.Value{Text: "O"}}, {Kind: spec.AnyMatch, Of: []spec.Match{no, {Kind: spec.IgnoreCaseMatch, Value: spec.Value{Text: "se"}}}}}
		return spec.Test{Attribute: spec.FieldAttribute, Field: "country", Match: kinds[a.Choose(len(kinds))]}
	case 5:
		return spec.Test{Attribute: spec.FieldAttribute, Field: "amount", Match: spec.Match{Kind: spec.ExistsMatch, Exists: a.coin()}}
	case 6:
		return spec.Test{Attribute: spec.SourceAttribute, Match: spec.Match{Kind: spec.PatternMatch, Pattern: Pattern("p0")}}
	}
	return spec.Test{Attribute: spec.TypeAttribute, Match: spec.Match{Kind: spec.PatternMatch, Pattern: a.pattern()}}
}

func (a *drawing) pattern() spec.Pattern {
	return Pattern([]string{"#", "order.*", "order.>", "*", "#.placed", "mail", "stock.#.soon"}[a.Choose(7)])
}

// --- broker -------------------------------------------------------------------

func (a *drawing) broker() {
	b := &a.sc.Broker
	b.Latency = spec.Latency{Publish: a.latency(), Deliver: a.latency(), Ack: a.latency()}
	if a.oneIn(5) {
		b.Rate = spec.Rate{Events: int64([]int{500, 300, 1000, 70}[a.Choose(4)]), Per: spec.Second}
	}
	b.Channels = append(b.Channels, Queue("b0"))
	for i := range a.Choose(4) {
		ch := Queue("b" + strconv.Itoa(i+1))
		if a.oneIn(3) {
			ch.Type = spec.Topic
		}
		b.Channels = append(b.Channels, ch)
	}
	if a.oneIn(3) {
		b.Channels[0].Type = spec.Topic
	}
	for i := range len(b.Channels) - 1 {
		if a.oneIn(5) {
			b.Channels[i].Type = spec.Bus
		}
	}
	streams := a.oneIn(3)
	for i := range b.Channels {
		if streams && i%2 == 0 && b.Channels[i].Type != spec.Bus {
			b.Channels[i].Type = spec.Stream // before anything asks for a queue
		}
	}
	for i := range b.Channels {
		a.bind(i)
		if b.Channels[i].Type == spec.Bus {
			a.rules(i)
			continue
		}
		if b.Channels[i].Type == spec.Stream {
			a.stream(i)
			continue
		}
		b.Channels[i].Store = a.store(i)
	}
}

// rules gives a bus its rules, to later channels, so that no circle comes about.
func (a *drawing) rules(bus int) {
	ch := &a.sc.Broker.Channels[bus]
	later := func() int { return bus + 1 + a.Choose(len(a.sc.Broker.Channels)-bus-1) }
	for i := range a.Choose(4) {
		rule := spec.Rule{Name: "r" + strconv.Itoa(i), Where: a.filter(), To: []int{later()}}
		if second := later(); second != rule.To[0] {
			rule.To = append(rule.To, second)
		}
		ch.Rules = append(ch.Rules, rule)
	}
	if a.coin() {
		ch.Otherwise = later()
	}
}

// readable lists the channels that a consumer can read.
func (a *drawing) readable() []int {
	var all []int
	for i, ch := range a.sc.Broker.Channels {
		if ch.Type != spec.Bus {
			all = append(all, i)
		}
	}
	return all
}

// bind joins a channel to earlier ones, so that no circle comes about.
func (a *drawing) bind(i int) {
	ch := &a.sc.Broker.Channels[i]
	for from := range i {
		if a.oneIn(4) {
			ch.From = append(ch.From, from)
		}
	}
	if len(ch.From) > 0 {
		ch.Where = a.filter()
	}
}

func (a *drawing) store(channel int) spec.Store {
	s := Store()
	if a.oneIn(2) {
		s.Capacity = a.Choose(5)
		s.Overflow = spec.Overflow(a.Choose(4))
	}
	s.Order = spec.Order(a.Choose(3))
	if a.oneIn(6) {
		s.Delay = a.durations()
	}
	if a.oneIn(4) {
		s.TTL = a.duration() + a.duration()
	}
	if a.oneIn(4) {
		s.AckTimeout = a.duration()
		s.AckClockLease = a.coin()
	}
	if a.oneIn(4) {
		s.MaxDeliveries = 1 + a.Choose(3)
	}
	s.Requeue = spec.Requeue(a.Choose(3))
	s.DelayedHoldsSlot = a.oneIn(4)
	if a.oneIn(2) {
		s.DeadLetter = a.deadLetter(channel)
	}
	if a.oneIn(5) {
		s.Dedup = a.duration() * spec.Nanos(1+a.Choose(2))
	}
	return s
}

func (a *drawing) deadLetter(channel int) int {
	var queues []int
	for i, ch := range a.sc.Broker.Channels {
		if i != channel && ch.Type == spec.Queue {
			queues = append(queues, i)
		}
	}
	if len(queues) == 0 {
		return spec.None
	}
	return queues[a.Choose(len(queues))]
}

// --- producers ----------------------------------------------------------------

func (a *drawing) producer(name string) spec.Producer {
	p := Producer(name, a.duration())
	p.Emits = a.emits()
	p.To = a.Choose(len(a.sc.Broker.Channels))
	p.Instances = 1 + a.Choose(2)
	a.arrivals(&p)
	if a.oneIn(4) {
		p.Count = int64(a.Choose(20))
	}
	p.Confirm = !a.oneIn(3)
	if a.coin() {
		p.Retry = a.retry()
	}
	if a.oneIn(3) {
		p.Timeout = a.duration()
	}
	if a.oneIn(2) {
		p.Buffer = a.Choose(4)
	}
	switch a.Choose(5) {
	case 1:
		p.Loses = a.chance() / 2
	case 2:
		p.Kind = spec.DatabaseProducer
		p.Outbox = &spec.Outbox{Poll: a.duration(), Batch: 1 + a.Choose(4)}
	}
	return p
}

func (a *drawing) arrivals(p *spec.Producer) {
	if a.oneIn(4) {
		p.Starts = a.duration()
	}
	switch a.Choose(9) {
	case 1:
		p.Rate.Jitter = a.chance()
	case 2:
		p.Rate.Kind = spec.Poisson
	case 3:
		p.Rate = spec.Arrivals{Kind: spec.Renewal, Gap: a.gap()}
	case 4:
		p.Rate = spec.Arrivals{Kind: spec.Burst, Gap: a.gap(), Size: 1 + a.Choose(4)}
	case 5:
		p.Rate.Rate = spec.Rate{Events: []int64{30, 100, 170, 240, 0}[a.Choose(5)], Per: spec.Second}
	case 6:
		p.Rate = spec.Arrivals{}
		p.Users = 1 + a.Choose(3)
		p.Think = a.gap()
	case 7:
		p.Starts, p.Instances = 0, 1
		p.Rate = spec.Arrivals{Kind: spec.Replay, Rows: a.rows()}
	case 8:
		p.Rate = spec.Arrivals{
			Kind: spec.MMPP, Low: spec.Rate{Events: int64(100 * a.Choose(3)), Per: spec.Second},
			High:   spec.Rate{Events: int64(500 + 300*a.Choose(3)), Per: spec.Second},
			LowFor: float64(a.duration()), HighFor: float64(a.duration()),
		}
	}
	if p.Users == 0 && p.Rate.Kind != spec.Replay && a.oneIn(4) {
		p.Shape = a.shape()
	}
}

// shape lets a rate change over time, in steps and in ramps, one after another. The
// factors are such that hardly an instant lies in the middle of two ns, where the
// simulators may round apart.
func (a *drawing) shape() []spec.ShapePoint {
	var points []spec.ShapePoint
	at := spec.Nanos(0)
	for range 1 + a.Choose(3) {
		point := spec.ShapePoint{At: at, Times: []float64{1.9013, 0.4771, 3.1037, 0, 1.0007}[a.Choose(5)]}
		if a.coin() {
			point.Ramp, point.Times = a.duration()+7, point.Times+0.013
		}
		points = append(points, point)
		at += point.Ramp + a.duration()
	}
	if last := &points[len(points)-1]; last.Times < 0.1 {
		last.Times = 1.0007
	}
	return points
}

// gap is a distribution that is never always 0.
func (a *drawing) gap() spec.Dist {
	d := a.durations()
	if d.Kind == spec.Empirical {
		d.Values[0] = d.Values[1]
	}
	return d
}

func (a *drawing) rows() []spec.ReplayRow {
	var rows []spec.ReplayRow
	at := spec.Nanos(0)
	for range a.Choose(12) {
		if !a.oneIn(3) {
			at += a.duration()
		}
		row := spec.ReplayRow{At: at, Event: spec.None, Size: spec.None, Priority: spec.None, Work: a.duration(), Fails: int32(a.Choose(3))}
		if a.coin() {
			row.Event = a.Choose(len(a.sc.Events))
		}
		if a.oneIn(3) {
			row.Key, row.HasKey = []string{"anna", "bo", "7"}[a.Choose(3)], true
		}
		if a.coin() {
			row.Size = int64(a.Choose(3000))
		}
		if a.coin() {
			row.Priority = int8(a.Choose(10))
		}
		rows = append(rows, row)
	}
	return rows
}

func (a *drawing) retry() spec.Retry {
	return spec.Retry{Attempts: 1 + a.Choose(4), Backoff: a.backoff()}
}

func (a *drawing) backoff() spec.Backoff {
	b := spec.Backoff{Kind: spec.ConstantBackoff, Base: a.duration(), Jitter: spec.Jitter(a.Choose(4))}
	switch a.Choose(5) {
	case 1:
		b.Kind = spec.LinearBackoff
	case 2:
		b.Kind, b.Times = spec.ExponentialBackoff, []float64{2, 1.5}[a.Choose(2)]
	case 3:
		b = spec.Backoff{Kind: spec.ListBackoff, List: []spec.Nanos{a.duration(), a.duration()}}
	case 4:
		return spec.Backoff{}
	}
	if b.Kind == spec.ExponentialBackoff && a.oneIn(3) {
		b.Max = b.Base + a.duration()
	}
	return b
}

// --- consumers ----------------------------------------------------------------

func (a *drawing) consumer(name string) spec.Consumer {
	c := Consumer(name)
	c.From = a.sources()
	c.Instances = 1 + a.Choose(3)
	c.Concurrency = []int{1, 2, 3, spec.Unlimited}[a.Choose(4)]
	c.Prefetch = c.Concurrency
	if a.coin() {
		c.Prefetch = []int{1, 2, 5, spec.Unlimited}[a.Choose(4)]
	}
	c.AckBefore = a.oneIn(5)
	if a.oneIn(3) {
		c.Idempotent, c.Recognise = true, a.latency()
	}
	if a.oneIn(4) {
		c.Starts = a.duration() * 3
	}
	if a.oneIn(4) {
		c.StartTime = a.durations()
	}
	if a.oneIn(4) {
		c.Stops = c.Starts + 5*a.duration()
	}
	c.Retry = spec.ConsumerRetry{
		Attempts: []int{2, 1, 3, 5, spec.Unlimited}[a.Choose(5)],
		Backoff:  a.backoff(),
		InWorker: a.oneIn(3),
		ThenDrop: a.oneIn(4),
	}
	if c.Retry.Attempts == spec.Unlimited {
		c.Retry.Backoff = spec.Backoff{Kind: spec.ConstantBackoff, Base: a.duration()}
	}
	a.reading(&c)
	for range a.Choose(3) {
		c.Handlers = append(c.Handlers, a.handler(&c))
	}
	return c
}

func (a *drawing) sources() []spec.Source {
	readable := a.readable()
	any := func() int { return readable[a.Choose(len(readable))] }
	first := any()
	if to := a.sc.Producers[a.Choose(len(a.sc.Producers))].To; a.coin() && slices.Contains(readable, to) {
		first = to // so that more happens
	}
	from := []spec.Source{a.source(first)}
	if second := any(); second != from[0].Channel {
		from = append(from, a.source(second))
	}
	return from
}

func (a *drawing) source(channel int) spec.Source {
	s := spec.Source{Channel: channel}
	if a.sc.Broker.Channels[channel].Type != spec.Queue {
		s.Where = a.filter()
	}
	return s
}

func (a *drawing) handler(c *spec.Consumer) spec.Handler {
	h := spec.Handler{Pattern: a.pattern()}
	for range a.Choose(5) {
		st := a.step(c)
		if a.oneIn(5) {
			st.When = a.filter()
		}
		if a.oneIn(5) {
			st.Chance = a.chance()
		}
		h.Steps = append(h.Steps, st)
	}
	return h
}

func (a *drawing) step(c *spec.Consumer) spec.Step {
	switch a.Choose(9) {
	case 0, 1, 2:
		return Work(a.durations())
	case 3:
		return spec.Step{Verb: spec.Work, Chance: 1, WorkFromEvent: true}
	case 4:
		return Fail(a.chance())
	case 5:
		st := Fail(a.chance())
		st.Poison = true
		return st
	case 6:
		return FailOf(1+a.Choose(3), 1, int64(2+a.Choose(5)))
	case 7:
		return spec.Step{Verb: spec.Fail, Chance: 1, FailFromEvent: true}
	}
	return a.emission(c)
}

// deadLettersGoBack says whether a dead letter may come to where an emission
// that led to it came from.
func (a *drawing) deadLettersGoBack() bool {
	for i, ch := range a.sc.Broker.Channels {
		if d := ch.Store.DeadLetter; d != spec.None && d < i {
			return true
		}
	}
	return false
}

// emission goes to a channel behind all that the consumer reads, or seldom
// round in a circle that dies out.
func (a *drawing) emission(c *spec.Consumer) spec.Step {
	last, n := 0, len(a.sc.Broker.Channels)
	for _, from := range c.From {
		last = max(last, from.Channel)
	}
	if last == n-1 || a.deadLettersGoBack() || a.oneIn(6) {
		st := Emit(0, a.Choose(n))
		st.Emits, st.Chance, st.Delay = a.emits(), 0.3, a.gap()
		return st
	}
	st := Emit(0, last+1+a.Choose(n-1-last))
	st.Emits = a.emits()
	st.Count = 1 + a.Choose(3)
	st.NewKey = a.coin()
	st.Once = a.oneIn(3)
	if a.oneIn(3) {
		st.Delay = a.durations()
	}
	return st
}
