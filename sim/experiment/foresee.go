package experiment

import (
	"fmt"
	"math"
	"strconv"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/sim/theory"
)

// Thresholds of what is said before a run; those of a load are the ones that a
// run's findings have.
const (
	fullFrom     = 0.98
	nearFrom     = 0.85
	answeredFrom = 0.999
	mostProposed = 100_000 // instances
)

// Foresee says what a run would find that theory tells before it: the codes,
// components and evidence of a run's findings, each with the change that mends it
// where there is one. It says nothing of what it cannot know: what a timeline
// does, what comes and goes within the run, or systems that are too large.
func Foresee(sc *spec.Scenario) []sim.Finding {
	if !Predictable(sc) {
		return nil
	}
	f := foresight{sc: sc, t: solve(sc, true), p: Predict(sc)}
	if f.p.Endless {
		return nil // a loop is told from the text; no rate is right then
	}
	f.broker()
	for i := range sc.Producers {
		f.outbox(i)
		f.chain(i)
	}
	for i := range sc.Broker.Channels {
		f.lateSubscribers(i)
	}
	for i := range sc.Consumers {
		f.load(i)
		f.storm(i)
		f.leases(i)
	}
	f.shortRun()
	return f.out
}

// foresight collects what there is to say before a run.
type foresight struct {
	sc  *spec.Scenario
	t   *traffic
	p   *Prediction
	out []sim.Finding
}

// say adds a finding with its remedy, if there is one.
func (f *foresight) say(s sim.FindingSeverity, code, component, text, predicted string, change []spec.Setting, ev ...sim.Evidence) {
	if len(change) == 0 {
		predicted = ""
	}
	f.out = append(f.out, sim.Finding{Severity: s, Code: code, Component: component, Text: text, Evidence: ev, Change: change, Predicted: predicted})
}

func evidence(name string, v float64) sim.Evidence {
	return sim.Evidence{Name: name, Value: sim.Num(v)}
}

func change(path, value string) []spec.Setting { return []spec.Setting{{Path: path, Value: value}} }

// passing says whether what comes is not what comes all the time, so that an
// average says nothing of a backlog.
func (f *foresight) passing() bool {
	for i := range f.sc.Producers {
		p := &f.sc.Producers[i]
		if p.Count != spec.Unlimited || p.Starts > f.sc.Warmup {
			return true
		}
	}
	return false
}

// isMoved says whether the timeline changes how much a consumer can do for good.
func (f *foresight) isMoved(consumer int) bool {
	for i := range f.sc.Timeline {
		a := &f.sc.Timeline[i]
		if a.Kind == spec.SetAction || (a.A.Kind == spec.ConsumerComponent && a.A.Index == consumer && a.Kind == spec.ScaleAction) {
			return true
		}
	}
	return false
}

func (f *foresight) load(i int) {
	c, p, s := &f.sc.Consumers[i], &f.p.Consumers[i], &f.t.state[i]
	if f.passing() || f.isMoved(i) || c.Starts > 0 || c.Stops > 0 || s.rate == 0 {
		return
	}
	load := s.limit()
	busy := load // of the workers, where these are what it lacks
	if s.workers > 0 && s.partitions == 0 {
		busy = s.busy / float64(s.workers)
	}
	if a := c.Autoscale; a != nil {
		most := float64(s.instances) / float64(max(a.Max, 1))
		load, busy = load*most, busy*most
	}
	switch {
	case p.Hot.Partition >= 0 && load > nearFrom:
		f.hot(c, p, s, load)
	case load >= 1:
		f.saturated(c, p, s, load)
	case busy > nearFrom:
		predicted, change := f.scale(c, busy)
		f.say(sim.SeverityWarning, "near_saturation", "consumers."+c.Name,
			fmt.Sprintf("%s will be busy %s of the time, so its waits are long and grow steeply, and nothing is left for a peak", c.Name, sim.PercentText(busy)),
			predicted, change, evidence("utilisation", busy))
	}
}

func (f *foresight) saturated(c *spec.Consumer, p *PredictedConsumer, s *station, load float64) {
	without := load / s.tries
	growth := p.Rate * (1 - 1/load)
	text := fmt.Sprintf("%s cannot keep up: %s come and it can do %s (ρ %s), so its backlog grows by %s", c.Name, sim.PerSecondText(p.Rate), sim.PerSecondText(p.Rate/load),
		sim.Digits(load), sim.PerSecondText(growth))
	predicted, mend := f.scale(c, load)
	ev := []sim.Evidence{evidence("utilisation", load), evidence("growth", growth)}
	if len(c.From) == 1 {
		if ch := &f.sc.Broker.Channels[c.From[0].Channel]; ch.Type != spec.Stream && ch.Store.Capacity > 0 {
			full := float64(ch.Store.Capacity) / growth
			text += fmt.Sprintf("; its queue is full after %s", sim.SecondsText(full))
			ev = append(ev, evidence("full_in", full))
		}
	}
	f.say(sim.SeverityError, "saturated", "consumers."+c.Name, text, predicted, mend, ev...)
	if load >= fullFrom && without < nearFrom {
		f.amplified(c, s, load, without)
	}
}

