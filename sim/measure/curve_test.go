package measure

import (
	"math/rand/v2"
	"testing"
)

// The curve is what Quantile says, point by point.
func TestCurveIsQuantiles(t *testing.T) {
	var empty Histogram
	if empty.Curve() != nil {
		t.Error("a curve of nothing")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 7, 999, 1000, 50_000} {
		var h Histogram
		for range n {
			h.Record(r.Int64N(1 << r.IntN(50)))
		}
		h.RecordZeros(uint64(n / 10))
		got := h.Curve()
		if len(got) != len(CurveShares) {
			t.Fatalf("%d points of %d", len(got), len(CurveShares))
		}
		for i, share := range CurveShares {
			if want, _ := h.Quantile(share, 1000); got[i] != want {
				t.Errorf("%d of 1000 of %d: %d, want %d", share, n, got[i], want)
			}
		}
	}
}
