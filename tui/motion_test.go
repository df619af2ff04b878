package tui

import (
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
)

const retried = `name: retried
duration: 5m
producers:
  web: {emits: order, to: jobs, rate: 5/s}
broker:
  channels:
    jobs: {type: queue}
consumers:
  worker: {from: jobs, instances: 8, work: 50ms, fail: 40%, retry: {attempts: 5, backoff: constant(200ms)}}
`

// flowOf are the rows of the flow, without its legend.
func flowOf(s *Screen, f *Frame) string {
	lines := s.Draw(f, 120, 36).Lines()
	return strings.Join(lines[3:24], "\n")
}

// TestEventsAreSeen: where they are few, each event on an edge is one dot, one
// that is tried again a diamond; where they are many, they are dashes, which the
// rare ones that are tried again are still told from.
func TestEventsAreSeen(t *testing.T) {
	f := FrameAt(load(t, retried), sim.Options{}, 60*spec.Second)
	s := NewScreen("x")
	onTheWay := func(f *Frame) (first, again int) {
		for _, c := range f.Cross {
			switch {
			case float64(f.At()-c.At) > crossingTime*f.Pace*1e9:
			case c.Again:
				again++
			default:
				first++
			}
		}
		return first, again
	}
	first, again := onTheWay(f)
	text := flowOf(s, f)
	if dots, diamonds := strings.Count(text, "●"), strings.Count(text, "◆"); first < 3 || again < 1 || dots != first || diamonds != again {
		t.Errorf("%d events and %d tried again on the way are %d dots and %d diamonds:\n%s", first, again, dots, diamonds, text)
	}
	fast := *f
	fast.Pace = 40
	if text := flowOf(s, &fast); strings.Contains(text, "●") || !strings.Contains(text, "━") {
		t.Errorf("two hundred a second are no dashes:\n%s", text)
	}
	slow := *f
	slow.Pace = 0.01
	first, again = onTheWay(&slow)
	if n := strings.Count(flowOf(s, &slow), "●"); n > first || first+again >= 3 {
		t.Errorf("a hundred times slower %d events are %d dots at once", first+again, n)
	}
	s.Motion = NoMotion
	if text := flowOf(s, f); strings.ContainsAny(text, "●◆") {
		t.Errorf("with no motion something moves:\n%s", text)
	}
	s.Motion = ReducedMotion
	later := *FrameAt(load(t, retried), sim.Options{}, 65*spec.Second)
	later.Pace = fast.Pace
	dashes := func(f *Frame) string { // of the producer, whose rate is always the same
		for _, row := range strings.Split(flowOf(s, f), "\n") {
			if strings.Contains(row, "►│ ≈") {
				return string([]rune(row)[24:45])
			}
		}
		return ""
	}
	if dashes(&fast) != dashes(&later) {
		t.Error("with reduced motion the dashes move")
	}
	s.Motion = FullMotion
	if dashes(&fast) == dashes(&later) {
		t.Errorf("with full motion they do not: %q, %q\n%s", dashes(&fast), dashes(&later), flowOf(s, &fast))
	}
}

// TestBytesASecond: thirty frames of a second of the order scenario take no more
// than 64 KB to write, as a terminal's diff would: a jump to each run of changed
// cells, a style wherever it changes, the text itself.
func TestBytesASecond(t *testing.T) {
	sc := builtin(t, "order-fulfilment")
	d := newDriver(sc, sim.Options{}, 1)
	s := NewScreen(sc.Name)
	const jump, restyle, frames = 9, 20, 30
	var before draw.Grid
	total := 0
	for i := range frames + 1 {
		d.to(100*spec.Second + int64(i)*spec.Second/frames)
		d.publish(true)
		f := *d.latest.Load()
		f.Speed = 0 // which is the machine's
		g := s.Draw(&f, 120, 40)
		if i > 0 {
			total += changedBytes(before, g, jump, restyle)
		}
		before = g
	}
	t.Logf("%d bytes a second", total)
	if total > 64<<10 || total < 1000 {
		t.Errorf("a second of the screen takes %d bytes", total)
	}
}

// changedBytes is about how many bytes it takes to make one grid of another.
func changedBytes(a, b draw.Grid, jump, restyle int) int {
	n := 0
	for y := range b.H() {
		running, style := false, draw.Style(0)
		for x := range b.W() {
			r, now := b.At(x, y)
			if was, before := a.At(x, y); was == r && before == now {
				running = false
				continue
			}
			if !running {
				n += jump
				running, style = true, ^now
			}
			if now != style {
				n += restyle
				style = now
			}
			n += len(string(r))
		}
	}
	return n
}
