package cases

import (
	"math/rand/v2"
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
	for _, ch := range sc.Broker.Channels {
		note([]string{"queue", "topic", "stream", "bus"}[ch.Type], true)
		note("otherwise", ch.Otherwise != spec.None)
		note("dedup", ch.Store.Dedup > 0)
		for _, rule := range ch.Rules {
			note("rule with a condition", rule.Where != nil)
		}
	}
	for _, c := range sc.Consumers {
		for _, h := range c.Handlers {
			note("wildcard", !h.Pattern.MatchesAll())
		}
	}
	return has
}
