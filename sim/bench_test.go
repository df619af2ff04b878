package sim_test

import (
	"testing"

	"eddy/sim"
)

func BenchmarkW3(b *testing.B) {
	b.ReportAllocs()
	var deliveries int64
	sc := w3(1 << 30)
	e := sim.New(sc, sim.Options{})
	e.Run(10e9)
	start := delivered(e)
	b.ResetTimer()
	for until := int64(10e9); deliveries < int64(b.N); {
		until += 1e8
		e.Run(until)
		deliveries = delivered(e) - start
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(deliveries), "ns/delivery")
}

func delivered(e *sim.Engine) int64 { return e.Deliveries() }
