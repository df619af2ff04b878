package cli

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"eddy/report"
	"eddy/scenarios"
	"eddy/sim/experiment"
	"eddy/tui"
)

// shotFlags are the flags of shot.
type shotFlags struct {
	changes
	at, size, view, component, format, theme, symbols string

	pairs whole // of runs, for the view statistics
}

func (p *program) shotCommand() *cobra.Command {
	var f shotFlags
	c := &cobra.Command{
		Use:   "shot SCENARIO",
		Short: "Write one frame of the live screen",
		Long: `Runs a scenario to a moment and writes the screen as it is then: as text, as
text with colours, or as a picture. The same scenario, seed and version give
the same bytes. The views compare and statistics hold the scenario against its
first variant, or the one named by --variant.`,
		Example: `  eddy shot order-fulfilment --at 2m24s
  eddy shot order-fulfilment --at 2m24s --size 120x36 --format svg > shot.svg
  eddy shot my.yaml --at 1m --view component --component payment`,
		Args:              one("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return p.shot(c, args[0], &f) },
	}
	f.register(c)
	c.Flags().StringVar(&f.at, "at", "", "the moment, like 2m24s (default: the end)")
	c.Flags().StringVar(&f.size, "size", "120x36", "columns and rows")
	c.Flags().StringVar(&f.view, "view", "overview", "the view: "+strings.Join(tui.Views(), ", "))
	f.pairs = whole{value: experiment.FewestPairs, least: 1, most: mostRuns}
	c.Flags().Var(&f.pairs, "replications", "pairs of runs for the view statistics")
	c.Flags().StringVar(&f.component, "component", "", "the chosen component")
	c.Flags().StringVar(&f.format, "format", "text", "text, ansi or svg")
	c.Flags().StringVar(&f.theme, "theme", "dark", "dark, light, mono or high-contrast")
	c.Flags().StringVar(&f.symbols, "symbols", "braille", "braille, block or ascii")
	_ = c.RegisterFlagCompletionFunc("format", words("text", "ansi", "svg"))
	_ = c.RegisterFlagCompletionFunc("view", words(tui.Views()...))
	_ = c.RegisterFlagCompletionFunc("theme", words(themes...))
	_ = c.RegisterFlagCompletionFunc("symbols", words(symbolSets...))
	return c
}

var (
	themes     = []string{"dark", "light", "mono", "high-contrast"}
	symbolSets = []string{"braille", "block", "ascii"}
)

// oneOf checks a flag's value against the words it takes.
func oneOf(flag, value string, accepted ...string) error {
	if slices.Contains(accepted, value) {
		return nil
	}
	return usage("--%s is %s, not %q", flag, listOr(accepted), value)
}

func listOr(list []string) string {
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " or " + list[last]
}

func (f *shotFlags) agree() error {
	return errors.Join(
		oneOf("format", f.format, "text", "ansi", "svg"), oneOf("view", f.view, tui.Views()...),
		oneOf("theme", f.theme, themes...), oneOf("symbols", f.symbols, symbolSets...),
	)
}

func (p *program) shot(c *cobra.Command, word string, f *shotFlags) error {
	if err := f.agree(); err != nil {
		return usage("%s", err)
	}
	w, h, err := parseSize(f.size)
	if err != nil {
		return err
	}
	if err := p.drawSeed(&f.changes); err != nil {
		return err
	}
	two, paired := tui.Compares(f.view)
	var sc, against *experiment.Scenario
	if two {
		sc, against, err = p.shotRivals(c, word, f)
	} else {
		sc, err = p.load(c, word, &f.changes)
	}
	if err != nil {
		return err
	}
	at := sc.Duration
	if f.at != "" {
		d, err := time.ParseDuration(f.at)
		if err != nil || d < 0 {
			return usage("--at is a time such as 2m24s, not %q", f.at)
		}
		if int64(d) > sc.Duration {
			return usage("--at %s is after the end of the run, %s", f.at, time.Duration(sc.Duration))
		}
		at = int64(d)
	}
	var got *report.Compared
	if paired {
		if got, err = p.shotPairs([]*experiment.Scenario{sc, against}, int(f.pairs.value)); err != nil {
			return err
		}
	}
	err = tui.Shot(p.out, sc, tui.ShotOptions{
		Against: against, Got: got,
		Name: word, Version: Version, At: at, W: w, H: h, View: f.view, Chosen: f.component,
		Format: f.format, Theme: f.theme, Symbols: f.symbols, YAML: scenarios.Resolved,
	})
	if err != nil && !p.out.failed() {
		return usage("%s", err)
	}
	return p.writing(err)
}

// shotRivals are a scenario and its variant that a shot compares.
func (p *program) shotRivals(c *cobra.Command, word string, f *shotFlags) (base, other *experiment.Scenario, err error) {
	src, err := p.open(word)
	if err != nil {
		return nil, nil, err
	}
	o := f.options(c)
	variant := o.Variant
	if names := scenarios.Variants(src.text); variant == "" && len(names) > 0 {
		variant = names[0]
	}
	if variant == "" {
		return nil, nil, usage("%s has no variants to compare it with", src.name)
	}
	o.Variant = ""
	if base, err = p.loadSource(src, o); err != nil {
		return nil, nil, err
	}
	o.Variant = variant
	other, err = p.loadSource(src, o)
	return base, other, err
}

// shotPairs makes the paired runs that a shot shows.
func (p *program) shotPairs(list []*experiment.Scenario, pairs int) (*report.Compared, error) {
	signals := listen()
	defer signals.end()
	contest := experiment.Against(list, experiment.Options{Version: Version, Replications: pairs, Jobs: p.conf.Jobs}).WithShapes()
	done := p.showWork("compare", meanDuration(list), contest.Progress)
	got, err := contest.Run(signals)
	done()
	if err != nil {
		return nil, p.failedRun(err)
	}
	if err := signals.exit(); err != nil {
		return nil, err
	}
	return compared(got), nil
}

// Sizes of a shot.
const (
	mostColumns = 500
	mostRows    = 300
)

var sizeForm = regexp.MustCompile(`^([0-9]{1,4})x([0-9]{1,4})$`)

// parseSize reads 120x36: columns and rows.
func parseSize(text string) (w, h int, err error) {
	m := sizeForm.FindStringSubmatch(text)
	if m != nil {
		w, _ = strconv.Atoi(m[1])
		h, _ = strconv.Atoi(m[2])
	}
	if w < 1 || h < 1 || w > mostColumns || h > mostRows {
		return 0, 0, usage("--size is columns and rows such as 120x36, at most %s, not %q", fmt.Sprintf("%dx%d", mostColumns, mostRows), text)
	}
	return w, h, nil
}
