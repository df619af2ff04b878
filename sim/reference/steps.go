package reference

import (
	"strconv"
	"strings"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// stepList is what a consumer does with events: the attempts of one list are
// finished with it, whatever values it has by then.
type stepList struct {
	handlers []spec.Handler
	breakers map[[2]int]*breaker // by handler and step, shared by the instances
}

func newStepList(handlers []spec.Handler) *stepList {
	return &stepList{handlers: handlers, breakers: map[[2]int]*breaker{}}
}

// breakerOf is the breaker at a step, nil for none.
func (l *stepList) breakerOf(handler, step int) *breaker {
	sp := l.handlers[handler].Steps[step].Breaker
	if sp == nil {
		return nil
	}
	at := [2]int{handler, step}
	if l.breakers[at] == nil {
		l.breakers[at] = &breaker{spec: sp}
	}
	return l.breakers[at]
}

// handler finds what the consumer does with the event.
func (h *handling) handler() (index int, steps []spec.Step) {
	name := strings.Split(h.c.w.sc.Events[h.ev.kind].Name, ".")
	for i, handler := range h.steps.handlers {
		if fits(handler.Pattern.Words, name) {
			return i, handler.Steps
		}
	}
	return 0, nil
}

// purpose names the draws of a step.
func purpose(handler, step int, what string) string {
	return "handler/" + strconv.Itoa(handler) + "/step/" + strconv.Itoa(step) + "/" + what
}

// step runs the attempt's steps from the given one on.
func (h *handling) step(from int) {
	handler, steps := h.handler()
	for i := from; i < len(steps); i++ {
		st := &steps[i]
		if st.Verb == spec.Emit && !st.Once {
			continue // counts when the attempt has succeeded
		}
		if !h.happens(handler, i, st) {
			continue
		}
		switch st.Verb {
		case spec.Work:
			h.after(h.c.slowed(h.work(handler, i, st)), func() { h.step(i + 1) })
			return
		case spec.Fail:
			if h.fails(handler, i, st) {
				h.fail()
				return
			}
		case spec.Emit:
			h.emit(handler, i, st)
		case spec.Call:
			h.ask(handler, i)
			return
		}
	}
	if h.breaks() {
		h.fail()
		return
	}
	h.succeed()
}

// happens says whether a step takes place in this attempt.
func (h *handling) happens(handler, i int, st *spec.Step) bool {
	attempt := h.number
	if st.Verb == spec.Emit && !st.Once {
		attempt = 0
	}
	return h.c.w.passes(st.When, h.ev) &&
		(st.Chance >= 1 || h.c.w.uniform(h.c.spec.Name, purpose(handler, i, "chance"), h.ev.luck, attempt) < st.Chance)
}

func (h *handling) work(handler, i int, st *spec.Step) int64 {
	if st.WorkFromEvent {
		return h.ev.work
	}
	return h.c.w.newDraw(h.c.spec.Name, purpose(handler, i, "work"), st.Work).nanos(h.ev.luck, h.number)
}

func (h *handling) fails(handler, i int, st *spec.Step) bool {
	if st.FailFromEvent {
		return h.number <= h.ev.fails
	}
	if len(st.FailEvents) > 0 {
		for _, n := range st.FailEvents {
			if n == h.d.c.given[h.c] {
				return h.number <= st.FailAttempts
			}
		}
		return false
	}
	attempt := h.number
	if st.Poison {
		attempt = 0
	}
	return h.c.w.uniform(h.c.spec.Name, purpose(handler, i, "fail"), h.ev.luck, attempt) < st.FailChance
}

// emitAll publishes what counts now that the attempt has succeeded.
func (h *handling) emitAll() {
	handler, steps := h.handler()
	for i := range steps {
		if st := &steps[i]; st.Verb == spec.Emit && !st.Once && h.happens(handler, i, st) {
			h.emit(handler, i, st)
		}
	}
}

// emit creates the events of one step and publishes each, at once or after
// its delay.
func (h *handling) emit(handler, i int, st *spec.Step) {
	w, c := h.c.w, h.c
	for k := range st.Count {
		if h.ev.hops >= maxHops {
			w.tell(sim.Dropped, sim.WhyLoop, c.component, h.ev, place{0, h.in.index, -1})
			continue
		}
		nth := uint64(k)
		if st.Once {
			nth += uint64((h.number - 1) * st.Count)
		}
		identity := luck.Child(h.ev.luck, luck.SourceID(c.spec.Name), uint64(handler)<<16|uint64(i), nth)
		child := h.child(st, identity, pick(st.Emits, w.uniform(c.spec.Name, purpose(handler, i, "type"), identity, 0)))
		w.tell(sim.Created, sim.NoReason, c.component, child, place{0, h.in.index, -1})
		delay := w.newDraw(c.spec.Name, purpose(handler, i, "delay"), st.Delay).nanos(identity, 0)
		life := h.in.life
		if delay == 0 {
			h.in.emit(child, st.To, life)
			continue
		}
		w.ask(w.now+delay, timers, c.component, func() { h.in.emit(child, st.To, life) })
	}
}

func (h *handling) child(st *spec.Step, identity uint64, kind int) *event {
	h.c.emitted++
	child := h.c.w.newEvent(h.c.component, h.c.emitted, kind, identity)
	child.cause, child.root, child.hops = h.ev.id, h.ev.root, h.ev.hops+1
	if !st.NewKey {
		child.key = h.ev.key
	}
	return child
}

// emit publishes an event of the instance; nobody waits for the answer, but a
// full store that withholds it stalls the instance, unless it has died since.
func (in *instance) emit(ev *event, channel, life int) {
	w, c := in.c.w, in.c
	ev.left = w.now
	w.tell(sim.Published, sim.NoReason, c.component, ev, place{1, in.index, -1})
	pub := &publish{ev: ev, channel: channel, try: 1, sender: c.component}
	withheld := false
	pub.onWithheld = func() {
		if in.life == life {
			withheld = true
			in.stalled++
		}
	}
	pub.onLost = func() { w.tell(sim.Lost, sim.WhyDrop, c.component, ev, place{1, -1, -1}) }
	pub.onAnswer = func(accepted bool) {
		if !accepted {
			w.tell(sim.Rejected, sim.WhyFull, c.component, ev, place{1, in.index, -1})
		}
		if withheld && in.life == life {
			in.stalled--
			in.goOn()
		}
	}
	in.publish.cross(message{publishMessage, ev, 1, theBroker, arrivals, c.component, func() { w.broker.arrive(pub) }, pub.onLost})
}

// goOn begins new work again once nothing is withheld any more.
func (in *instance) goOn() {
	if in.stalled == 0 {
		in.c.markStores()
		in.beginHeld()
	}
}
