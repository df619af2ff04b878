package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// place writes settings files and gives the inputs that find them.
func inputs(t *testing.T, project, user string, environ ...string) Inputs {
	t.Helper()
	dir := t.TempDir()
	if project != "" {
		write(t, filepath.Join(dir, ProjectFile), project)
	}
	if user != "" {
		write(t, filepath.Join(dir, "xdg", "eddy", "config.yaml"), user)
	}
	return Inputs{Dir: dir, Environ: append([]string{"XDG_CONFIG_HOME=" + filepath.Join(dir, "xdg")}, environ...)}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func flags(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	f := pflag.NewFlagSet("eddy", pflag.ContinueOnError)
	f.String("format", "text", "")
	f.String("jobs", "auto", "")
	f.Bool("quiet", false, "")
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDefaults(t *testing.T) {
	c, err := Load(Inputs{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	want := Config{Colour: "auto", Format: "text", Theme: "auto", Motion: "full", Symbols: "braille", Speed: 1, Mouse: true}
	got := *c
	got.settings = nil
	if !equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, s := range c.Settings() {
		if s.Source != "default" || s.About == "" || s.Accepted == "" {
			t.Errorf("%+v", s)
		}
	}
}

func equal(a, b Config) bool {
	return a.Colour == b.Colour && a.Format == b.Format && a.Jobs == b.Jobs && a.Quiet == b.Quiet && a.Theme == b.Theme &&
		a.Motion == b.Motion && a.Symbols == b.Symbols && a.Speed == b.Speed && a.Mouse == b.Mouse
}

// TestPrecedence takes the layers away one by one, the strongest first.
func TestPrecedence(t *testing.T) {
	project, user := "format: csv\n", "jobs: 2\nformat: markdown\n"
	in := inputs(t, project, user, "EDDY_FORMAT=json")
	in.Flags = flags(t, "--format=text", "--quiet")
	check := func(wantFormat, wantSource string) {
		t.Helper()
		c, err := Load(in)
		if err != nil {
			t.Fatal(err)
		}
		if c.Format != wantFormat || c.Jobs != 2 {
			t.Errorf("format %s, jobs %d; want %s, 2", c.Format, c.Jobs, wantFormat)
		}
		for _, s := range c.Settings() {
			if s.Key == "format" && !strings.HasSuffix(s.Source, wantSource) {
				t.Errorf("source %q, want %q", s.Source, wantSource)
			}
		}
	}
	check("text", "--format")
	in.Flags = flags(t)
	check("json", "EDDY_FORMAT")
	in.Environ = in.Environ[:1]
	check("csv", ".eddy.yaml:1:9")
	if err := os.Remove(filepath.Join(in.Dir, ProjectFile)); err != nil {
		t.Fatal(err)
	}
	check("markdown", "config.yaml:2:9")
}

func TestHomeWhenNoXDG(t *testing.T) {
	home := t.TempDir()
	write(t, filepath.Join(home, ".config", "eddy", "config.yaml"), "jobs: 3\n")
	for _, xdg := range []string{"XDG_CONFIG_HOME=", "XDG_CONFIG_HOME=relative"} {
		c, err := Load(Inputs{Dir: t.TempDir(), Environ: []string{"HOME=" + home, xdg}})
		if err != nil || c.Jobs != 3 {
			t.Errorf("%s: %+v, %v", xdg, c, err)
		}
	}
}

func TestValues(t *testing.T) {
	in := inputs(t, "quiet: true\nmouse: false\nspeed: max\njobs: auto\nsymbols: ascii\ntheme: mono\n", "", "EDDY_MOTION=none", "EDDY_QUIET=no")
	c, err := Load(in)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{Colour: "auto", Format: "text", Theme: "mono", Motion: "none", Symbols: "ascii", Speed: 0, Mouse: false}
	if !equal(*c, want) {
		t.Errorf("got %+v, want %+v", *c, want)
	}
}

func TestProblems(t *testing.T) {
	for name, c := range map[string]struct{ project, env, want string }{
		"unknown key":     {"jbos: 4\n", "", `.eddy.yaml:1:1: "jbos": no such setting; there are color,`},
		"suggestion":      {"jbos: 4\n", "", "did you mean jobs?"},
		"wrong choice":    {"format: jsn\n", "", `.eddy.yaml:1:9: format: "jsn" is not possible; it takes text, json, csv, markdown or html; did you mean json?`},
		"wrong type":      {"quiet: 3\n", "", `.eddy.yaml:1:8: quiet: "3" is not possible; it takes true or false`},
		"text for number": {"jobs: many\n", "", `a whole number 1 to 1024, or auto`},
		"yes is text":     {"quiet: \"true\"\n", "", `it takes true or false`},
		"list":            {"jobs: [1]\n", "", `jobs: a list is not possible`},
		"no value":        {"jobs:\n", "", `jobs: an empty value is not possible`},
		"zero jobs":       {"jobs: 0\n", "", `"0" is not possible`},
		"twice":           {"jobs: 1\njobs: 2\n", "", `.eddy.yaml:2:1: jobs: is set twice, first at .eddy.yaml:1:7`},
		"not a map":       {"- jobs\n", "", `settings are written key: value`},
		"syntax":          {"jobs: [1\n", "", `.eddy.yaml:`},
		"not text":        {"jobs: \xff\n", "", `is not UTF-8`},
		"too long":        {strings.Repeat("# padding\n", 7000), "", `longer than 64 KiB`},
		"variable":        {"", "EDDY_JOBS=0x4", `EDDY_JOBS: "0x4" is not possible`},
		"escape sequence": {"\"\\e[31m\": 1\n", "", `"\x1b[31m": no such setting`},
	} {
		t.Run(name, func(t *testing.T) {
			in := inputs(t, c.project, "", c.env)
			_, err := Load(in)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, err := Load(inputs(t, "jbos: 4\nquiet: 3\n", "fromat: x\n", "EDDY_JOBS=none"))
	if problems, ok := err.(Errors); !ok || len(problems) != 4 {
		t.Errorf("got %v", err)
	}
}

func TestNotAFile(t *testing.T) {
	in := inputs(t, "", "")
	if err := os.Mkdir(filepath.Join(in.Dir, ProjectFile), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(in); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v", err)
	}
}

func TestUnknownVariableIsARemark(t *testing.T) {
	c, err := Load(inputs(t, "", "", "EDDY_JOB=3"))
	if err != nil || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "did you mean EDDY_JOBS?") {
		t.Errorf("%v, %v", c, err)
	}
}
