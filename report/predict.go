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

// TextPredicted writes a prediction for a person.
func TextPredicted(w io.Writer, p *experiment.Prediction, o TextOptions) error {
	return show(w, predictedLines(p, o.width()), o.width(), o.Colour)
}

func predictedLines(p *experiment.Prediction, w int) []line {
	title := line{}.add(clean(p.Scenario.Name), bold)
	if p.Scenario.Variant != "" {
		title = title.add(" · variant "+clean(p.Scenario.Variant), plain)
	}
	lines := []line{title.add("  predicted by queueing theory, without a run", faint)}
	for _, c := range p.Scenario.Set {
		lines = append(lines, hanging(noMark, "with "+clean(c.Path+"="+c.Value), faint, w)...)
	}
	for _, r := range predictedVerdict(p) {
		lines = append(lines, hanging(r.mark, r.text, plain, w)...)
	}
	for _, t := range predictedTables(p) {
		lines = append(append(lines, nil), t.layout(w)...)
	}
	lines = append(lines, nil, line{}.add("How far it can be trusted", bold))
	for _, r := range predictedTrust(p) {
		lines = append(lines, hanging(r.mark, r.text, plain, w)...)
	}
	return lines
}

// predictedVerdict says what is overrun, and by what the rates can grow.
func predictedVerdict(p *experiment.Prediction) []remark {
	if p.Endless {
		return []remark{{badMark, "The events that consumers emit make ever more events: there is no steady state, and no rate below is right."}}
	}
	var all []remark
	for i := range p.Consumers {
		c := &p.Consumers[i]
		if c.Growing.Valid && c.Hot.Partition >= 0 {
			all = append(all, remark{badMark, fmt.Sprintf(
				"%s is overrun: partition %d gets %s of its %s, more than one worker can do; what waits grows by %s. More instances do not help it; keys that part more evenly do.",
				clean(c.Name), c.Hot.Partition, percent(c.Hot.Share), rate(c.Rate), rate(c.Growing.Value))})
		} else if c.Growing.Valid {
			all = append(all, remark{badMark, fmt.Sprintf(
				"%s is overrun: %s come and it can do %s; what waits grows by %s. %s would keep it at 80%%.",
				clean(c.Name), rate(c.Rate), rate(c.Largest.Value), rate(c.Growing.Value), plural(int64(c.Instances), "instance"))})
		}
	}
	if p.BrokerLoad.Valid && p.BrokerLoad.Value >= 1 {
		all = append(all, remark{badMark, "The broker is overrun: it is asked to take in " + percent(p.BrokerLoad.Value) + " of what it can."})
	}
	for i := range p.Consumers {
		if c := &p.Consumers[i]; c.Lost.Valid && c.Lost.Value >= 0.001 && c.Flow != experiment.Unsure {
			all = append(all, remark{warnMark, fmt.Sprintf("%s does not get to all that comes: %s of its %s find no room, or get too old.", clean(c.Name), percent(c.Lost.Value), rate(c.Rate))})
		}
	}
	return append(append(all, growthRemark(p, len(all) == 0)), backlogRemarks(p)...)
}

// backlogRemarks say what piles up in a run that changes, and when it is gone.
func backlogRemarks(p *experiment.Prediction) []remark {
	if !p.Varies || !p.Followed {
		return nil
	}
	var all []remark
	for i := range p.Consumers {
		c := &p.Consumers[i]
		for _, b := range c.Run.Backlogs {
			if b.Most >= 1 && c.Run.Flow != experiment.Unsure {
				all = append(all, remark{warnMark, backlogText(c.Name, &b)})
			}
		}
	}
	return all
}

func backlogText(consumer string, b *experiment.Backlog) string {
	text := fmt.Sprintf("%s: from %s to %s ", clean(consumer), sim.SecondsText(b.Begins), sim.SecondsText(b.Peaks))
	switch {
	case math.IsInf(b.Offered, 1):
		text += "it can do nothing"
	default:
		text += percent(b.Offered) + " of what it can do comes"
	}
	text += fmt.Sprintf(": a backlog of about %s builds up, ", number(sim.Num(b.Most), sim.UnitOne).text)
	if b.Gone.Valid {
		return text + "and is gone by about " + sim.SecondsText(b.Gone.Value) + "."
	}
	return text + "and is still there at the end."
}

