package scenarios

import (
	"cmp"
	"fmt"
	"slices"

	"eddy/sim/spec"
)

var channelTypes = enumForm(
	choice[spec.ChannelType]{"queue", spec.Queue},
	choice[spec.ChannelType]{"topic", spec.Topic},
	choice[spec.ChannelType]{"stream", spec.Stream},
	choice[spec.ChannelType]{"bus", spec.Bus},
)

var channelTypeNames = []string{"queue", "topic", "stream", "bus"}

func brokerObject() *object[spec.Broker] {
	type S = spec.Broker
	o := &object[S]{
		title:  "a broker",
		sample: "{channels: {orders: {type: queue}}}",
		keys: []key[S]{
			bind("like", likeForm, func(s *S) *spec.Profile { return &s.Like }, "Takes the defaults marked † from a product; see *Profiles*.", dflt("ideal")),
			bind("latency", latencyForm(), func(s *S) *spec.Latency { return &s.Latency }, "Time on the way: one value for all links, or a map with a value for each kind.", dflt("0")),
			bind("rate", brokerRate, func(s *S) *spec.Rate { return &s.Rate }, "Events the broker itself can take in.", dflt("unlimited")),
			bind("channels", named("channel", channelObject(), func(s *spec.Channel) *string { return &s.Name }), func(s *S) *[]spec.Channel { return &s.Channels }, "The places of the broker: queues, topics, streams and buses; where components only call one another there need be none.", dflt("none")),
		},
		finish: func(f *fields, s *S) {
			if f.l.losesChannels {
				f.l.fail(f.node, f.at, `the key "channels" is missing`, partOfAChange(f.node, f.at), "")
			}
			f.l.circles(s)
		},
	}
	return o.build()
}

var brokerRate = scalarForm("a rate such as 50000/s, or unlimited", orWord(rateSchema, "unlimited", "none"),
	func(s string) (spec.Rate, *flaw) {
		if s == "unlimited" || s == "none" {
			return spec.Rate{}, nil
		}
		r, f := parseRate(s)
		if f == nil && r.Events == 0 {
			f = &flaw{problem: "a broker that takes in nothing", accepted: "a rate above 0, or unlimited"}
		}
		return r, f
	},
	func(r spec.Rate) string {
		if r.Events == 0 {
			return "unlimited"
		}
		return writeRate(r)
	})

func latencyForm() *form[spec.Latency] {
	type S = spec.Latency
	o := (&object[S]{
		title: "a latency",
		start: func(*loader, *node) S { return S{} },
		keys: []key[S]{
			bind("publish", durationDist, func(s *S) *spec.Dist { return &s.Publish }, "From a producer to the broker, and of its confirm back.", dflt("0")),
			bind("deliver", durationDist, func(s *S) *spec.Dist { return &s.Deliver }, "From the broker to an instance of a consumer.", dflt("0")),
			bind("ack", durationDist, func(s *S) *spec.Dist { return &s.Ack }, "From an instance back to the broker.", dflt("0")),
			bind("call", durationDist, func(s *S) *spec.Dist { return &s.Call }, "Of a synchronous call, and of its answer.", dflt("0")),
		},
	}).build()
	f := o.form()
	s := *f.shape
	s.want = "a duration such as 1ms, a distribution, or a map {publish, deliver, ack, call}"
	s.schema = func() schema { return anyOf(distSchema(durationQuantity)(), o.shape.toSchema()) }
	s.expand = func(n *node) *node {
		m := &node{kind: mapNode, line: n.line, col: n.col, width: n.width, option: n.option}
		for _, name := range o.shape.keyNames() {
			m.entries = append(m.entries, entry{word(name), n})
		}
		return m
	}
	f.shape = &s
	f.read = func(l *loader, n *node, at *place) (spec.Latency, bool) {
		if n.kind == mapNode {
			return o.read(l, n, at)
		}
		d, ok := durationDist.read(l, n, at)
		return spec.Latency{Publish: d, Deliver: d, Ack: d, Call: d}, ok
	}
	return f
}

// The keys of a channel that only some types have.
var (
	queueKeys  = []string{"capacity", "overflow", "order", "delay", "requeue", "delayed_holds_slot"}
	storeKeys  = []string{"ttl", "ack_timeout", "ack_clock", "max_deliveries", "dead_letter", "dedup"}
	streamKeys = []string{"partitions", "retention", "assign", "rebalance", "session_timeout"}
	busKeys    = []string{"rules", "otherwise"}
	anyKeys    = []string{"about", "type", "from", "where"}
)

