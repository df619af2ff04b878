package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"eddy/sim"
	"eddy/sim/experiment"
)

// Sweep is a grid of scenarios and what they did.
type Sweep struct {
	Name    string   // of the scenario
	Paths   []string // that are varied
	Points  []experiment.Point
	Asked   int       // points of the whole grid
	Numbers []float64 // of the points, where one number is varied upwards; else nil
	Version string
}

// sweepColumn is a column of the rows that come one by one: its width must be
// known before them.
type sweepColumn struct {
	head string
	wide int
	cell func(experiment.Point) cell
}

// SweepRows writes the points of a sweep as they come: rows of text, or of CSV.
type SweepRows struct {
	w       io.Writer
	columns []sweepColumn
	options TextOptions
	csv     bool
	axes    int
}

// NewSweepRows writes the head of the rows. values are, for each path, all that
// it will be.
func NewSweepRows(w io.Writer, paths []string, values [][]string, expects, csv bool, o TextOptions) (*SweepRows, error) {
	r := &SweepRows{w: w, options: o, csv: csv, axes: len(paths)}
	if csv {
		return r, r.csvHead(paths)
	}
	numbers := []sweepColumn{
		{"completed/s", 13, func(p experiment.Point) cell { return cell{text: withDoubt(p.Throughput)} }},
		{"p50", 6, metricCell(func(p experiment.Point) experiment.Metric { return p.P50 })},
		{"p99", 7, metricCell(func(p experiment.Point) experiment.Metric { return p.P99 })},
		{"busiest", 7, metricCell(func(p experiment.Point) experiment.Metric { return p.Utilisation })},
		{"inst-s", 7, func(p experiment.Point) cell { return cell{text: quantity(math.Round(p.Cost.Mean.Value))} }},
		{"failed", 6, metricCell(func(p experiment.Point) experiment.Metric { return p.Failed })},
	}
	if expects {
		numbers = append(numbers, sweepColumn{"", 1, verdictCell})
	}
	for _, spare := range []string{"p50", "busiest", "failed", ""} {
		room := o.width()
		for _, c := range numbers {
			room -= gap + c.wide
		}
		axes, fit := axisColumns(paths, values, room)
		r.columns = append(axes, numbers...)
		if fit {
			break
		}
		// Which point a row is of matters most: numbers make room for that.
		numbers = slices.DeleteFunc(numbers, func(c sweepColumn) bool { return c.head == spare && spare != "" })
	}
	head := line{}
	for i, c := range r.columns {
		head = head.add(spaces(gap)+aligned(c.head, i < r.axes, c.wide), faint)
	}
	return r, show(w, []line{head}, o.width(), o.Colour)
}

// axisColumns are those of what is varied, in so much room: with the name of
// the part if there is room for it, else of the value alone, and cut if there is
// none for that either.
func axisColumns(paths []string, values [][]string, room int) (columns []sweepColumn, fit bool) {
	for _, steps := range []int{2, 1} {
		columns = nil
		sum := 0
		for i, path := range paths {
			head := lastSteps(path, steps)
			wide := width(head)
			for _, v := range values[i] {
				wide = max(wide, width(clean(v)))
			}
			columns = append(columns, sweepColumn{head, wide, func(p experiment.Point) cell { return cell{text: clean(p.Values[i])} }})
			sum += gap + wide
		}
		if sum <= room {
			return columns, true
		}
	}
	for i := range columns {
		columns[i].wide = min(columns[i].wide, max(room/len(paths)-gap, 6))
	}
	return columns, false
}

func lastSteps(path string, steps int) string {
	parts := strings.Split(clean(path), ".")
	return strings.Join(parts[max(0, len(parts)-steps):], ".")
}

func metricCell(of func(experiment.Point) experiment.Metric) func(experiment.Point) cell {
	return func(p experiment.Point) cell {
		m := of(p)
		return cell{text: human(m.Mean, sim.Unit(m.Unit))}
	}
}

// withDoubt is a rate with half of its interval.
func withDoubt(m experiment.Metric) string {
	if !m.Mean.Valid {
		return absent
	}
	if !m.Low.Valid || m.High.Value == m.Low.Value {
		return quantity(m.Mean.Value)
	}
	half := (m.High.Value - m.Low.Value) / 2
	return precise(m.Mean.Value, sim.UnitOne, m.Mean.Value, half) + " ±" + precise(half, sim.UnitOne, m.Mean.Value, half)
}

