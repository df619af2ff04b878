package graph

// foldedColumns puts sources, channels and workers into a column each: lines
// that go on from a worker go back. It is the narrowest arrangement.
func foldedColumns(nodes []boxNode, _ []boxEdge) []int {
	cols := make([]int, len(nodes))
	for i, n := range nodes {
		cols[i] = int(n.kind)
	}
	return hinted(nodes, cols)
}

// splitColumns gives channels that are copied into by other channels columns
// of their own between those and the workers.
func splitColumns(nodes []boxNode, edges []boxEdge) []int {
	depth := longestPaths(nodes, edges, func(e boxEdge) bool { return e.kind == Copy })
	deepest := 0
	for i, n := range nodes {
		if n.kind == Channel {
			deepest = max(deepest, depth[i])
		}
	}
	cols := make([]int, len(nodes))
	for i, n := range nodes {
		switch n.kind {
		case Channel:
			cols[i] = 1 + depth[i]
		case Worker:
			cols[i] = 2 + deepest
		}
	}
	besideTheirSource(edges, cols)
	return hinted(nodes, cols)
}

// unrolledColumns follows the events: every edge that does not close a circle
// leads to the right.
func unrolledColumns(nodes []boxNode, edges []boxEdge) []int {
	cols := longestPaths(nodes, edges, func(e boxEdge) bool { return e.kind != Dead })
	besideTheirSource(edges, cols)
	return hinted(nodes, cols)
}

// besideTheirSource moves what only dead letters lead to into the column
// they come from.
func besideTheirSource(edges []boxEdge, cols []int) {
	lead := make([]int, len(cols))
	other := make([]bool, len(cols))
	for i := range lead {
		lead[i] = -1
	}
	for _, e := range edges {
		if e.kind != Dead {
			other[e.to] = true
		} else if lead[e.to] < 0 {
			lead[e.to] = e.from
		}
	}
	for i, from := range lead {
		if from >= 0 && !other[i] {
			cols[i] = cols[from]
		}
	}
}

// longestPaths is, for each node, the number of edges of the longest path to
// it. An edge that would close a circle, in the order of the nodes, is left out.
func longestPaths(nodes []boxNode, edges []boxEdge, use func(boxEdge) bool) []int {
	out := make([][]int, len(nodes))
	for i, e := range edges {
		if use(e) {
			out[e.from] = append(out[e.from], i)
		}
	}
	back := backEdges(nodes, edges, out)
	waits := make([]int, len(nodes))
	for i, e := range edges {
		if use(e) && !back[i] {
			waits[e.to]++
		}
	}
	depth := make([]int, len(nodes))
	var ready []int
	for i, n := range waits {
		if n == 0 {
			ready = append(ready, i)
		}
	}
	for len(ready) > 0 {
		n := ready[0]
		ready = ready[1:]
		for _, i := range out[n] {
			if back[i] {
				continue
			}
			to := edges[i].to
			depth[to] = max(depth[to], depth[n]+1)
			if waits[to]--; waits[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	return depth
}

// backEdges are the edges to a node from which their own source was reached,
// going depth first from the sources in order, then from what is left.
func backEdges(nodes []boxNode, edges []boxEdge, out [][]int) []bool {
	back := make([]bool, len(edges))
	const (
		fresh = iota
		open
		done
	)
	state := make([]uint8, len(nodes))
	next := make([]int, len(nodes)) // the next edge to follow of each open node
	visit := func(root int) {
		stack := []int{root}
		state[root] = open
		for len(stack) > 0 {
			n := stack[len(stack)-1]
			if next[n] == len(out[n]) {
				state[n] = done
				stack = stack[:len(stack)-1]
				continue
			}
			i := out[n][next[n]]
			next[n]++
			switch to := edges[i].to; state[to] {
			case fresh:
				state[to] = open
				stack = append(stack, to)
			case open:
				back[i] = true
			}
		}
	}
	for _, kind := range []NodeKind{Source, Channel, Worker} {
		for i, n := range nodes {
			if n.kind == kind && state[i] == fresh {
				visit(i)
			}
		}
	}
	return back
}

// hinted applies the hints and leaves out empty columns.
func hinted(nodes []boxNode, cols []int) []int {
	last := 0
	for i, n := range nodes {
		if n.column > 0 {
			cols[i] = n.column - 1
		}
		last = max(last, cols[i])
	}
	used := make([]int, last+1)
	for _, c := range cols {
		used[c] = 1
	}
	n := 0
	for c, u := range used {
		used[c] = n
		n += u
	}
	for i, c := range cols {
		cols[i] = used[c]
	}
	return cols
}
