package experiment

import (
	"context"
	"math"
	"reflect"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// held holds scenarios against one another in so many pairs.
func held(t *testing.T, pairs, jobs int, scenarios ...*spec.Scenario) *Comparison {
	t.Helper()
	got, err := Against(scenarios, Options{Replications: pairs, Jobs: jobs}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func comparedBy(t *testing.T, c *Comparison, path string) *Compared {
	t.Helper()
	for i := range c.Measures {
		if c.Measures[i].Path == path {
			return &c.Measures[i]
		}
	}
	t.Fatalf("%s is not compared", path)
	return nil
}

// changed is workQueue with a change.
func changed(duration spec.Nanos, change func(*spec.Scenario)) *spec.Scenario {
	sc := workQueue(duration)
	change(sc)
	return sc
}

func TestCompareOfTheSame(t *testing.T) {
	sc := workQueue(20 * spec.Second)
	c := held(t, 4, 0, sc, workQueue(20*spec.Second))
	for _, m := range c.Measures {
		if d := m.Against[0]; d.Standing != Same && m.Values[0].N > 0 {
			t.Errorf("%s: %+v", m.Path, d)
		}
	}
}

func TestCompareDoesNotDependOnJobs(t *testing.T) {
	other := changed(20*spec.Second, func(sc *spec.Scenario) { sc.Consumers[0].Instances = 3 })
	one, four := held(t, 5, 1, workQueue(20*spec.Second), other), held(t, 5, 4, workQueue(20*spec.Second), other)
	if !reflect.DeepEqual(one, four) {
		t.Error("four jobs give another comparison than one")
	}
	m := comparedBy(t, one, "consumers.worker.latency.p50")
	if d := m.Against[0]; d.Standing != Better || d.Mean.Value >= 0 || !d.High.Valid || d.High.Value >= 0 {
		t.Errorf("a third worker makes no median better: %+v", d)
	}
	cost := comparedBy(t, one, "consumers.worker.instance_seconds").Against[0]
	if cost.Standing != Worse || math.Abs(cost.Mean.Value-18) > 1e-9 {
		t.Errorf("a third worker for 18 s costs %+v", cost)
	}
}

// TestHolm holds the correction against one worked by hand.
func TestHolm(t *testing.T) {
	of := func(p float64) *Difference { return &Difference{P: sim.Num(p), Mean: sim.Num(1)} }
	all := []*Difference{of(0.01), of(0.04), of(0.03), of(0.005), {}}
	holm(all)
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		if got := all[i].Adjusted.Value; math.Abs(got-want) > 1e-12 {
			t.Errorf("%v becomes %v, not %v", all[i].P.Value, got, want)
		}
	}
	if all[4].Adjusted.Valid {
		t.Error("what was not tested was corrected")
	}
}

// TestTwoSided: Student's t of 1 with 1 degree of freedom leaves a half
// outside, of 2.262157 with 9 a twentieth.
func TestTwoSided(t *testing.T) {
	if p := twoSided(1, math.Sqrt2, 2); math.Abs(p-0.5) > 1e-9 {
		t.Errorf("p = %v", p)
	}
	if p := twoSided(-2.262157163, math.Sqrt(10), 10); math.Abs(p-0.05) > 1e-9 {
		t.Errorf("p = %v", p)
	}
}

// TestAgainstItselfWithOtherLuck counts false alarms: the same scenario, with
// independent luck on each side. Every interval may miss 0 in one of twenty;
// with Holm's correction one comparison in twenty may name any difference at all.
func TestAgainstItselfWithOtherLuck(t *testing.T) {
	comparisons, pairs := 120, 8
	if testing.Short() {
		comparisons = 60
	}
	alarms := 0
	missed, given := 0, 0
	for i := range comparisons {
		runs := make([][]*sim.Result, 2)
		for side := range runs {
			sc := workQueue(8 * spec.Second)
			sc.Seed = int64((2*i + side) * pairs)
			o, err := Of(sc, Options{Replications: pairs}).Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			runs[side] = o.Runs
		}
		sc := workQueue(8 * spec.Second)
		c := Compare([]*spec.Scenario{sc, sc}, runs)
		alarm := false
		for _, m := range c.Measures {
			d := m.Against[0]
			alarm = alarm || d.Standing == Better || d.Standing == Worse || d.Standing == Different
			if d.Low.Valid && d.Standing != Same {
				given++
				if d.Low.Value > 0 || d.High.Value < 0 {
					missed++
				}
			}
		}
		if alarm {
			alarms++
		}
	}
	share := float64(alarms) / float64(comparisons)
	t.Logf("%.1f %% of the comparisons name a difference; %.1f %% of %d intervals miss 0", 100*share, 100*float64(missed)/float64(given), given)
	// Four standard errors of a chance of 5 %.
	if limit := 0.05 + 4*math.Sqrt(0.05*0.95/float64(comparisons)); share > limit {
		t.Errorf("%.1f %% of comparisons of the same are alarmed", 100*share)
	}
	// The numbers of one comparison hang together: allow twice that.
	if miss := float64(missed) / float64(given); math.Abs(miss-0.05) > 8*math.Sqrt(0.05*0.95/float64(comparisons)) {
		t.Errorf("%.1f %% of the intervals miss 0", 100*miss)
	}
}

// TestCommonLuckSavesReplications: "retries 3 → 1" on common luck, against the
// same on independent luck. So many times fewer replications are needed as the
// variance of the difference is smaller.
func TestCommonLuckSavesReplications(t *testing.T) {
	pairs := 60
	if testing.Short() {
		pairs = 30
	}
	queue := func(attempts int) *spec.Scenario {
		return changed(60*spec.Second, func(sc *spec.Scenario) { sc.Consumers[0].Retry.Attempts = attempts })
	}
	variance := func(firstSeed int64) float64 {
		base, other := queue(3), queue(1)
		other.Seed = firstSeed
		runs := make([][]*sim.Result, 2)
		for side, sc := range []*spec.Scenario{base, other} {
			o, err := Of(sc, Options{Replications: pairs}).Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			runs[side] = o.Runs
		}
		d := comparedBy(t, Compare([]*spec.Scenario{base, other}, runs), "consumers.worker.rate").Against[0]
		return d.SD.Value * d.SD.Value
	}
	common, independent := variance(1), variance(1+int64(pairs))
	t.Logf("%.0f times fewer", independent/common)
	if independent < 20*common {
		t.Errorf("the variance of the difference is %v on common luck and %v on independent luck", common, independent)
	}
}

func TestRecovery(t *testing.T) {
	slow := func(workers int) *spec.Scenario {
		return changed(100*spec.Second, func(sc *spec.Scenario) {
			sc.Consumers[0].Instances = workers
			sc.Timeline = []spec.Action{{
				At: 30 * spec.Second, For: 10 * spec.Second, Kind: spec.PauseAction, A: spec.Ref{Kind: spec.ConsumerComponent},
			}}
		})
	}
	c := held(t, 5, 0, slow(2), slow(4))
	m := comparedBy(t, c, "faults.recovery")
	// 1,000 jobs wait when the pause of 10 s ends; some 152 a second can be
	// done of the 110 or so that come with retries, or 305.
	if two := m.Values[0].Mean.Value; two < 10 || two > 45 {
		t.Errorf("two workers recover in %v s", two)
	}
	if four := m.Values[1].Mean.Value; four < 2 || four > 10 {
		t.Errorf("four workers recover in %v s", four)
	}
	if m.Against[0].Standing != Better {
		t.Errorf("%+v", m.Against[0])
	}
	plain, watched := sim.New(slow(2), sim.Options{}), c.Runs[0][0]
	plain.RunAll()
	if plain.Result().Run.Fingerprint != watched.Run.Fingerprint {
		t.Error("looking changes the run")
	}
}

// TestRecoveryIsExact: an event every 100 ms, each 30 ms of work, nobody works
// from 30 s to 40 s. When it has worked off what waits can be counted on one's
// fingers; a second, shorter pause is recovered from sooner.
func TestRecoveryIsExact(t *testing.T) {
	sc := written(t, `name: x
duration: 80s
warmup: 5s
producers: {p: {emits: e, to: q, rate: every(100ms)}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {from: q, work: 30ms}}
timeline: [{at: 30s, pause: c}, {at: 40s, resume: c}, {at: 60s, pause: c}, {at: 61s, resume: c}]
`)
	const ms = spec.Millisecond
	waits, now, next := int64(0), 40*spec.Second, 40*spec.Second
	for at := 100 * ms; at <= now; at += 100 * ms {
		if at > 30*spec.Second || at == 30*spec.Second {
			waits++
		}
	}
	for next += 100 * ms; waits > 1; {
		now += 30 * ms // another one is done
		waits--
		for next <= now {
			waits++
			next += 100 * ms
		}
	}
	want := float64(now-40*spec.Second) / 1e9
	c := held(t, 3, 0, sc, sc)
	got := comparedBy(t, c, "faults.recovery").Values[0]
	if got.N != 3 || got.Mean.Value != want || got.SD.Value != 0 {
		t.Errorf("%v s (%+v), not %v s", got.Mean.Value, got.Metric, want)
	}
}

func TestDisturbances(t *testing.T) {
	const s = spec.Second
	consumer := spec.Ref{Kind: spec.ConsumerComponent}
	sc := &spec.Scenario{Duration: 100 * s, Timeline: []spec.Action{
		{At: 50 * s, For: 10 * s, Kind: spec.SlowAction},
		{At: 10 * s, Kind: spec.CrashAction, Restarts: true, Restart: 5 * s},
		{At: 55 * s, For: 20 * s, Kind: spec.OutageAction},
		{At: 80 * s, Kind: spec.PauseAction, A: consumer},
		{At: 85 * s, Kind: spec.ResumeAction, A: consumer},
		{At: 20 * s, Kind: spec.SlowAction},                // lasts
		{At: 30 * s, For: 5 * s, Kind: spec.ScaleAction},   // no fault
		{At: 90 * s, For: 20 * s, Kind: spec.OutageAction}, // outlives the run
		{At: 95 * s, Kind: spec.CrashAction, For: 0},       // for good
	}}
	want := []disturbance{{10 * s, 15 * s}, {50 * s, 75 * s}, {80 * s, 85 * s}}
	if got := disturbances(sc); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

// TestSurvivors: a queue that drops what it has no room for has the better
// latencies, of what is left.
func TestSurvivors(t *testing.T) {
	busy := func(capacity int) *spec.Scenario {
		return changed(60*spec.Second, func(sc *spec.Scenario) {
			sc.Producers[0].Rate.Rate.Events = 160
			sc.Broker.Channels[0].Store.Capacity, sc.Broker.Channels[0].Store.Overflow = capacity, spec.DropNew
		})
	}
	c := held(t, 5, 0, busy(spec.Unlimited), busy(3))
	found := false
	for _, s := range c.Survivors {
		found = found || c.Measures[s.Measure].Path == "consumers.worker.latency.p50" && s.Winner == 1 && s.Gone[0].What == "dead-lettered"
	}
	if !found {
		t.Errorf("no word about better latencies by dropping: %+v", c.Survivors)
	}
	if harmless := held(t, 5, 0, workQueue(60*spec.Second), changed(60*spec.Second, func(sc *spec.Scenario) { sc.Consumers[0].Instances = 3 })); len(harmless.Survivors) > 0 {
		t.Errorf("a warning where nothing is left out: %+v", harmless.Survivors)
	}
}

func TestCompareInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	sc := workQueue(20 * spec.Second)
	got, err := Against([]*spec.Scenario{sc, sc}, Options{Replications: 5}).Run(ctx)
	if err != nil || !got.Interrupted || got.Pairs != 0 {
		t.Errorf("%v, %+v", err, got)
	}
}

// TestWorstMinute: the callee is away for half of the third minute, so every
// second call of that minute is refused and every one of the others answered.
func TestWorstMinute(t *testing.T) {
	shop := func(timeline string) *spec.Scenario {
		return written(t, `name: x
duration: 310s
warmup: 10s
producers: {p: {emits: e, call: c, rate: every(100ms), timeout: 1s}}
broker: {channels: {q: {type: queue}}}
consumers: {c: {work: 1ms, concurrency: 10}}
timeline: [`+timeline+"]\n")
	}
	calm, disturbed := shop(""), shop("{at: 130050ms, crash: c, restart: 30s}")
	m := comparedBy(t, held(t, 3, 0, calm, disturbed), "producers.p.availability_worst_minute")
	if got := m.Values[0].Mean; got != sim.Num(1) {
		t.Errorf("nothing happens, and the worst minute is %v", got)
	}
	if got := m.Values[1].Mean.Value; math.Abs(got-0.5) > 1.5/600 {
		t.Errorf("half a minute away, and the worst minute is %v", got)
	}
	if d := m.Against[0]; d.Standing != Worse {
		t.Errorf("%+v", d)
	}
	// Over the whole run it is a tenth of that: what the measure is for.
	all := comparedBy(t, held(t, 3, 0, calm, disturbed), "producers.p.availability")
	if got := all.Values[1].Mean.Value; math.Abs(got-0.9) > 0.002 {
		t.Errorf("over the whole run it is %v", got)
	}
	short := changed(50*spec.Second, func(*spec.Scenario) {})
	for _, m := range held(t, 3, 0, short, short).Measures {
		if m.Path == "producers.web.availability_worst_minute" {
			t.Errorf("there is no whole minute: %+v", m.Values[0])
		}
	}
}
