package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"eddy/report"
	"eddy/scenarios"
	"eddy/sim/experiment"
)

// sweepRuns is how many runs a point has if nobody says: enough for an interval.
const sweepRuns = 3

// sweepFlags are the flags of eddy sweep.
type sweepFlags struct {
	changes
	vary                  axes
	runs                  whole
	verify                bool
	maxEvents, maxPending whole
	out                   string
	documents             documentFlags // --export alone
}

func (p *program) sweepCommand() *cobra.Command {
	var f sweepFlags
	c := &cobra.Command{
		Use:   "sweep SCENARIO --vary PATH=VALUES",
		Short: "Run a scenario for every combination of some values",
		Long: `Runs a scenario for every combination of the values given, with the same luck
at every point, on all cores; prints each point as soon as it is done, then how
the throughput scales with what is varied, where the knee is, how well the
universal scalability law fits, and the cheapest point that meets what the
scenario expects. With --out, what is done is kept in a folder, and a sweep that
was interrupted goes on where it was.

VALUES is a list, 1,2,4,8; a range, 1..16; or a range with a step, also within
something: poisson(10/s..100/s:10/s).`,
		Example: `  eddy sweep my.yaml --vary consumers.payment.instances=1..8
  eddy sweep my.yaml --vary consumers.payment.instances=1,2,4 --vary "producers.web.rate=poisson(20/s..60/s:20/s)"
  eddy sweep my.yaml --vary broker.channels.orders.capacity=10,100,1000 --out results`,
		Args:              one("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return p.sweep(c, args[0], &f) },
	}
	f.changes.register(c)
	f.runs = whole{value: sweepRuns, least: 1, most: mostRuns}
	f.maxEvents, f.maxPending = whole{least: 1}, whole{least: 1}
	c.Flags().Var(&f.vary, "vary", "what to vary; may be given several times")
	c.Flags().Var(&f.runs, "replications", "runs of each point, with seeds from --seed on")
	c.Flags().StringVar(&f.out, "out", "", "keep the points in this folder, and go on from what is there")
	_ = c.MarkFlagDirname("out")
	f.documents.registerExport(c)
	registerMany(c, &f.verify, &f.maxEvents, &f.maxPending)
	return c
}

func (p *program) sweep(c *cobra.Command, word string, f *sweepFlags) error {
	if len(f.vary.list) == 0 {
		return usage("eddy sweep needs --vary PATH=VALUES, like --vary consumers.payment.instances=1..8")
	}
	if err := p.drawSeed(&f.changes); err != nil {
		return err
	}
	g, err := p.gridOf(c, word, f)
	if err != nil {
		return err
	}
	signals := listen()
	defer signals.end()
	if err := p.settle(signals, &f.changes, g.list...); err != nil {
		return err
	}
	if err := signals.exit(); err != nil {
		return err
	}
	if err := g.open(f.out); err != nil {
		return err
	}
	defer g.close()
	files, err := p.openDocuments(&f.documents, "sweep")
	if err != nil {
		return err
	}
	defer files.abandon()
	return p.runSweep(signals, g, f, files)
}

// sweepGrid is the points of a sweep, those that are done and those to be run.
type sweepGrid struct {
	base    *experiment.Scenario
	axes    []axis
	values  [][]string
	list    []*experiment.Scenario
	runs    int
	known   map[string]experiment.Point // by what decides a point
	points  []experiment.Point          // done, in the order of the grid
	journal *os.File
}

// gridOf loads the scenario at every point: a value that cannot be is told
// before anything runs.
func (p *program) gridOf(c *cobra.Command, word string, f *sweepFlags) (*sweepGrid, error) {
	src, err := p.open(word)
	if err != nil {
		return nil, err
	}
	count := 1
	for _, x := range f.vary.list {
		if flag := c.Flags().Lookup(x.path); flag != nil && flag.Changed && slices.Contains([]string{"seed", "duration", "warmup"}, x.path) {
			return nil, usage("--%s and --vary %s are of the same value", x.path, x.path)
		}
		if count *= len(x.values); count > mostPoints {
			return nil, usage("that is more than %d points", mostPoints)
		}
	}
	g := &sweepGrid{axes: f.vary.list, values: grid(f.vary.list), runs: int(f.runs.value), known: map[string]experiment.Point{}}
	if g.base, err = p.loadSource(src, f.options(c)); err != nil {
		return nil, err
	}
	for _, values := range g.values {
		o := f.options(c)
		o.Name, o.FS = src.name, src.fsys
		for i, v := range values {
			o.Vary = append(o.Vary, setting{g.axes[i].path, v})
		}
		sc, ds := scenarios.Load(src.text, o)
		if sc == nil {
			if err := ds.Render(p.errs, colour(p.conf, p.errs, os.Getenv)); err != nil {
				return nil, err
			}
			return nil, silently(exitUsage)
		}
		g.list = append(g.list, sc)
	}
	return g, nil
}

// journalName is the file in --out with a line of JSON for each point.
const journalName = "points.jsonl"

// open reads the points that an earlier sweep left in a folder.
func (g *sweepGrid) open(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--out %s: %w", visible(dir), plainCause(err))
	}
	file, err := os.OpenFile(filepath.Join(dir, journalName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("--out %s: %w", visible(dir), plainCause(err))
	}
	g.journal = file
	whole := int64(0) // of the file's bytes, up to the last line that is complete
	r := bufio.NewReader(file)
	for {
		text, err := r.ReadBytes('\n')
		if err != nil {
			break
		}
		whole += int64(len(text))
		var kept journalLine
		if json.Unmarshal(text, &kept) == nil && kept.Version == Version {
			g.known[key(kept.Point.Hash, kept.Point.Seed, kept.Point.Runs)] = kept.Point
		}
	}
	// A line that an end in the middle left behind goes.
	if err := file.Truncate(whole); err != nil {
		return err
	}
	_, err = file.Seek(whole, io.SeekStart)
	return err
}

// journalLine is what is kept of a point.
type journalLine struct {
	Version string
	Point   experiment.Point
}

// key is what decides the numbers of a point, beside the version.
func key(hash string, seed int64, runs int) string { return fmt.Sprintf("%s/%d/%d", hash, seed, runs) }

func (g *sweepGrid) close() {
	if g.journal != nil {
		g.journal.Close()
	}
}

// done is the point as an earlier sweep left it.
func (g *sweepGrid) done(i int) (experiment.Point, bool) {
	sc := g.list[i]
	point, ok := g.known[key(sc.Hash, sc.Seed, g.runs)]
	point.Values = g.values[i]
	return point, ok
}

// keep writes a point down.
func (g *sweepGrid) keep(point experiment.Point) error {
	if g.journal == nil {
		return nil
	}
	text, err := json.Marshal(journalLine{Version, point})
	if err != nil {
		return err
	}
	if _, err := g.journal.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("%s: %w", visible(g.journal.Name()), plainCause(err))
	}
	return nil
}

