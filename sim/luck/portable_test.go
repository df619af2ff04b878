package luck

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	fused     = regexp.MustCompile(`\b(FN?M(ADD|SUB)[DS]?|VFN?M(ADD|SUB)\d+S[DS])\b`)
	unwelcome = regexp.MustCompile(`math\.(Exp|Exp2|Expm1|Log|Log2|Log10|Log1p|Pow|Cbrt|Hypot|Sin|Cos|Tan|Sinh|Cosh|Tanh|Erf|Erfc|Erfinv|Gamma|Lgamma|FMA|Mod)\b`)
)

// assembly returns what the compiler makes of the package in dir.
func assembly(t *testing.T, dir string, env ...string) string {
	t.Helper()
	cmd := exec.Command("go", "build", "-gcflags=-S", "-o", os.DevNull, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append(env, "CGO_ENABLED=0", "GOOS=linux", "GOFLAGS=-buildvcs=false")...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Skipf("cannot build for %v here: %v\n%.500s", env, err, out)
	}
	return string(out)
}

// TestNoFusedMultiplyAdd: where the processor could do a multiplication and an addition
// with one rounding, the compiler was kept from it.
func TestNoFusedMultiplyAdd(t *testing.T) {
	control := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(control, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module control\n\ngo 1.26\n")
	write("c.go", "package control\n\nfunc F(x, y, z float64) float64 { return x*y + z }\n")
	for _, env := range [][]string{{"GOARCH=arm64"}, {"GOARCH=amd64", "GOAMD64=v3"}, {"GOARCH=riscv64"}, {"GOARCH=s390x"}} {
		t.Run(strings.Join(env, " "), func(t *testing.T) {
			if !fused.MatchString(assembly(t, control, env...)) {
				t.Fatal("the search does not find x*y + z")
			}
			listing := assembly(t, ".", env...)
			if !strings.Contains(listing, "luck.Log") {
				t.Fatal("no listing")
			}
			for line := range strings.Lines(listing) {
				if fused.MatchString(line) {
					t.Errorf("fused: %s", strings.TrimSpace(line))
				}
			}
		})
	}
}

// TestNoUnportableFunctions: the functions of package math that differ between
// processors are not called.
func TestNoUnportableFunctions(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources", err)
	}
	comment := regexp.MustCompile(`//.*`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range unwelcome.FindAllString(comment.ReplaceAllString(string(source), ""), -1) {
			t.Errorf("%s uses %s", name, call)
		}
	}
}
