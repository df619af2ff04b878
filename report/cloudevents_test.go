package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"eddy/sim"
	"eddy/sim/spec"
)

func writeCloudEvents(t testing.TB, sc *spec.Scenario, share float64) ([]event.Event, []byte, counting) {
	t.Helper()
	var b bytes.Buffer
	var n counting
	var out *CloudEvents
	simulated(t, sc, func(names *sim.Names) []sim.Observer {
		out = NewCloudEvents(&b, names, Origin{Scenario: sc, Share: share})
		return []sim.Observer{out, &n}
	})
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	var all []event.Event
	for line := range strings.Lines(b.String()) {
		var e event.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all = append(all, e)
	}
	return all, b.Bytes(), n
}

// The official SDK takes every line, and reads in it what happened.
func TestCloudEventsAreValid(t *testing.T) {
	all, text, n := writeCloudEvents(t, load(t, eventful), 1)
	if len(all) != n[sim.Created] {
		t.Errorf("%d lines for %d events", len(all), n[sim.Created])
	}
	trace := map[string]string{} // of each event
	seen := map[string]bool{}
	emitted := 0
	for _, e := range all {
		if err := e.Validate(); err != nil {
			t.Fatalf("%v in %s", err, e)
		}
		if key := e.Source() + " " + e.ID(); seen[key] {
			t.Fatalf("%s twice", key)
		} else {
			seen[key] = true
		}
		parent := fmt.Sprint(e.Extensions()["traceparent"])
		if !regexp.MustCompile(`^00-[0-9a-f]{32}-[0-9a-f]{16}-01$`).MatchString(parent) {
			t.Fatalf("traceparent %s", parent)
		}
		trace[e.ID()] = strings.Split(parent, "-")[1]
		cause, caused := e.Extensions()["causationid"]
		root := fmt.Sprint(e.Extensions()["correlationid"])
		if caused {
			emitted++
			if trace[fmt.Sprint(cause)] != trace[e.ID()] {
				t.Errorf("%s is in another trace than %s, which caused it", e.ID(), cause)
			}
		} else if root != e.ID() {
			t.Errorf("%s has the root %s and no cause", e.ID(), root)
		}
		if trace[root] != trace[e.ID()] {
			t.Errorf("%s is in another trace than its root %s", e.ID(), root)
		}
		if e.Time().Before(time.Unix(0, 0)) || e.Time().After(time.Unix(20, 0)) {
			t.Errorf("time %s", e.Time())
		}
		var data struct{ Size, Priority *int64 }
		if err := e.DataAs(&data); err != nil || data.Size == nil || data.Priority == nil {
			t.Fatalf("data %s: %v", e.Data(), err)
		}
	}
	if emitted == 0 {
		t.Error("no event was emitted for another")
	}
	_, again, _ := writeCloudEvents(t, load(t, eventful), 1)
	if !bytes.Equal(text, again) {
		t.Error("the same run is other bytes")
	}
	other := load(t, eventful)
	other.Seed++
	more, _, _ := writeCloudEvents(t, other, 1)
	if more[0].Extensions()["traceparent"] == all[0].Extensions()["traceparent"] {
		t.Error("another run has the same traces")
	}
}

// A sample is of whole families.
func TestCloudEventsKeepWholeFamilies(t *testing.T) {
	all, _, n := writeCloudEvents(t, load(t, eventful), 0.2)
	if len(all) == 0 || len(all) > n[sim.Created]/2 {
		t.Errorf("%d of %d events at 20 %%", len(all), n[sim.Created])
	}
	kept := map[string]bool{}
	for _, e := range all {
		kept[e.ID()] = true
		if cause, ok := e.Extensions()["causationid"]; ok && !kept[fmt.Sprint(cause)] {
			t.Errorf("%s is kept without its cause %s", e.ID(), cause)
		}
	}
}

// Names are data, and the format's texts have no control characters.
func TestCloudEventsOfHostileNames(t *testing.T) {
	var b bytes.Buffer
	sc := &spec.Scenario{Name: "\x1b[2J a/b?c#\u202e"}
	e := NewCloudEvents(&b, hostileNames{}, Origin{Scenario: sc, Share: 1})
	e.Observe(&sim.Record{What: sim.Created, Event: sim.EventID{Source: 0, Number: 1}, Root: sim.EventID{Source: 0, Number: 1}, Cause: nobody})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	var got event.Event
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, &b)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
	for _, r := range got.Type() + got.Source() + got.ID() + fmt.Sprint(got.Extensions()) + b.String() {
		if isUnsafe(r) && r != '\n' {
			t.Errorf("%U in %s", r, &b)
		}
	}
}

// hostileNames has names that would do something if they were not data.
type hostileNames struct{}

func (hostileNames) Component(int32) string {
	return "producers.a\x1b]0;x\x07/\"<script>alert(1)</script>\u202e"
}

func (hostileNames) Source(int32) string { return "a\x1b]0;x\x07/\"<script>\u202e" }

func (hostileNames) Type(int32) string { return "t\x00\"\\\n\u2028" }

func (hostileNames) Key(int32, int64) (string, bool) { return "k\x9b31m\ufffe", true }
