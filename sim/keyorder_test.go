package sim

import (
	"testing"

	"pgregory.net/rapid"
)

// TestOrderIsKeptWithFewKeys holds the memory of keys, which forgets, against
// one that does not: events are made, take effect in any order, and end.
func TestOrderIsKeptWithFewKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := &Engine{}
		var o keyOrder
		all := map[int64]uint64{}
		var alive []*event
		serial := uint64(0)
		for range rapid.IntRange(1, 12000).Draw(t, "steps") {
			if len(alive) == 0 || len(alive) < 40 && serial%3 != 0 {
				serial++
				v := e.newEvent()
				*v = event{serial: serial, key: lowKeys + int64(serial*2654435761%9000), refs: 1}
				v.root = v
				alive = append(alive, v)
				continue
			}
			serial++ // so that creations and effects do not lock in step
			i := int(serial*40503) % len(alive)
			v := alive[i]
			want := v.serial < all[v.key]
			all[v.key] = max(all[v.key], v.serial)
			if got := e.outOfOrder(&o, v); got != want {
				t.Fatalf("event %d of key %d: out of order %v, want %v", v.serial, v.key, got, want)
			}
			alive = append(alive[:i], alive[i+1:]...)
			e.unrefEvent(v)
		}
		if len(o.high) > fewKeys+int(e.events.used) {
			t.Fatalf("%d keys are remembered", len(o.high))
		}
	})
}
