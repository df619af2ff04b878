package sim

import (
	"strconv"

	"eddy/sim/luck"
	"eddy/sim/measure"
	"eddy/sim/spec"
)

// eventType is a declared event type, ready for drawing.
type eventType struct {
	spec     *spec.EventType
	size     *luck.Sampler
	sizeOf   int64 // where the size never varies
	sizeKey  luck.Key
	keyed    bool
	zipf     *luck.Zipf
	keyKey   luck.Key
	priority int8
	choose   *luck.Chooser // priorities, nil: always priority
	prioKey  luck.Key
	ttl      int64
	fields   []fieldType
}

type fieldType struct {
	spec   *spec.Field
	choose *luck.Chooser
	dist   *luck.Sampler
	key    luck.Key
}

func (e *Engine) buildTypes() {
	zipfs := make([]*luck.Zipf, len(e.sc.Keys))
	e.types = make([]eventType, len(e.sc.Events))
	for i := range e.sc.Events {
		st := &e.sc.Events[i]
		name := "event/" + st.Name
		t := &e.types[i]
		*t = eventType{spec: st, ttl: st.TTL, size: luck.Compile(st.Size), sizeKey: luck.NewKey(e.seed, name, "size"), sizeOf: -1}
		if v, ok := t.size.IsConst(); ok {
			t.sizeOf = int64(v)
		}
		if st.Key != spec.None {
			t.keyed = true
			if zipfs[st.Key] == nil {
				zipfs[st.Key] = luck.NewZipf(e.sc.Keys[st.Key].Count, e.sc.Keys[st.Key].Skew)
			}
			t.zipf = zipfs[st.Key]
			t.keyKey = luck.NewKey(e.seed, name, "key")
		}
		if len(st.Priority) == 1 {
			t.priority = int8(st.Priority[0].Value)
		} else if len(st.Priority) > 1 {
			t.choose = chooser(st.Priority)
			t.prioKey = luck.NewKey(e.seed, name, "priority")
		}
		for j := range st.Fields {
			f := fieldType{spec: &st.Fields[j], key: luck.NewKey(e.seed, name, "field/"+st.Fields[j].Name)}
			if n := len(f.spec.Choices); n == 0 {
				f.dist = luck.Compile(f.spec.Dist)
			} else if n > 1 {
				w := make([]float64, n)
				for k, c := range f.spec.Choices {
					w[k] = c.Weight
				}
				f.choose = luck.NewChooser(w)
			}
			t.fields = append(t.fields, f)
		}
	}
	e.flows = make([]flow, len(e.sc.Events))
}

// commonSize is the size of every event, -1 where they differ.
func (e *Engine) commonSize() int64 {
	size := e.types[0].sizeOf
	for i := range e.types {
		if e.types[i].sizeOf != size {
			return -1
		}
	}
	for i := range e.sc.Producers {
		for j := range e.sc.Producers[i].Rate.Rows {
			if e.sc.Producers[i].Rate.Rows[j].Size >= 0 {
				return -1
			}
		}
	}
	return size
}

func chooser(choices []spec.Choice) *luck.Chooser {
	w := make([]float64, len(choices))
	for i, c := range choices {
		w[i] = c.Weight
	}
	return luck.NewChooser(w)
}

// flow is the families that began with one event type.
type flow struct {
	created, completed, failed             int64 // whole run
	completion                             measure.Histogram
	baseCreated, baseCompleted, baseFailed int64
}

// makeEvent creates an event with the attributes that its type draws. The
// caller holds one reference to it.
func (e *Engine) makeEvent(typ int32, id EventID, lucky uint64) *event {
	ev := e.newEvent()
	e.serial++
	e.created++
	e.pending++
	if e.pending > e.opt.MaxPending || e.created >= e.opt.MaxEvents {
		e.lookAt = 0
	}
	t := &e.types[typ]
	// Field by field: quicker than copying a new value over the old one.
	ev.luck, ev.serial, ev.id, ev.cause = lucky, e.serial, id, EventID{Source: NoEvent}
	ev.created, ev.published, ev.size, ev.key = e.now, -1, t.sizeOf, -1
	ev.typ, ev.root, ev.refs, ev.family, ev.replay = typ, ev, 1, 1, -1
	ev.alive, ev.partition, ev.last = 1, -1, -1
	ev.effects, ev.priority, ev.hops, ev.fate, ev.grain = 0, t.priority, 0, 0, grainOf(id)
	if ev.size < 0 {
		ev.size = max(0, int64(t.size.Draw(t.sizeKey, luck.Counter(lucky, 0, 0))))
	}
	if t.choose != nil {
		p := t.choose.Pick(t.prioKey.Uniform(luck.Counter(lucky, 0, 0)))
		ev.priority = int8(t.spec.Priority[p].Value)
	}
	return ev
}

