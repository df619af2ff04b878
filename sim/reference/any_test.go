package reference

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"eddy/sim"
	"eddy/sim/reference/cases"
)

// TestAnyScenarioIsAccountedFor: on random scenarios, everything that entered
// is somewhere, time does not go back, and a second run tells the same.
func TestAnyScenarioIsAccountedFor(t *testing.T) {
	var whats [sim.Whats]int
	for seed := range uint64(300) {
		sc := cases.Any(rand.New(rand.NewPCG(seed, 2)).IntN)
		if err := Supports(sc); err != nil {
			t.Fatal(err)
		}
		records, accounts := Run(sc, 0, 2000)
		if !accounts.Balanced() {
			t.Fatalf("seed %d: %+v%s", seed, accounts, cases.Print(sc))
		}
		again, _ := Run(sc, 0, 2000)
		if !reflect.DeepEqual(records, again) {
			t.Fatalf("seed %d: two runs differ", seed)
		}
		last := int64(0)
		for _, r := range records {
			whats[r.What]++
			if r.At < last || r.At > sc.Duration {
				t.Fatalf("seed %d: from %d to %d", seed, last, r.At)
			}
			last = r.At
		}
	}
	for what := sim.Created; what <= sim.Left; what++ {
		if what >= sim.Called && what <= sim.Late {
			continue // calls are outside
		}
		if whats[what] == 0 {
			t.Errorf("no random scenario tells of %q", sim.WhatNames[what])
		}
	}
	t.Logf("%v", whats)
}
