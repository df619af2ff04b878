package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"eddy/config"
	"eddy/sim/experiment"
)

// call runs the program in this process.
func call(t *testing.T, out io.Writer, args ...string) (code int, errs string) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	var b bytes.Buffer
	code = Main(args, strings.NewReader(""), out, &b)
	return code, b.String()
}

func TestClosedReaderIsNoError(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	for _, command := range []string{"list", "schema", "config", "version"} {
		if code, errs := call(t, w, command); code != exitPipe || errs != "" {
			t.Errorf("%s: exit code %d, standard error %q", command, code, errs)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestEveryCommandTellsOfAFullDisk(t *testing.T) {
	for _, args := range [][]string{
		{"list"},
		{"list", "--format", "json"},
		{"schema"},
		{"config"},
		{"config", "--format", "json"},
		{"version"},
		{"--version"},
		{"--help"},
		{"run", "--help"},
		{"show", "work-queue"},
		{"show", "work-queue", "--resolved"},
		{"new", "-"},
		{"completion", "bash"},
		{"completion", "zsh"},
		{"completion", "fish"},
		{"completion", "powershell"},
		{"validate", "work-queue"},
		{"validate", "work-queue", "--format", "json"},
		{"run", "work-queue", "--duration", "2s", "--warmup", "0"},
		{"run", "work-queue", "--duration", "2s", "--warmup", "0", "--replications", "2"},
		{"check", "work-queue", "--duration", "2s", "--warmup", "0", "--format", "json"},
	} {
		if code, errs := call(t, fullDisk{}, args...); code != exitFailed || errs != "eddy: standard output: no space left on device\n" {
			t.Errorf("%v: exit code %d, standard error %q", args, code, errs)
		}
	}
}

func TestPanicIsOneLine(t *testing.T) {
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	var errs bytes.Buffer
	p := &program{errs: &errs, args: []string{"run", "x"}}
	if code := p.guard(func() int { panic("boom\nand more") }); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	files, _ := filepath.Glob(filepath.Join(state, "eddy", "crash-*.txt"))
	if len(files) != 1 {
		t.Fatalf("crash files: %v", files)
	}
	if want := "eddy: internal error: boom; details are in " + files[0] + "\n"; errs.String() != want {
		t.Errorf("got %q, want %q", &errs, want)
	}
	text, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(text), "TestPanicIsOneLine") || !strings.Contains(string(text), `"run" "x"`) {
		t.Errorf("%s: %v", text, err)
	}
}

func TestPanicWithoutAPlaceToTell(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", "/dev/null")
	var errs bytes.Buffer
	p := &program{errs: &errs}
	if code := p.guard(func() int { panic(errors.New("boom")) }); code != exitFailed || errs.String() != "eddy: internal error: boom; it could not be written down\n" {
		t.Errorf("exit code %d, %q", code, &errs)
	}
}

func TestPanicInARunIsTheSame(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	var errs bytes.Buffer
	p := &program{errs: &errs}
	err := p.failedRun(&experiment.Panic{Value: "boom", Stack: []byte("here")})
	if codeOf(err) != exitFailed || err.Error() != "" || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("%v, %q", err, &errs)
	}
}

func TestColour(t *testing.T) {
	for _, c := range []struct {
		setting string
		env     map[string]string
		want    bool
	}{
		{"auto", nil, false}, // no terminal
		{"always", nil, true},
		{"always", map[string]string{"NO_COLOR": "1", "TERM": "dumb"}, true},
		{"never", map[string]string{"CLICOLOR_FORCE": "1"}, false},
		{"auto", map[string]string{"CLICOLOR_FORCE": "1"}, true},
		{"auto", map[string]string{"CLICOLOR_FORCE": "0"}, false},
		{"auto", map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, false},
		{"auto", map[string]string{"CLICOLOR_FORCE": "1", "TERM": "dumb"}, true},
	} {
		env := func(name string) string { return c.env[name] }
		if got := colour(&config.Config{Colour: c.setting}, &bytes.Buffer{}, env); got != c.want {
			t.Errorf("%s with %v: %v", c.setting, c.env, got)
		}
	}
}

func TestProgressLine(t *testing.T) {
	at := experiment.Progress{Runs: 1, Now: 378e9, Events: 824000}
	got := progressLine("orders", 600e9, at, 2*time.Second, true)
	if want := "████████████░░░░░░░░   63 %  6m18s of 10m00s  412k events/s  1s left"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	at = experiment.Progress{Runs: 30, Done: 12, Now: 30 * 240e9, Events: 5}
	got = progressLine("orders\x1b[31m", 600e9, at, 10*time.Second, false)
	if want := `orders\u001b[31m   40 %  12 of 30 runs  0.5 events/s  15s left`; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := progressLine("o", 600e9, experiment.Progress{Runs: 1}, time.Second, false); strings.Contains(got, "left") {
		t.Errorf("nothing is known yet: %q", got)
	}
}

func TestProgressIsClearedAndOnlyWhereItMayBe(t *testing.T) {
	var errs bytes.Buffer
	v := &progressView{
		w: &errs, name: "x", duration: 1e9, bar: true, every: time.Millisecond, began: time.Now().Add(-2 * time.Second),
	}
	stop := make(chan struct{})
	var once sync.Once
	v.ask = func() experiment.Progress {
		once.Do(func() { close(stop) }) // the work is done as soon as it has been asked how far it is
		return experiment.Progress{Runs: 1, Now: 5e8}
	}
	v.loop(stop)
	if !strings.Contains(errs.String(), " 50 %") || !strings.HasSuffix(errs.String(), "\r\x1b[K") || strings.Contains(errs.String(), "\n") {
		t.Errorf("%q", &errs)
	}
	errs.Reset()
	v.began, v.shown = time.Now(), false
	v.show(500 * time.Millisecond)
	v.clear()
	if errs.Len() != 0 {
		t.Errorf("before a second has passed: %q", &errs)
	}
	v.bar = false
	v.show(10 * time.Second)
	v.clear()
	if strings.Contains(errs.String(), "\x1b") || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("without a terminal: %q", &errs)
	}
}

