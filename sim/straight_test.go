package sim_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/reference/cases"
	"eddy/sim/spec"
)

// TestShortWayAgrees: a run in which deliveries go the short way is, to the
// last number, the run in which every delivery goes the long way, as all do
// that are watched and verified.
func TestShortWayAgrees(t *testing.T) {
	scenarios := map[string]*spec.Scenario{
		"w3":     w3(20),
		"keys":   keyed(carried(queue("q"), 4, 4), 50, 0.5),
		"burst":  waitingCopies(2000),
		"stream": keyed(carried(stream("s", 40), 4, 4), 1000, 0),
	}
	for name := range scenarios {
		scenarios[name].Duration = min(scenarios[name].Duration, 20*spec.Second)
	}
	for seed := range uint64(400) {
		scenarios[fmt.Sprint("random ", seed)] = cases.Any(rand.New(rand.NewPCG(seed, 1)).IntN)
	}
	for name, sc := range scenarios {
		o := sim.Options{MaxEvents: 30_000, MaxPending: 5_000}
		short := sim.New(sc, o)
		o.Verify, o.Observers = true, []sim.Observer{&keeper{}}
		long := sim.New(sc, o)
		short.RunAll()
		long.RunAll()
		if got, want := document(short), document(long); got != want {
			t.Errorf("%s: %s", name, difference(got, want))
		}
	}
}

// document is the whole result, a line a value.
func document(e *sim.Engine) string {
	var b strings.Builder
	var walk func(n *sim.Node, path string)
	walk = func(n *sim.Node, path string) {
		path += "/" + n.Key
		if n.Leaf != nil {
			fmt.Fprintf(&b, "%s %+v\n", path, *n.Leaf)
		}
		for _, k := range n.Kids {
			walk(k, path)
		}
	}
	walk(e.Result().Tree(), "")
	return b.String()
}

// difference is the first line that differs.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return g[i] + ", not " + w[i]
		}
	}
	return fmt.Sprintf("%d lines, not %d", len(g), len(w))
}
