package cli

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"eddy/config"
	"eddy/report"
	"eddy/sim/experiment"
)

// exportFiles are the exports there are, in the order they are listed, and
// what they are called in the folder of --out.
var exportFiles = []struct{ name, file string }{
	{"json", "result.json"},
	{"csv", "metrics.csv"},
	{"series", "series.csv"},
	{"trace", "trace.jsonl"},
	{"cloudevents", "events.jsonl"},
	{"otlp", "traces.otlp.json"},
	{"openmetrics", "metrics.prom"},
	{"markdown", "report.md"},
	{"html", "report.html"},
	{"junit", "junit.xml"},
}

func exportNames() []string {
	var names []string
	for _, e := range exportFiles {
		names = append(names, e.name)
	}
	return names
}

// wanted is one export asked for.
type wanted struct{ name, path string }

// exportFlag is --export NAME=FILE.
type exportFlag struct {
	names []string // that there are; nil: those of a run
	list  []wanted
}

func (e *exportFlag) String() string { return "" }

func (e *exportFlag) Type() string { return "NAME=FILE" }

func (e *exportFlag) Set(text string) error {
	name, path, ok := strings.Cut(text, "=")
	names := e.names
	if names == nil {
		names = exportNames()
	}
	switch {
	case !slices.Contains(names, name):
		return fmt.Errorf("the exports are %s%s", strings.Join(names, ", "), config.DidYouMean(name, names))
	case !ok || path == "":
		return fmt.Errorf("it takes NAME=FILE, like %s=run.%s", name, name)
	case path == "-":
		return errors.New("an export goes to a file; --format says what standard output gets")
	}
	e.list = append(e.list, wanted{name, path})
	return nil
}

// all lists every export asked for by --out, --export and --trace.
func (p *program) all(f *runFlags) ([]wanted, error) {
	list := append([]wanted(nil), f.exports.list...)
	if f.trace != "" {
		list = append(list, wanted{"trace", f.trace})
	}
	if f.out != "" {
		if err := os.MkdirAll(f.out, 0o777); err != nil {
			return nil, fmt.Errorf("--out %s: %w", f.out, plainCause(err))
		}
		for _, e := range exportFiles {
			list = append(list, wanted{e.name, filepath.Join(f.out, e.file)})
		}
	}
	return list, p.distinct(list)
}

// distinct refuses two exports in one file, and one in a file that the
// scenario was read from: it would be gone.
func (p *program) distinct(list []wanted) error {
	seen := map[string]string{}
	for _, w := range list {
		if p.hasRead(w.path) {
			return usage("export %s to %s: the scenario was read from there; name another file", w.name, w.path)
		}
		path := filepath.Clean(w.path)
		if other, twice := seen[path]; twice {
			return usage("%s is to hold two exports, %s and %s; give each its own file", path, other, w.name)
		}
		seen[path] = w.name
	}
	return nil
}

// exports are the files being written.
type exports struct {
	files    []*exportFile
	scenario *experiment.Scenario
	share    float64
	step     int64
	history  *report.History // of the run, nil if no report has charts
}

// mostSteps is how many steps a series may have: a slip of the unit should not
// fill a disk.
const mostSteps = 10_000_000

// openExports opens every file that is asked for, before anything is
// simulated: a folder that cannot be written to is told at once.
func (p *program) openExports(f *runFlags, sc *experiment.Scenario) (*exports, error) {
	e := &exports{scenario: sc, share: f.traceSample.value, step: f.step.nanos}
	if e.step == 0 {
		e.step = defaultStep(sc.Duration)
	}
	if steps := sc.Duration / e.step; steps > mostSteps {
		return nil, usage("--step %s makes %d steps of the run; at most %d, so a longer one is needed", f.step.text, steps, mostSteps)
	}
	list, err := p.all(f)
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		file, err := openExport(w)
		if err != nil {
			e.abandon()
			return nil, err
		}
		e.files = append(e.files, file)
		if w.name == "html" {
			e.drawHistory()
		}
	}
	return e, nil
}

// drawHistory keeps what the charts of a report are of.
func (e *exports) drawHistory() {
	e.history = &report.History{Troubled: experiment.Troubled(e.scenario)}
}

// defaultStep is the series' step: 600 rows, but none shorter than 100 ms.
func defaultStep(duration int64) int64 {
	const least = int64(100e6)
	return max(least, duration/600)
}

// attach makes a run feed the exports that are written while it runs.
func (e *exports) attach(o *experiment.Options) {
	for _, f := range e.files {
		switch {
		case f.streams():
			o.Watch = e.watch
		case f.name == "series":
			f.rows = writeRows(f.w)
		}
	}
	if e.series() || e.history != nil {
		o.Step, o.Sample = e.step, e.sample
	}
}

func (e *exports) series() bool {
	for _, f := range e.files {
		if f.rows != nil {
			return true
		}
	}
	return false
}

