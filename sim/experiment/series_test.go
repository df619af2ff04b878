package experiment

import (
	"context"
	"math"
	"reflect"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// sample runs a scenario with a series and returns its rows by metric.
func sample(t *testing.T, sc *spec.Scenario, step int64) (*sim.Result, map[string][]Sample) {
	t.Helper()
	rows := map[string][]Sample{}
	o, err := Of(sc, Options{Replications: 1, Step: step, Sample: func(batch []Sample) {
		for _, s := range batch {
			rows[s.Component+"."+s.Metric] = append(rows[s.Component+"."+s.Metric], s)
		}
	}}).Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return o.Runs[0], rows
}

func TestSamplingChangesNothing(t *testing.T) {
	sc := workQueue(10 * spec.Second)
	plain := sim.New(sc, sim.Options{})
	plain.RunAll()
	got, _ := sample(t, sc, 77*spec.Millisecond)
	if !reflect.DeepEqual(got, plain.Result()) {
		t.Error("a sampled run has another result")
	}
}

// The steps of a series add up to the whole.
func TestSeriesAddsUp(t *testing.T) {
	sc := workQueue(20 * spec.Second)
	sc.Warmup = 0
	r, rows := sample(t, sc, 300*spec.Millisecond)
	sum := func(metric string) (total float64) {
		last := int64(0)
		for _, s := range rows[metric] {
			total += s.Value.Value * float64(s.At-last) / 1e9
			last = s.At
		}
		if last != sc.Duration || len(rows[metric]) != 67 {
			t.Fatalf("%s: %d rows until %d", metric, len(rows[metric]), last)
		}
		return total
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-9*math.Abs(want) {
			t.Errorf("%s: %g, want %g", what, got, want)
		}
	}
	near("created", sum("producers.web.rate"), float64(r.Producers[0].Created))
	near("in", sum("channels.jobs.rate_in"), float64(r.Channels[0].In))
	near("completed", sum("flows.job.rate"), float64(r.Flows[0].Completed))
	near("done", sum("consumers.worker.rate"), float64(r.Consumers[0].Done))
	near("busy", sum("consumers.worker.utilisation")*2, r.Consumers[0].BusySeconds.Value)
	jobs := r.Channels[0]
	near("out", sum("channels.jobs.rate_out"), float64(jobs.Acked+jobs.DeadLettered))
	depth := rows["channels.jobs.depth"]
	near("depth", depth[len(depth)-1].Value.Value, jobs.Depth.Last.Value)
}

// A step in which the warm-up ends has a utilisation, too, and nothing done in
// a step means no quantile.
func TestSeriesAcrossTheWarmup(t *testing.T) {
	sc := workQueue(10 * spec.Second)
	sc.Warmup = 5 * spec.Second
	sc.Producers[0].Starts = 2 * spec.Second
	_, rows := sample(t, sc, spec.Second)
	busy, p99 := rows["consumers.worker.utilisation"], rows["consumers.worker.latency.p99"]
	for i := range busy {
		idle := i < 2
		if !busy[i].Value.Valid || (busy[i].Value.Value == 0) != idle || busy[i].Value.Value > 1 {
			t.Errorf("utilisation at %d: %+v", busy[i].At, busy[i].Value)
		}
		if p99[i].Value.Valid == idle {
			t.Errorf("p99 at %d: %+v", p99[i].At, p99[i].Value)
		}
	}
}
