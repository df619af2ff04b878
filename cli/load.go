package cli

import (
	"crypto/rand"
	"math/big"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"eddy/report"
	"eddy/scenarios"
	"eddy/sim/experiment"
)

// changes are the flags that change a scenario.
type changes struct {
	seed             whole
	duration, warmup string
	set              settings
	variant          string
}

func (ch *changes) register(c *cobra.Command) {
	ch.registerCommon(c)
	c.Flags().StringVar(&ch.variant, "variant", "", "apply a variant of the scenario")
}

// registerCommon adds the flags that change any scenario in the same way.
func (ch *changes) registerCommon(c *cobra.Command) {
	ch.seed = whole{alsoRandom: true}
	f := c.Flags()
	f.Var(&ch.seed, "seed", "seed of the run, or random (the seed drawn is told)")
	f.StringVar(&ch.duration, "duration", "", "simulated time, like 10m")
	f.StringVar(&ch.warmup, "warmup", "", "statistics start here, like 30s; auto: found by pilot runs")
	f.Var(&ch.set, "set", "change a value of the scenario; may be given several times")
}

// options are the changes as the loader takes them.
func (ch *changes) options(c *cobra.Command) scenarios.Options {
	o := scenarios.Options{Variant: ch.variant}
	for _, s := range ch.set.list {
		o.Set = append(o.Set, s)
	}
	if ch.seed.set {
		o.Seed = &ch.seed.value
	}
	if c.Flags().Changed("duration") {
		o.Duration = &ch.duration
	}
	if c.Flags().Changed("warmup") {
		text := ch.warmup
		if text == autoWarmup {
			text = "0" // until it is found
		}
		o.Warmup = &text
	}
	return o
}

// drawSeed makes --seed random a number, and tells it: it is all that is
// needed to see the same run again. It is below 2^53, which every reader of
// JSON holds exactly.
func (p *program) drawSeed(ch *changes) error {
	if !ch.seed.random {
		return nil
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1<<53))
	if err != nil {
		return err
	}
	ch.seed.value, ch.seed.random = n.Int64(), false
	p.tell("seed %d", ch.seed.value)
	return nil
}

// load reads a scenario with its changes. What is wrong with it is told here.
func (p *program) load(c *cobra.Command, word string, ch *changes) (*experiment.Scenario, error) {
	src, err := p.open(word)
	if err != nil {
		return nil, err
	}
	return p.loadSource(src, ch.options(c))
}

// again is a scenario with its changes as words of the command line.
func again(name string, o *scenarios.Options) string {
	words := []string{name}
	if o.Variant != "" {
		words = append(words, "--variant "+report.ShellWord(o.Variant))
	}
	for _, s := range o.Set {
		words = append(words, "--set "+report.ShellWord(s.Path+"="+s.Value))
	}
	if o.Duration != nil {
		words = append(words, "--duration "+report.ShellWord(*o.Duration))
	}
	if o.Warmup != nil {
		words = append(words, "--warmup "+report.ShellWord(*o.Warmup))
	}
	return strings.Join(words, " ")
}

// loadSource reads a scenario that was opened. What is wrong with it is told here.
func (p *program) loadSource(src source, o scenarios.Options) (*experiment.Scenario, error) {
	o.Name, o.FS = src.name, src.fsys
	sc, ds := scenarios.Load(src.text, o)
	if sc != nil {
		for _, name := range scenarios.FilesOf(sc) {
			if src.path != "" {
				p.read = append(p.read, filepath.Join(filepath.Dir(src.path), filepath.FromSlash(name)))
			}
		}
		if len(ds) > 0 {
			p.hint("%s: %s; eddy validate %s tells more", src.name, plural(len(ds), "warning"), again(src.name, &o))
		}
		return sc, nil
	}
	if err := ds.Render(p.errs, colour(p.conf, p.errs, os.Getenv)); err != nil {
		return nil, err
	}
	return nil, silently(exitUsage)
}
