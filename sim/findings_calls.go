package sim

import (
	"fmt"

	"eddy/sim/spec"
)

// answeredFrom is the share of calls that may go unanswered unmentioned.
const answeredFrom = 0.999

// calls says what synchronous calls cost those who make them.
func (f *finder) calls() {
	f.deadlock()
	for i := range f.e.consumers {
		f.callsOfConsumer(i)
	}
	for i := range f.e.producers {
		f.callsOfProducer(i)
	}
}

// deadlock names the consumers that wait for one another.
func (f *finder) deadlock() {
	if len(f.e.deadlocked) == 0 {
		return
	}
	var names []string
	for _, c := range f.e.deadlocked {
		names = append(names, f.e.consumers[c].spec.Name)
	}
	f.say(SeverityError, "sync_chain", "run",
		fmt.Sprintf("deadlock: every worker of %s waits for the answer to a call that only these workers can give; a timeout at the calls would end it", listed(names)),
		count("consumers", int64(len(names))))
}

// callsOfConsumer says how many of a consumer's calls failed it.
func (f *finder) callsOfConsumer(i int) {
	c := &f.r.Consumers[i]
	made := c.Calls.OK + c.Calls.Failed + c.Calls.TimedOut + c.Calls.Refused + c.Calls.ShortCircuited
	if made == 0 {
		return
	}
	ok := float64(c.Calls.OK) / float64(made)
	if ok > answeredFrom {
		return
	}
	names := f.parts(i)
	f.say(SeverityWarning, "sync_chain", f.consumerPath(i),
		fmt.Sprintf("%s calls %s while it works, and %s of its %s failed or were not answered in time; no caller is more available than those it calls",
			c.Name, listed(names), percentText(1-ok), times(made, "call", "calls")),
		value("answered", ok), count("calls", made), count("parts", int64(len(names))))
}

// callsOfProducer says how many parts a producer's call depends on.
func (f *finder) callsOfProducer(i int) {
	p := &f.e.producers[i]
	r := &f.r.Producers[i]
	if p.spec.Call == spec.None || !r.Availability.Valid || r.Availability.Value > answeredFrom {
		return
	}
	callee := f.e.consumers[p.spec.Call].spec.Name
	names := append([]string{callee}, f.parts(p.spec.Call)...)
	need := "it needs an answer from " + callee
	if len(names) > 1 {
		need = fmt.Sprintf("each needs %s at the same moment, and their availabilities multiply", listed(names))
	}
	answered := "only " + percentText(r.Availability.Value)
	if r.Availability.Value == 0 {
		answered = "none"
	}
	f.say(SeverityWarning, "sync_chain", f.e.names.Component(p.component),
		fmt.Sprintf("%s got an answer to %s of its requests: %s", p.spec.Name, answered, need),
		value("availability", r.Availability.Value), count("parts", int64(len(names))))
}

// parts are the names of all consumers that a consumer's work depends on by
// its calls and theirs, itself not among them.
func (f *finder) parts(consumer int) []string {
	seen := map[int]bool{consumer: true}
	var names []string
	var follow func(c int)
	follow = func(c int) {
		for _, h := range f.e.sc.Consumers[c].Handlers {
			for _, st := range h.Steps {
				if st.Verb == spec.Call && !seen[st.Callee] {
					seen[st.Callee] = true
					names = append(names, f.e.sc.Consumers[st.Callee].Name)
					follow(st.Callee)
				}
			}
		}
	}
	follow(consumer)
	return names
}
