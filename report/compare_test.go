package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/experiment"
	"eddy/sim/spec"
)

// slower is a busy result whose luck and speed differ: times are times as long,
// and drops a hundredth part of them.
func slower(replication int, times float64, drops int64) *sim.Result {
	r := busy()
	r.Run.Replication = replication
	lucky := float64(replication%5)/100 + 1
	scale := func(l *sim.Latency) {
		for _, v := range []*sim.Number{&l.Mean, &l.P50, &l.P99} {
			v.Value *= times * lucky
		}
	}
	for i := range r.Flows {
		scale(&r.Flows[i].Completion)
		r.Flows[i].Completion.Count -= drops
		r.Flows[i].Failed += drops
	}
	for i := range r.Consumers {
		scale(&r.Consumers[i].Latency)
		r.Consumers[i].Latency.Count -= drops
	}
	r.Ledger.Dropped += drops * int64(10+replication) / 10
	r.Consumers[0].Utilisation.Value /= lucky
	return r
}

// compared is three scenarios: the base, one that is slower by noise and
// costs more, and one that is faster by dropping.
func compared() *Compared {
	scenario := func(variant string) *spec.Scenario {
		return &spec.Scenario{Name: "order-fulfilment", Hash: "6f1c", Variant: variant, Seed: 42, Duration: 600 * spec.Second}
	}
	scenarios := []*spec.Scenario{scenario(""), scenario("more"), scenario("dropping")}
	runs := make([][]*sim.Result, 3)
	for i := range 6 {
		more := slower(i, 1+float64(i%3-1)/50, 0)
		more.Consumers[0].InstanceSeconds.Value += 570
		runs[0] = append(runs[0], slower(i, 1, 0))
		runs[1] = append(runs[1], more)
		runs[2] = append(runs[2], slower(i, 0.25, 4000))
	}
	return &Compared{
		Comparison: experiment.Compare(scenarios, runs), Version: "0.1.0",
		Resolved: [][]byte{
			[]byte("name: a\nseed: 42\nconsumers:\n  payment:\n    instances: 2\n    from: [payments]\n    handle:\n      \"#\":\n        - {work: exp(10ms)}\n        - {fail: 1%}\n"),
			[]byte("name: b\nseed: 42\nconsumers:\n  payment:\n    instances: 3\n    from: [payments]\n    handle:\n      \"#\":\n        - {work: exp(10ms)}\n        - {fail: 1%}\n"),
			[]byte("name: c\nseed: 42\nbroker:\n  rate: 10/s\nconsumers:\n  payment:\n    instances: 2\n    from: [payments]\n    handle:\n      \"#\":\n        - {work: exp(20ms)}\n"),
		},
	}
}

// two is compared without its second variant.
func two() *Compared {
	c := compared()
	return &Compared{Comparison: experiment.Compare(c.Scenarios[:2], c.Runs[:2]), Version: "0.1.0", Resolved: c.Resolved[:2]}
}

func TestCompareGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"compare-80.txt":      func(w io.Writer) error { return TextCompared(w, compared(), TextOptions{}) },
		"compare-120.ansi":    func(w io.Writer) error { return TextCompared(w, compared(), TextOptions{Width: 120, Colour: true}) },
		"compare-two-120.txt": func(w io.Writer) error { return TextCompared(w, two(), TextOptions{Width: 120}) },
		"compare.json":        func(w io.Writer) error { return JSONCompared(w, compared()) },
		"compare.csv":         func(w io.Writer) error { return CSVCompared(w, compared()) },
		"compare.html":        func(w io.Writer) error { return HTMLCompared(w, compared()) },
		"compare.md":          func(w io.Writer) error { return MarkdownCompared(w, compared()) },
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, write) })
	}
}

func TestCompareFormats(t *testing.T) {
	var doc map[string]any
	var b bytes.Buffer
	if err := JSONCompared(&b, compared()); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil || doc["format"] != "eddy.comparison/1" {
		t.Errorf("%v, %v", err, doc["format"])
	}
	b.Reset()
	if err := CSVCompared(&b, compared()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) < 30 {
		t.Errorf("%d rows: %v", len(rows), err)
	}
	for _, w := range []int{40, 80, 120} {
		b.Reset()
		if err := TextCompared(&b, compared(), TextOptions{Width: w}); err != nil {
			t.Fatal(err)
		}
		for _, l := range strings.Split(b.String(), "\n") {
			if width(l) > w {
				t.Errorf("wider than %d: %s", w, l)
			}
		}
	}
}

func TestCompareOfNothing(t *testing.T) {
	c := &Compared{Comparison: experiment.Compare(compared().Scenarios[:2], make([][]*sim.Result, 2)), Resolved: make([][]byte, 2)}
	var b bytes.Buffer
	if err := TextCompared(&b, c, TextOptions{}); err != nil || !strings.Contains(b.String(), "before the first pair") {
		t.Errorf("%v\n%s", err, &b)
	}
}

func TestDiffers(t *testing.T) {
	a := "name: x\nabout: one\nseed: 1\nbroker:\n  like: ideal\n  channels:\n    \"a: b\":\n      type: queue\ntimeline:\n  - {at: 1s}\n  - {at: 2s}\n"
	b := "name: y\nabout: two\nseed: 1\nbroker:\n  like: kafka\n  channels:\n    \"a: b\":\n      type: topic\n      capacity: 3\ntimeline:\n  - {at: 1s}\n"
	want := []Change{
		{"broker.like", "ideal", "kafka"},
		{"broker.channels.a: b.type", "queue", "topic"},
		{"timeline[1]", "{at: 2s}", ""},
		{"broker.channels.a: b.capacity", "", "3"},
	}
	if got := Differs([]byte(a), []byte(b)); !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	if got := Differs([]byte(a), []byte(a)); got != nil {
		t.Errorf("%q", got)
	}
}
