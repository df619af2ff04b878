package report

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"strings"

	"eddy/sim"
)

//go:embed page.css
var pageStyle string

// page is a page being written: its body first, since what stands before it
// lists what is in it. Errors stay in the buffered writer.
type page struct {
	*bufio.Writer
	*pageState
}

// pageState is what has been written so far.
type pageState struct {
	body     bytes.Buffer
	headings []string
	drawings int
	need     defined
}

func newPage() page {
	s := &pageState{need: defined{}}
	return page{bufio.NewWriter(&s.body), s}
}

// front is what a page begins with.
type front struct {
	title string
	under []string // lines below the title
	facts []fact
}

// fact is a number that a reader looks for first.
type fact struct{ value, name, about string }

func scenarioFront(s sim.ScenarioInfo) front {
	f := front{title: clean(s.Name)}
	if s.Variant != "" {
		f.title += " · variant " + clean(s.Variant)
	}
	for _, c := range s.Set {
		f.under = append(f.under, "with "+clean(c.Path+"="+c.Value))
	}
	return f
}

// finish ends the body with the definitions it needs, and writes the page.
// The policy forbids the page to load or run anything, should something slip in.
func (p page) finish(w io.Writer, f front, terms []string) error {
	p.definitions()
	if err := p.Flush(); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, `<!DOCTYPE html>
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
`, markup(f.title), pageStyle, markup(f.title))
	for _, u := range f.under {
		fmt.Fprintf(out, "<p class=\"under\">%s</p>\n", markup(u))
	}
	writeFacts(out, f.facts)
	p.contents(out)
	out.WriteString("</header>\n")
	out.Write(p.body.Bytes())
	for i, t := range terms {
		terms[i] = markup(t)
	}
	fmt.Fprintf(out, "<footer>%s</footer>\n</main></body></html>\n", strings.Join(terms, " · "))
	return out.Flush()
}

func writeFacts(out *bufio.Writer, facts []fact) {
	if len(facts) == 0 {
		return
	}
	out.WriteString("<dl class=\"facts\">\n")
	for _, f := range facts {
		fmt.Fprintf(out, "<div><dt>%s</dt><dd>%s</dd><dd class=\"about\">%s</dd></div>\n", markup(f.name), markup(f.value), markup(f.about))
	}
	out.WriteString("</dl>\n")
}

// contents lists the parts of the page, where there are enough to look for one.
func (p page) contents(out *bufio.Writer) {
	if len(p.headings) < 4 {
		return
	}
	out.WriteString("<nav aria-label=\"Contents\">")
	for i, h := range p.headings {
		fmt.Fprintf(out, `<a href="#part%d">%s</a> `, i+1, markup(h))
	}
	out.WriteString("</nav>\n")
}

func (p page) heading(text string) {
	p.headings = append(p.headings, text)
	fmt.Fprintf(p, "<h2 id=\"part%d\">%s</h2>\n", len(p.headings), markup(text))
}

// section begins a part; the note says what it is about.
func (p page) section(title, note string) {
	p.heading(title)
	p.note(note)
}

func (p page) note(text string) {
	if text != "" {
		fmt.Fprintf(p, "<p class=\"note\">%s</p>\n", markup(text))
	}
}

// verdict is what a report says in words.
func (p page) verdict(list []remark) {
	if len(list) == 0 {
		return
	}
	p.WriteString("<div class=\"verdicts\">\n")
	for _, s := range list {
		p.remark(s)
	}
	p.WriteString("</div>\n")
}

func (p page) remark(s remark) {
	fmt.Fprintf(p, "<p class=\"verdict\">%s%s</p>\n", markSpan(s.mark), markup(s.text))
}

// remarks are sentences below a table or a chart.
func (p page) remarks(list []remark) {
	for _, s := range list {
		class := ""
		if s.mark == noMark {
			class = ` class="note"`
		}
		fmt.Fprintf(p, "<p%s>%s%s</p>\n", class, markSpan(s.mark), markup(s.text))
	}
}

