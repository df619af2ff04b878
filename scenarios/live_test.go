package scenarios

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"eddy/sim/spec"
)

// lively has a place for everything that may be set while it runs; the timeline
// goes after it.
const lively = `name: lively
duration: 10m
producers:
  web: {emits: order.placed, to: orders, rate: poisson(10/s)}
  beats: {emits: beat, to: orders, rate: 5/s}
  waves: {emits: beat, to: orders, rate: "mmpp(low=10/s, high=200/s, low_for=30s, high_for=5s)"}
  salvoes: {emits: beat, to: orders, rate: "burst(70, every=5s)"}
  gaps: {emits: beat, to: orders, rate: renewal(exp(1s))}
  people: {emits: order.placed, call: checkout, users: 5, think: 1s}
  shipped: {emits: beat, to: orders, rate: 1/s, kind: database, outbox: {poll: 1s}}
  recorded: {emits: order.placed, to: orders, rate: replay(file=data/arrivals.csv)}
broker:
  latency: 1ms
  channels:
    orders: {type: queue, capacity: 100}
    narrow: {type: queue, capacity: 10, overflow: block, from: orders}
    log: {type: stream, partitions: 2, from: orders}
    dead: {type: queue}
    facts: {type: topic, from: orders}
    rules: {type: bus, from: orders, rules: {all: {to: dead}}}
consumers:
  payment:
    from: orders
    instances: 2
    concurrency: 2
    handle:
      order.placed:
        - work: 20ms
        - fail: 2%
        - {call: checkout, timeout: 1s, breaker: {errors: 50%}}
        - {emit: order.paid, to: narrow}
  late: {from: {channel: facts}, work: 1ms}
  checkout: {work: 5ms, concurrency: unlimited, backlog: 50}
  packing: {from: [narrow, log], work: 1ms, autoscale: {max: 5, target: 10}}
`

func livelyWith(entries ...string) string {
	return lively + "timeline:\n" + strings.Join(entries, "")
}

func setting(at, path, value string) string {
	return fmt.Sprintf("  - {at: %s, set: %q, to: %s}\n", at, path, value)
}

var livelyFiles = os.DirFS("testdata")

