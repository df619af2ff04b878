package cli_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim/experiment"
)

// load reads a built-in scenario; it must load without an error or a warning.
func load(t *testing.T, name string, o scenarios.Options) *experiment.Scenario {
	t.Helper()
	text, files, found := scenarios.Builtin(name)
	if !found {
		t.Fatalf("there is no built-in scenario %s", name)
	}
	o.Name, o.FS = name, files
	sc, ds := scenarios.Load(text, o)
	if sc == nil || (len(ds) > 0 && o.Variant == "") {
		t.Fatalf("%s %s: %v", name, o.Variant, ds)
	}
	return sc
}

// measured is one run of a scenario.
type measured struct {
	t     *testing.T
	title string
	*experiment.Result
	judged []experiment.ExpectationResult
}

func simulate(t *testing.T, sc *experiment.Scenario, o experiment.Options) measured {
	t.Helper()
	if testing.Short() {
		t.Skip("whole runs of the built-in scenarios")
	}
	o.Replications = 1
	out, err := experiment.Of(sc, o).Run(context.Background())
	title := strings.TrimSpace(sc.Name + " " + sc.Variant)
	if err != nil {
		t.Fatalf("%s: %v", title, err)
	}
	if !out.Runs[0].Ledger.Balanced {
		t.Errorf("%s: the ledger does not balance", title)
	}
	return measured{t, title, out.Runs[0], experiment.Judge(sc, out.Runs, nil)}
}

// run is the whole run of a built-in scenario, or of one of its variants.
func run(t *testing.T, name, variant string) measured {
	t.Helper()
	return simulate(t, load(t, name, scenarios.Options{Variant: variant}), experiment.Options{})
}

// at is a number of the result. A number that is absent fails the test.
func (m measured) at(path ...string) float64 {
	m.t.Helper()
	leaf, found := m.Lookup(path)
	if !found || !leaf.Number.Valid {
		m.t.Fatalf("%s: %s is absent", m.title, strings.Join(path, "."))
	}
	return leaf.Number.Value
}

// found says whether a run has a finding.
func (m measured) found(code, component string) bool {
	for _, f := range m.Findings {
		if f.Code == code && f.Component == component {
			return true
		}
	}
	return false
}

func TestBuiltInExpectationsHold(t *testing.T) {
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := run(t, name, "")
			if len(m.judged) == 0 {
				t.Error("it expects nothing")
			}
			for _, e := range m.judged {
				if e.Verdict != experiment.Pass {
					t.Errorf("%s: got %v", e.Expect, e.Value)
				}
			}
			if scenarios.About(name) == "" || strings.Contains(scenarios.About(name), "\n") {
				t.Error("about is not one line")
			}
		})
	}
}

// TestBuiltInVariantsRun runs every variant twice over with every invariant
// checked after everything that happens, for as long as shows its behaviour.
func TestBuiltInVariantsRun(t *testing.T) {
	for _, name := range scenarios.Names() {
		duration, warmup := "2m", "10s"
		if name == "order-fulfilment" {
			duration = "15s" // a hundred times as much happens there
		}
		text, _, _ := scenarios.Builtin(name)
		variants := scenarios.Variants(text)
		if len(variants) < 2 {
			t.Errorf("%s has too few variants to show anything", name)
		}
		for _, variant := range variants {
			t.Run(name+"/"+variant, func(t *testing.T) {
				t.Parallel()
				sc := load(t, name, scenarios.Options{Variant: variant, Duration: &duration, Warmup: &warmup})
				simulate(t, sc, experiment.Options{Verify: true})
			})
		}
	}
}

// more tests that one number is at least so many times another.
func more(t *testing.T, what string, large, times, small float64) {
	t.Helper()
	if !(large >= times*small) {
		t.Errorf("%s: %g is not %g times %g", what, large, times, small)
	}
}

// near tests that a number is within a share of what it should be.
func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if !(math.Abs(got-want) <= share*want) {
		t.Errorf("%s: %g is not within %g of %g", what, got, share, want)
	}
}

// between tests that low < got < high.
func between(t *testing.T, what string, low, got, high float64) {
	t.Helper()
	if !(low < got && got < high) {
		t.Errorf("%s: %g is not between %g and %g", what, got, low, high)
	}
}

