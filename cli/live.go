package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	if !p.hasScreen() {
		return false
	}
	for _, flag := range headlessFlags {
		if f := c.Flags().Lookup(flag); f != nil && f.Changed {
			return false
		}
	}
	return true
}

// hasScreen says whether there is a terminal on both sides.
func (p *program) hasScreen() bool {
	return isTerminal(p.in) && isTerminal(p.out.w) && os.Getenv("CI") == "" && os.Getenv("TERM") != "dumb"
}

// live shows the screen: of a scenario, or the gallery when word is "".
func (p *program) live(c *cobra.Command, word string, f *runFlags) error {
	signals := listen()
	defer signals.end()
	o := tui.Options{
		Name: word, Version: Version, Theme: p.conf.Theme, Symbols: p.conf.Symbols, Motion: p.conf.Motion,
		Pace: p.conf.Speed, Mouse: p.conf.Mouse, In: p.in, Out: p.out.w, Env: os.Environ(),
		Write: writeScenario, Save: saveFile, Open: p.openBuiltin, YAML: scenarios.Resolved,
	}
	if off := c.Flags().Lookup("no-mouse"); off != nil && off.Changed {
		o.Mouse = false
	}
	var ch *changes
	if f != nil {
		ch = &f.changes
		o.MaxEvents, o.MaxPending = f.maxEvents.value, f.maxPending.value
		sc, err := p.load(c, word, ch)
		if err != nil {
			return err
		}
		o.Scenario = sc
	} else {
		o.Gallery = entries()
	}
	o.Apply = func(name string, set []tui.Setting) (*experiment.Scenario, error) {
		return p.reload(c, name, ch, set)
	}
	var crash *tui.Crash
	switch err := tui.Run(signals, o); {
	case errors.As(err, &crash):
		return silently(p.crashed(crash.Value, crash.Stack))
	case err != nil:
		return err
	}
	return signals.exit()
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
func (p *program) reload(c *cobra.Command, name string, ch *changes, set []tui.Setting) (*experiment.Scenario, error) {
	src, err := p.open(name)
	if err != nil {
		return nil, err
	}
	var o scenarios.Options
	if ch != nil {
		o = ch.options(c)
	}
	o.Name, o.FS, o.Set = src.name, src.fsys, set
	return loaded(src.text, o)
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

// writeScenario writes a scenario played live into a new file of this folder.
func writeScenario(sc *experiment.Scenario) (string, error) {
	return saveFile(sc.Name+"-live.yaml", scenarios.Resolved(sc))
}

// mostNames is how many names are tried for a file before giving up.
const mostNames = 1000

// saveFile writes a new file of this folder. It never overwrites one: a number
// is added to the name until it is free.
func saveFile(name string, content []byte) (string, error) {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == filepath.Separator || r < ' ' {
			return '-'
		}
		return r
	}, name)
	ext := filepath.Ext(name)
	for i := 1; i <= mostNames; i++ {
		path := name
		if i > 1 {
			path = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), i, ext)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", path, plainCause(err))
		}
		_, err = f.Write(content)
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", path, plainCause(err))
		}
		return path, nil
	}
	return "", fmt.Errorf("there are %d files like %s already", mostNames, name)
}
