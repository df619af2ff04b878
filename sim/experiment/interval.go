package experiment

import (
	"math"
	"strconv"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// confidence is the share of intervals that cover what they estimate.
const confidence = 0.95

// fewest is how many runs an interval needs at least: with two, Student's t
// is so wide (12.7 standard errors) that it says nothing.
const fewest = 3

// meanSD is the sample mean and, with n − 1 below, the sample standard
// deviation of the values, summed in the order given. There must be at least
// one; of one, the standard deviation is 0.
func meanSD(values []float64) (mean, sd float64) {
	n := float64(len(values))
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	mean = sum / n
	if len(values) < 2 {
		return mean, 0
	}
	squares := 0.0
	for _, v := range values {
		d := v - mean
		squares += float64(d * d)
	}
	return mean, math.Sqrt(squares / (n - 1))
}

// halfWidth is half of the 95 % Student-t interval for the mean of n
// independent values with this sample standard deviation; n ≥ 2.
func halfWidth(sd float64, n int) float64 {
	return float64(studentT(n-1)*sd) / math.Sqrt(float64(n))
}

var (
	quantilesMu sync.Mutex
	quantiles   = map[int]float64{}
)

// studentT is the two-sided 95 % quantile of Student's t with nu ≥ 1 degrees
// of freedom. Gonum computes it with functions whose last bit differs from one
// processor to another, so ten significant digits of it are kept: far more
// than an interval needs, and the same ones everywhere.
func studentT(nu int) float64 {
	quantilesMu.Lock()
	defer quantilesMu.Unlock()
	q, known := quantiles[nu]
	if !known {
		q = tenDigits(distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(nu)}.Quantile(1 - (1-confidence)/2))
		quantiles[nu] = q
	}
	return q
}

func tenDigits(x float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 9, 64), 64)
	if err != nil {
		return x
	}
	return rounded
}
