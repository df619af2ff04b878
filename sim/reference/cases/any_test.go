package cases

import (
	"math/rand/v2"
	"testing"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// TestAnyIsValid: what is drawn keeps the rules of the format that the types
// alone do not.
func TestAnyIsValid(t *testing.T) {
	for seed := range uint64(2000) {
		sc := Any(rand.New(rand.NewPCG(seed, 1)).IntN)
		for _, ch := range sc.Broker.Channels {
			if d := ch.Store.DeadLetter; d != spec.None && (sc.Broker.Channels[d].Type != spec.Queue || sc.Broker.Channels[d].Name == ch.Name) {
				t.Fatalf("seed %d: %s has dead-letter channel %d", seed, ch.Name, d)
			}
			if err := luck.Check(ch.Store.Delay); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		for _, p := range sc.Producers {
			if p.Outbox != nil && p.Loses > 0 {
				t.Fatalf("seed %d: %s has an outbox and loses", seed, p.Name)
			}
			if (p.Users > 0) == (p.Rate.Kind != spec.NoArrivals) {
				t.Fatalf("seed %d: %s needs exactly one of rate and users", seed, p.Name)
			}
		}
		for _, c := range sc.Consumers {
			for _, from := range c.From {
				if from.Where != nil && sc.Broker.Channels[from.Channel].Type == spec.Queue {
					t.Fatalf("seed %d: %s filters a queue", seed, c.Name)
				}
			}
			if c.Stops != 0 && c.Stops <= c.Starts {
				t.Fatalf("seed %d: %s stops before it starts", seed, c.Name)
			}
		}
	}
}
