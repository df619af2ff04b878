package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"eddy/sim"
	"eddy/sim/experiment"
)

// TextReplicated writes what a person reads of several runs: a verdict, the
// numbers that matter with their intervals, and in how many runs each thing
// was found. No line is wider than the options say.
func TextReplicated(w io.Writer, r *Replicated, o TextOptions) error {
	return show(w, r.lines(o.width()), o.width(), o.Colour)
}

// MarkdownReplicated writes the same as TextReplicated in Markdown.
func MarkdownReplicated(w io.Writer, r *Replicated) error {
	b := bufio.NewWriter(w)
	if len(r.Runs) > 0 {
		markTitle(b, r.Runs[0].Scenario)
	}
	for _, s := range r.verdict() {
		markRemark(b, s)
	}
	d := defined{}
	d.need("warmup", "replications")
	for _, t := range r.tables() {
		markTable(b, t)
		d.needTable(t)
	}
	markBeside(b, r.Theory, besideRuns(r.Theory, r))
	if found := r.findings(); len(found) > 0 {
		b.WriteString("\n## Findings\n\n")
		for _, f := range found {
			markFinding(b, f.Finding, r.foundText(f), f.place())
		}
	}
	if t := r.expectations(); len(t.rows) > 0 {
		markTable(b, t)
	}
	markDefinitions(b, d)
	markRun(b, r.terms())
	return b.Flush()
}

func (r *Replicated) lines(w int) []line {
	var lines []line
	if len(r.Runs) > 0 {
		lines = titleLines(r.Runs[0].Scenario, w)
	}
	for _, s := range r.verdict() {
		lines = append(lines, hanging(s.mark, s.text, plain, w)...)
	}
	for _, t := range r.tables() {
		lines = append(append(lines, nil), t.layout(w)...)
	}
	if beside := besideLines(r.Theory, besideRuns(r.Theory, r), w); len(beside) > 0 {
		lines = append(append(lines, nil), beside...)
	}
	if found := r.findings(); len(found) > 0 {
		lines = append(lines, nil, line{}.add("Findings", bold))
		for _, f := range found {
			lines = append(lines, hanging(severityMark(f.Severity), r.foundText(f), plain, w)...)
			lines = append(lines, terms(f.place(), ", ", faint, w)...)
			lines = append(lines, remedyLines(f.Finding, w)...)
		}
	}
	if t := r.expectations(); len(t.rows) > 0 {
		lines = append(append(lines, nil), t.layout(w)...)
	}
	return append(append(lines, nil), terms(r.terms(), " · ", faint, w)...)
}

// verdict says how the runs went, the worst first.
func (r *Replicated) verdict() []remark {
	n := len(r.Runs)
	if n == 0 {
		return []remark{{warnMark, "No run was finished."}}
	}
	said := r.troubles()
	found := r.findings()
	if len(found) > 0 && found[0].Severity != sim.SeverityInfo {
		said = append(said, remark{severityMark(found[0].Severity), r.foundText(found[0])})
	}
	if unmet := r.unmetRuns(); unmet > 0 {
		said = append(said, remark{badMark, fmt.Sprintf("An expectation was not met in %s.", r.share(unmet))})
	}
	if len(said) == 0 {
		said = append(said, remark{okMark, "Healthy in every one of " + plural(int64(n), "run") + "."})
	}
	return said
}

// troubles are runs that did not come to their end or lost count.
func (r *Replicated) troubles() []remark {
	var said []remark
	if r.interrupted() {
		said = append(said, remark{warnMark, fmt.Sprintf("Interrupted: %d of %s done; the numbers are of these.",
			len(r.Runs), plural(int64(max(r.Asked, len(r.Runs))), "run"))})
	}
	ends := map[sim.Ended]int{}
	unbalanced := 0
	for _, run := range r.Runs {
		ends[run.Run.Ended]++
		if !run.Ledger.Balanced {
			unbalanced++
		}
	}
	for _, e := range []sim.Ended{sim.EndedDeadlock, sim.EndedLivelock, sim.EndedMaxEvents, sim.EndedMaxPending} {
		if ends[e] > 0 {
			said = append(said, remark{badMark, fmt.Sprintf("Ended early (%s) in %s.", e, r.share(ends[e]))})
		}
	}
	if unbalanced > 0 {
		said = append(said, remark{badMark, "The ledger does not balance in " + r.share(unbalanced) + ": the simulator lost count. Please report it."})
	}
	return said
}

// share is "3 of 30 runs".
func (r *Replicated) share(n int) string {
	return fmt.Sprintf("%d of %s", n, plural(int64(len(r.Runs)), "run"))
}

