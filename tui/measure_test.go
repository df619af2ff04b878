package tui_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMeasure measures the screen in a real terminal of 120 × 40 cells: time to
// the first frame and from a key to the screen; share of a core, bytes and
// frames a second at ×1, at max and paused. It says what they are and judges
// nothing, for machines differ:
//
//	EDDY_MEASURE=1 go test ./tui -run TestMeasure -v
//
// The time of a step back, and what drawing costs, are benchmarks:
//
//	go test ./tui -run xxx -bench 'StepBack|Frame|Watched|Headless|Brisk'
//	go test ./tui/graph -run xxx -bench .
func TestMeasure(t *testing.T) {
	if os.Getenv("EDDY_MEASURE") == "" {
		t.Skip("only when it is asked for: EDDY_MEASURE=1")
	}
	x := inTerminal(t, 120, 40)
	x.firstFrame()
	for _, c := range []struct{ what, args string }{
		{"×1", "run order-fulfilment --speed 1"},
		{"×1, nothing moves", "run order-fulfilment --speed 1 --motion none"},
		{"max, of an hour", "run order-fulfilment --speed max --duration 1h"},
	} {
		x.start(c.args)
		x.sees("findings")
		x.load(c.what, 6*time.Second)
		if c.what == "×1" {
			x.keys("Space")
			x.sees("paused")
			time.Sleep(time.Second)
			x.load("paused", 3*time.Second)
			x.keyTimes()
		}
		x.keys("q")
		x.sees("code=0")
		x.keys("clear", "Enter")
		x.gone("code=")
	}
}

// log is what the terminal was sent up to now.
func (x *terminal) log() []byte {
	text, err := os.ReadFile(x.pipe)
	if err != nil {
		x.t.Fatal(err)
	}
	return text
}

// began is the time at which the shell starts the program, in ns.
var began = regexp.MustCompile(`begin([0-9]{15,})`)

// firstFrame measures from the start of the program to its first whole frame,
// as the terminal gets it.
func (x *terminal) firstFrame() {
	var took []time.Duration
	for range 5 {
		from := len(x.log())
		x.keys("date +begin%s%N; "+x.binary+" run order-fulfilment; echo code=$?", "Enter")
		for {
			if text := x.log()[from:]; bytes.Contains(text, []byte("timeline")) {
				seen := time.Now()
				found := began.FindSubmatch(text)
				if found == nil {
					x.t.Fatalf("the start is not known: %q", text[:min(len(text), 300)])
				}
				at, err := strconv.ParseInt(string(found[1]), 10, 64)
				if err != nil {
					x.t.Fatal(err)
				}
				took = append(took, seen.Sub(time.Unix(0, at)))
				break
			}
			time.Sleep(2 * time.Millisecond)
		}
		x.keys("q")
		x.sees("code=0")
		x.keys("clear", "Enter")
		x.gone("code=")
	}
	slices.Sort(took)
	x.t.Logf("first frame: median %v of %v", took[2].Round(time.Millisecond), took)
}

// keyTimes measures from a key, by way of tmux, to the first byte of what it
// changes on a screen that is paused.
func (x *terminal) keyTimes() {
	var took []time.Duration
	for i := range 15 {
		time.Sleep(150 * time.Millisecond)
		before, start := x.bytes(), time.Now()
		x.keys([]string{"Down", "2", "1"}[i%3])
		for x.bytes() == before && time.Since(start) < time.Second {
			time.Sleep(500 * time.Microsecond)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	start := time.Now()
	x.tmux("display-message", "-p", "x")
	x.t.Logf("key to screen: median %v, longest %v, of which a command to tmux takes %v", took[7].Round(time.Millisecond), took[14].Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
}

// load measures the program for a while.
func (x *terminal) load(what string, span time.Duration) {
	pid := x.pid()
	cpu, sent, frames := x.cpu(pid), x.bytes(), len(frameBegins.FindAll(x.log(), -1))
	start := time.Now()
	time.Sleep(span)
	d := time.Since(start).Seconds()
	x.t.Logf("%s: %.1f %% of a core, %.1f KB/s, %.1f frames/s", what, 100*(x.cpu(pid)-cpu)/d,
		float64(x.bytes()-sent)/d/1000, float64(len(frameBegins.FindAll(x.log(), -1))-frames)/d)
}

// frameBegins is what a frame of a run that moves begins with: the clock, in the
// first row.
var frameBegins = regexp.MustCompile("\x1b\\[1;[0-9]+H")

// cpu is the processor time that a program has used, in seconds.
func (x *terminal) cpu(pid string) float64 {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		x.t.Skip("there is no /proc here")
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	tick := 100.0
	if out, err := exec.Command("getconf", "CLK_TCK").Output(); err == nil {
		fmt.Sscan(string(out), &tick)
	}
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / tick
}
