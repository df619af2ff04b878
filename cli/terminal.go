package cli

import (
	"io"
	"os"

	"golang.org/x/term"

	"eddy/config"
)

// plainWidth is the width of a report that nobody's terminal limits: the same
// everywhere, so that files compare.
const plainWidth = 80

// isTerminal says whether a person's screen is behind the stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// obedient says whether the stream is a terminal that can be told to clear a
// line: one that calls itself dumb prints what it is told.
func obedient(stream any, env func(string) string) bool {
	return isTerminal(stream) && env("TERM") != "dumb"
}

// colourful says whether standard output may be coloured.
func (p *program) colourful() bool {
	return colour(p.conf, p.out.w, os.Getenv)
}

// colour follows --color, then NO_COLOR, CLICOLOR_FORCE and TERM, then
// whether there is a terminal.
func colour(conf *config.Config, out io.Writer, env func(string) string) bool {
	switch conf.Colour {
	case "always":
		return true
	case "never":
		return false
	}
	switch force := env("CLICOLOR_FORCE"); {
	case env("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	case env("TERM") == "dumb":
		return false
	}
	return isTerminal(out)
}

// width is how wide a report may be.
func (p *program) width() int {
	if f, ok := p.out.w.(*os.File); ok && isTerminal(f) {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return plainWidth
}
