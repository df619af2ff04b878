package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"

	"eddy/sim"
	"eddy/sim/experiment"
)

// Compared is a comparison with what its report needs beside it.
type Compared struct {
	*experiment.Comparison
	Resolved [][]byte // the resolved scenarios
	Version  string   // of the program
}

// letter is how the sth scenario is called in tables.
func letter(s int) string {
	if s < 26 {
		return string(rune('A' + s))
	}
	return letter(s/26-1) + letter(s%26)
}

// label is what the sth scenario is.
func (c *Compared) label(s int) string {
	sc := c.Scenarios[s]
	text := clean(sc.Name)
	if sc.Variant != "" {
		text += " · " + clean(sc.Variant)
	}
	for _, set := range sc.Set {
		text += ", " + clean(set.Path+"="+set.Value)
	}
	return text
}

// TextCompared writes a comparison for a person: the verdict, what differs, the
// tables, what to be wary of.
func TextCompared(w io.Writer, c *Compared, o TextOptions) error {
	return show(w, c.lines(o.width()), o.width(), o.Colour)
}

func (c *Compared) lines(w int) []line {
	lines := []line{line{}.add("Compared", bold).add("  "+c.basis(), faint)}
	for s := range c.Scenarios {
		note := ""
		if s == 0 {
			note = "  the base"
		}
		lines = append(lines, line{}.add("  "+letter(s), bold).add("  "+c.label(s), plain).add(note, faint))
	}
	lines = append(lines, nil)
	for _, r := range c.verdict() {
		lines = append(lines, hanging(r.mark, r.text, plain, w)...)
	}
	for s := 1; s < len(c.Scenarios); s++ {
		lines = append(append(lines, nil), c.differLines(s, w)...)
	}
	for _, t := range c.tables(w) {
		lines = append(append(lines, nil), t.layout(w)...)
	}
	for _, list := range c.remarks() {
		lines = append(lines, nil)
		for _, r := range list {
			lines = append(lines, hanging(r.mark, r.text, faintUnless(r.mark), w)...)
		}
	}
	return lines
}

func faintUnless(m mark) tone {
	if m == noMark {
		return faint
	}
	return plain
}

// basis says what the comparison rests on.
func (c *Compared) basis() string {
	text := plural(int64(c.Pairs), "pair") + " of runs on common luck"
	if len(c.Scenarios) > 2 {
		text = plural(int64(c.Pairs), "run") + " of each on common luck"
	}
	if c.Pairs > 0 {
		first := c.Runs[0][0].Run
		text += fmt.Sprintf(", seed %d on, %s each", first.Seed, span(first.Duration))
	}
	if c.Interrupted {
		text += " · interrupted"
	}
	return text
}

// shownChanges is how many differences between scenarios a text lists.
const shownChanges = 20

func (c *Compared) differLines(s, w int) []line {
	lines := []line{line{}.add("What differs", bold).add("  from "+letter(0)+" to "+letter(s), faint)}
	changes := Differs(c.Resolved[0], c.Resolved[s])
	if len(changes) == 0 {
		return append(lines, hanging(noMark, "nothing: the scenarios are the same", plain, w)...)
	}
	for _, ch := range changes[:min(shownChanges, len(changes))] {
		lines = append(lines, hanging(noMark, ch.String(), plain, w)...)
	}
	if more := len(changes) - shownChanges; more > 0 {
		lines = append(lines, hanging(noMark, fmt.Sprintf("and %d more; --format json has all", more), faint, w)...)
	}
	return lines
}

// String is the change in one line.
func (ch Change) String() string {
	switch {
	case ch.Was == "":
		return "+ " + clean(ch.Path) + ": " + clean(ch.Is)
	case ch.Is == "":
		return "- " + clean(ch.Path) + ": " + clean(ch.Was)
	}
	return clean(ch.Path) + ": " + clean(ch.Was) + " → " + clean(ch.Is)
}

// tables are those of the measures that differ, or could: one for each flow,
// producer and consumer, one for all channels.
// Where there is no room for all scenarios beside one another, each has one
// beside the base.
func (c *Compared) tables(w int) []table {
	var all []table
	for _, g := range c.groups() {
		all = append(all, c.fitting(g.title, g.rows, g.label, w)...)
	}
	return all
}

// measureGroup is the measures that share a table.
type measureGroup struct {
	title string
	rows  []*experiment.Compared
	label func(*experiment.Compared) string
}

// groups are the measures that differ, or could, table by table.
func (c *Compared) groups() []measureGroup {
	var all []measureGroup
	for from := 0; from < len(c.Measures); {
		title, label := heading(&c.Measures[from])
		var rows []*experiment.Compared
		for from < len(c.Measures) {
			m := &c.Measures[from]
			if now, _ := heading(m); now != title {
				break
			}
			if saysSomething(m) && !sameEverywhere(m) {
				rows = append(rows, m)
			}
			from++
		}
		if len(rows) > 0 {
			all = append(all, measureGroup{title, rows, label})
		}
	}
	return all
}

