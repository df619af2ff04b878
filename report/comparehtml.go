package report

import (
	"fmt"
	"io"
	"math"
	"slices"

	"eddy/sim"
	"eddy/sim/experiment"
)

// HTMLCompared writes a comparison as one page to hand round: the verdict, the
// numbers with their intervals and how large the differences are, and what
// differs between the scenarios. With shapes, it draws the distributions of
// completion and the course over simulated time.
func HTMLCompared(w io.Writer, c *Compared) error {
	p := newPage()
	p.need.need("luck", "warmup", "replications", "interval")
	p.rivals(c)
	if c.Pairs == 0 {
		p.verdict(c.verdict())
	} else {
		p.compared(c)
		p.distributions(c)
		p.courses(c)
	}
	p.differences(c)
	return p.finish(w, front{title: c.title(), under: []string{c.basis() + "."}}, c.footer())
}

// title names the scenarios, as long as they are few.
func (c *Compared) title() string {
	title := c.label(0)
	if len(c.Scenarios) == 2 {
		return title + " against " + c.label(1)
	}
	return title + " against " + plural(int64(len(c.Scenarios)-1), "other")
}

func (c *Compared) footer() []string {
	parts := []string{plural(int64(c.Pairs), "pair"), fmt.Sprintf("seed %d on", c.Scenarios[0].Seed)}
	for s, sc := range c.Scenarios {
		parts = append(parts, letter(s)+" is "+clean(sc.Hash[:min(12, len(sc.Hash))]))
	}
	if c.Version != "" {
		parts = append(parts, "eddy "+clean(c.Version))
	}
	return parts
}

// rivalClass is the colour of the sth scenario, and rivalLine how its line is
// drawn, since colours are not for everybody.
func rivalClass(s int) string {
	return [...]string{"k0", "k1", "k3", "k4", "k2", "k5", "k7", "k6"}[s%8]
}

func rivalLine(s int) string { return rivalClass(s) + [...]string{"", " second", " third"}[s%3] }

// rivals are the scenarios by their letters.
func (p page) rivals(c *Compared) {
	p.WriteString("<dl class=\"facts rivals\">\n")
	for s := range c.Scenarios {
		note := ""
		if s == 0 {
			note = "the base"
		}
		fmt.Fprintf(p, "<div class=\"%s\"><dt>%s</dt><dd>%s</dd><dd class=\"about\">%s</dd></div>\n", rivalClass(s), letter(s), markup(c.label(s)), note)
	}
	p.WriteString("</dl>\n")
}

// compared is every number that differs, or could, with how large its
// difference is beside its interval: one scenario after the other.
func (p page) compared(c *Compared) {
	most := c.largestShare()
	if len(c.Scenarios) == 2 {
		p.verdict(c.verdict())
		p.heading("What changed")
		p.remarks(c.survivorsOf(1))
		p.changed(c, 1, most)
	} else {
		for s := 1; s < len(c.Scenarios); s++ {
			p.heading(letter(s) + " against " + letter(0) + ": " + c.short(s))
			p.verdict(c.verdictOn(s))
			p.remarks(c.survivorsOf(s))
			p.changed(c, s, most)
		}
	}
	for _, list := range [][]remark{c.sameRemark(), c.noteRemarks(), c.legend()} {
		p.remarks(list)
	}
}

// short is what tells the sth scenario from the others.
func (c *Compared) short(s int) string {
	if v := c.Scenarios[s].Variant; v != "" {
		return clean(v)
	}
	return c.label(s)
}

// survivorsOf are the warnings about one scenario against the base.
func (c *Compared) survivorsOf(s int) []remark {
	one := *c.Comparison
	one.Survivors = nil
	for _, x := range c.Survivors {
		if (x.Winner == s && x.Other == 0) || (x.Winner == 0 && x.Other == s) {
			one.Survivors = append(one.Survivors, x)
		}
	}
	return (&Compared{Comparison: &one}).survivorRemarks()
}

