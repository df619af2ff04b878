package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"eddy/scenarios"
)

func (p *program) newCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new FILE",
		Short: "Write a commented scenario to begin with",
		Long: `Writes a small scenario that runs, with comments that explain it. A file that
is there already is never overwritten; - writes to standard output.`,
		Example: `  eddy new my.yaml`,
		Args:    one("FILE"),
		RunE:    func(_ *cobra.Command, args []string) error { return p.new(args[0]) },
	}
}

func (p *program) new(path string) error {
	if path == "-" {
		_, err := p.out.Write(scenarios.Skeleton())
		return p.writing(err)
	}
	if path == "" {
		return usage("eddy new needs the name of a FILE, not \"\"; see eddy new --help")
	}
	switch err := createFile(path, scenarios.Skeleton()); {
	case errors.Is(err, fs.ErrExist):
		return usage("%s is there already, and stays as it is; choose another name", path)
	case err != nil:
		return fmt.Errorf("%s: %w", path, plainCause(err))
	}
	p.hint("%s is written; next: eddy run %s", path, path)
	return nil
}

// createFile writes a file that must not be there yet, complete or not at all.
func createFile(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		// Its own half-written file: nobody else's can be there.
		_ = os.Remove(path)
	}
	return err
}