func verdictCell(p experiment.Point) cell {
	if p.Verdict == "" {
		return cell{}
	}
	g := glyphs[verdictMark(p.Verdict)]
	return cell{text: g.text, tone: g.tone}
}

// Row writes one point.
func (r *SweepRows) Row(p experiment.Point) error {
	if r.csv {
		return r.csvRow(p)
	}
	l := line{}
	for i, c := range r.columns {
		x := c.cell(p)
		l = l.add(spaces(gap)+aligned(x.text, i < r.axes, c.wide), x.tone)
	}
	return show(r.w, []line{l}, r.options.width(), r.options.Colour)
}

func (r *SweepRows) csvHead(paths []string) error {
	b := bufio.NewWriter(r.w)
	for _, p := range paths {
		writeCell(b, p)
		b.WriteByte(',')
	}
	for _, m := range sweepMetrics {
		fmt.Fprintf(b, "%s,%s_low,%s_high,", m.name, m.name, m.name)
	}
	b.WriteString("runs,expect\n")
	return b.Flush()
}

func (r *SweepRows) csvRow(p experiment.Point) error {
	b := bufio.NewWriter(r.w)
	for _, v := range p.Values {
		writeCell(b, v)
		b.WriteByte(',')
	}
	for _, m := range sweepMetrics {
		x := m.of(&p)
		for _, v := range []sim.Number{x.Mean, x.Student.Low, x.Student.High} {
			writeNumberCell(b, v)
			b.WriteByte(',')
		}
	}
	fmt.Fprintf(b, "%d,%s\n", p.Runs, p.Verdict)
	return b.Flush()
}

// sweepMetric is one number of a point.
type sweepMetric struct {
	name string
	term string // the definition behind it
	of   func(*experiment.Point) *experiment.Metric
}

// sweepTitle is the metric as somebody says it.
func sweepTitle(m sweepMetric) string { return strings.ReplaceAll(m.name, "_", " ") }

// sweepMetrics are the numbers of a point, by their names in documents.
var sweepMetrics = []sweepMetric{
	{"demand", "demand", func(p *experiment.Point) *experiment.Metric { return &p.Demand }},
	{"throughput", "throughput", func(p *experiment.Point) *experiment.Metric { return &p.Throughput }},
	{"completion_p50", "completion", func(p *experiment.Point) *experiment.Metric { return &p.P50 }},
	{"completion_p99", "completion", func(p *experiment.Point) *experiment.Metric { return &p.P99 }},
	{"utilisation", "busiest", func(p *experiment.Point) *experiment.Metric { return &p.Utilisation }},
	{"instance_seconds", "instanceseconds", func(p *experiment.Point) *experiment.Metric { return &p.Cost }},
	{"failed", "failedpoint", func(p *experiment.Point) *experiment.Metric { return &p.Failed }},
}

// CSVSwept writes all points at once.
func CSVSwept(w io.Writer, s *Sweep) error {
	rows, err := NewSweepRows(w, s.Paths, nil, false, true, TextOptions{})
	if err != nil {
		return err
	}
	for _, p := range s.Points {
		if err := rows.Row(p); err != nil {
			return err
		}
	}
	return nil
}

// SweepSummary writes what stands below the rows: the curve, its knee, the law
// that fits it, and the cheapest point that meets what is expected.
func SweepSummary(w io.Writer, s *Sweep, o TextOptions) error {
	wide := o.width()
	var lines []line
	if s.scales() {
		scaling := experiment.Scale(s.Numbers, s.Points)
		lines = append(append(lines, nil), curve(scaling, lastSteps(s.Paths[0], 2), min(wide, 76))...)
	}
	lines = append(lines, nil)
	for _, r := range s.remarks() {
		lines = append(lines, hanging(r.mark, r.text, plain, wide)...)
	}
	return show(w, lines, wide, o.Colour)
}