func TestSpan(t *testing.T) {
	for text, want := range map[string]int64{"500ms": 5e8, "1m30s": 90e9, "1.5s": 15e8, "1d": 86400e9, "2us": 2000} {
		var s span
		if err := s.Set(text); err != nil || s.nanos != want {
			t.Errorf("%s: %d, %v", text, s.nanos, err)
		}
	}
	for _, text := range []string{"", "5", "0s", "s", "1x", "1s x", "-1s", "36501d"} {
		if err := new(span).Set(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestShare(t *testing.T) {
	for text, want := range map[string]float64{"5%": 0.05, "0.05": 0.05, "100%": 1, "1": 1, "0.5%": 0.005} {
		var s share
		if err := s.Set(text); err != nil || s.value != want {
			t.Errorf("%s: %g, %v", text, s.value, err)
		}
	}
	for _, text := range []string{"", "0", "0%", "101%", "2", "-5%", "5 %", "1e-3", "NaN"} {
		if err := new(share).Set(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestDefaultStep(t *testing.T) {
	for duration, want := range map[int64]int64{600e9: 1e9, 3600e9: 6e9, 10e9: 1e8, 1: 1e8} {
		if got := defaultStep(duration); got != want {
			t.Errorf("%d: %d, want %d", duration, got, want)
		}
	}
}

// TestBarWhereALineCanBeCleared: escape sequences go to terminals that obey them.
func TestBarWhereALineCanBeCleared(t *testing.T) {
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil || !isTerminal(screen) {
		t.Skipf("no terminal to be had here: %v", err)
	}
	defer screen.Close()
	for term, want := range map[string]bool{"xterm-256color": true, "": true, "dumb": false} {
		if got := obedient(screen, func(string) string { return term }); got != want {
			t.Errorf("TERM=%q: %v", term, got)
		}
	}
	if obedient(&bytes.Buffer{}, func(string) string { return "xterm" }) {
		t.Error("a file is no terminal")
	}
}
