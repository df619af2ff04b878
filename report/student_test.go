package report

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// Who reads the document computes with mean, sd and n, and must find low and
// high again: they are Student's, whatever interval the reports tell.
func TestDocumentHasStudentsIntervals(t *testing.T) {
	_, r := measuredAndPredicted(t, plainSystem, 8)
	var b bytes.Buffer
	if err := JSONReplicated(&b, r); err != nil {
		t.Fatal(err)
	}
	type ends struct{ Low, High *float64 }
	var doc struct {
		Metrics map[string]struct {
			Mean, SD *float64
			N        int
			ends
			Note     *string
			Adjusted *ends
		}
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	given, adjusted := 0, 0
	for path, m := range doc.Metrics {
		if (m.Low == nil) != (m.Note != nil) {
			t.Errorf("%s: neither an interval nor why there is none, or both", path)
		}
		if m.Low == nil {
			continue
		}
		given++
		half := distuv.StudentsT{Sigma: 1, Nu: float64(m.N - 1)}.Quantile(0.975) * *m.SD / math.Sqrt(float64(m.N))
		near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-8*math.Max(math.Abs(a), math.Abs(b)) }
		if !near(*m.Low, *m.Mean-half) || !near(*m.High, *m.Mean+half) {
			t.Errorf("%s: %g to %g, Student's is %g ± %g", path, *m.Low, *m.High, *m.Mean, half)
		}
		if m.Adjusted != nil {
			adjusted++
		}
	}
	if given < 20 || adjusted == 0 {
		t.Errorf("%d intervals, %d of them adjusted", given, adjusted)
	}
}
