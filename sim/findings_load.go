package sim

import (
	"fmt"
	"math"
	"strconv"

	"eddy/sim/spec"
)

// Thresholds of what is said of a load.
const (
	fullFrom    = 0.98 // utilisation that counts as busy all the time
	nearFrom    = 0.85 // utilisation from which on waits grow steeply
	comfortable = 0.8  // utilisation that a proposed change aims at
	growthFrom  = 0.01 // share of what comes in that must stay to be a growth
	// mostInstances is the largest number that a proposal may name.
	mostInstances = 100_000
)

// demand is how much work reaches a consumer.
type demand struct {
	rho      float64 // worker-seconds asked for per worker-second there is
	busy     float64 // worker-seconds worked per worker-second there is
	inflow   float64 // copies per second that were taken in
	growth   float64 // copies per second by which its backlog grows
	entered  float64 // copies that were taken in
	overflow int64   // copies refused or dropped for want of room
	expired  int64   // copies that waited too long
	held     bool    // producers held back
	slots    float64 // leases held per lease slot there is; 0 where slots are not what it lacks
	per      float64 // worker-seconds that a copy takes
}

// grows says whether a backlog grows by more than chance lets it: what comes
// and goes at random differs by about the root of twice its number even where
// nothing grows.
func (d demand) grows() bool {
	gained := d.growth / max(d.inflow, math.SmallestNonzeroFloat64) * d.entered
	return gained > max(growthFrom*d.entered, math.Sqrt(2*d.entered))
}

// demandOn measures the load on a consumer: what comes in, times the
// worker-seconds that a copy has taken, over the workers there were. Where
// consumers share a store each is given the part of it that it did.
func (f *finder) demandOn(i int) (demand, bool) {
	k := &f.e.consumers[i]
	c := &f.r.Consumers[i]
	left := k.n.done + k.n.dead + k.n.dropped + k.n.lost - k.base.done - k.base.dead - k.base.dropped - k.base.lost
	if f.span <= 0 || left == 0 || !c.Utilisation.Valid || c.InstanceSeconds.Value == 0 {
		return demand{}, false
	}
	d := demand{per: c.BusySeconds.Value / float64(left)}
	offered := 0.0
	for _, src := range k.sources {
		s := src.s
		share := f.shareOf(k, s)
		in := float64(s.n.in - s.base.in)
		d.entered += float64(share * in)
		d.growth += float64(share*(in-float64(s.left-s.baseLeft))) / f.span
		d.overflow += s.n.rejected - s.base.rejected
		d.expired += s.n.expired - s.base.expired
		if s.limited {
			d.overflow += s.n.dropped - s.base.dropped
		}
		d.held = d.held || s.withheld.len() > 0
		offered += float64(share * max(in, f.offeredTo(s)))
	}
	if len(k.sources) == 0 { // it only answers calls
		d.entered = float64(c.Received)
		d.growth = float64(k.serving.waiting.len()-k.serving.before) / f.span
		offered = d.entered
	}
	d.inflow = d.entered / f.span
	workers := f.workersOf(k, c)
	d.rho = offered / f.span * d.per / workers
	d.busy = c.BusySeconds.Value / f.span / workers
	if len(k.sources) == 1 && k.sources[0].s.group == nil && k.prefetch > 0 && len(k.sources[0].s.readers) == 1 {
		leased := f.e.stores[k.sources[0].store].leased.Integral(f.e.now).Over(1) / nanosPerSecond
		d.slots = leased / (c.InstanceSeconds.Value * float64(k.prefetch))
	}
	return d, true
}

// workersOf is how many workers a consumer had on average that could have had
// work: no more than there are partitions to read.
func (f *finder) workersOf(k *consumer, c *ConsumerResult) float64 {
	workers := c.InstanceSeconds.Value / f.span * float64(k.workers)
	if n := partitionsOf(k); n > 0 {
		workers = min(workers, float64(n))
	}
	return workers
}

