package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram, in the environment, makes the test binary the program.
const asProgram = "TEST_BINARY_IS_EDDY"

// endless is a scenario that nobody waits for.
const endless = `name: endless
duration: 36500d
producers: {p: {emits: e, to: q, rate: poisson(1000/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, instances: 2, work: exp(1ms)}}
`

// began starts the program on the endless scenario in a new folder, and waits
// until its trace says that it is at work.
func began(t *testing.T, out io.Writer, args ...string) (*exec.Cmd, *bytes.Buffer, string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "endless.yaml"), []byte(endless), 0o644); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, append([]string{"run", "endless.yaml", "--trace", "t.jsonl", "--trace-sample", "0.1%"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asProgram+"=1", "HOME="+dir)
	errs := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if temporary, _ := filepath.Glob(filepath.Join(dir, ".*.tmp")); len(temporary) == 1 {
			if info, err := os.Stat(temporary[0]); err == nil && info.Size() > 0 {
				return cmd, errs, dir
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing was traced; standard error: %s", errs)
		}
	}
}

func exitCode(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		var failed *exec.ExitError
		if err != nil && !errors.As(err, &failed) {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode()
	case <-time.After(3 * time.Minute):
		t.Fatal("it does not end")
		return 0
	}
}

func TestSignalsPrintWhatThereIs(t *testing.T) {
	for sent, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		t.Run(sent.String(), func(t *testing.T) {
			if signal.Ignored(sent) {
				t.Skip("ignored here, as below nohup: a program that is started from here leaves it so")
			}
			t.Parallel()
			var out bytes.Buffer
			cmd, errs, dir := began(t, &out, "--format", "json")
			if err := cmd.Process.Signal(sent); err != nil {
				t.Fatal(err)
			}
			if code := exitCode(t, cmd); code != want {
				t.Errorf("exit code %d, want %d; %s", code, want, errs)
			}
			var result struct {
				Run struct {
					Ended  string
					Events int64
				}
			}
			if err := json.Unmarshal(out.Bytes(), &result); err != nil {
				t.Fatalf("%v in %s", err, &out)
			}
			if result.Run.Ended != "interrupted" || result.Run.Events == 0 {
				t.Errorf("%+v", result)
			}
			if !strings.Contains(errs.String(), "interrupted") {
				t.Errorf("standard error: %s", errs)
			}
			if trace, err := os.ReadFile(filepath.Join(dir, "t.jsonl")); err != nil || !bytes.HasSuffix(trace, []byte("}\n")) {
				t.Errorf("the trace is not complete: %v", err)
			}
		})
	}
}

// TestSecondSignalEndsAtOnce holds the program up where it prints its result,
// with a reader that does not read.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fill(t, w)
	cmd, _, dir := began(t, w)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, "t.jsonl")); err == nil {
			break // what is left is standard output
		}
		if time.Now().After(deadline) {
			t.Fatal("the first signal did nothing")
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, cmd); code != 143 {
		t.Errorf("exit code %d, want 143", code)
	}
}

// fill writes to a pipe until it takes no more.
func fill(t *testing.T, w *os.File) {
	t.Helper()
	for {
		if err := w.SetWriteDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Skipf("this system's pipes have no deadlines: %v", err)
		}
		if _, err := w.Write(make([]byte, 4096)); err != nil {
			break
		}
	}
	_ = w.SetWriteDeadline(time.Time{})
}
