package experiment

import (
	"fmt"
	"strings"
	"sync/atomic"

	"eddy/sim"
)

// Mismatch is the error of a run that went differently the second time: the
// engine depends on something that it must not depend on.
type Mismatch struct {
	Record        int64 // the first record that differs, from 1
	First, Second string
}

func (m *Mismatch) Error() string {
	return fmt.Sprintf("two runs of the same scenario and seed differ, first in record %d: %s; the second time %s",
		m.Record, m.First, m.Second)
}

// Broken is the error of a run in which an invariant did not hold.
type Broken struct{ Violations []string }

func (b *Broken) Error() string {
	const shown = 5
	text := "an invariant did not hold: " + strings.Join(b.Violations[:min(shown, len(b.Violations))], "; ")
	if more := len(b.Violations) - shown; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

// twins is one run made twice, step by step beside one another, so that the
// first difference is seen at once and nothing has to be kept.
type twins struct {
	first, second *sim.Engine
	a, b          recorder
	compared      int64
	stop          atomic.Bool
}

func newTwins(build func(watch Observer) *sim.Engine) *twins {
	t := &twins{}
	t.first, t.second = build(&t.a), build(&t.b)
	return t
}

// recorder keeps the records of one step.
type recorder struct{ records []sim.Record }

func (r *recorder) Observe(rec *sim.Record) { r.records = append(r.records, *rec) }

// Interrupt makes both stop after the same step.
func (t *twins) Interrupt() { t.stop.Store(true) }

func (t *twins) Progress() (now, events int64) { return t.first.Progress() }

func (t *twins) Result() *sim.Result { return t.first.Result() }

func (t *twins) RunAll() error {
	for goOn := true; goOn; {
		if t.stop.Load() {
			t.first.Interrupt()
			t.second.Interrupt()
		}
		goOn = t.first.Step()
		if t.second.Step() != goOn {
			return &Mismatch{t.compared + 1, "goes on or ends", "does the other"}
		}
		if err := t.compare(); err != nil {
			return err
		}
	}
	if v := t.first.Violations(); len(v) > 0 {
		return &Broken{v}
	}
	return t.compareResults()
}

// compare holds the records of the last step against one another.
func (t *twins) compare() error {
	for i := range max(len(t.a.records), len(t.b.records)) {
		t.compared++
		if i >= len(t.a.records) || i >= len(t.b.records) || t.a.records[i] != t.b.records[i] {
			return &Mismatch{t.compared, t.describe(t.a.records, i), t.describe(t.b.records, i)}
		}
	}
	t.a.records, t.b.records = t.a.records[:0], t.b.records[:0]
	return nil
}

// compareResults finds what differs although every record was the same.
func (t *twins) compareResults() error {
	first, second := t.first.Result().Tree(), t.second.Result().Tree()
	var numbers []sim.Number
	first.Walk(func(_ []string, l *sim.Leaf) { numbers = append(numbers, l.Number) })
	var err error
	i := 0
	second.Walk(func(path []string, l *sim.Leaf) {
		if err == nil && (i >= len(numbers) || numbers[i] != l.Number) {
			err = fmt.Errorf("two runs of the same scenario and seed had the same records but differ in %s", sim.PathString(path))
		}
		i++
	})
	return err
}

func (t *twins) describe(records []sim.Record, i int) string {
	if i >= len(records) {
		return "nothing"
	}
	r, n := &records[i], t.first.Names()
	text := fmt.Sprintf("%s at %s at %d ns", sim.WhatNames[r.What], n.Component(r.Component), r.At)
	if r.Event.Source != sim.NoEvent {
		text += fmt.Sprintf(", event %s:%d, attempt %d", n.Source(r.Event.Source), r.Event.Number, r.Attempt)
	}
	return text
}

// verified is a run that is watched once it is known to be the same twice.
type verified struct {
	*twins
	then Runner
}

func (v *verified) RunAll() error {
	if err := v.twins.RunAll(); err != nil {
		return err
	}
	return v.then.RunAll()
}

func (v *verified) Interrupt() {
	v.twins.Interrupt()
	v.then.Interrupt()
}

// Progress counts the run that is checked and the run that is watched as one.
func (v *verified) Progress() (now, events int64) {
	checkedNow, checked := v.twins.Progress()
	watchedNow, watched := v.then.Progress()
	return (checkedNow + watchedNow) / 2, (checked + watched) / 2
}

func (v *verified) Result() *sim.Result { return v.then.Result() }
