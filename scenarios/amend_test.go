package scenarios

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eddy/sim/spec"
)

// played is a scenario with entries added to its timeline, as the screen does.
func played(sc *spec.Scenario, more []spec.Action) *spec.Scenario {
	out := *sc
	out.Timeline = append(append([]spec.Action(nil), sc.Timeline...), more...)
	slices.SortStableFunc(out.Timeline, func(a, b spec.Action) int { return cmp.Compare(a.At, b.At) })
	return &out
}

// crashes are two entries for a scenario's first consumer.
func crashes() []spec.Action {
	first := spec.Ref{Kind: spec.ConsumerComponent}
	return []spec.Action{
		{At: 20 * spec.Second, Kind: spec.CrashAction, A: first, Count: 1, Chance: 1, Event: spec.None},
		{At: 21*spec.Second + 5, Kind: spec.ScaleAction, A: first, Count: 3, Chance: 1, Event: spec.None, For: spec.Second},
	}
}

// TestAmendedLibrary: entries added to any built-in scenario leave every line
// of it as it is, and come to the scenario that was played.
func TestAmendedLibrary(t *testing.T) {
	for _, name := range Names() {
		text, fsys, _ := Builtin(name)
		o := Options{Name: name, FS: fsys}
		sc := sound(t, string(text), o)
		want := played(sc, crashes())
		out := Amended(text, o, want, crashes())
		again, ds := Load(out, o)
		if again == nil || Hash(again) != Hash(want) {
			t.Errorf("%s: another scenario: %s\n%s", name, rendered(ds), out)
			continue
		}
		rest := strings.Split(string(out), "\n")
		for _, line := range strings.Split(string(text), "\n") {
			found := -1
			for i := range rest {
				if rest[i] == line || strings.HasPrefix(line, "timeline: [") {
					found = i
					break
				}
			}
			if found < 0 {
				t.Errorf("%s: the line %q is gone", name, line)
				break
			}
			rest = rest[found:]
		}
		if len(strings.Split(string(out), "\n")) > len(strings.Split(string(text), "\n"))+4 {
			t.Errorf("%s: more than the entries was added:\n%s", name, out)
		}
	}
}

// TestAmended: what a scenario was loaded with is worked into the text, at the
// places where it stands.
func TestAmended(t *testing.T) {
	const text = `# My shop.
name: shop   # a name
duration: 2m

producers:
  web: {emits: order, to: orders, rate: poisson(40/s)}   # customers

broker:
  channels:
    orders: {type: queue}

consumers:
  # those who pay
  payment:
    from: orders
    instances: 2      # enough?
    handle:
      - work: exp(40ms)   # measured
      - fail: "1%"

expect:
  - ledger.lost == 0   # of course
variants:
  more: {consumers.payment.instances: 3, producers.web.rate: poisson(50/s)}
`
	for _, c := range []struct {
		name    string
		text    string
		options Options
		more    bool
		want    []string
		without []string
	}{
		{"a value", text, Options{Set: set("consumers.payment.instances", "7")}, false, []string{"    instances: 7      # enough?\n"}, []string{"instances: 2"}},
		{"a value in a map", text, Options{Set: set("producers.web.rate", "poisson(9/s)")}, true, []string{"rate: poisson(9/s)}   # customers"}, nil},
		{"a value in quotes", text, Options{Set: set("consumers.payment.handle[1].fail", "2%")}, false, []string{"      - fail: 2%\n"}, []string{"1%"}},
		{"a new key", text, Options{Set: set("consumers.payment.prefetch", "9")}, false, []string{"    prefetch: 9\n    from: orders\n"}, nil},
		{"a new key in a map", text, Options{Set: set("broker.channels.orders.capacity", "10")}, false, []string{"orders: {capacity: 10, type: queue}"}, nil},
		{"a new map", text, Options{Set: set("consumers.payment.retry.attempts", "3")}, false, []string{"    retry: {attempts: 3}\n    from: orders"}, nil},
		{"two values", text, Options{Set: append(set("consumers.payment.instances", "7"), set("consumers.payment.instances", "8")...)}, true, []string{"instances: 8      # enough?"}, nil},
		{"a variant", text, Options{Variant: "more"}, true, []string{"instances: 3      # enough?", "rate: poisson(50/s)}"}, nil},
		{"a map on lines", strings.Replace(text, "orders: {type: queue}", "orders:\n      type: queue   # old", 1), Options{Set: set("broker.channels.orders", "{type: topic}")}, true, []string{"# My shop.", "# those who pay", "# enough?"}, []string{"type: queue"}},
		{"no line at the end", strings.TrimSuffix(text, "\n"), Options{}, true, []string{"poisson(50/s)}\n\ntimeline:\n  - {at: 20s"}, nil},
		{"a timeline", text + "timeline:   # what happens\n- at: 1m   # later\n  crash: payment\n  # the end\n", Options{}, true, []string{"  crash: payment\n- {at: 20s", "timeline:   # what happens", "# the end"}, nil},
		{"a timeline in brackets", text + "timeline: [{at: 1m, crash: payment}]   # what\n", Options{}, true, []string{"{at: 1m, crash: payment}, {at: 20s", "}]   # what"}, nil},
		{"an empty timeline", text + "timeline: []\n", Options{}, true, []string{"timeline:\n  - {at: 20s"}, nil},
		{"all on one line", "{name: x, duration: 1m, producers: {w: {emits: e, to: q, rate: 1/s}}, broker: {channels: {q: {type: queue}}}, consumers: {c: {from: q, work: 1ms}}}", Options{}, true, []string{"at: 20s"}, nil},
		{"the middle", strings.Replace(text, "expect:", "timeline:\n  - {at: 1m, crash: payment}   # boom\n\n# What must hold.\nexpect:", 1), Options{}, true, []string{"# boom\n  - {at: 20s", "\n\n# What must hold.\nexpect:"}, nil},
	} {
		base := sound(t, c.text, c.options)
		var more []spec.Action
		if c.more {
			more = crashes()
		}
		want := played(base, more)
		out := string(Amended([]byte(c.text), c.options, want, more))
		again, ds := Load([]byte(out), Options{})
		if again == nil || Hash(again) != Hash(want) {
			t.Errorf("%s: another scenario: %s\n%s", c.name, rendered(ds), out)
		}
		for _, w := range c.want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: %q is not in\n%s", c.name, w, out)
			}
		}
		for _, w := range c.without {
			if strings.Contains(out, w) {
				t.Errorf("%s: %q is in\n%s", c.name, w, out)
			}
		}
	}
}

