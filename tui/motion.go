package tui

import (
	"math"

	"eddy/tui/draw"
	"eddy/tui/graph"
)

// Motion is how much moves.
type Motion uint8

// How much moves: everything, only single events, nothing.
const (
	FullMotion Motion = iota
	ReducedMotion
	NoMotion
)

const (
	// crossingTime is how long, in seconds of a watcher's time, an event is
	// seen on its edge at least.
	crossingTime = 0.7
	// dashesFrom is from how many events a second of a watcher's time an edge
	// shows dashes instead of events.
	dashesFrom = 30
	// particlesAtOnce is how many are shown on an edge at once, about.
	particlesAtOnce = 8
)

// drawMotion draws what moves along the edges. It is a function of simulated
// time, so it stands still with the run.
func (s *Screen) drawMotion(g draw.Grid, l *graph.Layout, f *Frame) {
	if s.Motion == NoMotion {
		return
	}
	pace := f.pace()
	k := f.perParticle()
	travel := crossingTime * pace * 1e9 // ns of simulated time
	dashed := make([]bool, len(f.World.Edges))
	for i, e := range f.World.Edges {
		rate := f.Along(i) * pace
		if rate <= dashesFrom || math.IsNaN(rate) {
			continue
		}
		dashed[i] = true
		// Faster and denser with the rate, by its logarithm: from 30 to 30,000 a
		// second, 4 to 16 cells a second, a quarter to three quarters covered.
		size := min(1, math.Log10(rate/dashesFrom)/3)
		phase := float64(f.At()) / 1e9 / pace * (4 + 12*size)
		if s.Motion == ReducedMotion {
			phase = 0
		}
		style := draw.Event
		if e.Kind == graph.Dead {
			style = draw.Dead
		}
		l.Dashes(g, i, math.Floor(phase), 0.25+0.5*size, style)
	}
	seen, again := make([]int, len(f.World.Edges)), f.retried(travel)
	for i := len(f.Cross) - 1; i >= 0; i-- {
		c := f.Cross[i]
		progress := float64(f.At()-c.At) / travel
		if progress > 1 {
			break
		}
		if int(c.Edge) >= len(dashed) {
			continue
		}
		seen[c.Edge]++
		// Which of k events is shown must not change from frame to frame.
		n := int(f.Edges[c.Edge]) - seen[c.Edge] + 1
		glyph, style := '●', draw.Event
		switch {
		case f.World.Edges[c.Edge].Kind == graph.Dead:
			glyph, style = '✗', draw.Dead
		case c.Again:
			glyph, style = retryGlyph, draw.Retry
		}
		show := n%k == 0
		if dashed[c.Edge] {
			// Among dashes what is tried again is still seen, where it is rare.
			show = c.Again && again[c.Edge] <= particlesAtOnce
		}
		if !show {
			continue
		}
		l.Particle(g, int(c.Edge), progress, glyph, style)
	}
	f.drawFollowedMotion(g, l)
}

// retryGlyph is an event that is tried again.
const retryGlyph = '◆'

// retried is how many of the events on each edge were tried before.
func (f *Frame) retried(travel float64) []int {
	again := make([]int, len(f.World.Edges))
	for i := len(f.Cross) - 1; i >= 0 && float64(f.At()-f.Cross[i].At) <= travel; i-- {
		if c := f.Cross[i]; c.Again && int(c.Edge) < len(again) {
			again[c.Edge]++
		}
	}
	return again
}

// pace is the simulated seconds a second of watching; at full speed, of what
// a watcher is taken to see.
func (f *Frame) pace() float64 {
	if f.Pace <= 0 {
		return 1000
	}
	return f.Pace
}

// perParticle is how many events a particle stands for.
func (f *Frame) perParticle() int {
	most := 0.0
	for i := range f.World.Edges {
		if rate := f.Along(i) * f.pace(); rate <= dashesFrom {
			most = max(most, rate)
		}
	}
	for _, k := range []int{1, 2} {
		if most*crossingTime <= float64(k*particlesAtOnce) {
			return k
		}
	}
	return 5
}
