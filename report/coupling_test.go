package report

import (
	"context"
	"io"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim/experiment"
)

func couplings(t *testing.T) []*experiment.Coupling {
	t.Helper()
	return []*experiment.Coupling{disturbed(t, `name: shop
duration: 30s
warmup: 3s
producers: {web: {emits: order, call: checkout, rate: poisson(40/s), timeout: 1s}}
broker: {latency: 1ms, channels: {orders: {type: queue}}}
consumers:
  checkout: {concurrency: 20, handle: [{work: exp(5ms)}, {emit: placed, to: orders}]}
  payment: {from: orders, concurrency: 4, work: exp(40ms)}
`)}
}

func disturbed(t *testing.T, scenario string) *experiment.Coupling {
	t.Helper()
	sc, ds := scenarios.Load([]byte(scenario), scenarios.Options{})
	if sc == nil {
		t.Fatal(ds)
	}
	c, err := experiment.Disturb(sc, experiment.Options{Replications: 4}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCouplingPricesGolden: with a second scenario the report says what the one
// coupling buys and costs against the other.
func TestCouplingPricesGolden(t *testing.T) {
	list := append(couplings(t), disturbed(t, `name: calls
duration: 30s
warmup: 3s
producers: {web: {emits: order, call: checkout, rate: poisson(40/s), timeout: 1s}}
broker: {latency: 1ms}
consumers:
  checkout: {concurrency: 20, handle: [{work: exp(5ms)}, {call: payment, timeout: 1s}]}
  payment: {concurrency: 4, work: exp(40ms)}
timeline: [{at: 20s, slow: payment, times: 2, for: 2s}]
`))
	for name, write := range map[string]func(io.Writer) error{
		"couplings-80.txt": func(w io.Writer) error { return TextCoupling(w, list, TextOptions{}) },
		"couplings.json":   func(w io.Writer) error { return JSONCoupling(w, list) },
		"couplings.md":     func(w io.Writer) error { return MarkdownCoupling(w, list) },
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, write) })
	}
}

func TestCouplingGolden(t *testing.T) {
	list := couplings(t)
	for name, write := range map[string]func(io.Writer) error{
		"coupling-80.txt":   func(w io.Writer) error { return TextCoupling(w, list, TextOptions{}) },
		"coupling-120.ansi": func(w io.Writer) error { return TextCoupling(w, list, TextOptions{Width: 120, Colour: true}) },
		"coupling.json":     func(w io.Writer) error { return JSONCoupling(w, list) },
		"coupling.csv":      func(w io.Writer) error { return CSVCoupling(w, list) },
		"coupling.md":       func(w io.Writer) error { return MarkdownCoupling(w, list) },
		"coupling.html":     func(w io.Writer) error { return HTMLCoupling(w, list, "0.1.0") },
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, write) })
	}
}

// TestCouplingOfTooFewPairs: where what is noticed cannot be told from noise, no
// format says that nobody notices.
func TestCouplingOfTooFewPairs(t *testing.T) {
	c := couplings(t)[0]
	c.Pairs = 2
	list := []*experiment.Coupling{c}
	for name, x := range map[string]struct {
		write         func(io.Writer) error
		wanted, wrong string
	}{
		"text": {func(w io.Writer) error { return TextCoupling(w, list, TextOptions{}) }, "Fewer than 3 pairs", " of 4"},
		"json": {func(w io.Writer) error { return JSONCoupling(w, list) }, `"notices": null`, `"notices": false`},
		"csv":  {func(w io.Writer) error { return CSVCoupling(w, list) }, "crash,producers.web,,", ",false,"},
		"html": {func(w io.Writer) error { return HTMLCoupling(w, list, "0.1.0") }, "Fewer than 3 pairs", ">·<"},
	} {
		var b strings.Builder
		if err := x.write(&b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), x.wanted) || strings.Contains(b.String(), x.wrong) {
			t.Errorf("%s:\n%s", name, b.String())
		}
	}
}