func (p *program) runSweep(signals *interruption, g *sweepGrid, f *sweepFlags, files *documents) error {
	rows, err := p.sweepRows(g)
	if err != nil {
		return p.writing(err)
	}
	var todo []int
	var list []*experiment.Scenario
	for i, sc := range g.list {
		if _, ok := g.done(i); !ok {
			todo, list = append(todo, i), append(list, sc)
		}
	}
	if kept := len(g.list) - len(todo); kept > 0 {
		p.hint("%s of %d are in %s already", plural(kept, "point"), len(g.list), visible(f.out))
	}
	// What cannot be written is not worth simulating: the first failure ends it.
	work, giveUp := context.WithCancel(signals)
	defer giveUp()
	var failed error
	next := 0 // the point to print
	print := func(upTo int) {
		for ; next < upTo && failed == nil; next++ {
			point, ok := g.done(next)
			if !ok {
				return
			}
			g.points = append(g.points, point)
			failed = p.sweepRow(rows, point)
		}
	}
	if len(todo) > 0 {
		o := experiment.Options{
			Version: Version, Replications: g.runs, Jobs: p.conf.Jobs,
			MaxEvents: f.maxEvents.value, MaxPending: f.maxPending.value, Verify: f.verify,
		}
		x := experiment.Sweep(list, o, func(n int, runs []*experiment.Result) {
			point := experiment.Measure(list[n], g.values[todo[n]], runs)
			g.known[key(point.Hash, point.Seed, point.Runs)] = point
			if err := g.keep(point); err != nil && failed == nil {
				failed = err
			}
			if print(len(g.list)); failed != nil {
				giveUp()
			}
		})
		done := p.showWork(g.base.Name, meanDuration(list), x.Progress)
		_, err := x.Run(work)
		done()
		if err != nil {
			return p.failedRun(err)
		}
	}
	print(len(g.list))
	if failed != nil {
		return p.writing(failed)
	}
	if len(g.points) < len(g.list) {
		p.tell("interrupted: the result is of %s; %d were to be made", plural(len(g.points), "point"), len(g.list))
	}
	if err := p.endSweep(g, f, files); err != nil {
		return p.writing(err)
	}
	return signals.exit()
}

