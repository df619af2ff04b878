package report

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func put(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// only fails when there is anything in the folder but these files.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", filepath.Base(path), got, err, want)
	}
}

func TestAtomicNewAndReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "result.json")
	if err := Atomic(path, put("one")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "one")
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := Atomic(path, put("two")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "two")
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
		t.Errorf("permissions %v, want 0640 as before", info.Mode())
	}
	only(t, dir, "result.json")
}

func TestAtomicErrorLeavesAllAsItWas(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "result.json")
	if err := Atomic(path, put("old")); err != nil {
		t.Fatal(err)
	}
	half := func(w io.Writer) error {
		_, _ = io.WriteString(w, "ne")
		return errFull
	}
	if err := Atomic(path, half); err != errFull {
		t.Errorf("error %v, want it as it was", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = Atomic(path, func(w io.Writer) error {
			_, _ = io.WriteString(w, "ne")
			panic("broken")
		})
	}()
	holds(t, path, "old")
	only(t, dir, "result.json")
}

func TestAtomicRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	never := func(io.Writer) error {
		t.Error("written to")
		return nil
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, os.DevNull, filepath.Join(dir, "dangling"), filepath.Join(dir, "no", "such.json")} {
		err := Atomic(path, never)
		var at *fs.PathError
		if !errors.As(err, &at) || at.Path != path {
			t.Errorf("%s: error %v does not name it", path, err)
		}
		if err != nil && strings.Contains(err.Error(), ".tmp") {
			t.Errorf("%s: error %v names another", path, err)
		}
	}
	only(t, dir, "dangling")
}

func TestAtomicFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := Atomic(target, put("one")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("target", link); err != nil {
		t.Fatal(err)
	}
	if err := Atomic(link, put("two")); err != nil {
		t.Fatal(err)
	}
	holds(t, target, "two")
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	only(t, dir, "link", "target")
}

// A name as long as the system allows leaves room for the temporary one.
func TestAtomicLongName(t *testing.T) {
	dir := t.TempDir()
	name := strings.Repeat("n", 255)
	if err := Atomic(filepath.Join(dir, name), put("x")); err != nil {
		t.Fatal(err)
	}
	only(t, dir, name)
}

// TestAtomicNew: a new file appears complete, one that is there stays, and no
// other is left behind.
func TestAtomicNew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	if err := AtomicNew(path, put("one")); err != nil {
		t.Fatal(err)
	}
	if err := AtomicNew(path, put("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file that is there: %v", err)
	}
	failed := errors.New("failed")
	if err := AtomicNew(filepath.Join(dir, "b"), func(io.Writer) error { return failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
	if err := AtomicNew(filepath.Join(dir, "no", "c"), put("three")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	holds(t, path, "one")
	only(t, dir, "a.yaml")
}
