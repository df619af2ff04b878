package tui

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"eddy/report"
	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/experiment"
	"eddy/sim/spec"
)

// inPairs makes paired runs as the program does.
type inPairs struct{ *experiment.Contest }

func pairsOf(list []*spec.Scenario) Trial {
	return inPairs{experiment.Against(list, experiment.Options{Version: "test"}).WithShapes()}
}

func (t inPairs) More(ctx context.Context, pairs int) (*report.Compared, error) {
	got, err := t.Contest.More(ctx, pairs)
	if err != nil {
		return nil, err
	}
	c := &report.Compared{Comparison: got, Version: "test"}
	for _, sc := range got.Scenarios {
		c.Resolved = append(c.Resolved, scenarios.Resolved(sc))
	}
	return c, nil
}

func (t inPairs) Progress() (done int, simulated int64, runs int) {
	p := t.Contest.Progress()
	return p.Done, p.Now, p.Runs
}

// contest begins a model on the comparison of scenarios, standing still.
func contest(t testing.TB, pairs int, list ...*spec.Scenario) *model {
	t.Helper()
	m := newModel(Options{Name: "test", Compare: list, Pairs: pairs, Pace: 1, Version: "test", Contest: pairsOf})
	m.options.Rival = func(name string, base *spec.Scenario, text string) (*spec.Scenario, string, error) {
		path, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, "", errors.New("there is no scenario " + text)
		}
		sc, ds := scenarios.Load([]byte(overloaded), scenarios.Options{Name: "test.yaml", Set: []Setting{{Path: path, Value: value}}})
		if sc == nil {
			return nil, "", errors.New(ds[0].String())
		}
		return sc, name, nil
	}
	if err := m.begin(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.close)
	t.Cleanup(m.endVersus)
	m.w, m.h = 120, 36
	press(m, "space")
	m.meet(t)
	return m
}

// meet waits until both runs have done all they were asked for.
func (m *model) meet(t testing.TB) {
	t.Helper()
	done := make(chan struct{})
	m.versus.pair.ask(func(l *lockstep) { l.publish(l.still()); close(done) })
	select {
	case <-done:
	case <-time.After(3 * time.Minute):
		t.Fatal("the runs do not answer")
	}
	m.look()
}

