package tui_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestCompareInTerminal does in a real terminal what somebody would who wants to
// know whether a change helps: watch both, look at the statistics, save the
// report, open one run and come back, quit.
func TestCompareInTerminal(t *testing.T) {
	x := inTerminal(t, 120, 36)
	x.start("compare order-fulfilment --variant more-payment --duration 2m --replications 3")
	x.sees("side by side", "so far", "A order-fulfilment", "B more-payment", "B−A")
	x.keys("Space")
	x.sees("paused")
	x.keys("g", "1m", "Enter")
	x.sees("01:00.000")
	x.keys("l")
	x.sees("3 paired seeds", "better", "payment utilisation", "consumers.payment.instances: 3 → 4", "in words")
	x.fallsSilent()
	x.keys("r")
	x.sees("written: compare-order-fulfilment.md, compare-order-fulfilment.html")
	if _, err := os.Stat(filepath.Join(x.dir, "compare-order-fulfilment.md")); err != nil {
		t.Error(err)
	}
	x.tmux("resize-window", "-t", "e", "-x", "80", "-y", "24")
	x.sees("1 result", "5 words")
	x.tmux("resize-window", "-t", "e", "-x", "30", "-y", "8")
	x.sees("needs 60")
	x.tmux("resize-window", "-t", "e", "-x", "120", "-y", "36")
	x.keys("l", "Enter")
	x.sees("more-payment by itself", "flow")
	x.keys("Escape")
	x.sees("side by side", "01:00.000")
	x.keys("q")
	x.gone("so far")
	x.back(0)
}

// TestCompareEnds: a signal ends the compare view in order, runs behind it and
// all, and a panic of one of the two engines is one of the program.
func TestCompareEnds(t *testing.T) {
	x := inTerminal(t, 120, 36)
	x.start("compare order-fulfilment --replications 400")
	x.sees("side by side", "so far")
	x.signal("TERM")
	x.gone("so far")
	x.back(143)
	x.keys("clear", "Enter")
	x.gone("code=")
	x.start("compare work-queue --variant two-workers --duration 2m --replications 3")
	x.sees("side by side", "so far")
	x.keys("F9")
	x.sees("internal error: in one of two engines")
	x.gone("so far")
	x.back(1)
	if files, _ := filepath.Glob(filepath.Join(x.dir, "eddy", "crash-*.txt")); len(files) != 1 {
		t.Errorf("%d crash files, not one", len(files))
	}
}
