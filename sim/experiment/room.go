package experiment

import (
	"fmt"
	"math"

	"eddy/sim/spec"
	"eddy/sim/theory"
)

// bound is what keeps the line before a consumer short: room for so many
// copies, or a time after which they are no use.
type bound struct {
	room     int     // copies that may wait beside those in hand, spec.Unlimited
	ttl      float64 // s, 0: none
	overflow spec.Overflow
}

// exactRoom is up to how many places a line is looked at one by one; a longer one is
// a fluid.
const exactRoom = 2000

// little is which part may be lost before it matters.
const little = 0.001

// boundOf finds what bounds the line of a consumer that reads one queue or
// subscription alone. known is false where there is a bound that no model here is for.
func (t *traffic) boundOf(c *spec.Consumer, s *station) (b bound, bounded, known bool) {
	b.room = spec.Unlimited
	for _, from := range c.From {
		ch := &t.sc.Broker.Channels[from.Channel]
		if ch.Type == spec.Stream {
			continue
		}
		some, all := 0.0, 0.0
		for event, in := range t.channel[from.Channel] {
			if in.rate == 0 {
				continue
			}
			ttl := float64(ch.Store.TTL) / 1e9
			if own := float64(t.sc.Events[event].TTL) / 1e9; own > 0 && (ttl == 0 || own < ttl) {
				ttl = own
			}
			all += in.rate
			if ttl > 0 {
				if b.ttl > 0 && ttl != b.ttl {
					return b, true, false // several
				}
				some += in.rate
				b.ttl = ttl
			}
		}
		if ch.Store.Capacity != spec.Unlimited {
			b.room, b.overflow = ch.Store.Capacity, ch.Store.Overflow
		}
		bounded = bounded || b.ttl > 0 || b.room != spec.Unlimited
		if bounded && some < all && b.ttl > 0 || bounded && (len(c.From) > 1 || ch.Store.Order != spec.FIFO && b.ttl > 0 || b.ttl > 0 && b.room != spec.Unlimited) {
			return b, true, false
		}
		if _, _, shared := t.rivals(c, s); bounded && shared {
			return b, true, false
		}
	}
	return b, bounded, true
}

// queueInRoom is the wait, and what is lost, of a line that is bounded. A
// bound that hardly anything meets is none.
//
// M/M/c/K and M/M/c with a constant patience are exact. Other arrivals and work
// are taken to make a line that is longer in the ratio of their irregularity to
// theirs: what is left of a bound is what remains of the diffusion that the line
// looks like in heavy traffic. Source: Gelenbe 1975, On approximate computer
// system models; Whitt 2004, A diffusion approximation for the G/GI/n/m queue.
func (t *traffic) queueInRoom(c *spec.Consumer, s *station, l line) {
	b, bounded, known := t.boundOf(c, s)
	if !bounded {
		return
	}
	load := l.load(s)
	stretch := math.Max((l.scv+s.serviceSCV())/2, 0.01)
	if !known {
		if load > 0.9 || b.ttl > 0 {
			s.guesses.add(guess{"a line that is bounded in several ways, or shared, is taken to be endless", Unsure, Unsure})
		}
		return
	}
	exact := l.poisson && s.single
	if exact {
		stretch = 1
	}
	before := s.wait
	if b.ttl > 0 {
		q := theory.NewImpatient(l.rate, 1/s.hold, s.servers, b.ttl/stretch).Queue()
		if q.Lost < little && before < 0.2*b.ttl {
			return
		}
		s.lost, s.wait, s.model = q.Lost, float64(q.Wait*stretch), "M/M/c+D"
	} else if !t.full(s, l, b, stretch) {
		return
	}
	s.ends = true
	if !exact || float64(b.room) > exactRoom {
		s.model = "bounded"
	}
	if s.lost >= little && s.tries > 1 {
		s.guesses.add(guess{"what comes back after a failure is taken to find room", Approximate, Unsure})
	}
	if b.ttl == 0 {
		t.asksAgain(c, s, b)
	}
}

// full is the wait before a line with so much room. It is false where that is
// hardly ever full.
func (t *traffic) full(s *station, l line, b bound, stretch float64) bool {
	load := l.load(s)
	slots := max(s.slots, s.servers)
	room := float64(b.room + slots - s.servers)
	places := room / stretch
	capacity := float64(s.servers) / s.hold
	var q theory.Queue
	if places > exactRoom {
		if load < 0.99 {
			return false
		}
		q.Lost = math.Max(0, 1-1/load)
		q.Waiting = room / stretch
		q.Wait = q.Waiting / capacity
	} else {
		low := int(places)
		part := places - float64(low)
		q = theory.MMCK(l.rate, 1/s.hold, s.servers, s.servers+low)
		if part > 0 {
			more := theory.MMCK(l.rate, 1/s.hold, s.servers, s.servers+low+1)
			q.Lost += float64((more.Lost - q.Lost) * part)
			q.Wait += float64((more.Wait - q.Wait) * part)
			q.Waiting += float64((more.Waiting - q.Waiting) * part)
		}
	}
	if q.Lost < little/10 {
		return false
	}
	s.lost, s.wait, s.model = q.Lost, float64(q.Wait*stretch), "M/M/c/K"
	switch b.overflow {
	case spec.DropOld:
		// Those that are pushed out have waited as well.
		s.wait = float64(q.Waiting * stretch / l.rate)
		s.guesses.add(guess{"those that are pushed out are taken to have waited as long as the others", Exact, Approximate})
	case spec.Block:
		s.lost = 0
		s.guesses.add(guess{fmt.Sprintf("beyond %d waiting events they wait at their producers, which is not followed", b.room), Unsure, Unsure})
	}
	return true
}

// asksAgain takes note of publishes that are rejected and tried again, and of
// others that wait or are rejected with them.
func (t *traffic) asksAgain(c *spec.Consumer, s *station, b bound) {
	if b.overflow != spec.Reject || s.lost < little {
		return
	}
	ch := &t.sc.Broker.Channels[c.From[0].Channel]
	again := ch.Type != spec.Queue || len(ch.From) > 0
	for i := range t.sc.Producers {
		p := &t.sc.Producers[i]
		again = again || p.To == c.From[0].Channel && p.Confirm && p.Retry.Attempts != 1
	}
	if again {
		s.guesses.add(guess{"publishes that are rejected and tried again, or are taken elsewhere, are left out", Unsure, Unsure})
		s.flow = Unsure
	}
}

// isBlocked says whether a subscriber of a channel, by the last round, holds up
// or rejects publishes to all of its subscribers.
func (t *traffic) isBlocked(channel int) bool {
	for i := range t.sc.Consumers {
		c, s := &t.sc.Consumers[i], &t.state[i]
		for _, from := range c.From {
			ch := &t.sc.Broker.Channels[from.Channel]
			touches := from.Channel == channel
			for _, bound := range ch.From {
				touches = touches || bound == channel
			}
			if touches && ch.Type != spec.Stream && ch.Store.Capacity != spec.Unlimited && (ch.Store.Overflow == spec.Reject || ch.Store.Overflow == spec.Block) && s.ends {
				return true
			}
		}
	}
	return false
}