// changed are the tables of one scenario against the base.
func (p page) changed(c *Compared, s int, most float64) {
	p.note("Means over the runs; differences with half of their 95% interval. The bars show the differences as a share of " + letter(0) + ", with that interval: what touches the line in the middle is no difference by itself, and what does not may be chance among so many; better has the last word.")
	p.WriteString("<div class=\"compared\">\n")
	for _, g := range c.groups() {
		if g.title == "Backlog max" {
			p.need.need("backlog")
		}
		fmt.Fprintf(p, "<h3>%s</h3>\n", markup(g.title))
		p.grid(withEffects(c.table(g.title, g.rows, g.label, []int{s}), g.rows, s, most))
	}
	p.WriteString("</div>\n")
}

// withEffects puts a drawing of each difference before its numbers.
func withEffects(t table, rows []*experiment.Compared, s int, most float64) table {
	end := percent(most)
	t.columns = slices.Insert(t.columns, 1, column{head: "−" + end + " … +" + end, left: true})
	for k, m := range rows {
		t.rows[k].cells = slices.Insert(t.rows[k].cells, 1, cell{effect: effectOf(m, s-1, most)})
	}
	return t
}

// effect is a difference as a share of the base, for drawing.
type effect struct {
	low, mean, high float64 // −1 to 1: to the ends of the drawing
	beyond          bool    // the difference goes on beyond it
	class           string
}

// shareOfBase is a value of a difference as a share of the base's, false where that
// says nothing.
func shareOfBase(m *experiment.Compared, v sim.Number) (float64, bool) {
	base := math.Abs(m.Values[0].Mean.Value)
	if !v.Valid || !m.Values[0].Mean.Valid || base == 0 {
		return 0, false
	}
	return v.Value / base, true
}

// largestShare is where the drawings of effects end: the largest difference, but
// no more than all of the base.
func (c *Compared) largestShare() float64 {
	most := 0.01
	for i := range c.Measures {
		m := &c.Measures[i]
		for _, d := range m.Against {
			for _, end := range []sim.Number{d.Low, d.High} {
				if v, ok := shareOfBase(m, end); ok {
					most = max(most, math.Abs(v))
				}
			}
		}
	}
	return min(most, 1)
}

func effectOf(m *experiment.Compared, s int, most float64) *effect {
	d := m.Against[s]
	mean, ok := shareOfBase(m, d.Mean)
	low, bounded := shareOfBase(m, d.Low)
	high, _ := shareOfBase(m, d.High)
	if !ok || !bounded || d.Standing == experiment.Same {
		return nil
	}
	class := "tfaint"
	switch d.Standing {
	case experiment.Better:
		class = "tgood"
	case experiment.Worse:
		class = "tbad"
	case experiment.Different:
		class = "ink"
	}
	e := effect{low: low / most, mean: mean / most, high: high / most, class: class}
	e.beyond = math.Abs(e.mean) > 1
	return &e
}

// svg is the drawing of an effect: no difference is in the middle.
func (e *effect) svg() string {
	if e == nil {
		return ""
	}
	x := func(v float64) string { return place1(60 + float64(56*min(max(v, -1), 1))) }
	d := fmt.Sprintf("M%s 8H%s", x(e.low), x(e.high))
	if e.low >= -1 && e.low <= 1 {
		d += "M" + x(e.low) + " 5V11"
	}
	if e.high >= -1 && e.high <= 1 {
		d += "M" + x(e.high) + " 5V11"
	}
	point := fmt.Sprintf(`<circle class="part %s" cx="%s" cy="8" r="3"/>`, e.class, x(e.mean))
	if e.beyond {
		side := 1.0
		if e.mean < 0 {
			side = -1
		}
		point = fmt.Sprintf(`<path class="part %s" d="M%s 4L%s 8L%s 12Z"/>`, e.class, place1(60+float64(side*50)), place1(60+float64(side*58)), place1(60+float64(side*50)))
	}
	return fmt.Sprintf(`<svg class="effect" viewBox="0 0 120 16" aria-hidden="true"><line class="axis" x1="60" x2="60" y1="0" y2="16"/><path class="whisker %s" d="%s"/>%s</svg>`, e.class, d, point)
}

// mostDistributions is how many flows are drawn.
const mostDistributions = 6

