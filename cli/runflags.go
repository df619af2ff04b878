package cli

import (
	"github.com/spf13/cobra"

	"eddy/sim/experiment"
)

// runFlags are the flags of everything that simulates.
type runFlags struct {
	changes
	replications, most    whole
	precision             share
	runs, verify          bool
	maxEvents, maxPending whole
	out                   string
	exports               exportFlag
	trace                 string
	traceSample           share
	step                  span
	headless, check       bool
}

const (
	// mostDefault is how many replications --precision may take.
	mostDefault = 100
	// mostRuns is how many replications there may be: the results of all of
	// them are held in memory.
	mostRuns = 100_000
)

// register adds every flag of a run that may be exported.
func (f *runFlags) register(c *cobra.Command) {
	f.registerRuns(c)
	c.Flags().StringVar(&f.out, "out", "", "write every export into this folder")
	c.Flags().Var(&f.exports, "export", "write one export, like trace=run.jsonl; may be given several times")
	c.Flags().StringVar(&f.trace, "trace", "", "the same as --export trace=FILE")
	c.Flags().Var(&f.traceSample, "trace-sample", "trace this share of the event families, like 1%")
	c.Flags().Var(&f.step, "step", "time between two rows of the series export")
	_ = c.MarkFlagFilename("trace", "jsonl")
	_ = c.MarkFlagDirname("out")
}

// registerRuns adds the flags that say what is run and how often.
func (f *runFlags) registerRuns(c *cobra.Command) {
	f.changes.register(c)
	f.replications = whole{value: 1, least: 1, most: mostRuns}
	f.most = whole{value: mostDefault, least: experiment.FewestForPrecision, most: mostRuns}
	f.maxEvents, f.maxPending = whole{least: 1}, whole{least: 1}
	f.traceSample.value = 1
	c.Flags().Var(&f.replications, "replications", "independent runs, with seeds from --seed on")
	c.Flags().Var(&f.precision, "precision", "replicate until mean and median latencies have intervals of at most ± this share, like 5%")
	c.Flags().Var(&f.most, "max-replications", "the most replications that --precision takes")
	c.Flags().BoolVar(&f.runs, "runs", false, "with replications: print every run's result, too (JSON)")
	c.Flags().String("jobs", "auto", "runs at once; auto: one for each core")
	c.Flags().String("format", "text", "of the result: text, json, csv, markdown or html")
	c.Flags().BoolVar(&f.verify, "verify", false, "check every invariant all the time, and that a second run is the same")
	c.Flags().Var(&f.maxEvents, "max-events", "end after so many events (default 10000000000)")
	c.Flags().Var(&f.maxPending, "max-pending", "end with so many events in the system (default 10000000)")
	_ = c.RegisterFlagCompletionFunc("format", words("text", "json", "csv", "markdown", "html"))
	_ = c.RegisterFlagCompletionFunc("color", words("auto", "always", "never"))
}

// agree checks the flags against one another.
func (f *runFlags) agree(c *cobra.Command) error {
	changed := c.Flags().Changed
	switch {
	case changed("precision") && changed("replications"):
		return usage("--precision and --replications exclude one another; --max-replications bounds --precision")
	case changed("max-replications") && !changed("precision"):
		return usage("--max-replications needs --precision; --replications says how many there are")
	case f.runs && !f.replicated():
		return usage("--runs needs --replications or --precision")
	case changed("trace-sample") && !f.wants("trace") && !f.wants("cloudevents") && !f.wants("otlp"):
		return usage("--trace-sample needs --trace FILE, --out DIR, or an export of events or spans")
	case changed("step") && !f.wants("series") && !f.wants("html"):
		return usage("--step needs --export series=FILE, --export html=FILE or --out DIR")
	}
	return nil
}

// replicated says whether the result is about several runs.
func (f *runFlags) replicated() bool { return f.replications.value > 1 || f.precision.set }

// wants says whether the export is asked for.
func (f *runFlags) wants(name string) bool {
	for _, e := range f.exports.list {
		if e.name == name {
			return true
		}
	}
	return f.out != "" || name == "trace" && f.trace != ""
}
