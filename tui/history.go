package tui

import (
	"math"
	"slices"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

const (
	// columns is how many samples of the whole run are aimed at.
	columns = 600
	// windowSamples is over how many samples the rates shown are taken.
	windowSamples = 5
	// families is how many families' steps are kept for the inspector.
	families = 2048
	// overtaken is how many of those are kept beside them that ended only after
	// they had given way to younger ones: under overload, all that end.
	overtaken = 512
	// stepsKept is how many steps of one family are kept.
	stepsKept = 256
	// crossings is how many of the latest crossings of edges are kept.
	crossings = 2048
	// trackedRate is how many families a second, about, are followed.
	trackedRate = 250
	// recentKept is how many of the latest completions are kept.
	recentKept = 2048
)

// Point is what one component did up to a moment, or its level then.
type Point struct {
	In, Out float64 // counted since the start: created or taken in; published, delivered or done
	Level   float64 // waiting, or instances up
	Leased  float64 // in hand
	Failed  float64 // attempts failed, copies dead-lettered or dropped
	Busy    float64 // worker-seconds at work since the warm-up
	Workers float64 // worker-seconds there were since the warm-up
}

// Crossing is an event that set out along an edge.
type Crossing struct {
	Edge  int32
	Again bool  // it was tried before
	At    int64 // ns
}

// Past is what a run has been up to now. Its slices only ever grow beyond
// what a reader of a copy of it can see.
type Past struct {
	Step   int64         // ns between two samples
	Nodes  [][]Point     // of each node, a point a sample
	Edges  [][]float64   // events along each edge since the start
	EndTo  []draw.Band   // seconds from a root event to the end of its family, of those that ended in each step
	Levels []float64     // copies in the system
	By     [][]draw.Band // of each consumer, seconds from an event's creation to its being done
	Heats  [][][]float64 // of each consumer and step, how many took how long; see heatRow
}

// Until is the moment of the last sample, in ns.
func (p *Past) Until() int64 { return int64(p.Samples()) * p.Step }

// Samples is how many samples there are.
func (p *Past) Samples() int { return len(p.EndTo) }

// Family is a root event and all that it caused, as far as it was followed.
type Family struct {
	Root    sim.EventID
	Type    int32
	Key     int64
	Created int64
	Ended   int64 // when the last of it was done, -1 while it goes on
	Steps   []sim.Record
	Tries   int32
	Failed  bool // a part of it was refused, dead-lettered, dropped or lost
	Cut     bool // it had more steps than are kept

	done bool // something came of it
	open int  // events on their way to a store, and copies in stores
	slot int  // its place in the ring, where it still is or once was
}

// history gathers what is shown from the records of a run. It keeps a bounded
// number of samples, families and crossings.
type history struct {
	w    *World
	past Past
	next int64 // when the next sample is due

	edges  []int64
	cross  [crossings]Crossing
	ncross int

	sieve    sim.Sieve // of the families that are followed
	brisk    *brisk
	alive    map[sim.EventID]*Family
	closing  []*Family // ended at this instant, unless it goes on
	ring     [families]*Family
	nring    int
	late     [overtaken]*Family // no longer in the ring, but ended since
	nlate    int
	recent   [recentKept]Completion
	nrecent  int
	ended    []float64   // completions since the last sample
	done     [][]float64 // by consumer
	waits    []lately    // of each node: how long copies waited there
	works    []lately    // how long successful work took there
	snapshot sim.Snapshot

	watch *lookout // what somebody waits for in the records; nil for nothing
}

// Completion is a family that ended.
type Completion struct {
	At   int64
	Took float64 // seconds
	// Stands is how many that ended it stands for, of which it is one.
	Stands int64
}

func newHistory(w *World) *history {
	h := &history{w: w, alive: map[sim.EventID]*Family{}, edges: make([]int64, len(w.Edges))}
	h.past.Step = stepOf(w.Spec.Duration)
	h.next = h.past.Step
	h.past.Nodes = make([][]Point, len(w.Nodes))
	h.past.Edges = make([][]float64, len(w.Edges))
	h.past.By = make([][]draw.Band, len(w.Spec.Consumers))
	h.past.Heats = make([][][]float64, len(w.Spec.Consumers))
	h.done = make([][]float64, len(w.Spec.Consumers))
	h.waits, h.works = make([]lately, len(w.Nodes)), make([]lately, len(w.Nodes))
	rate := 0.0
	for i := range w.Spec.Producers {
		rate += roughRate(&w.Spec.Producers[i])
	}
	for rate > trackedRate && h.sieve < 32 {
		rate /= 2
		h.sieve++
	}
	h.brisk = newBrisk(h)
	return h
}

// stepOf is the time between two samples: 1, 2 or 5 of a power of ten, so
// that the run has about as many as there are columns.
func stepOf(duration int64) int64 {
	for unit := int64(1000); ; unit *= 10 {
		for _, n := range []int64{1, 2, 5} {
			if duration/(n*unit) <= columns {
				return n * unit
			}
		}
	}
}

// roughRate is about how many events a second a producer creates. It only
// decides how many families are followed.
func roughRate(p *spec.Producer) float64 {
	n := float64(max(1, p.Instances))
	switch p.Rate.Kind {
	case spec.Every, spec.Poisson:
		return n * p.Rate.Rate.PerSecond()
	case spec.MMPP:
		return n * p.Rate.High.PerSecond()
	}
	return n * 50
}

// Observe takes in one step.
func (h *history) Observe(r *sim.Record) {
	if h.watch != nil {
		h.watch.look(h.w, r)
	}
	if len(h.closing) > 0 && r.At > h.closing[0].Ended {
		h.settle()
	}
	if !h.brisk.on {
		h.count(r)
	}
	if r.Root.Source != sim.NoEvent && h.sieve.Takes(r.Root) {
		h.follow(r)
	}
}

// count notes what goes along an edge, and how long it took to be done.
func (h *history) count(r *sim.Record) {
	if e := h.w.edgeOf(r); e >= 0 {
		h.edges[e]++
		h.cross[h.ncross%crossings] = Crossing{int32(e), r.Attempt > 1, r.At}
		h.ncross++
	}
	if r.What == sim.Done {
		if n := h.w.nodeOf(r.Component); n >= 0 {
			c := h.w.Nodes[n].Index
			if len(h.done[c]) < 1<<14 {
				h.done[c] = append(h.done[c], float64(r.At-r.Created)/1e9)
			}
		}
	}
}

// follow notes a step of a followed family, and whether it has ended: when
// all its events have arrived somewhere and no copy of them is left.
func (h *history) follow(r *sim.Record) {
	f := h.alive[r.Root]
	if f == nil {
		if r.What != sim.Created || r.Root != r.Event {
			return
		}
		f = h.begin(r)
	}
	ended := f.take(h.w, r)
	h.measure(f, r)
	if ended {
		h.closing = append(h.closing, f)
	}
}

// take notes a step, and says whether the family ended with it. It has not
// after all when a later step of the same instant goes on.
func (f *Family) take(w *World, r *sim.Record) (ended bool) {
	if len(f.Steps) < stepsKept {
		f.Steps = append(f.Steps, *r)
	} else {
		f.Cut = true
	}
	f.Tries = max(f.Tries, r.Attempt)
	switch r.What {
	case sim.Created:
		f.open++
	case sim.Enqueued:
		if !f.wasDead(r.Event) {
			f.open++
		}
		f.arrived(r.Event)
	case sim.Done:
		f.done = true
		if !w.calls || f.cameFrom(w, r) {
			f.open--
		}
	case sim.Answered:
		if n := w.nodeOf(r.Component); n >= 0 && w.Nodes[n].Kind == graph.Source {
			f.open--
		}
	case sim.DeadLettered, sim.Dropped, sim.Expired, sim.Lost:
		f.open--
		f.Failed = true
	case sim.Unsent, sim.Rejected:
		f.arrived(r.Event)
		f.Failed = true
	case sim.Unrouted:
		f.arrived(r.Event)
	}
	if f.open > 0 {
		f.Ended = -1
		return false
	}
	if f.Ended >= 0 {
		return false
	}
	f.Ended = r.At
	return true
}

// settle closes the families that ended at an instant that is over: until
// then, what ended last may still emit.
func (h *history) settle() {
	for _, f := range h.closing {
		if f.Ended >= 0 && h.alive[f.Root] == f {
			h.close(f)
		}
	}
	h.closing = h.closing[:0]
}

// arrived takes back what Created counted, once an event has come to its
// first store or is known to come to none.
func (f *Family) arrived(id sim.EventID) {
	first := true
	for i := range f.Steps[:max(0, len(f.Steps)-1)] {
		s := &f.Steps[i]
		if s.Event == id && (s.What == sim.Enqueued || s.What == sim.Unsent || s.What == sim.Unrouted || s.What == sim.Rejected) {
			first = false
			break
		}
	}
	if first {
		f.open--
	}
}

// cameFrom says whether work that is done was that of a copy, which came from
// a channel that the consumer reads, rather than part of somebody's call.
func (f *Family) cameFrom(w *World, r *sim.Record) bool {
	n := w.nodeOf(r.Component)
	if n < 0 || w.Nodes[n].Kind != graph.Worker {
		return true
	}
	from := w.Spec.Consumers[w.Nodes[n].Index].From
	for i := range f.Steps {
		s := &f.Steps[i]
		if s.Event != r.Event || s.What != sim.Enqueued {
			continue
		}
		for k := range from {
			if w.nodeOf(s.Component) == w.channel(from[k].Channel) {
				return true
			}
		}
	}
	return false
}

// wasDead says whether the copy that comes in now was dead-lettered: its end
// was counted then.
func (f *Family) wasDead(id sim.EventID) bool {
	for i := len(f.Steps) - 2; i >= 0; i-- {
		if f.Steps[i].Event == id {
			return f.Steps[i].What == sim.DeadLettered
		}
	}
	return false
}

func (h *history) close(f *Family) {
	at := f.Ended
	delete(h.alive, f.Root)
	if h.ring[f.slot] != f {
		h.late[h.nlate%overtaken] = f
		h.nlate++
	}
	if f.Failed = f.Failed || !f.done; f.Failed {
		return
	}
	if !h.brisk.on {
		took := float64(at-f.Created) / 1e9
		h.ended = append(h.ended, took)
		h.complete(Completion{At: at, Took: took, Stands: 1 << h.sieve})
	}
}

func (h *history) complete(c Completion) {
	h.recent[h.nrecent%recentKept] = c
	h.nrecent++
}

// usualSteps is room for the steps of a usual family.
const usualSteps = 24

// begin begins to follow a family and puts it among those whose steps are
// kept. The oldest gives way, and its memory is used again if it has ended:
// frames have copies.
func (h *history) begin(r *sim.Record) *Family {
	slot := h.nring % families
	at := &h.ring[slot]
	h.nring++
	f := *at
	if f == nil || f.Ended < 0 || h.alive[f.Root] == f {
		f = &Family{Steps: make([]sim.Record, 0, usualSteps)}
		*at = f
	}
	*f = Family{Root: r.Root, Type: r.Type, Key: r.Key, Created: r.At, Ended: -1, Steps: f.Steps[:0], slot: slot}
	h.alive[r.Root] = f
	return f
}

// sample takes a sample of every series at the present moment.
func (h *history) sample(e *sim.Engine) {
	h.settle()
	e.Snapshot(&h.snapshot)
	s := &h.snapshot
	if h.brisk.on {
		h.w.countEdges(s, h.edges)
	}
	nodes := nodePoints(h.w, s)
	for i := range nodes {
		h.past.Nodes[i] = append(h.past.Nodes[i], nodes[i])
	}
	for i := range h.edges {
		h.past.Edges[i] = append(h.past.Edges[i], float64(h.edges[i]))
	}
	l := &s.Ledger
	h.past.Levels = append(h.past.Levels, float64(l.Waiting+l.Delayed+l.Leased))
	if h.brisk.on {
		h.brisk.sample()
	} else {
		h.sampleDurations()
	}
	h.next += h.past.Step
}

func (h *history) sampleDurations() {
	h.past.EndTo = append(h.past.EndTo, bandOf(h.ended))
	h.ended = h.ended[:0]
	for c := range h.done {
		h.past.Heats[c] = append(h.past.Heats[c], heatColumn(h.done[c]))
		h.past.By[c] = append(h.past.By[c], bandOf(h.done[c]))
		h.done[c] = h.done[c][:0]
	}
}

// bandOf sorts the values and takes their quantiles.
func bandOf(values []float64) draw.Band {
	if len(values) == 0 {
		return draw.Band{P50: math.NaN(), P95: math.NaN(), P99: math.NaN()}
	}
	slices.Sort(values)
	return draw.Band{P50: quantile(values, 0.5), P95: quantile(values, 0.95), P99: quantile(values, 0.99)}
}

// quantile is the smallest of sorted values that at least a share q of all
// does not exceed.
func quantile(sorted []float64, q float64) float64 {
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// Latency heat maps have four rows a decade from 0.1 ms to 1000 s.
const (
	heatRows   = 28
	heatLowest = 1e-4
)

func heatRow(seconds float64) int {
	if seconds <= heatLowest {
		return 0
	}
	return min(heatRows-1, int(4*math.Log10(seconds/heatLowest)))
}

func heatColumn(values []float64) []float64 {
	column := make([]float64, heatRows)
	for _, v := range values {
		column[heatRow(v)]++
	}
	return column
}

// storePoint is the point of a queue or subscription.
func storePoint(s *sim.StoreState) Point {
	return Point{
		In: float64(s.In), Out: float64(s.Acked), Level: float64(s.Ready + s.Delayed), Leased: float64(s.Leased),
		Failed: float64(s.DeadLettered + s.Dropped + s.Expired + s.Lost + s.Rejected),
	}
}

// nodePoints are the points of all nodes at a snapshot. A topic takes in what
// is published to it, and has waiting what waits in its subscriptions.
func nodePoints(w *World, s *sim.Snapshot) []Point {
	points := make([]Point, len(w.Nodes))
	for i := range s.Producers {
		p := &s.Producers[i]
		points[w.producer(i)] = Point{
			In: float64(p.Created), Out: float64(p.Published), Level: float64(p.Buffered + p.Outbox),
			Failed: float64(p.Rejected + p.Dropped),
		}
	}
	component, in := int32(-1), 0.0
	for i := range s.Stores {
		o := w.ownerOf(s.Stores[i].Component)
		if o.channel < 0 || o.channel >= len(w.Spec.Broker.Channels) {
			continue
		}
		p, at := storePoint(&s.Stores[i]), &points[w.channel(o.channel)]
		if s.Stores[i].Component != component {
			component, in = s.Stores[i].Component, 0
		}
		in += p.In // of all partitions of a subscription
		at.In, at.Out = max(at.In, in), at.Out+p.Out
		at.Level, at.Leased, at.Failed = at.Level+p.Level, at.Leased+p.Leased, at.Failed+p.Failed
	}
	for i := range s.Consumers {
		c := &s.Consumers[i]
		points[w.consumer(i)] = Point{
			In: float64(c.Attempts), Out: float64(c.Done), Level: float64(c.Instances), Leased: float64(c.Busy),
			Failed: float64(c.Failed), Busy: areaSeconds(c.BusyArea), Workers: areaSeconds(c.WorkerArea),
		}
	}
	return points
}

// lately are the latest of some durations, in seconds.
type lately struct {
	ring []float64
	n    int
}

// latelyKept is how many are kept of each.
const latelyKept = 200

func (l *lately) add(v float64) {
	if len(l.ring) < latelyKept {
		l.ring = append(l.ring, v)
	} else {
		l.ring[l.n%latelyKept] = v
	}
	l.n++
}

// measure takes how long a copy waited when it is handed on, and how long work
// took when it is done: from the step that it began with.
func (h *history) measure(f *Family, r *sim.Record) {
	var into []lately
	switch r.What {
	case sim.Leased:
		into = h.waits
	case sim.Done:
		into = h.works
	default:
		return
	}
	node := h.w.nodeOf(r.Component)
	if node < 0 {
		return
	}
	for i := len(f.Steps) - 2; i >= 0; i-- {
		s := &f.Steps[i]
		if s.Event != r.Event || s.Component != r.Component {
			continue
		}
		if r.What == sim.Leased && (s.What == sim.Enqueued || s.What == sim.Returned) || r.What == sim.Done && s.What == sim.Started {
			into[node].add(float64(r.At-s.At) / 1e9)
			return
		}
	}
}
