// Package theory is queueing theory's closed forms: what a system must do on
// average, worked out rather than simulated.
//
// The one promise: a function without "approximation" in its comment is exact
// for the model it names, up to the rounding of float64; where a value needs a
// root, a series or a truncated chain, it is carried until nothing changes in
// the digits a float64 holds. Its comment names the source.
//
// Rates are per unit of time and times are in that unit: with rates per second
// a wait is in seconds. Unless a comment says otherwise arguments are finite,
// rates, means and loads are positive, counts at least 1, chances 0 to 1; a
// system whose load is not below its capacity gives ErrUnstable.
//
// It does not know events, brokers, scenarios or results: which queue of theory
// a scenario is, is said by whoever asks. Its tests do, and hold the engine
// against it; they write VALIDATION.md beside the engine.
package theory