// sweepRows are rows that are written as they come, nil in formats that have
// no rows.
func (p *program) sweepRows(g *sweepGrid) (*report.SweepRows, error) {
	if p.conf.Format != "text" && p.conf.Format != "csv" {
		return nil, nil
	}
	var paths []string
	var values [][]string
	for _, x := range g.axes {
		paths, values = append(paths, x.path), append(values, x.values)
	}
	return report.NewSweepRows(p.out, paths, values, len(g.base.Expect) > 0, p.conf.Format == "csv", p.textOptions())
}

func (p *program) sweepRow(rows *report.SweepRows, point experiment.Point) error {
	if rows == nil {
		return nil
	}
	if !p.conf.Quiet && obedient(p.errs, os.Getenv) {
		fmt.Fprint(p.errs, "\r\x1b[K") // the bar may stand where the row goes
	}
	return rows.Row(point)
}

// endSweep writes what is known when all points are.
func (p *program) endSweep(g *sweepGrid, f *sweepFlags, files *documents) error {
	s := &report.Sweep{Name: g.base.Name, Points: g.points, Asked: len(g.list), Version: Version}
	for _, x := range g.axes {
		s.Paths = append(s.Paths, x.path)
	}
	if len(g.axes) == 1 {
		if numbers, ok := g.axes[0].numbers(); ok {
			s.Numbers = numbers[:len(g.points)]
		}
	}
	if f.out != "" {
		for name, write := range map[string]func(io.Writer, *report.Sweep) error{
			"sweep.csv": report.CSVSwept, "sweep.json": report.JSONSwept, "sweep.md": report.MarkdownSwept, "sweep.html": report.HTMLSwept,
		} {
			if err := report.Atomic(filepath.Join(f.out, name), func(w io.Writer) error { return write(w, s) }); err != nil {
				return err
			}
		}
	}
	all := []document{
		{"json", func(w io.Writer) error { return report.JSONSwept(w, s) }},
		{"csv", func(w io.Writer) error { return report.CSVSwept(w, s) }},
		{"markdown", func(w io.Writer) error { return report.MarkdownSwept(w, s) }},
		{"html", func(w io.Writer) error { return report.HTMLSwept(w, s) }},
	}
	if err := files.finish(all); err != nil {
		return err
	}
	if p.conf.Format == "csv" {
		return nil // row by row
	}
	return p.print(all, func(w io.Writer) error { return report.SweepSummary(w, s, p.textOptions()) })
}
