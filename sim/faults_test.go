package sim_test

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"eddy/sim"
	"eddy/sim/reference/cases"
	"eddy/sim/spec"
)

// TestFaultsNeverUnbalanceARun throws random timelines at random scenarios
// with streams, buses, calls and autoscalers, and checks every invariant after
// everything that happens.
func TestFaultsNeverUnbalanceARun(t *testing.T) {
	scenarios := uint64(1500)
	if testing.Short() {
		scenarios = 100
	}
	for seed := range scenarios {
		sc := faulty(rand.New(rand.NewPCG(seed, 1)).IntN)
		if bad := endure(sc, int(seed%3)); bad != "" {
			t.Fatalf("scenario %d: %s\n%s", seed, bad, cases.Print(sc))
		}
	}
}

// TestFaultsShrunk does the same with scenarios that a failure makes smaller.
// It looks at the same ones every time; -rapid.seed=S looks at others and
// -rapid.checks=N at more.
func TestFaultsShrunk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sc := faulty(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") })
		if bad := endure(sc, 0); bad != "" {
			t.Fatalf("%s\n%s", bad, cases.Print(sc))
		}
	})
}

// maxSteps bounds a run: calls in a circle of unlimited workers grow for ever.
const maxSteps = 20_000

// endure runs a scenario with every check there is and says what broke, "" for
// nothing.
func endure(sc *spec.Scenario, replication int) (bad string) {
	e := sim.New(sc, sim.Options{Replication: replication, Verify: true, MaxEvents: 20_000, MaxPending: 5_000})
	defer func() {
		if p := recover(); p != nil {
			bad = fmt.Sprintf("at %d ns it panics: %v\n%s", e.Now(), p, debug.Stack())
		}
	}()
	for n := 0; n < maxSteps && e.Step() && len(e.Violations()) == 0; n++ {
	}
	if v := e.Violations(); len(v) > 0 {
		return strings.Join(v, "; ")
	}
	return unsound(e.Result())
}

// unsound looks for numbers in a result that cannot be.
func unsound(r *sim.Result) string {
	if !r.Ledger.Balanced {
		return fmt.Sprintf("the ledger does not balance: %+v", r.Ledger)
	}
	for _, c := range r.Consumers {
		for what, n := range map[string]int64{
			"received": c.Received, "attempts": c.Attempts, "done": c.Done, "retries": c.Retries, "effects": c.Effects,
			"duplicates": c.Duplicates, "recognised": c.Recognised, "served late": c.Served.Late,
		} {
			if n < 0 {
				return fmt.Sprintf("%s: %d %s", c.Name, n, what)
			}
		}
		if u := c.Utilisation; u.Valid && (u.Value < 0 || u.Value > 1+1e-9) {
			return fmt.Sprintf("%s is busy %g of the time", c.Name, u.Value)
		}
		if sum, told := total(c.Blame); told && (sum < 1-1e-9 || sum > 1+1e-9) {
			return fmt.Sprintf("%s: shares of blame add up to %g", c.Name, sum)
		}
	}
	for _, f := range r.Flows {
		if f.Completed < 0 || f.Failed < 0 {
			return fmt.Sprintf("flow %s: %d completed, %d failed", f.Name, f.Completed, f.Failed)
		}
	}
	for _, p := range r.Producers {
		if a := p.Availability; a.Valid && (a.Value < 0 || a.Value > 1) {
			return fmt.Sprintf("%s: availability %g", p.Name, a.Value)
		}
	}
	return ""
}

func total(shares sim.Shares) (float64, bool) {
	sum, told := 0.0, false
	for _, s := range shares {
		sum, told = sum+s.Value, told || s.Valid
	}
	return sum, told
}

