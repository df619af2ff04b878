package cli

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "eddy"

// walls says which packages of this module each package may import, from the
// outside in. A package that is not listed may import none. The parts of the
// screen, below tui, share a line.
var walls = map[string][]string{
	"":                    {"cli"},
	"cli":                 {"config", "scenarios", "tui", "report", "sim/experiment"},
	"tui":                 {"tui/...", "sim", "sim/spec", "report"},
	"tui/...":             {"tui/...", "sim", "sim/spec", "report"},
	"report":              {"sim", "sim/spec", "sim/experiment"},
	"scenarios":           {"sim/spec", "sim/luck"},
	"sim":                 {"sim/spec", "sim/kernel", "sim/luck", "sim/measure", "sim/theory"},
	"sim/experiment":      {"sim", "sim/spec", "sim/luck", "sim/measure", "sim/theory"},
	"sim/luck":            {"sim/spec"},
	"sim/reference":       {"sim", "sim/spec", "sim/luck"},
	"sim/reference/cases": {"sim/spec"},
	"sim/theory":          {"sim/luck"},
	"sim/kernel":          {},
	"sim/measure":         {},
	"sim/spec":            {},
	"config":              {},
}

// insideOnly are the modules that may be imported in one place only: the
// settings are read through Viper and nothing else is, YAML belongs to the two
// readers of files, commands to cli, the screen to tui.
var insideOnly = map[string][]string{
	"github.com/spf13/viper":       {"config"},
	"github.com/spf13/pflag":       {"config", "cli"},
	"github.com/spf13/cobra":       {"cli"},
	"gopkg.in/yaml.v3":             {"config", "scenarios"},
	"charm.land":                   {"tui", "report"},
	"github.com/charmbracelet":     {"tui", "report"},
	"golang.org/x/term":            {"cli", "tui"},
	"gonum.org/v1/gonum":           {"sim/experiment"},
	"github.com/agext/levenshtein": {"config", "scenarios"},
}

// outsideWorld are the packages of the standard library that nothing under sim
// may use: a run depends on its scenario, seed and version alone.
var outsideWorld = []string{
	"os", "os/exec", "os/signal", "os/user", "io/ioutil", "net", "net/http", "syscall", "path/filepath",
	"math/rand", "math/rand/v2", "crypto/rand", "hash/maphash", "unsafe", "time", "plugin", "embed", "flag", "log",
}

// exactMath is what of package math gives the same bits on every processor.
var exactMath = []string{
	"Sqrt", "Floor", "Ceil", "Trunc", "Round", "RoundToEven", "Abs", "Min", "Max", "Copysign", "Signbit", "Ldexp", "Frexp", "Modf",
	"Float64bits", "Float64frombits", "IsNaN", "IsInf", "Inf", "NaN", "Pi", "E", "Ln2", "Log2E", "Sqrt2",
	"MaxInt", "MaxInt8", "MaxInt16", "MaxInt32", "MaxInt64", "MinInt64", "MinInt", "MinInt32", "MaxUint8", "MaxUint16", "MaxUint32", "MaxUint64",
	"MaxFloat64", "SmallestNonzeroFloat64",
}

// goFile is one Go file of the module.
type goFile struct {
	folder string // "" for the root
	path   string
	test   bool
	*ast.File
	*token.FileSet
}

func moduleFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != "." || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, filepath.Join("..", filepath.FromSlash(name)), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder := path.Dir(name)
		if folder == "." {
			folder = ""
		}
		files = append(files, goFile{folder, name, strings.HasSuffix(name, "_test.go"), f, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// imports are the import paths of a file and the names they have in it.
func (f goFile) imports() map[string]string {
	found := map[string]string{}
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		found[p] = name
	}
	return found
}

func (f goFile) engine() bool { return f.folder == "sim" || strings.HasPrefix(f.folder, "sim/") }

// crossings are the walls that a file's imports cross.
func crossings(f goFile) []string {
	if f.test {
		return nil
	}
	var found []string
	for p := range f.imports() {
		if reason := crossing(f, p); reason != "" {
			found = append(found, fmt.Sprintf("%s imports %s: %s", f.path, p, reason))
		}
	}
	slices.Sort(found)
	return found
}

// screenPart is the folder, or the line that all parts of the screen share.
func screenPart(folder string) string {
	if strings.HasPrefix(folder, "tui/") {
		return "tui/..."
	}
	return folder
}

func crossing(f goFile, p string) string {
	if to, inside := strings.CutPrefix(p, module+"/"); inside {
		if !slices.Contains(walls[screenPart(f.folder)], screenPart(to)) {
			return "the walls of the house do not let it"
		}
		return ""
	}
	for prefix, folders := range insideOnly {
		if (p == prefix || strings.HasPrefix(p, prefix+"/")) && !slices.Contains(folders, strings.TrimSuffix(screenPart(f.folder), "/...")) {
			return "only " + strings.Join(folders, ", ") + " may"
		}
	}
	if f.engine() && slices.Contains(outsideWorld, p) {
		return "nothing under sim may know the world outside"
	}
	return ""
}

// inexact are the uses of functions whose last bit differs from one processor
// to another, in a file under sim.
func inexact(f goFile) []string {
	if f.test || !f.engine() {
		return nil
	}
	name, ok := f.imports()["math"]
	if !ok {
		return nil
	}
	var found []string
	ast.Inspect(f.File, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && x.Name == name && !slices.Contains(exactMath, s.Sel.Name) {
			found = append(found, fmt.Sprintf("%s: math.%s is not the same on every processor", f.Position(s.Pos()), s.Sel.Name))
		}
		return true
	})
	return found
}

