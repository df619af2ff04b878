package sim

import (
	"fmt"
	"slices"
	"strconv"

	"eddy/sim/spec"
	"eddy/sim/theory"
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
	x := f.say(SeverityError, "sync_chain", "run",
		fmt.Sprintf("deadlock: every worker of %s waits for the answer to a call that only these workers can give; a timeout at the calls would end it", listed(names)),
		count("consumers", int64(len(names))))
	var change []spec.Setting
	for _, c := range f.e.deadlocked {
		f.eachStep(int(c), func(h, s int, st *spec.Step) {
			if st.Verb == spec.Call && st.Timeout == 0 && slices.Contains(f.e.deadlocked, int32(st.Callee)) {
				change = append(change, set(f.stepPath(int(c), h, s)+".timeout", settingSeconds(patience)))
			}
		})
	}
	if len(change) > 0 {
		x.mend("no deadlock: who waits for one another gives up after "+secondsText(patience), change...)
	}
}

// patience is how many seconds a proposal lets a call wait.
const patience = 1

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
	if !f.goesOn(i) && float64(c.FailedAttempts) <= (1-answeredFrom)*float64(c.Attempts) {
		return // what failed was asked again and answered
	}
	names := f.parts(i)
	own := f.ownAvailability()
	f.sayChain(f.consumerPath(i),
		fmt.Sprintf("%s calls %s while it works, and %s of its %s failed or were not answered in time; no caller is more available than those it calls",
			c.Name, listed(f.withShares(names, own)), percentText(1-ok), times(made, "call", "calls")),
		chain{root: i, own: own, callerFails: c.Calls.Failed > c.Calls.TimedOut+c.Calls.Refused+c.Calls.ShortCircuited, asked: true},
		value("answered", ok), count("calls", made), count("parts", int64(len(names))))
}

// goesOn says whether a consumer goes on without an answer to some of its calls.
func (f *finder) goesOn(i int) bool {
	found := false
	f.eachStep(i, func(_, _ int, st *spec.Step) { found = found || (st.Verb == spec.Call && st.Continue) })
	return found
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
	own := f.ownAvailability()
	ch := chain{root: p.spec.Call, own: own, callerFails: r.Calls.Failed > r.Calls.TimedOut+r.Calls.Refused}
	ev := []Evidence{value("availability", r.Availability.Value), count("parts", int64(len(names)))}
	if len(names) > 1 {
		product := f.product(ch, 0)
		need = fmt.Sprintf("each needs %s at the same moment, and their availabilities multiply to %s", listed(f.withShares(names, own)), percentText(product))
		ev = append(ev, value("product", product))
	}
	answered := "only " + percentText(r.Availability.Value)
	if r.Availability.Value == 0 {
		answered = "none"
	}
	f.sayChain(f.e.names.Component(p.component),
		fmt.Sprintf("%s got an answer to %s of its requests: %s", p.spec.Name, answered, need), ch, ev...)
}

// chain is a consumer and all that its answers depend on.
type chain struct {
	root        int
	own         []float64 // by consumer: see ownAvailability
	callerFails bool      // most of what went wrong failed by chance; it was not too late or refused
	asked       bool      // what the root calls matters, not what it does itself
}

// sayChain says what depends on a chain of calls, and proposes to call again
// what failed by chance, if there is time for it.
func (f *finder) sayChain(path, text string, ch chain, ev ...Evidence) {
	x := f.say(SeverityWarning, "sync_chain", path, text, ev...)
	if !ch.callerFails || len(f.e.sc.Timeline) > 0 {
		return // what is down or overrun is not mended by asking more often
	}
	before := f.product(ch, 0)
	for n := 2; n <= proposedAttempts; n++ {
		after := f.product(ch, n)
		if after < answeredFrom && n < proposedAttempts {
			continue
		}
		change := f.moreCalls(ch, n)
		if len(change) == 0 || 1-after > (1-before)/2 || !f.allHaveTimeFor(ch, n) {
			return
		}
		x.mend(fmt.Sprintf("%s answered, with up to %d tries of each call", percentText(after), n), change...)
		return
	}
}