// faulty is a random scenario of all features, and what goes wrong in it.
func faulty(choose cases.Choose) *spec.Scenario {
	f := &faults{Choose: choose, sc: cases.Any(choose)}
	f.sc.Timeline = slices.DeleteFunc(f.sc.Timeline, func(a spec.Action) bool {
		return a.Kind == spec.SetAction // it knows nothing of what is added here
	})
	f.streams()
	f.buses()
	f.calls()
	f.autoscalers()
	f.profile()
	f.shapes()
	f.timeline()
	return f.sc
}

// faults adds to a random scenario.
type faults struct {
	cases.Choose
	sc *spec.Scenario
}

func (f *faults) oneIn(n int) bool { return f.Choose(n) == n-1 }

// instant is within the run, on a coarse grid or anywhere.
func (f *faults) instant() spec.Nanos {
	if f.oneIn(2) {
		return f.sc.Duration * int64(f.Choose(1000)) / 999
	}
	return cases.Ms(float64(f.Choose(int(f.sc.Duration / spec.Millisecond))))
}

func (f *faults) length() spec.Nanos {
	return cases.Ms([]float64{5, 1, 2, 10, 20, 50, 3.3}[f.Choose(7)])
}

func (f *faults) dist() spec.Dist {
	if f.oneIn(3) {
		return spec.Dist{Kind: spec.Exponential, Mean: float64(f.length())}
	}
	return spec.Const(float64(f.length()))
}

// streams makes streams of some channels.
func (f *faults) streams() {
	read := map[int]bool{} // as a queue that takes dead letters
	for _, ch := range f.sc.Broker.Channels {
		if d := ch.Store.DeadLetter; d != spec.None {
			read[d] = true
		}
	}
	for i := range f.sc.Broker.Channels {
		if read[i] || !f.oneIn(2) {
			continue
		}
		ch := &f.sc.Broker.Channels[i]
		own := ch.Store
		ch.Type = spec.Stream
		ch.Store = cases.Store()
		ch.Store.TTL, ch.Store.AckTimeout, ch.Store.AckClockLease = own.TTL, own.AckTimeout, own.AckClockLease
		ch.Store.MaxDeliveries, ch.Store.DeadLetter, ch.Store.Dedup = own.MaxDeliveries, own.DeadLetter, own.Dedup
		ch.Partitions = 1 + f.Choose(5)
		ch.Assign = spec.Assign(f.Choose(4))
		if f.oneIn(2) {
			ch.Rebalance = f.length()
		}
		ch.Session = f.length()
		if f.oneIn(3) {
			ch.Retention = spec.Retention{Events: int64(f.Choose(4))}
		}
		if f.oneIn(4) {
			ch.Retention.Time = 2 * f.length()
		}
		if f.oneIn(4) {
			ch.Retention.Size = 1024 * int64(1+f.Choose(4))
		}
	}
	for i := range f.sc.Consumers {
		c := &f.sc.Consumers[i]
		for k := range c.From {
			if f.sc.Broker.Channels[c.From[k].Channel].Type == spec.Stream {
				c.From[k].Earliest = f.oneIn(2)
			}
		}
		if f.oneIn(2) {
			c.Commit = f.length()
		}
		c.Retry.Blocks = f.oneIn(3)
	}
}

// buses adds a bus in front of the other channels.
func (f *faults) buses() {
	if !f.oneIn(3) {
		return
	}
	n := len(f.sc.Broker.Channels)
	bus := cases.Queue("bus")
	bus.Type = spec.Bus
	for i := range 1 + f.Choose(2) {
		to := []int{f.Choose(n)}
		if second := f.Choose(n); second != to[0] {
			to = append(to, second)
		}
		bus.Rules = append(bus.Rules, spec.Rule{Name: fmt.Sprint("r", i), Where: f.where(), To: to})
	}
	if f.oneIn(2) {
		bus.Otherwise = f.Choose(n)
	}
	f.sc.Broker.Channels = append(f.sc.Broker.Channels, bus)
	for i := range f.sc.Producers {
		if f.oneIn(2) {
			f.sc.Producers[i].To = n
		}
	}
}

