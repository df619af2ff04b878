package experiment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"eddy/sim/spec"
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
	var student, corrected misses
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
		student.take(mean-half, mean+half, 4)
		below, above := skewedEnds(sd, n, 1)
		corrected.take(mean-below, mean+above, 4)
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

// comparedQueue is a system of a comparison: an M/M/1 queue with so many arrivals
// a second and this mean service.
func comparedQueue(t *testing.T, rate int, work string) *spec.Scenario {
	return written(t, fmt.Sprintf("%sproducers: {p: {emits: e, to: q, rate: poisson(%d/s)}}\nbroker: {channels: {q: {type: queue}}}\nconsumers: {c: {from: q, work: exp(%s)}}\n", coverHead, rate, work))
}

// TestWidening: a difference of thin tails is wider where one scenario has the
// longer waits, and not between a scenario and itself or without theory.
func TestWidening(t *testing.T) {
	of := func(work string) *table {
		tab := newTable(nil)
		tab.horizon = horizonOf(comparedQueue(t, 100, work))
		return tab
	}
	fast, slow, path := of("3ms"), of("5ms"), []string{"consumers", "c", "latency", "p99"}
	there, back := widening(fast, slow, path), widening(slow, fast, path)
	if there != back || there < 1.1 || there > 1+thinPair/leastTail {
		t.Errorf("%v there and %v back", there, back)
	}
	if got := widening(fast, slow, []string{"flows", "e", "completion", "p50"}); got != 1 {
		t.Errorf("the median's is %v", got)
	}
	for _, other := range []*table{slow, newTable(nil)} {
		if got := widening(slow, other, path); got != 1 {
			t.Errorf("%v", got)
		}
	}
	if got := widening(fast, slow, []string{"consumers", "c", "rate"}); got != 1 {
		t.Errorf("that of a rate is %v", got)
	}
}

// TestDifferencesCover: of two systems whose latencies are known, on common luck.
func TestDifferencesCover(t *testing.T) {
	experiments, pairs := experimentsFor(t, 60), 8
	fast, slow := comparedQueue(t, 100, "3ms"), comparedQueue(t, 100, "5ms")
	longer := 1/(1000.0/5-100) - 1/(1000.0/3-100)
	truths := map[string]float64{"p50": longer * math.Log(2), "p99": longer * math.Log(100)}
	printed, student, given := map[string]*misses{}, map[string]*misses{}, map[string]int{}
	for key := range truths {
		printed[key], student[key] = &misses{}, &misses{}
	}
	for i := range experiments {
		fast.Seed, slow.Seed = int64(1000+i*pairs), int64(1000+i*pairs)
		c := held(t, pairs, 0, fast, slow)
		for key, truth := range truths {
			d := comparedBy(t, c, "consumers.c.latency."+key).Against[0]
			half := halfWidth(d.SD.Value, pairs)
			student[key].take(d.Mean.Value-half, d.Mean.Value+half, truth)
			if d.Low.Valid {
				given[key]++
				printed[key].take(d.Low.Value, d.High.Value, truth)
			}
		}
	}
	for _, key := range []string{"p50", "p99"} {
		p, n := printed[key], given[key]
		t.Logf("%s: %d of %d given: %d too low, %d too high, ±%.2g; Student's of all %d and %d, ±%.2g", key, n, experiments, p.below, p.above,
			p.width/float64(n), student[key].below, student[key].above, student[key].width/float64(experiments))
		least, most := binomialLimits(n, confidence, 0.999)
		if covered := n - p.below - p.above; n < experiments/2 || covered < least || covered > most {
			t.Errorf("%s: %d of %d cover, outside of %d to %d", key, covered, n, least, most)
		}
	}
}
