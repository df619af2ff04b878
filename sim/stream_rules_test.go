package sim_test

import (
	"slices"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

const ms = spec.Millisecond

// log is a stream of so many partitions that is fed an event every so often
// and read by one consumer.
func log(partitions int, gap spec.Nanos, c spec.Consumer) *spec.Scenario {
	return scenario("log", 10, spec.Scenario{
		Events:    []spec.EventType{event("e")},
		Producers: []spec.Producer{producer("p", every(gap), 0)},
		Broker:    spec.Broker{Channels: []spec.Channel{stream("s", partitions)}},
		Consumers: []spec.Consumer{c},
	})
}

func takes(ns spec.Nanos) spec.Step { return work(spec.Const(float64(ns))) }

func onConsumer(kind spec.ActionKind, at spec.Nanos) spec.Action {
	return spec.Action{Kind: kind, At: at, A: spec.Ref{Kind: spec.ConsumerComponent}}
}

// watch runs a scenario under every check and keeps what happened.
func watch(t *testing.T, sc *spec.Scenario) (*sim.Result, []sim.Record) {
	t.Helper()
	k := &keeper{limit: 1 << 20}
	return run(t, sc, sim.Options{Verify: true, Observers: []sim.Observer{k}}), k.records
}

// of are the records of one kind in a span of time, from after its beginning to its end.
func of(records []sim.Record, what sim.What, from, to spec.Nanos) []sim.Record {
	var out []sim.Record
	for _, r := range records {
		if r.What == what && r.At > from && r.At <= to {
			out = append(out, r)
		}
	}
	return out
}

func TestCrashSendsAgainWhatIsNotCommitted(t *testing.T) {
	// An event every 10 ms, done 1 ms later; commits every 100 ms; a crash at 1.095 s.
	// Since the commit at 1 s those published at 1.00 … 1.09 s were done.
	base := func(commit spec.Nanos) *spec.Scenario {
		c := consumer("c", 0, 1, 1, takes(ms))
		c.Commit = commit
		sc := log(1, 10*ms, c)
		sc.Broker.Channels[0].Session = 50 * ms
		crash := onConsumer(spec.CrashAction, 1095*ms)
		crash.Count, crash.Restarts, crash.Restart = 1, true, 500*ms
		sc.Timeline = []spec.Action{crash}
		return sc
	}
	r, records := watch(t, base(100*ms))
	if got := r.Consumers[0].Duplicates; got != 10 {
		t.Errorf("%d duplicates with a commit every 100 ms, want 10", got)
	}
	again := of(records, sim.Duplicate, 0, 10*spec.Second)
	for i := range again {
		if got, want := again[i].Event.Number, int64(100+i); got != want {
			t.Errorf("event %d comes again, want %d", got, want)
		}
	}
	if r.Ledger.Done != r.Ledger.Copies-r.Ledger.Leased-r.Ledger.Waiting {
		t.Errorf("what is done twice counts twice: %+v", r.Ledger)
	}
	if r, _ := watch(t, base(0)); r.Consumers[0].Duplicates != 0 {
		t.Errorf("%d duplicates with a commit after each event", r.Consumers[0].Duplicates)
	}
	known := base(100 * ms)
	known.Consumers[0].Idempotent = true
	if r, _ := watch(t, known); r.Consumers[0].Duplicates != 0 || r.Consumers[0].Recognised != 10 {
		t.Errorf("idempotent: %d duplicates, %d recognised", r.Consumers[0].Duplicates, r.Consumers[0].Recognised)
	}
	graceful := base(100 * ms)
	graceful.Timeline = []spec.Action{onConsumer(spec.StopAction, 1095*ms), onConsumer(spec.StartAction, 1500*ms)}
	if r, _ := watch(t, graceful); r.Consumers[0].Duplicates != 0 || r.Consumers[0].Done < 990 {
		t.Errorf("who leaves commits: %d duplicates, %d done", r.Consumers[0].Duplicates, r.Consumers[0].Done)
	}
}

func TestDeathIsNoticedWhenTheSessionTimesOut(t *testing.T) {
	sc := log(2, 10*ms, consumer("c", 0, 2, 1, takes(ms)))
	sc.Broker.Channels[0].Session, sc.Broker.Channels[0].Rebalance = 300*ms, 100*ms
	crash := onConsumer(spec.CrashAction, spec.Second)
	crash.Count = 1
	sc.Timeline = []spec.Action{crash}
	r, records := watch(t, sc)
	after := of(records, sim.Revoked, spec.Second, 10*spec.Second)
	if len(after) != 1 || after[0].At != 1300*ms || after[0].Partition != 0 {
		t.Errorf("revoked: %+v", after)
	}
	given := of(records, sim.Assigned, spec.Second, 10*spec.Second)
	if len(given) != 1 || given[0].At != 1400*ms || given[0].Instance != 1 {
		t.Errorf("assigned: %+v", given)
	}
	if r.Consumers[0].Blame[sim.Outage].Value == 0 || r.Consumers[0].Blame[sim.Rebalancing].Value == 0 {
		t.Errorf("nothing is blamed on the outage or the rebalance: %v", r.Consumers[0].Blame)
	}
}

// TestOnlyCooperativeReadersGoOn lets a second member join: everybody stands
// still under range, round robin and sticky, and only what moves otherwise.
func TestOnlyCooperativeReadersGoOn(t *testing.T) {
	for assign := range spec.CooperativeAssign + 1 {
		c := consumer("c", 0, 1, 4, takes(ms))
		sc := log(4, ms, c)
		sc.Broker.Channels[0].Assign, sc.Broker.Channels[0].Rebalance = assign, 200*ms
		more := onConsumer(spec.ScaleAction, spec.Second)
		more.Count = 2
		sc.Timeline = []spec.Action{more}
		_, records := watch(t, sc)
		read := map[int32]bool{}
		for _, r := range of(records, sim.Started, spec.Second+ms, 1200*ms-1) {
			read[r.Partition] = true
		}
		if want := map[bool]int{true: 2, false: 0}[assign == spec.CooperativeAssign]; len(read) != want {
			t.Errorf("assignor %d: %d of 4 partitions are read during the rebalance, want %d", assign, len(read), want)
		}
		after := map[int32]bool{}
		for _, r := range of(records, sim.Started, 1200*ms, 1300*ms) {
			after[r.Instance] = true
		}
		if len(after) != 2 {
			t.Errorf("assignor %d: %d members read after it", assign, len(after))
		}
	}
}

func TestMoreMembersThanPartitionsIdle(t *testing.T) {
	r, _ := watch(t, log(2, 10*ms, consumer("c", 0, 3, 1, takes(ms))))
	var done []int64
	for _, in := range r.Consumers[0].ByInstance {
		done = append(done, in.Done)
	}
	if !slices.Equal(done, []int64{500, 499, 0}) {
		t.Errorf("done by instance: %v", done)
	}
	if !slices.ContainsFunc(r.Findings, func(f sim.Finding) bool { return f.Code == "idle_members" }) {
		t.Errorf("idle members are not found: %v", r.Findings)
	}
}

// TestAReaderTakesItsPartitionsInTurn overloads one worker: no partition may
// wait for ever.
func TestAReaderTakesItsPartitionsInTurn(t *testing.T) {
	r, _ := watch(t, log(3, ms, consumer("c", 0, 1, 1, takes(2*ms))))
	for p, one := range r.Subscriptions[0].Partitions {
		if one.Acked < 1660 || one.Acked > 1670 {
			t.Errorf("partition %d: %d of 5000 done, want a third", p, one.Acked)
		}
	}
}

func TestOrderPerKeyUntilAFailureMovesOn(t *testing.T) {
	flaky := func() *spec.Scenario {
		c := consumer("c", 0, 2, 4, takes(ms), fail(0.2))
		c.Retry.Backoff = spec.Backoff{Kind: spec.ConstantBackoff, Base: 5 * ms}
		sc := keyed(log(4, 5*ms, c), 20, 0)
		sc.Broker.Channels = append(sc.Broker.Channels, queue("dlq"))
		return sc
	}
	blocks, _ := watch(t, flaky())
	if n := blocks.Consumers[0].OrderViolations; n != 0 {
		t.Errorf("%d order violations though a failing event blocks its partition", n)
	}
	if b := blocks.Consumers[0].Blame; b[sim.Behind].Value == 0 || b[sim.BackingOff].Value == 0 {
		t.Errorf("nothing is blamed on the events before: %v", b)
	}
	moves := flaky()
	moves.Broker.Channels[0].Store.DeadLetter = 1
	on, _ := watch(t, moves)
	if on.Consumers[0].OrderViolations == 0 {
		t.Error("no order violation though a failing event is moved on")
	}
	kafka := flaky()
	kafka.Broker.Channels[0].Store.DeadLetter = 1
	kafka.Consumers[0].Retry.Blocks = true
	if r, _ := watch(t, kafka); r.Consumers[0].OrderViolations != 0 {
		t.Errorf("%d order violations though the policy is to block", r.Consumers[0].OrderViolations)
	}
}

func TestRetentionTakesWhatIsUnread(t *testing.T) {
	for name, c := range map[string]struct {
		keep    spec.Retention
		backlog int64
	}{
		"events": {spec.Retention{Events: 50}, 50},
		"size":   {spec.Retention{Size: 50 * 1024}, 50},
		"time":   {spec.Retention{Time: 500 * ms}, 50},
	} {
		// 100 events a second, of which 50 can be read: half of them expire.
		sc := log(1, 10*ms, consumer("c", 0, 1, 1, takes(20*ms)))
		sc.Broker.Channels[0].Retention = c.keep
		r, _ := watch(t, sc)
		one := r.Subscriptions[0]
		if one.Expired < 430 || one.Expired > 470 {
			t.Errorf("%s: %d of 1000 expired unread, want about 450", name, one.Expired)
		}
		if d := int64(one.Depth.Max.Value); d < c.backlog-1 || d > c.backlog+1 {
			t.Errorf("%s: at most %d waited, want %d", name, d, c.backlog)
		}
	}
}

func TestLateReadersBeginWhereTheyShould(t *testing.T) {
	late := func(earliest bool) *spec.Scenario {
		c := consumer("c", 0, 1, 1, takes(ms))
		c.Starts, c.From[0].Earliest = 5*spec.Second, earliest
		return log(2, 10*ms, c)
	}
	// 999 events by 9.99 s are done by 10 s; the last one that the latest misses is that of 4.99 s.
	if r, _ := watch(t, late(true)); r.Consumers[0].Done != 999 {
		t.Errorf("earliest: %d done", r.Consumers[0].Done)
	}
	if r, _ := watch(t, late(false)); r.Consumers[0].Done != 500 {
		t.Errorf("latest: %d done", r.Consumers[0].Done)
	}
	kept := late(true)
	kept.Broker.Channels[0].Retention.Events = 10
	// Of the twenty kept the oldest goes at 5 s, when one more arrives and none is read yet.
	if r, _ := watch(t, kept); r.Consumers[0].Done != 519 {
		t.Errorf("earliest of ten kept in each of two partitions: %d done", r.Consumers[0].Done)
	}
	some := late(true)
	some.Events = append(some.Events, event("other"))
	some.Producers = append(some.Producers, producer("q", every(10*ms), 0))
	some.Producers[1].Emits[0].Value = 1
	only := spec.Match{Kind: spec.PatternMatch, Pattern: spec.Pattern{Text: "e", Words: []string{"e"}}}
	some.Consumers[0].From[0].Where = &spec.Filter{Tests: []spec.Test{{Attribute: spec.TypeAttribute, Match: only}}}
	if r, _ := watch(t, some); r.Consumers[0].Done != 999 {
		t.Errorf("earliest of one type: %d done", r.Consumers[0].Done)
	}
}

func TestAStreamIgnoresASecondPublish(t *testing.T) {
	sc := log(2, 10*ms, consumer("c", 0, 2, 1, takes(ms)))
	twice := spec.Action{Kind: spec.DuplicateAction, A: spec.Ref{Kind: spec.ChannelComponent}, Chance: 1}
	sc.Timeline = []spec.Action{twice}
	if r, _ := watch(t, sc); r.Consumers[0].Duplicates != 999 {
		t.Errorf("%d duplicates of 999 published twice", r.Consumers[0].Duplicates)
	}
	sc.Broker.Channels[0].Store.Dedup = spec.Second
	if r, _ := watch(t, sc); r.Consumers[0].Duplicates != 0 || r.Channels[0].DuplicatesIgnored != 1000 {
		t.Errorf("with dedup %d duplicates, %d ignored", r.Consumers[0].Duplicates, r.Channels[0].DuplicatesIgnored)
	}
}

// TestAPurgeEmptiesTheLog drops what a slow group has not read, and what a
// late one would have.
func TestAPurgeEmptiesTheLog(t *testing.T) {
	late := consumer("late", 0, 1, 1)
	late.Starts, late.From[0].Earliest = 6*spec.Second, true
	sc := log(1, 10*ms, consumer("c", 0, 1, 1, takes(20*ms)))
	sc.Consumers = append(sc.Consumers, late)
	sc.Timeline = []spec.Action{{Kind: spec.PurgeAction, At: 5 * spec.Second, A: spec.Ref{Kind: spec.ChannelComponent}}}
	r, _ := watch(t, sc)
	if d := r.Ledger.Dropped; d < 245 || d > 255 {
		t.Errorf("%d dropped, want half of what was published in 5 s", d)
	}
	if r.Consumers[1].Done != 501 {
		t.Errorf("who comes late reads %d, want what came from 5 s on", r.Consumers[1].Done)
	}
}

func TestPartitionsAreToldApart(t *testing.T) {
	sc := keyed(log(6, 10*ms, consumer("c", 0, 6, 1, takes(ms))), 100, 1.5)
	r, _ := watch(t, sc)
	var in, acked int64
	for _, p := range r.Subscriptions[0].Partitions {
		in, acked = in+p.In, acked+p.Acked
	}
	if len(r.Subscriptions[0].Partitions) != 6 || in != r.Subscriptions[0].In || acked != r.Consumers[0].Done {
		t.Errorf("partitions add up to %d in, %d acked; the group has %d and %d", in, acked, r.Subscriptions[0].In, r.Consumers[0].Done)
	}
	if !slices.ContainsFunc(r.Findings, func(f sim.Finding) bool { return f.Code == "hot_partition" }) {
		t.Errorf("the hot partition is not found: %v", r.Findings)
	}
}

// TestTwoStreamsOfOneMember lets a reader of two streams die: each notices at
// its own time, and both are read again.
func TestTwoStreamsOfOneMember(t *testing.T) {
	c := consumer("c", 0, 1, 1, takes(ms))
	c.From = append(c.From, spec.Source{Channel: 1})
	sc := log(1, 10*ms, c)
	second := sc.Broker.Channels[0]
	second.Name = "z"
	sc.Broker.Channels = append(sc.Broker.Channels, second)
	sc.Broker.Channels[0].Session, sc.Broker.Channels[1].Session = 100*ms, 200*ms
	sc.Producers = append(sc.Producers, producer("q", every(10*ms), 1))
	crash := onConsumer(spec.CrashAction, 1005*ms)
	crash.Count, crash.Restarts, crash.Restart = 1, true, spec.Second
	sc.Timeline = []spec.Action{crash}
	r, records := watch(t, sc)
	var at []int64
	for _, one := range of(records, sim.Revoked, spec.Second, 10*spec.Second) {
		at = append(at, one.At)
	}
	if !slices.Equal(at, []int64{1105 * ms, 1205 * ms}) {
		t.Errorf("revoked at %v", at)
	}
	for _, s := range r.Subscriptions {
		if s.Acked < 998 {
			t.Errorf("%s: %d done", s.Name, s.Acked)
		}
	}
}