func (f *faults) where() *spec.Filter {
	if f.oneIn(2) {
		return nil
	}
	m := spec.Match{Kind: spec.PatternMatch, Pattern: cases.Pattern([]string{"order.*", "mail", "#"}[f.Choose(3)])}
	return &spec.Filter{Tests: []spec.Test{{Attribute: spec.TypeAttribute, Match: m}}}
}

// calls lets handlers and producers ask consumers behind them, and sometimes,
// with a time limit, those before.
func (f *faults) calls() {
	n := len(f.sc.Consumers)
	f.sc.Broker.Latency.Call = spec.Const(float64(f.Choose(2)) * 1e6)
	for i := range f.sc.Consumers {
		c := &f.sc.Consumers[i]
		if f.oneIn(3) {
			c.Backlog = f.Choose(4)
		}
		for h := range c.Handlers {
			if len(c.Handlers[h].Steps) > 0 && f.oneIn(3) {
				c.Handlers[h].Steps = append(c.Handlers[h].Steps, f.call(i, n))
			}
		}
	}
	for i := range f.sc.Producers {
		p := &f.sc.Producers[i]
		if p.Outbox == nil && p.Loses == 0 && f.oneIn(4) {
			p.To, p.Call, p.Confirm = spec.None, f.Choose(n), true
		}
	}
}

func (f *faults) call(from, n int) spec.Step {
	st := spec.Step{Verb: spec.Call, Chance: 1, Callee: (from + 1 + f.Choose(n)) % n, Retry: spec.Retry{Attempts: 1 + f.Choose(3)}}
	st.Retry.Backoff = spec.Backoff{Kind: spec.ConstantBackoff, Base: f.length()}
	if st.Callee <= from || f.oneIn(2) {
		st.Timeout = f.length()
	}
	if st.Callee <= from {
		f.sc.Broker.Latency.Call = cases.ConstMs(1) // a circle takes time, or it has no end within an instant
	}
	if f.oneIn(3) {
		st.Breaker = &spec.Breaker{Errors: 0.5, Window: 1 + f.Choose(4), Open: f.length()}
	}
	st.Continue = f.oneIn(2)
	return st
}

func (f *faults) autoscalers() {
	for i := range f.sc.Consumers {
		if f.oneIn(4) {
			f.sc.Consumers[i].Autoscale = &spec.Autoscale{
				Min: 1, Max: 1 + f.Choose(5), On: spec.AutoscaleOn(f.Choose(3)), Target: []float64{1, 0.5, 10}[f.Choose(3)],
				Every: f.length(), Window: f.length(), Cooldown: f.length(),
			}
		}
	}
}

// profile gives some scenarios what is peculiar to a broker.
func (f *faults) profile() {
	if !f.oneIn(4) {
		return
	}
	f.sc.Broker.Like = []spec.Profile{spec.SQSFIFO, spec.SQS}[f.Choose(2)]
	for i := range f.sc.Broker.Channels {
		ch := &f.sc.Broker.Channels[i]
		if ch.Type == spec.Queue && ch.Store.Order == spec.FIFO {
			ch.Store.KeyExclusive = f.sc.Broker.Like == spec.SQSFIFO
			ch.Store.AckTimeout, ch.Store.AckClockLease = f.length(), true
		}
	}
	for i := range f.sc.Consumers {
		r := &f.sc.Consumers[i].Retry
		r.ByTimeout = !r.InWorker && f.oneIn(2)
	}
}

// shapes lets some rates change over time.
func (f *faults) shapes() {
	for i := range f.sc.Producers {
		p := &f.sc.Producers[i]
		if p.Users > 0 || p.Rate.Kind == spec.Replay || !f.oneIn(4) {
			continue
		}
		p.Shape = []spec.ShapePoint{{At: f.length(), Times: []float64{3, 0, 0.5}[f.Choose(3)], Ramp: f.length()}, {At: 50 * spec.Millisecond, Times: 1}}
	}
}

