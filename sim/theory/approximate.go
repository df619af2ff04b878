package theory

// AllenCunneen is an approximation of the mean wait in GI/G/c, from the squared
// coefficients of variation of gaps and services: that of M/M/c times their
// mean. It is exact for M/M/c and M/G/1, right to some 10 % for ordinary loads
// and spreads, and poor for bursty arrivals at low load. Source: Allen 1990,
// Probability, Statistics, and Queueing Theory.
func AllenCunneen(lambda, mu float64, servers int, gapSCV, serviceSCV float64) (float64, error) {
	q, err := MMC(lambda, mu, servers)
	if err != nil {
		return 0, err
	}
	return q.Wait * (gapSCV + serviceSCV) / 2, nil
}
