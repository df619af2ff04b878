package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/config"
)

// program is one invocation: its streams and settings.
type program struct {
	in   io.Reader
	out  *output // standard output
	errs io.Writer
	args []string
	conf *config.Config

	read    []string // the files that scenarios were read from, their data included
	watched watched  // the scenario on the live screen
}

// Main runs the program and returns its exit code. It reads the environment
// and the working directory, and handles signals while a scenario runs.
func Main(args []string, in io.Reader, out, errs io.Writer) int {
	p := &program{in: in, out: &output{w: out}, errs: errs, args: args}
	return p.guard(func() int { return p.main() })
}

func (p *program) main() int {
	err := p.root().Execute()
	if p.out.failed() {
		err = p.out.problem()
	}
	if err != nil {
		p.tell("%s", err)
	}
	return codeOf(err)
}

// tell writes a message to standard error. Messages quote what users and files
// contain, so every line goes through visible.
func (p *program) tell(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), "\n")
	if text != "" {
		fmt.Fprintln(p.errs, "eddy: "+visible(text))
	}
}

// hint is a message that may be left out.
func (p *program) hint(format string, args ...any) {
	if p.conf == nil || !p.conf.Quiet {
		p.tell(format, args...)
	}
}

// root is the command tree.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "eddy",
		Short: "Simulate event-driven systems in the terminal",
		Long: `Eddy simulates event-driven systems: producers emit events, a broker carries
them, consumers handle them. A scenario in YAML says what the system is; a run
says what it does, down to where the time of every event went.

A SCENARIO is a file, - for standard input, or the name of a built-in one.`,
		Example: `  eddy list                            the built-in scenarios
  eddy run order-fulfilment            run one
  eddy new my.yaml && eddy run my.yaml begin your own`,
		Version:           Version,
		Args:              p.noCommand,
		RunE:              p.alone,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: p.settings,
	}
	root.SetArgs(p.args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.errs)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%s; see %s --help", flagProblem(c, err), c.CommandPath())
	})
	root.SetVersionTemplate("eddy {{.Version}}\n")
	root.PersistentFlags().String("color", "auto", "colour: auto, always or never")
	root.PersistentFlags().BoolP("quiet", "q", false, "no progress and no hints on standard error")
	root.SetHelpCommand(p.helpCommand())
	root.AddCommand(
		p.runCommand(), p.compareCommand(), p.couplingCommand(), p.predictCommand(), p.sweepCommand(), p.checkCommand(), p.validateCommand(), p.listCommand(), p.showCommand(), p.newCommand(),
		p.graphCommand(), p.shotCommand(), p.schemaCommand(), p.configCommand(), p.versionCommand(), p.completionCommand(), p.manCommand(),
	)
	return root
}

// alone is eddy without a command: the gallery in a terminal; elsewhere help,
// and the exit code of wrong usage.
func (p *program) alone(c *cobra.Command, _ []string) error {
	if p.hasScreen() {
		return p.live(c, "", nil)
	}
	c.SetOut(p.errs)
	if err := c.Help(); err != nil {
		return err
	}
	return silently(exitUsage)
}

// noCommand answers a first word that is no command.
func (p *program) noCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if looksLikeScenario(args[0]) {
		return usage("%q is a scenario, not a command; write eddy run %s", args[0], args[0])
	}
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return usage("no command %q; there are %s%s", args[0], strings.Join(names, ", "), config.DidYouMean(args[0], names))
}

// settings reads the settings before a command runs. Commands that need none
// work with a broken settings file, too.
func (p *program) settings(c *cobra.Command, _ []string) error {
	switch {
	case c.Name() == "version", c.Name() == "schema", c.Name() == "help", strings.HasPrefix(c.Name(), "__"),
		c.Name() == "completion", c.Name() == "man":
		return nil
	}
	for _, name := range []string{"out", "trace"} {
		if f := c.Flags().Lookup(name); f != nil && f.Changed && f.Value.String() == "" {
			return usage("--%s has no name of a file or folder; leave it out to write none", name)
		}
	}
	conf, err := config.Load(config.Inputs{Flags: settingFlags(c), Environ: os.Environ(), Dir: "."})
	if err != nil {
		return usage("%s", err)
	}
	p.conf = conf
	for _, warning := range conf.Warnings {
		p.hint("%s", warning)
	}
	return nil
}

// settingFlags are a command's flags without those that mean something else
// than the setting of their name: shot and graph have formats of their own.
func settingFlags(c *cobra.Command) *pflag.FlagSet {
	if c.Name() != "shot" && c.Name() != "graph" {
		return c.Flags()
	}
	own := pflag.NewFlagSet(c.Name(), pflag.ContinueOnError)
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "format" {
			own.AddFlag(f)
		}
	})
	return own
}
