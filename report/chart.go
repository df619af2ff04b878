package report

import (
	"bufio"
	"fmt"
	"math"
	"strconv"
	"strings"

	"eddy/sim"
	"eddy/sim/experiment"
)

// The plot of a chart, in units of the drawing.
const (
	chartWidth, chartHeight = 380.0, 156.0
	halfWidth               = 575.0 // of one of two beside one another
	plotLeft, plotRightGap  = 50.0, 10.0
	plotTop, plotBottom     = 10.0, 134.0
)

// plotted is a line of a chart.
type plotted struct {
	label string
	class string // its colour
	track *track
	area  bool // filled down to 0
}

// chart is lines over time with one scale.
type chart struct {
	title, about string
	unit         sim.Unit
	lines        []plotted
	end          int64   // ns
	least        float64 // the scale goes at least so far
	wide         float64 // 0: chartWidth
	warmup       int64   // ns that do not count
	troubled     []Stretch
}

// Stretch is a time in which something was wrong on purpose, in ns.
type Stretch = experiment.Stretch

// fitting leaves out lines without a value.
func (c chart) fitting() chart {
	kept := c.lines[:0:0]
	for _, l := range c.lines {
		if l.track != nil {
			kept = append(kept, l)
		}
	}
	c.lines = kept
	return c
}

// top is the end of the scale, at or above every value.
func (c chart) top() float64 {
	top := c.least
	for _, l := range c.lines {
		top = max(top, l.track.peak().Value)
	}
	if top <= 0 {
		return 1
	}
	return top
}

// empty says whether there is nothing but zeros to draw.
func (c chart) empty() bool {
	for _, l := range c.lines {
		if l.track.peak().Value != 0 {
			return false
		}
	}
	return true
}

// write draws a chart with what it says in words.
func (c chart) write(p page) {
	b := p.Writer
	fmt.Fprintf(b, `<figure><figcaption><b>%s</b> %s`, markup(c.title), markup(c.about))
	if len(c.lines) > 1 {
		for _, l := range c.lines {
			fmt.Fprintf(b, ` <span class="key %s">%s</span>`, l.class, markup(l.label))
		}
	}
	b.WriteString("</figcaption>\n")
	p.draw(c.width(), chartHeight, "chart", c.title+" "+c.about, c.spoken())
	c.ground(b)
	ticks := ticksTo(c.top(), c.unit)
	top := max(c.top(), ticks[len(ticks)-1])
	y := func(v float64) float64 { return plotBottom - float64(v/top*(plotBottom-plotTop)) }
	for _, v := range ticks {
		gridLine(b, c.right(), y(v), tickText(human(sim.Num(v), c.unit)))
	}
	c.timeAxis(b)
	for _, l := range c.lines {
		l.draw(b, c.x, y)
	}
	b.WriteString("</svg></figure>\n")
}

