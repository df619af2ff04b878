package cli_test

import (
	"fmt"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/experiment"
	"eddy/sim/spec"
)

// Every number of a result may be expected something of: its path, as reports
// write it, is one that the loader knows, with the same unit, and the verdict
// is about the same number.
func TestEveryNumberMayBeExpected(t *testing.T) {
	values := map[sim.Unit]string{
		sim.UnitOne: "1", sim.UnitSeconds: "1s", sim.UnitPerSecond: "1/s", sim.UnitShare: "1%", sim.UnitBytes: "1B",
	}
	for _, name := range []string{"order-fulfilment", "stream-partitions", "sync-vs-events"} {
		t.Run(name, func(t *testing.T) {
			short := []spec.Setting{{Path: "duration", Value: "3s"}, {Path: "warmup", Value: "1s"}}
			text, files, _ := scenarios.Builtin(name)
			whole, ds := scenarios.Load(text, scenarios.Options{Name: name, FS: files, Set: short})
			if whole == nil {
				t.Fatal(ds)
			}
			m := simulate(t, whole, experiment.Options{})
			// The scenario's own expectations and variants make room for one for each number.
			head, _, _ := strings.Cut(string(text), "\nexpect:")
			head, _, _ = strings.Cut(head, "\nvariants:")
			var b strings.Builder
			var want []*sim.Leaf
			b.WriteString(head + "\nexpect:\n")
			m.Tree().Walk(func(path []string, l *sim.Leaf) {
				if path[0] == "expectations" {
					return // none of them is about another
				}
				fmt.Fprintf(&b, "  - %s >= %s\n", sim.PathString(path), values[l.Unit])
				want = append(want, l)
			})
			sc, ds := scenarios.Load([]byte(b.String()), scenarios.Options{Name: name, FS: files, Set: short})
			if sc == nil {
				t.Fatal(ds)
			}
			judged := simulate(t, sc, experiment.Options{}).judged
			if len(judged) != len(want) || len(want) < 300 {
				t.Fatalf("%d verdicts on %d numbers", len(judged), len(want))
			}
			for i, l := range want {
				if v := judged[i].Value; v != l.Number {
					t.Errorf("%s: %v, and %v in the result", judged[i].Expect, v, l.Number)
				}
			}
		})
	}
}
