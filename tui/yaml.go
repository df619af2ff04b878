package tui

import (
	"strings"

	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// section is a component's part of a scenario's YAML, without its common
// indentation; nil when it is not found.
func section(text string, kind graph.NodeKind, name string) []string {
	group, depth := [...]string{"producers:", "  channels:", "consumers:"}[kind], 2
	if kind == graph.Channel {
		depth = 4
	}
	var found []string
	inGroup := false
	for _, line := range strings.Split(text, "\n") {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case line == group:
			inGroup = true
		case !inGroup:
		case indent < depth:
			inGroup = false
		case indent == depth && found != nil:
			return found
		case indent == depth && isKey(line[indent:], name), found != nil:
			found = append(found, line[depth:])
		}
	}
	return found
}

// isKey says whether a line of YAML begins the entry of a name, quoted or not.
func isKey(line, name string) bool {
	for _, quote := range []string{"", `"`, "'"} {
		if strings.HasPrefix(line, quote+name+quote+":") {
			return true
		}
	}
	return false
}

// drawYAMLOf draws the chosen component's YAML, every default filled in.
func (s *Screen) drawYAMLOf(g draw.Grid, f *Frame) {
	if s.YAML == nil || g.H() < 3 {
		return
	}
	if s.yamlOf != f.spec() {
		s.yamlOf, s.yaml = f.spec(), string(s.YAML(f.spec()))
	}
	n := f.World.Nodes[s.Chosen]
	lines := section(s.yaml, n.Kind, n.Name)
	if lines == nil {
		return
	}
	in := g.Panel(g.Bounds(), false, title("yaml"), draw.Line{{Text: "defaults filled in", Style: draw.Dim}})
	in = in.Sub(in.Bounds().Inset(1, 0))
	for y := range min(in.H(), len(lines)) {
		if y == in.H()-1 && len(lines) > in.H() {
			in.Text(0, y, draw.Count(int64(len(lines)-y))+" lines more", draw.Dim)
			return
		}
		drawYAML(in, y, lines[y])
	}
}

// YAMLOf writes a scenario as YAML.
type YAMLOf func(*spec.Scenario) []byte
