package reference

import (
	"math"

	"eddy/sim/spec"
)

// scaler is the autoscaler of a consumer.
type scaler struct {
	c       *consumer
	spec    *spec.Autoscale
	now     totals
	looks   []totals // the last one and, before it, those of the window
	changed int64    // when it last changed something
	ever    bool
	off     bool // it was taken away
	asked   bool // its next look is
}

// totals are the sums from the beginning of the run to an instant, in ns but
// for came.
type totals struct {
	at                       int64
	backlog, busy, available int64
	came                     int64 // copies
}

// begin asks for the next look.
func (s *scaler) begin() {
	w := s.c.w
	s.asked = true
	w.ask(w.now+s.spec.Every, controllers, s.c.component, s.look)
}

// beginAnew lets the scaler see what happens from now on.
func (s *scaler) beginAnew() {
	s.now.at = s.c.w.now
	s.elapse(s.c.w.now)
	s.looks = []totals{s.now}
	if !s.asked {
		s.begin()
	}
}

// elapse adds up what passes until an instant.
func (s *scaler) elapse(until int64) {
	ns := until - s.now.at
	s.now.at = until
	s.now.came = 0
	for _, st := range s.c.stores {
		s.now.came += int64(len(st.copies))
		for _, c := range st.copies {
			if c.state == waiting || c.state == leased || c.state == inHand {
				s.now.backlog += ns
			}
		}
	}
	for _, in := range s.c.instances {
		working := int64(len(in.working))
		s.now.busy += ns * working
		if in.up {
			s.now.available += ns * max(working, int64(s.c.spec.Concurrency))
		} else {
			s.now.available += ns * working
		}
	}
}

// look compares the average since the look that was the window ago, or the last
// one before that, with the target.
func (s *scaler) look() {
	if s.asked = false; s.off {
		return
	}
	s.begin()
	s.elapse(s.c.w.now)
	s.looks = append(s.looks, s.now)
	for len(s.looks) > 2 && s.looks[1].at <= s.now.at-s.spec.Window {
		s.looks = s.looks[1:]
	}
	c := s.c
	if !c.joined || c.target == 0 {
		return
	}
	value, known := s.value()
	if share := value / s.spec.Target; known && math.Abs(share-1) > 0.1 {
		s.aim(int(math.Ceil(min(float64(c.target)*share, float64(s.spec.Max)) - 1e-9)))
	}
}

// value is the measure that the scaler follows.
func (s *scaler) value() (v float64, known bool) {
	first, last := s.looks[0], s.now
	span, instances := float64(last.at-first.at), float64(s.c.target)
	if span == 0 {
		return 0, false
	}
	switch s.spec.On {
	case spec.OnBacklog:
		return float64(last.backlog-first.backlog) / span / instances, true
	case spec.OnRate:
		return float64(last.came-first.came) / (span / 1e9) / instances, true
	}
	available := float64(last.available - first.available)
	if s.c.spec.Concurrency == spec.Unlimited || available == 0 {
		return 0, false
	}
	return float64(last.busy-first.busy) / available, true
}

// aim asks for a number of instances, unless it is too early to take some away.
func (s *scaler) aim(n int) {
	c, now := s.c, s.c.w.now
	n = max(s.spec.Min, min(n, s.spec.Max))
	if n == c.target || n < c.target && s.ever && now-s.changed < s.spec.Cooldown {
		return
	}
	s.ever, s.changed = true, now
	c.scaleTo(n)
}