// settable are settings of every kind that FORMAT.md promises.
var settable = []struct{ path, value string }{
	{"producers.web.rate", "poisson(20/s)"},
	{"producers.beats.rate", "every(1s jitter=10%)"},
	{"producers.beats.rate", "0/s"},
	{"producers.waves.rate", `"mmpp(low=10/s, high=300/s, low_for=30s, high_for=5s)"`},
	{"producers.salvoes.rate", `"burst(7, every=1s)"`},
	{"producers.gaps.rate", "renewal(2s)"},
	{"producers.people.think", "exp(2s)"},
	{"producers.web.retry", "{attempts: 3}"},
	{"producers.web.timeout", "2s"},
	{"producers.web.buffer", "0"},
	{"producers.web.loses", "1%"},
	{"broker.latency", "2ms"},
	{"broker.latency.publish", "2ms"},
	{"broker.rate", "1000/s"},
	{"broker.channels.orders.capacity", "unlimited"},
	{"broker.channels.orders.overflow", "drop_old"},
	{"broker.channels.narrow.capacity", "20"},
	{"broker.channels.orders.delay", "exp(1s)"},
	{"broker.channels.log.ttl", "30s"},
	{"broker.channels.orders.ack_timeout", "30s"},
	{"broker.channels.orders.max_deliveries", "3"},
	{"broker.channels.orders.dedup", "5m"},
	{"consumers.payment.instances", "4"},
	{"consumers.payment.concurrency", "4"},
	{"consumers.payment.prefetch", "unlimited"},
	{"consumers.checkout.backlog", "10"},
	{"consumers.payment.idempotent", "true"},
	{"consumers.payment.recognise", "1ms"},
	{"consumers.payment.start_time", "2s"},
	{"consumers.payment.retry.attempts", "2"},
	{"consumers.payment.retry", "{in: worker, backoff: [1s, 5s], then: drop}"},
	{"consumers.payment.handle.order.placed[0].work", "lognormal(mean=12ms p99=40ms)"},
	{"consumers.payment.handle.order.placed[0].work", "empirical(file=data/latencies.csv)"},
	{"consumers.payment.handle.order.placed[1].fail", "50%"},
	{"consumers.payment.handle.order.placed[1]", "{fail: 5%, poison: true, when: {priority: 0}}"},
	{"consumers.payment.handle.order.placed[2].timeout", "3s"},
	{"consumers.payment.handle.order.placed[2].on_error", "continue"},
	{"consumers.payment.handle.order.placed[3].chance", "10%"},
	{"consumers.payment.handle.order.placed[3].emit", "{order.paid: 50%, beat: 50%}"},
	{"consumers.checkout.work", "50ms"},
	{"producers.web.rate", "10/s"},
	{"producers.beats.rate", "poisson(10/s)"},
	{"producers.web.emits", "{order.placed: 50%, beat: 50%}"},
	{"producers.web.to", "narrow"},
	{"producers.people.call", "payment"},
	{"producers.web.shape", "[{at: 2m, times: 3}]"},
	{"producers.people.users", "9"},
	{"producers.web.instances", "2"},
	{"producers.web.count", "100"},
	{"producers.web.confirm", "false"},
	{"producers.shipped.outbox.poll", "2s"},
	{"producers.shipped.outbox", "{poll: 1s, batch: 5}"},
	{"broker.channels.orders.overflow", "block"},
	{"broker.channels.narrow.overflow", "reject"},
	{"broker.channels.orders.order", "lifo"},
	{"broker.channels.orders.requeue", "back"},
	{"broker.channels.orders.ack_clock", "lease"},
	{"broker.channels.orders.delayed_holds_slot", "true"},
	{"broker.channels.orders.dead_letter", "dead"},
	{"broker.channels.narrow.where", "{type: order.*}"},
	{"broker.channels.log.retention.events", "10"},
	{"broker.channels.log.assign", "sticky"},
	{"broker.channels.log.rebalance", "3s"},
	{"broker.channels.log.session_timeout", "30s"},
	{"broker.channels.rules.rules.all.where", "{type: beat}"},
	{"broker.channels.rules.rules", "{all: {to: dead}, more: {to: narrow}}"},
	{"broker.channels.rules.otherwise", "dead"},
	{"consumers.checkout.concurrency", "4"},
	{"consumers.payment.concurrency", "unlimited"},
	{"consumers.payment.ack", "before"},
	{"consumers.packing.commit", "1s"},
	{"consumers.packing.autoscale.max", "9"},
	{"consumers.packing.autoscale", "{max: 5, on: utilisation, target: 70%}"},
	{"consumers.payment.autoscale", "{max: 9, target: 5}"},
	{"consumers.payment.handle.order.placed[0]", "{fail: 2%}"},
	{"consumers.payment.handle.order.placed[3].to", "orders"},
	{"consumers.payment.handle.order.placed[2].call", "packing"},
	{"consumers.payment.handle.order.placed[2].breaker.errors", "20%"},
	{"consumers.payment.handle", "[{work: 1ms}]"},
	{"consumers.late.from.where", "{type: beat}"},
}

func TestSetWhileItRuns(t *testing.T) {
	base := sound(t, lively, Options{FS: livelyFiles})
	for _, c := range settable {
		s := sound(t, livelyWith(setting("1m", c.path, c.value)), Options{FS: livelyFiles})
		a := s.Timeline[0]
		if a.Kind != spec.SetAction || a.Path != c.path || a.Changed == nil {
			t.Errorf("%s: %+v", c.path, a)
			continue
		}
		// What it makes of the scenario is what --set does before the run.
		value := strings.Trim(c.value, `"`)
		before := sound(t, lively, Options{FS: livelyFiles, Set: set(c.path, value)})
		before.Hash, before.Set = "", nil
		alignEvents(base, before)
		if !reflect.DeepEqual(before, a.Changed) {
			t.Errorf("%s is not set to %s: %s", c.path, c.value, Resolved(a.Changed))
		}
		if a.Changed.Timeline != nil || reflect.DeepEqual(a.Changed.Producers, base.Producers) && reflect.DeepEqual(a.Changed.Broker, base.Broker) && reflect.DeepEqual(a.Changed.Consumers, base.Consumers) {
			t.Errorf("%s changes nothing", c.path)
		}
		roundTrip(t, s, Options{FS: livelyFiles})
	}
	for _, s := range liveSettings {
		if !slices.ContainsFunc(settable, func(c struct{ path, value string }) bool { return strings.HasPrefix(c.path, s.path) }) {
			t.Errorf("nothing of %s is tried", s.of)
		}
	}
}

