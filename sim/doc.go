// Package sim is the engine: it builds a run from a checked scenario, steps
// it through simulated time, and tells what happened.
//
// The one promise: the same scenario, seed and version give the same bytes,
// on every processor and whatever watches; and every event and every
// nanosecond of an event's life is accounted for at every instant.
//
// A run is one Engine: state machines over values, one list of future
// entries, whole nanoseconds. Nothing but Run, Step and Interrupt moves it;
// pace belongs to whoever drives it. Components (producers, channels,
// consumers) own their state, entries and counters. SEMANTICS.md beside this
// file defines every rule and every number.
//
// It does not know YAML, files, the terminal, the clock of the machine, nor
// how results are printed. It never draws from a shared sequence of random
// numbers: see package luck.
package sim
