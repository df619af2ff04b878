package report

import (
	"bufio"
	"fmt"
	"strings"

	"eddy/sim"
	"eddy/sim/experiment"
)

// couplingPrices is what the couplings of several scenarios buy and cost,
// against the first.
type couplingPrices struct {
	list   []*experiment.Coupling
	prices []experiment.Price
}

// pricesOf is nil where there is nothing to hold against one another.
func pricesOf(list []*experiment.Coupling) *couplingPrices {
	if len(list) < 2 {
		return nil
	}
	prices := experiment.Prices(list)
	if prices == nil {
		return nil
	}
	return &couplingPrices{list, prices}
}

const couplingPricesTitle = "What it buys and costs"

// lines are the section for a terminal.
func (c *couplingPrices) lines(w int) []line {
	lines := []line{line{}.add(couplingPricesTitle, bold).add("  against A, "+couplingTitle(c.list[0]), faint)}
	for s := range c.list {
		lines = append(lines, line{}.add("  "+letter(s), bold).add("  "+couplingTitle(c.list[s]), plain))
	}
	for _, r := range c.verdict() {
		lines = append(lines, hanging(r.mark, r.text, plain, w)...)
	}
	lines = append(append(lines, nil), c.table().layout(w)...)
	return append(append(lines, nil), hanging(noMark, couplingPricesLegend, faint, w)...)
}

// markdown writes the section in Markdown.
func (c *couplingPrices) markdown(b *bufio.Writer) {
	fmt.Fprintf(b, "\n# %s\n\n", couplingPricesTitle)
	for s := range c.list {
		fmt.Fprintf(b, "- **%s** %s\n", letter(s), escape(couplingTitle(c.list[s])))
	}
	for _, r := range c.verdict() {
		markRemark(b, r)
	}
	t := c.table()
	t.title = "Against A"
	markTable(b, t)
	fmt.Fprintf(b, "\n%s\n", paragraph(couplingPricesLegend))
}

const couplingPricesLegend = "Per trouble is on average over those above, against the same runs without; what is calm is in runs without. Less of each is better; ~ is no difference that these pairs can tell after Holm's correction. The availability is that of " +
	"the producer that needs the most parts at once, each up 99.9% of the time."

// verdict says of each scenario what it buys and costs against the first.
func (c *couplingPrices) verdict() []remark {
	var all []remark
	for s := 1; s < len(c.list); s++ {
		better, worse := c.moved(s, experiment.Better), c.moved(s, experiment.Worse)
		who := letter(s)
		switch {
		case better == "" && worse == "":
			all = append(all, remark{noteMark, who + ": no difference that these pairs can tell."})
			continue
		case better == "":
			all = append(all, remark{warnMark, fmt.Sprintf("%s costs: %s. It buys nothing that these pairs can tell.", who, worse)})
		case worse == "":
			all = append(all, remark{okMark, fmt.Sprintf("%s buys: %s. It costs nothing that these pairs can tell.", who, better)})
		default:
			all = append(all, remark{noteMark, fmt.Sprintf("%s buys: %s. It costs: %s.", who, better, worse)})
		}
	}
	return all
}

// moved lists the prices that a scenario's difference stands so for.
func (c *couplingPrices) moved(s int, standing experiment.Standing) string {
	var parts []string
	for i := range c.prices {
		p := &c.prices[i]
		d := &p.Against[s-1]
		if d.Standing != standing {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %s instead of %s (%s)", p.Label,
			human(p.Values[s].Mean, p.Unit), human(p.Values[0].Mean, p.Unit), priceDifference(p, s)))
	}
	return strings.Join(parts, ", ")
}

// priceDifference is a difference with half of its interval, as in a comparison.
func priceDifference(p *experiment.Price, s int) string {
	m := &experiment.Compared{Unit: p.Unit}
	for _, v := range []int{0, s} {
		m.Values = append(m.Values, experiment.Value{Metric: p.Values[v]})
	}
	return differenceText(m, p.Against[s-1])
}

