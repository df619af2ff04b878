package cli

import (
	"github.com/spf13/cobra"

	"eddy/scenarios"
)

func (p *program) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the scenario format as a JSON Schema",
		Long: `Prints the scenario format as a JSON Schema (2020-12), for editors that complete
and check YAML by one.`,
		Example:           `  eddy schema > eddy.schema.json`,
		Args:              none,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := p.out.Write(scenarios.Schema())
			return p.writing(err)
		},
	}
}
