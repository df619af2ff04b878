package cli

import (
	"errors"
	"fmt"
)

// Exit codes. A signal's is 128 and its number: 129, 130, 143.
const (
	exitDone         = 0
	exitFailed       = 1 // it could not finish: I/O, internal
	exitUsage        = 2 // wrong usage, invalid scenario
	exitBroken       = 3 // an expectation failed
	exitInconclusive = 4 // an expectation was inconclusive
	exitPipe         = 141
)

// exit is an error that knows its exit code.
type exit struct {
	code int
	text string // what to tell on standard error, "" if it was told already
}

func (e *exit) Error() string { return e.text }

// usage is the error of a wrong command line: what is wrong, and a way out.
func usage(format string, args ...any) error {
	return &exit{exitUsage, fmt.Sprintf(format, args...)}
}

// silently ends with a code when everything has been said.
func silently(code int) error { return &exit{code: code} }

// codeOf is the exit code that an error of a command stands for.
func codeOf(err error) int {
	var e *exit
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &e):
		return e.code
	}
	return exitFailed
}