// partitionsOf is how many partitions a consumer reads that reads nothing but
// partitions, 0 for others.
func partitionsOf(k *consumer) int {
	if k.queues > 0 {
		return 0
	}
	return len(k.sources)
}

// shareOf is the part of a store's copies that a consumer took.
func (f *finder) shareOf(k *consumer, s *store) float64 {
	if len(s.readers) == 1 {
		return 1
	}
	var all int64
	for _, r := range s.readers {
		o := &f.e.consumers[r]
		all += o.n.received - o.base.received
	}
	if all == 0 {
		return 0
	}
	return float64(k.n.received-k.base.received) / float64(all)
}

// load says where a consumer has too much to do, or nearly.
func (f *finder) load(i int) {
	k := &f.e.consumers[i]
	d, ok := f.demandOn(i)
	if !ok {
		f.stuck(k)
		return
	}
	full := d.busy >= fullFrom && (d.overflow > 0 || d.expired > 0 || d.held || f.lateAt(k))
	a := f.amplification(i, d)
	switch {
	case full || (d.grows() && (d.rho >= 1 || d.busy > nearFrom)):
		f.saturated(k, d, a)
	case d.grows() && d.slots >= fullFrom:
		f.starved(k, d)
	case f.isNear(d):
		f.near(k, d)
	}
	f.amplified(k, a)
}

// lateAt says whether a consumer answered calls too late.
func (f *finder) lateAt(k *consumer) bool { return k.serving.n.late > k.serving.base.late }

// isNear says whether workers are busy nearly all the time, beyond what
// chance explains: the load of n copies is known to about its part 2/√n.
func (f *finder) isNear(d demand) bool {
	doubt := 2 * math.Sqrt(2/max(1, d.entered))
	return d.busy > nearFrom && d.busy*(1-doubt) > comfortable
}

// stuck says where copies pile up at a consumer that has finished none since
// the warm-up although it tries.
func (f *finder) stuck(k *consumer) {
	c := &f.r.Consumers[k.index]
	waiting := int64(k.serving.waiting.len())
	if c.Attempts+waiting < 2 || c.Done+c.DeadLettered+c.Dropped+c.Lost > 0 {
		return
	}
	for _, src := range k.sources {
		waiting += src.s.ready.Level()
	}
	if waiting > 0 {
		f.say(SeverityError, "saturated", f.consumerPath(int(k.index)),
			fmt.Sprintf("%s has finished nothing in %s, and %s", k.spec.Name, times(c.Attempts, "attempt", "attempts"),
				times(waiting, "copy waits", "copies wait")),
			count("waiting", waiting), count("attempts", c.Attempts))
	}
}

// saturated says by how much a consumer has too little, and what that leads to.
func (f *finder) saturated(k *consumer, d demand, a amplification) {
	rho := max(d.rho, d.busy)
	verb := "arrives"
	if d.growth > 0.99*d.inflow { // hardly anything leaves: how much it could do is not known
		rho = max(d.rho, 1)
	} else if d.rho < 1 && d.growth > 0 { // what its workers wait for the broker is time that they lack, too
		rho = max(rho, d.inflow/max(d.inflow-d.growth, 1e-9))
		verb = "arrives, waits for the broker included"
	}
	text := fmt.Sprintf("%s cannot keep up: %s of the work that its workers can do %s", k.spec.Name, percentText(rho), verb)
	if rho < 1.005 {
		text = fmt.Sprintf("%s cannot keep up: its workers are busy all the time", k.spec.Name)
	}
	ev := []Evidence{value("utilisation", rho)}
	if d.grows() {
		text += ", so its backlog grows by " + perSecondText(d.growth)
		ev = append(ev, value("growth", d.growth))
	}
	if d.overflow > 0 {
		text += fmt.Sprintf(", and %s no room", times(d.overflow, "copy finds", "copies find"))
		ev = append(ev, count("overflow", d.overflow))
	}
	if d.expired > 0 {
		text += fmt.Sprintf(", and %s before anybody takes %s", times(d.expired, "copy expires", "copies expire"), plural(d.expired, "it", "them"))
		ev = append(ev, count("expired", d.expired))
	}
	if d.held {
		text += ", and producers are held back"
	}
	if late := k.serving.n.late - k.serving.base.late; late > 0 {
		text += fmt.Sprintf(", and %s nobody waited for any more", times(late, "answer came when", "answers came when"))
		ev = append(ev, count("late", late))
	}
	if t, ok := f.untilFull(k, d); ok {
		text += "; its queue is full " + secondsText(t) + " from now"
		ev = append(ev, value("full_in", t))
	}
	n := f.instancesFor(k, rho)
	ev = append(ev, count("instances_needed", int64(n)))
	x := f.say(SeverityError, "saturated", f.consumerPath(int(k.index)), text, ev...)
	if a.storm() && f.calm(x, k, a) {
		return // more instances would be for work that nobody waits for
	}
	f.scale(x, k, d, n, rho)
}

