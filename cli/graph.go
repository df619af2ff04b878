package cli

import (
	"github.com/spf13/cobra"

	"eddy/tui"
)

func (p *program) graphCommand() *cobra.Command {
	var ch changes
	var format, theme string
	width := whole{least: 20, most: 2000}
	c := &cobra.Command{
		Use:   "graph SCENARIO",
		Short: "Draw what flows where in a scenario",
		Long: `Draws producers, channels and consumers and what flows between them: as text,
as a picture, or in the language of Mermaid or Graphviz.`,
		Example: `  eddy graph order-fulfilment
  eddy graph order-fulfilment --format mermaid
  eddy graph my.yaml --format dot | dot -Tpdf > my.pdf`,
		Args:              one("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "mermaid", "dot", "svg"); err != nil {
				return err
			}
			if err := oneOf("theme", theme, themes...); err != nil {
				return err
			}
			sc, err := p.load(c, args[0], &ch)
			if err != nil {
				return err
			}
			if err := tui.WriteGraph(p.out, sc, format, theme, int(width.value)); err != nil {
				if p.out.failed() {
					return nil
				}
				return usage("%s", err)
			}
			return nil
		},
	}
	ch.register(c)
	c.Flags().StringVar(&format, "format", "text", "text, mermaid, dot or svg")
	c.Flags().StringVar(&theme, "theme", "light", "of svg: dark, light, mono or high-contrast")
	c.Flags().Var(&width, "width", "of text and svg, in columns (default: as wide as it likes)")
	_ = c.RegisterFlagCompletionFunc("format", words("text", "mermaid", "dot", "svg"))
	_ = c.RegisterFlagCompletionFunc("theme", words(themes...))
	return c
}