// remarks are what a sweep says in words.
func (s *Sweep) remarks() []remark {
	var all []remark
	if len(s.Points) < s.Asked {
		all = append(all, remark{openMark, fmt.Sprintf("Interrupted: %d of %d points.", len(s.Points), s.Asked)})
	}
	if s.scales() {
		all = append(all, s.scalingRemarks(experiment.Scale(s.Numbers, s.Points))...)
	}
	judged := false
	for _, p := range s.Points {
		judged = judged || p.Verdict != ""
	}
	if best := experiment.Cheapest(s.Points); best >= 0 {
		p := s.Points[best]
		all = append(all, remark{okMark, fmt.Sprintf("The cheapest point that meets everything expected: %s, with %s instance-seconds.", s.place(p), quantity(math.Round(p.Cost.Mean.Value)))})
	} else if judged {
		all = append(all, remark{badMark, "No point meets everything that is expected for certain."})
	}
	if len(s.Points) > 0 {
		all = append(all, remark{noMark, fmt.Sprintf("%s a point, with the same luck at every point; ± is half of the 95%% interval. Completion p50 and p99 are of the flow with the most events.", plural(int64(s.Points[0].Runs), "run"))})
	}
	return all
}

// place is a point's values with their paths.
func (s *Sweep) place(p experiment.Point) string {
	parts := make([]string, len(p.Values))
	for i, v := range p.Values {
		parts[i] = clean(s.Paths[i]) + "=" + clean(v)
	}
	return strings.Join(parts, ", ")
}

// usable is how far the law may be off to be worth a word.
const usable = 0.1

func (s *Sweep) scalingRemarks(x experiment.Scaling) []remark {
	var all []remark
	if x.Knee >= 0 {
		all = append(all, remark{noteMark, fmt.Sprintf("The knee is at %s: from there on more brings less.", s.place(s.Points[x.Knee]))})
	}
	switch {
	case !x.Fitted && x.Pressed < len(x.N):
		all = append(all, remark{noMark, fmt.Sprintf("At %s everything that is asked for is done, so more cannot show; the universal scalability law needs four points where it is not.", plural(int64(len(x.N)-x.Pressed), "point"))})
	case !x.Fitted:
		all = append(all, remark{noMark, "There are too few points for the universal scalability law; it needs four."})
	case x.Law.Error > usable:
		all = append(all, remark{noMark, fmt.Sprintf("The universal scalability law does not fit: it is off by %s.", percent(x.Law.Error))})
	default:
		text := fmt.Sprintf("Universal scalability law: %s for one, contention %s, coherence %s; off by %s.",
			rate(x.Law.Rate), percent(x.Law.Contention), percent(x.Law.Coherence), percent(x.Law.Error))
		if best, ok := x.Best(); ok {
			text += fmt.Sprintf(" Beyond %s more does less.", digits3(best))
		}
		all = append(all, remark{noteMark, text})
	}
	return all
}

// curve draws the throughput over the number that is varied: measured points,
// and the law where it fits.
func curve(x experiment.Scaling, label string, wide int) []line {
	const high = 12
	most := 0.0
	for _, y := range x.Rate {
		most = max(most, y)
	}
	axis := width(rate(most)) + 1
	cells := wide - gap - axis - 1
	if most <= 0 || cells < 20 {
		return nil
	}
	grid := make([][]rune, high)
	for i := range grid {
		grid[i] = []rune(spaces(cells))
	}
	first, last := x.N[0], x.N[len(x.N)-1]
	row := func(y float64) int { return high - 1 - int(math.Round(y/most*(high-1))) }
	if x.Fitted && x.Law.Error <= usable {
		for c := range cells {
			n := first + (last-first)*float64(c)/float64(cells-1)
			if y := x.Law.At(n); n > 0 && y >= 0 && y <= most {
				grid[row(y)][c] = '·'
			}
		}
	}
	for i, n := range x.N {
		grid[row(x.Rate[i])][int(math.Round((n-first)/(last-first)*float64(cells-1)))] = '●'
	}
	lines := []line{line{}.add("Throughput", bold).add("  over "+label, faint)}
	for i := range grid {
		scale := ""
		if i == 0 || i == high-1 || i == high/2 {
			scale = rate(most * float64(high-1-i) / (high - 1))
		}
		lines = append(lines, line{}.add(spaces(gap)+aligned(scale, false, axis)+"│", faint).add(string(grid[i]), plain))
	}
	from, to := quantity(first), quantity(last)
	return append(lines,
		line{}.add(spaces(gap+axis)+"└"+strings.Repeat("─", cells), faint),
		line{}.add(spaces(gap+axis+1)+from+spaces(cells-width(from)-width(to))+to, faint))
}

