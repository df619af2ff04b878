package cli_test

import "testing"

// The lessons of the scenarios with calls, routing, faults and controllers.

func TestContentRoutingSeesWhatNoRuleWants(t *testing.T) {
	t.Parallel()
	base := run(t, "content-routing", "")
	in := func(m measured, queue string) float64 { return m.at("channels", queue, "in") }
	near(t, "mandates that no rule matches", in(base, "unmatched"), 0.02*60*570, 0.1)
	between(t, "what two rules send to the fraud check", 0, base.at("consumers", "fraud-check", "duplicates"), 20)
	open := run(t, "content-routing", "no-otherwise")
	near(t, "unrouted without otherwise", open.at("ledger", "unrouted"), 0.02*60*600, 0.1)
	if !open.found("unrouted", "channels.payments") || open.at("producers", "bank", "availability") != 1 {
		t.Error("the unrouted events are not found, or the bank knows of them")
	}
	hole := run(t, "content-routing", "hole")
	between(t, "payments in the hole that the desk sees", 20, in(hole, "unmatched")-in(base, "unmatched"), 300)
	if in(hole, "fraud") != in(base, "fraud") || in(hole, "domestic") != in(base, "domestic") {
		t.Error("the rules of others change with one rule")
	}
	if dead := run(t, "content-routing", "dead-rule"); !dead.found("unrouted", "channels.payments") {
		t.Error("the rule that matches nothing is not found")
	}
	all := run(t, "content-routing", "check-all")
	more(t, "fraud checks without a look inside", in(all, "fraud"), 30, in(base, "fraud"))
	if !all.found("saturated", "consumers.fraud-check") {
		t.Error("the fraud check does not drown")
	}
}

func TestRetryStormOutlivesItsTrigger(t *testing.T) {
	t.Parallel()
	answered := func(m measured) float64 { return m.at("producers", "customers", "availability") }
	for _, storm := range []string{"", "jitter", "longer-backoff", "two-attempts"} {
		m := run(t, "retry-storm", storm)
		between(t, m.title+": answered in time", -1, answered(m), 0.05)
		more(t, m.title+": work in vain", m.at("consumers", "insurer", "served", "late"), 1, 0.99*m.at("consumers", "insurer", "served", "ok"))
	}
	for _, calm := range []string{"no-trigger", "one-attempt", "short-line", "breaker"} {
		m := run(t, "retry-storm", calm)
		between(t, m.title+": answered", 0.99, answered(m), 1.001)
		between(t, m.title+": utilisation", 0.6, m.at("consumers", "insurer", "utilisation"), 0.8)
	}
}

func TestCircuitBreakerLetsGo(t *testing.T) {
	t.Parallel()
	p95 := func(m measured) float64 { return m.at("producers", "customers", "response", "p95") }
	base := run(t, "circuit-breaker", "")
	held := run(t, "circuit-breaker", "breaker")
	more(t, "p95 without a breaker", p95(base), 200, p95(held))
	more(t, "calls not made", held.at("consumers", "checkout", "calls", "short_circuited"), 0.9, 100*120)
	more(t, "timed out without a breaker", base.at("consumers", "checkout", "calls", "timed_out"), 5, held.at("consumers", "checkout", "calls", "timed_out"))
	if known := answered(held); known != 1 {
		t.Errorf("with a fallback the breaker costs orders: %g", known)
	}
	between(t, "p95 with a shorter timeout", 0.2, p95(run(t, "circuit-breaker", "shorter-timeout")), 0.3)
	between(t, "p95 with more threads", 1, p95(run(t, "circuit-breaker", "more-threads")), 1.2)
	between(t, "orders without a fallback", 0.7, answered(run(t, "circuit-breaker", "no-fallback")), 0.85)
	hasty := run(t, "circuit-breaker", "hasty")
	more(t, "calls that a hasty breaker does not make", hasty.at("consumers", "checkout", "calls", "short_circuited"), 3, held.at("consumers", "checkout", "calls", "short_circuited"))
}

func answered(m measured) float64 { return m.at("producers", "customers", "availability") }