func TestNotSetWhileItRuns(t *testing.T) {
	const fixed = "cannot be set while the scenario runs"
	for _, c := range []struct{ path, value, want string }{
		{"name", "other", "only values of producers"},
		{"duration", "20m", fixed},
		{"seed", "2", fixed},
		{"expect", `["ledger.lost == 0"]`, fixed},
		{"timeline[0].at", "2m", fixed},
		{"variants", "{a: {duration: 1m}}", fixed},
		{"producers.recorded.rate", "replay(file=data/times.csv)", "a replayed trace can neither begin, nor end, nor be exchanged"},
		{"producers.web.kind", "users", "of a producer these may be set: emits, to (another channel)"},
		{"producers.web.starts", "1s", "stop and start the producer in the timeline"},
		{"producers.people", "{emits: order.placed, call: checkout, rate: 1/s}", "users cannot become a rate"},
		{"producers.web", "{emits: order.placed, call: checkout, rate: 1/s}", "a producer that publishes cannot come to call"},
		{"producers.shipped", "{emits: beat, to: orders, rate: 1/s}", "an outbox can neither be added nor taken away"},
		{"producers.beats.rate", "replay(file=data/times.csv)", "a replayed trace can neither begin"},
		{"broker.like", "sqs", fixed},
		{"broker.channels.log.partitions", "4", "begin with as many as are needed"},
		{"broker.channels.narrow.from", "log", "bind it from the beginning, and set where"},
		{"broker.channels.orders.type", "topic", fixed},
		{"broker.channels.rules.rules.all.to", "rules", "this bus sends events on to itself"},
		{"consumers.payment.stops", "5m", "stop the consumer in the timeline"},
		{"consumers.packing.from", "narrow", fixed},
		{"broker.channels", "{orders: {}}", "with broker.channels set to {orders: {}}"},
		{"consumers.payment.handle.order.placed[3].emit", "order.unknown", "declare it under events"},
		{"consumers.payment.instanses", "4", "did you mean consumers.payment.instances?"},
		{"consumers.payment.instances", "four", `"four" is not a number`},
		{"consumers.packing.instances", "9", "outside of what autoscale allows"},
	} {
		text := livelyWith(setting("1m", c.path, c.value))
		s, ds := Load([]byte(text), Options{Name: "lively.yaml", FS: livelyFiles})
		said := rendered(ds)
		if s != nil || !strings.Contains(said, c.want) {
			t.Errorf("%s: wanted %q, said\n%s", c.path, c.want, said)
		}
		if last := strings.Count(text, "\n"); !strings.HasPrefix(c.want, "with ") && !strings.HasPrefix(c.want, "this bus") && ds[len(ds)-1].Line != last {
			t.Errorf("%s: the place is not the entry's: %s", c.path, ds[len(ds)-1])
		}
		checkPlaces(t, []byte(text), ds)
	}
	// Two changes that are possible each alone would let two buses feed one another.
	circle := strings.Replace(lively, "    dead: {type: queue}", "    dead: {type: queue}\n    second: {type: bus, rules: {all: {to: dead}}}", 1) + "timeline:\n" +
		setting("1m", "broker.channels.rules.rules.all.to", "second") + setting("2m", "broker.channels.second.rules.all.to", "rules")
	if _, ds := Load([]byte(circle), Options{FS: livelyFiles}); !strings.Contains(rendered(ds), "channels feed one another in a circle") {
		t.Error(rendered(ds))
	}
}

// What the broker's profile rules may become the scenario's own.
func TestSetWhatAProfileRules(t *testing.T) {
	for profile, path := range map[string]string{"sqs": "consumers.payment.retry.backoff", "kafka": "consumers.payment.retry.in"} {
		value := map[string]string{"sqs": "constant(1s)", "kafka": "broker"}[profile]
		text := strings.Replace(lively, "broker:\n", "broker:\n  like: "+profile+"\n", 1) + "timeline:\n" + setting("1m", path, value)
		s := sound(t, text, Options{FS: livelyFiles})
		if a, b := s.Consumers[0].Retry, s.Timeline[0].Changed.Consumers[0].Retry; reflect.DeepEqual(a, b) {
			t.Errorf("%s: %+v", profile, b)
		}
	}
}