// timeline adds a few faults at random instants; any may last, and overlap.
func (f *faults) timeline() {
	for range 1 + f.Choose(6) {
		f.sc.Timeline = append(f.sc.Timeline, f.action())
	}
}

func (f *faults) action() spec.Action {
	a := spec.Action{At: f.instant(), Kind: spec.ActionKind(f.Choose(int(spec.SetAction)))}
	if f.oneIn(2) {
		a.For = f.length()
	}
	consumer := spec.Ref{Kind: spec.ConsumerComponent, Index: f.Choose(len(f.sc.Consumers))}
	producer := spec.Ref{Kind: spec.ProducerComponent, Index: f.Choose(len(f.sc.Producers))}
	channel := spec.Ref{Kind: spec.ChannelComponent, Index: f.Choose(len(f.sc.Broker.Channels))}
	broker := spec.Ref{Kind: spec.BrokerComponent}
	a.Chance = []float64{0.5, 1, 0.1}[f.Choose(3)]
	switch a.Kind {
	case spec.CrashAction:
		a.A, a.Count, a.All = consumer, 1+f.Choose(2), f.oneIn(3)
		if f.oneIn(2) {
			a.Restarts, a.Restart = true, f.length()
		}
	case spec.SlowAction:
		a.A, a.Times = consumer, []float64{3, 0.5, 10}[f.Choose(3)]
	case spec.FailAction, spec.PauseAction, spec.ResumeAction:
		a.A = consumer
	case spec.ScaleAction:
		a.A, a.Count = consumer, f.Choose(5)
	case spec.StopAction, spec.StartAction:
		a.A = consumer
		if f.oneIn(3) {
			a.A = producer
		}
	case spec.OutageAction:
		a.A = channel
		if f.oneIn(2) {
			a.A = broker
		}
	case spec.CutAction, spec.DelayAction, spec.DropAction:
		a.By = f.dist()
		a.A, a.B = f.ends(consumer, producer, broker)
	case spec.DuplicateAction, spec.PurgeAction:
		a.A = channel
	case spec.SurgeAction:
		a.A, a.Times = producer, []float64{3, 0.5, 5}[f.Choose(3)]
	case spec.EmitAction:
		a.Event, a.B, a.Count = f.Choose(len(f.sc.Events)), channel, 1+f.Choose(3)
	}
	return a
}

// ends are two ends of a connection: of either with the broker, or of a call.
func (f *faults) ends(consumer, producer, broker spec.Ref) (a, b spec.Ref) {
	other := spec.Ref{Kind: spec.ConsumerComponent, Index: f.Choose(len(f.sc.Consumers))}
	switch f.Choose(4) {
	case 0:
		return consumer, broker
	case 1:
		return producer, broker
	case 2:
		return producer, consumer
	}
	if other == consumer {
		return broker, consumer
	}
	return consumer, other
}

// TestACutIsBlamedOnce: what a cut held of a try that was then unanswered is
// not outage twice.
func TestACutIsBlamedOnce(t *testing.T) {
	sc := cases.Scenario(cases.Ms(60))
	p := cases.Producer("p", cases.Ms(10))
	p.Count, p.Timeout, p.Retry.Attempts = 1, cases.Ms(5), 2
	sc.Producers = []spec.Producer{p}
	sc.Broker.Latency.Publish = cases.ConstMs(2)
	sc.Broker.Channels = []spec.Channel{cases.Queue("q")}
	sc.Consumers = []spec.Consumer{cases.Consumer("c", cases.Work(cases.ConstMs(1)))}
	producer, broker := spec.Ref{Kind: spec.ProducerComponent}, spec.Ref{Kind: spec.BrokerComponent}
	sc.Timeline = []spec.Action{
		{At: cases.Ms(9), For: cases.Ms(5), Kind: spec.CutAction, A: producer, B: broker},
	}
	if bad := endure(sc, 0); bad != "" {
		t.Fatal(bad)
	}
}
