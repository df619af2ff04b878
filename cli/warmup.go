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
		return usage("--warmup auto is for run, check and compare; elsewhere give a duration")
	}
	return nil
}

// settle finds the warm-up of scenarios that are to be run in the same way, if
// --warmup auto asks for it: the longest that one of them needs.
func (p *program) settle(signals *interruption, ch *changes, list ...*experiment.Scenario) error {
	if ch.warmup != autoWarmup {
		return nil
	}
	longest := int64(0)
	for _, sc := range list {
		found, err := experiment.WarmUp(signals, sc, experiment.Options{Jobs: p.conf.Jobs})
		if err != nil {
			return p.failedRun(err)
		}
		longest = max(longest, found)
	}
	for _, sc := range list {
		sc.Warmup = min(longest, sc.Duration/2)
		sc.Hash = scenarios.Hash(sc)
	}
	p.hint("warm-up %s, by MSER-5 over pilot runs", time.Duration(longest))
	return nil
}