// keysOf are the keys a channel of a type may have.
func keysOf(t spec.ChannelType) []string {
	switch t {
	case spec.Stream:
		return slices.Concat(anyKeys, storeKeys, streamKeys)
	case spec.Bus:
		return slices.Concat(anyKeys, busKeys)
	}
	return slices.Concat(anyKeys, queueKeys, storeKeys)
}

func channelObject() *object[spec.Channel] {
	type S = spec.Channel
	is := func(types ...spec.ChannelType) func(*S) bool {
		return func(s *S) bool { return slices.Contains(types, s.Type) }
	}
	queue, store, stream, bus := is(spec.Queue, spec.Topic), is(spec.Queue, spec.Topic, spec.Stream), is(spec.Stream), is(spec.Bus)
	o := &object[S]{
		title: "a channel",
		start: func(l *loader, _ *node) S {
			p := l.likeOf
			return S{Type: p.channel, Store: p.store, Partitions: p.partitions, Rebalance: p.rebalance, Session: p.session, Otherwise: spec.None}
		},
		keys: []key[S]{
			bind("about", textForm, func(s *S) *string { return &s.About }, "What it is for."),
			bind("type", channelTypes, func(s *S) *spec.ChannelType { return &s.Type },
				"`queue` (each event goes to one consumer), `topic` (every subscriber and every bound channel gets a copy), `stream` (a partitioned, retained log) or `bus` (rules send events on).", dflt("queue †")),
			bind("from", refsForm(channels), func(s *S) *[]int { return &s.From }, "A copy of what another channel carries: its name, or a list of names."),
			bind("where", filterForm, func(s *S) **spec.Filter { return &s.Where }, "Only events that match, of those that come through `from`; see *Conditions*."),
			bind("capacity", countForm[int](0, maxCount), func(s *S) *int { return &s.Store.Capacity }, "Waiting events it holds; 0 takes an event only if it can be sent to a consumer at once.", dflt("unlimited")).writeIf(queue),
			bind("overflow", enumForm(choice[spec.Overflow]{"reject", spec.Reject}, choice[spec.Overflow]{"drop_new", spec.DropNew}, choice[spec.Overflow]{"drop_old", spec.DropOld}, choice[spec.Overflow]{"block", spec.Block}),
				func(s *S) *spec.Overflow { return &s.Store.Overflow }, "What a full channel does: `reject` (tells the producer), `drop_new`, `drop_old`, or `block` (the producer waits).", dflt("reject †")).writeIf(queue),
			bind("order", enumForm(choice[spec.Order]{"fifo", spec.FIFO}, choice[spec.Order]{"lifo", spec.LIFO}, choice[spec.Order]{"priority", spec.Priority}),
				func(s *S) *spec.Order { return &s.Store.Order }, "Which waiting event goes next: the oldest, the newest, or the one of highest priority.", dflt("fifo")).writeIf(queue),
			bind("delay", durationDist, func(s *S) *spec.Dist { return &s.Store.Delay }, "Not deliverable before.", dflt("0")).writeIf(queue),
			bind("ttl", limitForm, func(s *S) *spec.Nanos { return &s.Store.TTL }, "An event older than this expires; the shorter of this and the event's own counts.", dflt("none")).writeIf(store),
			bind("ack_timeout", limitForm, func(s *S) *spec.Nanos { return &s.Store.AckTimeout }, "A delivery that is not answered for so long is delivered again, although the first may still be worked on.", dflt("none †")).writeIf(store),
			bind("ack_clock", enumForm(choice[bool]{"start", false}, choice[bool]{"lease", true}), func(s *S) *bool { return &s.Store.AckClockLease },
				"From when `ack_timeout` counts: the `start` of the handler, or the `lease`, when it was sent to the instance.", dflt("start †")).writeIf(store),
			bind("max_deliveries", countForm[int](1, 1_000_000), func(s *S) *int { return &s.Store.MaxDeliveries }, "Deliveries in all, the first included.", dflt("unlimited †")).writeIf(store),
			bind("requeue", enumForm(choice[spec.Requeue]{"original", spec.RequeueOriginal}, choice[spec.Requeue]{"front", spec.RequeueFront}, choice[spec.Requeue]{"back", spec.RequeueBack}),
				func(s *S) *spec.Requeue { return &s.Store.Requeue }, "Where a returned event goes: its `original` place, the `front` (returned ones first, in the order of return) or the `back`.", dflt("original †")).writeIf(queue),
			bind("delayed_holds_slot", boolForm, func(s *S) *bool { return &s.Store.DelayedHoldsSlot }, "An event waiting out a backoff still counts against the consumer's `prefetch`.", dflt("false †")).writeIf(queue),
			bind("dead_letter", refForm(channels), func(s *S) *int { return &s.Store.DeadLetter }, "The queue for events that ran out of deliveries, expired or overflowed.", dflt("none")).writeIf(store),
			bind("dedup", limitForm, func(s *S) *spec.Nanos { return &s.Store.Dedup }, "A second publish of the same event within this time is ignored, as after a retry of the producer.", dflt("none")).writeIf(store),
			bind("partitions", wholeForm[int](1, maxInstances), func(s *S) *int { return &s.Partitions }, "Partitions of a stream.", dflt("1 †")).writeIf(stream),
			bind("retention", retentionObject().form(), func(s *S) *spec.Retention { return &s.Retention }, "What a stream keeps.", dflt("everything")).
				writeIf(func(s *S) bool { return s.Retention != spec.Retention{} }),
			bind("assign", enumForm(choice[spec.Assign]{"range", spec.RangeAssign}, choice[spec.Assign]{"round_robin", spec.RoundRobinAssign}, choice[spec.Assign]{"sticky", spec.StickyAssign}, choice[spec.Assign]{"cooperative", spec.CooperativeAssign}),
				func(s *S) *spec.Assign { return &s.Assign }, "How a group shares the partitions of a stream.", dflt("range †")).writeIf(stream),
			bind("rebalance", durationForm, func(s *S) *spec.Nanos { return &s.Rebalance }, "How long the group (with `cooperative`: the partitions that move) stands still.", dflt("0 †")).writeIf(stream),
			bind("session_timeout", positiveForm, func(s *S) *spec.Nanos { return &s.Session }, "After so long without a sign a member of a group counts as dead.", dflt("10s †")).writeIf(stream),
			bind("rules", named("rule", ruleObject(), func(s *spec.Rule) *string { return &s.Name }), func(s *S) *[]spec.Rule { return &s.Rules }, "The rules of a bus; every one that matches sends a copy on.").writeIf(bus),
			bind("otherwise", refForm(channels), func(s *S) *int { return &s.Otherwise }, "The channel for events of a bus that no rule matches.", dflt("counted as unrouted")).writeIf(bus),
		},
		finish: finishChannel,
		extra:  channelExtra,
	}
	return o.build()
}

