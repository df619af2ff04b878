package scenarios

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxFile is the size of the largest file a scenario may name.
const maxFile = 256 << 20

// files reads the files a scenario names, each once for all readings of a Load.
type files struct {
	fsys    fs.FS
	replays map[string]*replay
	values  map[string]*fileValues
}

// locate checks that a name stays below the scenario's folder, whatever
// symbolic links are on the way, and is a regular file of bearable size.
func (f *files) locate(name string) (string, *flaw) {
	accepted := "a file's name relative to the scenario, below its folder"
	switch {
	case f.fsys == nil:
		return "", &flaw{problem: "this scenario cannot name files", accepted: "read it from a file: names are relative to that"}
	case name == "":
		return "", &flaw{problem: "the file's name is empty", accepted: accepted}
	case strings.ContainsRune(name, '\\'):
		return "", &flaw{problem: "a file's name has / between its parts, not \\", accepted: accepted, suggestion: strings.ReplaceAll(name, `\`, "/")}
	case path.IsAbs(name):
		return "", &flaw{problem: quoted(name) + " is an absolute name", accepted: accepted}
	}
	clean := path.Clean(name)
	if !fs.ValidPath(clean) || clean == "." {
		return "", &flaw{problem: quoted(name) + " is not below the scenario's folder", accepted: accepted}
	}
	resolved, err := f.follow(clean)
	if err == nil {
		clean = resolved
		err = f.regular(clean)
	}
	if err != nil {
		return "", &flaw{problem: fileProblem(name, err), accepted: accepted, suggestion: f.neighbour(clean, err)}
	}
	return clean, nil
}

var (
	errLeaves    = errors.New("leads out of the scenario's folder")
	errLinks     = errors.New("goes through too many symbolic links")
	errIrregular = errors.New("is not a regular file")
	errTooLarge  = errors.New("is larger than 256 MiB")
)

// follow resolves symbolic links by hand, so that none leads out.
func (f *files) follow(name string) (string, error) {
	const most = 40
	for range most {
		link, rest, err := f.firstLink(name)
		if err != nil || link == "" {
			return name, err
		}
		target, err := fs.ReadLink(f.fsys, link)
		if err != nil {
			return "", err
		}
		if path.IsAbs(target) {
			return "", errLeaves
		}
		name = path.Join(path.Dir(link), target, rest)
		if !fs.ValidPath(name) {
			return "", errLeaves
		}
	}
	return "", errLinks
}

// firstLink is the first part of a path that is a symbolic link, and what
// follows it.
func (f *files) firstLink(name string) (link, rest string, err error) {
	parts := strings.Split(name, "/")
	for i := range parts {
		at := path.Join(parts[:i+1]...)
		info, err := fs.Lstat(f.fsys, at)
		if err != nil {
			return "", "", err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return at, path.Join(parts[i+1:]...), nil
		}
	}
	return "", "", nil
}

// regular looks before opening: opening a pipe would wait for ever.
func (f *files) regular(name string) error {
	info, err := fs.Stat(f.fsys, name)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errIrregular
	case info.Size() > maxFile:
		return errTooLarge
	}
	return nil
}

func fileProblem(name string, err error) string {
	var pathError *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no file " + quoted(name)
	case errors.Is(err, fs.ErrPermission):
		return "the file " + quoted(name) + " may not be read"
	case errors.As(err, &pathError):
		return "the file " + quoted(name) + " cannot be read: " + pathError.Err.Error()
	}
	return "the file " + quoted(name) + " " + err.Error()
}

// neighbour is a file of a similar name in the same folder.
func (f *files) neighbour(name string, err error) string {
	if !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	found, err := fs.ReadDir(f.fsys, path.Dir(name))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range found[:min(len(found), 1000)] {
		names = append(names, e.Name())
	}
	if near := closest(path.Base(name), names); near != "" && nameIsPlain(near) {
		return path.Join(path.Dir(name), near)
	}
	return ""
}

func nameIsPlain(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || badRune(r, 3) != "" })
}

// read gives the whole text of a file.
func (f *files) read(name string) ([]byte, *flaw) {
	at, bad := f.locate(name)
	if bad != nil {
		return nil, bad
	}
	file, err := f.fsys.Open(at)
	if err != nil {
		return nil, &flaw{problem: fileProblem(name, err)}
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, &flaw{problem: fileProblem(name, err)}
	}
	if len(data) > maxFile {
		return nil, &flaw{problem: fileProblem(name, errTooLarge)}
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), nil
}

// fileValues is what a file of measured values holds, in the base unit.
type fileValues struct {
	values []float64
	broken bool
}

// valuesOf reads a file of one value a line. Durations without a unit are
// seconds and sizes without one bytes, as in results; a first line that is no
// value is a heading, empty lines and those beginning with # do not count.
func (f *files) valuesOf(l *loader, name string, q *quantity) ([]float64, *flaw) {
	known := f.values[q.what+" "+name]
	if known == nil {
		data, bad := f.read(name)
		if bad != nil {
			return nil, bad
		}
		known = &fileValues{}
		known.values, known.broken = parseValues(l, name, data, q)
		f.values[q.what+" "+name] = known
	}
	switch {
	case known.broken:
		return nil, &flaw{problem: "the file " + quoted(name) + " has lines that are no values"}
	case len(known.values) == 0:
		return nil, &flaw{problem: "the file " + quoted(name) + " has no values", accepted: "one value a line"}
	}
	return slices.Clone(known.values), nil
}

// mostFlaws is how many lines of a data file are complained of.
const mostFlaws = 5

func parseValues(l *loader, name string, data []byte, q *quantity) (values []float64, broken bool) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(make([]byte, 0, 4096), 64<<10)
	flaws, number, first := 0, 0, true
	for lines.Scan() && flaws < mostFlaws {
		number++
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		v, bad := measured(text, q)
		if bad != nil && first {
			first = false
			continue
		}
		first = false
		if bad != nil {
			flaws++
			l.report(Diagnostic{File: name, Line: number, Col: 1, Width: utf8.RuneCountInString(text), Problem: bad.problem, Accepted: "one value a line", Source: harmless(clip(text, 1000))})
			continue
		}
		values = append(values, v)
	}
	if err := lines.Err(); err != nil {
		l.report(Diagnostic{File: name, Line: number + 1, Col: 1, Problem: "this line is too long", Accepted: "one value a line"})
		return values, true
	}
	return values, flaws > 0
}

// measured is a value of a data file, where a unit may be missing.
func measured(text string, q *quantity) (float64, *flaw) {
	if q.units != nil {
		if v, f := floatText(text); f == nil {
			base := 1.0
			if q == durationQuantity {
				base = 1e9
			}
			return v * base, nonNegative(v, q)
		}
	} else {
		return floatText(text)
	}
	return q.float(text)
}

func nonNegative(v float64, q *quantity) *flaw {
	if v < 0 {
		return &flaw{problem: fmt.Sprintf("%s cannot be negative", q.what)}
	}
	return nil
}