// untilFull is how many seconds pass until a limited store of a consumer is full.
func (f *finder) untilFull(k *consumer, d demand) (float64, bool) {
	if !d.grows() || d.overflow > 0 || d.held || len(k.sources) != 1 {
		return 0, false
	}
	s := k.sources[0].s
	room := s.capacity - s.ready.Level()
	return float64(room) / d.growth, s.limited && room > 0
}

// starved says where workers are idle although copies wait: all that may be
// sent to them is on its way.
func (f *finder) starved(k *consumer, d demand) {
	trip := max(0, float64(d.slots*f.slotsOf(k))/max(d.inflow-d.growth, 1e-9)-d.per)
	prefetch := int(k.workers) + int(math.Ceil(2*d.inflow*trip*float64(k.workers)/max(f.slotsOf(k), 1)))
	prefetch = max(prefetch, int(k.prefetch)+1)
	x := f.say(SeverityError, "saturated", f.consumerPath(int(k.index)),
		fmt.Sprintf("%s cannot keep up although its workers are busy only %s of the time: each waits %s for the way from the broker and back, and its backlog grows by %s",
			k.spec.Name, percentText(d.busy), secondsText(trip), perSecondText(d.growth)),
		value("utilisation", d.busy), value("growth", d.growth))
	if d.rho < fullFrom {
		x.mend("ρ "+digits(d.rho), set("consumers."+k.spec.Name+".prefetch", strconv.Itoa(prefetch)))
	}
}

// slotsOf is how many lease slots a consumer had on average.
func (f *finder) slotsOf(k *consumer) float64 {
	return f.r.Consumers[k.index].InstanceSeconds.Value / f.span * float64(k.prefetch)
}

// near says that there is hardly any room left.
func (f *finder) near(k *consumer, d demand) {
	x := f.say(SeverityWarning, "near_saturation", f.consumerPath(int(k.index)),
		fmt.Sprintf("%s is busy %s of the time, so its waits are long and grow steeply, and nothing is left for a peak", k.spec.Name, percentText(d.busy)),
		value("utilisation", d.busy))
	f.scale(x, k, d, f.instancesFor(k, d.busy), d.busy)
}

// instancesFor is how many instances a load needs to leave some room.
func (f *finder) instancesFor(k *consumer, rho float64) int {
	present := f.presentInstances(k)
	n := math.Ceil(float64(present*rho)/comfortable - 1e-9)
	return int(max(min(n, 1e9), math.Floor(present)+1))
}

// presentInstances is how many instances there were on average, of those that
// have partitions to read.
func (f *finder) presentInstances(k *consumer) float64 {
	present := f.r.Consumers[k.index].InstanceSeconds.Value / f.span
	if n := partitionsOf(k); n > 0 {
		present = min(present, float64(n)/float64(k.workers))
	}
	return present
}

