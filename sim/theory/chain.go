package theory

// Stationary is the steady state of a finite irreducible Markov chain given by
// its rates (or chances) of going from state i to state j; what stands on the
// diagonal is not looked at. It works in place of rates, without a subtraction,
// so every chance is right to nearly all its digits. Source: Grassmann, Taksar
// and Heyman 1985 (GTH elimination).
func Stationary(rates [][]float64) []float64 {
	n := len(rates)
	for k := n - 1; k > 0; k-- {
		out := 0.0
		for j := range k {
			out += rates[k][j]
		}
		for i := range k {
			share := rates[i][k] / out
			rates[i][k] = share
			if share == 0 {
				continue
			}
			for j := range k {
				rates[i][j] += float64(share * rates[k][j])
			}
		}
	}
	chances := make([]float64, n)
	chances[0] = 1
	sum := 1.0
	for k := 1; k < n; k++ {
		for i := range k {
			chances[k] += float64(chances[i] * rates[i][k])
		}
		sum += chances[k]
	}
	for i := range chances {
		chances[i] /= sum
	}
	return chances
}

func square(n int) [][]float64 {
	rows := make([][]float64, n)
	cells := make([]float64, n*n)
	for i := range rows {
		rows[i] = cells[i*n : (i+1)*n]
	}
	return rows
}

// takeSome is the steady state of what is left after each round in which a
// Poisson number of arrivals (mean per round) comes in and up to so many leave:
// N' = max(0, N − take) + Poisson if the arrivals of a round miss its taking
// (before), else N' = max(0, N + Poisson − take). mean < take. States far out
// in the tail, beyond any digit of a float64, are counted as one.
func takeSome(mean float64, take int, before bool) []float64 {
	size := take + tailLength(mean/float64(take)) + 1
	poisson := poissonChances(mean, size+take)
	rates := square(size)
	for i := range size {
		for a, p := range poisson {
			next := max(0, i+a-take)
			if before {
				next = max(0, i-take) + a
			}
			rates[i][min(next, size-1)] += p
		}
	}
	return Stationary(rates)
}
