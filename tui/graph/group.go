package graph

import (
	"fmt"
	"slices"
	"strings"

	"eddy/tui/draw"
)

// has tells whether both ends of an edge are nodes.
func (g Graph) has(e Edge) bool {
	return e.From >= 0 && e.From < len(g.Nodes) && e.To >= 0 && e.To < len(g.Nodes)
}

// eachAlone makes a group of every node.
func eachAlone(g Graph) [][]int {
	groups := make([][]int, len(g.Nodes))
	for i := range groups {
		groups[i] = []int{i}
	}
	return groups
}

// sameNeighbours puts together nodes of one kind whose edges lead to and come
// from the same nodes, again and again while there are any.
func sameNeighbours(g Graph) [][]int {
	class := make([]int, len(g.Nodes))
	for i := range class {
		class[i] = i
	}
	for range refineAtMost {
		next := classes(g, class, func(node, _ int) string { return fmt.Sprint(g.Nodes[node].Kind) })
		if slices.Equal(next, class) {
			break
		}
		class = next
	}
	return groupsOf(class)
}

// refineAtMost bounds the rounds of putting together: a picture that needs
// more is a long chain, in which every node has another part anyway.
const refineAtMost = 24

// samePart puts together nodes that nothing tells apart but their names:
// those of one kind whose edges lead to and come from nodes that are put
// together as well. (Colour refinement.)
func samePart(g Graph) [][]int {
	class := make([]int, len(g.Nodes))
	for i, n := range g.Nodes {
		class[i] = int(n.Kind)
	}
	for range refineAtMost {
		next := classes(g, class, func(node, old int) string { return fmt.Sprint(old) })
		if countOf(next) == countOf(class) {
			return groupsOf(next)
		}
		class = next
	}
	return eachAlone(g)
}

// classes gives nodes the same number when own says the same of them and
// their edges join them to the same classes. Numbers are in the order of the
// nodes.
func classes(g Graph, class []int, own func(node, old int) string) []int {
	near := make([][]string, len(g.Nodes))
	for _, e := range g.Edges {
		if !g.has(e) {
			continue
		}
		near[e.From] = append(near[e.From], fmt.Sprint("to", e.Kind, class[e.To]))
		near[e.To] = append(near[e.To], fmt.Sprint("of", e.Kind, class[e.From]))
	}
	number := map[string]int{}
	next := make([]int, len(g.Nodes))
	for i := range g.Nodes {
		slices.Sort(near[i])
		key := own(i, class[i]) + "|" + strings.Join(slices.Compact(near[i]), " ")
		n, ok := number[key]
		if !ok {
			n = len(number)
			number[key] = n
		}
		next[i] = n
	}
	return next
}

func countOf(class []int) int {
	n := 0
	for _, c := range class {
		n = max(n, c+1)
	}
	return n
}

func groupsOf(class []int) [][]int {
	var groups [][]int
	place := map[int]int{}
	for i, c := range class {
		k, ok := place[c]
		if !ok {
			k = len(groups)
			place[c] = k
			groups = append(groups, nil)
		}
		groups[k] = append(groups[k], i)
	}
	return groups
}

func boxOf(nodes int, members [][]int) []int {
	of := make([]int, nodes)
	for b, m := range members {
		for _, n := range m {
			of[n] = b
		}
	}
	return of
}

// boxesOf are the boxes of the groups: as large as their largest member.
func boxesOf(g Graph, members [][]int) []boxNode {
	boxes := make([]boxNode, len(members))
	for i, m := range members {
		first := g.Nodes[m[0]]
		b := boxNode{members: m, kind: first.Kind, column: first.Column}
		for _, n := range m {
			node := g.Nodes[n]
			width := node.Width
			if width <= 0 {
				width = draw.Width(node.Title) + draw.Width(node.Note) + 8
			}
			b.body, b.width, b.least = max(b.body, node.Body), max(b.width, width), max(b.least, node.least())
		}
		if len(m) > 1 {
			b.least = max(b.least, min(20, draw.Width(g.groupTitle(m))+6))
			b.width = max(b.width, b.least)
		}
		boxes[i] = b
	}
	return boxes
}

// least is the least width of a node's box: as asked for, else with most of
// the title to be read.
func (n Node) least() int {
	if n.MinWidth > 0 {
		return n.MinWidth
	}
	return max(leastBox, min(20, draw.Width(n.Title)+6))
}

// edgesOf are the edges between different boxes, in order, one for each kind
// between two boxes.
func edgesOf(g Graph, members [][]int) []boxEdge {
	of := boxOf(len(g.Nodes), members)
	var edges []boxEdge
	known := map[boxEdge]int{}
	for _, e := range g.Edges {
		if !g.has(e) || of[e.From] == of[e.To] {
			continue
		}
		k := boxEdge{from: of[e.From], to: of[e.To], kind: e.Kind}
		i, ok := known[k]
		if !ok {
			i = len(edges)
			known[k] = i
			edges = append(edges, k)
		}
		edges[i].label = max(edges[i].label, draw.Width(e.Label))
	}
	return edges
}
