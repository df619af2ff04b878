package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"eddy/scenarios"
)

// none takes no arguments.
func none(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s takes no arguments, not %q; see %s --help", c.CommandPath(), args[0], c.CommandPath())
	}
	return nil
}

// one takes exactly one argument, called name.
func one(name string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return usage("%s needs a %s%s; see %s --help", c.CommandPath(), name, whereScenarios(name), c.CommandPath())
		case len(args) > 1:
			return usage("%s takes one %s, not %d; see %s --help", c.CommandPath(), name, len(args), c.CommandPath())
		}
		return nil
	}
}

// some takes one argument or more, called name.
func some(name string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage("%s needs a %s%s; see %s --help", c.CommandPath(), name, whereScenarios(name), c.CommandPath())
		}
		return nil
	}
}

func whereScenarios(name string) string {
	if name != "SCENARIO" {
		return ""
	}
	return " (a file, - or one of eddy list)"
}

// completeScenario offers the built-in names, and files.
func completeScenario(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var list []cobra.Completion
	for _, name := range scenarios.Names() {
		about, _, _ := strings.Cut(scenarios.About(name), "\n")
		list = append(list, cobra.CompletionWithDesc(name, about))
	}
	return list, cobra.ShellCompDirectiveDefault
}

// words offers fixed words.
func words(list ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
}
