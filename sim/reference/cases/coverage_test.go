package cases

import (
	"math/rand/v2"
	"slices"
	"testing"

	"eddy/sim/spec"
)

// TestAnyDrawsEverything: each feature is in a fair share of the scenarios.
func TestAnyDrawsEverything(t *testing.T) {
	const scenarios = 1000
	counts := map[string]int{}
	for seed := range uint64(scenarios) {
		for name := range features(Any(rand.New(rand.NewPCG(seed, 3)).IntN)) {
			counts[name]++
		}
	}
	for name, percent := range atLeast {
		if n := counts[name]; n*100 < percent*scenarios {
			t.Errorf("%s: in %d of %d scenarios, which is less than %d %%", name, n, scenarios, percent)
		}
	}
	t.Log(counts)
}

// atLeast says in how many scenarios of a hundred a feature must be.
var atLeast = map[string]int{
	"queue": 60, "topic": 40, "bus": 20, "rule with a condition": 5, "otherwise": 8, "wildcard": 20,
	"mmpp": 10, "shape": 15, "burst": 10, "replay": 10, "text key": 5, "users": 10, "outbox": 10, "dedup": 20,

	"producer that calls": 8, "call": 10, "call that is tried again": 5, "breaker": 4, "call with a timeout": 5, "call that may fail": 5,
	"backlog": 10, "consumer that only answers": 5,

	"one key at a time": 5, "retry by timeout": 5, "autoscaling on backlog": 5, "autoscaling on utilisation": 5, "autoscaling on rate": 5,

	"timeline": 25, "restart": 3, "fault that ends": 15, "a crash": 4, "slow work": 4, "failing work": 4, "scaling": 4, "a stop": 4,
	"a start": 4, "an outage": 4, "a cut": 4, "a delay": 4, "a loss": 4, "duplication": 4, "a surge": 4, "a purge": 4, "a pause": 4,
	"a resumption": 4, "an emission": 4,
	"a setting": 20, "a setting that is taken back": 10, "settings side by side": 5,

	"stream": 25, "group": 15, "partitions": 20, "range": 5, "round robin": 5, "sticky": 5, "cooperative": 5,
	"rebalances that take time": 10, "reader of a queue and a stream": 4, "retention": 10, "group that begins late": 4, "group that begins late with the earliest": 2,
	"commits now and then": 5, "group with a condition": 4, "retry that blocks": 4, "retry in the worker of a group": 4,
}

var actionNames = []string{
	"a crash", "slow work", "failing work", "scaling", "a stop", "a start", "an outage", "a cut", "a delay", "a loss",
	"duplication", "a surge", "a purge", "a pause", "a resumption", "an emission", "a setting",
}

// features are those that a scenario has.
func features(sc *spec.Scenario) map[string]bool {
	has := map[string]bool{}
	note := func(name string, is bool) {
		if is {
			has[name] = true
		}
	}
	for _, p := range sc.Producers {
		note("producer that calls", p.Call != spec.None)
		note("mmpp", p.Rate.Kind == spec.MMPP)
		note("burst", p.Rate.Kind == spec.Burst)
		note("replay", p.Rate.Kind == spec.Replay)
		note("shape", len(p.Shape) > 0)
		note("users", p.Users > 0)
		note("outbox", p.Outbox != nil)
		for _, row := range p.Rate.Rows {
			note("text key", row.HasKey)
		}
	}
	for _, act := range sc.Timeline {
		note("timeline", true)
		note(actionNames[act.Kind], true)
		note("restart", act.Restarts)
		note("settings side by side", act.Changed != nil && has["a setting that is taken back"])
		note("a setting that is taken back", act.Changed != nil && act.For > 0)
		note("fault that ends", act.For > 0)
	}
	for _, ch := range sc.Broker.Channels {
		if ch.Type == spec.Stream {
			note([]string{"range", "round robin", "sticky", "cooperative"}[ch.Assign], true)
			note("partitions", ch.Partitions > 1)
			note("rebalances that take time", ch.Rebalance > 0)
			note("retention", ch.Retention != spec.Retention{})
		}
		note([]string{"queue", "topic", "stream", "bus"}[ch.Type], true)
		note("otherwise", ch.Otherwise != spec.None)
		note("dedup", ch.Store.Dedup > 0)
		note("one key at a time", ch.Store.KeyExclusive)
		for _, rule := range ch.Rules {
			note("rule with a condition", rule.Where != nil)
		}
	}
	for _, c := range sc.Consumers {
		note("retry by timeout", c.Retry.ByTimeout)
		if c.Autoscale != nil {
			note([]string{"autoscaling on backlog", "autoscaling on utilisation", "autoscaling on rate"}[c.Autoscale.On], true)
		}
		note("reader of a queue and a stream", readsBoth(sc, c))
		for _, from := range c.From {
			if sc.Broker.Channels[from.Channel].Type == spec.Stream {
				note("group", true)
				note("group that begins late", c.Starts > 0)
				note("group that begins late with the earliest", c.Starts > 0 && from.Earliest)
				note("commits now and then", c.Commit > 0)
				note("group with a condition", from.Where != nil)
				note("retry that blocks", c.Retry.Blocks)
				note("retry in the worker of a group", c.Retry.InWorker)
			}
		}
		note("backlog", c.Backlog != spec.Unlimited)
		note("consumer that only answers", len(c.From) == 0)
		for _, h := range c.Handlers {
			note("wildcard", !h.Pattern.MatchesAll())
			for _, st := range h.Steps {
				note("call", st.Verb == spec.Call)
				note("call that is tried again", st.Verb == spec.Call && st.Retry.Attempts != 1)
				note("breaker", st.Breaker != nil)
				note("call with a timeout", st.Verb == spec.Call && st.Timeout > 0)
				note("call that may fail", st.Verb == spec.Call && st.Continue)
			}
		}
	}
	return has
}

// readsBoth says whether a consumer reads a stream and something that is none.
func readsBoth(sc *spec.Scenario, c spec.Consumer) bool {
	isStream := func(from spec.Source) bool { return sc.Broker.Channels[from.Channel].Type == spec.Stream }
	return slices.ContainsFunc(c.From, isStream) &&
		slices.ContainsFunc(c.From, func(from spec.Source) bool { return !isStream(from) })
}
