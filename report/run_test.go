package report

import (
	"context"
	"io"
	"testing"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/experiment"
	"eddy/sim/spec"
)

// eventful is a scenario in which every kind of thing happens that the
// exports of a running simulation tell of.
const eventful = `
name: eventful
duration: 20s
producers:
  web: {emits: order.placed, to: orders, rate: poisson(40/s)}
  careless: {emits: order.placed, to: orders, rate: 5/s, confirm: false, loses: 10%}
  table: {kind: database, emits: row.changed, to: orders, rate: 5/s, outbox: {poll: 500ms}}
  shop: {emits: quote.asked, call: checkout, rate: 10/s, timeout: 300ms, retry: {attempts: 2}}
broker:
  latency: 1ms
  channels:
    orders: {type: topic}
    payments: {type: queue, from: orders, capacity: 20, overflow: drop_new, dead_letter: dead, ack_timeout: 200ms}
    dead: {type: queue, capacity: 8, overflow: drop_new, ttl: 2s}
    paid: {type: queue}
consumers:
  stock: {from: orders, work: exp(5ms)}
  payment:
    from: payments
    instances: 2
    concurrency: 2
    handle:
      - work: exp(60ms)
      - fail: 20%
      - {emit: order.paid, to: paid}
    retry: {attempts: 3, backoff: constant(10ms)}
  undertaker: {from: dead, work: 400ms}
  audit: {from: [orders, paid], work: 1ms}
  mail: {from: paid, ack: before, handle: [{work: 5ms}, {fail: 10%}]}
  checkout:
    concurrency: 2
    backlog: 5
    handle: [{work: exp(10ms)}, {call: price, timeout: 100ms}]
  price: {work: exp(20ms)}
timeline:
  - {at: 5s, crash: payment, restart: 2s}
  - {at: 8s, crash: mail, restart: 1s}
  - {at: 12s, crash: price, restart: 500ms}
expect:
  - ledger.lost == 0
  - consumers.stock.latency.p99 < 10s
`

func load(t testing.TB, text string) *spec.Scenario {
	t.Helper()
	sc, problems := scenarios.Load([]byte(text), scenarios.Options{})
	if sc == nil {
		t.Fatal(problems)
	}
	return sc
}

// simulated runs a scenario with observers, and with samples ten times a second.
func simulated(t testing.TB, sc *spec.Scenario, watch func(*sim.Names) []sim.Observer) (*sim.Result, *History) {
	t.Helper()
	h := &History{}
	out, err := experiment.Of(sc, experiment.Options{
		Version: "test", Replications: 1, Step: 1e8,
		Watch: func(n *experiment.Names) []experiment.Observer {
			if watch == nil {
				return nil
			}
			return watch(n)
		},
		Sample: func(batch []experiment.Sample) {
			for _, s := range batch {
				h.Add(Sample(s))
			}
		},
	}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return out.Runs[0], h
}

// small is what an origin of the trace's fixture is about.
func small() Origin {
	return Origin{Scenario: &spec.Scenario{
		Name: "small", Seed: 3,
		Events:    []spec.EventType{{Name: "order.placed"}, {Name: "order.paid"}},
		Producers: []spec.Producer{{Name: "web", To: 0, Call: spec.None, Confirm: true}},
		Broker:    spec.Broker{Like: spec.RabbitMQ, Channels: []spec.Channel{{Name: "payments"}}},
		Consumers: []spec.Consumer{{Name: "payment", From: []spec.Source{{Channel: 0}}}},
	}, Version: "test", Share: 1}
}

// moreLives are those of lives, and the creation of the first event.
func moreLives() []sim.Record {
	web := sim.EventID{Source: 0, Number: 17}
	created := sim.Record{At: 1e9, What: sim.Created, Component: 0, Event: web, Cause: nobody, Root: web, Key: 42, Created: 1e9, Published: -1, Partition: -1, Size: 512, Priority: 3}
	done := lives()[1]
	done.At, done.What = 2e9, sim.Done
	late := lives()[1]
	late.Instance = 1
	return append(append([]sim.Record{created}, lives()...), done, late)
}

func writeSomeEvents(w io.Writer) error {
	e := NewCloudEvents(w, tableOfNames{}, small())
	for _, r := range moreLives() {
		e.Observe(&r)
	}
	return e.Close()
}

func writeSomeSpans(w io.Writer) error {
	e := NewOTLP(w, tableOfNames{}, small())
	for _, r := range moreLives() {
		e.Observe(&r)
	}
	return e.Close()
}

// counting counts records by what they tell.
type counting [sim.Whats]int

func (c *counting) Observe(r *sim.Record) { c[r.What]++ }

// The scenario is what it says: a test of an export with it tests something.
func TestEventfulIsEventful(t *testing.T) {
	var n counting
	simulated(t, load(t, eventful), func(*sim.Names) []sim.Observer { return []sim.Observer{&n} })
	for _, what := range []sim.What{
		sim.Created, sim.Unsent, sim.Published, sim.Confirmed, sim.Enqueued, sim.Leased, sim.Started, sim.Done, sim.FailedAttempt,
		sim.Returned, sim.TimedOut, sim.DeadLettered, sim.Dropped, sim.Expired, sim.Lost, sim.Called, sim.Refused, sim.Answered,
		sim.Late, sim.Crashed,
	} {
		if n[what] == 0 {
			t.Errorf("nothing was %s", sim.WhatNames[what])
		}
	}
}
