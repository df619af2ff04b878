package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"eddy/report"
	"eddy/scenarios"
	"eddy/sim/spec"
)

// TestMonkey does everything at random that a terminal may send: keys, also
// those that nobody has, words, clicks and wheels anywhere and beyond, pastes,
// resizes down to nothing, changes of theme; on one scenario after the other,
// in the gallery and side by side. Nothing may panic, and every screen fits.
//
// EDDY_MONKEY is how many messages in all instead of 800.
func TestMonkey(t *testing.T) {
	names := []string{"", "order-fulfilment", "sync-vs-events", "stream-partitions", "overloaded", "content-routing", "cjk", "a comparison"}
	all := 100 * len(names)
	if n, err := strconv.Atoi(os.Getenv("EDDY_MONKEY")); err == nil {
		all = n
	}
	round := min(all/len(names), 200) // messages to one screen, before a new one
	for i := range (all + round - 1) / round {
		name := names[i%len(names)]
		t.Run(fmt.Sprintf("%d %s", i, name), func(t *testing.T) {
			k := newMonkey(t, name, uint64(i))
			for range round {
				k.act()
			}
		})
	}
}

// monkey is who sits before the screen.
type monkey struct {
	t    *testing.T
	luck *rand.Rand
	m    *model
	did  []string
}

func textOf(name string) ([]byte, fs.FS) {
	switch name {
	case "overloaded":
		return []byte(overloaded), nil
	case "cjk":
		return []byte(cjk), nil
	}
	text, files, _ := scenarios.Builtin(name)
	return text, files
}

