package report

import (
	"fmt"
	"sort"
	"strings"

	"eddy/sim"
)

// remark is one sentence of a verdict.
type remark struct {
	mark mark
	text string
}

// verdict says in a sentence or two how the run went: what is wrong first,
// the worst of it, and how much else there is.
func verdict(r *sim.Result) []remark {
	var said []remark
	if s := stopped(r.Run); s.text != "" {
		said = append(said, s)
	}
	if !r.Ledger.Balanced {
		said = append(said, remark{badMark, "The ledger does not balance: the simulator lost count. No number here can be trusted; please report it."})
	}
	worst := worstFirst(r.Findings)
	if len(worst) > 0 && worst[0].Severity != sim.SeverityInfo {
		said = append(said, remark{severityMark(worst[0].Severity), findingText(worst[0])})
		if more := others(worst[1:]); more != "" {
			said = append(said, remark{noMark, more})
		}
	}
	if s := unmet(r.Expectations); s.text != "" {
		said = append(said, s)
	}
	if len(said) == 0 {
		said = append(said, well(r))
		if s := pace(r.Flows); s.text != "" {
			said = append(said, s)
		}
	}
	return said
}

// pace says how long the first kind of family takes, "" if none completed.
func pace(flows []sim.FlowResult) remark {
	for _, f := range flows {
		if f.Completion.P50.Valid && f.Completion.P99.Valid {
			return remark{noMark, clean(f.Name) + " is complete after " + duration(f.Completion.P50.Value) +
				" (median), " + duration(f.Completion.P99.Value) + " (p99)."}
		}
	}
	return remark{}
}

// stopped says that a run did not come to its end, and "" if it did.
func stopped(run sim.RunInfo) remark {
	at := " at " + span(run.EndedAt)
	of := at + " of " + span(run.Duration)
	switch run.Ended {
	case sim.EndedInterrupted:
		return remark{warnMark, "Interrupted" + of + ": the numbers are of that part."}
	case sim.EndedDeadlock:
		return remark{badMark, "Deadlock" + at + ": everybody waits for somebody who waits."}
	case sim.EndedLivelock:
		return remark{badMark, "Livelock" + at + ": things went on happening without time passing."}
	case sim.EndedMaxEvents:
		return remark{badMark, "Stopped" + of + ": the limit of events was reached."}
	case sim.EndedMaxPending:
		return remark{badMark, "Stopped" + of + ": more was pending than the limit allows."}
	}
	return remark{}
}

// others says how many findings there are beside the first.
func others(rest []sim.Finding) string {
	count := map[sim.FindingSeverity]int{}
	for _, f := range rest {
		count[f.Severity]++
	}
	var parts []string
	for _, s := range []struct {
		severity sim.FindingSeverity
		word     string
	}{{sim.SeverityError, "error"}, {sim.SeverityWarning, "warning"}, {sim.SeverityInfo, "note"}} {
		if n := count[s.severity]; n > 0 {
			parts = append(parts, plural(int64(n), s.word))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "And " + strings.Join(parts, ", ") + ": see Findings."
}

// unmet says which expectations did not hold, and "" if all did.
func unmet(all []sim.ExpectationResult) remark {
	failed, open := 0, 0
	for _, e := range all {
		switch e.Verdict {
		case sim.Failed:
			failed++
		case sim.Inconclusive:
			open++
		}
	}
	switch {
	case failed > 0:
		return remark{badMark, fmt.Sprintf("%d of %s not met.", failed, plural(int64(len(all)), "expectation"))}
	case open > 0:
		return remark{openMark, fmt.Sprintf("%d of %s inconclusive.", open, plural(int64(len(all)), "expectation"))}
	}
	return remark{}
}

// well is the verdict on a run that nothing was found about.
func well(r *sim.Result) remark {
	l := r.Ledger
	if l.Created == 0 {
		return remark{noteMark, "Nothing happened: no event was created."}
	}
	var ends []string
	for _, e := range []struct {
		n    int64
		word string
	}{
		{l.DeadLettered, "dead-lettered"},
		{l.Dropped, "dropped"},
		{l.Expired, "expired"},
		{l.Lost, "lost"},
		{l.Rejected, "rejected"},
		{l.Unsent, "unsent"},
		{l.Unrouted, "unrouted"},
		{l.LoopCut, "cut from a loop"},
	} {
		if e.n > 0 {
			ends = append(ends, integer(e.n)+" "+e.word)
		}
	}
	done := plural(l.Created, "event") + ", " + integer(l.Done) + " of " + plural(l.Copies, "copy") + " done"
	if under := l.Waiting + l.Delayed + l.Leased; under > 0 {
		done += ", " + integer(under) + " still on the way"
	}
	if len(ends) > 0 {
		return remark{okMark, "No findings: " + done + "; " + strings.Join(ends, ", ") + "."}
	}
	return remark{okMark, "Healthy: " + done + "; none lost, dropped or dead-lettered."}
}

// worstFirst sorts findings by severity and else leaves them as they are.
func worstFirst(findings []sim.Finding) []sim.Finding {
	sorted := append([]sim.Finding(nil), findings...)
	sort.SliceStable(sorted, func(a, b int) bool {
		return severityMark(sorted[a].Severity) > severityMark(sorted[b].Severity)
	})
	return sorted
}

// findingText is the sentence of a finding, with its evidence as a stopgap.
func findingText(f sim.Finding) string {
	if f.Text != "" {
		return clean(f.Text)
	}
	return clean(f.Component + ": " + f.Code)
}

// findingBasis is what a finding rests on: its code, where, and the numbers.
func findingBasis(f sim.Finding) []string {
	parts := []string{clean(f.Code)}
	if f.Component != "" {
		parts = append(parts, clean(f.Component))
	}
	for _, e := range f.Evidence {
		parts = append(parts, strings.ReplaceAll(clean(e.Name), "_", " ")+" "+human(e.Value, e.Unit()))
	}
	return parts
}

// findingRemedy is what would mend it, as flags of the command line, and
// what that is predicted to do.
func findingRemedy(f sim.Finding) (flags, predicted string) {
	var parts []string
	for _, c := range f.Change {
		parts = append(parts, "--set "+ShellWord(clean(c.Path+"="+c.Value)))
	}
	return strings.Join(parts, " "), clean(f.Predicted)
}

// ShellWord quotes a word, where it must be, as every shell with single quotes reads it.
func ShellWord(s string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("=._/:@%+,-", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// plural is a count and its noun.
func plural(n int64, noun string) string {
	if n != 1 {
		noun = strings.TrimSuffix(noun, "y") + map[bool]string{true: "ies", false: "s"}[strings.HasSuffix(noun, "y")]
	}
	return integer(n) + " " + noun
}