func (r *Replicated) unmetRuns() int {
	n := 0
	for _, run := range r.Runs {
		for _, e := range run.Expectations {
			if e.Verdict == sim.Failed {
				n++
				break
			}
		}
	}
	return n
}

// found is a finding and in how many runs it was made.
type found struct {
	sim.Finding
	runs int
}

// place is the code and the component. The numbers are left out: they are of
// one run.
func (f found) place() []string {
	f.Evidence = nil
	return findingBasis(f.Finding)
}

// findings are those of all runs, each once, the worst first, in
// the words of the first run that has it.
func (r *Replicated) findings() []found {
	type key struct {
		severity        sim.FindingSeverity
		code, component string
	}
	counts := map[key]int{}
	var firsts []sim.Finding
	for _, run := range r.Runs {
		seen := map[key]bool{}
		for _, f := range run.Findings {
			k := key{f.Severity, f.Code, f.Component}
			if seen[k] {
				continue
			}
			seen[k] = true
			if counts[k] == 0 {
				firsts = append(firsts, f)
			}
			counts[k]++
		}
	}
	var all []found
	for _, f := range worstFirst(firsts) {
		all = append(all, found{f, counts[key{f.Severity, f.Code, f.Component}]})
	}
	return all
}

func (r *Replicated) foundText(f found) string {
	return fmt.Sprintf("In %s: %s", r.share(f.runs), findingText(f.Finding))
}

// expectations is the verdict on each over all runs together, where there is
// one, and how many runs it is met in by themselves.
func (r *Replicated) expectations() table {
	type item struct {
		sim.ExpectationResult // of all together
		passed, fail, open    int64
	}
	var items []item
	for _, run := range r.Runs {
		for i, e := range run.Expectations {
			if i == len(items) {
				items = append(items, item{ExpectationResult: sim.ExpectationResult{Expect: e.Expect}})
			}
			switch e.Verdict {
			case sim.Pass:
				items[i].passed++
			case sim.Failed:
				items[i].fail++
			default:
				items[i].open++
			}
		}
	}
	for i, e := range r.Judged[:min(len(r.Judged), len(items))] {
		items[i].ExpectationResult = e
	}
	marks := func(e item) mark {
		switch {
		case e.Verdict != "":
			return verdictMark(e.Verdict)
		case e.fail > 0:
			return badMark
		case e.open > 0:
			return openMark
		}
		return okMark
	}
	units := map[string]sim.Unit{}
	if len(r.Runs) > 0 {
		units = unitsOf(r.Runs[0])
	}
	first := field[item]{column{left: true}, func(e item) cell { return name(e.Expect) }}
	if r.Judged == nil {
		return tabulate("Expectations", items, marks, []field[item]{
			first,
			{column{head: "pass"}, func(e item) cell { return whole(e.passed) }},
			{column{head: "fail"}, func(e item) cell { return trouble(e.fail, bad) }},
			{column{head: "inconclusive", optional: true}, func(e item) cell { return trouble(e.open, warn) }},
		})
	}
	return tabulate("Expectations", items, marks, []field[item]{
		first,
		{column{head: "mean"}, func(e item) cell { return number(e.Value, units[pathOf(e.Expect)]) }},
		{column{head: "verdict", left: true}, func(e item) cell {
			return cell{text: clean(string(e.Verdict)), tone: glyphs[verdictMark(e.Verdict)].tone}
		}},
		{column{head: "met in", left: true}, func(e item) cell {
			return cell{text: integer(e.passed) + " of " + integer(e.passed+e.fail+e.open)}
		}},
	})
}

func (r *Replicated) terms() []string {
	if len(r.Runs) == 0 {
		return []string{"no run"}
	}
	first := r.Runs[0].Run
	parts := []string{
		fmt.Sprintf("seed %d", first.Seed), plural(int64(len(r.Runs)), "run"),
		"ended: " + clean(string(r.ended())), span(first.Duration) + " each",
	}
	if first.Warmup > 0 {
		parts = append(parts, "statistics from "+span(first.Warmup)+" on")
	}
	if first.Version != "" {
		parts = append(parts, "eddy "+clean(first.Version))
	}
	return parts
}

// measure is one number of a component that a summary shows.
type measure struct {
	path   string // below the component
	label  string
	always bool // shown even when it is 0 in every run
}