// scale is how many instances a load needs to leave some room.
func (f *foresight) scale(c *spec.Consumer, load float64) (string, []spec.Setting) {
	present := c.Instances
	if c.Autoscale != nil {
		present = c.Autoscale.Max
	}
	n := int(math.Min(1e9, math.Ceil(load*float64(present)/comfortable-1e-9)))
	if n > mostProposed {
		return "", nil
	}
	path := "consumers." + c.Name
	if c.Autoscale != nil {
		return "ρ " + sim.Digits(load*float64(present)/float64(n)), change(path+".autoscale.max", strconv.Itoa(n))
	}
	mend := change(path+".instances", strconv.Itoa(n))
	for _, from := range c.From {
		if ch := &f.sc.Broker.Channels[from.Channel]; ch.Type == spec.Stream && n*max(1, c.Concurrency) > ch.Partitions {
			mend = append(mend, change("broker.channels."+ch.Name+".partitions", strconv.Itoa(n*max(1, c.Concurrency)))...)
		}
	}
	return "ρ " + sim.Digits(load*float64(present)/float64(n)), mend
}

// amplified says that a consumer's own retries make the load too high.
func (f *foresight) amplified(c *spec.Consumer, s *station, load, without float64) {
	fail := 1 - 1/s.tries // by the geometric law, as if there were no limit
	n := 1
	for without*theory.Attempts(fail, n+1) < nearFrom && n < f.t.most(c)-1 {
		n++
	}
	f.say(sim.SeverityError, "retry_amplification", "consumers."+c.Name,
		fmt.Sprintf("retries multiply the load on %s by %s: with them it is at ρ %s, without them it would be at ρ %s", c.Name, sim.Digits(s.tries), sim.Digits(load), sim.Digits(without)),
		"ρ "+sim.Digits(without*theory.Attempts(fail, n)), change("consumers."+c.Name+".retry.attempts", strconv.Itoa(n)),
		evidence("attempts_per_copy", s.tries), evidence("utilisation", load), evidence("without_retries", without))
}

func (f *foresight) hot(c *spec.Consumer, p *PredictedConsumer, s *station, load float64) {
	ch := &f.sc.Broker.Channels[c.From[0].Channel]
	severity := sim.SeverityWarning
	text := fmt.Sprintf("the keys are uneven: partition %d of %s gets %s of the events, %s times the mean, and is at ρ %s", p.Hot.Partition, ch.Name,
		sim.PercentText(p.Hot.Share), sim.Digits(p.Hot.Ratio), sim.Digits(load))
	ev := []sim.Evidence{
		evidence("partition", float64(p.Hot.Partition)), evidence("max_over_mean", p.Hot.Ratio), evidence("share", p.Hot.Share), evidence("utilisation", load),
	}
	if load >= 1 {
		severity = sim.SeverityError
		text += fmt.Sprintf(", so its backlog grows by %s, however many instances there are", sim.PerSecondText(s.left))
		ev = append(ev, evidence("growth", s.left))
	}
	predicted, mend := f.spread(c, ch, load)
	f.say(severity, "hot_partition", "subscriptions."+ch.Name+"/"+c.Name, text, predicted, mend, ev...)
}

// spread looks for a number of partitions, of which each has an instance, among
// which the load of the hottest is comfortable.
func (f *foresight) spread(c *spec.Consumer, ch *spec.Channel, load float64) (string, []spec.Setting) {
	const most = 8
	for n := ch.Partitions + 1; n <= most*ch.Partitions && n <= mostProposed; n += max(1, ch.Partitions/32) {
		members := max(c.Instances, (n+max(1, c.Concurrency)-1)/max(1, c.Concurrency))
		other := *f.sc
		other.Broker.Channels = append([]spec.Channel(nil), f.sc.Broker.Channels...)
		other.Broker.Channels[c.From[0].Channel].Partitions = n
		t := *f.t
		t.sc, t.shares = &other, nil
		changed := *c
		changed.Instances = members
		s := station{tries: 1, hold: unitHold, servers: n, partitions: n, fresh: stream{rate: 1}}
		if c.Concurrency != spec.Unlimited {
			s.workers = members * c.Concurrency
		}
		t.queueInPartitions(&changed, &s)
		if now := f.unitLoad(c); now > 0 && load*s.load/now <= comfortable {
			mend := change("broker.channels."+ch.Name+".partitions", strconv.Itoa(n))
			if members > c.Instances {
				mend = append(mend, change("consumers."+c.Name+".instances", strconv.Itoa(members))...)
			}
			return fmt.Sprintf("the hottest of %d partitions at ρ %s", n, sim.Digits(load*s.load/now)), mend
		}
	}
	return "", nil
}

// unitHold is a work so short that no wait is worth working out: only how loads
// compare matters.
const unitHold = 1e-9

