package report

import "io"

// traceFlush is how many bytes of lines are gathered before a write.
const traceFlush = 64 << 10

// stream gathers what is written while a run goes on. What cannot be written
// is kept as an error for Close, and the run goes on.
type stream struct {
	w   io.Writer
	buf []byte
	err error
}

func newStream(w io.Writer) stream {
	return stream{w: w, buf: make([]byte, 0, traceFlush+4096)}
}

// relieve writes what is gathered, if that is enough for a write.
func (s *stream) relieve() {
	if len(s.buf) >= traceFlush {
		s.flush()
	}
}

func (s *stream) flush() {
	if s.err == nil && len(s.buf) > 0 {
		_, s.err = s.w.Write(s.buf)
	}
	s.buf = s.buf[:0]
}

// Close writes what is left and returns the first error of any write. It
// does not close the writer.
func (s *stream) Close() error {
	s.flush()
	return s.err
}
