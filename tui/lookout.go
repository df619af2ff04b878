package tui

import (
	"fmt"

	"eddy/sim"
	"eddy/tui/graph"
)

// lookout is what somebody waits for in the records of a run: the next step of
// some kind, a step at which to halt, or the steps of the family that is
// followed. A run that nobody waits in has none, so that it costs nothing.
type lookout struct {
	wanted func(*sim.Record) bool // the next of these; nil for none
	found  *sim.Record            // the first that was

	traps  []*trap
	caught *trap // the first trap that was sprung since it was last taken away
	at     int64 // when

	family *Family // the family that is followed; nil for none
}

// trap halts a run at the first step of a kind.
type trap struct {
	Text string
	On   func(*World, *sim.Record) bool
}

func (l *lookout) look(w *World, r *sim.Record) {
	if l.wanted != nil && l.found == nil && l.wanted(r) {
		found := *r
		l.found = &found
	}
	if l.caught == nil {
		for _, t := range l.traps {
			if t.On(w, r) {
				l.caught, l.at = t, r.At
				break
			}
		}
	}
	if f := l.family; f != nil && r.Root == f.Root {
		if len(f.Steps) == 0 {
			f.Type, f.Key, f.Created = r.Type, r.Key, r.Created
		}
		f.take(w, r)
	}
}

// trapOf reads a breakpoint on a step: a component that fails, or an event
// type, which may be said to come to a component. It is nil when the text is
// neither.
func (m *model) trapOf(text string) (*trap, error) {
	if name, ok := cutWord(text, "fails"); ok {
		node := m.named(name)
		if node < 0 {
			return nil, fmt.Errorf("there is no component %q", name)
		}
		return &trap{Text: text, On: func(w *World, r *sim.Record) bool {
			return w.nodeOf(r.Component) == node && failure(r.What)
		}}, nil
	}
	typ, place, at := text, "", -1
	if left, right, ok := cutAt(text); ok {
		typ, place = left, right
		if at = m.named(place); at < 0 {
			return nil, fmt.Errorf("there is no component %q", place)
		}
	}
	for i := range m.frame.spec().Events {
		if m.frame.spec().Events[i].Name == typ {
			return &trap{Text: text, On: func(w *World, r *sim.Record) bool {
				return int(r.Type) == i && arrives(w, r, at)
			}}, nil
		}
	}
	if at >= 0 {
		return nil, fmt.Errorf("there is no event type %q", typ)
	}
	return nil, nil
}

// failure says whether a step is a failure of the component where it happens.
func failure(w sim.What) bool {
	switch w {
	case sim.FailedAttempt, sim.TimedOut, sim.Refused, sim.Rejected, sim.DeadLettered, sim.Dropped, sim.Expired, sim.Lost, sim.Crashed:
		return true
	}
	return false
}

// arrives says whether an event comes to a node with a step: it is created by
// a producer, comes into a channel, is begun by a consumer. With node -1 it is
// created, wherever that is.
func arrives(w *World, r *sim.Record, node int) bool {
	if node < 0 {
		return r.What == sim.Created
	}
	if w.nodeOf(r.Component) != node {
		return false
	}
	switch w.Nodes[node].Kind {
	case graph.Source:
		return r.What == sim.Created
	case graph.Channel:
		return r.What == sim.Enqueued
	}
	return r.What == sim.Started
}
