package scenarios

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"eddy/sim/spec"
)

// typed are paths of defaults that are nowhere written: they can only be typed.
var typed = []string{
	"consumers.payment.handle.order.placed[3].chance", "producers.web.shape", "broker.channels.orders.dead_letter", "broker.channels.narrow.where",
	"broker.channels.log.retention.events", "broker.channels.rules.rules.all.where", "broker.channels.rules.otherwise", "consumers.packing.commit",
	"consumers.payment.autoscale", "consumers.late.from.where",
}

// TestSettable: what is offered contains everything that may be set, and none
// of what may not.
func TestSettable(t *testing.T) {
	o := Options{Name: "lively.yaml", FS: livelyFiles}
	list := Settable([]byte(lively), o)
	for _, c := range settable {
		if strings.HasSuffix(c.path, "]") || slices.Contains(typed, c.path) {
			continue // a whole step is offered in parts, and a default that is nowhere written can only be typed
		}
		if !slices.ContainsFunc(list, func(s spec.Setting) bool { return s.Path == c.path || strings.HasPrefix(s.Path, c.path+".") }) {
			t.Errorf("%s is not offered", c.path)
		}
	}
	for _, s := range list {
		for _, key := range []string{".about", ".from", ".type", ".partitions", ".starts", ".stops", ".kind"} {
			if strings.HasSuffix(s.Path, key) {
				t.Errorf("%s is offered", s.Path)
			}
		}
		if s.Value == "" {
			t.Errorf("%s has no value", s.Path)
		}
		// The value that it has is one that it takes.
		if _, ds := Load([]byte(lively), Options{Name: "lively.yaml", FS: livelyFiles, Set: set(s.Path, s.Value)}); slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error }) {
			t.Errorf("%s cannot be set to the value it has, %s: %s", s.Path, s.Value, rendered(ds))
		}
	}
}

// TestSetLive: an entry made on the screen is the entry of a file.
func TestSetLive(t *testing.T) {
	o := Options{Name: "lively.yaml", FS: livelyFiles}
	base := sound(t, lively, o)
	for _, c := range settable {
		value := strings.Trim(c.value, `"`)
		got, err := SetLive(base, []byte(lively), o, c.path, value)
		if err != nil {
			t.Errorf("%s=%s: %v", c.path, value, err)
			continue
		}
		want := sound(t, livelyWith(setting("1m", c.path, c.value)), o).Timeline[0]
		got.At = want.At
		if !reflect.DeepEqual(got.Changed, want.Changed) || got.Path != want.Path || got.Count != want.Count || got.Chance != want.Chance {
			t.Errorf("%s=%s: %+v, in a file %+v", c.path, value, got, want)
		}
		again := *base
		again.Timeline = []spec.Action{got}
		if s, ds := Load(Resolved(&again), o); s == nil || len(s.Timeline) != 1 {
			t.Errorf("%s=%s cannot be written: %s\n%s", c.path, value, rendered(ds), Resolved(&again))
		}
	}
	for path, want := range map[string]string{
		"consumers.payment.instanses": "did you mean consumers.payment.instances?",
		"name":                        "only values of producers",
		"producers.web.about":         "cannot be set while the scenario runs",
		"producers.web.starts":        "is not a duration",
		"consumers.payment.instances": "is not a number",
	} {
		if _, err := SetLive(base, []byte(lively), o, path, "narrow"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: wanted %q, said %v", path, want, err)
		}
	}
	if _, err := SetLive(base, []byte(lively), o, "consumers.payment.instances", "2"); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("the value that it has: %v", err)
	}
}
