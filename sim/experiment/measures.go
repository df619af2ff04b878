package experiment

import (
	"slices"

	"eddy/sim"
	"eddy/sim/spec"
)

// Direction says which way of a measure is good.
type Direction uint8

// Directions.
const (
	Neither Direction = iota // a fact: utilisation, say
	Lower
	Higher
)

// Audience is whom a measure matters to most.
type Audience uint8

// Audiences, in the order in which a verdict speaks of them.
const (
	Callers   Audience = iota // publish events or call, and wait for the answer
	Outcomes                  // wait until an event has had its effect
	Integrity                 // need every event's effect once, and in order
	Operators                 // run the system and pay for it
	Audiences = 4
)

// measureKey is a number of the result document, below a component.
type measureKey struct {
	key      []string
	label    string
	unit     sim.Unit
	better   Direction
	audience Audience
	beside   bool // not in the result: left out where no run was asked
}

// What a decision needs of each kind of component.
var (
	flowKeys = []measureKey{
		{[]string{"rate"}, "completed a second", sim.UnitPerSecond, Higher, Outcomes, false}, // derived
		{[]string{"completion", "p50"}, "completion p50", sim.UnitSeconds, Lower, Outcomes, false},
		{[]string{"completion", "p99"}, "completion p99", sim.UnitSeconds, Lower, Outcomes, false},
		{[]string{"failed"}, "failed", sim.UnitOne, Lower, Integrity, false},
	}
	producerKeys = []measureKey{
		{[]string{"availability"}, "availability", sim.UnitShare, Higher, Callers, false},
		{[]string{"availability_worst_minute"}, "availability, worst min", sim.UnitShare, Higher, Callers, true}, // derived
		{[]string{"confirm", "p50"}, "confirm p50", sim.UnitSeconds, Lower, Callers, false},
		{[]string{"confirm", "p99"}, "confirm p99", sim.UnitSeconds, Lower, Callers, false},
		{[]string{"response", "p50"}, "response p50", sim.UnitSeconds, Lower, Callers, false},
		{[]string{"response", "p99"}, "response p99", sim.UnitSeconds, Lower, Callers, false},
		{[]string{"dropped"}, "dropped", sim.UnitOne, Lower, Callers, false},
	}
	consumerKeys = []measureKey{
		{[]string{"rate"}, "done a second", sim.UnitPerSecond, Higher, Outcomes, false},
		{[]string{"latency", "p50"}, "latency p50", sim.UnitSeconds, Lower, Outcomes, false},
		{[]string{"latency", "p99"}, "latency p99", sim.UnitSeconds, Lower, Outcomes, false},
		{[]string{"duplicates"}, "duplicates", sim.UnitOne, Lower, Integrity, false},
		{[]string{"order_violations"}, "order violations", sim.UnitOne, Lower, Integrity, false},
		{[]string{"utilisation"}, "utilisation", sim.UnitShare, Neither, Operators, false},
		{[]string{"instance_seconds"}, "instance-seconds", sim.UnitSeconds, Lower, Operators, false},
	}
	channelKeys = []measureKey{
		{[]string{"depth", "max"}, "backlog max", sim.UnitOne, Lower, Operators, false},
	}
	ledgerKeys = []measureKey{
		{[]string{"unsent"}, "unsent", sim.UnitOne, Lower, Integrity, false},
		{[]string{"rejected"}, "rejected", sim.UnitOne, Lower, Integrity, false},
		{[]string{"unrouted"}, "unrouted", sim.UnitOne, Lower, Integrity, false},
		{[]string{"dead_lettered"}, "dead-lettered", sim.UnitOne, Lower, Integrity, false},
		{[]string{"dropped"}, "dropped", sim.UnitOne, Lower, Integrity, false},
		{[]string{"expired"}, "expired", sim.UnitOne, Lower, Integrity, false},
		{[]string{"lost"}, "lost", sim.UnitOne, Lower, Integrity, false},
	}
	faultKeys = []measureKey{
		{[]string{"recovery"}, "recovery time", sim.UnitSeconds, Lower, Operators, false}, // derived
	}
)

// quantity is one measure of one component.
type quantity struct {
	measureKey
	group, name string // "consumers", "payment"; name is "" for the whole
}