func (c *Compared) fitting(title string, rows []*experiment.Compared, label func(*experiment.Compared) string, w int) []table {
	others := make([]int, len(c.Scenarios)-1)
	for i := range others {
		others[i] = i + 1
	}
	t := c.table(title, rows, label, others)
	if len(others) == 1 || t.least() <= w {
		return []table{t}
	}
	var all []table
	for _, s := range others {
		all = append(all, c.table(title, rows, label, []int{s}))
	}
	return all
}

// heading is the title of the table that a measure belongs in, and how its row
// is called there.
func heading(m *experiment.Compared) (title string, label func(*experiment.Compared) string) {
	byLabel := func(m *experiment.Compared) string { return m.Label }
	switch m.Group {
	case "flows":
		return "Flow " + clean(m.Name), byLabel
	case "producers":
		return "Producer " + clean(m.Name), byLabel
	case "consumers":
		return "Consumer " + clean(m.Name), byLabel
	case "ledger":
		return "Came to nothing, whole run", byLabel
	case "faults":
		return "After the fault", byLabel
	}
	return "Backlog max", func(m *experiment.Compared) string { return clean(m.Name) }
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// saysSomething is false for what is 0 or absent in every scenario.
func saysSomething(m *experiment.Compared) bool {
	for _, v := range m.Values {
		if v.Mean.Valid && v.Mean.Value != 0 || m.Group == "faults" {
			return true
		}
	}
	return false
}

func sameEverywhere(m *experiment.Compared) bool {
	for _, d := range m.Against {
		if d.Standing != experiment.Same {
			return false
		}
	}
	return true
}

func measureName(m *experiment.Compared) string {
	if m.Name == "" {
		return m.Label
	}
	return clean(m.Name) + " " + m.Label
}

// table has the base and other scenarios beside one another.
func (c *Compared) table(title string, rows []*experiment.Compared, label func(*experiment.Compared) string, others []int) table {
	type row = *experiment.Compared
	fields := []field[row]{{column{left: true}, func(m row) cell { return cell{text: label(m), term: measureTerm(m)} }}}
	add := func(f field[row]) { fields = append(fields, f) }
	value := func(s int) {
		add(field[row]{column{head: letter(s)}, func(m row) cell { return number(m.Values[s].Mean, m.Unit) }})
		add(field[row]{column{head: "n", optional: true}, func(m row) cell { return population(m.Values[s].Count) }})
	}
	value(0)
	for _, s := range others {
		value(s)
		add(field[row]{column{head: letter(s) + " − " + letter(0), term: "difference"}, func(m row) cell { return differenceCell(m, s) }})
		add(field[row]{column{head: "better", left: true}, func(m row) cell { return standingCell(m, s) }})
	}
	return tabulate(title, rows, unmarked, fields)
}

// measureTerm is the definition behind a measure.
func measureTerm(m *experiment.Compared) string {
	switch {
	case m.Group == "flows" && m.Label == "failed":
		return "failedflow"
	case m.Group == "channels" || m.Group == "subscriptions":
		return "" // its table is about one thing
	}
	return termOf(m.Label)
}

func population(n sim.Number) cell {
	if !n.Valid {
		return cell{text: "", blank: true}
	}
	return cell{text: strings.TrimSuffix(rate(n.Value), "/s"), tone: faint}
}

// differenceCell is a difference with half of its interval.
func differenceCell(m *experiment.Compared, s int) cell {
	d := m.Against[s-1]
	if !d.Mean.Valid {
		return cell{text: absent, blank: true}
	}
	return cell{text: differenceText(m, d)}
}

func differenceText(m *experiment.Compared, d experiment.Difference) string {
	if d.Standing == experiment.Same {
		return "0"
	}
	most := 0.0
	for _, v := range m.Values {
		if a := max(v.Mean.Value, -v.Mean.Value); a > most {
			most = a
		}
	}
	sign := ""
	if d.Mean.Value > 0 {
		sign = "+"
	}
	points := func(text string) string {
		if m.Unit == sim.UnitShare {
			return strings.TrimSuffix(text, "%") + "pp"
		}
		return text
	}
	if !d.Low.Valid {
		doubt := max(d.Mean.Value, -d.Mean.Value) / 10
		return sign + points(precise(d.Mean.Value, m.Unit, most, doubt))
	}
	half := (d.High.Value - d.Low.Value) / 2
	if half == 0 {
		doubt := max(d.Mean.Value, -d.Mean.Value) / 10
		return sign + points(precise(d.Mean.Value, m.Unit, most, doubt))
	}
	_, suffix := scale(m.Unit, most)
	mean := strings.TrimSuffix(precise(d.Mean.Value, m.Unit, most, half), suffix)
	return sign + mean + " ±" + points(precise(half, m.Unit, most, half))
}

func standingCell(m *experiment.Compared, s int) cell {
	switch m.Against[s-1].Standing {
	case experiment.Better:
		return cell{text: letter(s), tone: good}
	case experiment.Worse:
		return cell{text: letter(0), tone: bad}
	case experiment.Different:
		return cell{text: "≠"}
	case experiment.Noise:
		return cell{text: "~", tone: faint}
	case experiment.Same:
		return cell{text: "=", tone: faint}
	}
	return cell{text: "?", tone: warn}
}

// remarks are what stands below the tables, in paragraphs.
func (c *Compared) remarks() [][]remark {
	var all [][]remark
	add := func(list []remark) {
		if len(list) > 0 {
			all = append(all, list)
		}
	}
	add(c.survivorRemarks())
	add(c.sameRemark())
	add(append(c.noteRemarks(), c.legend()...))
	return all
}

// survivorRemarks warn of percentiles that are lower on fewer events, together
// where the same events are missing.
func (c *Compared) survivorRemarks() []remark {
	var list []remark
	for i := 0; i < len(c.Survivors); {
		s := c.Survivors[i]
		names, verb := measureName(&c.Measures[s.Measure]), "is"
		for i++; i < len(c.Survivors) && sameSurvivors(s, c.Survivors[i]); i++ {
			names, verb = names+", "+measureName(&c.Measures[c.Survivors[i].Measure]), "are"
		}
		var gone []string
		for _, g := range s.Gone {
			gone = append(gone, compactCount(g.More)+" more "+g.What)
		}
		list = append(list, remark{warnMark, fmt.Sprintf(
			"%s %s lower in %s on fewer events: %s a run instead of %s; in the whole run %s. What is left out may be what was slow.",
			names, verb, letter(s.Winner), compactCount(s.Count), compactCount(s.Whole), strings.Join(gone, ", "))})
	}
	return list
}

func sameSurvivors(a, b experiment.Survivors) bool {
	return a.Winner == b.Winner && a.Other == b.Other && alike(a.Count, b.Count) && alike(a.Whole, b.Whole)
}

// alike says whether two counts differ by less than a hundredth.
func alike(a, b float64) bool { return max(a, b)-min(a, b) <= max(a, b)/100 }

func compactCount(v float64) string { return quantity(float64(int64(v + 0.5))) }

// sameRemark names what is equal in every pair.
func (c *Compared) sameRemark() []remark {
	var names []string
	for i := range c.Measures {
		if m := &c.Measures[i]; saysSomething(m) && sameEverywhere(m) {
			names = append(names, measureName(m))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []remark{{noMark, "The same in every pair: " + strings.Join(names, ", ") + "."}}
}

// noteRemarks say why differences have no interval.
func (c *Compared) noteRemarks() []remark {
	var notes []string
	names := map[string][]string{}
	for i := range c.Measures {
		m := &c.Measures[i]
		if !saysSomething(m) {
			continue
		}
		for _, d := range m.Against {
			if d.Note == "" {
				continue
			}
			note, _, _ := strings.Cut(d.Note, ":")
			if names[note] == nil {
				notes = append(notes, note)
			}
			if !contains(names[note], measureName(m)) {
				names[note] = append(names[note], measureName(m))
			}
		}
	}
	var list []remark
	for _, n := range notes {
		list = append(list, remark{noMark, "? " + clean(n) + ": " + strings.Join(names[n], ", ")})
	}
	return list
}

// legend says how the tables are read.
func (c *Compared) legend() []remark {
	tested := 0
	for i := range c.Measures {
		for _, d := range c.Measures[i].Against {
			if d.P.Valid {
				tested++
			}
		}
	}
	if tested == 0 {
		return nil
	}
	return []remark{{noMark, fmt.Sprintf(
		"± is half of the 95%% interval of the difference by itself. \"better\" names a scenario only where the difference holds at 5%% after "+
			"Holm's correction for all %d that were tested; ~ is noise, ≠ a difference that is neither good nor bad, n the observations a run's percentile is of.", tested)}}
}

// MarkdownCompared writes the same report in Markdown.
func MarkdownCompared(w io.Writer, c *Compared) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# Comparison\n\n%s.\n\n", escape(c.basis()))
	for s := range c.Scenarios {
		fmt.Fprintf(b, "- **%s** %s\n", letter(s), escape(c.label(s)))
	}
	for _, r := range c.verdict() {
		markRemark(b, r)
	}
	for s := 1; s < len(c.Scenarios); s++ {
		fmt.Fprintf(b, "\n## What differs from %s to %s\n\n", letter(0), letter(s))
		for _, ch := range Differs(c.Resolved[0], c.Resolved[s]) {
			fmt.Fprintf(b, "- %s\n", escape(ch.String()))
		}
	}
	d := defined{}
	d.need("luck", "warmup", "replications", "interval")
	for _, t := range c.tables(math.MaxInt) {
		markTable(b, t)
		d.needTable(t)
	}
	for _, list := range c.remarks() {
		for _, r := range list {
			markRemark(b, r)
		}
	}
	markDefinitions(b, d)
	return b.Flush()
}
