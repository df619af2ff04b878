package reference

import (
	"fmt"
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/reference/cases"
	"eddy/sim/spec"
)

// small is a scenario with one producer "p", one queue "q" and one consumer
// "c", that a case then changes.
func small(duration, every float64, steps ...spec.Step) *spec.Scenario {
	sc := cases.Scenario(cases.Ms(duration))
	sc.Producers = []spec.Producer{cases.Producer("p", cases.Ms(every))}
	sc.Broker.Channels = []spec.Channel{cases.Queue("q")}
	sc.Consumers = []spec.Consumer{cases.Consumer("c", steps...)}
	return sc
}

// story renders what happened to events as one line a record: milliseconds,
// what, why, where, the event, and the attempt where there is one.
func story(t *testing.T, sc *spec.Scenario) string {
	t.Helper()
	if err := Supports(sc); err != nil {
		t.Fatal(err)
	}
	records, accounts := Run(sc, 0, 100_000)
	if !accounts.Complete || !accounts.Balanced() {
		t.Errorf("accounts %+v", accounts)
	}
	names := componentNames(sc)
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "%g %s", float64(r.At)/1e6, sim.WhatNames[r.What])
		if r.Why != sim.NoReason {
			fmt.Fprintf(&b, "(%s)", sim.WhyNames[r.Why])
		}
		fmt.Fprintf(&b, " %s", names[r.Component])
		if r.Event.Source != sim.NoEvent {
			fmt.Fprintf(&b, " %s:%d", names[r.Event.Source], r.Event.Number)
		}
		if r.Attempt > 0 && r.What != sim.Published && r.What != sim.Confirmed {
			fmt.Fprintf(&b, " #%d", r.Attempt)
		}
		switch r.What {
		case sim.Leased, sim.Started, sim.Joined, sim.Left, sim.TimedOut:
			if r.Instance > 0 || r.Worker > 0 {
				fmt.Fprintf(&b, " @%d.%d", r.Instance, max(r.Worker, 0))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func componentNames(sc *spec.Scenario) []string { return build(sc, 1).names }

// tells compares a story with the one told by hand, line by line. Lines that
// begin with "created", "published" or "confirmed" after the time are left out
// of both if the case is about what comes later.
func tells(t *testing.T, sc *spec.Scenario, want string) {
	t.Helper()
	compare(t, lines(story(t, sc)), lines(want))
}

// tellsOf is tells for the records with one of these steps only.
func tellsOf(t *testing.T, sc *spec.Scenario, whats string, want string) {
	t.Helper()
	var got []string
	for _, line := range lines(story(t, sc)) {
		what, _, _ := strings.Cut(strings.Fields(line)[1], "(")
		if strings.Contains(" "+whats+" ", " "+what+" ") {
			got = append(got, line)
		}
	}
	compare(t, got, lines(want))
}

func lines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("differs at line %d\ngot:\n%s\nwant:\n%s", i+1, numbered(got, i), numbered(want, i))
		}
	}
}

func numbered(all []string, mark int) string {
	var b strings.Builder
	for i, line := range all {
		sign := ' '
		if i == mark {
			sign = '>'
		}
		fmt.Fprintf(&b, "%c %s\n", sign, line)
	}
	return b.String()
}
