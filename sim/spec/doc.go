// Package spec is a scenario as plain, checked values: what the loader, the
// engine and the reports agree on.
//
// The one promise: a Scenario that the loader hands out without an error is
// complete (every default filled in), consistent (every name resolved to an
// index that exists) and finite (no NaN, no infinity, nothing negative that
// must not be), so that nobody after the loader has to check again.
//
// It does not know YAML, files, randomness or time passing, and it has no
// behaviour beyond looking a name up.
package spec
