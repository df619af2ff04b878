package experiment

import (
	"math"

	"eddy/sim"
)

// The mean of a busy queue's waits is skewed from run to run: most runs are a
// little too low, a few far too high, and Student's interval ends too low. The
// skewness of a few runs says little about it (with eight the correction by it
// is mostly noise, and widens every interval by a quarter), so it is taken from
// how many independent observations a run has.

// skewnessOfOne over the square root of the number of independent observations
// in a run is the skewness of the run's mean. It is that of a Brownian motion
// reflected at 0, which queues are like in heavy traffic: with drift −1 and
// variance 1 the first three cumulants of its integral grow by 1/2, 1/2 and 15/4
// a unit of time (the derivatives at 0 of the largest eigenvalue of
// ½f″ − f′ + θxf = λf with f′(0) = 0), its variance is 1/4, so that a unit of
// time is half an observation. M/M/1 at 50, 80 and 90 % is measured to have
// 7.9, 6.9 and 6.6.
const skewnessOfOne = 7.5

// furthest is how large skewness · t / √n may get in the correction. It is a
// power series in this, which covers too much from about here on (gamma and
// inverse Gaussian values: 96 %) and turns at 1. Runs that are more skewed are
// corrected as if they were this skewed, which covers 95 % with as few as ten
// independent observations in each of three runs.
const furthest = 0.8

// slight is the share of half an interval by which a correction must move an end
// or more to be made: below, it changes how often the interval covers by less
// than one in a thousand, and the interval stays Student's as everybody knows it.
const slight = 1.0 / 30

// skewedEnds is how far the 95 % interval of a mean of n ≥ 2 independent values
// reaches below and above it, where their sample standard deviation is sd and
// their true skewness is given. It is Student's interval with its two quantiles
// t put through the transformation of Johnson 1978 and Hall 1992, as Willink
// 2005 and Tafazzoli and Wilson 2011 (Skart) use it,
//
//	((1 + 6β(t − β))^⅓ − 1) / 2β,  β = skewness / 6√n,
//
// to third order in β: the cube root itself has a vertical tangent where the
// series still does well, and makes intervals twice as wide there.
func skewedEnds(sd float64, n int, skewness float64) (below, above float64) {
	t, beta := studentT(n-1), tilt(n, skewness)
	se := sd / math.Sqrt(float64(n))
	return float64(skewed(t, beta) * se), float64(-skewed(-t, beta) * se)
}

// tilt is the β of the correction; 0 where it is too slight to be made.
func tilt(n int, skewness float64) float64 {
	root := math.Sqrt(float64(n))
	reach := skewness * studentT(n-1) / root
	if reach/3 < slight { // what the ends are moved by, to first order
		return 0
	}
	return math.Min(reach, furthest) / (6 * studentT(n-1))
}

// skewed is the quantile t of Student's distribution, tilted.
func skewed(t, beta float64) float64 {
	y := t - beta
	return y - float64(2*beta*y*y) + float64(20.0/3*beta*beta*y*y*y)
}

const (
	// thinness over the number of independent observations beyond a quantile is
	// the share by which its interval is wider than Student's: a run with few of
	// them reports what happened to be its longest waits, and the means of such
	// runs are skewed both by that and by what the mean of a quantile leaves out.
	// At two, Student's covers 92.5 % and this one 95 %.
	thinness = 0.3
	// upwards over the number of independent observations is the share by which
	// the quantiles of runs are too high on average. Order statistics are so by
	// p(1 − p)Q″/2N to first order (David and Nagaraja 2003, 4.6), which for
	// waits makes it 0.4 to 0.5 in models. More runs do not make it smaller.
	upwards = 0.3
	// oneSided is the 95 % quantile of the normal distribution over the 97.5 %.
	oneSided = 0.8392
)