// ground shades what does not count, and the times of trouble.
func (c chart) ground(b *bufio.Writer) {
	shade := func(class, title string, from, to int64) {
		left, right := c.x(max(from, 0)), c.x(min(to, c.end))
		if right > left {
			fmt.Fprintf(b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`+"\n",
				class, place1(left), place1(plotTop), place1(right-left), place1(plotBottom-plotTop), markup(title))
		}
	}
	if c.warmup > 0 {
		shade("warmup", "warm-up, not counted: until "+seconds(c.warmup), 0, c.warmup)
	}
	for _, s := range c.troubled {
		shade("trouble", "trouble from "+seconds(s.From)+" to "+seconds(s.To), s.From, s.To)
	}
}

// seconds is an instant in ns as somebody says it.
func seconds(ns int64) string { return span(round3(float64(ns) / 1e9)) }

// spoken is the chart for somebody who does not see it.
func (c chart) spoken() string {
	var parts []string
	for _, l := range c.lines {
		low, mean, high := l.track.range3()
		parts = append(parts, fmt.Sprintf("%s: %s on average, from %s to %s", l.label, human(mean, c.unit), human(low, c.unit), human(high, c.unit)))
	}
	return strings.Join(parts, "; ") + ". From 0s to " + seconds(c.end) + "."
}

// tickText takes the zeros at the end of its decimals off a number: round
// values need no digits to say how exact they are.
func tickText(s string) string {
	digits := strings.LastIndexAny(s, "0123456789") + 1
	number, unit := s[:digits], s[digits:]
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + unit
}

func gridLine(b *bufio.Writer, right, y float64, text string) {
	fmt.Fprintf(b, `<line class="grid" x1="%s" x2="%s" y1="%s" y2="%s"/><text x="%s" y="%s" class="y">%s</text>`+"\n",
		place1(plotLeft), place1(right), place1(y), place1(y), place1(plotLeft-4), place1(y+3), markup(text))
}

func (c chart) width() float64 {
	if c.wide == 0 {
		return chartWidth
	}
	return c.wide
}

func (c chart) right() float64 { return c.width() - plotRightGap }

func (c chart) x(at int64) float64 {
	if c.end <= 0 {
		return plotLeft
	}
	return plotLeft + float64(float64(at)/float64(c.end)*(c.right()-plotLeft))
}

func (c chart) timeAxis(b *bufio.Writer) {
	for _, s := range timeTicks(float64(c.end) / 1e9) {
		at := int64(s * 1e9)
		anchor := "middle"
		switch {
		case at == 0:
			anchor = "start"
		case float64(at) > float64(c.end)*0.94:
			anchor = "end"
		}
		fmt.Fprintf(b, `<line class="tick" x1="%s" x2="%s" y1="%s" y2="%s"/><text x="%s" y="%s" text-anchor="%s">%s</text>`,
			place1(c.x(at)), place1(c.x(at)), place1(plotBottom), place1(plotBottom+4), place1(c.x(at)), place1(plotBottom+16), anchor, markup(span(s)))
	}
	b.WriteByte('\n')
}

// draw draws the means as a line, with a gap where there is no value, and
// what lies between the lowest and the highest as a band.
func (l plotted) draw(b *bufio.Writer, x func(int64) float64, y func(float64) float64) {
	for _, run := range l.track.runs() {
		if l.area {
			fmt.Fprintf(b, `<path class="area %s" d="%s"/>`+"\n", l.class, bandPath(run, x, y, func(bucket) float64 { return 0 }, bucket.mean))
		}
		if l.track.per > 1 {
			fmt.Fprintf(b, `<path class="area %s" d="%s"/>`+"\n", l.class, bandPath(run, x, y, func(b bucket) float64 { return b.low }, func(b bucket) float64 { return b.high }))
		}
		var d strings.Builder
		for i, p := range run {
			command := byte('L')
			if i == 0 {
				command = 'M'
			}
			d.WriteByte(command)
			d.WriteString(place1(x(p.at)) + " " + place1(y(p.mean())))
		}
		if len(run) == 1 {
			d.WriteString("h0.1") // a dot: the line has round ends
		}
		fmt.Fprintf(b, `<path class="line %s" d="%s"/>`+"\n", l.class, d.String())
	}
}

// runs are the stretches of the line without a gap.
func (t *track) runs() [][]bucket {
	var all [][]bucket
	from := -1
	for i, p := range t.buckets {
		switch {
		case p.n > 0 && from < 0:
			from = i
		case p.n == 0 && from >= 0:
			all, from = append(all, t.buckets[from:i]), -1
		}
	}
	if from >= 0 {
		all = append(all, t.buckets[from:])
	}
	return all
}

func bandPath(run []bucket, x func(int64) float64, y func(float64) float64, low, high func(bucket) float64) string {
	var d strings.Builder
	for i, p := range run {
		d.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + place1(x(p.at)) + " " + place1(y(high(p))))
	}
	for i := len(run) - 1; i >= 0; i-- {
		d.WriteString("L" + place1(x(run[i].at)) + " " + place1(y(low(run[i]))))
	}
	return d.String() + "Z"
}

// place1 is a place in a drawing, to a tenth.
func place1(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0")
}

// ticksTo are two to five round values from 0 up to top or just beyond it.
func ticksTo(top float64, u sim.Unit) []float64 {
	factor, _ := scale(u, top)
	step := roundUp(float64(top*factor)/4) / factor
	if u == sim.UnitSeconds && top >= 60 {
		step = roundUpTime(top / 4)
	}
	ticks := []float64{0}
	for i := 1; i < 6 && ticks[len(ticks)-1] < top; i++ {
		ticks = append(ticks, float64(i)*step)
	}
	return ticks
}

// timeTicks are round instants from 0 to an end in seconds, four to seven of them.
func timeTicks(end float64) []float64 {
	step := roundUp(end / 6)
	if end >= 60 {
		step = roundUpTime(end / 6)
	}
	var ticks []float64
	for i := 0; i < 12 && float64(i)*step <= end*1.0001; i++ {
		ticks = append(ticks, round3(float64(i)*step))
	}
	return ticks
}

// roundUp is the next 1, 2 or 5 of a power of ten.
func roundUp(v float64) float64 {
	power := math.Floor(math.Log10(v))
	unit, _ := strconv.ParseFloat("1e"+strconv.Itoa(int(power)), 64)
	for _, m := range []float64{1, 2, 2.5, 5} {
		if v <= m*unit {
			return m * unit
		}
	}
	return 10 * unit
}

// roundUpTime is the next length in whole seconds, minutes, hours or days
// that somebody would say.
func roundUpTime(seconds float64) float64 {
	for _, s := range []float64{10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 4 * 3600, 6 * 3600, 12 * 3600, 86400} {
		if seconds <= s {
			return s
		}
	}
	return 86400 * roundUp(seconds/86400)
}