// TestAmendedSeed: seed, duration and warm-up of the command line are worked in.
func TestAmendedSeed(t *testing.T) {
	text, fsys, _ := Builtin("work-queue")
	seed, duration, warmup := int64(77), "3m", "10s"
	o := Options{Name: "work-queue", FS: fsys, Seed: &seed, Duration: &duration, Warmup: &warmup}
	sc := sound(t, string(text), o)
	out := Amended(text, o, sc, nil)
	if !strings.Contains(string(out), "seed: 77") || !strings.Contains(string(out), "duration: 3m") || !strings.HasPrefix(string(out), "seed") && !strings.Contains(string(out), "# ") {
		t.Errorf("%s", out)
	}
	if again, ds := Load(out, Options{}); again == nil || Hash(again) != Hash(sc) {
		t.Error(rendered(ds))
	}
}

// TestAmendedHard: where a text cannot be edited, what is written still comes
// to the same scenario.
func TestAmendedHard(t *testing.T) {
	const text = `name: x
duration: 1m
producers:
  a: &a {emits: e, to: q, rate: 1/s}
  b: *a
broker: {channels: {q: {type: queue}}}
consumers:
  c: {from: q, work: 1ms}
`
	o := Options{Set: set("producers.b.rate", "2/s")}
	sc := sound(t, text, o)
	want := played(sc, crashes())
	out := Amended([]byte(text), o, want, crashes())
	if again, ds := Load(out, Options{}); again == nil || Hash(again) != Hash(want) {
		t.Errorf("%s\n%s", rendered(ds), out)
	}
}

// TestAmendedExamples: whatever the format allows can be played and written,
// and what may be set in it, too.
func TestAmendedExamples(t *testing.T) {
	for _, e := range examples(t, "ok") {
		text, err := os.ReadFile(filepath.Join("testdata", "ok", e.name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Name: e.name, FS: os.DirFS("testdata")}
		sc, ds := Load(text, o)
		if sc == nil {
			t.Logf("%s is loaded in another way: %s", e.name, rendered(ds))
			continue
		}
		var tried [][]spec.Setting
		for i, s := range Settable(text, o) {
			if i%29 == 0 {
				tried = append(tried, []spec.Setting{s})
			}
		}
		tried = append(tried, nil)
		for _, settings := range tried {
			with := o
			with.Set = settings
			base, _ := Load(text, with)
			if base == nil {
				continue
			}
			want := played(base, crashes())
			out := Amended(text, with, want, crashes())
			if again, ds := Load(out, o); again == nil || Hash(again) != Hash(want) {
				t.Errorf("%s with %v: another scenario: %s", e.name, settings, rendered(ds))
			}
			if settings == nil && strings.Count(string(text), "#") > strings.Count(string(out), "#") {
				t.Errorf("%s: comments are lost\n%s", e.name, out)
			}
		}
	}
}
