package reference

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"eddy/sim"
	"eddy/sim/reference/cases"
	"eddy/sim/spec"
)

// TestAnyScenarioIsAccountedFor: on random scenarios, everything that entered
// is somewhere, time does not go back, a second run tells the same, and
// everything there is to happen does happen in some of them.
func TestAnyScenarioIsAccountedFor(t *testing.T) {
	happened := map[string]int{}
	for seed := range uint64(2000) {
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
		happened["a breaker opened"] += accounts.Opened
		if accounts.Deadlocked {
			happened["a deadlock"]++
		}
		last := int64(0)
		kinds := kindsOf(sc)
		for _, r := range records {
			happened[happening(kinds, &r)]++
			if r.At < last || r.At > sc.Duration {
				t.Fatalf("seed %d: from %d to %d", seed, last, r.At)
			}
			last = r.At
		}
	}
	for _, what := range mustHappen {
		if happened[what] < 3 {
			t.Errorf("%q happened %d times", what, happened[what])
		}
	}
	for what, n := range happened {
		if !slices.Contains(mustHappen, what) {
			t.Logf("%q happened %d times", what, n)
		}
	}
}

// happening is what a record tells of, and where.
func happening(kinds []string, r *sim.Record) string {
	why := ""
	if r.Why != sim.NoReason {
		why = "(" + sim.WhyNames[r.Why] + ")"
	}
	return fmt.Sprintf("%s%s %s", sim.WhatNames[r.What], why, kinds[r.Component])
}

// kindsOf says of each component what it is.
func kindsOf(sc *spec.Scenario) []string {
	w := build(sc, 1)
	kinds := make([]string, len(w.names)+1)
	for i := range kinds {
		kinds[i] = "queue"
	}
	for i := range sc.Producers {
		kinds[i] = "producer"
	}
	for _, s := range w.listed {
		if s.part != nil {
			kinds[s.component] = "group"
		}
	}
	for i, ch := range sc.Broker.Channels {
		kinds[len(sc.Producers)+i] = []string{"queue", "topic", "stream", "bus"}[ch.Type]
	}
	for _, c := range w.reads {
		kinds[c.component] = "consumer"
	}
	kinds[len(kinds)-1] = "run"
	return kinds
}

// mustHappen is what there is to happen.
var mustHappen = []string{
	"created producer", "unsent(loses) producer", "published producer", "published(retry) producer", "confirmed producer",
	"rejected(full) producer", "rejected(unanswered) producer", "dropped(buffer) producer",
	"unrouted topic", "unrouted bus", "rejected(full) queue", "delayed(blocked) queue", "duplicate(duplicate) queue",
	"enqueued queue", "leased queue", "timed_out(lease) queue", "returned(lease) queue", "returned(failure) queue",
	"returned(backoff) queue", "returned(stop) queue", "returned(delay) queue", "delayed(delay) queue", "delayed(backoff) queue",
	"dead_lettered(attempts) queue", "dead_lettered(ttl) queue", "dead_lettered(full) queue",
	"dropped(attempts) queue", "dropped(full) queue", "dropped(ttl) queue", "expired(ttl) queue",
	"created consumer", "published consumer", "rejected(full) consumer", "started consumer", "done consumer", "failed(failure) consumer",
	"duplicate consumer", "recognised consumer", "lost(acked_before) consumer", "joined consumer", "left(stop) consumer",
	"a breaker opened", "a deadlock",
	"fault_began consumer", "fault_ended consumer", "fault_began run", "fault_ended run", "crashed consumer", "scaled consumer",
	"rejected(outage) producer", "lost(lost_on_the_way) producer", "lost(lost_on_the_way) consumer", "lost(lost_on_the_way) run", "lost(crash) consumer",
	"returned(crash) queue", "returned(lost_on_the_way) queue", "dropped(purge) queue", "created run", "published run",
	"returned(crash) group", "returned(lost_on_the_way) group", "dropped(purge) group", "revoked(crash) group",
	"called producer", "answered producer", "answered(failure) producer", "timed_out(unanswered) producer", "rejected(failure) producer",
	"called consumer", "answered consumer", "answered(failure) consumer", "timed_out(unanswered) consumer", "refused(full) consumer", "late consumer",
	"duplicate(duplicate) stream", "enqueued group", "leased group", "timed_out(lease) group", "returned(lease) group",
	"returned(failure) group", "returned(backoff) group", "returned(stop) group", "delayed(backoff) group",
	"dead_lettered(attempts) group", "dropped(attempts) group", "expired(ttl) group", "assigned group", "revoked group",
}
