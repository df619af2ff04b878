package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// askBreak asks for a condition to halt at; nothing takes all breakpoints away.
func (m *model) askBreak() tea.Cmd {
	m.screen.dialog = &prompt{
		heading: "halt when", about: m.frame.World.breakExamples() + "; empty takes all away",
		done: func(m *model, text string) tea.Cmd {
			if text == "" {
				m.driver.ask(func(d *driver) { d.breaks, d.traps = nil, nil; d.attend() })
				return m.say("no breakpoints")
			}
			t, err := m.trapOf(text)
			if t != nil {
				m.driver.ask(func(d *driver) { d.traps = append(d.traps, t); d.attend() })
				return m.say("halts when %s", text)
			}
			var b *breakpoint
			if err == nil {
				b, err = m.breakpoint(text)
			}
			if err != nil {
				return m.refuse("%s", err)
			}
			m.driver.ask(func(d *driver) { d.breaks = append(d.breaks, b) })
			return m.say("halts when %s", text)
		},
	}
	return nil
}

// breakExamples are conditions in the names of the scenario.
func (w *World) breakExamples() string {
	var list []string
	if ch := w.Spec.Broker.Channels; len(ch) > 0 {
		list = append(list, "channels."+ch[0].Name+".depth > 100")
	}
	if c := w.Spec.Consumers; len(c) > 0 {
		list = append(list, c[0].Name+" fails")
		if e := w.Spec.Events; len(e) > 0 {
			list = append(list, "an event type such as "+e[0].Name, e[0].Name+" at "+c[0].Name)
		}
	}
	return strings.Join(list, ", ")
}

// cutWord cuts a word off the end of a text.
func cutWord(text, word string) (rest string, ok bool) {
	rest, ok = strings.CutSuffix(text, " "+word)
	return strings.TrimSpace(rest), ok
}

// cutAt cuts "order.paid at packing" into its two parts.
func cutAt(text string) (what, where string, ok bool) {
	what, where, ok = strings.Cut(text, " at ")
	return strings.TrimSpace(what), strings.TrimSpace(where), ok
}

var measures = map[string]func(*Point) float64{
	"depth": func(p *Point) float64 { return p.Level }, "waiting": func(p *Point) float64 { return p.Level },
	"in_hand": func(p *Point) float64 { return p.Leased }, "busy": func(p *Point) float64 { return p.Leased },
	"instances": func(p *Point) float64 { return p.Level }, "failed": func(p *Point) float64 { return p.Failed },
	"done": func(p *Point) float64 { return p.Out }, "in": func(p *Point) float64 { return p.In },
}

// breakpoint reads a condition: a component's measure above a number.
func (m *model) breakpoint(text string) (*breakpoint, error) {
	left, right, ok := strings.Cut(text, ">")
	over := number(strings.TrimSpace(right))
	if !ok || over != over {
		return nil, fmt.Errorf("%q is neither a condition such as channels.payments.depth > 100 nor an event type", text)
	}
	path := strings.TrimSpace(left)
	name, measure := path, "depth"
	if i := strings.LastIndexByte(path, '.'); i >= 0 && m.named(path) < 0 {
		name, measure = path[:i], path[i+1:]
	}
	node, of := m.named(name), measures[measure]
	switch {
	case node < 0:
		return nil, fmt.Errorf("there is no component %q", name)
	case of == nil:
		return nil, fmt.Errorf("%q is no measure; there are depth, in_hand, busy, instances, failed, done and in", measure)
	}
	return &breakpoint{Text: text, Node: node, Of: of, Over: over, held: of(&m.frame.Points[node]) > over}, nil
}
