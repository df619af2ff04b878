package scenarios

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"eddy/sim/spec"
)

func set(path, value string) []spec.Setting { return []spec.Setting{{Path: path, Value: value}} }

func withFile(data string) fs.FS { return fstest.MapFS{"data.csv": {Data: []byte(data)}} }

func replayed(data string) (*spec.Scenario, Diagnostics) {
	return Load([]byte(small), Options{Name: "small.yaml", FS: withFile(data), Set: set("producers.web.rate", "replay(file=data.csv)")})
}

func TestReplay(t *testing.T) {
	s, ds := replayed("event,time,key,size,priority,work,fails,country,amount\n" +
		"order.placed,1.5,alice,2KiB,9,0.25,2,SE,12.5\n" +
		"order.lost,0.000000001,,,,,,,\n")
	if s == nil {
		t.Fatal(rendered(ds))
	}
	rows := s.Producers[0].Rate.Rows
	want := []spec.ReplayRow{
		{At: 1, Event: 1, Size: spec.None, Priority: spec.None, Work: spec.None, Fails: spec.None, Fields: []spec.Value{{Kind: spec.NoValue}, {Kind: spec.NoValue}}},
		{
			At: 1500 * spec.Millisecond, Event: 0, Key: "alice", HasKey: true, Size: 2048, Priority: 9, Work: 250 * spec.Millisecond, Fails: 2,
			Fields: []spec.Value{{Text: "SE"}, {Kind: spec.NumberValue, Number: 12.5}},
		},
	}
	if !reflect.DeepEqual(rows, want) || !reflect.DeepEqual(s.Producers[0].Rate.Columns, []string{"country", "amount"}) {
		t.Errorf("%+v", rows)
	}
	if s.Events[1].Name != "order.lost" {
		t.Errorf("%+v", s.Events)
	}
	other, _ := replayed("time\n1.5\n")
	again, _ := replayed("time\n1.6\n")
	if other.Hash == again.Hash {
		t.Error("what a file holds is not in the hash")
	}
}

func TestReplayTimes(t *testing.T) {
	for data, want := range map[string][]spec.Nanos{
		"0.5\n0.25\n1e-3\n":          {spec.Millisecond, 250 * spec.Millisecond, 500 * spec.Millisecond},
		"when,x\n3,1\n2,1\n":         {2 * spec.Second, 3 * spec.Second},
		"x,time\n9,1\n":              {spec.Second},
		"# a note\ntime\n1\n\n2\n":   {spec.Second, 2 * spec.Second},
		"\xef\xbb\xbftime\r\n1\r\n":  {spec.Second},
		"0\n86400\n":                 {0, spec.Day},
		"2026-01-01T00:00:01+01:00":  {0},
		"time\n0.1234567891\n":       {123456789},
		"time\n\"1\"\n 2\n":          {spec.Second, 2 * spec.Second},
		"time\n2026-01-31T09:00:00Z": {0},
		"t\n2026-01-31T09:00:00.5Z\n2026-01-31T10:00:00+01:00": {0, 500 * spec.Millisecond},
	} {
		s, ds := replayed(data)
		if s == nil {
			t.Errorf("%q: %s", data, rendered(ds))
			continue
		}
		var got []spec.Nanos
		for _, r := range s.Producers[0].Rate.Rows {
			got = append(got, r.At)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, want %v", data, got, want)
		}
	}
	for data, want := range map[string]string{
		"":                              "has no arrivals",
		"time\n":                        "has no arrivals",
		"time\n-1\n":                    "data.csv:2:1: ",
		"time\nNaN\n":                   "is not a time",
		"time\n1e300\n":                 "is not a time",
		"time\n4e9\n":                   "is not a time",
		"time,priority\n1,10\n":         "10 is too large",
		"time,size\n1,big\n":            "is not a size",
		"time,size\n1,-5\n":             "cannot be negative",
		"time,fails\n1,0.5\n":           "not a whole number",
		"time,event\n1,no good\n":       "is no name of an event",
		"time\n1,2\n":                   "not as many columns",
		"time\n\"1\n":                   "is not CSV",
		"time\n1\n2026-01-31T09:00Z":    "is not a time",
		"time,time\n1,2\n":              "is there twice",
		"\xff\xfe":                      "is not UTF-8",
		"time\n2026-01-01T00:00:00Z\n5": "is not a date",
		"time\n5\n2026-01-01T00:00:00Z": "this is a date",
	} {
		s, ds := replayed(data)
		if said := rendered(ds); s != nil || !strings.Contains(said, want) {
			t.Errorf("%q: wanted %q, said %s", data, want, said)
		}
	}
}

