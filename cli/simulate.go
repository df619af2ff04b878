package cli

import (
	"errors"
	"io"

	"eddy/report"
	"eddy/sim/experiment"
)

// outcome is what a scenario's runs came to, ready to be written.
type outcome struct {
	runs     []*experiment.Result
	metrics  []experiment.Metric // of several runs
	asked    int                 // runs, if fewer were made than asked for
	several  bool
	withRuns bool
	history  *report.History // of the first run, for charts; may be nil
	scenario *experiment.Scenario
	foreseen *experiment.Prediction // see theory
}

// simulate runs a scenario as the flags say, showing progress.
func (p *program) simulate(signals *interruption, sc *experiment.Scenario, f *runFlags, sinks *exports) (*outcome, error) {
	if err := p.settle(signals, &f.changes, sc); err != nil {
		return nil, err
	}
	o := experiment.Options{
		Version: Version, Replications: int(f.replications.value), Jobs: p.conf.Jobs,
		MaxEvents: f.maxEvents.value, MaxPending: f.maxPending.value, Verify: f.verify,
	}
	var precision *experiment.Precision
	if f.precision.set {
		precision = experiment.NewPrecision(sc, f.precision.value)
		o.Replications, o.Enough = int(f.most.value), precision.Enough
	}
	sinks.attach(&o)
	x := experiment.Of(sc, o)
	done := p.showProgress(x, sc)
	got, err := x.Run(signals)
	done()
	if err != nil {
		return nil, p.failedRun(err)
	}
	p.remark(got, o.Replications, precision, f)
	r := &outcome{runs: got.Runs, several: f.replicated(), withRuns: f.runs, history: sinks.history, scenario: sc}
	if got.Interrupted {
		r.asked = o.Replications
	}
	if r.several {
		r.metrics = experiment.Summarise(sc, got.Runs)
	}
	return r, nil
}

// failedRun gives a panic in a run the same treatment as one anywhere else.
func (p *program) failedRun(err error) error {
	var panicked *experiment.Panic
	if errors.As(err, &panicked) {
		return silently(p.crashed(panicked.Value, panicked.Stack))
	}
	return err
}

// remark tells what the result cannot: that there are fewer runs than asked
// for, or that they are not as precise.
func (p *program) remark(got experiment.Outcome, wanted int, precision *experiment.Precision, f *runFlags) {
	switch {
	case got.Interrupted && f.replicated():
		p.tell("interrupted: the result is of %s; %d were to be made", plural(len(got.Runs), "run"), wanted)
	case got.Interrupted:
		p.tell("interrupted: the result is of what was simulated until then")
	case precision != nil && !got.Enough && precision.Worst.Note != "":
		p.hint("%s has no interval (%s), so more runs do not help", precision.Worst.Path, precision.Worst.Note)
	case precision != nil && !got.Enough:
		p.hint("%s is not within %s after %d runs; --max-replications allows more", precision.Worst.Path, &f.precision, wanted)
	}
}

// judged are the scenario's expectations against the runs.
func (r *outcome) judged(sc *experiment.Scenario) []experiment.ExpectationResult {
	return experiment.Judge(sc, r.runs, r.metrics)
}

// theory is what was to be expected, for people to see beside what was measured;
// nil where the scenario is too large for it.
func (r *outcome) theory() *experiment.Prediction {
	if r.foreseen == nil && experiment.Predictable(r.scenario) {
		r.foreseen = experiment.Predict(r.scenario)
	}
	return r.foreseen
}

// replicated is the outcome as the report takes it.
func (r *outcome) replicated() *report.Replicated {
	rep := &report.Replicated{Runs: r.runs, Asked: r.asked, WithRuns: r.withRuns, Metrics: r.metrics}
	if len(r.scenario.Expect) > 0 {
		rep.Judged = r.judged(r.scenario)
	}
	return rep
}

// write writes the outcome in one of the formats.
func (r *outcome) write(w io.Writer, format string, text report.TextOptions) error {
	if r.several {
		return r.writeSeveral(w, format, text)
	}
	one := r.runs[0]
	switch format {
	case "json":
		return report.JSON(w, one)
	case "csv":
		return report.CSV(w, one)
	case "markdown":
		return report.Markdown(w, one, r.theory())
	case "html":
		return report.HTML(w, one, r.history, r.theory())
	}
	text.Theory = r.theory()
	return report.Text(w, one, text)
}

func (r *outcome) writeSeveral(w io.Writer, format string, text report.TextOptions) error {
	rep := r.replicated()
	switch format {
	case "json":
		return report.JSONReplicated(w, rep)
	case "csv":
		return report.CSVReplicated(w, rep)
	}
	rep.Theory = r.theory()
	switch format {
	case "markdown":
		return report.MarkdownReplicated(w, rep)
	case "html":
		return report.HTMLReplicated(w, rep, r.history)
	}
	return report.TextReplicated(w, rep, text)
}

// textOptions is how standard output takes text.
func (p *program) textOptions() report.TextOptions {
	return report.TextOptions{Colour: p.colourful(), Width: p.width()}
}

// writing is the error of a failed write to standard output.
func (p *program) writing(err error) error {
	if p.out.failed() {
		// Told, with the right exit code, where the program ends.
		return nil
	}
	return err
}
