package tui

import (
	"fmt"
	"io"
	"strings"

	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// WriteGraph writes what flows where in a scenario: as text or svg drawn in
// width columns (0: as many as it likes), or in the languages of Mermaid and
// Graphviz.
func WriteGraph(w io.Writer, sc *spec.Scenario, format, theme string, width int) error {
	world := NewWorld(sc)
	switch format {
	case "mermaid":
		_, err := io.WriteString(w, mermaid(world))
		return err
	case "dot":
		_, err := io.WriteString(w, dot(world))
		return err
	}
	g, ok := graphGrid(world, width)
	if !ok {
		return fmt.Errorf("the graph does not fit %d columns; a larger --width, or --format dot", width)
	}
	if format == "svg" {
		t, known := draw.ThemeNamed(theme)
		if !known {
			t = &draw.Light
		}
		return draw.SVG(w, g, t, sc.Name)
	}
	_, err := io.WriteString(w, g.String()+"\n")
	return err
}

// graphGrid draws the graph with what is known before a run.
func graphGrid(w *World, width int) (draw.Grid, bool) {
	plain := flowGraph(w)
	for i := range plain.Nodes {
		n := &plain.Nodes[i]
		n.Body = min(n.Body, 1)
		n.Width = max(20, draw.Width(n.Title)+draw.Width(n.Note)+8, draw.Width(nodeLine(w, i))+4)
		n.MinWidth = min(n.Width, 20)
		if n.Kind == graph.Worker {
			n.Note = "×" + draw.Count(int64(w.Spec.Consumers[w.Nodes[i].Index].Instances))
		}
		if w.graveyard(i) {
			n.Note = "dead letters"
		}
	}
	for i := range plain.Edges {
		plain.Edges[i].Label = w.Edges[i].Label
	}
	l, ok := graph.Lay(plain, width, 0)
	if !ok {
		return draw.Grid{}, false
	}
	g := draw.New(l.W, l.H)
	l.Draw(g, nil, func(box int, in draw.Grid) {
		if m := l.Boxes[box].Members; len(m) == 1 {
			in.TextIn(1, 0, in.W()-2, nodeLine(w, m[0]), draw.Dim, draw.Left)
		}
	})
	l.Labels(g)
	return g, true
}

// nodeLine is what a scenario says of a component, in a few words.
func nodeLine(w *World, node int) string {
	n := w.Nodes[node]
	switch n.Kind {
	case graph.Source:
		p := &w.Spec.Producers[n.Index]
		if r := p.Rate.Rate; r.Events > 0 {
			return arrivals(p) + "  " + draw.Rate(r.PerSecond()*float64(max(1, p.Instances)))
		}
		return arrivals(p)
	case graph.Channel:
		if c := w.Spec.Broker.Channels[n.Index].Store.Capacity; c != spec.Unlimited {
			return "holds " + draw.Count(int64(c))
		}
		return ""
	}
	if c := w.Spec.Consumers[n.Index].Concurrency; c != 1 {
		return limitText(c) + " at once each"
	}
	return ""
}

// mermaid is the graph as a Mermaid flowchart.
func mermaid(w *World) string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i, n := range w.Nodes {
		left, right := "[", "]"
		switch n.Kind {
		case graph.Source:
			left, right = "([", "])"
		case graph.Channel:
			left, right = "[(", ")]"
		}
		fmt.Fprintf(&b, "  n%d%s\"%s\"%s\n", i, left, strings.NewReplacer(`"`, "#quot;", "\n", " ").Replace(n.Name), right)
	}
	for _, e := range w.Edges {
		arrow := "-->"
		switch e.Kind {
		case graph.Emit, graph.Dead:
			arrow = "-.->"
		case graph.Call:
			arrow = "<-->"
		}
		label := e.Label
		if e.Kind == graph.Dead {
			label = "dead letters"
		}
		if label != "" {
			arrow += `|"` + strings.ReplaceAll(label, `"`, "#quot;") + `"|`
		}
		fmt.Fprintf(&b, "  n%d %s n%d\n", e.From, arrow, e.To)
	}
	return b.String()
}

// dot is the graph in Graphviz's language.
func dot(w *World) string {
	var b strings.Builder
	quote := func(s string) string {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
	}
	fmt.Fprintf(&b, "digraph %s {\n  rankdir=LR\n  node [fontname=\"sans-serif\"]\n", quote(w.Spec.Name))
	shapes := [...]string{graph.Source: "ellipse", graph.Channel: "cylinder", graph.Worker: "box"}
	for i, n := range w.Nodes {
		fmt.Fprintf(&b, "  n%d [label=%s shape=%s]\n", i, quote(n.Name), shapes[n.Kind])
	}
	for _, e := range w.Edges {
		style, label := "solid", e.Label
		switch e.Kind {
		case graph.Emit:
			style = "dashed"
		case graph.Dead:
			style, label = "dotted", "dead letters"
		case graph.Call:
			style = "bold"
		}
		fmt.Fprintf(&b, "  n%d -> n%d [style=%s label=%s]\n", e.From, e.To, style, quote(label))
	}
	b.WriteString("}\n")
	return b.String()
}