// watch makes the observers of a run that write as it goes.
func (e *exports) watch(names *experiment.Names) []experiment.Observer {
	origin := report.Origin{Scenario: e.scenario, Version: Version, Share: e.share}
	var all []experiment.Observer
	for _, f := range e.files {
		switch f.name {
		case "trace":
			f.stream = report.NewTrace(f.w, names, e.share)
		case "cloudevents":
			f.stream = report.NewCloudEvents(f.w, names, origin)
		case "otlp":
			f.stream = report.NewOTLP(f.w, names, origin)
		default:
			continue
		}
		all = append(all, f.stream)
	}
	return all
}

// sample hands the state of the run on to whoever draws or lists it.
func (e *exports) sample(batch []experiment.Sample) {
	if e.history != nil {
		for _, s := range batch {
			e.history.Add(report.Sample(s))
		}
	}
	for _, f := range e.files {
		if f.rows != nil {
			f.rows.add(batch)
		}
	}
}

// finish writes what is written after the run, and makes every file appear.
func (e *exports) finish(r *outcome) error {
	for _, f := range e.files {
		if err := e.complete(f, r); err != nil {
			return err
		}
	}
	for _, f := range e.files {
		if err := f.close(nil); err != nil {
			return err
		}
	}
	return nil
}

// abandon removes whatever did not become complete. It is safe after finish.
func (e *exports) abandon() {
	for _, f := range e.files {
		_ = f.close(errAbandoned)
	}
}

var errAbandoned = errors.New("abandoned")

// exportFile is one file being written: report.Atomic runs on a goroutine of
// its own, so that a file may stay open beside others until the run is over.
type exportFile struct {
	wanted
	w      io.Writer
	stream interface { // what writes it while the run goes on, if anything does
		experiment.Observer
		Close() error
	}
	rows   *rows
	ending chan error // what to return to Atomic
	ended  chan error // what Atomic returned
	closed bool
}

func openExport(want wanted) (*exportFile, error) {
	f := &exportFile{wanted: want, ending: make(chan error), ended: make(chan error, 1)}
	opened := make(chan io.Writer)
	go func() {
		f.ended <- report.Atomic(want.path, func(w io.Writer) error {
			opened <- w
			return <-f.ending
		})
	}()
	select {
	case f.w = <-opened:
		return f, nil
	case err := <-f.ended:
		return nil, exportError(want, err)
	}
}

// streams says whether the file is written by an observer of the run.
func (f *exportFile) streams() bool {
	return f.name == "trace" || f.name == "cloudevents" || f.name == "otlp"
}

// complete writes what is left to be written of the file.
func (e *exports) complete(f *exportFile, r *outcome) error {
	var err error
	switch {
	case f.stream != nil:
		if t, is := f.stream.(*report.Trace); is {
			t.Conclude(r.runs[0])
		}
		err = f.stream.Close()
	case f.rows != nil:
		err = f.rows.end()
	default:
		err = e.document(f, r)
	}
	if err != nil {
		return exportError(f.wanted, err)
	}
	return nil
}

// document writes a file that is a function of what the runs came to.
func (e *exports) document(f *exportFile, r *outcome) error {
	switch f.name {
	case "openmetrics":
		return report.OpenMetrics(f.w, r.runs[0])
	case "junit":
		return report.JUnit(f.w, report.Judged{Result: r.runs[0], Runs: len(r.runs), Expectations: r.judged(e.scenario)})
	}
	return r.write(f.w, f.name, report.TextOptions{})
}

// close makes the file appear, or, with an error, vanish.
func (f *exportFile) close(why error) error {
	if f.closed {
		return nil
	}
	f.closed = true
	if f.rows != nil && why != nil {
		_ = f.rows.end()
	}
	f.ending <- why
	if err := <-f.ended; err != nil && why == nil {
		return exportError(f.wanted, err)
	}
	return nil
}

func exportError(w wanted, err error) error {
	return fmt.Errorf("export %s to %s: %w", w.name, w.path, plainCause(err))
}

// rows hands the samples of a run to report.WriteSeries, which asks for them.
type rows struct {
	batches chan []experiment.Sample
	ended   chan error
	closed  bool
	err     error
}

func writeRows(w io.Writer) *rows {
	r := &rows{batches: make(chan []experiment.Sample), ended: make(chan error, 1)}
	go func() {
		err := report.WriteSeries(w, r.samples())
		for range r.batches { // after a failed write the run goes on
			continue
		}
		r.ended <- err
	}()
	return r
}

func (r *rows) samples() iter.Seq[report.Sample] {
	return func(yield func(report.Sample) bool) {
		for batch := range r.batches {
			for _, s := range batch {
				if !yield(report.Sample(s)) {
					return
				}
			}
		}
	}
}

// add hands a batch over. The batch must not be used again.
func (r *rows) add(batch []experiment.Sample) { r.batches <- batch }

// end waits until everything is written. It may be called twice.
func (r *rows) end() error {
	if !r.closed {
		r.closed = true
		close(r.batches)
		r.err = <-r.ended
	}
	return r.err
}
