package cli

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"eddy/report"
	"eddy/sim/experiment"
)

func (p *program) checkCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "check SCENARIO...",
		Short: "Simulate scenarios and judge what they expect",
		Long: `Simulates each scenario and holds the result against its expect list. Exits
with 3 if an expectation failed, and with 4 if one could not be decided: then
more replications are needed.`,
		Example: `  eddy check my.yaml
  eddy check my.yaml other.yaml --replications 20
  eddy check *.yaml --export junit=junit.xml`,
		Args:              some("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return p.check(c, args, &f) },
	}
	f.registerRuns(c)
	f.exports.names = []string{"junit"}
	c.Flags().Var(&f.exports, "export", "write the verdicts for a build server: junit=FILE")
	return c
}

// check loads every scenario before it simulates any: a mistake in the last
// one should not take minutes to come up.
func (p *program) check(c *cobra.Command, names []string, f *runFlags) error {
	if err := f.agree(c); err != nil {
		return err
	}
	if what := map[string]string{"html": "page", "csv": "table"}[p.conf.Format]; what != "" && len(names) > 1 {
		return usage("a %s is about one scenario, not %d; --format json takes several", what, len(names))
	}
	if err := p.drawSeed(&f.changes); err != nil {
		return err
	}
	list, err := p.loadAll(c, names, &f.changes)
	if err != nil {
		return err
	}
	files, err := p.openSuites(f.exports.list)
	if err != nil {
		return err
	}
	defer files.abandon()
	signals := listen()
	defer signals.end()
	var all []experiment.ExpectationResult
	var suites []report.Judged
	between := separators(p.conf.Format, len(list))
	for i, sc := range list {
		r, err := p.simulate(signals, sc, f, &exports{})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(p.out, between(i)); err != nil {
			return p.writing(err)
		}
		judged := r.judged(sc)
		if err := p.writeCheck(sc, r, judged); err != nil {
			return p.writing(err)
		}
		all = append(all, judged...)
		suites = append(suites, report.Judged{Result: r.runs[0], Runs: len(r.runs), Expectations: judged})
		if signals.exit() != nil {
			break
		}
	}
	if _, err := io.WriteString(p.out, between(len(list))); err != nil {
		return p.writing(err)
	}
	err = files.finish([]document{{"junit", func(w io.Writer) error { return report.JUnit(w, suites...) }}})
	if err != nil {
		return err
	}
	if err := signals.exit(); err != nil {
		return err
	}
	return verdict(all)
}

// separators are what stands before the ith of so many results, and, as that of
// the number there are, behind the last: of several, JSON is one array.
func separators(format string, several int) func(i int) string {
	return func(i int) string {
		switch {
		case format != "json" || several < 2:
			return ""
		case i == 0:
			return "[\n"
		case i == several:
			return "]\n"
		}
		return ",\n"
	}
}

// openSuites opens the files that will hold the verdicts.
func (p *program) openSuites(list []wanted) (*documents, error) {
	if err := p.distinct(list); err != nil {
		return nil, err
	}
	return openAll(list)
}

// loadAll loads the scenarios, telling what is wrong with each of them.
func (p *program) loadAll(c *cobra.Command, names []string, ch *changes) ([]*experiment.Scenario, error) {
	var list []*experiment.Scenario
	var wrong error
	for _, name := range names {
		sc, err := p.load(c, name, ch)
		switch {
		case err == nil:
			list = append(list, sc)
		case codeOf(err) == exitUsage:
			p.tell("%s", err)
			wrong = silently(exitUsage)
		default:
			return nil, err
		}
	}
	return list, wrong
}

// writeCheck writes the verdicts as text, or the whole result in another format.
func (p *program) writeCheck(sc *experiment.Scenario, r *outcome, judged []experiment.ExpectationResult) error {
	if p.conf.Format != "text" {
		return r.write(p.out, p.conf.Format, p.textOptions())
	}
	if len(judged) == 0 {
		p.hint("%s expects nothing: its expect list is empty", sc.Name)
	}
	for i, e := range judged {
		unit := ""
		if leaf, ok := r.runs[0].Lookup(sc.Expect[i].Path); ok {
			unit = string(leaf.Unit)
		}
		if _, err := fmt.Fprintln(p.out, verdictLine(sc.Name, e, unit)); err != nil {
			return err
		}
	}
	return nil
}

// verdictLine is the verdict, the scenario, what was expected, what came, and,
// unless it passed, why it matters.
func verdictLine(name string, e experiment.ExpectationResult, unit string) string {
	mark := map[string]string{"pass": "✓ pass", "fail": "✗ fail"}[string(e.Verdict)]
	if mark == "" {
		mark = "? open"
	}
	line := fmt.Sprintf("%s  %s: %s", mark, visible(name), visible(e.Expect))
	if e.Value.Valid {
		line += ", got " + sixDigits(e.Value.Value, unit)
	}
	if e.Open != "" {
		line += ", " + e.Open
	}
	if e.Why != "" && e.Verdict != experiment.Pass {
		line += "  # " + visible(e.Why)
	}
	return line
}

// sixDigits writes a number of the result document in the units in which a
// scenario gives its bounds, fine enough to see on which side of one it is.
func sixDigits(v float64, unit string) string {
	suffix := ""
	switch size := math.Abs(v); {
	case unit == "share":
		v, suffix = v*100, "%"
	case unit == "s" && size > 0 && size < 1e-3:
		v, suffix = v*1e6, "µs"
	case unit == "s" && size > 0 && size < 1:
		v, suffix = v*1e3, "ms"
	case unit == "s" || unit == "/s" || unit == "B":
		suffix = unit
	}
	return strconv.FormatFloat(v, 'g', 6, 64) + suffix
}
