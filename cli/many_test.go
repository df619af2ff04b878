package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// short is a scenario of which many runs are made.
const short = `name: short
duration: 5s
producers: {p: {emits: e, to: q, rate: poisson(150/s)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: exp(10ms)}}
expect: [consumers.c.done > 100]
variants: {two: {consumers.c.instances: 2}}
`

// started starts the program in a folder that holds short.yaml.
func started(t *testing.T, dir string, args ...string) (cmd *exec.Cmd, out, errs *bytes.Buffer) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "short.yaml"), []byte(short), 0o644); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asProgram+"=1", "HOME="+dir)
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, out, errs
}

// atWork waits until the program has worked for a while.
func atWork(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/stat")
		if err != nil {
			t.Skipf("this system does not tell how long a process has worked: %v", err)
		}
		_, after, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(after)
		ticks, err := strconv.Atoi(fields[11])
		if err != nil {
			t.Fatal(err)
		}
		if ticks >= 40 { // hundredths of a second: it takes a tenth to begin
			return
		}
	}
	t.Fatal("it does not work")
}

// TestInterruptedWorkIsPrinted: whatever makes many runs prints what those that
// were made say, marked, and nothing that it did not come to.
func TestInterruptedWorkIsPrinted(t *testing.T) {
	for name, c := range map[string]struct {
		args  []string
		check func(t *testing.T, out []byte)
	}{
		"compare": {[]string{"compare", "short.yaml", "--format", "json"}, func(t *testing.T, out []byte) {
			var got struct {
				Run struct {
					Ended string
					Pairs int
				}
				Metrics map[string]json.RawMessage
			}
			decode(t, out, &got)
			if got.Run.Ended != "interrupted" || got.Run.Pairs < 1 || got.Run.Pairs >= 100_000 || len(got.Metrics) == 0 {
				t.Errorf("%+v", got.Run)
			}
		}},
		"coupling": {[]string{"coupling", "short.yaml", "--format", "json"}, func(t *testing.T, out []byte) {
			var got struct {
				Scenarios []struct {
					Ended string
					Pairs int
				}
			}
			decode(t, out, &got)
			if len(got.Scenarios) != 1 || got.Scenarios[0].Ended != "interrupted" || got.Scenarios[0].Pairs < 1 {
				t.Errorf("%+v", got)
			}
		}},
		"run": {[]string{"run", "short.yaml", "--headless", "--format", "json"}, func(t *testing.T, out []byte) {
			var got struct {
				Run struct {
					Ended        string
					Replications int
				}
			}
			decode(t, out, &got)
			if got.Run.Ended != "interrupted" {
				t.Errorf("%+v in %.300s", got, out)
			}
		}},
		"check": {[]string{"check", "short.yaml", "short.yaml"}, func(t *testing.T, out []byte) {
			// The first scenario's verdict, of the runs that were made; nothing of the second.
			if n := strings.Count(string(out), "short: consumers.c.done > 100"); n != 1 {
				t.Errorf("%d verdicts: %s", n, out)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd, out, errs := started(t, t.TempDir(), append(c.args, "--replications", "100000")...)
			atWork(t, cmd)
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if code := exitCode(t, cmd); code != 130 {
				t.Errorf("exit code %d, want 130; %s", code, errs)
			}
			if !strings.Contains(errs.String(), "interrupted: the result is of ") {
				t.Errorf("standard error: %s", errs)
			}
			c.check(t, out.Bytes())
		})
	}
}

// TestKilledComparisonIsAbsent: what was to be exported is not there, rather than
// there in part.
func TestKilledComparisonIsAbsent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd, _, _ := started(t, dir, "compare", "short.yaml", "--replications", "100000", "--out", "kept")
	atWork(t, cmd)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	files, err := os.ReadDir(filepath.Join(dir, "kept"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".tmp") {
			t.Errorf("there is %s", f.Name())
		}
	}
}

func decode(t *testing.T, text []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatalf("%v in %.500s", err, text)
	}
}

// sweepOf is a sweep of 40 points.
var sweepOf = []string{"sweep", "short.yaml", "--vary", "consumers.c.instances=1..40", "--format", "csv"}

// keptPoints waits until a sweep has kept so many points.
func keptPoints(t *testing.T, dir string, n int) []byte {
	t.Helper()
	path := filepath.Join(dir, "kept", journalName)
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if text, err := os.ReadFile(path); err == nil && bytes.Count(text, []byte("\n")) >= n {
			return text
		}
	}
	t.Fatal("nothing is kept")
	return nil
}

// TestKilledSweepGoesOn kills a sweep in the middle, so that it cannot tidy up,
// tears the last line of what it kept apart, as a power cut does, and lets it go
// on: the points are those of a sweep that nobody disturbed, to the byte.
func TestKilledSweepGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole, want, errs := started(t, dir, sweepOf...)
	if code := exitCode(t, whole); code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	cmd, _, _ := started(t, dir, append(sweepOf, "--out", "kept", "--jobs", "1")...)
	keptPoints(t, dir, 3)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	journal := filepath.Join(dir, "kept", journalName)
	text, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Count(text, []byte("\n"))
	if lines >= 40 {
		t.Skip("it was done before it could be killed")
	}
	if _, err := os.Stat(filepath.Join(dir, "kept", "sweep.csv")); err == nil {
		t.Error("there is a table of a sweep that was not done")
	}
	torn := append(bytes.TrimRight(text, "\n"), '\n')
	end := bytes.LastIndexByte(torn[:len(torn)-1], '\n') + 1
	torn = torn[:end+(len(torn)-end)/2] // half of the last line is gone
	if err := os.WriteFile(journal, torn, 0o644); err != nil {
		t.Fatal(err)
	}
	kept := bytes.Count(torn, []byte("\n"))
	again, got, errs := started(t, dir, append(sweepOf, "--out", "kept")...)
	if code := exitCode(t, again); code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if !strings.Contains(errs.String(), plural(kept, "point")+" of 40 ") {
		t.Errorf("it says %q, and %d points were kept", errs, kept)
	}
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("the sweep that went on prints\n%s\nand not\n%s", got, want)
	}
	table, err := os.ReadFile(filepath.Join(dir, "kept", "sweep.csv"))
	if err != nil || !bytes.Equal(table, want.Bytes()) {
		t.Errorf("the table that is kept differs (%v)", err)
	}
	if text, _ := os.ReadFile(journal); bytes.Count(text, []byte("\n")) != 40 {
		t.Errorf("%d lines are kept of 40 points", bytes.Count(text, []byte("\n")))
	}
}

// TestInterruptedSweep prints the points it has, and says that there are more.
func TestInterruptedSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// The third point never ends, so however late the signal is, it is in time.
	cmd, out, errs := started(t, dir, "sweep", "short.yaml", "--vary", "duration=5s,6s,36500d,7s", "--out", "kept", "--jobs", "1", "--format", "json")
	keptPoints(t, dir, 2)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, cmd); code != 130 {
		t.Errorf("exit code %d, want 130; %s", code, errs)
	}
	var got struct {
		Points []json.RawMessage
		Asked  int
		Ended  string
	}
	decode(t, out.Bytes(), &got)
	if got.Asked != 4 || len(got.Points) != 2 || got.Ended != "interrupted" {
		t.Errorf("%d points of %d, ended %q", len(got.Points), got.Asked, got.Ended)
	}
	if !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("standard error: %s", errs)
	}
}
