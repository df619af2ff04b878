package cli

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"eddy/tui"
)

// TestManual: the manual page has every key of the screen's table, every
// command, and nothing that man complains about.
func TestManual(t *testing.T) {
	page := func(args ...string) string {
		var out, errs bytes.Buffer
		if code := Main(append([]string{"man"}, args...), strings.NewReader(""), &out, &errs); code != 0 {
			t.Fatalf("exit code %d: %s", code, errs.String())
		}
		return out.String()
	}
	main := page()
	for _, k := range tui.Keys() {
		if !strings.Contains(main, ".TP\n\\fB"+roff(k.Shown)+"\\fP\n"+roff(k.Text)+"\n") {
			t.Errorf("the page has not the key %s: %s", k.Shown, k.Text)
		}
	}
	if n := strings.Count(main, "\n.TP\n\\fB"); n < len(tui.Keys()) {
		t.Errorf("%d keys of %d", n, len(tui.Keys()))
	}
	p := &program{}
	for _, c := range p.root().Commands() {
		if !c.IsAvailableCommand() {
			continue
		}
		if !strings.Contains(main, "eddy-"+c.Name()) {
			t.Errorf("the page does not lead to that of %s", c.Name())
		}
		if sub := page(c.Name()); !strings.Contains(sub, ".SH NAME") || strings.Contains(sub, "KEYS OF") {
			t.Errorf("the page of %s is\n%s", c.Name(), sub)
		}
	}
	if strings.Contains(main, "0001") {
		t.Error("the page has the date of nothing")
	}
	if page() != main {
		t.Error("the page differs from time to time")
	}
	if _, err := exec.LookPath("groff"); err != nil {
		t.Log("groff is not there: the page is not looked at as man would")
		return
	}
	run := exec.Command("groff", "-man", "-Tutf8", "-ww", "-Kutf8")
	run.Stdin = strings.NewReader(main)
	var said bytes.Buffer
	run.Stderr = &said
	out, err := run.Output()
	if err != nil || said.Len() > 0 || !strings.Contains(string(out), "slower: down to") {
		t.Errorf("groff: %v %s", err, said.String())
	}
}

func TestManualOfNothing(t *testing.T) {
	var out, errs bytes.Buffer
	if code := Main([]string{"man", "rnu"}, strings.NewReader(""), &out, &errs); code != exitUsage || !strings.Contains(errs.String(), "run") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
}
