package report

import (
	"bufio"
	"fmt"
	"math"
	"slices"
	"strings"

	"eddy/sim"
	"eddy/sim/experiment"
)

// beside is what theory says of one consumer and what was measured.
type beside struct {
	name                    string
	predicted               *experiment.PredictedConsumer
	utilisation, rate, wait estimate
	events                  float64 // that the measured wait rests on; NaN: not known
}

// estimate is a measured mean and how far its interval reaches to the farther
// side, 0 where there is none.
type estimate struct {
	mean sim.Number
	half float64
}

// How far what is measured may be from what is predicted before it needs a
// reason, beside the interval: parts of what is predicted. An approximation is
// right to some 10 % for ordinary systems; a run of usual length knows a mean
// wait no better than twice that.
const (
	nearRate   = 0.05
	nearExact  = 0.15
	nearApprox = 0.35
	nearBusy   = 0.02 // of the workers' time
)

// besideRun pairs a prediction with one run.
func besideRun(p *experiment.Prediction, r *sim.Result) []beside {
	return besides(p, func(i int) beside {
		c := &r.Consumers[i]
		return beside{
			utilisation: estimate{mean: c.Utilisation}, rate: estimate{mean: c.Rate}, wait: estimate{mean: c.Wait.Mean},
			events: float64(c.Wait.Count),
		}
	})
}

// besideRuns pairs a prediction with the means over several runs.
func besideRuns(p *experiment.Prediction, r *Replicated) []beside {
	byPath := make(map[string]experiment.Metric, len(r.Metrics))
	for _, m := range r.Metrics {
		byPath[m.Path] = m
	}
	return besides(p, func(i int) beside {
		of := func(what string) estimate {
			m := byPath["consumers."+p.Consumers[i].Name+"."+what]
			e := estimate{mean: m.Mean}
			if m.Low.Valid && m.High.Valid {
				e.half = max(m.High.Value-m.Mean.Value, m.Mean.Value-m.Low.Value)
			}
			return e
		}
		b := beside{utilisation: of("utilisation"), rate: of("rate"), wait: of("wait.mean"), events: math.NaN()}
		if n := of("wait.count").mean; n.Valid {
			b.events = n.Value * float64(len(r.Runs))
		}
		return b
	})
}

func besides(p *experiment.Prediction, measured func(consumer int) beside) []beside {
	if p == nil || p.Endless {
		return nil
	}
	var all []beside
	for i := range p.Consumers {
		b := measured(i)
		b.name, b.predicted = p.Consumers[i].Name, &p.Consumers[i]
		if b.predicted.Rate > 0 || b.rate.mean.Value > 0 {
			all = append(all, b)
		}
	}
	return all
}

// done is how many copies and calls a second theory expects the run to do,
// absent where it does not know.
func (b beside) done() sim.Number { return doneIn(b.predicted) }

// busy is the utilisation that theory expects.
func (b beside) busy() sim.Number { return busyIn(b.predicted) }

// untold says whether theory knows none of its numbers in this run.
func (b beside) untold() bool {
	return !b.done().Valid && !b.busy().Valid && !b.predicted.Run.Wait.Valid
}

// differs says which of its numbers are not as predicted.
func (b beside) differs() []string {
	var what []string
	far := func(e estimate, want, near, slack float64) bool {
		return e.mean.Valid && math.Abs(e.mean.Value-want) > e.half+float64(near*want)+slack
	}
	if u := b.busy(); u.Valid && far(b.utilisation, u.Value, nearRate, nearBusy) {
		what = append(what, "utilisation")
	}
	if d := b.done(); d.Valid && far(b.rate, d.Value, nearRate, 0.01) {
		what = append(what, "rate")
	}
	if w := b.predicted.Run.Wait; w.Valid {
		near := nearExact
		if b.predicted.Run.Waits != experiment.Exact {
			near = nearApprox
		}
		if far(b.wait, w.Value, near, b.predicted.Service.Value/20) {
			what = append(what, "wait")
		}
	}
	return what
}

