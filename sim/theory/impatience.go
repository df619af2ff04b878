package theory

import "eddy/sim/luck"

// Impatient is M/M/c first come first served where an arrival that has not
// been started within patience > 0 leaves: M/M/c+D. It needs no stability.
type Impatient struct {
	lambda, mu, patience, spare, capacity float64
	servers                               int
	edge                                  float64 // density of the wait offered, at 0
	lost                                  float64
}

// NewImpatient solves it. Source: Barrer 1957; Gnedenko and Kovalenko 1968;
// Boxma and de Waal 1994, by the density of the work a patient arrival would
// meet: λp_(c−1)·e^(−(cμ−λ)x) up to the patience, falling with cμ beyond it.
func NewImpatient(lambda, mu float64, servers int, patience float64) Impatient {
	m := Impatient{
		lambda: lambda, mu: mu, patience: patience, servers: servers,
		capacity: float64(servers) * mu, spare: float64(float64(servers)*mu) - lambda,
	}
	term, below := 1.0, 0.0 // term: chance of n busy, of all c−1 when done, over that of none
	for n := range servers {
		if n > 0 {
			term = float64(term * (lambda / mu / float64(n)))
		}
		below += term
	}
	edge := lambda * term
	beyond := edge * luck.Exp(-m.spare*patience) / m.capacity
	none := 1 / (below + float64(edge*m.within(patience)) + beyond)
	m.edge, m.lost = edge*none, beyond*none
	return m
}

// within is ∫₀ᵗ e^(−spare·x) dx, firstMoment ∫₀ᵗ x·e^(−spare·x) dx.
func (m Impatient) within(t float64) float64 {
	if m.spare == 0 {
		return t
	}
	return -luck.Expm1(-m.spare*t) / m.spare
}

func (m Impatient) firstMoment(t float64) float64 {
	if m.spare == 0 {
		return float64(t * t / 2)
	}
	return (m.within(t) - float64(t*luck.Exp(-m.spare*t))) / m.spare
}

// Queue sums it up: Lost is the share that leaves unserved.
func (m Impatient) Queue() Queue {
	served := 1 - m.lost
	waited := float64(m.edge * m.firstMoment(m.patience))
	q := Queue{
		Utilisation: m.lambda * served / m.capacity,
		Delayed:     float64(m.edge*m.within(m.patience)) + m.lost,
		Lost:        m.lost,
		Wait:        waited / served,
		Waiting:     float64(m.lambda * (waited + float64(m.patience*m.lost))),
	}
	q.Sojourn = q.Wait + 1/m.mu
	q.Inside = q.Waiting + float64(q.Utilisation*float64(m.servers))
	return q
}

// WaitQuantile is the p-quantile of the wait of those served; 0 ≤ p < 1.
func (m Impatient) WaitQuantile(p float64) float64 {
	tail := func(t float64) float64 {
		if t >= m.patience {
			return 0
		}
		return m.edge * (m.within(m.patience) - m.within(t)) / (1 - m.lost)
	}
	return quantile(tail, p, m.patience)
}
