package sim

import (
	"reflect"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// set puts a changed value into force, over what was set there before.
func (e *Engine) set(a *action) {
	e.sets = append(e.sets, a)
	e.putIntoForce()
}

// unset takes a value back: what was set there before, if it still lasts, or
// the scenario's own is in force again.
func (e *Engine) unset(a *action) {
	e.sets = without(e.sets, a)
	e.putIntoForce()
}

// putIntoForce lets the run go on with the scenario as the sets that last have
// it, one over another in the order in which they began. One hides those before
// it at its own path.
func (e *Engine) putIntoForce() {
	next := e.sc
	for i, a := range e.sets {
		hidden := false
		for _, later := range e.sets[i+1:] {
			hidden = hidden || later.spec.Path == a.spec.Path
		}
		if !hidden {
			next = merged(next, e.sc, a.spec.Changed)
		}
	}
	before := e.inForce
	e.inForce = next
	e.change(before, next)
}

// changes are the scenarios that the sets of the timeline may bring about, each
// on its own.
func (e *Engine) changes() []*spec.Scenario {
	var all []*spec.Scenario
	for i := range e.sc.Timeline {
		if c := e.sc.Timeline[i].Changed; c != nil {
			all = append(all, c)
		}
	}
	return all
}

// change goes over from one scenario to another, which has the same components.
func (e *Engine) change(from, to *spec.Scenario) {
	for i := range e.consumers {
		e.consumers[i].straight = false // until all of it has changed
	}
	for i := range e.producers {
		if a, b := &from.Producers[i], &to.Producers[i]; !same(a, b) {
			e.changeProducer(i, a, b)
		}
	}
	if from.Broker.Rate != to.Broker.Rate {
		e.takes, e.intake.rest = to.Broker.Rate, 0 // parts of a ns of another rate
	}
	e.changeLatency(&from.Broker.Latency, &to.Broker.Latency)
	for i := range e.channels {
		if a, b := &from.Broker.Channels[i], &to.Broker.Channels[i]; !same(a, b) {
			e.changeChannel(&e.channels[i], a, b)
		}
	}
	for i := range e.consumers {
		if a, b := &from.Consumers[i], &to.Consumers[i]; !same(a, b) {
			e.changeConsumer(&e.consumers[i], a, b)
		}
	}
	for i := range e.consumers {
		e.straighten(&e.consumers[i])
	}
}

// same says whether two parts of scenarios are.
func same[T any](a, b *T) bool { return a == b || reflect.DeepEqual(a, b) }

// changeLatency gives every link of a kind that differs its new delay.
func (e *Engine) changeLatency(from, to *spec.Latency) {
	relink := func(l *link, d spec.Dist) {
		key := l.key
		*l = link{sampler: luck.Compile(d), key: key}
		if d.Kind == spec.Constant {
			l.fixed = true
			l.delay = l.sampler.Nanos(key, 0)
		}
	}
	if !same(&from.Publish, &to.Publish) {
		for i := range e.producers {
			p := &e.producers[i]
			relink(&p.publish, to.Publish)
			relink(&p.confirm, to.Publish)
		}
		for i := range e.consumers {
			relink(&e.consumers[i].publish, to.Publish)
		}
	}
	for i := range e.consumers {
		c := &e.consumers[i]
		if !same(&from.Deliver, &to.Deliver) {
			relink(&c.deliver, to.Deliver)
			c.swift = false
		}
		if !same(&from.Ack, &to.Ack) {
			relink(&c.ack, to.Ack)
		}
		if !same(&from.Call, &to.Call) {
			relink(&c.serving.request, to.Call)
		}
	}
	if !same(&from.Call, &to.Call) {
		for i := range e.producers {
			relink(&e.producers[i].request, to.Call)
		}
	}
}
