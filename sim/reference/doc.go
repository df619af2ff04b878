// Package reference is a second simulator: small, slow and meant to be obviously
// right. It follows SEMANTICS.md rule by rule with sorted slices, maps and
// closures, shares no code with the engine of package sim, and exists so that
// the engine can be compared with it record by record.
//
// The one promise: where SEMANTICS.md decides what happens, Run tells exactly
// that, in that order, for any scenario it accepts.
//
// It does not know measures, snapshots, findings or speed: several structures
// are searched from end to end on every step. The shape of a producer's rate, and
// when a group commits, are settled when a run begins; see Supports.
package reference