// counted waits until so many pairs are done.
func (m *model) counted(t testing.TB, pairs int) {
	t.Helper()
	for range 40_000 {
		if m.look(); m.versus.state.Pairs >= pairs && !m.versus.state.Running {
			return
		}
		if m.versus.state.Err != nil {
			t.Fatal(m.versus.state.Err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("only %d pairs were made", m.versus.state.Pairs)
}

// two are a scenario and the same with more instances.
func two(t testing.TB) []*spec.Scenario {
	return []*spec.Scenario{load(t, overloaded), load(t, overloaded, Setting{Path: "consumers.worker.instances", Value: "6"})}
}

// matches are what the golden screens are of.
func matches(t testing.TB) map[string]*Match {
	t.Helper()
	o := sim.Options{Version: "test"}
	list := two(t)
	names := [2]string{rivalName(list, 0), rivalName(list, 1)}
	got, err := pairsOf(list).More(context.Background(), 3)
	if err != nil {
		t.Fatal(err)
	}
	wide := []*spec.Scenario{load(t, cjk), load(t, cjk, Setting{Path: "consumers.支払いサービス.instances", Value: "3"})}
	chinese, err := pairsOf(wide).More(context.Background(), 4)
	if err != nil {
		t.Fatal(err)
	}
	running := DuelAt(list[0], list[1], o, 150*spec.Second)
	return map[string]*Match{
		"empty":   {Duel: DuelAt(list[0], list[1], o, 0), Names: names, Pair: 1, Of: 1, Wanted: 20, Running: true},
		"running": {Duel: running, Board: got.Board(), Names: names, Pair: 1, Of: 1, Pairs: 3, Wanted: 20, Share: 0.31, Running: true, Took: 2 * time.Second, Left: 9 * time.Second},
		"done":    {Duel: DuelAt(list[0], list[1], o, 5*spec.Minute), Board: got.Board(), Names: names, Pair: 2, Of: 3, Pairs: 3, Wanted: 3, Share: 1, Took: 2300 * time.Millisecond},
		"cjk": {
			Duel: DuelAt(wide[0], wide[1], o, spec.Minute), Board: chinese.Board(), Names: [2]string{rivalName(wide, 0), rivalName(wide, 1)},
			Pair: 1, Of: 1, Pairs: 4, Wanted: 4, Share: 1, Took: 800 * time.Millisecond,
		},
	}
}

// TestMatchScreens compares both pages of the compare view at every size.
func TestMatchScreens(t *testing.T) {
	for name, match := range matches(t) {
		for _, size := range sizes {
			for page, result := range map[string]bool{"sides": false, "result": true} {
				g := NewScreen("test").drawVersus(match, &versusChoice{result: result, side: 1}, size.w, size.h)
				checkWidths(t, g, size.w, size.h)
				golden(t, "compare-"+name+"-"+page+"-"+size.name, g.String()+"\n")
			}
		}
	}
}

// TestMatchEverySize draws every panel at every size: nothing may panic.
func TestMatchEverySize(t *testing.T) {
	all := matches(t)
	for h := 1; h < 50; h += 3 {
		for w := 1; w < 140; w += 7 {
			for panel := range panels {
				for _, name := range []string{"empty", "done", "cjk"} {
					c := &versusChoice{result: true, panel: panel, zoomed: panel%2 == 1, density: w%2 == 1, relative: h%2 == 1, all: true, sort: panel % 3}
					checkWidths(t, NewScreen("x").drawVersus(all[name], c, w, h), w, h)
				}
			}
			checkWidths(t, NewScreen("x").drawVersus(all["cjk"], &versusChoice{}, w, h), w, h)
		}
	}
}

// TestMatchSays holds the compare view to what a user must find on it.
func TestMatchSays(t *testing.T) {
	all := matches(t)
	for _, c := range []struct {
		match  string
		result bool
		panel  int
		w, h   int
		want   []string
	}{
		{"running", false, 0, 120, 36, []string{"2:30.000", "3 of 20 pairs", "one run each is no evidence", "instances=6", "end-to-end latency", "worker crashes", "B−A"}},
		{"running", false, 0, 160, 45, []string{"━ worker ▲", "╭─ worker", "╭─ jobs.dead", "✗ full", "2:30.000"}},
		{"running", false, 0, 60, 16, []string{"completed", "B−A"}},
		{"empty", true, 0, 80, 24, []string{"the first pairs are being run", "l shows the two"}},
		{"done", true, 0, 120, 36, []string{"3 paired seeds", "B ●", "A ●", "±", "failed", "100%", "↯ 1:00", "consumers.worker.instances: 3 → 6", "B is better for", "pair 2 of 3"}},
		{"done", true, WordsPanel, 60, 16, []string{"B is better for"}},
		{"done", true, DiffersPanel, 80, 24, []string{"3 → 6"}},
		{"done", true, CurvePanel, 80, 24, []string{"100%", "order CDF"}},
		{"done", true, CoursePanel, 60, 16, []string{"completed/s", "backlog"}},
		{"cjk", true, 0, 120, 36, []string{"支払いサービス"}},
	} {
		text := NewScreen("x").drawVersus(all[c.match], &versusChoice{result: c.result, panel: c.panel}, c.w, c.h).String()
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s at %d×%d does not say %q:\n%s", c.match, c.w, c.h, want, text)
			}
		}
	}
}

// TestMatchKeys: the keys of the compare view do what they say.
func TestMatchKeys(t *testing.T) {
	m := contest(t, 4, two(t)...)
	v := m.versus
	press(m, "g")
	typeText(m, "90s")
	press(m, "enter")
	m.meet(t)
	if v.duel.At != 90*spec.Second || v.duel.A.At() != v.duel.B.At() {
		t.Fatalf("at %d, %d and %d", v.duel.At, v.duel.A.At(), v.duel.B.At())
	}
	press(m, "right")
	m.meet(t)
	press(m, "shift+left")
	m.meet(t)
	if v.duel.At != 63*spec.Second {
		t.Errorf("a step forth and a large one back lead to %d", v.duel.At)
	}
	press(m, ".", "+")
	m.meet(t)
	if v.duel.At <= 63*spec.Second || v.duel.Pace != 2 || !v.duel.Paused {
		t.Errorf("at %d with pace %v, paused %v", v.duel.At, v.duel.Pace, v.duel.Paused)
	}
	m.counted(t, 4)
	press(m, "l")
	text := m.grid().String()
	if !v.choice.result || v.state.Board == nil || v.state.Board.Pairs != 4 || !strings.Contains(text, "better") {
		t.Fatalf("l does not show the statistics:\n%s", text)
	}
	v.state.Board.Rows[len(v.state.Board.Rows)-1].Standing = report.StandsSame
	first := shownRows(v.state.Board, &v.choice)
	press(m, "s")
	if got := shownRows(v.state.Board, &v.choice); len(got) != len(first) || got[0].Moves < got[len(got)-1].Moves {
		t.Error("s does not sort by the size of the change")
	}
	press(m, "m")
	if got := shownRows(v.state.Board, &v.choice); len(got) <= len(first) {
		t.Error("m does not show more metrics")
	}
	before := m.grid().String()
	press(m, "%")
	m.screen.Said = ""
	if m.grid().String() == before {
		t.Error("% changes nothing")
	}
	before = m.grid().String()
	if press(m, "d"); m.grid().String() == before {
		t.Error("d changes nothing")
	}
	press(m, "4", "tab")
	if v.choice.panel != WordsPanel {
		t.Errorf("4 and tab lead to panel %d", v.choice.panel)
	}
	press(m, "n")
	m.counted(t, 4+usualPairs)
	if m.versus.state.Board.Pairs != 4+usualPairs {
		t.Errorf("n makes %d pairs", m.versus.state.Board.Pairs)
	}
}

// TestMatchRivals: a further scenario is compared, and any two can be chosen.
func TestMatchRivals(t *testing.T) {
	m := contest(t, 3, two(t)...)
	press(m, "a")
	typeText(m, "nonsense")
	press(m, "enter")
	if !m.screen.Bad {
		t.Error("a scenario that is not there is taken")
	}
	press(m, "a")
	typeText(m, "consumers.worker.instances=4")
	press(m, "enter")
	m.meet(t)
	v := m.versus
	if len(v.rivals) != 3 || v.first != 0 || v.second != 2 {
		t.Fatalf("%d scenarios, %d and %d on the screen", len(v.rivals), v.first, v.second)
	}
	press(m, "]")
	m.meet(t)
	m.counted(t, 3)
	if v.first != 1 || v.second != 2 || !strings.Contains(v.state.Board.A, "instances=6") || !strings.Contains(v.state.Board.B, "instances=4") {
		t.Errorf("the pair is %d and %d: %q and %q", v.first, v.second, v.state.Board.A, v.state.Board.B)
	}
	press(m, "]", "[", "[")
	m.meet(t)
	if v.first != 0 || v.second != 2 {
		t.Errorf("back at %d and %d", v.first, v.second)
	}
}

// TestMatchOpens: enter shows one of the runs by itself at the same moment, and
// esc leads back.
func TestMatchOpens(t *testing.T) {
	m := contest(t, 3, two(t)...)
	m.seekBoth(m.versus, 100*spec.Second)
	m.meet(t)
	press(m, "enter")
	m.settle(t)
	if m.comparing() || m.frame == nil || m.base != m.versus.rivals[1] {
		t.Fatal("enter does not open B")
	}
	for range 400 {
		if m.settle(t); m.frame.At() >= 100*spec.Second {
			break
		}
	}
	if at := m.frame.At(); at < 100*spec.Second {
		t.Errorf("it is opened at %d", at)
	}
	for _, key := range []string{"esc", "5"} {
		press(m, key)
		if !m.comparing() || m.frame != nil || m.versus.duel.At != 100*spec.Second {
			t.Errorf("%s does not lead back", key)
		}
		press(m, "enter", "z")
	}
}

// TestCompareLive: from a live run, the compare view holds what was played
// against what was not, and the variants; esc leads back to the run.
func TestCompareLive(t *testing.T) {
	m := play(t, load(t, overloaded))
	m.options.Contest = pairsOf
	m.options.Variants = func(string) ([]*spec.Scenario, error) {
		other := load(t, overloaded, Setting{Path: "consumers.worker.instances", Value: "6"})
		other.Variant = "six"
		return []*spec.Scenario{other}, nil
	}
	t.Cleanup(m.endVersus)
	m.seek(50 * spec.Second)
	m.settle(t)
	m.screen.Chosen = m.named("worker")
	press(m, "]")
	m.settle(t)
	press(m, "5")
	if !m.comparing() || len(m.versus.rivals) != 3 {
		t.Fatalf("5 does not compare: %s", m.screen.Said)
	}
	m.meet(t)
	if text := m.grid().String(); !strings.Contains(text, "as played") {
		t.Errorf("what was played is not compared:\n%s", text)
	}
	press(m, "enter")
	m.settle(t)
	if m.comparing() || len(m.live) != 1 || m.base != m.versus.rivals[0] {
		t.Error("what was played is not opened as it was played")
	}
	press(m, "esc")
	press(m, "esc")
	m.settle(t)
	if m.comparing() || m.frame == nil || m.frame.At() != 50*spec.Second || len(m.live) != 1 {
		t.Error("esc does not lead back to the run as it was left")
	}
}

// TestMatchMouse: a click on a tab, a panel and the timeline does what it looks
// like, and the wheel scrolls.
func TestMatchMouse(t *testing.T) {
	m := contest(t, 3, two(t)...)
	v := m.versus
	click := func(x, y int) {
		m.grid() // so that it is known what is where
		m.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		m.meet(t)
	}
	click(60, m.h-3)
	if at := v.duel.At; at < 140*spec.Second || at > 160*spec.Second {
		t.Errorf("a click in the middle of the timeline leads to %d", at)
	}
	click(20, 10)
	if v.choice.side != 0 {
		t.Error("a click on A does not choose it")
	}
	m.counted(t, 3)
	click(m.w-5, 0)
	if !v.choice.result {
		t.Fatal("a click on the tab does not show the result")
	}
	click(20, m.h-4)
	if v.choice.panel != WordsPanel {
		t.Errorf("a click on the words chooses panel %d", v.choice.panel)
	}
	m.Update(tea.MouseWheelMsg{X: 20, Y: m.h - 4, Button: tea.MouseWheelDown})
	if m.grid(); v.choice.rows[WordsPanel] != 1 {
		t.Errorf("the wheel scrolls to row %d", v.choice.rows[WordsPanel])
	}
}

// TestMatchRandomKeys presses keys at random in the compare view: nothing may
// panic, and no line be wider than the screen.
func TestMatchRandomKeys(t *testing.T) {
	var names []string
	for _, b := range bindings {
		for _, k := range b.Keys {
			if k != "q" && k != "ctrl+c" && k != "ctrl+z" && b.In&inVersus != 0 {
				names = append(names, k)
			}
		}
	}
	names = append(names, "x", "9", "backspace", "consumers.worker.instances=5", "pgdown")
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 2))
		m := contest(t, 3, two(t)...)
		m.options.Save = func(string, []byte) (string, error) { return "x.svg", nil }
		m.options.Report = func(*report.Compared) ([]string, error) { return nil, errors.New("full") }
		var pressed []string
		for range 120 {
			switch r.IntN(12) {
			case 0:
				m.Update(tea.WindowSizeMsg{Width: 1 + r.IntN(140), Height: 1 + r.IntN(50)})
			case 1:
				m.Update(tea.MouseClickMsg{X: r.IntN(140), Y: r.IntN(50), Button: tea.MouseLeft})
			case 2:
				m.Update(tea.MouseWheelMsg{X: r.IntN(140), Y: r.IntN(50), Button: tea.MouseWheelDown})
			default:
				k := names[r.IntN(len(names))]
				pressed = append(pressed, k)
				if len(k) > 12 {
					typeText(m, k)
				} else if k != "pgdown" {
					press(m, k)
				}
			}
			m.Update(tickMsg{})
			m.View()
			if c := m.crash.Load(); c != nil {
				t.Fatalf("seed %d, after %v: %v\n%s", seed, pressed, c.Value, c.Stack)
			}
			checkWidths(t, m.grid(), m.w, m.h)
		}
		m.endVersus()
	}
}

// TestTrialFails: an error of the runs is told, and a crash of one is a crash.
func TestTrialFails(t *testing.T) {
	m := contest(t, 3, two(t)...)
	m.options.Contest = func([]*spec.Scenario) Trial { return failing{errors.New("no room")} }
	m.versus.trial().stop()
	clear(m.versus.trials)
	m.try()
	for m.versus.state.Running {
		time.Sleep(time.Millisecond)
		m.look()
	}
	press(m, "l")
	if text := m.grid().String(); !strings.Contains(text, "the runs failed: no room") {
		t.Errorf("the error is not told:\n%s", text)
	}
	m.options.Contest = func([]*spec.Scenario) Trial { return failing{&Crash{Value: "boom"}} }
	clear(m.versus.trials)
	m.try()
	<-m.versus.trial().done
	if c := m.crash.Load(); c == nil || c.Value != "boom" {
		t.Errorf("the crash is %v", c)
	}
}

type failing struct{ err error }

func (f failing) More(context.Context, int) (*report.Compared, error) { return nil, f.err }
func (f failing) Progress() (int, int64, int)                         { return 0, 0, 0 }
