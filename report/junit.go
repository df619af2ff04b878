package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"eddy/sim"
)

// Judged is a scenario's expectations and what became of them.
type Judged struct {
	Result       *sim.Result // of the run, or of the first of several
	Runs         int         // how many there were
	Expectations []sim.ExpectationResult
}

// JUnit writes expectations as the test cases that build servers read: a
// suite for each scenario, a case for each expectation. One that does not
// hold is a failure; one that cannot be told is an error, for a build must not
// take it for granted. There are no times of execution: the same runs are the
// same bytes.
func JUnit(w io.Writer, suites ...Judged) error {
	b := bufio.NewWriter(w)
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	all := tally{}
	for _, s := range suites {
		t := tallyOf(s.Expectations)
		all.tests, all.failures, all.errors = all.tests+t.tests, all.failures+t.failures, all.errors+t.errors
	}
	fmt.Fprintf(b, `<testsuites name="eddy" %s>`+"\n", all)
	for _, s := range suites {
		writeSuite(b, s)
	}
	b.WriteString("</testsuites>\n")
	return b.Flush()
}

// tally is how many cases there are, and how many went wrong.
type tally struct{ tests, failures, errors int }

func (t tally) String() string {
	return fmt.Sprintf(`tests="%d" failures="%d" errors="%d" skipped="0"`, t.tests, t.failures, t.errors)
}

func tallyOf(list []sim.ExpectationResult) tally {
	t := tally{tests: len(list)}
	for _, e := range list {
		switch e.Verdict {
		case sim.Pass:
		case sim.Failed:
			t.failures++
		default:
			t.errors++
		}
	}
	return t
}

func writeSuite(b *bufio.Writer, s Judged) {
	r := s.Result
	name := r.Scenario.Name
	if r.Scenario.Variant != "" {
		name += " (" + r.Scenario.Variant + ")"
	}
	fmt.Fprintf(b, `  <testsuite name="%s" %s>`+"\n    <properties>\n", markup(name), tallyOf(s.Expectations))
	for _, p := range [][2]string{
		{"hash", r.Scenario.Hash},
		{"seed", fmt.Sprint(r.Run.Seed)},
		{"runs", fmt.Sprint(max(s.Runs, 1))},
		{"fingerprint", fmt.Sprintf("%016x", r.Run.Fingerprint)},
		{"ended", string(r.Run.Ended)},
		{"version", r.Run.Version},
	} {
		if p[1] != "" {
			fmt.Fprintf(b, `      <property name="%s" value="%s"/>`+"\n", p[0], markup(p[1]))
		}
	}
	for _, c := range r.Scenario.Set {
		fmt.Fprintf(b, `      <property name="%s" value="%s"/>`+"\n", markup("set "+c.Path), markup(c.Value))
	}
	b.WriteString("    </properties>\n")
	units := unitsOf(r)
	for _, e := range s.Expectations {
		writeCase(b, r.Scenario.Name, e, human(e.Value, units[pathOf(e.Expect)]))
	}
	b.WriteString("  </testsuite>\n")
}

func writeCase(b *bufio.Writer, suite string, e sim.ExpectationResult, value string) {
	fmt.Fprintf(b, `    <testcase classname="%s" name="%s"`, markup(suite), markup(e.Expect))
	problem, kind := "", ""
	switch e.Verdict {
	case sim.Pass:
		b.WriteString("/>\n")
		return
	case sim.Failed:
		problem, kind = "failure", "expectation"
	default:
		problem, kind = "error", "inconclusive"
	}
	message := "it is " + value
	if e.Open != "" {
		message += "; " + clean(e.Open)
	}
	text := e.Expect + ": " + message
	if e.Why != "" {
		text += "\n" + e.Why
	}
	fmt.Fprintf(b, ">\n"+`      <%s type="%s" message="%s">%s</%s>`+"\n    </testcase>\n",
		problem, kind, markup(message), markupLines(text), problem)
}

var markupEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// markup makes a text mean itself in XML and HTML, between tags and in a
// quoted attribute.
func markup(s string) string { return markupEscapes.Replace(clean(s)) }

func markupLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = markup(l)
	}
	return strings.Join(lines, "\n")
}
