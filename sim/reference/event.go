package reference

import (
	"math"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// maxHops is how many emissions a chain may have.
const maxHops = 64

// event is a fact, created once.
type event struct {
	id        sim.EventID
	kind      int // index into the scenario's events
	cause     sim.EventID
	root      sim.EventID
	source    string // name of the component that created it
	luck      uint64
	created   int64
	left      int64 // when it was published, -1: not yet
	key       int64
	size      int64
	priority  int8
	fields    map[string]spec.Value
	partition int   // of the stream that took it last, -1: none
	hops      int   // emissions between the root and this
	work      int64 // recorded: replays only
	fails     int   // recorded: replays only
}

// eventType draws the attributes of events.
type eventType struct {
	w    *world
	spec *spec.EventType
	size draw
	zipf *luck.Zipf // nil: no key
}

func newEventType(w *world, t *spec.EventType) *eventType {
	et := &eventType{w: w, spec: t, size: w.newDraw("event/"+t.Name, "size", t.Size)}
	if t.Key != spec.None {
		space := w.sc.Keys[t.Key]
		et.zipf = luck.NewZipf(space.Count, space.Skew)
	}
	return et
}

// newEvent makes an event with all its attributes drawn; the caller fills in
// cause, root and what was recorded.
func (w *world) newEvent(component int, number int64, kind int, identity uint64) *event {
	t := w.types[kind]
	id := sim.EventID{Source: int32(component), Number: number}
	return &event{
		id: id, kind: kind, source: w.nameOf(component), luck: identity, created: w.now, left: -1, partition: -1,
		cause: sim.EventID{Source: sim.NoEvent}, root: id,
		key: t.drawKey(identity), size: t.drawSize(identity), priority: t.drawPriority(identity), fields: t.drawFields(identity),
	}
}

// nameOf is a component's name; the run itself is the last.
func (w *world) nameOf(component int) string {
	if component == w.runComponent() {
		return "run"
	}
	return w.names[component]
}

func (t *eventType) uniform(purpose string, identity uint64) float64 {
	return t.w.uniform("event/"+t.spec.Name, purpose, identity, 0)
}

func (t *eventType) drawKey(identity uint64) int64 {
	if t.zipf == nil {
		return -1
	}
	return t.zipf.Pick(t.uniform("key", identity))
}

func (t *eventType) drawSize(identity uint64) int64 {
	return int64(math.Floor(t.size.sampler.Draw(t.size.key, luck.Counter(identity, 0, 0))))
}

func (t *eventType) drawPriority(identity uint64) int8 {
	if len(t.spec.Priority) == 0 {
		return 0
	}
	return int8(pick(t.spec.Priority, t.uniform("priority", identity)))
}

func (t *eventType) drawFields(identity uint64) map[string]spec.Value {
	fields := map[string]spec.Value{}
	for _, f := range t.spec.Fields {
		purpose := "field/" + f.Name
		if len(f.Choices) > 0 {
			weights := make([]float64, len(f.Choices))
			for i, c := range f.Choices {
				weights[i] = c.Weight
			}
			fields[f.Name] = f.Choices[luck.NewChooser(weights).Pick(t.uniform(purpose, identity))].Value
			continue
		}
		d := t.w.newDraw("event/"+t.spec.Name, purpose, f.Dist)
		fields[f.Name] = spec.Value{Kind: spec.NumberValue, Number: d.sampler.Draw(d.key, luck.Counter(identity, 0, 0))}
	}
	return fields
}

// pick returns the value of the choice that the uniform u falls on.
func pick(choices []spec.Choice, u float64) int {
	weights := make([]float64, len(choices))
	for i, c := range choices {
		weights[i] = c.Weight
	}
	return choices[luck.NewChooser(weights).Pick(u)].Value
}