// distributions draws how long the families of each flow take.
func (p page) distributions(c *Compared) {
	shapes := c.Shapes()
	if shapes == nil {
		return
	}
	names := flowsOf(shapes)
	if len(names) == 0 {
		return
	}
	p.section("How long it takes", "The share of all families of a flow that were completed within a time, of all runs together. The scale of time is logarithmic.")
	p.need.need("distribution", "completion")
	if len(names) > mostDistributions {
		p.note(fmt.Sprintf("The %d flows with the most families of %d.", mostDistributions, len(names)))
		names = names[:mostDistributions]
	}
	for _, name := range names {
		p.distribution(name, shapes)
	}
}

// flowsOf are the names of all flows, those with the most families first.
func flowsOf(shapes []*experiment.Shape) []string {
	families := map[string]int64{}
	var names []string
	for _, s := range shapes {
		for i := range s.Flows {
			f := &s.Flows[i]
			if _, seen := families[f.Flow]; !seen {
				names = append(names, f.Flow)
			}
			families[f.Flow] += f.Completed + f.Failed
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return int(families[b] - families[a]) })
	return names
}

// distribution draws one flow in all scenarios.
func (p page) distribution(name string, shapes []*experiment.Shape) {
	low, high := math.Inf(1), 0.0
	of := make([]*experiment.Completions, len(shapes))
	for s, shape := range shapes {
		of[s] = completionsOf(shape, name)
		if least, most, ok := of[s].Range(); ok {
			low, high = min(low, max(least, 1e-9)), max(high, most)
		}
	}
	if math.IsInf(low, 1) || high <= 0 {
		return
	}
	low = max(low, high/1e6)
	high = max(high, low*1.001)
	g := plot{title: "Completion of " + clean(name), wide: 960, high: 320, x: logarithmic("", sim.UnitSeconds, low, high), y: linear("", sim.UnitShare, 0, 1)}
	var tops []remark
	for s, x := range of {
		points, top := boardCurve(x, low, high)
		k := plotCurve{label: letter(s), class: rivalLine(s), line: true}
		for _, at := range points {
			k.points = append(k.points, dot{x: at.Seconds, y: at.Share})
		}
		g.curves = append(g.curves, k)
		if len(points) > 0 && top < 0.9995 {
			tops = append(tops, remark{noMark, fmt.Sprintf("%s ends at %s: of the rest something was lost, dropped or given up.", letter(s), percent(top))})
		}
	}
	g.about = "One curve for each scenario; the shares at some times are in the table below."
	p.WriteString("<figure>")
	p.caption(clean(name), "completed within", g.curves)
	p.plot(g)
	p.WriteString("</figure>\n")
	p.remarks(tops)
	p.details("Completion of "+clean(name)+", in numbers", distributionTable(g.x.ticks, of))
}

func completionsOf(s *experiment.Shape, name string) *experiment.Completions {
	for i := range s.Flows {
		if s.Flows[i].Flow == name {
			return &s.Flows[i]
		}
	}
	return &experiment.Completions{}
}

func distributionTable(times []float64, of []*experiment.Completions) table {
	fields := []field[float64]{{column{left: true}, func(t float64) cell { return cell{text: "within " + duration(t)} }}}
	for s, c := range of {
		fields = append(fields, field[float64]{column{head: letter(s)}, func(t float64) cell {
			if _, _, ok := c.Range(); !ok {
				return cell{text: absent, blank: true}
			}
			return cell{text: percent(c.Share(t))}
		}})
	}
	return tabulate("", times, unmarked, fields)
}

// coursePart is one thing that is told minute by minute.
type coursePart struct {
	title string
	unit  sim.Unit
	of    func(experiment.Course) float64
}

