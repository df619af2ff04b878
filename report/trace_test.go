package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"eddy/sim"
)

type tableOfNames struct{ sources []string }

func (tableOfNames) Component(i int32) string {
	return []string{"producers.web", "channels.payments", "consumers.payment"}[i]
}

func (n tableOfNames) Source(i int32) string {
	if n.sources != nil {
		return n.sources[i]
	}
	return []string{"web", "payments", "payment"}[i]
}

func (tableOfNames) Type(i int32) string { return []string{"order.placed", "order\u202epaid"}[i] }

func (tableOfNames) Key(_ int32, key int64) (string, bool) {
	if key < 0 {
		return "", false
	}
	return fmt.Sprint(key), true
}

var nobody = sim.EventID{Source: sim.NoEvent}

// lives are records of an event, of one emitted for it, and of no event.
func lives() []sim.Record {
	web, paid := sim.EventID{Source: 0, Number: 17}, sim.EventID{Source: 2, Number: 5}
	return []sim.Record{
		{At: 0, What: sim.Joined, Component: 2, Event: nobody, Cause: nobody, Root: nobody, Type: -1, Key: -1, Instance: 2, Worker: -1, Partition: -1},
		{At: 1_234_000_000, What: sim.Started, Component: 2, Event: web, Cause: nobody, Root: web, Type: 0, Key: 42, Attempt: 1, Instance: 2, Worker: 0, Partition: -1},
		{At: 1_234_000_001, What: sim.DeadLettered, Why: sim.WhyAttempts, Component: 1, Event: web, Cause: nobody, Root: web, Type: 0, Key: 42, Attempt: 5, Instance: -1, Worker: -1, Partition: -1},
		{At: 61_000_000_000, What: sim.Created, Component: 2, Event: paid, Cause: web, Root: web, Type: 1, Key: -1, Instance: -1, Worker: -1, Partition: 3},
	}
}

func writeTrace(w io.Writer, share float64) error {
	t := NewTrace(w, tableOfNames{}, share)
	for _, r := range lives() {
		t.Observe(&r)
	}
	return t.Close()
}

func TestTraceLine(t *testing.T) {
	var b bytes.Buffer
	if err := writeTrace(&b, 1); err != nil {
		t.Fatal(err)
	}
	want := `{"t":1.234000000,"event":"web:17","type":"order.placed","key":"42","cause":null,"root":"web:17","at":"consumers.payment","what":"started","attempt":1,"instance":2,"worker":0,"partition":null,"why":null}`
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if lines[1] != want {
		t.Errorf("got  %s\nwant %s", lines[1], want)
	}
	for _, l := range lines {
		if !json.Valid([]byte(l)) {
			t.Errorf("not JSON: %s", l)
		}
		for _, r := range l {
			if isUnsafe(r) {
				t.Errorf("%U in %s", r, l)
			}
		}
	}
}

// family is the nth root of a source and an event emitted for it.
func family(source int32, n int64) []sim.Record {
	root := sim.EventID{Source: source, Number: n}
	return []sim.Record{
		{What: sim.Created, Event: root, Root: root, Cause: nobody},
		{What: sim.Created, Event: sim.EventID{Source: 2, Number: n * 7}, Root: root, Cause: root},
	}
}

func TestTraceKeepsWholeFamilies(t *testing.T) {
	const families = 20000
	for _, share := range []float64{0, 0.01, 0.3, 1} {
		tr := NewTrace(io.Discard, tableOfNames{}, share)
		kept := 0
		for n := range int64(families) {
			records := family(0, n)
			if tr.keeps(&records[0]) != tr.keeps(&records[1]) {
				t.Fatalf("family %d is torn at share %g", n, share)
			}
			if tr.keeps(&records[0]) {
				kept++
			}
		}
		// Six standard deviations of a fair draw are below 0.02.
		if got := float64(kept) / families; got < share-0.02 || got > share+0.02 {
			t.Errorf("share %g keeps %g", share, got)
		}
		if share == 0 && kept > 0 {
			t.Errorf("share 0 keeps %d", kept)
		}
		joined := lives()[0]
		if !tr.keeps(&joined) {
			t.Errorf("share %g loses what is of no event", share)
		}
	}
}

// A source that is inserted before another does not change which of the
// other's families are kept; and the larger share keeps what the smaller does.
func TestTraceSampleIsStable(t *testing.T) {
	before := NewTrace(io.Discard, tableOfNames{[]string{"web", "", "x"}}, 0.1)
	after := NewTrace(io.Discard, tableOfNames{[]string{"new", "web", "x"}}, 0.1)
	more := NewTrace(io.Discard, tableOfNames{[]string{"web", "", "x"}}, 0.2)
	differ := 0
	for n := range int64(2000) {
		a, b, other := family(0, n)[0], family(1, n)[0], family(0, n)[0]
		if before.keeps(&a) != after.keeps(&b) {
			t.Fatalf("web:%d is kept in one and not in the other", n)
		}
		if before.keeps(&a) && !more.keeps(&a) {
			t.Fatalf("web:%d is in 10 %% and not in 20 %%", n)
		}
		if before.keeps(&a) != after.keeps(&other) {
			differ++
		}
	}
	if differ == 0 {
		t.Error("two sources have the same sample")
	}
}

func TestTraceKeepsTheFirstError(t *testing.T) {
	out := &failing{left: 3 * traceFlush}
	tr := NewTrace(out, tableOfNames{}, 1)
	record := lives()[1]
	for range 4 * traceFlush / 100 {
		tr.Observe(&record)
	}
	if err := tr.Close(); err != errFull {
		t.Errorf("Close = %v, want %v", err, errFull)
	}
}

func TestTraceDoesNotAllocate(t *testing.T) {
	tr := NewTrace(io.Discard, tableOfNames{}, 1)
	record := lives()[1]
	record.Key = -1 // the names' own affair
	tr.Observe(&record)
	if n := testing.AllocsPerRun(5000, func() { tr.Observe(&record) }); n != 0 {
		t.Errorf("%v allocations a line", n)
	}
}

func BenchmarkTrace(b *testing.B) {
	tr := NewTrace(io.Discard, tableOfNames{}, 1)
	record := lives()[1]
	record.Key = -1
	b.ReportAllocs()
	for b.Loop() {
		tr.Observe(&record)
	}
}
