package tui

import (
	"strings"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/graph"
)

// World is what does not change while a scenario runs: its components, what
// flows between them, and which steps of events travel along which edge.
type World struct {
	Spec  *spec.Scenario
	Nodes []Node
	Edges []Edge

	// What each step at each component moves along, -1 for nothing.
	published, leased, started, enqueued, dead, called []int
	emitted                                            map[[2]int32]int // by consumer's component and event type
	subs                                               []sub
	calls                                              bool // somebody calls somebody
}

// Node is a component as it is drawn.
type Node struct {
	Name      string
	Kind      graph.NodeKind
	Index     int   // into its list of the scenario
	Component int32 // as in records
}

// Edge is a way that events go.
type Edge struct {
	From, To int // nodes
	Kind     graph.EdgeKind
	Label    string
}

// store says whose a store of the snapshot is.
type store struct{ channel, consumer int } // consumer -1: the channel's own

type sub struct{ channel, consumer int }

// NewWorld describes a scenario.
func NewWorld(sc *spec.Scenario) *World {
	w := &World{Spec: sc, emitted: map[[2]int32]int{}}
	w.addNodes()
	n := len(w.Nodes) + len(w.subs) + 1
	for _, list := range []*[]int{&w.published, &w.leased, &w.started, &w.enqueued, &w.dead, &w.called} {
		*list = make([]int, n)
		for i := range *list {
			(*list)[i] = -1
		}
	}
	w.addProducerEdges()
	w.addChannelEdges()
	w.addConsumerEdges()
	for _, e := range w.Edges {
		w.calls = w.calls || e.Kind == graph.Call
	}
	return w
}

func (w *World) addNodes() {
	sc := w.Spec
	for i := range sc.Producers {
		w.Nodes = append(w.Nodes, Node{sc.Producers[i].Name, graph.Source, i, int32(len(w.Nodes))})
	}
	for i := range sc.Broker.Channels {
		w.Nodes = append(w.Nodes, Node{sc.Broker.Channels[i].Name, graph.Channel, i, int32(len(w.Nodes))})
	}
	for ch := range sc.Broker.Channels {
		if !w.fansOut(ch) {
			continue
		}
		for c := range sc.Consumers {
			for _, from := range sc.Consumers[c].From {
				if from.Channel == ch {
					w.subs = append(w.subs, sub{ch, c})
				}
			}
		}
	}
	first := int32(len(w.Nodes) + len(w.subs))
	for i := range sc.Consumers {
		w.Nodes = append(w.Nodes, Node{sc.Consumers[i].Name, graph.Worker, i, first + int32(i)})
	}
}

// fansOut says whether each consumer of a channel has a subscription of its own.
func (w *World) fansOut(channel int) bool {
	t := w.Spec.Broker.Channels[channel].Type
	return t == spec.Topic || t == spec.Stream
}

// Node numbers of the three kinds.
func (w *World) producer(i int) int { return i }
func (w *World) channel(i int) int  { return len(w.Spec.Producers) + i }
func (w *World) consumer(i int) int {
	return len(w.Spec.Producers) + len(w.Spec.Broker.Channels) + i
}

// nodeOf is the node of a record's component; -1 for the run itself. A
// subscription belongs to its topic.
func (w *World) nodeOf(component int32) int {
	channels := len(w.Spec.Producers) + len(w.Spec.Broker.Channels)
	switch c := int(component); {
	case c < 0:
		return -1
	case c < channels:
		return c
	case c < channels+len(w.subs):
		return w.channel(w.subs[c-channels].channel)
	case c-len(w.subs) < len(w.Nodes):
		return c - len(w.subs)
	}
	return -1
}

// ownerOf is the channel of a store's component, and the consumer whose
// subscription it is, -1 for a channel's own.
func (w *World) ownerOf(component int32) store {
	first := len(w.Spec.Producers)
	if i := int(component) - first - len(w.Spec.Broker.Channels); i >= 0 && i < len(w.subs) {
		return store{w.subs[i].channel, w.subs[i].consumer}
	}
	return store{int(component) - first, -1}
}

// Path is a node's name in the result document, such as consumers.payment.
func (w *World) Path(node int) string {
	n := w.Nodes[node]
	return [...]string{"producers.", "channels.", "consumers."}[n.Kind] + n.Name
}

// NodeAt is the node with a path of the result document, -1 for none. A
// subscription's is that of its consumer.
func (w *World) NodeAt(path string) int {
	for i := range w.Nodes {
		if w.Path(i) == path {
			return i
		}
	}
	if rest, ok := strings.CutPrefix(path, "subscriptions."); ok {
		for _, s := range w.subs {
			if rest == w.Spec.Broker.Channels[s.channel].Name+"/"+w.Spec.Consumers[s.consumer].Name {
				return w.consumer(s.consumer)
			}
		}
	}
	return -1
}

