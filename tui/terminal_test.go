package tui_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"eddy/cli"
	"eddy/tui"
)

// terminal is a real terminal, tmux, with a shell in it.
type terminal struct {
	t            *testing.T
	socket, dir  string
	binary, pipe string
}

// beProgram in the environment makes the test's binary be the program: that
// saves building it.
const beProgram = "BE_EDDY_IN_A_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(beProgram) != "" {
		tui.PanicOnKeys()
		os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// inTerminal starts a terminal of w × h cells with a shell that knows the program.
func inTerminal(t *testing.T, w, h int) *terminal {
	t.Helper()
	if testing.Short() {
		t.Skip("a real terminal takes seconds")
	}
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not there: the screen is not tried in a real terminal")
	}
	dir := t.TempDir()
	x := &terminal{t: t, socket: fmt.Sprintf("eddy-test-%d-%d", os.Getpid(), time.Now().UnixNano()), dir: dir, pipe: filepath.Join(dir, "bytes")}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	x.binary = filepath.Join(dir, "run-eddy")
	if err := os.Symlink(self, x.binary); err != nil {
		t.Fatal(err)
	}
	x.tmux("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h), "-s", "e",
		"env", "-u", "CI", "-u", "NO_COLOR", "TERM=tmux-256color", "XDG_STATE_HOME="+dir, beProgram+"=1", "PS1=ready> ", "bash", "--norc", "--noprofile")
	t.Cleanup(func() { _ = exec.Command("tmux", "-L", x.socket, "kill-server").Run() })
	x.tmux("pipe-pane", "-t", "e", "cat >"+x.pipe)
	x.sees("ready>")
	x.keys("cd "+dir, "Enter", "clear", "Enter")
	time.Sleep(200 * time.Millisecond)
	return x
}

func (x *terminal) tmux(args ...string) string {
	x.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-L", x.socket}, args...)...).CombinedOutput()
	if err != nil {
		x.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (x *terminal) keys(keys ...string) { x.tmux(append([]string{"send-keys", "-t", "e"}, keys...)...) }
func (x *terminal) screen() string      { return x.tmux("capture-pane", "-p", "-t", "e") }

// patience is how long a text may take to come to the screen: so long that only
// one that never comes is missed, however busy the machine is.
const patience = 2 * time.Minute

// sees waits until all of the texts are on the screen.
func (x *terminal) sees(texts ...string) string {
	x.t.Helper()
	var screen string
	for start := time.Now(); time.Since(start) < patience; {
		screen = x.screen()
		missing := ""
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				missing = text
			}
		}
		if missing == "" {
			return screen
		}
		time.Sleep(50 * time.Millisecond)
	}
	x.t.Fatalf("the screen never showed %q:\n%s", texts, screen)
	return ""
}

