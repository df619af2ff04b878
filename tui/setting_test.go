package tui

import (
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim/spec"
)

// settable lets the values of a scenario's text be set.
func (m *model) settable(text string) {
	o := scenarios.Options{Name: "test.yaml"}
	m.options.Settable = func(base *spec.Scenario, _ string) []spec.Setting {
		set := base.Set
		o := o
		o.Set = set
		return scenarios.Settable([]byte(text), o)
	}
	m.options.SetLive = func(base *spec.Scenario, _, path, value string) (spec.Action, error) {
		o := o
		o.Set = base.Set
		return scenarios.SetLive(base, []byte(text), o, path, value)
	}
	m.options.Apply = func(_ *spec.Scenario, _ string, set []spec.Setting) (*spec.Scenario, error) {
		o := o
		o.Set = set
		sc, ds := scenarios.Load([]byte(text), o)
		if sc == nil {
			return nil, errorOf(ds)
		}
		return sc, nil
	}
}

type errorOf scenarios.Diagnostics

func (e errorOf) Error() string { return e[0].String() }

// TestNothingToChoose: keys that come before the next drawing, in a list where
// nothing matches, or with a choice beyond its ends.
func TestNothingToChoose(t *testing.T) {
	m := play(t, load(t, overloaded))
	m.settable(overloaded)
	for _, keys := range [][]string{{"s"}, {"?"}, {":"}} {
		for _, typed := range []string{"", "zzzzzz"} {
			for _, then := range [][]string{{"up", "tab", "enter"}, {"up", "enter"}, {"down", "down", "enter"}, {"up", "up", "tab"}} {
				press(m, keys...)
				typeText(m, typed)
				press(m, then...)
				if c := m.crash.Load(); c != nil {
					t.Fatalf("%v %q %v: %v\n%s", keys, typed, then, c.Value, c.Stack)
				}
				m.screen.dialog = nil
			}
		}
	}
}

// TestSet: s lists what may be set, those of the chosen component first, with
// their values; what is set holds from then on and is an entry of the timeline.
func TestSet(t *testing.T) {
	m := play(t, load(t, overloaded))
	m.settable(overloaded)
	m.seek(30 * spec.Second)
	m.settle(t)
	m.screen.Chosen = m.named("worker")
	press(m, "s")
	text := m.text()
	for _, want := range []string{"consumers.worker.instances", "3", "consumers.worker.retry.attempts", "exp(40ms)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the dialog does not show %q:\n%s", want, text)
		}
	}
	typeText(m, "inst")
	if d := m.screen.dialog.(*setDialog); len(d.found()) == 0 || d.found()[0].Path != "consumers.worker.instances" {
		t.Fatalf("the best match is not instances: %v", d.found())
	}
	press(m, "tab", "enter", "backspace")
	typeText(m, "5")
	press(m, "enter")
	m.settle(t)
	worker := m.frame.World.Nodes[m.screen.Chosen].Index
	if n := m.frame.Snap.Consumers[worker].Instances; n != 5 || m.screen.dialog != nil {
		t.Fatalf("%d instances are up, %q", n, m.screen.Said)
	}
	if n := len(m.frame.spec().Timeline); n != 3 || m.frame.spec().Timeline[0].Path != "consumers.worker.instances" || m.frame.spec().Timeline[0].At != 30*spec.Second {
		t.Errorf("the timeline is %+v", m.frame.spec().Timeline)
	}
	press(m, "s")
	typeText(m, "worker.instances")
	if d := m.screen.dialog.(*setDialog); d.found()[0].Value != "5" {
		t.Errorf("the value in force is not shown: %v", d.found()[0])
	}
	press(m, "esc")
	// A change of the scenario below it does not take it back.
	m.screen.Finding = ""
	sc, err := m.options.Apply(m.base, "", []spec.Setting{{Path: "broker.channels.jobs.capacity", Value: "1000"}})
	if err != nil {
		t.Fatal(err)
	}
	live, err := m.onto(sc)
	if err != nil || live[0].Changed.Broker.Channels[0].Store.Capacity != 1000 || live[0].Changed.Consumers[0].Instances != 5 {
		t.Errorf("on another scenario the entry is %+v, %v", live, err)
	}
	press(m, "u")
	m.settle(t)
	if n := m.frame.Snap.Consumers[worker].Instances; n != 3 {
		t.Errorf("undone, %d instances are up", n)
	}
}

// TestQuitAsksOnce: what was changed live is not lost by one key; ctrl+c always
// ends, and what is written or taken back is not asked for.
func TestQuitAsksOnce(t *testing.T) {
	changed := func() *model {
		m := play(t, load(t, overloaded))
		m.options.Write = func(Played, string, bool) ([]string, error) { return nil, nil }
		m.screen.Chosen = m.named("worker")
		press(m, "]")
		m.settle(t)
		return m
	}
	m := changed()
	if press(m, "q"); m.quitting || !strings.Contains(m.screen.Said, "not written") {
		t.Errorf("quitting %v: %s", m.quitting, m.screen.Said)
	}
	if press(m, "q"); !m.quitting {
		t.Error("q does not quit when it is pressed again")
	}
	for _, before := range [][]string{{"ctrl+c"}, {"w", "enter", "q"}, {"u", "q"}} {
		m := changed()
		if press(m, before...); !m.quitting {
			t.Errorf("%v does not quit: %s", before, m.screen.Said)
		}
	}
}