func (q quantity) path() []string {
	path := []string{q.group}
	if q.name != "" {
		path = append(path, q.name)
	}
	return append(path, q.key...)
}

// quantities are the measures of all scenarios together, the base's
// components first. The results are one of each scenario.
func quantities(scenarios []*spec.Scenario, results []*sim.Result, faults bool) []quantity {
	var all []quantity
	each := func(group string, keys []measureKey, names func(*sim.Result) []string) {
		seen := map[string]bool{}
		for _, r := range results {
			for _, name := range names(r) {
				if seen[name] {
					continue
				}
				seen[name] = true
				for _, k := range keys {
					all = append(all, quantity{k, group, name})
				}
			}
		}
	}
	each("flows", flowKeys, func(r *sim.Result) []string {
		return namesOf(r.Flows, func(f *sim.FlowResult) string { return f.Name })
	})
	each("producers", producerKeys, func(r *sim.Result) []string {
		return namesOf(r.Producers, func(p *sim.ProducerResult) string { return p.Name })
	})
	each("consumers", consumerKeys, func(r *sim.Result) []string {
		return namesOf(r.Consumers, func(c *sim.ConsumerResult) string { return c.Name })
	})
	channel := func(c *sim.ChannelResult) string { return c.Name }
	at := 0 // each asks about the results in their order
	each("channels", channelKeys, func(r *sim.Result) []string {
		unread := unreadChannels(scenarios[at])
		at++
		// What is dead-lettered is counted as such, and waits for nobody.
		return slices.DeleteFunc(namesOf(r.Channels, channel), func(name string) bool { return unread["channels."+name] })
	})
	each("subscriptions", channelKeys, func(r *sim.Result) []string { return namesOf(r.Subscriptions, channel) })
	each("ledger", ledgerKeys, whole)
	if faults {
		each("faults", faultKeys, whole)
	}
	return all
}

// whole is the name of what has no parts.
func whole(*sim.Result) []string { return []string{""} }

func namesOf[T any](list []T, name func(*T) string) []string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = name(&list[i])
	}
	return names
}

// needed says whether a number of the result document is compared, or needed
// to judge one that is.
func needed(path []string) bool {
	switch path[0] {
	case "ledger":
		return true
	case "flows", "producers", "consumers", "channels", "subscriptions":
	default:
		return false
	}
	if len(path) == 3 {
		return true
	}
	switch path[len(path)-1] {
	case "count", "mean", "sd", "p50", "p99", "max":
		return len(path) == 4
	}
	return false
}

// tabulate is the table of one scenario's runs with what is derived from them.
func tabulate(runs []*sim.Result) *table {
	t := newTable(needed)
	for _, r := range runs {
		t.add(r)
		for j := range r.Flows {
			f := &r.Flows[j]
			t.put([]string{"flows", f.Name, "rate"}, sim.UnitPerSecond, perSecond(f.Completed, r))
		}
	}
	return t
}

// beside adds what the runs of a comparison were asked beside their results.
// recovered has a number for each run, or is nil.
func (t *table) beside(runs []*sim.Result, recovered []sim.Number, extras []extra) {
	add := func(path []string, unit sim.Unit, values []sim.Number) {
		c := t.at(len(t.columns), path, unit)
		c.values = values
	}
	if recovered != nil {
		add([]string{"faults", "recovery"}, sim.UnitSeconds, recovered)
	}
	if len(extras) == 0 || extras[0].worst == nil {
		return
	}
	for p := range runs[0].Producers {
		values := make([]sim.Number, len(runs))
		for i, r := range runs {
			if r.Producers[p].Availability.Valid {
				values[i] = extras[i].worst[p]
			}
		}
		add([]string{"producers", runs[0].Producers[p].Name, "availability_worst_minute"}, sim.UnitShare, values)
	}
}

// perSecond is a count of what ended after the warm-up as a rate.
func perSecond(n int64, r *sim.Result) sim.Number {
	measured := r.Run.EndedAt - r.Run.Warmup
	if measured <= 0 {
		return sim.Number{}
	}
	return sim.Num(float64(n) / measured)
}

// put adds a derived number of the run that was added last.
func (t *table) put(path []string, unit sim.Unit, v sim.Number) {
	c := t.at(len(t.columns), path, unit)
	c.fill(t.runs)
	c.values[t.runs-1] = v
}