// markSpan is a mark in its colour, with a space; nothing for none.
func markSpan(m mark) string {
	if m == noMark {
		return ""
	}
	return fmt.Sprintf(`<span class="%s">%s</span> `, toneClasses[glyphs[m].tone], glyphs[m].text)
}

var toneClasses = [...]string{plain: "plain", bold: "bold", faint: "faint", good: "good", warn: "warn", bad: "bad"}

func (p page) tables(all []table) {
	for _, t := range all {
		p.table(t)
	}
}

// table writes a table below its heading.
func (p page) table(t table) {
	p.heading(t.title)
	p.grid(t)
}

// grid writes a table; what its columns and rows are called leads to the
// definition behind it.
func (p page) grid(t table) {
	p.need.needTable(t)
	fmt.Fprintf(p, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table><thead><tr>", markup(t.title))
	for i, h := range t.ownHeads() {
		key := ""
		if i > 0 {
			key = t.columns[i].termKey()
		}
		fmt.Fprintf(p, "<th scope=\"col\"%s>%s</th>", leftClass(i == 0 || t.columns[i].left), linked(markup(h), key))
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

// linked makes escaped text lead to a definition, if it has one.
func linked(text, key string) string {
	if key == "" || text == "" {
		return text
	}
	return fmt.Sprintf(`<a class="def" href="#def-%s">%s</a>`, key, text)
}

func (p page) row(columns []column, r row) {
	p.WriteString("<tr>")
	for i, c := range r.cells {
		text := c.whole()
		if c.full != "" {
			text = c.full
		}
		class := toneClasses[c.tone]
		if c.blank {
			class = "faint"
		}
		if i == 0 {
			fmt.Fprintf(p, `<th scope="row" class="%s left">%s%s</th>`, class, markSpan(r.mark), linked(markup(text), c.term))
			continue
		}
		if columns[i].left {
			class += " left"
		}
		if c.lit {
			class += " reached"
		}
		if columns[i].words {
			class += " words"
		}
		fmt.Fprintf(p, `<td class="%s">%s%s</td>`, class, meter(c.share)+c.effect.svg(), linked(markup(text), c.term))
	}
	p.WriteString("</tr>\n")
}

// meter is a share as a bar beside its number.
func meter(share sim.Number) string {
	if !share.Valid {
		return ""
	}
	const wide = 48.0
	class := "k3"
	switch {
	case share.Value >= 0.99:
		class = "full"
	case share.Value > 0.85:
		class = "high"
	}
	return fmt.Sprintf(`<svg class="meter" viewBox="0 0 48 8" aria-hidden="true"><rect class="trough" width="48" height="8" rx="2"/><rect class="part %s" width="%s" height="8" rx="2"/></svg>`,
		class, place1(wide*min(max(share.Value, 0), 1)))
}

// definitions are those of what the page shows.
func (p page) definitions() {
	all := p.need.list()
	if len(all) == 0 {
		return
	}
	p.heading("What the numbers mean")
	p.WriteString("<dl class=\"terms\">\n")
	for _, t := range all {
		fmt.Fprintf(p, "<div><dt id=\"def-%s\">%s</dt><dd>%s", t.key, markup(t.name), markup(t.text))
		if t.formula != "" {
			fmt.Fprintf(p, " <code>%s</code>", markup(t.formula))
		}
		p.WriteString("</dd></div>\n")
	}
	p.WriteString("</dl>\n")
}

// draw begins a drawing with what it says to those who do not see it.
func (p page) draw(wide, high float64, class, title, about string) {
	p.drawings++
	n := p.drawings
	fmt.Fprintf(p, `<svg class="%s" viewBox="0 0 %s %s" role="img" aria-labelledby="d%dt d%dd"><title id="d%dt">%s</title><desc id="d%dd">%s</desc>`+"\n",
		class, place1(wide), place1(high), n, n, n, markup(title), n, markup(about))
}

// details is a table that is there for who wants the numbers of a drawing.
func (p page) details(summary string, t table) {
	if len(t.rows) == 0 {
		return
	}
	fmt.Fprintf(p, "<details><summary>%s</summary>\n", markup(summary))
	t.title = summary
	p.grid(t)
	p.WriteString("</details>\n")
}
