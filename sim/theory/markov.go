package theory

import "eddy/sim/luck"

// ErlangB is the chance that an arrival finds all servers busy where nobody
// waits: M/G/c/c, whatever the distribution of service. The offered load is
// λ·E[S], in erlangs; servers may be 0. Source: Erlang 1917, by the recursion
// B(c) = aB(c−1) / (c + aB(c−1)).
func ErlangB(servers int, offered float64) float64 {
	b := 1.0
	for c := 1; c <= servers; c++ {
		ab := float64(offered * b)
		b = ab / (float64(c) + ab)
	}
	return b
}

// ErlangC is the chance that an arrival has to wait in M/M/c; 1 where the
// offered load λ/μ, in erlangs, is not below the servers. Source: Erlang 1917.
func ErlangC(servers int, offered float64) float64 {
	rho := offered / float64(servers)
	if rho >= 1 {
		return 1
	}
	b := ErlangB(servers, offered)
	return b / (1 - float64(rho*(1-b)))
}

// MMC is M/M/c, first come first served: arrivals at rate lambda, each server
// serving at rate mu. Source: Erlang 1917; Kleinrock, Queueing Systems I, 3.5.
func MMC(lambda, mu float64, servers int) (Queue, error) {
	spare := float64(float64(servers)*mu) - lambda
	if spare <= 0 {
		return Queue{}, ErrUnstable
	}
	c := ErlangC(servers, lambda/mu)
	return lossless(lambda, 1/mu, servers, c, c/spare), nil
}

// MMCWaitQuantile is the p-quantile of the wait in M/M/c, from
// P(W > t) = C·e^(−(cμ−λ)t); 0 ≤ p < 1. Source: as MMC.
func MMCWaitQuantile(lambda, mu float64, servers int, p float64) (float64, error) {
	spare := float64(float64(servers)*mu) - lambda
	if spare <= 0 {
		return 0, ErrUnstable
	}
	return exponentialQuantile(ErlangC(servers, lambda/mu), spare, p), nil
}

// exponentialQuantile is the p-quantile of what has the tail weight·e^(−rate·t).
func exponentialQuantile(weight, rate, p float64) float64 {
	if weight <= 1-p {
		return 0
	}
	return luck.Log(weight/(1-p)) / rate
}

// MM1SojournQuantile is the p-quantile of wait and service together in M/M/1
// first come first served, which is exponential with rate μ − λ; 0 ≤ p < 1.
// Source: Kleinrock, Queueing Systems I, 5.12.
func MM1SojournQuantile(lambda, mu, p float64) (float64, error) {
	if lambda >= mu {
		return 0, ErrUnstable
	}
	return exponentialQuantile(1, mu-lambda, p), nil
}

// BirthDeath is the steady state of a birth-death process: up[i] leads from
// state i to i+1, down[i] back; down must be positive and as long as up. The
// chances it returns are one more. Source: Kleinrock, Queueing Systems I, 3.1.
func BirthDeath(up, down []float64) []float64 {
	chances := make([]float64, len(up)+1)
	chances[0] = 1
	sum := 1.0
	for i := range up {
		chances[i+1] = float64(chances[i] * (up[i] / down[i]))
		sum += chances[i+1]
	}
	for i := range chances {
		chances[i] /= sum
	}
	return chances
}

// MMCK is M/M/c with room for k ≥ c in the station, those in service
// included; an arrival that finds it full is lost. It needs no stability. The
// waits are first come first served. Source: Kleinrock, Queueing Systems I, 3.6.
func MMCK(lambda, mu float64, servers, room int) Queue {
	up, down := make([]float64, room), make([]float64, room)
	for i := range room {
		up[i] = lambda
		down[i] = float64(min(i+1, servers)) * mu
	}
	return station(BirthDeath(up, down), up, mu, servers)
}

// FiniteSource is M/M/c//N: each of the users asks again at rate lambda after
// its last request has been served (the machine repair model). Delayed is what
// an arrival sees, Lost is 0. Source: Palm 1947; Kleinrock I, 3.8.
func FiniteSource(users int, lambda, mu float64, servers int) Queue {
	up, down := make([]float64, users), make([]float64, users)
	for i := range users {
		up[i] = float64(users-i) * lambda
		down[i] = float64(min(i+1, servers)) * mu
	}
	return station(BirthDeath(up, down), up, mu, servers)
}

// station sums up a birth-death station: chances of 0, 1, … inside, the rates
// at which arrivals are taken in (up, one fewer; in the last state they are
// lost at the same rate as in the one before), and its servers.
func station(chances, up []float64, mu float64, servers int) Queue {
	var q Queue
	var in, offered, delayed, busy float64
	for n, p := range chances {
		q.Inside += float64(float64(n) * p)
		q.Waiting += float64(float64(max(0, n-servers)) * p)
		busy += float64(float64(min(n, servers)) * p)
		if n == len(up) {
			if up[n-1] == up[0] { // an open stream of arrivals goes on
				offered += float64(p * up[n-1])
			}
			continue
		}
		taken := float64(p * up[n])
		in += taken
		offered += taken
		if n >= servers {
			delayed += taken
		}
	}
	q.Utilisation = busy / float64(servers)
	q.Delayed = delayed / in
	q.Lost = 1 - in/offered
	q.Wait = q.Waiting / in
	q.Sojourn = q.Wait + 1/mu
	return q
}
