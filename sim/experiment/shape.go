package experiment

import (
	"eddy/sim"
	"eddy/sim/measure"
	"eddy/sim/spec"
)

// Shape is what the runs of one scenario of a comparison were like beyond their
// numbers: the course over simulated time and the distributions of completion,
// of all runs taken together.
type Shape struct {
	Runs  int
	Step  int64    // ns of simulated time from one moment of the course to the next
	Steps []Course // one for each step of the duration; runs that ended early stay at what they were
	Flows []Completions
}

// Course is what happened in one step, the mean of all runs.
type Course struct {
	At        int64   // ns, the end of the step
	Completed float64 // families a second that ended with all their effects
	Failed    float64 // families a second of which something came to nothing for good
	Waiting   float64 // copies in front of consumers, and events that producers cannot get rid of, at the end of the step
}

// Completions is the distribution of the time from the creation of a family's
// first event until the last of it was done, over the families that began after
// the warm-up.
type Completions struct {
	Flow              string
	Completed, Failed int64 // families, of all runs
	of                *measure.Histogram
}

// Share is the share of all families, completed or failed, that were completed
// within so many seconds; 0 where there were none. Those that failed are never
// completed, so the share may stop short of 1.
func (c *Completions) Share(seconds float64) float64 {
	if c.of == nil {
		return 0
	}
	n := c.of.Count()
	whole := float64(c.Completed + c.Failed)
	if n == 0 || whole <= 0 || seconds < 0 {
		return 0
	}
	within := n
	if ns := seconds * 1e9; ns < float64(c.of.Max()) {
		within = n - c.of.CountFrom(c.of.Index(int64(ns))+1)
	}
	return float64(within) / float64(n) * (float64(c.Completed) / whole)
}

// Range is the shortest and the longest completion in seconds, false where
// nothing was completed.
func (c *Completions) Range() (least, most float64, ok bool) {
	if c.of == nil {
		return 0, 0, false
	}
	return float64(c.of.Min()) / 1e9, float64(c.of.Max()) / 1e9, c.of.Count() > 0
}

// shapeSteps is in how many steps the course of a run is told.
const shapeSteps = 60

// sketch is the shape of one run while it is made.
type sketch struct {
	step, next  int64 // ns
	duration    int64 // ns
	steps       []Course
	before      sim.Snapshot
	read        map[int32]bool
	completions []Completions
}

func newSketch(sc *spec.Scenario) *sketch {
	step := max(1, (sc.Duration+shapeSteps-1)/shapeSteps)
	return &sketch{step: step, next: step, duration: sc.Duration}
}

// begin takes note of how a run starts.
func (k *sketch) begin(sc *spec.Scenario, e *sim.Engine) {
	e.Snapshot(&k.before)
	k.read = readStores(sc, e, &k.before)
}

// take adds the step that ends now.
func (k *sketch) take(now *sim.Snapshot) {
	c := Course{At: min(k.next, k.duration), Waiting: float64(waiting(now, k.read))}
	seconds := float64(k.step) / 1e9
	for i := range now.Flows {
		c.Completed += float64(now.Flows[i].Completed-k.before.Flows[i].Completed) / seconds
		c.Failed += float64(now.Flows[i].Failed-k.before.Flows[i].Failed) / seconds
	}
	k.steps = append(k.steps, c)
	k.before.Flows = append(k.before.Flows[:0], now.Flows...)
	k.next += k.step
}

// end takes what is known at the end of a run.
func (k *sketch) end(sc *spec.Scenario, e *sim.Engine) {
	for _, f := range e.Result().Flows {
		for i := range sc.Events {
			if sc.Events[i].Name == f.Name {
				h := &measure.Histogram{}
				h.Merge(e.Completions(i))
				k.completions = append(k.completions, Completions{f.Name, f.Completed, f.Failed, h})
			}
		}
	}
}

// add adds a run's sketch; the order of runs does not matter for the
// distributions, and is kept for the course.
func (s *Shape) add(k *sketch) {
	s.Runs++
	s.Step = k.step
	share := 1 / float64(s.Runs)
	for i := range shapeSteps {
		c := Course{At: min(int64(i+1)*k.step, k.duration)}
		switch {
		case i < len(k.steps):
			c = k.steps[i]
		case len(k.steps) > 0:
			c.Waiting = k.steps[len(k.steps)-1].Waiting
		}
		if i == len(s.Steps) {
			s.Steps = append(s.Steps, Course{At: c.At})
		}
		at := &s.Steps[i]
		at.Completed += float64((c.Completed - at.Completed) * share)
		at.Failed += float64((c.Failed - at.Failed) * share)
		at.Waiting += float64((c.Waiting - at.Waiting) * share)
	}
	for _, c := range k.completions {
		s.flow(c.Flow).merge(&c)
	}
}

// flow is the distribution of a flow, a new one if there is none yet.
func (s *Shape) flow(name string) *Completions {
	for i := range s.Flows {
		if s.Flows[i].Flow == name {
			return &s.Flows[i]
		}
	}
	s.Flows = append(s.Flows, Completions{Flow: name, of: &measure.Histogram{}})
	return &s.Flows[len(s.Flows)-1]
}

func (c *Completions) merge(o *Completions) {
	c.Completed += o.Completed
	c.Failed += o.Failed
	c.of.Merge(o.of)
}
