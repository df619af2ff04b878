// Package cli is the program as a function: arguments and streams in, exit
// code out. A file a command.
//
// The one promise: results go to standard output and everything else to
// standard error; the exit code says what happened; nothing ever asks a
// question; and no mistake of a user shows them an internal of the program.
//
// It does not know how a scenario is read, run, measured or drawn: it connects
// those who do.
package cli
