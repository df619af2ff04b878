package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/experiment"
)

// grid is a sweep over two things, with a point that has no p99 and one that
// was not done.
func grid() *Sweep {
	s := &Sweep{Name: "shop", Paths: []string{"consumers.payment.instances", "producers.web.rate"}, Asked: 6, Version: "0.1.0"}
	for i := range 5 {
		p := swept().Points[i]
		p.Values = []string{fmt.Sprint(1 + i/3), []string{"10/s", "20/s", "<b>30/s</b>"}[i%3]}
		p.Throughput.Mean = sim.Num(float64(10 * (i + 1)))
		if i == 2 {
			p.P99 = experiment.Metric{Unit: "s", Note: "no flow"}
		}
		s.Points = append(s.Points, p)
	}
	return s
}

// Pages of everything but runs are safe, lead nowhere that is not there, and
// say what they are about.
func TestOtherPages(t *testing.T) {
	nothing := &Sweep{Name: "shop", Paths: []string{"seed"}, Asked: 3}
	for name, x := range map[string]struct {
		write func(io.Writer) error
		wants []string
	}{
		"sweep": {func(w io.Writer) error { return HTMLSwept(w, swept()) }, []string{
			"knee at", "universal scalability law", "X(N) = λN", "asked for", "instance-seconds", "Satopää", "cheapest point",
		}},
		"grid":     {func(w io.Writer) error { return HTMLSwept(w, grid()) }, []string{"Maps", "<b>30/s</b>", "5 of 6 points", "–"}},
		"nothing":  {func(w io.Writer) error { return HTMLSwept(w, nothing) }, []string{"0 of 3 points"}},
		"predict":  {func(w io.Writer) error { return HTMLPredicted(w, predicted(t), "0.1.0") }, []string{"Load", "Allen–Cunneen", "Pollaczek", "How far it can be trusted", "λᵢ"}},
		"coupling": {func(w io.Writer) error { return HTMLCoupling(w, couplings(t), "0.1.0") }, []string{"Who notices", "Wiring", "out / (in + out)", "refused"}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := x.write(&b); err != nil {
				t.Fatal(err)
			}
			text := checkPage(t, b.Bytes())
			checkLinks(t, b.Bytes())
			for _, want := range x.wants {
				if !strings.Contains(text, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
		})
	}
}

// The deepest colour is that of the highest number, the lightest of the lowest.
func TestHeatMapDepths(t *testing.T) {
	var b bytes.Buffer
	if err := HTMLSwept(&b, grid()); err != nil {
		t.Fatal(err)
	}
	for depth, text := range map[string]string{"h1": "10/s", "h6": "50/s"} {
		if !regexp.MustCompile(`<td class="` + depth + `">` + text).Match(b.Bytes()) {
			t.Errorf("%s is not in %s", text, depth)
		}
	}
}

// Every number of a report leads to a definition that there is, and no name of
// one is there twice.
func TestGlossary(t *testing.T) {
	keys := map[string]bool{}
	for _, x := range glossary {
		if keys[x.key] || x.text == "" || x.name == "" {
			t.Errorf("%q is there twice, or says nothing", x.key)
		}
		keys[x.key] = true
	}
	for name, key := range termNames {
		if !keys[key] {
			t.Errorf("%s is defined by %s, which is not there", name, key)
		}
	}
	for name, key := range map[string]string{"latency p99": "latency", "p99": "quantile", "depth max": "depth", "what": "", "max": ""} {
		if got := termOf(name); got != key {
			t.Errorf("%s is defined by %q, want %q", name, got, key)
		}
	}
	defined := func(tables []table) {
		for _, x := range tables {
			for i, c := range x.columns {
				if i == 0 || c.head == "" || c.head == "type" || c.head == "events" {
					continue
				}
				if !keys[c.termKey()] {
					t.Errorf("%s: %s %s is not defined", x.title, c.group, c.head)
				}
			}
		}
	}
	defined(newView(busy(), 0).tables(busy()))
	defined(predictedTables(predicted(t)))
	defined([]table{swept().table().pick(func(_ int, c column) bool { return c.head != "expect" })})
	c := compared()
	for _, g := range c.groups() {
		for _, m := range g.rows {
			if key := measureTerm(m); g.title != "Backlog max" && !keys[key] {
				t.Errorf("%s is not defined", m.Label)
			}
		}
	}
}
