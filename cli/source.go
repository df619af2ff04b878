package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"eddy/config"
	"eddy/scenarios"
)

// maxScenario is how much of a scenario is read at most, one byte more than
// the loader takes: it says what is wrong with more.
const maxScenario = 4<<20 + 1

// source is the text of a scenario and where files it names are found.
type source struct {
	name string // how messages call it, safe to print
	text []byte
	fsys fs.FS  // nil: it may name no files
	path string // of its file, "" if it has none
}

// looksLikeScenario says whether the word can only be a scenario.
func looksLikeScenario(word string) bool {
	return word == "-" || isPath(word) || slices.Contains(scenarios.Names(), word)
}

// isPath says whether the word names a file rather than a built-in scenario.
func isPath(word string) bool {
	return strings.ContainsRune(word, '/') || strings.ContainsRune(word, filepath.Separator) ||
		strings.HasSuffix(word, ".yaml") || strings.HasSuffix(word, ".yml")
}

// open finds a scenario: standard input, a file, or a built-in one. A word
// that looks like a file is one; a bare word is first a built-in name.
func (p *program) open(word string) (source, error) {
	if word == "-" {
		return p.openInput()
	}
	if !isPath(word) {
		if text, fsys, ok := scenarios.Builtin(word); ok {
			return source{name: word, text: text, fsys: fsys}, nil
		}
	}
	s, err := openFile(word)
	switch {
	case err == nil:
		p.read = append(p.read, word)
		return s, nil
	case errors.Is(err, fs.ErrNotExist):
		return source{}, usage("%s", unknownScenario(word))
	case errors.Is(err, syscall.EISDIR):
		return source{}, usage("%s is a folder; name a scenario in it, a file", word)
	}
	return source{}, fmt.Errorf("%s: %w", word, plainCause(err))
}

func (p *program) openInput() (source, error) {
	text, err := io.ReadAll(io.LimitReader(p.in, maxScenario))
	if err != nil {
		return source{}, fmt.Errorf("standard input: %w", plainCause(err))
	}
	return source{name: "<stdin>", text: text}, nil
}

// openFile reads a scenario's file. Files it names are looked for in its
// folder, and cannot lead out of it.
func openFile(path string) (source, error) {
	f, err := os.Open(path)
	if err != nil {
		return source{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxScenario))
	if err != nil {
		return source{}, err
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return source{}, err
	}
	return source{visible(path), text, root.FS(), path}, nil
}

// hasRead says whether a scenario, or a file that it names, was read from a path.
func (p *program) hasRead(path string) bool {
	info, err := os.Stat(path)
	return err == nil && slices.ContainsFunc(p.read, func(read string) bool {
		other, err := os.Stat(read)
		return err == nil && os.SameFile(info, other)
	})
}

// unknownScenario says that there is no such scenario, and what there is.
func unknownScenario(word string) string {
	if isPath(word) {
		if to, err := os.Readlink(word); err == nil {
			return fmt.Sprintf("%s is a link to %s, which is not there", word, to)
		}
		return fmt.Sprintf("there is no file %s%s", word, config.DidYouMean(word, neighbours(word)))
	}
	names := scenarios.Names()
	if files := neighbours(word + ".yaml"); slices.Contains(files, word+".yaml") {
		return fmt.Sprintf("there is no built-in scenario %q; did you mean the file %s.yaml?", word, word)
	}
	return fmt.Sprintf("there is no scenario %q; eddy list shows the built-in ones%s", word, config.DidYouMean(word, names))
}

// neighbours are the scenarios' files beside a path that is not there.
func neighbours(path string) []string {
	dir := filepath.Dir(path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var files []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".yaml") || strings.HasSuffix(e.Name(), ".yml") {
			name := filepath.Join(dir, e.Name())
			if strings.HasPrefix(path, "./") {
				name = "./" + name
			}
			files = append(files, name)
		}
	}
	return files
}