// drawKey gives an event the key that its type draws.
func (e *Engine) drawKey(ev *event) {
	if t := &e.types[ev.typ]; t.keyed {
		ev.key = t.zipf.Pick(t.keyKey.Uniform(luck.Counter(ev.luck, 0, 0)))
	}
}

// beginFamily counts a root event.
func (e *Engine) beginFamily(ev *event) { e.flows[ev.typ].created++ }

// failFamily notes that something of an event's family was lost.
func (e *Engine) failFamily(ev *event) {
	if root := ev.root; root.fate == 0 {
		root.fate |= familyFailed
		e.flows[root.typ].failed++
	}
}

// release is the maker of an event letting go of it.
func (e *Engine) release(ev *event) {
	e.leaveEvent(ev)
	e.unrefEvent(ev)
}

// leaveEvent is a copy or a publish of an event coming to its end. With the
// last one the event is over, and with the last event its family.
func (e *Engine) leaveEvent(ev *event) {
	ev.alive--
	if ev.alive > 0 {
		return
	}
	e.pending--
	root := ev.root
	root.family--
	if root.family > 0 || root.fate&familyOver != 0 {
		return
	}
	if len(e.late) > 0 && e.late[root] > 0 {
		return
	}
	e.endFamily(root)
}

// outlasts notes that an instance goes on with a delivery that the copy does not
// wait for: its lease ran out, or an earlier one was answered after all. What it
// emits is of the family, too.
func (e *Engine) outlasts(d *delivery) {
	if d.late {
		return
	}
	if e.late == nil {
		e.late = map[*event]int{}
	}
	e.late[d.c.ev.root]++
	d.late = true
}

// endDelivery is a delivery of a store that is over, for its instance, too.
func (e *Engine) endDelivery(d *delivery) {
	if d.late {
		d.late = false
		e.lateEnds(d.c.ev.root)
	}
	e.dropDelivery(d)
}

// lateEnds is one attempt of a family the less that goes on in vain.
func (e *Engine) lateEnds(root *event) {
	if e.late[root]--; e.late[root] > 0 {
		return
	}
	delete(e.late, root)
	if root.family == 0 && root.fate&familyOver == 0 {
		e.endFamily(root)
	}
}

// endFamily is a family of which nothing is under way any more. It was complete
// when its last copy was over, though a confirm may have come after that.
func (e *Engine) endFamily(root *event) {
	root.fate |= familyOver
	took := e.now - root.created
	if root.last >= 0 {
		took = root.last - root.created
	}
	if root.fate&familyFailed == 0 {
		f := &e.flows[root.typ]
		f.completed++
		if e.tap != nil {
			e.tap.Ended(e.now, took)
		}
		if root.published >= 0 && root.created >= e.warm {
			f.completion.Record(took)
		}
	}
}

// unrefEvent gives up one pointer to an event.
func (e *Engine) unrefEvent(ev *event) {
	ev.refs--
	if ev.refs > 0 {
		return
	}
	if ev.effects != 0 {
		e.dropMarks(ev.effects)
		ev.effects = 0
	}
	root := ev.root
	e.freeEvents = append(e.freeEvents, ev)
	if root != ev {
		e.unrefEvent(root)
	}
}

// field is the value of a field of an event; it is false where it has none.
func (e *Engine) field(ev *event, name string) (spec.Value, bool) {
	if ev.replay >= 0 {
		p := &e.producers[ev.id.Source]
		for c, column := range p.spec.Rate.Columns {
			if v := &p.spec.Rate.Rows[ev.replay].Fields[c]; column == name && v.Kind != spec.NoValue {
				return *v, true
			}
		}
	}
	t := &e.types[ev.typ]
	for i := range t.fields {
		f := &t.fields[i]
		if f.spec.Name != name {
			continue
		}
		u := luck.Counter(ev.luck, 0, 0)
		switch {
		case f.dist != nil:
			return spec.Value{Kind: spec.NumberValue, Number: f.dist.Draw(f.key, u)}, true
		case f.choose != nil:
			return f.spec.Choices[f.choose.Pick(f.key.Uniform(u))].Value, true
		}
		return f.spec.Choices[0].Value, true
	}
	return spec.Value{}, false
}

// keyText is an event's key as text, for filters.
func (e *Engine) keyText(ev *event) (string, bool) {
	if ev.key >= textKeys {
		return e.texts.list[ev.key-textKeys], true
	}
	if ev.key < 0 {
		return "", false
	}
	return strconv.FormatInt(ev.key, 10), true
}
