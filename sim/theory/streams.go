package theory

import "math"

// Departures is an approximation of the squared coefficient of variation of
// the gaps between departures from GI/G/c at this utilisation < 1. It is exact
// for M/M/c. Source: Whitt 1983, The Queueing Network Analyzer, equation 39.
func Departures(utilisation float64, servers int, gapSCV, serviceSCV float64) float64 {
	r2 := float64(utilisation * utilisation)
	return 1 + float64((1-r2)*(gapSCV-1)) + float64(r2*(serviceSCV-1))/math.Sqrt(float64(servers))
}

// Split is the squared coefficient of variation of the gaps of a stream of
// which each event is kept with this chance, by itself. Exact for renewal
// streams. Source: Whitt 1983, equation 40.
func Split(gapSCV, chance float64) float64 { return float64(chance*gapSCV) + 1 - chance }

// NeededArrivals is an approximation of how many arrivals a run needs until
// the 95 % interval of its mean wait in GI/G/c is within ± precision (0.05:
// 5 %) of it, started in the steady state; the utilisation is above 0 and below 1.
// Source: Daley 1968, the asymptotic variance of the mean wait in M/M/1, which
// is ρ(2+5ρ−4ρ²+ρ³)/(1−ρ)⁴ squared services; scaled by the mean of the squared
// coefficients of variation, and used for several servers, as in Whitt 1989,
// Planning Queueing Simulations.
func NeededArrivals(utilisation, gapSCV, serviceSCV, precision float64) float64 {
	const z = 1.959963984540054 // of the normal distribution, two-sided 95 %
	r := utilisation
	free := 1 - r
	terms := 2 + float64(r*(5+float64(r*(r-4))))
	relative := terms / (r * free * free)
	spread := (gapSCV + serviceSCV) / 2
	return float64((z/precision)*(z/precision)) * float64(relative*spread)
}
