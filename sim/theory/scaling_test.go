package theory_test

import (
	"math"
	"testing"

	"eddy/sim/theory"
)

func TestFitScalability(t *testing.T) {
	n := []float64{1, 2, 4, 8, 16, 32}
	for _, want := range []theory.Scalability{
		{Rate: 100, Contention: 0.05, Coherence: 0.001},
		{Rate: 3, Contention: 0.2},
		{Rate: 7, Coherence: 0.01},
		{Rate: 50},
	} {
		var x []float64
		for _, k := range n {
			x = append(x, want.At(k))
		}
		got, err := theory.FitScalability(n, x)
		if err != nil || math.Abs(got.Rate-want.Rate) > 1e-6*want.Rate ||
			math.Abs(got.Contention-want.Contention) > 1e-6 || math.Abs(got.Coherence-want.Coherence) > 1e-6 || got.Error > 1e-6 {
			t.Errorf("%+v becomes %+v, %v", want, got, err)
		}
	}
	if peak := (theory.Scalability{Contention: 0.04, Coherence: 0.0006}).Peak(); math.Abs(peak-40) > 1e-9 {
		t.Errorf("the peak is at %v", peak)
	}
	if _, err := theory.FitScalability(n[:3], n[:3]); err == nil {
		t.Error("three points are fitted")
	}
	// What does more than n times the work of one is fitted badly, and says so.
	if got, err := theory.FitScalability(n, []float64{1, 1, 1, 60, 60, 60}); err == nil && got.Error < 0.2 {
		t.Errorf("%+v", got)
	}
}

func TestKnee(t *testing.T) {
	if k := theory.Knee([]float64{1, 2, 3, 4, 5}, []float64{10, 20, 30, 31, 32}); k != 2 {
		t.Errorf("the knee is at %d", k)
	}
	if k := theory.Knee([]float64{1, 2, 3, 4}, []float64{1, 2, 3, 4}); k != -1 {
		t.Errorf("a straight line has a knee at %d", k)
	}
}
