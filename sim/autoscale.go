package sim

import (
	"math"

	"eddy/sim/measure"
	"eddy/sim/spec"
)

// scaler is a running autoscaler.
type scaler struct {
	spec    *spec.Autoscale
	samples []scaleSample // of the last window, oldest first
	changed int64         // when it last changed something
	ever    bool
	up      bool // the direction of the last change
	turns   int  // changes of direction
	changes int
	off     bool // it was taken away
	asked   bool // its next look is
}

// scaleSample is the running totals at one look.
type scaleSample struct {
	at            int64
	backlog       measure.U128 // ∫ copies ready or leased
	busy, workers measure.U128
	in            int64
}

// control is one look of an autoscaler at its consumer.
func (e *Engine) control(i uint32) {
	c := &e.consumers[i]
	s := c.scaler
	s.asked = false
	if s.off {
		return
	}
	e.askControl(c)
	s.samples = append(s.samples, e.scaleSample(c))
	for len(s.samples) > 2 && s.samples[1].at <= e.now-s.spec.Window {
		s.samples = append(s.samples[:0], s.samples[1:]...)
	}
	if !c.joined || len(s.samples) < 2 || c.target == 0 {
		return
	}
	ratio, ok := s.ratio(c.target)
	if !ok || math.Abs(ratio-1) <= 0.1 {
		return
	}
	want := int32(min(math.Ceil(float64(float64(c.target)*ratio)-1e-9), float64(s.spec.Max)))
	want = max(int32(s.spec.Min), want)
	if want == c.target || (want < c.target && s.ever && e.now-s.changed < s.spec.Cooldown) {
		return
	}
	up := want > c.target
	if s.ever && up != s.up {
		s.turns++
	}
	s.changed, s.ever, s.up = e.now, true, up
	s.changes++
	e.scaleTo(c, want)
}

// beginScaler lets an autoscaler look from now on: what it sees first is what
// has happened since.
func (e *Engine) beginScaler(c *consumer) {
	c.scaler.samples = append(c.scaler.samples[:0], e.scaleSample(c))
	if !c.scaler.asked {
		e.askControl(c)
	}
}

func (e *Engine) askControl(c *consumer) {
	c.scaler.asked = true
	e.at(e.now+c.scaler.spec.Every, classControl, c.component, pack(kindControl, uint32(c.index), 0))
}

func (e *Engine) scaleSample(c *consumer) scaleSample {
	s := scaleSample{at: e.now, busy: c.busyBefore, workers: c.offeredBefore.Add(c.offered.Integral(e.now))}
	for j := range c.count {
		s.busy = s.busy.Add(e.instances[c.first+j].busy.Integral(e.now))
	}
	for _, src := range c.sources {
		st := &e.stores[src.store]
		s.backlog = s.backlog.Add(st.backlogAll).Add(st.ready.Integral(e.now)).Add(st.leased.Integral(e.now))
		s.in += st.n.in
	}
	return s
}

// ratio is the measured value over its target, averaged over the window.
func (s *scaler) ratio(instances int32) (float64, bool) {
	first, last := &s.samples[0], &s.samples[len(s.samples)-1]
	span := last.at - first.at
	if span <= 0 {
		return 0, false
	}
	switch s.spec.On {
	case spec.OnBacklog:
		mean := last.backlog.Sub(first.backlog).Over(uint64(span))
		return mean / float64(instances) / s.spec.Target, true
	case spec.OnRate:
		rate := float64(last.in-first.in) / seconds(span)
		return rate / float64(instances) / s.spec.Target, true
	}
	workers := last.workers.Sub(first.workers).Float()
	if workers == 0 {
		return 0, false
	}
	return last.busy.Sub(first.busy).Float() / workers / s.spec.Target, true
}