// subscribes says whether a path of the result document is that of a
// subscription to a channel.
func (w *World) subscribes(path string, node int) bool {
	n := w.Nodes[node]
	return n.Kind == graph.Channel && strings.HasPrefix(path, "subscriptions."+n.Name+"/")
}

func (w *World) edge(from, to int, kind graph.EdgeKind, label string) int {
	for i, e := range w.Edges {
		if e.From == from && e.To == to && e.Kind == kind {
			if label != "" && !strings.Contains(e.Label, label) {
				w.Edges[i].Label += " " + label
			}
			return i
		}
	}
	w.Edges = append(w.Edges, Edge{from, to, kind, label})
	return len(w.Edges) - 1
}

func (w *World) addProducerEdges() {
	for i := range w.Spec.Producers {
		p := &w.Spec.Producers[i]
		node := w.producer(i)
		if p.To != spec.None {
			w.published[w.Nodes[node].Component] = w.edge(node, w.channel(p.To), graph.Flow, "")
		}
		if p.Call != spec.None {
			w.called[w.Nodes[node].Component] = w.edge(node, w.consumer(p.Call), graph.Call, "")
		}
	}
}

func (w *World) addChannelEdges() {
	channels := w.Spec.Broker.Channels
	copied := func(from, to int) {
		at := w.Nodes[w.channel(to)].Component
		e := w.edge(w.channel(from), w.channel(to), graph.Copy, "")
		if w.enqueued[at] < 0 {
			w.enqueued[at] = e
		}
	}
	for i := range channels {
		for _, from := range channels[i].From {
			copied(from, i)
		}
		for _, rule := range channels[i].Rules {
			for _, to := range rule.To {
				copied(i, to)
			}
		}
		if channels[i].Type == spec.Bus && channels[i].Otherwise != spec.None {
			copied(i, channels[i].Otherwise)
		}
	}
	for i := range channels {
		if dl := channels[i].Store.DeadLetter; dl != spec.None && dl != i && channels[i].Type != spec.Bus {
			w.dead[w.Nodes[w.channel(i)].Component] = w.edge(w.channel(i), w.channel(dl), graph.Dead, "")
		}
	}
	for i, s := range w.subs {
		component := len(w.Spec.Producers) + len(channels) + i
		w.dead[component] = w.dead[w.Nodes[w.channel(s.channel)].Component]
	}
}

func (w *World) addConsumerEdges() {
	readers := make([]int, len(w.Spec.Broker.Channels))
	for c := range w.Spec.Consumers {
		for _, from := range w.Spec.Consumers[c].From {
			readers[from.Channel]++
		}
	}
	for c := range w.Spec.Consumers {
		k := &w.Spec.Consumers[c]
		node := w.consumer(c)
		for _, from := range k.From {
			e := w.edge(w.channel(from.Channel), node, graph.Flow, "")
			switch {
			case w.fansOut(from.Channel):
				for i, s := range w.subs {
					if s.channel == from.Channel && s.consumer == c {
						w.leased[len(w.Spec.Producers)+len(w.Spec.Broker.Channels)+i] = e
					}
				}
			case readers[from.Channel] == 1:
				w.leased[w.Nodes[w.channel(from.Channel)].Component] = e
			default:
				w.started[w.Nodes[node].Component] = e
			}
		}
		w.addStepEdges(node, k)
	}
}

// addStepEdges adds what a consumer's handlers emit and call.
func (w *World) addStepEdges(node int, k *spec.Consumer) {
	component := w.Nodes[node].Component
	for _, h := range k.Handlers {
		for _, s := range h.Steps {
			switch s.Verb {
			case spec.Emit:
				for _, choice := range s.Emits {
					e := w.edge(node, w.channel(s.To), graph.Emit, w.Spec.Events[choice.Value].Name)
					w.emitted[[2]int32{component, int32(choice.Value)}] = e
				}
			case spec.Call:
				w.called[component] = w.edge(node, w.consumer(s.Callee), graph.Call, "")
			}
		}
	}
}

// edgeOf is the edge along which a recorded step sends an event, -1 for none.
func (w *World) edgeOf(r *sim.Record) int {
	if r.Component < 0 || int(r.Component) >= len(w.published) {
		return -1
	}
	switch r.What {
	case sim.Published:
		if e := w.published[r.Component]; e >= 0 {
			return e
		}
		if e, ok := w.emitted[[2]int32{r.Component, r.Type}]; ok {
			return e
		}
	case sim.Enqueued:
		return w.enqueued[r.Component]
	case sim.Leased:
		return w.leased[r.Component]
	case sim.Started:
		return w.started[r.Component]
	case sim.DeadLettered:
		return w.dead[r.Component]
	case sim.Called:
		return w.called[r.Component]
	}
	return -1
}