// JSONSwept writes the document eddy.sweep/1.
func JSONSwept(w io.Writer, s *Sweep) error {
	root := object("", text("format", "eddy.sweep/1"), text("scenario", s.Name), text("version", s.Version), texts("vary", s.Paths))
	list := array("points")
	for i := range s.Points {
		p := &s.Points[i]
		metrics := object("metrics")
		for _, m := range sweepMetrics {
			x := *m.of(p)
			metrics.Kids = append(metrics.Kids, metricNode(m.name, x))
		}
		list.Kids = append(list.Kids, object("", texts("values", p.Values), text("hash", p.Hash), integerLeaf("seed", p.Seed),
			integerLeaf("runs", int64(p.Runs)), metrics, textOrNull("expect", string(p.Verdict))))
	}
	root.Kids = append(root.Kids, list, integerLeaf("asked", int64(s.Asked)), text("ended", endedWord(len(s.Points) < s.Asked)))
	if s.scales() {
		x := experiment.Scale(s.Numbers, s.Points)
		knee := sim.Number{}
		if x.Knee >= 0 {
			knee = sim.Num(x.N[x.Knee])
		}
		scaling := object("scaling", numberLeaf("knee", knee))
		if x.Fitted {
			best := sim.Number{}
			if n, ok := x.Best(); ok {
				best = sim.Num(n)
			}
			scaling.Kids = append(scaling.Kids, numberLeaf("rate", sim.Num(x.Law.Rate)), numberLeaf("contention", sim.Num(x.Law.Contention)),
				numberLeaf("coherence", sim.Num(x.Law.Coherence)), numberLeaf("error", sim.Num(x.Law.Error)), numberLeaf("peak", best))
		}
		root.Kids = append(root.Kids, scaling)
	}
	cheapest := &sim.Node{Key: "cheapest", Leaf: &sim.Leaf{Kind: sim.NullLeaf}}
	if best := experiment.Cheapest(s.Points); best >= 0 {
		cheapest = texts("cheapest", s.Points[best].Values)
	}
	root.Kids = append(root.Kids, cheapest)
	return writeDocument(w, root)
}

// defined are the definitions behind a sweep's numbers.
func (s *Sweep) defined(points table) defined {
	d := defined{}
	d.need("luck", "replications", "interval", "warmup")
	d.needTable(points)
	if s.scales() {
		d.need("knee", "usl")
	}
	return d
}

// scales says whether the points are a curve over a number.
func (s *Sweep) scales() bool { return len(s.Numbers) == len(s.Points) && len(s.Points) > 2 }

func metricNode(key string, m experiment.Metric) *sim.Node {
	return withInterval(object(key, numberLeaf("mean", m.Mean), numberLeaf("sd", m.SD), numberLeaf("low", m.Student.Low), numberLeaf("high", m.Student.High),
		integerLeaf("n", int64(m.N)), text("unit", m.Unit), textOrNull("note", m.Note)), m.Student, m.Low, m.High)
}

// MarkdownSwept writes the points as a table, and what is said of them.
func MarkdownSwept(w io.Writer, s *Sweep) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s\n", escape(s.Name))
	t := s.table()
	markTable(b, t)
	for _, r := range s.remarks() {
		markRemark(b, r)
	}
	markDefinitions(b, s.defined(t))
	return b.Flush()
}

// table is a row for each point.
func (s *Sweep) table() table {
	t := table{title: "Points"}
	for _, path := range s.Paths {
		t.columns = append(t.columns, column{head: path, left: true})
	}
	for _, m := range sweepMetrics {
		t.columns = append(t.columns, column{head: sweepTitle(m), term: m.term})
	}
	t.columns = append(t.columns, column{head: "expect", left: true})
	for i := range s.Points {
		p := &s.Points[i]
		var cells []cell
		for _, v := range p.Values {
			cells = append(cells, cell{text: v})
		}
		for _, m := range sweepMetrics {
			x := m.of(p)
			cells = append(cells, cell{text: human(x.Mean, sim.Unit(x.Unit))})
		}
		t.rows = append(t.rows, row{cells: append(cells, cell{text: string(p.Verdict), tone: verdictCell(*p).tone})})
	}
	return t
}
