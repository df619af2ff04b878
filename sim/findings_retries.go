package sim

import (
	"fmt"
	"math"
	"strconv"

	"eddy/sim/spec"
	"eddy/sim/theory"
)

// amplification is what retries add to the load on a consumer.
type amplification struct {
	factor  float64 // attempts for each copy or call, 1 without retries
	rho     float64 // the load with them
	without float64 // and without
	found   bool    // they, not first attempts, make the load too high
	callers bool    // those who call it try again
	leases  bool    // leases run out while the work goes on
}

// storm says whether the retries come of the load that they add to, so that
// it keeps itself up.
func (a amplification) storm() bool { return a.found && (a.callers || a.leases) }

// amplification tells how much of the load on a consumer is retries.
func (f *finder) amplification(i int, d demand) amplification {
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	first := c.Attempts - c.Retries
	if first <= 0 || c.Retries == 0 {
		return amplification{factor: 1}
	}
	a := amplification{factor: float64(c.Attempts) / float64(first), rho: max(d.rho, d.busy)}
	if a.leases = 2*c.TimedOut > c.Retries; a.leases && c.Service.Mean.Valid && d.inflow > 0 {
		// The second worker is let go when the first is done: not each attempt
		// costs as much as the first.
		a.factor = max(1, a.rho*f.workersOf(k, c)/float64(d.inflow*c.Service.Mean.Value))
	}
	a.without = a.rho / a.factor
	a.found = a.rho >= fullFrom && a.without < nearFrom
	a.callers = len(k.sources) == 0
	return a
}

// amplified says where retries, not first attempts, make the load too high.
func (f *finder) amplified(k *consumer, a amplification) {
	if !a.found {
		return
	}
	x := f.say(SeverityError, "retry_amplification", f.consumerPath(int(k.index)),
		fmt.Sprintf("retries multiply the load on %s by %s: with them it is at ρ %s, without them it would be at ρ %s", k.spec.Name, digits(a.factor),
			digits(a.rho), digits(a.without)),
		value("attempts_per_copy", a.factor), value("utilisation", a.rho), value("without_retries", a.without))
	if !f.calm(x, k, a) {
		f.fewerAttempts(x, k, a)
	}
}

// calm proposes what ends a retry storm: leases that outlast the work, or
// callers who ask less often. It is false where the retries are of another kind.
func (f *finder) calm(x *Finding, k *consumer, a amplification) bool {
	switch {
	case a.leases:
		change := f.longerLeases(k)
		if len(change) == 0 {
			return false
		}
		x.mend("ρ "+digits(a.without)+", no lease runs out during work", change...)
	case a.callers:
		// The worst is that each try fails; then each adds as much again.
		most := max(1, int(comfortable/max(a.without, 1e-9)))
		change := f.fewerCalls(int(k.index), most)
		if len(change) == 0 {
			return false
		}
		predicted := "ρ " + digits(a.without) + ", for a call that fails is not made again"
		if most > 1 {
			predicted = fmt.Sprintf("ρ at most %s, with at most %d tries of a call", digits(a.without*float64(most)), most)
		}
		x.mend(predicted, change...)
	default:
		return false
	}
	return true
}

// longerLeases are the settings that let leases outlast a consumer's work.
func (f *finder) longerLeases(k *consumer) []spec.Setting {
	longest := f.r.Consumers[k.index].Service.Max
	if !longest.Valid {
		return nil
	}
	var change []spec.Setting
	for _, from := range k.spec.From {
		if ch := &f.e.sc.Broker.Channels[from.Channel]; ch.Store.AckTimeout > 0 {
			change = append(change, set("broker.channels."+ch.Name+".ack_timeout", settingSeconds(2*longest.Value)))
		}
	}
	return change
}

// fewerCalls are the settings that let callers of a consumer try so often at most.
func (f *finder) fewerCalls(callee, most int) []spec.Setting {
	var change []spec.Setting
	more := func(r spec.Retry) bool { return r.Attempts == spec.Unlimited || r.Attempts > most }
	for i := range f.e.sc.Producers {
		if p := &f.e.sc.Producers[i]; p.Call == callee && more(p.Retry) {
			change = append(change, set("producers."+p.Name+".retry.attempts", strconv.Itoa(most)))
		}
	}
	for i := range f.e.sc.Consumers {
		f.eachStep(i, func(h, s int, st *spec.Step) {
			if st.Verb == spec.Call && st.Callee == callee && more(st.Retry) {
				change = append(change, set(f.stepPath(i, h, s)+".retry.attempts", strconv.Itoa(most)))
			}
		})
	}
	return change
}

