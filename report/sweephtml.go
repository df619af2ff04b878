package report

import (
	"fmt"
	"io"
	"math"
	"slices"

	"eddy/sim"
	"eddy/sim/experiment"
)

// HTMLSwept writes a sweep as one page: what it says in words, curves over a
// number that is varied with its knee and the law that fits, heat maps over two,
// and every point.
func HTMLSwept(w io.Writer, s *Sweep) error {
	p := newPage()
	p.verdict(s.remarks())
	points := s.table()
	for key := range s.defined(points) {
		p.need.need(key)
	}
	switch {
	case len(s.Points) == 0:
	case len(s.Numbers) == len(s.Points) && len(s.Points) > 1:
		p.scaling(s)
	case len(s.Paths) == 2:
		p.heatMaps(s)
	case len(s.Paths) > 2:
		p.note("More than two things are varied: the points are in the table.")
	}
	if len(points.rows) > 0 {
		p.table(points)
	}
	f := front{title: clean(s.Name), under: []string{"Swept over " + s.swept() + "."}}
	terms := []string{fmt.Sprintf("%d of %s", len(s.Points), plural(int64(s.Asked), "point"))}
	if len(s.Points) > 0 {
		terms = append(terms, fmt.Sprintf("seed %d on", s.Points[0].Seed), plural(int64(s.Points[0].Runs), "run")+" a point")
	}
	if s.Version != "" {
		terms = append(terms, "eddy "+clean(s.Version))
	}
	return p.finish(w, f, terms)
}

// swept names what is varied.
func (s *Sweep) swept() string {
	text := ""
	for i, path := range s.Paths {
		if i > 0 {
			text += " and "
		}
		text += clean(path)
	}
	return text
}

// metricDot is a point of a curve with its interval.
func metricDot(n float64, m *experiment.Metric, place string) dot {
	d := dot{x: n, y: m.Mean.Value, title: place + ": " + human(m.Mean, sim.Unit(m.Unit))}
	if m.Low.Valid && m.High.Value > m.Low.Value {
		d.low, d.high, d.bounded = m.Low.Value, m.High.Value, true
	}
	return d
}

// scaling draws how everything follows the number that is varied.
func (p page) scaling(s *Sweep) {
	p.section("How it scales", "Means over the runs with their 95% intervals.")
	name := clean(s.Paths[0])
	over := between(name, sim.UnitOne, s.Numbers[0], s.Numbers[len(s.Numbers)-1])
	p.throughput(s, over)
	p.WriteString("<div class=\"charts pairs\">\n")
	for _, part := range []struct {
		title string
		unit  sim.Unit
		least float64
		of    []sweepMetric
	}{
		{"completion", sim.UnitSeconds, 0, sweepMetrics[2:4]},
		{"utilisation of the busiest", sim.UnitShare, 1, sweepMetrics[4:5]},
		{"instance-seconds", sim.UnitSeconds, 0, sweepMetrics[5:6]},
		{"failed", sim.UnitOne, 0, sweepMetrics[6:7]},
	} {
		over.name = ""
		g := plot{title: part.title + " over " + name, about: "The numbers are in the table of points.", class: "chart", wide: halfWidth, high: 190, x: over}
		most := part.least
		for i, m := range part.of {
			c := plotCurve{class: rivalLine(i), dots: true, line: true}
			if len(part.of) > 1 {
				c.label = []string{"p50", "p99"}[i]
			}
			for k := range s.Points {
				if x := m.of(&s.Points[k]); x.Mean.Valid {
					c.points = append(c.points, metricDot(s.Numbers[k], x, s.place(s.Points[k])))
					most = max(most, x.Mean.Value, x.High.Value)
				}
			}
			g.curves = append(g.curves, c)
		}
		if most == 0 {
			continue
		}
		g.y = linear("", part.unit, 0, most)
		p.WriteString("<figure>")
		p.caption(part.title, "", g.curves)
		p.plot(g)
		p.WriteString("</figure>\n")
	}
	p.WriteString("</div>\n")
}