// gone waits until a text is no longer on the screen.
func (x *terminal) gone(text string) {
	x.t.Helper()
	for start := time.Now(); time.Since(start) < patience; {
		if !strings.Contains(x.screen(), text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	x.t.Fatalf("%q stays on the screen:\n%s", text, x.screen())
}

// start runs the program and waits for its screen.
func (x *terminal) start(args string) {
	x.t.Helper()
	x.keys(x.binary+" "+args+"; echo code=$?", "Enter")
}

// back waits for the shell and an exit code, and checks that the terminal is
// as it was: its lines are there, it echoes, and its cursor is seen.
func (x *terminal) back(code int) {
	x.t.Helper()
	x.sees(fmt.Sprintf("code=%d", code))
	x.gone("timeline")
	x.keys("stty -a | tr -s ' ' '\\n' | grep -cE '^(echo|icanon|isig)$'; echo look''ed", "Enter")
	if screen := x.sees("\nlooked"); !strings.Contains(screen, "\n3\n") {
		x.t.Errorf("the terminal is not as it was:\n%s", screen)
	}
	state := x.tmux("display-message", "-p", "-t", "e", "#{cursor_flag} #{alternate_on} #{mouse_any_flag}")
	if strings.TrimSpace(state) != "1 0 0" {
		x.t.Errorf("cursor seen, alternate screen and mouse are %q", state)
	}
}

// pid is the program's: the only child of the terminal's shell.
func (x *terminal) pid() string {
	x.t.Helper()
	shell := strings.TrimSpace(x.tmux("display-message", "-p", "-t", "e", "#{pane_pid}"))
	out, err := exec.Command("pgrep", "-P", shell).Output()
	if err != nil {
		x.t.Fatal("the program does not run")
	}
	return strings.Fields(string(out))[0]
}

func (x *terminal) signal(name string) {
	x.t.Helper()
	if err := exec.Command("kill", "-"+name, x.pid()).Run(); err != nil {
		x.t.Fatal(err)
	}
}

func (x *terminal) bytes() int64 {
	info, err := os.Stat(x.pipe)
	if err != nil {
		x.t.Fatal(err)
	}
	return info.Size()
}

// fallsSilent waits until nothing more is written: half a second goes by
// without a byte. A screen that draws what has not changed never does.
func (x *terminal) fallsSilent() {
	x.t.Helper()
	before := x.bytes()
	for start := time.Now(); time.Since(start) < patience; {
		time.Sleep(500 * time.Millisecond)
		now := x.bytes()
		if now == before {
			return
		}
		before = now
	}
	x.t.Error("it writes on and on, though nothing moves")
}

// TestTerminal does in a real terminal what a first user would: watch, pause,
// kill, add, go back, resize, write, quit.
func TestTerminal(t *testing.T) {
	x := inTerminal(t, 120, 36)
	x.start("run order-fulfilment")
	x.sees("order-fulfilment", "flow", "payments.dlq")
	x.keys("Space")
	x.sees("paused")
	x.keys("g", "2m24s", "Enter")
	x.sees("02:24.000", "payment ▲", "instances=4")
	x.fallsSilent()
	x.keys("/", "payment", "Enter")
	x.sees("▸ payment")
	x.keys("Home")
	x.sees("00:00.000")
	x.keys("S-Right")
	x.sees("01:00.000")
	x.keys("k")
	x.sees("one of payment crashes", "u takes it back")
	x.keys("]")
	x.sees("payment → ×4")
	x.keys("w")
	x.sees("write to", "order-fulfilment-live.yaml")
	x.keys("Enter")
	x.sees("written: order-fulfilment-live.yaml")
	if _, err := os.Stat(filepath.Join(x.dir, "order-fulfilment-live.yaml")); err != nil {
		t.Error(err)
	}
	x.keys("f")
	x.sees("★ ", "let go")
	x.keys("Escape")
	x.gone("let go")
	x.keys("s")
	x.sees("set a value from now on", "consumers.payment.instances")
	x.keys("Escape")
	x.gone("set a value")
	x.keys("3")
	x.sees("CloudEvents", "slowest first", "the system at")
	x.tmux("resize-window", "-t", "e", "-x", "80", "-y", "24")
	x.sees("waits in")
	x.keys("1")
	x.sees("producers", "broker", "consumers")
	x.tmux("resize-window", "-t", "e", "-x", "30", "-y", "8")
	x.sees("needs 60")
	x.tmux("resize-window", "-t", "e", "-x", "120", "-y", "36")
	x.sees("flow")
	x.keys("C-z")
	x.gone("findings")
	x.sees("code=148")
	x.keys("clear", "Enter", "fg", "Enter")
	x.sees("flow")
	x.keys("q")
	x.gone("timeline")
	x.keys("echo code=$?", "Enter")
	x.back(0)
}

// TestReloadInTerminal: a file that is edited while it runs is read again; what
// is wrong with it is told, and the run goes on as it was.
func TestReloadInTerminal(t *testing.T) {
	x := inTerminal(t, 100, 30)
	write := func(instances string) {
		text := "name: shop\nduration: 5m\nproducers:\n  web: {emits: order, to: jobs, rate: poisson(10/s)}\n" +
			"broker:\n  channels:\n    jobs: {type: queue}\nconsumers:\n  worker: {from: jobs, work: 50ms, instances: " + instances + "}\n"
		if err := os.WriteFile(filepath.Join(x.dir, "shop.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("1")
	x.start("run shop.yaml")
	x.sees("shop", "worker", "■")
	x.keys("Space")
	x.sees("paused")
	x.keys("g", "1m", "Enter")
	x.sees("01:00.000")
	write("many")
	x.keys("R")
	x.sees("it cannot be run as it is", "shop.yaml:9")
	write("3")
	x.keys("R")
	x.gone("it cannot be run as it is")
	x.sees("read again, and run to 1:00", "01:00.000")
	x.keys("2")
	x.sees("instances: 3")
	x.keys("q")
	x.back(0)
}

// TestPlainTerminal: NO_COLOR takes the colours away and --no-mouse leaves the
// mouse to the terminal; without them both are there.
func TestPlainTerminal(t *testing.T) {
	x := inTerminal(t, 100, 30)
	coloured := regexp.MustCompile(`\x1b\[[0-9;:]*\b([34]8[;:]|3[0-7]|4[0-7]|9[0-7])`)
	look := func(colours bool, mouse string) {
		t.Helper()
		x.sees("work-queue", "q quit", "■")
		if got := coloured.MatchString(x.tmux("capture-pane", "-e", "-p", "-t", "e")); got != colours {
			t.Errorf("there are colours: %v", got)
		}
		if got := strings.TrimSpace(x.tmux("display-message", "-p", "-t", "e", "#{mouse_any_flag}")); got != mouse {
			t.Errorf("the mouse is taken: %s, not %s", got, mouse)
		}
		x.keys("q")
		x.back(0)
		x.keys("clear", "Enter")
		x.gone("code=")
	}
	x.start("run work-queue")
	look(true, "1")
	x.keys("export NO_COLOR=1", "Enter")
	x.start("run work-queue --no-mouse")
	look(false, "0")
}

// TestSignals: the terminal comes back whatever ends the program.
func TestSignals(t *testing.T) {
	x := inTerminal(t, 120, 36)
	for _, c := range []struct {
		end  func()
		code int
	}{
		{func() { x.keys("C-c") }, 0},
		{func() { x.signal("INT") }, 130},
		{func() { x.signal("TERM") }, 143},
		{func() { x.signal("HUP") }, 129},
	} {
		x.start("run work-queue")
		x.sees("work-queue", "findings")
		c.end()
		x.back(c.code)
		x.keys("clear", "Enter")
		x.gone("code=")
	}
}

// TestGalleryInTerminal: eddy alone offers the scenarios.
func TestGalleryInTerminal(t *testing.T) {
	x := inTerminal(t, 100, 30)
	x.start("")
	x.sees("scenarios", "order-fulfilment", "work-queue")
	x.keys("/", "poison", "Enter", "Enter")
	x.sees("poison-event", "invoicing", "ρ")
	x.keys("Escape")
	x.sees("choose one and press enter")
	x.keys("q")
	x.sees("code=0")
}

// TestPanics: whatever panics, the terminal comes back, one line says so, and
// a file keeps what is needed to find the cause.
func TestPanics(t *testing.T) {
	x := inTerminal(t, 120, 36)
	for i, key := range []string{"F5", "F6", "F7", "F8"} {
		x.start("run work-queue")
		x.sees("work-queue", "findings")
		x.keys(key)
		x.sees("internal error")
		x.back(1)
		if files, _ := filepath.Glob(filepath.Join(x.dir, "eddy", "crash-*.txt")); len(files) != i+1 {
			t.Errorf("%s: %d crash files, not %d\n%s", key, len(files), i+1, x.screen())
		}
		x.keys("clear", "Enter")
		x.gone("code=")
	}
}
