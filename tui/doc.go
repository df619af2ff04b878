// Package tui is the live screen: it runs a scenario at a pace that people can
// follow, and shows what happens, where it hurts and why.
//
// The one promise: what is shown is what the engine did. Every view is a pure
// function of a Frame (the state of a run at one instant, and its past), a size
// and what the user has chosen; watching, pausing, stepping and going back
// change nothing, and a run played live can be written down and run again to
// the same bytes.
//
// The engine moves on a goroutine of its own (driver.go) and never waits for
// the screen. What it did is gathered by an observer with bounded memory
// (history.go) and published, at most thirty times a second, as a Frame that
// nobody changes any more. As fast as it goes, most of it is taken from
// snapshots, and records come of few families only (brisk.go), so that a run
// that is watched is hardly slower than one that is not.
//
// The compare view runs two engines in lockstep (lockstep.go) while paired runs
// are made behind (trial.go); the numbers and words are the report's.
//
// It does not know YAML, where scenarios are, how settings are read, or how
// results are written: whoever calls it brings functions for these.
package tui
