package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"eddy/sim"
	"eddy/sim/experiment"
)

// TextCoupling writes what troubles do to whom, and how the parts are wired.
func TextCoupling(w io.Writer, list []*experiment.Coupling, o TextOptions) error {
	var lines []line
	for i, c := range list {
		if i > 0 {
			lines = append(lines, nil)
		}
		lines = append(lines, couplingLines(c, o.width())...)
	}
	if prices := pricesOf(list); prices != nil {
		lines = append(append(lines, nil), prices.lines(o.width())...)
	}
	return show(w, lines, o.width(), o.Colour)
}

func couplingLines(c *experiment.Coupling, w int) []line {
	lines := []line{line{}.add(couplingTitle(c), bold).add("  "+couplingBasis(c), faint)}
	if text := couplingLeftOut(c); text != "" {
		lines = append(lines, hanging(noMark, text, faint, w)...)
	}
	for _, r := range couplingVerdict(c) {
		lines = append(lines, hanging(r.mark, r.text, plain, w)...)
	}
	for _, t := range couplingTables(c) {
		lines = append(append(lines, nil), t.layout(w)...)
	}
	lines = append(lines, nil)
	return append(lines, hanging(noMark, couplingLegend(c), faint, w)...)
}

func couplingTitle(c *experiment.Coupling) string {
	title := clean(c.Scenario.Name)
	if c.Scenario.Variant != "" {
		title += " · " + clean(c.Scenario.Variant)
	}
	return title
}

func couplingBasis(c *experiment.Coupling) string {
	text := fmt.Sprintf("%s of runs for each trouble, each lasting %s", plural(int64(c.Pairs), "pair"), span(c.Lasts))
	if c.Interrupted {
		text += " · interrupted"
	}
	return text
}

// couplingLeftOut says that the scenario's own faults are left out, "" where it
// has none.
func couplingLeftOut(c *experiment.Coupling) string {
	if c.LeftOut == 0 {
		return ""
	}
	return fmt.Sprintf("Without %s of its own timeline, beside which a trouble would not show.", plural(int64(c.LeftOut), "fault"))
}

// couplingVerdict says how far troubles reach, those that reach farthest first.
func couplingVerdict(c *experiment.Coupling) []remark {
	if !conclusive(c) {
		return []remark{{openMark, "Fewer than 3 pairs: what is noticed cannot be told from noise."}}
	}
	reached, all := 0, 0
	worst, most := -1, -1
	for i := range c.Blasts {
		n := radius(&c.Blasts[i])
		reached, all = reached+n, all+len(c.Parties)
		if n > most {
			worst, most = i, n
		}
	}
	if all == 0 {
		return nil
	}
	b := &c.Blasts[worst]
	return []remark{{noteMark, fmt.Sprintf("On average a trouble is noticed by %s of the parties. The farthest, %s %s, reaches %d of %d.",
		percent(float64(reached)/float64(all)), b.Kind, shortName(b.Component), most, len(c.Parties))}}
}

// conclusive says whether there are pairs enough to tell what is noticed from noise.
func conclusive(c *experiment.Coupling) bool { return c.Pairs >= 3 }

// radius is how many parties notice a trouble.
func radius(b *experiment.Blast) int {
	n := 0
	for i := range b.Effects {
		if b.Effects[i].Notices() {
			n++
		}
	}
	return n
}