// throughput draws the scaling curve with its knee, what is asked for, and the law.
func (p page) throughput(s *Sweep, over ruler) {
	g := plot{title: "Completed per second over " + clean(s.Paths[0]), about: "The numbers are in the table of points.", wide: 960, high: 320, x: over}
	measured := plotCurve{label: "measured", class: "k0", dots: true, line: true}
	asked := plotCurve{label: "asked for", class: "tfaint third", line: true}
	most := 0.0
	for i := range s.Points {
		x := &s.Points[i]
		measured.points = append(measured.points, metricDot(s.Numbers[i], &x.Throughput, s.place(*x)))
		asked.points = append(asked.points, dot{x: s.Numbers[i], y: x.Demand.Mean.Value})
		most = max(most, x.Throughput.Mean.Value, x.Throughput.High.Value, x.Demand.Mean.Value)
	}
	g.curves = []plotCurve{asked, measured}
	if s.scales() {
		x := experiment.Scale(s.Numbers, s.Points)
		if x.Fitted && x.Law.Error <= usable {
			law := plotCurve{label: "universal scalability law", class: "k1 fitted", line: true}
			for i := range 101 {
				n := over.low + float64((over.high-over.low)*float64(i)/100)
				if y := x.Law.At(n); n > 0 && y >= 0 && y <= 2*most {
					law.points = append(law.points, dot{x: n, y: y})
					most = max(most, y)
				}
			}
			g.curves = append(g.curves, law)
			if best, ok := x.Best(); ok {
				g.uprights = append(g.uprights, upright{best, "the most at " + digits3(best)})
			}
		}
		if x.Knee >= 0 {
			g.uprights = append(g.uprights, upright{x.N[x.Knee], "knee at " + clean(s.Points[x.Knee].Values[0])})
		}
	}
	if most == 0 {
		most = 1
	}
	g.y = linear("", sim.UnitPerSecond, 0, most)
	p.WriteString("<figure>")
	p.caption("completed per second", "", g.curves)
	p.plot(g)
	p.WriteString("</figure>\n")
}

// heatMaps is every number over the two things that are varied: the second goes
// to the right.
func (p page) heatMaps(s *Sweep) {
	p.section("Maps", "The deeper the colour, the higher the number. Marks say whether a point meets everything expected.")
	downs, rights := valuesOf(s, 0), valuesOf(s, 1)
	at := map[[2]string]*experiment.Point{}
	for i := range s.Points {
		at[[2]string{s.Points[i].Values[0], s.Points[i].Values[1]}] = &s.Points[i]
	}
	p.WriteString("<div class=\"maps\">\n")
	for _, m := range sweepMetrics[1:] {
		low, high := math.Inf(1), math.Inf(-1)
		for i := range s.Points {
			if x := m.of(&s.Points[i]); x.Mean.Valid {
				low, high = min(low, x.Mean.Value), max(high, x.Mean.Value)
			}
		}
		if math.IsInf(low, 1) || low == high {
			continue
		}
		p.heatMap(s, m, downs, rights, func(down, right string) (cell, int) {
			point := at[[2]string{down, right}]
			if point == nil {
				return cell{text: absent, blank: true}, 0
			}
			x := m.of(point)
			c := cell{text: human(x.Mean, sim.Unit(x.Unit)), blank: !x.Mean.Valid}
			if v := verdictCell(*point); v.text != "" {
				c.parts = []string{v.text}
			}
			if !x.Mean.Valid {
				return c, 0
			}
			return c, 1 + int(float64(5.999*(x.Mean.Value-low)/(high-low)))
		})
	}
	p.WriteString("</div>\n")
}

// valuesOf are the values of one thing that is varied, in their order.
func valuesOf(s *Sweep, axis int) []string {
	var list []string
	for i := range s.Points {
		if v := s.Points[i].Values[axis]; !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// heatMap is one number as a table whose cells are coloured in six depths; the
// parts of a cell are its verdict.
func (p page) heatMap(s *Sweep, m sweepMetric, downs, rights []string, of func(down, right string) (cell, int)) {
	fmt.Fprintf(p, "<div><h3>%s</h3>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table class=\"heat\"><caption>%s down, %s to the right</caption>\n<thead><tr><th></th>",
		linked(markup(sweepTitle(m)), m.term), markup(sweepTitle(m)), markup(clean(s.Paths[0])), markup(clean(s.Paths[1])))
	for _, right := range rights {
		fmt.Fprintf(p, `<th scope="col">%s</th>`, markup(clean(right)))
	}
	p.WriteString("</tr></thead><tbody>\n")
	for _, down := range downs {
		fmt.Fprintf(p, `<tr><th scope="row">%s</th>`, markup(clean(down)))
		for _, right := range rights {
			c, depth := of(down, right)
			if c.parts != nil {
				c.text += " " + c.parts[0]
			}
			fmt.Fprintf(p, `<td class="h%d">%s</td>`, depth, markup(c.text))
		}
		p.WriteString("</tr>\n")
	}
	p.WriteString("</tbody></table></div></div>\n")
}
