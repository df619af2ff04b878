package theory_test

import (
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// limited gives a station's queue a capacity.
func limited(sc spec.Scenario, capacity int, overflow spec.Overflow) spec.Scenario {
	return changed(sc, func(sc *spec.Scenario) {
		sc.Broker.Channels[0].Store.Capacity = capacity
		sc.Broker.Channels[0].Store.Overflow = overflow
	})
}

// mortal gives a station's queue a time to live.
func mortal(sc spec.Scenario, ttl spec.Nanos) spec.Scenario {
	return changed(sc, func(sc *spec.Scenario) { sc.Broker.Channels[0].Store.TTL = ttl })
}

func droppedShare(r *sim.Result) float64 { return share(r.Channels[0].Dropped, r.Channels[0].In) }

func rejectedShare(r *sim.Result) float64 {
	return share(r.Producers[0].Rejected, r.Producers[0].Created)
}

func expiredShare(r *sim.Result) float64 { return share(r.Channels[0].Expired, r.Channels[0].In) }

func ofLoss(q theory.Queue, lost reader) []probe {
	return []probe{
		mean("share lost", q.Lost, lost),
		mean("mean wait of the others, ms", 1000*q.Wait, waitMean(0)),
		mean("mean depth", q.Waiting, depth(0)),
		mean("utilisation", q.Utilisation, utilisation(0)),
	}
}

func lossModels() []model {
	var out []model
	b := theory.ErlangB(5, 4)
	for _, m := range []struct {
		name     string
		service  spec.Dist
		overflow spec.Overflow
		lost     reader
	}{
		{"M/M/5/5", exponential(10 * msec), spec.DropNew, droppedShare},
		{"M/D/5/5", constant(10 * msec), spec.DropNew, droppedShare},
		{"M/G/5/5, lognormal service", spec.Dist{Kind: spec.Lognormal, Mean: float64(10 * msec), SD: float64(15 * msec), HasSD: true}, spec.Reject, rejectedShare},
	} {
		out = append(out, model{
			name: m.name, shows: "capacity 0: taken only if a worker is free; the loss does not depend on the distribution",
			source: "Erlang 1917, Sevastyanov 1957: ErlangB", seconds: 50, warmup: 2,
			scenario: limited(station(poisson(400), consumer("c", 0, 1, 5, work(m.service))), 0, m.overflow),
			probes: []probe{
				mean("share lost", b, m.lost),
				mean("utilisation", 4*(1-b)/5, utilisation(0)),
				always("mean wait, ms", 0, waitMean(0)),
			},
		})
	}
	small, three := theory.MMCK(90, 100, 1, 6), theory.MMCK(330, 100, 3, 8)
	endless := must(theory.MMC(60, 100, 1))
	patient, hurried := theory.NewImpatient(70, 100, 1, 0.03), theory.NewImpatient(330, 100, 3, 0.02)
	ofTTL := func(m theory.Impatient) []probe {
		return append(ofLoss(m.Queue(), expiredShare), quantile("p95 of wait of the served, ms", 1000*m.WaitQuantile(0.95), waitP(0, 0.95)))
	}
	return append(
		out,
		model{
			name: "M/M/1/6", shows: "capacity 5 with drop_new", source: "Kleinrock I, 3.6: MMCK", seconds: 300, warmup: 5, short: true,
			scenario: limited(mmc(90, 100, 1), 5, spec.DropNew), probes: ofLoss(small, droppedShare),
		},
		model{
			name: "M/M/1/6 that drops the oldest", shows: "capacity 5 with drop_old: others are lost, but as many",
			source: "Kleinrock I, 3.6: MMCK (the number inside does not know who was dropped)", seconds: 300, warmup: 5,
			scenario: limited(mmc(90, 100, 1), 5, spec.DropOld),
			probes: []probe{
				mean("share lost", small.Lost, droppedShare), mean("mean depth", small.Waiting, depth(0)),
				mean("utilisation", small.Utilisation, utilisation(0)),
			},
		},
		model{
			name: "M/M/3/8 above its capacity", shows: "capacity 5 with reject, load 1.1: the producer is told",
			source: "Kleinrock I, 3.6: MMCK", seconds: 100, warmup: 2,
			scenario: limited(mmc(330, 100, 3), 5, spec.Reject),
			probes: append(ofLoss(three, rejectedShare),
				mean("availability", 1-three.Lost, func(r *sim.Result) float64 { return number(r.Producers[0].Availability) })),
		},
		model{
			name: "M/M/1 behind a queue that blocks", shows: "capacity 3 with block: who waits at the producer waits as if in the queue",
			source: "Erlang 1917: MMC, MM1SojournQuantile", seconds: 300, warmup: 10,
			scenario: limited(mmc(60, 100, 1), 3, spec.Block),
			probes: []probe{
				mean("mean time from creation to effect, ms", 1000*endless.Sojourn, endToEndMean(0)),
				mean("utilisation", 0.6, utilisation(0)),
				quantile("p95 of completion, ms", 1000*must(theory.MM1SojournQuantile(60, 100, 0.95)), completionP(0.95)),
			},
		},
		model{
			name: "M/M/1 with a time to live", shows: "ttl 30 ms: a copy expires unless it is started in time",
			source: "Barrer 1957: NewImpatient", seconds: 300, warmup: 5,
			scenario: mortal(mmc(70, 100, 1), 30*msec), probes: ofTTL(patient),
		},
		model{
			name: "M/M/3 with a time to live, above its capacity", shows: "ttl 20 ms, three workers, load 1.1",
			source: "Barrer 1957, Boxma and de Waal 1994: NewImpatient", seconds: 100, warmup: 5,
			scenario: mortal(mmc(330, 100, 3), 20*msec), probes: ofTTL(hurried),
		},
	)
}
