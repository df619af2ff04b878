package sim_test

import (
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// TestOverBeforeTheWarmup: what is counted is what ended after the warm-up, so of a
// run that did not come to it nothing is, but by the ledger; asking twice changes
// nothing.
func TestOverBeforeTheWarmup(t *testing.T) {
	sc := mmc(10, 20, 1, 600)
	sc.Warmup = 300 * spec.Second
	e := sim.New(sc, sim.Options{MaxEvents: 100})
	e.RunAll()
	for range 2 {
		r := e.Result()
		if r.Run.Ended != sim.EndedMaxEvents || r.Ledger.Created != 100 || !r.Ledger.Balanced {
			t.Fatalf("%+v %+v", r.Run, r.Ledger)
		}
		c, q, f := &r.Consumers[0], &r.Channels[0], &r.Flows[0]
		if n := c.Received + c.Attempts + c.Done + c.Effects + q.In + q.Delivered + r.Producers[0].Created + f.Created + f.Completed; n != 0 {
			t.Errorf("counted before the warm-up: %d; %+v", n, c)
		}
		if c.Rate.Valid || c.Latency.Count != 0 || q.Depth.Mean.Valid || !q.Depth.Last.Valid {
			t.Errorf("%+v %+v", c, q)
		}
		if len(r.Findings) != 1 || r.Findings[0].Code != "short_run" || !strings.Contains(r.Findings[0].Text, "before its warm-up of 5m") {
			t.Errorf("%+v", r.Findings)
		}
	}
}
