package sim

import (
	"math"
	"strconv"

	"eddy/sim/luck"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// shed says where copies were refused, dropped or let expire: the latencies
// are then those of the others.
func (f *finder) shed(path, name string, stores []*store) {
	var in, refused, dropped, expired int64
	limited := false
	for _, s := range stores {
		in += s.n.in - s.base.in
		refused += s.n.rejected - s.base.rejected
		expired += s.n.expired - s.base.expired
		if s.limited {
			limited = true
			dropped += s.n.dropped - s.base.dropped - f.givenUp(s)
		}
	}
	blind := func(severity FindingSeverity, what string, n, of int64, text string, mend func(x *Finding)) {
		if n > 0 {
			share := float64(n) / float64(max(1, of))
			x := f.say(severity, "blind_drop", path, text+" ("+percentText(share)+"); its latencies tell only of the rest", count(what, n), value("share", share))
			mend(x)
		}
	}
	first := stores[0]
	if limited {
		room := func(x *Finding) { f.moreRoom(x, first, refused+dropped) }
		blind(SeverityWarning, "rejected", refused, refused+in, name+" was full and refused "+times(refused, "publish", "publishes"), room)
		blind(SeverityWarning, "dropped", dropped, in, name+" was full and dropped "+times(dropped, "copy", "copies"), room)
	}
	if first.group != nil {
		blind(SeverityWarning, "expired", expired, in, "the retention of "+f.e.channels[first.channel].spec.Name+" removed "+
			times(expired, "event", "events")+" that "+first.group.cons.spec.Name+" had not read", func(x *Finding) { f.keepLonger(x, first.group, expired) })
		return
	}
	blind(SeverityInfo, "expired", expired, in, times(expired, "copy in "+name+" was", "copies in "+name+" were")+" too old when a worker was free and expired",
		func(x *Finding) { f.inTime(x, first) })
}

// givenUp is how many of a store's dropped copies were given up by its
// consumers rather than pushed out by others. A consumer of several stores
// does not tell which they came from; they are then all taken for pushed out.
func (f *finder) givenUp(s *store) int64 {
	var n int64
	for _, r := range s.readers {
		if k := &f.e.consumers[r]; len(k.sources) == 1 {
			n += k.n.dropped - k.base.dropped
		}
	}
	return n
}

// soleReader is the consumer that alone works off a store, and the load on it.
func (f *finder) soleReader(s *store) (*consumer, demand, bool) {
	if len(s.readers) != 1 {
		return nil, demand{}, false
	}
	k := &f.e.consumers[s.readers[0]]
	d, ok := f.demandOn(int(k.index))
	return k, d, ok && k.workers > 0
}

// canScale says whether the number of a consumer's instances is what its
// setting says.
func (f *finder) canScale(k *consumer) bool { return k.scaler == nil && !f.isScaled(k) }

// moreInstances proposes so many instances of a consumer.
func moreInstances(x *Finding, k *consumer, n int, predicted string) {
	x.mend(predicted, set("consumers."+k.spec.Name+".instances", strconv.Itoa(n)))
}

// moreRoom proposes room for what a full store turned away, or, where it would
// fill whatever room it had, the instances that keep up with what comes.
func (f *finder) moreRoom(x *Finding, s *store, lost int64) {
	k, d, ok := f.soleReader(s)
	if !ok {
		return
	}
	if rho := max(d.rho, d.busy); rho >= nearFrom {
		if n := f.instancesFor(k, rho); f.canScale(k) && n <= mostInstances {
			moreInstances(x, k, n, "ρ "+digits(rho*f.presentInstances(k)/float64(n))+f.turnedAway(s, k, d, n, s.capacity))
		}
		return
	}
	path := "broker.channels." + f.e.channels[s.channel].spec.Name + ".capacity"
	if room, predicted := f.roomByTheory(s, k, d); room > 0 {
		x.mend(predicted, set(path, strconv.FormatInt(room, 10)))
		return
	}
	// With so much more room all of them would have found a place.
	if room := roundUp(float64(s.capacity + lost)); room < 1e9 {
		x.mend("0 turned away", set(path, strconv.FormatInt(int64(math.Ceil(room)), 10)))
	}
}

// roomByTheory is the capacity at which hardly any copy is turned away, by
// M/M/c/K; 0 where that does not speak.
func (f *finder) roomByTheory(s *store, k *consumer, d demand) (int64, string) {
	for factor := int64(2); factor <= 64; factor *= 2 {
		room := int64(math.Ceil(roundUp(float64(max(s.capacity, 1) * factor))))
		share, ok := f.lostInRoom(s, k, d, k.spec.Instances, room)
		if !ok {
			return 0, ""
		}
		if share < fewLost {
			return room, percentText(share) + " turned away"
		}
	}
	return 0, ""
}

// turnedAway says which share would be turned away with so many instances and
// so much room, "" where theory does not speak.
func (f *finder) turnedAway(s *store, k *consumer, d demand, instances int, room int64) string {
	share, ok := f.lostInRoom(s, k, d, instances, room)
	if !ok {
		return ""
	}
	return ", " + percentText(share) + " turned away"
}

// lostInRoom is the share of Poisson arrivals with nearly exponential work that
// find no room, by M/M/c/K.
func (f *finder) lostInRoom(s *store, k *consumer, d demand, instances int, room int64) (float64, bool) {
	c := &f.r.Consumers[k.index]
	servers := instances * int(k.workers)
	if !f.worksAlone(k) || !f.isPoisson(s) || d.per <= 0 || c.Retries > 0 || room+int64(servers) > 1_000_000 || !c.Service.SD.Valid {
		return 0, false
	}
	if scv := float64(c.Service.SD.Value*c.Service.SD.Value) / float64(d.per*d.per); scv < 0.7 || scv > 1.4 {
		return 0, false
	}
	offered := f.offeredTo(s) / f.span
	if offered <= 0 {
		return 0, false
	}
	return theory.MMCK(offered, 1/d.per, servers, servers+int(room)).Lost, true
}

// worksAlone says whether a consumer works off one queue and its workers are
// never held up.
func (f *finder) worksAlone(k *consumer) bool {
	c := &f.r.Consumers[k.index]
	return len(k.sources) == 1 && k.sources[0].s.group == nil && k.scaler == nil && k.workers > 0 && k.prefetch == k.workers && len(f.e.sc.Timeline) == 0 &&
		c.TimedOut == 0 && c.Calls == (Calls{})
}

// inTime proposes the instances with which hardly a copy gets too old: for
// Poisson arrivals by the theory of impatient customers, else so many that they
// keep up with the highest rate there is.
func (f *finder) inTime(x *Finding, s *store) {
	k, d, ok := f.soleReader(s)
	if !ok || !f.canScale(k) || d.per <= 0 || s.spec.TTL == 0 {
		return
	}
	present := k.spec.Instances
	if f.worksAlone(k) && f.isPoisson(s) && f.r.Consumers[k.index].Retries == 0 {
		offered := f.offeredTo(s) / f.span
		for n := present + 1; n <= 10*present+10 && offered > 0; n++ {
			lost := theory.NewImpatient(offered, 1/d.per, n*int(k.workers), seconds(s.spec.TTL)).Queue().Lost
			if lost < 10*fewLost {
				moreInstances(x, k, n, percentText(lost)+" expired")
				return
			}
		}
		return
	}
	peak, known := f.peakRate(int(s.channel))
	if !known || f.filterOf(s) != nil || len(f.e.sc.Timeline) > 0 {
		return
	}
	n := int(math.Ceil(peak * d.per / float64(k.workers) / comfortable))
	if n > present && n <= mostInstances {
		moreInstances(x, k, n, "next to none expired, ρ "+digits(peak*d.per/float64(n*int(k.workers)))+" even at the peak of "+perSecondText(peak))
	}
}

// peakRate is the highest rate at which events may come to a channel for a
// while, events a second. It is false where it is not known beforehand.
func (f *finder) peakRate(channel int) (float64, bool) {
	feeders, known := f.feeders(channel)
	sum := 0.0
	for _, i := range feeders {
		p := &f.e.sc.Producers[i]
		rate := 0.0
		switch p.Rate.Kind {
		case spec.Every, spec.Poisson:
			rate = p.Rate.Rate.PerSecond()
		case spec.MMPP:
			rate = max(p.Rate.Low.PerSecond(), p.Rate.High.PerSecond())
		case spec.Renewal:
			if mean, finite := luck.Mean(p.Rate.Gap); finite && mean > 0 {
				rate = nanosPerSecond / mean
			}
		}
		if rate == 0 || p.Outbox != nil {
			return 0, false
		}
		times := 1.0
		for _, s := range p.Shape {
			times = max(times, s.Times)
		}
		sum += float64(rate * times * float64(p.Instances))
	}
	return sum, known && sum > 0
}

// keepLonger proposes to keep events so long that a group reads them, if it
// can keep up, or else the instances with which it does.
func (f *finder) keepLonger(x *Finding, g *group, expired int64) {
	d, ok := f.demandOn(int(g.cons.index))
	if !ok {
		return
	}
	if rho := max(d.rho, d.busy); rho >= nearFrom {
		f.scale(x, g.cons, d, f.instancesFor(g.cons, rho), rho)
		return
	}
	path := "broker.channels." + g.channel.spec.Name + ".retention."
	r := &g.channel.spec.Retention
	var change []spec.Setting
	if r.Time > 0 && d.inflow > 0 {
		change = append(change, set(path+"time", settingSeconds(2*(seconds(r.Time)+float64(expired)/d.inflow))))
	}
	if r.Events > 0 {
		change = append(change, set(path+"events", strconv.FormatInt(2*(r.Events+expired), 10)))
	}
	if r.Size == 0 && len(change) > 0 {
		x.mend("0 removed unread", change...)
	}
}
