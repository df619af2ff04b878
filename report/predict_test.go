package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim/experiment"
)

// predicted is a prediction with something of everything: one consumer that is
// overrun, one that nothing reaches, retries, dead letters, calls, guesses.
func predicted(t *testing.T) *experiment.Prediction {
	t.Helper()
	sc, ds := scenarios.Load([]byte(`name: shop
duration: 10m
producers:
  web: {emits: {order.placed: 90%, order.cancelled: 10%}, to: orders, rate: poisson(100/s)}
  till: {emits: order.placed, call: front, users: 20, think: exp(1s)}
broker:
  latency: 1ms
  rate: 500/s
  channels:
    orders: {type: topic}
    paid: {type: queue, capacity: 100, dead_letter: dead}
    dead: {type: queue}
consumers:
  billing:
    from: orders
    instances: 2
    handle:
      order.placed: [{work: exp(25ms)}, {fail: 5%}, {emit: order.paid, to: paid}]
      order.cancelled: [{work: 2ms}]
  shipping: {from: paid, instances: 4, work: lognormal(20ms 30ms), fail: 10%, retry: {attempts: 2, backoff: constant(1s)}}
  audit: {from: orders, concurrency: unlimited, work: exp(1ms)}
  front: {work: exp(5ms)}
  idle: {from: {channel: orders, where: {type: nothing.*}}, work: 1ms}
`), scenarios.Options{})
	if sc == nil {
		t.Fatal(ds)
	}
	return experiment.Predict(sc)
}

// predictedRun is a prediction of a system that changes while it runs: a slow
// hour, one that was away, and one that gets ever more than it can do.
func predictedRun(t *testing.T) *experiment.Prediction {
	t.Helper()
	sc, ds := scenarios.Load([]byte(`
name: day
duration: 10m
warmup: 30s
producers: {web: {emits: e, to: t, rate: poisson(100/s), shape: [{at: 5m, times: 1.5}, {at: 6m, times: 1}]}}
broker: {channels: {t: {type: topic}}}
consumers:
  slow: {from: t, instances: 4, work: exp(25ms)}
  gone: {from: t, instances: 2, work: exp(10ms)}
  late: {from: t, concurrency: 2, work: exp(17ms)}
timeline: [{at: 2m, slow: slow, times: 3, for: 1m}, {at: 4m, crash: gone, instances: all, restart: 30s}]
`), scenarios.Options{})
	if sc == nil {
		t.Fatal(ds)
	}
	return experiment.Predict(sc)
}

func TestPredictGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"predict-80.txt":     func(w io.Writer) error { return TextPredicted(w, predicted(t), TextOptions{}) },
		"predict-120.ansi":   func(w io.Writer) error { return TextPredicted(w, predicted(t), TextOptions{Width: 120, Colour: true}) },
		"predict-run-80.txt": func(w io.Writer) error { return TextPredicted(w, predictedRun(t), TextOptions{}) },
		"predict-run.json":   func(w io.Writer) error { return JSONPredicted(w, predictedRun(t)) },
		"predict.json":       func(w io.Writer) error { return JSONPredicted(w, predicted(t)) },
		"predict.csv":        func(w io.Writer) error { return CSVPredicted(w, predicted(t)) },
		"predict.md":         func(w io.Writer) error { return MarkdownPredicted(w, predicted(t)) },
		"predict.html":       func(w io.Writer) error { return HTMLPredicted(w, predicted(t), "0.1.0") },
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, write) })
	}
	for _, w := range []int{40, 80, 120} {
		var b bytes.Buffer
		if err := TextPredicted(&b, predicted(t), TextOptions{Width: w}); err != nil {
			t.Fatal(err)
		}
		for _, l := range strings.Split(b.String(), "\n") {
			if width(l) > w {
				t.Errorf("wider than %d: %s", w, l)
			}
		}
	}
}
