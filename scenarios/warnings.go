package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// spots are what the warnings need of the text when everything is read.
type spots struct {
	channels *node
	declared int          // events declared in the text
	emitted  map[int]bool // events somebody emits
}

func newSpots(root *node, l *loader) spots {
	s := spots{channels: root.lookup("broker").lookup("channels"), emitted: map[int]bool{}}
	s.declared = len(l.names[events].names)
	if s.channels == nil || s.channels.kind != mapNode {
		s.channels = &node{kind: mapNode}
	}
	return s
}

// spot is a component's key in the text and its path.
func (l *loader) spot(kind componentKind, i int) (*node, *place) {
	var up *place
	switch kind {
	case events:
		up = up.steps("events")
	case keySpaces:
		up = up.steps("keys")
	case producers:
		up = up.steps("producers")
	case channels:
		up = up.steps("broker").key("channels")
	default:
		up = up.steps("consumers")
	}
	return l.names[kind].nodes[i], up.key(l.names[kind].names[i])
}

// caution warns of a component.
func (l *loader) caution(kind componentKind, i int, problem, accepted string) {
	n, at := l.spot(kind, i)
	l.warn(n, at, problem, accepted, "")
}

// finding warns of a component, with the code of the finding that a run would
// have.
func (l *loader) finding(code string, kind componentKind, i int, problem, accepted string) {
	n := len(l.diags)
	l.caution(kind, i, problem, accepted)
	if len(l.diags) > n {
		l.diags[n].Code = code
	}
}

// foreseen warns of what was foreseen, at the component that it is about;
// what the text itself tells was told.
func (l *loader) foreseen(root *node, x Foreseen) {
	kinds := map[string]componentKind{"producers": producers, "channels": channels, "consumers": consumers}
	kind, name, _ := strings.Cut(x.Component, ".")
	if kind == "subscriptions" {
		kind, name = "channels", l.channelOf(name)
	}
	if k, known := kinds[kind]; known {
		if i := slices.Index(l.names[k].names, name); i >= 0 {
			l.finding(x.Code, k, i, x.Problem, x.Accepted)
			return
		}
	}
	n, at := root, (*place)(nil)
	if broker := root.lookup("broker"); kind == "broker" && broker != nil {
		n, at = broker, at.steps("broker")
	}
	before := len(l.diags)
	l.warn(n, at, x.Problem, x.Accepted, "")
	if len(l.diags) > before {
		l.diags[before].Code = x.Code
	}
}

// channelOf is the channel of a subscription's name, channel/consumer.
func (l *loader) channelOf(subscription string) string {
	channel, _, _ := strings.Cut(subscription, "/") // no name has a slash
	return channel
}

// warnings says what can be known of a sound scenario before it runs.
func (l *loader) warnings() {
	if l.errors > 0 {
		return // names may lead nowhere
	}
	l.warnUnused()
	l.warnUsers()
	l.warnChannels()
	callees := called(l.doc)
	for i, c := range l.doc.Consumers {
		if len(c.From) == 0 && !callees[i] {
			l.caution(consumers, i, "this consumer reads no channel and nobody calls it, so it does nothing", "from: the channel it reads; or call: "+c.Name+", at a producer or as a step")
		}
		l.warnConsumer(i)
	}
	l.warnReach()
}

// warnStrangers warns of a fault between two components that have nothing to
// do with one another. The timeline is read after them.
func (l *loader) warnStrangers(n *node, at *place, a, b spec.Ref) {
	if l.errors > 0 || l.talk(a, b) || l.talk(b, a) {
		return
	}
	one, other := l.nameOf(a), l.nameOf(b)
	l.warn(n, at, fmt.Sprintf("%s and %s have no traffic: neither calls the other", one, other), "a component and the broker, as ["+one+", broker], or a caller and who it calls", "")
}

// talk says whether the first of two may send something to the second.
func (l *loader) talk(a, b spec.Ref) bool {
	switch {
	case b.Kind == spec.BrokerComponent:
		return true
	case b.Kind != spec.ConsumerComponent:
		return false
	case a.Kind == spec.ProducerComponent:
		return l.doc.Producers[a.Index].Call == b.Index
	case a.Kind != spec.ConsumerComponent:
		return false
	}
	for _, h := range l.doc.Consumers[a.Index].Handlers {
		if slices.ContainsFunc(h.Steps, func(s spec.Step) bool { return s.Verb == spec.Call && s.Callee == b.Index }) {
			return true
		}
	}
	return false
}

