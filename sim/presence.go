package sim

import (
	"slices"

	"eddy/sim/spec"
)

// Entries of the timeline that say whether a component is there, and with how
// many instances. Those of one component may overlap, and end in any order.

// stopComponent lets a component leave, for as long as a stop of it lasts.
func (e *Engine) stopComponent(a *action) {
	if a.spec.A.Kind == spec.ProducerComponent {
		p := &e.producers[a.spec.A.Index]
		p.stops = append(p.stops, a)
		p.stopped = true
		return
	}
	c := &e.consumers[a.spec.A.Index]
	c.stops = append(c.stops, a)
	if c.joined {
		c.away = true
		e.leave(a.spec.A.Index)
	}
}

// unstop is the end of a stop that lasts: with the last of them the component
// is back, if it was there or should have come since.
func (e *Engine) unstop(a *action) {
	if a.spec.A.Kind == spec.ProducerComponent {
		p := &e.producers[a.spec.A.Index]
		if slices.Contains(p.stops, a) {
			p.stops = without(p.stops, a)
			e.producerBack(a.spec.A.Index)
		}
		return
	}
	c := &e.consumers[a.spec.A.Index]
	c.stops = without(c.stops, a)
	if len(c.stops) == 0 && c.away {
		c.away = false
		e.join(a.spec.A.Index)
	}
}

// startComponent ends all stops of a component.
func (e *Engine) startComponent(r spec.Ref) {
	if r.Kind == spec.ProducerComponent {
		e.producers[r.Index].stops = nil
		e.producerBack(r.Index)
		return
	}
	c := &e.consumers[r.Index]
	c.stops, c.away = nil, false
	if !c.joined {
		e.join(r.Index)
	}
}

// producerBack lets a producer create events again when nothing stops it.
func (e *Engine) producerBack(i int) {
	p := &e.producers[i]
	if len(p.stops) > 0 || !p.stopped {
		return
	}
	p.stopped = false
	for k := range e.sources {
		if s := &e.sources[k]; int(s.producer) == i && !s.off {
			e.unpark(uint32(k))
		}
	}
}

// joinAtStart lets a consumer join when it is its time to, or after what stops it.
func (e *Engine) joinAtStart(i int) {
	if c := &e.consumers[i]; len(c.stops) > 0 {
		c.away = true
		return
	}
	e.join(i)
}

// leaveAtStop lets a consumer leave for good.
func (e *Engine) leaveAtStop(i int) {
	e.consumers[i].away = false
	e.leave(i)
}

// unscale takes back what a lasting scale did: the one that began last holds,
// and with it gone what was when it began; but what an earlier one did, which has
// been undone since, does not come back.
func (e *Engine) unscale(c *consumer, a *action) {
	k := slices.Index(c.scales, a)
	if k < 0 {
		return // another number was set since
	}
	if k+1 < len(c.scales) {
		c.scales[k+1].before = a.before
	} else {
		e.scaleTo(c, a.before)
	}
	c.scales = slices.Delete(c.scales, k, k+1)
}
