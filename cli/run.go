package cli

import (
	"github.com/spf13/cobra"

	"eddy/sim/experiment"
)

func (p *program) runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run SCENARIO",
		Short: "Simulate a scenario: watch it in a terminal, or print what happened",
		Long: `Simulates a scenario. In a terminal it opens the live screen; elsewhere, with
--headless, and with any flag about the result, it prints the result. Same
scenario, same seed, same version: the same bytes.`,
		Example: `  eddy run order-fulfilment
  eddy run order-fulfilment --headless
  eddy run my.yaml --headless --seed 7 --set consumers.payment.instances=4
  eddy run my.yaml --replications 20 --format json
  eddy run my.yaml --precision 5% --out results`,
		Args:              one("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return p.run(c, args[0], &f) },
	}
	f.register(c)
	registerLive(c.Flags())
	c.Flags().BoolVar(&f.headless, "headless", false, "print the result, show no screen")
	c.Flags().BoolVar(&f.check, "check", false, "judge the scenario's expectations: exit 3 if one fails, 4 if one is open")
	return c
}

// run loads, simulates, exports, prints, and judges if asked to.
func (p *program) run(c *cobra.Command, word string, f *runFlags) error {
	if err := f.agree(c); err != nil {
		return err
	}
	if err := p.drawSeed(&f.changes); err != nil {
		return err
	}
	if p.forScreen(c) {
		return p.live(c, word, f)
	}
	sc, err := p.load(c, word, &f.changes)
	if err != nil {
		return err
	}
	sinks, err := p.openExports(f, sc)
	if err != nil {
		return err
	}
	defer sinks.abandon()
	if p.conf.Format == "html" {
		sinks.drawHistory()
	}
	signals := listen()
	defer signals.end()
	r, err := p.simulate(signals, sc, f, sinks)
	if err != nil {
		return err
	}
	if err := sinks.finish(r); err != nil {
		return err
	}
	if err := r.write(p.out, p.conf.Format, p.textOptions()); err != nil {
		return p.writing(err)
	}
	if err := signals.exit(); err != nil {
		return err
	}
	if f.check {
		return verdict(r.judged(sc))
	}
	return nil
}

// verdict is the exit that the judged expectations ask for.
func verdict(judged []experiment.ExpectationResult) error {
	code := exitDone
	for _, e := range judged {
		switch {
		case e.Verdict == experiment.Failed:
			code = exitBroken
		case e.Verdict == experiment.Inconclusive && code == exitDone:
			code = exitInconclusive
		}
	}
	if code == exitDone {
		return nil
	}
	return silently(code)
}
