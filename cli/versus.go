package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"eddy/report"
	"eddy/scenarios"
	"eddy/sim/experiment"
	"eddy/tui"
)

// printedComparison are flags of compare that only make sense for a printed
// result.
var printedComparison = []string{"headless", "coupling", "format", "quiet", "verify", "out", "export"}

// forVersus says whether a person watches a comparison.
func (p *program) forVersus(c *cobra.Command) bool {
	return p.hasScreen() && !anyChanged(c, printedComparison)
}

// anyChanged says whether one of the flags was given.
func anyChanged(c *cobra.Command, flags []string) bool {
	return slices.ContainsFunc(flags, func(flag string) bool {
		f := c.Flags().Lookup(flag)
		return f != nil && f.Changed
	})
}

// versus shows a comparison on the screen: the runs in lockstep, and what
// paired runs say.
func (p *program) versus(c *cobra.Command, signals *interruption, words []string, list []*experiment.Scenario, f *compareFlags) error {
	o := p.screenOptions(c, words[0])
	o.MaxEvents, o.MaxPending = f.maxEvents.value, f.maxPending.value
	o.Compare, o.Pairs = list, int(f.pairs.value)
	if len(words) > 1 {
		o.Words = words
	}
	p.giveChanges(c, &o, &f.changes)
	p.giveRivals(c, &o, &f.changes)
	return p.showScreen(signals, o)
}

// giveRivals lets the screen compare scenarios.
func (p *program) giveRivals(c *cobra.Command, o *tui.Options, ch *changes) {
	limits := experiment.Options{Version: Version, Jobs: p.conf.Jobs, MaxEvents: o.MaxEvents, MaxPending: o.MaxPending}
	o.Contest = func(list []*experiment.Scenario) tui.Trial {
		return &paired{experiment.Against(list, limits).WithShapes()}
	}
	o.Variants = func(name string) ([]*experiment.Scenario, error) { return p.variantsFor(c, name, ch) }
	o.Rival = func(name string, base *experiment.Scenario, text string) (*experiment.Scenario, string, error) {
		return p.rival(c, name, ch, base, text)
	}
	o.Report = func(got *report.Compared) ([]string, error) {
		return saveAll(got, []written{{".md", report.MarkdownCompared}, {".html", report.HTMLCompared}})
	}
	o.Data = func(got *report.Compared) ([]string, error) {
		return saveAll(got, []written{{".json", report.JSONCompared}, {".csv", report.CSVCompared}})
	}
}

// written is a form of a comparison, and how its file's name ends.
type written struct {
	ending string
	write  func(io.Writer, *report.Compared) error
}

// saveAll writes a comparison in several forms into new files of this folder.
func saveAll(got *report.Compared, forms []written) ([]string, error) {
	var names []string
	for _, form := range forms {
		var b bytes.Buffer
		if err := form.write(&b, got); err != nil {
			return nil, err
		}
		name, err := saveFile("compare-"+got.Scenarios[0].Name+form.ending, b.Bytes())
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

// paired makes the paired runs of a comparison for the screen.
type paired struct{ contest *experiment.Contest }

func (t *paired) More(ctx context.Context, pairs int) (*report.Compared, error) {
	got, err := t.contest.More(ctx, pairs)
	var panicked *experiment.Panic
	switch {
	case errors.As(err, &panicked):
		return nil, &tui.Crash{Value: panicked.Value, Stack: panicked.Stack}
	case err != nil:
		return nil, err
	}
	return compared(got), nil
}

func (t *paired) Progress() (done int, simulated int64, runs int) {
	at := t.contest.Progress()
	return at.Done, at.Now, at.Runs
}

// compared is a comparison as reports take it.
func compared(got *experiment.Comparison) *report.Compared {
	c := &report.Compared{Comparison: got, Version: Version}
	for _, sc := range got.Scenarios {
		c.Resolved = append(c.Resolved, scenarios.Resolved(sc))
	}
	return c
}

// reading is a scenario's source and the loader's options that go with it.
func (p *program) reading(c *cobra.Command, word string, ch *changes) (source, scenarios.Options, error) {
	if word == "-" && p.watched.word != word {
		return source{}, scenarios.Options{}, errors.New("standard input can be read only once")
	}
	src, err := p.reopen(word)
	var o scenarios.Options
	if ch != nil {
		o = ch.options(c)
	}
	o.Name, o.FS = src.name, src.fsys
	return src, o, err
}

// variantsFor are the variants of a scenario, with the changes of the flags.
func (p *program) variantsFor(c *cobra.Command, word string, ch *changes) ([]*experiment.Scenario, error) {
	src, o, err := p.reading(c, word, ch)
	if err != nil {
		return nil, err
	}
	var list []*experiment.Scenario
	for _, name := range scenarios.Variants(src.text) {
		o.Variant = name
		sc, err := loaded(src.text, o)
		if err != nil {
			return nil, err
		}
		list = append(list, sc)
	}
	return list[:min(len(list), mostCompared-2)], nil
}

// rival is what a base is to be compared with: itself with a changed value, one
// of the variants of the scenario that the word names, or another scenario. It
// has the base's seed. The second result is the word that it is of.
func (p *program) rival(c *cobra.Command, word string, ch *changes, base *experiment.Scenario, text string) (*experiment.Scenario, string, error) {
	src, o, err := p.reading(c, word, ch)
	if err != nil {
		return nil, "", err
	}
	path, value, change := strings.Cut(text, "=")
	variant := slices.Contains(scenarios.Variants(src.text), text)
	switch {
	case variant:
		o.Variant = text
	case change:
		o.Variant = base.Variant
		o.Set = append(slices.Clone(base.Set), tui.Setting{Path: strings.TrimSpace(path), Value: strings.TrimSpace(value)})
	default:
		word = text
		if src, o, err = p.reading(c, text, nil); err != nil {
			return nil, "", errors.New(visible(err.Error()))
		}
		if ch != nil {
			o.Duration, o.Warmup = ch.options(c).Duration, ch.options(c).Warmup
		}
	}
	o.Seed = &base.Seed
	sc, err := loaded(src.text, o)
	return sc, word, err
}

// screenOptions are those of every screen.
func (p *program) screenOptions(c *cobra.Command, word string) tui.Options {
	o := tui.Options{
		Name: word, Version: Version, Theme: p.conf.Theme, Symbols: p.conf.Symbols, Motion: p.conf.Motion,
		Pace: p.conf.Speed, Mouse: p.conf.Mouse, In: p.in, Out: p.out.w, Env: os.Environ(), Gallery: entries(),
		Propose: proposeFile, Save: saveFile, Open: p.openBuiltin, YAML: scenarios.Resolved,
	}
	if off := c.Flags().Lookup("no-mouse"); off != nil && off.Changed {
		o.Mouse = false
	}
	return o
}

// showScreen shows the screen until the user quits.
func (p *program) showScreen(signals *interruption, o tui.Options) error {
	var crash *tui.Crash
	switch err := tui.Run(signals, o); {
	case errors.As(err, &crash):
		return silently(p.crashed(crash.Value, crash.Stack))
	case err != nil:
		return err
	}
	return signals.exit()
}
