package sim

import "eddy/sim/measure"

// Snapshot is the state of a run at one instant: levels now, and counts since
// the start of the run. Taking one changes nothing.
type Snapshot struct {
	At     int64 // ns
	Ended  Ended // "" while the run goes on
	Ledger Ledger

	Producers []ProducerState
	Stores    []StoreState // queues and subscriptions, in the order of components
	Consumers []ConsumerState
	Calls     int64       // synchronous calls whose callers wait for an answer, or for the next try
	Flows     []FlowState // by event type of the scenario
	Emissions []EmissionState
}

// EmissionState is how often a consumer has tried to publish an event of a type
// that it emits.
type EmissionState struct {
	Component, Type int32
	Sent            int64
}

// FlowState is how many families that began with one event type there have
// been since the start of the run.
type FlowState struct{ Created, Completed, Failed int64 }

// ProducerState is a producer at an instant.
type ProducerState struct {
	Component                                      int32
	Created, Published, Rejected, Dropped, Retries int64
	Sent, Asked                                    int64 // tries of publishes and of calls
	HeldBack                                       int   // sources that the broker holds back
	Buffered, Outbox                               int   // events that wait to be sent
}

// StoreState is a queue or a subscription at an instant.
type StoreState struct {
	Component                                                                         int32
	In, Delivered, Redelivered, Acked, DeadLettered, Dropped, Expired, Lost, Rejected int64
	Ready, Delayed, Leased, Bytes                                                     int64
	Withheld                                                                          int // publishes that wait for room
}

// ConsumerState is a consumer at an instant.
type ConsumerState struct {
	Component                                                    int32
	Done, Attempts, Failed, Retries, DeadLettered, Dropped, Lost int64
	Duplicates, Recognised                                       int64
	Asked                                                        int64        // tries of calls
	Instances                                                    int64        // up
	Workers                                                      int64        // of them; 0 with unlimited concurrency
	Busy                                                         int64        // workers at work
	BusyArea, WorkerArea                                         measure.U128 // their integrals over time since the warm-up, ns
}

// Snapshot tells the state of the run now. It reuses what s holds.
func (e *Engine) Snapshot(s *Snapshot) {
	s.At, s.Ended, s.Ledger = e.now, e.ended, e.ledgerNow()
	s.Producers, s.Stores, s.Consumers = s.Producers[:0], s.Stores[:0], s.Consumers[:0]
	s.Flows = s.Flows[:0]
	for i := range e.flows {
		f := &e.flows[i]
		s.Flows = append(s.Flows, FlowState{f.created, f.completed, f.failed})
	}
	for i := range e.producers {
		p := &e.producers[i]
		s.Producers = append(s.Producers, ProducerState{
			Component: p.component, Created: p.n.created, Published: p.n.published, Rejected: p.n.rejected,
			Dropped: p.n.dropped, Retries: p.n.retries, Sent: p.sent, Asked: p.asked, HeldBack: int(p.blocked.Level()),
		})
	}
	for i := range e.sources {
		src := &e.sources[i]
		s.Producers[src.producer].Buffered += src.buffer.len()
		s.Producers[src.producer].Outbox += src.outbox.len()
	}
	for i := range e.stores {
		st := &e.stores[i]
		n := &st.n
		bytes := st.bytesGauge()
		s.Stores = append(s.Stores, StoreState{
			Component: st.component, In: n.in, Delivered: n.delivered, Redelivered: n.redelivered, Acked: n.acked,
			DeadLettered: n.dead, Dropped: n.dropped, Expired: n.expired, Lost: n.lost, Rejected: n.rejected,
			Ready: st.ready.Level(), Delayed: st.delayed, Leased: st.leased.Level(), Bytes: bytes.Level(),
			Withheld: st.withheld.len(),
		})
	}
	s.Calls = 0
	for i := range e.asks {
		if e.asks[i].open {
			s.Calls++
		}
	}
	s.Emissions = s.Emissions[:0]
	for i := range e.consumers {
		c := &e.consumers[i]
		s.Consumers = append(s.Consumers, e.consumerState(c))
		for typ, n := range c.sent {
			if n > 0 {
				s.Emissions = append(s.Emissions, EmissionState{c.component, int32(typ), n})
			}
		}
	}
}

// Completions is the distribution of how long the families took that began
// with an event type after the warm-up, in ns. It goes on changing as the run
// does and must not be changed by anybody else.
func (e *Engine) Completions(event int) *measure.Histogram { return &e.flows[event].completion }

func (e *Engine) consumerState(c *consumer) ConsumerState {
	n := &c.n
	s := ConsumerState{
		Component: c.component, Done: n.done, Attempts: n.attempts, Failed: n.failed, Retries: n.retries,
		DeadLettered: n.dead, Dropped: n.dropped, Lost: n.lost, Duplicates: n.duplicates, Recognised: n.recognised, Asked: c.asked,
		Instances: c.ups.Level(), Workers: c.offered.Level(), WorkerArea: c.offered.Integral(e.now),
	}
	for j := range c.count {
		in := &e.instances[c.first+j]
		s.Busy += int64(in.working)
		s.BusyArea = s.BusyArea.Add(in.busy.Integral(e.now))
	}
	return s
}
