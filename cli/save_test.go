package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eddy/scenarios"
	"eddy/sim/spec"
	"eddy/tui"
)

const recorded = `# The day it broke.
name: recorded
duration: 1m
producers:
  web: {emits: e, to: q, rate: replay(file=data/times.csv)}   # as it was
broker: {channels: {q: {type: queue}}}
consumers:
  c: {from: q, work: empirical(file=work.csv)}
`

// TestWritePlayed: a scenario written into another folder still finds its
// files, keeps its comments, and never takes the place of a file unasked.
func TestWritePlayed(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"a.yaml": recorded, "data/times.csv": "at\n1\n2\n", "work.csv": "1ms\n2ms\n"} {
		path := filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	word := filepath.Join(from, "a.yaml")
	src, err := openFile(word)
	if err != nil {
		t.Fatal(err)
	}
	o := scenarios.Options{Name: src.name, FS: src.fsys}
	base, err := loaded(src.text, o)
	if err != nil {
		t.Fatal(err)
	}
	live := []spec.Action{{At: 30 * spec.Second, Kind: spec.CrashAction, A: spec.Ref{Kind: spec.ConsumerComponent}, Count: 1, Chance: 1, Event: spec.None}}
	with := *base
	with.Timeline = live
	played := tui.Played{Name: word, Base: base, Live: live, Scenario: &with}
	path := filepath.Join(to, "b.yaml")
	beside, err := writePlayed(src, src.text, o, played, path, false)
	if err != nil || len(beside) != 2 {
		t.Fatal(beside, err)
	}
	text, _ := os.ReadFile(path)
	if !strings.HasPrefix(string(text), recorded) || !strings.Contains(string(text), "crash: consumers.c") {
		t.Errorf("%s", text)
	}
	again, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sc, err := loaded(again.text, scenarios.Options{Name: again.name, FS: again.fsys})
	if err != nil || scenarios.Hash(sc) != scenarios.Hash(&with) {
		t.Error("it is another scenario", err)
	}
	if _, err := writePlayed(src, src.text, o, played, path, false); !errors.Is(err, tui.ErrExists) {
		t.Errorf("over a file: %v", err)
	}
	if beside, err := writePlayed(src, src.text, o, played, path, true); err != nil || len(beside) != 0 {
		t.Errorf("asked to overwrite: %v %v", beside, err)
	}
	if err := os.WriteFile(filepath.Join(to, "work.csv"), []byte("9ms\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := writePlayed(src, src.text, o, played, filepath.Join(to, "c.yaml"), false); err == nil || !strings.Contains(err.Error(), "another file") {
		t.Errorf("with another work.csv there: %v", err)
	}
	if got := proposeFile(word); got != filepath.Join(from, "a-live.yaml") {
		t.Errorf("proposed is %s", got)
	}
	if got := proposeFile("work-queue"); got != "work-queue-live.yaml" {
		t.Errorf("proposed is %s", got)
	}
	if beside, err := writePlayed(src, src.text, o, played, proposeFile(word), false); err != nil || len(beside) != 0 {
		t.Errorf("beside the original: %v %v", beside, err)
	}
	if got := proposeFile(word); got != filepath.Join(from, "a-live-2.yaml") {
		t.Errorf("proposed is %s", got)
	}
}