// fewerAttempts proposes so few attempts at each copy that there is time for
// all, and says what that costs.
func (f *finder) fewerAttempts(x *Finding, k *consumer, a amplification) {
	c := &f.r.Consumers[k.index]
	most := f.mostAttempts(k)
	if c.FailedAttempts == 0 || k.spec.Retry.Attempts == 1 || (most == 0 && k.spec.Retry.Attempts != spec.Unlimited) {
		return
	}
	fail := min(float64(c.FailedAttempts)/float64(c.Attempts), 1-1e-9)
	n := 1
	for n+1 != most && a.without*theory.Attempts(fail, n+1) < nearFrom && n < proposedAttempts {
		n++
	}
	x.mend(fmt.Sprintf("ρ %s, but %s of the copies are given up", digits(a.without*theory.Attempts(fail, n)), percentText(theory.GivenUp(fail, n))),
		set("consumers."+k.spec.Name+".retry.attempts", strconv.Itoa(n)))
}

// failureModel is how attempts fail: some copies always, the others each time
// anew with a chance.
type failureModel struct{ poison, chance float64 }

// failureModelOf finds the model by which so many copies that had at most so
// many attempts took all the failed attempts there were and were given up as
// often as they were. It is false where there is none.
func failureModelOf(copies, givenUp, failed float64, attempts int) (failureModel, bool) {
	if copies <= 0 || attempts < 2 || attempts > 100 {
		return failureModel{}, false
	}
	share, each := givenUp/copies, failed/copies
	poisonAt := func(p float64) float64 {
		lost := theory.GivenUp(p, attempts)
		return max(0, (share-lost)/(1-lost))
	}
	failedAt := func(p float64) float64 {
		q := poisonAt(p)
		tries := theory.Attempts(p, attempts)
		return float64(q*float64(attempts)) + float64((1-q)*tries*p)
	}
	low, high := 0.0, 1-1e-9
	for range 60 {
		if p := float64((low + high) / 2); failedAt(p) < each {
			low = p
		} else {
			high = p
		}
	}
	return failureModel{poisonAt(low), low}, true
}

// givenUp is the share of copies that are given up after so many attempts.
func (m failureModel) givenUp(attempts int) float64 {
	return m.poison + float64((1-m.poison)*theory.GivenUp(m.chance, attempts))
}

// attempts is how many attempts a copy takes on average.
func (m failureModel) attempts(most int) float64 {
	return float64(m.poison*float64(most)) + float64((1-m.poison)*theory.Attempts(m.chance, most))
}

const (
	// fewLost is the share of sound copies that may be given up by bad luck.
	fewLost = 1e-4
	// worthSaving is the share of the work from which on it is worth a word.
	worthSaving = 0.01
)

// otherAttempts proposes another number of attempts: more where copies are
// given up that only had bad luck, fewer where no number would save them.
func (f *finder) otherAttempts(x *Finding, k *consumer) {
	c := &f.r.Consumers[k.index]
	n := f.mostAttempts(k)
	given := float64(c.DeadLettered + c.Dropped)
	copies := given + float64(c.Done)
	m, ok := failureModelOf(copies, given, float64(c.FailedAttempts), n)
	if !ok || given < 10 || len(f.e.sc.Timeline) > 0 || c.Calls != (Calls{}) || c.TimedOut > 0 {
		return // what fails by a fault or by others does not fail by chance
	}
	bad := float64((1 - m.poison) * theory.GivenUp(m.chance, n))
	wanted := 1
	for wanted < 100 && theory.GivenUp(m.chance, wanted) > fewLost {
		wanted++
	}
	path := "consumers." + k.spec.Name + ".retry.attempts"
	switch {
	case wanted > n && 2*bad > m.givenUp(n) && f.hasTimeFor(k, m.attempts(wanted)/m.attempts(n)) && k.spec.Retry.Attempts == n:
		x.mend(percentText(m.givenUp(wanted))+" given up", set(path, strconv.Itoa(wanted)))
	case wanted < n && m.poison > 0 && 10*bad < m.poison:
		saved := 1 - m.attempts(wanted)/m.attempts(n)
		if saved < worthSaving {
			return
		}
		what := fmt.Sprintf("as many given up after %s each", times(int64(wanted), "attempt", "attempts"))
		x.mend(fmt.Sprintf("%s, %s of the work saved", what, percentText(saved)), set(path, strconv.Itoa(wanted)))
	}
}

// hasTimeFor says whether a consumer has time for so many times its work.
func (f *finder) hasTimeFor(k *consumer, times float64) bool {
	d, ok := f.demandOn(int(k.index))
	return ok && max(d.rho, d.busy)*times < nearFrom && !math.IsInf(times, 0)
}
