package cli

import (
	"github.com/spf13/cobra"

	"eddy/report"
	"eddy/sim/experiment"
)

func (p *program) predictCommand() *cobra.Command {
	var ch changes
	c := &cobra.Command{
		Use:   "predict SCENARIO",
		Short: "Tell what queueing theory says of a scenario, without running it",
		Long: `Works out, without a run, what reaches each consumer (through emissions,
retries and dead letters), how busy it is, which one is overrun first and at
which rates, how long events wait on average, and how many events a simulation
needs to know that wait well. Says which assumptions hold, and which do not.`,
		Example: `  eddy predict my.yaml
  eddy predict my.yaml --set consumers.payment.instances=4`,
		Args:              one("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return p.predict(c, args[0], &ch) },
	}
	ch.register(c)
	c.Flags().String("format", "text", "of the result: text, json, csv or markdown")
	_ = c.RegisterFlagCompletionFunc("format", words("text", "json", "csv", "markdown"))
	return c
}

func (p *program) predict(c *cobra.Command, word string, ch *changes) error {
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
	return p.writing(p.writePredicted(experiment.Predict(sc)))
}

func (p *program) writePredicted(got *experiment.Prediction) error {
	switch p.conf.Format {
	case "json":
		return report.JSONPredicted(p.out, got)
	case "csv":
		return report.CSVPredicted(p.out, got)
	case "markdown":
		return report.MarkdownPredicted(p.out, got)
	}
	return report.TextPredicted(p.out, got, p.textOptions())
}