func (l *loader) nameOf(r spec.Ref) string {
	switch r.Kind {
	case spec.ProducerComponent:
		return l.doc.Producers[r.Index].Name
	case spec.ConsumerComponent:
		return l.doc.Consumers[r.Index].Name
	}
	return "broker"
}

func (l *loader) warnUnused() {
	s := l.doc
	for i := range l.spots.declared {
		if !l.spots.emitted[i] {
			l.caution(events, i, "nobody emits this event", "a producer or a step that emits it, or nothing at all")
		}
	}
	used := make([]bool, len(s.Keys))
	for _, e := range s.Events {
		if e.Key != spec.None {
			used[e.Key] = true
		}
	}
	for i := range s.Keys {
		if !used[i] && s.Keys[i].Name != "" {
			l.caution(keySpaces, i, "no event uses this key space", "key: "+s.Keys[i].Name+", at an event")
		}
	}
}

// warnUsers finds users who act without end at one instant.
func (l *loader) warnUsers() {
	for i, p := range l.doc.Producers {
		if p.Users > 0 && alwaysZero(p.Think) && alwaysZero(l.doc.Broker.Latency.Publish) && p.To != spec.None {
			l.caution(producers, i, "its users never think and have their answer at once, so they act without end at one instant", "think: exp(5s), or a broker with latency")
		}
	}
}

// use is who takes from a channel, or gives to it as dead letters.
type use struct{ read, bound, letters bool }

func (l *loader) warnChannels() {
	uses := make([]use, len(l.doc.Broker.Channels))
	for _, k := range l.doc.Consumers {
		for _, f := range k.From {
			uses[f.Channel].read = true
		}
	}
	for _, c := range l.doc.Broker.Channels {
		for _, from := range c.From {
			uses[from].bound = true
		}
		if c.Store.DeadLetter != spec.None {
			uses[c.Store.DeadLetter].letters = true
		}
	}
	for i, u := range uses {
		l.warnChannel(i, u)
	}
}

func (l *loader) warnChannel(i int, u use) {
	c := &l.doc.Broker.Channels[i]
	switch {
	case u.read || u.letters || c.Type == spec.Bus:
	case c.Type == spec.Topic && !u.bound:
		l.finding("unrouted", channels, i, "nobody subscribes to this topic, so its events go nowhere", "from: "+c.Name+", at a consumer or a channel")
	case c.Type != spec.Topic:
		l.finding("unread", channels, i, "nobody reads this channel, so it only fills", "from: "+c.Name+", at a consumer")
	}
	if d := c.Store.Delay; c.Store.TTL > 0 && d.Kind == spec.Constant && d.Mean >= float64(c.Store.TTL) {
		l.caution(channels, i, fmt.Sprintf("its events expire after %s, before their delay of %s is over", writeNanos(c.Store.TTL), durationQuantity.write(d.Mean)), "a ttl longer than the delay")
	}
}

// mayFail says whether a consumer's attempts can fail, and whether without end.
func mayFail(c *spec.Consumer) (ever, always bool) {
	for _, h := range c.Handlers {
		for _, s := range h.Steps {
			if s.Verb == spec.Fail && s.Chance > 0 {
				ever = ever || s.FailChance > 0 || s.FailFromEvent || len(s.FailEvents) > 0
				always = always || s.FailChance > 0
			}
		}
	}
	return ever, always
}

func (l *loader) warnConsumer(i int) {
	c := &l.doc.Consumers[i]
	if len(c.Handlers) == 0 && len(c.From) > 0 {
		l.caution(consumers, i, "this consumer has nothing to do: its events are done at once", "work: exp(20ms), or handle: with steps")
	}
	ever, always := mayFail(c)
	var lossy []string
	unbounded := false
	for _, f := range c.From {
		ch := &l.doc.Broker.Channels[f.Channel]
		limited := c.Retry.Attempts != spec.Unlimited || ch.Store.MaxDeliveries != spec.Unlimited
		unbounded = unbounded || !limited
		if limited && ch.Store.DeadLetter == spec.None {
			lossy = append(lossy, ch.Name)
		}
		l.warnLease(i, ch)
		l.warnIdle(i, ch)
	}
	if always && unbounded {
		l.finding("unbounded_retry", consumers, i, "what always fails is tried without end: attempts and max_deliveries are both unlimited", "retry: {attempts: 5}, or max_deliveries at the channel")
	}
	if ever && len(lossy) > 0 && !c.Retry.ThenDrop {
		l.finding("no_dead_letter", consumers, i, fmt.Sprintf("what fails every attempt is dropped: %s has no dead_letter", listed(lossy)), "dead_letter: the name of a queue, at the channel; or then: drop, at the retry")
	}
}

