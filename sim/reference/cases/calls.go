package cases

import "eddy/sim/spec"

// calls lets producers and handlers ask consumers.
func (a *drawing) calls() {
	if !a.oneIn(3) {
		return
	}
	a.sc.Broker.Latency.Call = a.latency()
	n := len(a.sc.Consumers)
	for i := range a.sc.Producers {
		p := &a.sc.Producers[i]
		if p.Outbox == nil && p.Loses == 0 && a.oneIn(3) {
			p.To, p.Call, p.Confirm, p.Buffer = spec.None, a.Choose(n), true, 1000
		}
	}
	for i := range a.sc.Consumers {
		c := &a.sc.Consumers[i]
		if a.oneIn(3) {
			c.Backlog = a.Choose(4)
		}
		if a.oneIn(5) {
			c.From = nil // it only answers
		}
		for h := range c.Handlers {
			for range a.Choose(3) {
				steps := c.Handlers[h].Steps
				at := a.Choose(len(steps) + 1)
				c.Handlers[h].Steps = append(append(append([]spec.Step{}, steps[:at]...), a.call(i, n)), steps[at:]...)
			}
		}
	}
}

// call asks a later consumer, or, if every message takes time, any: then calls
// may go in circles and wait for one another for ever.
func (a *drawing) call(from, n int) spec.Step {
	st := spec.Step{Verb: spec.Call, Chance: 1, Retry: spec.Retry{Attempts: 1}}
	st.Callee = (from + 1 + a.Choose(n)) % n
	if st.Callee <= from {
		a.sc.Broker.Latency.Call = ConstMs(1)
	}
	if a.coin() {
		st.Timeout = a.duration()
	}
	if a.coin() {
		st.Retry = a.retry()
	}
	if a.oneIn(3) {
		st.Breaker = &spec.Breaker{Errors: []float64{0.5, 0.3, 1}[a.Choose(3)], Window: 1 + a.Choose(4), Open: a.duration()}
	}
	st.Continue = a.coin()
	if a.oneIn(5) {
		st.When = a.filter()
	}
	if a.oneIn(5) {
		st.Chance = a.chance()
	}
	return st
}