func couplingTables(c *experiment.Coupling) []table {
	type blast = experiment.Blast
	type wiring = experiment.Wiring
	fields := []field[blast]{
		{column{left: true}, func(b blast) cell { return cell{text: b.Kind + " " + shortName(b.Component)} }},
		{column{head: "notice", term: "notice"}, func(b blast) cell {
			if !conclusive(c) {
				return cell{text: absent, tone: faint}
			}
			return cell{text: fmt.Sprintf("%d of %d", radius(&b), len(b.Effects))}
		}},
		{column{head: "recovery", term: "recovery"}, func(b blast) cell { return number(b.Recovery, sim.UnitSeconds) }},
	}
	for i, p := range c.Parties {
		fields = append(fields, field[blast]{column{head: partyName(p)}, func(b blast) cell {
			if !conclusive(c) {
				return cell{text: absent, tone: faint}
			}
			return effectCell(&b.Effects[i])
		}})
	}
	var all []table
	if c.Pairs > 0 {
		all = append(all, tabulate("Who notices", c.Blasts, unmarked, fields))
	}
	return append(all, tabulate("Wiring", c.Wiring, unmarked, []field[wiring]{
		{column{left: true}, func(x wiring) cell { return cell{text: shortName(x.Name)} }},
		{column{head: "in", term: "fanin"}, func(x wiring) cell { return whole(int64(x.In)) }},
		{column{head: "out", term: "fanin"}, func(x wiring) cell { return whole(int64(x.Out)) }},
		{column{head: "instability", term: "instability"}, func(x wiring) cell { return cell{text: digits3(x.Instability)} }},
		{column{head: "calls in a chain", term: "chain"}, func(x wiring) cell { return whole(int64(x.Chain)) }},
		{column{head: "up together", term: "together"}, func(x wiring) cell { return whole(int64(x.Together)) }},
		{column{head: "availability", term: "chainavailability"}, func(x wiring) cell { return cell{text: percent(x.Availability)} }},
	}))
}

// shortName is a component without its kind.
func shortName(path string) string {
	_, name, found := strings.Cut(path, ".")
	if !found {
		name = path
	}
	return clean(name)
}

// partyName tells a flow from a consumer of the same name.
func partyName(path string) string {
	if name, is := strings.CutPrefix(path, "flows."); is {
		return "flow " + clean(name)
	}
	return shortName(path)
}

// effectCell is what a party notices, · for nothing.
func effectCell(e *experiment.Effect) cell {
	var parts []string
	if e.Refused.Standing == experiment.Worse {
		parts = append(parts, percent(e.Refused.Mean.Value)+" refused")
	}
	if e.Lost.Standing == experiment.Worse {
		parts = append(parts, quantity(e.Lost.Mean.Value)+" lost")
	}
	if e.Delayed.Standing == experiment.Worse {
		parts = append(parts, "+"+duration(e.Delayed.Mean.Value))
	}
	if parts == nil {
		return cell{text: "·", tone: faint, blank: true}
	}
	t := warn
	if e.Refused.Standing == experiment.Worse || e.Lost.Standing == experiment.Worse {
		t = bad
	}
	return cell{text: strings.Join(parts, " "), tone: t}
}

func couplingLegend(*experiment.Coupling) string {
	return "A slow consumer takes five times as long; a crash takes all instances. Refused is the share of all a producer tried, lost are families that failed or copies given up, " +
		"+ is how much longer the mean takes over the whole run; each holds at 5% after Holm's correction. Recovery is until no more waits than before. " +
		"\"up together\" is how many parts must be up at the same instant, the broker apart, and availability theirs where each is up 99.9% of the time."
}

// MarkdownCoupling writes the same in Markdown.
func MarkdownCoupling(w io.Writer, list []*experiment.Coupling) error {
	b := bufio.NewWriter(w)
	d := defined{}
	d.need("trouble", "luck")
	for i, c := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "# %s\n\n%s.\n", escape(couplingTitle(c)), escape(couplingBasis(c)))
		if text := couplingLeftOut(c); text != "" {
			fmt.Fprintf(b, "\n%s\n", paragraph(text))
		}
		for _, r := range couplingVerdict(c) {
			markRemark(b, r)
		}
		for _, t := range couplingTables(c) {
			markTable(b, t)
			d.needTable(t)
		}
		fmt.Fprintf(b, "\n%s\n", paragraph(couplingLegend(c)))
	}
	if prices := pricesOf(list); prices != nil {
		prices.markdown(b)
	}
	markDefinitions(b, d)
	return b.Flush()
}

