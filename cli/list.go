package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"eddy/scenarios"
)

func (p *program) listCommand() *cobra.Command {
	c := &cobra.Command{
		Use:               "list",
		Short:             "List the built-in scenarios",
		Args:              none,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, _ []string) error { return p.list(c) },
	}
	registerListFormat(c)
	return c
}

// listed is a built-in scenario for programs.
type listed struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

func (p *program) list(c *cobra.Command) error {
	asJSON, err := p.listFormat(c)
	if err != nil {
		return err
	}
	names := scenarios.Names()
	if asJSON {
		all := []listed{}
		for _, name := range names {
			all = append(all, listed{name, scenarios.About(name)})
		}
		return p.writing(writeJSON(p.out, all))
	}
	widest := 0
	for _, name := range names {
		widest = max(widest, len(name))
	}
	for _, name := range names {
		fmt.Fprintf(p.out, "%-*s  %s\n", widest, name, firstLine(scenarios.About(name)))
	}
	return nil
}
