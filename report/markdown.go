package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"eddy/sim"
	"eddy/sim/experiment"
)

// Markdown writes the same report as Text, with every column, in Markdown
// with the tables of GitHub. theory is put beside what was measured, unless it
// is nil.
func Markdown(w io.Writer, r *sim.Result, theory *experiment.Prediction) error {
	b := bufio.NewWriter(w)
	markTitle(b, r.Scenario)
	for _, s := range verdict(r) {
		markRemark(b, s)
	}
	d := defined{}
	d.need("warmup", "ledger")
	for _, t := range newView(r, 0).tables(r) {
		markTable(b, t)
		d.needTable(t)
	}
	markBeside(b, theory, besideRun(theory, r))
	markLedger(b, r.Ledger)
	markFindings(b, r.Findings)
	if len(r.Expectations) > 0 {
		markTable(b, expectationsWithReasons(r))
	}
	markDefinitions(b, d)
	markRun(b, runTerms(r.Run))
	return b.Flush()
}

func markTitle(b *bufio.Writer, s sim.ScenarioInfo) {
	fmt.Fprintf(b, "# %s\n", escape(s.Name))
	if s.Variant != "" {
		fmt.Fprintf(b, "\nVariant %s.\n", escape(s.Variant))
	}
	if len(s.Set) > 0 {
		b.WriteByte('\n')
		for _, c := range s.Set {
			fmt.Fprintf(b, "- with %s\n", escape(c.Path+"="+c.Value))
		}
	}
}

func markRemark(b *bufio.Writer, s remark) {
	text := paragraph(s.text)
	if s.mark != noMark {
		text = "**" + glyphs[s.mark].text + "** " + escape(s.text)
	}
	fmt.Fprintf(b, "\n%s\n", text)
}

func markTable(b *bufio.Writer, t table) {
	fmt.Fprintf(b, "\n## %s\n\n", escape(t.title))
	for _, h := range t.ownHeads() {
		fmt.Fprintf(b, "| %s ", escape(h))
	}
	b.WriteString("|\n")
	for i, c := range t.columns {
		if i == 0 || c.left {
			b.WriteString("|---")
		} else {
			b.WriteString("|---:")
		}
	}
	b.WriteString("|\n")
	for _, r := range t.rows {
		for i, c := range r.cells {
			text := c.whole()
			if c.full != "" {
				text = c.full
			}
			if i == 0 && r.mark != noMark {
				text = glyphs[r.mark].text + " " + text
			}
			fmt.Fprintf(b, "| %s ", escape(text))
		}
		b.WriteString("|\n")
	}
	for i, note := range t.notes {
		fmt.Fprintf(b, "\n%s %s\n", superscript(i+1), escape(note))
	}
}

func markLedger(b *bufio.Writer, l sim.Ledger) {
	balanced := "✓ balanced"
	if !l.Balanced {
		balanced = "✗ does not balance"
	}
	fmt.Fprintf(b, "\n## Ledger\n\nOf the whole run:\n\n- %s\n- %s = %s: %s\n",
		strings.Join(eventTerms(l), ", "), plural(l.Copies, "copy"), strings.Join(copyTerms(l), " + "), balanced)
	if l.Duplicates > 0 {
		fmt.Fprintf(b, "- %s\n", plural(l.Duplicates, "duplicate effect"))
	}
}

func markFindings(b *bufio.Writer, findings []sim.Finding) {
	if len(findings) == 0 {
		return
	}
	b.WriteString("\n## Findings\n\n")
	for _, f := range worstFirst(findings) {
		markFinding(b, f, findingText(f), findingBasis(f))
	}
}

func markFinding(b *bufio.Writer, f sim.Finding, text string, basis []string) {
	fmt.Fprintf(b, "- **%s** %s\n", glyphs[severityMark(f.Severity)].text, escape(text))
	fmt.Fprintf(b, "  (%s)\n", escape(strings.Join(basis, ", ")))
	flags, predicted := findingRemedy(f)
	if flags != "" {
		fmt.Fprintf(b, "  Try %s\n", code(flags))
	}
	if predicted != "" {
		fmt.Fprintf(b, "  → %s\n", escape(predicted))
	}
}

// expectationsWithReasons has a column for why, where that matters.
func expectationsWithReasons(r *sim.Result) table {
	t := expectations(r)
	said := false
	for i, e := range r.Expectations {
		why := ""
		if e.Verdict != sim.Pass {
			why = clean(e.Why)
		}
		said = said || why != ""
		t.rows[i].cells = append(t.rows[i].cells, cell{text: why})
	}
	t.columns = append(t.columns, column{head: "why", left: true})
	return t.pick(func(i int, c column) bool { return said || c.head != "why" })
}

func markRun(b *bufio.Writer, terms []string) {
	for i, t := range terms {
		terms[i] = escape(t)
	}
	fmt.Fprintf(b, "\n---\n\n%s\n", strings.Join(terms, " · "))
}

// escape makes a text mean itself within a line of Markdown and within a
// cell of a table: no markup, no HTML, no link, no mention.
func escape(s string) string {
	var b strings.Builder
	for _, r := range clean(s) {
		switch r {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '@':
			b.WriteString("&#64;")
		case '\\', '`', '*', '_', '[', ']', '#', '|', '~', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	text := strings.ReplaceAll(b.String(), "://", ":\\//")
	return strings.ReplaceAll(text, "www.", "www\\.")
}

// paragraph is an escaped text that begins a line, where it must not begin a
// list, a rule or code either.
func paragraph(s string) string {
	s = strings.TrimLeft(escape(s), " ")
	rest := strings.TrimLeft(s, "0123456789")
	number := s[:len(s)-len(rest)]
	if number != "" && strings.ContainsAny(rest[:min(len(rest), 1)], ".)") || rest != "" && number == "" && strings.ContainsAny(rest[:1], "-+=") {
		return number + "\\" + rest
	}
	return s
}

// code writes a text as code: in a fence of more backquotes than it holds.
func code(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if fence == "`" {
		return "`" + s + "`"
	}
	return fence + " " + s + " " + fence
}
