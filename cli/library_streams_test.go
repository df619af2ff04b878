package cli_test

import "testing"

func TestPartitionsKeepOrderAtAPrice(t *testing.T) {
	t.Parallel()
	base := run(t, "stream-partitions", "")
	free := run(t, "stream-partitions", "no-partitions")
	if n := base.at("consumers", "billing", "order_violations"); n != 0 {
		t.Errorf("%g order violations in partitions", n)
	}
	more(t, "order violations without partitions", free.at("consumers", "billing", "order_violations"), 1, 10)
	more(t, "wait for order", base.at("consumers", "billing", "wait", "p99"), 5, free.at("consumers", "billing", "wait", "p99"))
	near(t, "events read by who came late", base.at("consumers", "fraud-model", "done"), 400*300, 0.01)
	near(t, "events that who came late did not miss in a topic", free.at("consumers", "fraud-model", "done"), 400*180, 0.01)
	few := run(t, "stream-partitions", "two-partitions")
	near(t, "rate of two partitions, 14 ms each", few.at("consumers", "billing", "rate"), 2/0.014, 0.03)
	idle := run(t, "stream-partitions", "idle-members")
	if !idle.found("idle_members", "subscriptions.readings/billing") {
		t.Error("idle members are not found")
	}
	if got, want := idle.at("consumers", "billing", "wait", "p99"), base.at("consumers", "billing", "wait", "p99"); got != want {
		t.Errorf("more members than partitions change the wait: %g, %g before", got, want)
	}
}

func TestAHotPartitionIsOneWorkers(t *testing.T) {
	t.Parallel()
	p99 := func(m measured) float64 { return m.at("consumers", "fulfilment", "latency", "p99") }
	base := run(t, "hot-partition", "")
	if !base.found("hot_partition", "subscriptions.orders/fulfilment") {
		t.Error("the hot partition is not found")
	}
	between(t, "share of time behind others", 0.95, base.at("consumers", "fulfilment", "blame", "behind"), 1)
	if more := run(t, "hot-partition", "more-members"); p99(more) != p99(base) {
		t.Errorf("more members change something: %g, %g before", p99(more), p99(base))
	}
	more(t, "p99 with more partitions", p99(run(t, "hot-partition", "more-partitions")), 0.9, p99(base))
	more(t, "p99 with uneven keys", p99(base), 100, p99(run(t, "hot-partition", "even-keys")))
	more(t, "p99 with uneven keys", p99(base), 100, p99(run(t, "hot-partition", "faster-work")))
	more(t, "p99 with keys", p99(base), 100, p99(run(t, "hot-partition", "no-key")))
}

func TestRebalancesCostByTheirKind(t *testing.T) {
	t.Parallel()
	blame := func(m measured, cause string) float64 {
		return m.at("consumers", "indexer", "blame", cause) * m.at("consumers", "indexer", "latency", "mean")
	}
	base := run(t, "rebalance", "")
	duplicates := base.at("consumers", "indexer", "duplicates")
	// The dead member's quarter of 200/s, for half a commit interval or more.
	between(t, "duplicates", 100, duplicates, 500)
	gentle := run(t, "rebalance", "cooperative")
	more(t, "standing still when all stop", blame(base, "rebalance"), 1.5, blame(gentle, "rebalance"))
	more(t, "p95 when all stop", base.at("consumers", "indexer", "latency", "p95"), 4, gentle.at("consumers", "indexer", "latency", "p95"))
	more(t, "duplicates of a slow commit", duplicates, 10, run(t, "rebalance", "commit-often").at("consumers", "indexer", "duplicates"))
	known := run(t, "rebalance", "idempotent")
	if n := known.at("consumers", "indexer", "duplicates"); n != 0 || known.at("consumers", "indexer", "recognised") < 100 {
		t.Errorf("idempotent: %g duplicates", n)
	}
	late := run(t, "rebalance", "slow-to-notice")
	more(t, "outage of a long session timeout", blame(late, "outage"), 5, blame(base, "outage"))
	leaves := run(t, "rebalance", "graceful")
	if n := leaves.at("consumers", "indexer", "duplicates"); n != 0 || blame(leaves, "outage") != 0 {
		t.Errorf("who leaves in order: %g duplicates, outage %g", n, blame(leaves, "outage"))
	}
}