func TestEventsAreLateWhereCallsFail(t *testing.T) {
	t.Parallel()
	completion := func(m measured, q string) float64 { return m.at("flows", "order.requested", "completion", q) }
	events, calls := run(t, "sync-vs-events", ""), run(t, "sync-vs-events", "calls")
	if got := answered(events); got != 1 {
		t.Errorf("availability with events: %g", got)
	}
	between(t, "availability with calls", 0.6, answered(calls), 0.85)
	more(t, "response with calls", calls.at("producers", "customers", "response", "p50"), 20, events.at("producers", "customers", "response", "p50"))
	near(t, "median completion", completion(events, "p50"), completion(calls, "p50"), 0.3)
	more(t, "the slowest orders with events", completion(events, "p99"), 50, completion(calls, "p99"))
	retries := run(t, "sync-vs-events", "calls-with-retries")
	between(t, "availability with retries", 0.5, answered(retries), answered(calls))
	more(t, "payments made twice by retries", retries.at("consumers", "payment", "duplicates"), 20, events.at("consumers", "payment", "duplicates"))
	near(t, "availability of three parts", answered(run(t, "sync-vs-events", "calls-on-a-good-day")), 0.99*0.995*0.98, 0.005)
	if twice := run(t, "sync-vs-events", "idempotent").at("consumers", "payment", "duplicates"); twice != 0 {
		t.Errorf("%g payments made twice although they are recognised", twice)
	}
}

func TestAutoscalerComesLate(t *testing.T) {
	t.Parallel()
	wait := func(m measured) float64 { return m.at("consumers", "previews", "wait", "p99") }
	paid := func(m measured) float64 { return m.at("consumers", "previews", "instance_seconds") }
	base, peak := run(t, "autoscale-on-lag", ""), run(t, "autoscale-on-lag", "fixed-peak")
	between(t, "cost against a fixed peak", 0.5, paid(base)/paid(peak), 0.75)
	more(t, "wait against a fixed peak", wait(base), 50, wait(peak))
	more(t, "wait of too few", wait(run(t, "autoscale-on-lag", "fixed-small")), 50, wait(base))
	more(t, "wait when utilisation is what counts", wait(run(t, "autoscale-on-lag", "on-utilisation")), 2, wait(base))
	more(t, "wait when new instances are slow", wait(run(t, "autoscale-on-lag", "slow-start")), 4, wait(base))
	nervous := run(t, "autoscale-on-lag", "nervous")
	more(t, "wait with a calm controller", wait(base), 1.5, wait(nervous))
	more(t, "cost of a calm controller", paid(base), 1, paid(nervous))
}

func TestOutageLosesOrDuplicates(t *testing.T) {
	t.Parallel()
	rejected := func(m measured) float64 { return m.at("producers", "shop", "rejected") }
	base := run(t, "broker-outage", "")
	between(t, "given up", 0.9*60*40, rejected(base), 80*40)
	twice := func(m measured) float64 { return m.at("consumers", "billing", "duplicates") }
	patient := run(t, "broker-outage", "patient")
	more(t, "duplicates of the patient", twice(patient), 1.5, twice(base))
	for _, variant := range []string{"patient", "dedup", "idempotent", "outbox"} {
		m := run(t, "broker-outage", variant)
		if rejected(m) != 0 || m.at("flows", "order.placed", "failed") != 0 {
			t.Errorf("%s: %g orders are lost", m.title, rejected(m))
		}
		if exactly := variant == "dedup" || variant == "idempotent"; exactly != (twice(m) == 0) {
			t.Errorf("%s: %g duplicates", m.title, twice(m))
		}
	}
	near(t, "copies that the broker ignores", run(t, "broker-outage", "dedup").at("channels", "orders", "duplicates_ignored"), twice(patient), 0.001)
	blind := run(t, "broker-outage", "fire-and-forget")
	near(t, "lost and reported as published", blind.at("ledger", "rejected"), 60*40, 0.1)
	if known := rejected(blind); known != 0 {
		t.Errorf("who forgets knows of %g", known)
	}
}

func TestPriorityStarves(t *testing.T) {
	t.Parallel()
	wait := func(m measured, priority, q string) float64 {
		return m.at("consumers", "classifier", "by_priority", priority, "wait", q)
	}
	base, fifo := run(t, "priority-starvation", ""), run(t, "priority-starvation", "fifo")
	more(t, "longest wait of a mail", wait(base, "1", "max"), 4, wait(fifo, "1", "max"))
	more(t, "p99 of a chat in line", wait(fifo, "9", "p99"), 10, wait(base, "9", "p99"))
	all := func(m measured) float64 { return m.at("consumers", "classifier", "wait", "mean") }
	near(t, "mean wait of all, whoever is first", all(base), all(fifo), 0.1)
	more(t, "chats behind what was sent ahead", wait(run(t, "priority-starvation", "greedy"), "9", "p99"), 3, wait(base, "9", "p99"))
	more(t, "with a fifth worker", all(base), 50, all(run(t, "priority-starvation", "five-workers")))
	expire := run(t, "priority-starvation", "mails-expire")
	more(t, "mails that nobody reads any more", expire.at("channels", "tickets", "expired"), 1, 500)
	between(t, "longest wait with a ttl", 60, wait(expire, "1", "max"), 121)
}
