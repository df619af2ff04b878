package sim

import (
	"fmt"
	"math/bits"
	"slices"

	"eddy/sim/spec"
)

// maxViolations is how many broken invariants are told; one is enough to stop.
const maxViolations = 20

func (e *Engine) violate(format string, args ...any) {
	if len(e.violations) < maxViolations {
		e.violations = append(e.violations, fmt.Sprintf("at %d ns: ", e.now)+fmt.Sprintf(format, args...))
	}
}

// verifiedAtOnce is how many stores and instances are looked at after one thing
// that happens. What breaks one of these invariants breaks it for good, so of a
// larger system it is enough to look at so many in turn, and at all in the end.
const verifiedAtOnce = 200

// verify checks the invariants that must hold between two things that happen.
func (e *Engine) verify() {
	all := len(e.stores) + len(e.instances)
	for range min(all, verifiedAtOnce) {
		if e.verified++; e.verified >= all {
			e.verified = 0
		}
		if i := e.verified; i < len(e.stores) {
			e.verifyStore(&e.stores[i])
		} else {
			e.verifyInstance(&e.instances[i-len(e.stores)])
		}
	}
}

// verifyAll is verify for everything.
func (e *Engine) verifyAll() {
	for i := range e.stores {
		e.verifyStore(&e.stores[i])
	}
	for i := range e.instances {
		e.verifyInstance(&e.instances[i])
	}
}

func (e *Engine) verifyStore(s *store) {
	gone := s.n.acked - s.n.rewound + s.n.dead + s.n.dropped + s.n.expired + s.n.lost
	inside := s.ready.Level() + s.delayed + s.leased.Level()
	if s.n.in != gone+inside {
		e.violate("%s: %d copies in, %d inside and %d gone", s.name, s.n.in, inside, gone)
	}
	if s.inside.Level() != inside {
		e.violate("%s: %d copies inside, but %d ready, %d delayed, %d leased", s.name, s.inside.Level(), s.ready.Level(), s.delayed, s.leased.Level())
	}
	if s.ready.Min() < 0 || s.delayed < 0 || s.leased.Min() < 0 || s.bytes.Min() < 0 || s.inside.Min() < 0 {
		e.violate("%s: a negative count", s.name)
	}
	if s.group != nil {
		e.verifyPartition(s)
	}
}

func (e *Engine) verifyInstance(in *instance) {
	c := in.cons
	if in.working < 0 || (c.workers > 0 && in.working > c.workers && !c.shrunk) {
		e.violate("%s: instance %d has %d workers at work", c.spec.Name, in.index, in.working)
	}
	if free := bits.OnesCount64(in.idle); in.up && c.workers > 0 && c.workers <= 64 && int32(free) != c.workers-in.working && !c.shrunk {
		e.violate("%s: instance %d has %d of %d workers at work, and %d free", c.spec.Name, in.index, in.working, c.workers, free)
	}
	for _, s := range in.owned {
		if s.owner != in {
			e.violate("%s: instance %d reads partition %d, which is not its own", s.name, in.index, s.partition)
		}
	}
	if in.leases < 0 || (c.prefetch > 0 && in.leases > c.prefetch && !c.shrunk) {
		e.violate("%s: instance %d holds %d leases", c.spec.Name, in.index, in.leases)
	}
	if in.up && !in.later && in.held.len() > 0 && in.stalled == 0 && !c.paused && in.hasIdle(c.workers) {
		e.violate("%s: instance %d has idle workers and %d copies that wait for one", c.spec.Name, in.index, in.held.len())
	}
}

