package report

import (
	"bufio"
	"io"

	"eddy/sim"
	"eddy/sim/experiment"
)

// JSONCompared writes the document eddy.comparison/1.
func JSONCompared(w io.Writer, c *Compared) error { return writeDocument(w, c.tree()) }

func (c *Compared) tree() *sim.Node {
	root := object("", text("format", "eddy.comparison/1"))
	list := array("scenarios")
	for s, sc := range c.Scenarios {
		info := sim.ScenarioInfo{Name: sc.Name, Hash: sc.Hash, Variant: sc.Variant, Set: sc.Set}.Node()
		info.Kids = append([]*sim.Node{text("label", letter(s))}, info.Kids...)
		if s > 0 {
			changes := array("differs")
			for _, ch := range Differs(c.Resolved[0], c.Resolved[s]) {
				changes.Kids = append(changes.Kids, object("", text("path", ch.Path), textOrNull("was", ch.Was), textOrNull("is", ch.Is)))
			}
			info.Kids = append(info.Kids, changes)
		}
		list.Kids = append(list.Kids, info)
	}
	root.Kids = append(root.Kids, list, c.runNode())
	metrics := object("metrics")
	for i := range c.Measures {
		metrics.Kids = append(metrics.Kids, c.measureNode(&c.Measures[i]))
	}
	survivors := array("survivors")
	for _, s := range c.Survivors {
		gone := object("more")
		for _, g := range s.Gone {
			gone.Kids = append(gone.Kids, numberLeaf(g.What, sim.Num(g.More)))
		}
		survivors.Kids = append(survivors.Kids, object("",
			text("metric", c.Measures[s.Measure].Path), text("better", letter(s.Winner)), text("than", letter(s.Other)),
			numberLeaf("count", sim.Num(s.Count)), numberLeaf("of", sim.Num(s.Whole)), gone))
	}
	words := array("verdict")
	for _, r := range c.verdict() {
		words.Kids = append(words.Kids, text("", r.text))
	}
	root.Kids = append(root.Kids, metrics, survivors, words)
	return root
}

func (c *Compared) runNode() *sim.Node {
	n := object("run", text("version", c.Version), integerLeaf("seed", c.Scenarios[0].Seed), integerLeaf("pairs", int64(c.Pairs)))
	n.Kids = append(n.Kids, text("ended", endedWord(c.Interrupted)))
	return n
}

// endedWord is how the making of runs ended.
func endedWord(interrupted bool) string {
	if interrupted {
		return string(sim.EndedInterrupted)
	}
	return "complete"
}

var directions = [...]string{experiment.Neither: "neither", experiment.Lower: "lower", experiment.Higher: "higher"}

func (c *Compared) measureNode(m *experiment.Compared) *sim.Node {
	values, against := object("values"), object("differences")
	for s, v := range m.Values {
		values.Kids = append(values.Kids, withInterval(object(letter(s),
			numberLeaf("mean", v.Mean), numberLeaf("sd", v.SD), numberLeaf("low", v.Student.Low), numberLeaf("high", v.Student.High),
			integerLeaf("n", int64(v.N)), numberLeaf("count", v.Count), textOrNull("note", v.Note)), v.Student, v.Low, v.High))
	}
	for i, d := range m.Against {
		against.Kids = append(against.Kids, withInterval(object(letter(i+1),
			numberLeaf("mean", d.Mean), numberLeaf("sd", d.SD), numberLeaf("low", d.Student.Low), numberLeaf("high", d.Student.High),
			numberLeaf("p", d.P), numberLeaf("p_holm", d.Adjusted), text("standing", experiment.StandingNames[d.Standing]), textOrNull("note", d.Note)), d.Student, d.Low, d.High))
	}
	return object(m.Path, text("unit", string(m.Unit)), text("good", directions[m.Better]), values, against)
}

func array(key string, kids ...*sim.Node) *sim.Node {
	return &sim.Node{Key: key, IsArray: true, Kids: kids}
}

func textOrNull(key, v string) *sim.Node {
	if v == "" {
		return &sim.Node{Key: key, Leaf: &sim.Leaf{Kind: sim.NullLeaf}}
	}
	return text(key, v)
}

// CSVCompared writes one row for each measure and scenario: its mean over the
// runs with the interval's ends, the observations behind a percentile, and,
// from the second scenario on, the difference to the first.
func CSVCompared(w io.Writer, c *Compared) error {
	b := bufio.NewWriter(w)
	b.WriteString("path,unit,scenario,value,low,high,count,difference,difference_low,difference_high,p,p_holm,standing,note\n")
	for i := range c.Measures {
		m := &c.Measures[i]
		for s, v := range m.Values {
			var d experiment.Difference
			standing, note := "", v.Note
			if s > 0 {
				d = m.Against[s-1]
				standing = experiment.StandingNames[d.Standing]
				if d.Note != "" {
					note = d.Note
				}
			}
			writeRow(b, m.Path, string(m.Unit), letter(s))
			for _, n := range []sim.Number{v.Mean, v.Student.Low, v.Student.High, v.Count, d.Mean, d.Student.Low, d.Student.High, d.P, d.Adjusted} {
				b.WriteByte(',')
				writeNumberCell(b, n)
			}
			b.WriteByte(',')
			writeRow(b, standing, note)
			b.WriteByte('\n')
		}
	}
	return b.Flush()
}

// writeRow writes texts as cells beside one another.
func writeRow(b *bufio.Writer, texts ...string) {
	for i, s := range texts {
		if i > 0 {
			b.WriteByte(',')
		}
		writeCell(b, s)
	}
}
