package report

import (
	"fmt"
	"io"
	"strings"

	"eddy/sim"
	"eddy/sim/experiment"
)

// HTML writes the report as one page to hand round: what Text says, with
// every column, charts, and the definition of every number. It loads nothing
// and runs nothing. The history may be nil: then there are no charts over time.
// theory is put beside what was measured, unless it is nil.
func HTML(w io.Writer, r *sim.Result, h *History, theory *experiment.Prediction) error {
	p := newPage()
	p.verdict(verdict(r))
	p.findings(r.Findings)
	if len(r.Expectations) > 0 {
		p.table(expectationsWithReasons(r))
	}
	p.tables(newView(r, 0).tables(r))
	p.beside(theory, besideRun(theory, r))
	p.pictures(r, h, "")
	f := scenarioFront(r.Scenario)
	f.facts = facts(r)
	return p.finish(w, f, runTerms(r.Run))
}

// HTMLReplicated writes what TextReplicated says as a page. The charts are of
// the first run, and so is the history.
func HTMLReplicated(w io.Writer, r *Replicated, h *History) error {
	p := newPage()
	info := sim.ScenarioInfo{}
	if len(r.Runs) > 0 {
		info = r.Runs[0].Scenario
	}
	p.verdict(r.verdict())
	if found := r.findings(); len(found) > 0 {
		p.heading("Findings")
		p.WriteString("<ul class=\"findings\">\n")
		for _, f := range found {
			p.finding(f.Finding, r.foundText(f), f.place())
		}
		p.WriteString("</ul>\n")
	}
	if t := r.expectations(); len(t.rows) > 0 {
		p.table(t)
	}
	p.need.need("replications", "warmup")
	p.tables(r.tables())
	p.beside(r.Theory, besideRuns(r.Theory, r))
	if len(r.Runs) > 0 {
		p.pictures(r.Runs[0], h, "Replication "+fmt.Sprint(r.Runs[0].Run.Replication)+" alone. ")
	}
	f := scenarioFront(info)
	f.facts = r.facts()
	return p.finish(w, f, r.terms())
}

// facts are what a reader of a run looks for first.
func facts(r *sim.Result) []fact {
	var all []fact
	add := func(name, value, about string) { all = append(all, fact{value, name, about}) }
	if r.Ledger.Created > 0 {
		add("events", integer(r.Ledger.Created), "created in "+span(r.Run.EndedAt))
	}
	if f := mainFlow(r.Flows); f != nil {
		if f.Completion.P99.Valid {
			add("completion p99", duration(f.Completion.P99.Value), clean(f.Name)+"; half within "+duration(f.Completion.P50.Value))
		}
		if ended := f.Completed + f.Failed; ended > 0 {
			add("completed", percent(float64(f.Completed)/float64(ended)), integer(f.Failed)+" of "+integer(ended)+" failed")
		}
	}
	busiest := -1
	for i := range r.Consumers {
		if u := r.Consumers[i].Utilisation; u.Valid && (busiest < 0 || u.Value > r.Consumers[busiest].Utilisation.Value) {
			busiest = i
		}
	}
	if busiest >= 0 {
		add("busiest", percent(r.Consumers[busiest].Utilisation.Value), clean(r.Consumers[busiest].Name))
	}
	var deepest *sim.ChannelResult
	for _, list := range [][]sim.ChannelResult{r.Channels, r.Subscriptions} {
		for i := range list {
			if d := list[i].Depth.Max; d.Valid && (deepest == nil || d.Value > deepest.Depth.Max.Value) {
				deepest = &list[i]
			}
		}
	}
	if deepest != nil {
		add("deepest", human(deepest.Depth.Max, sim.UnitOne), clean(deepest.Name)+"; "+human(deepest.Depth.Last, sim.UnitOne)+" at the end")
	}
	return all
}

// facts are what a reader of several runs looks for first.
func (r *Replicated) facts() []fact {
	if len(r.Runs) == 0 {
		return nil
	}
	byPath := make(map[string]experiment.Metric, len(r.Metrics))
	for _, m := range r.Metrics {
		byPath[m.Path] = m
	}
	all := []fact{{integer(int64(len(r.Runs))), "runs", span(r.Runs[0].Run.Duration) + " each"}}
	add := func(name, path, about string) {
		m, ok := byPath[path]
		if !ok || !m.Mean.Valid {
			return
		}
		x := measured{Metric: m}
		why, _, _ := strings.Cut(m.Note, ":")
		doubt := "no interval: " + clean(why)
		if m.Low.Valid && m.High.Valid {
			doubt = "95% from " + x.number(m.Low).text + " to " + x.number(m.High).text
		}
		all = append(all, fact{x.number(m.Mean).text, name, about + "; " + doubt})
	}
	first := r.Runs[0]
	if f := mainFlow(first.Flows); f != nil {
		add("completion p50", "flows."+f.Name+".completion.p50", clean(f.Name))
		add("completion p99", "flows."+f.Name+".completion.p99", clean(f.Name))
	}
	busiest := ""
	most := -1.0
	for i := range first.Consumers {
		if u := byPath["consumers."+first.Consumers[i].Name+".utilisation"].Mean; u.Valid && u.Value > most {
			busiest, most = first.Consumers[i].Name, u.Value
		}
	}
	if busiest != "" {
		add("busiest", "consumers."+busiest+".utilisation", clean(busiest))
	}
	return all
}

// mainFlow is the flow with the most families, nil without any.
func mainFlow(flows []sim.FlowResult) *sim.FlowResult {
	var most *sim.FlowResult
	for i := range flows {
		if most == nil || flows[i].Created > most.Created {
			most = &flows[i]
		}
	}
	return most
}

func (p page) findings(list []sim.Finding) {
	if len(list) == 0 {
		return
	}
	p.heading("Findings")
	p.WriteString("<ul class=\"findings\">\n")
	for _, f := range worstFirst(list) {
		p.finding(f, findingText(f), findingBasis(f))
	}
	p.WriteString("</ul>\n")
}

func (p page) finding(f sim.Finding, text string, basis []string) {
	m := severityMark(f.Severity)
	fmt.Fprintf(p, "<li class=\"%s-edge\">%s%s<br/><span class=\"faint\">%s</span>", toneClasses[glyphs[m].tone], markSpan(m), markup(text), markup(strings.Join(basis, ", ")))
	flags, predicted := findingRemedy(f)
	if flags != "" {
		fmt.Fprintf(p, "<br/>Try <code>%s</code>", markup(flags))
	}
	if predicted != "" {
		fmt.Fprintf(p, "<br/>→ %s", markup(predicted))
	}
	p.WriteString("</li>\n")
}
