// Package luck is the chance in a simulation: keyed random draws, the
// distributions a scenario can write, and the elementary functions they need.
//
// The one promise: a draw is a pure function of (key, counter), and it is the
// same 64 bits on every processor, with every compiler setting, forever. There
// is no generator with a state, so nobody's draws can move somebody else's:
// another consumer or another retry policy leaves every other event its luck.
// The tests pin first values of everything here; a change of the luck breaks
// them on purpose.
//
// To keep it, nothing here uses math.Log, math.Exp and their like (they differ
// between processors), and every product that is added to something is written
// float64(x*y) + z, which the language forbids to fuse into one rounding.
//
// A draw is oriented so that a larger uniform never gives a smaller value, in
// every family: two variants of a scenario that differ in the family of a
// service time still give the unlucky customer of one bad luck in the other.
//
// It does not know events, components, time units or scenarios; it knows
// names only as the text a key is made from.
package luck