func TestOrderFulfilmentHasABottleneck(t *testing.T) {
	t.Parallel()
	base := run(t, "order-fulfilment", "")
	if !base.found("near_saturation", "consumers.payment") || !base.found("poison", "consumers.payment") {
		t.Error("the bottleneck or the poison events are not found")
	}
	between(t, "utilisation of payment", 0.9, base.at("consumers", "payment", "utilisation"), 0.95)
	for _, other := range []string{"inventory", "analytics", "packing"} {
		between(t, "utilisation of "+other, 0.3, base.at("consumers", other, "utilisation"), 0.8)
	}
	between(t, "dead letters", 10, base.at("channels", "payments.dlq", "in"), 60)
	orders, failed := base.at("flows", "order.placed", "completed"), base.at("flows", "order.placed", "failed")
	near(t, "completed orders", orders, 200*570, 0.01)
	near(t, "failed orders", failed, base.at("ledger", "dead_lettered"), 0.2)
	between(t, "an order takes longer than its payment",
		base.at("consumers", "payment", "latency", "p50"), base.at("flows", "order.placed", "completion", "p50"), 1)

	cured := run(t, "order-fulfilment", "more-payment")
	if cured.found("near_saturation", "consumers.payment") {
		t.Error("more payment does not cure it")
	}
	more(t, "mean depth of payments", base.at("channels", "payments", "depth", "mean"), 3, cured.at("channels", "payments", "depth", "mean"))
	steady := run(t, "order-fulfilment", "steady-partner")
	more(t, "wait without bursts", base.at("consumers", "payment", "wait", "p99"), 2, steady.at("consumers", "payment", "wait", "p99"))
	if slow := run(t, "order-fulfilment", "slow-provider"); !slow.found("saturated", "consumers.payment") {
		t.Error("a slow provider does not saturate payment")
	}
}

func TestWorkQueueFollowsErlang(t *testing.T) {
	t.Parallel()
	base := run(t, "work-queue", "")
	near(t, "mean wait of M/M/4", base.at("consumers", "resizer", "wait", "mean"), 0.1491, 0.1)
	near(t, "utilisation", base.at("consumers", "resizer", "utilisation"), 0.8, 0.02)
	fast := run(t, "work-queue", "one-fast-worker")
	near(t, "mean wait of M/M/1", fast.at("consumers", "resizer", "wait", "mean"), 0.2, 0.1)
	near(t, "mean latency of M/M/1", fast.at("consumers", "resizer", "latency", "mean"), 0.25, 0.1)
	few := run(t, "work-queue", "two-workers")
	near(t, "jobs left of 16/s − 10/s for an hour", few.at("channels", "photos", "depth", "last"), 6*3600, 0.05)
	if !few.found("saturated", "consumers.resizer") {
		t.Error("two workers are not found to be too few")
	}
	many := run(t, "work-queue", "eight-workers")
	more(t, "wait with four and eight", base.at("consumers", "resizer", "wait", "mean"), 50, many.at("consumers", "resizer", "wait", "mean"))
	uneven := run(t, "work-queue", "uneven-jobs")
	more(t, "wait of uneven jobs", uneven.at("consumers", "resizer", "wait", "mean"), 2.5, base.at("consumers", "resizer", "wait", "mean"))
	greedy := run(t, "work-queue", "greedy")
	more(t, "wait with prefetch", greedy.at("consumers", "resizer", "wait", "mean"), 2, base.at("consumers", "resizer", "wait", "mean"))
}

