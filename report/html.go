package report

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"strings"

	"eddy/sim"
)

//go:embed page.css
var pageStyle string

// HTML writes the report as one page to hand round: what Text says, with
// every column, and charts. It loads nothing and runs nothing. The history
// may be nil: then there are no charts over time.
func HTML(w io.Writer, r *sim.Result, h *History) error {
	p := page{Writer: bufio.NewWriter(w)}
	p.begin(r.Scenario)
	for _, s := range verdict(r) {
		p.remark(s)
	}
	p.findings(r.Findings)
	if len(r.Expectations) > 0 {
		p.table(expectationsWithReasons(r))
	}
	p.tables(newView(r, 0).tables(r))
	p.pictures(r, h, "")
	p.end(runTerms(r.Run))
	return p.Flush()
}

// HTMLReplicated writes what TextReplicated says as a page. The charts are of
// the first run, and so is the history.
func HTMLReplicated(w io.Writer, r *Replicated, h *History) error {
	p := page{Writer: bufio.NewWriter(w)}
	info := sim.ScenarioInfo{}
	if len(r.Runs) > 0 {
		info = r.Runs[0].Scenario
	}
	p.begin(info)
	for _, s := range r.verdict() {
		p.remark(s)
	}
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
	p.tables(r.tables())
	if len(r.Runs) > 0 {
		p.pictures(r.Runs[0], h, "Replication "+fmt.Sprint(r.Runs[0].Run.Replication)+" alone. ")
	}
	p.end(r.terms())
	return p.Flush()
}

// page is a page being written. Errors stay in the buffered writer.
type page struct{ *bufio.Writer }

// begin writes what comes before the report. The policy forbids the page to
// load or run anything, should something slip in.
func (p page) begin(s sim.ScenarioInfo) {
	title := clean(s.Name)
	if s.Variant != "" {
		title += " · variant " + clean(s.Variant)
	}
	fmt.Fprintf(p, `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<link rel="icon" href="data:,"/>
<title>%s</title>
<style>
%s</style></head>
<body><main>
<header><h1>%s</h1>
`, markup(title), pageStyle, markup(title))
	for _, c := range s.Set {
		fmt.Fprintf(p, "<p class=\"faint\">with <code>%s</code></p>\n", markup(c.Path+"="+c.Value))
	}
	p.WriteString("</header>\n")
}

func (p page) end(terms []string) {
	for i, t := range terms {
		terms[i] = markup(t)
	}
	fmt.Fprintf(p, "<footer>%s</footer>\n</main></body></html>\n", strings.Join(terms, " · "))
}

func (p page) heading(text string) { fmt.Fprintf(p, "<h2>%s</h2>\n", markup(text)) }

func (p page) remark(s remark) {
	fmt.Fprintf(p, "<p class=\"verdict\">%s%s</p>\n", markSpan(s.mark), markup(s.text))
}

// markSpan is a mark in its colour, with a space; nothing for none.
func markSpan(m mark) string {
	if m == noMark {
		return ""
	}
	return fmt.Sprintf(`<span class="%s">%s</span> `, toneClasses[glyphs[m].tone], glyphs[m].text)
}

var toneClasses = [...]string{plain: "plain", bold: "bold", faint: "faint", good: "good", warn: "warn", bad: "bad"}

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
	fmt.Fprintf(p, "<li>%s%s<br/><span class=\"faint\">%s</span>", markSpan(severityMark(f.Severity)), markup(text), markup(strings.Join(basis, ", ")))
	flags, predicted := findingRemedy(f)
	if flags != "" {
		fmt.Fprintf(p, "<br/>Try <code>%s</code>", markup(flags))
	}
	if predicted != "" {
		fmt.Fprintf(p, "<br/>→ %s", markup(predicted))
	}
	p.WriteString("</li>\n")
}

func (p page) tables(all []table) {
	for _, t := range all {
		p.table(t)
	}
}

func (p page) table(t table) {
	p.heading(t.title)
	t.title = ""
	p.WriteString("<div class=\"wide\"><table><thead><tr>")
	for i, h := range t.heads() {
		fmt.Fprintf(p, "<th%s>%s</th>", leftClass(i == 0 || t.columns[i].left), markup(h))
	}
	p.WriteString("</tr></thead><tbody>\n")
	for _, r := range t.rows {
		p.row(t.columns, r)
	}
	p.WriteString("</tbody></table></div>\n")
	for i, note := range t.notes {
		fmt.Fprintf(p, "<p class=\"note\">%s %s</p>\n", superscript(i+1), markup(note))
	}
}

func leftClass(left bool) string {
	if left {
		return ` class="left"`
	}
	return ""
}

func (p page) row(columns []column, r row) {
	p.WriteString("<tr>")
	for i, c := range r.cells {
		text := c.whole()
		if c.full != "" {
			text = c.full
		}
		before, class := "", toneClasses[c.tone]
		if i == 0 {
			before = markSpan(r.mark)
		}
		if c.blank {
			class = "faint"
		}
		if i == 0 || columns[i].left {
			class += " left"
		}
		fmt.Fprintf(p, `<td class="%s">%s%s</td>`, class, before, markup(text))
	}
	p.WriteString("</tr>\n")
}
