package tui

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
)

var update = flag.Bool("update", false, "rewrite the expected screens in testdata")

func load(t testing.TB, text string, set ...spec.Setting) *spec.Scenario {
	t.Helper()
	sc, ds := scenarios.Load([]byte(text), scenarios.Options{Name: "test.yaml", Set: set})
	if sc == nil {
		t.Fatal(ds)
	}
	return sc
}

func builtin(t testing.TB, name string, set ...spec.Setting) *spec.Scenario {
	t.Helper()
	text, fsys, ok := scenarios.Builtin(name)
	if !ok {
		t.Fatalf("no scenario %s", name)
	}
	sc, ds := scenarios.Load(text, scenarios.Options{Name: name, FS: fsys, Set: set})
	if sc == nil {
		t.Fatal(ds)
	}
	return sc
}

// variant is a variant of a built-in scenario.
func variant(t testing.TB, name, variant string) (*spec.Scenario, scenarios.Diagnostics) {
	t.Helper()
	text, fsys, _ := scenarios.Builtin(name)
	return scenarios.Load(text, scenarios.Options{Name: name, FS: fsys, Variant: variant})
}

const cjk = `name: 注文システム
duration: 2m
producers:
  ウェブ注文受付: {emits: 注文, to: 注文の待ち行列, rate: poisson(50/s)}
  とても長い名前の生産者ですから切らなければなりません: {emits: 注文, to: 注文の待ち行列, rate: poisson(5/s)}
broker:
  channels:
    注文の待ち行列: {type: queue, capacity: 200, overflow: reject}
consumers:
  支払いサービス: {from: 注文の待ち行列, instances: 1, work: exp(19ms)}
`

const overloaded = `name: overloaded
duration: 5m
producers:
  web: {emits: order, to: jobs, rate: poisson(100/s)}
broker:
  channels:
    jobs: {type: queue, capacity: 2000, overflow: reject, dead_letter: jobs.dead, max_deliveries: 2}
    jobs.dead: {type: queue}
consumers:
  worker: {from: jobs, instances: 3, work: exp(40ms), fail: 3%}
timeline:
  - {at: 1m, crash: worker}
  - {at: 2m, slow: worker, times: 1.5, for: 1m}
`

// frames are the runs that the golden screens are of.
func frames(t testing.TB) map[string]*Frame {
	t.Helper()
	orders := builtin(t, "order-fulfilment")
	o := sim.Options{Version: "test"}
	return map[string]*Frame{
		"empty":      FrameAt(orders, o, 0),
		"busy":       FrameAt(orders, o, 144*spec.Second),
		"overloaded": FrameAt(load(t, overloaded), o, 150*spec.Second),
		"cjk":        FrameAt(load(t, cjk), o, 60*spec.Second),
	}
}

var sizes = []struct {
	name string
	w, h int
}{{"120x36", 120, 36}, {"80x24", 80, 24}, {"60x16", 60, 16}}

// checkWidths holds a screen to its size.
func checkWidths(t *testing.T, g draw.Grid, w, h int) {
	t.Helper()
	lines := g.Lines()
	if len(lines) != h {
		t.Fatalf("%d lines, not %d", len(lines), h)
	}
	for i, line := range lines {
		if draw.Width(line) > w {
			t.Errorf("line %d is %d cells wide, the screen %d: %q", i, draw.Width(line), w, line)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", name, got, want)
	}
}

// TestScreens compares every view of every run at every size.
func TestScreens(t *testing.T) {
	for name, f := range frames(t) {
		for _, size := range sizes {
			for v := range View(views) {
				s := NewScreen(f.spec().Name)
				s.View = v
				if v == Component {
					s.Chosen, s.YAML = f.worst(), scenarios.Resolved
				}
				if v == Inspector {
					s.Moment = s.lookAt(f)
				}
				g := s.Draw(f, size.w, size.h)
				checkWidths(t, g, size.w, size.h)
				golden(t, name+"-"+viewNames[v]+"-"+size.name, g.String()+"\n")
			}
		}
	}
}

// TestScreensSay holds the screens to what a user must find on them, whatever
// they look like.
func TestScreensSay(t *testing.T) {
	all := frames(t)
	calls, ds := variant(t, "sync-vs-events", "calls")
	if calls == nil {
		t.Fatal(ds)
	}
	all["calls"] = FrameAt(calls, sim.Options{}, 210*spec.Second)
	for _, c := range []struct {
		frame string
		view  View
		w, h  int
		want  []string
	}{
		{"busy", Overview, 120, 36, []string{"payment ▲", "payments.dlq", "order.paid", "end-to-end latency", "findings", "instances=4", "2:24.000"}},
		{"busy", Overview, 80, 24, []string{"▲ payment", "producers", "broker", "consumers"}},
		{"busy", Overview, 60, 16, []string{"▲ payment"}},
		{"busy", Component, 120, 36, []string{"bottleneck", "utilisation", "where the time went", "waiting", "yaml", "concurrency: 10"}},
		{"busy", Inspector, 120, 36, []string{"waits in payments", "payment #", "order.placed", "CloudEvents", "the system at", "/30 busy", "▸"}},
		{"busy", Ledger, 80, 24, []string{"balanced", "dead-lettered"}},
		{"overloaded", Overview, 120, 36, []string{"cannot keep up", "worker crashes", "work ×1.5", "full: it refuses"}},
		{"cjk", Overview, 120, 36, []string{"支払いサービス"}},
		{"calls", Overview, 120, 36, []string{"open calls 8", "refused 1.1k", "completed 0/s", "down ✗"}},
	} {
		s := NewScreen("x")
		s.View, s.Chosen = c.view, -1
		if c.view == Component {
			s.Chosen, s.YAML = all[c.frame].worst(), scenarios.Resolved
		}
		s.Moment = s.lookAt(all[c.frame])
		text := s.Draw(all[c.frame], c.w, c.h).String()
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s %s %d×%d does not say %q:\n%s", c.frame, viewNames[c.view], c.w, c.h, want, text)
			}
		}
	}
}

// TestEverySize draws every view at every size: nothing may panic.
func TestEverySize(t *testing.T) {
	f := frames(t)["busy"]
	for h := 1; h < 50; h += 3 {
		for w := 1; w < 140; w += 7 {
			for v := range View(views) {
				s := NewScreen("x")
				s.View, s.Chosen = v, 5
				checkWidths(t, s.Draw(f, w, h), w, h)
			}
			gallery := &gallery{entries: []Entry{{Name: "a", About: "b", YAML: "# c\nd: e\n"}}}
			checkWidths(t, NewScreen("").drawGallery(gallery, w, h), w, h)
		}
	}
}
