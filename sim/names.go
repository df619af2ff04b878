package sim

import (
	"slices"
	"strconv"

	"eddy/sim/spec"
)

// Names turns the indices of records into names. Components are numbered:
// producers, channels, subscriptions (topic by topic, consumer by consumer),
// consumers, each in the scenario's order; the last is the run itself.
type Names struct {
	sc        *spec.Scenario
	full      []string
	bare      []string
	subs      []subscription
	texts     *texts
	consumers int32  // index of the first consumer
	streamed  []bool // by component: it is of a stream, or reads one
}

// subscription is one consumer's share of a topic.
type subscription struct {
	channel, consumer, source int // source: index into the consumer's From
}

func newNames(sc *spec.Scenario) *Names {
	n := &Names{sc: sc, subs: subscriptions(sc)}
	add := func(group, name string, streamed bool) {
		n.streamed = append(n.streamed, streamed)
		n.full = append(n.full, group+"."+name)
		n.bare = append(n.bare, name)
	}
	for i := range sc.Producers {
		add("producers", sc.Producers[i].Name, false)
	}
	for i := range sc.Broker.Channels {
		add("channels", sc.Broker.Channels[i].Name, sc.Broker.Channels[i].Type == spec.Stream)
	}
	for _, s := range n.subs {
		add("subscriptions", subscriptionName(sc, s), sc.Broker.Channels[s.channel].Type == spec.Stream)
	}
	n.consumers = int32(len(n.full))
	for i := range sc.Consumers {
		add("consumers", sc.Consumers[i].Name, slices.ContainsFunc(sc.Consumers[i].From, func(f spec.Source) bool {
			return sc.Broker.Channels[f.Channel].Type == spec.Stream
		}))
	}
	n.full = append(n.full, "run")
	n.bare = append(n.bare, "run")
	n.streamed = append(n.streamed, false)
	return n
}

func subscriptionName(sc *spec.Scenario, s subscription) string {
	return sc.Broker.Channels[s.channel].Name + "/" + sc.Consumers[s.consumer].Name
}

// subscriptions lists a scenario's subscriptions to topics, ordered by topic
// and then by consumer.
func subscriptions(sc *spec.Scenario) []subscription {
	byChannel := make([][]subscription, len(sc.Broker.Channels))
	for c := range sc.Consumers {
		for i, from := range sc.Consumers[c].From {
			if t := sc.Broker.Channels[from.Channel].Type; t == spec.Topic || t == spec.Stream {
				byChannel[from.Channel] = append(byChannel[from.Channel], subscription{from.Channel, c, i})
			}
		}
	}
	var all []subscription
	for _, subs := range byChannel {
		all = append(all, subs...)
	}
	return all
}

func (n *Names) count() int    { return len(n.full) }
func (n *Names) engine() int32 { return int32(len(n.full) - 1) }

// Component is a component's path in the result document, such as
// "consumers.payment".
func (n *Names) Component(i int32) string { return n.full[i] }

// Source is a component's own name, as in event ids.
func (n *Names) Source(i int32) string { return n.bare[i] }

// Type is the name of an event type.
func (n *Names) Type(i int32) string { return n.sc.Events[i].Name }

// Key is the text of an event's key; it is false for none.
func (n *Names) Key(_ int32, key int64) (string, bool) {
	switch {
	case key < 0:
		return "", false
	case key >= textKeys:
		return n.texts.list[key-textKeys], true
	}
	return strconv.FormatInt(key, 10), true
}

// Event is the id of an event, "source:number"; it is false for none.
func (n *Names) Event(id EventID) (string, bool) {
	if id.Source == NoEvent {
		return "", false
	}
	return n.bare[id.Source] + ":" + strconv.FormatInt(id.Number, 10), true
}

// textKeys is the first key that stands for a recorded text.
const textKeys = 1 << 62

// texts numbers the texts that replayed events have for keys.
type texts struct {
	list  []string
	index map[string]int64
}

func (t *texts) key(s string) int64 {
	if i, ok := t.index[s]; ok {
		return i
	}
	if t.index == nil {
		t.index = map[string]int64{}
	}
	k := textKeys + int64(len(t.list))
	t.list = append(t.list, s)
	t.index[s] = k
	return k
}
