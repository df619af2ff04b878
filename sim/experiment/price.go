package experiment

import (
	"eddy/sim"
)

// What a coupling is paid with, a trouble on average over all troubles, or on a
// day without any.
const (
	priceRefused    = iota // share of what producers tried that a trouble makes fail
	priceLost              // families that a trouble makes fail
	priceLate              // s that a trouble adds to the mean completion
	priceRecovery          // s until no more waits than before, after a trouble
	priceResponse          // s, mean time until a producer is answered, undisturbed
	priceCompletion        // s, mean completion, undisturbed
	priceFailed            // families that fail, undisturbed
	priceDuplicates        // effects beyond the first, undisturbed
	prices
)

var priceKeys = [prices]struct {
	path, label string
	unit        sim.Unit
}{
	{"trouble.refused", "refused per trouble", sim.UnitShare},
	{"trouble.lost", "families lost per trouble", sim.UnitOne},
	{"trouble.late", "completion longer per trouble", sim.UnitSeconds},
	{"trouble.recovery", "recovery per trouble", sim.UnitSeconds},
	{"calm.response", "calm: answered after", sim.UnitSeconds},
	{"calm.completion", "calm: completed after", sim.UnitSeconds},
	{"calm.failed", "calm: families failed", sim.UnitOne},
	{"calm.duplicates", "calm: duplicates", sim.UnitOne},
}

// Price is one thing that couplings are paid with, in several scenarios. Less
// of each is better.
type Price struct {
	Path, Label string
	Unit        sim.Unit
	Values      []Metric     // by scenario
	Against     []Difference // by scenario from the second on, to the first
}

// Prices hold the couplings of scenarios with the same seed against that of the
// first, on common luck: what the one buys and the other costs. The pairs of an
// interruption that not all have are left out.
func Prices(list []*Coupling) []Price {
	pairs := list[0].Pairs
	for _, c := range list {
		pairs = min(pairs, c.Pairs)
	}
	if pairs == 0 {
		return nil
	}
	var all []Price
	var tested []*Difference
	for k, key := range priceKeys {
		p := Price{Path: key.path, Label: key.label, Unit: key.unit}
		columns := make([]*column, len(list))
		for i, c := range list {
			columns[i] = &column{path: []string{key.path}, unit: key.unit, values: c.prices[k].values[:pairs]}
			t := table{runs: pairs}
			p.Values = append(p.Values, t.metric(columns[i], heavyTails(c.Scenario)))
			if i > 0 {
				p.Against = append(p.Against, paired(columns[0], columns[i], p.Values[i].Note, 1))
			}
		}
		all = append(all, p)
	}
	for i := range all {
		for j := range all[i].Against {
			tested = append(tested, &all[i].Against[j])
		}
	}
	holm(tested)
	for _, d := range tested {
		d.stand(Lower)
	}
	return all
}

// pricesOf are the prices of each pair of runs: runs[0] are those without a
// trouble, the others those with one each.
func pricesOf(runs [][]*sim.Result, extras [][]extra) [prices]*column {
	var all [prices]*column
	for k := range all {
		all[k] = &column{}
	}
	for pair, calm := range runs[0] {
		put := func(k int, v sim.Number) { all[k].values = append(all[k].values, v) }
		disturbed := make([]*sim.Result, 0, len(runs)-1)
		for _, with := range runs[1:] {
			disturbed = append(disturbed, with[pair])
		}
		put(priceRefused, moreOf(refusedShare, calm, disturbed))
		put(priceLost, moreOf(failedFlows, calm, disturbed))
		put(priceLate, moreOf(meanCompletion, calm, disturbed))
		put(priceRecovery, meanRecovery(extras[1:], pair))
		put(priceResponse, meanAnswer(calm))
		put(priceCompletion, meanCompletion(calm))
		put(priceFailed, failedFlows(calm))
		put(priceDuplicates, allDuplicates(calm))
	}
	return all
}

// meanRecovery is the mean recovery time of a pair's troubles; absent where it
// did not recover from one.
func meanRecovery(extras [][]extra, pair int) sim.Number {
	sum := 0.0
	for _, e := range extras {
		if !e[pair].recovery.Valid {
			return sim.Number{}
		}
		sum += e[pair].recovery.Value
	}
	return sim.Num(sum / float64(len(extras)))
}

// moreOf is how much more there is of something with a trouble than without,
// on average over the troubles; absent where one has no value.
func moreOf(of func(*sim.Result) sim.Number, calm *sim.Result, disturbed []*sim.Result) sim.Number {
	base, sum := of(calm), 0.0
	for _, r := range disturbed {
		v := of(r)
		if !v.Valid || !base.Valid {
			return sim.Number{}
		}
		sum += v.Value - base.Value
	}
	return sim.Num(sum / float64(len(disturbed)))
}

// refusedShare is the share of what all producers tried that was not confirmed
// or answered.
func refusedShare(r *sim.Result) sim.Number {
	failed, tried := int64(0), int64(0)
	for i := range r.Producers {
		p := &r.Producers[i]
		if !p.Availability.Valid {
			continue
		}
		failed += p.Rejected + p.Dropped
		tried += p.Published + p.Rejected + p.Dropped
	}
	if tried == 0 {
		return sim.Number{}
	}
	return sim.Num(float64(failed) / float64(tried))
}

func failedFlows(r *sim.Result) sim.Number {
	n := int64(0)
	for i := range r.Flows {
		n += r.Flows[i].Failed
	}
	return sim.Num(float64(n))
}

// meanCompletion is over the families of all flows.
func meanCompletion(r *sim.Result) sim.Number {
	m := mixture{}
	for i := range r.Flows {
		m.add(&r.Flows[i].Completion)
	}
	return m.mean()
}

// meanAnswer is how long producers wait until they are confirmed or answered.
func meanAnswer(r *sim.Result) sim.Number {
	m := mixture{}
	for i := range r.Producers {
		if p := &r.Producers[i]; p.Response.Count > 0 {
			m.add(&p.Response)
		} else {
			m.add(&p.Confirm)
		}
	}
	return m.mean()
}

func allDuplicates(r *sim.Result) sim.Number {
	n := int64(0)
	for i := range r.Consumers {
		n += r.Consumers[i].Duplicates
	}
	return sim.Num(float64(n))
}

// mixture is the mean of several latencies' observations together.
type mixture struct{ count, sum float64 }

func (m *mixture) add(l *sim.Latency) {
	m.count += float64(l.Count)
	m.sum += float64(float64(l.Count) * l.Mean.Value)
}

func (m *mixture) mean() sim.Number {
	if m.count == 0 {
		return sim.Number{}
	}
	return sim.Num(m.sum / m.count)
}