func TestFanOutDecouples(t *testing.T) {
	t.Parallel()
	base := run(t, "fan-out", "")
	near(t, "backlog of the slow one", base.at("subscriptions", "prices/recommender", "depth", "last"), 10*600, 0.1)
	two := run(t, "fan-out", "two-recommenders")
	for _, quick := range []string{"shop-cache", "search-index", "audit-log"} {
		latency := base.at("consumers", quick, "latency", "p99")
		between(t, "p99 of "+quick, 0, latency, 0.1)
		if cured := two.at("consumers", quick, "latency", "p99"); latency != cured {
			t.Errorf("%s notices the slow one: %g, %g without", quick, latency, cured)
		}
	}
	between(t, "p99 of two recommenders", 0, two.at("consumers", "recommender", "latency", "p99"), 0.5)
	bounded := run(t, "fan-out", "drop-old")
	between(t, "age with drop_old", 1, bounded.at("consumers", "recommender", "latency", "p50"), 6)
	rejects := run(t, "fan-out", "full-rejects")
	between(t, "availability when full rejects", 0.5, rejects.at("producers", "pricing", "availability"), 0.95)
	more(t, "duplicates at shop-cache", rejects.at("consumers", "shop-cache", "duplicates"), 1, 1000)
	blocks := run(t, "fan-out", "full-blocks")
	more(t, "end to end at shop-cache when full blocks", blocks.at("consumers", "shop-cache", "end_to_end", "p99"), 100, base.at("consumers", "shop-cache", "end_to_end", "p99"))
}

func TestPoisonEventsNeedALimit(t *testing.T) {
	t.Parallel()
	base := run(t, "poison-event", "")
	dead := base.at("consumers", "invoicing", "dead_lettered")
	between(t, "dead letters", 5, dead, 50)
	between(t, "p99", 0, base.at("consumers", "invoicing", "latency", "p99"), 0.3)
	held := run(t, "poison-event", "in-worker")
	more(t, "p99 with retries in the worker", held.at("consumers", "invoicing", "latency", "p99"), 5, base.at("consumers", "invoicing", "latency", "p99"))
	stuck := run(t, "poison-event", "without-limit")
	more(t, "backlog without a limit", stuck.at("channels", "invoices", "depth", "last"), 1, 10000)
	if !stuck.found("unbounded_retry", "consumers.invoicing") {
		t.Error("the missing limit is not found")
	}
	slowly := run(t, "poison-event", "without-limit-slowly")
	more(t, "retries without a limit", slowly.at("consumers", "invoicing", "retries"), 20, base.at("consumers", "invoicing", "retries"))
	more(t, "p99 without a limit", slowly.at("consumers", "invoicing", "latency", "p99"), 20, base.at("consumers", "invoicing", "latency", "p99"))
	gone := run(t, "poison-event", "no-dead-letter")
	if dropped := gone.at("consumers", "invoicing", "dropped"); dropped != dead || !gone.found("no_dead_letter", "consumers.invoicing") {
		t.Errorf("%g dropped where %g were dead-lettered", dropped, dead)
	}
}

func TestBackPressureMovesTheWait(t *testing.T) {
	t.Parallel()
	base := run(t, "back-pressure", "")
	if !base.found("blocked_producer", "producers.crawler") {
		t.Error("the blocked producer is not found")
	}
	unbounded := run(t, "back-pressure", "unbounded")
	age := func(m measured) float64 { return m.at("consumers", "indexer", "end_to_end", "p99") }
	near(t, "p99 end to end with and without a bound", age(base), age(unbounded), 0.1)
	more(t, "depth without a bound", unbounded.at("channels", "pages", "depth", "max"), 5, base.at("channels", "pages", "depth", "max"))
	reject := run(t, "back-pressure", "reject")
	rejected := reject.at("producers", "crawler", "rejected")
	between(t, "rejected", 1000, rejected, 4000)
	between(t, "availability", 0.9, reject.at("producers", "crawler", "availability"), 0.97)
	for _, variant := range []string{"drop-new", "drop-old"} {
		drop := run(t, "back-pressure", variant)
		between(t, variant, 1000, drop.at("channels", "pages", "dropped"), 4000)
		if known := drop.at("producers", "crawler", "availability"); known != 1 {
			t.Errorf("%s: the producer knows of it: availability %g", variant, known)
		}
		more(t, "p99 end to end with "+variant, age(base), 4, age(drop))
	}
	small := run(t, "back-pressure", "small-buffer")
	between(t, "dropped at the source", 1000, small.at("producers", "crawler", "dropped"), 4000)
	enough := run(t, "back-pressure", "enough-workers")
	between(t, "p99 end to end with enough workers", 0, age(enough), 0.5)
}

