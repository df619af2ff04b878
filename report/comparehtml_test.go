package report

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/experiment"
	"eddy/sim/spec"
)

// rivalRuns are a shop and the same with fewer workers, both slowed for a
// while; the second has a name that would do harm.
func rivalRuns(t *testing.T) *Compared {
	t.Helper()
	c := &Compared{Version: "0.1.0"}
	var list []*spec.Scenario
	for _, called := range []string{"shop", "<script>alert(1)</script>\u202e"} {
		workers := "4"
		if len(list) > 0 {
			workers = "3"
		}
		sc, ds := scenarios.Load([]byte(`name: shop
duration: 60s
warmup: 5s
producers: {web: {emits: order.placed, to: orders, rate: poisson(50/s)}}
broker: {latency: 1ms, channels: {orders: {type: queue, capacity: 60, overflow: drop_new}}}
consumers: {payment: {from: orders, instances: `+workers+`, work: exp(55ms)}}
timeline: [{at: 20s, slow: consumers.payment, times: 4, for: 10s}]
`), scenarios.Options{})
		if sc == nil {
			t.Fatal(ds)
		}
		sc.Name = called
		list = append(list, sc)
		c.Resolved = append(c.Resolved, scenarios.Resolved(sc))
	}
	got, err := experiment.Against(list, experiment.Options{Replications: 6}).WithShapes().Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	c.Comparison = got
	return c
}

// A page of a comparison is safe and has what a decision needs.
func TestPageOfAComparison(t *testing.T) {
	var b bytes.Buffer
	if err := HTMLCompared(&b, rivalRuns(t)); err != nil {
		t.Fatal(err)
	}
	text := checkPage(t, b.Bytes())
	for _, want := range []string{
		"B is worse for those who wait for the outcome", "completion p99", "B − A", "How long it takes", "ends at",
		"Minute by minute", "trouble from 20s to 30s", "consumers.payment.instances", "Holm 1979", "Student's t interval", `<script>alert(1)</script>\u202e`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	checkLinks(t, b.Bytes())
	b.Reset()
	if err := HTMLCompared(&b, compared()); err != nil {
		t.Fatal(err)
	}
	checkPage(t, b.Bytes())
	checkLinks(t, b.Bytes())
	b.Reset()
	nothing := &Compared{Comparison: experiment.Compare(compared().Scenarios[:2], make([][]*sim.Result, 2)), Resolved: make([][]byte, 2)}
	if err := HTMLCompared(&b, nothing); err != nil {
		t.Fatal(err)
	}
	if text := checkPage(t, b.Bytes()); !strings.Contains(text, "before the first pair") {
		t.Error("a comparison of nothing is not said to be one")
	}
}

// checkLinks checks that every link leads to a place on the page, that no
// place is there twice, and that a drawing says what it is.
func checkLinks(t *testing.T, page []byte) {
	t.Helper()
	all, _ := elementsOf(t, page)
	ids := map[string]bool{}
	for _, e := range all {
		if id := e.attr["id"]; id != "" {
			if ids[id] {
				t.Errorf("two places are called %s", id)
			}
			ids[id] = true
		}
	}
	for _, e := range all {
		if to, is := strings.CutPrefix(e.attr["href"], "#"); is && !ids[to] {
			t.Errorf("a link leads to %s, which is nowhere", to)
		}
		if e.name == "svg" && e.attr["aria-hidden"] != "true" {
			for _, id := range strings.Fields(e.attr["aria-labelledby"]) {
				if !ids[id] {
					t.Errorf("a drawing is called by %s, which is nowhere", id)
				}
			}
			if e.attr["aria-labelledby"] == "" || e.attr["role"] != "img" {
				t.Error("a drawing without a name")
			}
		}
	}
}
