package tui

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/spec"
)

// play begins a model on a scenario, standing still, as big as a screen.
func play(t testing.TB, sc *spec.Scenario) *model {
	t.Helper()
	m := newModel(Options{Name: sc.Name, Scenario: sc, Pace: 1, Version: "test"})
	if err := m.begin(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.close)
	m.w, m.h = 120, 36
	press(m, "space")
	m.settle(t)
	return m
}

// press presses keys by their names.
func press(m *model, keys ...string) {
	for _, k := range keys {
		m.Update(keyPress(k))
	}
}

func keyPress(name string) tea.KeyPressMsg {
	special := map[string]tea.KeyPressMsg{
		"space": {Code: tea.KeySpace, Text: " "}, "enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
		"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "backspace": {Code: tea.KeyBackspace},
		"shift+left": {Code: tea.KeyLeft, Mod: tea.ModShift}, "shift+right": {Code: tea.KeyRight, Mod: tea.ModShift},
		"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "ctrl+left": {Code: tea.KeyLeft, Mod: tea.ModCtrl},
		"ctrl+right": {Code: tea.KeyRight, Mod: tea.ModCtrl}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+z": {Code: 'z', Mod: tea.ModCtrl},
	}
	if k, ok := special[name]; ok {
		return k
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func typeText(m *model, text string) {
	for _, r := range text {
		m.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// settle waits until the driver has done all it was asked for.
func (m *model) settle(t testing.TB) {
	t.Helper()
	done := make(chan struct{})
	m.driver.ask(func(*driver) { close(done) })
	select {
	case <-done:
	case <-time.After(3 * time.Minute):
		t.Fatal("the driver does not answer")
	}
	// Its frame is published after the command: one more makes it the latest.
	again := make(chan struct{})
	m.driver.ask(func(d *driver) { d.publish(d.still()); close(again) })
	<-again
	m.look()
}

// TestKeysAreOne: no key does two things in one place, every key of the table
// is known to the terminal, and the footer and the help show what is there.
func TestKeysAreOne(t *testing.T) {
	for i, a := range bindings {
		if a.Shown == "" || a.Text == "" || a.Group == "" || len(a.Keys) == 0 || a.do == nil {
			t.Errorf("entry %d of the table is not complete: %+v", i, a)
		}
		for _, b := range bindings[i+1:] {
			for _, k := range a.Keys {
				for _, l := range b.Keys {
					if k == l && a.In&b.In != 0 {
						t.Errorf("%s does both %q and %q", k, a.Text, b.Text)
					}
				}
			}
		}
		for _, k := range a.Keys {
			if name := keyPress(k); name.String() != k && name.Text != k {
				t.Errorf("no key press is called %q", k)
			}
		}
	}
	m := play(t, builtin(t, "work-queue"))
	press(m, "?")
	text := m.text()
	for _, want := range []string{"keys", "pause, or go on", "faster"} {
		if !strings.Contains(text, want) {
			t.Errorf("the help does not say %q:\n%s", want, text)
		}
	}
	typeText(m, "crash one")
	if text = m.text(); !strings.Contains(text, "crash one instance") || strings.Contains(text, "to the start") {
		t.Errorf("the help is not searched:\n%s", text)
	}
}

// TestReadmeKeys holds the README's table of keys to the table.
func TestReadmeKeys(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := KeysMarkdown(); !strings.Contains(string(text), want) {
		t.Errorf("README.md has not this table of keys:\n%s", want)
	}
}

// TestRandomKeys presses keys, changes sizes and clicks at random: nothing may
// panic, and no line be wider than the screen.
func TestRandomKeys(t *testing.T) {
	var names []string
	for _, b := range bindings {
		for _, k := range b.Keys {
			if k != "q" && k != "ctrl+c" && k != "ctrl+z" {
				names = append(names, k)
			}
		}
	}
	names = append(names, "a", "5", "web", "9", "backspace")
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := play(t, load(t, overloaded))
		m.options.Save = func(string, []byte) (string, error) { return "x.svg", nil }
		m.options.Write = func(Played, string, bool) ([]string, error) { return nil, errors.New("full") }
		var pressed []string
		for range 150 {
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
				press(m, k)
			}
			m.Update(tickMsg{})
			m.View()
			if c := m.crash.Load(); c != nil {
				t.Fatalf("seed %d, after %v: %v\n%s", seed, pressed, c.Value, c.Stack)
			}
			if m.frame != nil {
				checkWidths(t, m.grid(), m.w, m.h)
			}
		}
	}
}

// TestLiveIsHeadless: what was played live, with pauses, speeds, steps, ways
// back and changes, is written down, read again and run to the same
// fingerprint.
func TestLiveIsHeadless(t *testing.T) {
	m := play(t, load(t, overloaded))
	m.settable(overloaded)
	var written []byte
	m.options.Write = func(p Played, _ string, _ bool) ([]string, error) {
		written = scenarios.Amended([]byte(overloaded), scenarios.Options{}, p.Scenario, p.Live)
		return nil, nil
	}
	at := func(ns int64) {
		m.seek(ns)
		m.settle(t)
		if m.frame.At() != ns {
			t.Fatalf("at %d, not %d", m.frame.At(), ns)
		}
	}
	choose := func(name string) { m.screen.Chosen = m.named(name) }
	at(30 * spec.Second)
	choose("worker")
	for _, k := range []string{"]", "k"} {
		press(m, k)
		m.settle(t)
	}
	at(90 * spec.Second)
	press(m, ".", ".", "n") // to moments that are no round numbers
	m.settle(t)
	press(m, "}")
	m.settle(t)
	choose("web")
	press(m, "{")
	m.settle(t)
	at(150 * spec.Second)
	press(m, "i")
	m.settle(t)
	choose("worker")
	press(m, "x")
	m.settle(t)
	at(160 * spec.Second)
	press(m, "x") // mended
	m.settle(t)
	press(m, "p")
	m.settle(t)
	at(163 * spec.Second)
	press(m, "p")
	m.settle(t)
	set := func(path, value string) {
		press(m, "s")
		typeText(m, path+"="+value)
		press(m, "enter")
		m.settle(t)
	}
	set("consumers.worker.instances", "many")
	if d, ok := m.screen.dialog.(*setDialog); !ok || !strings.Contains(d.said, "not a number") || !strings.Contains(m.text(), "not a number") {
		t.Errorf("the dialog does not say what is wrong:\n%s", m.grid())
	}
	press(m, "esc", "esc")
	set("broker.channels.jobs.capacity", "1500")
	at(100 * spec.Second) // back, and forth again at full speed
	m.driver.ask(func(d *driver) { d.pace, d.paused = 0, false; d.restart() })
	for range 40_000 {
		if m.settle(t); m.frame.Over() {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	press(m, "w", "enter")
	if !strings.HasPrefix(string(written), overloaded) {
		t.Errorf("the text is no longer the author's:\n%s", written)
	}
	if len(m.live) != 9 || written == nil {
		t.Fatalf("%d changes, and written %q; the last answer: %s", len(m.live), written, m.screen.Said)
	}
	sc, ds := scenarios.Load(written, scenarios.Options{Name: "written"})
	if sc == nil {
		t.Fatal(ds, string(written))
	}
	e := sim.New(sc, sim.Options{})
	e.RunAll()
	live, again := m.frame.Result.Run, e.Result().Run
	if live.Fingerprint != again.Fingerprint || live.Events != again.Events {
		t.Errorf("live %x of %d events, written %x of %d events\n%s", live.Fingerprint, live.Events, again.Fingerprint, again.Events, written)
	}
	plain := sim.New(load(t, overloaded), sim.Options{})
	plain.RunAll()
	if plain.Result().Run.Fingerprint == live.Fingerprint {
		t.Error("the changes changed nothing")
	}
}

// TestBackInTime: the screen at a moment is the same whether one came there
// from before or from after.
func TestBackInTime(t *testing.T) {
	m := play(t, builtin(t, "work-queue"))
	m.seek(20 * spec.Second)
	m.settle(t)
	first := m.grid().String()
	m.seek(60 * spec.Second)
	m.settle(t)
	if m.grid().String() == first {
		t.Fatal("forty seconds change nothing")
	}
	m.seek(20 * spec.Second)
	m.settle(t)
	if again := m.grid().String(); again != first {
		t.Errorf("before\n%s\nafter\n%s", first, again)
	}
}

// TestUndo: a change can be taken back, and then it is as if it had not been.
func TestUndo(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(40 * spec.Second)
	m.settle(t)
	before := m.frame.Result.Run.Fingerprint
	m.screen.Chosen = m.named("payment")
	press(m, "K")
	m.settle(t)
	if n := m.frame.Snap.Consumers[m.frame.World.Nodes[m.screen.Chosen].Index].Instances; n != 0 {
		t.Fatalf("%d instances are left after all were killed", n)
	}
	press(m, "u")
	m.settle(t)
	if got := m.frame.Result.Run.Fingerprint; got != before || len(m.live) != 0 {
		t.Errorf("after u %x, before %x, %d changes", got, before, len(m.live))
	}
}

// TestBreakpoint halts where its condition begins to hold.
func TestBreakpoint(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	press(m, "b")
	typeText(m, "channels.payments.depth > 60")
	press(m, "enter")
	m.settle(t)
	m.driver.ask(func(d *driver) { d.pace, d.paused = 0, false; d.restart() })
	for range 100_000 {
		if m.settle(t); m.frame.Halt != "" || m.frame.Over() {
			break
		}
		time.Sleep(time.Millisecond)
	}
	depth := m.frame.Points[m.named("payments")].Level
	if !m.frame.Paused || depth <= 60 {
		t.Fatalf("paused %v at %d with a depth of %v", m.frame.Paused, m.frame.At(), depth)
	}
	m.seek(m.frame.At() - spec.Millisecond)
	m.settle(t)
	if before := m.frame.Points[m.named("payments")].Level; before > 60 {
		t.Errorf("a millisecond before, the depth was %v already", before)
	}
}

// TestPausedIsStill: nothing is drawn while nothing moves.
func TestPausedIsStill(t *testing.T) {
	m := play(t, builtin(t, "work-queue"))
	m.Update(tickMsg{})
	if m.ticking || m.moving() {
		t.Error("it ticks while paused")
	}
	if cmd := m.wake(); cmd != nil {
		t.Error("it wakes while paused")
	}
}

// TestEnginePanics: a panic of the engine's goroutine ends the screen with what
// is needed to find its cause.
func TestEnginePanics(t *testing.T) {
	m := play(t, builtin(t, "work-queue"))
	m.driver.ask(func(*driver) { panic("boom") })
	<-m.driver.done
	if c := m.crash.Load(); c == nil || c.Value != "boom" || len(c.Stack) == 0 {
		t.Errorf("the crash is %v", c)
	}
	if _, cmd := m.Update(crashMsg{}); cmd == nil {
		t.Error("the screen stays")
	}
}

// TestViewPanics: a panic while drawing does, too.
func TestViewPanics(t *testing.T) {
	m := play(t, builtin(t, "work-queue"))
	m.screen.layout = nil
	m.View()
	if m.crash.Load() == nil {
		t.Error("nothing was caught")
	}
}

// BenchmarkFrame is what drawing the overview costs, in cells and as text.
func BenchmarkFrame(b *testing.B) {
	f := FrameAt(builtin(b, "order-fulfilment"), sim.Options{}, 144*spec.Second)
	m := newModel(Options{Name: "order-fulfilment"})
	m.frame, m.w, m.h = f, 120, 40
	for b.Loop() {
		m.View()
	}
}

// BenchmarkWatched is a whole run as fast as it goes with all that the screen
// needs of it, frames included; BenchmarkHeadless the same without.
func BenchmarkWatched(b *testing.B) {
	sc := builtin(b, "order-fulfilment")
	for b.Loop() {
		d := newDriver(sc, sim.Options{}, 0)
		for !d.still() {
			d.move()
		}
	}
}

func BenchmarkHeadless(b *testing.B) {
	sc := builtin(b, "order-fulfilment")
	for b.Loop() {
		e := sim.New(sc, sim.Options{})
		e.RunAll()
	}
}

// BenchmarkStepBack is a step back at the end of a ten-minute run: the way from
// the start to six seconds before.
func BenchmarkStepBack(b *testing.B) {
	sc := builtin(b, "order-fulfilment")
	d := newDriver(sc, sim.Options{}, 1)
	d.to(sc.Duration)
	for b.Loop() {
		d.goTo(sc.Duration)
		d.goTo(sc.Duration - 6*spec.Second)
	}
}
