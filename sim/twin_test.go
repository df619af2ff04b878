package sim_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"eddy/sim"
	"eddy/sim/reference"
	"eddy/sim/reference/cases"
	"eddy/sim/spec"
)

// twinRecords is how many records of a run are compared.
const twinRecords = 3000

// TestTwin runs random small scenarios in the engine and in the reference
// simulator and compares what they tell, record by record.
func TestTwin(t *testing.T) {
	scenarios := uint64(3000)
	if testing.Short() {
		scenarios = 200
	}
	for seed := range scenarios {
		sc := cases.Any(rand.New(rand.NewPCG(seed, 0)).IntN)
		if difference := compareTwins(sc, int(seed%3)); difference != "" {
			t.Fatalf("scenario %d: %s\n%s", seed, difference, cases.Print(sc))
		}
	}
}

// TestTwinShrunk does the same with scenarios that a failure makes smaller. It
// looks at the same ones every time; -rapid.seed=S looks at others and
// -rapid.checks=N at more.
func TestTwinShrunk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sc := cases.Any(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") })
		if difference := compareTwins(sc, 0); difference != "" {
			t.Fatalf("%s\n%s", difference, cases.Print(sc))
		}
	})
}

// TestTwinsExpireWhatWasBehind: a copy whose time is up at the instant at which it
// comes to the head of its key, after the timers of that instant, expires with the
// store's next sending: there is no room for another before that has ended.
func TestTwinsExpireWhatWasBehind(t *testing.T) {
	sc := cases.Scenario(cases.Ms(50))
	sc.Keys = []spec.KeySpace{{Name: "one", Count: 1}}
	sc.Events[0].Key = 0
	p := cases.Producer("p", cases.Ms(1))
	p.Count = 5
	sc.Producers = []spec.Producer{p}
	q := cases.Queue("q")
	q.Store.KeyExclusive, q.Store.TTL = true, cases.Ms(4)
	q.Store.Capacity, q.Store.Overflow = 2, spec.Block
	sc.Broker.Channels = []spec.Channel{q}
	sc.Broker.Latency.Deliver = cases.ConstMs(5)
	c := cases.Consumer("c")
	c.Prefetch = 2
	sc.Consumers = []spec.Consumer{c}
	if difference := compareTwins(sc, 0); difference != "" {
		t.Error(difference)
	}
}

// compareTwins returns the first difference in words, "" for none.
func compareTwins(sc *spec.Scenario, replication int) string {
	want, accounts := reference.Run(sc, replication, twinRecords)
	o := &keeper{limit: twinRecords}
	e := sim.New(sc, sim.Options{Replication: replication, Observers: []sim.Observer{o}, Verify: true})
	for len(o.records) < twinRecords && e.Step() {
	}
	got := o.records
	names := e.Names()
	for i := range max(len(got), len(want)) {
		if i < len(got) && i < len(want) && got[i] == want[i] {
			continue
		}
		if i >= twinRecords {
			break // the reference stops in the middle of a step
		}
		var b strings.Builder
		fmt.Fprintf(&b, "record %d differs\n", i)
		for j := max(0, i-10); j < i; j++ {
			fmt.Fprintf(&b, "            %s\n", recordText(names, got, j))
		}
		fmt.Fprintf(&b, "engine    > %s\nreference > %s\n", recordText(names, got, i), recordText(names, want, i))
		for j := i + 1; j < i+4; j++ {
			fmt.Fprintf(&b, "engine      %s\nreference   %s\n", recordText(names, got, j), recordText(names, want, j))
		}
		return b.String()
	}
	if bad := e.Violations(); len(bad) > 0 {
		return "the engine's invariants: " + strings.Join(bad, "; ")
	}
	if !accounts.Complete {
		return ""
	}
	r := e.Result()
	if accounts.Deadlocked && r.Run.Ended != sim.EndedDeadlock {
		return fmt.Sprintf("the engine ended with %s, the reference in a deadlock", r.Run.Ended)
	}
	if sc.Warmup == 0 {
		short := 0
		for _, c := range r.Consumers {
			short += int(c.Calls.ShortCircuited)
		}
		if short != accounts.Short {
			return fmt.Sprintf("open breakers failed %d tries in the engine, %d in the reference", short, accounts.Short)
		}
	}
	return compareLedgers(r, &accounts)
}

// keeper keeps the first records of a run.
type keeper struct {
	limit   int
	records []sim.Record
}

func (k *keeper) Observe(r *sim.Record) {
	if len(k.records) < k.limit {
		k.records = append(k.records, *r)
	}
}

// compareLedgers holds the engine's ledger against the sums of the reference's
// accounts.
func compareLedgers(r *sim.Result, a *reference.Accounts) string {
	want := sim.Ledger{
		Created: r.Ledger.Created, Rejected: r.Ledger.Rejected, Unrouted: r.Ledger.Unrouted,
		LoopCut: r.Ledger.LoopCut, Duplicates: r.Ledger.Duplicates, Balanced: a.Balanced(),
	}
	for _, p := range a.Producers {
		want.Unsent += p.Unsent + p.Dropped
	}
	for _, s := range a.Stores {
		want.Copies += s.In
		want.Waiting += s.Waiting
		want.Delayed += s.Delayed
		want.Leased += s.Leased
		want.Done += s.Done
		want.DeadLettered += s.DeadLettered
		want.Dropped += s.Dropped
		want.Expired += s.Expired
		want.Lost += s.Lost
	}
	if r.Ledger != want {
		return fmt.Sprintf("ledgers differ\nengine    %+v\nreference %+v\n", r.Ledger, want)
	}
	return ""
}

// recordText renders one record for a reader.
func recordText(names *sim.Names, records []sim.Record, i int) string {
	if i < 0 || i >= len(records) {
		return "(none)"
	}
	r := records[i]
	why := ""
	if r.Why != sim.NoReason {
		why = "(" + sim.WhyNames[r.Why] + ")"
	}
	return fmt.Sprintf("%12.6fms %s%s @%s event %s type %d key %d cause %s root %s try %d in %d worker %d part %d created %d published %d size %d prio %d",
		float64(r.At)/1e6, sim.WhatNames[r.What], why, componentText(names, r.Component), eventText(names, r.Event), r.Type, r.Key,
		eventText(names, r.Cause), eventText(names, r.Root), r.Attempt, r.Instance, r.Worker, r.Partition, r.Created, r.Published, r.Size, r.Priority)
}

func componentText(names *sim.Names, c int32) string { return fmt.Sprint(c) + "/" + names.Component(c) }

func eventText(names *sim.Names, id sim.EventID) string {
	if id.Source == sim.NoEvent {
		return "-"
	}
	return fmt.Sprintf("%s:%d", names.Component(id.Source), id.Number)
}