// priceRow is a line of the table: a price, or a measure of the wiring.
type priceRow struct {
	label string
	cells []cell
}

func (c *couplingPrices) table() table {
	rows := []priceRow{c.staticRow("noticed by", func(x *experiment.Coupling) string { return human(noticedBy(x), sim.UnitShare) })}
	for i := range c.prices {
		p := &c.prices[i]
		row := priceRow{label: p.Label}
		for s := range c.list {
			cell := number(p.Values[s].Mean, p.Unit)
			if s > 0 {
				cell.text, cell.tone = priceText(p, s), priceTone(p.Against[s-1].Standing)
			}
			row.cells = append(row.cells, cell)
		}
		rows = append(rows, row)
	}
	rows = append(rows,
		c.staticRow("longest chain of calls", func(x *experiment.Coupling) string { return integer(int64(deepest(x).Chain)) }),
		c.staticRow("parts up together", func(x *experiment.Coupling) string { return integer(int64(deepest(x).Together)) }),
		c.staticRow("availability", func(x *experiment.Coupling) string { return percent(deepest(x).Availability) }))
	fields := []field[priceRow]{{column{left: true}, func(r priceRow) cell { return cell{text: r.label} }}}
	for s := range c.list {
		fields = append(fields, field[priceRow]{column{head: letter(s)}, func(r priceRow) cell { return r.cells[s] }})
	}
	return tabulate(couplingPricesTitle, rows, unmarked, fields)
}

func (c *couplingPrices) staticRow(label string, of func(*experiment.Coupling) string) priceRow {
	row := priceRow{label: label}
	for _, x := range c.list {
		row.cells = append(row.cells, cell{text: of(x)})
	}
	return row
}

// priceText is a price beside how it stands to the first scenario's, so that
// the standing is not told by colour alone.
func priceText(p *experiment.Price, s int) string {
	text := human(p.Values[s].Mean, p.Unit)
	switch p.Against[s-1].Standing {
	case experiment.Noise:
		return text + " ~"
	case experiment.Same:
		return text + " ="
	case experiment.Better:
		return text + " ✓"
	case experiment.Worse:
		return text + " ✗"
	}
	return text
}

func priceTone(s experiment.Standing) tone {
	switch s {
	case experiment.Better:
		return good
	case experiment.Worse:
		return bad
	case experiment.Noise, experiment.Same:
		return faint
	}
	return plain
}

// noticedBy is the share of the parties that notice a trouble, on average; absent
// where that cannot be told.
func noticedBy(c *experiment.Coupling) sim.Number {
	reached, all := 0, 0
	for i := range c.Blasts {
		reached, all = reached+radius(&c.Blasts[i]), all+len(c.Parties)
	}
	if all == 0 || !conclusive(c) {
		return sim.Number{}
	}
	return sim.Num(float64(reached) / float64(all))
}

// deepest is the wiring of the producer that needs the most parts at once.
func deepest(c *experiment.Coupling) experiment.Wiring {
	var most experiment.Wiring
	for _, w := range c.Wiring {
		if strings.HasPrefix(w.Name, "producers.") && w.Together > most.Together {
			most = w
		}
	}
	return most
}

// node is the section of the document, with the scenarios by their places.
func (c *couplingPrices) node() *sim.Node {
	all := array("prices")
	for i := range c.prices {
		p := &c.prices[i]
		values, against := array("values"), array("against_first")
		for s := range c.list {
			v := p.Values[s]
			values.Kids = append(values.Kids, withInterval(object("", numberLeaf("mean", v.Mean), numberLeaf("low", v.Student.Low), numberLeaf("high", v.Student.High), text("note", v.Note)), v.Student, v.Low, v.High))
			if s > 0 {
				d := differenceNode("", p.Against[s-1])
				against.Kids = append(against.Kids, d)
			}
		}
		all.Kids = append(all.Kids, object("", text("measure", p.Path), text("unit", string(p.Unit)), values, against))
	}
	return all
}
