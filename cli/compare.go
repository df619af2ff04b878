package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"eddy/config"
	"eddy/report"
	"eddy/scenarios"
	"eddy/sim/experiment"
)

// mostCompared is how many scenarios a comparison may have: a table with more
// columns is read by nobody, and every result is held in memory.
const mostCompared = 26

// compareFlags are the flags of eddy compare.
type compareFlags struct {
	changes
	documentFlags
	variants              []string
	disturb               bool
	pairs                 whole
	verify                bool
	maxEvents, maxPending whole
}

func (p *program) compareCommand() *cobra.Command {
	var f compareFlags
	c := &cobra.Command{
		Use:   "compare SCENARIO...",
		Short: "Tell what scenarios, or the variants of one, do differently",
		Long: `In a terminal it opens the compare view: the scenarios side by side in
lockstep, and then what paired runs say. Elsewhere, with --headless, and with
any flag about the result, it prints the comparison.

Runs scenarios side by side on common luck: the nth run of each has the same
seed, so that the same customer draws the same luck in all of them. Prints for
whom which one is better and what that costs, how the scenarios differ, and
every difference with its 95 % interval. The first scenario is the base; with
one scenario, that is what its variants are held against.

With --coupling it does what eddy coupling does.`,
		Example: `  eddy compare my.yaml                  its variants against it
  eddy compare old.yaml new.yaml --replications 30
  eddy compare my.yaml --variant four-workers --format markdown`,
		Args:              some("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return p.compare(c, args, &f) },
	}
	f.register(c)
	c.Flags().Bool("headless", false, "print the comparison, show no screen")
	registerLive(c.Flags())
	return c
}

func (f *compareFlags) register(c *cobra.Command) {
	f.registerAll(c)
	c.Flags().BoolVar(&f.disturb, "coupling", false, "the same as eddy coupling")
}

// registerAll adds the flags that eddy coupling has, too.
func (f *compareFlags) registerAll(c *cobra.Command) {
	f.registerCommon(c)
	f.pairs = whole{value: experiment.FewestPairs, least: 1, most: mostRuns}
	f.maxEvents, f.maxPending = whole{least: 1}, whole{least: 1}
	c.Flags().StringArrayVar(&f.variants, "variant", nil, "compare only this variant; may be given several times")
	c.Flags().Var(&f.pairs, "replications", "runs of each scenario, with seeds from --seed on")
	f.documentFlags.register(c)
	registerMany(c, &f.verify, &f.maxEvents, &f.maxPending)
}

// registerMany adds the flags of everything that runs scenarios many times.
func registerMany(c *cobra.Command, verify *bool, maxEvents, maxPending *whole) {
	c.Flags().String("jobs", "auto", "runs at once; auto: one for each core")
	c.Flags().String("format", "text", "of the result: text, json, csv, markdown or html")
	c.Flags().BoolVar(verify, "verify", false, "check every invariant all the time, and that a second run is the same")
	c.Flags().Var(maxEvents, "max-events", "end a run after so many events (default 10000000000)")
	c.Flags().Var(maxPending, "max-pending", "end a run with so many events in the system (default 10000000)")
	_ = c.RegisterFlagCompletionFunc("format", words("text", "json", "csv", "markdown", "html"))
	_ = c.RegisterFlagCompletionFunc("color", words("auto", "always", "never"))
}

// options are how the runs are made.
func (f *compareFlags) experiment(jobs int) experiment.Options {
	return experiment.Options{
		Version: Version, Replications: int(f.pairs.value), Jobs: jobs,
		MaxEvents: f.maxEvents.value, MaxPending: f.maxPending.value, Verify: f.verify,
	}
}

func (p *program) compare(c *cobra.Command, words []string, f *compareFlags) error {
	if err := p.drawSeed(&f.changes); err != nil {
		return err
	}
	if f.disturb {
		return p.coupling(c, words, f)
	}
	list, err := p.rivals(c, words, f)
	if err != nil {
		return err
	}
	signals := listen()
	defer signals.end()
	if err := p.settle(signals, &f.changes, list...); err != nil {
		return err
	}
	if p.forVersus(c) {
		return p.versus(c, signals, words, list, f)
	}
	files, err := p.openDocuments(&f.documentFlags, "compare")
	if err != nil {
		return err
	}
	defer files.abandon()
	contest := experiment.Against(list, f.experiment(p.conf.Jobs))
	if f.wants(p.conf.Format, "html") {
		contest.WithShapes()
	}
	done := p.showWork("compare", meanDuration(list), contest.Progress)
	got, err := contest.Run(signals)
	done()
	if err != nil {
		return p.failedRun(err)
	}
	if got.Interrupted {
		p.tell("interrupted: the result is of %s; %d were to be made", plural(got.Pairs, "pair"), f.pairs.value)
	}
	if err := p.writeCompared(got, files); err != nil {
		return err
	}
	return signals.exit()
}

func meanDuration(list []*experiment.Scenario) int64 {
	sum := 0.0
	for _, sc := range list {
		sum += float64(sc.Duration)
	}
	return int64(sum / float64(len(list)))
}

// rivals are the scenarios to compare: those that are named, or the one and
// its variants. All have the seed of the first.
func (p *program) rivals(c *cobra.Command, words []string, f *compareFlags) ([]*experiment.Scenario, error) {
	if len(words) == 1 {
		return p.variants(c, words[0], f)
	}
	if len(f.variants) > 0 {
		return nil, usage("--variant is for comparing one scenario with its variants, not %d scenarios", len(words))
	}
	if len(words) > mostCompared {
		return nil, usage("%d scenarios are too many to compare; at most %d", len(words), mostCompared)
	}
	var list []*experiment.Scenario
	var wrong error
	for _, word := range words {
		src, err := p.open(word)
		if err == nil {
			var sc *experiment.Scenario
			if sc, err = p.loadSource(src, f.optionsAfter(c, list)); err == nil {
				list = append(list, sc)
				continue
			}
		}
		if codeOf(err) != exitUsage {
			return nil, err
		}
		p.tell("%s", err)
		wrong = silently(exitUsage)
	}
	if wrong == nil {
		p.remarkRivals(list)
	}
	return list, wrong
}

// optionsAfter are the loader's options, with the seed of the base if there is
// one already.
func (f *compareFlags) optionsAfter(c *cobra.Command, list []*experiment.Scenario) scenarios.Options {
	o := f.options(c)
	if len(list) > 0 {
		seed := list[0].Seed
		o.Seed = &seed
	}
	return o
}

// remarkRivals tells what makes counts of the scenarios hard to compare.
func (p *program) remarkRivals(list []*experiment.Scenario) {
	for _, sc := range list[1:] {
		if sc.Duration != list[0].Duration || sc.Warmup != list[0].Warmup {
			p.hint("the scenarios do not measure for the same time, so counts cannot be compared; --duration and --warmup make them alike")
			return
		}
	}
}

// variants are a scenario and its variants.
func (p *program) variants(c *cobra.Command, word string, f *compareFlags) ([]*experiment.Scenario, error) {
	src, err := p.open(word)
	if err != nil {
		return nil, err
	}
	return p.variantsOf(c, src, f)
}

func (p *program) variantsOf(c *cobra.Command, src source, f *compareFlags) ([]*experiment.Scenario, error) {
	base, err := p.loadSource(src, f.options(c))
	if err != nil {
		return nil, err
	}
	names := scenarios.Variants(src.text)
	if len(f.variants) > 0 {
		names, err = chosen(f.variants, names)
	}
	switch {
	case err != nil:
		return nil, err
	case len(names) == 0:
		return nil, usage("%s has no variants to compare it with; name two scenarios, or add variants to it", src.name)
	case len(names) >= mostCompared:
		return nil, usage("%s has %d variants, too many to compare at once; choose some with --variant", src.name, len(names))
	}
	list := []*experiment.Scenario{base}
	for _, name := range names {
		o := f.optionsAfter(c, list)
		o.Variant = name
		sc, err := p.loadSource(src, o)
		if err != nil {
			return nil, err
		}
		list = append(list, sc)
	}
	return list, nil
}

// chosen are the wanted ones of the variants that there are.
func chosen(wanted, there []string) ([]string, error) {
	for _, name := range wanted {
		found := false
		for _, other := range there {
			found = found || other == name
		}
		if !found {
			return nil, usage("there is no variant %q; there are %s%s", name, strings.Join(there, ", "), config.DidYouMean(name, there))
		}
	}
	return wanted, nil
}

func (p *program) writeCompared(got *experiment.Comparison, files *documents) error {
	c := compared(got)
	all := []document{
		{"json", func(w io.Writer) error { return report.JSONCompared(w, c) }},
		{"csv", func(w io.Writer) error { return report.CSVCompared(w, c) }},
		{"markdown", func(w io.Writer) error { return report.MarkdownCompared(w, c) }},
		{"html", func(w io.Writer) error { return report.HTMLCompared(w, c) }},
	}
	if err := files.finish(all); err != nil {
		return err
	}
	return p.print(all, func(w io.Writer) error { return report.TextCompared(w, c, p.textOptions()) })
}