func TestWalls(t *testing.T) {
	files := moduleFiles(t)
	if len(files) < 20 {
		t.Fatalf("only %d files were found", len(files))
	}
	for _, f := range files {
		for _, wrong := range append(crossings(f), inexact(f)...) {
			t.Error(wrong)
		}
	}
}

// TestWallsHold gives the test files that cross each kind of wall: a test that
// lets everything through would not be noticed otherwise.
func TestWallsHold(t *testing.T) {
	for name, c := range map[string]struct {
		folder, text string
		wrong        bool
	}{
		"engine reads YAML":         {"sim", `import "gopkg.in/yaml.v3"`, true},
		"engine reads the clock":    {"sim/kernel", `import "time"`, true},
		"engine reads files":        {"sim", `import "os"`, true},
		"engine draws":              {"sim/luck", `import "math/rand/v2"`, true},
		"engine draws on a screen":  {"sim", `import "charm.land/bubbletea/v2"`, true},
		"engine knows the loader":   {"sim", `import "eddy/scenarios"`, true},
		"engine knows experiments":  {"sim", `import "eddy/sim/experiment"`, true},
		"report knows cli":          {"report", `import "eddy/cli"`, true},
		"loader knows the engine":   {"scenarios", `import "eddy/sim"`, true},
		"loader through Viper":      {"scenarios", `import "github.com/spf13/viper"`, true},
		"cli knows the engine":      {"cli", `import "eddy/sim"`, true},
		"a new package is let in":   {"util", `import "eddy/sim"`, true},
		"engine rounds differently": {"sim", "import \"math\"\nvar x = math.Exp(1)", true},
		"engine fuses":              {"sim", "import m \"math\"\nvar x = m.FMA(1, 2, 3)", true},
		"engine takes a root":       {"sim", "import \"math\"\nvar x = math.Sqrt(2)", false},
		"engine knows the kernel":   {"sim", `import "eddy/sim/kernel"`, false},
		"a part of the screen":      {"tui/graph", `import "eddy/tui/draw"`, false},
		"a part knows the loader":   {"tui/graph", `import "eddy/scenarios"`, true},
		"cli knows experiments":     {"cli", `import "eddy/sim/experiment"`, false},
		"report takes a logarithm":  {"report", "import \"math\"\nvar x = math.Log(2)", false},
	} {
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, "x.go", "package x\n"+c.text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		f := goFile{c.folder, "x.go", false, parsed, set}
		if wrong := append(crossings(f), inexact(f)...); (len(wrong) > 0) != c.wrong {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}

var (
	promise   = regexp.MustCompile(`The one promise`)
	ignorance = regexp.MustCompile(`not\s+know|knows\s+nothing`)
)

// TestEveryPackageSaysWhatItIs: doc.go of each package says what it is, the
// one promise it keeps and what it does not know.
func TestEveryPackageSaysWhatItIs(t *testing.T) {
	folders := map[string]bool{}
	for _, f := range moduleFiles(t) {
		if f.folder != "" && !f.test {
			folders[f.folder] = true
		}
	}
	for folder := range folders {
		text, err := os.ReadFile(filepath.Join("..", folder, "doc.go"))
		if err != nil {
			t.Errorf("%s has no doc.go", folder)
			continue
		}
		for _, want := range []*regexp.Regexp{promise, ignorance} {
			if !want.Match(text) {
				t.Errorf("%s/doc.go does not say %q", folder, want)
			}
		}
	}
}
