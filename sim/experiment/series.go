package experiment

import (
	"eddy/sim"
	"eddy/sim/measure"
	"eddy/sim/spec"
)

// Sample is one number of one component at the end of a step: a level then,
// or what happened in the step.
type Sample struct {
	At        int64  // ns
	Component string // as in the result document: "consumers.payment"
	Metric    string // likewise: "utilisation"
	Value     sim.Number
}

// sampled is an engine that stops at every step to be looked at. Looking
// changes nothing: the result is that of a run straight to the end.
type sampled struct {
	*sim.Engine
	step             int64 // ns
	duration, warmup int64 // of the scenario, ns
	hand             func([]Sample)

	now, last sim.Snapshot
	latency   map[int32]*measure.Histogram // of the step, by consumer
	busy      []measure.U128               // of the step before the warm-up ended, by consumer
	offered   []measure.U128
	flows     []string // names of event types
}

// newSampled makes an engine by build, which is given an observer to attach.
func newSampled(sc *spec.Scenario, o Options, build func(Observer) *sim.Engine) *sampled {
	s := &sampled{
		step: o.Step, duration: sc.Duration, warmup: sc.Warmup, hand: o.Sample,
		latency: map[int32]*measure.Histogram{},
		busy:    make([]measure.U128, len(sc.Consumers)), offered: make([]measure.U128, len(sc.Consumers)),
	}
	for i := range sc.Events {
		s.flows = append(s.flows, sc.Events[i].Name)
	}
	s.Engine = build(s)
	s.Snapshot(&s.last)
	for _, c := range s.last.Consumers {
		s.latency[c.Component] = &measure.Histogram{}
	}
	return s
}

// Observe records the latency of a copy that was done.
func (s *sampled) Observe(r *sim.Record) {
	if r.What != sim.Done || r.Published < 0 {
		return
	}
	if h := s.latency[r.Component]; h != nil {
		h.Record(r.At - r.Published)
	}
}

func (s *sampled) RunAll() error {
	for goOn := true; goOn; {
		next := min(s.last.At+s.step, s.duration)
		if s.last.At < s.warmup && s.warmup <= next {
			s.passWarmup()
		}
		goOn = s.Run(next)
		s.take()
	}
	return nil
}

// passWarmup keeps what was measured of this step just before the warm-up
// ends, when the engine begins to measure anew.
func (s *sampled) passWarmup() {
	if !s.Run(s.warmup - 1) {
		return
	}
	s.Snapshot(&s.now)
	for i := range s.now.Consumers {
		now, last := &s.now.Consumers[i], &s.last.Consumers[i]
		s.busy[i] = now.BusyArea.Sub(last.BusyArea)
		s.offered[i] = now.WorkerArea.Sub(last.WorkerArea)
		last.BusyArea, last.WorkerArea = measure.U128{}, measure.U128{}
	}
}

// take hands over the samples of the step that ends now.
func (s *sampled) take() {
	s.Snapshot(&s.now)
	b := batch{at: s.now.At, length: float64(s.now.At-s.last.At) / 1e9, names: s.Names()}
	if b.length <= 0 {
		return
	}
	for i := range s.now.Producers {
		now, last := &s.now.Producers[i], &s.last.Producers[i]
		b.rate(now.Component, "rate", now.Created-last.Created)
	}
	for i := range s.now.Stores {
		s.store(&b, &s.now.Stores[i], &s.last.Stores[i])
	}
	for i := range s.now.Consumers {
		s.consumer(&b, i)
	}
	for i := range s.now.Flows {
		s.flow(&b, i)
	}
	s.hand(b.samples)
	s.now, s.last = s.last, s.now
}

func (s *sampled) store(b *batch, now, last *sim.StoreState) {
	b.add(now.Component, "depth", sim.Num(float64(now.Ready)))
	b.add(now.Component, "leased", sim.Num(float64(now.Leased)))
	b.rate(now.Component, "rate_in", now.In-last.In)
	b.rate(now.Component, "rate_out", left(now)-left(last))
}

// left is how many copies have left: what came in and is not there any more.
func left(s *sim.StoreState) int64 { return s.In - s.Ready - s.Delayed - s.Leased }

func (s *sampled) consumer(b *batch, i int) {
	now, last := &s.now.Consumers[i], &s.last.Consumers[i]
	b.rate(now.Component, "rate", now.Done-last.Done)
	busy := s.busy[i].Add(now.BusyArea.Sub(last.BusyArea))
	offered := s.offered[i].Add(now.WorkerArea.Sub(last.WorkerArea))
	s.busy[i], s.offered[i] = measure.U128{}, measure.U128{}
	utilisation := sim.Number{}
	if offered != (measure.U128{}) {
		utilisation = sim.Num(busy.Float() / offered.Float())
	}
	b.add(now.Component, "utilisation", utilisation)
	b.add(now.Component, "instances", sim.Num(float64(now.Instances)))
	h := s.latency[now.Component]
	b.quantile(now.Component, "latency.p50", h, 50)
	b.quantile(now.Component, "latency.p95", h, 95)
	b.quantile(now.Component, "latency.p99", h, 99)
	h.Reset()
}

// flow is about families that began with one type of event, if any did.
func (s *sampled) flow(b *batch, i int) {
	now, last := &s.now.Flows[i], &s.last.Flows[i]
	if now.Created == 0 {
		return
	}
	name := "flows." + s.flows[i]
	b.put(name, "rate", sim.Num(float64(now.Completed-last.Completed)/b.length))
	b.put(name, "failed", sim.Num(float64(now.Failed-last.Failed)/b.length))
}

// batch is the samples of one step.
type batch struct {
	at      int64
	length  float64 // of the step, seconds
	names   *sim.Names
	samples []Sample
}

func (b *batch) add(component int32, metric string, v sim.Number) {
	b.put(b.names.Component(component), metric, v)
}

func (b *batch) put(component, metric string, v sim.Number) {
	b.samples = append(b.samples, Sample{b.at, component, metric, v})
}

// rate adds what was counted in the step, per second.
func (b *batch) rate(component int32, metric string, counted int64) {
	b.add(component, metric, sim.Num(float64(counted)/b.length))
}

// quantile adds a quantile of the step's latencies in seconds, absent if
// nothing was done in it.
func (b *batch) quantile(component int32, metric string, h *measure.Histogram, percent uint64) {
	v, ok := h.Quantile(percent, 100)
	if !ok {
		b.add(component, metric, sim.Number{})
		return
	}
	b.add(component, metric, sim.Num(float64(v)/1e9))
}
