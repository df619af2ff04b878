package sim

import "math/bits"

// What is here lets a run be watched while it goes as fast as it can: most of
// what a watcher wants to see is in snapshots, and the rest need not be a
// record of each thing that happens.

// Sieve lets one family of events in 2^Sieve through, 0 … 63. Which they are
// depends on nothing but the number of the root event, and a coarser sieve lets
// through some of those that a finer one does, and no others.
type Sieve uint8

// Takes says whether the family of a root event is let through.
func (s Sieve) Takes(root EventID) bool { return s <= grainOf(root) }

// grainOf is the coarsest sieve that lets the family of a root event through.
func grainOf(root EventID) Sieve {
	return Sieve(bits.LeadingZeros64(uint64(root.Number) * 0x9e3779b97f4a7c15))
}

// watched says whether observers are told of what happens to an event.
func (e *Engine) watched(ev *event) bool { return e.observers != nil && e.sieve <= ev.grain }

// Tap is told how long things took, for less than a record costs. It must not
// change anything or call the engine.
type Tap interface {
	// Done is an effect at a consumer, by its index in the scenario, so many ns
	// after the event was created.
	Done(consumer int, took int64)
	// Ended is a family of which all is over and nothing was lost, at an
	// instant, so many ns after its root was created.
	Ended(at, took int64)
}

// Thin tells observers from now on only of the families that a sieve lets
// through, and of what happens to no event; and a tap, if it is not nil, how
// long things took. The run is the same whatever is asked for.
func (e *Engine) Thin(s Sieve, t Tap) { e.sieve, e.tap = s, t }
