package experiment

import (
	"context"
	"math"
	"reflect"
	"testing"

	"eddy/sim/spec"
)

// rivals are a queue and the same with a third worker, one crash in both.
func rivals() []*spec.Scenario {
	crash := func(sc *spec.Scenario) {
		sc.Timeline = append(sc.Timeline, spec.Action{
			At: 8 * spec.Second, Kind: spec.SlowAction, A: spec.Ref{Kind: spec.ConsumerComponent}, Times: 4, For: 2 * spec.Second, Count: 1, Chance: 1, Event: spec.None,
		})
	}
	return []*spec.Scenario{
		changed(20*spec.Second, crash),
		changed(20*spec.Second, func(sc *spec.Scenario) { crash(sc); sc.Consumers[0].Instances = 3 }),
	}
}

// TestShapesChangeNothing: who looks at the course of the runs gets the
// numbers, recovery times too, of who does not.
func TestShapesChangeNothing(t *testing.T) {
	plain := held(t, 4, 0, rivals()...)
	got, err := Against(rivals(), Options{Replications: 4}).WithShapes().Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(plain.Measures, got.Measures) {
		t.Error("looking changed a number")
	}
	if !comparedBy(t, plain, "faults.recovery").Values[0].Mean.Valid {
		t.Error("the recovery is not measured, so the test says little")
	}
	if plain.Shapes() != nil {
		t.Error("there are shapes that nobody asked for")
	}
}

// TestMorePairs: pairs made in parts are those made at once.
func TestMorePairs(t *testing.T) {
	whole := held(t, 5, 0, rivals()...)
	c := Against(rivals(), Options{Replications: 2})
	var parts *Comparison
	for _, n := range []int{2, 1, 2} {
		var err error
		if parts, err = c.More(context.Background(), n); err != nil {
			t.Fatal(err)
		}
	}
	if parts.Pairs != 5 || !reflect.DeepEqual(whole.Measures, parts.Measures) {
		t.Errorf("%d pairs made in parts differ from 5 made at once", parts.Pairs)
	}
	if p := c.Progress(); p.Done != 10 || p.Runs != 10 {
		t.Errorf("ten runs were made, the progress is %+v", p)
	}
}

// TestShapes holds the shapes to the numbers of the same runs.
func TestShapes(t *testing.T) {
	got, err := Against(rivals(), Options{Replications: 3}).WithShapes().Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for s, shape := range got.Shapes() {
		if shape.Runs != 3 || len(shape.Steps) != shapeSteps || shape.Steps[shapeSteps-1].At != int64(20*spec.Second) {
			t.Fatalf("%d runs, %d steps", shape.Runs, len(shape.Steps))
		}
		var done, ended float64
		for _, r := range got.Runs[s] {
			done += float64(r.Ledger.Done) / 3
			ended += r.Flows[0].Completion.P50.Value / 3
		}
		sum := 0.0
		for _, c := range shape.Steps {
			sum += c.Completed * float64(shape.Step) / 1e9
		}
		if math.Abs(sum-done) > 1e-6*done {
			t.Errorf("%v families over the steps, %v copies done", sum, done)
		}
		f := &shape.Flows[0]
		least, most, _ := f.Range()
		if f.Share(least*0.99) != 0 || f.Share(most) != 1 {
			t.Errorf("nothing is quicker than the quickest and slower than the slowest: %v, %v", f.Share(least*0.99), f.Share(most))
		}
		if half := f.Share(ended); math.Abs(half-0.5) > 0.05 {
			t.Errorf("at the median of %v s the share is %v", ended, half)
		}
	}
	if a, b := got.Shapes()[0], got.Shapes()[1]; a.Steps[26].Waiting <= b.Steps[26].Waiting {
		t.Errorf("in the middle of the fault, as many wait for two workers as for three: %v, %v", a.Steps[26].Waiting, b.Steps[26].Waiting)
	}
}
