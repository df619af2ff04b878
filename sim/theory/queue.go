package theory

import "errors"

// ErrUnstable says that a queue has no steady state: work arrives at least as
// fast as it can be done.
var ErrUnstable = errors.New("the load is not below the capacity, so there is no steady state")

// Queue is a station in the steady state.
type Queue struct {
	Utilisation float64 // share of the servers' time that is busy
	Delayed     float64 // chance that an arrival that is taken in has to wait
	Lost        float64 // chance that an arrival is never served
	Wait        float64 // mean time from arrival to the start of service, of the served
	Sojourn     float64 // mean time from arrival to the end of service, of the served
	Waiting     float64 // mean number waiting
	Inside      float64 // mean number waiting or in service
}

// lossless fills in a queue that serves every arrival from its mean wait:
// L = λW, for the line and for the whole station (Little 1961).
func lossless(lambda, mean float64, servers int, delayed, wait float64) Queue {
	return Queue{
		Utilisation: lambda * mean / float64(servers),
		Delayed:     delayed,
		Wait:        wait,
		Sojourn:     wait + mean,
		Waiting:     lambda * wait,
		Inside:      lambda * (wait + mean),
	}
}

// quantile is the smallest t ≥ 0 with tail(t) ≤ 1 − p, for a tail P(X > t)
// that never rises and goes to 0; 0 ≤ p < 1. scale is any positive time of
// about the right size.
func quantile(tail func(float64) float64, p, scale float64) float64 {
	if tail(0) <= 1-p {
		return 0
	}
	low, high := 0.0, scale
	for tail(high) > 1-p {
		low, high = high, 2*high
	}
	for range 200 {
		mid := low + float64((high-low)/2)
		if mid <= low || mid >= high {
			break
		}
		if tail(mid) > 1-p {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}