func TestMeasuredValues(t *testing.T) {
	measured := func(data, dist string) (*spec.Scenario, Diagnostics) {
		return Load([]byte(small), Options{Name: "small.yaml", FS: withFile(data), Set: set("consumers.other.work", dist)})
	}
	s, ds := measured("latency\n2ms\n\n# note\n0.001\n1e-3\n", "empirical(file=data.csv steps=true)")
	if s == nil {
		t.Fatal(rendered(ds))
	}
	if d := s.Consumers[1].Handlers[0].Steps[0].Work; !reflect.DeepEqual(d.Values, []float64{1e6, 1e6, 2e6}) || !d.Steps || d.File != "data.csv" {
		t.Errorf("%+v", d)
	}
	for data, want := range map[string]string{
		"":             "has no values",
		"1ms\nx\n":     "data.csv:2:1: \"x\" is not a duration",
		"1ms\n-2\n":    "cannot be negative",
		"1\n0x10\n":    "is not",
		"1\n2,3\n":     "is not",
		"1\nInf\n":     "is not",
		"1\n\x1b[m\n":  "is not",
		"1\n1_000ms\n": "no separators",
	} {
		s, ds := measured(data, "empirical(file=data.csv)")
		if said := rendered(ds); s != nil || !strings.Contains(said, want) {
			t.Errorf("%q: wanted %q, said %s", data, want, said)
		}
	}
}

// No name may lead out of the folder, and nothing but a file is opened.
func TestFilesStayInside(t *testing.T) {
	outside := t.TempDir()
	inside := filepath.Join(outside, "in")
	write := func(name, data string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outside, "secret.csv"), "time\n1\n")
	write(filepath.Join(inside, "sub", "data.csv"), "time\n1\n")
	for link, target := range map[string]string{
		"out.csv": "../secret.csv", "abs.csv": filepath.Join(outside, "secret.csv"), "ok.csv": "sub/data.csv", "round.csv": "round.csv",
		"folder": "sub", "up": "..", "sub/back.csv": "../sub/data.csv", "sub/far.csv": "../../secret.csv",
	} {
		if err := os.Symlink(target, filepath.Join(inside, link)); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	f := newFiles(os.DirFS(inside))
	for _, name := range []string{"sub/data.csv", "ok.csv", "folder/data.csv", "sub/back.csv", "./sub//data.csv", "sub/../sub/data.csv"} {
		if _, bad := f.read(name); bad != nil {
			t.Errorf("%s: %s", name, bad.problem)
		}
	}
	for _, name := range []string{
		"out.csv", "abs.csv", "round.csv", "up/secret.csv", "sub/far.csv", "../secret.csv", "/etc/passwd", "sub", ".", "", "nothing.csv", "sub/../../secret.csv", `sub\data.csv`, "a\x00b",
	} {
		if _, bad := f.read(name); bad == nil {
			t.Errorf("%s is read", name)
		}
	}
	if _, bad := newFiles(nil).read("data.csv"); bad == nil || !strings.Contains(bad.problem, "cannot name files") {
		t.Error("a file is read from nowhere")
	}
	for _, device := range []string{"null", "zero"} {
		if _, bad := newFiles(os.DirFS("/dev")).read(device); bad == nil {
			t.Errorf("the device %s is read", device)
		}
	}
	large := fstest.MapFS{"data.csv": {Data: make([]byte, 0)}}
	if _, bad := newFiles(sized{large, maxFile + 1}).read("data.csv"); bad == nil || !strings.Contains(bad.problem, "256 MiB") {
		t.Errorf("a file over 256 MiB is read: %v", bad)
	}
}

// sized pretends that every file has a size.
type sized struct {
	fstest.MapFS
	size int64
}

type sizedInfo struct {
	fs.FileInfo
	size int64
}

func (i sizedInfo) Size() int64 { return i.size }

func (s sized) Stat(name string) (fs.FileInfo, error) {
	info, err := s.MapFS.Stat(name)
	return sizedInfo{info, s.size}, err
}
