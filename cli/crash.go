package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// guard runs a command and turns a panic into one line and exit code 1: a
// mistake of the program must not bury a terminal in goroutines.
func (p *program) guard(run func() int) (code int) {
	defer func() {
		if v := recover(); v != nil {
			code = p.crashed(v, debug.Stack())
		}
	}()
	return run()
}

// crashed tells of a panic and keeps what is needed to find its cause.
func (p *program) crashed(v any, stack []byte) int {
	where := "it could not be written down"
	if path, err := writeCrash(p.args, v, stack); err == nil {
		where = "details are in " + path
	}
	p.tell("internal error: %s; %s", firstLine(fmt.Sprint(v)), where)
	return exitFailed
}

func writeCrash(args []string, v any, stack []byte) (string, error) {
	dir, err := stateDir()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "crash-"+time.Now().UTC().Format("20060102-150405-")+"*.txt")
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintf(f, "eddy %s, %s %s/%s\narguments: %q\npanic: %v\n\n%s", Version, runtime.Version(), runtime.GOOS,
		runtime.GOARCH, args, v, stack)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return f.Name(), err
}

// stateDir is $XDG_STATE_HOME/eddy, or what the base directory specification
// says when that is not set.
func stateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "eddy"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state", "eddy"), nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
