package report

import (
	"fmt"
	"math"
	"strings"

	"eddy/sim"
)

// quantilePlot draws the latency of consumers over their quantiles. Each step
// to the right is about a tenth of the copies that are left.
type quantilePlot struct {
	page
	consumers []sim.ConsumerResult
	low, high float64 // decades
}

// quantileMarks are the places of the axis.
var quantileMarks = []struct {
	label string
	of    func(sim.Latency) sim.Number
}{
	{"min", func(l sim.Latency) sim.Number { return l.Min }},
	{"p50", func(l sim.Latency) sim.Number { return l.P50 }},
	{"p90", func(l sim.Latency) sim.Number { return l.P90 }},
	{"p95", func(l sim.Latency) sim.Number { return l.P95 }},
	{"p99", func(l sim.Latency) sim.Number { return l.P99 }},
	{"p99.9", func(l sim.Latency) sim.Number { return l.P999 }},
	{"max", func(l sim.Latency) sim.Number { return l.Max }},
}

const quantileWidth, quantileHeight = 960.0, 290.0

func (q *quantilePlot) write() {
	q.measure()
	q.WriteString("<figure><figcaption>")
	for i, c := range q.consumers {
		fmt.Fprintf(q, `<span class="key k%d">%s</span> `, i, markup(c.Name))
	}
	q.WriteString("</figcaption>\n")
	q.draw(quantileWidth, quantileHeight, "full", "Latency by quantile", "A line for each consumer from its fastest copy to its slowest; the numbers are in the table below it.")
	for d := q.low; d <= q.high; d++ {
		q.grid(math.Pow(10, d))
	}
	for i, m := range quantileMarks {
		fmt.Fprintf(q, `<text x="%s" y="%s" text-anchor="middle">%s</text>`, place1(q.x(i)), place1(quantileHeight-6), m.label)
	}
	q.WriteByte('\n')
	for i, c := range q.consumers {
		q.line(i, c)
	}
	q.WriteString("</svg></figure>\n")
	q.details("Latency by quantile, in numbers", q.table())
}

// table is what is drawn, in numbers.
func (q *quantilePlot) table() table {
	type item = sim.ConsumerResult
	fields := []field[item]{
		{column{left: true}, func(c item) cell { return name(c.Name) }},
		{column{head: "copies"}, func(c item) cell { return whole(c.Latency.Count) }},
	}
	for _, m := range quantileMarks {
		fields = append(fields, field[item]{column{head: m.label}, func(c item) cell { return number(m.of(c.Latency), sim.UnitSeconds) }})
	}
	return tabulate("", q.consumers, unmarked, fields)
}

// measure finds the decades that hold every value. A latency of 0 has no
// place on a logarithmic scale and stands at its foot.
func (q *quantilePlot) measure() {
	least, most := math.Inf(1), 0.0
	for _, c := range q.consumers {
		for _, m := range quantileMarks {
			if v := m.of(c.Latency); v.Valid && v.Value > 0 {
				least, most = min(least, v.Value), max(most, v.Value)
			}
		}
	}
	q.low, q.high = math.Floor(math.Log10(least)), math.Ceil(math.Log10(most))
	q.low = max(q.low, q.high-7)
	if q.high <= q.low {
		q.high = q.low + 1
	}
}

func (q *quantilePlot) x(i int) float64 {
	return 60 + float64(float64(i)/float64(len(quantileMarks)-1)*(quantileWidth-90))
}

func (q *quantilePlot) y(v float64) float64 {
	decade := q.low
	if v > 0 {
		decade = min(max(math.Log10(v), q.low), q.high)
	}
	return quantileHeight - 24 - float64((decade-q.low)/(q.high-q.low)*(quantileHeight-34))
}

func (q *quantilePlot) grid(v float64) {
	y := q.y(v)
	fmt.Fprintf(q, `<line class="grid" x1="60" x2="%s" y1="%s" y2="%s"/><text x="54" y="%s" class="y">%s</text>`+"\n",
		place1(quantileWidth-30), place1(y), place1(y), place1(y+3), decadeText(v))
}

func (q *quantilePlot) line(i int, c sim.ConsumerResult) {
	var d strings.Builder
	for k, m := range quantileMarks {
		v := m.of(c.Latency)
		if !v.Valid {
			continue
		}
		command := byte('L')
		if d.Len() == 0 {
			command = 'M'
		}
		d.WriteByte(command)
		d.WriteString(place1(q.x(k)) + " " + place1(q.y(v.Value)))
	}
	fmt.Fprintf(q, `<path class="line k%d" d="%s"/>`, i, d.String())
	for k, m := range quantileMarks {
		if v := m.of(c.Latency); v.Valid {
			fmt.Fprintf(q, `<circle class="part k%d" cx="%s" cy="%s" r="3"><title>%s %s %s</title></circle>`,
				i, place1(q.x(k)), place1(q.y(v.Value)), markup(c.Name), m.label, duration(v.Value))
		}
	}
	q.WriteByte('\n')
}