// besideTable shows both, side by side.
func besideTable(rows []beside) table {
	of := func(e estimate, u sim.Unit) cell {
		if e.half > 0 && e.mean.Valid {
			return cell{text: precise(e.mean.Value, u, math.Abs(e.mean.Value)+e.half, e.half)}
		}
		return number(e.mean, u)
	}
	return tabulate("Theory", rows, func(b beside) mark {
		switch {
		case b.untold():
			return noMark
		case len(b.differs()) > 0:
			return noteMark
		}
		return okMark
	}, []field[beside]{
		{column{left: true}, func(b beside) cell { return name(b.name) }},
		{column{group: "rate", head: "run"}, func(b beside) cell { return of(b.rate, sim.UnitPerSecond) }},
		{column{group: "rate", head: "theory", term: "predictedrate"}, func(b beside) cell { return trusted(b.done(), sim.UnitPerSecond, b.predicted.Run.Flow) }},
		{column{group: "utilisation", head: "run", optional: true}, func(b beside) cell { return of(b.utilisation, sim.UnitShare) }},
		{column{group: "utilisation", head: "theory", optional: true, term: "predictedutilisation"}, func(b beside) cell { return trusted(b.busy(), sim.UnitShare, b.predicted.Run.Flow) }},
		{column{group: "mean wait", head: "run", optional: true, term: "wait"}, func(b beside) cell { return of(b.wait, sim.UnitSeconds) }},
		{column{group: "mean wait", head: "theory", optional: true, term: "model"}, func(b beside) cell {
			return trusted(b.predicted.Run.Wait, sim.UnitSeconds, b.predicted.Run.Waits)
		}},
		{column{head: "by", left: true, rank: 1, term: "model"}, func(b beside) cell { return cell{text: b.predicted.Model} }},
	})
}

// besideRemarks say of each consumer whose numbers are not as predicted why
// that may be, and of whom theory tells nothing.
func besideRemarks(p *experiment.Prediction, rows []beside) []remark {
	var said []remark
	for _, b := range rows {
		if what := b.differs(); len(what) > 0 {
			said = append(said, remark{noteMark, fmt.Sprintf("%s: %s not as predicted: %s.", clean(b.name), listed(what), clean(b.reason(p, what)))})
		}
	}
	silent := untoldOf(rows)
	if len(said) == 0 && len(rows) > len(silent) {
		said = append(said, remark{okMark, "Everything is as predicted, as far as theory and this run tell."})
	}
	if len(silent) > 0 {
		said = append(said, remark{noteMark, "Theory does not tell what this run is like for " + enumerated(silent) + "; eddy predict says why."})
	}
	return said
}

// untoldOf is the names of those of whom theory tells nothing, the first few of many.
func untoldOf(rows []beside) []string {
	const most = 5
	var names []string
	for _, b := range rows {
		if b.untold() {
			names = append(names, clean(b.name))
		}
	}
	if len(names) > most+1 {
		names = append(names[:most], plural(int64(len(names)-most), "other"))
	}
	return names
}

// enumerated is a list of words as one says it.
func enumerated(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// reason is what theory leaves out, or that there is too little to tell, where
// so much differs.
func (b beside) reason(p *experiment.Prediction, what []string) string {
	c := b.predicted
	why := append(append([]string{}, p.Guesses...), c.Guesses...)
	for i := range p.Consumers {
		if o := &p.Consumers[i]; o.Growing.Valid && o.Name != c.Name {
			why = append(why, "what "+o.Name+" cannot do in time does not come here")
		}
	}
	if c.Needed.Valid && slices.Contains(what, "wait") && b.events < c.Needed.Value {
		why = append(why, fmt.Sprintf("for ±%s of the mean wait it takes %s events, and here are %s", sim.PercentText(p.Precision),
			strings.TrimSuffix(rate(c.Needed.Value), "/s"), strings.TrimSuffix(rate(b.events), "/s")))
	}
	if len(why) == 0 {
		return "nothing that theory is known to leave out explains it"
	}
	return strings.Join(why, "; ")
}

// listed is a list of words as one says it, with its verb.
func listed(words []string) string {
	if len(words) == 1 {
		return words[0] + " is"
	}
	return enumerated(words) + " are"
}

// besideLines are both as text.
func besideLines(p *experiment.Prediction, rows []beside, w int) []line {
	if len(rows) == 0 {
		return nil
	}
	lines := besideTable(rows).layout(w)
	for _, r := range besideRemarks(p, rows) {
		lines = append(lines, hanging(r.mark, r.text, plain, w)...)
	}
	return lines
}

// markBeside writes both in Markdown.
func markBeside(b *bufio.Writer, p *experiment.Prediction, rows []beside) {
	if len(rows) == 0 {
		return
	}
	markTable(b, besideTable(rows))
	for _, r := range besideRemarks(p, rows) {
		markRemark(b, r)
	}
}

// beside writes both on a page.
func (p page) beside(theory *experiment.Prediction, rows []beside) {
	if len(rows) == 0 {
		return
	}
	p.tables([]table{besideTable(rows)})
	p.remarks(besideRemarks(theory, rows))
}