func retentionObject() *object[spec.Retention] {
	type S = spec.Retention
	o := &object[S]{
		title:  "a retention",
		sample: "{time: 24h} or {size: 1GiB}",
		keys: []key[S]{
			bind("time", limitForm, func(s *S) *spec.Nanos { return &s.Time }, "Events older than this go.", dflt("none")).writeIf(func(s *S) bool { return s.Time > 0 }),
			bind("events", wholeForm[int64](1, 1_000_000_000_000), func(s *S) *int64 { return &s.Events }, "Only so many are kept.").writeIf(func(s *S) bool { return s.Events > 0 }),
			bind("size", wholeSize, func(s *S) *int64 { return &s.Size }, "Only so many bytes are kept.").writeIf(func(s *S) bool { return s.Size > 0 }),
		},
	}
	return o.build()
}

var wholeSize = scalarForm("a size such as 1GiB", sizeSchema,
	func(s string) (int64, *flaw) {
		r, f := sizeQuantity.parse(s)
		switch {
		case f != nil:
			return 0, f
		case !r.IsInt() || r.Sign() == 0:
			return 0, &flaw{problem: "this must be a whole number of bytes, at least 1", accepted: sizeQuantity.accepted()}
		}
		return r.Num().Int64(), nil
	},
	writeSize)

func ruleObject() *object[spec.Rule] {
	type S = spec.Rule
	o := &object[S]{
		title: "a rule",
		keys: []key[S]{
			bind("where", filterForm, func(s *S) **spec.Filter { return &s.Where }, "Which events it sends on; without it all.", dflt("all")),
			bind("to", refsForm(channels), func(s *S) *[]int { return &s.To }, "The channel, or a list of channels.", required),
		},
	}
	return o.build()
}

// inOtherTypes says what to write instead of a key that a type of channel has
// not, where there is something.
var inOtherTypes = map[string]map[spec.ChannelType]string{
	"capacity":   {spec.Stream: "what a stream keeps is said by retention: {events: 1000000}, and it never refuses an event"},
	"overflow":   {spec.Stream: "a stream never refuses an event: what is beyond its retention goes"},
	"order":      {spec.Stream: "a stream is read in the order of each partition"},
	"retention":  {spec.Queue: "a queue keeps an event until it is done: ttl: 30s and capacity: 1000 limit that", spec.Topic: "ttl: 30s, or type: stream"},
	"partitions": {spec.Topic: "what Kafka calls a topic is a stream here: type: stream", spec.Queue: "type: stream; a queue shares its events among all instances as it is"},
	"rules":      {spec.Topic: "type: bus; or channels with from: and where: of their own", spec.Queue: "type: bus"},
}

