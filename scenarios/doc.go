// Package scenarios turns the YAML text of a scenario into a checked
// spec.Scenario, or into diagnostics that lead its author out of every mistake
// at once; it prints a scenario back with every default filled in, gives the
// format's JSON Schema, and holds the built-in library.
//
// The one promise: what Load accepts is complete, consistent and finite, and
// Resolved of it loads again to the same scenario. The loader, the schema, the
// paths of --set and the printed defaults all stem from one description of the
// format (the tables of keys in events.go, producers.go, broker.go,
// consumers.go and timeline.go), so they cannot drift apart.
//
// It does not know how a scenario is run, where files are (it reads them
// through the fs.FS it is given), terminals, or flags.
package scenarios
