package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/experiment"
	"eddy/sim/theory"
)

// swept is eight points that scale by a law, the last three with everything
// that is expected.
func swept() *Sweep {
	law := theory.Scalability{Rate: 20, Contention: 0.05, Coherence: 0.01}
	s := &Sweep{Name: "shop", Paths: []string{"consumers.payment.instances"}, Asked: 8, Version: "0.1.0"}
	metric := func(v float64, u sim.Unit) experiment.Metric {
		return experiment.Metric{Mean: sim.Num(v), SD: sim.Num(v / 50), Low: sim.Num(v * 0.98), High: sim.Num(v * 1.02), Student: experiment.Interval{Low: sim.Num(v * 0.98), High: sim.Num(v * 1.02)}, N: 5, Unit: string(u)}
	}
	for i := range 8 {
		n := float64(i + 1)
		verdict := sim.Failed
		if i == 3 {
			verdict = sim.Inconclusive
		}
		if i > 4 {
			verdict = sim.Pass
		}
		s.Numbers = append(s.Numbers, n)
		s.Points = append(s.Points, experiment.Point{
			Values: []string{fmt.Sprint(i + 1)}, Hash: "ab", Seed: 1, Runs: 5, Demand: metric(200, sim.UnitPerSecond),
			Throughput: metric(law.At(n), sim.UnitPerSecond), P50: metric(1/n, sim.UnitSeconds), P99: experiment.Metric{Mean: sim.Num(9 / n), Unit: "s", Note: "not enough tail"},
			Utilisation: metric(0.9, sim.UnitShare), Cost: metric(600*n, sim.UnitSeconds), Failed: metric(8-n, sim.UnitOne), Verdict: verdict,
		})
	}
	return s
}

func sweptText(s *Sweep, csv bool, o TextOptions) func(io.Writer) error {
	return func(w io.Writer) error {
		var values []string
		for _, p := range s.Points {
			values = append(values, p.Values[0])
		}
		rows, err := NewSweepRows(w, s.Paths, [][]string{values}, true, csv, o)
		if err != nil {
			return err
		}
		for _, p := range s.Points {
			if err := rows.Row(p); err != nil {
				return err
			}
		}
		if csv {
			return nil
		}
		return SweepSummary(w, s, o)
	}
}

func TestSweepGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"sweep-80.txt":    sweptText(swept(), false, TextOptions{}),
		"sweep-120.ansi":  sweptText(swept(), false, TextOptions{Width: 120, Colour: true}),
		"sweep.csv":       sweptText(swept(), true, TextOptions{}),
		"sweep.json":      func(w io.Writer) error { return JSONSwept(w, swept()) },
		"sweep.md":        func(w io.Writer) error { return MarkdownSwept(w, swept()) },
		"sweep.html":      func(w io.Writer) error { return HTMLSwept(w, swept()) },
		"sweep-grid.html": func(w io.Writer) error { return HTMLSwept(w, grid()) },
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, write) })
	}
}

func TestSweepSaysWhatItIs(t *testing.T) {
	text := func(s *Sweep) string {
		var b bytes.Buffer
		if err := SweepSummary(&b, s, TextOptions{Width: 120}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if got := text(swept()); !strings.Contains(got, "20.0/s for one, contention 5.0%, coherence 1.00%") || !strings.Contains(got, "instances=6, with 3,600") {
		t.Error(got)
	}
	sated := swept()
	for i := 2; i < 8; i++ {
		sated.Points[i].Throughput.Mean = sim.Num(199)
	}
	if got := text(sated); strings.Contains(got, "contention") || !strings.Contains(got, "everything that is asked for is done") {
		t.Error(got)
	}
	some := swept()
	some.Points, some.Numbers = some.Points[:2], some.Numbers[:2]
	if got := text(some); !strings.Contains(got, "Interrupted: 2 of 8 points") || !strings.Contains(got, "No point meets") {
		t.Error(got)
	}
	var b bytes.Buffer
	if err := JSONSwept(&b, some); err != nil || !json.Valid(b.Bytes()) {
		t.Errorf("%v: %s", err, &b)
	}
}

// TestSweepRowsTellPointsApart: at 80 cells the values of two paths are whole, and
// the verdict stands at the end of each row.
func TestSweepRowsTellPointsApart(t *testing.T) {
	paths := []string{"consumers.resizer.instances", "producers.uploads.rate"}
	values := [][]string{{"1", "2"}, {"poisson(10/s)", "poisson(30/s)"}}
	var b strings.Builder
	rows, err := NewSweepRows(&b, paths, values, true, false, TextOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, rate := range values[1] {
		p := swept().Points[0]
		p.Values = []string{"1", rate}
		if err := rows.Row(p); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if !strings.HasPrefix(lines[0], "instances  rate ") {
		t.Errorf("head %q", lines[0])
	}
	for i, l := range lines[1:] {
		if !strings.Contains(l, " "+values[1][i]+" ") || !strings.HasSuffix(l, "  ✗") || width(l) > 80 {
			t.Errorf("row %q", l)
		}
	}
}
