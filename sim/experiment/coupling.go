package experiment

import (
	"context"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// Trouble is something that is done to one component for a while.
type Trouble struct {
	Component string // "consumers.payment", or "broker"
	Kind      string // crash, slow or outage
	scenario  *spec.Scenario
}

// slowTimes is how many times as long work takes where a component is slowed.
const slowTimes = 5

// undisturbed is the scenario without the faults of its own timeline that end:
// beside another fault a trouble would not show what it does, and a component
// that is down already cannot crash.
func undisturbed(sc *spec.Scenario) *spec.Scenario {
	calm := *sc
	calm.Timeline = nil
	for i := range sc.Timeline {
		if _, ends := endOf(sc, i); !ends {
			calm.Timeline = append(calm.Timeline, sc.Timeline[i])
		}
	}
	return &calm
}

// troubles are every trouble that can be made: each consumer crashes and comes
// back, each is slow for a while, the broker is out. They begin when a third of
// what is measured is over, and last a tenth of it.
func troubles(sc *spec.Scenario) []Trouble {
	measured := sc.Duration - sc.Warmup
	at, lasts := sc.Warmup+measured/3, max(measured/10, 1)
	var all []Trouble
	add := func(component, kind string, a spec.Action) {
		a.At = at
		changed := *sc
		changed.Timeline = append(append([]spec.Action(nil), sc.Timeline...), a)
		all = append(all, Trouble{component, kind, &changed})
	}
	for i := range sc.Consumers {
		name := "consumers." + sc.Consumers[i].Name
		ref := spec.Ref{Kind: spec.ConsumerComponent, Index: i}
		add(name, "crash", spec.Action{Kind: spec.CrashAction, A: ref, All: true, Restarts: true, Restart: lasts})
		add(name, "slow", spec.Action{Kind: spec.SlowAction, A: ref, Times: slowTimes, For: lasts})
	}
	add("broker", "outage", spec.Action{Kind: spec.OutageAction, A: spec.Ref{Kind: spec.BrokerComponent}, For: lasts})
	return all
}

// Effect is what one party notices of a trouble, a run. Each is a difference to
// the same run without it, Unknown where the party has no such number.
type Effect struct {
	Party   string     // "producers.web", "flows.order.placed", "consumers.payment"
	Lost    Difference // families that failed, copies that were given up
	Delayed Difference // seconds of the mean completion, latency, confirm or response
	Refused Difference // share of what a producer tried and was not confirmed or answered
}

// Notices says whether the trouble reaches the party.
func (e *Effect) Notices() bool {
	return e.Lost.Standing == Worse || e.Delayed.Standing == Worse || e.Refused.Standing == Worse
}

// Blast is what a trouble does.
type Blast struct {
	Trouble
	Effects  []Effect   // by party
	Recovery sim.Number // seconds, mean; absent where a run did not recover
}

// Coupling is how much the parts of a scenario depend on one another: by what
// troubles do, and by how they are wired.
type Coupling struct {
	Scenario    *spec.Scenario
	Pairs       int
	Interrupted bool
	Lasts       float64 // seconds of each trouble
	LeftOut     int     // faults of the scenario's own timeline
	Parties     []string
	Blasts      []Blast
	Wiring      []Wiring
	prices      [prices]*column // of each pair
}

// CouplingTest makes the runs of a Coupling.
type CouplingTest struct {
	sc, calm *spec.Scenario
	troubles []Trouble
	contest  *Contest
}

// Disturb prepares disturbing each component in turn, on common luck;
// Options.Replications is how often.
func Disturb(sc *spec.Scenario, o Options) *CouplingTest {
	calm := undisturbed(sc)
	t := &CouplingTest{sc: sc, calm: calm, troubles: troubles(calm)}
	list := []*spec.Scenario{calm}
	for _, x := range t.troubles {
		list = append(list, x.scenario)
	}
	t.contest = Against(list, o)
	return t
}

// Progress tells how far it has come.
func (t *CouplingTest) Progress() Progress { return t.contest.Progress() }

// Run makes the runs and says what they show.
func (t *CouplingTest) Run(ctx context.Context) (*Coupling, error) {
	got, err := t.contest.Run(ctx)
	if err != nil {
		return nil, err
	}
	c := &Coupling{
		Scenario: t.sc, Pairs: got.Pairs, Interrupted: got.Interrupted, Wiring: wiring(t.sc),
		Lasts:   float64(max((t.sc.Duration-t.sc.Warmup)/10, 1)) / 1e9,
		LeftOut: len(t.sc.Timeline) - len(t.calm.Timeline),
	}
	if got.Pairs == 0 {
		return c, nil
	}
	flows := flowsOf(t.calm, got.Runs)
	base := partiesOf(got.Runs[0], flows)
	for _, p := range base {
		c.Parties = append(c.Parties, p.name)
	}
	for i, x := range t.troubles {
		b := Blast{Trouble: x}
		other := partiesOf(got.Runs[i+1], flows)
		for j := range base {
			b.Effects = append(b.Effects, base[j].effect(&other[j]))
		}
		for k := range got.Measures {
			if m := &got.Measures[k]; m.Group == "faults" && m.Values[i+1].N == got.Pairs {
				b.Recovery = m.Values[i+1].Mean
			}
		}
		c.Blasts = append(c.Blasts, b)
	}
	c.judge()
	c.prices = pricesOf(got.Runs, got.extras)
	return c, nil
}

// judge corrects the differences for being many.
func (c *Coupling) judge() {
	var all []*Difference
	for i := range c.Blasts {
		for j := range c.Blasts[i].Effects {
			e := &c.Blasts[i].Effects[j]
			all = append(all, &e.Lost, &e.Delayed, &e.Refused)
		}
	}
	holm(all)
	for _, d := range all {
		d.stand(Lower)
	}
}

// party is what one producer, flow or consumer came to, run by run.
type party struct {
	name                   string
	lost, delayed, refused *column
}

func (p *party) effect(other *party) Effect {
	return Effect{
		Party: p.name, Lost: paired(p.lost, other.lost, "", 1), Delayed: paired(p.delayed, other.delayed, "", 1),
		Refused: paired(p.refused, other.refused, "", 1),
	}
}

// flowsOf are the flows that began in any of the runs, in the scenario's order:
// a rare type of event need not come in all of them.
func flowsOf(sc *spec.Scenario, runs [][]*sim.Result) []string {
	began := map[string]bool{}
	for _, list := range runs {
		for _, r := range list {
			for i := range r.Flows {
				began[r.Flows[i].Name] = true
			}
		}
	}
	var names []string
	for i := range sc.Events {
		if began[sc.Events[i].Name] {
			names = append(names, sc.Events[i].Name)
		}
	}
	return names
}

// flowIn is a run's flow of a name; one that did not begin has nothing to tell.
func flowIn(r *sim.Result, name string) sim.FlowResult {
	for i := range r.Flows {
		if r.Flows[i].Name == name {
			return r.Flows[i]
		}
	}
	return sim.FlowResult{Name: name}
}

// partiesOf are the parties of a scenario's runs, the named flows among them.
func partiesOf(runs []*sim.Result, flows []string) []party {
	var all []party
	series := func(read func(*sim.Result) sim.Number) *column {
		c := &column{}
		for _, r := range runs {
			c.values = append(c.values, read(r))
		}
		return c
	}
	for i := range runs[0].Producers {
		all = append(all, party{
			"producers." + runs[0].Producers[i].Name, nil,
			series(func(r *sim.Result) sim.Number { return answerTime(&r.Producers[i]) }),
			series(func(r *sim.Result) sim.Number { return refusals(&r.Producers[i]) }),
		})
	}
	for _, name := range flows {
		all = append(all, party{
			"flows." + name,
			series(func(r *sim.Result) sim.Number { return sim.Num(float64(flowIn(r, name).Failed)) }),
			series(func(r *sim.Result) sim.Number { return flowIn(r, name).Completion.Mean }), nil,
		})
	}
	for i := range runs[0].Consumers {
		all = append(all, party{
			"consumers." + runs[0].Consumers[i].Name,
			series(func(r *sim.Result) sim.Number {
				c := &r.Consumers[i]
				return sim.Num(float64(c.DeadLettered + c.Dropped + c.Lost))
			}),
			series(func(r *sim.Result) sim.Number { return r.Consumers[i].Latency.Mean }), nil,
		})
	}
	return all
}

func answerTime(p *sim.ProducerResult) sim.Number {
	if p.Response.Count > 0 {
		return p.Response.Mean
	}
	return p.Confirm.Mean
}

func refusals(p *sim.ProducerResult) sim.Number {
	if !p.Availability.Valid {
		return sim.Number{}
	}
	return sim.Num(1 - p.Availability.Value)
}

// Wiring is how a consumer or a producer is connected, whatever it does.
type Wiring struct {
	Name          string
	In, Out       int     // components that send to it, and that it sends to
	Instability   float64 // out / (in + out); 0 where it is alone
	Chain         int     // calls in the longest chain that begins here
	Together      int     // components that must be up at the same instant for its work, itself included
	Availability  float64 // of these together, where each is there 99.9 % of the time
	Synchronously int     // components that it calls itself
}

// up is the share of the time that each component is taken to be there.
const up = 0.999

// wiring measures a scenario without running it.
func wiring(sc *spec.Scenario) []Wiring {
	producers := len(sc.Producers)
	n := producers + len(sc.Consumers)
	sends, calls := make([][]bool, n), make([][]bool, n)
	for i := range n {
		sends[i], calls[i] = make([]bool, n), make([]bool, n)
	}
	reaches := readersOf(sc)
	publish := func(from, channel int) {
		for _, c := range reaches[channel] {
			sends[from][producers+c] = true
		}
	}
	call := func(from, callee int) { sends[from][producers+callee], calls[from][producers+callee] = true, true }
	for i := range sc.Producers {
		if p := &sc.Producers[i]; p.To != spec.None {
			publish(i, p.To)
		} else {
			call(i, p.Call)
		}
	}
	for i := range sc.Consumers {
		for _, h := range sc.Consumers[i].Handlers {
			for _, s := range h.Steps {
				switch s.Verb {
				case spec.Emit:
					publish(producers+i, s.To)
				case spec.Call:
					call(producers+i, s.Callee)
				}
			}
		}
	}
	all := make([]Wiring, n)
	for i := range all {
		w := &all[i]
		if w.Name = "producers." + nameAt(sc, i); i >= producers {
			w.Name = "consumers." + nameAt(sc, i)
		}
		for j := range n {
			w.In += count(sends[j][i])
			w.Out += count(sends[i][j])
			w.Synchronously += count(calls[i][j])
		}
		if w.In+w.Out > 0 {
			w.Instability = float64(w.Out) / float64(w.In+w.Out)
		}
		seen := make([]bool, n)
		w.Chain = chain(calls, i, seen)
		w.Together = atOnce(calls, i)
		w.Availability = luck.Pow(up, float64(w.Together))
	}
	return all
}

func nameAt(sc *spec.Scenario, i int) string {
	if i < len(sc.Producers) {
		return sc.Producers[i].Name
	}
	return sc.Consumers[i-len(sc.Producers)].Name
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// chain is the longest chain of calls from a component; a circle ends it.
func chain(calls [][]bool, from int, on []bool) int {
	on[from] = true
	longest := 0
	for to, is := range calls[from] {
		if is && !on[to] {
			longest = max(longest, 1+chain(calls, to, on))
		}
	}
	on[from] = false
	return longest
}

// atOnce is how many components calls reach from one, itself included.
func atOnce(calls [][]bool, from int) int {
	reached := map[int]bool{from: true}
	list := []int{from}
	for i := 0; i < len(list); i++ {
		for to, is := range calls[list[i]] {
			if is && !reached[to] {
				reached[to] = true
				list = append(list, to)
			}
		}
	}
	return len(list)
}

// readersOf are the consumers that get anything of what is published to each
// channel, over bindings and rules.
func readersOf(sc *spec.Scenario) [][]int {
	n := len(sc.Broker.Channels)
	next := make([][]int, n)
	for i := range sc.Broker.Channels {
		ch := &sc.Broker.Channels[i]
		for _, from := range ch.From {
			next[from] = append(next[from], i)
		}
		for _, r := range ch.Rules {
			next[i] = append(next[i], r.To...)
		}
		if ch.Type == spec.Bus && ch.Otherwise != spec.None {
			next[i] = append(next[i], ch.Otherwise)
		}
	}
	readers := make([][]int, n)
	for i := range n {
		reached, list := map[int]bool{i: true}, []int{i}
		for k := 0; k < len(list); k++ {
			for _, to := range next[list[k]] {
				if !reached[to] {
					reached[to] = true
					list = append(list, to)
				}
			}
		}
		for c := range sc.Consumers {
			for _, from := range sc.Consumers[c].From {
				if reached[from.Channel] {
					readers[i] = append(readers[i], c)
					break
				}
			}
		}
	}
	return readers
}
