package tui

import (
	"testing"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/spec"
)

// TestWorldIsTheEngines: components have the numbers that the engine gives
// them, and after a minute of every built-in scenario each edge that is drawn
// from where events come has been used.
func TestWorldIsTheEngines(t *testing.T) {
	for _, name := range scenarios.Names() {
		sc := builtin(t, name)
		f := FrameAt(sc, sim.Options{}, min(sc.Duration, spec.Minute))
		for i, n := range f.World.Nodes {
			if got := f.Names.Component(n.Component); got != f.World.Path(i) {
				t.Errorf("%s: %s is %s to the engine", name, f.World.Path(i), got)
			}
			if f.World.nodeOf(n.Component) != i {
				t.Errorf("%s: the way back from %s leads to node %d", name, f.World.Path(i), f.World.nodeOf(n.Component))
			}
		}
		for i, e := range f.World.Edges {
			from, to := f.World.Nodes[e.From], f.World.Nodes[e.To]
			if from.Kind == 0 && f.Points[e.From].Out > 0 && f.Edges[i] == 0 {
				t.Errorf("%s: nothing was seen from %s to %s", name, from.Name, to.Name)
			}
			if to.Kind == 2 && e.Kind == 0 && f.Points[e.To].Out > 0 && f.Edges[i] == 0 && len(sc.Consumers[to.Index].From) == 1 {
				t.Errorf("%s: nothing was seen from %s to %s", name, from.Name, to.Name)
			}
		}
		if !f.Snap.Ledger.Balanced {
			t.Errorf("%s: the ledger does not balance", name)
		}
	}
}
