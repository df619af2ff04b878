package experiment

import (
	"context"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"eddy/sim/spec"
)

const syncShop = `name: sync
duration: 60s
warmup: 10s
producers: {web: {emits: order, call: checkout, rate: poisson(40/s), timeout: 1s}}
broker: {latency: 1ms, channels: {unused: {type: queue}}}
consumers:
  checkout: {concurrency: 20, handle: [{work: exp(5ms)}, {call: payment, timeout: 500ms}]}
  payment: {concurrency: 4, handle: [{work: exp(40ms)}]}
`

const eventShop = `name: events
duration: 60s
warmup: 10s
producers: {web: {emits: order, call: checkout, rate: poisson(40/s), timeout: 1s}}
broker: {latency: 1ms, channels: {orders: {type: queue}}}
consumers:
  checkout: {concurrency: 20, handle: [{work: exp(5ms)}, {emit: placed, to: orders}]}
  payment: {from: orders, concurrency: 4, work: exp(40ms)}
`

func coupled(t *testing.T, text string, jobs int) *Coupling {
	t.Helper()
	c, err := Disturb(written(t, text), Options{Replications: 5, Jobs: jobs}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func effectOf(t *testing.T, c *Coupling, component, kind, party string) (Effect, Blast) {
	t.Helper()
	for _, b := range c.Blasts {
		for _, e := range b.Effects {
			if b.Component == component && b.Kind == kind && e.Party == party {
				return e, b
			}
		}
	}
	t.Fatalf("there is no %s of %s at %s", kind, component, party)
	return Effect{}, Blast{}
}

// TestCouplingTellsCallsFromEvents: when payment crashes, whoever called it is
// refused; whoever sent an event does not notice, but the order takes longer
// and the heap must be worked off.
func TestCouplingTellsCallsFromEvents(t *testing.T) {
	calls, events := coupled(t, syncShop, 0), coupled(t, eventShop, 0)
	web, _ := effectOf(t, calls, "consumers.payment", "crash", "producers.web")
	// A tenth of the time is disturbed, so a tenth of the calls fail.
	if web.Refused.Standing != Worse || math.Abs(web.Refused.Mean.Value-0.1) > 0.03 {
		t.Errorf("calls: %+v", web.Refused)
	}
	web, _ = effectOf(t, events, "consumers.payment", "crash", "producers.web")
	if web.Notices() {
		t.Errorf("whoever sends an event notices: %+v", web)
	}
	flow, blast := effectOf(t, events, "consumers.payment", "crash", "flows.order")
	if flow.Delayed.Standing != Worse || flow.Lost.Standing == Worse {
		t.Errorf("events: %+v", flow)
	}
	if !blast.Recovery.Valid || blast.Recovery.Value < 1 {
		t.Errorf("the heap is gone after %+v", blast.Recovery)
	}
}

// TestPrices: the shop of events keeps its customers in a trouble and pays with
// time; the shop of calls the other way round.
func TestPrices(t *testing.T) {
	list := []*Coupling{coupled(t, eventShop, 0), coupled(t, syncShop, 0)}
	prices := Prices(list)
	standing := map[string]Standing{}
	for _, p := range prices {
		standing[p.Path] = p.Against[0].Standing
		if len(p.Values) != 2 || !p.Values[0].Mean.Valid {
			t.Errorf("%+v", p)
		}
	}
	for path, want := range map[string]Standing{
		"trouble.refused": Worse, "trouble.lost": Worse, "trouble.late": Better, "calm.response": Worse,
	} {
		if standing[path] != want {
			t.Errorf("%s of calls: %s, not %s", path, StandingNames[standing[path]], StandingNames[want])
		}
	}
	// The control: against itself there is nothing to buy.
	for _, p := range Prices([]*Coupling{list[0], list[0]}) {
		if p.Against[0].Standing != Same {
			t.Errorf("%s of the same: %+v", p.Path, p.Against[0])
		}
	}
}

// TestCouplingLeavesOwnFaultsOut: a component that the timeline has stopped
// already would not notice that it crashes.
func TestCouplingLeavesOwnFaultsOut(t *testing.T) {
	own := eventShop + "timeline: [{at: 20s, crash: payment, instances: all, restart: 20s}, {at: 50s, scale: payment, to: 2}]\n"
	c := coupled(t, own, 0)
	if c.LeftOut != 1 || len(c.Scenario.Timeline) != 2 {
		t.Errorf("%d faults are left out; %d entries are left", c.LeftOut, len(c.Scenario.Timeline))
	}
	flow, _ := effectOf(t, c, "consumers.payment", "crash", "flows.order")
	if flow.Delayed.Standing != Worse {
		t.Errorf("its own fault hides the trouble: %+v", flow)
	}
}

func TestCouplingDoesNotDependOnJobs(t *testing.T) {
	if !reflect.DeepEqual(coupled(t, eventShop, 1).Blasts, coupled(t, eventShop, 4).Blasts) {
		t.Error("four jobs give other effects than one")
	}
}

func TestWiring(t *testing.T) {
	for text, want := range map[string]Wiring{
		syncShop:  {Name: "producers.web", Out: 1, Instability: 1, Chain: 2, Together: 3, Availability: 0.999 * 0.999 * 0.999, Synchronously: 1},
		eventShop: {Name: "producers.web", Out: 1, Instability: 1, Chain: 1, Together: 2, Availability: 0.999 * 0.999, Synchronously: 1},
	} {
		got := wiring(written(t, text))[0]
		if math.Abs(got.Availability-want.Availability) > 1e-12 {
			t.Errorf("availability %v, not %v", got.Availability, want.Availability)
		}
		got.Availability = want.Availability
		if got != want {
			t.Errorf("%+v, not %+v", got, want)
		}
	}
	// Over a topic, a bound queue and a rule; unread channels reach nobody.
	all := wiring(written(t, `name: x
duration: 1s
producers: {p: {emits: e, to: t, rate: 1/s}}
broker: {channels: {t: {type: topic}, q: {type: queue, from: t}, b: {type: bus, rules: {r: {to: t}}}, dead: {type: queue}}}
consumers: {a: {from: t, work: 1ms}, c: {from: q, handle: [{work: 1ms}, {emit: f, to: b}]}, d: {from: q, emit: g, to: dead, work: 1ms}}
`))
	for i, want := range [][2]int{{0, 3}, {2, 0}, {2, 3}, {2, 0}} {
		if all[i].In != want[0] || all[i].Out != want[1] {
			t.Errorf("%s: %d in, %d out", all[i].Name, all[i].In, all[i].Out)
		}
	}
}

func TestTroublesLeaveTheScenarioAlone(t *testing.T) {
	sc := written(t, eventShop)
	before := len(sc.Timeline)
	for _, x := range troubles(sc) {
		if len(x.scenario.Timeline) != before+1 || len(disturbances(x.scenario)) != 1 {
			t.Errorf("%s of %s: %+v", x.Kind, x.Component, x.scenario.Timeline)
		}
	}
	if len(sc.Timeline) != before || troubles(sc)[0].scenario.Timeline[0].At < 10*spec.Second {
		t.Error("the scenario was changed, or troubles begin within the warm-up")
	}
}

// rareShop has events so rare that they come in some runs alone, and in some
// of the disturbed ones only.
const rareShop = `name: rare
duration: 2s
producers:
  web: {emits: {order: 98%, refund: 1%, recall: 1%}, to: orders, rate: poisson(20/s)}
broker: {channels: {orders: {type: queue}}}
consumers:
  clerk: {from: orders, handle: [{work: 1ms}, {emit: letter, to: orders, chance: 2%, when: {type: order}}]}
`

// TestCouplingOfRareFlows: each flow of any run is a party, and the same one
// before and after.
func TestCouplingOfRareFlows(t *testing.T) {
	c := coupled(t, rareShop, 0)
	var flows []string
	for _, p := range c.Parties {
		if strings.HasPrefix(p, "flows.") {
			flows = append(flows, p)
		}
	}
	if want := []string{"flows.order", "flows.refund", "flows.recall"}; !slices.Equal(flows, want) {
		t.Errorf("the flows are %v, not %v", flows, want)
	}
	for _, b := range c.Blasts {
		for j, e := range b.Effects {
			if e.Party != c.Parties[j] {
				t.Errorf("%s of %s: %s is at the place of %s", b.Kind, b.Component, e.Party, c.Parties[j])
			}
		}
	}
}