func growthRemark(p *experiment.Prediction, sound bool) remark {
	switch {
	case !p.Growth.Valid:
		return remark{okMark, "Nothing limits the rates."}
	case !sound:
		return remark{noMark, fmt.Sprintf("All rates times %s is the most that has a steady state.", digits3(p.Growth.Value))}
	}
	what := "the broker"
	if p.Bottleneck >= 0 {
		c := &p.Consumers[p.Bottleneck]
		what = fmt.Sprintf("%s, which gets %s and can do %s", clean(c.Name), rate(c.Rate), rate(c.Largest.Value))
	}
	text := fmt.Sprintf("Nothing is overrun. The bottleneck is %s: all rates times %s is the most that has a steady state.", what, digits3(p.Growth.Value))
	if 1/p.Growth.Value > 0.85 {
		return remark{warnMark, text}
	}
	return remark{okMark, text}
}

func predictedTables(p *experiment.Prediction) []table {
	type producer = experiment.PredictedProducer
	type consumer = experiment.PredictedConsumer
	text := func(s string) cell { return cell{text: s} }
	v := view{bar: 6}
	producers := tabulate("Producers", p.Producers, unmarked, []field[producer]{
		{column{left: true}, func(x producer) cell { return name(x.Name) }},
		{column{head: "rate", term: "predictedrate"}, func(x producer) cell { return text(rate(x.Rate)) }},
	})
	consumers := tabulate("Consumers", p.Consumers, predictedMark, []field[consumer]{
		{column{left: true}, func(x consumer) cell { return name(x.Name) }},
		{column{head: "rate", term: "predictedrate"}, func(x consumer) cell { return text(rate(x.Rate)) }},
		{column{head: "attempts", optional: true, term: "tries"}, func(x consumer) cell { return cell{text: digits3(x.Attempts), blank: x.Attempts < 1.0005} }},
		{column{head: "given up", optional: true, term: "givenup"}, func(x consumer) cell { return cell{text: rate(x.GivenUp), blank: x.GivenUp < 1e-6} }},
		{column{head: "lost", optional: true, term: "predictedlost"}, func(x consumer) cell { return trusted(x.Lost, sim.UnitShare, x.Flow) }},
		{column{head: "service", term: "service"}, func(x consumer) cell { return number(x.Service, sim.UnitSeconds) }},
		{column{head: "instances", optional: true, term: "scaled"}, func(x consumer) cell {
			return cell{text: "≈" + integer(int64(x.Scaled)), blank: x.Scaled == 0}
		}},
		{column{head: "workers", term: "workers"}, func(x consumer) cell { return workersCell(x.Workers) }},
		{column{head: "utilisation", term: "predictedutilisation"}, func(x consumer) cell { return v.utilisation(x.Utilisation) }},
		{column{head: "largest rate", term: "largest"}, func(x consumer) cell { return number(x.Largest, sim.UnitPerSecond) }},
	})
	waits := tabulate("Waits", p.Consumers, unmarked, []field[consumer]{
		{column{left: true}, func(x consumer) cell { return name(x.Name) }},
		{column{head: "by", left: true, term: "model"}, func(x consumer) cell { return text(x.Model) }},
		{column{head: "wait", term: "model"}, func(x consumer) cell { return trusted(x.Wait, sim.UnitSeconds, x.Waits) }},
		{column{head: "waiting", term: "predictedqueue"}, func(x consumer) cell { return trusted(x.Queue, sim.UnitOne, x.Waits) }},
		{column{head: "latency", term: "latency"}, func(x consumer) cell { return trusted(x.Latency, sim.UnitSeconds, x.Waits) }},
		{column{head: "±" + sim.PercentText(p.Precision) + " needs", term: "needed"}, func(x consumer) cell { return neededCell(x.Needed) }},
		{column{head: "simulated", term: "needed"}, func(x consumer) cell { return number(x.NeededTime, sim.UnitSeconds) }},
		{column{head: "runs", optional: true, term: "needed"}, func(x consumer) cell { return number(x.NeededRuns, sim.UnitOne) }},
	})
	tables := []table{producers, consumers, waits}
	if lanes := lanesOf(p); len(lanes) > 0 {
		tables = append(tables, tabulate("Waits by priority", lanes, unmarked, []field[lane]{
			{column{left: true}, func(x lane) cell { return name(x.consumer) }},
			{column{head: "priority"}, func(x lane) cell { return text(integer(int64(x.Priority))) }},
			{column{head: "rate", term: "predictedrate"}, func(x lane) cell { return text(rate(x.Rate)) }},
			{column{head: "wait", term: "priorities"}, func(x lane) cell {
				if !x.Wait.Valid && x.Waits != experiment.Unsure {
					return text("grows")
				}
				return trusted(x.Wait, sim.UnitSeconds, x.Waits)
			}},
		}))
	}
	if !p.Varies || !p.Followed {
		return tables
	}
	run := tabulate("In the run", p.Consumers, unmarked, []field[consumer]{
		{column{left: true}, func(x consumer) cell { return name(x.Name) }},
		{column{head: "done", term: "inrun"}, func(x consumer) cell { return trusted(doneIn(&x), sim.UnitPerSecond, x.Run.Flow) }},
		{column{head: "utilisation", term: "inrun"}, func(x consumer) cell { return trusted(busyIn(&x), sim.UnitShare, x.Run.Flow) }},
		{column{head: "wait", term: "inrun"}, func(x consumer) cell { return trusted(x.Run.Wait, sim.UnitSeconds, x.Run.Waits) }},
		{column{head: "longest line", term: "inrun"}, func(x consumer) cell { return trusted(longestIn(&x), sim.UnitOne, experiment.Approximate) }},
	})
	return append(tables, run)
}

