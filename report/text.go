package report

import (
	"fmt"
	"io"

	"eddy/sim"
	"eddy/sim/experiment"
)

// TextOptions says what the text will be read on.
type TextOptions struct {
	Colour bool // the sixteen colours of a terminal
	Width  int  // cells; 0: 80. At most 120 are used, and at least 20.
	// Theory is put beside what one run measured, unless it is nil.
	Theory *experiment.Prediction
}

func (o TextOptions) width() int {
	if o.Width == 0 {
		return 80
	}
	return min(max(o.Width, 20), 120)
}

// Text writes the report that a person reads first: a verdict, then tables
// of what is worth seeing. No line is wider than the options say.
func Text(w io.Writer, r *sim.Result, o TextOptions) error {
	return show(w, textLines(r, o), o.width(), o.Colour)
}

func textLines(r *sim.Result, o TextOptions) []line {
	w := o.width()
	lines := titleLines(r.Scenario, w)
	for _, s := range verdict(r) {
		lines = append(lines, hanging(s.mark, s.text, plain, w)...)
	}
	section := func(add []line) {
		if len(add) > 0 {
			lines = append(append(lines, nil), add...)
		}
	}
	for _, t := range newView(r, barWidth(w)).tables(r) {
		section(t.layout(w))
	}
	section(besideLines(o.Theory, besideRun(o.Theory, r), w))
	section(ledgerLines(r.Ledger, w))
	section(findingLines(r.Findings, w))
	section(expectationLines(r, w))
	section(terms(runTerms(r.Run), " · ", faint, w))
	return lines
}

func barWidth(w int) int {
	if w < 100 {
		return 6
	}
	return 10
}

func titleLines(s sim.ScenarioInfo, w int) []line {
	title := line{}.add(clean(s.Name), bold)
	if s.Variant != "" {
		title = title.add(" · variant "+clean(s.Variant), plain)
	}
	lines := []line{title}
	for _, c := range s.Set {
		lines = append(lines, hanging(noMark, "with "+clean(c.Path+"="+c.Value), faint, w)...)
	}
	return lines
}

// ledgerLines account for every event and copy, whatever they became.
func ledgerLines(l sim.Ledger, w int) []line {
	lines := []line{line{}.add("Ledger", bold).add("  of the whole run", faint)}
	lines = append(lines, terms(eventTerms(l), ", ", plain, w)...)
	copies := copyTerms(l)
	copies[0] = plural(l.Copies, "copy") + " = " + copies[0]
	lines = append(lines, terms(copies, " + ", plain, w)...)
	if l.Duplicates > 0 {
		lines = append(lines, line{}.mark(noMark).add(plural(l.Duplicates, "duplicate effect"), bad))
	}
	if l.Balanced {
		return append(lines, line{}.mark(okMark).add("balanced", plain))
	}
	return append(lines, line{}.mark(badMark).add("does not balance", bad))
}

// eventTerms are what became of events before they were copies.
func eventTerms(l sim.Ledger) []string {
	parts := []string{plural(l.Created, "event") + " created"}
	for _, p := range []struct {
		n    int64
		word string
	}{{l.Unsent, "unsent"}, {l.Rejected, "rejected"}, {l.Unrouted, "unrouted"}, {l.LoopCut, "cut from a loop"}} {
		if p.n > 0 {
			parts = append(parts, integer(p.n)+" "+p.word)
		}
	}
	return parts
}

// copyTerms are the classes of copies that are not empty, done always.
func copyTerms(l sim.Ledger) []string {
	parts := []string{integer(l.Done) + " done"}
	for _, p := range []struct {
		n    int64
		word string
	}{
		{l.Waiting, "waiting"},
		{l.Delayed, "delayed"},
		{l.Leased, "leased"},
		{l.DeadLettered, "dead-lettered"},
		{l.Dropped, "dropped"},
		{l.Expired, "expired"},
		{l.Lost, "lost"},
	} {
		if p.n > 0 {
			parts = append(parts, integer(p.n)+" "+p.word)
		}
	}
	return parts
}

func findingLines(findings []sim.Finding, w int) []line {
	if len(findings) == 0 {
		return nil
	}
	lines := []line{line{}.add("Findings", bold)}
	for _, f := range worstFirst(findings) {
		lines = append(lines, hanging(severityMark(f.Severity), findingText(f), plain, w)...)
		lines = append(lines, terms(findingBasis(f), ", ", faint, w)...)
		lines = append(lines, remedyLines(f, w)...)
	}
	return lines
}

func remedyLines(f sim.Finding, w int) []line {
	var lines []line
	flags, predicted := findingRemedy(f)
	if flags != "" {
		lines = append(lines, hanging(noMark, "try "+flags, plain, w)...)
	}
	if predicted != "" {
		lines = append(lines, hanging(noMark, "→ "+predicted, plain, w)...)
	}
	return lines
}

func expectationLines(r *sim.Result, w int) []line {
	if len(r.Expectations) == 0 {
		return nil
	}
	t := expectations(r)
	drawn := t.draw(t.share(w))
	lines := drawn[:1:1]
	for i, e := range r.Expectations {
		lines = append(lines, drawn[1+i])
		if e.Why != "" && e.Verdict != sim.Pass {
			lines = append(lines, hanging(noMark, clean(e.Why), faint, w)...)
		}
	}
	return lines
}

// runTerms say what repeats the run and how it ended.
func runTerms(i sim.RunInfo) []string {
	parts := []string{fmt.Sprintf("seed %d", i.Seed)}
	if i.Replication > 0 {
		parts = append(parts, fmt.Sprintf("replication %d", i.Replication))
	}
	parts = append(parts,
		fmt.Sprintf("fingerprint %016x", i.Fingerprint),
		"ended: "+clean(string(i.Ended)),
		span(i.EndedAt)+" simulated",
	)
	if i.Warmup > 0 {
		parts = append(parts, "statistics from "+span(i.Warmup)+" on")
	}
	if i.Version != "" {
		parts = append(parts, "eddy "+clean(i.Version))
	}
	return parts
}
