package cli

import (
	"io"

	"github.com/spf13/cobra"

	"eddy/report"
	"eddy/scenarios"
	"eddy/sim/experiment"
)

// couplingPairs is how often each trouble is made if nobody says: there are
// many of them.
const couplingPairs = 10

func (p *program) couplingCommand() *cobra.Command {
	f := compareFlags{disturb: true}
	c := &cobra.Command{
		Use:   "coupling SCENARIO...",
		Short: "Disturb each component in turn, and tell who notices",
		Long: `Disturbs each component of a scenario in turn (every consumer crashes, every
consumer is slow, the broker is out) on common luck, and tells who notices, what
is lost, delayed or refused, and how long it takes to recover; beside it, how
the parts are wired. Faults of the scenario's own timeline are left out. With
several scenarios, or one that has variants, it tells what the coupling of each
buys and costs against the first. The same as eddy compare --coupling.`,
		Example: `  eddy coupling sync-vs-events --variant calls
  eddy coupling sync.yaml events.yaml --replications 20
  eddy coupling my.yaml --format json`,
		Args:              some("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.drawSeed(&f.changes); err != nil {
				return err
			}
			return p.coupling(c, args, &f)
		},
	}
	f.registerAll(c)
	return c
}

// coupling disturbs each component of scenarios in turn: those that are named,
// or the one and its variants.
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
	files, err := p.openDocuments(&f.documentFlags, "coupling")
	if err != nil {
		return err
	}
	defer files.abandon()
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
	if err := p.writeCoupling(all, files); err != nil {
		return err
	}
	return signals.exit()
}

// disturbed are the scenarios to disturb: those that eddy compare would take,
// but one without variants is enough.
func (p *program) disturbed(c *cobra.Command, words []string, f *compareFlags) ([]*experiment.Scenario, error) {
	if len(words) > 1 || len(f.variants) > 0 {
		return p.rivals(c, words, f)
	}
	src, err := p.open(words[0])
	if err != nil {
		return nil, err
	}
	if len(scenarios.Variants(src.text)) > 0 {
		return p.variantsOf(c, src, f)
	}
	sc, err := p.loadSource(src, f.options(c))
	return []*experiment.Scenario{sc}, err
}

func (p *program) writeCoupling(got []*experiment.Coupling, files *documents) error {
	all := []document{
		{"json", func(w io.Writer) error { return report.JSONCoupling(w, got) }},
		{"csv", func(w io.Writer) error { return report.CSVCoupling(w, got) }},
		{"markdown", func(w io.Writer) error { return report.MarkdownCoupling(w, got) }},
		{"html", func(w io.Writer) error { return report.HTMLCoupling(w, got, Version) }},
	}
	if err := files.finish(all); err != nil {
		return err
	}
	return p.print(all, func(w io.Writer) error { return report.TextCoupling(w, got, p.textOptions()) })
}
