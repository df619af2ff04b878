package report

import (
	"fmt"
	"io"

	"eddy/sim"
	"eddy/sim/experiment"
)

// HTMLPredicted writes a prediction as one page, with the load of each consumer
// drawn against what it can do.
func HTMLPredicted(w io.Writer, x *experiment.Prediction, version string) error {
	p := newPage()
	p.need.need("offered", "predictedrate")
	p.verdict(predictedVerdict(x))
	p.loads(x)
	p.tables(predictedTables(x))
	p.heading("How far it can be trusted")
	p.remarks(predictedTrust(x))
	f := scenarioFront(sim.ScenarioInfo{Name: x.Scenario.Name, Variant: x.Scenario.Variant, Set: x.Scenario.Set})
	f.under = append([]string{"Predicted by queueing theory, without a run."}, f.under...)
	terms := []string{"scenario " + clean(x.Scenario.Hash[:min(12, len(x.Scenario.Hash))])}
	if version != "" {
		terms = append(terms, "eddy "+clean(version))
	}
	return p.finish(w, f, terms)
}

// loads draws the predicted utilisation of each consumer that has a limit: up to
// 85% is comfortable, from 100% on there is no steady state.
func (p page) loads(x *experiment.Prediction) {
	var shown []experiment.PredictedConsumer
	most := 1.0
	for _, c := range x.Consumers {
		if c.Utilisation.Valid && len(shown) < mostCharted {
			shown = append(shown, c)
			most = max(most, min(c.Utilisation.Value, 3))
		}
	}
	if len(shown) == 0 {
		return
	}
	p.section("Load", "Predicted utilisation: waits grow out of proportion from 85% on, and without end from 100% on.")
	scale := linear("", sim.UnitShare, 0, most)
	const left, wide, row = 200.0, 560.0, 24.0
	at := func(v float64) float64 { return left + float64(scale.part(v)*(wide-20)) }
	high := row*float64(len(shown)) + 30
	p.WriteString("<figure>")
	p.caption("utilisation", "of the workers", nil)
	p.draw(left+wide, high, "full", "Predicted utilisation", "A bar for each consumer; the numbers are in the table of consumers.")
	for _, v := range scale.ticks {
		fmt.Fprintf(p, `<line class="grid" x1="%s" x2="%s" y1="0" y2="%s"/><text x="%s" y="%s" text-anchor="middle">%s</text>`+"\n",
			place1(at(v)), place1(at(v)), place1(high-20), place1(at(v)), place1(high-6), markup(scale.label(v)))
	}
	for i, c := range shown {
		y := row * float64(i)
		class := "k3"
		switch {
		case c.Utilisation.Value >= 1:
			class = "full"
		case c.Utilisation.Value > 0.85:
			class = "high"
		}
		fmt.Fprintf(p, `<text class="name" x="%s" y="%s" text-anchor="end">%s<title>%s</title></text><rect class="part %s" x="%s" y="%s" width="%s" height="14" rx="2"><title>%s %s</title></rect>`,
			place1(left-10), place1(y+15), markup(cut(clean(c.Name), 26)), markup(c.Name), class, place1(left), place1(y+4), place1(max(at(c.Utilisation.Value)-left, 1)), markup(c.Name), percent(c.Utilisation.Value))
		fmt.Fprintf(p, `<text class="said" x="%s" y="%s">%s</text>`+"\n", place1(min(at(c.Utilisation.Value)+5, left+wide-40)), place1(y+15), percent(c.Utilisation.Value))
	}
	fmt.Fprintf(p, `<line class="mark" x1="%s" x2="%s" y1="0" y2="%s"/></svg></figure>`+"\n", place1(at(1)), place1(at(1)), place1(high-20))
}
