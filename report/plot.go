package report

import (
	"fmt"
	"math"
	"strings"

	"eddy/sim"
)

// plot is curves over a number: distributions, scaling, effects.
type plot struct {
	title, about string // what it is, and what it says to those who do not see it
	class        string // of the drawing
	wide, high   float64
	x, y         ruler
	curves       []plotCurve
	uprights     []upright
	bands        []stripe // of x, in which something was wrong on purpose
}

// stripe is a stretch of a scale.
type stripe struct {
	from, to float64
	title    string
}

// ruler is one scale of a plot.
type ruler struct {
	name      string
	unit      sim.Unit
	log       bool
	low, high float64
	ticks     []float64
}

// plotCurve is a line, or dots, or both.
type plotCurve struct {
	label, class string
	points       []dot
	dots, line   bool
}

// dot is a point of a curve. Low and High are the ends of its interval where
// it has one.
type dot struct {
	x, y, low, high float64
	bounded         bool
	title           string
}

// upright is a line across the plot at one x.
type upright struct {
	x     float64
	label string
}

// The room around a plot, in units of the drawing.
const plotsLeft, plotsRight, plotsTop = 62.0, 18.0, 12.0

func (p plot) px(v float64) float64 {
	return plotsLeft + float64(p.x.part(v)*(p.wide-plotsLeft-plotsRight))
}

// bottom is where the scale of x is drawn.
func (p plot) bottom() float64 {
	if p.x.name == "" {
		return p.high - 24
	}
	return p.high - 38
}

func (p plot) py(v float64) float64 {
	return p.bottom() - float64(p.y.part(v)*(p.bottom()-plotsTop))
}

// part is where on the ruler a value is, 0 to 1; what is beyond it stands at its end.
func (r ruler) part(v float64) float64 {
	low, high := r.low, r.high
	if r.log {
		v, low, high = math.Log10(max(v, low)), math.Log10(low), math.Log10(high)
	}
	if high <= low {
		return 0
	}
	return min(max((v-low)/(high-low), 0), 1)
}

// linear is a scale from 0, or from the lowest value if that is below, to a
// round number at or above the highest.
func linear(name string, u sim.Unit, low, high float64) ruler {
	r := ruler{name: name, unit: u, low: min(low, 0)}
	if high <= r.low {
		high = r.low + 1
	}
	r.ticks = ticksTo(high-r.low, u)
	r.high = max(high, r.low+r.ticks[len(r.ticks)-1])
	for i := range r.ticks {
		r.ticks[i] += r.low
	}
	return r
}

// between is a scale whose ends are given, with round numbers on it.
func between(name string, u sim.Unit, low, high float64) ruler {
	r := ruler{name: name, unit: u, low: low, high: high}
	if high <= low {
		r.high = low + 1
	}
	step := roundUp((r.high - r.low) / 8)
	if r.low == math.Floor(r.low) && r.high == math.Floor(r.high) {
		step = max(step, 1)
	}
	for i := math.Ceil(r.low/step - 1e-9); i*step <= r.high*(1+1e-12); i++ {
		r.ticks = append(r.ticks, round3(i*step))
	}
	return r
}

// logarithmic is a scale whose ticks are the powers of ten, and between them 2
// and 5 where there is room. Both ends are above 0.
func logarithmic(name string, u sim.Unit, low, high float64) ruler {
	r := ruler{name: name, unit: u, log: true, low: low, high: high}
	if r.high <= r.low {
		r.high = r.low * 10
	}
	decades := math.Log10(r.high / r.low)
	steps := []float64{1, 2, 5}
	if decades > 4.5 {
		steps = steps[:1]
	}
	for d := math.Floor(math.Log10(r.low)); d <= math.Ceil(math.Log10(r.high)); d++ {
		for _, s := range steps {
			if v := round3(s * math.Pow(10, d)); v >= r.low*(1-1e-9) && v <= r.high*(1+1e-9) {
				r.ticks = append(r.ticks, v)
			}
		}
	}
	return r
}

// label is a tick of the ruler as text.
func (r ruler) label(v float64) string {
	if r.log && r.unit == sim.UnitSeconds {
		return decadeText(v)
	}
	return tickText(human(sim.Num(v), r.unit))
}

// decadeText is a time on a scale of powers of ten, where 100s says more than 1m40s.
func decadeText(seconds float64) string {
	if seconds >= 60 {
		return integer(int64(math.Round(seconds))) + "s"
	}
	return tickText(duration(seconds))
}