// scale proposes a number of instances.
func (f *finder) scale(x *Finding, k *consumer, d demand, n int, rho float64) {
	if n > mostInstances || n < 1 {
		return
	}
	name := "consumers." + k.spec.Name
	predicted := "ρ " + digits(rho*f.presentInstances(k)/float64(n))
	switch {
	case k.scaler != nil && n > k.scaler.spec.Max:
		x.mend(predicted, set(name+".autoscale.max", strconv.Itoa(n)))
	case k.scaler != nil || (len(f.e.sc.Timeline) > 0 && f.isScaled(k)):
		// How many there are is not what its setting says.
	default:
		if wait, ok := f.predictWait(k, d, n); ok {
			predicted += ", wait about " + secondsText(wait)
		}
		change := []spec.Setting{set(name+".instances", strconv.Itoa(max(n, k.spec.Instances)))}
		if n == k.spec.Instances {
			change = nil
		}
		if parts := partitionsOf(k); parts > 0 && n*int(k.workers) > parts {
			for _, from := range k.spec.From {
				change = append(change, set("broker.channels."+f.e.channels[from.Channel].spec.Name+".partitions", strconv.Itoa(n*int(k.workers))))
			}
		}
		x.mend(predicted, change...)
	}
}

// isScaled says whether the timeline sets a consumer's number of instances.
func (f *finder) isScaled(k *consumer) bool {
	for i := range f.e.sc.Timeline {
		if a := &f.e.sc.Timeline[i]; a.Kind == spec.ScaleAction && a.A.Index == int(k.index) {
			return true
		}
	}
	return false
}

// intake says where more is published than the broker takes in.
func (f *finder) intake() {
	r := f.e.sc.Broker.Rate
	if r.Events == 0 || f.span <= 0 {
		return
	}
	capacity := r.PerSecond()
	waiting := seconds(f.e.intake.free-f.e.now) * capacity
	if waiting <= max(growthFrom*capacity*f.span, math.Sqrt(2*capacity*f.span)) {
		return
	}
	growth := waiting / seconds(f.e.now)
	needed := math.Ceil(roundUp((capacity + growth) / comfortable))
	x := f.say(SeverityError, "saturated", "broker",
		fmt.Sprintf("the broker takes in at most %s and %s are published, so publishes pile up at its door and the last waits %s", perSecondText(capacity),
			perSecondText(capacity+growth), secondsText(seconds(f.e.intake.free-f.e.now))),
		value("utilisation", (capacity+growth)/capacity), value("growth", growth), value("capacity", capacity))
	x.mend("ρ "+digits((capacity+growth)/needed), set("broker.rate", strconv.FormatFloat(needed, 'f', 0, 64)+"/s"))
}

// outbox says where a table of events to be sent grows without end.
func (f *finder) outbox(i int) {
	p := &f.e.producers[i]
	if p.spec.Outbox == nil || !f.r.Producers[i].Rate.Valid {
		return
	}
	rate := f.r.Producers[i].Rate.Value
	poll := seconds(p.spec.Outbox.Poll)
	capacity := float64(p.spec.Outbox.Batch) * float64(p.spec.Instances) / poll
	waiting := f.e.waitingAt(int32(i))
	if rate <= capacity || float64(waiting) < 2*capacity*poll {
		return
	}
	x := f.say(SeverityError, "saturated", f.e.names.Component(p.component),
		fmt.Sprintf("the outbox of %s sends at most %s in its polls and %s come in, so %s", p.spec.Name, perSecondText(capacity), perSecondText(rate),
			times(waiting, "event waits in it", "events wait in it")),
		value("rate", rate), value("capacity", capacity), count("waiting", waiting))
	batch := int(math.Ceil(roundUp(rate * poll / float64(p.spec.Instances) / comfortable)))
	x.mend("polls take up to "+perSecondText(float64(batch)*float64(p.spec.Instances)/poll),
		set("producers."+p.spec.Name+".outbox.batch", strconv.Itoa(batch)))
}
