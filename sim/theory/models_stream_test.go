package theory_test

import (
	"fmt"
	"math"
	"strconv"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// stream is a partitioned log that keeps everything.
func stream(name string, partitions int) spec.Channel {
	c := queue(name)
	c.Type, c.Partitions, c.Session = spec.Stream, partitions, 10*spec.Second
	return c
}

// reading is a station whose queue is a stream. Its reader has fetched
// whatever there is, as over a connection without latency.
func reading(arrivals spec.Arrivals, partitions int, c spec.Consumer) spec.Scenario {
	sc := station(arrivals, c)
	sc.Broker.Channels[0] = stream("s", partitions)
	return sc
}

// keyed gives the events of a scenario keys 0 … count−1, drawn with Zipf's exponent.
func keyed(sc spec.Scenario, count int64, skew float64) spec.Scenario {
	return changed(sc, func(sc *spec.Scenario) {
		sc.Keys = []spec.KeySpace{{Name: "k", Count: count, Skew: skew}}
		sc.Events[0].Key = 0
	})
}

// murmur2 is the hash of Kafka's partitioner, written from its description:
// MurmurHash2 of 32 bits with seed 0x9747b28c. Source: Appleby 2008.
func murmur2(text string) uint32 {
	const m = 0x5bd1e995
	h := 0x9747b28c ^ uint32(len(text))
	for len(text) >= 4 {
		k := uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | uint32(text[3])<<24
		k *= m
		k ^= k >> 24
		h = h*m ^ k*m
		text = text[4:]
	}
	if len(text) > 0 {
		for i := len(text) - 1; i >= 0; i-- {
			h ^= uint32(text[i]) << (8 * i)
		}
		h *= m
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}

// partitionShares is the share of the events of each partition under Kafka's
// partitioner with Zipf keys.
func partitionShares(count int64, skew float64, partitions int) []float64 {
	shares, sum := make([]float64, partitions), 0.0
	for k := range count {
		w := math.Pow(float64(k+1), -skew)
		shares[int(murmur2(strconv.FormatInt(k, 10))&0x7fffffff)%partitions] += w
		sum += w
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

func group(r *sim.Result) *sim.ChannelResult { return &r.Subscriptions[0] }

func streamModels() []model {
	return append(append(partitionModels(), orderModels()...), retentionModels()...)
}

// partitionModels hold partitioned queues against the shared queue M/M/4 at
// the same load, which is another model here.
func partitionModels() []model {
	shared := must(theory.MMC(240, 100, 4))
	var out []model
	for _, m := range []struct {
		name, shows string
		count       int64
		skew        float64
	}{
		{"Four partitions, uniform keys: four M/M/1", "keyed events find one worker each, not the next free one", 10_000, 0},
		{"Four partitions, Zipf keys: four unlike M/M/1", "murmur2 of skewed keys: one partition is hot", 1000, 0.6},
	} {
		probes := []probe{}
		all := 0.0
		for i, share := range partitionShares(m.count, m.skew, 4) {
			q := must(theory.MMC(240*share, 100, 1))
			all += share * q.Wait
			probes = append(probes,
				mean(fmt.Sprintf("rate of partition %d, /s", i), 240*share, func(r *sim.Result) float64 { return float64(group(r).Partitions[i].Acked) / 300 }),
				wide(0.1, mean(fmt.Sprintf("mean wait in partition %d, ms", i), 1000*q.Wait, func(r *sim.Result) float64 { return ms(group(r).Partitions[i].Wait.Mean) })),
			)
		}
		probes = append(probes,
			wide(0.06, mean("mean wait, ms", 1000*all, waitMean(0))),
			wide(0.06, mean("times the wait of one shared queue (M/M/4)", all/shared.Wait, func(r *sim.Result) float64 {
				return number(r.Consumers[0].Wait.Mean) / shared.Wait
			})))
		out = append(out, model{
			name: m.name, shows: m.shows, source: "Erlang 1917: MMC; Appleby 2008 for the partition of each key", seconds: 300, warmup: 10,
			scenario: keyed(reading(poisson(240), 4, consumer("c", 0, 4, 1, work(exponential(10*msec)))), m.count, m.skew), probes: probes,
		})
	}
	fourth := must(theory.GIM1(theory.ErlangTransform(4, 1.0/60), 60, 100))
	return append(out, model{
		name: "Four partitions in turn: four E4/M/1", shows: "events without a key go to the partitions in turn, which is smoother than chance",
		source: "Kendall 1953: GIM1", seconds: 300, warmup: 10,
		scenario: reading(poisson(240), 4, consumer("c", 0, 4, 1, work(exponential(10*msec)))),
		probes: []probe{
			mean("mean wait, ms", 1000*fourth.Wait, waitMean(0)),
			mean("mean latency, ms", 1000*fourth.Sojourn, latencyMean(0)),
			mean("utilisation", 0.6, utilisation(0)),
		},
	})
}

// orderModels are about who may work on a partition at once.
func orderModels() []model {
	one, fourth := must(theory.MMC(60, 100, 1)), must(theory.GIM1(theory.ErlangTransform(4, 1.0/60), 60, 100))
	held := theory.Occupied(theory.Moments{Mean: 0.005, Second: 0.00005}, 0.01, 0.3, 4)
	blocked := must(theory.MG1(60, held))
	return []model{
		{
			name: "One partition and eight workers", shows: "a partition is read one event at a time, however many could work",
			source: "Erlang 1917: MMC", seconds: 300, warmup: 10,
			scenario: reading(poisson(60), 1, consumer("c", 0, 2, 4, work(exponential(10*msec)))),
			probes: []probe{
				mean("mean wait, ms", 1000*one.Wait, waitMean(0)),
				mean("utilisation (of eight)", 0.6/8, utilisation(0)),
				always("effects out of order", 0, func(r *sim.Result) float64 { return float64(r.Consumers[0].OrderViolations) }),
			},
		},
		{
			name: "One worker and four partitions", shows: "one member with one worker reads all: who goes first does not change the mean wait",
			source: "work conservation (Kleinrock II, 3.4): MMC", seconds: 300, warmup: 10,
			scenario: keyed(reading(poisson(60), 4, consumer("c", 0, 1, 1, work(exponential(10*msec)))), 10_000, 0),
			probes: []probe{
				wide(0.06, mean("mean wait, ms", 1000*one.Wait, waitMean(0))),
				mean("utilisation", 0.6, utilisation(0)),
			},
		},
		{
			name: "One member, concurrency 4, four partitions", shows: "a member works on its partitions at once",
			source: "Kendall 1953: GIM1", seconds: 300, warmup: 10,
			scenario: reading(poisson(240), 4, consumer("c", 0, 1, 4, work(exponential(10*msec)))),
			probes:   []probe{mean("mean wait, ms", 1000*fourth.Wait, waitMean(0))},
		},
		{
			name: "A failing event blocks its partition", shows: "at most 4 attempts with pauses of 10 ms: those behind wait as if it were service",
			source: "Pollaczek 1930, Khinchine 1932: MG1 of Occupied", seconds: 250, warmup: 10,
			scenario: changed(reading(poisson(60), 1, consumer("c", 0, 1, 1, work(exponential(5*msec)), fail(0.3))), func(sc *spec.Scenario) {
				sc.Consumers[0].Retry = spec.ConsumerRetry{
					Attempts: 4, Blocks: true, ThenDrop: true, Backoff: spec.Backoff{Kind: spec.ConstantBackoff, Base: 10 * msec},
				}
			}),
			probes: []probe{
				wide(0.06, mean("mean wait for the first attempt, ms", 1000*blocked.Wait, waitMean(0))),
				mean("attempts, /s", 60*theory.Attempts(0.3, 4), attemptRate(0, 250)),
			},
		},
	}
}

// retentionModels are exact: no luck in them.
func retentionModels() []model {
	return []model{
		{
			name: "A rebalance of one second", shows: "a member joins; all stand still for a second in which a hundred events come, then two work at once",
			source: "counting", seconds: 10, runs: 2,
			scenario: changed(reading(every(10*msec), 2, consumer("c", 0, 1, 2, work(constant(msec)))), func(sc *spec.Scenario) {
				sc.Broker.Channels[0].Rebalance = spec.Second
				sc.Timeline = []spec.Action{{At: 5*spec.Second + 5*msec, Kind: spec.ScaleAction, A: spec.Ref{Kind: spec.ConsumerComponent}, Count: 2}}
			}),
			probes: []probe{
				always("most waiting", 100, func(r *sim.Result) float64 { return number(group(r).Depth.Max) }),
				always("longest wait, ms", 995, func(r *sim.Result) float64 { return ms(r.Consumers[0].Wait.Max) }),
			},
		},
		{
			name: "Retention by number", shows: "a log of 50 events, read half as fast as it is written: half of them are gone before they are read",
			source: "counting", seconds: 100, warmup: 10, runs: 2,
			scenario: changed(reading(every(10*msec), 1, consumer("c", 0, 1, 1, work(constant(20*msec)))), func(sc *spec.Scenario) {
				sc.Broker.Channels[0].Retention.Events = 50
			}),
			probes: []probe{
				always("read, /s", 50, doneRate(0)),
				wide(0.02, always("unread and waiting", 50, func(r *sim.Result) float64 { return number(group(r).Depth.Max) })),
			},
		},
	}
}
