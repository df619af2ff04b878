package theory

import "eddy/sim/luck"

// MDC is M/D/c, first come first served: every service takes exactly so long.
// Source: Crommelin 1932; the chances of its states by the chain of every
// service time, Tijms, A First Course in Stochastic Models, 9.6.1.
func MDC(lambda, service float64, servers int) (Queue, error) {
	if lambda*service >= float64(servers) {
		return Queue{}, ErrUnstable
	}
	var waiting, free float64
	for n, p := range mdcStates(lambda, service, servers) {
		waiting += float64(float64(max(0, n-servers)) * p)
		if n < servers {
			free += p
		}
	}
	return lossless(lambda, service, servers, 1-free, waiting/lambda), nil
}

// mdcStates is the chance of 0, 1, … inside M/D/c: whoever is in service now
// has left one service time later, and nobody who starts after now has.
func mdcStates(lambda, service float64, servers int) []float64 {
	return takeSome(lambda*service, servers, true)
}

// MDCWaitQuantile is the p-quantile of the wait in M/D/c first come first
// served; 0 ≤ p < 1. Source: Franx 2001, "A simple solution for the M/D/c
// waiting time distribution", a sum without cancellation.
func MDCWaitQuantile(lambda, service float64, servers int, p float64) (float64, error) {
	if lambda*service >= float64(servers) {
		return 0, ErrUnstable
	}
	states := mdcStates(lambda, service, servers)
	atMost := make([]float64, len(states))
	sum := 0.0
	for n, chance := range states {
		sum += chance
		atMost[n] = sum
	}
	queueAtMost := func(n int) float64 { return atMost[min(servers+n, len(atMost)-1)] }
	tail := func(t float64) float64 {
		k := int(t/service) + 1
		mean := lambda * (float64(float64(k)*service) - t)
		last := k*servers - 1
		in := 0.0
		for j := 0; j <= last; j++ {
			in += float64(queueAtMost(last-j) * poissonChance(max(0, mean), j))
		}
		return 1 - in
	}
	return quantile(tail, p, service), nil
}

// PeriodicWait is the mean wait in N·D/D/1: so many sources, each sending one
// job every period with phases independent and uniform, to one server that
// takes service for each; sources·service < period. Source: Eckberg 1979;
// Roberts and Virtamo 1991, "The superposition of periodic cell arrival
// streams in an ATM multiplexer": a job sees the work that the other sources
// left.
func PeriodicWait(sources int, period, service float64) (float64, error) {
	if float64(sources)*service >= period {
		return 0, ErrUnstable
	}
	others, slots := sources-1, period/service
	const panels = 64 // of Simpson's rule in each service time, where the tail is smooth
	sum := 0.0
	for k := range others {
		for i := range panels {
			at := func(half int) float64 {
				return periodicTail(others, slots, float64(k)+float64(float64(2*i+half)/(2*panels)), k)
			}
			sum += at(0) + float64(4*at(1)) + at(2)
		}
	}
	return sum / (6 * panels) * service, nil
}

// periodicTail is the chance that periodic sources left more than x service
// times of work, with k ≤ x ≤ k+1.
func periodicTail(sources int, slots, x float64, k int) float64 {
	sum := 0.0
	n := float64(sources)
	for j := k + 1; j <= sources; j++ {
		over := (float64(j) - x) / slots
		choose := luck.Exp(luck.LogGamma(n+1) - luck.LogGamma(float64(j)+1) - luck.LogGamma(n-float64(j)+1))
		weight := (slots - n + x) / (slots - float64(j) + x)
		sum += float64(choose * power(over, j) * power(1-over, sources-j) * weight)
	}
	return sum
}

// power is x to a whole power n ≥ 0.
func power(x float64, n int) float64 {
	out := 1.0
	for range n {
		out *= x
	}
	return out
}

// PolledWait is the mean time from a Poisson arrival until a poll takes it,
// where every period a poll takes up to batch of those that wait, oldest
// first; lambda·period < batch. With no limit on the batch it is period/2.
// Source: bulk service, Bailey 1954, with the chain of what each poll leaves.
func PolledWait(lambda, period float64, batch int) (float64, error) {
	if lambda*period >= float64(batch) {
		return 0, ErrUnstable
	}
	left := 0.0
	for n, p := range takeSome(lambda*period, batch, false) {
		left += float64(float64(n) * p)
	}
	return left/lambda + float64(period/2), nil
}
