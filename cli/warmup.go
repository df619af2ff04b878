package cli

import (
	"time"

	"eddy/scenarios"
	"eddy/sim/experiment"
)

// autoWarmup is the --warmup that is found by pilot runs.
const autoWarmup = "auto"

// withoutAuto refuses --warmup auto where no run is made that it could be for.
func (ch *changes) withoutAuto() error {
	if ch.warmup == autoWarmup {
		return usage("--warmup auto is for what runs the scenario: run, check, compare, coupling and sweep; here give a duration")
	}
	return nil
}

// settle finds the warm-up of scenarios that are to be run in the same way, if
// --warmup auto asks for it: the longest that one of them needs.
func (p *program) settle(signals *interruption, ch *changes, list ...*experiment.Scenario) error {
	if ch.warmup != autoWarmup {
		return nil
	}
	pilots := experiment.Settle(list, experiment.Options{Jobs: p.conf.Jobs})
	done := p.showWork("warm-up", meanDuration(list), pilots.Progress)
	longest, err := pilots.Run(signals)
	done()
	if err != nil {
		return p.failedRun(err)
	}
	for _, sc := range list {
		sc.Warmup = min(longest, sc.Duration/2)
		sc.Hash = scenarios.Hash(sc)
	}
	if signals.exit() != nil {
		p.hint("the pilot runs were interrupted, so no warm-up is known")
		return nil
	}
	p.hint("warm-up %s, by MSER-5 over pilot runs and the time queues take to fill", time.Duration(longest))
	return nil
}
