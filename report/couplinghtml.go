package report

import (
	"fmt"
	"io"

	"eddy/sim/experiment"
)

// HTMLCoupling writes who notices which trouble, and how the parts are wired, as
// one page; several scenarios stand below one another.
func HTMLCoupling(w io.Writer, list []*experiment.Coupling, version string) error {
	p := newPage()
	p.need.need("trouble", "notice", "luck")
	var terms []string
	f := front{title: "Coupling"}
	for _, c := range list {
		if len(list) > 1 {
			p.heading(couplingTitle(c))
		} else {
			f.title = "Coupling of " + couplingTitle(c)
		}
		p.note(couplingBasis(c) + ".")
		p.note(couplingLeftOut(c))
		p.verdict(couplingVerdict(c))
		for _, t := range couplingTables(c) {
			for i := range t.rows {
				for j := range t.rows[i].cells {
					if x := &t.rows[i].cells[j]; x.tone == warn || x.tone == bad {
						x.lit = true
					}
				}
			}
			fmt.Fprintf(p, "<h3>%s</h3>\n", markup(t.title))
			p.grid(t)
		}
		p.note(couplingLegend(c))
		terms = append(terms, fmt.Sprintf("%s: seed %d on, %s", couplingTitle(c), c.Scenario.Seed, plural(int64(c.Pairs), "pair")))
	}
	if prices := pricesOf(list); prices != nil {
		p.heading(couplingPricesTitle)
		for s := range list {
			p.note(letter(s) + ": " + couplingTitle(list[s]))
		}
		p.verdict(prices.verdict())
		p.grid(prices.table())
		p.note(couplingPricesLegend)
	}
	if version != "" {
		terms = append(terms, "eddy "+clean(version))
	}
	return p.finish(w, f, terms)
}
