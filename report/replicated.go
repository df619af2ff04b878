package report

import (
	"bufio"
	"io"
	"strconv"

	"eddy/sim"
	"eddy/sim/experiment"
)

// Replicated is what several runs of one scenario measured, each with luck
// of its own.
type Replicated struct {
	Runs     []*sim.Result // in the order of replication
	Asked    int           // replications that were asked for; 0: as many as there are
	Metrics  []experiment.Metric
	Judged   []sim.ExpectationResult // the expectations against all runs together; nil: not judged so
	Theory   *experiment.Prediction  // put beside what people read, unless it is nil
	WithRuns bool                    // JSON has the whole result of every run too
}

// interrupted says whether there are fewer runs, or less of them, than asked for.
func (r *Replicated) interrupted() bool {
	if len(r.Runs) < r.Asked {
		return true
	}
	for _, run := range r.Runs {
		if run.Run.Ended == sim.EndedInterrupted {
			return true
		}
	}
	return false
}

// ended is why the runs stopped: what all have in common, else the first
// reason that is not the ordinary end.
func (r *Replicated) ended() sim.Ended {
	if r.interrupted() {
		return sim.EndedInterrupted
	}
	var first sim.Ended
	for _, run := range r.Runs {
		if first == "" {
			first = run.Run.Ended
		}
		if abnormal(run.Run.Ended) {
			return run.Run.Ended
		}
	}
	return first
}

func abnormal(e sim.Ended) bool { return e != sim.EndedDuration && e != sim.EndedExhausted }

// JSONReplicated writes the document eddy.results/1.
func JSONReplicated(w io.Writer, r *Replicated) error {
	return writeDocument(w, r.tree())
}

func (r *Replicated) tree() *sim.Node {
	root := object("", text("format", "eddy.results/1"))
	if len(r.Runs) > 0 {
		root.Kids = append(root.Kids, r.Runs[0].Scenario.Node(), r.run())
	}
	if r.WithRuns {
		runs := &sim.Node{Key: "runs", IsArray: true}
		for _, run := range r.Runs {
			runs.Kids = append(runs.Kids, run.Tree())
		}
		root.Kids = append(root.Kids, runs)
	}
	metrics := object("metrics")
	for _, m := range r.Metrics {
		metrics.Kids = append(metrics.Kids, metricNode(m.Path, m))
	}
	root.Kids = append(root.Kids, metrics)
	if r.Judged != nil {
		judged := &sim.Node{Key: "expectations", IsArray: true}
		for _, e := range r.Judged {
			judged.Kids = append(judged.Kids, e.Node())
		}
		root.Kids = append(root.Kids, judged)
	}
	return root
}

// run is what the runs have in common.
func (r *Replicated) run() *sim.Node {
	first := r.Runs[0].Run
	return object("run",
		text("version", first.Version),
		integerLeaf("seed", first.Seed),
		integerLeaf("replications", int64(len(r.Runs))),
		numberLeaf("duration", sim.Num(first.Duration)),
		numberLeaf("warmup", sim.Num(first.Warmup)),
		text("ended", string(r.ended())),
	)
}

// withInterval adds the interval of a number as the reports tell it, where that
// is not Student's, which is what low and high of a document are.
func withInterval(n *sim.Node, student experiment.Interval, low, high sim.Number) *sim.Node {
	if isAdjusted(student, low, high) {
		n.Kids = append(n.Kids, object("adjusted", numberLeaf("low", low), numberLeaf("high", high)))
	}
	return n
}

func isAdjusted(student experiment.Interval, low, high sim.Number) bool {
	return student != experiment.Interval{Low: low, High: high}
}

func object(key string, kids ...*sim.Node) *sim.Node { return &sim.Node{Key: key, Kids: kids} }

func text(key, v string) *sim.Node {
	return &sim.Node{Key: key, Leaf: &sim.Leaf{Kind: sim.TextLeaf, Text: v}}
}

func integerLeaf(key string, v int64) *sim.Node {
	return &sim.Node{Key: key, Leaf: &sim.Leaf{Kind: sim.IntLeaf, Int: v}}
}

func numberLeaf(key string, v sim.Number) *sim.Node {
	return &sim.Node{Key: key, Leaf: &sim.Leaf{Kind: sim.FloatLeaf, Number: v}}
}

// CSVReplicated writes one row a metric: path, value (the mean), unit, the
// ends of Student's interval, the standard deviation between runs, the number
// of runs, the note, and the ends of the interval that the reports tell, where
// that is not Student's. What is absent is an empty cell.
func CSVReplicated(w io.Writer, r *Replicated) error {
	b := bufio.NewWriter(w)
	b.WriteString("path,value,unit,low,high,sd,n,note,adjusted_low,adjusted_high\n")
	for _, m := range r.Metrics {
		writeCell(b, m.Path)
		b.WriteByte(',')
		writeNumberCell(b, m.Mean)
		b.WriteByte(',')
		writeCell(b, m.Unit)
		for _, v := range []sim.Number{m.Student.Low, m.Student.High, m.SD} {
			b.WriteByte(',')
			writeNumberCell(b, v)
		}
		b.WriteByte(',')
		b.WriteString(strconv.Itoa(m.N))
		b.WriteByte(',')
		writeCell(b, m.Note)
		var adjusted experiment.Interval
		if isAdjusted(m.Student, m.Low, m.High) {
			adjusted = experiment.Interval{Low: m.Low, High: m.High}
		}
		for _, v := range []sim.Number{adjusted.Low, adjusted.High} {
			b.WriteByte(',')
			writeNumberCell(b, v)
		}
		b.WriteByte('\n')
	}
	return b.Flush()
}