// courses draws the scenarios minute by minute, on the same axis of time.
func (p page) courses(c *Compared) {
	shapes := c.Shapes()
	if shapes == nil {
		return
	}
	end := 0.0
	for _, sc := range c.Scenarios {
		end = max(end, float64(sc.Duration)/1e9)
	}
	stripes := c.trouble()
	about := "The mean of all runs, step by step of simulated time."
	if len(stripes) > 0 {
		about += " The shaded parts are the times of trouble in the timeline."
	}
	p.section("Minute by minute", about)
	p.need.need("throughput", "failedflow")
	parts := []coursePart{
		{"completed per second", sim.UnitPerSecond, func(x experiment.Course) float64 { return x.Completed }},
		{"failed per second", sim.UnitPerSecond, func(x experiment.Course) float64 { return x.Failed }},
		{"waiting", sim.UnitOne, func(x experiment.Course) float64 { return x.Waiting }},
	}
	for _, part := range parts {
		g := coursePlot(part, shapes, end)
		if g.y.high == 0 {
			p.note("Nothing " + map[string]string{"failed per second": "failed", "waiting": "waited", "completed per second": "was completed"}[part.title] + " in any of them.")
			continue
		}
		g.bands = stripes
		p.WriteString("<figure>")
		p.caption(part.title, "", g.curves)
		p.plot(g)
		p.WriteString("</figure>\n")
	}
	p.details("Minute by minute, in numbers", courseTable(parts, shapes))
}

// trouble is when the timeline of any of the scenarios disturbs it.
func (c *Compared) trouble() []stripe {
	var all []stripe
	seen := map[experiment.Stretch]bool{}
	for _, sc := range c.Scenarios {
		for _, t := range experiment.Troubled(sc) {
			if !seen[t] {
				seen[t] = true
				all = append(all, stripe{float64(t.From) / 1e9, float64(t.To) / 1e9, "trouble from " + seconds(t.From) + " to " + seconds(t.To)})
			}
		}
	}
	return all
}

// coursePlot draws one part. The end of its scale is 0 if there is nothing to draw.
func coursePlot(part coursePart, shapes []*experiment.Shape, end float64) plot {
	g := plot{title: part.title, about: "One line for each scenario; the numbers are in the table below.", wide: 960, high: 180}
	most := 0.0
	for s, shape := range shapes {
		k := plotCurve{label: letter(s), class: rivalLine(s), line: true}
		for _, step := range shape.Steps {
			v := part.of(step)
			most = max(most, v)
			k.points = append(k.points, dot{x: float64(step.At) / 1e9, y: v})
		}
		g.curves = append(g.curves, k)
	}
	if most > 0 {
		g.y = linear("", part.unit, 0, most)
	}
	g.x = ruler{unit: sim.UnitSeconds, high: end, ticks: timeTicks(end)}
	return g
}

func courseTable(parts []coursePart, shapes []*experiment.Shape) table {
	long := shapes[0]
	for _, s := range shapes {
		if len(s.Steps) > 0 && s.Step > long.Step {
			long = s
		}
	}
	fields := []field[experiment.Course]{{column{left: true}, func(x experiment.Course) cell { return cell{text: "until " + seconds(x.At)} }}}
	for _, part := range parts {
		for s, shape := range shapes {
			fields = append(fields, field[experiment.Course]{column{head: part.title + " " + letter(s)}, func(x experiment.Course) cell {
				at := courseAt(shape, x.At)
				if at == nil {
					return cell{text: absent, blank: true}
				}
				return number(sim.Num(part.of(*at)), part.unit)
			}})
		}
	}
	return tabulate("", long.Steps, unmarked, fields)
}

// differences is what the scenarios themselves differ in.
func (p page) differences(c *Compared) {
	for s := 1; s < len(c.Scenarios); s++ {
		p.heading("What differs from " + letter(0) + " to " + letter(s))
		changes := Differs(c.Resolved[0], c.Resolved[s])
		if len(changes) == 0 {
			p.note("Nothing: the scenarios are the same.")
			continue
		}
		value := func(v string) cell {
			if v == "" {
				return cell{text: absent, blank: true}
			}
			return cell{text: clean(v)}
		}
		t := tabulate("", changes, unmarked, []field[Change]{
			{column{left: true}, func(ch Change) cell { return name(ch.Path) }},
			{column{head: letter(0), left: true, words: true}, func(ch Change) cell { return value(ch.Was) }},
			{column{head: letter(s), left: true, words: true}, func(ch Change) cell { return value(ch.Is) }},
		})
		p.grid(t)
	}
}