func newMonkey(t *testing.T, name string, seed uint64) *monkey {
	o := Options{Name: name, Pace: []float64{0, 1, 1000}[seed%3], Version: "test", Mouse: true, MaxEvents: 200_000, MaxPending: 50_000, Pairs: 2, Contest: pairsOf}
	o.Theme = []string{"auto", "mono", "light"}[seed%3]
	o.Symbols = []string{"braille", "ascii", "block"}[seed/3%3]
	for _, n := range scenarios.Names() {
		text, _, _ := scenarios.Builtin(n)
		o.Gallery = append(o.Gallery, Entry{Name: n, About: scenarios.About(n), YAML: string(text)})
	}
	connect(&o)
	if name == "a comparison" {
		o.Compare = two(t)
	} else if name != "" {
		sc, err := loaded(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		o.Scenario = sc
	}
	k := &monkey{t: t, luck: rand.New(rand.NewPCG(seed, 5)), m: newModel(o)}
	if err := k.m.begin(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.m.close)
	t.Cleanup(k.m.endVersus)
	k.m.w, k.m.h = 120, 36
	if k.m.comparing() {
		k.m.counted(t, o.Pairs)
	}
	return k
}

func loaded(name string, set []Setting) (*spec.Scenario, error) {
	text, files := textOf(name)
	sc, ds := scenarios.Load(text, scenarios.Options{Name: name, FS: files, Set: set})
	if sc == nil {
		return nil, errorOf(ds)
	}
	return sc, nil
}

// connect ties the screen to texts as the program does, but for the files.
func connect(o *Options) {
	with := func(name string, base *spec.Scenario) ([]byte, scenarios.Options) {
		text, files := textOf(name)
		return text, scenarios.Options{Name: name, FS: files, Variant: base.Variant, Set: base.Set}
	}
	o.Open = func(name string) (*spec.Scenario, error) { return loaded(name, nil) }
	o.Apply = func(base *spec.Scenario, name string, set []Setting) (*spec.Scenario, error) {
		return loaded(name, set)
	}
	o.Settable = func(base *spec.Scenario, name string) []Setting { return scenarios.Settable(with(name, base)) }
	o.SetLive = func(base *spec.Scenario, name, path, value string) (Action, error) {
		text, lo := with(name, base)
		return scenarios.SetLive(base, text, lo, path, value)
	}
	o.Propose = func(name string) string { return name + "-live.yaml" }
	o.Write = func(p Played, path string, overwrite bool) ([]string, error) {
		switch {
		case strings.Contains(path, "/"):
			return nil, errors.New("there is no such folder")
		case !overwrite && len(p.Live)%2 == 0:
			return nil, ErrExists
		}
		text, lo := with(p.Name, p.Base)
		scenarios.Amended(text, lo, p.Scenario, p.Live)
		return nil, nil
	}
	o.Variants = func(name string) ([]*spec.Scenario, error) {
		text, files := textOf(name)
		var list []*spec.Scenario
		for _, v := range scenarios.Variants(text) {
			if sc, _ := scenarios.Load(text, scenarios.Options{Name: name, FS: files, Variant: v}); sc != nil {
				list = append(list, sc)
			}
		}
		return list, nil
	}
	o.Rival = func(name string, base *spec.Scenario, text string) (*spec.Scenario, string, error) {
		if path, value, ok := strings.Cut(text, "="); ok {
			sc, err := loaded(name, append(base.Set[:len(base.Set):len(base.Set)], Setting{Path: path, Value: value}))
			return sc, name, err
		}
		sc, err := loaded(text, nil)
		return sc, text, err
	}
	o.YAML = scenarios.Resolved
	o.Save = func(name string, content []byte) (string, error) { return name, nil }
	saved := func(*report.Compared) ([]string, error) { return []string{"a.md", "a.html"}, nil }
	o.Report, o.Data = saved, saved
}

// keyNames are the names of the table's keys, and of some that are not in it.
func keyNames() []string {
	names := []string{"a", "5", "9", "backspace", "ctrl+q", "pgup", "pgdown", "é", "支", "\u200d", "alt", "enter", "esc"}
	for i := range bindings {
		if bindings[i].Group != "panic" {
			names = append(names, bindings[i].Keys...)
		}
	}
	return names
}

var monkeyKeys = keyNames()

// words are typed into whatever asks.
var words = []string{
	"", "web", "payment", "more", "1m30s", "99h", "-1", "#3", "web:12", "consumers.payment.instances=3", "consumers.worker.instances=0",
	"latency.p99 > 1s", "depth > 5", "broker.latency=9ms", "order-fulfilment", "注文", strings.Repeat("x", 300), "\x1b[31m", "a\tb\nc", "%d%!s",
}

// act does one thing, and looks at the screen.
func (k *monkey) act() {
	k.t.Helper()
	m, n := k.m, k.luck.IntN
	k.m.ticking = true // so that no command is a tick, which sleeps
	where := func(size int) int { return n(size+40) - 20 }
	if m.screen.dialog != nil && n(3) == 0 {
		k.send(keyPress([]string{"enter", "esc", "down"}[n(3)]))
	}
	switch n(30) {
	case 0:
		sizes := []int{0, 1, 2, 15, 16, 17, 20, 24, 30, 36, 59, 60, 61, 79, 80, 81, 109, 110, 120, 140, 400}
		k.send(tea.WindowSizeMsg{Width: sizes[n(len(sizes))], Height: sizes[n(len(sizes))]})
	case 1:
		k.send(tea.WindowSizeMsg{Width: 60 + n(90), Height: 16 + n(40)})
	case 2:
		k.send(tea.MouseClickMsg{X: where(m.w), Y: where(m.h), Button: tea.MouseButton(n(12))})
	case 3:
		k.send(tea.MouseWheelMsg{X: where(m.w), Y: where(m.h), Button: []tea.MouseButton{tea.MouseWheelDown, tea.MouseWheelUp, tea.MouseWheelLeft}[n(3)]})
	case 4:
		k.send(tea.MouseMotionMsg{X: where(m.w), Y: where(m.h), Button: tea.MouseLeft})
		k.send(tea.MouseReleaseMsg{X: where(m.w), Y: where(m.h), Button: tea.MouseLeft})
	case 5:
		k.send(tea.PasteMsg{Content: words[n(len(words))]})
	case 6:
		for _, r := range words[n(len(words))] {
			k.send(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
		k.send(keyPress("enter"))
	case 7:
		k.send(tea.ColorProfileMsg{Profile: []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256, colorprofile.ANSI, colorprofile.NoTTY}[n(4)]})
	case 8:
		k.send(nudgeMsg{})
	case 9:
		k.send(keyPress(monkeyKeys[n(len(monkeyKeys))]))
	case 10, 11:
		k.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	default:
		k.send(keyPress(k.known()))
	}
	k.send(tickMsg{})
}

// known is a key that does something where the screen is.
func (k *monkey) known() string {
	for {
		b := &bindings[k.luck.IntN(len(bindings))]
		if b.In&k.m.where() != 0 && b.Group != "panic" {
			return b.Keys[k.luck.IntN(len(b.Keys))]
		}
	}
}

// send gives a message to the model and does what it answers with.
func (k *monkey) send(msg tea.Msg) {
	k.t.Helper()
	if _, tick := msg.(tickMsg); !tick {
		k.did = append(k.did, fmt.Sprintf("%T%v", msg, msg))
	}
	_, cmd := k.m.Update(msg)
	if _, tick := msg.(tickMsg); !tick {
		k.do(cmd)
	}
	content := ""
	if k.luck.IntN(3) > 0 { // a terminal may send more before anything is drawn
		content = k.m.View().Content
	}
	if c := k.m.crash.Load(); c != nil {
		k.t.Fatalf("after %v at %d×%d: %v\n%s", k.last(), k.m.w, k.m.h, c.Value, c.Stack)
	}
	k.fits(content)
	k.m.quitting = false // it goes on all the same
}

func (k *monkey) last() []string { return k.did[max(0, len(k.did)-40):] }

// do does commands at once, and hands on what comes of them.
func (k *monkey) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			k.do(c)
		}
	case peekedMsg:
		k.send(msg)
	}
}

// fits holds the screen to the terminal.
func (k *monkey) fits(content string) {
	k.t.Helper()
	if content == "" {
		return
	}
	lines := strings.Split(content, "\n")
	if len(lines) > k.m.h {
		k.t.Fatalf("after %v: %d lines in %d", k.last(), len(lines), k.m.h)
	}
	for _, line := range lines {
		if w := lipgloss.Width(line); w > k.m.w {
			k.t.Fatalf("after %v: a line of %d cells in %d×%d: %q", k.last(), w, k.m.w, k.m.h, line)
		}
		for _, r := range line {
			if r < ' ' && r != '\x1b' || r == 0x7f {
				k.t.Fatalf("after %v: control character %q in %q", k.last(), r, line)
			}
		}
	}
}
