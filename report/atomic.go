package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Atomic makes the file at path hold what write writes, complete, or leaves
// everything as it was: it writes a file beside it, forces it to the disk
// and renames it. A file that is already there keeps its permissions, a
// symbolic link stays and its target is replaced. Anything but a regular
// file (a directory, a device, a pipe) is refused. Errors of the file name
// path; an error of write's own comes back as it is.
func Atomic(path string, write func(io.Writer) error) error {
	target, mode, err := regular(path)
	if err != nil {
		return about(path, err)
	}
	file, err := createBeside(target)
	if err != nil {
		return about(path, err)
	}
	kept := false
	defer func() {
		if !kept { // also when write panics
			file.Close()
			os.Remove(file.Name())
		}
	}()
	if err := write(file); err != nil {
		if of := (*fs.PathError)(nil); errors.As(err, &of) && of.Path == file.Name() {
			return about(path, err)
		}
		return err
	}
	if err := settle(file, mode); err != nil {
		return about(path, err)
	}
	if err := os.Rename(file.Name(), target); err != nil {
		return about(path, err)
	}
	kept = true
	syncFolder(filepath.Dir(target))
	return nil
}

// AtomicNew makes a new file as Atomic does. A file that is there already stays
// as it is, whoever made it and however late: the error is then fs.ErrExist.
func AtomicNew(path string, write func(io.Writer) error) error {
	file, err := createBeside(path)
	if err != nil {
		return about(path, err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := write(file); err != nil {
		return err
	}
	if err := settle(file, nil); err != nil {
		return about(path, err)
	}
	err = os.Link(file.Name(), path) // unlike a rename it takes nobody's place
	if err == nil || errors.Is(err, fs.ErrExist) {
		syncFolder(filepath.Dir(path))
		return orAbout(path, err)
	}
	// There are file systems without links.
	if _, there := os.Lstat(path); there == nil {
		return about(path, fs.ErrExist)
	}
	return orAbout(path, os.Rename(file.Name(), path))
}

// orAbout is about of an error, nil of none.
func orAbout(path string, err error) error {
	if err == nil {
		return nil
	}
	return about(path, err)
}

// settle gives the file its permissions and forces it to the disk.
func settle(file *os.File, mode *fs.FileMode) error {
	if mode != nil {
		if err := file.Chmod(*mode); err != nil {
			return err
		}
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}

// regular finds the file that path leads to, and its permissions if it is there.
func regular(path string) (target string, mode *fs.FileMode, err error) {
	target, err = filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, dangling := os.Readlink(path); dangling == nil {
			return "", nil, errors.New("a symbolic link to nothing")
		}
		return path, nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	info, err := os.Stat(target)
	if err != nil {
		return "", nil, err
	}
	if !info.Mode().IsRegular() {
		return "", nil, errors.New("not a regular file")
	}
	perm := info.Mode().Perm()
	return target, &perm, nil
}

// createBeside makes a new file in the folder of target, readable to whom a
// new file is readable there (os.CreateTemp's is private to its maker).
func createBeside(target string) (*os.File, error) {
	for tries := 0; ; tries++ {
		name := filepath.Join(filepath.Dir(target), fmt.Sprintf(".eddy-%016x.tmp", rand.Uint64()))
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) && tries < 100 {
			continue
		}
		return file, err
	}
}

// syncFolder makes the new name last through a power cut where the system
// can do that; where it cannot, the file is complete all the same.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}

// about says an error of the temporary file as one of the file asked for.
func about(path string, err error) error {
	if of := (*fs.PathError)(nil); errors.As(err, &of) {
		err = of.Err
	}
	if of := (*os.LinkError)(nil); errors.As(err, &of) {
		err = of.Err
	}
	return &fs.PathError{Op: "write", Path: path, Err: err}
}