var (
	producerMeasures = []measure{
		{"rate", "rate", true},
		{"confirm.p99", "confirm p99", false},
		{"rejected", "rejected", false},
		{"unsent", "unsent", false},
		{"dropped", "dropped", false},
	}
	channelMeasures = []measure{
		{"rate_in", "in", true},
		{"depth.mean", "depth mean", true},
		{"depth.max", "depth max", true},
		{"wait.p99", "wait p99", false},
		{"dead_lettered", "dead", false},
		{"dropped", "dropped", false},
		{"expired", "expired", false},
		{"rejected", "rejected", false},
	}
	consumerMeasures = []measure{
		{"rate", "rate", true},
		{"utilisation", "utilisation", true},
		{"wait.p50", "wait p50", false},
		{"wait.p99", "wait p99", false},
		{"latency.p50", "latency p50", true},
		{"latency.p99", "latency p99", true},
		{"retries", "retries", false},
		{"dead_lettered", "dead", false},
		{"dropped", "dropped", false},
		{"lost", "lost", false},
		{"duplicates", "duplicates", false},
	}
	flowMeasures = []measure{
		{"completed", "completed", true},
		{"failed", "failed", false},
		{"completion.p50", "completion p50", true},
		{"completion.p99", "completion p99", true},
	}
)

// measured is one row of a summary.
type measured struct {
	experiment.Metric
	name, label string
}

// term is the definition behind the row.
func (m measured) term() string {
	if m.label == "failed" && strings.HasPrefix(m.Path, "flows.") {
		return "failedflow"
	}
	return termOf(m.label)
}

// number writes a number of the metric as precisely as its interval allows.
func (m measured) number(v sim.Number) cell {
	u := sim.Unit(m.Unit)
	if !m.Low.Valid || !m.High.Valid || !v.Valid || m.Low.Value == m.High.Value {
		return number(v, u)
	}
	return cell{text: precise(v.Value, u, max(m.High.Value, -m.Low.Value), (m.High.Value-m.Low.Value)/2)}
}

// tables are the numbers that matter, with their intervals.
func (r *Replicated) tables() []table {
	if len(r.Runs) == 0 {
		return nil
	}
	byPath := make(map[string]experiment.Metric, len(r.Metrics))
	for _, m := range r.Metrics {
		byPath[m.Path] = m
	}
	first := r.Runs[0]
	var all []table
	add := func(title, kind string, names []string, measures []measure) {
		var rows []measured
		for _, n := range names {
			rows = append(rows, measuredOf(byPath, kind, n, measures)...)
		}
		if len(rows) > 0 {
			all = append(all, r.summaryTable(title, rows))
		}
	}
	add("Producers", "producers", namesOf(first.Producers, func(p sim.ProducerResult) string { return p.Name }), producerMeasures)
	add("Channels", "channels", namesOf(first.Channels, func(c sim.ChannelResult) string { return c.Name }), channelMeasures)
	add("Subscriptions", "subscriptions", namesOf(first.Subscriptions, func(c sim.ChannelResult) string { return c.Name }), channelMeasures)
	add("Consumers", "consumers", namesOf(first.Consumers, func(c sim.ConsumerResult) string { return c.Name }), consumerMeasures)
	add("Flows", "flows", namesOf(first.Flows, func(f sim.FlowResult) string { return f.Name }), flowMeasures)
	return all
}

func namesOf[T any](list []T, name func(T) string) []string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = name(v)
	}
	return names
}

// measuredOf are a component's rows; its name stands on the first.
func measuredOf(byPath map[string]experiment.Metric, kind, name string, measures []measure) []measured {
	var rows []measured
	for _, m := range measures {
		metric, ok := byPath[kind+"."+name+"."+m.path]
		if !ok || !metric.Mean.Valid || (!m.always && metric.Mean.Value == 0) {
			continue
		}
		row := measured{Metric: metric, label: m.label}
		if len(rows) == 0 {
			row.name = name
		}
		rows = append(rows, row)
	}
	return rows
}

// summaryTable shows metrics. Why one has no interval is a footnote: it is
// longer than a column can be.
func (r *Replicated) summaryTable(title string, rows []measured) table {
	notes := &footnotes{}
	t := tabulate(title, rows, unmarked, []field[measured]{
		{column{left: true}, func(m measured) cell { return name(m.name) }},
		{column{head: "", left: true}, func(m measured) cell { return cell{text: m.label, term: m.term()} }},
		{column{head: "mean"}, func(m measured) cell { return m.number(m.Mean) }},
		{column{head: "95% from", optional: true}, func(m measured) cell { return m.number(m.Low) }},
		{column{head: "to", optional: true}, func(m measured) cell { return m.number(m.High) }},
		{column{head: "sd", optional: true, rank: 1}, func(m measured) cell { return m.number(m.SD) }},
		{column{head: "runs", optional: true, rank: 2}, func(m measured) cell {
			return cell{text: integer(int64(m.N)), blank: m.N == len(r.Runs)}
		}},
		{column{head: "", left: true, optional: true}, func(m measured) cell {
			return cell{text: notes.mark(clean(m.Note)), blank: m.Note == "", tone: faint}
		}},
	})
	t.notes = notes.texts
	return t
}