// plot draws it, without a frame.
func (p page) plot(g plot) {
	class := g.class
	if class == "" {
		class = "full"
	}
	p.draw(g.wide, g.high, class, g.title, g.about)
	g.scales(p)
	for _, b := range g.bands {
		left, right := g.px(b.from), g.px(b.to)
		fmt.Fprintf(p, `<rect class="trouble" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`+"\n",
			place1(left), place1(plotsTop), place1(max(right-left, 1)), place1(g.bottom()-plotsTop), markup(b.title))
	}
	for _, u := range g.uprights {
		g.upright(p, u)
	}
	for _, c := range g.curves {
		g.curve(p, c)
	}
	p.WriteString("</svg>\n")
}

func (g plot) scales(p page) {
	left, right, bottom := plotsLeft, g.wide-plotsRight, g.bottom()
	for _, v := range g.y.ticks {
		y := g.py(v)
		fmt.Fprintf(p, `<line class="grid" x1="%s" x2="%s" y1="%s" y2="%s"/><text class="y" x="%s" y="%s">%s</text>`+"\n",
			place1(left), place1(right), place1(y), place1(y), place1(left-6), place1(y+3.5), markup(g.y.label(v)))
	}
	after := math.Inf(-1) // where the last label ended
	for _, v := range g.x.ticks {
		x, text := g.px(v), g.x.label(v)
		half := float64(width(text)) * 3.2
		at := min(max(x, left-20+half), g.wide-half)
		fmt.Fprintf(p, `<line class="tick" x1="%s" x2="%s" y1="%s" y2="%s"/>`, place1(x), place1(x), place1(bottom), place1(bottom+4))
		if at-half < after+6 {
			continue
		}
		after = at + half
		fmt.Fprintf(p, `<text x="%s" y="%s" text-anchor="middle">%s</text>`, place1(at), place1(bottom+16), markup(text))
	}
	fmt.Fprintf(p, `<line class="axis" x1="%s" x2="%s" y1="%s" y2="%s"/>`+"\n", place1(left), place1(right), place1(bottom), place1(bottom))
	if g.x.name != "" {
		fmt.Fprintf(p, `<text x="%s" y="%s" text-anchor="middle">%s</text>`+"\n", place1((left+right)/2), place1(g.high-5), markup(cut(g.x.name, 110)))
	}
}

func (g plot) upright(p page, u upright) {
	x := g.px(u.x)
	anchor, at := "start", x+5
	if x > g.wide*0.8 {
		anchor, at = "end", x-5
	}
	fmt.Fprintf(p, `<line class="mark" x1="%s" x2="%s" y1="%s" y2="%s"/><text class="said" x="%s" y="%s" text-anchor="%s">%s</text>`+"\n",
		place1(x), place1(x), place1(plotsTop), place1(g.bottom()), place1(at), place1(g.bottom()-8), anchor, markup(u.label))
}

func (g plot) curve(p page, c plotCurve) {
	if c.line && len(c.points) > 0 {
		var d strings.Builder
		for i, at := range c.points {
			command := byte('L')
			if i == 0 {
				command = 'M'
			}
			d.WriteByte(command)
			d.WriteString(place1(g.px(at.x)) + " " + place1(g.py(at.y)))
		}
		fmt.Fprintf(p, `<path class="line %s" d="%s"/>`+"\n", c.class, d.String())
	}
	if !c.dots {
		return
	}
	for _, at := range c.points {
		x, y := g.px(at.x), g.py(at.y)
		if at.bounded {
			low, high := g.py(at.low), g.py(at.high)
			fmt.Fprintf(p, `<path class="whisker %s" d="M%s %sV%sM%s %sH%sM%s %sH%s"/>`, c.class,
				place1(x), place1(high), place1(low), place1(x-3), place1(high), place1(x+3), place1(x-3), place1(low), place1(x+3))
		}
		fmt.Fprintf(p, `<circle class="part %s" cx="%s" cy="%s" r="3.5"><title>%s</title></circle>`+"\n", c.class, place1(x), place1(y), markup(at.title))
	}
}

// caption is what stands above a drawing: what it is of, and its key.
func (p page) caption(title, about string, keys []plotCurve) {
	fmt.Fprintf(p, "<figcaption><b>%s</b> %s", markup(title), markup(about))
	for _, k := range keys {
		if k.label != "" {
			fmt.Fprintf(p, ` <span class="key %s">%s</span>`, k.class, markup(k.label))
		}
	}
	p.WriteString("</figcaption>\n")
}
