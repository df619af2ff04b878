package cli

import (
	"github.com/spf13/cobra"

	"eddy/scenarios"
)

func (p *program) showCommand() *cobra.Command {
	var ch changes
	var resolved bool
	c := &cobra.Command{
		Use:   "show SCENARIO",
		Short: "Print a scenario as YAML",
		Long: `Prints a scenario's YAML as it was written; with --resolved, as it is
understood: every default filled in, every change made.`,
		Example: `  eddy show order-fulfilment > mine.yaml
  eddy show mine.yaml --resolved --set consumers.payment.instances=4`,
		Args:              one("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return p.show(c, args[0], resolved, &ch) },
	}
	ch.register(c)
	c.Flags().BoolVar(&resolved, "resolved", false, "fill in every default")
	return c
}

func (p *program) show(c *cobra.Command, word string, resolved bool, ch *changes) error {
	if !resolved {
		for _, flag := range []string{"seed", "duration", "warmup", "set", "variant"} {
			if c.Flags().Changed(flag) {
				return usage("--%s changes what a scenario means; add --resolved to see it", flag)
			}
		}
		src, err := p.open(word)
		if err != nil {
			return err
		}
		_, err = p.out.Write(src.text)
		return p.writing(err)
	}
	if err := ch.withoutAuto(); err != nil {
		return err
	}
	if err := p.drawSeed(ch); err != nil {
		return err
	}
	sc, err := p.load(c, word, ch)
	if err != nil {
		return err
	}
	_, err = p.out.Write(scenarios.Resolved(sc))
	return p.writing(err)
}
