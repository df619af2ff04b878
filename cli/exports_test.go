package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestKilledExportsAreAbsent kills the program, so that it cannot clean up
// anything, while all its files are open: none of them appears, and what was
// there before is what it was.
func TestKilledExportsAreAbsent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"endless.yaml": endless, "out/junit.xml": "of yesterday"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "run", "endless.yaml", "--out", "out", "--trace-sample", "0.1%", "--quiet")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asProgram+"=1", "HOME="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	awaitFiles(t, filepath.Join(dir, "out"), len(exportFiles))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for _, e := range exportFiles {
		text, err := os.ReadFile(filepath.Join(dir, "out", e.file))
		switch {
		case e.file == "junit.xml" && string(text) != "of yesterday":
			t.Errorf("%s has been changed: %q, %v", e.file, text, err)
		case e.file != "junit.xml" && err == nil:
			t.Errorf("%s is there, with %d bytes", e.file, len(text))
		}
	}
}

// awaitFiles waits until so many files are being written and one has something in it.
func awaitFiles(t *testing.T, dir string, n int) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		temporary, _ := filepath.Glob(filepath.Join(dir, ".*.tmp"))
		for _, f := range temporary {
			if info, err := os.Stat(f); err == nil && info.Size() > 0 && len(temporary) == n {
				return
			}
		}
	}
	t.Fatal("nothing is written")
}

// TestFullDisk writes every export to a disk that takes nothing more: the
// program says so, and leaves nothing behind.
func TestFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a file system of a given size")
	}
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(disk, 0o777); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("nobody may mount a small disk here: %s", bytes.TrimSpace(out))
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", disk).Run() })
	var command []string
	run := func(what string, args ...string) {
		var out bytes.Buffer
		code, errs := call(t, &out, append(append(command, "work-queue", "--duration", "20s", "--warmup", "0"), args...)...)
		if code != exitFailed || !strings.Contains(errs, "no space left on device") || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit code %d, standard error %q", what, code, errs)
		}
		left, err := os.ReadDir(disk)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range left {
			if f.Name() != "filler" && f.Name() != journalName { // which goes on from what it holds
				t.Errorf("%s leaves %s", what, f.Name())
			}
		}
	}
	command = []string{"run"}
	run("everything", "--out", disk) // there is room for some, and not for all
	if err := os.WriteFile(filepath.Join(disk, "filler"), make([]byte, 64<<10), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range exportNames() {
		run(name, "--export", name+"="+filepath.Join(disk, "x"))
	}
	for _, command = range [][]string{{"compare", "--replications", "2"}, {"coupling", "--replications", "2"}} {
		run(command[0], "--quiet", "--out", disk)
	}
	command = []string{"sweep", "--vary", "consumers.resizer.instances=1,2", "--replications", "1"}
	run("sweep", "--quiet", "--out", disk)
	command = []string{"check"}
	run("check", "--export", "junit="+filepath.Join(disk, "x"))
}

// TestExportsAreWrittenDown: what is said of the exports is of these, in this
// order.
func TestExportsAreWrittenDown(t *testing.T) {
	text, err := os.ReadFile("../report/EXPORTS.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, "`"); strings.HasPrefix(line, "| `") && len(cells) > 3 && strings.Contains(cells[3], ".") {
			rows = append(rows, cells[1]+"="+cells[3])
		}
	}
	var want []string
	for _, e := range exportFiles {
		want = append(want, e.name+"="+e.file)
	}
	if !slices.Equal(rows, want) {
		t.Errorf("written down are %v, there are %v", rows, want)
	}
}