// verifyIdle checks, when an instant is over, that nothing is left undone at it.
func (e *Engine) verifyIdle() {
	for range min(len(e.stores), verifiedAtOnce) {
		if e.verifiedIdle++; e.verifiedIdle >= len(e.stores) {
			e.verifiedIdle = 0
		}
		s := &e.stores[e.verifiedIdle]
		if s.withheld.len() > 0 && !e.full(s) && !e.isOut(s.channel) {
			e.violate("%s: %d copies are withheld, and there is room", s.name, s.withheld.len())
		}
		if s.ready.Level() == 0 || e.isOut(s.channel) {
			continue
		}
		c, _, found := s.order.peek(e)
		if !found {
			continue
		}
		if s.mayExpire && e.isExpired(s, c) {
			e.violate("%s: the next copy is past its time", s.name)
		}
		if s.group == nil && s.nextFree(0) >= 0 || s.group != nil && !s.isHeldUp() {
			e.violate("%s: %d copies are ready, somebody is free, and nothing is sent", s.name, s.ready.Level())
		}
	}
}

// verifyPartition checks that a partition has one reader, who knows it.
func (e *Engine) verifyPartition(s *store) {
	if s.leased.Level() > 1 {
		e.violate("%s: %d events of partition %d are in hand at once", s.name, s.leased.Level(), s.partition)
	}
	if s.owner != nil && !slices.Contains(s.owner.owned, s) {
		e.violate("%s: instance %d does not know that it reads partition %d", s.name, s.owner.index, s.partition)
	}
}

// verifyOrder checks that a copy which is to be sent comes after all before it in its
// partition that were not sent yet, and, where a failing event blocks its
// partition, after all that are not done.
func (e *Engine) verifyOrder(s *store, c *copyRec) {
	if c.deliveries == 0 {
		if c.age < s.unsent {
			e.violate("%s: offset %d of partition %d is first sent after %d", s.name, c.age, s.partition, s.unsent-1)
		}
		s.unsent = c.age + 1
	}
	if s.resting || s.owner == nil {
		e.violate("%s: offset %d is sent while partition %d stands still", s.name, c.age, s.partition)
	}
	if !s.loosened && (s.group.cons.spec.Retry.Blocks || s.spec.DeadLetter == spec.None) {
		l := &s.order.levels[0]
		overtakes := s.leased.Level() > 0 || s.delayed > 0 || l.front.len() > 0
		overtakes = overtakes || (len(l.original) > 0 && l.original[0].copy.state == copyReady && l.original[0].copy.age < c.age)
		overtakes = overtakes || (l.fresh.len() > 0 && (*l.fresh.at(0)).state == copyReady && (*l.fresh.at(0)).age < c.age)
		if overtakes {
			e.violate("%s: offset %d of partition %d overtakes another", s.name, c.age, s.partition)
		}
	}
}

// verifyBlame checks that the causes of a copy's time add up to its latency;
// open is the time of the last cause that is not settled yet.
func (e *Engine) verifyBlame(c *copyRec, open, latency int64) {
	sum := open
	for _, ns := range c.blame {
		if ns < 0 {
			e.violate("a negative blame: %v", c.blame)
		}
		sum += ns
	}
	if sum != latency {
		e.violate("blame adds up to %d ns, latency is %d ns", sum, latency)
	}
}

// verifyEnd checks what must hold at the end of a run: for each store the time
// copies spent inside equals the integral of how many were.
func (e *Engine) verifyEnd() {
	e.verifyAll()
	stay := make([]uint64, len(e.stores))
	for i := range e.copies.used {
		if c := e.copies.at(i); c.s != nil && c.refs > 0 && c.state != copyGone && c.state != copyOutside {
			stay[c.s.index] += uint64(e.now - c.entered - c.before)
		}
	}
	for i := range e.stores {
		s := &e.stores[i]
		got := s.areaAll
		if e.measured {
			got = got.Add(s.inside.Integral(e.now))
		} else {
			got = s.inside.Integral(e.now)
		}
		if want := s.stayed.Add64(stay[i]); got != want {
			e.violate("%s: the integral of copies inside is %v ns, the time of copies %v ns", s.name, got.Big(), want.Big())
		}
	}
	for i := range e.sources {
		if len(e.changes()) == 0 && e.sources[i].buffer.len() > e.producers[e.sources[i].producer].spec.Buffer {
			e.violate("%s holds more than its buffer", e.producers[e.sources[i].producer].spec.Name)
		}
	}
	if l := e.ledgerNow(); !l.Balanced {
		e.violate("the ledger does not balance: %+v", l)
	}
}