// JSONCoupling writes the document eddy.coupling/1.
func JSONCoupling(w io.Writer, list []*experiment.Coupling) error {
	all := array("scenarios")
	for _, c := range list {
		s := c.Scenario
		troubles, wiring := array("troubles"), object("wiring")
		for i := range c.Blasts {
			troubles.Kids = append(troubles.Kids, blastNode(&c.Blasts[i], conclusive(c)))
		}
		for _, x := range c.Wiring {
			wiring.Kids = append(wiring.Kids, object(x.Name, integerLeaf("fan_in", int64(x.In)), integerLeaf("fan_out", int64(x.Out)),
				numberLeaf("instability", sim.Num(x.Instability)), integerLeaf("sync_depth", int64(x.Chain)),
				integerLeaf("up_together", int64(x.Together)), numberLeaf("availability", sim.Num(x.Availability))))
		}
		all.Kids = append(all.Kids, object("",
			sim.ScenarioInfo{Name: s.Name, Hash: s.Hash, Variant: s.Variant, Set: s.Set}.Node(),
			integerLeaf("seed", s.Seed), integerLeaf("pairs", int64(c.Pairs)), text("ended", endedWord(c.Interrupted)), numberLeaf("lasts", sim.Num(c.Lasts)), integerLeaf("faults_left_out", int64(c.LeftOut)), troubles, wiring))
	}
	document := object("", text("format", "eddy.coupling/1"), all)
	if prices := pricesOf(list); prices != nil {
		document.Kids = append(document.Kids, prices.node())
	}
	return writeDocument(w, document)
}

// blastNode is what a trouble does. Whether it is noticed is null where that
// cannot be told.
func blastNode(b *experiment.Blast, conclusive bool) *sim.Node {
	effects := object("effects")
	for i := range b.Effects {
		e := &b.Effects[i]
		notices := truth("notices", e.Notices())
		if !conclusive {
			notices.Leaf = &sim.Leaf{Kind: sim.NullLeaf}
		}
		effects.Kids = append(effects.Kids, object(e.Party, notices,
			differenceNode("lost", e.Lost), differenceNode("delayed", e.Delayed), differenceNode("refused", e.Refused)))
	}
	return object("", text("component", b.Component), text("kind", b.Kind), numberLeaf("recovery", b.Recovery), effects)
}

func differenceNode(key string, d experiment.Difference) *sim.Node {
	return withInterval(object(key, numberLeaf("mean", d.Mean), numberLeaf("low", d.Student.Low), numberLeaf("high", d.Student.High),
		numberLeaf("p_holm", d.Adjusted), text("standing", experiment.StandingNames[d.Standing])), d.Student, d.Low, d.High)
}

// CSVCoupling writes one row for each component with how it is wired, and one
// for each trouble and party.
func CSVCoupling(w io.Writer, list []*experiment.Coupling) error {
	b := bufio.NewWriter(w)
	b.WriteString("scenario,component,trouble,party,notices,lost,delayed,refused,recovery," +
		"fan_in,fan_out,instability,sync_depth,up_together,availability\n")
	for _, c := range list {
		for i := range c.Wiring {
			x := &c.Wiring[i]
			writeRow(b, couplingTitle(c), x.Name, "", "", "")
			writeNumberCells(b, none, none, none, none, sim.Num(float64(x.In)), sim.Num(float64(x.Out)), sim.Num(x.Instability),
				sim.Num(float64(x.Chain)), sim.Num(float64(x.Together)), sim.Num(x.Availability))
		}
		for i := range c.Blasts {
			blast := &c.Blasts[i]
			for j := range blast.Effects {
				e, notices := &blast.Effects[j], ""
				if conclusive(c) {
					notices = strconv.FormatBool(e.Notices())
				}
				writeRow(b, couplingTitle(c), blast.Component, blast.Kind, e.Party, notices)
				writeNumberCells(b, e.Lost.Mean, e.Delayed.Mean, e.Refused.Mean, blast.Recovery, none, none, none, none, none, none)
			}
		}
	}
	return b.Flush()
}

// none is a cell without a number.
var none sim.Number

// writeNumberCells ends a row.
func writeNumberCells(b *bufio.Writer, values ...sim.Number) {
	for _, v := range values {
		b.WriteByte(',')
		writeNumberCell(b, v)
	}
	b.WriteByte('\n')
}
