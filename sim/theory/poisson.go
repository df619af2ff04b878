package theory

import (
	"math"

	"eddy/sim/luck"
)

// poissonChances is the chance of 0, 1, …, n−1 of a Poisson number.
func poissonChances(mean float64, n int) []float64 {
	chances := make([]float64, n)
	for k := range chances {
		chances[k] = poissonChance(mean, k)
	}
	return chances
}

// poissonChance is the chance that a Poisson number with this mean ≥ 0 is k.
func poissonChance(mean float64, k int) float64 {
	if mean == 0 {
		if k == 0 {
			return 1
		}
		return 0
	}
	return luck.Exp(float64(float64(k)*luck.Log(mean)) - mean - luck.LogGamma(float64(k)+1))
}

// tailLength is how many states beyond the servers hold all of the chance that
// a float64 can see when deterministic rounds are loaded to rho < 1: the tail
// falls by z a state, z > 1 the root of e^(ρ(z−1)) = z.
func tailLength(rho float64) int {
	// e^(ρ(z−1)) − z is least, and below 0, at 1 + ln(1/ρ)/ρ.
	low, high := 1+luck.Log(1/rho)/rho, 2/rho
	for luck.Exp(float64(rho*(high-1))) < high {
		high *= 2
	}
	for range 60 {
		mid := low + float64((high-low)/2)
		if luck.Exp(float64(rho*(mid-1))) < mid {
			low = mid
		} else {
			high = mid
		}
	}
	return int(math.Ceil(45 / luck.Log(low)))
}
