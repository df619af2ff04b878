package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"eddy/report"
	"eddy/scenarios"
	"eddy/tui"
)

// proposeFile is a name for a scenario that was played: beside the file that it
// came from, or in this folder, and one that is free.
func proposeFile(name string) string {
	dir, base := ".", name
	if isPath(name) {
		dir, base = filepath.Split(name)
	}
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml")
	if base == "-" || base == "" {
		base = "scenario"
	}
	base = strings.TrimSuffix(base, "-live") + "-live"
	for i := 1; ; i++ {
		path := filepath.Join(dir, base+".yaml")
		if i > 1 {
			path = filepath.Join(dir, fmt.Sprintf("%s-%d.yaml", base, i))
		}
		if _, err := os.Lstat(path); err != nil || i >= mostNames {
			return path
		}
	}
}

// writePlayed writes a scenario that was played. Files that it names are found
// beside it: in another folder they are copied there.
func writePlayed(src source, text []byte, o scenarios.Options, played tui.Played, path string, overwrite bool) ([]string, error) {
	if _, err := os.Lstat(path); err == nil && !overwrite {
		return nil, tui.ErrExists
	}
	var beside []string
	if !sameFolder(played.Name, path) {
		for _, name := range scenarios.FilesOf(played.Scenario) {
			wrote, err := copyBeside(src.fsys, name, filepath.Join(filepath.Dir(path), filepath.FromSlash(name)))
			if err != nil {
				return beside, err
			}
			if wrote {
				beside = append(beside, name)
			}
		}
	}
	content := scenarios.Amended(text, o, played.Scenario, played.Live)
	put := report.AtomicNew
	if overwrite {
		put = report.Atomic
	}
	err := put(path, func(w io.Writer) error { _, err := w.Write(content); return err })
	if errors.Is(err, fs.ErrExist) {
		return beside, tui.ErrExists
	}
	if err != nil {
		return beside, fmt.Errorf("%s: %w", path, plainCause(err))
	}
	return beside, nil
}

// sameFolder says whether a file would be in the folder that a scenario came
// from.
func sameFolder(name, path string) bool {
	if !isPath(name) {
		return false
	}
	from, err1 := os.Stat(filepath.Dir(name))
	to, err2 := os.Stat(filepath.Dir(path))
	return err1 == nil && err2 == nil && os.SameFile(from, to)
}

// copyBeside copies a file that a scenario names; false when the same is there
// already. Another one of that name stays, and is an error.
func copyBeside(from fs.FS, name, path string) (bool, error) {
	if from == nil {
		return false, fmt.Errorf("%s cannot be copied: it is not known where it is", name)
	}
	content, err := fs.ReadFile(from, filepath.ToSlash(filepath.Clean(name)))
	if err != nil {
		return false, fmt.Errorf("%s: %w", name, plainCause(err))
	}
	if there, err := os.ReadFile(path); err == nil {
		if bytes.Equal(there, content) {
			return false, nil
		}
		return false, fmt.Errorf("%s is there already and is another file than the scenario reads", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return false, fmt.Errorf("%s: %w", path, plainCause(err))
	}
	if err := report.AtomicNew(path, func(w io.Writer) error { _, err := w.Write(content); return err }); err != nil {
		return false, fmt.Errorf("%s: %w", path, plainCause(err))
	}
	return true, nil
}

// mostNames is how many names are tried for a file before giving up.
const mostNames = 1000

// saveFile writes a new file of this folder, complete or not at all. It never
// overwrites one: a number is added to the name until it is free.
func saveFile(name string, content []byte) (string, error) {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == filepath.Separator || r < ' ' {
			return '-'
		}
		return r
	}, name)
	ext := filepath.Ext(name)
	for i := 1; i <= mostNames; i++ {
		path := name
		if i > 1 {
			path = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), i, ext)
		}
		err := report.AtomicNew(path, func(w io.Writer) error { _, err := w.Write(content); return err })
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", path, plainCause(err))
		}
		return path, nil
	}
	return "", fmt.Errorf("there are %d files like %s already", mostNames, name)
}
