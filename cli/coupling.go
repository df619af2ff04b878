package cli

import (
	"github.com/spf13/cobra"

	"eddy/report"
	"eddy/sim/experiment"
)

// couplingPairs is how often each trouble is made if nobody says: there are
// many of them.
const couplingPairs = 10

// coupling disturbs each component of scenarios in turn: those that are named,
// with one the variants that are chosen, too.
func (p *program) coupling(c *cobra.Command, words []string, f *compareFlags) error {
	list, err := p.disturbed(c, words, f)
	if err != nil {
		return err
	}
	signals := listen()
	defer signals.end()
	if err := p.settle(signals, &f.changes, list...); err != nil {
		return err
	}
	o := f.experiment(p.conf.Jobs)
	if !f.pairs.set {
		o.Replications = couplingPairs
	}
	var all []*experiment.Coupling
	for _, sc := range list {
		test := experiment.Disturb(sc, o)
		done := p.showWork(sc.Name, sc.Duration, test.Progress)
		got, err := test.Run(signals)
		done()
		if err != nil {
			return p.failedRun(err)
		}
		all = append(all, got)
		if got.Interrupted {
			p.tell("interrupted: the result is of %s; %d were to be made", plural(got.Pairs, "pair"), o.Replications)
			break
		}
	}
	if err := p.writeCoupling(all); err != nil {
		return p.writing(err)
	}
	return signals.exit()
}

// disturbed are the scenarios to disturb.
func (p *program) disturbed(c *cobra.Command, words []string, f *compareFlags) ([]*experiment.Scenario, error) {
	if len(words) > 1 || len(f.variants) > 0 {
		return p.rivals(c, words, f)
	}
	sc, err := p.load(c, words[0], &f.changes)
	return []*experiment.Scenario{sc}, err
}

func (p *program) writeCoupling(all []*experiment.Coupling) error {
	switch p.conf.Format {
	case "json":
		return report.JSONCoupling(p.out, all)
	case "csv":
		return report.CSVCoupling(p.out, all)
	case "markdown":
		return report.MarkdownCoupling(p.out, all)
	}
	return report.TextCoupling(p.out, all, p.textOptions())
}
