package tui

import (
	"cmp"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// ref names a node in an action.
func (w *World) ref(node int) spec.Ref {
	n := w.Nodes[node]
	kind := [...]spec.ComponentKind{graph.Source: spec.ProducerComponent, graph.Channel: spec.ChannelComponent, graph.Worker: spec.ConsumerComponent}[n.Kind]
	return spec.Ref{Kind: kind, Index: n.Index}
}

// chosenOf is the chosen node if it is of one of the kinds; otherwise it says
// what is to be done first.
func (m *model) chosenOf(what string, kinds ...graph.NodeKind) (int, bool) {
	node := m.screen.Chosen
	switch {
	case node < 0:
		m.refuse("choose a %s first: ↑ and ↓, or a click", what)
		return 0, false
	case !slices.Contains(kinds, m.frame.World.Nodes[node].Kind):
		m.refuse("%s is none: choose a %s first", m.frame.World.Nodes[node].Name, what)
		return 0, false
	}
	if m.frame.Over() || m.now() >= m.frame.spec().Duration {
		m.refuse("the run is over; ← goes back to where a change still matters")
		return 0, false
	}
	return node, true
}

// now is the moment at which a change is made: the present one while paused,
// else the next whole millisecond, which reads better in the file.
func (m *model) now() int64 {
	at := m.at()
	if m.frame.Paused {
		return at
	}
	return (at + spec.Millisecond - 1) / spec.Millisecond * spec.Millisecond
}

// add adds an entry to the timeline at the present moment.
func (m *model) add(a spec.Action) tea.Cmd {
	a.At = m.now()
	m.fork(append(m.kept(a.At), a), a.At)
	return m.say("%s; u takes it back, w writes it down", actionText(m.frame.spec(), &a))
}

// kept are the changes made live up to a moment: a change made in the past
// begins another future.
func (m *model) kept(at int64) []spec.Action {
	return slices.DeleteFunc(slices.Clone(m.live), func(a spec.Action) bool { return a.At > at })
}

// fork runs the scenario with other changes from the start to a moment.
func (m *model) fork(live []spec.Action, at int64) {
	m.undos = append(m.undos, version{m.base, m.live})
	m.live = live
	m.rerun(at)
}

// rerun runs what there is now from the start to a moment.
func (m *model) rerun(at int64) {
	m.unsaved = len(m.undos) > 0
	sc, added := withTimeline(m.base, m.live), len(m.live)
	future := int64(0)
	if m.furthest > at+spec.Second {
		future = m.furthest
	}
	m.furthest = at
	m.driver.bound.Store(at)
	m.driver.ask(func(d *driver) {
		d.added = added
		if future > 0 {
			d.future = future // else that of an earlier change may still be seen
		}
		d.redo(sc, at)
		d.arrived(at)
	})
}

// withTimeline is a scenario with more entries in its timeline, where they
// stand in a file that is read again: in the order of time, after those of the
// same moment.
func withTimeline(base *spec.Scenario, live []spec.Action) *spec.Scenario {
	sc := *base
	sc.Timeline = append(slices.Clone(base.Timeline), live...)
	slices.SortStableFunc(sc.Timeline, func(a, b spec.Action) int { return cmp.Compare(a.At, b.At) })
	return &sc
}

// action is an entry with what a file leaves to its defaults.
func action(kind spec.ActionKind, ref spec.Ref) spec.Action {
	return spec.Action{Kind: kind, A: ref, Count: 1, Chance: 1, Event: spec.None}
}

func (m *model) scale(by int) tea.Cmd {
	node, ok := m.chosenOf("consumer", graph.Worker)
	if !ok {
		return nil
	}
	consumer := m.frame.World.Nodes[node].Index
	a := action(spec.ScaleAction, m.frame.World.ref(node))
	a.Count = m.frame.wanted(consumer) + by
	if a.Count < 0 {
		return m.refuse("it has no instance left")
	}
	return m.add(a)
}

func (m *model) speedUp(up bool) tea.Cmd {
	node, ok := m.chosenOf("producer or consumer", graph.Source, graph.Worker)
	if !ok {
		return nil
	}
	kind, more := spec.SurgeAction, up
	if m.frame.World.Nodes[node].Kind == graph.Worker {
		kind, more = spec.SlowAction, !up
	}
	a := action(kind, m.frame.World.ref(node))
	if a.Times = 0.8; more {
		a.Times = 1.25
	}
	return m.add(a)
}

func (m *model) crashOne(all bool) tea.Cmd {
	node, ok := m.chosenOf("consumer", graph.Worker)
	if !ok {
		return nil
	}
	a := action(spec.CrashAction, m.frame.World.ref(node))
	if all {
		a.All, a.Count = true, 0
	}
	return m.add(a)
}

// cut cuts a component off the broker, or mends what was cut live.
func (m *model) cut() tea.Cmd {
	node, ok := m.chosenOf("producer or consumer", graph.Source, graph.Worker)
	if !ok {
		return nil
	}
	ref, at := m.frame.World.ref(node), m.now()
	live := m.kept(at)
	for i := range live {
		if a := &live[i]; a.Kind == spec.CutAction && a.A == ref && a.For == 0 && a.At < at {
			a.For = at - a.At
			m.fork(live, at)
			return m.say("%s is connected again", refName(m.frame.spec(), ref))
		}
	}
	a := action(spec.CutAction, ref)
	a.B = spec.Ref{Kind: spec.BrokerComponent}
	return m.add(a)
}

func (m *model) pauseChosen() tea.Cmd {
	node, ok := m.chosenOf("producer or consumer", graph.Source, graph.Worker)
	if !ok {
		return nil
	}
	ref := m.frame.World.ref(node)
	begin, end := spec.PauseAction, spec.ResumeAction
	if ref.Kind == spec.ProducerComponent {
		begin, end = spec.StopAction, spec.StartAction
	}
	stands := false
	for _, a := range m.kept(m.now()) {
		if a.A == ref && (a.Kind == begin || a.Kind == end) {
			stands = a.Kind == begin
		}
	}
	if stands {
		return m.add(action(end, ref))
	}
	return m.add(action(begin, ref))
}

// inject adds one event of the kind that comes to the chosen channel, or that
// the chosen producer emits.
func (m *model) inject() tea.Cmd {
	node, ok := m.chosenOf("producer or channel", graph.Source, graph.Channel)
	if !ok {
		return nil
	}
	event, channel := m.frame.World.usual(node)
	if event == spec.None || channel == spec.None {
		return m.refuse("nothing is known to be published there")
	}
	a := action(spec.EmitAction, spec.Ref{})
	a.Event, a.B = event, spec.Ref{Kind: spec.ChannelComponent, Index: channel}
	return m.add(a)
}

// usual is the event type and the channel of what a producer publishes, or of
// what comes to a channel, directly or by way of another.
func (w *World) usual(node int) (event, channel int) {
	n := w.Nodes[node]
	if n.Kind == graph.Source {
		p := &w.Spec.Producers[n.Index]
		if len(p.Emits) == 0 {
			return spec.None, p.To
		}
		return p.Emits[0].Value, p.To
	}
	for i := range w.Spec.Producers {
		if p := &w.Spec.Producers[i]; p.To == n.Index && len(p.Emits) > 0 {
			return p.Emits[0].Value, n.Index
		}
	}
	for c := range w.Spec.Consumers {
		for _, h := range w.Spec.Consumers[c].Handlers {
			for _, s := range h.Steps {
				if s.Verb == spec.Emit && s.To == n.Index && len(s.Emits) > 0 {
					return s.Emits[0].Value, n.Index
				}
			}
		}
	}
	for _, from := range w.Spec.Broker.Channels[n.Index].From {
		if event, _ := w.usual(w.channel(from)); event != spec.None {
			return event, n.Index
		}
	}
	return spec.None, spec.None
}

// fix tries the change that the chosen finding proposes.
func (m *model) fix() tea.Cmd {
	x := m.screen.finding(m.frame)
	if x == nil || len(x.Change) == 0 {
		return m.refuse("this finding proposes no change; F chooses the next")
	}
	set, predicted := x.Change, x.Predicted
	if m.options.Apply == nil {
		return m.refuse("this scenario cannot be changed from here")
	}
	sc, err := m.options.Apply(m.base, m.screen.Name, append(slices.Clone(m.base.Set), set...))
	if err != nil {
		return m.refuse("%s", err)
	}
	live, err := m.onto(sc)
	if err != nil {
		return m.refuse("%s", err)
	}
	m.undos = append(m.undos, version{m.base, m.live})
	m.base, m.live = sc, live
	m.rerun(m.at())
	if predicted != "" {
		predicted = ", predicted " + predicted
	}
	return m.say("with %s from the start%s; u takes it back", tried(set), predicted)
}

// tried is a change in one line: the first setting, and how many more.
func tried(set []spec.Setting) string {
	text := set[0].Path + "=" + set[0].Value
	if len(set) > 1 {
		text += fmt.Sprintf(" and %d more", len(set)-1)
	}
	return text
}

// tryLine is a change that a finding proposes, and what it should come to, in w
// cells: where they are too few, it is the beginning of the path that is cut.
func tryLine(x *sim.Finding, w int) draw.Line {
	const try = "try "
	arrow := ""
	if x.Predicted != "" {
		arrow = " → " + x.Predicted
	}
	text := tried(x.Change)
	least := draw.Width(x.Change[0].Value) + 12
	if room := w - len(try) - draw.Width(arrow); draw.Width(text) > room && room >= least {
		text = draw.CutLeft(text, room)
	}
	line := draw.Line{{Text: try, Style: draw.Dim}, {Text: text, Style: draw.Accent}}
	if arrow != "" {
		line = append(line, draw.Span{Text: arrow, Style: draw.Good})
	}
	return line
}

// onto are the changes made live as entries for another scenario: what a set
// makes of it has to be worked out anew.
func (m *model) onto(base *spec.Scenario) ([]spec.Action, error) {
	live := slices.Clone(m.live)
	for i := range live {
		a := &live[i]
		if a.Kind != spec.SetAction {
			continue
		}
		again, err := m.options.SetLive(base, m.screen.Name, a.Path, a.Value)
		if err != nil {
			return nil, fmt.Errorf("%s was set, and with this: %w", a.Path, err)
		}
		again.At, again.For, again.Value = a.At, a.For, a.Value
		*a = again
	}
	return live, nil
}

func (m *model) undo() tea.Cmd {
	if len(m.undos) == 0 {
		return m.refuse("nothing was changed")
	}
	last := m.undos[len(m.undos)-1]
	m.undos = m.undos[:len(m.undos)-1]
	what := ""
	if n := len(m.live); n > len(last.live) || last.base != m.base {
		what = ": the change from the start"
		if last.base == m.base {
			what = ": " + actionText(m.base, &m.live[n-1])
		}
	}
	m.base, m.live = last.base, last.live
	m.rerun(m.at())
	return m.say("taken back%s", what)
}
