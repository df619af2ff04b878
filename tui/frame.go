package tui

import (
	"math"
	"slices"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// Frame is a run at one instant, and its past. Nobody changes it once it is
// published, so any number of views may be drawn of it.
type Frame struct {
	World  *World
	Snap   sim.Snapshot
	Points []Point   // of each node, now
	Edges  []float64 // events along each edge up to now
	Past   Past
	Result *sim.Result // as of now, or a little before while the run moves
	Names  *sim.Names

	Waits, Works []draw.Band // of each node: of the latest copies that waited there, and of the latest work

	Recent   []Completion // the latest families that ended, in order
	Cross    []Crossing   // the latest crossings of edges, in order
	Families []*Family    // those whose steps are kept, those first that others had overtaken; only while the run stands still

	Followed *Family // the family that is followed, nil for none; without steps before it is created
	places   []lane  // where its copies are

	Pace    float64 // simulated seconds a second; 0: as fast as it goes
	Paused  bool
	Speed   float64 // events a second, measured; 0: not known
	Redoing float64 // share of a run to an earlier moment that is done; 0 when none is under way
	Halt    string  // why it stopped by itself: a breakpoint
	Added   int     // entries of the timeline that were made live
	Future  int64   // up to here another future was seen; 0 for none
	Ghost   *Past   // that future, nil for none
	Forked  int64   // when a change left it
}

// areaSeconds is an integral over time in seconds.
func areaSeconds(u interface{ Float() float64 }) float64 { return u.Float() / 1e9 }

// At is the moment of the frame, in ns.
func (f *Frame) At() int64 { return f.Snap.At }

// Over says whether the run has ended.
func (f *Frame) Over() bool { return f.Snap.Ended != "" }

// spec is the scenario that is run.
func (f *Frame) spec() *spec.Scenario { return f.World.Spec }

// window is the first sample of the time over which rates are taken, and the
// length of that time in seconds; -1 and the time since the start where there
// are too few samples.
func (f *Frame) window() (sample int, seconds float64) {
	sample = f.Past.Samples() - windowSamples
	if sample < 0 {
		return -1, float64(f.At()) / 1e9
	}
	return sample, float64(f.At()-int64(sample+1)*f.Past.Step) / 1e9
}

// rate is how much a count grew a second of late: its value now against the
// one at the beginning of the window. It is not a number at the start.
func (f *Frame) rate(now float64, then func(sample int) float64) float64 {
	i, span := f.window()
	if span <= 0 {
		return math.NaN()
	}
	if i < 0 {
		return now / span
	}
	return (now - then(i)) / span
}

// In and Out are how many events a second came into and left a node of late.
func (f *Frame) In(node int) float64 {
	return f.rate(f.Points[node].In, func(i int) float64 { return f.Past.Nodes[node][i].In })
}

// Out is the rate of what leaves a node; see In.
func (f *Frame) Out(node int) float64 {
	return f.rate(f.Points[node].Out, func(i int) float64 { return f.Past.Nodes[node][i].Out })
}

// Growth is by how many a second what waits at a node grew of late.
func (f *Frame) Growth(node int) float64 {
	return f.rate(f.Points[node].Level, func(i int) float64 { return f.Past.Nodes[node][i].Level })
}

// FailRate is how many attempts failed a second of late.
func (f *Frame) FailRate(node int) float64 {
	return f.rate(f.Points[node].Failed, func(i int) float64 { return f.Past.Nodes[node][i].Failed })
}

// Along is how many events a second went along an edge of late.
func (f *Frame) Along(edge int) float64 {
	return f.rate(f.Edges[edge], func(i int) float64 { return f.Past.Edges[edge][i] })
}

// Utilisation is the share of a consumer's worker-time spent at work of late;
// not a number when there was none.
func (f *Frame) Utilisation(node int) float64 {
	i, _ := f.window()
	p := f.Points[node]
	var then Point
	if i >= 0 {
		then = f.Past.Nodes[node][i]
	}
	if p.Workers < then.Workers { // the measures began anew after the warm-up
		then = Point{}
	}
	if p.Workers-then.Workers <= 0 {
		return math.NaN()
	}
	return (p.Busy - then.Busy) / (p.Workers - then.Workers)
}

// EndToEnd are the quantiles of the latest completions, of the last windowed
// time, or of the last hundred if there were fewer; and how many they are of.
func (f *Frame) EndToEnd() (draw.Band, int) {
	from := f.At() - windowSamples*max(f.Past.Step, 2*int64(spec.Second))
	first := len(f.Recent)
	for first > 0 && (f.Recent[first-1].At > from || len(f.Recent)-first < 100) {
		first--
	}
	values := make([]float64, 0, len(f.Recent)-first)
	for _, c := range f.Recent[first:] {
		values = append(values, c.Took)
	}
	return honest(values), len(values)
}

// honest are the quantiles that so many values say something about: the 99th
// percentile takes a hundred.
func honest(values []float64) draw.Band {
	b := draw.Band{P50: math.NaN(), P95: math.NaN(), P99: math.NaN()}
	slices.Sort(values)
	n := len(values)
	if n >= 5 {
		b.P50 = quantile(values, 0.5)
	}
	if n >= 20 {
		b.P95 = quantile(values, 0.95)
	}
	if n >= 100 {
		b.P99 = quantile(values, 0.99)
	}
	return b
}

// result finds parts of the result by a component's place.
func (f *Frame) consumerResult(i int) *sim.ConsumerResult {
	if f.Result == nil || i >= len(f.Result.Consumers) {
		return &sim.ConsumerResult{}
	}
	return &f.Result.Consumers[i]
}

func (f *Frame) channelResult(i int) *sim.ChannelResult {
	if f.Result == nil || i >= len(f.Result.Channels) {
		return &sim.ChannelResult{}
	}
	return &f.Result.Channels[i]
}

// findings are what the result says, the worst first. While a run goes on it
// is too early to say that there is too little of anything, and before the
// warm-up is over to say anything.
func (f *Frame) findings() []sim.Finding {
	if f.Result == nil || f.At() <= f.spec().Warmup {
		return nil
	}
	if f.Over() {
		return f.Result.Findings
	}
	var list []sim.Finding
	for _, x := range f.Result.Findings {
		if x.Code != "short_run" {
			list = append(list, x)
		}
	}
	return list
}

// hot says whether a node is the bottleneck: a finding says that it cannot
// keep up or soon cannot, that one of its partitions cannot, or it is the queue
// before one that cannot.
func (f *Frame) hot(node int) bool {
	path := f.World.Path(node)
	queue := f.World.Nodes[node].Kind == graph.Channel
	for _, x := range f.findings() {
		if queue && x.Code == "saturated" && f.reads(x.Component, f.World.Nodes[node].Index) {
			return true
		}
		if (x.Code == "saturated" || x.Code == "near_saturation") && x.Component == path {
			return true
		}
		if x.Code == "hot_partition" && x.Severity == sim.SeverityError && f.World.subscribes(x.Component, node) {
			return true
		}
	}
	return false
}

// reads says whether the consumer of a path reads a queue.
func (f *Frame) reads(path string, channel int) bool {
	node := f.World.NodeAt(path)
	if node < 0 || f.World.Nodes[node].Kind != graph.Worker || f.spec().Broker.Channels[channel].Type != spec.Queue {
		return false
	}
	for _, from := range f.spec().Consumers[f.World.Nodes[node].Index].From {
		if from.Channel == channel {
			return true
		}
	}
	return false
}

// stores are the stores of the snapshot, the partitions of a subscription to a
// stream added up.
func (f *Frame) stores() []sim.StoreState {
	var list []sim.StoreState
	for _, s := range f.Snap.Stores {
		if n := len(list) - 1; n >= 0 && list[n].Component == s.Component {
			t := &list[n]
			t.In, t.Delivered, t.Redelivered, t.Acked = t.In+s.In, t.Delivered+s.Delivered, t.Redelivered+s.Redelivered, t.Acked+s.Acked
			t.DeadLettered, t.Dropped, t.Expired = t.DeadLettered+s.DeadLettered, t.Dropped+s.Dropped, t.Expired+s.Expired
			t.Lost, t.Rejected, t.Ready = t.Lost+s.Lost, t.Rejected+s.Rejected, t.Ready+s.Ready
			t.Delayed, t.Leased, t.Bytes = t.Delayed+s.Delayed, t.Leased+s.Leased, t.Bytes+s.Bytes
			continue
		}
		list = append(list, s)
	}
	return list
}

// ghost is the past of the future that a change left behind, if it is of the
// same components; else one without samples.
func (f *Frame) ghost() *Past {
	if g := f.Ghost; g != nil && g.Step == f.Past.Step && len(g.Nodes) == len(f.Past.Nodes) && len(g.By) == len(f.Past.By) {
		return g
	}
	return &Past{}
}

// fork is the first sample that the future left behind has of its own.
func (f *Frame) fork() int { return int(f.Forked / max(1, f.Past.Step)) }

// horizon is how many samples the charts have room for: those there are, and
// those of the future that was left behind.
func (f *Frame) horizon() int { return max(f.Past.Samples(), f.ghost().Samples()) }