// quantileEnds is how far the 95 % interval of a quantile reaches below and
// above the mean of n ≥ 2 runs' quantiles with this standard deviation, each of
// so many independent observations, of which tail lie beyond the quantile.
// Bias is how much too high they may be on average. Where that is not
// small against the interval, all of the 5 % is spent on its side, as the
// other side is not missed then (Armstrong and Kolesár 2018).
func quantileEnds(sd float64, n int, tail, bias float64) (below, above float64) {
	half := halfWidth(sd, n)
	if wider := thinness / tail; wider >= slight {
		half = float64(half * (1 + wider))
	}
	return math.Max(half, float64(half*oneSided)+bias), half
}

// interval is the 95 % interval of a column's mean.
func (t *table) interval(c *column, mean, sd float64, n int) (low, high sim.Number) {
	below := halfWidth(sd, n)
	above := below
	if independent, known := t.independent(c); sd > 0 && independent > 0 && !math.IsInf(independent, 1) {
		key := c.path[len(c.path)-1]
		share, quantile := beyond[key]
		switch {
		case quantile:
			tail := float64(independent * share)
			if !known {
				// Runs that agree by luck seem to have more: two standard errors, of a
				// variance of so many values, fewer.
				tail /= 1 + float64(2*math.Sqrt(2/float64(n-1)))
			}
			bias := float64(mean*t.scatter(c)) * upwards / independent
			below, above = quantileEnds(sd, n, tail, bias)
		case key == "mean":
			below, above = skewedEnds(sd, n, skewnessOfOne/math.Sqrt(independent))
		}
	}
	return sim.Num(mean - below), sim.Num(mean + above)
}

// scatter is the coefficient of variation of the observations that a column's
// quantile is of, on average over the runs; 1 at most, and where it is not known.
func (t *table) scatter(c *column) float64 {
	means, sds := t.sibling(c, "mean"), t.sibling(c, "sd")
	if means == nil || sds == nil || len(means.present()) == 0 || len(sds.present()) == 0 {
		return 1
	}
	mean, _ := meanSD(means.present())
	sd, _ := meanSD(sds.present())
	if mean <= sd {
		return 1
	}
	return sd / mean
}

// thinPair is to a difference of quantiles what thinness is to a quantile. It is
// more: a quantile is a little too high on average, which makes up for part of its
// skewness, and of that a difference keeps less. With two independent observations
// beyond it Student's covers 91 %, this one 95 %.
const thinPair = 0.6

// widening is how many times wider than Student's the interval of a difference
// between two scenarios is, 1 or more. Where one has longer waits than the other,
// its runs differ more, and the difference of quantiles is skewed nearly as its
// quantiles are; of a scenario and itself it is not at all. The difference of
// independent values has the third cumulant that one has more than the
// other. Where theory does not know both, nothing is widened.
func widening(base, other *table, path []string) float64 {
	share, quantile := beyond[path[len(path)-1]]
	if !quantile {
		return 1
	}
	a, okA := base.swing(path)
	b, okB := other.swing(path)
	if !okA || !okB {
		return 1
	}
	all := float64(a.sd*a.sd) + float64(b.sd*b.sd)
	lean := math.Abs(float64(a.sd*a.sd*a.sd)-float64(b.sd*b.sd*b.sd)) / float64(all*math.Sqrt(all))
	slower := a
	if b.sd > a.sd {
		slower = b
	}
	// Differences are told of that theory has too little tail for.
	tail := math.Max(slower.independent*share, leastTail)
	if wider := lean * thinPair / tail; wider >= slight {
		return 1 + wider
	}
	return 1
}

// swing is how much a measure of waits changes from run to run, by theory.
type swing struct {
	independent float64 // observations in a run
	sd          float64 // of a run's mean, up to a factor that scenarios share
}

// swing is that of the waits that a path tells of, false where theory does not
// know it.
func (t *table) swing(path []string) (swing, bool) {
	n, known := t.expected(path)
	if !known || !(n > 0) || math.IsInf(n, 1) {
		return swing{}, false
	}
	wait := t.horizon.slowest
	if path[0] == "consumers" {
		wait = t.horizon.consumers[path[1]].wait
	}
	return swing{n, wait / math.Sqrt(n)}, wait > 0
}
