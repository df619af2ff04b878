package luck

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"eddy/sim/spec"
)

const pinnedFile = "testdata/pinned.txt"

// TestPinned compares first values of everything with testdata/pinned.txt, bit
// by bit. A difference means that every recorded run changes: it must be meant
// (go test -run TestPinned -update writes the file).
func TestPinned(t *testing.T) {
	got := pinnedValues()
	if *update {
		if err := os.WriteFile(pinnedFile, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(pinnedFile)
	if err != nil {
		t.Fatal(err)
	}
	wantLines, gotLines := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	if len(wantLines) != len(gotLines) {
		t.Errorf("%d lines, should be %d", len(gotLines), len(wantLines))
	}
	for i := range min(len(wantLines), len(gotLines)) {
		if wantLines[i] != gotLines[i] {
			t.Fatalf("line %d: the luck has changed\n got %s\nwant %s", i+1, gotLines[i], wantLines[i])
		}
	}
}

func pinnedValues() string {
	var b strings.Builder
	k := NewKey(1, "web", "gap")
	web := SourceID("web")
	fmt.Fprintf(&b, "key %016x %016x\n", uint64(k), uint64(NewKey(1<<63-1, "", "")))
	fmt.Fprintf(&b, "source %016x identity %016x %016x child %016x\n", web, Identity(web, 0), Identity(web, 1), Child(Identity(web, 0), web, 2, 3))
	fmt.Fprintf(&b, "counter %016x sub %016x\n", Counter(5, 2, 7), sub(5, 1))
	for ctr := range uint64(4) {
		fmt.Fprintf(&b, "bits %016x uniform %x\n", k.Bits(ctr), k.Uniform(ctr))
	}
	for _, x := range []float64{0x1p-53, 0.1, 0.7, 0.999, 1.001, 3, 1e10, 1e300} {
		fmt.Fprintf(&b, "x %v log %x log1p %x exp %x expm1 %x pow %x lgamma %x norm %x\n",
			x, Log(x), Log1p(x), Exp(-x), Expm1(-x), Pow(x, -0.7), LogGamma(x), NormCDF(-x))
	}
	for _, p := range []float64{0x1p-53, 1e-5, 0.05, 0.2, 0.6, 0.99} {
		fmt.Fprintf(&b, "p %v normal %x\n", p, NormQuantile(p))
	}
	for _, c := range append(families(), extremes()...) {
		s := Compile(c.dist)
		m, _ := Mean(c.dist)
		v, _ := Variance(c.dist)
		fmt.Fprintf(&b, "%s: draws", c.name)
		for ctr := range uint64(4) {
			fmt.Fprintf(&b, " %x", s.Draw(k, ctr))
		}
		fmt.Fprintf(&b, " nanos %d mean %x variance %x median %x cdf %x\n", s.Nanos(k, 9), m, v, Quantile(c.dist, 0.5), CDF(c.dist, m))
	}
	chooser, zipf := NewChooser([]float64{1, 2, 3}), NewZipf(1<<31, 0.9)
	for ctr := range uint64(6) {
		fmt.Fprintf(&b, "choice %d key %d\n", chooser.Pick(k.Uniform(ctr)), zipf.Pick(k.Uniform(ctr)))
	}
	fmt.Fprintf(&b, "all %016x\n", digest())
	return b.String()
}

// digest folds the bits of many draws of every family into one number.
func digest() uint64 {
	h := uint64(0)
	k := NewKey(99, "digest", "draw")
	for _, c := range families() {
		s := Compile(c.dist)
		for i := range uint64(2000) {
			h = mix64(h ^ math.Float64bits(s.Draw(k, Counter(Identity(1, i), 1, 0))))
		}
	}
	for _, d := range []spec.Dist{{Kind: spec.Gamma, Mean: 1, SD: 30}, {Kind: spec.Erlang, K: 900, Mean: 2}} {
		s := Compile(d)
		for i := range uint64(2000) {
			h = mix64(h ^ math.Float64bits(s.Draw(k, i)))
		}
	}
	return h
}
