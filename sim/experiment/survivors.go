package experiment

import (
	"math"

	"eddy/sim"
)

// Survivors is a warning about a percentile that is lower in one scenario on
// markedly fewer observations, while more events came to nothing there: what
// is left out may be what would have been slow.
type Survivors struct {
	Measure      int // index into Comparison.Measures
	Winner       int // the scenario with the lower percentile
	Other        int
	Count, Whole float64 // observations a run, of the winner and of the other
	Gone         []Gone  // what became of more events there, the most first
}

// Gone is how many more events a run of the winner's came to one end.
type Gone struct {
	What string
	More float64
}

// fewer is the share of observations that may be missing without a word.
const fewer = 0.01

// ends are the ways in which an event does not count in a latency.
var ends = []struct {
	what  string
	count func(*sim.Ledger) int64
}{
	{"unsent", func(l *sim.Ledger) int64 { return l.Unsent }},
	{"rejected", func(l *sim.Ledger) int64 { return l.Rejected }},
	{"unrouted", func(l *sim.Ledger) int64 { return l.Unrouted }},
	{"dead-lettered", func(l *sim.Ledger) int64 { return l.DeadLettered }},
	{"dropped", func(l *sim.Ledger) int64 { return l.Dropped }},
	{"expired", func(l *sim.Ledger) int64 { return l.Expired }},
	{"lost", func(l *sim.Ledger) int64 { return l.Lost }},
}

// survivors finds the percentiles that are lower on fewer events.
func (cmp *Comparison) survivors() []Survivors {
	var found []Survivors
	for i := range cmp.Measures {
		m := &cmp.Measures[i]
		if !m.Quantile {
			continue
		}
		for j := range m.Against {
			winner, other, ok := m.lowerIn(j)
			if !ok {
				continue
			}
			count, whole := m.Values[winner].Count, m.Values[other].Count
			if !count.Valid || !whole.Valid || count.Value >= float64((1-fewer)*whole.Value) {
				continue
			}
			if gone := cmp.gone(winner, other, whole.Value); len(gone) > 0 {
				found = append(found, Survivors{i, winner, other, count.Value, whole.Value, gone})
			}
		}
	}
	return found
}

// lowerIn says in which of two scenarios a percentile is lower, false where that
// cannot be told. It is told, too, where the difference has no interval for want
// of a tail: a queue without limits that is overrun is just such a case.
func (m *Compared) lowerIn(j int) (winner, other int, ok bool) {
	d := &m.Against[j]
	switch d.Standing {
	case Better, Worse:
	case Unknown:
		n := min(m.Values[0].N, m.Values[j+1].N)
		if n < fewest || !d.SD.Valid || math.Abs(d.Mean.Value) <= halfWidth(d.SD.Value, n) {
			return 0, 0, false
		}
	default:
		return 0, 0, false
	}
	if d.Mean.Value < 0 {
		return j + 1, 0, true
	}
	return 0, j + 1, true
}

// gone is what became of more events in one scenario than in another, beyond
// a tenth of the share that may be missing of so many.
func (cmp *Comparison) gone(winner, other int, whole float64) []Gone {
	var found []Gone
	note := func(what string, more float64) {
		if more <= float64(whole*fewer/10) {
			return
		}
		at := len(found)
		for at > 0 && found[at-1].More < more {
			at--
		}
		found = append(found[:at:at], append([]Gone{{what, more}}, found[at:]...)...)
	}
	for _, e := range ends {
		more := 0.0
		for i := range cmp.Runs[winner] {
			more += float64(e.count(&cmp.Runs[winner][i].Ledger) - e.count(&cmp.Runs[other][i].Ledger))
		}
		note(e.what, more/float64(cmp.Pairs))
	}
	note("still waiting at the end", cmp.unfinished(winner)-cmp.unfinished(other))
	return found
}

// unfinished is how many copies wait in front of somebody when a run of a
// scenario ends, on average.
func (cmp *Comparison) unfinished(s int) float64 {
	unread := unreadChannels(cmp.Scenarios[s])
	sum := 0.0
	for _, r := range cmp.Runs[s] {
		for i := range r.Channels {
			if c := &r.Channels[i]; !unread["channels."+c.Name] && c.Depth.Last.Valid {
				sum += c.Depth.Last.Value
			}
		}
		for i := range r.Subscriptions {
			if c := &r.Subscriptions[i]; c.Depth.Last.Valid {
				sum += c.Depth.Last.Value
			}
		}
	}
	return sum / float64(len(cmp.Runs[s]))
}
