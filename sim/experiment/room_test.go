package experiment

import (
	"fmt"
	"testing"
)

// TestBoundedLines holds what is predicted of lines with little room, or whose
// copies get too old, against runs.
func TestBoundedLines(t *testing.T) {
	for _, c := range []struct {
		name, queue, consumer string
		rate                  int
		exact                 bool
	}{
		{"M/M/1/K", "capacity: 5, overflow: drop_new", "work: exp(10ms)", 90, true},
		{"M/M/1/K overrun", "capacity: 5, overflow: drop_new", "work: exp(10ms)", 150, true},
		{"M/M/4/K", "capacity: 8, overflow: reject", "instances: 4, work: exp(40ms)", 110, true},
		{"no room at all", "capacity: 0, overflow: reject", "instances: 4, work: exp(40ms)", 90, true},
		{"the oldest goes", "capacity: 20, overflow: drop_old", "instances: 2, work: exp(20ms)", 110, false},
		{"the oldest goes, overrun", "capacity: 20, overflow: drop_old", "instances: 2, work: exp(20ms)", 160, false},
		{"constant work", "capacity: 10, overflow: drop_new", "work: 10ms", 105, false},
		{"uneven work", "capacity: 30, overflow: drop_new", "work: 'lognormal(10ms, 15ms)'", 100, false},
		{"so long that it is a fluid", "capacity: 3000, overflow: drop_new", "work: exp(2ms)", 800, false},
		{"patience", "ttl: 30ms", "work: exp(10ms)", 90, true},
		{"patience, overrun", "ttl: 100ms", "instances: 3, work: exp(30ms)", 150, true},
		{"patience with constant work", "ttl: 50ms", "work: 10ms", 110, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := head + fmt.Sprintf("producers: {p: {emits: e, to: q, rate: poisson(%d/s)}}\nbroker: {channels: {q: {type: queue, %s}}}\nconsumers: {c: {from: q, %s}}\n", c.rate, c.queue, c.consumer)
			for _, x := range claimsOf(t, c.name, written(t, text), 5) {
				if !x.holds(0.0002) || (x.trust == Exact) != c.exact && x.number == "wait" {
					t.Errorf("%s (%s): predicted %v, measured %v ± %v: %s", x.number, x.trust, x.predicted, x.measured, 2*x.se, x.why)
				}
			}
		})
	}
}
