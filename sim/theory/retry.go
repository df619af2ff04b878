package theory

import "eddy/sim/luck"

// Attempts is the mean number of attempts on a job, each of which fails with
// this chance < 1, that is given up after most; 0: never. It is the factor by
// which retries multiply the load. Source: the truncated geometric distribution.
func Attempts(fail float64, most int) float64 {
	if most == 0 {
		return 1 / (1 - fail)
	}
	return (1 - power(fail, most)) / (1 - fail)
}

// GivenUp is the chance that all of most ≥ 1 attempts fail.
func GivenUp(fail float64, most int) float64 { return power(fail, most) }

// Feedback is M/M/1 where a job fails with this chance < 1 at the end of each
// service and goes to the back of the line at once. Wait is not given: it is
// the sum over all visits; Sojourn is until it leaves. Source: Takács 1963.
func Feedback(lambda, mu, fail float64) (Queue, error) {
	q, err := MMC(lambda/(1-fail), mu, 1)
	if err != nil {
		return Queue{}, err
	}
	q.Sojourn = q.Inside / lambda
	q.Wait = 0
	return q, nil
}

// Occupied is how long a worker is held by one job that it tries until it
// succeeds, at most most times, waiting pause between two tries; every try
// takes service, whether it fails or not. Source: a truncated geometric sum,
// moment by moment.
func Occupied(service Moments, pause, fail float64, most int) Moments {
	variance := service.Second - float64(service.Mean*service.Mean)
	var m Moments
	reach := 1.0 // chance of an nth try
	for n := 1; n <= most; n++ {
		chance := reach * (1 - fail)
		if n == most {
			chance = reach
		}
		mean := float64(float64(n)*service.Mean) + float64(float64(n-1)*pause)
		m.Mean += float64(chance * mean)
		m.Second += float64(chance * (float64(float64(n)*variance) + float64(mean*mean)))
		reach *= fail
	}
	return m
}

// LeaseDeliveries is the mean number of deliveries of a job whose worker has an
// exponential service time with rate mu, where another worker is given it every
// time the lease runs out and all go on to their end; one of them is enough. All
// but one are duplicates. Source: none of the first k is done when the kth lease
// ends with chance e^(−μT(1+2+…+k)).
func LeaseDeliveries(mu, lease float64) float64 {
	sum := 0.0
	for k := 0; ; k++ {
		p := luck.Exp(-mu * lease * float64(k*(k+1)/2))
		if p < 1e-18 {
			return sum
		}
		sum += p
	}
}

// LeaseLatency is the mean time until the first of the workers of
// LeaseDeliveries is done: k of them race between the (k−1)th and the kth end
// of a lease.
func LeaseLatency(mu, lease float64) float64 {
	sum := 0.0
	for k := 1; ; k++ {
		p := luck.Exp(-mu * lease * float64(k*(k-1)/2))
		if p < 1e-18 {
			return sum
		}
		sum += float64(p * (-luck.Expm1(-mu*lease*float64(k)) / (mu * float64(k))))
	}
}
