package cli

import (
	"io"

	"github.com/spf13/cobra"

	"eddy/report"
	"eddy/sim/experiment"
)

func (p *program) predictCommand() *cobra.Command {
	var ch changes
	var f documentFlags
	var precision share
	c := &cobra.Command{
		Use:   "predict SCENARIO",
		Short: "Tell what queueing theory says of a scenario, without running it",
		Long: `Works out, without a run, what reaches each consumer (through emissions,
retries and dead letters), how busy it is, which one is overrun first and at
which rates, how long events wait on average, and how many events a simulation
needs to know that wait well. Says which assumptions hold, and which do not.`,
		Example: `  eddy predict my.yaml
  eddy predict my.yaml --set consumers.payment.instances=4
  eddy predict my.yaml --precision 1%`,
		Args:              one("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return p.predict(c, args[0], &ch, &f, &precision) },
	}
	ch.register(c)
	f.register(c)
	c.Flags().Var(&precision, "precision", "of the mean waits, for the events that a simulation needs, like 1% (default 5%)")
	c.Flags().String("format", "text", "of the result: text, json, csv, markdown or html")
	_ = c.RegisterFlagCompletionFunc("format", words("text", "json", "csv", "markdown", "html"))
	return c
}

func (p *program) predict(c *cobra.Command, word string, ch *changes, f *documentFlags, precision *share) error {
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
	files, err := p.openDocuments(f, "predict")
	if err != nil {
		return err
	}
	defer files.abandon()
	got := experiment.Predict(sc)
	if precision.set {
		got.For(precision.value)
	}
	all := []document{
		{"json", func(w io.Writer) error { return report.JSONPredicted(w, got) }},
		{"csv", func(w io.Writer) error { return report.CSVPredicted(w, got) }},
		{"markdown", func(w io.Writer) error { return report.MarkdownPredicted(w, got) }},
		{"html", func(w io.Writer) error { return report.HTMLPredicted(w, got, Version) }},
	}
	if err := files.finish(all); err != nil {
		return err
	}
	return p.print(all, func(w io.Writer) error { return report.TextPredicted(w, got, p.textOptions()) })
}
