package report

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim/experiment"
	"eddy/sim/spec"
)

// measuredAndPredicted is a scenario's prediction and runs.
func measuredAndPredicted(t *testing.T, text string, runs int) (*experiment.Prediction, *Replicated) {
	t.Helper()
	sc, ds := scenarios.Load([]byte("name: beside\nduration: 20m\nwarmup: 1m\n"+text), scenarios.Options{})
	if sc == nil {
		t.Fatal(ds)
	}
	o, err := experiment.Of(sc, experiment.Options{Replications: runs}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r := &Replicated{Runs: o.Runs, Theory: experiment.Predict(sc), Metrics: experiment.Summarise(sc, o.Runs)}
	return r.Theory, r
}

const (
	plainSystem = `producers: {p: {emits: e, to: q, rate: poisson(60/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 2, work: exp(20ms)}}
`
	overrunSystem = `producers: {p: {emits: e, to: q, rate: poisson(120/s)}}
broker: {channels: {q: {type: queue}, r: {type: queue}}}
consumers: {c: {from: q, instances: 2, work: exp(20ms), emit: f, to: r}, d: {from: r, work: exp(5ms)}}
`
	brokenSystem = plainSystem + "timeline: [{at: 5m, crash: c, instances: all, restart: 2m}]\n"
	scaledSystem = `producers: {p: {emits: e, to: q, rate: poisson(60/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 2, work: exp(20ms), autoscale: {min: 1, max: 5, on: backlog, target: 2}}}
`
	rareTest = `producers: {p: {emits: e, to: q, rate: poisson(60/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: 'pareto(5ms, 2.1)'}}
`
)

func TestTheoryBesideMeasurement(t *testing.T) {
	for _, c := range []struct {
		name, text string
		differs    []string // of each consumer, "" for nothing
		says       string
	}{
		{"a plain system", plainSystem, []string{""}, "Everything is as predicted"},
		{"one that is overrun, and one behind it", overrunSystem, []string{"", ""}, "Everything is as predicted"},
		{"one that was down", brokenSystem, []string{""}, "Everything is as predicted"},
		{"one that theory does not know", scaledSystem, []string{""}, "Theory does not tell what this run is like for c; eddy predict says why."},
		{"one with rare long work", rareTest, []string{"wait"}, "wait is not as predicted: for ±5% of the mean wait it takes"},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			p, r := measuredAndPredicted(t, c.text, 1)
			rows := besideRun(p, r.Runs[0])
			for i, b := range rows {
				if got := strings.Join(b.differs(), " "); got != c.differs[i] {
					t.Errorf("%s differs in %q, not in %q: %+v", b.name, got, c.differs[i], b)
				}
			}
			said := besideRemarks(p, rows)
			if len(said) == 0 || !strings.Contains(said[0].text, c.says) {
				t.Errorf("it says %v, not %q", said, c.says)
			}
		})
	}
}

// TestTheoryIsInEveryReport: for people, of one run and of several, and never
// without a prediction.
func TestTheoryIsInEveryReport(t *testing.T) {
	p, several := measuredAndPredicted(t, overrunSystem, 3)
	one := several.Runs[0]
	for _, with := range []*experiment.Prediction{p, nil} {
		several.Theory = with
		for name, write := range map[string]func(io.Writer) error{
			"text":                 func(w io.Writer) error { return Text(w, one, TextOptions{Theory: with}) },
			"Markdown":             func(w io.Writer) error { return Markdown(w, one, with) },
			"HTML":                 func(w io.Writer) error { return HTML(w, one, nil, with) },
			"text of several":      func(w io.Writer) error { return TextReplicated(w, several, TextOptions{}) },
			"Markdown of several":  func(w io.Writer) error { return MarkdownReplicated(w, several) },
			"HTML of several runs": func(w io.Writer) error { return HTMLReplicated(w, several, nil) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			said := strings.Contains(b.String(), "Theory") && strings.Contains(b.String(), "grows") && strings.Contains(b.String(), "as predicted")
			if said != (with != nil) {
				t.Errorf("%s: theory is there: %v", name, said)
			}
		}
	}
}

// TestTheoryFits: at any width, and whatever the names.
func TestTheoryFits(t *testing.T) {
	p, r := measuredAndPredicted(t, brokenSystem, 1)
	hostile := "c\x1b[31m<b>" + strings.Repeat("漢", 40)
	p.Consumers[0].Name, r.Runs[0].Consumers[0].Name = hostile, hostile
	p.Scenario = &spec.Scenario{}
	for w := 20; w <= 120; w += 7 {
		var b bytes.Buffer
		if err := Text(&b, r.Runs[0], TextOptions{Width: w, Theory: p}); err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(b.String()) {
			if strings.ContainsRune(l, '\x1b') || width(strings.TrimSuffix(l, "\n")) > w {
				t.Errorf("%d cells: %q", w, l)
			}
		}
	}
	var b bytes.Buffer
	if err := HTML(&b, r.Runs[0], nil, p); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "<b>") || strings.ContainsRune(b.String(), '\x1b') {
		t.Error("a name is taken for markup")
	}
}