// lane is the wait of one priority at one consumer.
type lane struct {
	consumer string
	experiment.PredictedPriority
}

func lanesOf(p *experiment.Prediction) []lane {
	var all []lane
	for i := range p.Consumers {
		for _, x := range p.Consumers[i].Priorities {
			all = append(all, lane{p.Consumers[i].Name, x})
		}
	}
	return all
}

// doneIn is how many copies and calls a run does a second, where theory knows.
func doneIn(c *experiment.PredictedConsumer) sim.Number {
	if c.Run.Flow == experiment.Unsure {
		return sim.Number{}
	}
	return sim.Num(c.Run.Done)
}

// busyIn is the utilisation of a run, where theory knows it.
func busyIn(c *experiment.PredictedConsumer) sim.Number {
	if c.Run.Flow == experiment.Unsure {
		return sim.Number{}
	}
	return c.Run.Busy
}

// longestIn is the largest backlog of a run, absent where there is none or
// nobody knows.
func longestIn(c *experiment.PredictedConsumer) sim.Number {
	most := sim.Number{}
	for _, b := range c.Run.Backlogs {
		if b.Most >= 1 && b.Most > most.Value && c.Run.Flow != experiment.Unsure {
			most = sim.Num(b.Most)
		}
	}
	return most
}

func predictedMark(c experiment.PredictedConsumer) mark {
	switch {
	case c.Growing.Valid:
		return badMark
	case c.Utilisation.Valid && c.Utilisation.Value > 0.85:
		return warnMark
	}
	return noMark
}

// trusted is a number with a sign before it where it is no more than right to a fifth.
func trusted(n sim.Number, u sim.Unit, t experiment.Trust) cell {
	c := number(n, u)
	if n.Valid && n.Value > 0 && t != experiment.Exact {
		c.text = "≈" + c.text
	}
	return c
}

func workersCell(n int) cell {
	if n == 0 {
		return cell{text: "∞"}
	}
	return cell{text: integer(int64(n))}
}

func neededCell(n sim.Number) cell {
	if !n.Valid {
		return cell{text: absent, blank: true}
	}
	return cell{text: strings.TrimSuffix(rate(n.Value), "/s")}
}

// assumed is what each model takes for granted.
var assumed = map[string]string{
	"M/M/c":      "Poisson arrivals, exponential work, one line: exact",
	"M/D/c":      "Poisson arrivals, constant work, one line: exact",
	"M/G/1":      "Poisson arrivals, any work, one server: exact",
	"M/G/∞":      "a worker for every event, so nobody waits: exact",
	"M/M/c/K":    "Poisson arrivals, exponential work, so much room and no more: exact",
	"M/M/c+D":    "Poisson arrivals, exponential work, copies that get too old: exact",
	"bounded":    "a line that is bounded, as M/M/c/K or M/M/c+D scaled by how irregular arrivals and work are: right to some 10%",
	"fluid":      "bursts worked off at the speed that what comes beside them leaves: right to some 10%",
	"M/M/c//N":   "so many callers, each of whom waits for its answer: right to some 10% unless the work is exponential",
	"no line":    "never more callers at once than workers, so nobody waits",
	"no service": "the work takes no time",
	"nothing":    "nothing reaches it",
	"none":       "no steady state: more comes than can be done",
}