func finishChannel(f *fields, c *spec.Channel) {
	allowed := keysOf(c.Type)
	for _, e := range f.node.entries {
		if name := e.key.text; f.has(name) && !slices.Contains(allowed, name) && !f.bad["type"] {
			f.misplaced(name, fmt.Sprintf("%s is not for a %s", quoted(name), channelTypeNames[c.Type]), cmp.Or(inOtherTypes[name][c.Type], "it is a key of "+ownersOf(name)))
		}
	}
	if f.has("where") && !f.has("from") {
		f.misplaced("where", "where chooses among what comes through from, and there is none", "from: the channel it gets copies of")
	}
	self := f.l.names[channels].index[lastStep(f.at)]
	if f.sound("from") && slices.Contains(c.From, self) {
		f.fail("from", "a channel cannot get copies from itself", "the name of another channel")
	}
	if f.has("overflow") && !f.has("capacity") {
		f.l.warn(f.keyNode("overflow"), f.at.key("overflow"), "without a capacity nothing ever overflows", "capacity: 2000", "")
	}
	f.deadLetter(c, self)
	if c.Type == spec.Bus && len(c.Rules) == 0 && !f.bad["rules"] {
		f.l.fail(f.node, f.at, "a bus needs rules", "rules: {audit: {to: audit}}", "")
	}
}

// deadLetter checks where events go that cannot be done.
func (f *fields) deadLetter(c *spec.Channel, self int) {
	if !f.sound("dead_letter") {
		return
	}
	if c.Store.DeadLetter == self {
		f.fail("dead_letter", "a channel cannot be its own dead-letter queue", "the name of another queue")
	}
	if t, known := f.l.channelType(c.Store.DeadLetter); known && t != spec.Queue {
		f.fail("dead_letter", fmt.Sprintf("%s is a %s", quoted(f.value("dead_letter").text), channelTypeNames[t]), "dead letters go to a queue")
	}
}

// channelType looks a channel's type up in the text: it may not be read yet.
func (l *loader) channelType(i int) (spec.ChannelType, bool) {
	// The names were registered in the order of the entries, which the parser
	// has freed of duplicates.
	n := l.spots.channels.entries[i].value.lookup("type")
	if n == nil {
		return l.likeOf.channel, true
	}
	at := slices.Index(channelTypeNames, n.text)
	return spec.ChannelType(max(at, 0)), at >= 0
}

// ownersOf says which types of channel have a key: "a queue or a topic".
func ownersOf(name string) string {
	var owners []string
	for t, word := range channelTypeNames {
		if slices.Contains(keysOf(spec.ChannelType(t)), name) {
			owners = append(owners, "a "+word)
		}
	}
	return listed(owners)
}

func lastStep(at *place) string { return at.step }

// circles reports channels that feed themselves by way of others: by from, or
// by the rules of a bus.
func (l *loader) circles(b *spec.Broker) {
	feeders := make([][]int, len(b.Channels))
	for i, c := range b.Channels {
		feeders[i] = append(feeders[i], c.From...)
		targets := []int{c.Otherwise}
		for _, r := range c.Rules {
			targets = append(targets, r.To...)
		}
		for _, t := range targets {
			if t >= 0 && t < len(feeders) && c.Type == spec.Bus {
				feeders[t] = append(feeders[t], i)
			}
		}
	}
	const unseen, open, closed = 0, 1, 2
	state := make([]int, len(b.Channels))
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		for _, from := range feeders[i] {
			switch {
			case from >= len(state) || from == i && b.Channels[i].Type != spec.Bus:
			case state[from] == open:
				l.circle(b, i, from)
			case state[from] == unseen:
				visit(from)
			}
		}
		state[i] = closed
	}
	for i := range state {
		if state[i] == unseen {
			visit(i)
		}
	}
}

func (l *loader) circle(b *spec.Broker, i, from int) {
	problem := fmt.Sprintf("channels feed one another in a circle: %s gets copies of %s, which gets copies of it", quoted(b.Channels[i].Name), quoted(b.Channels[from].Name))
	if i == from {
		problem = "this bus sends events on to itself"
	}
	at := (&place{step: "broker"}).key("channels").key(b.Channels[i].Name)
	l.fail(l.names[channels].nodes[i], at, problem, "let them feed one another in one direction", "")
}
