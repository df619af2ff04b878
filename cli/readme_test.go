package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// updateReadme rewrites the output shown in the README with what is printed.
var updateReadme = os.Getenv("UPDATE_README") != ""

// block is a fenced block of a Markdown file.
type block struct {
	info  string // what stands behind the opening fence
	lines []string
	first int // index of its first line in the file
}

func blocks(lines []string) []block {
	var all []block
	open := false
	for i, line := range lines {
		switch {
		case !strings.HasPrefix(line, "```"):
			if open {
				b := &all[len(all)-1]
				b.lines = append(b.lines, line)
			}
		case open:
			open = false
		default:
			open = true
			all = append(all, block{info: strings.TrimPrefix(line, "```"), first: i + 1})
		}
	}
	return all
}

// TestReadme does what the README says, in one folder from top to bottom:
// "yaml NAME" blocks are files, every line of a "sh" block is a command that
// must succeed, and a "console" block shows what a command prints.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("whole runs of the flagship")
	}
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(t)
	lines := strings.Split(string(text), "\n")
	var rewritten []string
	kept := 0
	for _, b := range blocks(lines) {
		kind, name, _ := strings.Cut(b.info, " ")
		switch kind {
		case "yaml":
			r.write(name, b.lines)
		case "sh":
			for _, command := range b.lines {
				r.run(command)
			}
		case "console":
			shown := r.console(b.lines)
			rewritten = append(append(rewritten, lines[kept:b.first]...), shown...)
			kept = b.first + len(b.lines)
		default:
			t.Errorf("line %d: a block of kind %q is not tested", b.first, b.info)
		}
	}
	if rewritten = append(rewritten, lines[kept:]...); updateReadme {
		if err := os.WriteFile("../README.md", []byte(strings.Join(rewritten, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if r.commands < 10 || r.files == 0 || r.consoles == 0 {
		t.Errorf("only %d commands, %d files and %d outputs were found", r.commands, r.files, r.consoles)
	}
}

// reader follows the README.
type reader struct {
	*testing.T
	dir                       string
	commands, files, consoles int
}

func newReader(t *testing.T) *reader {
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "eddy")); err != nil {
		t.Skipf("this system has no links: %v", err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv(asProgram, "1")
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", "")
	return &reader{T: t, dir: dir}
}

func (r *reader) write(name string, lines []string) {
	if name == "" {
		r.Fatalf("a scenario without a file's name: %s", lines[0])
	}
	r.files++
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		r.Fatal(err)
	}
	if out := r.run("eddy validate " + name); out != name+": valid\n" {
		r.Errorf("%s", out)
	}
}

// run runs one command line and returns its standard output.
func (r *reader) run(command string) string {
	if command == "go test ./..." {
		return "" // that is what runs this test
	}
	r.commands++
	// What go run builds is this program.
	command = strings.Replace(command, "go run . ", "eddy ", 1)
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = r.dir
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		r.Errorf("%s: %v\n%s%s", command, err, out, &errs)
	}
	return string(out)
}

// console runs the commands behind "$ " and compares what they print.
func (r *reader) console(lines []string) []string {
	r.consoles++
	var shown []string
	for i := 0; i < len(lines); {
		command, ok := strings.CutPrefix(lines[i], "$ ")
		if !ok {
			r.Fatalf("%q stands behind no command", lines[i])
		}
		i++
		from := i
		for i < len(lines) && !strings.HasPrefix(lines[i], "$ ") {
			i++
		}
		out := strings.TrimSuffix(r.run(command), "\n")
		if want := strings.Join(lines[from:i], "\n"); out != want && !updateReadme {
			r.Errorf("%s prints\n%s\nand not\n%s", command, out, want)
		}
		shown = append(append(shown, "$ "+command), strings.Split(out, "\n")...)
	}
	return shown
}