// predictedTrust says of each consumer which assumptions hold, and which do not.
func predictedTrust(p *experiment.Prediction) []remark {
	var all []remark
	for i := range p.Consumers {
		c := &p.Consumers[i]
		text := clean(c.Name) + ": "
		switch {
		case c.Model == "Allen–Cunneen":
			text += fmt.Sprintf("Allen–Cunneen, an approximation from how irregular arrivals (%s; Poisson: 1) and work (%s; exponential: 1) are%s.",
				digits3(c.GapSCV.Value), digits3(c.ServiceSCV.Value), exactness(c))
		case c.Model == "nothing" || c.Model == "none":
			text += assumed[c.Model] + "."
		case assumed[c.Model] != "":
			text += c.Model + ", " + assumed[c.Model] + "."
		}
		m := okMark
		if len(c.Guesses) > 0 {
			m = noteMark
			text += " But " + clean(strings.Join(c.Guesses, "; ")) + "."
		}
		if c.Waits == experiment.Unsure && c.Stable && c.Model != "nothing" {
			m = noteMark
			text += " So no wait is told."
		}
		all = append(all, remark{m, text})
	}
	for _, g := range p.Guesses {
		all = append(all, remark{noteMark, "Everywhere: " + clean(g) + "."})
	}
	return append(all, remark{noMark, "Waits are means in the steady state, from ready to the first start; ≈: right to a fifth or better. \"±" + sim.PercentText(p.Precision) + " needs\" is how many events a run must have, warm-up aside, until the 95% interval of the mean wait is so narrow; runs: replications of this scenario's length that have as many."})
}

// exactness is how good Allen–Cunneen is where it is used: for bursts, which it
// knows only by how irregular they are in the long run, and for arrivals like
// clockwork it is not.
func exactness(c *experiment.PredictedConsumer) string {
	if c.GapSCV.Value > 2 || c.GapSCV.Value < 0.25 {
		return ""
	}
	return ", right to some 10%"
}

// MarkdownPredicted writes the same in Markdown.
func MarkdownPredicted(w io.Writer, p *experiment.Prediction) error {
	b := bufio.NewWriter(w)
	markTitle(b, sim.ScenarioInfo{Name: p.Scenario.Name, Variant: p.Scenario.Variant, Set: p.Scenario.Set})
	for _, r := range predictedVerdict(p) {
		markRemark(b, r)
	}
	d := defined{}
	d.need("offered")
	for _, t := range predictedTables(p) {
		markTable(b, t)
		d.needTable(t)
	}
	b.WriteString("\n## How far it can be trusted\n")
	for _, r := range predictedTrust(p) {
		markRemark(b, r)
	}
	markDefinitions(b, d)
	return b.Flush()
}

// JSONPredicted writes the document eddy.prediction/1.
func JSONPredicted(w io.Writer, p *experiment.Prediction) error {
	s := p.Scenario
	root := object("", text("format", "eddy.prediction/1"), sim.ScenarioInfo{Name: s.Name, Hash: s.Hash, Variant: s.Variant, Set: s.Set}.Node())
	producers, consumers := object("producers"), object("consumers")
	for _, x := range p.Producers {
		producers.Kids = append(producers.Kids, object(x.Name, numberLeaf("rate", sim.Num(x.Rate))))
	}
	for i := range p.Consumers {
		consumers.Kids = append(consumers.Kids, predictedNode(&p.Consumers[i]))
	}
	bottleneck := text("bottleneck", "broker")
	switch {
	case p.Bottleneck >= 0:
		bottleneck.Leaf.Text = "consumers." + p.Consumers[p.Bottleneck].Name
	case !p.Growth.Valid:
		bottleneck = textOrNull("bottleneck", "")
	}
	root.Kids = append(root.Kids, producers, consumers, numberLeaf("broker_load", p.BrokerLoad), bottleneck,
		numberLeaf("growth", p.Growth), numberLeaf("precision", sim.Num(p.Precision)), truth("endless", p.Endless), texts("assumptions", p.Guesses))
	return writeDocument(w, root)
}

func predictedNode(c *experiment.PredictedConsumer) *sim.Node {
	var hot, share sim.Number
	if c.Hot.Partition >= 0 {
		hot, share = sim.Num(float64(c.Hot.Partition)), sim.Num(c.Hot.Share)
	}
	return object(c.Name,
		numberLeaf("rate", sim.Num(c.Rate)), numberLeaf("attempts", sim.Num(c.Attempts)), numberLeaf("given_up", sim.Num(c.GivenUp)), numberLeaf("lost", c.Lost),
		integerLeaf("scaled", int64(c.Scaled)),
		integerLeaf("workers", int64(c.Workers)), numberLeaf("service", c.Service), numberLeaf("service_scv", c.ServiceSCV),
		numberLeaf("gap_scv", c.GapSCV), numberLeaf("offered", sim.Num(c.Offered)), numberLeaf("utilisation", c.Utilisation),
		truth("stable", c.Stable), numberLeaf("growing", c.Growing), integerLeaf("instances", int64(c.Instances)),
		numberLeaf("largest_rate", c.Largest),
		numberLeaf("hot_partition", hot), numberLeaf("hot_share", share), text("model", c.Model), numberLeaf("wait", c.Wait), numberLeaf("queue", c.Queue),
		numberLeaf("latency", c.Latency), numberLeaf("events_needed", c.Needed), numberLeaf("seconds_needed", c.NeededTime),
		numberLeaf("replications_needed", c.NeededRuns),
		prioritiesNode(c), trustNode(c), runNode(c), texts("assumptions", c.Guesses))
}

