package theory_test

import "eddy/sim"

// watcher is an observer of a run that has a number to tell in the end.
type watcher interface {
	sim.Observer
	seen() float64
}

// found counts what arrivals find in a single station that serves everybody,
// over the whole run.
type found struct {
	inside   int
	arrivals []int // that found 0, 1, … inside
	tell     func(*found) float64
}

// watched is a number about what arrivals find.
func watched(what string, exact float64, tell func(*found) float64) probe {
	return probe{what: what, exact: exact, watch: func() watcher { return &found{tell: tell} }}
}

func (f *found) Observe(r *sim.Record) {
	switch r.What {
	case sim.Enqueued:
		for len(f.arrivals) <= f.inside {
			f.arrivals = append(f.arrivals, 0)
		}
		f.arrivals[f.inside]++
		f.inside++
	case sim.Done:
		f.inside--
	}
}

func (f *found) seen() float64 { return f.tell(f) }

// atLeast is the share of arrivals that found so many or more.
func (f *found) atLeast(n int) float64 {
	all, some := 0, 0
	for i, count := range f.arrivals {
		all += count
		if i >= n {
			some += count
		}
	}
	return share(int64(some), int64(all))
}

// meanFound is the mean number that arrivals found.
func meanFound(f *found) float64 {
	all, sum := 0, 0
	for i, count := range f.arrivals {
		all += count
		sum += i * count
	}
	return share(int64(sum), int64(all))
}
