package sim

// keyOrder remembers, for each key, the latest created event that took effect
// at a consumer, for as long as an earlier one may still take effect.
type keyOrder struct {
	low   []uint64 // of small keys, by key
	high  map[int64]uint64
	limit int // size of high at which what nobody needs is forgotten
}

const (
	// lowKeys is how many keys are kept in a slice, and never forgotten.
	lowKeys = 1 << 14
	// fewKeys is the least size at which keys are forgotten.
	fewKeys = 4096
)

// outOfOrder notes an effect, and says whether a later created event of the
// key took effect before.
func (e *Engine) outOfOrder(o *keyOrder, v *event) bool {
	if v.key >= lowKeys {
		return e.outOfOrderHigh(o, v)
	}
	if int(v.key) >= len(o.low) {
		o.low = append(o.low, make([]uint64, max(int(v.key)+1, 2*len(o.low), 64)-len(o.low))...)
	}
	last := o.low[v.key]
	o.low[v.key] = max(last, v.serial)
	return v.serial < last
}

func (e *Engine) outOfOrderHigh(o *keyOrder, v *event) bool {
	if o.high == nil {
		o.high, o.limit = map[int64]uint64{}, fewKeys
	}
	last := o.high[v.key]
	o.high[v.key] = max(last, v.serial)
	if len(o.high) >= o.limit {
		e.forgetKeys(o)
	}
	return v.serial < last
}

// forgetKeys forgets the keys of which no event is left that was created
// before the one remembered: what is created from now on is later anyway. It
// looks at every event there is, and is asked for so seldom that this costs
// each effect a few of them.
func (e *Engine) forgetKeys(o *keyOrder) {
	first := map[int64]uint64{}
	for i := range e.events.used {
		if v := e.events.at(i); v.refs > 0 && v.key >= lowKeys {
			if f, ok := first[v.key]; !ok || v.serial < f {
				first[v.key] = v.serial
			}
		}
	}
	for key, last := range o.high {
		if f, ok := first[key]; !ok || f >= last {
			delete(o.high, key)
		}
	}
	o.limit = max(fewKeys, 2*len(o.high), int(e.events.used))
}