func TestAtLeastOnceMeansDuplicates(t *testing.T) {
	t.Parallel()
	base := run(t, "at-least-once", "")
	duplicates := base.at("consumers", "bonus", "duplicates")
	between(t, "duplicates", 150, duplicates, 600)
	if !base.found("lease_too_short", "channels.purchases") || !base.found("duplicates_without_idempotence", "consumers.bonus") {
		t.Error("the short lease or the duplicates are not found")
	}
	known := run(t, "at-least-once", "idempotent")
	between(t, "recognised", 150, known.at("consumers", "bonus", "recognised"), 600)
	patient := run(t, "at-least-once", "longer-timeout")
	once := run(t, "at-least-once", "at-most-once")
	for _, m := range []measured{known, patient, once} {
		if n := m.at("consumers", "bonus", "duplicates"); n != 0 {
			t.Errorf("%s: %g duplicates", m.title, n)
		}
	}
	for _, m := range []measured{base, known, patient} {
		if n := m.at("ledger", "lost"); n != 0 {
			t.Errorf("%s: %g lost", m.title, n)
		}
	}
	more(t, "lost at most once", once.at("ledger", "lost"), 1, 20)
}

func TestBurstySensorsNeedPriority(t *testing.T) {
	t.Parallel()
	alarm := func(m measured) float64 { return m.at("consumers", "gateway", "by_priority", "9", "wait", "p99") }
	reading := func(m measured, q string) float64 {
		return m.at("consumers", "gateway", "by_type", "reading.vibration", "latency", q)
	}
	base := run(t, "bursty-sensors", "")
	between(t, "utilisation", 0.3, base.at("consumers", "gateway", "utilisation"), 0.7)
	more(t, "expired", base.at("channels", "readings", "expired"), 1, 1000)
	more(t, "alarms in line", alarm(run(t, "bursty-sensors", "fifo")), 10, alarm(base))
	lifo := run(t, "bursty-sensors", "lifo")
	more(t, "median of what lifo handles", reading(base, "p50"), 5, reading(lifo, "p50"))
	more(t, "alarms with lifo", alarm(lifo), 50, alarm(base))
	stale := run(t, "bursty-sensors", "no-ttl")
	more(t, "age without a ttl", reading(stale, "p90"), 3, reading(base, "p90"))
	smooth := run(t, "bursty-sensors", "smooth")
	more(t, "p90 with and without bursts", reading(base, "p90"), 10, reading(smooth, "p90"))
	if expired := smooth.at("channels", "readings", "expired"); expired != 0 {
		t.Errorf("%g expired without bursts", expired)
	}
}

func TestOutboxLosesNothingAndTakesTime(t *testing.T) {
	t.Parallel()
	median := func(m measured, view string) float64 { return m.at("consumers", view, "latency", "p50") }
	base := run(t, "outbox", "")
	between(t, "lost by the dual write", 5, base.at("producers", "accounts", "unsent"), 60)
	near(t, "half a poll, and the batch behind itself", median(base, "booking-view"), 0.25+0.07, 0.15)
	more(t, "delay of the outbox", median(base, "booking-view"), 20, median(base, "account-view"))
	for _, m := range []measured{base, run(t, "outbox", "outbox-everywhere")} {
		if got, made := m.at("flows", "booking.made", "failed"), m.at("flows", "booking.made", "created"); got != 0 || made == 0 {
			t.Errorf("%s: %g bookings of %g lost", m.title, got, made)
		}
	}
	everywhere := run(t, "outbox", "outbox-everywhere")
	if got := everywhere.at("flows", "account.changed", "failed"); got != 0 {
		t.Errorf("%g changes lost with an outbox", got)
	}
	fast := run(t, "outbox", "fast-poll")
	more(t, "delay of a slow poll", median(base, "booking-view"), 5, median(fast, "booking-view"))
	small := run(t, "outbox", "small-batch")
	near(t, "rows left of 40/s − 30/s for ten minutes", small.at("producers", "bookings", "unsent"), 10*570, 0.1)
}

// TestBuiltInTextsAreShort keeps the scenarios readable on one screen.
func TestBuiltInTextsAreShort(t *testing.T) {
	for _, name := range scenarios.Names() {
		text, _, _ := scenarios.Builtin(name)
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if len(lines) > 90 {
			t.Errorf("%s has %d lines", name, len(lines))
		}
		for i, line := range lines {
			if n := len([]rune(line)); n > 120 {
				t.Errorf("%s:%d: %d characters", name, i+1, n)
			}
		}
	}
}
