package theory

import (
	"errors"
	"math"
)

// Scalability is the universal scalability law: with n workers (or users, or
// partitions) a system does Rate·n / (1 + Contention·(n−1) + Coherence·n·(n−1)).
// Source: Gunther 1993; Gunther, Guerrilla Capacity Planning, chapter 4.
type Scalability struct {
	Rate       float64 // of one, alone
	Contention float64 // share that cannot be done side by side, ≥ 0
	Coherence  float64 // cost of keeping each pair in step, ≥ 0
	// Error is the root of the mean square of the relative errors of the fit.
	Error float64
}

// ErrNoFit says that there are too few points for a fit, or none that means anything.
var ErrNoFit = errors.New("there are fewer than four points above zero to fit")

// At is what n > 0 do together.
func (s Scalability) At(n float64) float64 {
	return s.Rate * n / (1 + float64(s.Contention*(n-1)) + float64(s.Coherence*n*(n-1)))
}

// Peak is the n beyond which more do less, infinite if there is none.
func (s Scalability) Peak() float64 {
	if s.Coherence == 0 {
		return math.Inf(1)
	}
	return math.Sqrt(max(0, 1-s.Contention) / s.Coherence)
}

// FitScalability fits the law to what n do, by least squares of the relative
// errors of n over rate, in which it is linear, with no parameter below 0.
func FitScalability(n, rate []float64) (Scalability, error) {
	var x [][3]float64
	for i := range n {
		if n[i] > 0 && rate[i] > 0 {
			w := rate[i] / n[i] // n/rate is 1 in these terms
			x = append(x, [3]float64{w, float64(w * (n[i] - 1)), float64(w * float64(n[i]*(n[i]-1)))})
		}
	}
	if len(x) < 4 {
		return Scalability{}, ErrNoFit
	}
	best, found := Scalability{}, false
	least := math.Inf(1)
	for _, use := range [][]int{{0, 1, 2}, {0, 1}, {0, 2}, {0}} {
		p, ok := leastSquares(x, use)
		if !ok || p[0] <= 0 || p[1] < 0 || p[2] < 0 {
			continue
		}
		off := 0.0
		for _, row := range x {
			e := float64(row[0]*p[0]) + float64(row[1]*p[1]) + float64(row[2]*p[2]) - 1
			off += float64(e * e)
		}
		if off < least {
			least, found = off, true
			best = Scalability{Rate: 1 / p[0], Contention: p[1] / p[0], Coherence: p[2] / p[0]}
		}
	}
	if !found {
		return Scalability{}, ErrNoFit
	}
	off, count := 0.0, 0.0
	for i := range n {
		if n[i] > 0 && rate[i] > 0 {
			e := best.At(n[i])/rate[i] - 1
			off += float64(e * e)
			count++
		}
	}
	best.Error = math.Sqrt(off / count)
	return best, nil
}

// leastSquares finds the parameters, of those in use, for which the rows are
// nearest to 1; the others are 0. False where the rows do not determine them.
func leastSquares(x [][3]float64, use []int) (p [3]float64, ok bool) {
	k := len(use)
	a := square(k)
	b := make([]float64, k)
	for _, row := range x {
		for i, u := range use {
			for j, v := range use {
				a[i][j] += float64(row[u] * row[v])
			}
			b[i] += row[u]
		}
	}
	for i := range k {
		if a[i][i] <= 1e-12*math.Abs(b[i]) || a[i][i] == 0 {
			return p, false
		}
		for j := i + 1; j < k; j++ {
			f := a[j][i] / a[i][i]
			for m := i; m < k; m++ {
				a[j][m] -= float64(f * a[i][m])
			}
			b[j] -= float64(f * b[i])
		}
	}
	for i := k - 1; i >= 0; i-- {
		v := b[i]
		for j := i + 1; j < k; j++ {
			v -= float64(a[i][j] * p[use[j]])
		}
		p[use[i]] = v / a[i][i]
	}
	return p, true
}

// Knee is the index of the point of a rising curve farthest above the line from
// its first point to its last, both axes taken from 0 to 1; −1 if there is none.
// The x must rise. Source: Satopää and others 2011, Kneedle.
func Knee(x, y []float64) int {
	last := len(x) - 1
	if last < 2 || x[last] <= x[0] || y[last] <= y[0] {
		return -1
	}
	best, found := 0.05, -1 // less is a straight line, or noise
	for i := 1; i < last; i++ {
		above := (y[i]-y[0])/(y[last]-y[0]) - (x[i]-x[0])/(x[last]-x[0])
		if above > best {
			best, found = above, i
		}
	}
	return found
}
