package cli

import "github.com/spf13/cobra"

// helpCommand is cobra's, but for a word that is no command: that is wrong
// usage here as everywhere.
func (p *program) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND]",
		Short:             "Help about any command",
		Args:              atMostOne("COMMAND"),
		ValidArgsFunction: completeCommand,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Root().Help()
			}
			found, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 || found == c.Root() {
				return p.noCommand(c.Root(), args)
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}
