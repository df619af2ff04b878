package theory_test

import (
	"math"

	"eddy/sim"
	"eddy/sim/theory"
)

// What probes read off a result. Times are in milliseconds there.

func number(n sim.Number) float64 {
	if !n.Valid {
		return math.NaN()
	}
	return n.Value
}

func ms(n sim.Number) float64 { return 1000 * number(n) }

type reader = func(*sim.Result) float64

func waitMean(c int) reader {
	return func(r *sim.Result) float64 { return ms(r.Consumers[c].Wait.Mean) }
}

func waitP(c int, p float64) reader {
	return func(r *sim.Result) float64 { return ms(at(&r.Consumers[c].Wait, p)) }
}

// waitSecond is the mean square of the wait, ms².
func waitSecond(c int) reader {
	return func(r *sim.Result) float64 {
		w := &r.Consumers[c].Wait
		n, m, sd := float64(w.Count), ms(w.Mean), ms(w.SD)
		return float64(sd*sd)*(n-1)/n + float64(m*m)
	}
}

func latencyMean(c int) reader {
	return func(r *sim.Result) float64 { return ms(r.Consumers[c].Latency.Mean) }
}

func latencyP(c int, p float64) reader {
	return func(r *sim.Result) float64 { return ms(at(&r.Consumers[c].Latency, p)) }
}

func endToEndMean(c int) reader {
	return func(r *sim.Result) float64 { return ms(r.Consumers[c].EndToEnd.Mean) }
}

func completionMean(r *sim.Result) float64 { return ms(r.Flows[0].Completion.Mean) }

func completionP(p float64) reader {
	return func(r *sim.Result) float64 { return ms(at(&r.Flows[0].Completion, p)) }
}

func confirmMean(p int) reader {
	return func(r *sim.Result) float64 { return ms(r.Producers[p].Confirm.Mean) }
}

func confirmP(p int, q float64) reader {
	return func(r *sim.Result) float64 { return ms(at(&r.Producers[p].Confirm, q)) }
}

func at(l *sim.Latency, p float64) sim.Number {
	switch p {
	case 0.5:
		return l.P50
	case 0.9:
		return l.P90
	case 0.95:
		return l.P95
	case 0.99:
		return l.P99
	}
	panic("a result has no such quantile")
}

func utilisation(c int) reader {
	return func(r *sim.Result) float64 { return number(r.Consumers[c].Utilisation) }
}

func inSystem(c int) reader {
	return func(r *sim.Result) float64 { return number(r.Consumers[c].InSystemMean) }
}

func depth(channel int) reader {
	return func(r *sim.Result) float64 { return number(r.Channels[channel].Depth.Mean) }
}

func leased(channel int) reader {
	return func(r *sim.Result) float64 { return number(r.Channels[channel].Leased.Mean) }
}

func created(p int) reader {
	return func(r *sim.Result) float64 { return number(r.Producers[p].Rate) }
}

func doneRate(c int) reader {
	return func(r *sim.Result) float64 { return number(r.Consumers[c].Rate) }
}

func share(part, whole int64) float64 { return float64(part) / float64(whole) }

// unaccounted is how many events of a single station without losses are
// neither done nor there, over the whole run.
func unaccounted(r *sim.Result) float64 {
	l := &r.Ledger
	return float64(l.Created - l.Done - l.Waiting - l.Leased - l.Delayed)
}

// ofQueue are the probes of a station that serves everybody; quantile, if
// there is one, gives the p-quantile of its wait in seconds.
func ofQueue(lambda float64, q theory.Queue, waits func(p float64) float64) []probe {
	probes := []probe{
		mean("mean wait, ms", 1000*q.Wait, waitMean(0)),
		mean("mean latency, ms", 1000*q.Sojourn, latencyMean(0)),
		mean("mean depth", q.Waiting, depth(0)),
		mean("mean in system", q.Inside, inSystem(0)),
		mean("utilisation", q.Utilisation, utilisation(0)),
		mean("rate, /s", lambda, doneRate(0)),
		always("events not accounted for", 0, unaccounted),
	}
	if waits != nil {
		for _, p := range []float64{0.5, 0.95, 0.99} {
			if exact := waits(p); exact > 0 && !(p == 0.5 && q.Delayed < 0.69) {
				probes = append(probes, quantile(percentile("wait", p), 1000*exact, waitP(0, p)))
			}
		}
	}
	return probes
}

// ofWait are the probes of a station of which the mean wait is what matters.
func ofWait(q theory.Queue) []probe {
	return []probe{
		mean("mean wait, ms", 1000*q.Wait, waitMean(0)),
		mean("mean latency, ms", 1000*q.Sojourn, latencyMean(0)),
		mean("utilisation", q.Utilisation, utilisation(0)),
		always("events not accounted for", 0, unaccounted),
	}
}

func percentile(of string, p float64) string {
	switch p {
	case 0.5:
		return "p50 of " + of + ", ms"
	case 0.9:
		return "p90 of " + of + ", ms"
	case 0.95:
		return "p95 of " + of + ", ms"
	}
	return "p99 of " + of + ", ms"
}