// called are the consumers that somebody calls.
func called(s *spec.Scenario) map[int]bool {
	found := map[int]bool{}
	for _, p := range s.Producers {
		found[p.Call] = true
	}
	for _, c := range s.Consumers {
		for _, h := range c.Handlers {
			for _, step := range h.Steps {
				found[step.Callee] = true
			}
		}
	}
	return found
}

// warnLease compares the time for an answer with the work it takes.
func (l *loader) warnLease(i int, ch *spec.Channel) {
	if ch.Store.AckTimeout == 0 {
		return
	}
	for _, h := range l.doc.Consumers[i].Handlers {
		work := 0.0
		for _, s := range h.Steps {
			if mean, finite := luck.Mean(s.Work); finite && s.Verb == spec.Work && !s.WorkFromEvent && s.When == nil {
				work += s.Chance * mean
			}
		}
		if work > float64(ch.Store.AckTimeout) {
			l.finding("lease_too_short", consumers, i, fmt.Sprintf("its work takes %s on average, and %s delivers again after %s", durationQuantity.write(float64(int64(work))), ch.Name, writeNanos(ch.Store.AckTimeout)), "ack_timeout well above the work, at the channel")
			return
		}
	}
}

// reach is which event types get where.
type reach struct {
	s        *spec.Scenario
	words    [][]string     // of each event's name
	channels []map[int]bool // types in each channel
	asked    []map[int]bool // types each consumer is called with
	handled  [][]map[int]bool
	changed  bool
}

// handlerID is a consumer and one of its handlers.
type handlerID struct{ consumer, handler int }

// maxReach bounds the work of following events through a large scenario; what
// is larger is not warned about.
const maxReach = 1_000_000

func (l *loader) warnReach() {
	s := l.doc
	size := (len(s.Broker.Channels) + len(s.Consumers)) * len(s.Events)
	handlers := 0
	for i := range s.Consumers {
		handlers += len(s.Consumers[i].Handlers)
	}
	if size > maxReach || handlers*len(s.Events) > maxReach {
		return
	}
	r := newReach(s)
	r.run()
	for i, c := range s.Consumers {
		for j, h := range c.Handlers {
			if len(r.handled[i][j]) == 0 && h.Pattern.Text != "#" {
				l.caution(consumers, i, fmt.Sprintf("no event that reaches it matches the handler %s", quoted(h.Pattern.Text)), "it is given "+r.given(i))
			}
		}
		if missed := r.missed(i); len(missed) > 0 && len(c.Handlers) > 0 {
			l.caution(consumers, i, fmt.Sprintf("it is given %s, which no handler matches: done at once", some(missed)), "a handler for it, or a where that leaves it out")
		}
	}
	for i, c := range s.Broker.Channels {
		if len(r.channels[i]) == 0 {
			l.caution(channels, i, "nothing is ever published to "+c.Name, "to: "+c.Name+", at a producer or an emit")
		}
		if c.Type == spec.Bus {
			l.warnRules(r, i)
		}
	}
	if at, found := r.loop(); found {
		l.finding("loop", consumers, at.consumer, "what it emits comes back to it, at least one event for each: without end", "a chance below 100%, or another channel")
	}
}

func newReach(s *spec.Scenario) *reach {
	r := &reach{s: s}
	for _, e := range s.Events {
		r.words = append(r.words, strings.Split(e.Name, "."))
	}
	r.channels = make([]map[int]bool, len(s.Broker.Channels))
	for i := range r.channels {
		r.channels[i] = map[int]bool{}
	}
	for _, c := range s.Consumers {
		r.asked = append(r.asked, map[int]bool{})
		sets := make([]map[int]bool, len(c.Handlers))
		for i := range sets {
			sets[i] = map[int]bool{}
		}
		r.handled = append(r.handled, sets)
	}
	return r
}

func (r *reach) put(channel, event int) {
	if channel >= 0 && !r.channels[channel][event] {
		r.channels[channel][event] = true
		r.changed = true
	}
}

func (r *reach) ask(consumer, event int) {
	if consumer >= 0 && !r.asked[consumer][event] {
		r.asked[consumer][event] = true
		r.changed = true
	}
}

