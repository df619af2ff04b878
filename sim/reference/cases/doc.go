// Package cases holds small scenarios for tests: built by hand from plain
// values with the format's defaults, drawn at random, and printed for a reader.
//
// The one promise: what it makes is what the loader could have made: complete,
// consistent and finite, and whatever Any draws is simulated by both the
// engine and the reference.
//
// It does not know YAML, files, or how a scenario is run.
package cases
