package tui

import (
	"time"

	"eddy/sim/spec"
)

// pacer paces one engine or several on a goroutine of its own, and does what it
// is asked for between two slices of time.
type pacer interface {
	isStopped() bool
	still() bool        // nothing moves until somebody asks for it
	move()              // on for a slice of time
	publish(still bool) // a frame
	news()              // tells the screen of it, which does not look while nothing moves
}

// drive is the goroutine.
func drive[P pacer](p P, commands <-chan func(P)) {
	for !p.isStopped() {
		stood := p.still()
		if stood {
			p.publish(true)
			p.news()
			(<-commands)(p)
		} else {
			p.move()
		}
		obey(p, commands)
		if stood && !p.still() {
			p.publish(false)
			p.news()
		}
	}
}

// obey does what was asked for meanwhile.
func obey[P pacer](p P, commands <-chan func(P)) {
	for {
		select {
		case command := <-commands:
			command(p)
		default:
			return
		}
	}
}

// await sleeps until the next frame is due, or does something that is asked for.
func await[P pacer](p P, commands <-chan func(P), shown time.Time) {
	timer := time.NewTimer(max(time.Millisecond, publishEvery-time.Since(shown)))
	defer timer.Stop()
	select {
	case command := <-commands:
		command(p)
	case <-timer.C:
	}
}

// due is where a run should be that began at an instant and goes at a pace, 0
// for as fast as it can, but no further than its end.
func due(origin int64, since time.Time, pace float64, end int64) int64 {
	if pace <= 0 {
		return end
	}
	ahead := time.Since(since).Seconds() * pace * 1e9
	return min(end, origin+int64(min(ahead, 9e18)))
}

// fitted is how much simulated time the next slice should be of, after one that
// took so long and was followed by more or not.
func fitted(chunk int64, took time.Duration, more bool) int64 {
	switch {
	case took > slice:
		return max(1000, chunk/2)
	case more && took < slice/4:
		return min(chunk*2, int64(spec.Hour))
	}
	return chunk
}
