package report

import (
	"fmt"
	"sort"
	"strings"

	"eddy/sim/experiment"
)

// audiences are whom a measure matters to.
var audiences = [experiment.Audiences]string{
	experiment.Callers:   "those who publish or call",
	experiment.Outcomes:  "those who wait for the outcome",
	experiment.Integrity: "those who need every effect once and in order",
	experiment.Operators: "those who run it and pay for it",
}

// named is how many measures a sentence of the verdict names.
const named = 2

// verdict says for whom each scenario is better than the base, and what it costs.
func (c *Compared) verdict() []remark {
	if c.Pairs == 0 {
		return []remark{{openMark, "Interrupted before the first pair of runs was done: there is nothing to compare."}}
	}
	var all []remark
	for s := 1; s < len(c.Scenarios); s++ {
		all = append(all, c.verdictOn(s)...)
	}
	return all
}

func (c *Compared) verdictOn(s int) []remark {
	var all []remark
	var untold []string
	for a := range experiment.Audience(experiment.Audiences) {
		better, worse := c.moved(s, a, experiment.Better), c.moved(s, a, experiment.Worse)
		who := audiences[a]
		switch {
		case len(better) > 0 && len(worse) > 0:
			all = append(all, remark{noteMark, fmt.Sprintf("Mixed for %s: %s is better in %s; worse in %s.", who, letter(s), c.examples(better, s), c.examples(worse, s))})
		case len(better) > 0:
			all = append(all, remark{okMark, fmt.Sprintf("%s is better for %s: %s.", letter(s), who, c.examples(better, s))})
		case len(worse) > 0:
			all = append(all, remark{badMark, fmt.Sprintf("%s is worse for %s: %s.", letter(s), who, c.examples(worse, s))})
		case c.matters(a):
			untold = append(untold, who)
		}
	}
	switch {
	case len(all) > 0 && len(untold) > 0:
		all = append(all, remark{noMark, "No difference to tell for " + strings.Join(untold, ", or ") + "."})
	case len(all) == 0 && c.allSame(s):
		all = append(all, remark{okMark, fmt.Sprintf("%s and %s are the same in every number of every pair.", letter(0), letter(s))})
	case len(all) == 0 && c.Pairs < 3:
		all = append(all, remark{openMark, "Fewer than 3 pairs: a difference cannot be told from noise; --replications makes more."})
	case len(all) == 0:
		all = append(all, remark{okMark, fmt.Sprintf("No difference between %s and %s that %s can tell from noise.", letter(0), letter(s), plural(int64(c.Pairs), "pair"))})
	}
	return all
}

// matters says whether anything that an audience looks at says something.
func (c *Compared) matters(a experiment.Audience) bool {
	for i := range c.Measures {
		if c.Measures[i].Audience == a && saysSomething(&c.Measures[i]) {
			return true
		}
	}
	return false
}

func (c *Compared) allSame(s int) bool {
	for i := range c.Measures {
		if saysSomething(&c.Measures[i]) && c.Measures[i].Against[s-1].Standing != experiment.Same {
			return false
		}
	}
	return true
}

// moved are the measures of an audience that stand so, those that changed by
// the largest share first.
func (c *Compared) moved(s int, a experiment.Audience, standing experiment.Standing) []*experiment.Compared {
	var found []*experiment.Compared
	for i := range c.Measures {
		if m := &c.Measures[i]; m.Audience == a && m.Against[s-1].Standing == standing {
			found = append(found, m)
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return moves(found[i], s) > moves(found[j], s) })
	return found
}

// moves is how much of the larger value the difference is.
func moves(m *experiment.Compared, s int) float64 {
	abs := func(v float64) float64 { return max(v, -v) }
	most := max(abs(m.Values[0].Mean.Value), abs(m.Values[s].Mean.Value))
	if most == 0 {
		return 0
	}
	return abs(m.Against[s-1].Mean.Value) / most
}

// examples name the first of the measures, one of a component, and count the rest.
func (c *Compared) examples(list []*experiment.Compared, s int) string {
	var texts []string
	seen := map[string]bool{}
	for _, m := range list {
		if place := m.Group + "." + m.Name; len(texts) < named && !seen[place] {
			seen[place] = true
			texts = append(texts, fmt.Sprintf("%s %s → %s", measureName(m), human(m.Values[0].Mean, m.Unit), human(m.Values[s].Mean, m.Unit)))
		}
	}
	text := strings.Join(texts, ", ")
	if more := len(list) - len(texts); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
