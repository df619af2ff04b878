package report

import (
	"bytes"
	"strings"
	"testing"

	"eddy/sim"
)

// A note of many words does not break a table in two, and equal notes share a
// mark, however many there are.
func TestNotesAreFootnotes(t *testing.T) {
	long := "not enough tail: 12 of the 100 observations beyond the quantile that an interval needs"
	r := threeRuns()
	for i := range r.Metrics {
		r.Metrics[i].Low, r.Metrics[i].High, r.Metrics[i].Note = sim.Number{}, sim.Number{}, long
	}
	r.Metrics[9].Note = "fewer than 3 runs"
	var b bytes.Buffer
	if err := TextReplicated(&b, r, TextOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	_, consumers, _ := strings.Cut(b.String(), "\nConsumers ")
	consumers, _, _ = strings.Cut(consumers, "\n\n")
	if got := strings.Count(consumers, "²"); got != 4 { // three metrics and the note
		t.Errorf("%d second marks in\n%s", got, consumers)
	}
	if !strings.Contains(consumers, "\n  ¹ fewer than 3 runs\n  ² not enough tail: 12") {
		t.Errorf("no footnotes in\n%s", consumers)
	}
	if strings.Contains(b.String(), "\nConsumers  ") && strings.Count(b.String(), "Consumers") != 1 {
		t.Errorf("the table is in two:\n%s", b.String())
	}
	if got := superscript(120); got != "¹²⁰" {
		t.Errorf("mark 120 is %s", got)
	}
}