// run follows events until nothing new gets anywhere.
func (r *reach) run() {
	for _, p := range r.s.Producers {
		for _, e := range p.Emits {
			r.put(p.To, e.Value)
			r.ask(p.Call, e.Value)
		}
		for _, row := range p.Rate.Rows {
			if row.Event != spec.None {
				r.put(p.To, row.Event)
				r.ask(p.Call, row.Event)
			}
		}
	}
	for _, a := range r.s.Timeline {
		if a.Kind == spec.EmitAction {
			r.put(a.B.Index, a.Event)
		}
	}
	for range len(r.s.Events) + len(r.s.Broker.Channels) + 64 {
		r.changed = false
		r.spread()
		r.handle()
		if !r.changed {
			return
		}
	}
}

func (r *reach) spread() {
	for i := range r.s.Broker.Channels {
		c := &r.s.Broker.Channels[i]
		for _, from := range c.From {
			for e := range r.channels[from] {
				if r.mayMatch(c.Where, e) {
					r.put(i, e)
				}
			}
		}
		for e := range r.channels[i] {
			r.put(c.Store.DeadLetter, e)
			r.put(c.Otherwise, e)
			for _, rule := range c.Rules {
				for _, to := range rule.To {
					if r.mayMatch(rule.Where, e) {
						r.put(to, e)
					}
				}
			}
		}
	}
}

func (r *reach) handle() {
	for i, c := range r.s.Consumers {
		for e := range r.types(i) {
			j := r.handlerOf(&c, e)
			if j < 0 || r.handled[i][j][e] {
				continue
			}
			r.handled[i][j][e] = true
			r.changed = true
			for _, s := range c.Handlers[j].Steps {
				r.ask(s.Callee, e) // a call is about the event in hand
				for _, x := range s.Emits {
					r.put(s.To, x.Value)
				}
			}
		}
	}
}

// types are the events a consumer is given, or called with.
func (r *reach) types(consumer int) map[int]bool {
	out := maps.Clone(r.asked[consumer])
	for _, f := range r.s.Consumers[consumer].From {
		for e := range r.channels[f.Channel] {
			if r.mayMatch(f.Where, e) {
				out[e] = true
			}
		}
	}
	return out
}

func (r *reach) handlerOf(c *spec.Consumer, event int) int {
	return slices.IndexFunc(c.Handlers, func(h spec.Handler) bool { return matchWords(h.Pattern.Words, r.words[event]) })
}

func (r *reach) missed(consumer int) []string {
	var names []string
	for e := range r.types(consumer) {
		if r.handlerOf(&r.s.Consumers[consumer], e) < 0 {
			names = append(names, r.s.Events[e].Name)
		}
	}
	slices.Sort(names)
	return names
}

func (r *reach) given(consumer int) string {
	var names []string
	for e := range r.types(consumer) {
		names = append(names, r.s.Events[e].Name)
	}
	if len(names) == 0 {
		return "nothing"
	}
	slices.Sort(names)
	return some(names)
}

// mayMatch says whether an event of a type can pass a filter, whatever its
// fields are.
func (r *reach) mayMatch(f *spec.Filter, event int) bool {
	if f == nil {
		return true
	}
	for _, t := range f.Tests {
		if t.Attribute == spec.TypeAttribute && !r.typeMatches(&t.Match, event) {
			return false
		}
	}
	return len(f.Any) == 0 || slices.ContainsFunc(f.Any, func(a spec.Filter) bool { return r.mayMatch(&a, event) })
}

func (r *reach) typeMatches(m *spec.Match, event int) bool {
	name := r.s.Events[event].Name
	switch m.Kind {
	case spec.EqualMatch:
		return m.Value.Text == name
	case spec.NotEqualMatch:
		return m.Value.Text != name
	case spec.PatternMatch:
		return matchWords(m.Pattern.Words, r.words[event])
	case spec.NotMatch:
		return !r.typeMatches(&m.Of[0], event)
	case spec.ExistsMatch:
		return m.Exists
	case spec.PrefixMatch:
		return strings.HasPrefix(name, m.Value.Text)
	case spec.SuffixMatch:
		return strings.HasSuffix(name, m.Value.Text)
	case spec.IgnoreCaseMatch:
		return strings.EqualFold(name, m.Value.Text)
	case spec.AnyMatch:
		return slices.ContainsFunc(m.Of, func(o spec.Match) bool { return r.typeMatches(&o, event) })
	}
	return false // a comparison with a number
}