// ownAvailability is, by consumer, the share of the calls to it that it
// answers well and in time if all that it calls in its turn answer.
func (f *finder) ownAvailability() []float64 {
	served := make([]float64, len(f.e.consumers))
	for i := range served {
		served[i] = 1
		if s := f.r.Consumers[i].Served; s.OK+s.Failed > 0 {
			served[i] = float64(max(0, s.OK-s.Late)) / float64(s.OK+s.Failed)
		}
	}
	own := make([]float64, len(served))
	for i := range own {
		calls, fails := false, false
		f.eachStep(i, func(_, _ int, st *spec.Step) {
			calls = calls || st.Verb == spec.Call
			fails = fails || st.Verb == spec.Fail
		})
		switch {
		case !calls:
			own[i] = served[i]
		case !fails && len(f.e.sc.Timeline) == 0:
			own[i] = 1 // what it cannot answer is for want of others
		default:
			others := f.answers(i, 0, func(callee int) float64 { return served[callee] })
			own[i] = min(1, served[i]/max(others, 1e-9))
			if others < 0.01 {
				own[i] = 1 // it had no chance to show
			}
		}
	}
	return own
}

// answers is the chance that all the calls that an attempt of a consumer cannot
// do without are answered, if each is tried at least so often, by how available
// those are whom it calls. Of several handlers the least lucky counts.
func (f *finder) answers(consumer, tries int, available func(callee int) float64) float64 {
	least := 1.0
	for h := range f.e.sc.Consumers[consumer].Handlers {
		all := 1.0
		for _, st := range f.e.sc.Consumers[consumer].Handlers[h].Steps {
			if st.Verb != spec.Call || st.Continue {
				continue
			}
			n := max(st.Retry.Attempts, tries)
			if st.Retry.Attempts == spec.Unlimited {
				continue
			}
			all *= 1 - float64(st.Chance*theory.GivenUp(1-available(st.Callee), n))
		}
		least = min(least, all)
	}
	return least
}

// product is the availability of a chain: its parts' multiplied, each call
// tried at least so often.
func (f *finder) product(ch chain, tries int) float64 {
	known := map[int]float64{}
	var available func(c int) float64
	available = func(c int) float64 {
		a, ok := known[c]
		if !ok {
			known[c] = 1 // in a circle of calls each counts once
			a = float64(ch.own[c] * f.answers(c, tries, available))
			known[c] = a
		}
		return a
	}
	if ch.asked {
		return f.answers(ch.root, tries, available)
	}
	return available(ch.root)
}

// moreCalls are the settings that let every call of a chain be tried so often.
func (f *finder) moreCalls(ch chain, tries int) []spec.Setting {
	var change []spec.Setting
	for _, c := range f.chainOf(ch.root) {
		f.eachStep(c, func(h, s int, st *spec.Step) {
			if st.Verb == spec.Call && !st.Continue && st.Retry.Attempts != spec.Unlimited && st.Retry.Attempts < tries && ch.own[st.Callee] < 1 {
				change = append(change, set(f.stepPath(c, h, s)+".retry.attempts", strconv.Itoa(tries)))
			}
		})
	}
	return change
}

// allHaveTimeFor says whether the parts of a chain have time for the calls
// that are made again where each may be tried so often.
func (f *finder) allHaveTimeFor(ch chain, tries int) bool {
	for _, c := range f.chainOf(ch.root) {
		if !f.hasTimeFor(&f.e.consumers[c], theory.Attempts(min(1-ch.own[c], 1-1e-9), tries)) {
			return false
		}
	}
	return true
}

// withShares adds to names of consumers how much of what they are asked they
// answer by themselves, where that is not all.
func (f *finder) withShares(names []string, own []float64) []string {
	said := slices.Clone(names)
	for i, c := range f.e.sc.Consumers {
		if at := slices.Index(names, c.Name); at >= 0 && own[i] < answeredFrom {
			said[at] += " (" + percentText(own[i]) + ")"
		}
	}
	return said
}

// parts are the names of all consumers that a consumer's work depends on by
// its calls and theirs, itself not among them.
func (f *finder) parts(consumer int) []string {
	var names []string
	for _, c := range f.chainOf(consumer)[1:] {
		names = append(names, f.e.sc.Consumers[c].Name)
	}
	return names
}

// chainOf is a consumer and all that its work depends on by its calls and theirs.
func (f *finder) chainOf(consumer int) []int {
	all := []int{consumer}
	var follow func(c int)
	follow = func(c int) {
		f.eachStep(c, func(_, _ int, st *spec.Step) {
			if st.Verb == spec.Call && !slices.Contains(all, st.Callee) {
				all = append(all, st.Callee)
				follow(st.Callee)
			}
		})
	}
	follow(consumer)
	return all
}
