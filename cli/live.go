package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/scenarios"
	"eddy/sim/experiment"
	"eddy/tui"
)

// registerLive adds the flags of the live screen. They are settings, too.
func registerLive(f *pflag.FlagSet) {
	f.String("speed", "1", "live screen: simulated seconds a second, 0.001 to 1000, or max")
	f.String("theme", "auto", "live screen: auto, dark, light, mono or high-contrast")
	f.String("motion", "full", "live screen: what moves: full, reduced or none")
	f.String("symbols", "braille", "live screen: braille, block or ascii")
	f.Bool("no-mouse", false, "live screen: leave the mouse to the terminal")
}

// headlessFlags are flags of run that only make sense for a printed result.
var headlessFlags = []string{
	"headless", "check", "replications", "precision", "max-replications", "runs", "verify", "out", "export", "trace", "trace-sample",
	"step", "format", "quiet",
}

// forScreen says whether a person watches: there is a terminal that can show
// the screen, and nothing asks for a printed result.
func (p *program) forScreen(c *cobra.Command) bool {
	return p.hasScreen() && !anyChanged(c, headlessFlags)
}

// hasScreen says whether there is a terminal on both sides.
func (p *program) hasScreen() bool {
	return isTerminal(p.in) && isTerminal(p.out.w) && os.Getenv("CI") == "" && os.Getenv("TERM") != "dumb"
}

// watched is the scenario that the live screen was opened with, as it was read.
type watched struct {
	source
	word string
}

// live shows the screen: of a scenario, or the gallery when word is "".
func (p *program) live(c *cobra.Command, word string, f *runFlags) error {
	signals := listen()
	defer signals.end()
	o := p.screenOptions(c, word)
	var ch *changes
	if f != nil {
		ch = &f.changes
		o.MaxEvents, o.MaxPending = f.maxEvents.value, f.maxPending.value
		src, err := p.open(word)
		if err != nil {
			return err
		}
		p.watched = watched{src, word}
		sc, err := p.loadSource(src, ch.options(c))
		if err != nil {
			return err
		}
		o.Scenario = sc
	}
	if p.watched.path != "" {
		o.Reload = func(name string, base *experiment.Scenario) (*experiment.Scenario, error) {
			return p.readAgain(c, name, ch, base)
		}
	}
	p.giveChanges(c, &o, ch)
	p.giveRivals(c, &o, ch)
	return p.showScreen(signals, o)
}

// giveChanges lets the screen change scenarios while they run, and write them.
func (p *program) giveChanges(c *cobra.Command, o *tui.Options, ch *changes) {
	o.Settable = func(base *experiment.Scenario, name string) []tui.Setting {
		text, lo, err := p.again(c, name, ch, base, base.Set)
		if err != nil {
			return nil
		}
		return scenarios.Settable(text, lo)
	}
	o.SetLive = func(base *experiment.Scenario, name, path, value string) (tui.Action, error) {
		text, lo, err := p.again(c, name, ch, base, base.Set)
		if err != nil {
			return tui.Action{}, err
		}
		return scenarios.SetLive(base, text, lo, path, value)
	}
	o.Write = func(played tui.Played, path string, overwrite bool) ([]string, error) {
		src, err := p.reopen(played.Name)
		if err != nil {
			return nil, err
		}
		text, lo, err := p.again(c, played.Name, ch, played.Base, played.Base.Set)
		if err != nil {
			return nil, err
		}
		return writePlayed(src, text, lo, played, path, overwrite)
	}
	o.Apply = func(base *experiment.Scenario, name string, set []tui.Setting) (*experiment.Scenario, error) {
		return p.reload(c, name, ch, base, set)
	}
}

// entries are the built-in scenarios for the gallery.
func entries() []tui.Entry {
	var list []tui.Entry
	for _, name := range scenarios.Names() {
		text, _, _ := scenarios.Builtin(name)
		list = append(list, tui.Entry{Name: name, About: scenarios.About(name), YAML: string(text)})
	}
	return list
}

func (p *program) openBuiltin(name string) (*experiment.Scenario, error) {
	text, fsys, ok := scenarios.Builtin(name)
	if !ok {
		return nil, fmt.Errorf("there is no scenario %q", name)
	}
	return loaded(text, scenarios.Options{Name: name, FS: fsys})
}

// reload reads a scenario again with other settings, as --set would.
func (p *program) reload(c *cobra.Command, name string, ch *changes, base *experiment.Scenario, set []tui.Setting) (*experiment.Scenario, error) {
	text, o, err := p.again(c, name, ch, base, set)
	if err != nil {
		return nil, err
	}
	return loaded(text, o)
}

// again is a scenario's text and how it is loaded, with other settings: the
// variant and the luck are those of the base.
func (p *program) again(c *cobra.Command, name string, ch *changes, base *experiment.Scenario, set []tui.Setting) ([]byte, scenarios.Options, error) {
	src, err := p.reopen(name)
	if err != nil {
		return nil, scenarios.Options{}, err
	}
	var o scenarios.Options
	if ch != nil {
		o = ch.options(c)
	}
	o.Name, o.FS, o.Set, o.Variant = src.name, src.fsys, set, base.Variant
	if sc, _ := scenarios.Load(src.text, o); sc != nil && sc.Seed != base.Seed {
		o.Seed = &base.Seed
	}
	return src.text, o, nil
}

// reopen finds a scenario that was opened before. Standard input can be read
// only once, so what came from it is kept; and a file that is edited while it
// is watched is still the one that runs.
func (p *program) reopen(name string) (source, error) {
	if p.watched.text != nil && p.watched.word == name {
		return p.watched.source, nil
	}
	return p.open(name)
}

// readAgain reads the file that the screen was opened with as it is now; the
// luck and the variant stay. The error is all that is wrong with it, as validate
// tells it.
func (p *program) readAgain(c *cobra.Command, name string, ch *changes, base *experiment.Scenario) (*experiment.Scenario, error) {
	if name != p.watched.word {
		return nil, fmt.Errorf("%s is not the file that the screen was opened with", name)
	}
	src, err := p.open(name)
	if err != nil {
		return nil, errors.New(visible(err.Error()))
	}
	o := ch.options(c)
	o.Name, o.FS, o.Variant, o.Seed = src.name, src.fsys, base.Variant, &base.Seed
	sc, ds := scenarios.Load(src.text, o)
	if sc == nil {
		var b strings.Builder
		if err := ds.Render(&b, false); err != nil {
			return nil, err
		}
		return nil, errors.New(b.String())
	}
	p.watched.source = src
	return sc, nil
}

// loaded loads a scenario; the error is the first thing that is wrong.
func loaded(text []byte, o scenarios.Options) (*experiment.Scenario, error) {
	sc, ds := scenarios.Load(text, o)
	if sc != nil {
		return sc, nil
	}
	for _, d := range ds {
		if d.Severity == scenarios.Error {
			return nil, errors.New(visible(d.String()))
		}
	}
	return nil, errors.New("it cannot be read")
}