// prioritiesNode is the wait of each priority.
func prioritiesNode(c *experiment.PredictedConsumer) *sim.Node {
	all := object("by_priority")
	for _, x := range c.Priorities {
		all.Kids = append(all.Kids, object(integer(int64(x.Priority)), numberLeaf("rate", sim.Num(x.Rate)), numberLeaf("wait", x.Wait), text("trust", x.Waits.String())))
	}
	return all
}

// runNode is what a run of the scenario is expected to measure.
func runNode(c *experiment.PredictedConsumer) *sim.Node {
	backlogs := array("backlogs")
	for _, b := range c.Run.Backlogs {
		offered := sim.Num(b.Offered)
		if math.IsInf(b.Offered, 1) {
			offered = sim.Number{} // nothing could be done
		}
		backlogs.Kids = append(backlogs.Kids, object("", numberLeaf("begins", sim.Num(b.Begins)), numberLeaf("peaks", sim.Num(b.Peaks)),
			numberLeaf("most", sim.Num(b.Most)), numberLeaf("gone", b.Gone), numberLeaf("offered", offered)))
	}
	return object("run", numberLeaf("done", doneIn(c)), numberLeaf("utilisation", busyIn(c)), numberLeaf("wait", c.Run.Wait),
		object("trust", text("rate", c.Run.Flow.String()), text("wait", c.Run.Waits.String())), backlogs)
}

// trustNode says how far the rates and the waits of a consumer can be relied on.
func trustNode(c *experiment.PredictedConsumer) *sim.Node {
	return object("trust", text("rate", c.Flow.String()), text("wait", c.Waits.String()))
}

func truth(key string, is bool) *sim.Node {
	leaf := &sim.Leaf{Kind: sim.BoolLeaf}
	if is {
		leaf.Int = 1
	}
	return &sim.Node{Key: key, Leaf: leaf}
}

func texts(key string, list []string) *sim.Node {
	n := array(key)
	for _, s := range list {
		n.Kids = append(n.Kids, text("", s))
	}
	return n
}

// CSVPredicted writes one row a number: path, value, unit.
func CSVPredicted(w io.Writer, p *experiment.Prediction) error {
	b := bufio.NewWriter(w)
	b.WriteString("path,value,unit\n")
	row := func(path string, v sim.Number, u sim.Unit) {
		writeCell(b, path)
		b.WriteByte(',')
		writeNumberCell(b, v)
		b.WriteByte(',')
		writeCell(b, string(u))
		b.WriteByte('\n')
	}
	for _, x := range p.Producers {
		row("producers."+x.Name+".rate", sim.Num(x.Rate), sim.UnitPerSecond)
	}
	for i := range p.Consumers {
		c := &p.Consumers[i]
		at := "consumers." + c.Name + "."
		row(at+"rate", sim.Num(c.Rate), sim.UnitPerSecond)
		row(at+"attempts", sim.Num(c.Attempts), sim.UnitOne)
		row(at+"given_up", sim.Num(c.GivenUp), sim.UnitPerSecond)
		row(at+"offered", sim.Num(c.Offered), sim.UnitOne)
		row(at+"utilisation", c.Utilisation, sim.UnitShare)
		row(at+"largest_rate", c.Largest, sim.UnitPerSecond)
		row(at+"service", c.Service, sim.UnitSeconds)
		row(at+"wait", c.Wait, sim.UnitSeconds)
		row(at+"queue", c.Queue, sim.UnitOne)
		row(at+"latency", c.Latency, sim.UnitSeconds)
		row(at+"events_needed", c.Needed, sim.UnitOne)
		row(at+"run.done", doneIn(c), sim.UnitPerSecond)
		row(at+"run.utilisation", busyIn(c), sim.UnitShare)
		row(at+"run.wait", c.Run.Wait, sim.UnitSeconds)
	}
	row("growth", p.Growth, sim.UnitOne)
	return b.Flush()
}