// unitLoad is the load of a group's hottest member as it is, for such work.
func (f *foresight) unitLoad(c *spec.Consumer) float64 {
	n := f.t.partitionsOf(c)
	s := station{tries: 1, hold: unitHold, servers: n, partitions: n, fresh: stream{rate: 1}}
	t := *f.t
	t.queueInPartitions(c, &s)
	return s.load
}

func (f *foresight) broker() {
	load, limited := f.t.brokerLoad()
	if !limited || load < 1 || f.passing() {
		return
	}
	capacity := f.sc.Broker.Rate.PerSecond()
	needed := math.Ceil(load * capacity / comfortable)
	f.say(sim.SeverityError, "saturated", "broker",
		fmt.Sprintf("the broker takes in at most %s and %s are published, so publishes pile up at its door", sim.PerSecondText(capacity), sim.PerSecondText(load*capacity)),
		"ρ "+sim.Digits(load*capacity/needed), change("broker.rate", strconv.FormatFloat(needed, 'f', 0, 64)+"/s"),
		evidence("utilisation", load), evidence("capacity", capacity), evidence("growth", (load-1)*capacity))
}

func (f *foresight) outbox(i int) {
	p := &f.sc.Producers[i]
	if p.Outbox == nil || f.passing() {
		return
	}
	rate := f.t.made[i].rate
	polls := float64(p.Instances) / (float64(p.Outbox.Poll) / 1e9)
	capacity := float64(float64(p.Outbox.Batch) * polls)
	if rate <= capacity {
		return
	}
	batch := int(math.Min(1e9, math.Ceil(rate/polls/comfortable)))
	f.say(sim.SeverityError, "saturated", "producers."+p.Name,
		fmt.Sprintf("the outbox of %s sends at most %s in its polls and %s come in, so it grows by %s", p.Name, sim.PerSecondText(capacity), sim.PerSecondText(rate), sim.PerSecondText(rate-capacity)),
		"polls take up to "+sim.PerSecondText(float64(batch)*polls), change("producers."+p.Name+".outbox.batch", strconv.Itoa(batch)),
		evidence("rate", rate), evidence("capacity", capacity), evidence("growth", rate-capacity))
}

// lateSubscribers says where a topic's first subscriber comes late.
func (f *foresight) lateSubscribers(i int) {
	ch := &f.sc.Broker.Channels[i]
	rate := 0.0
	for _, s := range f.t.channel[i] {
		rate += s.rate
	}
	if ch.Type != spec.Topic || rate == 0 {
		return
	}
	first := spec.MaxDuration + 1
	var mend []spec.Setting
	for j := range f.sc.Consumers {
		c := &f.sc.Consumers[j]
		for _, from := range c.From {
			if from.Channel == i {
				first = min(first, c.Starts)
				mend = append(mend, change("consumers."+c.Name+".starts", "0")...)
			}
		}
	}
	for j := range f.sc.Broker.Channels {
		for _, from := range f.sc.Broker.Channels[j].From {
			if from == i {
				return // it has its copies from the start
			}
		}
	}
	first = min(first, f.sc.Duration)
	if len(mend) == 0 || first == 0 {
		return
	}
	lost := rate * float64(first) / 1e9
	f.say(sim.SeverityWarning, "unrouted", "channels."+ch.Name,
		fmt.Sprintf("nobody has subscribed to %s before %s, so about %s go nowhere", ch.Name, sim.SecondsText(float64(first)/1e9), sim.Times(int64(math.Min(lost, 1e15)), "event", "events")),
		"0 unrouted", mend, evidence("unrouted", math.Floor(lost)))
}

// shortRun says which expectations rest on too few observations.
func (f *foresight) shortRun() {
	tails := map[string]float64{"p50": 0.5, "p90": 0.1, "p95": 0.05, "p99": 0.01, "p999": 0.001}
	said := map[string]bool{}
	for i := range f.sc.Expect {
		path := f.sc.Expect[i].Path
		if len(path) != 4 || path[0] != "consumers" || f.passing() || said[sim.PathString(path)] {
			continue
		}
		tail := tails[path[3]]
		for j := range f.p.Consumers {
			c := &f.p.Consumers[j]
			length := float64(f.sc.Duration-f.sc.Warmup) / 1e9
			n := (c.Rate - c.GivenUp) * length
			const least, enough = 1.5, 10
			if c.Name != path[1] || tail == 0 || n <= 0 || n*tail >= least {
				continue
			}
			said[sim.PathString(path)] = true
			needed := float64(f.sc.Warmup)/1e9 + length*enough/(n*tail)
			f.say(sim.SeverityWarning, "short_run", "consumers."+c.Name,
				fmt.Sprintf("%s is expected, and rests on about %s, too few to tell that quantile", sim.PathString(path), sim.Times(int64(n), "observation", "observations")),
				fmt.Sprintf("about %d observations beyond it", enough), change("duration", sim.SettingSeconds(needed)), evidence("observations", math.Floor(n)))
		}
	}
}
