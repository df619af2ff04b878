package experiment

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSkewedEndsOfTheSymmetric: with hardly any skewness it is Student's interval.
func TestSkewedEndsOfTheSymmetric(t *testing.T) {
	for _, n := range []int{2, 3, 8, 100} {
		for _, skewness := range []float64{0, 0.01} {
			below, above := skewedEnds(2, n, skewness)
			if half := halfWidth(2, n); math.Abs(below-half) > 1e-12*half || math.Abs(above-half) > 1e-12*half {
				t.Errorf("%d values: %v below and %v above, not %v", n, below, above, half)
			}
		}
	}
}

// TestSkewedEndsByTheCubeRoot holds the series against the transformation it
// is of, where they must agree to fourth order in β.
func TestSkewedEndsByTheCubeRoot(t *testing.T) {
	root := func(t, beta float64) float64 { return (math.Cbrt(1+6*beta*(t-beta)) - 1) / (2 * beta) }
	for _, n := range []int{10, 30, 100} {
		for _, skewness := range []float64{0.15, 0.2, 0.3, 0.4} {
			if skewness*studentT(n-1)/math.Sqrt(float64(n)) < 0.1 {
				continue // too slight to be made
			}
			below, above := skewedEnds(1, n, skewness)
			se, beta, q := 1/math.Sqrt(float64(n)), skewness/6/math.Sqrt(float64(n)), studentT(n-1)
			// The first step that is left out is 80/3·β³t⁴, the next ones are smaller.
			slack := 40 * beta * beta * beta * q * q * q * q * se
			if math.Abs(below-root(q, beta)*se) > slack || math.Abs(above+root(-q, beta)*se) > slack {
				t.Errorf("%d values, skewness %v: %v and %v, by the cube root %v and %v", n, skewness, below, above, root(q, beta)*se, -root(-q, beta)*se)
			}
		}
	}
}

// TestSkewedEndsStayInOrder: however skewed, there is something on both sides,
// more above than below, and not more than a quarter wider than Student's.
func TestSkewedEndsStayInOrder(t *testing.T) {
	for n := 2; n <= 200; n++ {
		for _, skewness := range []float64{1e-9, 0.3, 1, 3, 10, 1e6, math.Inf(1)} {
			below, above := skewedEnds(1, n, skewness)
			if half := halfWidth(1, n); !(below > 0 && above >= below && below+above <= 2.5*half) {
				t.Errorf("%d values, skewness %v: %v below and %v above where Student has %v", n, skewness, below, above, half)
			}
		}
	}
}

// TestSkewedEndsCover: of values with skewness 1 (each the sum of four
// exponential ones), Student's interval misses the mean below it too often; the
// corrected one is within binomial limits and balanced.
func TestSkewedEndsCover(t *testing.T) {
	const experiments, n = 4000, 10
	luck := rand.New(rand.NewPCG(1, 2))
	var student, corrected tally
	values := make([]float64, n)
	for range experiments {
		for i := range values {
			values[i] = 0
			for range 4 {
				values[i] += luck.ExpFloat64()
			}
		}
		mean, sd := meanSD(values)
		half := halfWidth(sd, n)
		student.missed(mean-half, mean+half, 4)
		below, above := skewedEnds(sd, n, 1)
		corrected.missed(mean-below, mean+above, 4)
	}
	least, most := binomialLimits(experiments, confidence, 0.999)
	t.Logf("Student's misses %d below and %d above, the corrected one %d and %d", student.below, student.above, corrected.below, corrected.above)
	if covered := experiments - student.below - student.above; covered >= least {
		t.Errorf("Student's covers %d of %d: there is nothing to correct", covered, experiments)
	}
	if covered := experiments - corrected.below - corrected.above; covered < least || covered > most {
		t.Errorf("the corrected one covers %d, outside of %d to %d", covered, least, most)
	}
	if corrected.below > 2*corrected.above || corrected.above > 2*corrected.below {
		t.Errorf("%d are too low and %d too high", corrected.below, corrected.above)
	}
}

func (c *tally) missed(low, high, truth float64) {
	switch {
	case high < truth:
		c.below++
	case low > truth:
		c.above++
	}
}

// TestQuantileEnds: with much in the tail and no bias it is Student's; with
// little it is wider, and a large bias is let in on its side only.
func TestQuantileEnds(t *testing.T) {
	half := halfWidth(1, 10)
	if below, above := quantileEnds(1, 10, 1e9, 0); math.Abs(below-half) > 1e-6 || math.Abs(above-half) > 1e-6 {
		t.Errorf("%v and %v, not %v", below, above, half)
	}
	if below, above := quantileEnds(1, 10, 3, 0); math.Abs(below-1.1*half) > 1e-9 || math.Abs(above-1.1*half) > 1e-9 {
		t.Errorf("with three in the tail %v and %v, not %v", below, above, 1.1*half)
	}
	if below, above := quantileEnds(1, 10, 1e9, 2*half); math.Abs(below-2.8392*half) > 1e-6 || math.Abs(above-half) > 1e-6 {
		t.Errorf("with a bias %v and %v", below, above)
	}
}

// TestPerEvent: the waits of M/M/1 tell as much as its length over time in heavy
// traffic, and each of them is one observation where nobody waits for another.
func TestPerEvent(t *testing.T) {
	for rho, want := range map[float64]float64{0.5: 2.25 / 3.625, 0.8: 3.456 / 3.952, 1: 1} {
		if got := perEvent(rho); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v at %v, not %v", got, rho, want)
		}
	}
	// n·(1−ρ)²/(2ρ(1+ρ)) is what n arrivals are worth by the length over time.
	const rho = 1e-6
	if worth := perEvent(rho) * (1 - rho) * (1 - rho) / (2 * rho * (1 + rho)); math.Abs(worth-1) > 1e-4 {
		t.Errorf("an arrival to an empty system is worth %v", worth)
	}
}
