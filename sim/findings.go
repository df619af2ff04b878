package sim

import (
	"cmp"
	"slices"
	"strconv"

	"eddy/sim/spec"
)

// fewest is how many observations a share or a latency should rest on before
// anything is said of it.
const fewest = 30

// findings says what the numbers of a result mean, the worst first.
func (e *Engine) findings(r *Result) []Finding {
	f := finder{e: e, r: r, span: seconds(e.now - e.warm)}
	for i := range e.consumers {
		f.load(i)
		f.failures(i)
		f.doubles(i)
		f.order(i)
	}
	f.intake()
	for i := range e.stores {
		if s := &e.stores[i]; s.group == nil {
			f.leases(s)
			f.shed(f.e.names.Component(s.component), s.name, []*store{s})
		}
	}
	for i := range e.channels {
		f.routing(i)
	}
	for i := range e.producers {
		f.blocked(i)
		f.outbox(i)
	}
	for _, g := range e.groups {
		f.idleMembers(g)
		f.hotPartition(g)
		f.shed(f.e.names.Component(g.stores[0].component), g.stores[0].name, g.stores)
	}
	f.calls()
	f.run()
	rank := map[FindingSeverity]int{SeverityError: 0, SeverityWarning: 1, SeverityInfo: 2}
	slices.SortStableFunc(f.out, func(a, b Finding) int { return cmp.Compare(rank[a.Severity], rank[b.Severity]) })
	return f.out
}

// finder collects what there is to say about a run.
type finder struct {
	e    *Engine
	r    *Result
	span float64 // seconds measured
	out  []Finding
}

// say adds a finding. What it points to may be completed until the next is said.
func (f *finder) say(s FindingSeverity, code, component, text string, ev ...Evidence) *Finding {
	f.out = append(f.out, Finding{Severity: s, Code: code, Component: component, Text: text, Evidence: ev})
	return &f.out[len(f.out)-1]
}

// mend adds the change that would mend what was found, and what it should do.
func (x *Finding) mend(predicted string, change ...spec.Setting) {
	x.Change, x.Predicted = append(x.Change, change...), predicted
}

func (f *finder) consumerPath(i int) string { return f.e.names.Component(f.e.consumers[i].component) }

func count(name string, n int64) Evidence   { return Evidence{name, Num(float64(n))} }
func value(name string, v float64) Evidence { return Evidence{name, Num(v)} }

// evidenceUnits are the units of those numbers behind findings that are not
// plain counts or ratios. Each name has one meaning everywhere.
var evidenceUnits = map[string]Unit{
	"ack_timeout": UnitSeconds, "service_p99": UnitSeconds, "lease_p99": UnitSeconds, "full_in": UnitSeconds, "blocked": UnitSeconds,
	"growth": UnitPerSecond, "rate": UnitPerSecond, "capacity": UnitPerSecond,
	"share": UnitShare, "answered": UnitShare, "availability": UnitShare, "product": UnitShare, "largest_key": UnitShare,
}

// Unit is what the number is measured in: seconds, per second, a share of 1,
// or one (a count or a ratio).
func (e Evidence) Unit() Unit {
	if u, ok := evidenceUnits[e.Name]; ok {
		return u
	}
	return UnitOne
}

// eachStep visits the steps of a consumer's handlers, with their places.
func (f *finder) eachStep(consumer int, visit func(handler, step int, st *spec.Step)) {
	for h := range f.e.sc.Consumers[consumer].Handlers {
		steps := f.e.sc.Consumers[consumer].Handlers[h].Steps
		for s := range steps {
			visit(h, s, &steps[s])
		}
	}
}

// stepPath is the path of a step as a setting names it. A single handler for
// everything is a list of steps, others are under their patterns.
func (f *finder) stepPath(consumer, handler, step int) string {
	c := &f.e.sc.Consumers[consumer]
	path := "consumers." + c.Name + ".handle"
	if p := c.Handlers[handler].Pattern.Text; len(c.Handlers) > 1 || p != "#" {
		path += "." + p
	}
	return path + "[" + strconv.Itoa(step) + "]"
}

// set is a change of a scenario.
func set(path, value string) spec.Setting { return spec.Setting{Path: path, Value: value} }
