package cli

import (
	"errors"
	"fmt"
	"io"
	"syscall"
)

// output is standard output; it remembers the first write that failed, since
// much of what writes to it (help, tables) does not look.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(b)
	o.err = err
	return n, err
}

func (o *output) failed() bool { return o.err != nil }

// problem is the error to end with after a failed write, nil if there was
// none. A reader that has seen enough (eddy … | head) is not worth a word.
func (o *output) problem() error {
	switch {
	case o.err == nil:
		return nil
	case errors.Is(o.err, syscall.EPIPE) || errors.Is(o.err, io.ErrClosedPipe):
		return silently(exitPipe)
	}
	return fmt.Errorf("standard output: %w", plainCause(o.err))
}
