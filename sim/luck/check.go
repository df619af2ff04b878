package luck

import (
	"errors"
	"fmt"
	"math"

	"eddy/sim/spec"
)

const (
	largest       = 1e100 // of any parameter: squares of it are still numbers
	smallestShape = 0.01  // of weibull: below, no run would ever show the mean
	largestCV     = 1000  // of gamma, lognormal and hyperexp, for the same reason
	weightSlack   = 1e-9  // how far from 1 a mix's weights may sum
	deepestMix    = 8
)

// Check says in the words of who wrote the scenario why a distribution is not
// possible; nil if it is. It looks only at the parameters of the family. What
// Check lets pass, Compile, Draw and Quantile can always compute.
func Check(d spec.Dist) error { return check(d, 0) }

func check(d spec.Dist, depth int) error {
	for _, p := range parameters(d) {
		if math.IsNaN(p.value) || math.IsInf(p.value, 0) {
			return fmt.Errorf("%s must be a finite number", p.name)
		}
		if math.Abs(p.value) > largest {
			return fmt.Errorf("%s must be at most %g", p.name, largest)
		}
	}
	switch d.Kind {
	case spec.Constant:
		return nil
	case spec.Exponential:
		return nonNegative("mean", d.Mean)
	case spec.Uniform:
		return ordered("min", d.Min, "max", d.Max)
	case spec.Triangular:
		return firstOf(ordered("min", d.Min, "mode", d.Mode), ordered("mode", d.Mode, "max", d.Max))
	case spec.Normal:
		return firstOf(nonNegative("mean", d.Mean), nonNegative("sd", d.SD))
	case spec.Lognormal:
		return checkLognormal(d)
	case spec.Gamma:
		return checkMeanSD(d)
	case spec.Erlang:
		if d.K < 1 {
			return fmt.Errorf("k must be at least 1 (it is %d): it counts exponential phases", d.K)
		}
		return nonNegative("mean", d.Mean)
	case spec.Weibull:
		if d.Shape < smallestShape {
			return fmt.Errorf("shape must be at least %g (it is %g)", smallestShape, d.Shape)
		}
		return nonNegative("mean", d.Mean)
	case spec.Pareto:
		return firstOf(positive("min", d.Min), positive("shape", d.Shape))
	case spec.Hyperexp:
		return checkHyperexp(d)
	case spec.Mix:
		return checkMix(d.Parts, depth)
	case spec.Empirical:
		return checkEmpirical(d.Values)
	}
	return fmt.Errorf("unknown family of distributions (%d)", d.Kind)
}

type parameter struct {
	name  string
	value float64
}

// parameters lists the numbers a family uses, by the names a scenario gives them.
func parameters(d spec.Dist) []parameter {
	mean, sd, shape := parameter{"mean", d.Mean}, parameter{"sd", d.SD}, parameter{"shape", d.Shape}
	low, mode, high := parameter{"min", d.Min}, parameter{"mode", d.Mode}, parameter{"max", d.Max}
	switch d.Kind {
	case spec.Constant:
		return []parameter{{"the value", d.Mean}}
	case spec.Exponential, spec.Erlang:
		return []parameter{mean}
	case spec.Uniform:
		return []parameter{low, high}
	case spec.Triangular:
		return []parameter{low, mode, high}
	case spec.Normal, spec.Gamma:
		return []parameter{mean, sd}
	case spec.Lognormal:
		return []parameter{mean, sd, {"median", d.Median}, {"p99", d.P99}}
	case spec.Weibull:
		return []parameter{shape, mean}
	case spec.Pareto:
		return []parameter{low, shape}
	case spec.Hyperexp:
		return []parameter{mean, {"scv", d.SCV}}
	}
	return nil
}

func checkLognormal(d spec.Dist) error {
	if d.HasSD {
		return checkMeanSD(d)
	}
	name, middle := "mean", d.Mean
	if d.Mean <= 0 {
		name, middle = "median", d.Median
	}
	if middle <= 0 {
		return errors.New("the mean or the median must be more than 0")
	}
	ratio := d.P99 / middle
	if ratio < 1 {
		return fmt.Errorf("p99 must be at least the %s (it is %.3g times it)", name, ratio)
	}
	if limit := Exp(z99 * z99 / 2); name == "mean" && ratio > limit {
		return fmt.Errorf("p99 must be at most %.3f times the mean (it is %.5g times it): no lognormal distribution has more; "+
			"lognormal(median=…, p99=…) has no such limit", math.Floor(limit*1000)/1000, ratio)
	}
	if limit := 1e30; ratio > limit {
		return fmt.Errorf("p99 must be at most %g times the %s", limit, name)
	}
	return nil
}

// checkMeanSD is for families of positive values with a mean and a standard
// deviation.
func checkMeanSD(d spec.Dist) error {
	if err := firstOf(nonNegative("mean", d.Mean), nonNegative("sd", d.SD)); err != nil {
		return err
	}
	if d.Mean == 0 && d.SD > 0 {
		return errors.New("mean must be more than 0 when sd is")
	}
	if d.SD > largestCV*d.Mean {
		return fmt.Errorf("sd must be at most %d times the mean: with more, no run would ever show the mean", largestCV)
	}
	return nil
}

func checkHyperexp(d spec.Dist) error {
	if d.SCV < 1 {
		return fmt.Errorf("scv must be at least 1 (it is %g); for less variable times use erlang or gamma", d.SCV)
	}
	if d.SCV > largestCV*largestCV {
		return fmt.Errorf("scv must be at most %g: with more, no run would ever show the mean", float64(largestCV*largestCV))
	}
	return nonNegative("mean", d.Mean)
}

func checkMix(parts []spec.MixPart, depth int) error {
	if len(parts) == 0 {
		return errors.New("mix needs at least one part")
	}
	if depth >= deepestMix {
		return fmt.Errorf("mixes may be nested at most %d deep", deepestMix)
	}
	sum := 0.0
	for i, p := range parts {
		if !(p.Weight >= 0 && p.Weight <= 1) {
			return fmt.Errorf("part %d of the mix: its weight must be between 0%% and 100%%", i+1)
		}
		if err := check(p.Dist, depth+1); err != nil {
			return fmt.Errorf("part %d of the mix: %w", i+1, err)
		}
		sum += p.Weight
	}
	if math.Abs(sum-1) > weightSlack {
		return fmt.Errorf("the weights of a mix must sum to 100%% (they sum to %g%%)", float64(math.Round(sum*1e8))/1e6)
	}
	return nil
}

func checkEmpirical(values []float64) error {
	if len(values) == 0 {
		return errors.New("empirical needs at least one value")
	}
	for i, v := range values {
		if math.IsNaN(v) || math.Abs(v) > largest {
			return fmt.Errorf("value %d of empirical must be a finite number", i+1)
		}
		if i > 0 && v < values[i-1] {
			return fmt.Errorf("the values of empirical must be sorted (value %d is smaller than the one before)", i+1)
		}
	}
	return nil
}

func nonNegative(name string, v float64) error {
	if v < 0 {
		return fmt.Errorf("%s must not be negative", name)
	}
	return nil
}

func positive(name string, v float64) error {
	if v <= 0 {
		return fmt.Errorf("%s must be more than 0", name)
	}
	return nil
}

func ordered(lowName string, low float64, highName string, high float64) error {
	if low > high {
		return fmt.Errorf("%s must be at most %s", lowName, highName)
	}
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
