package theory

// Class is one priority class of a queue.
type Class struct {
	Lambda  float64 // its arrivals
	Service Moments
}

// Priority gives the mean wait of each class of M/G/1 with strict priorities
// that do not interrupt a service, the most urgent class first. Source: Cobham
// 1954: W_k = W0 / ((1−σ_(k−1))(1−σ_k)), W0 = Σ λE[S²]/2, σ_k the load of the
// first k classes.
func Priority(classes []Class) ([]float64, error) {
	remaining := 0.0
	for _, c := range classes {
		remaining += float64(c.Lambda * c.Service.Second / 2)
	}
	return cobham(classes, remaining, 1)
}

// PriorityMMC is Priority for M/M/c, where every class has exponential service
// at rate mu. Source: Cobham 1954, equation 8.
func PriorityMMC(lambdas []float64, mu float64, servers int) ([]float64, error) {
	all := 0.0
	classes := make([]Class, len(lambdas))
	for i, l := range lambdas {
		all += l
		classes[i] = Class{Lambda: l, Service: Moments{Mean: 1 / mu}}
	}
	capacity := float64(servers) * mu
	return cobham(classes, ErlangC(servers, all/mu)/capacity, servers)
}

func cobham(classes []Class, remaining float64, servers int) ([]float64, error) {
	waits := make([]float64, len(classes))
	before := 0.0
	for i, c := range classes {
		load := before + float64(c.Lambda*c.Service.Mean/float64(servers))
		if load >= 1 {
			return nil, ErrUnstable
		}
		waits[i] = remaining / ((1 - before) * (1 - load))
		before = load
	}
	return waits, nil
}

// TwoUnequal is M/M/2 with one line and two servers of different speed, mu1
// and mu2; a job that finds both idle goes to the one that did not start the
// last job. Delayed is the chance that both are busy; Utilisation is the mean
// of the two servers'. The second result is the share of time that each is
// busy. Source: Gumbel 1960 and Singh 1970 with this rule for two idle
// servers, solved as a chain.
func TwoUnequal(lambda, mu1, mu2 float64) (Queue, [2]float64, error) {
	mu := [2]float64{mu1, mu2}
	rho := lambda / (mu1 + mu2)
	if rho >= 1 {
		return Queue{}, [2]float64{}, ErrUnstable
	}
	// States by who started last: none busy, one of them busy, both busy. With
	// a line the rest is geometric, and the number who started last is lost in
	// it only when a service ends with the line empty: keep the line up to a
	// length that holds every digit.
	const lines = 150
	state := func(kind, last int) int { return 2*kind + last } // kinds: 0 empty, 1, 2 one busy, 3+n both busy and n wait
	rates := square(2 * (4 + lines))
	for last := range 2 {
		rates[state(0, last)][state(2-last, 1-last)] += lambda
		for busy := range 2 {
			rates[state(1+busy, last)][state(3, 1-busy)] += lambda
			rates[state(1+busy, last)][state(0, last)] += mu[busy]
			rates[state(3, last)][state(1+busy, last)] += mu[1-busy]
		}
		for n := range lines {
			rates[state(3+n, last)][state(4+n, last)] += lambda
			for free := range 2 {
				rates[state(4+n, last)][state(3+n, free)] += mu[free]
			}
		}
	}
	var waiting, both float64
	var busy [2]float64
	for i, p := range Stationary(rates) {
		kind := i / 2
		switch {
		case kind >= 3:
			waiting += float64(float64(kind-3) * p)
			both += p
			busy[0] += p
			busy[1] += p
		case kind > 0:
			busy[kind-1] += p
		}
	}
	inside := waiting + busy[0] + busy[1]
	return Queue{
		Utilisation: (busy[0] + busy[1]) / 2, Delayed: both, Wait: waiting / lambda,
		Sojourn: inside / lambda, Waiting: waiting, Inside: inside,
	}, busy, nil
}
