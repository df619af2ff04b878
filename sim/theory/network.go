package theory

import "eddy/sim/luck"

// Traffic is the rate at which each node of an open network is visited: what
// comes from outside and what other nodes send on, routing[i][j] the mean
// number that a visit to i sends to j. Some must leave the network from
// everywhere. Source: Jackson 1957.
func Traffic(outside []float64, routing [][]float64) []float64 {
	n := len(outside)
	rates := append([]float64(nil), outside...)
	for range 1_000_000 {
		next := append([]float64(nil), outside...)
		for i := range n {
			for j := range n {
				next[j] += float64(rates[i] * routing[i][j])
			}
		}
		same := true
		for i := range n {
			same = same && next[i] == rates[i]
		}
		rates = next
		if same {
			break
		}
	}
	return rates
}

// SumQuantile is the p-quantile of a sum of independent exponential times with
// these rates, no two of them equal; 0 ≤ p < 1. It is the sojourn in M/M/1
// queues in series, whose parts are independent. Source: Reich 1957, 1963.
func SumQuantile(rates []float64, p float64) float64 {
	scale := 0.0
	for _, r := range rates {
		scale += 1 / r
	}
	tail := func(t float64) float64 {
		sum := 0.0
		for i, r := range rates {
			weight := 1.0
			for j, other := range rates {
				if i != j {
					weight *= other / (other - r)
				}
			}
			sum += float64(weight * luck.Exp(-r*t))
		}
		return sum
	}
	return quantile(tail, p, scale)
}

// ForkJoinTwo is the mean time until both parts are done where every arrival
// sends one part to each of two equal M/M/1 queues. Source: Nelson and Tantawi
// 1988, after Flatto and Hahn 1984: (12 − ρ)/8 times the sojourn of one.
func ForkJoinTwo(lambda, mu float64) (float64, error) {
	if lambda >= mu {
		return 0, ErrUnstable
	}
	return (12 - lambda/mu) / 8 / (mu - lambda), nil
}

// PacedUsers is so many users who each ask again an exponential time with rate
// lambda after being let through a gate that lets one through every gap, first
// come first served, and at once if none came for that long. It is the rate at
// which they pass. Source: the chain of how many wait when the gate opens
// again, as for M/G/1 (Kendall 1953) with finitely many arrivals.
func PacedUsers(users int, lambda, gap float64) float64 {
	arrive := -luck.Expm1(-lambda * gap) // chance that one who thinks comes within a gap
	rates := square(users + 1)
	for waiting := range users + 1 {
		left := max(0, waiting-1) // the first one passes; with nobody there, the next to come
		thinking := users - left
		chance := power(1-arrive, thinking) // of n of them coming, n = 0 first
		for n := 0; n <= thinking; n++ {
			rates[waiting][left+n] += chance
			chance *= float64(thinking-n) / float64(n+1) * (arrive / (1 - arrive))
		}
	}
	alone := Stationary(rates)[0]
	return 1 / (gap + alone/(float64(users)*lambda))
}

// FillingUp is the mean number in service, averaged from 0 to the horizon, of
// M/M/∞ that starts empty. Source: Tijms, A First Course in Stochastic Models,
// 1.1: at t it is λE[S](1 − e^(−t/E[S])).
func FillingUp(lambda, mean, horizon float64) float64 {
	missed := mean * (-luck.Expm1(-horizon / mean)) / horizon
	return lambda * mean * (1 - missed)
}