// Entries may be in any order; each gets its own change.
func TestSetsInAnyOrder(t *testing.T) {
	text := livelyWith(
		setting("3m", "consumers.payment.instances", "5"),
		"  - {at: 4m, pause: payment, for: 1s}\n",
		setting("1m", "consumers.payment.instances", "3"),
		setting("3m", "broker.rate", "100/s"),
		"  - {at: 2m, set: consumers.payment.instances, to: 4, for: 30s}\n",
	)
	s := sound(t, text, Options{FS: livelyFiles})
	var got []int
	for _, a := range s.Timeline {
		if a.Kind == spec.SetAction {
			got = append(got, a.Changed.Consumers[0].Instances)
			if a.Changed.Broker.Rate.Events > 0 != (a.Path == "broker.rate") {
				t.Errorf("%s has another's change", a.Path)
			}
		}
	}
	if !slices.Equal(got, []int{3, 4, 5, 2}) || s.Timeline[1].For != 30*spec.Second {
		t.Errorf("%v", got)
	}
	roundTrip(t, s, Options{FS: livelyFiles})
}

// A setting of the run begins with what the variant and the command line made.
func TestSetBesideVariantAndSettings(t *testing.T) {
	text := livelyWith(setting("1m", "consumers.payment.instances", "4")) +
		"variants:\n  quick: {consumers.payment.handle.order.placed.0.work: 1ms}\n"
	o := Options{Variant: "quick", FS: livelyFiles, Set: set("broker.rate", "500/s")}
	s := sound(t, text, o)
	c := s.Timeline[0].Changed
	if c == nil || c.Consumers[0].Instances != 4 || c.Consumers[0].Handlers[0].Steps[0].Work.Mean != 1e6 || c.Broker.Rate.Events != 500 {
		t.Errorf("%+v", c)
	}
	if s.Variant != "quick" || len(s.Set) != 1 || s.Consumers[0].Instances != 2 {
		t.Errorf("%+v", s)
	}
	roundTrip(t, s, Options{FS: livelyFiles})

	// What a variant does to the entry itself is checked as well.
	broken := text + "  wrong: {\"timeline[0].set\": consumers.payment.stops, \"timeline[0].to\": 5m}\n"
	if _, ds := Load([]byte(broken), Options{FS: livelyFiles}); !strings.Contains(rendered(ds), "variants.wrong: timeline[0].set: ") || !strings.Contains(rendered(ds), "cannot be set while") {
		t.Error(rendered(ds))
	}
}

// A value that is there already changes nothing, which is said and no error: a
// sweep may come upon it.
func TestSetToWhatIsThere(t *testing.T) {
	for _, c := range []struct{ path, value string }{
		{"consumers.payment.instances", "2"},
		{"consumers.checkout.work", "5ms"},
		{"broker.latency", "1ms"},
		{"consumers.payment.handle.order.placed[0].work", "20ms"},
	} {
		s, ds := Load([]byte(livelyWith(setting("1m", c.path, c.value))), Options{FS: livelyFiles})
		if s == nil || s.Timeline[0].Changed == nil || !strings.Contains(rendered(ds), "the run begins with this value") {
			t.Error(rendered(ds))
			continue
		}
		roundTrip(t, s, Options{FS: livelyFiles})
	}
	o := Options{FS: livelyFiles, Set: set("consumers.payment.instances", "4")}
	sound(t, livelyWith(setting("1m", "consumers.payment.instances", "4")), o)
}

// What a change's file holds decides the result too.
func TestHashOfChange(t *testing.T) {
	text := livelyWith(setting("1m", "consumers.checkout.work", "empirical(file=times.csv)"))
	text = strings.ReplaceAll(text, "data/arrivals.csv", "arrivals.csv")
	var hashes []string
	for _, values := range []string{"1\n2\n", "1\n3\n"} {
		fsys := fstest.MapFS{"arrivals.csv": {Data: []byte("time\n1\n2\n")}, "times.csv": {Data: []byte(values)}}
		hashes = append(hashes, sound(t, text, Options{FS: fsys}).Hash)
	}
	if hashes[0] == hashes[1] {
		t.Error("another file gives the same hash")
	}
}
